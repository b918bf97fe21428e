//! Network ACLs and security groups: what of some traffic they let through.

use std::collections::BTreeSet;

use super::{Engine, calls};
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::interface::{GroupPair, Interface, IpPermission};
use crate::network::model::vpc::{AclEntry, NetworkAcl};
use crate::network::rules::Rule;
use crate::network::services::Services;
use crate::network::traffic::{Side, Traffic};

/// What came through, and what would have to be known for more.
#[derive(Debug, Default)]
pub(super) struct Passed {
    pub(super) traffic: Traffic,
    pub(super) missing: BTreeSet<String>,
    /// The rules that let it through, as they are written.
    pub(super) by: Vec<String>,
}

/// How packets came to an interface: groups of other VPCs count only on some ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Via {
    /// Within the VPC.
    Local,
    /// Within the VPC, from a load balancer that passes on clients' addresses: its own groups stand for those.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html>
    Balancer(Vec<String>),
    /// Over a peering connection within the Region; the other VPC.
    Peering(String),
    /// Through a transit gateway that knows of groups; the other VPC.
    Transit(String),
    /// In any other way.
    Outside,
}

impl Engine<'_> {
    /// What a network ACL lets through. Entries count in their order, and the first that matches decides.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>
    pub(super) fn acl(&self, acl: &NetworkAcl, egress: bool, traffic: &Traffic) -> Passed {
        let rule = if egress { Rule::NaclOutbound } else { Rule::NaclInbound };
        if !self.rules.has(rule) {
            return Passed { traffic: traffic.clone(), ..Passed::default() };
        }
        self.acl_entries(acl, egress, traffic)
    }

    /// The same for replies, too.
    pub(super) fn acl_entries(&self, acl: &NetworkAcl, egress: bool, traffic: &Traffic) -> Passed {
        let side = if egress { Side::To } else { Side::From };
        let mut entries: Vec<&AclEntry> = acl.entries.iter().filter(|entry| entry.egress == egress).collect();
        entries.sort_by_key(|entry| entry.rule_number);
        let mut passed = Passed::default();
        let mut left = traffic.clone();
        for entry in entries {
            if self.is_taken(&acl.network_acl_id, egress, || describe_entry(entry)) {
                continue;
            }
            let (addresses, services) = (self.entry_addresses(entry), self.services(entry_services(entry)));
            let matched = left.only(side, &addresses, &services);
            if entry.rule_action == "allow" {
                if !matched.is_empty() {
                    passed.by.push(describe_entry(entry));
                }
                passed.traffic = passed.traffic.and(matched);
            }
            if self.rules.has(Rule::NaclOrder) {
                left = left.but(side, &addresses, &services);
            }
        }
        passed
    }

    fn entry_addresses(&self, entry: &AclEntry) -> Addresses {
        let text = if entry.cidr_block.is_empty() { &entry.ipv6_cidr_block } else { &entry.cidr_block };
        self.written(text)
    }

    /// What security groups let through: whatever some rule of some group allows.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
    pub(super) fn groups(&self, interface: &Known<Interface>, egress: bool, traffic: &Traffic, via: &Via) -> Passed {
        let groups: Vec<&str> = interface.group_ids().collect();
        self.group_rules(&groups, interface.place, &interface.vpc_id, egress, traffic, via)
    }

    /// The same for groups that are on no interface here.
    pub(super) fn group_rules(&self, groups: &[&str], place: usize, vpc: &str, egress: bool, traffic: &Traffic, via: &Via) -> Passed {
        let rule = if egress { Rule::SecurityGroupEgress } else { Rule::SecurityGroupIngress };
        if !self.rules.has(rule) {
            return Passed { traffic: traffic.clone(), ..Passed::default() };
        }
        let side = if egress { Side::To } else { Side::From };
        let mut passed = Passed::default();
        for id in groups {
            let Some(group) = self.network.groups.get(*id) else {
                passed.missing.insert(self.call_at(place, calls::GROUPS));
                continue;
            };
            let permissions = if egress { &group.ip_permissions_egress } else { &group.ip_permissions };
            for permission in permissions {
                let services = self.services(permission_services(permission));
                // What a rule for other ports would have to know does not matter.
                if traffic.only(side, &Addresses::all(), &services).is_empty() {
                    continue;
                }
                if self.is_taken(id, egress, || describe_permission(permission, &services)) {
                    continue;
                }
                let addresses = self.permitted(permission, place, vpc, via, &mut passed.missing);
                let matched = traffic.only(side, &addresses, &services);
                if !matched.is_empty() {
                    passed.by.push(format!("{id}: {}", describe_permission(permission, &services)));
                    passed.traffic = passed.traffic.and(matched);
                }
            }
        }
        passed
    }

    /// The addresses that a rule names.
    fn permitted(&self, permission: &IpPermission, place: usize, vpc: &str, via: &Via, missing: &mut BTreeSet<String>) -> Addresses {
        let v4 = permission.ip_ranges.iter().map(|range| self.written(&range.cidr_ip));
        let v6 = permission.ipv6_ranges.iter().map(|range| self.written(&range.cidr_ipv6));
        let mut all = v4.chain(v6).fold(Addresses::default(), |all, part| all.union(&part));
        for list in permission.prefix_list_ids.iter().filter(|_| self.rules.has(Rule::SecurityGroupPrefixList)) {
            match self.list(&list.prefix_list_id) {
                Some(networks) => all = all.union(&networks),
                None => drop(missing.insert(self.call_at(place, &format!("{}/{}", calls::LIST_ENTRIES, list.prefix_list_id)))),
            }
        }
        for pair in permission.user_id_group_pairs.iter().filter(|_| self.rules.has(Rule::SecurityGroupReference)) {
            match self.members_of(pair, vpc, via) {
                Some(members) => all = all.union(&members),
                None => drop(missing.insert(self.whereabouts(pair, place))),
            }
        }
        all
    }

    /// The addresses of a group's interfaces, as far as the group counts here; `None` when nobody knows the group.
    fn members_of(&self, pair: &GroupPair, vpc: &str, via: &Via) -> Option<Addresses> {
        let Some(group) = self.network.groups.get(&pair.group_id) else {
            // Within the VPC there is no such group any more: the rule is stale. Unless not all were told.
            let elsewhere = !pair.vpc_peering_connection_id.is_empty() && pair.peering_status != "deleted";
            let own = |region: &&crate::network::model::Region| pair.user_id.is_empty() || region.account == pair.user_id;
            let mut untold = self.network.places.iter().filter(own).peekable();
            let partly = untold.peek().is_none() || untold.any(|region| region.missing.contains_key(calls::GROUPS));
            return if elsewhere || partly { None } else { Some(Addresses::default()) };
        };
        if let Via::Balancer(own) = via
            && own.contains(&pair.group_id)
        {
            return Some(Addresses::all());
        }
        let counts = match via {
            Via::Local | Via::Balancer(_) => group.vpc_id == vpc,
            Via::Peering(far) | Via::Transit(far) => group.vpc_id == *far,
            Via::Outside => false,
        };
        let counts = counts || !self.rules.has(Rule::SecurityGroupReferencePeering);
        Some(if counts { self.members.get(&pair.group_id).cloned().unwrap_or_default() } else { Addresses::default() })
    }

    /// The account and Region that would know a group.
    fn whereabouts(&self, pair: &GroupPair, place: usize) -> String {
        let peering = self.network.peerings.get(&pair.vpc_peering_connection_id);
        let region = peering
            .map(|peering| {
                let sides = [&peering.requester_vpc_info, &peering.accepter_vpc_info];
                sides.into_iter().find(|side| side.owner_id == pair.user_id).map_or("", |side| side.region.as_str())
            })
            .filter(|region| !region.is_empty())
            .or_else(|| self.network.place(place).map(|place| place.region.as_str()))
            .unwrap_or_default();
        format!("{}/{region}", pair.user_id)
    }

    /// The networks of a prefix list; `None` when they were not collected.
    pub(super) fn list(&self, id: &str) -> Option<Addresses> {
        let list = self.network.lists.get(id)?;
        list.networks.clone().map(|networks| self.counted(&networks))
    }

    /// A network as a rule has it written.
    pub(super) fn written(&self, text: &str) -> Addresses {
        let Some(addresses) = Addresses::parse(text) else { return Addresses::default() };
        if !self.rules.has(Rule::Ipv6Rules) {
            return match text {
                "0.0.0.0/0" => Addresses::all(),
                text if text.contains(':') => Addresses::default(),
                _ => addresses,
            };
        }
        self.counted(&addresses)
    }

    /// With [`Rule::AddressUnion`] switched off, only what is written as the whole internet has addresses of it in numbers.
    pub(super) fn counted(&self, addresses: &Addresses) -> Addresses {
        if self.rules.has(Rule::AddressUnion) || !self.asked_widely {
            return addresses.clone();
        }
        let whole = |part: &Addresses| part.v4.is_all() || part.v6.is_all();
        if whole(addresses) { addresses.clone() } else { addresses.difference(Addresses::internet()) }
    }

    fn services(&self, services: Services) -> Services {
        let services = if self.rules.has(Rule::PortRange) { services } else { services.any_port() };
        if self.rules.has(Rule::Protocol) { services } else { services.any_protocol() }
    }
}

/// What an entry is about.
fn entry_services(entry: &AclEntry) -> Services {
    let ports = entry.port_range.map(|ports| (ports.from, ports.to));
    let kind = entry.icmp_type_code.map(|icmp| (icmp.r#type, icmp.code));
    Services::of(&entry.protocol, if matches!(entry.protocol.as_str(), "1" | "58") { kind } else { ports })
}

fn permission_services(permission: &IpPermission) -> Services {
    let ports = permission.from_port.map(|first| (first, permission.to_port.unwrap_or(first)));
    Services::of(&permission.ip_protocol, ports)
}

fn describe_entry(entry: &AclEntry) -> String {
    let network = if entry.cidr_block.is_empty() { &entry.ipv6_cidr_block } else { &entry.cidr_block };
    format!("{}: {} {} {}", entry.rule_number, entry.rule_action, entry_services(entry), network)
}

fn describe_permission(permission: &IpPermission, services: &Services) -> String {
    let ranges = permission.ip_ranges.iter().map(|range| range.cidr_ip.as_str());
    let v6 = permission.ipv6_ranges.iter().map(|range| range.cidr_ipv6.as_str());
    let lists = permission.prefix_list_ids.iter().map(|list| list.prefix_list_id.as_str());
    let groups = permission.user_id_group_pairs.iter().map(|pair| pair.group_id.as_str());
    let all: Vec<&str> = ranges.chain(v6).chain(lists).chain(groups).collect();
    format!("{services} {}", all.join(" "))
}
