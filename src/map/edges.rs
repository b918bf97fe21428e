//! Who may talk to whom: by the rules of security groups within VPCs and over peering, from the internet as the network
//! engine says, from load balancers to their targets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::node::{Edge, Node, Rule};
use super::tree::Placed;
use super::{Map, Options};
use crate::network::address::Addresses;
use crate::network::model::Network;
use crate::network::model::interface::{IpPermission, SecurityGroup};
use crate::network::reach::{Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::network::traffic::Side;

/// The node of the whole internet.
const INTERNET: &str = "0.0.0.0/0";
/// With more single connections than this, a rule is drawn between boxes.
const SINGLE: usize = 400;
/// More networks than this are not drawn for one resource.
const NETWORKS: usize = 12;

pub(super) fn build(network: &Network, placed: &[Placed], options: &Options, map: &mut Map) {
    let mut edges = Edges { network, options, by_ends: BTreeMap::new(), order: Vec::new(), outside: BTreeMap::new() };
    let index = Index::new(placed, map);
    if options.internal_edges {
        edges.within(placed, &index);
    }
    edges.gateway_endpoints(placed);
    edges.exposures(placed, map);
    edges.targets(placed);
    edges.peerings(map);
    edges.finish(map);
}

/// What of the placed has a group, or stands in a subnet.
struct Index<'a> {
    by_group: HashMap<&'a str, Vec<usize>>,
    by_vpc: BTreeMap<&'a str, Vec<usize>>,
    parents: HashMap<String, String>,
}

impl<'a> Index<'a> {
    fn new(placed: &'a [Placed], map: &Map) -> Self {
        let mut index = Self { by_group: HashMap::new(), by_vpc: BTreeMap::new(), parents: HashMap::new() };
        for (at, one) in placed.iter().enumerate() {
            for group in &one.leaf.groups {
                index.by_group.entry(group).or_default().push(at);
            }
            index.by_vpc.entry(&one.vpc).or_default().push(at);
        }
        index.parents = map.nodes.iter().filter_map(|node| Some((node.id.clone(), node.parent.clone()?))).collect();
        index
    }

    fn with_group(&self, group: &str) -> &[usize] {
        self.by_group.get(group).map(Vec::as_slice).unwrap_or_default()
    }

    /// The boxes in which some nodes are.
    fn boxes(&self, nodes: &BTreeSet<String>) -> BTreeMap<String, usize> {
        let mut boxes = BTreeMap::new();
        for parent in nodes.iter().filter_map(|node| self.parents.get(node)) {
            *boxes.entry(parent.clone()).or_insert(0) += 1;
        }
        boxes
    }
}

struct Edges<'a> {
    network: &'a Network,
    options: &'a Options,
    by_ends: BTreeMap<(String, String, &'static str), usize>,
    order: Vec<Edge>,
    /// Address ranges outside, by the text of the range: their names.
    outside: BTreeMap<String, String>,
}

/// What an edge says.
struct Why<'w> {
    ports: &'w [String],
    rule: Option<Rule>,
    group: Option<&'w SecurityGroup>,
    count: usize,
}

impl<'a> Edges<'a> {
    fn add(&mut self, source: &str, target: &str, class: &'static str, why: &Why<'_>) {
        if source == target {
            return;
        }
        let key = (source.to_owned(), target.to_owned(), class);
        let place = *self.by_ends.entry(key).or_insert(self.order.len());
        if place == self.order.len() {
            self.order.push(Edge { source: source.to_owned(), target: target.to_owned(), class, count: why.count, ..Edge::default() });
        }
        let Some(edge) = self.order.get_mut(place) else { return };
        for port in why.ports {
            if !edge.ports.contains(port) {
                edge.ports.push(port.clone());
            }
        }
        if let Some(rule) = why.rule.clone().filter(|rule| !edge.rules.contains(rule)) {
            edge.rules.push(rule);
        }
        if let Some(group) = why.group.filter(|_| self.options.node_data) {
            let told = edge.data.iter().any(|value| value.get("GroupId").and_then(Value::as_str) == Some(&group.group_id));
            if !told {
                edge.data.push(json!({"GroupId": group.group_id, "GroupName": group.group_name, "VpcId": group.vpc_id}));
            }
        }
    }

    /// By the rules of the groups: from interfaces of other groups, and from private networks.
    fn within(&mut self, placed: &[Placed], index: &Index<'_>) {
        let network = self.network;
        for group in network.groups.values() {
            let targets: Vec<usize> = index.with_group(&group.group_id).to_vec();
            if targets.is_empty() {
                continue;
            }
            for permission in &group.value.ip_permissions {
                let ports = services(permission).words();
                for pair in &permission.user_id_group_pairs {
                    let sources = index.with_group(&pair.group_id).to_vec();
                    self.join(placed, index, &sources, &targets, &group.value, &ports, &pair.group_id);
                }
                let own = permission
                    .ip_ranges
                    .iter()
                    .map(|range| &range.cidr_ip)
                    .chain(permission.ipv6_ranges.iter().map(|range| &range.cidr_ipv6));
                for range in own.filter_map(|text| text.parse::<IpNet>().ok()) {
                    let sources = self.inside(placed, index, range, &group.vpc_id);
                    self.join(placed, index, &sources, &targets, &group.value, &ports, &range.to_string());
                }
            }
        }
    }

    /// Who of a VPC and of those peered with it has an address in a network.
    fn inside(&self, placed: &[Placed], index: &Index<'_>, range: IpNet, vpc: &str) -> Vec<usize> {
        if Addresses::from(range).covers(&Addresses::internet().only_v4()) || range.prefix_len() == 0 {
            return index.by_vpc.get(vpc).cloned().unwrap_or_default();
        }
        let peers =
            self.network.peerings.values().filter(|peering| peering.status.code == "active").filter_map(|peering| peering.far_side(vpc));
        let vpcs = peers.map(|far| far.vpc_id.as_str()).chain([vpc]);
        let all = vpcs.filter_map(|vpc| index.by_vpc.get(vpc)).flatten();
        let has = |at: &&usize| placed.get(**at).is_some_and(|one| self.addresses(one).any(|address| range.contains(&address)));
        all.filter(has).copied().collect()
    }

    fn addresses<'p>(&self, one: &'p Placed) -> impl Iterator<Item = IpAddr> + 'p {
        one.leaf.ips.iter().filter_map(|ip| ip.parse().ok())
    }

    #[expect(clippy::too_many_arguments, reason = "both ends, and why")]
    fn join(
        &mut self,
        placed: &[Placed],
        index: &Index<'_>,
        sources: &[usize],
        targets: &[usize],
        group: &SecurityGroup,
        ports: &[String],
        from: &str,
    ) {
        let starts = |at: &&usize| {
            placed.get(**at).is_some_and(|one| one.leaf.starts || (self.options.inter_rds_edges && one.leaf.kind.starts_with("rds")))
        };
        let nodes = |at: &usize| placed.get(*at).map(|one| one.nodes.clone()).unwrap_or_default();
        let sources: BTreeSet<String> = sources.iter().filter(starts).flat_map(nodes).collect();
        let targets: BTreeSet<String> = targets.iter().flat_map(nodes).collect();
        let rule = Rule { group: group.group_id.clone(), direction: "ingress", rule: format!("{} from {from}", ports.join(", ")) };
        if sources.len() * targets.len() <= SINGLE {
            for (source, target) in sources.iter().flat_map(|source| targets.iter().map(move |target| (source, target))) {
                self.add(source, target, "allowed", &Why { ports, rule: Some(rule.clone()), group: Some(group), count: 1 });
            }
            return;
        }
        let (sources, targets) = (index.boxes(&sources), index.boxes(&targets));
        for (source, from) in &sources {
            for (target, to) in &targets {
                self.add(source, target, "allowed", &Why { ports, rule: Some(rule.clone()), group: Some(group), count: from * to });
            }
        }
    }

    /// From the VPC to a gateway endpoint: every subnet whose table it serves.
    fn gateway_endpoints(&mut self, placed: &[Placed]) {
        let network = self.network;
        for one in placed.iter().filter(|one| one.leaf.gateway) {
            let Some(endpoint) = network.endpoints.get(&one.leaf.local) else { continue };
            for subnet in network.subnets_of(&endpoint.vpc_id) {
                let table = network.own_table(&subnet.subnet_id).or_else(|| network.main_table(&subnet.vpc_id));
                if !table.is_some_and(|table| endpoint.route_table_ids.contains(&table.route_table_id)) {
                    continue;
                }
                let Some(place) = network.place(subnet.place) else { continue };
                let source = format!("arn:{}::{}:{}:subnet/{}", place.partition, place.region, place.account, subnet.subnet_id);
                for node in &one.nodes {
                    self.add(&source, node, "endpoint", &Why { ports: &["tcp/443".to_owned()], rule: None, group: None, count: 1 });
                }
            }
        }
    }

    /// From the internet, wherever the engine says that packets arrive.
    fn exposures(&mut self, placed: &[Placed], map: &mut Map) {
        let mut engine = Engine::new(self.network, Rules::default());
        let mut judged: HashMap<&str, (bool, bool)> = HashMap::new();
        for one in placed {
            let name = one.leaf.arn.as_deref().unwrap_or(&one.leaf.local);
            let Ok(end) = engine.end(name) else { continue };
            let answer = engine.exposure(&end);
            let unknown = answer.outcome == Outcome::Unknown;
            for node in &one.nodes {
                judged.insert(node, (answer.outcome == Outcome::Yes, unknown));
            }
            if answer.outcome != Outcome::Yes {
                continue;
            }
            let ports = answer.services().words();
            for (id, label) in self.sources(&answer.addresses(Side::From)) {
                self.outside.insert(id.clone(), label);
                for node in &one.nodes {
                    self.add(&id, node, "public", &Why { ports: &ports, rule: None, group: None, count: 1 });
                }
            }
        }
        for node in &mut map.nodes {
            if let Some((public, unknown)) = judged.get(node.id.as_str()) {
                (node.public, node.unknown) = (*public, *unknown);
            }
        }
    }

    /// The internet, or the networks that may come in, by their names if they have any.
    fn sources(&self, from: &Addresses) -> Vec<(String, String)> {
        let internet = Addresses::internet();
        if from.covers(&internet.only_v4()) || from.covers(&internet.only_v6()) {
            return vec![(INTERNET.to_owned(), "Public".to_owned())];
        }
        let networks = from.networks();
        if networks.len() > NETWORKS {
            return vec![(INTERNET.to_owned(), "Public".to_owned())];
        }
        let named = |network: IpNet| {
            let known = self.options.cidrs.iter().filter(|(range, _)| range.contains(&network)).max_by_key(|(range, _)| range.prefix_len());
            match known {
                Some((range, name)) => (range.to_string(), name.clone()),
                None => (network.to_string(), network.to_string()),
            }
        };
        networks.into_iter().map(named).collect()
    }

    /// From load balancers to what is registered with them.
    fn targets(&mut self, placed: &[Placed]) {
        let network = self.network;
        let nodes_of: HashMap<&str, &Placed> = placed.iter().map(|one| (one.leaf.local.as_str(), one)).collect();
        for one in placed.iter().filter(|one| matches!(one.leaf.kind.as_str(), "elb" | "elbv2")) {
            let key = one.leaf.arn.clone().unwrap_or_else(|| format!("{}/{}", one.leaf.place, one.leaf.local));
            let Some(balancer) = network.balancers.get(&key) else { continue };
            let groups = network.target_groups.values().filter(|group| group.load_balancer_arns.contains(&balancer.arn));
            let registered = groups.flat_map(|group| {
                group.value.targets.iter().flatten().map(|target| (target.id.as_str(), target.port.or(group.value.port)))
            });
            let classic = balancer.value.instances.iter().map(|id| (id.as_str(), None));
            for (id, port) in registered.chain(classic).collect::<Vec<_>>() {
                let Some(target) = nodes_of.get(id) else { continue };
                let ports: Vec<String> = port.map(|port| format!("tcp/{port}")).into_iter().collect();
                for (source, target) in one.nodes.iter().flat_map(|source| target.nodes.iter().map(move |target| (source, target))) {
                    self.add(source, target, "target", &Why { ports: &ports, rule: None, group: None, count: 1 });
                }
            }
        }
    }

    /// Between VPCs that are drawn.
    fn peerings(&mut self, map: &Map) {
        let drawn: HashMap<&str, &str> =
            map.nodes.iter().filter(|node| node.kind == "vpc").map(|node| (node.local.as_str(), node.id.as_str())).collect();
        for peering in self.network.peerings.values().filter(|peering| peering.status.code == "active") {
            let ends = [&peering.requester_vpc_info, &peering.accepter_vpc_info].map(|side| drawn.get(side.vpc_id.as_str()));
            if let [Some(source), Some(target)] = ends {
                self.add(source, target, "peering", &Why { ports: &[], rule: None, group: None, count: 1 });
            }
        }
    }

    fn finish(self, map: &mut Map) {
        let known: BTreeSet<&str> = map.nodes.iter().map(|node| node.id.as_str()).collect();
        let edges: Vec<Edge> = self
            .order
            .into_iter()
            .filter(|edge| {
                (known.contains(edge.source.as_str()) || self.outside.contains_key(&edge.source)) && known.contains(edge.target.as_str())
            })
            .collect();
        map.edges = edges;
        for (id, name) in self.outside {
            let kind = if id == INTERNET { "cloud" } else { "ip" };
            map.nodes.push(Node { local: id.clone(), data: json!(id), id, name, kind: kind.to_owned(), count: 1, ..Node::default() });
        }
    }
}

fn services(permission: &IpPermission) -> Services {
    Services::of(&permission.ip_protocol, permission.from_port.map(|first| (first, permission.to_port.unwrap_or(first))))
}
