//! restJson and restXml: parameters in path, query, headers and body; answers in headers, status and body.

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_json::{Map, Value};

use super::form::RESERVED;
use super::text::{blob, lossless, scalar, typed, wrong_type};
use super::{AwsError, RequestError, WireRequest, WireResponse, json, xml_decode};
use crate::collector::api::{Kind, Member, Operation, Protocol, Service, Shape};

/// A greedy label (`{Key+}`) keeps its slashes.
const GREEDY: &AsciiSet = &RESERVED.remove(b'/');

pub(super) fn request(service: &Service, operation: &Operation, parameters: &Map<String, Value>) -> Result<WireRequest, RequestError> {
    let (template, constant) = operation.uri.split_once('?').unwrap_or((&operation.uri, ""));
    let mut request = WireRequest { method: operation.method.clone(), ..WireRequest::default() };
    request.query = constant.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
    let mut labels = Map::new();
    let mut in_body = Map::new();
    let shape = operation.input.as_deref().and_then(|input| service.shape(input));
    for (name, value) in parameters {
        let member = shape.and_then(|shape| shape.members.get(name)).ok_or_else(|| wrong_type(name, "a known member"))?;
        let key = member.location_name.as_deref().unwrap_or(name);
        match member.location.as_deref() {
            Some("uri") => drop(labels.insert(key.to_owned(), value.clone())),
            Some("querystring") => in_query(&mut request.query, key, value)?,
            Some("header") => request.headers.push((key.to_ascii_lowercase(), header_value(key, value)?)),
            Some("headers") => in_headers(&mut request.headers, key, value)?,
            _ => drop(in_body.insert(name.clone(), value.clone())),
        }
    }
    request.path = fill_path(template, &labels)?;
    if let Some(shape) = shape {
        write_body(service, shape, &in_body, &mut request);
    }
    Ok(request)
}

fn pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (key.to_owned(), value.to_owned())
}

fn in_query(query: &mut Vec<(String, String)>, key: &str, value: &Value) -> Result<(), RequestError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| in_query(query, key, item)),
        Value::Object(entries) => entries.iter().try_for_each(|(key, value)| in_query(query, key, value)),
        _ => {
            query.push((key.to_owned(), scalar(key, value)?));
            Ok(())
        }
    }
}

fn header_value(key: &str, value: &Value) -> Result<String, RequestError> {
    let text = match value {
        Value::Array(items) => items.iter().map(|item| scalar(key, item)).collect::<Result<Vec<_>, _>>()?.join(","),
        _ => scalar(key, value)?,
    };
    // Parameters come from other answers: a line break in one would start a header of its own.
    if text.chars().any(char::is_control) { Err(wrong_type(key, "free of control characters")) } else { Ok(text) }
}

fn in_headers(headers: &mut Vec<(String, String)>, prefix: &str, value: &Value) -> Result<(), RequestError> {
    let entries = value.as_object().ok_or_else(|| wrong_type(prefix, "an object"))?;
    for (key, value) in entries {
        headers.push((format!("{prefix}{key}").to_ascii_lowercase(), header_value(key, value)?));
    }
    Ok(())
}

fn fill_path(template: &str, labels: &Map<String, Value>) -> Result<String, RequestError> {
    let mut path = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (label, after) = after.split_once('}').unwrap_or((after, ""));
        let (name, set) = label.strip_suffix('+').map_or((label, RESERVED), |name| (name, GREEDY));
        let value = labels.get(name).ok_or_else(|| wrong_type(name, "given"))?;
        let text = scalar(name, value)?;
        if text.is_empty() {
            return Err(wrong_type(name, "more than an empty text"));
        }
        path.push_str(before);
        path.extend(utf8_percent_encode(&text, set));
        rest = after;
    }
    path.push_str(rest);
    Ok(if path.starts_with('/') { path } else { format!("/{path}") })
}

fn write_body(service: &Service, shape: &Shape, fields: &Map<String, Value>, request: &mut WireRequest) {
    let payload = shape.payload.as_deref();
    let has_body = shape.members.values().any(|member| member.location.is_none());
    if !has_body || (fields.is_empty() && request.method != "POST") {
        return;
    }
    let (body_shape, content) = match payload.and_then(|name| shape.members.get(name).map(|member| (name, member))) {
        Some((name, member)) => (service.shape(&member.shape), fields.get(name).cloned().unwrap_or_default()),
        None => (Some(shape), Value::Object(fields.clone())),
    };
    // No read operation of restXml takes a body; were there one, AWS would say what it misses.
    if let (Some(body_shape), Protocol::RestJson) = (body_shape, service.protocol()) {
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        request.body = json::encode(service, body_shape, &content).to_string().into_bytes();
    }
}

pub(super) fn response(service: &Service, output: &Shape, wire: &WireResponse<'_>) -> Result<Map<String, Value>, AwsError> {
    let mut answer = Map::new();
    for (name, member) in &output.members {
        if let Some(value) = outside_body(service, name, member, wire) {
            answer.insert(name.clone(), value);
        }
    }
    let payload = output.payload.as_deref().and_then(|name| output.members.get(name).map(|member| (name, member)));
    match payload.and_then(|(name, member)| service.shape(&member.shape).map(|shape| (name, shape))) {
        Some((name, shape)) => {
            if let Some(value) = payload_value(service, shape, wire)? {
                answer.insert(name.to_owned(), value);
            }
        }
        None if service.protocol() == Protocol::RestXml => {
            if output.members.values().any(|member| member.location.is_none()) && !wire.body.is_empty() {
                answer.extend(xml_decode::body(service, output, wire)?);
            }
        }
        None => answer.extend(json::structure(service, output, &json::body(wire)?)),
    }
    Ok(answer)
}

fn payload_value(service: &Service, shape: &Shape, wire: &WireResponse<'_>) -> Result<Option<Value>, AwsError> {
    Ok(match shape.kind {
        Kind::String => Some(Value::String(lossless(wire.body).into_owned())),
        Kind::Blob => Some(blob(wire.body.to_vec())),
        _ if wire.body.is_empty() => None,
        _ if service.protocol() == Protocol::RestXml => Some(Value::Object(xml_decode::body(service, shape, wire)?)),
        _ => Some(json::decode(service, shape, &json::body(wire)?)),
    })
}

fn outside_body(service: &Service, name: &str, member: &Member, wire: &WireResponse<'_>) -> Option<Value> {
    let key = member.location_name.as_deref().unwrap_or(name).to_ascii_lowercase();
    let shape = service.shape(&member.shape)?;
    match member.location.as_deref()? {
        "statusCode" => Some(Value::from(wire.status)),
        "header" if shape.kind == Kind::List => {
            Some(Value::Array(wire.header(&key)?.split(',').map(|item| Value::String(item.trim().to_owned())).collect()))
        }
        "header" if member.jsonvalue => match super::text::blob_from_base64(wire.header(&key)?) {
            Value::String(text) => serde_json::from_str(&text).ok(),
            _ => None,
        },
        "header" => typed(shape.kind, wire.header(&key)?),
        "headers" => {
            let named =
                |(header, value): &(String, String)| header.strip_prefix(&key).map(|rest| (rest.to_owned(), Value::String(value.clone())));
            Some(Value::Object(wire.headers.iter().filter_map(named).collect()))
        }
        _ => None,
    }
}
