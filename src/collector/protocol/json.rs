//! JSON bodies by their shape: awsJson, and the bodies of restJson. CBOR takes the same way.

use serde_json::{Map, Value};

use super::text::{blob_from_base64, lossless, timestamp};
use super::{AwsError, RequestError, WireRequest, WireResponse};
use crate::collector::api::{Kind, Operation, Service, Shape};

pub(super) fn request(
    service: &Service,
    name: &str,
    operation: &Operation,
    parameters: &Map<String, Value>,
) -> Result<WireRequest, RequestError> {
    let body = match operation.input.as_deref().and_then(|input| service.shape(input)) {
        Some(shape) => encode(service, shape, &Value::Object(parameters.clone())),
        None => Value::Object(Map::new()),
    };
    let version = service.metadata.json_version.as_deref().unwrap_or("1.0");
    let target = service.metadata.target_prefix.as_deref().unwrap_or_default();
    Ok(WireRequest {
        method: operation.method.clone(),
        path: "/".to_owned(),
        headers: vec![
            ("content-type".to_owned(), format!("application/x-amz-json-{version}")),
            ("x-amz-target".to_owned(), format!("{target}.{name}")),
        ],
        body: body.to_string().into_bytes(),
        ..WireRequest::default()
    })
}

/// Parameters under the names they have on the wire.
pub(super) fn encode(service: &Service, shape: &Shape, value: &Value) -> Value {
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(fields)) if !shape.document => Value::Object(
            fields
                .iter()
                .filter_map(|(name, value)| {
                    let member = shape.members.get(name)?;
                    let target = service.shape(&member.shape)?;
                    Some((member.location_name.clone().unwrap_or_else(|| name.clone()), encode(service, target, value)))
                })
                .collect(),
        ),
        (Kind::List, Value::Array(items)) => match shape.member.as_ref().and_then(|item| service.shape(&item.shape)) {
            Some(item) => Value::Array(items.iter().map(|value| encode(service, item, value)).collect()),
            None => value.clone(),
        },
        // On the wire, times are seconds since 1970.
        (Kind::Timestamp, Value::String(text)) => crate::model::epoch_seconds(text).map_or_else(|| value.clone(), Value::from),
        _ => value.clone(),
    }
}

pub(super) fn response(service: &Service, output: &Shape, wire: &WireResponse<'_>) -> Result<Map<String, Value>, AwsError> {
    Ok(structure(service, output, &body(wire)?))
}

/// The body as JSON; an empty one is an empty object.
pub(super) fn body(wire: &WireResponse<'_>) -> Result<Value, AwsError> {
    if wire.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_str(&lossless(wire.body)) {
        Ok(body @ (Value::Object(_) | Value::Array(_))) => Ok(body),
        Ok(_) => Err(AwsError::unreadable(wire, "no JSON object")),
        Err(problem) => Err(AwsError::unreadable(wire, &format!("not JSON: {problem}"))),
    }
}

/// The members of a structure that are in the body.
pub(super) fn structure(service: &Service, shape: &Shape, body: &Value) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, member) in shape.members.iter().filter(|(_, member)| member.location.is_none()) {
        let found = body.get(member.location_name.as_deref().unwrap_or(name)).filter(|found| !found.is_null());
        if let Some((found, target)) = found.zip(service.shape(&member.shape)) {
            fields.insert(name.clone(), decode(service, target, found));
        }
    }
    fields
}

pub(super) fn decode(service: &Service, shape: &Shape, value: &Value) -> Value {
    if shape.document {
        return value.clone();
    }
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(_)) => Value::Object(structure(service, shape, value)),
        (Kind::List, Value::Array(items)) => match shape.member.as_ref().and_then(|item| service.shape(&item.shape)) {
            Some(item) => Value::Array(items.iter().map(|value| decode(service, item, value)).collect()),
            None => value.clone(),
        },
        (Kind::Map, Value::Object(entries)) => match shape.value.as_ref().and_then(|member| service.shape(&member.shape)) {
            Some(target) => Value::Object(entries.iter().map(|(key, value)| (key.clone(), decode(service, target, value))).collect()),
            None => value.clone(),
        },
        (Kind::Timestamp, _) => timestamp(value),
        (Kind::Blob, Value::String(text)) => blob_from_base64(text),
        _ => value.clone(),
    }
}
