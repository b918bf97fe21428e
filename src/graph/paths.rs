//! Ways through the graph: the shortest ones first, certain before possible.

use std::collections::{BTreeSet, VecDeque};

use super::model::{Admin, Edge, Graph, Kind};

/// Which edges count.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those that nothing stands in the way of.
    pub certain: bool,
    /// Not through these.
    pub avoid: BTreeSet<usize>,
    /// Services on their own behalf too: they act for whoever makes them.
    pub services: bool,
}

/// One step of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hop {
    /// By an edge: its place.
    Edge(usize),
    /// An administrator acts as anybody of its account.
    All {
        /// Whoever administers the account.
        from: usize,
        /// One of its principals.
        to: usize,
    },
}

/// A graph that can be walked in both directions.
#[derive(Debug)]
pub struct Ways<'g> {
    graph: &'g Graph,
    /// Places of edges by where they start, and by where they end.
    out: Vec<Vec<u32>>,
    into: Vec<Vec<u32>>,
    /// Of each account, whoever administers it, and its principals.
    admins: Vec<Option<usize>>,
    members: Vec<Vec<usize>>,
}

/// How far each node is from what was asked about, and the next hop towards it.
#[derive(Debug, Clone, Default)]
pub struct Distances {
    /// Hops; none where there is no way.
    pub steps: Vec<Option<u32>>,
    /// The hop to take.
    pub next: Vec<Option<Hop>>,
}

impl<'g> Ways<'g> {
    /// Of a graph.
    #[must_use]
    pub fn new(graph: &'g Graph) -> Self {
        let count = graph.nodes.len();
        let (mut out, mut into) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (at, edge) in (0_u32..).zip(&graph.edges) {
            if let Some(list) = out.get_mut(edge.from) {
                list.push(at);
            }
            if let Some(list) = into.get_mut(edge.to) {
                list.push(at);
            }
        }
        let mut admins = vec![None; graph.accounts.len()];
        let mut members = vec![Vec::new(); graph.accounts.len()];
        for (at, node) in graph.nodes.iter().enumerate() {
            let Some(account) = node.account else { continue };
            if node.kind == Kind::Admin {
                if let Some(place) = admins.get_mut(account) {
                    *place = Some(at);
                }
            } else if let Some(list) = members.get_mut(account) {
                list.push(at);
            }
        }
        Self { graph, out, into, admins, members }
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// The edge of a hop.
    #[must_use]
    pub fn edge(&self, hop: Hop) -> Option<&'g Edge> {
        match hop {
            Hop::Edge(at) => self.graph.edges.get(at),
            Hop::All { .. } => None,
        }
    }

    /// Where a hop starts and ends.
    #[must_use]
    pub fn ends(&self, hop: Hop) -> (usize, usize) {
        match hop {
            Hop::Edge(at) => self.graph.edges.get(at).map_or((0, 0), |edge| (edge.from, edge.to)),
            Hop::All { from, to } => (from, to),
        }
    }

    fn counts(&self, edge: &Edge, filter: &Filter) -> bool {
        let kind = self.graph.nodes.get(edge.from).map(|node| node.kind);
        (edge.certain || !filter.certain) && (filter.services || kind != Some(Kind::Service))
    }

    /// The hops from a node that count without a choice.
    #[must_use]
    pub fn leaving(&self, at: usize) -> Vec<Hop> {
        self.hops(at, &Filter::default())
    }

    /// The hops from a node.
    fn hops(&self, at: usize, filter: &Filter) -> Vec<Hop> {
        let edges = self.out.get(at).into_iter().flatten().map(|edge| *edge as usize);
        let counted = edges.filter(|edge| self.graph.edges.get(*edge).is_some_and(|edge| self.counts(edge, filter)));
        let mut hops: Vec<Hop> = counted.map(Hop::Edge).collect();
        if let Some(node) = self.graph.nodes.get(at).filter(|node| node.kind == Kind::Admin) {
            let members = node.account.and_then(|account| self.members.get(account));
            hops.extend(members.into_iter().flatten().map(|to| Hop::All { from: at, to: *to }));
        }
        hops
    }

    /// The hops that end at a node.
    fn hops_into(&self, at: usize, filter: &Filter) -> Vec<Hop> {
        let edges = self.into.get(at).into_iter().flatten().map(|edge| *edge as usize);
        let counted = edges.filter(|edge| self.graph.edges.get(*edge).is_some_and(|edge| self.counts(edge, filter)));
        let mut hops: Vec<Hop> = counted.map(Hop::Edge).collect();
        let node = self.graph.nodes.get(at).filter(|node| node.kind != Kind::Admin);
        if let Some(admin) = node.and_then(|node| self.admins.get(node.account?).copied().flatten()) {
            hops.push(Hop::All { from: admin, to: at });
        }
        hops
    }

    /// How far everybody is from one of the goals, and which way to go.
    #[must_use]
    pub fn toward(&self, goals: impl IntoIterator<Item = usize>, filter: &Filter) -> Distances {
        self.toward_until(goals, filter, |_| false)
    }

    /// The same for some only: of others, it may not be told.
    #[must_use]
    pub fn toward_those(&self, goals: impl IntoIterator<Item = usize>, filter: &Filter, those: &[usize]) -> Distances {
        let mut wanted = vec![false; self.graph.nodes.len()];
        let mut left = 0;
        for at in those {
            if let Some(place) = wanted.get_mut(*at)
                && !std::mem::replace(place, true)
            {
                left += 1;
            }
        }
        if left == 0 {
            return Distances::none(self.graph.nodes.len());
        }
        self.toward_until(goals, filter, |at| {
            left -= usize::from(wanted.get(at).copied().unwrap_or(false));
            left == 0
        })
    }

    fn toward_until(&self, goals: impl IntoIterator<Item = usize>, filter: &Filter, mut enough: impl FnMut(usize) -> bool) -> Distances {
        let mut found = Distances::none(self.graph.nodes.len());
        let mut queue = VecDeque::new();
        for goal in goals {
            if found.reach(goal, 0, None) {
                queue.push_back(goal);
                if enough(goal) {
                    return found;
                }
            }
        }
        while let Some(at) = queue.pop_front() {
            let steps = found.steps.get(at).copied().flatten().unwrap_or(0);
            // One who is to be avoided may be a goal, and leads nowhere.
            if steps > 0 && filter.avoid.contains(&at) {
                continue;
            }
            for hop in self.hops_into(at, filter) {
                let (from, _) = self.ends(hop);
                if !filter.avoid.contains(&from) && found.reach(from, steps + 1, Some(hop)) {
                    queue.push_back(from);
                    if enough(from) {
                        return found;
                    }
                }
            }
        }
        found
    }

    /// Everybody whom a node can come to act as, with the way: the last hop of it.
    #[must_use]
    pub fn from(&self, start: usize, filter: &Filter) -> Distances {
        self.from_all([start], filter)
    }

    /// The same for whoever is nearest of several.
    #[must_use]
    pub fn from_all(&self, starts: impl IntoIterator<Item = usize>, filter: &Filter) -> Distances {
        let mut found = Distances::none(self.graph.nodes.len());
        let mut queue = VecDeque::new();
        for start in starts {
            if found.reach(start, 0, None) {
                queue.push_back(start);
            }
        }
        while let Some(at) = queue.pop_front() {
            let steps = found.steps.get(at).copied().flatten().unwrap_or(0);
            for hop in self.hops(at, filter) {
                let (_, to) = self.ends(hop);
                if !filter.avoid.contains(&to) && found.reach(to, steps + 1, Some(hop)) {
                    queue.push_back(to);
                }
            }
        }
        found
    }

    /// The way from a node by the next hops of [`Self::toward`].
    #[must_use]
    pub fn follow(&self, start: usize, distances: &Distances) -> Vec<Hop> {
        let mut way = Vec::new();
        let mut at = start;
        while let Some(hop) = distances.next.get(at).copied().flatten() {
            way.push(hop);
            at = self.ends(hop).1;
        }
        way
    }

    /// All shortest ways from one node to another, at most so many, and how many there are.
    #[must_use]
    pub fn shortest(&self, from: usize, to: usize, filter: &Filter, most: usize) -> (Vec<Vec<Hop>>, u64) {
        let distances = self.toward([to], filter);
        let mut ways = Vec::new();
        if from == to || distances.steps.get(from).copied().flatten().is_none() {
            return (ways, 0);
        }
        let total = self.count(from, to, &distances, filter);
        let mut open: Vec<(usize, Vec<Hop>)> = vec![(from, Vec::new())];
        while let Some((at, way)) = open.pop() {
            if at == to {
                ways.push(way);
                if ways.len() == most {
                    break;
                }
                continue;
            }
            let mut hops = self.nearer(at, &distances, filter);
            hops.reverse();
            for hop in hops {
                let mut longer = way.clone();
                longer.push(hop);
                open.push((self.ends(hop).1, longer));
            }
        }
        (ways, total)
    }

    /// The hops that lead one step nearer.
    fn nearer(&self, at: usize, distances: &Distances, filter: &Filter) -> Vec<Hop> {
        let steps = |at: usize| distances.steps.get(at).copied().flatten();
        let Some(here) = steps(at) else { return Vec::new() };
        self.hops(at, filter).into_iter().filter(|hop| steps(self.ends(*hop).1).is_some_and(|there| there + 1 == here)).collect()
    }

    fn count(&self, from: usize, to: usize, distances: &Distances, filter: &Filter) -> u64 {
        let mut order: Vec<usize> =
            (0..self.graph.nodes.len()).filter(|at| distances.steps.get(*at).copied().flatten().is_some()).collect();
        order.sort_by_key(|at| distances.steps.get(*at).copied().flatten());
        let mut counts = vec![0_u64; self.graph.nodes.len()];
        let limit = distances.steps.get(from).copied().flatten().unwrap_or(0);
        for at in order.into_iter().take_while(|at| distances.steps.get(*at).copied().flatten().is_some_and(|steps| steps <= limit)) {
            let own = if at == to {
                1
            } else {
                let next = self.nearer(at, distances, filter).into_iter();
                next.map(|hop| counts.get(self.ends(hop).1).copied().unwrap_or(0)).fold(0, u64::saturating_add)
            };
            if let Some(count) = counts.get_mut(at) {
                *count = own;
            }
        }
        counts.get(from).copied().unwrap_or(0)
    }

    /// Administrators, and whoever stands for all of an account's.
    #[must_use]
    pub fn administrators(&self, certain: bool) -> Vec<usize> {
        let is = |admin: &Admin| *admin == Admin::Yes || (!certain && *admin != Admin::No);
        self.graph.nodes.iter().enumerate().filter(|(_, node)| is(&node.admin)).map(|(at, _)| at).collect()
    }
}

/// The nearest of some goals: by certain steps to certain goals, else by any.
#[derive(Debug, Clone, Default)]
pub struct Nearest {
    /// By certain steps.
    pub certain: Distances,
    /// By any.
    pub possible: Distances,
}

impl Nearest {
    /// `goals` are told whether only certain ones count.
    pub fn new<G: IntoIterator<Item = usize>>(ways: &Ways<'_>, goals: impl Fn(bool) -> G, filter: &Filter) -> Self {
        Self {
            certain: ways.toward(goals(true), &Filter { certain: true, ..filter.clone() }),
            possible: ways.toward(goals(filter.certain), filter),
        }
    }

    /// Administrators, save for those who are to be avoided.
    #[must_use]
    pub fn administrators(ways: &Ways<'_>, filter: &Filter) -> Self {
        let goals = |certain: bool| ways.administrators(certain).into_iter().filter(|at| !filter.avoid.contains(at)).collect::<Vec<_>>();
        Self::new(ways, goals, filter)
    }

    /// Those that tell the way of a node: the certain ones, if there is such a way.
    #[must_use]
    pub fn of(&self, at: usize) -> &Distances {
        if self.certain.has(at) { &self.certain } else { &self.possible }
    }
}

impl Distances {
    fn none(count: usize) -> Self {
        Self { steps: vec![None; count], next: vec![None; count] }
    }

    fn reach(&mut self, at: usize, steps: u32, hop: Option<Hop>) -> bool {
        match self.steps.get_mut(at).zip(self.next.get_mut(at)) {
            Some((known @ None, next)) => {
                *known = Some(steps);
                *next = hop;
                true
            }
            _ => false,
        }
    }

    /// The way to a node by the last hops of [`Ways::from`].
    #[must_use]
    pub fn back(&self, ways: &Ways<'_>, to: usize) -> Vec<Hop> {
        let mut way = Vec::new();
        let mut at = to;
        while let Some(hop) = self.next.get(at).copied().flatten() {
            way.push(hop);
            at = ways.ends(hop).0;
        }
        way.reverse();
        way
    }

    /// Whether there is a way.
    #[must_use]
    pub fn has(&self, at: usize) -> bool {
        self.steps.get(at).copied().flatten().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::model::{GraphAccount, Node};
    use std::collections::BTreeMap;

    fn graph(names: &[&str], edges: &[(usize, usize, bool)]) -> Graph {
        let account = GraphAccount {
            name: "a".to_owned(),
            id: "111122223333".to_owned(),
            partition: "aws".to_owned(),
            collected: None,
            gaps: Vec::new(),
            unseen: BTreeMap::new(),
        };
        let node = |name: &&str| Node {
            arn: (*name).to_owned(),
            name: (*name).to_owned(),
            kind: if *name == "admin" { Kind::Admin } else { Kind::Role },
            account: Some(0),
            admin: if *name == "admin" { Admin::Yes } else { Admin::No },
            because: Vec::new(),
            tags: BTreeMap::new(),
        };
        let edge = |(from, to, certain): &(usize, usize, bool)| Edge { from: *from, to: *to, technique: 0, certain: *certain, via: None };
        let mut graph = Graph {
            accounts: vec![account],
            nodes: names.iter().map(node).collect(),
            edges: edges.iter().map(edge).collect(),
            notes: Vec::new(),
        };
        graph.edges.sort_unstable();
        graph
    }

    #[test]
    fn shortest_ways_are_all_of_one_length() {
        let graph =
            graph(&["a", "b", "c", "d", "e"], &[(0, 1, true), (0, 2, true), (1, 3, true), (2, 3, false), (0, 4, true), (4, 1, true)]);
        let ways = Ways::new(&graph);
        let (all, total) = ways.shortest(0, 3, &Filter::default(), 10);
        assert_eq!((all.len(), total), (2, 2));
        assert!(all.iter().all(|way| way.len() == 2));
        let (certain, _) = ways.shortest(0, 3, &Filter { certain: true, ..Filter::default() }, 10);
        assert_eq!(certain.len(), 1);
        let around = Filter { avoid: BTreeSet::from([1, 2]), ..Filter::default() };
        assert_eq!(ways.shortest(0, 3, &around, 10).1, 0);
    }

    #[test]
    fn administrators_act_as_everybody() {
        let graph = graph(&["a", "b", "admin"], &[(0, 2, true)]);
        let ways = Ways::new(&graph);
        let from = ways.from(0, &Filter::default());
        assert_eq!(from.steps, [Some(0), Some(2), Some(1)]);
        let toward = ways.toward([1], &Filter::default());
        assert_eq!(toward.steps, [Some(2), Some(0), Some(1)]);
        assert_eq!(ways.follow(0, &toward).len(), 2);
    }
}
