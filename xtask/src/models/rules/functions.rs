//! The functions of endpoint rules. `Null` means "not set", as an answer too.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::models::partitions::Partitions;

/// Calls a function by its name in the rules.
///
/// # Errors
/// When there is no such function, or it cannot take these arguments.
pub(crate) fn call(name: &str, arguments: &[Value], partitions: &Partitions) -> Result<Value> {
    use Value::{Bool, Null, Number, String as Text};
    Ok(match (name, arguments) {
        ("isSet", [value]) => Bool(!value.is_null()),
        ("not", [value]) => Bool(matches!(value, Null | Bool(false))),
        ("stringEquals", [Text(left), Text(right)]) => Bool(left == right),
        ("booleanEquals", [Bool(left), Bool(right)]) => Bool(left == right),
        ("getAttr", [value, Text(path)]) => attribute(value, path),
        ("aws.partition", [Text(region)]) => partitions.outputs(region).unwrap_or(Null),
        ("aws.parseArn", [Text(arn)]) => parse_arn(arn).unwrap_or(Null),
        ("isValidHostLabel", [Text(label), Bool(dots)]) => Bool(is_host_label(label, *dots)),
        ("aws.isVirtualHostableS3Bucket", [Text(name), Bool(dots)]) => Bool(is_hostable_bucket(name, *dots)),
        ("isValidHostLabel" | "aws.isVirtualHostableS3Bucket", [Null, Bool(_)]) => Bool(false),
        ("substring", [Text(text), Number(start), Number(stop), Bool(reverse)]) => {
            let bound = |number: &serde_json::Number| number.as_u64().and_then(|number| usize::try_from(number).ok());
            let part = bound(start).zip(bound(stop)).and_then(|(start, stop)| substring(text, start, stop, *reverse));
            part.map_or(Null, Value::from)
        }
        ("uriEncode", [Text(text)]) => Text(uri_encode(text)),
        ("parseURL", [Text(url)]) => parse_url(url).unwrap_or(Null),
        ("aws.parseArn" | "uriEncode" | "parseURL", [Null]) => Null,
        _ => bail!("endpoint rules call `{name}` with {}: not known here", json!(arguments)),
    })
}

/// `a.b`, `list[0]` or `[0]` within a value.
fn attribute(value: &Value, path: &str) -> Value {
    let mut found = Some(value);
    for part in path.split('.') {
        let (name, index) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
            Some((name, index)) => (name, index.parse::<usize>().ok()),
            None => (part, None),
        };
        if !name.is_empty() {
            found = found.and_then(|value| value.get(name));
        }
        if let Some(index) = index {
            found = found.and_then(|value| value.get(index));
        }
    }
    found.cloned().unwrap_or(Value::Null)
}

fn parse_arn(arn: &str) -> Option<Value> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let &["arn", partition, service, region, account, resource] = parts.as_slice() else { return None };
    if partition.is_empty() || service.is_empty() || resource.is_empty() {
        return None;
    }
    let resource: Vec<&str> = resource.split([':', '/']).collect();
    Some(json!({
        "partition": partition, "service": service, "region": region,
        "accountId": account, "resourceId": resource,
    }))
}

fn is_host_label(text: &str, dots: bool) -> bool {
    let label = |label: &str| {
        let inner = |char: char| char.is_ascii_alphanumeric() || char == '-';
        (1..=63).contains(&label.len()) && !label.starts_with('-') && label.chars().all(inner)
    };
    if dots { text.split('.').all(label) } else { label(text) }
}

fn is_hostable_bucket(name: &str, dots: bool) -> bool {
    let lower = !name.contains(|char: char| char.is_ascii_uppercase());
    name.len() >= 3 && lower && name.parse::<Ipv4Addr>().is_err() && is_host_label(name, dots)
}

fn substring(text: &str, start: usize, stop: usize, reverse: bool) -> Option<&str> {
    if start >= stop || !text.is_ascii() {
        return None;
    }
    if reverse {
        let end = text.len();
        return text.get(end.checked_sub(stop)?..end.checked_sub(start)?);
    }
    text.get(start..stop)
}

fn uri_encode(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let encode = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

fn parse_url(url: &str) -> Option<Value> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") || rest.contains(['?', '#']) {
        return None;
    }
    let slash = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(slash)?;
    let slashed = if path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let host = match bracketed {
        Some((host, _)) => host,
        None => authority.split(':').next()?,
    };
    Some(json!({
        "scheme": scheme, "authority": authority, "path": path, "normalizedPath": slashed,
        "isIp": host.parse::<IpAddr>().is_ok(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::partitions::tests::sample;

    fn eval(name: &str, arguments: Value) -> Value {
        call(name, arguments.as_array().unwrap(), &sample()).unwrap()
    }

    #[test]
    fn logic() {
        assert_eq!(eval("isSet", json!([null])), json!(false));
        assert_eq!(eval("isSet", json!([""])), json!(true));
        assert_eq!(eval("not", json!([false])), json!(true));
        assert_eq!(eval("stringEquals", json!(["a", "a"])), json!(true));
        assert_eq!(eval("booleanEquals", json!([true, false])), json!(false));
    }

    #[test]
    fn wrong_types_and_unknown_functions_are_errors() {
        for (name, arguments) in [("booleanEquals", json!([null, true])), ("nonesuch", json!([]))] {
            assert!(call(name, arguments.as_array().unwrap(), &sample()).is_err(), "{name}");
        }
    }

    #[test]
    fn attributes() {
        let arn = eval("aws.parseArn", json!(["arn:aws:s3:us-east-1:111122223333:accesspoint/x:y"]));
        assert_eq!(eval("getAttr", json!([arn, "resourceId[2]"])), json!("y"));
        assert_eq!(eval("getAttr", json!([arn, "resourceId[3]"])), json!(null));
        assert_eq!(eval("getAttr", json!([["a", "b"], "[1]"])), json!("b"));
        assert_eq!(eval("getAttr", json!([{"a": {"b": 1}}, "a.b"])), json!(1));
    }

    #[test]
    fn arns() {
        for bad in ["arn:aws:s3:us-east-1:111122223333", "arn::s3:::x", "x:aws:s3:::y"] {
            assert_eq!(eval("aws.parseArn", json!([bad])), json!(null), "{bad}");
        }
    }

    #[test]
    fn host_labels_and_buckets() {
        assert_eq!(eval("isValidHostLabel", json!(["a-1", false])), json!(true));
        assert_eq!(eval("isValidHostLabel", json!(["a.b", false])), json!(false));
        assert_eq!(eval("isValidHostLabel", json!(["a.b", true])), json!(true));
        assert_eq!(eval("isValidHostLabel", json!(["-a", false])), json!(false));
        assert_eq!(eval("aws.isVirtualHostableS3Bucket", json!(["my.bucket", true])), json!(true));
        for bad in ["Abc", "ab", "10.0.0.1"] {
            assert_eq!(eval("aws.isVirtualHostableS3Bucket", json!([bad, true])), json!(false), "{bad}");
        }
    }

    #[test]
    fn substrings() {
        assert_eq!(eval("substring", json!(["abcdef", 1, 3, false])), json!("bc"));
        assert_eq!(eval("substring", json!(["abcdef", 0, 2, true])), json!("ef"));
        assert_eq!(eval("substring", json!(["abc", 0, 4, false])), json!(null));
        assert_eq!(eval("substring", json!(["abc", 0, 4, true])), json!(null));
        assert_eq!(eval("substring", json!(["äbc", 0, 1, false])), json!(null));
    }

    #[test]
    fn urls() {
        let url = eval("parseURL", json!(["https://127.0.0.1:8080/a"]));
        assert_eq!(url, json!({"scheme": "https", "authority": "127.0.0.1:8080", "path": "/a", "normalizedPath": "/a/", "isIp": true}));
        assert_eq!(eval("parseURL", json!(["https://x/?q"])), json!(null));
        assert_eq!(eval("uriEncode", json!(["a b/c~"])), json!("a%20b%2Fc~"));
    }
}
