//! From load balancers to what is registered with them, and from subnets to gateway endpoints.

use std::collections::BTreeSet;

use super::{Edges, Index, Why};
use crate::map::ends;
use crate::map::node::Rule;
use crate::map::tree::Placed;
use crate::network::model::balancer::{Balancer, Target, TargetGroup};
use crate::network::model::{Known, Network};

/// What a load balancer hands to one target.
struct Handed {
    to: usize,
    ports: Vec<String>,
    rule: Rule,
}

impl Edges<'_> {
    pub(super) fn targets(&mut self, placed: &[Placed], index: &Index<'_>) {
        let network = self.network;
        for one in placed {
            let Some(balancer) = ends::balancer(&one.leaf).and_then(|key| network.balancers.get(&key)) else { continue };
            for handed in registered(balancer, network, index).into_iter().chain(classic(balancer, index)) {
                let Some(target) = placed.get(handed.to) else { continue };
                let why = Why { ports: &handed.ports, rules: &[handed.rule], count: 1, ..Why::default() };
                for source in &one.nodes {
                    for node in &target.nodes {
                        self.add(source, node, "target", &why);
                    }
                }
            }
        }
    }

    /// From subnets to a gateway endpoint: those whose table it serves.
    pub(super) fn gateway_endpoints(&mut self, placed: &[Placed]) {
        let network = self.network;
        for one in placed.iter().filter(|one| one.leaf.gateway) {
            let Some(endpoint) = network.endpoints.get(&one.leaf.local) else { continue };
            for subnet in network.subnets_of(&endpoint.vpc_id) {
                let table = network.own_table(&subnet.subnet_id).or_else(|| network.main_table(&subnet.vpc_id));
                let Some(table) = table.filter(|table| endpoint.route_table_ids.contains(&table.route_table_id)) else { continue };
                let Some(place) = network.place(subnet.place) else { continue };
                let source = format!("arn:{}::{}:{}:subnet/{}", place.partition, place.region, place.account, subnet.subnet_id);
                let rule = Rule {
                    group: table.route_table_id.clone(),
                    direction: "route",
                    rule: format!("{} through {}", endpoint.service_name, endpoint.vpc_endpoint_id),
                };
                for node in &one.nodes {
                    let why = Why { ports: &["tcp/443".to_owned()], rules: std::slice::from_ref(&rule), count: 1, ..Why::default() };
                    self.add(&source, node, "endpoint", &why);
                }
            }
        }
    }
}

fn registered(balancer: &Known<Balancer>, network: &Network, index: &Index<'_>) -> Vec<Handed> {
    let mut found = Vec::new();
    for group in network.target_groups.values().filter(|group| group.load_balancer_arns.contains(&balancer.arn)) {
        for target in group.value.targets.iter().flatten() {
            let Some(to) = who(target, &group.value, network, index) else { continue };
            let port = target.port.or(group.value.port);
            let ports: Vec<String> = protocols(&group.protocol).iter().map(|protocol| word(protocol, port)).collect();
            let state = if target.state.is_empty() { String::new() } else { format!(" ({})", target.state) };
            let rule = Rule {
                group: group.target_group_name.clone(),
                direction: "forward",
                rule: format!("{}: {} to {}{state}", listeners(balancer, &group.target_group_arn), ports.join(", "), target.id),
            };
            found.push(Handed { to, ports, rule });
        }
    }
    found
}

fn classic(balancer: &Known<Balancer>, index: &Index<'_>) -> Vec<Handed> {
    let handed = |id: &String| {
        let to = *index.by_name.get(id.as_str())?;
        let listeners = balancer.listeners.iter().flatten();
        let ports: Vec<String> = listeners.filter_map(|listener| Some(format!("tcp/{}", listener.instance_port?))).collect();
        let rule = Rule { group: balancer.name.clone(), direction: "forward", rule: format!("{} to {id}", ports.join(", ")) };
        Some(Handed { to, ports, rule })
    };
    balancer.instances.iter().filter_map(handed).collect()
}

/// What on the map a target is: by name, or by address in the group's VPC.
fn who(target: &Target, group: &TargetGroup, network: &Network, index: &Index<'_>) -> Option<usize> {
    if let Some(at) = index.by_name.get(target.id.as_str()) {
        return Some(*at);
    }
    let address = target.id.parse().ok()?;
    let own = network.interface_at(&group.vpc_id, address);
    let peered = || network.vpcs.keys().find_map(|vpc| network.interface_at(vpc, address));
    let interface = own.or_else(peered)?;
    index.by_interface.get(interface.network_interface_id.as_str()).copied()
}

/// The listeners that hand something to a group.
fn listeners(balancer: &Balancer, group: &str) -> String {
    let mut words = BTreeSet::new();
    for listener in balancer.listeners.iter().flatten() {
        let actions = listener.rules.iter().flatten().flat_map(|rule| &rule.actions).chain(&listener.default_actions);
        if actions.flat_map(|action| action.forwards_to()).any(|to| to == group) {
            words.insert(match listener.port {
                Some(port) => format!("{}:{port}", listener.protocol),
                None => "everything".to_owned(),
            });
        }
    }
    if words.is_empty() { "no listener".to_owned() } else { words.into_iter().collect::<Vec<_>>().join(", ") }
}

/// The protocols that targets see.
fn protocols(of: &str) -> &'static [&'static str] {
    match of {
        "UDP" | "GENEVE" | "QUIC" => &["udp"],
        "TCP_UDP" | "TCP_QUIC" => &["tcp", "udp"],
        _ => &["tcp"],
    }
}

fn word(protocol: &str, port: Option<i64>) -> String {
    port.map_or_else(|| protocol.to_owned(), |port| format!("{protocol}/{port}"))
}
