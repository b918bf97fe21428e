//! What comes out: one thing that is unused, or of which that is not known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::table::Row;
use crate::model::Confidence;

/// What is known of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing uses it.
    Unused,
    /// Nobody knows: something was not collected.
    Unknown,
}

impl State {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing, or a whole kind of things of which nothing is known.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The kind of thing.
    pub row: &'static Row,
    /// The Region; empty where a call was made in none.
    pub region: String,
    /// What is known.
    pub state: State,
    /// How sure that is.
    pub confidence: Confidence,
    /// Its ARN; empty where a whole kind is not known.
    pub arn: String,
    /// What AWS calls it.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Why, in words.
    pub why: String,
    /// Since when, as AWS writes times.
    pub since: Option<String>,
    /// Calls that might show a use, and were not collected.
    pub unseen: Vec<String>,
    /// Calls that would tell.
    pub missing: Vec<String>,
    /// What it costs in a month, in US dollars; `None` where no price is known.
    pub monthly_usd: Option<f64>,
    /// What else is known of it.
    pub facts: Map<String, Value>,
}

impl Entry {
    /// A kind of which nothing is known.
    pub(super) fn unknown(row: &'static Row, region: &str, missing: Vec<String>, why: String) -> Self {
        Self {
            row,
            region: region.to_owned(),
            state: State::Unknown,
            confidence: Confidence::Certain,
            arn: String::new(),
            id: None,
            name: None,
            why,
            since: None,
            unseen: Vec::new(),
            missing,
            monthly_usd: None,
            facts: Map::new(),
        }
    }

    /// Whether it is about one thing, and not about all of a kind.
    #[must_use]
    pub fn is_one(&self) -> bool {
        !self.arn.is_empty() || self.id.is_some() || self.name.is_some()
    }

    /// What makes it the same as another.
    pub(super) fn identity(&self) -> (usize, String, String, Option<String>, Vec<String>) {
        (self.row.order, self.region.clone(), self.arn.clone(), self.id.clone(), self.missing.clone())
    }
}

/// One output of a program; the head of `data/unused.yaml` says what each part means.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    pub(super) arn: Option<String>,
    pub(super) id: Option<Value>,
    pub(super) name: Option<Value>,
    pub(super) why: Option<String>,
    pub(super) since: Option<String>,
    pub(super) confidence: Option<Confidence>,
    pub(super) unseen: Option<Vec<String>>,
    pub(super) missing: Option<Vec<String>>,
    pub(super) units: Option<BTreeMap<String, Option<f64>>>,
    #[serde(flatten)]
    pub(super) facts: Map<String, Value>,
}

/// Names are texts; some programs give numbers, or null.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        other => Some(other.to_string()),
    }
}
