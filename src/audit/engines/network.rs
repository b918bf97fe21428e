//! Checks that ask what gets through the networks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::check::Check;
use crate::audit::finding::{Finding, Subject, Verdict};
use crate::audit::{Audit, AuditError};
use crate::exposure::{self, Class, Entry};
use crate::network::model::Network;
use crate::network::model::interface::Interface;
use crate::network::reach::{End, Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::snapshot::{Answer, Snapshot};

/// Interfaces, and what they belong to.
const HOSTS: [&str; 3] = ["ec2-instance", "network-interface-ipv4", "network-interface-ipv6"];

const DATABASES: [&str; 14] = [
    "aurora-shard-group",
    "dms-replication-instance",
    "documentdb-instance",
    "elasticache-cluster",
    "memorydb-cluster",
    "mq-broker",
    "msk-cluster",
    "neptune-instance",
    "rds-cluster",
    "rds-instance",
    "redshift-cluster",
    "redshift-serverless-workgroup",
    "timestream-influxdb-cluster",
    "timestream-influxdb-instance",
];

/// So many ports are as good as all.
const NEARLY_ALL: usize = 60_000;

/// What each check is about.
const PORTS: &[(&str, &[&str])] = &[
    ("NETWORK_ADMIN_PORT_REACHABLE", &["tcp/22", "tcp/23", "tcp/3389", "tcp/5900", "tcp/5985", "tcp/5986"]),
    (
        "NETWORK_DATABASE_REACHABLE",
        &[
            "tcp/1433",
            "tcp/1521",
            "tcp/3306",
            "tcp/5432",
            "tcp/5439",
            "tcp/6379",
            "tcp/8182",
            "tcp/9042",
            "tcp/9200",
            "tcp/11211",
            "tcp/27017",
        ],
    ),
    (
        "NETWORK_PLAIN_PROTOCOL_REACHABLE",
        &["tcp/21", "tcp/111", "tcp/139", "tcp/389", "tcp/445", "tcp/873", "tcp/2049", "udp/161", "udp/111"],
    ),
];

pub(super) fn judge(work: &mut Work<'_>, checks: &[&Arc<Check>]) -> Result<(), AuditError> {
    let mut told = Audit::default();
    if let Some(assessed) = work.assessed()? {
        for check in checks {
            if check.id == "NETWORK_EGRESS_UNFILTERED" {
                egress(work, check, &assessed.network, &mut told)?;
            } else {
                reachable(work, check, &assessed.entries, &mut told);
            }
        }
    }
    work.audit.add(told);
    Ok(())
}

/// What everybody reaches on some ports.
fn reachable(work: &Work<'_>, check: &Arc<Check>, entries: &[Entry], told: &mut Audit) {
    let of_databases = check.id == "NETWORK_DATABASE_REACHABLE";
    let is_database = |entry: &Entry| of_databases && entry.row.class == Class::Address && DATABASES.contains(&entry.row.id.as_str());
    let is_meant = |entry: &Entry| HOSTS.contains(&entry.row.id.as_str()) || is_database(entry) || !entry.interfaces.is_empty();
    let mut gaps: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    // What is not known of an interface is told of the instance that it is attached to.
    let is_part = |entry: &Entry| {
        let Some(of) = entry.through.as_ref().filter(|_| entry.verdict == exposure::Verdict::Unknown) else { return false };
        entries.iter().any(|other| other.row.id == "ec2-instance" && other.arn.ends_with(of.as_str()))
    };
    for entry in entries.iter().filter(|entry| is_meant(entry) && !is_part(entry)) {
        let Some(account) = work.subject(&entry.account) else { continue };
        match entry.verdict {
            exposure::Verdict::Unknown if !entry.is_one() => {
                gaps.entry((account.name.clone(), entry.region.clone())).or_default().extend(entry.missing.iter().cloned());
            }
            exposure::Verdict::Unknown => {
                let missing: Vec<Value> = entry.missing.iter().map(|call| Value::from(call.as_str())).collect();
                told.findings.push(finding(check, account, entry, Verdict::Unknown).with("missing", missing));
            }
            exposure::Verdict::Public => {
                let open = entry.ports.iter().filter_map(|port| port.parse::<Services>().ok());
                let open = open.fold(Services::default(), |all, one| all.union(&one));
                let bad = if is_database(entry) { open.words() } else { wanted(check, &open) };
                if bad.is_empty() {
                    told.pass(check, account);
                } else {
                    told.findings.push(finding(check, account, entry, Verdict::Fail).with("ports", texts(&bad)));
                }
            }
            exposure::Verdict::Shared | exposure::Verdict::Blocked | exposure::Verdict::No => told.pass(check, account),
        }
    }
    for ((account, region), missing) in gaps {
        let Some(account) = work.subject(&account) else { continue };
        let missing: Vec<Value> = missing.into_iter().map(Value::from).collect();
        told.findings.push(Finding::new(check, account, &region, "", Verdict::Unknown).with("missing", missing));
    }
}

/// Of what is open, what the check is about.
fn wanted(check: &Check, open: &Services) -> Vec<String> {
    match PORTS.iter().find(|(id, _)| *id == check.id) {
        Some((_, ports)) => {
            let is_open = |port: &&&str| port.parse::<Services>().is_ok_and(|port| open.covers(&port));
            ports.iter().filter(is_open).map(|port| (*port).to_owned()).collect()
        }
        None => {
            let tcp = open.intersection(&Services::of("tcp", None));
            if many(&tcp) { tcp.words() } else { Vec::new() }
        }
    }
}

/// Whether nearly all ports of TCP are in it.
fn many(tcp: &Services) -> bool {
    let count = |word: &String| match word.split_once('/') {
        None => usize::from(u16::MAX),
        Some((_, ports)) => match ports.split_once('-') {
            None => 1,
            Some((first, last)) => match (first.parse::<usize>(), last.parse::<usize>()) {
                (Ok(first), Ok(last)) => last.saturating_sub(first) + 1,
                _ => 0,
            },
        },
    };
    tcp.words().iter().map(count).sum::<usize>() > NEARLY_ALL
}

fn texts(of: &[String]) -> Vec<Value> {
    of.iter().map(|text| Value::from(text.as_str())).collect()
}

fn finding(check: &Arc<Check>, account: &Arc<Subject>, entry: &Entry, verdict: Verdict) -> Finding {
    let thing = if entry.arn.is_empty() { entry.name.as_deref().unwrap_or_default() } else { &entry.arn };
    let mut finding = Finding::new(check, account, &entry.region, thing, verdict)
        .with("name", entry.name.clone().unwrap_or_default())
        .with("path", texts(&entry.path))
        .with("through", entry.through.clone().unwrap_or_default())
        .with("from", texts(&entry.to));
    finding.confidence = finding.confidence.max(entry.confidence);
    finding
}

/// Answers that name subnets of databases: the call, its list, and where in an item the subnets are.
const SUBNETS: [(&str, &str); 4] = [
    ("rds-describe-db-subnet-groups", "DBSubnetGroups"),
    ("redshift-describe-cluster-subnet-groups", "ClusterSubnetGroups"),
    ("elasticache-describe-cache-subnet-groups", "CacheSubnetGroups"),
    ("dms-describe-replication-subnet-groups", "ReplicationSubnetGroups"),
];

/// `NETWORK_EGRESS_UNFILTERED`.
fn egress(work: &Work<'_>, check: &Arc<Check>, network: &Network, told: &mut Audit) -> Result<(), AuditError> {
    let mut engine = Engine::new(network, Rules::default());
    for snapshot in work.input.accounts {
        let Some(account) = work.subject(snapshot.name().as_str()) else { continue };
        for region in snapshot.regions()? {
            let mut missing = BTreeSet::new();
            let mut open: BTreeMap<String, (Vec<Value>, Vec<Value>)> = BTreeMap::new();
            let mut vpcs = BTreeSet::new();
            for subnet in subnets(snapshot, &region, &mut missing)? {
                let Some(vpc) = network.subnets.get(&subnet).map(|known| known.vpc_id.clone()) else { continue };
                // Where nothing is, nothing leaves.
                if interfaces(network, &subnet).is_empty() {
                    continue;
                }
                vpcs.insert(vpc.clone());
                if let Some(path) = leaves(&mut engine, network, &subnet, &mut missing) {
                    let (subnets, shown) = open.entry(vpc).or_default();
                    subnets.push(Value::from(subnet));
                    *shown = path;
                }
            }
            for vpc in vpcs {
                let Some((subnets, path)) = open.remove(&vpc) else {
                    told.pass(check, account);
                    continue;
                };
                let arn = format!("arn:{}:ec2:{region}:{}:vpc/{vpc}", account.partition, account.id);
                let finding = Finding::new(check, account, &region, &arn, Verdict::Fail);
                told.findings.push(finding.with("subnets", subnets).with("path", path));
            }
            if !missing.is_empty() {
                let missing: Vec<Value> = missing.into_iter().map(Value::from).collect();
                told.findings.push(Finding::new(check, account, &region, "", Verdict::Unknown).with("missing", missing));
            }
        }
    }
    Ok(())
}

/// The subnets of databases in a Region.
fn subnets(snapshot: &Snapshot, region: &str, missing: &mut BTreeSet<String>) -> Result<BTreeSet<String>, AuditError> {
    let mut found = BTreeSet::new();
    for (call, key) in SUBNETS {
        let answer: Answer<Value> = snapshot.answer(region, call)?;
        if answer.gap().is_some() {
            missing.insert(call.to_owned());
        }
        let answer = answer.value().unwrap_or_default();
        let groups = answer.get(key).and_then(Value::as_array).into_iter().flatten();
        let subnets = groups.filter_map(|group| group.get("Subnets")?.as_array()).flatten();
        found.extend(subnets.filter_map(|subnet| subnet.get("SubnetIdentifier")?.as_str()).map(str::to_owned));
    }
    Ok(found)
}

/// The interfaces of a subnet that are there, without those of the gateways themselves.
fn interfaces(network: &Network, subnet: &str) -> Vec<String> {
    let is_own = |interface: &Interface| interface.subnet_id == subnet && interface.interface_type != "nat_gateway";
    let ids = network.interfaces.values().filter(|known| is_own(known)).map(|known| known.network_interface_id.clone());
    ids.filter(|id| id.starts_with("eni-")).collect()
}

/// The way from a subnet to the internet that no firewall is on, if there is one.
fn leaves(engine: &mut Engine<'_>, network: &Network, subnet: &str, missing: &mut BTreeSet<String>) -> Option<Vec<Value>> {
    let answer = engine.reach(&End::Interfaces(interfaces(network, subnet)), &End::Internet, &Services::tcp(443));
    match answer.outcome {
        Outcome::No => None,
        Outcome::Unknown => {
            missing.extend(answer.missing().into_iter().map(str::to_owned));
            None
        }
        Outcome::Yes => {
            let is_filtered = |hop: &crate::network::reach::Hop| hop.id.starts_with("vpce-");
            let free = answer.paths.iter().find(|path| !path.hops.iter().any(is_filtered))?;
            Some(free.hops.iter().map(|hop| Value::from(hop.id.as_str())).collect())
        }
    }
}
