//! What a check is, and all that the program carries: `data/checks/<ID>.yaml`, one file each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::cases::Case;
use crate::model::Confidence;
use crate::snapshot::jq::Program;

/// What programs are told, in this order. `$now` is the time of the snapshot, in whole seconds of Unix.
pub(super) const VARIABLES: &[&str] = &["$account", "$region", "$partition", "$now"];

const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/checks.rs"));

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Somebody from outside can take over an account, or read its secrets.
    Critical,
    /// Data or rights are open to those who should not have them.
    High,
    /// It takes one more mistake.
    Medium,
    /// Hygiene.
    Low,
    /// Worth knowing.
    Info,
    /// Not told.
    Mute,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 6] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info, Self::Mute];

    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
            Self::Info => "Info",
            Self::Mute => "Mute",
        }
    }

    /// Of a word, in any case of letters.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word().eq_ignore_ascii_case(word))
    }
}

/// Where a check looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// In each Region.
    #[default]
    Region,
    /// Once an account.
    Account,
}

/// Who judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// The check's own program over stored answers.
    #[default]
    Jq,
    /// What everybody can reach.
    Public,
    /// What nothing uses.
    Unused,
    /// The principal graph.
    Graph,
    /// The policies of identities and organizations.
    Iam,
    /// The networks.
    Network,
    /// The web of trust.
    Trust,
    /// What was collected.
    Coverage,
}

/// A check, with its documentation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// `S3_PUBLIC_POLICY`; CloudMapper's where it had one.
    pub id: String,
    /// In a line.
    pub title: String,
    /// How bad it is.
    #[serde(default = "medium")]
    pub severity: Severity,
    /// How sure it can be.
    #[serde(default)]
    pub confidence: Confidence,
    /// The service or subject.
    #[serde(default = "custom")]
    pub group: String,
    /// `cloudmapper`, for its ids, or `ours`; `custom` for the user's own.
    #[serde(default = "custom")]
    pub since: String,
    /// Where it looks.
    #[serde(default)]
    pub scope: Scope,
    /// What it looks for, and why that matters.
    pub description: String,
    /// What to do.
    #[serde(default)]
    pub remediation: String,
    /// Where AWS says so.
    #[serde(default)]
    pub references: Vec<String>,
    /// Ids of controls, by framework.
    #[serde(default)]
    pub compliance: BTreeMap<String, Vec<String>>,
    /// Who judges.
    #[serde(default)]
    pub engine: Engine,
    /// Of the engine's own kinds of findings, these.
    #[serde(default)]
    pub of: Vec<String>,
    /// The answers that it reads: `ec2-describe-vpcs.json`, `acm-describe-certificate/*`; `*/…` those of all Regions.
    #[serde(default)]
    pub reads: Vec<String>,
    /// Its program, if the engine is `jq`.
    #[serde(default)]
    pub program: Option<Text>,
    /// What shows that it can fail. Those of the program's own checks are not carried along.
    #[serde(default)]
    pub cases: Vec<Case>,
}

fn medium() -> Severity {
    Severity::Medium
}

fn custom() -> String {
    "custom".to_owned()
}

/// A program, compiled when it is first run.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub struct Text(Arc<Program>);

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Arc::new(Program::trusted(&text, VARIABLES)))
    }
}

impl std::ops::Deref for Text {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.0
    }
}

impl Check {
    /// Reads a check.
    ///
    /// # Errors
    /// In words, when the text is no check.
    pub fn parse(text: &str) -> Result<Self, String> {
        let check: Self = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        match (check.engine, &check.program) {
            (Engine::Jq, None) => Err(format!("`{}` has no program", check.id)),
            (Engine::Jq, Some(_)) if check.reads.is_empty() => Err(format!("`{}` reads nothing", check.id)),
            (Engine::Jq, Some(_)) | (_, None) => Ok(check),
            (_, Some(_)) => Err(format!("`{}` has a program, and another engine than jq", check.id)),
        }
    }

    /// The names by which its program finds the answers that it reads.
    pub fn calls(&self) -> impl Iterator<Item = &str> {
        self.reads.iter().map(|read| read.strip_suffix(".json").or_else(|| read.strip_suffix("/*")).unwrap_or(read))
    }

    /// The calls that it reads, in whatever Region.
    #[must_use]
    pub fn calls_alone(&self) -> BTreeSet<&str> {
        self.calls().map(|call| call.trim_start_matches("*/")).collect()
    }
}

/// All checks of the program, by id.
///
/// # Errors
/// When a file in the program cannot be read, which tests rule out.
pub fn checks() -> Result<&'static [Arc<Check>], String> {
    static CHECKS: OnceLock<Result<Vec<Arc<Check>>, String>> = OnceLock::new();
    let read = |(name, text): &(&str, &str)| match Check::parse(text) {
        Ok(check) if format!("{}.yaml", check.id) == *name => Ok(Arc::new(check)),
        Ok(check) => Err(format!("data/checks/{name} is called {}", check.id)),
        Err(problem) => Err(format!("data/checks/{name}: {problem}")),
    };
    CHECKS.get_or_init(|| EMBEDDED.iter().map(read).collect()).as_deref().map_err(Clone::clone)
}
