//! Which network interfaces a resource has. Where it must have one that no answer shows, one is supposed.

use std::collections::HashMap;

use regex_lite::Regex;

use super::found::{Found, Owner};
use crate::network::address::Addresses;
use crate::network::model::interface::{GroupName, Interface, PrivateAddress, PublicAddress};
use crate::network::model::{Known, Network, Place};

/// Any public address: which one does not matter.
const SOME_ADDRESS: &str = "3.0.0.1";

/// How the names of supposed interfaces begin.
pub(super) const SUPPOSED: &str = "an interface in";

/// What is known of a resource's interfaces.
#[derive(Debug, Clone, Default)]
pub(super) struct Interfaces {
    /// Their ids.
    pub(super) ids: Vec<String>,
    /// They were supposed.
    pub(super) supposed: bool,
    /// Public addresses that are on no interface here, and of which nothing else is known.
    pub(super) bare: Vec<String>,
    /// Calls without which they are not known.
    pub(super) missing: Vec<String>,
}

/// Where interfaces are found.
pub(super) struct Finder {
    by_subnet: HashMap<String, Vec<String>>,
    expressions: HashMap<String, Option<Regex>>,
}

impl Finder {
    pub(super) fn new(network: &Network) -> Self {
        let mut by_subnet: HashMap<String, Vec<String>> = HashMap::new();
        for interface in network.interfaces.values() {
            by_subnet.entry(interface.subnet_id.clone()).or_default().push(interface.network_interface_id.clone());
        }
        Self { by_subnet, expressions: HashMap::new() }
    }

    /// The interfaces of a resource, those supposed included.
    pub(super) fn of(&mut self, found: &Found, place: Option<Place>, network: &mut Network) -> Interfaces {
        let mut result = Interfaces::default();
        for id in found.interfaces.iter().flatten().filter(|id| !id.is_empty()) {
            if network.interfaces.contains_key(id) {
                result.ids.push(id.clone());
            } else {
                result.missing.push("ec2-describe-network-interfaces".to_owned());
            }
        }
        let mut elsewhere = Vec::new();
        for address in found.addresses.iter().flatten() {
            match address.parse().ok().and_then(|address| network.public_interface(address)) {
                Some(interface) => result.ids.push(interface.network_interface_id.clone()),
                None => elsewhere.push(address.clone()),
            }
        }
        if let Some(owner) = &found.owner {
            result.ids.extend(self.owned(owner, found, place, network));
        }
        result.ids.sort();
        result.ids.dedup();
        if result.ids.is_empty() && result.missing.is_empty() && (found.flag == Some(Some(true)) || !elsewhere.is_empty()) {
            suppose(&mut result, found, &elsewhere, network);
        }
        result
    }

    fn owned(&mut self, owner: &Owner, found: &Found, place: Option<Place>, network: &Network) -> Vec<String> {
        let subnets: Vec<&String> = found.subnets.iter().flatten().collect();
        let candidates: Vec<&String> = if subnets.is_empty() {
            network.interfaces.keys().collect()
        } else {
            subnets.iter().filter_map(|subnet| self.by_subnet.get(*subnet)).flatten().collect()
        };
        let groups: Vec<&str> = found.security_groups.iter().flatten().map(String::as_str).collect();
        let mut is_like = |pattern: &Option<String>, text: &str| match pattern {
            None => true,
            Some(pattern) => {
                let known = self.expressions.entry(pattern.clone()).or_insert_with(|| Regex::new(pattern).ok());
                known.as_ref().is_some_and(|regex| regex.is_match(text))
            }
        };
        let mut ids = Vec::new();
        for interface in candidates.into_iter().filter_map(|id| network.interfaces.get(id)) {
            let here = place.is_none_or(|place| interface.place == place) || !subnets.is_empty();
            let of_groups = groups.is_empty() || interface.group_ids().any(|id| groups.contains(&id));
            if here
                && of_groups
                && is_like(&owner.description, &interface.description)
                && is_like(&owner.requester, &interface.requester_id)
                && is_like(&owner.kind, &interface.interface_type)
            {
                ids.push(interface.network_interface_id.clone());
            }
        }
        ids
    }
}

/// An interface with a public address in each of the subnets.
fn suppose(result: &mut Interfaces, found: &Found, addresses: &[String], network: &mut Network) {
    let subnets: Vec<String> = found.subnets.iter().flatten().cloned().collect();
    if subnets.is_empty() {
        result.bare = addresses.to_vec();
        return;
    }
    result.supposed = true;
    let groups: Vec<String> = found.security_groups.iter().flatten().cloned().collect();
    if subnets.iter().any(|subnet| !network.subnets.contains_key(subnet)) {
        result.missing.push("ec2-describe-subnets".to_owned());
    }
    result.ids = supposed(network, found.arn.as_deref().unwrap_or_default(), &subnets, &groups);
}

/// Adds an interface with a public address in each of some subnets to what is known of the networks, and says what they are
/// called: for what must have interfaces that no answer shows.
pub fn supposed(network: &mut Network, of: &str, subnets: &[String], groups: &[String]) -> Vec<String> {
    let mut ids = Vec::new();
    for subnet in subnets {
        let Some(known) = network.subnets.get(subnet) else { continue };
        let Some(address) = last_address(&known.cidr_block) else { continue };
        let public = || Some(PublicAddress { public_ip: SOME_ADDRESS.to_owned(), ..PublicAddress::default() });
        let id = format!("{SUPPOSED} {subnet} of {of}");
        let value = Interface {
            network_interface_id: id.clone(),
            subnet_id: subnet.clone(),
            vpc_id: known.vpc_id.clone(),
            owner_id: known.owner_id.clone(),
            interface_type: "interface".to_owned(),
            groups: groups.iter().map(|id| GroupName { group_id: id.clone() }).collect(),
            private_ip_address: address.clone(),
            private_ip_addresses: vec![PrivateAddress { private_ip_address: address, association: public() }],
            association: public(),
            source_dest_check: Some(true),
            status: "in-use".to_owned(),
            ..Interface::default()
        };
        let place = known.place;
        network.interfaces.insert(id.clone(), Known { place, value });
        ids.push(id);
    }
    ids
}

fn last_address(network: &str) -> Option<String> {
    let networks = Addresses::parse(network)?.networks();
    networks.first().map(|network| network.broadcast().to_string())
}
