//! From whom to whom trust leads in several steps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::model::{Edge, Web};

/// One step: an edge of the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// Its place among the edges.
    pub edge: usize,
}

/// A way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where it ends.
    pub to: String,
    /// The steps, in order.
    pub hops: Vec<Hop>,
    /// Every step is certain.
    pub certain: bool,
}

/// Everybody whom trust leads to from one, with a way each; nearest first. A certain way is taken before a shorter one that
/// is only possible. What is read, or only connected, leads no further; `networks` makes connections count.
#[must_use]
pub fn blast(web: &Web, from: &str, networks: bool) -> Vec<Route> {
    let certain = shortest(web, from, networks, true);
    let sure: BTreeSet<&str> = certain.iter().map(|route| route.to.as_str()).collect();
    let possible = shortest(web, from, networks, false).into_iter().filter(|route| !sure.contains(route.to.as_str()));
    let mut all: Vec<Route> = possible.collect();
    all.splice(0..0, certain);
    all.sort_by_key(|route| route.hops.len());
    all
}

/// A shortest way to each; nearest first.
fn shortest(web: &Web, from: &str, networks: bool, certain: bool) -> Vec<Route> {
    let mut by_source: BTreeMap<&str, Vec<(usize, &Edge)>> = BTreeMap::new();
    let counts = |edge: &Edge| (networks || !edge.access.is_network()) && (!certain || edge.is_certain());
    for (at, edge) in web.edges.iter().enumerate().filter(|(_, edge)| counts(edge)) {
        by_source.entry(&edge.from).or_default().push((at, edge));
    }
    for edges in by_source.values_mut() {
        edges.sort_by_key(|(at, edge)| (!edge.is_certain(), edge.access, *at));
    }
    let mut found: BTreeMap<&str, Route> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    // Those from whom it goes on: one may be read at first, and entered later.
    let mut entered = BTreeSet::from([from]);
    let mut queue = VecDeque::from([(from, Vec::new(), true)]);
    while let Some((at, hops, certain)) = queue.pop_front() {
        for (place, edge) in by_source.get(at).into_iter().flatten() {
            let goes_on = leads_on(edge, networks) && !entered.contains(edge.to.as_str());
            if edge.to == from || (found.contains_key(edge.to.as_str()) && !goes_on) {
                continue;
            }
            let mut way: Vec<Hop> = hops.clone();
            way.push(Hop { edge: *place });
            let certain = certain && edge.is_certain();
            if !found.contains_key(edge.to.as_str()) {
                found.insert(&edge.to, Route { to: edge.to.clone(), hops: way.clone(), certain });
                order.push(&edge.to);
            }
            if goes_on {
                entered.insert(&edge.to);
                queue.push_back((&edge.to, way, certain));
            }
        }
    }
    order.into_iter().filter_map(|id| found.remove(id)).collect()
}

/// Whoever acts in an account may go on from there; whoever only reads there may not.
fn leads_on(edge: &Edge, networks: bool) -> bool {
    use super::Access;
    match edge.access {
        Access::Admin | Access::Iam | Access::Write => true,
        Access::S3 | Access::S3Read | Access::Read | Access::Use => false,
        Access::Network | Access::Vpc | Access::Directconnect => networks,
    }
}

/// A way from one to another: a shortest certain one, else a shortest.
#[must_use]
pub fn route(web: &Web, from: &str, to: &str, networks: bool) -> Option<Route> {
    blast(web, from, networks).into_iter().find(|route| route.to == to)
}

#[cfg(test)]
mod tests {
    use super::super::Access;
    use super::*;
    use crate::trust::Reason;

    fn edge(from: &str, to: &str, access: Access, certain: bool) -> Edge {
        let reason = Reason {
            service: "iam".to_owned(),
            resource: String::new(),
            access,
            why: String::new(),
            certain,
            condition: None,
            file: String::new(),
            pointer: String::new(),
            within: String::new(),
            statement: None,
            evidence: None,
        };
        Edge { from: from.to_owned(), to: to.to_owned(), access, reasons: vec![reason] }
    }

    #[test]
    fn what_is_read_may_be_entered_later() {
        let web = Web {
            edges: vec![
                edge("a", "b", Access::S3Read, true),
                edge("a", "c", Access::Iam, true),
                edge("c", "b", Access::Admin, false),
                edge("b", "d", Access::Read, true),
                edge("b", "a", Access::Admin, true),
                edge("d", "e", Access::Vpc, true),
            ],
            ..Web::default()
        };
        let found: Vec<(String, usize, bool)> =
            blast(&web, "a", false).into_iter().map(|route| (route.to, route.hops.len(), route.certain)).collect();
        assert_eq!(found, [("c".to_owned(), 1, true), ("b".to_owned(), 1, true), ("d".to_owned(), 3, false)]);
        assert!(route(&web, "a", "e", false).is_none() && route(&web, "d", "e", true).is_some());
    }

    #[test]
    fn certain_ways_count_before_shorter_ones() {
        let edges = vec![
            edge("a", "b", Access::Iam, false),
            edge("a", "c", Access::Iam, true),
            edge("b", "d", Access::Iam, true),
            edge("c", "b", Access::Iam, true),
            edge("c", "e", Access::Iam, false),
        ];
        let web = Web { edges, ..Web::default() };
        let found: Vec<(String, usize, bool)> =
            blast(&web, "a", false).into_iter().map(|route| (route.to, route.hops.len(), route.certain)).collect();
        let one = |to: &str, steps: usize, certain: bool| (to.to_owned(), steps, certain);
        assert_eq!(found, [one("c", 1, true), one("b", 2, true), one("e", 2, false), one("d", 3, true)]);
    }
}
