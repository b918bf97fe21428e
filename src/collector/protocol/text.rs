//! Values as text: what all protocols share.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Number, Value, json};

use super::RequestError;
use crate::collector::api::Kind;
use crate::model::{epoch_to_iso, iso_utc};

/// Bytes as text, losing nothing: a byte that is not UTF-8 becomes a character of the private range U+EF80–U+EFFF
/// (its value minus 0x80 above the start), as MirBSD's OPTU encoding does it. JSON has no other place for it.
pub(super) fn lossless(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().filter_map(|&byte| char::from_u32(0xef00 + u32::from(byte))));
    }
    Cow::Owned(text)
}

/// Bytes as a stored value: text where they are text, else base64.
pub(super) fn blob(bytes: Vec<u8>) -> Value {
    match String::from_utf8(bytes) {
        Ok(text) => Value::String(text),
        Err(error) => json!({ "$base64": BASE64_STANDARD.encode(error.as_bytes()) }),
    }
}

/// A base64 text as a stored value. What is not base64 stays as it came.
pub(super) fn blob_from_base64(text: &str) -> Value {
    let joined: String = text.split_ascii_whitespace().collect();
    BASE64_STANDARD.decode(joined).map_or_else(|_| Value::String(text.to_owned()), blob)
}

/// Text from XML or a header as the type the model says. `None`: an empty element where a number or a time should be.
pub(super) fn typed(kind: Kind, text: &str) -> Option<Value> {
    let trimmed = text.trim();
    Some(match kind {
        Kind::Boolean => Value::Bool(trimmed == "true"),
        Kind::Integer | Kind::Long | Kind::BigInteger => number(trimmed)?,
        Kind::Float | Kind::Double | Kind::BigDecimal => float(trimmed)?,
        Kind::Timestamp => timestamp_text(trimmed)?,
        Kind::Blob => blob_from_base64(text),
        _ => Value::String(text.to_owned()),
    })
}

fn number(text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    Some(parsed.unwrap_or_else(|_| Value::String(text.to_owned())))
}

fn float(text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    let finite = text.parse::<f64>().ok().and_then(Number::from_f64);
    Some(finite.map_or_else(|| Value::String(text.to_owned()), Value::Number))
}

fn timestamp_text(text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    Some(Value::String(iso_utc(text).unwrap_or_else(|| text.to_owned())))
}

/// A time from JSON, where it may be a number.
pub(super) fn timestamp(value: &Value) -> Value {
    let text = match value {
        Value::Number(number) => number.as_f64().and_then(epoch_to_iso),
        Value::String(text) => iso_utc(text),
        _ => None,
    };
    text.map_or_else(|| value.clone(), Value::String)
}

/// A parameter as text, for paths, queries, headers and forms.
pub(super) fn scalar(name: &str, value: &Value) -> Result<String, RequestError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err(wrong_type(name, "a scalar")),
    }
}

pub(super) fn wrong_type(name: &str, expected: &str) -> RequestError {
    RequestError { parameter: name.to_owned(), problem: format!("must be {expected}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_text_are_kept() {
        assert_eq!(lossless(b"a\xffb\xc3"), "a\u{efff}b\u{efc3}");
        assert_eq!(blob(vec![0xff, 0]), json!({"$base64": "/wA="}));
        assert_eq!(blob_from_base64("eDog\neQ=="), json!("x: y"));
    }

    #[test]
    fn empty_elements_are_no_numbers() {
        assert_eq!(typed(Kind::Integer, ""), None);
        assert_eq!(typed(Kind::String, ""), Some(json!("")));
        assert_eq!(typed(Kind::Long, "18446744073709551615"), Some(json!(u64::MAX)));
        assert_eq!(typed(Kind::Double, "NaN"), Some(json!("NaN")));
    }
}
