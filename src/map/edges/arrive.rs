//! Whether packets that security groups let in get there at all: by routes, network ACLs, and the rules of those who send.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{networks, services};
use crate::exposure::supposed;
use crate::map::tree::Placed;
use crate::network::address::Addresses;
use crate::network::model::Network;
use crate::network::model::interface::IpPermission;
use crate::network::reach::{End, Engine, Outcome};
use crate::network::rules::{Rule, Rules};
use crate::network::services::Services;

/// An interface without groups in each subnet that is drawn: what it can send stands for what anything there can.
pub(super) fn probes(network: &mut Network, placed: &[Placed]) -> BTreeMap<String, String> {
    let subnets: BTreeSet<String> = placed.iter().flat_map(|one| one.leaf.subnets.iter().cloned()).collect();
    let mut probes = BTreeMap::new();
    for subnet in subnets {
        if let Some(id) = supposed(network, "the map", std::slice::from_ref(&subnet), &[]).pop() {
            probes.insert(subnet, id);
        }
    }
    probes
}

/// A rule of a group for what goes out.
struct Sends {
    services: Services,
    to: Addresses,
    groups: Vec<String>,
}

impl Sends {
    fn of(permission: &IpPermission, network: &Network) -> Self {
        Self {
            services: services(permission),
            to: networks(permission, network).iter().fold(Addresses::default(), |all, (_, range)| all.union(range)),
            groups: permission.user_id_group_pairs.iter().map(|pair| pair.group_id.clone()).collect(),
        }
    }

    fn reaches(&self, target: &Placed) -> bool {
        let addresses = &target.ends.addresses;
        self.groups.iter().any(|id| target.leaf.groups.contains(id))
            || (addresses.is_empty() && !self.to.is_empty())
            || self.to.overlaps(addresses)
    }
}

pub(super) struct Arrive<'a> {
    network: &'a Network,
    engine: Engine<'a>,
    probes: &'a BTreeMap<String, String>,
    known: HashMap<String, HashMap<String, Option<Services>>>,
    egress: HashMap<String, Vec<Sends>>,
    /// Pairs of subnets for which something was allowed that does not get there.
    stopped: BTreeSet<(String, String)>,
}

impl<'a> Arrive<'a> {
    pub(super) fn new(network: &'a Network, probes: &'a BTreeMap<String, String>) -> Self {
        let rules = Rules::without(Rule::SecurityGroupIngress).but(Rule::SecurityGroupEgress);
        Self {
            network,
            engine: Engine::new(network, rules),
            probes,
            known: HashMap::new(),
            egress: HashMap::new(),
            stopped: BTreeSet::new(),
        }
    }

    /// What of some services gets from one subnet to another. What nobody knows counts as getting there.
    pub(super) fn between(&mut self, source: &str, target: &str, wanted: &Services) -> Services {
        if source == target || source.is_empty() || target.is_empty() {
            return wanted.clone();
        }
        if self.known.get(source).and_then(|known| known.get(target)).is_none() {
            let found = self.ask(source, target);
            self.known.entry(source.to_owned()).or_default().insert(target.to_owned(), found);
        }
        let passes = self.known.get(source).and_then(|known| known.get(target)?.as_ref());
        let Some(passes) = passes else { return wanted.clone() };
        if passes.covers(wanted) {
            return wanted.clone();
        }
        let both = passes.intersection(wanted);
        if both.is_empty() {
            self.stopped.insert((source.to_owned(), target.to_owned()));
        }
        both
    }

    fn ask(&mut self, source: &str, target: &str) -> Option<Services> {
        let [from, to] = [source, target].map(|subnet| self.probes.get(subnet).map(|id| End::Interfaces(vec![id.clone()])));
        let answer = self.engine.directly(&from?, &to?, &Services::all());
        match answer.outcome {
            Outcome::Yes => Some(answer.services()),
            Outcome::No => Some(Services::default()),
            Outcome::Unknown => None,
        }
    }

    /// What of some services one may send to another, by its own security groups.
    pub(super) fn sent(&mut self, source: &Placed, target: &Placed, wanted: &Services) -> Services {
        let mut may = Services::default();
        for id in &source.leaf.groups {
            let Some(group) = self.network.groups.get(id) else { return wanted.clone() };
            if !self.egress.contains_key(id) {
                let rules = group.ip_permissions_egress.iter().map(|own| Sends::of(own, self.network)).collect();
                self.egress.insert(id.clone(), rules);
            }
            for rule in self.egress.get(id).into_iter().flatten().filter(|rule| rule.reaches(target)) {
                may = may.union(&rule.services);
                if may.covers(wanted) {
                    return wanted.clone();
                }
            }
        }
        if source.leaf.groups.is_empty() { wanted.clone() } else { may.intersection(wanted) }
    }

    pub(super) fn note(&self) -> Option<String> {
        let count = self.stopped.len();
        let pairs = if count == 1 { "one pair of subnets" } else { "pairs of subnets" };
        let number = if count == 1 { String::new() } else { format!("{count} ") };
        (count > 0).then(|| {
            format!(
                "security groups allow what routes or network ACLs stop between {number}{pairs}: that is not drawn, and `reach` says why"
            )
        })
    }
}
