//! From one end to another: every hop, and what stops packets where.

mod answer;
mod balancers;
mod block;
mod change;
mod edge;
mod ends;
mod filter;
mod fronts;
mod gateways;
mod named;
mod outside;
mod path;
mod routing;
mod transit;
mod unseen;
mod walk;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use super::address::Addresses;
use super::model::interface::Interface;
use super::model::{Network, Place};
use super::rules::{Rule, Rules};
use super::services::Services;
use super::traffic::Traffic;

pub use answer::{Answer, Outcome};
pub use change::Taken;
pub use ends::End;
use ends::{Goal, Start};
pub use named::NoEnd;
pub use path::{Code, Hop, Path, Stop};

/// Answers questions about networks.
#[derive(Debug)]
pub struct Engine<'a> {
    network: &'a Network,
    rules: Rules,
    /// The addresses of each security group's interfaces.
    members: HashMap<String, Addresses>,
    /// The question is about more than single networks.
    asked_widely: bool,
    /// The Regions that are meant where names and addresses are not enough.
    chosen: BTreeSet<Place>,
    /// The interfaces that load balancers pass on to.
    targets: HashSet<String>,
    /// Rules that are left out of the question that is being asked.
    taken: BTreeSet<Taken>,
}

impl<'a> Engine<'a> {
    /// An engine for these networks.
    #[must_use]
    pub fn new(network: &'a Network, rules: Rules) -> Self {
        let mut members: HashMap<String, Addresses> = HashMap::new();
        for interface in network.interfaces.values() {
            let mut own = private_addresses(interface);
            if !rules.has(Rule::SecurityGroupReferencePeering) {
                own = own.union(&walk::public_addresses(interface));
            }
            for group in interface.group_ids() {
                let all = members.entry(group.to_owned()).or_default();
                *all = all.union(&own);
            }
        }
        Self { network, rules, members, asked_widely: false, chosen: BTreeSet::new(), targets: network.targets(), taken: BTreeSet::new() }
    }

    /// Says which Regions are meant where several things have a name or an address.
    pub fn prefer(&mut self, places: impl IntoIterator<Item = Place>) {
        self.chosen = places.into_iter().collect();
    }

    /// The interfaces that load balancers pass on to.
    #[must_use]
    pub fn targets(&self) -> &HashSet<String> {
        &self.targets
    }

    fn is_chosen(&self, place: Place) -> bool {
        self.chosen.contains(&place)
    }

    /// Whether the internet reaches something, and for what: not through load balancers, which are exposed themselves.
    #[must_use]
    pub fn exposure(&mut self, to: &End) -> Answer {
        self.asked_widely = true;
        let services = Services::all();
        let from = Addresses::internet();
        let start = Start::Internet(from.clone());
        let mut paths = Vec::new();
        for goal in self.goals(to) {
            match &goal {
                Goal::Balancer(balancer) => {
                    paths.extend(self.to_balancer(&start, balancer, &services));
                    paths.extend(self.doors_to_balancer(from, balancer, &services));
                }
                Goal::Interface(interface, own) => {
                    paths.extend(self.walk(&start, &goal, &services));
                    paths.extend(self.through_doors(from, interface, own, &services));
                }
                _ => paths.extend(self.walk(&start, &goal, &services)),
            }
        }
        Answer::of(paths)
    }

    /// What gets from one interface to another without the help of load balancers and services.
    #[must_use]
    pub fn directly(&mut self, from: &End, to: &End, services: &Services) -> Answer {
        self.asked_widely = false;
        let (starts, goals) = (self.starts(from), self.goals(to));
        let ends = starts.iter().flat_map(|start| goals.iter().map(move |goal| (start, goal)));
        Answer::of(ends.flat_map(|(start, goal)| self.walk(start, goal, services)).collect())
    }

    /// Whether packets for some of the services get from one end to the other, and replies back.
    #[must_use]
    pub fn reach(&mut self, from: &End, to: &End, services: &Services) -> Answer {
        for (end, inward) in [(to, true), (from, false)] {
            if let End::Partly(ids, call) = end {
                let known = End::Interfaces(ids.clone());
                let answer = if inward { self.reach(from, &known, services) } else { self.reach(&known, to, services) };
                return if answer.outcome == Outcome::No { self.untold(call, services) } else { answer };
            }
        }
        if let End::OneOf(name, ids) = to {
            return Answer::one_of(name, ids.iter().map(|id| self.reach(from, &End::Interfaces(vec![id.clone()]), services)).collect());
        }
        if let Some(End::Untold(call)) = [from, to].into_iter().find(|end| matches!(end, End::Untold(_))) {
            return self.untold(call, services);
        }
        if let End::OneOf(name, ids) = from {
            return Answer::one_of(name, ids.iter().map(|id| self.reach(&End::Interfaces(vec![id.clone()]), to, services)).collect());
        }
        self.asked_widely = [from, to].into_iter().any(End::is_wide);
        let mut paths = Vec::new();
        let (starts, goals) = (self.starts(from), self.goals(to));
        for (start, goal) in starts.iter().flat_map(|start| goals.iter().map(move |goal| (start, goal))) {
            paths.extend(self.ways(start, goal, services));
            if paths.len() > MANY && thinned(&mut paths) {
                return Answer::of(paths);
            }
        }
        for end in [from, to] {
            if let End::Beyond(gateway) = end {
                for path in paths.iter_mut().filter(|path| path.hops.iter().all(|hop| hop.id != *gateway)) {
                    path.stop(Code::NO_PATH, gateway, "this way does not lead through it");
                }
            }
        }
        if paths.is_empty() {
            let nothing = Path::new(Traffic::new(&Addresses::all(), &Addresses::all(), services));
            paths = nothing.stopped(Code::NO_PATH, "", "nothing leads from the one to the other");
        }
        Answer::of(paths)
    }

    /// All ways from one place to another: direct ones, and through load balancers, services and what is in front of them.
    fn ways(&self, start: &Start<'a>, goal: &Goal<'a>, services: &Services) -> Vec<Path> {
        let mut paths = Vec::new();
        match goal {
            Goal::Balancer(balancer) => {
                paths.extend(self.to_balancer(start, balancer, services));
                if let Start::Internet(from) = start {
                    paths.extend(self.doors_to_balancer(from, balancer, services));
                }
            }
            Goal::Accelerator(accelerator) => {
                let far = self.to_accelerator(Addresses::internet(), accelerator, services);
                match start {
                    Start::Internet(from) => paths.extend(self.to_accelerator(from, accelerator, services)),
                    start => paths.extend(self.out_to(start, accelerator, services, &far)),
                }
            }
            Goal::Interface(interface, own) => {
                paths.extend(self.walk(start, goal, services));
                paths.extend(self.through_balancers(start, interface, own, services));
                paths.extend(self.through_services(start, interface, own, services));
                if let Start::Internet(from) = start {
                    paths.extend(self.through_doors(from, interface, own, services));
                }
            }
            _ => paths.extend(self.walk(start, goal, services)),
        }
        paths
    }
}

impl Engine<'_> {
    fn untold(&self, call: &str, services: &Services) -> Answer {
        Answer::of(Path::new(Traffic::new(&Addresses::all(), &Addresses::all(), services)).unknown(call))
    }

    /// Whether a call was answered in full; the path notes where not.
    fn knows(&self, path: &mut Path, place: Place, call: &str) -> bool {
        let known = self.network.has(place, call);
        if !known {
            path.missing.insert(self.call_at(place, call));
        }
        known
    }

    /// A call, with its account and Region where there are several.
    fn call_at(&self, place: Place, call: &str) -> String {
        match self.network.place(place) {
            Some(region) if self.network.places.len() > 1 => format!("{}/{}:{call}", region.account, region.region),
            _ => call.to_owned(),
        }
    }
}

/// More ways than this are not kept.
const MANY: usize = 5_000;

/// Keeps the nearest ways; whether enough of them are open.
fn thinned(paths: &mut Vec<Path>) -> bool {
    const KEPT: usize = 1_000;
    paths.sort_by_key(|path| path.stops.len());
    paths.truncate(KEPT);
    paths.iter().filter(|path| path.arrives()).count() == KEPT
}

/// The addresses of an interface within its VPC.
#[must_use]
pub fn private_addresses(interface: &Interface) -> Addresses {
    let v4 = interface.addresses().map(|(private, _)| private);
    let v6 = interface.ipv6_addresses.iter().map(|address| address.ipv6_address.as_str());
    let single = v4.chain(v6).filter_map(|text| text.parse::<IpAddr>().ok()).map(Addresses::from);
    let delegated = interface.ipv4_prefixes.iter().map(|own| &own.ipv4_prefix);
    let delegated = delegated.chain(interface.ipv6_prefixes.iter().map(|own| &own.ipv6_prefix)).filter_map(|text| Addresses::parse(text));
    single.chain(delegated).fold(Addresses::default(), |all, one| all.union(&one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_ways_are_kept() {
        let path = |stops: usize| {
            let mut path = Path::new(Traffic::new(&Addresses::all(), &Addresses::all(), &Services::all()));
            (0..stops).for_each(|at| path.stop(Code::ACL, &at.to_string(), ""));
            path
        };
        let mut few_open: Vec<Path> = (0..MANY).map(|at| path(at % 7)).chain([path(0)]).collect();
        assert!(!thinned(&mut few_open), "fewer are open than are kept");
        assert!(few_open.iter().filter(|path| path.arrives()).count() == MANY / 7 + 2 && few_open.iter().all(|path| path.stops.len() < 2));
        let mut open: Vec<Path> = (0..MANY).map(|at| path(at % 2)).collect();
        assert!(thinned(&mut open) && open.iter().all(Path::arrives));
    }
}

/// Names, so that they are spelled once.
mod calls {
    pub(super) const VPCS: &str = "ec2-describe-vpcs";
    pub(super) const SUBNETS: &str = "ec2-describe-subnets";
    pub(super) const TABLES: &str = "ec2-describe-route-tables";
    pub(super) const ACLS: &str = "ec2-describe-network-acls";
    pub(super) const INSTANCES: &str = "ec2-describe-instances";
    pub(super) const INTERNET_GATEWAYS: &str = "ec2-describe-internet-gateways";
    pub(super) const EGRESS_ONLY: &str = "ec2-describe-egress-only-internet-gateways";
    pub(super) const NAT_GATEWAYS: &str = "ec2-describe-nat-gateways";
    pub(super) const PEERINGS: &str = "ec2-describe-vpc-peering-connections";
    pub(super) const BLOCK: &str = "ec2-describe-vpc-block-public-access-options";
    pub(super) const EXCLUSIONS: &str = "ec2-describe-vpc-block-public-access-exclusions";
    pub(super) const CARRIER_GATEWAYS: &str = "ec2-describe-carrier-gateways";
    pub(super) const VPN_GATEWAYS: &str = "ec2-describe-vpn-gateways";
    pub(super) const VPN_CONNECTIONS: &str = "ec2-describe-vpn-connections";
    pub(super) const ENDPOINTS: &str = "ec2-describe-vpc-endpoints";
    pub(super) const ATTACHMENTS: &str = "ec2-describe-transit-gateway-attachments";
    pub(super) const VPC_ATTACHMENTS: &str = "ec2-describe-transit-gateway-vpc-attachments";
    pub(super) const TRANSIT_PEERINGS: &str = "ec2-describe-transit-gateway-peering-attachments";
    pub(super) const TRANSIT_ROUTES: &str = "ec2-search-transit-gateway-routes";
    pub(super) const BALANCERS: &str = "elbv2-describe-load-balancers";
    pub(super) const CLASSIC_BALANCERS: &str = "elb-describe-load-balancers";
    pub(super) const LISTENERS: &str = "elbv2-describe-listeners";
    pub(super) const RULES: &str = "elbv2-describe-rules";
    pub(super) const TARGET_GROUPS: &str = "elbv2-describe-target-groups";
    pub(super) const HEALTH: &str = "elbv2-describe-target-health";
    pub(super) const ACCELERATORS: &str = "globalaccelerator-list-accelerators";
    pub(super) const VPC_ORIGINS: &str = "cloudfront-list-vpc-origins";
    pub(super) const DISTRIBUTIONS: &str = "cloudfront-list-distributions";
    pub(super) const ACCELERATOR_LISTENERS: &str = "globalaccelerator-list-listeners";
    pub(super) const ENDPOINT_GROUPS: &str = "globalaccelerator-list-endpoint-groups";
    pub(super) const VIRTUAL_INTERFACES: &str = "directconnect-describe-virtual-interfaces";
    pub(super) const DIRECT_ASSOCIATIONS: &str = "directconnect-describe-direct-connect-gateway-associations";
    pub(super) const INTERFACES: &str = "ec2-describe-network-interfaces";
    pub(super) const GROUPS: &str = "ec2-describe-security-groups";
    pub(super) const LIST_ENTRIES: &str = "ec2-get-managed-prefix-list-entries";
}
