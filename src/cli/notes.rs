//! What a command says beside its results, on stderr: what was not collected, and what is odd.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use crate::model::visible;
use crate::snapshot::Reason;

/// Each said once, in order.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The Regions, by account, call and code.
    gaps: BTreeMap<(String, String, String), BTreeSet<String>>,
    lines: BTreeSet<String>,
}

impl Notes {
    /// A call has no whole answer.
    pub(super) fn gap(&mut self, account: &str, region: &str, call: &str, reason: &Reason) {
        let place = (account.to_owned(), call.to_owned(), reason.code.clone());
        self.gaps.entry(place).or_default().insert(region.to_owned());
    }

    /// Something else.
    pub(super) fn say(&mut self, line: String) {
        self.lines.insert(line);
    }

    /// Prints them.
    pub(super) fn print(&self) -> std::io::Result<()> {
        let mut to = std::io::stderr().lock();
        for ((account, call, code), regions) in &self.gaps {
            let regions = regions.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let what = match code.as_str() {
                "NotCalled" | "NoManifest" => format!("{account}: {call} was not asked for in {regions}"),
                code => format!("{account}: {call} was not collected in {regions}: {code}"),
            };
            writeln!(to, "note: {}", visible(&what))?;
        }
        for line in &self.lines {
            writeln!(to, "note: {}", visible(line))?;
        }
        Ok(())
    }
}
