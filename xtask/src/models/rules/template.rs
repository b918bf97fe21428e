//! Templates of endpoint rules: `https://ec2.{Region}.{PartitionResult#dnsSuffix}`.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// Fills in the references of a template. `{{` and `}}` stand for the braces themselves.
///
/// # Errors
/// When a reference has no value or the braces are unbalanced.
pub(crate) fn fill<'a>(template: &str, lookup: impl Fn(&str) -> Option<&'a Value>) -> Result<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, from)) = split_before(rest, &['{', '}']) {
        filled.push_str(before);
        if let Some((brace, after)) = doubled(from) {
            filled.push(brace);
            rest = after;
            continue;
        }
        let reference = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let Some((reference, after)) = reference else {
            bail!("unbalanced braces in `{template}`");
        };
        filled.push_str(&text_of(reference, &lookup).with_context(|| format!("in the template `{template}`"))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn split_before<'t>(text: &'t str, stops: &[char]) -> Option<(&'t str, &'t str)> {
    text.split_at_checked(text.find(stops)?)
}

fn doubled(text: &str) -> Option<(char, &str)> {
    let pair = |brace: char, pair| Some((brace, text.strip_prefix(pair)?));
    pair('{', "{{").or_else(|| pair('}', "}}"))
}

fn text_of<'a>(reference: &str, lookup: impl Fn(&str) -> Option<&'a Value>) -> Result<String> {
    let mut names = reference.split('#');
    let mut value = names.next().and_then(lookup);
    for name in names {
        value = value.and_then(|value| value.get(name));
    }
    match value {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => Ok(value.to_string()),
        _ => bail!("`{reference}` has no text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(template: &str) -> Result<String> {
        let scope = json!({"Region": "us-east-1", "P": {"dnsSuffix": "amazonaws.com", "n": {"x": 1}}});
        fill(template, |name| scope.get(name))
    }

    #[test]
    fn references_reach_into_objects() {
        let url = filled("https://ec2.{Region}.{P#dnsSuffix}/{P#n#x}").unwrap();
        assert_eq!(url, "https://ec2.us-east-1.amazonaws.com/1");
    }

    #[test]
    fn doubled_braces_are_literal() {
        assert_eq!(filled("{{{Region}}}").unwrap(), "{us-east-1}");
    }

    #[test]
    fn missing_values_and_lone_braces_are_errors() {
        for bad in ["{Nothing}", "{P#nothing}", "{P}", "{Region", "Region}"] {
            assert!(filled(bad).is_err(), "{bad}");
        }
    }
}
