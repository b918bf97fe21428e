//! Which users and roles can walk a way that trust leads: what the principal graph says of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::TrustError;
use super::model::Web;
use super::providers::{Provider, Providers};
use super::routes::Route;
use crate::graph::{Filter, Graph, Kind, Technique, Ways, techniques};
use crate::iam::estate::Estate;
use crate::snapshot::Snapshot;

/// One step of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Who.
    pub from: String,
    /// Comes to act as whom.
    pub to: String,
    /// How, by the technique's id.
    pub technique: &'static str,
    /// Nothing stands in the way.
    pub certain: bool,
}

/// What becomes of a way when users and roles walk it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Walk {
    /// They can.
    Found(Vec<Step>),
    /// All accounts on the way are known, and nobody can.
    Nobody,
    /// Not everything on the way is known, or it is no way of roles.
    Unknown,
}

/// The principal graph of the accounts, for questions about ways.
#[derive(Debug)]
pub struct Principals {
    graph: Graph,
    techniques: Vec<Technique>,
    providers: Providers,
    /// Accounts whose users and roles are known.
    known: BTreeSet<String>,
}

impl Principals {
    /// Of the accounts, whose graph this is.
    ///
    /// # Errors
    /// When an answer cannot be read.
    pub fn new(graph: Graph, estate: &Estate, snapshots: &[Snapshot]) -> Result<Self, TrustError> {
        let known = estate.accounts.iter().filter(|account| !account.unread && !account.superseded).map(|account| account.id.clone());
        Ok(Self { known: known.collect(), graph, techniques: techniques()?, providers: Providers::read(estate, snapshots)? })
    }

    /// What becomes of ways that all start at one.
    #[must_use]
    pub fn walk(&self, web: &Web, from: &str, routes: &[Route], certain: bool) -> Vec<Walk> {
        let starts: BTreeSet<usize> = (0..self.graph.nodes.len()).filter(|at| self.belongs(*at, from)).collect();
        let ways = Ways::new(&self.graph);
        let found = ways.from_all(starts.iter().copied(), &Filter { certain, ..Filter::default() });
        let mut nearest: BTreeMap<&str, (u32, usize)> = BTreeMap::new();
        for (at, node) in self.graph.nodes.iter().enumerate().filter(|(at, _)| self.graph.is_principal(*at) && !starts.contains(at)) {
            let account = node.account.and_then(|account| self.graph.accounts.get(account)).map(|account| account.id.as_str());
            if let (Some(account), Some(steps)) = (account, found.steps.get(at).copied().flatten()) {
                let best = nearest.entry(account).or_insert((steps, at));
                *best = (*best).min((steps, at));
            }
        }
        let walk = |route: &Route| match nearest.get(route.to.as_str()) {
            Some((_, end)) => {
                let mut steps = Vec::new();
                let mut at = *end;
                while let Some(hop) = found.next.get(at).copied().flatten() {
                    let (source, target) = ways.ends(hop);
                    let edge = ways.edge(hop);
                    let technique =
                        edge.and_then(|edge| self.techniques.get(usize::from(edge.technique))).map_or("administrator", |one| one.id);
                    let certain = edge.is_none_or(|edge| edge.certain);
                    steps.push(Step { from: self.name(source), to: self.name(target), technique, certain });
                    at = source;
                }
                steps.reverse();
                Walk::Found(steps)
            }
            None if self.is_known(web, from, route) => Walk::Nobody,
            None => Walk::Unknown,
        };
        routes.iter().map(walk).collect()
    }

    /// Whether all that it takes is roles of accounts whose users and roles are known.
    fn is_known(&self, web: &Web, from: &str, route: &Route) -> bool {
        use super::Access;
        let mut edges = route.hops.iter().filter_map(|hop| web.edges.get(hop.edge));
        self.known.contains(from)
            && edges.all(|edge| {
                let by_role = edge.reasons.iter().all(|reason| reason.service == "iam");
                matches!(edge.access, Access::Admin | Access::Iam) && by_role && self.known.contains(&edge.to)
            })
    }

    /// Whether a node is of an account, or a provider of that name.
    fn belongs(&self, at: usize, id: &str) -> bool {
        let Some(node) = self.graph.nodes.get(at) else { return false };
        match node.kind {
            Kind::User | Kind::Role | Kind::Person => {
                node.account.and_then(|account| self.graph.accounts.get(account)).is_some_and(|account| account.id == id)
            }
            Kind::Account => node.arn == id || node.arn.split(':').nth(4) == Some(id),
            Kind::Provider => matches!(self.providers.find(&node.arn), Provider::Outside { id: own, .. } if own == id),
            _ => false,
        }
    }

    fn name(&self, at: usize) -> String {
        let Some(node) = self.graph.nodes.get(at) else { return String::new() };
        match node.account.and_then(|account| self.graph.accounts.get(account)) {
            Some(account) if node.kind != Kind::Admin => format!("{}:{}", account.name, node.name),
            _ => node.name.clone(),
        }
    }
}
