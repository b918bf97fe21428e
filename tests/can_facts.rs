//! `can`: what the snapshot says beside the policies, and what questions may say.

use serde_json::{Value, json};

use crate::can::{pairs, who};
use crate::support::Workspace;
use crate::support::accounts::{PROD, all, answer, organization, policy, role, user, write};

const OTHER: &str = "444455556666";

fn trust(principal: Value) -> Value {
    json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:*"}])
}

fn on(action: &str, conditions: Value) -> Value {
    json!([{"Effect": "Allow", "Action": action, "Resource": "*", "Condition": conditions}])
}

#[test]
fn a_session_on_an_instance_is_where_the_instance_is() {
    let workspace = Workspace::new();
    let only = on("sqs:ListQueues", json!({"StringEquals": {"aws:Ec2InstanceSourceVpc": "vpc-1"}}));
    let roles = [
        role("host", trust(json!({"Service": "ec2.amazonaws.com"})), only.clone()),
        role("function", trust(json!({"Service": "lambda.amazonaws.com"})), only.clone()),
    ];
    write(&workspace, "prod", &[user("somebody", only)], &roles, &[]);
    let instance = |id: &str, vpc: &str| json!({"InstanceId": id, "VpcId": vpc, "PrivateIpAddress": "10.0.0.1"});
    let instances = json!({"Reservations": [{"Instances": [instance("i-1", "vpc-1"), instance("i-2", "vpc-2")]}]});
    answer(&workspace, "prod", "ec2-describe-instances.json", &instances);
    let found = who(&workspace, &["--action", "sqs:ListQueues", "-n"]);
    assert_eq!(found, pairs(&[("role/function", "no"), ("role/host", "conditional"), ("user/somebody", "no")]));
    let session = |name: &str| {
        let arn = format!("arn:aws:sts::{PROD}:assumed-role/host/{name}");
        who(&workspace, &["--action", "sqs:ListQueues", "-n", "--principal", &arn]).remove(0).1
    };
    assert_eq!([session("i-1"), session("i-2"), session("i-3"), session("by-hand")], ["yes", "no", "conditional", "no"]);
}

#[test]
fn tags_of_resources() {
    let workspace = Workspace::new();
    let tagged = on("ec2:StopInstances", json!({"StringEquals": {"aws:ResourceTag/team": "a"}}));
    write(
        &workspace,
        "prod",
        &[user("alice", tagged.clone()), user("bob", on("sns:Publish", json!({"StringEquals": {"aws:ResourceTag/team": "a"}})))],
        &[],
        &[],
    );
    let instance = |id: &str, tags: Value| json!({"InstanceId": id, "Tags": tags});
    let instances =
        json!({"Reservations": [{"Instances": [instance("i-1", json!([{"Key": "team", "Value": "a"}])), instance("i-2", json!([]))]}]});
    answer(&workspace, "prod", "ec2-describe-instances.json", &instances);
    let mapping = json!({"ResourceARN": format!("arn:aws:sns:us-east-1:{PROD}:t"), "Tags": [{"Key": "team", "Value": "b"}]});
    answer(&workspace, "prod", "sns-list-topics.json", &json!({"Topics": []}));
    answer(&workspace, "prod", "resourcegroupstaggingapi-get-resources.json", &json!({"ResourceTagMappingList": [mapping]}));
    let ask = |action: &str, principal: &str, resource: &str| {
        let arn = format!("arn:aws:{}", resource.replace("::", &format!(":us-east-1:{PROD}:")));
        who(&workspace, &["--action", action, "--principal", principal, "--resource", &arn, "-n"]).remove(0).1
    };
    assert_eq!(ask("ec2:StopInstances", "alice", "ec2::instance/i-1"), "yes");
    assert_eq!(ask("ec2:StopInstances", "alice", "ec2::instance/i-2"), "no");
    assert_eq!(ask("ec2:StopInstances", "alice", "ec2::instance/i-3"), "conditional");
    assert_eq!(ask("sns:Publish", "bob", "sns::t"), "no");
    assert_eq!(ask("sns:Publish", "bob", "sns::other"), "conditional");
}

#[test]
fn acls_name_accounts_by_their_canonical_ids() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("alice", all())], &[], &[]);
    let buckets = json!({"Owner": {"ID": "c-prod"}, "Buckets": [{"Name": "data"}]});
    answer(&workspace, "prod", "s3-list-buckets.json", &buckets);
    let grant = |id: &str| json!({"Grantee": {"Type": "CanonicalUser", "ID": id}, "Permission": "READ"});
    let acl = json!({"Owner": {"ID": "c-prod"}, "Grants": [grant("c-prod"), grant("c-elsewhere")]});
    answer(&workspace, "prod", "s3-get-bucket-acl/data", &acl);
    answer(&workspace, "prod", "s3-get-bucket-policy/data", &json!({}));
    let list = ["--action", "s3:ListBucket", "--resource", "arn:aws:s3:::data"];
    assert_eq!(who(&workspace, &list), pairs(&[("user/alice", "yes"), ("canonical user c-elsewhere", "yes")]));
    let foreign = format!("arn:aws:iam::{OTHER}:user/x");
    workspace
        .run(&[&["can", "--principal", &foreign], &list[..]].concat())
        .says(0, &[&format!("canonical user c-elsewhere is account {OTHER}")]);
}

#[test]
fn who_has_no_session_yet_is_under_no_scp() {
    let workspace = Workspace::new();
    let provider = format!("arn:aws:iam::{PROD}:saml-provider/idp");
    let trust = json!([{"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithSAML"}]);
    write(&workspace, "prod", &[], &[role("sso", trust, all())], &[]);
    let deny = json!([{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]);
    organization(&workspace, "prod", &[("p-full", &format!("r-1 ou-1 {PROD}"), all()), ("p-deny", "r-1", deny)]);
    let role = format!("arn:aws:iam::{PROD}:role/sso");
    let found = who(&workspace, &["--action", "sts:AssumeRoleWithSAML", "--resource", &role, "--principal", &provider, "-n"]);
    assert_eq!(found[0].1, "yes");
}

#[test]
fn a_member_whose_place_is_not_known() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("alice", on("sqs:ListQueues", json!({"StringEquals": {"aws:PrincipalOrgID": "o-test"}})))], &[], &[]);
    let own = json!({"Organization": {"Id": "o-test", "MasterAccountId": "999999999999"}});
    answer(&workspace, "prod", "organizations-describe-organization.json", &own);
    let ask = ["--action", "sqs:ListQueues", "-n"];
    assert_eq!(who(&workspace, &ask), pairs(&[("user/alice", "yes")]));
    // The management account has policies, and does not say where the member stands.
    write(&workspace, "management", &[], &[], &[]);
    organization(&workspace, "management", &[("p-full", "r-1", all())]);
    std::fs::remove_file(workspace.path().join("account-data/management/us-east-1/organizations-list-accounts-for-parent/ou-1")).unwrap();
    answer(&workspace, "management", "organizations-list-accounts.json", &json!({"Accounts": [{"Id": "999999999999"}]}));
    assert_eq!(who(&workspace, &ask), pairs(&[("user/alice", "conditional")]));
}

#[test]
fn a_snapshot_and_an_older_one() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("alice", all())], &[], &[]);
    write(&workspace, "prod-old", &[user("alice", all()), user("gone", all())], &[], &[]);
    assert_eq!(who(&workspace, &["--action", "sqs:ListQueues"]), pairs(&[("user/alice", "yes")]));
    workspace
        .run(&["can", "--action", "sqs:ListQueues"])
        .says(0, &["note: prod-old: not counted, for prod is a snapshot of the same account"]);
}

#[test]
fn sessions_of_accounts_that_were_not_chosen() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[], &[role("host", trust(json!({"Service": "ec2.amazonaws.com"})), all())], &[]);
    workspace.write("account-data/dev/describe-regions.json", r#"{"Regions": [{"RegionName": "us-east-1"}]}"#);
    let arn = format!("arn:aws:sts::{PROD}:assumed-role/host/i-1");
    workspace.run(&["can", "--accounts", "dev", "--principal", &arn, "--action", "sqs:ListQueues"]).says(2, &["no principal is called"]);
}

#[test]
fn values_with_commas_and_empty_ones() {
    let workspace = Workspace::new();
    let is = |value: &str| on("sqs:ListQueues", json!({"StringEquals": {"aws:SourceIdentity": value}}));
    let users = [("comma", "a,b"), ("empty", "")].map(|(name, value)| role(name, trust(json!({"AWS": PROD})), is(value)));
    write(&workspace, "prod", &[], &users, &[]);
    let with = |context: &str| who(&workspace, &["--action", "sqs:ListQueues", "--context", context]);
    assert_eq!(with(r#"aws:SourceIdentity=["a,b"]"#), pairs(&[("role/comma", "yes")]));
    assert_eq!(with(r#"aws:SourceIdentity=[""]"#), pairs(&[("role/empty", "yes")]));
    workspace.run(&["can", "--action", "sqs:ListQueues", "--context", "aws:SourceIdentity=[x"]).says(2, &["is a JSON list of texts"]);
    workspace.write("assert.yaml", "- must_not: {principal: 'role/*', action: 'sqs:ListQueues', context: {'aws:SourceIdentity': true}}\n");
    workspace.run(&["can", "--assert", "assert.yaml"]).says(0, &["0 failed"]);
    workspace.write(
        "assert.yaml",
        "- must_not: {principal: 'role/*', action: 'sqs:ListQueues', context: {'aws:PrincipalAccount': 012345678901}}\n",
    );
    workspace.run(&["can", "--assert", "assert.yaml"]).says(2, &["in quotes"]);
}

#[test]
fn groups_and_copies_in_overlays() {
    let workspace = Workspace::new();
    let group = json!({"Arn": format!("arn:aws:iam::{PROD}:group/ops"), "GroupName": "ops", "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument": policy(all())}], "AttachedManagedPolicies": []});
    let mut alice = user("alice", json!([]));
    alice["GroupList"] = json!(["ops"]);
    let details = json!({"UserDetailList": [alice], "RoleDetailList": [], "GroupDetailList": [group], "Policies": []});
    write(&workspace, "prod", &[], &[], &[]);
    answer(&workspace, "prod", "iam-get-account-authorization-details.json", &details);
    let ask = ["--principal", "alice", "--action", "sqs:ListQueues", "-n"];
    let what_if = |overlay: &str| {
        workspace.write("overlay.yaml", overlay);
        who(&workspace, &[&ask[..], &["--overlay", "overlay.yaml"]].concat()).remove(0).1
    };
    assert_eq!(who(&workspace, &ask), pairs(&[("user/alice", "yes")]));
    assert_eq!(what_if("groups: {ops: {remove: ['*']}}"), "no");
    assert_eq!(what_if("groups: {ops: {remove: [own], add: ['arn:aws:iam::aws:policy/AdministratorAccess']}}"), "yes");
    for (overlay, says) in [
        ("groups: {gone: {remove: ['*']}}", "no account here has such a group"),
        (
            "principals: {alice: {add: [{Statement: {Effect: Allow, Principal: '*', Action: '*', Resource: '*'}}]}}",
            "a policy of this kind has no `Principal`",
        ),
    ] {
        workspace.write("overlay.yaml", overlay);
        workspace.run(&[&["can", "--overlay", "overlay.yaml"], &ask[..]].concat()).says(2, &[says]);
    }
}

#[test]
fn the_question_is_told_whole() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("alice", all())], &[], &[]);
    workspace.write("overlay.yaml", "{}");
    workspace.write("session.json", &policy(all()).to_string());
    let ran = workspace.run(&[
        "can",
        "--accounts",
        "prod",
        "--action",
        "sqs:ListQueues",
        "--format",
        "json",
        "--overlay",
        "overlay.yaml",
        "--session-policy",
        "session.json",
    ]);
    let question: Value = serde_json::from_str::<Value>(&ran.out).unwrap()["question"].take();
    assert_eq!(question["accounts"], json!([PROD]));
    assert_eq!((&question["overlay"], &question["session_policies"]), (&json!("overlay.yaml"), &json!(["session.json"])));
}
