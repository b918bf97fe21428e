//! Answers and requests that moto does not give: strangers' pages, odd forms. AWS's usual ones are judged by boto3 and the
//! typed SDK.

use serde_json::{Value, json};

use super::*;
use crate::collector::api::Api;

fn read(service: &str, name: &str, body: &str) -> Result<Value, AwsError> {
    let service = Api::embedded().unwrap().service(service).unwrap().unwrap();
    let wire = WireResponse { status: 200, headers: &[], body: body.as_bytes() };
    response(&service, name, &service.operations[name], &wire).map(Value::Object)
}

fn write(service: &str, name: &str, parameters: &Value) -> Result<WireRequest, RequestError> {
    let service = Api::embedded().unwrap().service(service).unwrap().unwrap();
    request(&service, name, &service.operations[name], parameters.as_object().unwrap())
}

#[test]
fn a_strangers_page_is_not_an_empty_answer() {
    for (service, name) in [
        ("ec2", "DescribeVpcs"),
        ("iam", "ListRoles"),
        ("s3", "ListBuckets"),
        ("s3", "GetBucketLocation"),
        ("cloudfront", "ListDistributions"),
    ] {
        for page in ["<html><body>Log in</body></html>", "<maintenance><why/></maintenance>", "Log in"] {
            assert_eq!(read(service, name, page).unwrap_err().code, UNREADABLE, "{service} {name} {page}");
        }
    }
    assert_eq!(read("sqs", "ListQueues", "<html></html>").unwrap_err().code, UNREADABLE);
    assert_eq!(read("sqs", "ListQueues", "\"text\"").unwrap_err().code, UNREADABLE);
}

#[test]
fn s3_may_say_no_with_status_200() {
    assert_eq!(read("s3", "ListBuckets", "<Error><Code>InternalError</Code></Error>").unwrap_err().code, "InternalError");
}

#[test]
fn buckets_of_the_oldest_regions() {
    assert_eq!(read("s3", "GetBucketLocation", "<LocationConstraint/>").unwrap(), json!({"LocationConstraint": null}));
    assert_eq!(
        read("s3", "GetBucketLocation", "<LocationConstraint>EU</LocationConstraint>").unwrap(),
        json!({"LocationConstraint": "EU"})
    );
}

#[test]
fn parameters_are_checked_before_anything_is_sent() {
    assert!(write("iam", "GetRole", &json!({})).unwrap_err().to_string().contains("`RoleName` is missing"));
    assert!(
        write("iam", "GetRole", &json!({"RoleName": "a", "Nonsense": 1})).unwrap_err().to_string().contains("`Nonsense` does not exist")
    );
    assert!(write("iam", "GetRole", &json!({"RoleName": {"a": 1}})).unwrap_err().to_string().contains("must be a scalar"));
    // A line break would begin a header of its own.
    let hostile = json!({"AccountId": "1\r\nx-evil: 1"});
    assert!(write("s3control", "GetPublicAccessBlock", &hostile).unwrap_err().to_string().contains("control characters"));
}

#[test]
fn names_are_encoded_where_they_stand() {
    assert_eq!(
        write("lambda", "GetPolicy", &json!({"FunctionName": "a/b ü"})).unwrap().path,
        "/2015-03-31/functions/a%2Fb%20%C3%BC/policy"
    );
    assert_eq!(
        write("route53", "ListResourceRecordSets", &json!({"HostedZoneId": "/hostedzone/Z1"})).unwrap().path,
        "/2013-04-01/hostedzone/Z1/rrset"
    );
    let form = String::from_utf8(write("ec2", "DescribeImages", &json!({"Owners": ["self", "a b"]})).unwrap().body).unwrap();
    assert!(form.contains("Owner.1=self&Owner.2=a%20b"), "{form}");
}

#[test]
fn rpc_v2_cbor_speaks_both_ways() {
    let service = "cloudwatchomni";
    let api = Api::embedded().unwrap();
    let Some(cbor) = api.service(service).unwrap() else { panic!("no service speaks CBOR alone any more: choose another") };
    let (name, operation) = cbor.operations.iter().find(|(_, operation)| cbor.required(operation).is_empty()).unwrap();
    let sent = request(&cbor, name, operation, &Map::new()).unwrap();
    assert!(sent.path.starts_with("/service/") && sent.path.ends_with(&format!("/operation/{name}")), "{}", sent.path);
    assert!(sent.headers.contains(&("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned())));
    let mut body = Vec::new();
    ciborium::into_writer(&json!({"__type": "aws#ThrottlingException"}), &mut body).unwrap();
    let wire = WireResponse { status: 400, headers: &[], body: &body };
    assert_eq!(response(&cbor, name, operation, &wire).unwrap_err().code, "ThrottlingException");
}
