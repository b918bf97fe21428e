//! What decides about other entries: guardrails, web ACLs, the state of an access point.

use super::entry::{Entry, Verdict};
use super::found::Found;
use super::table::Row;

/// What a program said of the entries of some rows.
pub(super) struct Override {
    /// The rows.
    rows: Vec<String>,
    account: String,
    found: Found,
}

impl Override {
    pub(super) fn new(row: &Row, account: &str, found: Found) -> Self {
        let rows = if row.within.is_empty() { vec![row.id.clone()] } else { row.within.clone() };
        Self { rows, account: account.to_owned(), found }
    }

    /// Takes the place of an entry's verdict, if it is about it.
    pub(super) fn apply(&self, entry: &mut Entry) {
        let about = self.account == entry.account && self.rows.contains(&entry.row.id);
        if !about || !self.found.arn.as_deref().is_some_and(|arn| is_like(arn, &entry.arn)) {
            return;
        }
        let of: &[Verdict] = self.found.of.as_deref().unwrap_or(&[Verdict::Public, Verdict::Shared]);
        if !of.contains(&entry.verdict) {
            return;
        }
        match self.found.verdict {
            Some(Verdict::Blocked) => {
                entry.verdict = Verdict::Blocked;
                entry.guardrail.clone_from(&self.found.guardrail);
            }
            Some(Verdict::Unknown) => {
                entry.verdict = Verdict::Unknown;
                entry.missing.extend(self.found.missing.iter().flatten().cloned());
            }
            _ => {}
        }
        if let Some(ports) = &self.found.ports {
            entry.ports.clone_from(ports);
        }
        if let Some(why) = &self.found.why {
            entry.because(why);
        }
        if entry.through.is_none() {
            entry.through = super::found::text(self.found.through.as_ref());
        }
    }
}

/// An ARN that ends in `*` is a beginning.
fn is_like(pattern: &str, arn: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == arn, |beginning| arn.starts_with(beginning))
}
