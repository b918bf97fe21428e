//! Whether the internet reaches network interfaces, for which services, and from where.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::entry::{Entry, Verdict};
use super::found::Found;
use super::groups::public_ports;
use super::interfaces::{Interfaces, SUPPOSED};
use crate::model::Confidence;
use crate::network::address::Addresses;
use crate::network::model::Network;
use crate::network::reach::{Answer, Code, End, Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::network::sources::Sources;
use crate::network::traffic::Side;

/// A target of a load balancer.
pub(super) struct Behind {
    pub(super) interface: String,
    /// Of the instance, or of the interface.
    pub(super) arn: String,
    pub(super) name: Option<String>,
    /// Name and id.
    pub(super) account: (String, String),
    pub(super) region: String,
}

impl Behind {
    fn of(network: &Network, id: &str) -> Option<Self> {
        let interface = network.interfaces.get(id)?;
        let place = network.place(interface.place)?;
        // Nodes of load balancers are told by those.
        if interface.description.starts_with("ELB ") {
            return None;
        }
        let instance = interface.attachment.as_ref().and_then(|attached| network.instances.get(&attached.instance_id));
        let resource = instance.map_or_else(|| format!("network-interface/{id}"), |instance| format!("instance/{}", instance.instance_id));
        let tags = instance.map_or(&interface.tags, |instance| &instance.tags);
        Some(Self {
            interface: id.to_owned(),
            arn: format!("arn:{}:ec2:{}:{}:{resource}", place.partition, place.region, place.account),
            name: tags.iter().find(|tag| tag.key == "Name").map(|tag| tag.value.clone()),
            account: (place.name.clone(), place.account.clone()),
            region: place.region.clone(),
        })
    }
}

/// What the engine says of one interface.
#[derive(Debug)]
struct Exposed {
    outcome: Outcome,
    /// Services, and who may use them; no service twice.
    parts: Vec<(Services, Addresses)>,
    missing: BTreeSet<String>,
    /// The first way, with the rules that let packets through.
    path: Vec<String>,
    /// What stops them, in words.
    stops: Vec<String>,
    /// Nothing but VPC Block Public Access stops them.
    only_blocked: bool,
}

/// Asks the engine about each interface once.
pub(super) struct Reachable<'a> {
    network: &'a Network,
    engine: Engine<'a>,
    known: HashMap<String, Rc<Exposed>>,
    /// The names of load balancers.
    fronts: HashSet<&'a str>,
}

impl<'a> Reachable<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        let fronts = network.balancers.values().map(|balancer| balancer.name.as_str()).collect();
        Self { network, engine: Engine::new(network, Rules::default()), known: HashMap::new(), fronts }
    }

    fn exposed(&mut self, id: &str) -> Rc<Exposed> {
        if let Some(known) = self.known.get(id) {
            return known.clone();
        }
        let answer = self.engine.exposure(&End::Interfaces(vec![id.to_owned()]));
        let exposed = Rc::new(Exposed::of(&answer));
        self.known.insert(id.to_owned(), exposed.clone());
        exposed
    }

    /// Judges a resource by its interfaces.
    pub(super) fn judge(&mut self, entry: &mut Entry, found: &Found, interfaces: &Interfaces) {
        entry.interfaces = interfaces.ids.iter().filter(|id| id.starts_with("eni-")).cloned().collect();
        entry.groups = match &found.security_groups {
            Some(groups) if !groups.is_empty() => groups.clone(),
            _ => self.groups(&interfaces.ids),
        };
        let wanted = wanted(found.ports.as_deref());
        if interfaces.supposed {
            entry.confidence = Confidence::Likely;
        }
        if !interfaces.bare.is_empty() {
            entry.verdict = Verdict::Public;
            entry.ports = wanted.words();
            entry.because(format!("public address {}", interfaces.bare.join(", ")));
            return;
        }
        if let Some(beyond) = &found.beyond {
            self.judge_beyond(entry, beyond, interfaces, &wanted);
            return;
        }
        let exposed: Vec<Rc<Exposed>> = interfaces.ids.iter().map(|id| self.exposed(id)).collect();
        if by_traffic(entry, &exposed, &wanted) || self.through_balancers(entry, &interfaces.ids, &wanted) {
            return;
        }
        without_traffic(entry, &exposed, interfaces);
    }

    /// Whatever load balancers pass on to.
    pub(super) fn targets(&self) -> Vec<Behind> {
        let mut ids: Vec<&String> = self.engine.targets().iter().collect();
        ids.sort();
        ids.into_iter().filter_map(|id| Behind::of(self.network, id)).collect()
    }

    /// Whether an interface answers everybody, or some, through a load balancer.
    pub(super) fn is_behind(&mut self, entry: &mut Entry, interface: &str) -> bool {
        let ids = vec![interface.to_owned()];
        entry.groups = self.groups(&ids);
        let found = self.through_balancers(entry, &ids, &Services::all());
        entry.interfaces = ids;
        found
    }

    /// What is private may still answer everybody, behind a load balancer.
    fn through_balancers(&mut self, entry: &mut Entry, ids: &[String], wanted: &Services) -> bool {
        let behind: Vec<String> = ids.iter().filter(|id| self.engine.targets().contains(id.as_str())).cloned().collect();
        if behind.is_empty() {
            return false;
        }
        let answer = self.engine.reach(&End::Internet, &End::Interfaces(behind), wanted);
        let mut exposed = Exposed::of(&answer);
        if exposed.outcome != Outcome::Yes {
            return false;
        }
        let front = answer.paths.iter().find_map(|path| path.hops.iter().find(|hop| self.fronts.contains(hop.id.as_str())));
        exposed.parts.retain(|(_, from)| Sources::of(from) != Sources::Nobody);
        let found = by_traffic(entry, &[Rc::new(exposed)], wanted);
        if found {
            entry.through = front.map(|hop| hop.id.clone());
        }
        found
    }

    /// Whether the network beyond a carrier or local gateway reaches a resource: what the gateway's own rules are is not in
    /// a snapshot, so security groups decide.
    fn judge_beyond(&mut self, entry: &mut Entry, beyond: &str, interfaces: &Interfaces, wanted: &Services) {
        let mut services = Services::default();
        for id in &interfaces.ids {
            let Some(interface) = self.network.interfaces.get(id) else { continue };
            let carrier = self.network.carrier_gateways.values().find(|gateway| gateway.vpc_id == interface.vpc_id);
            services = match carrier {
                Some(gateway) => {
                    let from = End::Beyond(gateway.carrier_gateway_id.clone());
                    let answer = self.engine.reach(&from, &End::Interfaces(vec![id.clone()]), wanted);
                    let everybody = Sources::of(&answer.addresses(Side::From)) == Sources::Everybody;
                    if answer.outcome == Outcome::Yes && everybody { services.union(&answer.services()) } else { services }
                }
                None => public_ports(self.network, &entry.groups).iter().fold(services, |all, group| all.union(&group.services)),
            };
        }
        services = services.intersection(wanted);
        if !services.is_empty() {
            entry.verdict = Verdict::Shared;
            entry.ports = services.words();
            entry.to = vec![beyond.to_owned()];
        }
    }

    fn groups(&self, ids: &[String]) -> Vec<String> {
        let interfaces = ids.iter().filter_map(|id| self.network.interfaces.get(id));
        let groups: BTreeSet<&str> = interfaces.flat_map(|interface| interface.group_ids()).collect();
        groups.into_iter().map(str::to_owned).collect()
    }
}

fn wanted(ports: Option<&[String]>) -> Services {
    match ports {
        None | Some([]) => Services::all(),
        Some(ports) => ports.iter().filter_map(|port| port.parse::<Services>().ok()).fold(Services::default(), |all, one| all.union(&one)),
    }
}

/// Says who gets in; whether anybody does.
fn by_traffic(entry: &mut Entry, exposed: &[Rc<Exposed>], wanted: &Services) -> bool {
    let (mut everybody, mut some) = (Services::default(), Vec::new());
    for (services, from) in exposed.iter().flat_map(|exposed| &exposed.parts) {
        let services = services.intersection(wanted);
        if services.is_empty() {
            continue;
        }
        match Sources::of(from) {
            Sources::Everybody => everybody = everybody.union(&services),
            Sources::Some(networks) => some.push((services, networks)),
            Sources::Nobody => {}
        }
    }
    if let Some(first) = exposed.iter().find(|exposed| exposed.outcome == Outcome::Yes) {
        entry.path.clone_from(&first.path);
    }
    if !everybody.is_empty() {
        entry.verdict = Verdict::Public;
        entry.ports = everybody.words();
        entry.to = widest(exposed, &everybody);
        for (services, networks) in some {
            entry.because(format!("{services} from {}", networks.join(", ")));
        }
        return true;
    }
    if some.is_empty() {
        return false;
    }
    entry.verdict = Verdict::Shared;
    let mut services = Services::default();
    for (own, networks) in some {
        services = services.union(&own);
        entry.to.extend(networks);
    }
    entry.ports = services.words();
    entry.to.sort();
    entry.to.dedup();
    true
}

/// Everybody, as networks, where that is not all of the internet.
fn widest(exposed: &[Rc<Exposed>], services: &Services) -> Vec<String> {
    const MOST: usize = 50;
    let parts = exposed.iter().flat_map(|exposed| &exposed.parts).filter(|(own, _)| !own.intersection(services).is_empty());
    let all = parts.fold(Addresses::default(), |all, (_, from)| all.union(from)).intersection(Addresses::internet());
    let (v4, v6) = (Addresses::internet().only_v4(), Addresses::internet().only_v6());
    // The VPC's own addresses are cut out of the internet.
    let whole = |own: &Addresses, of: &Addresses| own.is_empty() || of.difference(own).networks().len() <= 3;
    if whole(&all.only_v4(), &v4) && whole(&all.only_v6(), &v6) {
        return Vec::new();
    }
    all.networks().iter().take(MOST).map(ToString::to_string).collect()
}

fn without_traffic(entry: &mut Entry, exposed: &[Rc<Exposed>], interfaces: &Interfaces) {
    let missing: BTreeSet<String> =
        exposed.iter().filter(|exposed| exposed.outcome == Outcome::Unknown).flat_map(|exposed| exposed.missing.iter().cloned()).collect();
    let missing: BTreeSet<String> = missing.into_iter().chain(interfaces.missing.iter().cloned()).collect();
    if !missing.is_empty() {
        entry.verdict = Verdict::Unknown;
        entry.missing = missing;
    } else if let Some(blocked) = exposed.iter().find(|exposed| exposed.only_blocked) {
        entry.verdict = Verdict::Blocked;
        entry.guardrail = Some("VPC Block Public Access".to_owned());
        entry.path.clone_from(&blocked.path);
    } else {
        entry.verdict = Verdict::No;
        for stop in exposed.iter().flat_map(|exposed| exposed.stops.first()) {
            entry.because(stop.clone());
        }
    }
}

/// The first few rules that let packets through; those of a group name it, which was said.
fn rules(id: &str, by: &[String]) -> String {
    const SHOWN: usize = 3;
    let bare = |rule: &String| rule.strip_prefix(id).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(rule).to_owned();
    let mut words: Vec<String> = by.iter().take(SHOWN).map(bare).collect();
    if by.len() > SHOWN {
        words.push("…".to_owned());
    }
    if words.is_empty() { String::new() } else { format!(" ({})", words.join("; ")) }
}

/// Of a supposed interface, where it is.
fn shown(id: &str) -> &str {
    if id.starts_with(SUPPOSED) { id.split(" of ").next().unwrap_or(id) } else { id }
}

impl Exposed {
    fn of(answer: &Answer) -> Self {
        let mut exposed = Self {
            outcome: answer.outcome,
            parts: Vec::new(),
            missing: answer.missing().into_iter().map(str::to_owned).collect(),
            path: Vec::new(),
            stops: Vec::new(),
            only_blocked: false,
        };
        if let Some(path) = answer.paths.first() {
            exposed.path = path.hops.iter().map(|hop| format!("{}{}", shown(&hop.id), rules(&hop.id, &hop.by))).collect();
        }
        match answer.outcome {
            Outcome::Yes => exposed.parts = answer.parts(),
            Outcome::No => {
                let stops = answer.stops();
                exposed.only_blocked = !stops.is_empty() && stops.iter().all(|stop| stop.code == Code::BLOCKED);
                exposed.stops = stops.iter().map(|stop| format!("{}: {}", stop.at, stop.code.words().trim_end_matches('.'))).collect();
            }
            Outcome::Unknown => {}
        }
        exposed
    }
}
