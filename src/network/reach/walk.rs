//! Leaving an interface, and arriving at one.

use super::calls;
use super::ends::{Goal, Start};
use super::filter::Via;
use super::gateways::Leaving;
use super::path::{Code, Path};
use super::{Engine, private_addresses};
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::interface::Interface;
use crate::network::model::vpc::{Route, Subnet};
use crate::network::rules::Rule;
use crate::network::services::Services;
use crate::network::traffic::{Side, Traffic};

/// Which way replies have to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Back {
    /// By the routes within the VPC.
    Local,
    /// Through this gateway.
    Through(String),
}

impl<'a> Engine<'a> {
    pub(super) fn walk(&self, start: &Start<'a>, goal: &Goal<'a>, services: &Services) -> Vec<Path> {
        match (start, goal) {
            (Start::Outside(from), Goal::Interface(interface, own)) => self.outside_to(from, None, interface, own, services),
            (Start::Beyond(gateway), Goal::Interface(interface, own)) => {
                self.outside_to(&Addresses::all(), Some(gateway), interface, own, services)
            }
            (Start::Interface(interface, own), _) => self.leave(interface, own, goal, services),
            (Start::Internet(from), Goal::Interface(interface, own)) => self.internet_to(from, interface, own, services),
            (Start::Internet(from), Goal::Public(interface, public)) => {
                let own = self.behind(interface, public);
                self.internet_to(from, interface, &own, services)
            }
            (Start::Unseen(from, missing), Goal::Interface(interface, own)) => self.in_from_unseen(from, missing, interface, own, services),
            (_, goal) => self.to_nothing(goal, services),
        }
    }

    /// Out of an interface, by each route that leads on.
    fn leave(&self, interface: &'a Known<Interface>, own: &Addresses, goal: &Goal<'a>, services: &Services) -> Vec<Path> {
        let mut path = Path::new(Traffic::new(own, goal.addresses(), services));
        path.hop(&interface.network_interface_id);
        self.is_running(&mut path, interface);
        let Some(subnet) = self.network.subnets.get(&interface.subnet_id) else { return path.unknown(calls::SUBNETS) };
        if let Goal::Interface(far, _) = goal
            && far.subnet_id == interface.subnet_id
        {
            self.pass_groups(&mut path, interface, true, &Via::Local);
            return vec![self.arrive(path, far, Some(&subnet.subnet_id), &Via::Local, &Back::Local)];
        }
        if self.endpoint_opens_nothing(&mut path, interface) {
            return vec![path];
        }
        if self.is_answered_by_aws(&subnet.vpc_id, goal.addresses()) {
            path.hop("the services of AWS within the VPC");
            return vec![path];
        }
        let Some(table) = self.table_of(subnet) else {
            if self.knows(&mut path, subnet.place, calls::TABLES) {
                path.stop(Code::NO_ROUTE, &subnet.subnet_id, "the subnet has no route table");
            }
            return vec![path];
        };
        let (public, known_as) = (self.with_public(interface), public_addresses(interface));
        let routed = self.route(table, goal.addresses());
        path.missing.extend(routed.missing.iter().cloned());
        let mut paths = Vec::new();
        for branch in routed.branches {
            let mut path = path.clone();
            path.traffic = path.traffic.between(Side::To, &branch.to);
            if path.traffic.is_empty() {
                continue;
            }
            let via = branch.route.map_or(Via::Outside, |route| self.via(route, subnet));
            self.pass_groups(&mut path, interface, true, &via);
            self.pass_acl(&mut path, subnet, true);
            path.hop_by(routed.table, leads(branch.route));
            let leaving = Leaving {
                subnet,
                public: &public,
                goal,
                depth: 0,
                through: None,
                translated: false,
                brought_by: None,
                known_as: &known_as,
            };
            paths.extend(self.follow(path, branch.route, routed.table, &leaving));
        }
        paths
    }

    /// The resolver, instance metadata and time: no rule of the VPC stops these.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>
    fn is_answered_by_aws(&self, vpc: &str, to: &Addresses) -> bool {
        const EVERYWHERE: [&str; 6] =
            ["169.254.169.123", "169.254.169.253", "169.254.169.254", "fd00:ec2::123", "fd00:ec2::253", "fd00:ec2::254"];
        let resolver = self.network.vpcs.get(vpc).and_then(|vpc| match vpc.cidr_block.parse().ok()? {
            ipnet::IpNet::V4(network) => network.hosts().nth(1).map(|address| Addresses::from(std::net::IpAddr::V4(address))),
            ipnet::IpNet::V6(_) => None,
        });
        let known = EVERYWHERE.iter().filter_map(|text| Addresses::parse(text)).chain(resolver);
        !to.is_empty() && known.fold(Addresses::default(), |all, one| all.union(&one)).covers(to)
    }

    /// Into an interface, and the replies as far as its own routes.
    pub(super) fn arrive(&self, mut path: Path, interface: &'a Known<Interface>, from: Option<&str>, via: &Via, back: &Back) -> Path {
        let Some(subnet) = self.network.subnets.get(&interface.subnet_id) else {
            path.missing.insert(calls::SUBNETS.to_owned());
            return path;
        };
        let same = from == Some(subnet.subnet_id.as_str());
        if !same {
            self.pass_acl(&mut path, subnet, false);
        }
        self.pass_groups(&mut path, interface, false, via);
        path.hop(&interface.network_interface_id);
        self.is_running(&mut path, interface);
        if interface.interface_type == "nat_gateway" && self.rules.has(Rule::NatGateway) {
            path.stop(Code::NO_DESTINATION, &interface.network_interface_id, "a NAT gateway takes no connections");
        }
        // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
        if interface.interface_type == "lambda" || interface.description.starts_with("AWS Lambda VPC ENI") {
            path.stop(Code::NO_DESTINATION, &interface.network_interface_id, "a function's interface opens connections, and takes none");
        }
        self.endpoint_works(&mut path, interface);
        if !same {
            self.reply_acl(&mut path, subnet, true);
        }
        self.reply_route(&mut path, subnet, back);
        path
    }

    /// Whether an interface is of an endpoint: those open no connections.
    fn endpoint_opens_nothing(&self, path: &mut Path, interface: &Interface) -> bool {
        let endpoint = self.network.endpoint_of(&interface.network_interface_id).filter(|_| self.rules.has(Rule::InterfaceEndpoint));
        if let Some(endpoint) = endpoint {
            path.stop(Code::ENDPOINT_SOURCE, &endpoint.vpc_endpoint_id, "");
        }
        endpoint.is_some()
    }

    /// Whether the endpoint that an interface is of works.
    fn endpoint_works(&self, path: &mut Path, interface: &Interface) {
        let endpoint = self.network.endpoint_of(&interface.network_interface_id).filter(|_| self.rules.has(Rule::InterfaceEndpoint));
        if let Some(endpoint) = endpoint.filter(|endpoint| !endpoint.state.eq_ignore_ascii_case("available")) {
            path.stop(Code::STATE, &endpoint.vpc_endpoint_id, format!("the endpoint is {}", endpoint.state));
        }
    }

    pub(super) fn is_running(&self, path: &mut Path, interface: &Known<Interface>) {
        if interface.status == "available" && self.rules.has(Rule::InstanceState) {
            path.stop(Code::STATE, &interface.network_interface_id, "the interface is attached to nothing");
        }
        let Some(attached) = interface.attachment.as_ref().filter(|attached| !attached.instance_id.is_empty()) else { return };
        if !self.rules.has(Rule::InstanceState) {
            return;
        }
        match self.network.instances.get(&attached.instance_id) {
            Some(instance) if matches!(instance.state.name.as_str(), "running" | "") => {}
            Some(instance) => path.stop(Code::STATE, &attached.instance_id, format!("the instance is {}", instance.state.name)),
            None => drop(self.knows(path, interface.place, calls::INSTANCES)),
        }
    }

    pub(super) fn pass_groups(&self, path: &mut Path, interface: &Known<Interface>, egress: bool, via: &Via) {
        if !self.rules.has(Rule::LoadBalancerSecurityGroup) && interface.description.starts_with("ELB ") {
            return;
        }
        let passed = self.groups(interface, egress, &path.traffic, via);
        let ids: Vec<&str> = interface.group_ids().collect();
        let Some(first) = ids.first() else {
            // Some interfaces, such as those of NAT gateways, have none.
            return;
        };
        let empty = ids.iter().all(|id| {
            let group = self.network.groups.get(*id);
            group.is_some_and(|group| if egress { group.ip_permissions_egress.is_empty() } else { group.ip_permissions.is_empty() })
        });
        let code = if empty && !egress { Code::NO_RULES } else { Code::GROUPS };
        // A rule names the group it is of.
        let by = passed.by.first().and_then(|by| by.split(':').next()).unwrap_or(first).to_owned();
        path.filter(passed, &by, code, if egress { "out" } else { "in" });
    }

    pub(super) fn pass_acl(&self, path: &mut Path, subnet: &Known<Subnet>, egress: bool) {
        let Some(acl) = self.network.acl_of(subnet) else { return self.no_acl(path, subnet) };
        let passed = self.acl(acl, egress, &path.traffic);
        path.filter(passed, &acl.network_acl_id, Code::ACL, if egress { "out" } else { "in" });
    }

    /// Whether the replies to what came this far get through a network ACL.
    pub(super) fn reply_acl(&self, path: &mut Path, subnet: &Known<Subnet>, egress: bool) {
        if !self.rules.has(Rule::NaclReturnPorts) {
            return;
        }
        let Some(acl) = self.network.acl_of(subnet) else { return self.no_acl(path, subnet) };
        let passed = self.acl_entries(acl, egress, &path.traffic.replies());
        let answered = path.traffic.answered_by(&passed.traffic);
        if answered.is_empty() {
            let direction = if egress { "out" } else { "in" };
            path.stop(Code::ACL, &acl.network_acl_id, format!("{direction}: the replies, to ports from 1024 on"));
        } else {
            path.traffic = answered;
            path.reply(&acl.network_acl_id, passed.by);
        }
    }

    fn no_acl(&self, path: &mut Path, subnet: &Known<Subnet>) {
        self.knows(path, subnet.place, calls::ACLS);
    }

    /// Whether the subnet that packets arrived in sends the replies back the way they have to take.
    pub(super) fn reply_route(&self, path: &mut Path, subnet: &Known<Subnet>, back: &Back) {
        let Back::Through(gateway) = back else { return };
        let Some(table) = self.table_of(subnet) else {
            if self.knows(path, subnet.place, calls::TABLES) {
                path.stop(Code::NO_ROUTE, &subnet.subnet_id, "the subnet has no route table");
            }
            return;
        };
        let routed = self.route(table, &path.traffic.addresses(Side::From));
        let mut routed = routed;
        // A list that was not collected matters where its route is the way back.
        let untold = |route: &&Route| self.network.lists.get(&route.destination_prefix_list_id).is_none_or(|list| list.networks.is_none());
        let listed = table.routes.iter().filter(|route| !route.destination_prefix_list_id.is_empty()).filter(untold);
        if !listed.map(Route::target).any(|target| self.is_way(target, gateway)) {
            routed.missing.clear();
        }
        let (mut answered, mut by, mut stops, mut missing) = (Traffic::default(), Vec::new(), Vec::new(), routed.missing);
        for branch in routed.branches {
            let part = path.traffic.between(Side::From, &branch.to);
            let Some(route) = branch.route else {
                stops.push((Code::NO_ROUTE, table.route_table_id.clone(), format!("back to {}", branch.to)));
                continue;
            };
            let active = route.is_active() || !self.rules.has(Rule::RouteState);
            if !active {
                stops.push((Code::BLACKHOLE, table.route_table_id.clone(), format!("back to {}", route.destination())));
            } else if self.is_way(route.target(), gateway) || self.leads_back(route.target(), gateway, &branch.to) {
                answered = answered.and(part);
                by.push(leads(Some(route)));
            } else if let Some(stop) = self.wrong_way(route.target(), subnet, &branch.to) {
                stops.push(stop);
            } else {
                let detail = format!("back to {}: the route leads to {}", branch.to, route.target());
                stops.push((Code::NO_ROUTE, table.route_table_id.clone(), detail));
            }
        }
        if !answered.is_empty() {
            path.traffic = answered;
            path.reply(&table.route_table_id, by);
        } else if !missing.is_empty() {
            path.missing.append(&mut missing);
        } else {
            // The route for most of them stands for the others.
            let mut told: Vec<(Code, String)> = Vec::new();
            for (code, at, detail) in stops.into_iter().rev() {
                if !told.contains(&(code, at.clone())) {
                    path.stop(code, &at, detail);
                    told.push((code, at));
                }
            }
        }
    }

    /// Whether an appliance that replies are routed to sends them on to a gateway.
    fn leads_back(&self, target: &str, gateway: &str, to: &Addresses) -> bool {
        let interface = match target.split('-').next() {
            Some("i") => self.network.interfaces_of(target).next(),
            Some("eni") => self.network.interfaces.get(target),
            _ => None,
        };
        let endpoint = self.network.endpoints.get(target).and_then(|endpoint| endpoint.subnet_ids.first());
        let subnet = interface.map(|interface| &interface.subnet_id).or(endpoint).and_then(|id| self.network.subnets.get(id));
        let table = subnet.and_then(|subnet| self.table_of(subnet));
        table.is_some_and(|table| {
            let routed = self.route(table, to);
            routed.branches.iter().all(|branch| branch.route.is_some_and(|route| route.target() == gateway && route.is_active()))
        })
    }

    /// Replies into the subnet that packets came from.
    pub(super) fn reply_home(&self, path: &mut Path, subnet: &Known<Subnet>) {
        self.reply_acl(path, subnet, false);
    }

    /// An interface within a VPC, by one of some addresses.
    pub(super) fn goal_in(&self, vpc: &str, goal: &Goal<'a>) -> Option<&'a Known<Interface>> {
        match goal {
            Goal::Interface(interface, _) if interface.vpc_id == vpc => Some(interface),
            _ => None,
        }
    }

    /// The addresses of an interface that count on the internet.
    pub(super) fn with_public(&self, interface: &Interface) -> Addresses {
        // With the scheme of load balancers switched off, their nodes count as public.
        let node = !self.rules.has(Rule::LoadBalancerScheme) && interface.description.starts_with("ELB ");
        let v4 = interface
            .addresses()
            .filter(|(_, public)| {
                node || {
                    public.is_some_and(|public| !public.public_ip.is_empty() || !public.carrier_ip.is_empty())
                        || !self.rules.has(Rule::PublicAddress)
                }
            })
            .filter_map(|(private, _)| Addresses::parse(private));
        v4.fold(private_addresses(interface).only_v6(), |all, one| all.union(&one))
    }
}

/// What a table's route says.
pub(super) fn leads(route: Option<&Route>) -> String {
    route.map_or_else(String::new, |route| format!("{} -> {}", route.destination(), route.target()))
}

/// The addresses by which the internet knows an interface.
pub(super) fn public_addresses(interface: &Interface) -> Addresses {
    let v4 = interface.addresses().filter_map(|(_, public)| Addresses::parse(&public?.public_ip));
    v4.fold(private_addresses(interface).only_v6(), |all, one| all.union(&one))
}
