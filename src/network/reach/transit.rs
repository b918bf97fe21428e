//! Transit gateways: from attachment to attachment by the tables that are associated with them.
//!
//! <https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html>

use super::ends::Goal;
use super::filter::Via;
use super::gateways::Leaving;
use super::path::{Code, Path};
use super::walk::Back;
use super::{Engine, calls};
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::transit::{TransitAttachment, TransitRoute, TransitVpcAttachment};
use crate::network::model::vpc::Subnet;
use crate::network::rules::Rule;
use crate::network::traffic::Side;

/// More transit gateways in a row than this lead nowhere.
const DEEPEST: u8 = 4;

/// Where a transit gateway leads.
struct Exit<'a> {
    attachment: &'a Known<TransitAttachment>,
    /// It is behind another transit gateway.
    peered: bool,
}

impl<'a> Engine<'a> {
    pub(super) fn by_transit(&self, mut path: Path, gateway: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let Some(entry) = self.entry(&mut path, gateway, leaving.subnet) else { return vec![path] };
        path.hop(&entry.transit_gateway_attachment_id);
        let Some(near) = self.zone(&mut path, entry, leaving.subnet) else { return vec![path] };
        let same = near.is_some_and(|near| near.subnet_id == leaving.subnet.subnet_id);
        if let Some(near) = near.filter(|_| !same) {
            self.pass_acl(&mut path, near, false);
        }
        let mut paths = Vec::new();
        for to in self.transit_parts(entry, &path.traffic.addresses(Side::To)) {
            let mut path = path.clone();
            path.traffic = path.traffic.between(Side::To, &to);
            match self.transit_way(&mut path, gateway, entry, &to, leaving.goal, 0) {
                None => paths.push(path),
                Some(exit) => paths.extend(self.out_of_transit(path, gateway, entry, &exit, leaving)),
            }
        }
        for path in &mut paths {
            if let Some(near) = near.filter(|_| !same) {
                self.reply_acl(path, near, true);
                self.reply_home(path, leaving.subnet);
            } else {
                self.reply_home(path, leaving.subnet);
            }
        }
        paths
    }

    /// Addresses that the table of an attachment leads to different places, apart.
    fn transit_parts(&self, entry: &TransitAttachment, to: &Addresses) -> Vec<Addresses> {
        let table = entry.association.as_ref().and_then(|own| self.network.transit_routes.get(&own.transit_gateway_route_table_id));
        let routes =
            table.iter().flat_map(|table| &table.routes).filter_map(|route| route.destination_cidr_block.parse::<ipnet::IpNet>().ok());
        let mut networks: Vec<ipnet::IpNet> = routes.collect();
        networks.sort_by_key(|network| std::cmp::Reverse(network.prefix_len()));
        let (mut left, mut parts) = (to.clone(), Vec::new());
        for network in networks.into_iter().map(Addresses::from) {
            let here = left.intersection(&network);
            if !here.is_empty() {
                left = left.difference(&here);
                parts.push(here);
            }
        }
        if parts.is_empty() || !left.is_empty() {
            parts.push(left);
        }
        parts
    }

    /// The attachment of a subnet's VPC.
    fn entry(&self, path: &mut Path, gateway: &str, subnet: &Known<Subnet>) -> Option<&'a Known<TransitAttachment>> {
        let found = self.network.attachment(gateway, &subnet.vpc_id);
        if found.is_none() && self.knows(path, subnet.place, calls::ATTACHMENTS) {
            path.stop(Code::ATTACHMENT, gateway, format!("{} is not attached to it", subnet.vpc_id));
        }
        if found.is_none() {
            self.knows(path, subnet.place, calls::VPC_ATTACHMENTS);
        }
        found
    }

    fn is_available(&self, path: &mut Path, attachment: &TransitAttachment) {
        if self.rules.has(Rule::TransitGatewayAttachment) && attachment.state != "available" {
            let detail = format!("the attachment is {}", attachment.state);
            path.stop(Code::ATTACHMENT, &attachment.transit_gateway_attachment_id, detail);
        }
    }

    /// The subnet of a VPC's attachment in the zone of another subnet. The outer `None`: there is none, and packets stop.
    fn zone(&self, path: &mut Path, attachment: &Known<TransitAttachment>, subnet: &Known<Subnet>) -> Option<Option<&'a Known<Subnet>>> {
        self.is_available(path, attachment);
        let id = &attachment.transit_gateway_attachment_id;
        let Some(of_vpc) = self.network.vpc_attachments.get(id) else {
            if self.knows(path, subnet.place, calls::VPC_ATTACHMENTS) {
                return Some(None);
            }
            return None;
        };
        let mut served = self.served(of_vpc).filter(|own| own.availability_zone == subnet.availability_zone);
        match served.next() {
            Some(own) => Some(Some(own)),
            None if !self.rules.has(Rule::TransitGatewayAttachment) => Some(None),
            None => {
                path.stop(Code::TRANSIT_ZONE, id, format!("none in {}", subnet.availability_zone));
                None
            }
        }
    }

    fn served(&self, attachment: &'a TransitVpcAttachment) -> impl Iterator<Item = &'a Known<Subnet>> {
        let network = self.network;
        attachment.subnet_ids.iter().filter_map(|id| network.subnets.get(id))
    }

    /// Follows the tables from an attachment on.
    fn transit_way(
        &self,
        path: &mut Path,
        gateway: &str,
        entry: &Known<TransitAttachment>,
        to: &Addresses,
        goal: &Goal<'a>,
        depth: u8,
    ) -> Option<Exit<'a>> {
        path.hop(gateway);
        let table = self.transit_table(path, entry)?;
        let hop = path.hops.len();
        path.hop(table);
        let exit = if self.rules.has(Rule::TransitGatewayRoute) {
            self.transit_route(path, table, to, goal)?
        } else {
            self.any_attached(gateway, goal)?
        };
        if let Some(hop) = path.hops.get_mut(hop) {
            hop.by.push(format!("{to} -> {}", exit.transit_gateway_attachment_id));
        }
        path.hop(&exit.transit_gateway_attachment_id);
        self.is_available(path, exit);
        if exit.resource_type != "peering" {
            return Some(Exit { attachment: exit, peered: depth > 0 });
        }
        let id = &exit.transit_gateway_attachment_id;
        if !self.rules.has(Rule::TransitGatewayPeering) || depth > DEEPEST {
            path.stop(Code::NO_PATH, id, "the peered transit gateway leads nowhere");
            return None;
        }
        let Some(peering) = self.network.transit_peerings.get(id) else {
            if self.knows(path, exit.place, calls::TRANSIT_PEERINGS) {
                path.stop(Code::ATTACHMENT, id, "there is no such peering");
            }
            return None;
        };
        let far = peering.far_side(gateway)?;
        if self.network.place_of(&far.owner_id, &far.region).is_none() {
            path.missing.insert(format!("{}/{}", far.owner_id, far.region));
            return None;
        }
        // Both sides see the attachment; each has a table of its own for it.
        let entry = self.peer_entry(id, &far.transit_gateway_id).unwrap_or(exit);
        Some(Exit { peered: true, ..self.transit_way(path, &far.transit_gateway_id, entry, to, goal, depth + 1)? })
    }

    fn peer_entry(&self, attachment: &str, gateway: &str) -> Option<&'a Known<TransitAttachment>> {
        self.network.peer_attachments.get(&(attachment.to_owned(), gateway.to_owned()))
    }

    fn transit_table<'e>(&self, path: &mut Path, entry: &'e Known<TransitAttachment>) -> Option<&'e str> {
        let table = entry.association.as_ref().filter(|own| !own.transit_gateway_route_table_id.is_empty());
        if table.is_none() && self.rules.has(Rule::TransitGatewayRoute) {
            let region = self.network.place(entry.place).map(|place| place.region.as_str()).unwrap_or_default();
            let owner = &entry.transit_gateway_owner_id;
            if !owner.is_empty() && self.network.place_of(owner, region).is_none() {
                path.missing.insert(format!("{owner}/{region}"));
                return None;
            }
            path.stop(Code::TRANSIT_TABLE, &entry.transit_gateway_attachment_id, "");
            return None;
        }
        Some(table.map_or("", |table| table.transit_gateway_route_table_id.as_str()))
    }

    /// With [`Rule::TransitGatewayRoute`] switched off: whatever VPC is attached.
    fn any_attached(&self, gateway: &str, goal: &Goal<'a>) -> Option<&'a Known<TransitAttachment>> {
        match goal {
            Goal::Interface(interface, _) => self.network.attachment(gateway, &interface.vpc_id),
            _ => None,
        }
    }

    /// The attachment that a table's routes lead to.
    fn transit_route(&self, path: &mut Path, table: &str, to: &Addresses, goal: &Goal<'a>) -> Option<&'a Known<TransitAttachment>> {
        let place = self.network.transit_routes.get(table).map_or(0, |table| table.place);
        let known = self.network.transit_routes.get(table);
        let mut routes: Vec<(&TransitRoute, u8)> = known
            .iter()
            .flat_map(|known| &known.routes)
            .filter(|route| self.rules.has(Rule::TransitGatewayPropagation) || route.r#type != "propagated")
            .filter(|route| self.rules.has(Rule::TransitGatewayBlackhole) || route.state != "blackhole")
            .filter_map(|route| {
                let network: ipnet::IpNet = route.destination_cidr_block.parse().ok()?;
                (!Addresses::from(network).intersection(to).is_empty()).then_some((route, network.prefix_len()))
            })
            .collect();
        routes.sort_by_key(|(route, length)| (std::cmp::Reverse(*length), route.r#type == "propagated"));
        let Some((route, _)) = routes.first() else {
            if known.is_some_and(|known| known.whole) {
                path.stop(Code::TRANSIT_ROUTE, table, format!("to {to}"));
            } else {
                path.missing.insert(self.call_at(place, &format!("{}/{table}", calls::TRANSIT_ROUTES)));
            }
            return None;
        };
        if route.state == "blackhole" {
            path.stop(Code::TRANSIT_BLACKHOLE, table, format!("to {}", route.destination_cidr_block));
            return None;
        }
        // Of several equal ways, those that are up are taken.
        let led = |route: &TransitRoute| {
            let known =
                route.transit_gateway_attachments.iter().map(|own| self.network.attachments.get(&own.transit_gateway_attachment_id));
            let known: Vec<&Known<TransitAttachment>> = known.flatten().collect();
            known.iter().find(|attachment| self.has_tunnel(&attachment.resource_id)).or(known.first()).copied()
        };
        let exit = led(route);
        let reaches = |exit: &Known<TransitAttachment>| self.may_lead(exit, goal, to);
        if let Some(exit) = exit.filter(|exit| reaches(exit)) {
            return Some(exit);
        }
        if exit.is_none() {
            path.missing.insert(self.call_at(place, calls::ATTACHMENTS));
            return None;
        }
        let better = routes.iter().skip(1).any(|(route, length)| {
            let shorter = routes.first().is_some_and(|(_, longest)| length < longest);
            shorter && led(route).is_some_and(reaches)
        });
        let code = if better { Code::TRANSIT_SPECIFIC } else { Code::TRANSIT_ROUTE };
        path.stop(code, table, format!("to {}: it leads to {}", route.destination_cidr_block, exit.map_or("", |exit| &exit.resource_id)));
        None
    }

    /// Whether an attachment can lead to a goal: another VPC only as a way through it.
    fn may_lead(&self, exit: &TransitAttachment, goal: &Goal<'a>, to: &Addresses) -> bool {
        let own = self.network.vpcs.get(&exit.resource_id).map(|vpc| crate::network::model::Network::networks(vpc));
        match goal {
            Goal::Interface(interface, _) if exit.resource_type == "vpc" => exit.resource_id == interface.vpc_id,
            _ => exit.resource_type != "vpc" || own.is_none_or(|own| own.intersection(to).is_empty()),
        }
    }

    /// Whether the tables lead the replies back to where packets came from.
    fn transit_back(&self, path: &mut Path, gateway: &str, exit: &Exit<'a>, entry: &TransitAttachment) {
        if !self.rules.has(Rule::TransitGatewayRoute) {
            return;
        }
        let from = path.traffic.addresses(Side::From);
        let mut scratch = Path::new(path.traffic.clone());
        let gateway = if exit.peered { exit.attachment.transit_gateway_id.clone() } else { gateway.to_owned() };
        let found = self.transit_home(&mut scratch, &gateway, exit.attachment, &from, entry, 0);
        path.missing.append(&mut scratch.missing);
        for stop in scratch.stops {
            path.stop(stop.code, &stop.at, format!("back: {}", stop.detail));
        }
        let _ = found;
    }

    fn transit_home(
        &self,
        path: &mut Path,
        gateway: &str,
        from: &Known<TransitAttachment>,
        to: &Addresses,
        home: &TransitAttachment,
        depth: u8,
    ) -> Option<()> {
        let table = self.transit_table(path, from)?;
        let goal = Goal::Outside(Addresses::all());
        let exit = self.transit_route(path, table, to, &goal_of(self, home).unwrap_or(goal))?;
        if exit.transit_gateway_attachment_id == home.transit_gateway_attachment_id {
            return Some(());
        }
        if exit.resource_type == "peering" && depth <= DEEPEST {
            let peering = self.network.transit_peerings.get(&exit.transit_gateway_attachment_id)?;
            let far = peering.far_side(gateway)?;
            let entry = self.peer_entry(&exit.transit_gateway_attachment_id, &far.transit_gateway_id).unwrap_or(exit);
            return self.transit_home(path, &far.transit_gateway_id, entry, to, home, depth + 1);
        }
        path.stop(Code::TRANSIT_ROUTE, table, format!("to {to}: it leads to {}", exit.resource_id));
        None
    }

    /// From the last attachment to the goal.
    fn out_of_transit(
        &self,
        mut path: Path,
        gateway: &str,
        entry: &'a Known<TransitAttachment>,
        exit: &Exit<'a>,
        leaving: &Leaving<'_, 'a>,
    ) -> Vec<Path> {
        let far_gateway = exit.attachment.transit_gateway_id.clone();
        if exit.attachment.resource_type != "vpc" {
            self.transit_back(&mut path, gateway, exit, entry);
            return self.out_of_aws(path, exit.attachment, leaving.goal);
        }
        let Some(of_vpc) = self.network.vpc_attachments.get(&exit.attachment.transit_gateway_attachment_id) else {
            let call = self.call_at(exit.attachment.place, calls::VPC_ATTACHMENTS);
            if self.network.has(exit.attachment.place, calls::VPC_ATTACHMENTS) {
                let owner = &exit.attachment.resource_owner_id;
                return path.unknown(&format!("{owner}/{}", self.network.place(exit.attachment.place).map_or("", |place| &place.region)));
            }
            return path.unknown(&call);
        };
        let Some(interface) = self.goal_in(&of_vpc.vpc_id, leaving.goal) else {
            // A VPC on the way: for inspection, or as the common way out.
            let Some(subnet) = self.served(of_vpc).next() else { return path.unknown(calls::SUBNETS) };
            let mut paths = self.through_vpc(path, subnet, &far_gateway, leaving);
            for path in &mut paths {
                self.transit_back(path, gateway, exit, entry);
            }
            return paths;
        };
        let Some(subnet) = self.network.subnets.get(&interface.subnet_id) else { return path.unknown(calls::SUBNETS) };
        let Some(landing) = self.zone(&mut path, exit.attachment, subnet) else { return vec![path] };
        // Within one subnet, its network ACL has no say.
        let within = landing.filter(|landing| landing.subnet_id == subnet.subnet_id).map(|landing| landing.subnet_id.as_str());
        let landing = landing.filter(|_| within.is_none());
        if let Some(landing) = landing {
            self.pass_acl(&mut path, landing, true);
        }
        let via = self.via_transit(&far_gateway, entry, exit, &leaving.subnet.vpc_id);
        let back = Back::Through(far_gateway);
        let mut path = self.arrive(path, interface, within, &via, &back);
        if let Some(landing) = landing {
            self.reply_acl(&mut path, landing, false);
        }
        self.transit_back(&mut path, gateway, exit, entry);
        vec![path]
    }

    /// Through a VPC by the routes of the attachment's subnet.
    fn through_vpc(&self, path: Path, subnet: &'a Known<Subnet>, gateway: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let Some(table) = self.table_of(subnet) else { return path.unknown(calls::TABLES) };
        let none = Addresses::default();
        let beyond = Leaving { subnet, public: &none, depth: leaving.depth + 1, brought_by: Some(gateway), ..*leaving };
        let mut paths = Vec::new();
        for branch in self.route(table, &path.traffic.addresses(Side::To)).branches {
            let mut path = path.clone();
            path.traffic = path.traffic.between(Side::To, &branch.to);
            path.hop_by(&table.route_table_id, super::walk::leads(branch.route));
            paths.extend(self.follow(path, branch.route, &table.route_table_id, &beyond));
        }
        paths
    }

    /// Groups count where the gateway and both attachments support it, and not across peered gateways.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security>
    fn via_transit(&self, gateway: &str, entry: &TransitAttachment, exit: &Exit<'_>, vpc: &str) -> Via {
        let on = |options: &crate::network::model::transit::TransitOptions| options.security_group_referencing_support == "enable";
        let of_gateway = self.network.transit_gateways.get(gateway).is_some_and(|gateway| on(&gateway.options));
        let of = |id: &str| self.network.vpc_attachments.get(id).is_none_or(|attachment| on(&attachment.options));
        let both = of(&entry.transit_gateway_attachment_id) && of(&exit.attachment.transit_gateway_attachment_id);
        if of_gateway && both && !exit.peered { Via::Transit(vpc.to_owned()) } else { Via::Outside }
    }

    /// From beyond an attached VPN or Direct Connect gateway to an interface.
    pub(super) fn in_by_transit(&self, mut path: Path, entry: &'a Known<TransitAttachment>, goal: &Goal<'a>) -> Vec<Path> {
        let Goal::Interface(interface, _) = goal else { return Vec::new() };
        path.hop(&entry.transit_gateway_attachment_id);
        self.is_available(&mut path, entry);
        self.check_tunnels(&mut path, &entry.resource_id, Code::TRANSIT_VPN, entry.place);
        let to = path.traffic.addresses(Side::To);
        let gateway = entry.transit_gateway_id.clone();
        let Some(exit) = self.transit_way(&mut path, &gateway, entry, &to, goal, 0) else { return vec![path] };
        let Some(subnet) = self.network.subnets.get(&interface.subnet_id) else { return path.unknown(calls::SUBNETS) };
        let Some(landing) = self.zone(&mut path, exit.attachment, subnet) else { return vec![path] };
        // Within one subnet, its network ACL has no say.
        let within = landing.filter(|landing| landing.subnet_id == subnet.subnet_id).map(|landing| landing.subnet_id.as_str());
        let landing = landing.filter(|_| within.is_none());
        if let Some(landing) = landing {
            self.pass_acl(&mut path, landing, true);
        }
        let back = Back::Through(exit.attachment.transit_gateway_id.clone());
        let mut path = self.arrive(path, interface, within, &Via::Outside, &back);
        if let Some(landing) = landing {
            self.reply_acl(&mut path, landing, false);
        }
        self.transit_back(&mut path, &gateway, &exit, entry);
        vec![path]
    }
}

/// What a reply is on its way to.
fn goal_of<'a>(engine: &Engine<'a>, home: &TransitAttachment) -> Option<Goal<'a>> {
    if home.resource_type != "vpc" {
        return None;
    }
    let network = engine.network;
    let interface = network.interfaces.values().find(|interface| interface.vpc_id == home.resource_id)?;
    Some(Goal::Interface(interface, Addresses::all()))
}
