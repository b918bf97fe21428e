//! Paginators in one form: botocore writes a token as text or as a list, here it is a list.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

/// The paginator of an operation. `None` when it has none; an addition to a paginator that is not
/// there has no input token and counts as none. `JMESPath` texts are kept as they are.
///
/// # Errors
/// When a field is neither text nor a list.
pub(crate) fn paginator(file: &Value, operation: &str) -> Result<Option<Value>> {
    let found = file.get("pagination").and_then(|all| all.get(operation));
    let Some(found) = found.filter(|found| found.get("input_token").is_some()) else {
        return Ok(None);
    };
    let mut paginator = Map::new();
    for (to, from) in [("input", "input_token"), ("output", "output_token"), ("results", "result_key")] {
        paginator.insert(to.to_owned(), list(found.get(from))?);
    }
    for (to, from) in [("more", "more_results"), ("limit", "limit_key")] {
        if let Some(value) = found.get(from) {
            paginator.insert(to.to_owned(), value.clone());
        }
    }
    Ok(Some(Value::Object(paginator)))
}

fn list(value: Option<&Value>) -> Result<Value> {
    match value {
        None => Ok(Value::Array(Vec::new())),
        Some(Value::String(text)) => Ok(Value::from(vec![text.as_str()])),
        Some(list @ Value::Array(_)) => Ok(list.clone()),
        Some(other) => bail!("unknown form of a paginator: `{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tokens_become_lists() {
        let file = json!({"pagination": {
            "ListA": {"input_token": "Marker", "output_token": "NextMarker || A[-1].Name", "result_key": ["A", "B"],
                      "limit_key": "Max", "more_results": "IsTruncated", "non_aggregate_keys": ["C"]},
            "ListB": {"non_aggregate_keys": ["C"]},
        }});
        assert_eq!(
            paginator(&file, "ListA").unwrap(),
            Some(json!({"input": ["Marker"], "output": ["NextMarker || A[-1].Name"], "results": ["A", "B"],
                        "more": "IsTruncated", "limit": "Max"}))
        );
        assert_eq!(paginator(&file, "ListB").unwrap(), None);
        assert_eq!(paginator(&json!({}), "ListA").unwrap(), None);
    }
}
