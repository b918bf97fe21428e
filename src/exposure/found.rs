//! What the programs of the table say of a resource.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::entry::Verdict;
use crate::model::Confidence;

/// One output of a program; the head of `data/exposure.yaml` says what each part means.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    pub(super) arn: Option<String>,
    pub(super) name: Option<Value>,
    pub(super) host: Option<Vec<Option<String>>>,
    pub(super) why: Option<String>,
    pub(super) through: Option<Value>,
    pub(super) confidence: Option<Confidence>,
    pub(super) verdict: Option<Verdict>,
    pub(super) ports: Option<Vec<String>>,
    pub(super) to: Option<Vec<Option<String>>>,
    pub(super) guardrail: Option<String>,
    pub(super) missing: Option<Vec<String>>,
    pub(super) of: Option<Vec<Verdict>>,
    pub(super) from: Option<Vec<Option<String>>>,
    pub(super) asks: Option<Asks>,
    #[serde(deserialize_with = "present")]
    pub(super) flag: Option<Option<bool>>,
    pub(super) interfaces: Option<Vec<String>>,
    pub(super) addresses: Option<Vec<String>>,
    pub(super) security_groups: Option<Vec<String>>,
    pub(super) subnets: Option<Vec<String>>,
    pub(super) owner: Option<Owner>,
    pub(super) beyond: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(super) policy: Option<Value>,
}

/// Whether everybody may do something.
#[derive(Debug, Deserialize)]
pub(super) struct Asks {
    pub(super) action: Option<String>,
    pub(super) resource: String,
    #[serde(default)]
    pub(super) policy: Value,
    #[serde(default)]
    pub(super) context: serde_json::Map<String, Value>,
    pub(super) none: WithoutPolicy,
}

/// What holds where there is no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WithoutPolicy {
    Allow,
    Deny,
}

/// How the interfaces of a resource are found: regular expressions.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Owner {
    pub(super) description: Option<String>,
    pub(super) requester: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

/// A field that is there, be it null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Names are texts; some programs give numbers, or null.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        other => Some(other.to_string()),
    }
}

/// The policy of a resource, be it an object or its text.
pub(super) fn document(policy: &Value) -> Option<Value> {
    match policy {
        Value::Object(_) => Some(policy.clone()),
        Value::String(text) if !text.is_empty() => {
            let read = |text: &str| serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
            // API Gateway escapes the text once more.
            let unescaped = || serde_json::from_str::<String>(&format!("\"{text}\"")).ok().and_then(|text| read(&text));
            Some(read(text).or_else(unescaped).unwrap_or_else(|| policy.clone()))
        }
        _ => None,
    }
}
