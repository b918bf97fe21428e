//! What the internet reaches, and who of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ipnet::IpNet;
use serde_json::json;

use super::{Edges, Why, ingress, networks, outside, services};
use crate::map::node::Rule;
use crate::map::tree::Placed;
use crate::map::{Map, ends};
use crate::network::address::Addresses;
use crate::network::model::interface::SecurityGroup;
use crate::network::reach::{Answer, End, Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::network::sources::Sources;

/// The node of the whole internet.
const INTERNET: &str = "0.0.0.0/0";
/// More networks than this are one node.
const NETWORKS: usize = 12;

/// A node of what is outside.
struct Outside {
    id: String,
    name: String,
    kind: &'static str,
    networks: Vec<String>,
    addresses: Addresses,
}

impl Edges<'_> {
    /// From the internet, wherever the engine says that packets arrive.
    pub(super) fn exposures(&mut self, placed: &[Placed], map: &mut Map) {
        let mut engine = Engine::new(self.network, Rules::default());
        let mut judged: HashMap<&str, (bool, bool)> = HashMap::new();
        let mut many: BTreeMap<Vec<String>, String> = BTreeMap::new();
        let mut found: Vec<(&Placed, Services, Outside)> = Vec::new();
        for one in placed {
            let end = match ends::balancer(&one.leaf) {
                Some(key) => End::Balancer(key),
                None => End::Interfaces(one.ends.interfaces.clone()),
            };
            let nobody = matches!(&end, End::Interfaces(ids) if ids.is_empty());
            let answer = if nobody { Answer::nothing() } else { engine.exposure(&end) };
            let parts = if answer.outcome == Outcome::Yes { answer.parts() } else { Vec::new() };
            let public = parts.iter().any(|(_, from)| Sources::of(from) == Sources::Everybody);
            let unknown = answer.outcome == Outcome::Unknown || (one.ends.unknown && parts.is_empty());
            judged.extend(one.nodes.iter().map(|node| (node.as_str(), (public, unknown))));
            for (services, from) in parts {
                found.extend(self.who(&from, &mut many).into_iter().map(|outside| (one, services.clone(), outside)));
            }
        }
        fold(&mut found);
        for (one, services, outside) in &found {
            self.exposed(one, services, outside);
        }
        for node in &mut map.nodes {
            if let Some((public, unknown)) = judged.get(node.id.as_str()) {
                (node.public, node.unknown) = (*public, *unknown);
            }
        }
    }

    fn exposed(&mut self, one: &Placed, services: &Services, from: &Outside) {
        let network = self.network;
        let groups: Vec<&SecurityGroup> =
            one.leaf.groups.iter().filter_map(|id| network.groups.get(id)).map(|known| &known.value).collect();
        let found = self.rules(&groups, services, &from.addresses);
        let rules: Vec<Rule> = found.iter().map(|(rule, _)| rule.clone()).collect();
        let groups: Vec<&SecurityGroup> = found.iter().map(|(_, group)| *group).collect();
        let ports = services.words();
        let data = if from.networks.len() > 1 { json!(from.networks) } else { json!(from.id) };
        let node = outside(&from.name, &from.id, from.kind, data);
        self.node(&from.id, node);
        for node in &one.nodes {
            self.add(&from.id, node, "public", &Why { ports: &ports, rules: &rules, groups: &groups, count: 1 });
        }
    }

    /// The rules that let some of the services in from some of the addresses.
    fn rules<'g>(&self, groups: &[&'g SecurityGroup], wanted: &Services, from: &Addresses) -> Vec<(Rule, &'g SecurityGroup)> {
        let mut found = Vec::new();
        for group in groups {
            for permission in &group.ip_permissions {
                let own = services(permission);
                if own.intersection(wanted).is_empty() {
                    continue;
                }
                let fits = networks(permission, self.network).into_iter().filter(|(_, range)| !range.intersection(from).is_empty());
                found.extend(fits.map(|(text, _)| (ingress(group, &own.words(), &text), *group)));
            }
        }
        found
    }

    /// The internet, or the networks that may come in, by their names if they have any.
    fn who(&self, from: &Addresses, many: &mut BTreeMap<Vec<String>, String>) -> Vec<Outside> {
        let public = from.intersection(Addresses::internet());
        if most_of(&public.only_v4(), 32) || most_of(&public.only_v6(), 125) {
            let (id, name) = (INTERNET.to_owned(), "Public".to_owned());
            return vec![Outside { id, name, kind: "cloud", networks: Vec::new(), addresses: from.clone() }];
        }
        let mut named: BTreeMap<String, Outside> = BTreeMap::new();
        let mut rest = Vec::new();
        for network in public.networks() {
            let holds = |(range, _): &&(IpNet, String)| range.contains(&network);
            match self.options.cidrs.iter().filter(holds).max_by_key(|(range, _)| range.prefix_len()) {
                Some((range, name)) => {
                    let known = named.entry(range.to_string()).or_insert_with(|| single(range.to_string(), name));
                    known.addresses = known.addresses.union(&network.into());
                }
                None => rest.push(network),
            }
        }
        let mut found: Vec<Outside> = named.into_values().collect();
        if rest.len() <= NETWORKS {
            found.extend(
                rest.into_iter().map(|network| Outside { addresses: network.into(), ..single(network.to_string(), &network.to_string()) }),
            );
        } else {
            found.push(together(&rest, many));
        }
        found
    }
}

/// More nodes outside than this are no picture: those without a name become one.
fn fold(found: &mut [(&Placed, Services, Outside)]) {
    const MOST: usize = 60;
    let nameless = |outside: &Outside| outside.kind == "ip" && (outside.name == outside.id || !outside.networks.is_empty());
    let ids: BTreeSet<String> = found.iter().filter(|(.., outside)| nameless(outside)).map(|(.., outside)| outside.id.clone()).collect();
    if ids.len() <= MOST {
        return;
    }
    let all = found
        .iter()
        .filter(|(.., outside)| nameless(outside))
        .fold(Addresses::default(), |all, (.., outside)| all.union(&outside.addresses));
    let networks: Vec<String> = all.networks().iter().map(ToString::to_string).collect();
    for (.., outside) in found.iter_mut().filter(|(.., outside)| nameless(outside)) {
        "networks".clone_into(&mut outside.id);
        outside.name = format!("{} networks", networks.len());
        outside.networks.clone_from(&networks);
    }
}

/// Whether a set is at least a quarter of the internet, which has so many bits.
fn most_of(addresses: &Addresses, bits: i32) -> bool {
    let size = |network: &IpNet| 2_f64.powi(i32::from(network.max_prefix_len()) - i32::from(network.prefix_len()));
    addresses.networks().iter().map(size).sum::<f64>() >= 2_f64.powi(bits - 2)
}

fn single(id: String, name: &str) -> Outside {
    Outside { id, name: name.to_owned(), kind: "ip", networks: Vec::new(), addresses: Addresses::default() }
}

/// Many networks as one node; the same ones are the same node.
fn together(networks: &[IpNet], many: &mut BTreeMap<Vec<String>, String>) -> Outside {
    let texts: Vec<String> = networks.iter().map(ToString::to_string).collect();
    let number = many.len() + 1;
    let id = many.entry(texts.clone()).or_insert_with(|| format!("networks-{number}")).clone();
    let addresses = networks.iter().fold(Addresses::default(), |all, network| all.union(&(*network).into()));
    Outside { id, name: format!("{} networks", networks.len()), kind: "ip", networks: texts, addresses }
}
