//! Compares a typed answer, as printed, with ours, in both directions.

use std::collections::BTreeSet;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::debug::{self, Printed};

/// What the typed clients print instead of a secret.
const REDACTED: &str = "*** Sensitive Data Redacted ***";

/// Variants that are not spelt like AWS's text for them.
const RENAMED: [(&str, &str); 3] = [("UnknownValue", "unknown"), ("Policy", "PermissionsBoundaryPolicy"), ("Pdf", "application/pdf")];

/// Where the two differ, one line each. `strict`: the typed answer has fields for everything in ours.
pub(crate) fn differences(typed: &str, ours: &Value, strict: bool) -> Vec<String> {
    let mut found = Found { strict, lines: Vec::new() };
    found.value("", &debug::parse(typed), ours);
    found.lines
}

struct Found {
    strict: bool,
    lines: Vec<String>,
}

impl Found {
    fn differ(&mut self, path: &str, typed: &Printed, ours: &Value) {
        self.lines.push(format!("{path}: typed {typed:?}, ours {ours}"));
    }

    fn value(&mut self, path: &str, typed: &Printed, ours: &Value) {
        match (typed, ours) {
            (Printed::Structure(name, fields), _) if name == "Blob" => self.blob(path, fields, ours),
            (Printed::Structure(_, fields), Value::Object(object)) => self.structure(path, fields, object),
            (Printed::Tuple(name, inner), _) if name == "Some" => self.value(path, &inner[0], ours),
            // A union: its one member is the variant.
            (Printed::Tuple(name, inner), Value::Object(object)) => self.structure(path, &[(name.clone(), inner[0].clone())], object),
            (Printed::List(typed), Value::Array(ours)) => self.list(path, typed, ours),
            (Printed::Map(typed), Value::Object(ours)) => self.map(path, typed, ours),
            // A structure without members.
            (Printed::Bare(name), Value::Object(object)) if object.is_empty() && name != "None" => {}
            _ if is_same_scalar(typed, ours) => {}
            _ => self.differ(path, typed, ours),
        }
    }

    fn list(&mut self, path: &str, typed: &[Printed], ours: &[Value]) {
        if typed.len() != ours.len() {
            self.lines.push(format!("{path}: typed has {} items, ours {}", typed.len(), ours.len()));
        }
        for (number, (typed, ours)) in typed.iter().zip(ours).enumerate() {
            self.value(&format!("{path}/{number}"), typed, ours);
        }
    }

    fn map(&mut self, path: &str, typed: &[(Printed, Printed)], ours: &Map<String, Value>) {
        let mut names: BTreeSet<&str> = ours.keys().map(String::as_str).collect();
        for (key, typed) in typed {
            // A key may be an enumeration, which prints its variant; AWS's text is the one that is spelt like it.
            let (ours_key, _) = ours.iter().find(|(name, _)| is_same_scalar(key, &Value::String((*name).clone()))).unzip();
            match ours_key.filter(|name| names.remove(name.as_str())) {
                Some(name) => self.value(&format!("{path}/{name}"), typed, &ours[name]),
                None => self.lines.push(format!("{path}: ours lacks the key {key:?}")),
            }
        }
        self.lines.extend(names.iter().map(|name| format!("{path}/{name}: typed lacks the key")));
    }

    fn structure(&mut self, path: &str, typed: &[(String, Printed)], ours: &Map<String, Value>) {
        let mut names: BTreeSet<&str> = ours.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str()).collect();
        // `_request_id` and its like are not of the answer.
        for (field, typed) in typed.iter().filter(|(field, _)| !field.starts_with("_request") && !field.starts_with("_extended")) {
            let name = names.iter().copied().find(|name| spelling(name) == spelling(field));
            let path = format!("{path}/{}", name.unwrap_or(field));
            match name {
                Some(name) => {
                    names.remove(name);
                    self.value(&path, typed, &ours[name]);
                }
                None if is_nothing(typed) => {}
                // Members that AWS must send, and did not.
                None if !self.strict && matches!(typed, Printed::Tuple(name, inner) if name == "Some" && is_nothing(&inner[0])) => {}
                None => self.lines.push(format!("{path}: typed {typed:?}, ours lacks it")),
            }
        }
        if self.strict {
            self.lines.extend(names.iter().map(|name| format!("{path}/{name}: typed lacks it, ours {}", ours[*name])));
        }
    }

    fn blob(&mut self, path: &str, fields: &[(String, Printed)], ours: &Value) {
        let [(_, Printed::Bare(digits))] = fields else { panic!("a blob prints its bytes: {fields:?}") };
        let digits: Vec<char> = digits.chars().collect();
        let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal");
        let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        let base64 = aws_smithy_types::base64::encode(&bytes);
        let expected = String::from_utf8(bytes).map_or_else(|_| serde_json::json!({"$base64": base64}), Value::String);
        if *ours != expected {
            self.lines.push(format!("{path}: typed {expected}, ours {ours}"));
        }
    }
}

/// Names without what tells snake case, camel case and raw identifiers apart.
fn spelling(name: &str) -> String {
    name.trim_start_matches("r#").chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// What the typed clients print where AWS says nothing: `None`, the default of what is no `Option`, or that it may be a secret.
fn is_nothing(typed: &Printed) -> bool {
    match typed {
        Printed::Bare(text) => matches!(text.as_str(), "None" | "0" | "0.0" | "false" | "1970-01-01T00:00:00Z"),
        Printed::Text(text) => text.is_empty() || text == REDACTED,
        Printed::List(items) => items.is_empty(),
        _ => false,
    }
}

fn is_same_scalar(typed: &Printed, ours: &Value) -> bool {
    match (typed, ours) {
        (Printed::Tuple(name, inner), _) if name == "Unknown" || name == "UnknownVariantValue" => is_same_scalar(&inner[0], ours),
        (Printed::Text(text), Value::String(ours)) => text == ours || text == REDACTED,
        // A policy document of IAM: URL-encoded JSON there, JSON here.
        (Printed::Text(text), Value::Object(_)) => {
            percent_decode_str(text).decode_utf8().is_ok_and(|text| serde_json::from_str::<Value>(&text).is_ok_and(|value| value == *ours))
        }
        (Printed::Bare(text), Value::Number(number)) => *text == number.to_string() || text.parse::<f64>().ok() == number.as_f64(),
        (Printed::Bare(text), Value::Bool(flag)) => *text == flag.to_string(),
        (Printed::Bare(text), Value::String(ours)) => is_same_moment(text, ours) || is_variant(text, ours),
        _ => false,
    }
}

/// Ours has Python's form: `+00:00`, and a fraction of six digits or none. A microsecond is the rounding of JSON's numbers:
/// the typed clients cut off what Python rounds.
fn is_same_moment(text: &str, ours: &str) -> bool {
    let Ok(typed) = DateTime::from_str(text, Format::DateTime) else { return false };
    [0, 1000].into_iter().any(|nanos| {
        let printed = DateTime::from_nanos(typed.as_nanos() + nanos).ok().and_then(|moment| moment.fmt(Format::DateTime).ok());
        printed.is_some_and(|printed| python_form(&printed) == ours)
    })
}

fn python_form(text: &str) -> String {
    let text = text.trim_end_matches('Z');
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{whole}.{fraction:0<6.6}+00:00"),
        None => format!("{text}+00:00"),
    }
}

/// `T2Micro` stands for `t2.micro`.
fn is_variant(variant: &str, text: &str) -> bool {
    let spelt = spelling(variant);
    // Not a moment: AWS's form of it must not pass for ours.
    let is_name = variant.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    is_name && (spelt == spelling(text) || RENAMED.contains(&(variant, text)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn differences_are_seen_in_both_directions() {
        let typed = r#"A { a_b: Some("x"), n: 0, t: Some(2019-05-07T15:40:22.5Z), e: Some(T2Micro), _request_id: None }"#;
        let ours = json!({"AB": "x", "t": "2019-05-07T15:40:22.500000+00:00", "E": "t2.micro"});
        assert_eq!(differences(typed, &ours, true), Vec::<String>::new());
        assert_eq!(differences(typed, &json!({"AB": "x", "t": ours["t"], "E": "t2.micro", "New": 1}), false), Vec::<String>::new());
        for (wrong, place) in [
            (json!({"AB": "y", "t": ours["t"], "E": "t2.micro"}), "/AB: "),
            (json!({"t": ours["t"], "E": "t2.micro"}), "/a_b: "),
            (json!({"AB": "x", "t": ours["t"], "E": "t2.micro", "F": false}), "/F: "),
            (json!({"AB": "x", "t": "2019-05-07T15:40:22+00:00", "E": "t2.micro"}), "/t: "),
            (json!({"AB": "x", "t": "2019-05-07T15:40:22.5Z", "E": "t2.micro"}), "/t: "),
            (json!({"AB": "x", "t": ours["t"], "E": "t2.nano"}), "/E: "),
        ] {
            let found = differences(typed, &wrong, true);
            assert!(found.len() == 1 && found[0].starts_with(place), "{place}: {found:?}");
        }
    }

    #[test]
    fn documents_are_compared_decoded_and_bytes_as_text() {
        let typed =
            r#"A { document: "%7B%22Version%22%3A%221%22%7D", blob: Some(Blob { inner: 61ff }), list: Some([]), map: Some({"k": 1}) }"#;
        assert_eq!(
            differences(typed, &json!({"Document": {"Version": "1"}, "Blob": {"$base64": "Yf8="}, "List": [], "Map": {"k": 1}}), true),
            Vec::<String>::new()
        );
        assert_eq!(differences(typed, &json!({"Document": {"Version": "2"}, "Blob": "a", "List": [1], "Map": {"l": 1}}), true).len(), 5);
    }
}
