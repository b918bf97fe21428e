//! Connections within VPCs, and between those that are joined.

use std::collections::{BTreeMap, BTreeSet};

use super::arrive::Arrive;
use super::{Edges, Index, Why, ingress, networks, services};
use crate::map::node::Rule;
use crate::map::tree::Placed;
use crate::network::address::Addresses;
use crate::network::model::interface::SecurityGroup;
use crate::network::services::Services;

/// With more single connections than this, a rule is drawn between boxes: large maps show less of each.
fn most_single(drawn: usize) -> usize {
    match drawn {
        0..=300 => 10_000,
        301..=1_000 => 2_500,
        _ => 25,
    }
}

/// A rule that lets something in, and what it is drawn with.
struct Allowed<'r> {
    group: &'r SecurityGroup,
    services: Services,
    ports: Vec<String>,
    rule: Rule,
}

impl Edges<'_> {
    /// By the rules of the groups: from interfaces of other groups, and from networks. CloudMapper draws what lets everybody in
    /// even where the rest is not asked for, if the internet cannot use it.
    pub(super) fn within(&mut self, placed: &[Placed], index: &Index<'_>, public: &BTreeSet<String>, arrive: &mut Arrive<'_>) {
        let (network, all) = (self.network, self.options.internal_edges);
        let joined = self.joined();
        for group in network.groups.values() {
            let targets = index.with_group(&group.group_id).to_vec();
            let hidden = |at: &usize| placed.get(*at).is_some_and(|one| one.nodes.iter().all(|node| !public.contains(node)));
            let hidden: Vec<usize> = targets.iter().copied().filter(hidden).collect();
            if targets.is_empty() || (!all && hidden.is_empty()) {
                continue;
            }
            for permission in &group.ip_permissions {
                let services = services(permission);
                let ports = services.words();
                let allowed = |from: &str| Allowed {
                    group: &group.value,
                    services: services.clone(),
                    ports: ports.clone(),
                    rule: ingress(&group.value, &ports, from),
                };
                for pair in permission.user_id_group_pairs.iter().filter(|_| all) {
                    let sources = index.with_group(&pair.group_id).to_vec();
                    self.join(placed, index, &sources, &targets, &allowed(&pair.group_id), arrive);
                }
                for (text, range) in networks(permission, network) {
                    let everybody = range.covers(&Addresses::internet().only_v4());
                    if !all && !everybody {
                        continue;
                    }
                    let sources = inside(placed, index, &range, everybody, &group.vpc_id, &joined);
                    let targets = if all { &targets } else { &hidden };
                    self.join(placed, index, &sources, targets, &allowed(&text), arrive);
                }
            }
        }
    }

    /// The VPCs that each is joined with: by peering, and by transit gateways.
    fn joined(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut joined: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut join = |vpcs: &BTreeSet<&str>| {
            for vpc in vpcs {
                joined
                    .entry((*vpc).to_owned())
                    .or_default()
                    .extend(vpcs.iter().filter(|other| *other != vpc).map(|&other| other.to_owned()));
            }
        };
        for peering in self.network.peerings.values().filter(|peering| peering.status.code == "active") {
            join(&[&peering.requester_vpc_info, &peering.accepter_vpc_info].map(|side| side.vpc_id.as_str()).into());
        }
        // Peered gateways are one; which of their networks reach which, routes decide.
        let mut leader: BTreeMap<&str, &str> = BTreeMap::new();
        for peering in self.network.transit_peerings.values() {
            let ends = [&peering.requester_tgw_info, &peering.accepter_tgw_info].map(|side| side.transit_gateway_id.as_str());
            let [one, other] = ends.map(|id| leader.get(id).copied().unwrap_or(id));
            leader.values_mut().filter(|first| **first == other).for_each(|first| *first = one);
            leader.extend(ends.map(|id| (id, one)));
        }
        let mut attached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for attachment in self.network.vpc_attachments.values().filter(|attachment| attachment.state == "available") {
            let id = attachment.transit_gateway_id.as_str();
            attached.entry(leader.get(id).copied().unwrap_or(id)).or_default().insert(&attachment.vpc_id);
        }
        attached.values().for_each(join);
        joined
    }

    fn join(
        &mut self,
        placed: &[Placed],
        index: &Index<'_>,
        sources: &[usize],
        targets: &[usize],
        allowed: &Allowed<'_>,
        arrive: &mut Arrive<'_>,
    ) {
        let one = |at: &usize| placed.get(*at);
        let starts = |one: &&Placed| one.leaf.starts || (self.options.inter_rds_edges && one.leaf.kind.starts_with("rds"));
        let sources: Vec<&Placed> = sources.iter().filter_map(one).filter(starts).collect();
        let targets: Vec<&Placed> = targets.iter().filter_map(one).collect();
        let count = |ends: &[&Placed]| ends.iter().map(|one| one.nodes.len()).sum::<usize>();
        let most = most_single(placed.len());
        if count(&sources) * count(&targets) <= most {
            for source in sources {
                for target in &targets {
                    self.single(index, source, target, allowed, arrive);
                }
            }
            return;
        }
        let sent: Vec<(&Placed, Services)> = sources
            .into_iter()
            .map(|source| {
                let may = |target: &&Placed| arrive.sent(source, target, &allowed.services);
                (source, targets.iter().map(may).find(|sent| !sent.is_empty()).unwrap_or_default())
            })
            .filter(|(_, sent)| !sent.is_empty())
            .collect();
        self.within_boxes(index, &sent, &targets, allowed, most);
        let services = sent.iter().fold(Services::default(), |all, (_, sent)| all.union(sent));
        let sources = index.boxes(&sent.iter().flat_map(|(one, _)| one.nodes.iter().map(String::as_str)).collect());
        let targets = index.boxes(&targets.iter().flat_map(|one| one.nodes.iter().map(String::as_str)).collect());
        let subnet = |id: &str| id.split_once(":subnet/").map(|(_, id)| id.to_owned()).unwrap_or_default();
        for (source, from) in &sources {
            for (target, to) in targets.iter().filter(|(target, _)| *target != source) {
                let services = arrive.between(&subnet(source), &subnet(target), &services);
                self.draw(source, target, &services, allowed, from * to);
            }
        }
    }

    /// Where both ends are in one subnet: single connections, unless those are too many as well.
    fn within_boxes(&mut self, index: &Index<'_>, sent: &[(&Placed, Services)], targets: &[&Placed], allowed: &Allowed<'_>, most: usize) {
        type Sources<'s> = Vec<(&'s str, &'s Services)>;
        let mut by_box: BTreeMap<&str, (Sources<'_>, Vec<&str>)> = BTreeMap::new();
        for (node, services) in sent.iter().flat_map(|(one, services)| one.nodes.iter().map(move |node| (node, services))) {
            by_box.entry(index.subnet(node)).or_default().0.push((node, services));
        }
        for node in targets.iter().flat_map(|one| &one.nodes) {
            by_box.entry(index.subnet(node)).or_default().1.push(node);
        }
        for (sources, targets) in by_box.into_iter().filter(|(subnet, _)| !subnet.is_empty()).map(|(_, ends)| ends) {
            if sources.len() * targets.len() > most {
                self.within_one += sources.len() * targets.len();
                continue;
            }
            for (source, services) in sources {
                for target in targets.iter().filter(|target| **target != source) {
                    self.draw(source, target, services, allowed, 1);
                }
            }
        }
    }

    fn single(&mut self, index: &Index<'_>, source: &Placed, target: &Placed, allowed: &Allowed<'_>, arrive: &mut Arrive<'_>) {
        let sent = arrive.sent(source, target, &allowed.services);
        if sent.is_empty() || source.leaf.id == target.leaf.id {
            return;
        }
        for from in &source.nodes {
            for to in &target.nodes {
                let services = arrive.between(index.subnet(from), index.subnet(to), &sent);
                self.draw(from, to, &services, allowed, 1);
            }
        }
    }

    fn draw(&mut self, source: &str, target: &str, services: &Services, allowed: &Allowed<'_>, count: usize) {
        if services.is_empty() {
            return;
        }
        let own = if *services == allowed.services { None } else { Some(services.words()) };
        let ports = own.as_ref().unwrap_or(&allowed.ports);
        let why = Why { ports, rules: std::slice::from_ref(&allowed.rule), groups: &[allowed.group], count };
        self.add(source, target, "allowed", &why);
    }
}

/// Who of a VPC and of those joined with it has an address in a network.
fn inside(
    placed: &[Placed],
    index: &Index<'_>,
    range: &Addresses,
    everybody: bool,
    vpc: &str,
    joined: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<usize> {
    if everybody {
        return index.by_vpc.get(vpc).cloned().unwrap_or_default();
    }
    let vpcs = joined.get(vpc).into_iter().flatten().map(String::as_str).chain([vpc]);
    let all = vpcs.filter_map(|vpc| index.by_vpc.get(vpc)).flatten();
    let has = |at: &&usize| placed.get(**at).is_some_and(|one| one.ends.addresses.overlaps(range));
    all.filter(has).copied().collect()
}
