//! Form bodies: awsQuery and ec2Query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::text::{scalar, wrong_type};
use super::{RequestError, WireRequest};
use crate::collector::api::{Kind, Member, Operation, Protocol, Service, Shape};

/// All but RFC 3986's unreserved characters.
pub const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn request(
    service: &Service,
    name: &str,
    operation: &Operation,
    parameters: &Map<String, Value>,
) -> Result<WireRequest, RequestError> {
    let mut form = vec![("Action".to_owned(), name.to_owned()), ("Version".to_owned(), service.metadata.api_version.clone())];
    if let Some(shape) = operation.input.as_deref().and_then(|input| service.shape(input)) {
        let writer = Writer { service, ec2: service.protocol() == Protocol::Ec2 };
        writer.structure(&mut form, "", shape, parameters)?;
    }
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let body = form.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect::<Vec<_>>().join("&");
    Ok(WireRequest {
        method: operation.method.clone(),
        path: "/".to_owned(),
        headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
        body: body.into_bytes(),
        ..WireRequest::default()
    })
}

struct Writer<'s> {
    service: &'s Service,
    ec2: bool,
}

type Form = Vec<(String, String)>;

impl Writer<'_> {
    fn structure(&self, form: &mut Form, prefix: &str, shape: &Shape, fields: &Map<String, Value>) -> Result<(), RequestError> {
        for (name, value) in fields {
            let member = shape.members.get(name).ok_or_else(|| wrong_type(name, "a known member"))?;
            let target = self.service.shape(&member.shape).ok_or_else(|| wrong_type(name, "a known shape"))?;
            let key = self.name_of(name, member);
            let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            self.value(form, &key, member, target, value)?;
        }
        Ok(())
    }

    /// ec2Query capitalises the names that it has for XML.
    fn name_of(&self, name: &str, member: &Member) -> String {
        if !self.ec2 {
            return member.location_name.clone().unwrap_or_else(|| name.to_owned());
        }
        if let Some(name) = &member.query_name {
            return name.clone();
        }
        let name = member.location_name.as_deref().unwrap_or(name);
        let mut chars = name.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
    }

    fn value(&self, form: &mut Form, key: &str, member: &Member, shape: &Shape, value: &Value) -> Result<(), RequestError> {
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(fields)) => self.structure(form, key, shape, fields),
            (Kind::List, Value::Array(items)) => self.list(form, key, member, shape, items),
            (Kind::Map, Value::Object(entries)) => self.map(form, key, member, shape, entries),
            (Kind::Structure | Kind::Map, _) => Err(wrong_type(key, "an object")),
            (Kind::List, _) => Err(wrong_type(key, "a list")),
            _ => {
                form.push((key.to_owned(), scalar(key, value)?));
                Ok(())
            }
        }
    }

    fn list(&self, form: &mut Form, key: &str, member: &Member, shape: &Shape, items: &[Value]) -> Result<(), RequestError> {
        let item = shape.member.clone().unwrap_or_default();
        let target = self.service.shape(&item.shape).ok_or_else(|| wrong_type(key, "a known shape"))?;
        let prefix = if self.ec2 {
            key.to_owned()
        } else if member.flattened || shape.flattened {
            match (&item.location_name, key.rsplit_once('.')) {
                (Some(name), Some((parent, _))) => format!("{parent}.{name}"),
                (Some(name), None) => name.clone(),
                (None, _) => key.to_owned(),
            }
        } else {
            format!("{key}.{}", item.location_name.as_deref().unwrap_or("member"))
        };
        if items.is_empty() && !self.ec2 {
            form.push((key.to_owned(), String::new()));
        }
        for (number, value) in items.iter().enumerate() {
            self.value(form, &format!("{prefix}.{}", number + 1), &item, target, value)?;
        }
        Ok(())
    }

    fn map(&self, form: &mut Form, key: &str, member: &Member, shape: &Shape, entries: &Map<String, Value>) -> Result<(), RequestError> {
        let value_member = shape.value.clone().unwrap_or_default();
        let target = self.service.shape(&value_member.shape).ok_or_else(|| wrong_type(key, "a known shape"))?;
        let prefix = if member.flattened || shape.flattened { key.to_owned() } else { format!("{key}.entry") };
        let key_name = shape.key.as_ref().and_then(|key| key.location_name.as_deref()).unwrap_or("key");
        let value_name = value_member.location_name.as_deref().unwrap_or("value");
        for (number, (name, value)) in entries.iter().enumerate() {
            let number = number + 1;
            form.push((format!("{prefix}.{number}.{key_name}"), name.clone()));
            self.value(form, &format!("{prefix}.{number}.{value_name}"), &value_member, target, value)?;
        }
        Ok(())
    }
}
