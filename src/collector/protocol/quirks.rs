//! Where a service departs from its model, and where boto3 returns something else than the wire has. CloudMapper's
//! files hold what boto3 returns, so these are part of the format.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{AwsError, WireRequest, WireResponse, xml_decode};
use crate::collector::api::{Kind, Operation, Service, Shape};

/// Route 53 gives ids as `/hostedzone/Z1` and takes them as `Z1`.
pub(super) fn parameters(service: &Service, parameters: &Map<String, Value>) -> Map<String, Value> {
    let mut parameters = parameters.clone();
    if service.name == "glacier" {
        // `-` is "my own account": https://docs.aws.amazon.com/amazonglacier/latest/dev/api-vaults-get.html
        parameters.entry("accountId").or_insert_with(|| Value::String("-".to_owned()));
    }
    if service.name == "route53" {
        for (name, value) in &mut parameters {
            if let (true, Value::String(id)) = (name.ends_with("Id"), &*value)
                && let Some((_, bare)) = id.rsplit_once('/')
            {
                *value = Value::String(bare.to_owned());
            }
        }
    }
    parameters
}

/// Headers that two services want beyond their models.
pub(super) fn headers(service: &Service, request: &mut WireRequest) {
    match service.name.as_str() {
        // Without it API Gateway answers in HAL instead of the model's form.
        "apigateway" => request.headers.push(("accept".to_owned(), "application/json".to_owned())),
        "glacier" => request.headers.push(("x-amz-glacier-version".to_owned(), service.metadata.api_version.clone())),
        _ => {}
    }
}

/// S3 may send an error after it has sent status 200:
/// <https://repost.aws/knowledge-center/s3-resolve-200-internalerror>.
pub(super) fn is_error_with_status_200(service: &Service, wire: &WireResponse<'_>) -> bool {
    service.name == "s3" && wire.body.starts_with(b"<") && xml_decode::root(wire).is_ok_and(|root| root.name == "Error")
}

/// Changes an answer into what boto3 makes of it.
pub(super) fn answer(
    service: &Service,
    name: &str,
    operation: &Operation,
    wire: &WireResponse<'_>,
    answer: &mut Map<String, Value>,
) -> Result<(), AwsError> {
    match (service.name.as_str(), name) {
        ("iam", _) => {
            if let Some(shape) = operation.output.as_deref().and_then(|output| service.shape(output)) {
                for_each_policy_document(service, shape, answer);
            }
        }
        ("cloudformation", "GetTemplate") => {
            if let Some(body @ Value::String(_)) = answer.get_mut("TemplateBody") {
                json_in_place(body);
            }
        }
        // The root element is itself the value, and us-east-1 is nothing at all.
        ("s3", "GetBucketLocation") => {
            let root = xml_decode::root(wire)?;
            if root.name != "LocationConstraint" {
                return Err(AwsError::unreadable(wire, &format!("`{}` is no location", root.name)));
            }
            let region = root.text.trim().to_owned();
            answer.insert("LocationConstraint".to_owned(), if region.is_empty() { Value::Null } else { Value::String(region) });
        }
        _ => {}
    }
    Ok(())
}

/// IAM's policy documents come URL-encoded; boto3 returns them as objects.
fn for_each_policy_document(service: &Service, shape: &Shape, fields: &mut Map<String, Value>) {
    for (name, member) in &shape.members {
        let (Some(value), Some(target)) = (fields.get_mut(name), service.shape(&member.shape)) else { continue };
        if member.shape == "policyDocumentType" {
            decode_document(value);
        } else {
            inside(service, target, value);
        }
    }
}

fn inside(service: &Service, shape: &Shape, value: &mut Value) {
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(fields)) => for_each_policy_document(service, shape, fields),
        (Kind::List, Value::Array(items)) => {
            let Some(item) = &shape.member else { return };
            let Some(target) = service.shape(&item.shape) else { return };
            for value in items {
                if item.shape == "policyDocumentType" { decode_document(value) } else { inside(service, target, value) }
            }
        }
        _ => {}
    }
}

fn decode_document(value: &mut Value) {
    if let Value::String(text) = value
        && let Ok(decoded) = percent_decode_str(text).decode_utf8()
        && let Ok(document) = serde_json::from_str(&decoded)
    {
        *value = document;
    }
}

fn json_in_place(value: &mut Value) {
    if let Value::String(text) = value
        && let Ok(parsed) = serde_json::from_str(text)
    {
        *value = parsed;
    }
}
