//! Puts the web together: each account's policies and ties, on all processors, then names and groups for whoever came up.

use std::collections::BTreeSet;

use super::accounts::Directory;
use super::groups;
use super::model::{Gap, Kind, Reason, Strands, Web};
use super::policies::Judge;
use super::providers::Providers;
use super::roles::Roles;
use super::ties::{NOT_ASKED, Side, Tie, ties};
use super::{Input, TrustError};
use crate::graph::organizations::organizations;
use crate::iam::estate::{Account, Estate};
use crate::model::{in_parallel, is_account_id, processors};
use crate::snapshot::Snapshot;
use crate::snapshot::answers::Owner;

/// Of so many calls, the names are said.
const FEW: usize = 4;

/// The web of trust of some accounts.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn weave(estate: &Estate, input: &Input<'_>) -> Result<Web, TrustError> {
    let judge = Judge::new(estate, Providers::read(estate, input.accounts)?)?;
    let mut strands = Strands::default();
    for account in estate.accounts.iter().filter(|account| account.superseded) {
        let gap = |what: &String| Gap { account: account.name.to_string(), what: what.clone(), service: "iam".to_owned() };
        strands.gaps.extend(account.gaps.iter().map(gap));
    }
    let accounts: Vec<(&Account, &Snapshot)> =
        estate.accounts.iter().zip(input.accounts).filter(|(account, _)| !account.superseded).collect();
    for found in in_parallel(&accounts, processors(), |(account, snapshot), (): &mut ()| of_account(&judge, account, snapshot)) {
        strands.join(found?);
    }
    name(estate, input, strands)
}

fn of_account(judge: &Judge<'_>, account: &Account, snapshot: &Snapshot) -> Result<Strands, TrustError> {
    let mut strands = Strands::default();
    let id = if account.id.is_empty() { account.name.to_string() } else { account.id.clone() };
    for gap in &account.gaps {
        strands.gaps.insert(Gap { account: id.clone(), what: gap.clone(), service: "iam".to_owned() });
    }
    if snapshot.manifest().is_some_and(|manifest| !manifest.header.complete) {
        let what = "the collection was not finished: any call may be missing".to_owned();
        strands.gaps.insert(Gap { account: id.clone(), what, service: "collect".to_owned() });
    }
    if account.id.is_empty() {
        return Ok(strands);
    }
    Roles::new(judge, account).all(&mut strands);
    judge.resources((account, snapshot), &mut strands)?;
    let owner = Owner { name: account.name.to_string(), id: account.id.clone(), partition: account.partition.clone() };
    let found = ties(snapshot, &owner)?;
    for tie in &found.found {
        tied(judge, account, tie, &mut strands);
    }
    let mut not_asked = BTreeSet::new();
    for ((service, call, why), regions) in found.unknown {
        if why == NOT_ASKED {
            not_asked.insert((service, call));
            continue;
        }
        let regions = regions.into_iter().collect::<Vec<_>>().join(", ");
        let what = if regions.is_empty() { format!("{call}: {why}") } else { format!("{call} in {regions}: {why}") };
        strands.gaps.insert(Gap { account: id.clone(), what, service });
    }
    for (service, what) in asked_for_nothing(not_asked) {
        strands.gaps.insert(Gap { account: id.clone(), what, service });
    }
    Ok(strands)
}

/// By service, the calls that nobody made.
fn asked_for_nothing(calls: BTreeSet<(String, String)>) -> Vec<(String, String)> {
    let mut by_service: std::collections::BTreeMap<String, BTreeSet<String>> = std::collections::BTreeMap::new();
    for (service, call) in calls {
        by_service.entry(service).or_default().insert(call);
    }
    let words = |(service, calls): (String, BTreeSet<String>)| {
        let first = calls.iter().take(FEW).cloned().collect::<Vec<_>>().join(", ");
        let more = calls.len().checked_sub(FEW).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
        (service, format!("{first}{more} {NOT_ASKED}"))
    };
    by_service.into_iter().map(words).collect()
}

fn tied(judge: &Judge<'_>, account: &Account, tie: &Tie, strands: &mut Strands) {
    let access = tie.class();
    let raw = match &tie.other {
        Side::From(other) | Side::To(other) => other,
    };
    let Some(other) = side(judge, raw, &tie.row.id, strands) else {
        let what = format!("{} of {}: whose {raw} is, is not known", tie.row.kind, tie.resource);
        strands.gaps.insert(Gap { account: account.id.clone(), what, service: tie.row.service.clone() });
        return;
    };
    let principal = if *raw != other && raw.starts_with("arn:") { format!("{raw}: ") } else { String::new() };
    let reason = Reason {
        service: tie.row.service.clone(),
        resource: tie.resource.clone(),
        access,
        why: format!("{principal}{}", tie.why),
        certain: true,
        condition: None,
        file: tie.file.clone(),
        pointer: tie.pointer.clone(),
        within: String::new(),
        statement: None,
        evidence: tie.evidence.clone(),
    };
    match &tie.other {
        Side::From(_) => strands.add(&other, &account.id, reason),
        Side::To(_) => strands.add(&account.id, &other, reason),
    }
}

/// The node at the other end of a tie; nothing where it is a bucket that nobody lists.
fn side(judge: &Judge<'_>, raw: &str, row: &str, strands: &mut Strands) -> Option<String> {
    if let Some((_, bucket)) = raw.split_once(":s3:::") {
        return judge.bucket(bucket.split('/').next().unwrap_or(bucket)).map(str::to_owned);
    }
    let parts: Vec<&str> = raw.split(':').collect();
    // `arn:aws:organizations::111122223333:ou/o-abc/ou-def`
    if let ["arn", _, "organizations", _, _, resource] = parts.as_slice() {
        let id = resource.rsplit('/').next().unwrap_or(resource).to_owned();
        let kind = if id.starts_with("o-") { "organization" } else { "organizational unit" };
        strands.named.entry(id.clone()).or_insert_with(|| (format!("{kind} {id}"), "organization".to_owned(), Kind::Organization));
        return Some(id);
    }
    if let (Some(&"arn"), Some(account)) = (parts.first(), parts.get(4)) {
        return is_account_id(account).then(|| (*account).to_owned());
    }
    if row == "direct-connect-connection" {
        strands.named.insert(raw.to_owned(), (raw.to_owned(), "directconnect".to_owned(), Kind::Location));
    }
    Some(raw.to_owned())
}

/// Gives names and groups to all who came up.
fn name(estate: &Estate, input: &Input<'_>, mut strands: Strands) -> Result<Web, TrustError> {
    let trees = organizations(estate, input.accounts.iter().chain(input.others))?;
    let directory = Directory::new(estate, input, groups::listed(&trees)).map_err(TrustError::Embedded)?;
    let edges = strands.take_edges();
    let mut ids: BTreeSet<&str> = directory.scanned().collect();
    ids.extend(edges.iter().flat_map(|edge| [edge.from.as_str(), edge.to.as_str()]));
    let mut nodes: Vec<_> = ids.into_iter().map(|id| directory.node(id, &strands.named)).collect();
    let groups = groups::group(&mut nodes, &directory, &trees);
    Ok(Web { nodes, groups, edges, gaps: strands.gaps, dangling: strands.dangling, everybody: strands.everybody, ..Web::default() })
}
