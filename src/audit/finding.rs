//! What comes out: one thing of which a check says something.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::check::{Check, Severity};
use crate::model::Confidence;

/// What a check says of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is as the check says.
    Fail,
    /// Nobody knows: something was not collected.
    Unknown,
    /// It is not.
    Pass,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Pass => "pass",
        }
    }
}

/// Whose it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The account's name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its partition.
    pub partition: String,
    /// When its snapshot was made, as AWS writes times; empty where nothing tells.
    pub collected: String,
}

/// A stored answer that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The file, relative to the account's folder.
    pub file: String,
    /// Where in it: a JSON pointer; empty for all of it.
    pub pointer: String,
    /// When AWS answered, if the manifest says so.
    pub time: Option<String>,
    /// What the manifest says of the file's bytes.
    pub sha256: Option<String>,
}

/// Why a finding is not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// In the user's words.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<String>,
}

/// One thing of which a check says something.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which check; title and severity are those of the user's overrides.
    pub check: Arc<Check>,
    /// Whose.
    pub account: Arc<Subject>,
    /// The Region; empty where there is none.
    pub region: String,
    /// The ARN where there is one, else an id or a name; empty for a whole kind.
    pub resource: String,
    /// What is said: never a pass.
    pub verdict: Verdict,
    /// How bad it is.
    pub severity: Severity,
    /// How sure that is.
    pub confidence: Confidence,
    /// More to know.
    pub details: Map<String, Value>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Why it is not counted.
    pub suppressed: Option<Suppressed>,
}

impl Finding {
    pub(super) fn new(check: &Arc<Check>, account: &Arc<Subject>, region: &str, resource: &str, verdict: Verdict) -> Self {
        Self {
            check: check.clone(),
            account: account.clone(),
            region: region.to_owned(),
            resource: resource.to_owned(),
            verdict,
            severity: check.severity,
            confidence: check.confidence,
            details: Map::new(),
            evidence: Vec::new(),
            suppressed: None,
        }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value.as_str() == Some("");
        if !nothing {
            self.details.insert(name.to_owned(), value);
        }
        self
    }

    /// Whether it counts: it fails, and nobody suppressed it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.verdict == Verdict::Fail && self.suppressed.is_none()
    }

    /// What makes it the same finding in another snapshot.
    #[must_use]
    pub fn key(&self) -> (&str, &str, &str, &str) {
        (&self.check.id, &self.account.id, &self.region, &self.resource)
    }

    /// The worst first, then by check, account, Region and thing.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let details = Value::from(self.details.clone()).to_string();
        let (check, account) = (self.check.id.clone(), self.account.name.clone());
        (self.severity, check, account, self.region.clone(), self.resource.clone(), self.verdict, details)
    }
}

/// How many things of an account a check looked at: by check and account.
pub type Passed = BTreeMap<(String, String), usize>;
