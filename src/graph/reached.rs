//! Whom somebody certainly comes to act as, for many who ask: what an administrator reaches is found once.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::model::{Edge, Graph, Kind};
use super::paths::{Filter, Ways};

/// Of a graph.
pub(super) struct Reached<'g> {
    graph: &'g Graph,
    /// By node, whom its certain edges lead to.
    next: Vec<Vec<usize>>,
    by_admin: BTreeMap<usize, Rc<BTreeSet<usize>>>,
    last: Option<(usize, From)>,
}

/// Whom one comes to act as: by itself, and as the administrators that it becomes.
struct From {
    itself: BTreeSet<usize>,
    as_admin: Vec<Rc<BTreeSet<usize>>>,
}

impl<'g> Reached<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let mut next = vec![Vec::new(); graph.nodes.len()];
        let counts = |at: usize| graph.nodes.get(at).is_some_and(|node| node.kind != Kind::Service);
        for edge in graph.edges.iter().filter(|edge| edge.certain && counts(edge.from)) {
            if let Some(list) = next.get_mut(edge.from) {
                list.push(edge.to);
            }
        }
        Self { graph, next, by_admin: BTreeMap::new(), last: None }
    }

    /// Whether one certainly comes to act as another. Ask about one source after the other.
    pub(super) fn leads(&mut self, from: usize, to: usize) -> bool {
        if self.last.as_ref().is_none_or(|(known, _)| *known != from) {
            let found = self.search(from);
            self.last = Some((from, found));
        }
        let Some((_, found)) = &self.last else { return false };
        found.itself.contains(&to) || found.as_admin.iter().any(|all| all.contains(&to))
    }

    fn search(&mut self, start: usize) -> From {
        let mut found = From { itself: BTreeSet::from([start]), as_admin: Vec::new() };
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if self.graph.nodes.get(at).is_some_and(|node| node.kind == Kind::Admin) {
                found.as_admin.push(self.of_admin(at));
                continue;
            }
            for to in self.next.get(at).into_iter().flatten() {
                if found.itself.insert(*to) {
                    open.push(*to);
                }
            }
        }
        found
    }

    fn of_admin(&mut self, at: usize) -> Rc<BTreeSet<usize>> {
        let graph = self.graph;
        let all = self.by_admin.entry(at).or_insert_with(|| {
            let from = Ways::new(graph).from(at, &Filter { certain: true, ..Filter::default() });
            Rc::new((0..graph.nodes.len()).filter(|to| from.steps.get(*to).copied().flatten().is_some()).collect())
        });
        Rc::clone(all)
    }
}

/// Who has a way to an administrator, as things are and with a few edges more.
pub(super) struct Rising<'g> {
    graph: &'g Graph,
    /// By node, those whose edges lead to it.
    before: Vec<Vec<usize>>,
    known: BTreeSet<usize>,
}

impl<'g> Rising<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let mut before = vec![Vec::new(); graph.nodes.len()];
        for edge in &graph.edges {
            if let Some(list) = before.get_mut(edge.to) {
                list.push(edge.from);
            }
        }
        let ways = Ways::new(graph);
        let toward = ways.toward(ways.administrators(false), &Filter::default());
        let known = (0..graph.nodes.len()).filter(|at| toward.steps.get(*at).copied().flatten().is_some()).collect();
        Self { graph, before, known }
    }

    /// Who has one with these edges, and none without.
    pub(super) fn with(&self, edges: &[Edge]) -> Vec<usize> {
        let mut found = BTreeSet::new();
        loop {
            let counted = found.len();
            for edge in edges {
                if self.known.contains(&edge.to) || found.contains(&edge.to) {
                    self.add(edge.from, &mut found);
                }
            }
            if found.len() == counted {
                return found.into_iter().collect();
            }
        }
    }

    fn add(&self, at: usize, found: &mut BTreeSet<usize>) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            let walks = self.graph.nodes.get(at).is_some_and(|node| !matches!(node.kind, Kind::Admin | Kind::Service));
            if walks && !self.known.contains(&at) && found.insert(at) {
                open.extend(self.before.get(at).into_iter().flatten());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::graph::model::{Admin, GraphAccount, Node};

    #[test]
    fn administrators_reach_their_accounts_and_beyond() {
        let account = |name: &str| GraphAccount {
            name: name.to_owned(),
            id: name.to_owned(),
            partition: "aws".to_owned(),
            collected: None,
            gaps: Vec::new(),
            unseen: BTreeMap::new(),
        };
        let node = |(name, kind, account): &(&str, Kind, usize)| Node {
            arn: (*name).to_owned(),
            name: (*name).to_owned(),
            kind: *kind,
            account: Some(*account),
            admin: if *kind == Kind::Admin { Admin::Yes } else { Admin::No },
            because: Vec::new(),
            tags: BTreeMap::new(),
        };
        let nodes = [("a", Kind::Role, 0), ("admin", Kind::Admin, 0), ("b", Kind::Role, 0), ("c", Kind::Role, 1), ("d", Kind::Role, 1)];
        let edge = |(from, to, certain): &(usize, usize, bool)| Edge { from: *from, to: *to, technique: 0, certain: *certain, via: None };
        let edges = [(0, 1, true), (2, 3, true), (3, 4, false)];
        let graph = Graph {
            accounts: vec![account("0"), account("1")],
            nodes: nodes.iter().map(node).collect(),
            edges: edges.iter().map(edge).collect(),
            notes: Vec::new(),
        };
        let mut reached = Reached::new(&graph);
        let all: Vec<(usize, usize)> =
            (0..5).flat_map(|from| (0..5).map(move |to| (from, to))).filter(|(from, to)| from != to && reached.leads(*from, *to)).collect();
        assert_eq!(all, [(0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (1, 3), (2, 3)]);
        // Whoever leads to one who rises does so too.
        let rising = Rising::new(&graph);
        let more = |from: usize, to: usize| Edge { from, to, technique: 0, certain: true, via: None };
        assert_eq!(rising.with(&[more(3, 2)]), Vec::<usize>::new());
        assert_eq!(rising.with(&[more(3, 2), more(4, 0)]), [2, 3, 4]);
    }
}
