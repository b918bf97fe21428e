//! What changed between two snapshots, as far as it matters: what became public, administrator or trusted, which findings
//! came and went, and which resources. What is no longer known was not fixed. Prints nothing.

mod compare;
mod side;
mod things;

use std::sync::Arc;

use serde::Serialize;

use crate::audit::{AuditError, Check, Overrides, Severity};
use crate::config::Config;
use crate::snapshot::{Snapshot, SnapshotError};
use crate::trust::Vendor;

use compare::compare;
use side::Side;

/// Why two snapshots cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// A file cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The checks cannot be asked.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

/// What a change is about, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// The internet reaches it.
    Reachable,
    /// Everybody may use it.
    Public,
    /// A user or role is an administrator.
    Admin,
    /// There is a way to an administrator.
    PathToAdmin,
    /// Somebody from outside gets in.
    Trust,
    /// A check of `audit`.
    Finding,
    /// A resource.
    Resource,
}

impl Topic {
    /// All, in order.
    pub const ALL: [Self; 7] = [Self::Reachable, Self::Public, Self::Admin, Self::PathToAdmin, Self::Trust, Self::Finding, Self::Resource];

    /// A heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Reachable => "Reachable from the internet",
            Self::Public => "Public by policy, ACL or sharing",
            Self::Admin => "Administrators",
            Self::PathToAdmin => "Ways to an administrator",
            Self::Trust => "Trust in others",
            Self::Finding => "Findings",
            Self::Resource => "Resources",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// It was not so.
    New,
    /// It was so, and nobody knows any more.
    NotKnown,
    /// It is another.
    Changed,
    /// It was so.
    Gone,
}

impl Event {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::NotKnown => "no longer known",
            Self::Changed => "changed",
            Self::Gone => "gone",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// What it is about.
    pub topic: Topic,
    /// What became of it.
    pub event: Event,
    /// How bad the finding is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The account's name.
    pub account: String,
    /// Its id.
    pub account_id: String,
    /// The Region; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// The kind of thing, or the id of the check.
    pub kind: String,
    /// Which.
    pub resource: String,
    /// More, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub what: String,
}

impl Change {
    /// Whether something got worse: it came, and is no mere resource.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.event == Event::New && self.topic != Topic::Resource
    }
}

/// What is compared.
#[derive(Debug)]
pub struct Input<'a> {
    /// The accounts as they were.
    pub old: &'a [Snapshot],
    /// As they are.
    pub new: &'a [Snapshot],
    /// What the configuration says of accounts, if there is one.
    pub config: Option<&'a Config>,
    /// The user's own list of vendors.
    pub vendors: &'a [Vendor],
    /// Which checks count.
    pub checks: &'a [Arc<Check>],
    /// What the user says of them.
    pub overrides: &'a Overrides,
    /// Findings that are less severe do not count.
    pub minimum: Severity,
}

/// What changed.
#[derive(Debug, Default)]
pub struct Diff {
    /// By topic, event, severity and account.
    pub changes: Vec<Change>,
    /// Accounts that are on one side only, and the like.
    pub notes: Vec<String>,
}

/// Compares two collections of the same accounts.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn diff(input: &Input<'_>) -> Result<Diff, DiffError> {
    let (old, new) = (Side::read(input.old, input)?, Side::read(input.new, input)?);
    let mut diff = compare(&old, &new);
    diff.changes.sort();
    diff.changes.dedup();
    Ok(diff)
}
