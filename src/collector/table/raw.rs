//! The collection table as it is written: CloudMapper's `collect_commands.yaml`, with our additions.

use serde::Deserialize;
use serde_json::Value;

/// A whole file: CloudMapper's list, which replaces the default, or `Extend:`, which adds to it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RawTable {
    Replace(Vec<RawRow>),
    Extend {
        #[serde(rename = "Extend")]
        rows: Vec<RawRow>,
    },
}

/// The second form by itself, for its error messages.
#[derive(Debug, Deserialize)]
pub(super) struct Extension {
    #[serde(rename = "Extend")]
    _rows: Vec<RawRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRow {
    #[serde(rename = "Service")]
    pub(super) service: String,
    #[serde(rename = "Request")]
    pub(super) request: String,
    #[serde(rename = "Parameters", default)]
    pub(super) parameters: Option<Vec<RawPair>>,
    #[serde(rename = "Check", default)]
    pub(super) check: Option<Vec<RawPair>>,
    /// CloudMapper has two operations in code; the default table has them as rows.
    #[serde(rename = "Custom_collection", default)]
    pub(super) custom: bool,
    #[serde(rename = "ForEach", default)]
    pub(super) for_each: Option<String>,
    #[serde(rename = "File", default)]
    pub(super) file: Option<String>,
    #[serde(rename = "Regions", default)]
    pub(super) regions: Option<RawRegions>,
    #[serde(rename = "Empty", default)]
    pub(super) empty: Vec<RawEmpty>,
    #[serde(rename = "For", default)]
    pub(super) purposes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPair {
    #[serde(rename = "Name")]
    pub(super) name: String,
    #[serde(rename = "Value")]
    pub(super) value: Value,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum RawRegions {
    Word(String),
    List(Vec<String>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum RawEmpty {
    Code(String),
    WithMessage {
        #[serde(rename = "Code")]
        code: String,
        #[serde(rename = "Message")]
        message: String,
    },
}
