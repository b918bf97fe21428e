//! What a collection could not get, grouped by reason: the table at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};

use crate::model::visible;
use crate::snapshot::manifest::{CallRecord, Manifest, Outcome};

/// One account in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    answers: u64,
    empty: u64,
    skipped: u64,
    /// Calls without a whole answer.
    pub(super) missing: u64,
}

impl Summary {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let totals = manifest.totals();
        let of = |outcome| totals.get(&outcome).copied().unwrap_or_default();
        Self {
            answers: of(Outcome::Value),
            empty: of(Outcome::Empty),
            skipped: of(Outcome::Skipped),
            missing: of(Outcome::NotCollected) + of(Outcome::Partial),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers, {} empty, {} not offered here, {} not collected", self.answers, self.empty, self.skipped, self.missing)
    }
}

/// Reasons that are listed; the rest is counted, and is in the manifest.
const SHOWN: usize = 20;

/// Width of the table where no terminal tells.
const WIDTH: u16 = 130;

#[derive(Default)]
struct Group {
    count: u64,
    accounts: BTreeSet<String>,
    calls: BTreeSet<String>,
    message: String,
}

/// Prints the reasons for which calls failed, the most frequent first; nothing when none did.
pub(super) fn print(manifests: &[&Manifest], out: &mut dyn Write) -> io::Result<()> {
    let groups = group(manifests);
    if groups.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(&String, &Group)> = groups.iter().collect();
    rows.sort_by(|a, b| b.1.count.cmp(&a.1.count).then_with(|| a.0.cmp(b.0)));
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if !table.is_tty() {
        table.set_width(WIDTH);
    }
    table.set_header(["NOT COLLECTED", "CALLS", "WHICH", "FOR EXAMPLE"]);
    let several = manifests.len() > 1;
    for (code, group) in rows.iter().take(SHOWN) {
        let mut which = some(&group.calls, 3);
        if several {
            which = format!("{which} ({})", some(&group.accounts, 3));
        }
        let cells = [(*code).clone(), group.count.to_string(), which, shortened(&group.message)];
        table.add_row(cells.map(|cell| visible(&cell).into_owned()));
    }
    writeln!(out, "\n{table}")?;
    if rows.len() > SHOWN {
        writeln!(out, "and {} more reasons; each call is in manifest.json", rows.len() - SHOWN)?;
    }
    for hint in hints(&groups) {
        writeln!(out, "{hint}")?;
    }
    Ok(())
}

fn group(manifests: &[&Manifest]) -> BTreeMap<String, Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for manifest in manifests {
        for call in manifest.calls.values().filter(|call| is_missing(call)) {
            let code = call.code.clone().unwrap_or_else(|| "Unknown".to_owned());
            let group = groups.entry(code).or_default();
            group.count += 1;
            group.accounts.insert(manifest.header.account.name.clone());
            group.calls.insert(format!("{} {}", call.service, call.request));
            if group.message.is_empty() {
                group.message = call.message.clone().unwrap_or_default();
            }
        }
    }
    groups
}

fn is_missing(call: &CallRecord) -> bool {
    matches!(call.outcome, Outcome::NotCollected | Outcome::Partial)
}

fn some(names: &BTreeSet<String>, at_most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(at_most).map(String::as_str).collect();
    let more = names.len().saturating_sub(at_most);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

fn shortened(message: &str) -> String {
    if message.chars().count() > 120 { message.chars().take(119).chain(['…']).collect() } else { message.to_owned() }
}

fn hints(groups: &BTreeMap<String, Group>) -> Vec<&'static str> {
    let has = |word: &str| groups.keys().any(|code| code.contains(word));
    let mut hints = Vec::new();
    if has("AccessDenied") || has("UnauthorizedOperation") || has("AuthorizationError") {
        hints.push("denied: `cloudmapper collect --plan` prints the IAM policy that allows exactly these calls");
    }
    if has("InvalidClientTokenId") {
        hints.push("InvalidClientTokenId: session credentials obtained without MFA cannot call IAM; use a role, or `aws sts get-session-token` with MFA");
    }
    if has("Throttl") || has("Rate") || has("SlowDown") {
        hints.push("throttled: run the same command again, or give a lower `--max-rps`; only the missing calls are made");
    }
    hints
}
