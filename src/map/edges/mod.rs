//! Who may talk to whom: from the internet as the network engine says, within and between VPCs by the rules of security groups
//! where routes and network ACLs let packets through, and what leads from one network to another.

mod arrive;
mod inside;
mod links;
mod outside;
mod targets;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::node::{Edge, Node, Rule};
use super::tree::Placed;
use super::{Map, Options};
use crate::network::address::Addresses;
use crate::network::model::Network;
use crate::network::model::interface::{IpPermission, SecurityGroup};
use crate::network::services::Services;
use arrive::Arrive;

/// More groups than this are told by name alone: a file of hundreds of megabytes helps nobody.
const WHOLE: usize = 20_000;

pub(super) fn build(network: &mut Network, placed: &[Placed], options: &Options, map: &mut Map) {
    let probes = arrive::probes(network, placed);
    let mut edges = Edges {
        network,
        options,
        numbers: HashMap::new(),
        by_ends: HashMap::new(),
        order: Vec::new(),
        within_one: 0,
        nodes: BTreeMap::new(),
    };
    let index = Index::new(placed, map);
    edges.exposures(placed, map);
    let public: BTreeSet<String> = map.nodes.iter().filter(|node| node.public).map(|node| node.id.clone()).collect();
    let mut arrive = Arrive::new(edges.network, &probes);
    edges.within(placed, &index, &public, &mut arrive);
    edges.gateway_endpoints(placed);
    edges.targets(placed, &index);
    edges.peerings(map);
    edges.transit_gateways(map);
    edges.private_gateways(map);
    map.notes.extend(arrive.note());
    edges.finish(map);
}

/// What of the placed has a group, an interface, or stands in a subnet.
struct Index<'a> {
    by_group: HashMap<&'a str, Vec<usize>>,
    by_vpc: BTreeMap<&'a str, Vec<usize>>,
    by_interface: HashMap<&'a str, usize>,
    by_name: HashMap<&'a str, usize>,
    parents: HashMap<String, String>,
}

impl<'a> Index<'a> {
    fn new(placed: &'a [Placed], map: &Map) -> Self {
        let parents = map.nodes.iter().filter_map(|node| Some((node.id.clone(), node.parent.clone()?))).collect();
        let mut index =
            Self { by_group: HashMap::new(), by_vpc: BTreeMap::new(), by_interface: HashMap::new(), by_name: HashMap::new(), parents };
        for (at, one) in placed.iter().enumerate() {
            for group in &one.leaf.groups {
                index.by_group.entry(group).or_default().push(at);
            }
            index.by_vpc.entry(&one.vpc).or_default().push(at);
            for interface in &one.ends.interfaces {
                index.by_interface.insert(interface, at);
            }
            let names = one.leaf.members.iter().chain([&one.leaf.id]).chain(&one.leaf.arn);
            index.by_name.extend(names.map(|name| (name.as_str(), at)));
        }
        index
    }

    fn with_group(&self, group: &str) -> &[usize] {
        self.by_group.get(group).map(Vec::as_slice).unwrap_or_default()
    }

    /// The subnet that a node is in.
    fn subnet(&self, node: &str) -> &str {
        let parent = self.parents.get(node).map(String::as_str).unwrap_or_default();
        parent.split_once(":subnet/").map_or("", |(_, subnet)| subnet)
    }

    /// The boxes in which some nodes are.
    fn boxes(&self, nodes: &BTreeSet<&str>) -> BTreeMap<String, usize> {
        let mut boxes = BTreeMap::new();
        for parent in nodes.iter().filter_map(|node| self.parents.get(*node)) {
            *boxes.entry(parent.clone()).or_insert(0) += 1;
        }
        boxes
    }
}

struct Edges<'a> {
    network: &'a Network,
    options: &'a Options,
    /// Numbers of nodes, so that edges are found fast.
    numbers: HashMap<String, usize>,
    by_ends: HashMap<(usize, usize, &'static str), usize>,
    order: Vec<Edge>,
    /// Connections that would begin and end at one node.
    within_one: usize,
    /// Nodes of what is outside, and of gateways: those that an edge has to are drawn.
    nodes: BTreeMap<String, Node>,
}

/// What an edge says.
#[derive(Debug, Default)]
struct Why<'w> {
    ports: &'w [String],
    rules: &'w [Rule],
    groups: &'w [&'w SecurityGroup],
    count: usize,
}

impl Edges<'_> {
    fn add(&mut self, source: &str, target: &str, class: &'static str, why: &Why<'_>) {
        if source == target {
            self.within_one += why.count;
            return;
        }
        let key = (self.number(source), self.number(target), class);
        let place = *self.by_ends.entry(key).or_insert(self.order.len());
        if place == self.order.len() {
            let count = why.count.max(1);
            self.order.push(Edge { source: source.to_owned(), target: target.to_owned(), class, count, ..Edge::default() });
        }
        let Some(edge) = self.order.get_mut(place) else { return };
        for port in why.ports {
            if !edge.ports.contains(port) {
                edge.ports.push(port.clone());
            }
        }
        for rule in why.rules {
            if !edge.rules.contains(rule) {
                edge.rules.push(rule.clone());
            }
        }
        for group in why.groups {
            if !edge.groups.contains(&group.group_id) {
                edge.groups.push(group.group_id.clone());
            }
        }
    }

    fn number(&mut self, node: &str) -> usize {
        if let Some(number) = self.numbers.get(node) {
            return *number;
        }
        let number = self.numbers.len();
        self.numbers.insert(node.to_owned(), number);
        number
    }

    /// A node that is drawn if an edge leads to it.
    fn node(&mut self, id: &str, node: Node) {
        self.nodes.entry(id.to_owned()).or_insert_with(|| Node { id: id.to_owned(), count: 1, ..node });
    }

    fn finish(mut self, map: &mut Map) {
        let drawn: BTreeSet<String> = map.nodes.iter().map(|node| node.id.clone()).collect();
        let known = |id: &String| drawn.contains(id) || self.nodes.contains_key(id);
        self.order.retain(|edge| known(&edge.source) && known(&edge.target));
        let used: BTreeSet<&String> = self.order.iter().flat_map(|edge| [&edge.source, &edge.target]).collect();
        let extra = std::mem::take(&mut self.nodes).into_values();
        map.nodes.extend(extra.filter(|node| used.contains(&node.id)).map(|mut node| {
            node.parent = node.parent.filter(|parent| drawn.contains(parent));
            node
        }));
        map.edges = self.order;
        if self.within_one > 0 {
            map.notes.push(format!("{} connections within single subnets are too many to be drawn, and are not counted", self.within_one));
        }
        if self.options.node_data {
            map.groups = groups(self.network, &map.edges);
        }
    }
}

/// The groups that edges name: all of each, unless that were too much.
fn groups(network: &Network, edges: &[Edge]) -> BTreeMap<String, Value> {
    let named: BTreeSet<&String> = edges.iter().flat_map(|edge| &edge.groups).collect();
    let whole = edges.iter().map(|edge| edge.groups.len()).sum::<usize>() <= WHOLE;
    let record = |id: &&String| -> Option<(String, Value)> {
        let group = &network.groups.get(*id)?.value;
        let brief = || json!({"GroupId": group.group_id, "GroupName": group.group_name, "VpcId": group.vpc_id});
        let value = if whole { serde_json::to_value(group).ok()? } else { brief() };
        Some(((*id).clone(), value))
    };
    named.iter().filter_map(record).collect()
}

/// What a permission is for.
fn services(permission: &IpPermission) -> Services {
    Services::of(&permission.ip_protocol, permission.from_port.map(|first| (first, permission.to_port.unwrap_or(first))))
}

/// Who a permission names by address, each as it is written.
fn networks(permission: &IpPermission, network: &Network) -> Vec<(String, Addresses)> {
    let v4 = permission.ip_ranges.iter().map(|range| &range.cidr_ip);
    let v6 = permission.ipv6_ranges.iter().map(|range| &range.cidr_ipv6);
    let written = v4.chain(v6).filter_map(|text| Some((text.clone(), Addresses::parse(text)?)));
    let lists = permission.prefix_list_ids.iter().filter_map(|list| {
        let known = network.lists.get(&list.prefix_list_id)?;
        let name = if known.name.is_empty() { list.prefix_list_id.clone() } else { format!("{} ({})", list.prefix_list_id, known.name) };
        Some((name, known.networks.clone()?))
    });
    written.chain(lists).collect()
}

fn ingress(group: &SecurityGroup, ports: &[String], from: &str) -> Rule {
    Rule { group: group.group_id.clone(), direction: "ingress", rule: format!("{} from {from}", ports.join(", ")) }
}

/// A text that is known by its id, as nodes outside have it.
fn outside(name: &str, local: &str, kind: &str, data: Value) -> Node {
    let data = if data.is_null() { json!(local) } else { data };
    Node { name: name.to_owned(), local: local.to_owned(), kind: kind.to_owned(), data, ..Node::default() }
}
