//! Checks that ask what nothing uses: one finding a kind, account and Region.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::AuditError;
use crate::audit::check::{Check, Scope};
use crate::audit::finding::{Finding, Verdict};
use crate::model::Confidence;
use crate::unused::{Entry, State};

/// What a finding names of what it counts.
const NAMED: usize = 10;

pub(super) fn judge(work: &mut Work<'_>, checks: &[&Arc<Check>]) -> Result<(), AuditError> {
    for unused in work.unused()?.iter() {
        let Some(account) = work.subject(&unused.owner.name).cloned() else { continue };
        for check in checks {
            let mut places: BTreeMap<(&str, Verdict), Vec<&Entry>> = BTreeMap::new();
            for entry in unused.entries.iter().filter(|entry| check.of.contains(&entry.row.id)) {
                let region = if check.scope == Scope::Account { "" } else { entry.region.as_str() };
                let verdict = if entry.state == State::Unused { Verdict::Fail } else { Verdict::Unknown };
                places.entry((region, verdict)).or_default().push(entry);
            }
            if places.is_empty() {
                work.audit.pass(check, &account);
            }
            for ((region, verdict), entries) in places {
                let finding = Finding::new(check, &account, region, &account.id, verdict);
                work.push(counted(finding, &entries));
            }
        }
    }
    Ok(())
}

fn counted(mut finding: Finding, entries: &[&Entry]) -> Finding {
    if entries.iter().all(|entry| entry.confidence == Confidence::Likely) {
        finding.confidence = Confidence::Likely;
    }
    let name =
        |entry: &&Entry| if entry.arn.is_empty() { entry.id.clone().or_else(|| entry.name.clone()) } else { Some(entry.arn.clone()) };
    let names: Vec<Value> = entries.iter().filter_map(name).take(NAMED).map(Value::from).collect();
    let mut missing: Vec<&String> = entries.iter().flat_map(|entry| &entry.missing).collect();
    missing.sort();
    missing.dedup();
    let missing: Vec<Value> = missing.into_iter().map(|call| Value::from(call.as_str())).collect();
    let dollars: f64 = entries.iter().filter_map(|entry| entry.monthly_usd).sum();
    let finding = if finding.verdict == Verdict::Fail { finding.with("count", entries.len()) } else { finding };
    let finding = finding.with("things", names).with("missing", missing);
    if dollars > 0.0 { finding.with("monthly_usd", (dollars * 100.0).round() / 100.0) } else { finding }
}
