//! Load balancers: from a client to a node of theirs, by a listener and its rules, to a target.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html>

use super::ends::{Goal, Start};
use super::filter::Via;
use super::path::{Code, Path};
use super::walk::Back;
use super::{Engine, calls, private_addresses};
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::balancer::{Action, Balancer, BalancerKind, Listener, ListenerRule, Target, TargetGroup};
use crate::network::model::interface::Interface;
use crate::network::rules::Rule;
use crate::network::services::Services;
use crate::network::traffic::{Side, Traffic};
use crate::snapshot::layout::quote;

/// Where a listener sends requests.
struct Forward<'a> {
    group: &'a str,
    /// Of clients with these addresses.
    from: Addresses,
    authentication: Option<String>,
    /// The rule of the listener.
    rule: String,
}

/// How a target is reached.
struct Leg {
    services: Services,
    sees_client: bool,
    /// A node sends to its own zone alone.
    stays_in_zone: bool,
}

impl<'a> Engine<'a> {
    /// To a load balancer itself: to a node, at a port that it listens on.
    pub(super) fn to_balancer(&self, start: &Start<'a>, balancer: &'a Known<Balancer>, services: &Services) -> Vec<Path> {
        let mut paths = Vec::new();
        if balancer.kind == BalancerKind::Classic && !self.rules.has(Rule::ClassicLoadBalancer) {
            return Path::new(Traffic::new(&Addresses::all(), &Addresses::all(), services)).stopped(Code::NO_PATH, &balancer.name, "");
        }
        for node in self.nodes(balancer) {
            let mut ways = self.walk(start, &self.node_goal(start, balancer, node), services);
            ways.extend(self.fronted(start, balancer, node, services));
            for mut path in ways {
                path.hop(&balancer.name);
                self.listens(&mut path, balancer);
                paths.push(path);
            }
        }
        paths
    }

    /// How a node is called: the name of an internet-facing load balancer stands for its public addresses, from wherever.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#load-balancer-scheme>
    fn node_goal(&self, start: &Start<'a>, balancer: &Balancer, node: &'a Known<Interface>) -> Goal<'a> {
        let public = super::walk::public_addresses(node).only_v4();
        let inside = matches!(start, Start::Interface(..));
        if inside && !balancer.internal && !public.is_empty() && self.rules.has(Rule::LoadBalancerScheme) {
            return Goal::Public(node, public);
        }
        Goal::Interface(node, private_addresses(node))
    }

    /// To a node of an Application Load Balancer through the Network Load Balancers that have it for a target.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html>
    fn fronted(&self, start: &Start<'a>, balancer: &Balancer, node: &'a Known<Interface>, services: &Services) -> Vec<Path> {
        if balancer.kind != BalancerKind::Application {
            return Vec::new();
        }
        let groups = self.network.target_groups.values().filter(|group| group.target_type == "alb");
        let to_it = groups.filter(|group| group.targets.iter().flatten().any(|target| target.id == balancer.arn));
        let mut fronts: Vec<&String> = to_it.flat_map(|group| &group.load_balancer_arns).collect();
        fronts.sort();
        fronts.dedup();
        let own = private_addresses(node);
        let through = |front: &Known<Balancer>| -> Vec<Path> {
            let known = self.network.balancers.get(&front.arn);
            known
                .filter(|front| front.kind == BalancerKind::Network)
                .map(|front| self.through(start, front, node, &own, services))
                .unwrap_or_default()
        };
        fronts.into_iter().filter_map(|arn| self.network.balancers.get(arn)).flat_map(through).collect()
    }

    fn nodes(&self, balancer: &'a Balancer) -> impl Iterator<Item = &'a Known<Interface>> {
        let network = self.network;
        balancer.interfaces.iter().filter_map(move |id| network.interfaces.get(id))
    }

    pub(super) fn listens(&self, path: &mut Path, balancer: &Known<Balancer>) {
        if !self.rules.has(Rule::Listener) {
            return;
        }
        let Some(listeners) = &balancer.listeners else {
            path.missing.insert(self.call_at(balancer.place, &format!("{}/{}", calls::LISTENERS, quote(&balancer.arn))));
            return;
        };
        let all = listeners.iter().map(listener_services).fold(Services::default(), |all, one| all.union(&one));
        let taken = path.traffic.only(Side::To, &Addresses::all(), &all);
        if taken.is_empty() {
            let code = if balancer.kind == BalancerKind::Classic { Code::CLASSIC_LISTENERS } else { Code::LISTENERS };
            path.stop(code, &balancer.name, format!("for {}", path.traffic.services()));
        } else {
            path.traffic = taken;
        }
    }

    /// To an interface through the load balancers of its VPC.
    pub(super) fn through_balancers(
        &self,
        start: &Start<'a>,
        target: &'a Known<Interface>,
        own: &Addresses,
        services: &Services,
    ) -> Vec<Path> {
        let mut paths = Vec::new();
        for call in [calls::BALANCERS, calls::CLASSIC_BALANCERS] {
            if !self.network.has(target.place, call) {
                let path = Path::new(Traffic::new(&Addresses::all(), own, services));
                paths.extend(path.unknown(&self.call_at(target.place, call)));
            }
        }
        for balancer in self.network.balancers.values().filter(|balancer| balancer.vpc == target.vpc_id || self.names(balancer, own)) {
            let skipped = balancer.kind == BalancerKind::Gateway
                || (balancer.kind == BalancerKind::Classic && !self.rules.has(Rule::ClassicLoadBalancer))
                || balancer.interfaces.contains(&target.network_interface_id);
            if !skipped {
                paths.extend(self.through(start, balancer, target, own, services));
            }
        }
        paths
    }

    /// Whether a load balancer of another VPC has one of the addresses for a target.
    fn names(&self, balancer: &Balancer, own: &Addresses) -> bool {
        let groups = self
            .network
            .target_groups
            .values()
            .filter(|group| group.target_type == "ip" && group.load_balancer_arns.contains(&balancer.arn));
        let mut targets = groups.flat_map(|group| group.targets.iter().flatten());
        targets.any(|target| Addresses::parse(&target.id).is_some_and(|address| own.covers(&address)))
    }

    /// Through one of them.
    pub(super) fn through(
        &self,
        start: &Start<'a>,
        balancer: &'a Known<Balancer>,
        target: &'a Known<Interface>,
        own: &Addresses,
        services: &Services,
    ) -> Vec<Path> {
        let nodes: Vec<&Known<Interface>> = self.nodes(balancer).collect();
        let Some(listeners) = &balancer.listeners else {
            if self.is_no_target(balancer, target) {
                return Vec::new();
            }
            let path = Path::new(Traffic::new(&Addresses::all(), own, services));
            return path.unknown(&self.call_at(balancer.place, &format!("{}/{}", calls::LISTENERS, quote(&balancer.arn))));
        };
        let mut paths = Vec::new();
        for node in nodes {
            // A node without a public address is no way in from outside.
            let goal = Goal::Interface(node, private_addresses(node));
            for listener in listeners {
                let listens = listener_services(listener);
                let mut ways = self.walk(start, &goal, &listens);
                ways.extend(self.fronted(start, balancer, node, &listens));
                for path in ways {
                    paths.extend(self.by_listener(path, balancer, listener, node, target, own, services));
                }
            }
        }
        paths
    }

    /// Whether it is known that a load balancer does not pass on to an interface.
    fn is_no_target(&self, balancer: &Known<Balancer>, target: &Interface) -> bool {
        let mut groups = self.network.target_groups.values().filter(|group| group.load_balancer_arns.contains(&balancer.arn));
        let told = balancer.kind == BalancerKind::Classic
            || (self.network.has(balancer.place, calls::TARGET_GROUPS) && groups.all(|group| group.targets.is_some()));
        told && self.rules.has(Rule::TargetRegistration) && !self.targets.contains(&target.network_interface_id)
    }

    #[expect(clippy::too_many_arguments, reason = "both ends of both legs")]
    pub(super) fn by_listener(
        &self,
        mut path: Path,
        balancer: &'a Known<Balancer>,
        listener: &'a Listener,
        node: &'a Known<Interface>,
        target: &'a Known<Interface>,
        own: &Addresses,
        services: &Services,
    ) -> Vec<Path> {
        path.hop_by(&balancer.name, format!("listener {}", called(listener)));
        if balancer.kind == BalancerKind::Classic {
            let leg = self.classic_leg(&mut path, balancer, listener, target, services);
            return vec![self.to_target(path, balancer, node, target, own, &leg)];
        }
        let clients = path.traffic.addresses(Side::From);
        let mut paths = Vec::new();
        let forwards = self.forwards(balancer, listener, &clients);
        if listener.rules.is_none() && self.rules.has(Rule::ListenerRule) {
            let call = format!("{}/{}", calls::RULES, quote(&listener.listener_arn));
            paths.extend(path.clone().unknown(&self.call_at(balancer.place, &call)));
        }
        if forwards.is_empty() {
            let mut path = path;
            if self.rules.has(Rule::TargetRegistration) && !self.targets.contains(&target.network_interface_id) {
                path.stop(Code::TARGET_ADDRESS, &balancer.name, "it is not registered");
            }
            path.stop(Code::NO_FORWARD, &balancer.name, format!("the listener {}", called(listener)));
            paths.push(path);
            return paths;
        }
        for forward in forwards {
            let mut path = path.clone();
            path.authentication = forward.authentication;
            path.traffic = path.traffic.between(Side::From, &forward.from);
            let Some(group) = self.network.target_groups.get(forward.group) else {
                paths.extend(path.unknown(&self.call_at(balancer.place, &format!("{}/{}", calls::TARGET_GROUPS, quote(&balancer.arn)))));
                continue;
            };
            path.hop_by(&group.target_group_name, forward.rule);
            let leg = self.leg(&mut path, balancer, group, target, own, services);
            paths.push(self.to_target(path, balancer, node, target, own, &leg));
        }
        paths
    }

    /// Whether the interface is a target of the group, and on which port.
    fn leg(
        &self,
        path: &mut Path,
        balancer: &Known<Balancer>,
        group: &Known<TargetGroup>,
        target: &Interface,
        own: &Addresses,
        services: &Services,
    ) -> Leg {
        let udp = matches!(group.protocol.as_str(), "UDP" | "QUIC");
        let protocol = if udp { "udp" } else { "tcp" };
        let stays_in_zone = !group.cross_zone.or(balancer.cross_zone).unwrap_or(true);
        let asked = services.intersection(&Services::of(protocol, None));
        let all = Leg { services: asked, sees_client: self.sees_client(group), stays_in_zone };
        if !self.rules.has(Rule::TargetRegistration) {
            return all;
        }
        let name = &group.target_group_name;
        let Some(targets) = &group.targets else {
            path.missing.insert(self.call_at(group.place, &format!("{}/{}", calls::HEALTH, quote(&group.target_group_arn))));
            return all;
        };
        if targets.is_empty() {
            path.stop(Code::NO_TARGETS, &balancer.name, format!("{name} has no targets"));
            return all;
        }
        let instance = target.attachment.as_ref().map(|attached| attached.instance_id.as_str()).unwrap_or_default();
        // Of an instance, the first interface is meant:
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-type
        let first = target.attachment.as_ref().is_none_or(|attached| attached.device_index.unwrap_or(0) == 0);
        let of_balancer =
            |id: &str| self.network.balancers.get(id).is_some_and(|own| own.interfaces.contains(&target.network_interface_id));
        let is_it = |registered: &&Target| {
            (registered.id == instance && first)
                || of_balancer(&registered.id)
                || Addresses::parse(&registered.id).is_some_and(|address| own.covers(&address))
        };
        let registered: Vec<&Target> = targets.iter().filter(is_it).collect();
        if registered.is_empty() {
            path.stop(Code::TARGET_ADDRESS, name, "it is not registered");
            return all;
        }
        let port = |target: &Target| port_of(protocol, target.port.or(group.port));
        let ports = registered.iter().map(|target| port(target)).fold(Services::default(), |all, one| all.union(&one));
        if services.intersection(&ports).is_empty() {
            path.stop(Code::TARGET_PORT, name, format!("it is registered with {ports}"));
            return Leg { services: services.clone(), ..all };
        }
        // With no healthy target at all, requests go to every one:
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
        let any_healthy = targets.iter().any(|target| target.state == "healthy");
        // Those that are not in use, or on their way out, get nothing even then.
        let gone = |target: &Target| matches!(target.state.as_str(), "unused" | "draining");
        let healthy = |target: &&Target| target.state == "healthy" || (!any_healthy && !gone(target));
        if self.rules.has(Rule::TargetHealth) && !registered.iter().any(healthy) {
            path.stop(Code::UNHEALTHY, name, format!("it is {}", registered.first().map_or("", |target| &target.state)));
        }
        Leg { services: services.intersection(&ports), ..all }
    }

    fn sees_client(&self, group: &TargetGroup) -> bool {
        self.rules.has(Rule::ClientIpPreservation) && group.sees_client()
    }

    fn classic_leg(&self, path: &mut Path, balancer: &Balancer, listener: &Listener, target: &Interface, services: &Services) -> Leg {
        let all = Leg { services: services.clone(), sees_client: false, stays_in_zone: false };
        if !self.rules.has(Rule::TargetRegistration) {
            return all;
        }
        let instance = target.attachment.as_ref().map(|attached| attached.instance_id.as_str()).unwrap_or_default();
        if !balancer.instances.iter().any(|own| own == instance) {
            path.stop(Code::TARGET_ADDRESS, &balancer.name, "it is not registered");
            return all;
        }
        let port = port_of("tcp", listener.instance_port);
        let asked = services.intersection(&port);
        if asked.is_empty() {
            path.stop(Code::CLASSIC_PORT, &balancer.name, format!("the listener passes on to {port}"));
            return all;
        }
        Leg { services: asked, sees_client: false, stays_in_zone: balancer.cross_zone == Some(false) }
    }

    /// From a node to a target.
    fn to_target(
        &self,
        mut path: Path,
        balancer: &Known<Balancer>,
        node: &'a Known<Interface>,
        target: &'a Known<Interface>,
        own: &Addresses,
        leg: &Leg,
    ) -> Path {
        let clients = path.traffic.addresses(Side::From);
        if leg.stays_in_zone {
            let zone = |interface: &Interface| self.network.subnets.get(&interface.subnet_id).map(|subnet| &subnet.availability_zone);
            if zone(node) != zone(target) {
                path.stop(Code::TARGET_ADDRESS, &balancer.name, "it is in another Availability Zone, and cross-zone load balancing is off");
            }
        }
        path.traffic = Traffic::new(&private_addresses(node), own, &leg.services);
        if !balancer.groups.is_empty() && self.rules.has(Rule::LoadBalancerSecurityGroup) {
            self.pass_groups(&mut path, node, true, &Via::Local);
        }
        if node.vpc_id != target.vpc_id {
            return self.to_far_target(path, node, target, own, leg, &clients);
        }
        let Some(subnet) = self.network.subnets.get(&node.subnet_id) else {
            path.missing.insert(self.call_at(node.place, calls::SUBNETS));
            return path;
        };
        let same = subnet.subnet_id == target.subnet_id;
        if leg.sees_client {
            path.traffic = Traffic::new(&clients, own, &path.traffic.services());
        }
        // A classic load balancer's traffic is filtered within its own subnet too.
        let classic = balancer.kind == BalancerKind::Classic;
        if !same || classic {
            let before = path.stops.len();
            self.pass_acl(&mut path, subnet, true);
            for stop in path.stops.iter_mut().skip(before).filter(|_| classic && same) {
                stop.code = Code::CLASSIC_ACL;
            }
        }
        let via = if leg.sees_client { Via::Balancer(balancer.groups.clone()) } else { Via::Local };
        let mut path = self.arrive(path, target, Some(&subnet.subnet_id), &via, &Back::Local);
        if !same {
            self.reply_acl(&mut path, subnet, false);
        }
        let services = path.traffic.services();
        path.traffic = Traffic::new(&clients, own, &services);
        path
    }

    /// To a target in another VPC: by the routes of the node's subnet.
    fn to_far_target(
        &self,
        near: Path,
        node: &'a Known<Interface>,
        target: &'a Known<Interface>,
        own: &Addresses,
        leg: &Leg,
        clients: &Addresses,
    ) -> Path {
        let start = Start::Interface(node, private_addresses(node));
        let ways = self.walk(&start, &Goal::Interface(target, own.clone()), &leg.services);
        let Some(best) = ways.into_iter().min_by_key(|way| (way.stops.len(), way.missing.len())) else { return near };
        let services = best.traffic.services();
        let mut path = super::gateways::joined(&near, best);
        path.authentication = near.authentication;
        path.traffic = Traffic::new(clients, own, &services);
        path
    }

    /// What a listener does with requests of some clients.
    fn forwards(&self, balancer: &'a Balancer, listener: &'a Listener, clients: &Addresses) -> Vec<Forward<'a>> {
        if !self.rules.has(Rule::ListenerRule) {
            let all = self.network.target_groups.values().filter(|group| group.vpc_id == balancer.vpc);
            return all
                .map(|group| Forward {
                    group: &group.value.target_group_arn,
                    from: clients.clone(),
                    authentication: None,
                    rule: String::new(),
                })
                .collect();
        }
        let mut forwards = Vec::new();
        let mut left = clients.clone();
        let mut rules: Vec<&ListenerRule> = listener.rules.iter().flatten().filter(|rule| rule.priority != "default").collect();
        rules.sort_by_key(|rule| rule.priority.parse::<u32>().unwrap_or(u32::MAX));
        for rule in rules {
            let meant = left.intersection(&sources(rule));
            forwards.extend(forwards_of(&rule.actions, &meant, &rule.priority));
            if catches_all(rule) {
                left = left.difference(&meant);
            }
        }
        forwards.extend(forwards_of(&listener.default_actions, &left, "default"));
        forwards
    }
}

fn forwards_of<'a>(actions: &'a [Action], from: &Addresses, priority: &str) -> Vec<Forward<'a>> {
    if from.is_empty() {
        return Vec::new();
    }
    let authentication = actions.iter().find_map(Action::authenticates).map(str::to_owned);
    let groups = actions.iter().flat_map(Action::forwards_to);
    groups
        .map(|group| Forward { group, from: from.clone(), authentication: authentication.clone(), rule: format!("rule {priority}") })
        .collect()
}

/// The clients that a rule is for.
fn sources(rule: &ListenerRule) -> Addresses {
    let mut all = Addresses::all();
    for condition in rule.conditions.iter().filter(|condition| condition.field == "source-ip") {
        let listed = condition.source_ip_config.as_ref().map_or(&condition.values, |config| &config.values);
        let networks = listed.iter().filter_map(|text| Addresses::parse(text)).fold(Addresses::default(), |all, one| all.union(&one));
        all = all.intersection(&networks);
    }
    all
}

/// Whether no request of these clients gets past a rule.
fn catches_all(rule: &ListenerRule) -> bool {
    rule.conditions.iter().all(|condition| {
        let config = condition.path_pattern_config.as_ref().or(condition.host_header_config.as_ref());
        let values = config.map_or(&condition.values, |config| &config.values);
        match condition.field.as_str() {
            "source-ip" => true,
            "path-pattern" => values.iter().any(|value| value == "/*" || value == "*"),
            "host-header" => values.iter().any(|value| value == "*"),
            _ => false,
        }
    })
}

fn called(listener: &Listener) -> String {
    listener.port.map_or_else(|| "for everything".to_owned(), |port| format!("{}:{port}", listener.protocol))
}

fn port_of(protocol: &str, port: Option<i64>) -> Services {
    Services::of(protocol, port.map(|port| (port, port)))
}

/// What a listener takes.
pub(super) fn listener_services(listener: &Listener) -> Services {
    let of = |protocol| port_of(protocol, listener.port);
    match listener.protocol.to_ascii_uppercase().as_str() {
        "UDP" | "QUIC" => of("udp"),
        "TCP_UDP" | "TCP_QUIC" => of("udp").union(&of("tcp")),
        "GENEVE" => Services::all(),
        _ => of("tcp"),
    }
}
