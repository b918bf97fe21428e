//! Route tables of gateways, and appliances on the way.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>

use super::filter::Via;
use super::gateways::Leaving;
use super::path::{Code, Path};
use super::walk::Back;
use super::{Engine, calls};
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::interface::Interface;
use crate::network::model::vpc::{Route, Subnet};
use crate::network::rules::Rule;
use crate::network::services::Services;
use crate::network::traffic::{Side, Traffic};

impl<'a> Engine<'a> {
    /// Where a gateway's own table leads what comes in for an interface; `None` is straight on.
    fn edge_route(&self, gateway: &str, path: &Path, side: Side) -> Option<(&'a str, &'a Route)> {
        let table = self.network.own_table(gateway).filter(|_| self.rules.has(Rule::RouteEdgeAssociation))?;
        let route = self.route(table, &path.traffic.addresses(side)).branches.iter().find_map(|branch| branch.route)?;
        (route.target() != "local").then_some((table.route_table_id.as_str(), route))
    }

    /// What goes out straight comes back through the gateway's table: where that leads elsewhere, an appliance sees half.
    pub(super) fn check_redirection(&self, path: &mut Path, gateway: &str, leaving: &Leaving<'_, 'a>) {
        if leaving.through.is_some() {
            return;
        }
        if let Some((table, route)) = self.edge_route(gateway, path, Side::From) {
            if !route.is_active() && self.rules.has(Rule::RouteState) {
                path.stop(Code::BLACKHOLE, table, format!("back to {}", route.destination()));
                return;
            }
            let at = self.table_of(leaving.subnet).map_or(leaving.subnet.subnet_id.as_str(), |table| &table.route_table_id);
            path.stop(Code::REDIRECTION, at, format!("{table} leads replies to {}", route.target()));
        }
    }

    /// From a gateway to an interface, by the gateway's table if it has one.
    pub(super) fn through_edge(&self, mut path: Path, gateway: &str, interface: &'a Known<Interface>) -> Vec<Path> {
        let Some((table, route)) = self.edge_route(gateway, &path, Side::To) else {
            return vec![self.arrive(path, interface, None, &Via::Outside, &Back::Through(gateway.to_owned()))];
        };
        path.hop_by(table, super::walk::leads(Some(route)));
        if !route.is_active() && self.rules.has(Rule::RouteState) {
            return path.stopped(Code::BLACKHOLE, table, format!("to {}", route.destination()));
        }
        let target = route.target();
        let Some(subnet) = self.pass_middle(&mut path, target, None, gateway.starts_with("igw-")) else { return vec![path] };
        let mut path = self.arrive(path, interface, Some(&subnet.subnet_id), &Via::Outside, &Back::Through(target.to_owned()));
        self.reply_redirected(&mut path, interface, gateway, table, target);
        // The appliance sends the replies on.
        self.reply_route(&mut path, subnet, &Back::Through(gateway.to_owned()));
        vec![path]
    }

    /// Replies that go straight to the gateway are of the kind that its table forbids.
    fn reply_redirected(&self, path: &mut Path, interface: &Interface, gateway: &str, table: &str, target: &str) {
        let straight = |stop: &super::path::Stop| stop.code == Code::NO_ROUTE && stop.detail.ends_with(&format!("leads to {gateway}"));
        let own = self.network.subnets.get(&interface.subnet_id).and_then(|subnet| self.table_of(subnet));
        for stop in path.stops.iter_mut().filter(|stop| straight(stop)) {
            if own.is_some_and(|own| own.route_table_id == stop.at) {
                stop.code = Code::REDIRECTION;
                stop.detail = format!("back: {table} leads to {target}");
            }
        }
    }

    /// Through an appliance or an inspection endpoint; its subnet. `None`: packets stop there.
    pub(super) fn pass_middle(&self, path: &mut Path, target: &str, from: Option<&str>, public: bool) -> Option<&'a Known<Subnet>> {
        if target.starts_with("vpce-") {
            return self.pass_inspection(path, target, from);
        }
        path.hop(target);
        let interface = match target.strip_prefix("i-") {
            Some(_) => self.network.interfaces_of(target).next(),
            None => self.network.interfaces.get(target),
        };
        let Some(interface) = interface else {
            path.stop(Code::NO_DESTINATION, target, "there is no such interface");
            return None;
        };
        let subnet = self.network.subnets.get(&interface.subnet_id)?;
        if public && self.with_public(interface).is_empty() {
            path.stop(Code::APPLIANCE_ADDRESS, target, "");
        }
        let other = from != Some(subnet.subnet_id.as_str());
        if other {
            self.pass_acl(path, subnet, false);
        }
        self.pass_groups(path, interface, false, &Via::Local);
        self.is_running(path, interface);
        if self.rules.has(Rule::SourceDestCheck) && interface.source_dest_check.unwrap_or(true) {
            path.stop(Code::ADDRESS_CHECK, target, "");
        }
        self.pass_groups(path, interface, true, &Via::Local);
        self.pass_acl(path, subnet, true);
        Some(subnet)
    }

    /// A route to an interface, or to an inspection endpoint: what is there passes packets on by its own routes.
    pub(super) fn by_middle(&self, mut path: Path, target: &str, leaving: &Leaving<'_, 'a>) -> Vec<Path> {
        let near = leaving.subnet;
        let Some(subnet) = self.pass_middle(&mut path, target, Some(&near.subnet_id), false) else { return vec![path] };
        let Some(table) = self.table_of(subnet) else { return path.unknown(&self.call_at(subnet.place, calls::TABLES)) };
        let beyond = Leaving { subnet, depth: leaving.depth + 1, through: Some(target), ..*leaving };
        let mut paths = Vec::new();
        for branch in self.route(table, &path.traffic.addresses(Side::To)).branches {
            let mut path = path.clone();
            path.traffic = path.traffic.between(Side::To, &branch.to);
            path.hop(&table.route_table_id);
            for mut path in self.follow(path, branch.route, &table.route_table_id, &beyond) {
                if near.subnet_id != subnet.subnet_id {
                    self.reply_acl(&mut path, subnet, true);
                    self.reply_home(&mut path, near);
                }
                paths.push(path);
            }
        }
        paths
    }

    /// Whether the Gateway Load Balancer behind an endpoint has an appliance to pass packets to.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/introduction.html>
    fn pass_inspectors(&self, path: &mut Path, service: &str) {
        if !self.rules.has(Rule::GatewayLoadBalancer) {
            return;
        }
        let Some(service) = self.network.endpoint_services.get(service) else { return };
        for balancer in service.gateway_load_balancer_arns.iter().filter_map(|arn| self.network.balancers.get(arn)) {
            let Some(listeners) = &balancer.listeners else { continue };
            if listeners.is_empty() {
                path.stop(Code::LISTENERS, &balancer.name, "it has no listener");
                continue;
            }
            let forwards = listeners.iter().flat_map(|listener| &listener.default_actions).flat_map(|action| action.forwards_to());
            let groups: Vec<_> = forwards.filter_map(|arn| self.network.target_groups.get(arn)).collect();
            let targets: Vec<&str> =
                groups.iter().flat_map(|group| group.targets.iter().flatten()).map(|target| target.id.as_str()).collect();
            if targets.is_empty() && groups.iter().all(|group| group.targets.is_some()) {
                path.stop(Code::NO_TARGETS, &balancer.name, "no appliance is registered");
                continue;
            }
            self.reach_inspectors(path, &balancer.interfaces, &targets);
        }
    }

    /// The load balancer wraps packets in GENEVE, and the appliances' groups have to let that in.
    fn reach_inspectors(&self, path: &mut Path, nodes: &[String], targets: &[&str]) {
        let from = nodes.iter().filter_map(|id| self.network.interfaces.get(id)).map(|node| super::private_addresses(node));
        let from = from.fold(Addresses::default(), |all, one| all.union(&one));
        let geneve = Services::of("udp", Some((6081, 6081)));
        let appliances = targets.iter().flat_map(|id| self.network.interfaces_of(id));
        let mut stopped = Vec::new();
        for appliance in appliances {
            let mut inner = Path::new(Traffic::new(&from, &super::private_addresses(appliance), &geneve));
            self.pass_groups(&mut inner, appliance, false, &Via::Local);
            self.is_running(&mut inner, appliance);
            if inner.stops.is_empty() {
                return;
            }
            stopped.extend(inner.stops);
        }
        for stop in stopped {
            path.stop(stop.code, &stop.at, stop.detail);
        }
    }

    /// Through a Gateway Load Balancer's endpoint.
    fn pass_inspection(&self, path: &mut Path, id: &str, from: Option<&str>) -> Option<&'a Known<Subnet>> {
        path.hop(id);
        let Some(endpoint) = self.network.endpoints.get(id) else {
            path.stop(Code::STATE, id, "there is no such endpoint");
            return None;
        };
        if self.rules.has(Rule::GatewayLoadBalancer) && !endpoint.state.eq_ignore_ascii_case("available") {
            path.stop(Code::STATE, id, format!("the endpoint is {}", endpoint.state));
        }
        self.pass_inspectors(path, &endpoint.service_name);
        let subnet = endpoint.subnet_ids.first().and_then(|id| self.network.subnets.get(id))?;
        if from != Some(subnet.subnet_id.as_str()) {
            self.pass_acl(path, subnet, false);
        }
        self.pass_acl(path, subnet, true);
        Some(subnet)
    }
}
