//! The networks outside that security groups let in, each once.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use serde::Deserialize;

use crate::cli::notes::Notes;
use crate::network::address::Addresses;
use crate::network::services::Services;
use crate::snapshot::{Answer, Snapshot, SnapshotError};

const GROUPS: &str = "ec2-describe-security-groups";
const LISTS: &str = "ec2-describe-managed-prefix-lists";
const ENTRIES: &str = "ec2-get-managed-prefix-list-entries";

/// Shorter prefixes let in more than anybody would trust: 2048 addresses of IPv4, a site of IPv6.
const SHORTEST: (u8, u8) = (21, 48);

/// Who lets a network in.
#[derive(Debug, Default)]
pub(super) struct Range {
    pub(super) descriptions: BTreeSet<String>,
    /// As they were asked for.
    pub(super) accounts: Vec<String>,
    /// By account, Region and id.
    pub(super) groups: BTreeMap<(String, String, String), Group>,
}

/// A group that lets it in.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) services: Services,
}

impl Range {
    /// To what, over all groups.
    pub(super) fn services(&self) -> Services {
        self.groups.values().fold(Services::default(), |all, group| all.union(&group.services))
    }
}

pub(super) type Ranges = BTreeMap<IpNet, Range>;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listed {
    security_groups: Vec<SecurityGroup>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SecurityGroup {
    group_id: String,
    group_name: String,
    ip_permissions: Vec<Permission>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Permission {
    ip_protocol: String,
    from_port: Option<i64>,
    to_port: Option<i64>,
    ip_ranges: Vec<V4>,
    ipv6_ranges: Vec<V6>,
    prefix_list_ids: Vec<ListId>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct V4 {
    cidr_ip: String,
    description: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct V6 {
    cidr_ipv6: String,
    description: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ListId {
    prefix_list_id: String,
    description: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Lists {
    prefix_lists: Vec<ListOwner>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ListOwner {
    prefix_list_id: String,
    owner_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Entries {
    entries: Vec<Entry>,
}

/// A network with what its owner wrote on it.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Entry {
    cidr: String,
    description: Option<String>,
}

struct Reader<'a> {
    snapshot: &'a Snapshot,
    account: String,
    region: &'a str,
    /// Prefix lists of AWS.
    of_aws: BTreeSet<String>,
    lists: BTreeMap<String, Vec<Entry>>,
    notes: &'a mut Notes,
    ranges: &'a mut Ranges,
}

/// The networks that the groups of some accounts let in.
pub(super) fn read(snapshots: &[Snapshot], notes: &mut Notes) -> Result<Ranges, SnapshotError> {
    let mut ranges = Ranges::new();
    for snapshot in snapshots {
        for region in &snapshot.regions()? {
            let mut reader = Reader {
                snapshot,
                account: snapshot.name().to_string(),
                region,
                of_aws: BTreeSet::new(),
                lists: BTreeMap::new(),
                notes: &mut *notes,
                ranges: &mut ranges,
            };
            reader.region()?;
        }
    }
    Ok(ranges)
}

impl Reader<'_> {
    fn region(&mut self) -> Result<(), SnapshotError> {
        let answer: Answer<Listed> = self.snapshot.answer(self.region, GROUPS)?;
        if let Some(reason) = answer.gap() {
            self.notes.gap(&self.account, self.region, GROUPS, reason);
        }
        // Who owns a list matters only where its entries are not known.
        let lists: Answer<Lists> = self.snapshot.answer(self.region, LISTS)?;
        let aws = lists.value().unwrap_or_default().prefix_lists.into_iter().filter(|list| list.owner_id.as_deref() == Some("AWS"));
        self.of_aws = aws.map(|list| list.prefix_list_id).collect();
        for group in answer.value().unwrap_or_default().security_groups {
            for permission in &group.ip_permissions {
                self.permission(&group, permission)?;
            }
        }
        Ok(())
    }

    fn permission(&mut self, group: &SecurityGroup, permission: &Permission) -> Result<(), SnapshotError> {
        let v4 = permission.ip_ranges.iter().map(|range| Entry { cidr: range.cidr_ip.clone(), description: range.description.clone() });
        let v6 = permission.ipv6_ranges.iter().map(|range| Entry { cidr: range.cidr_ipv6.clone(), description: range.description.clone() });
        let mut entries: Vec<(Entry, Option<String>)> = v4.chain(v6).map(|entry| (entry, None)).collect();
        for list in &permission.prefix_list_ids {
            for entry in self.entries(&list.prefix_list_id)? {
                entries.push((entry, list.description.clone()));
            }
        }
        let services = Services::of(&permission.ip_protocol, permission.from_port.zip(permission.to_port));
        let mut kept = Vec::new();
        for (entry, of_list) in entries {
            let Some(network) = self.wanted(group, &entry.cidr) else { continue };
            kept.push(network);
            let range = self.ranges.entry(network).or_default();
            range.descriptions.extend([entry.description, of_list].into_iter().flatten().filter(|text| !text.is_empty()));
            if !range.accounts.contains(&self.account) {
                range.accounts.push(self.account.clone());
            }
            let place = (self.account.clone(), self.region.to_owned(), group.group_id.clone());
            let known = range.groups.entry(place).or_default();
            known.name.clone_from(&group.group_name);
            known.services = known.services.union(&services);
        }
        self.overlaps(group, kept);
        Ok(())
    }

    /// The entries of a prefix list, save for those of AWS.
    fn entries(&mut self, list: &str) -> Result<Vec<Entry>, SnapshotError> {
        if self.of_aws.contains(list) {
            return Ok(Vec::new());
        }
        if let Some(known) = self.lists.get(list) {
            return Ok(known.clone());
        }
        let answer: Answer<Entries> = self.snapshot.answer_for(self.region, ENTRIES, &[list])?;
        if let Some(reason) = answer.gap() {
            self.notes.gap_of(&self.account, self.region, ENTRIES, list, reason);
        }
        let entries = answer.value().unwrap_or_default().entries;
        self.lists.insert(list.to_owned(), entries.clone());
        Ok(entries)
    }

    /// A network that is outside, and not the whole of it.
    fn wanted(&mut self, group: &SecurityGroup, cidr: &str) -> Option<IpNet> {
        let Ok(network) = cidr.trim().parse::<IpNet>() else {
            self.warn(group, "networks that are none", &format!("`{cidr}` is no network, and left out"));
            return None;
        };
        let network = network.trunc();
        if network.prefix_len() == 0 {
            return None;
        }
        if network.addr().is_unspecified() {
            self.warn(group, "odd ways to write everything", &format!("`{network}` is an odd way to write everything, and left out"));
            return None;
        }
        if Addresses::from(network).intersection(Addresses::internet()).is_empty() {
            return None;
        }
        let shortest = if network.addr().is_ipv4() { SHORTEST.0 } else { SHORTEST.1 };
        if network.prefix_len() < shortest {
            self.warn(group, "large networks", &format!("`{network}` is large"));
        }
        Some(network)
    }

    /// Networks of one permission of which one is inside another.
    fn overlaps(&mut self, group: &SecurityGroup, mut networks: Vec<IpNet>) {
        networks.sort_unstable();
        networks.dedup();
        // Networks are apart, or one is in the other, and then comes after it.
        let mut outer: Option<IpNet> = None;
        for network in networks {
            match outer {
                Some(outer) if outer.contains(&network) => {
                    self.warn(group, "networks inside others", &format!("`{network}` is in `{outer}`, which is let in, too"));
                }
                _ => outer = Some(network),
            }
        }
    }

    fn warn(&mut self, group: &SecurityGroup, class: &'static str, what: &str) {
        let place = format!("{}, {}, {}", self.account, self.region, group.group_id);
        self.notes.odd(class, what, place);
    }
}
