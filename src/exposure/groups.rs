//! What security groups let in from everywhere, as CloudMapper has it.

use crate::network::address::Addresses;
use crate::network::model::Network;
use crate::network::services::Services;
use crate::network::sources::Sources;

/// A security group and what it lets in from everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupPorts {
    /// `sg-…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// For everybody.
    pub services: Services,
}

/// Of some groups those that let in everybody.
#[must_use]
pub fn public_ports(network: &Network, groups: &[String]) -> Vec<GroupPorts> {
    let known = groups.iter().filter_map(|id| network.groups.get(id));
    let open = known.map(|group| {
        let mut services = Services::default();
        for permission in &group.ip_permissions {
            let v4 = permission.ip_ranges.iter().map(|range| range.cidr_ip.as_str());
            let v6 = permission.ipv6_ranges.iter().map(|range| range.cidr_ipv6.as_str());
            let from = v4.chain(v6).filter_map(Addresses::parse).fold(Addresses::default(), |all, one| all.union(&one));
            if Sources::of(&from) == Sources::Everybody {
                services = services.union(&Services::of(&permission.ip_protocol, permission.from_port.zip(permission.to_port)));
            }
        }
        GroupPorts { id: group.group_id.clone(), name: group.group_name.clone(), services }
    });
    open.filter(|group| !group.services.is_empty()).collect()
}
