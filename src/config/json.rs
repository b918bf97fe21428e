//! JSON text to a value and back, as this file needs it: repeated keys are noticed, because a rewrite would
//! drop them, and text comes out as Python writes it (sorted, four spaces, ASCII only), so that a file edited by
//! CloudMapper and by us differs only where it changed. Not for snapshots, which have their own reader.

use std::fmt;
use std::io;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::Serialize;
use serde_json::{Map, Number, Value};

use super::error::ConfigError;
use super::place::Place;

/// A parsed file.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Value,
    /// Keys that an earlier member of the same object has too; the later one counts.
    pub(super) repeated: Vec<Place>,
}

/// The text of a file.
///
/// # Errors
/// When there is none, or it can't be read, or it is not UTF-8.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    let bytes = std::fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ConfigError::Missing { path: path.to_owned() },
        _ => ConfigError::Read { path: path.to_owned(), source },
    })?;
    String::from_utf8(bytes).map_err(|error| ConfigError::NotUtf8 { path: path.to_owned(), offset: error.utf8_error().valid_up_to() })
}

/// Parses a text; the path is only for messages.
///
/// # Errors
/// When it is not JSON.
pub(super) fn parse(path: &Path, text: &str) -> Result<Document, ConfigError> {
    // Some editors put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut repeated = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Node { place: Place::default(), repeated: &mut repeated };
    let root = seed.deserialize(&mut reader).and_then(|root| reader.end().map(|()| root));
    match root {
        Ok(root) => Ok(Document { root, repeated }),
        Err(error) => Err(syntax(path, &error)),
    }
}

fn syntax(path: &Path, error: &serde_json::Error) -> ConfigError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    ConfigError::Syntax { path: path.to_owned(), line, column, message: message.to_owned() }
}

/// The text of a value in Python's form: `json.dump(…, indent=4, sort_keys=True)`.
///
/// # Errors
/// Never in practice: a value always has a text.
pub(super) fn text(value: &Value) -> io::Result<String> {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter))?;
    let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(ascii(&text))
}

/// Escapes what is not printable ASCII; in JSON text that can only stand inside strings.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

/// Builds one value and notes repeated keys below it.
struct Node<'a> {
    place: Place,
    repeated: &'a mut Vec<Place>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Node { place: self.place.index(values.len()), repeated: &mut *self.repeated })? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let place = self.place.key(&key);
            let value = object.next_value_seed(Node { place: place.clone(), repeated: &mut *self.repeated })?;
            if members.insert(key, value).is_some() {
                self.repeated.push(place);
            }
        }
        Ok(members.into())
    }
}
