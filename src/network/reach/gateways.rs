//! What routes lead to: the VPC itself, internet and NAT gateways, peering connections, and what is beyond.

use super::Engine;
use super::calls;
use super::ends::Goal;
use super::filter::Via;
use super::path::{Code, Path};
use super::walk::Back;
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::gateway::{NatGateway, PeeredVpc, Peering};
use crate::network::model::vpc::{Route, Subnet};
use crate::network::rules::Rule;
use crate::network::services::Services;
use crate::network::traffic::Side;

/// Where packets are about to leave a subnet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaving<'e, 'a> {
    /// The subnet.
    pub(super) subnet: &'a Known<Subnet>,
    /// Which of its addresses the internet knows by others.
    pub(super) public: &'e Addresses,
    /// Where they are to go.
    pub(super) goal: &'e Goal<'a>,
    /// How often they were passed on already.
    pub(super) depth: u8,
    /// The appliance that they came through.
    pub(super) through: Option<&'e str>,
    /// They came from a NAT gateway.
    pub(super) translated: bool,
    /// The transit gateway that brought them into this VPC: replies have to go back to it.
    pub(super) brought_by: Option<&'e str>,
    /// The addresses by which the internet knows them.
    pub(super) known_as: &'e Addresses,
}

/// More gateways in a row than this lead nowhere.
const DEEPEST: u8 = 8;

impl<'a> Engine<'a> {
    /// Where a route leads, as far as security groups care.
    pub(super) fn via(&self, route: &Route, subnet: &Subnet) -> Via {
        let target = route.target();
        if target == "local" {
            return Via::Local;
        }
        let peering = self.network.peerings.get(target);
        peering.and_then(|peering| self.via_peering(peering, &subnet.vpc_id)).unwrap_or(Via::Outside)
    }

    /// Groups of the other side count over a connection within one Region.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html>
    fn via_peering(&self, peering: &Peering, near: &str) -> Option<Via> {
        let far = peering.far_side(near)?;
        (peering.requester_vpc_info.region == peering.accepter_vpc_info.region).then(|| Via::Peering(far.vpc_id.clone()))
    }

    /// Follows a route. `table` is its table.
    pub(super) fn follow(&self, mut path: Path, route: Option<&Route>, table: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let to = path.traffic.addresses(Side::To);
        let Some(route) = route else { return path.stopped(Code::NO_ROUTE, table, format!("to {to}")) };
        if !route.is_active() && self.rules.has(Rule::RouteState) {
            return path.stopped(Code::BLACKHOLE, table, format!("to {}", route.destination()));
        }
        if leaving.depth > DEEPEST {
            return path.stopped(Code::NO_PATH, table, "the routes lead in a circle");
        }
        let target = route.target();
        let kind = target.split('-').next().unwrap_or_default();
        match kind {
            "local" => return self.by_local(path, leaving),
            "tgw" => return self.by_transit(path, target, leaving),
            "eni" | "i" => return self.by_middle(path, target, leaving),
            "vpce" => return self.by_endpoint(path, target, leaving),
            _ => {}
        }
        path.hop(target);
        match kind {
            "vgw" => self.by_vpn_gateway(path, target, leaving),
            "cagw" => self.by_carrier(path, target, leaving),
            "igw" => self.by_internet_gateway(path, target, leaving),
            "nat" => self.by_nat(path, target, leaving),
            "eigw" => self.by_egress_only(path, target, leaving),
            "pcx" => self.by_peering(path, target, leaving),
            // Core networks, local gateways and others whose own routes no snapshot has.
            _ => path.unknown(&format!("what is beyond {}", if target.is_empty() { route.destination() } else { target })),
        }
    }

    fn by_local(&self, path: Path, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let subnet = leaving.subnet;
        let Some(far) = self.goal_in(&subnet.vpc_id, leaving.goal) else {
            let mut path = path;
            if self.knows(&mut path, subnet.place, calls::INTERFACES) {
                let to = path.traffic.addresses(Side::To);
                path.stop(Code::NO_DESTINATION, &subnet.vpc_id, format!("nothing has {to}"));
            }
            return vec![path];
        };
        // Behind an appliance, references to groups do not count:
        // https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing
        let via = if leaving.through.is_some() { Via::Outside } else { Via::Local };
        let mut path = self.arrive(path, far, Some(&subnet.subnet_id), &via, &Back::Local);
        self.reply_home(&mut path, subnet);
        vec![path]
    }

    /// Whether an internet gateway works for a VPC.
    pub(super) fn check_internet_gateway(&self, path: &mut Path, gateway: &str, subnet: &Known<Subnet>) {
        if !self.rules.has(Rule::InternetGatewayAttachment) {
            return;
        }
        if !self.knows(path, subnet.place, calls::INTERNET_GATEWAYS) {
            return;
        }
        let known = self.network.internet_gateways.get(gateway);
        // Who shares in a VPC does not see its gateways:
        // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
        let region = self.network.place(subnet.place);
        let owner = self.network.vpcs.get(&subnet.vpc_id).map(|vpc| vpc.owner_id.as_str()).filter(|owner| !owner.is_empty());
        if let (None, Some(region), Some(owner)) = (known, region, owner)
            && owner != region.account
            && !region.account.is_empty()
            && self.network.place_of(owner, &region.region).is_none()
        {
            path.missing.insert(format!("{owner}/{}", region.region));
            return;
        }
        if !known.is_some_and(|known| known.attachments.iter().any(|attachment| attachment.works_for(&subnet.vpc_id))) {
            path.stop(Code::ATTACHMENT, gateway, format!("it does not work for {}", subnet.vpc_id));
        }
    }

    /// <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>
    fn by_internet_gateway(&self, mut path: Path, gateway: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        self.check_internet_gateway(&mut path, gateway, leaving.subnet);
        // Replies to a NAT gateway are no ingress.
        let direction = if leaving.translated { super::block::Direction::OutOnly } else { super::block::Direction::Out };
        self.check_block(&mut path, leaving.subnet, direction);
        let with_public = path.traffic.between(Side::From, leaving.public);
        if with_public.is_empty() {
            path.stop(Code::NO_PUBLIC_OUT, gateway, format!("from {}", path.traffic.addresses(Side::From)));
        } else {
            path.traffic = with_public;
        }
        let public = path.traffic.between(Side::To, Addresses::internet());
        if public.is_empty() {
            let to = path.traffic.addresses(Side::To);
            let shared = Addresses::parse("100.64.0.0/10").unwrap_or_default();
            let code = if shared.covers(&to) { Code::SHARED_OUT } else { Code::PRIVATE_OUT };
            return path.stopped(code, gateway, format!("to {to}"));
        }
        path.traffic = public;
        self.check_redirection(&mut path, gateway, leaving);
        self.reply_home(&mut path, leaving.subnet);
        match leaving.goal {
            Goal::Public(interface, public) => {
                let own = self.behind(interface, public);
                let far = self.internet_to(leaving.known_as, interface, &own, &path.traffic.services());
                far.into_iter().map(|far| joined(&path, far)).collect()
            }
            _ => vec![path],
        }
    }

    /// <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>
    fn by_egress_only(&self, mut path: Path, gateway: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        if self.knows(&mut path, leaving.subnet.place, calls::EGRESS_ONLY) {
            let known = self.network.egress_only.get(gateway);
            if !known.is_some_and(|known| known.attachments.iter().any(|attachment| attachment.works_for(&leaving.subnet.vpc_id))) {
                path.stop(Code::ATTACHMENT, gateway, format!("it does not work for {}", leaving.subnet.vpc_id));
            }
        }
        // Where it were an internet gateway, the block for what comes in would keep the replies' way shut.
        let direction =
            if self.rules.has(Rule::EgressOnlyGateway) { super::block::Direction::OutOnly } else { super::block::Direction::Out };
        self.check_block(&mut path, leaving.subnet, direction);
        self.reply_home(&mut path, leaving.subnet);
        vec![path]
    }

    /// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>
    fn by_nat(&self, mut path: Path, id: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        if !self.rules.has(Rule::NatGateway) {
            let gateway = self.internet_gateway_of(&leaving.subnet.vpc_id).unwrap_or_default();
            return self.by_internet_gateway(path, &gateway, leaving);
        }
        let Some(nat) = self.network.nat_gateways.get(id) else {
            if self.knows(&mut path, leaving.subnet.place, calls::NAT_GATEWAYS) {
                path.stop(Code::STATE, id, "there is no such NAT gateway");
            }
            return vec![path];
        };
        if nat.state != "available" {
            path.stop(Code::STATE, id, format!("the NAT gateway is {}", nat.state));
        }
        if nat.subnet_id.is_empty() {
            return self.by_regional_nat(path, nat, leaving);
        }
        let Some(subnet) = self.network.subnets.get(&nat.subnet_id) else { return path.unknown(calls::SUBNETS) };
        let same = subnet.subnet_id == leaving.subnet.subnet_id;
        if !same {
            self.pass_acl(&mut path, subnet, false);
        }
        let inner = path.traffic.clone();
        let NatAddresses { own, public, known_as } = self.nat_addresses(nat);
        path.traffic = inner.translated(Side::From, &own);
        let Some(table) = self.table_of(subnet) else { return path.unknown(&self.call_at(subnet.place, calls::TABLES)) };
        let beyond = Leaving {
            subnet,
            public: &public,
            depth: leaving.depth + 1,
            known_as: &known_as,
            translated: true,
            brought_by: None,
            ..*leaving
        };
        let mut paths = Vec::new();
        for branch in self.route(table, &path.traffic.addresses(Side::To)).branches {
            let mut path = path.clone();
            path.traffic = path.traffic.between(Side::To, &branch.to);
            self.pass_acl(&mut path, subnet, true);
            path.hop_by(&table.route_table_id, super::walk::leads(branch.route));
            for mut path in self.follow(path, branch.route, &table.route_table_id, &beyond) {
                // Beyond an internet gateway, traffic is told by the private addresses of the other end.
                let reached = if matches!(leaving.goal, Goal::Public(..)) { branch.to.clone() } else { path.traffic.addresses(Side::To) };
                path.traffic = inner.only(Side::To, &reached, &path.traffic.services());
                if !same {
                    self.reply_acl(&mut path, subnet, true);
                    self.reply_home(&mut path, leaving.subnet);
                }
                if let Some(transit) = leaving.brought_by {
                    self.reply_route(&mut path, subnet, &Back::Through(transit.to_owned()));
                }
                paths.push(path);
            }
        }
        paths
    }

    /// Of a whole VPC: it is in no subnet, and leads to the internet gateway.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html>
    fn by_regional_nat(&self, mut path: Path, nat: &NatGateway, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let NatAddresses { known_as, .. } = self.nat_addresses(nat);
        let gateway = self.internet_gateway_of(&leaving.subnet.vpc_id).unwrap_or_default();
        let any = Addresses::all();
        path.hop(&gateway);
        let beyond = Leaving { public: &any, depth: leaving.depth + 1, known_as: &known_as, translated: true, ..*leaving };
        self.by_internet_gateway(path, &gateway, &beyond)
    }

    /// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>
    fn by_peering(&self, mut path: Path, id: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let Some(peering) = self.network.peerings.get(id) else {
            if self.knows(&mut path, leaving.subnet.place, calls::PEERINGS) {
                path.stop(Code::STATE, id, "there is no such peering connection");
            }
            return vec![path];
        };
        if peering.status.code != "active" && self.rules.has(Rule::PeeringState) {
            return path.stopped(Code::STATE, id, format!("the peering connection is {}", peering.status.code));
        }
        let near = &leaving.subnet.vpc_id;
        let Some(far) = peering.far_side(near) else { return path.stopped(Code::ATTACHMENT, id, format!("it is not one of {near}")) };
        let inside = path.traffic.between(Side::To, &self.networks_of(far));
        if inside.is_empty() {
            if self.rules.has(Rule::PeeringTransitivity) {
                let to = path.traffic.addresses(Side::To);
                return path.stopped(Code::PEER_ADDRESS, id, format!("{to} is not in {}", far.vpc_id));
            }
            return self.onward(path, &far.vpc_id, id, leaving);
        }
        path.traffic = inside;
        if self.network.place_of(&far.owner_id, &far.region).is_none() {
            return path.unknown(&format!("{}/{}", far.owner_id, far.region));
        }
        let Some(interface) = self.goal_in(&far.vpc_id, leaving.goal) else {
            let to = path.traffic.addresses(Side::To);
            return path.stopped(Code::NO_DESTINATION, &far.vpc_id, format!("nothing has {to}"));
        };
        let via = self.via_peering(peering, &far.vpc_id).unwrap_or(Via::Outside);
        let back = if self.rules.has(Rule::PeeringReturnRoute) { Back::Through(id.to_owned()) } else { Back::Local };
        let mut path = self.arrive(path, interface, None, &via, &back);
        self.reply_home(&mut path, leaving.subnet);
        vec![path]
    }

    /// With [`Rule::PeeringTransitivity`] switched off: on from another VPC, by whatever route it has.
    fn onward(&self, mut path: Path, vpc: &str, came_by: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let to = path.traffic.addresses(Side::To);
        for subnet in self.network.subnets_of(vpc) {
            let Some(table) = self.table_of(subnet) else { continue };
            let routed = self.route(table, &to);
            let Some(route) = routed.branches.iter().find_map(|branch| branch.route) else { continue };
            if route.target() == came_by || route.target() == "local" {
                continue;
            }
            path.hop_by(&table.route_table_id, super::walk::leads(Some(route)));
            let any = Addresses::all();
            let beyond = Leaving { subnet, public: &any, depth: leaving.depth + 1, ..*leaving };
            return self.follow(path, Some(route), &table.route_table_id, &beyond);
        }
        path.stopped(Code::NO_ROUTE, vpc, format!("to {to}"))
    }

    /// The networks of one side of a peering connection.
    pub(super) fn networks_of(&self, side: &PeeredVpc) -> Addresses {
        let v4 = side.cidr_block_set.iter().map(|own| &own.cidr_block).chain([&side.cidr_block]);
        let v6 = side.ipv6_cidr_block_set.iter().map(|own| &own.ipv6_cidr_block);
        let told = v4.chain(v6).filter_map(|text| Addresses::parse(text)).fold(Addresses::default(), |all, one| all.union(&one));
        match self.network.vpcs.get(&side.vpc_id) {
            Some(vpc) => told.union(&crate::network::model::Network::networks(vpc)),
            None => told,
        }
    }

    /// The internet gateway that a VPC has.
    pub(super) fn internet_gateway_of(&self, vpc: &str) -> Option<String> {
        let attached = |attachments: &[crate::network::model::gateway::GatewayAttachment]| attachments.iter().any(|own| own.works_for(vpc));
        let gateways = self.network.internet_gateways.values().filter(|gateway| attached(&gateway.attachments));
        gateways.map(|gateway| gateway.internet_gateway_id.clone()).min()
    }

    /// Whether a route's target is the way that replies have to take.
    pub(super) fn is_way(&self, target: &str, gateway: &str) -> bool {
        let as_internet = |prefix: &str, rule| target.starts_with(prefix) && gateway.starts_with("igw-") && !self.rules.has(rule);
        target == gateway || as_internet("nat-", Rule::NatGateway) || as_internet("eigw-", Rule::EgressOnlyGateway)
    }

    /// What stops replies that are routed to another gateway, where more is to say than that it is another.
    pub(super) fn wrong_way(&self, target: &str, subnet: &Subnet, to: &Addresses) -> Option<(Code, String, String)> {
        let far = self.network.peerings.get(target)?.far_side(&subnet.vpc_id)?;
        let outside = to.intersection(&self.networks_of(far)).is_empty();
        outside.then(|| (Code::PEER_ADDRESS, target.to_owned(), format!("back: {to} is not in {}", far.vpc_id)))
    }

    /// From the internet to an interface.
    pub(super) fn internet_to(
        &self,
        from: &Addresses,
        interface: &'a Known<crate::network::model::interface::Interface>,
        own: &Addresses,
        services: &crate::network::services::Services,
    ) -> Vec<Path> {
        let mut path = Path::new(crate::network::traffic::Traffic::new(from, own, services));
        let Some(subnet) = self.network.subnets.get(&interface.subnet_id) else { return path.unknown(calls::SUBNETS) };
        let gateway = self.entrance(subnet, from);
        if let Some(gateway) = &gateway {
            path.hop(gateway);
            self.check_internet_gateway(&mut path, gateway, subnet);
            let with_public = path.traffic.between(Side::To, &self.with_public(interface));
            if with_public.is_empty() {
                path.stop(Code::NO_PUBLIC_IN, gateway, format!("to {}", path.traffic.addresses(Side::To)));
            } else {
                path.traffic = with_public;
            }
        }
        if let Some(carrier) = self.carrier_of(subnet, from) {
            return path.stopped(Code::CARRIER_IN, carrier, "");
        }
        if interface.interface_type == "nat_gateway" && self.rules.has(Rule::NatGateway) {
            let nat = self
                .network
                .nat_gateways
                .values()
                .find(|nat| nat.nat_gateway_addresses.iter().any(|own| own.network_interface_id == interface.network_interface_id));
            let id = nat.map_or(&interface.network_interface_id, |nat| &nat.nat_gateway_id);
            return path.stopped(Code::NO_DESTINATION, id, "a NAT gateway takes no connections");
        }
        self.check_block(&mut path, subnet, super::block::Direction::In);
        self.through_edge(path, &gateway.unwrap_or_else(|| "igw-".to_owned()), interface)
    }

    /// The carrier gateway that a subnet is routed to.
    fn carrier_of(&self, subnet: &Known<Subnet>, from: &Addresses) -> Option<&'a str> {
        let routed = self.route(self.table_of(subnet)?, from);
        let mut targets = routed.branches.iter().filter_map(|branch| branch.route).map(Route::target);
        targets.find(|target| target.starts_with("cagw-"))
    }

    /// The addresses of a NAT gateway.
    fn nat_addresses(&self, nat: &NatGateway) -> NatAddresses {
        let mut all = NatAddresses::default();
        for address in &nat.nat_gateway_addresses {
            let Some(own) = Addresses::parse(&address.private_ip) else { continue };
            let public = Addresses::parse(&address.public_ip).filter(|_| nat.connectivity_type != "private");
            if public.is_some() || !self.rules.has(Rule::PublicAddress) {
                all.public = all.public.union(&own);
            }
            all.known_as = all.known_as.union(&public.unwrap_or_default());
            all.own = all.own.union(&own);
        }
        all
    }

    /// Through an endpoint: of a service, or for inspection.
    fn by_endpoint(&self, mut path: Path, id: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let Some(endpoint) = self.network.endpoints.get(id) else {
            path.hop(id);
            if self.knows(&mut path, leaving.subnet.place, calls::ENDPOINTS) {
                path.stop(Code::STATE, id, "there is no such endpoint");
            }
            return vec![path];
        };
        if endpoint.vpc_endpoint_type != "Gateway" {
            return self.by_middle(path, id, leaving);
        }
        path.hop(id);
        if !self.rules.has(Rule::GatewayEndpoint) {
            return path.stopped(Code::NO_PATH, id, "");
        }
        if !endpoint.state.eq_ignore_ascii_case("available") {
            path.stop(Code::STATE, id, format!("the endpoint is {}", endpoint.state));
        }
        // https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
        if leaving.goal.is_whole_internet() {
            return path.stopped(Code::NO_PATH, id, "it leads to a service of AWS, not to the internet");
        }
        // https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
        let tcp = Services { udp: super::super::ranges::Ranges::default(), ..Services::all() };
        let taken = path.traffic.only(Side::To, &Addresses::all(), &tcp);
        if taken.is_empty() {
            path.stop(Code::ENDPOINT_PROTOCOL, id, path.traffic.services().to_string());
        } else {
            path.traffic = taken;
        }
        self.reply_home(&mut path, leaving.subnet);
        vec![path]
    }

    /// The internet gateway that a subnet is routed to, or that its VPC has.
    fn entrance(&self, subnet: &Known<Subnet>, from: &Addresses) -> Option<String> {
        let routed = self.table_of(subnet).map(|table| self.route(table, from));
        let targets = routed.iter().flat_map(|routed| &routed.branches).filter_map(|branch| branch.route).map(Route::target);
        targets.filter(|target| target.starts_with("igw-")).map(str::to_owned).next().or_else(|| self.internet_gateway_of(&subnet.vpc_id))
    }
}

/// Of a NAT gateway.
#[derive(Debug, Default)]
struct NatAddresses {
    /// All private ones.
    own: Addresses,
    /// Those that have a public one.
    public: Addresses,
    /// The public ones.
    known_as: Addresses,
}

/// One way after another.
pub(super) fn joined(near: &Path, mut far: Path) -> Path {
    let hops = std::mem::take(&mut far.hops);
    far.hops = near.hops.iter().cloned().chain(hops).collect();
    for hop in &near.back {
        far.reply(&hop.id, hop.by.clone());
    }
    for stop in &near.stops {
        if !far.stops.contains(stop) {
            far.stops.push(stop.clone());
        }
    }
    far.missing.extend(near.missing.iter().cloned());
    far
}
