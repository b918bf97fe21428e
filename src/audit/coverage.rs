//! Checks of the snapshot itself: what of it is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::check::Check;
use super::finding::{Finding, Subject, Verdict};
use super::programs::evidence;
use super::{Audit, AuditError, Input, checks};
use crate::snapshot::manifest::{Manifest, Outcome};
use crate::snapshot::{Answer, Snapshot};

/// Names that a finding lists.
const NAMED: usize = 20;

/// What the checks of the engine `coverage` say.
pub(super) fn of(input: &Input<'_>, subjects: &[Arc<Subject>]) -> Result<Audit, AuditError> {
    let mut audit = Audit::default();
    for (snapshot, account) in input.accounts.iter().zip(subjects) {
        for check in input.checks {
            let found = match check.id.as_str() {
                // What was refused was refused, whatever is asked now.
                "COVERAGE_DENIED" => denied(check, snapshot, account, checks().map_err(AuditError::Embedded)?),
                "COVERAGE_REGION_LEFT_OUT" => left_out(check, snapshot, account)?,
                "COVERAGE_ORGANIZATION_UNSEEN" => organization(check, snapshot, account, input)?,
                _ => continue,
            };
            match found {
                Some(finding) => audit.findings.push(finding),
                None => audit.pass(check, account),
            }
        }
    }
    Ok(audit)
}

fn unknown(check: &Arc<Check>, account: &Arc<Subject>, why: &str) -> Option<Finding> {
    Some(Finding::new(check, account, "", &account.id, Verdict::Unknown).with("why", why))
}

const NO_MANIFEST: &str = "the snapshot has no manifest, which would tell what was not collected";

/// Calls that checks read and that AWS did not answer.
fn denied(check: &Arc<Check>, snapshot: &Snapshot, account: &Arc<Subject>, all: &[Arc<Check>]) -> Option<Finding> {
    let Some(manifest) = snapshot.manifest() else { return unknown(check, account, NO_MANIFEST) };
    let read: BTreeSet<&str> = all.iter().flat_map(|check| check.calls_alone()).collect();
    let mut missing: BTreeMap<String, u64> = BTreeMap::new();
    let mut first = None;
    for (file, call) in &manifest.calls {
        let name = format!("{}-{}", call.service, call.request);
        let lost = matches!(call.outcome, Outcome::NotCollected | Outcome::Partial) && call.code.as_deref() != Some("SourceNotCollected");
        if lost && read.contains(name.as_str()) {
            *missing.entry(name).or_default() += 1;
            first = first.or(Some(file.clone()));
        }
    }
    if missing.is_empty() {
        return None;
    }
    let words = missing.iter().take(NAMED).map(|(call, count)| Value::from(format!("{call} ({count})"))).collect::<Vec<_>>();
    let mut finding = Finding::new(check, account, "", &account.id, Verdict::Fail).with("kinds", missing.len()).with("calls", words);
    finding.evidence = first.map(|file| evidence(snapshot, file, String::new())).into_iter().collect();
    Some(finding)
}

/// Regions that were not looked at.
fn left_out(check: &Arc<Check>, snapshot: &Snapshot, account: &Arc<Subject>) -> Result<Option<Finding>, AuditError> {
    let Some(manifest) = snapshot.manifest() else { return Ok(unknown(check, account, NO_MANIFEST)) };
    let mut names: BTreeSet<String> =
        manifest.header.regions.iter().filter(|region| region.status == "not-selected").map(|region| region.name.clone()).collect();
    names.extend(enabled(snapshot)?.into_iter().filter(|region| !is_called(manifest, region)));
    let list: Vec<Value> = names.into_iter().map(Value::from).collect();
    Ok((!list.is_empty()).then(|| Finding::new(check, account, "", &account.id, Verdict::Fail).with("regions", list)))
}

fn is_called(manifest: &Manifest, region: &str) -> bool {
    manifest.calls.range(format!("{region}/")..).next().is_some_and(|(file, _)| file.starts_with(&format!("{region}/")))
}

/// The Regions that the account says it has on.
fn enabled(snapshot: &Snapshot) -> Result<Vec<String>, AuditError> {
    let answer: Answer<Value> = snapshot.answer(snapshot.default_region()?, "account-list-regions")?;
    let regions = answer.value().unwrap_or_default();
    let on = |region: &&Value| matches!(region.get("RegionOptStatus").and_then(Value::as_str), Some("ENABLED" | "ENABLED_BY_DEFAULT"));
    let listed = regions.get("Regions").and_then(Value::as_array).into_iter().flatten().filter(on);
    Ok(listed.filter_map(|region| region.get("RegionName").and_then(Value::as_str)).map(str::to_owned).collect())
}

/// An organization whose policies nobody collected.
fn organization(check: &Arc<Check>, snapshot: &Snapshot, account: &Arc<Subject>, input: &Input<'_>) -> Result<Option<Finding>, AuditError> {
    let answer: Answer<Value> = snapshot.answer(snapshot.default_region()?, "organizations-describe-organization")?;
    let found = match answer {
        Answer::NotCollected(_) => return Ok(unknown(check, account, "organizations-describe-organization was not collected")),
        Answer::Empty => return Ok(None),
        Answer::Value(found) | Answer::Partial(found, _) => found,
    };
    let id = |found: &Value| found.pointer("/Organization/Id").and_then(Value::as_str).map(str::to_owned);
    let Some(own) = id(&found) else { return Ok(None) };
    for other in input.accounts.iter().chain(input.others) {
        let region = other.default_region()?;
        let same: Answer<Value> = other.answer(region, "organizations-describe-organization")?;
        let lists = !other.files_of(region, "organizations-list-policies")?.is_empty();
        if lists && same.value().as_ref().and_then(id).as_ref() == Some(&own) {
            return Ok(None);
        }
    }
    Ok(Some(Finding::new(check, account, "", &own, Verdict::Fail).with("organization", own)))
}
