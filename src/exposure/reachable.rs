//! Whether the internet reaches network interfaces, for which services, and from where.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::entry::{Confidence, Entry, Verdict};
use super::found::Found;
use super::groups::public_ports;
use super::interfaces::{Interfaces, SUPPOSED};
use crate::network::address::Addresses;
use crate::network::model::Network;
use crate::network::reach::{Answer, Code, End, Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::network::sources::Sources;
use crate::network::traffic::Side;

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
}

impl<'a> Reachable<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        Self { network, engine: Engine::new(network, Rules::default()), known: HashMap::new() }
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
        if !by_traffic(entry, &exposed, &wanted) {
            without_traffic(entry, &exposed, interfaces);
        }
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
