//! Which network interfaces and addresses the things on the map have.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::leaves::Leaf;
use super::tree::Placed;
use crate::exposure::supposed;
use crate::network::address::Addresses;
use crate::network::model::Network;
use crate::network::reach::private_addresses;

const INTERFACES: &str = "ec2-describe-network-interfaces";

/// The interfaces of something.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// By id.
    pub(super) interfaces: Vec<String>,
    /// Its private addresses.
    pub(super) addresses: Addresses,
    /// Nobody knows which it has.
    pub(super) unknown: bool,
}

/// The place of a load balancer among those of the network.
pub(super) fn balancer(leaf: &Leaf) -> Option<String> {
    let is_one = matches!(leaf.kind.as_str(), "elb" | "elbv2");
    is_one.then(|| leaf.arn.clone().unwrap_or_else(|| format!("{}/{}", leaf.place, leaf.local)))
}

/// Finds the interfaces of all. Where AWS says that something is public and no answer shows its interfaces, some are supposed.
pub(super) fn find(placed: &mut [Placed], network: &mut Network) {
    for one in placed {
        let mut interfaces = known(&one.leaf, &one.vpc, network);
        let mut unknown = false;
        if interfaces.is_empty() && one.leaf.kind != "lambda" && !one.leaf.gateway {
            if !network.has(one.leaf.place, INTERFACES) {
                unknown = one.leaf.public || !one.leaf.kind.starts_with("rds");
            } else if one.leaf.public && balancer(&one.leaf).is_none() {
                interfaces = supposed(network, &one.leaf.id, &one.leaf.subnets, &one.leaf.groups);
            }
        }
        let own = interfaces.iter().filter_map(|id| network.interfaces.get(id)).map(|interface| private_addresses(interface));
        let told = one.leaf.ips.iter().filter_map(|ip| ip.parse::<IpAddr>().ok()).map(Addresses::from);
        let addresses = own.chain(told).fold(Addresses::default(), |all, part| all.union(&part));
        one.ends = Ends { interfaces, addresses, unknown };
    }
}

fn known(leaf: &Leaf, vpc: &str, network: &Network) -> Vec<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for member in &leaf.members {
        found.extend(network.interfaces_of(member).map(|interface| interface.network_interface_id.clone()));
    }
    found.extend(leaf.interface.iter().filter(|id| network.interfaces.contains_key(*id)).cloned());
    if let Some(balancer) = balancer(leaf).and_then(|key| network.balancers.get(&key)) {
        found.extend(balancer.interfaces.iter().cloned());
    }
    if let Some(endpoint) = network.endpoints.get(&leaf.local) {
        found.extend(endpoint.network_interface_ids.iter().filter(|id| network.interfaces.contains_key(*id)).cloned());
    }
    found.extend(network.managed.get(leaf.arn.as_ref().unwrap_or(&leaf.id)).into_iter().flatten().cloned());
    if found.is_empty() {
        let addresses = leaf.ips.iter().filter_map(|ip| ip.parse().ok());
        found.extend(addresses.filter_map(|ip| Some(network.interface_at(vpc, ip)?.network_interface_id.clone())));
    }
    found.into_iter().collect()
}
