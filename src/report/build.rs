//! From snapshots to what the report shows.

use serde_json::Value;

use super::coverage::{CallRecord, coverage};
use super::inventory::{by_region, by_resource};
use super::stats::Stats;
use super::view::{AccountView, Collection, Outcome, ReportView};
use crate::snapshot::layout::sha256;
use crate::snapshot::manifest::{Manifest, Outcome as Recorded};
use crate::snapshot::{Snapshot, SnapshotError};

/// The report over `snapshots`, in their order.
///
/// # Errors
/// When a snapshot's list of regions cannot be read.
pub fn build(snapshots: &[Snapshot], stats: &Stats) -> Result<ReportView, SnapshotError> {
    let mut tallies = Vec::new();
    let mut accounts = Vec::new();
    for (index, snapshot) in snapshots.iter().enumerate() {
        tallies.extend(stats.count(index, snapshot)?);
        accounts.push(account(snapshot)?);
    }
    let names: Vec<String> = accounts.iter().map(|account| account.name.clone()).collect();
    let newest = accounts.iter().filter_map(|account| account.collection.as_ref()).map(|collection| collection.finished.clone()).max();
    let title = match names.as_slice() {
        [only] => format!("Account {only}"),
        _ => format!("{} accounts", names.len()),
    };
    Ok(ReportView {
        title,
        generated: newest.unwrap_or_default(),
        tool: concat!("cloudmapper ", env!("CARGO_PKG_VERSION")).to_owned(),
        resources: by_resource(&stats.kinds, accounts.len(), &tallies),
        regions: by_region(&stats.kinds, accounts.len(), &tallies),
        coverage: covered(&names, snapshots),
        accounts,
    })
}

fn account(snapshot: &Snapshot) -> Result<AccountView, SnapshotError> {
    let name = snapshot.name().to_string();
    let regions = snapshot.regions()?;
    let Some(manifest) = snapshot.manifest() else {
        return Ok(AccountView {
            name,
            id: String::new(),
            partition: String::new(),
            collection: None,
            regions,
            disabled_regions: Vec::new(),
        });
    };
    let header = &manifest.header;
    let left_out = |status: &str| matches!(status, "not-opted-in" | "not-selected");
    Ok(AccountView {
        name,
        id: header.account.id.clone(),
        partition: header.account.partition.clone(),
        regions,
        disabled_regions: header.regions.iter().filter(|region| left_out(&region.status)).map(|region| region.name.clone()).collect(),
        collection: Some(Collection {
            identity: header.identity.arn.clone(),
            user_id: header.identity.user_id.clone(),
            started: header.started.to_string(),
            finished: header.finished.map(|time| time.to_string()).unwrap_or_default(),
            tool: header.tool.clone(),
            api_models: header.api_models.clone(),
            complete: header.complete,
            with_secrets: header.with_secrets,
            manifest_sha256: sha256(&manifest.to_bytes()),
        }),
    })
}

fn covered(names: &[String], snapshots: &[Snapshot]) -> super::view::Coverage {
    let manifests: Vec<(usize, &Manifest)> =
        snapshots.iter().enumerate().filter_map(|(index, snapshot)| snapshot.manifest().map(|manifest| (index, manifest))).collect();
    let texts: Vec<(String, String)> = manifests
        .iter()
        .flat_map(|(_, manifest)| manifest.calls.values())
        .map(|call| {
            let parameters = if call.parameters.is_empty() { String::new() } else { Value::Object(call.parameters.clone()).to_string() };
            (parameters, call.time.to_string())
        })
        .collect();
    let calls = manifests.iter().flat_map(|(index, manifest)| manifest.calls.values().map(|call| (*index, call)));
    let records: Vec<CallRecord<'_>> = calls
        .zip(&texts)
        .map(|((account, call), (parameters, time))| {
            let code = call.code.as_deref().unwrap_or_default();
            CallRecord {
                account,
                service: &call.service,
                request: &call.request,
                region: &call.region,
                parameters,
                outcome: Outcome::classify(word(call.outcome), code),
                code: if call.outcome == Recorded::Skipped { "not offered in the region" } else { code },
                message: call.message.as_deref().unwrap_or_default(),
                time,
            }
        })
        .collect();
    coverage(names, &records)
}

fn word(outcome: Recorded) -> &'static str {
    match outcome {
        Recorded::Value => "value",
        Recorded::Empty => "empty",
        Recorded::Partial => "partial",
        Recorded::NotCollected => "not_collected",
        Recorded::Skipped => "skipped",
    }
}
