//! The embedded table, CloudMapper's own form, and what mistakes in a table look like.

use std::path::Path;

use serde_json::{Value, json};

use super::*;

fn api() -> Api {
    Api::embedded().unwrap()
}

fn table(text: &str) -> Result<Table, TableError> {
    Table::from_text(&api(), Path::new("t.yaml"), text)
}

fn context() -> Context<'static> {
    Context { account: "111122223333", partition: "aws", region: "us-east-1" }
}

fn source(answer: &Value, call: Value) -> SourceFile {
    SourceFile { bytes: answer.to_string().into_bytes(), region: "us-east-1".to_owned(), parameters: call }
}

#[test]
fn the_embedded_table_has_no_problem() {
    // As a file of the user's it is checked in full, jq programs included.
    let table = table(EMBEDDED).unwrap();
    assert!(table.rows.len() > 400, "{}", table.rows.len());
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table, row by row")]
fn cloudmappers_forms_of_parameters() {
    let text = "
- Service: s3
  Request: list-buckets
- Service: s3
  Request: get-bucket-acl
  Parameters:
  - Name: Bucket
    Value: s3-list-buckets.json|.Buckets[].Name
- Service: route53
  Request: list-hosted-zones
- Service: route53
  Request: list-resource-record-sets
  Parameters:
  - Name: HostedZoneId
    Value: route53-list-hosted-zones.json|.HostedZones[]|[.Id, .Name]
- Service: elb
  Request: describe-load-balancers
- Service: elb
  Request: describe-tags
  Parameters:
  - Name: LoadBalancerNames
    Value: elb-describe-load-balancers.json|.LoadBalancerDescriptions[]|[[.LoadBalancerName]]
- Service: ecs
  Request: list-clusters
- Service: ecs
  Request: list-tasks
  Parameters:
  - Name: cluster
    Value: ecs-list-clusters.json|.clusterArns[]
- Service: ecs
  Request: describe-tasks
  Custom_collection: True
- Service: ec2
  Request: describe-vpcs
- Service: route53
  Request: list-hosted-zones-by-vpc
  Custom_collection: True
- Service: s3
  Request: get-bucket-policy
  Parameters:
  - Name: Bucket
    Value: s3-list-buckets.json|.Buckets[].Name
";
    let table = table(text).unwrap();
    let files = |row: usize, answer: Value, call: Value| {
        let calls = table.rows[row].expand(&context(), &[source(&answer, call)]).unwrap();
        calls.into_iter().map(|call| (call.file, Value::Object(call.parameters))).collect::<Vec<_>>()
    };
    let buckets = json!({"Buckets": [{"Name": "a.b"}, {"Name": "c"}]});
    assert_eq!(files(1, buckets, json!({}))[0], ("us-east-1/s3-get-bucket-acl/a.b".to_owned(), json!({"Bucket": "a.b"})));
    let zones = json!({"HostedZones": [{"Id": "/hostedzone/Z1", "Name": "x.org."}, {"Id": "/hostedzone/Z2", "Name": "x.org."}]});
    assert_eq!(
        files(3, zones, json!({})),
        [
            ("us-east-1/route53-list-resource-record-sets/x.org.".to_owned(), json!({"HostedZoneId": "/hostedzone/Z1"})),
            ("us-east-1/route53-list-resource-record-sets/x.org.~%2Fhostedzone%2FZ2".to_owned(), json!({"HostedZoneId": "/hostedzone/Z2"})),
        ],
        "two zones of one name lose nothing"
    );
    let balancers = json!({"LoadBalancerDescriptions": [{"LoadBalancerName": "web"}]});
    assert_eq!(files(5, balancers, json!({})), [("us-east-1/elb-describe-tags/web".to_owned(), json!({"LoadBalancerNames": ["web"]}))]);
    let tasks = files(8, json!({"taskArns": ["arn:t/1"]}), json!({"cluster": "arn:c/1"}));
    assert_eq!(tasks[0].0, "us-east-1/ecs-describe-tasks/arn%3Ac%2F1/arn%3At%2F1");
    let zones = files(10, json!({"Vpcs": [{"VpcId": "vpc-1"}]}), json!({}));
    assert_eq!(zones[0].0, "us-east-1/route53-list-hosted-zones-by-vpc/us-east-1/vpc-1", "as CloudMapper's audit reads it");
    assert!(table.rows[11].is_empty_code("NoSuchBucketPolicy", ""), "no error there either");
    assert_eq!(tasks[0].1, json!({"cluster": "arn:c/1", "tasks": ["arn:t/1"]}));
}

#[test]
fn all_problems_are_reported_with_their_rows() {
    let text = "
- Service: ec3
  Request: describe-vpcs
- Service: ec2
  Request: describe-vpc
- Service: ec2
  Request: terminate-instances
- Service: s3
  Request: get-bucket-acl
  Parameters:
  - Name: Bukket
    Value: s3-list-buckets.json|.Buckets[
";
    let message = table(text).unwrap_err().to_string();
    for part in [
        "row 1",
        "`ec3`",
        "did you mean `ec2`",
        "did you mean `describe-vpcs`",
        "no read operation `terminate-instances`",
        "is not a jq program",
        "`Bucket` is missing",
    ] {
        assert!(message.contains(part), "{part} not in {message}");
    }
}

#[test]
fn a_source_must_come_earlier() {
    let text = "
- Service: s3
  Request: get-bucket-acl
  Parameters:
  - Name: Bucket
    Value: s3-list-buckets.json|.Buckets[].Name
- Service: s3
  Request: list-buckets
";
    assert!(table(text).unwrap_err().to_string().contains("no earlier row writes `s3-list-buckets`"));
}

#[test]
fn broken_yaml_names_the_line() {
    let message = table("- Service: ec2\n  Request: describe-vpcs\n  Sevrice: x\n").unwrap_err().to_string();
    assert!(message.contains("Sevrice") && message.contains("3"), "{message}");
}

#[test]
fn extending_keeps_the_default() {
    let extended = table("Extend:\n- Service: ec2\n  Request: describe-hosts\n").unwrap();
    assert!(extended.rows.len() > 400);
    assert_eq!(extended.rows.last().unwrap().stem, "ec2-describe-hosts");
}

#[test]
fn a_selection_brings_its_sources_along() {
    let mut table = Table::embedded(&api()).unwrap();
    let only = |word: &str| Selection { only: vec![word.to_owned()], ..Selection::default() };
    table.select(&only("s3:GetBucketAcl")).unwrap();
    assert_eq!(table.rows.iter().map(|row| row.stem.as_str()).collect::<Vec<_>>(), ["s3-list-buckets", "s3-get-bucket-acl"]);
    let mut skipped = Table::embedded(&api()).unwrap();
    skipped.select(&Selection { skip: vec!["s3:ListBuckets".to_owned()], ..Selection::default() }).unwrap();
    assert!(!skipped.rows.iter().any(|row| row.stem == "s3-list-buckets" || row.stem == "s3-get-bucket-acl"));
    assert!(table.select(&only("s3:GetBukkets")).unwrap_err().to_string().contains("s3:GetBukkets"));
}
