//! Ways from what no snapshot has: what is on the near side still counts.

use std::collections::BTreeSet;

use super::ends::Goal;
use super::filter::Via;
use super::path::{Code, Path};
use super::walk::Back;
use super::{Engine, calls};
use crate::network::address::Addresses;
use crate::network::model::interface::Interface;
use crate::network::model::vpc::Subnet;
use crate::network::model::{Known, Network};
use crate::network::services::Services;
use crate::network::traffic::{Side, Traffic};

impl<'a> Engine<'a> {
    /// From networks that are joined with an interface's VPC, and that no snapshot has.
    pub(super) fn unseen_to(&self, path: &Path, interface: &'a Known<Interface>, subnet: &Known<Subnet>) -> Vec<Path> {
        let mut paths = self.unseen_peers_to(path, interface, subnet);
        paths.extend(self.unseen_transit_to(path, interface, subnet));
        paths.extend(self.core_networks_to(path, interface, subnet));
        paths
    }

    /// From a peered VPC that no snapshot has.
    fn unseen_peers_to(&self, path: &Path, interface: &'a Known<Interface>, subnet: &Known<Subnet>) -> Vec<Path> {
        let mut paths = Vec::new();
        for peering in self.network.peerings.values() {
            let Some(far) = peering.far_side(&subnet.vpc_id) else { continue };
            let known = self.network.place_of(&far.owner_id, &far.region).is_some();
            let mut path = path.clone();
            path.traffic = path.traffic.between(Side::From, &self.networks_of(far));
            if known || path.traffic.is_empty() {
                continue;
            }
            let id = &peering.vpc_peering_connection_id;
            path.hop(id);
            if peering.status.code != "active" {
                path.stop(Code::STATE, id, format!("the peering connection is {}", peering.status.code));
            }
            let via = Via::Peering(far.vpc_id.clone());
            let mut path = self.arrive(path, interface, None, &via, &Back::Through(id.clone()));
            path.missing.insert(format!("{}/{}", far.owner_id, far.region));
            paths.push(path);
        }
        paths
    }

    /// From beyond a transit gateway of an account that is not there: only the owner sees its tables.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html>
    fn unseen_transit_to(&self, path: &Path, interface: &'a Known<Interface>, subnet: &Known<Subnet>) -> Vec<Path> {
        let Some(region) = self.network.place(subnet.place) else { return Vec::new() };
        let unseen = |owner: &str| self.network.place_of(owner, &region.region).is_none();
        let own = self.network.attachments.values().filter(|attachment| attachment.resource_id == subnet.vpc_id);
        own.filter(|attachment| unseen(&attachment.transit_gateway_owner_id))
            .map(|attachment| {
                let missing = format!("{}/{}", attachment.transit_gateway_owner_id, region.region);
                self.in_from_beyond(path.clone(), interface, &attachment.transit_gateway_id, missing)
            })
            .collect()
    }

    /// From beyond a core network of Cloud WAN: its policy is not in a snapshot.
    fn core_networks_to(&self, path: &Path, interface: &'a Known<Interface>, subnet: &Known<Subnet>) -> Vec<Path> {
        let tables = self.network.tables.values().filter(|table| table.vpc_id == subnet.vpc_id);
        let arns: BTreeSet<&str> =
            tables.flat_map(|table| &table.routes).map(|route| route.core_network_arn.as_str()).filter(|arn| !arn.is_empty()).collect();
        arns.into_iter().map(|arn| self.in_from_beyond(path.clone(), interface, arn, format!("what is beyond {arn}"))).collect()
    }

    fn in_from_beyond(&self, mut path: Path, interface: &'a Known<Interface>, gateway: &str, missing: String) -> Path {
        path.hop(gateway);
        let mut path = self.arrive(path, interface, None, &Via::Outside, &Back::Through(gateway.to_owned()));
        path.missing.insert(missing);
        path
    }

    /// The subnet of an address that something may have which no snapshot shows, and who would know.
    pub(super) fn unseen_at(&self, addresses: &Addresses) -> Option<(&'a Known<Subnet>, String)> {
        let here = |subnet: &&Known<Subnet>| Addresses::parse(&subnet.cidr_block).is_some_and(|own| own.covers(addresses));
        let mut subnets: Vec<&Known<Subnet>> = self.network.subnets.values().filter(here).collect();
        subnets.sort_by(|one, other| one.subnet_id.cmp(&other.subnet_id));
        subnets.into_iter().find_map(|subnet| {
            let region = self.network.place(subnet.place)?;
            if !self.network.has(subnet.place, calls::INTERFACES) {
                return Some((subnet, self.call_at(subnet.place, calls::INTERFACES)));
            }
            // Of a shared VPC, nobody but the owner sees all interfaces.
            let owner = self.network.vpcs.get(&subnet.vpc_id).map(|vpc| vpc.owner_id.as_str()).filter(|owner| !owner.is_empty())?;
            let foreign = owner != region.account && self.network.place_of(owner, &region.region).is_none();
            foreign.then(|| (subnet, format!("{owner}/{}", region.region)))
        })
    }

    /// From an address that something unseen may have: what the target lets in still counts.
    pub(super) fn in_from_unseen(
        &self,
        from: &Addresses,
        missing: &str,
        interface: &'a Known<Interface>,
        own: &Addresses,
        services: &Services,
    ) -> Vec<Path> {
        let path = Path::new(Traffic::new(from, own, services));
        let mut path = self.arrive(path, interface, None, &Via::Local, &Back::Local);
        path.missing.insert(missing.to_owned());
        vec![path]
    }

    /// To an address within a VPC that nothing in the snapshot has.
    pub(super) fn to_nothing(&self, goal: &Goal<'a>, services: &Services) -> Vec<Path> {
        let path = Path::new(Traffic::new(&Addresses::all(), goal.addresses(), services));
        if let Goal::Nothing(addresses) = goal {
            if let Some((_, missing)) = self.unseen_at(addresses) {
                return path.unknown(&missing);
            }
            let inside = self.network.vpcs.values().find(|vpc| Network::networks(vpc).covers(addresses));
            if let Some(vpc) = inside {
                return path.stopped(Code::NO_DESTINATION, &vpc.vpc_id, format!("nothing has {addresses}"));
            }
        }
        path.stopped(Code::NO_PATH, "", "no end of it is in a network of the snapshot")
    }
}
