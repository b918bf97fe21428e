//! What is neither in a VPC nor on the internet: networks beyond VPN and Direct Connect, and of carriers.

use super::ends::Goal;
use super::filter::Via;
use super::gateways::Leaving;
use super::path::{Code, Path};
use super::walk::Back;
use super::{Engine, calls};
use crate::network::address::Addresses;
use crate::network::model::interface::Interface;
use crate::network::model::transit::TransitAttachment;
use crate::network::model::vpc::Subnet;
use crate::network::model::{Known, Place};
use crate::network::rules::Rule;
use crate::network::services::Services;
use crate::network::traffic::{Side, Traffic};

impl<'a> Engine<'a> {
    /// <https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html>
    pub(super) fn by_vpn_gateway(&self, mut path: Path, gateway: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        if !self.rules.has(Rule::VpnExit) {
            return path.stopped(Code::NO_PATH, gateway, "");
        }
        self.check_vpn_gateway(&mut path, gateway, leaving.subnet);
        self.check_redirection(&mut path, gateway, leaving);
        self.not_the_internet(&mut path, gateway, leaving.goal);
        self.reply_home(&mut path, leaving.subnet);
        vec![path]
    }

    /// Who asks for the internet is not answered by a network that a VPN leads to; with all other addresses, that may lead on.
    fn not_the_internet(&self, path: &mut Path, at: &str, goal: &Goal<'a>) {
        if !goal.is_whole_internet() {
            return;
        }
        let to = path.traffic.addresses(Side::To);
        if to.networks().iter().any(|network| network.prefix_len() <= 8) {
            path.missing.insert(format!("what is beyond {at}"));
        } else {
            path.stop(Code::NO_PATH, at, format!("it leads to {to} alone"));
        }
    }

    fn check_vpn_gateway(&self, path: &mut Path, gateway: &str, subnet: &Known<Subnet>) {
        match self.network.vpn_gateways.get(gateway) {
            Some(known) if known.vpc_attachments.iter().any(|attachment| attachment.works_for(&subnet.vpc_id)) => {}
            None if !self.knows(path, subnet.place, calls::VPN_GATEWAYS) => return,
            _ => path.stop(Code::ATTACHMENT, gateway, format!("it is not attached to {}", subnet.vpc_id)),
        }
        if !self.knows(path, subnet.place, calls::VPN_CONNECTIONS) {
            return;
        }
        let own = self.network.vpn_connections.values().filter(|connection| connection.vpn_gateway_id == gateway);
        let mut broken: Vec<&str> = Vec::new();
        for connection in own {
            if is_up(connection) {
                return;
            }
            broken.push(&connection.vpn_connection_id);
        }
        // Without a VPN it is Direct Connect that leads on.
        if !broken.is_empty()
            && ![calls::VIRTUAL_INTERFACES, calls::DIRECT_ASSOCIATIONS].iter().all(|call| self.knows(path, subnet.place, call))
        {
            return;
        }
        if let Some(id) = broken.iter().min().filter(|_| !self.network.direct.contains(gateway)) {
            path.stop(Code::VPN, id, "no tunnel is up");
        }
    }

    /// Whether a transit gateway's VPN connection works; of Direct Connect, the attachment says it.
    pub(super) fn check_tunnels(&self, path: &mut Path, resource: &str, code: Code, place: Place) {
        match self.network.vpn_connections.get(resource) {
            Some(connection) if !is_up(connection) => path.stop(code, resource, "no tunnel is up"),
            None if resource.starts_with("vpn-") => drop(self.knows(path, place, calls::VPN_CONNECTIONS)),
            _ => {}
        }
    }

    /// Whether a VPN connection works, as far as it is known.
    pub(super) fn has_tunnel(&self, resource: &str) -> bool {
        self.network.vpn_connections.get(resource).is_none_or(|connection| is_up(connection))
    }

    /// Out through a transit gateway's VPN or Direct Connect.
    pub(super) fn out_of_aws(&self, mut path: Path, exit: &Known<TransitAttachment>, goal: &Goal<'a>) -> Vec<Path> {
        let id = &exit.transit_gateway_attachment_id;
        if !matches!(exit.resource_type.as_str(), "vpn" | "direct-connect-gateway" | "connect" | "peering" | "vpc") {
            return path.unknown(&format!("what is beyond {}", exit.resource_id));
        }
        if !self.rules.has(Rule::VpnExit) || !matches!(goal, Goal::Outside(_) | Goal::Internet(_)) {
            return path.stopped(Code::NO_PATH, id, "");
        }
        self.check_tunnels(&mut path, &exit.resource_id, Code::TRANSIT_VPN, exit.place);
        self.not_the_internet(&mut path, id, goal);
        vec![path]
    }

    /// From beyond any gateway of the interface's VPC; `only` from beyond this one.
    pub(super) fn outside_to(
        &self,
        from: &Addresses,
        only: Option<&str>,
        interface: &'a Known<Interface>,
        own: &Addresses,
        services: &Services,
    ) -> Vec<Path> {
        let path = Path::new(Traffic::new(from, own, services));
        let Some(subnet) = self.network.subnets.get(&interface.subnet_id) else { return path.unknown(calls::SUBNETS) };
        let mut paths = Vec::new();
        let wanted = |id: &str| only.is_none_or(|only| only == id);
        for gateway in self.vpn_gateways_of(&subnet.vpc_id).filter(|id| wanted(id)) {
            paths.extend(self.in_by_vpn(path.clone(), gateway, interface, subnet));
        }
        for gateway in self.carrier_gateways_of(&subnet.vpc_id).filter(|id| only == Some(*id)) {
            paths.extend(self.in_by_carrier(path.clone(), gateway, interface));
        }
        let goal = Goal::Interface(interface, own.clone());
        for entry in self.ways_in(&subnet.vpc_id).filter(|_| only.is_none()) {
            paths.extend(self.in_by_transit(path.clone(), entry, &goal));
        }
        if only.is_none() {
            paths.extend(self.unseen_to(&path, interface, subnet));
        }
        if paths.is_empty() {
            return path.stopped(Code::NO_PATH, &subnet.vpc_id, format!("no gateway leads to {from}"));
        }
        paths
    }

    fn vpn_gateways_of(&self, vpc: &str) -> impl Iterator<Item = &'a str> {
        let (network, vpc) = (self.network, vpc.to_owned());
        let attached = network.vpn_gateways.values().filter(move |gateway| gateway.vpc_attachments.iter().any(|own| own.vpc_id == vpc));
        let counts = self.rules.has(Rule::VpnExit);
        sorted(attached.map(|gateway| gateway.vpn_gateway_id.as_str()).filter(move |_| counts))
    }

    fn carrier_gateways_of(&self, vpc: &str) -> impl Iterator<Item = &'a str> {
        let (counts, vpc) = (self.rules.has(Rule::CarrierGateway), vpc.to_owned());
        let own = self.network.carrier_gateways.values().filter(move |gateway| gateway.vpc_id == vpc);
        sorted(own.map(|gateway| gateway.carrier_gateway_id.as_str()).filter(move |_| counts))
    }

    /// The VPN and Direct Connect attachments of the transit gateways that a VPC is attached to.
    fn ways_in(&self, vpc: &str) -> impl Iterator<Item = &'a Known<TransitAttachment>> {
        let network = self.network;
        let gateways: Vec<&str> = network
            .attachments
            .values()
            .filter(|attachment| attachment.resource_id == vpc)
            .map(|attachment| attachment.transit_gateway_id.as_str())
            .collect();
        let counts = self.rules.has(Rule::VpnExit);
        let outside =
            |attachment: &&Known<TransitAttachment>| matches!(attachment.resource_type.as_str(), "vpn" | "direct-connect-gateway");
        let mut found: Vec<&Known<TransitAttachment>> = network
            .attachments
            .values()
            .filter(outside)
            .filter(|attachment| counts && gateways.contains(&attachment.transit_gateway_id.as_str()))
            .collect();
        found.sort_by(|one, other| one.transit_gateway_attachment_id.cmp(&other.transit_gateway_attachment_id));
        found.into_iter()
    }

    fn in_by_vpn(&self, mut path: Path, gateway: &str, interface: &'a Known<Interface>, subnet: &Known<Subnet>) -> Vec<Path> {
        path.hop(gateway);
        self.check_vpn_gateway(&mut path, gateway, subnet);
        self.through_edge(path, gateway, interface)
    }

    fn in_by_carrier(&self, mut path: Path, gateway: &str, interface: &'a Known<Interface>) -> Vec<Path> {
        path.hop(gateway);
        self.check_carrier(&mut path, gateway, interface.place);
        vec![self.arrive(path, interface, None, &Via::Outside, &Back::Through(gateway.to_owned()))]
    }

    fn check_carrier(&self, path: &mut Path, gateway: &str, place: Place) {
        match self.network.carrier_gateways.get(gateway) {
            Some(known) if known.state == "available" => {}
            Some(known) => path.stop(Code::STATE, gateway, format!("the carrier gateway is {}", known.state)),
            None if self.knows(path, place, calls::CARRIER_GATEWAYS) => path.stop(Code::STATE, gateway, "there is no such gateway"),
            None => {}
        }
    }

    /// <https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html>
    pub(super) fn by_carrier(&self, mut path: Path, gateway: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        if !self.rules.has(Rule::CarrierGateway) {
            return path.stopped(Code::NO_PATH, gateway, "");
        }
        self.check_carrier(&mut path, gateway, leaving.subnet.place);
        self.check_block(&mut path, leaving.subnet, super::block::Direction::Out);
        let own = path.traffic.between(Side::From, leaving.public);
        if own.is_empty() {
            path.stop(Code::CARRIER_OUT, gateway, "");
        } else {
            path.traffic = own;
        }
        self.reply_home(&mut path, leaving.subnet);
        vec![path]
    }
}

/// Whether some tunnel carries packets. The state of tunnels is what it was when the snapshot was made.
fn is_up(connection: &crate::network::model::gateway::VpnConnection) -> bool {
    let tunnels = &connection.vgw_telemetry;
    connection.state == "available" && (tunnels.is_empty() || tunnels.iter().any(|tunnel| tunnel.status == "UP"))
}

fn sorted<'a>(ids: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.into_iter()
}
