//! From what the programs say to entries: asks the engines, applies what overrides, and leaves out what is said twice.

use std::collections::BTreeSet;

use super::entry::{Entry, Verdict};
use super::found::text;
use super::gather::{Account, Gathered, Pending};
use super::interfaces::{Finder, Interfaces};
use super::policies;
use super::reachable::Reachable;
use super::table::{Row, rows};
use super::within::Override;
use crate::iam::estate::{Estate, ResourcePolicy};
use crate::iam::outside::Outside;
use crate::network::model::Network;
use crate::network::sources::Sources;

/// Kinds of entries that are parts of others.
const PARTS: [&str; 3] = ["network-interface-ipv4", "network-interface-ipv6", "elastic-ip"];

/// The kind of the policies that say who may take on a role.
const TRUST: &str = "IAM role trust";

/// Makes entries of everything gathered.
pub(super) fn judge(gathered: Vec<(Account, Gathered)>, estate: &Estate, outside: Outside<'_>, network: &mut Network) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut overrides = Vec::new();
    let mut asked: Vec<(Account, Pending)> = Vec::new();
    let names: BTreeSet<String> = gathered.iter().map(|(account, _)| account.name.clone()).collect();
    for (account, gathered) in gathered {
        entries.extend(gathered.unknown);
        for pending in gathered.pending {
            if pending.row.within.is_empty() && pending.row.policies.is_empty() {
                asked.push((account.clone(), pending));
            } else {
                overrides.push(Override::new(pending.row, &account.name, pending.found));
            }
        }
    }
    let interfaces = interfaces(&asked, network);
    let judge = policies::Judge::new(estate, outside);
    let mut reachable = Reachable::new(network);
    for ((account, pending), interfaces) in asked.into_iter().zip(interfaces) {
        entries.push(entry(&account, &pending, &interfaces, &judge, &mut reachable));
    }
    entries.extend(behind_balancers(&entries, &names, &mut reachable));
    entries.extend(by_policy(estate, &judge));
    for entry in &mut entries {
        for rule in &overrides {
            rule.apply(entry);
        }
    }
    tidy(entries)
}

fn interfaces(asked: &[(Account, Pending)], network: &mut Network) -> Vec<Interfaces> {
    let mut finder = Finder::new(network);
    let of = |(account, pending): &(Account, Pending)| match pending.found.flag {
        None | Some(Some(false)) => Interfaces::default(),
        Some(_) => {
            let place = network.place_of(&account.id, &pending.region);
            finder.of(&pending.found, place, network)
        }
    };
    asked.iter().map(of).collect()
}

fn entry(
    account: &Account,
    pending: &Pending,
    interfaces: &Interfaces,
    judge: &policies::Judge<'_>,
    reachable: &mut Reachable<'_>,
) -> Entry {
    let found = &pending.found;
    let mut entry = started(account, pending);
    if let Some(policy) = &found.policy {
        judge.written(&mut entry, policy);
        let of: &[Verdict] = found.of.as_deref().unwrap_or(&[Verdict::Public, Verdict::Shared]);
        if let Some(verdict @ (Verdict::Blocked | Verdict::Unknown)) = found.verdict
            && of.contains(&entry.verdict)
        {
            entry.verdict = verdict;
        }
    } else if let Some(asks) = &found.asks {
        entry.verdict = found.verdict.unwrap_or(Verdict::Public);
        judge.asked(&mut entry, asks);
    } else if let Some(flag) = found.flag {
        let none = interfaces.ids.is_empty() && interfaces.bare.is_empty() && interfaces.missing.is_empty();
        if flag == Some(false) || (none && flag.is_none()) {
            entry.verdict = Verdict::No;
        } else {
            reachable.judge(&mut entry, found, interfaces);
        }
    } else if let (Some(Verdict::Public), Some(from)) = (found.verdict, &found.from) {
        match Sources::of_texts(from.iter().flatten().map(String::as_str)) {
            Sources::Everybody => entry.verdict = Verdict::Public,
            Sources::Nobody => entry.verdict = Verdict::No,
            Sources::Some(networks) => {
                entry.verdict = Verdict::Shared;
                entry.to = networks;
            }
        }
    } else {
        entry.verdict = found.verdict.unwrap_or(Verdict::No);
        outside_only(&mut entry, judge);
    }
    entry
}

fn started(account: &Account, pending: &Pending) -> Entry {
    let Pending { row, region, found } = pending;
    let mut entry = Entry::new(row, (&account.name, &account.id), region, found.arn.clone().unwrap_or_default());
    entry.name = text(found.name.as_ref());
    entry.hosts = found.host.iter().flatten().flatten().filter(|host| !host.is_empty()).cloned().collect();
    entry.confidence = found.confidence.unwrap_or_default();
    entry.ports = found.ports.clone().unwrap_or_default();
    entry.to = found.to.iter().flatten().flatten().cloned().collect();
    entry.through = text(found.through.as_ref());
    entry.guardrail.clone_from(&found.guardrail);
    entry.missing = found.missing.iter().flatten().cloned().collect();
    entry.because(found.why.clone().unwrap_or_default());
    entry
}

/// What has no public address, and answers everybody through a load balancer.
fn behind_balancers(entries: &[Entry], accounts: &BTreeSet<String>, reachable: &mut Reachable<'_>) -> Vec<Entry> {
    let row = |id: &str| rows().unwrap_or_default().iter().find(|row| row.id == id);
    let (Some(instances), Some(interfaces)) = (row("ec2-instance"), row("network-interface-ipv4")) else { return Vec::new() };
    let listed: BTreeSet<&str> = entries.iter().flat_map(|entry| entry.interfaces.iter().map(String::as_str)).collect();
    let mut found = Vec::new();
    for target in
        reachable.targets().into_iter().filter(|target| accounts.contains(&target.account.0) && !listed.contains(target.interface.as_str()))
    {
        let row = if target.arn.contains(":instance/") { instances } else { interfaces };
        let mut entry = Entry::new(row, (&target.account.0, &target.account.1), &target.region, target.arn.clone());
        entry.name = target.name;
        if reachable.is_behind(&mut entry, &target.interface) {
            found.push(entry);
        }
    }
    found
}

/// What is shared within the organization alone is not shared.
fn outside_only(entry: &mut Entry, judge: &policies::Judge<'_>) {
    if entry.verdict != Verdict::Shared || entry.to.is_empty() {
        return;
    }
    let own = entry.account_id.clone();
    entry.to.retain(|to| !judge.is_within(to, &own));
    if entry.to.is_empty() {
        entry.verdict = Verdict::No;
    }
}

/// What the policies of resources make of them.
fn by_policy(estate: &Estate, judge: &policies::Judge<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let kinds =
        |kind: &str| rows().unwrap_or_default().iter().filter(move |row| row.policies.iter().any(|own| own == kind)).collect::<Vec<&Row>>();
    for (arn, resource) in estate.resources.iter().chain(estate.exposed.iter()) {
        let name = estate.account(&resource.account).map(|account| account.name.to_string()).unwrap_or_default();
        for row in kinds(&resource.kind) {
            let region = arn.split(':').nth(3).unwrap_or_default();
            let mut entry = Entry::new(row, (&name, &resource.account), region, arn.to_owned());
            let own = arn.splitn(6, ':').last().unwrap_or_default();
            entry.name = own.rsplit(['/', ':']).next().filter(|name| !name.is_empty()).map(str::to_owned);
            match resource.policy {
                ResourcePolicy::None => continue,
                ResourcePolicy::Unknown => entry = entry.unknown([row.file.clone()], format!("{} was not collected", row.file)),
                ResourcePolicy::Known(id) => match estate.store.named(id) {
                    Some(policy) => judge.policy(&mut entry, policy, resource.kind == TRUST),
                    None => continue,
                },
            }
            entries.push(entry);
        }
    }
    entries
}

/// An interface that is part of something else's entry is not listed again; what is not known is said once.
fn tidy(mut entries: Vec<Entry>) -> Vec<Entry> {
    let is_part = |entry: &Entry| PARTS.contains(&entry.row.id.as_str());
    let counts = |entry: &&Entry| matches!(entry.verdict, Verdict::Public | Verdict::Shared) && !is_part(entry);
    let taken: BTreeSet<String> = entries.iter().filter(counts).flat_map(|entry| entry.interfaces.iter().cloned()).collect();
    entries.retain(|entry| {
        !is_part(entry) || entry.interfaces.is_empty() || !entry.interfaces.iter().all(|interface| taken.contains(interface))
    });
    let key = |entry: &Entry| {
        (entry.account.clone(), entry.verdict, entry.row.kind.clone(), entry.region.clone(), entry.arn.clone(), entry.name.clone())
    };
    entries.sort_by_cached_key(key);
    entries.dedup_by(|one, other| key(one) == key(other) && one.row.id == other.row.id && one.missing == other.missing);
    entries
}
