//! What of a snapshot calls for a change: checks, each one file, over stored answers and over what the engines say.
//!
//! A check that fails hides no other, and what could not be judged is said so. Prints nothing.

mod cases;
mod check;
mod coverage;
mod engines;
mod finding;
mod gaps;
mod overrides;
mod programs;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::Config;
use crate::exposure::{Entry, ExposureError};
use crate::graph::{Graph, GraphError, analysis};
use crate::iam::estate::EstateError;
use crate::model::{epoch_seconds, in_parallel, processors};
use crate::snapshot::answers::CallsError;
use crate::snapshot::{Snapshot, SnapshotError};
use crate::trust::{TrustError, Vendor, Web};
use crate::unused::UnusedError;

pub use cases::{Case, Wrong, cases, wrong};
pub use check::{Check, Engine, Scope, Severity, checks};
pub use finding::{Evidence, Finding, Passed, Subject, Suppressed, Verdict};
pub use overrides::{Overrides, OverridesError};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// A file cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// An answer cannot be read.
    #[error(transparent)]
    Calls(#[from] CallsError),
    /// A file on users, roles or policies cannot be read.
    #[error(transparent)]
    Estate(#[from] EstateError),
    /// What is public cannot be judged.
    #[error(transparent)]
    Exposure(#[from] ExposureError),
    /// What is unused cannot be judged.
    #[error(transparent)]
    Unused(#[from] UnusedError),
    /// The graph cannot be made.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The web of trust cannot be made.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}

/// What is looked at.
#[derive(Debug)]
pub struct Input<'a> {
    /// The accounts that were asked for.
    pub accounts: &'a [Snapshot],
    /// Other snapshots, which may list their organization.
    pub others: &'a [Snapshot],
    /// What the configuration says of accounts, if there is one.
    pub config: Option<&'a Config>,
    /// The user's own list of vendors.
    pub vendors: &'a [Vendor],
    /// Which checks.
    pub checks: &'a [Arc<Check>],
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Audit {
    /// The worst first.
    pub findings: Vec<Finding>,
    /// How many things passed, by check and account.
    pub passed: Passed,
    /// The accounts.
    pub accounts: Vec<Arc<Subject>>,
    /// What the engines said that were asked, for whoever shows more of it.
    pub seen: Seen,
}

/// What engines said.
#[derive(Debug, Default)]
pub struct Seen {
    /// What everybody can reach, and what is shared.
    pub exposed: Vec<Entry>,
    /// The principal graph, with what of it calls for a change.
    pub graph: Option<(Graph, Vec<analysis::Finding>)>,
    /// The web of trust.
    pub web: Option<Web>,
    /// The accounts whose users and roles were not read.
    pub unread: BTreeSet<String>,
}

/// Asks all checks.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn audit(input: &Input<'_>) -> Result<Audit, AuditError> {
    // Of few accounts, processors share the checks: each reads the answers for itself.
    let parts = processors().div_ceil(input.accounts.len().max(1));
    let shared: Vec<Vec<Arc<Check>>> = (0..parts).map(|part| input.checks.iter().skip(part).step_by(parts).cloned().collect()).collect();
    let work: Vec<(&Snapshot, &Vec<Arc<Check>>)> =
        input.accounts.iter().flat_map(|snapshot| shared.iter().map(move |part| (snapshot, part))).collect();
    let read = |(snapshot, checks): &(&Snapshot, &Vec<Arc<Check>>), (): &mut ()| programs::of_account(snapshot, checks, input.checks);
    let mut audit = Audit::default();
    for read in in_parallel(&work, processors(), read) {
        audit.add(read?);
    }
    audit.accounts.dedup();
    audit.add(coverage::of(input, &audit.accounts)?);
    audit.add(engines::of(input, &audit.accounts)?);
    audit.findings = gaps::join(std::mem::take(&mut audit.findings));
    audit.findings.sort_by_cached_key(Finding::order);
    audit.findings = gaps::unite(std::mem::take(&mut audit.findings));
    Ok(audit)
}

/// When the latest snapshot was made, in seconds of Unix: suppressions run out by that, so that a report stays the same.
#[must_use]
pub fn latest(accounts: &[Snapshot]) -> i64 {
    let made = accounts.iter().filter_map(|snapshot| epoch_seconds(&snapshot.manifest()?.header.started.to_string()));
    made.max().unwrap_or(0)
}

impl Audit {
    fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.accounts.extend(other.accounts);
        let seen = other.seen;
        self.seen.exposed.extend(seen.exposed);
        self.seen.graph = self.seen.graph.take().or(seen.graph);
        self.seen.web = self.seen.web.take().or(seen.web);
        self.seen.unread.extend(seen.unread);
        for (key, count) in other.passed {
            *self.passed.entry(key).or_default() += count;
        }
    }

    fn pass(&mut self, check: &Check, account: &Subject) {
        *self.passed.entry((check.id.clone(), account.id.clone())).or_default() += 1;
    }
}
