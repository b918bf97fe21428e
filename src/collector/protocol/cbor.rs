//! rpcv2Cbor: CBOR turned into JSON and back, and JSON's way from there.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ciborium::Value as Cbor;
use serde_json::{Map, Number, Value};

use super::{AwsError, RequestError, WireRequest, WireResponse, json};
use crate::collector::api::{Operation, Service, Shape};

const MEDIA_TYPE: &str = "application/cbor";

pub(super) fn request(
    service: &Service,
    name: &str,
    operation: &Operation,
    parameters: &Map<String, Value>,
) -> Result<WireRequest, RequestError> {
    let mut headers = vec![("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned()), ("accept".to_owned(), MEDIA_TYPE.to_owned())];
    let mut body = Vec::new();
    if operation.input.is_some() {
        headers.push(("content-type".to_owned(), MEDIA_TYPE.to_owned()));
        let problem = |error: ciborium::ser::Error<std::io::Error>| RequestError { parameter: String::new(), problem: error.to_string() };
        ciborium::into_writer(parameters, &mut body).map_err(problem)?;
    }
    let target = service.metadata.target_prefix.as_deref().unwrap_or_default();
    Ok(WireRequest { method: "POST".to_owned(), path: format!("/service/{target}/operation/{name}"), query: Vec::new(), headers, body })
}

pub(super) fn response(service: &Service, output: &Shape, wire: &WireResponse<'_>) -> Result<Map<String, Value>, AwsError> {
    Ok(json::structure(service, output, &body(wire)?))
}

/// The body as JSON; an empty one is an empty object.
pub(super) fn body(wire: &WireResponse<'_>) -> Result<Value, AwsError> {
    if wire.body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let parsed: Cbor = ciborium::from_reader(wire.body).map_err(|problem| AwsError::unreadable(wire, &format!("not CBOR: {problem}")))?;
    Ok(to_json(parsed))
}

fn to_json(value: Cbor) -> Value {
    match value {
        Cbor::Bool(flag) => Value::Bool(flag),
        Cbor::Integer(number) => {
            let wide = i128::from(number);
            let narrow = i64::try_from(wide).map(Value::from).or_else(|_| u64::try_from(wide).map(Value::from));
            narrow.unwrap_or_else(|_| Value::String(wide.to_string()))
        }
        Cbor::Float(number) => Number::from_f64(number).map_or_else(|| Value::String(number.to_string()), Value::Number),
        Cbor::Text(text) => Value::String(text),
        // As JSON has blobs; the shape turns them into text.
        Cbor::Bytes(bytes) => Value::String(BASE64_STANDARD.encode(bytes)),
        Cbor::Array(items) => Value::Array(items.into_iter().map(to_json).collect()),
        Cbor::Map(entries) => {
            Value::Object(entries.into_iter().filter_map(|(key, value)| key.into_text().ok().map(|key| (key, to_json(value)))).collect())
        }
        // Tag 1 is a time in seconds, which is what JSON has too.
        Cbor::Tag(_, inner) => to_json(*inner),
        _ => Value::Null,
    }
}
