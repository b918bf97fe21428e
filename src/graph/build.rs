//! Makes the graph of some accounts.

use super::GraphError;
use super::ground::Ground;
use super::hosts::Hosts;
use super::model::{Admin, Edge, Graph, GraphAccount, Kind, Node, place};
use super::plan::{Plan, plans};
use super::scene::Scene;
use super::source::Source;
use super::standing::Standing;
use super::table::{Gain, Row, To, rows};
use crate::iam::estate::{Account, Estate, Principal};
use crate::iam::query::Because;
use crate::iam::truth::Truth;
use crate::model::{in_parallel, processors, visible};
use crate::snapshot::Snapshot;

/// In accounts of at most so many principals, every way of everybody is in the graph.
const COMPLETE_UP_TO: usize = 500;

/// What becomes of one account.
#[derive(Default)]
struct Made {
    account: Option<GraphAccount>,
    nodes: Vec<Node>,
    /// By places among the account's own principals; `ADMIN` is whoever administers it.
    edges: Vec<Edge>,
}

/// Stands for the account's administrator until its place is known.
const ADMIN: usize = usize::MAX;

/// Makes the graph of all accounts of an estate; `snapshots` are those that it was read from.
///
/// # Errors
/// When an answer cannot be read.
pub fn build(estate: &Estate, snapshots: &[Snapshot]) -> Result<Graph, GraphError> {
    let rows = rows().map_err(GraphError::Embedded)?;
    let plans = plans(rows, estate.store.catalog());
    let accounts: Vec<(&Account, &Snapshot)> = estate.accounts.iter().zip(snapshots).filter(|(account, _)| !account.superseded).collect();
    let made = in_parallel(&accounts, processors(), |(account, snapshot), (): &mut ()| one(estate, account, snapshot, rows, &plans));
    let mut graph = Graph::default();
    for made in made {
        graph.add(made?, rows)?;
    }
    super::cross::add(&mut graph, estate)?;
    super::outside::add(&mut graph, estate)?;
    super::hosts::add(&mut graph, estate, snapshots)?;
    super::pmapper::add(&mut graph, estate, snapshots)?;
    super::people::add(&mut graph, estate, snapshots)?;
    graph.edges.sort_unstable();
    graph.edges.dedup();
    Ok(graph)
}

fn one(estate: &Estate, account: &Account, snapshot: &Snapshot, rows: &[Row], plans: &[Plan]) -> Result<Made, GraphError> {
    let ground = Ground::read(account, snapshot, rows)?;
    let unseen = ground.unseen(rows).into_iter().map(|(call, rows)| (call, rows.into_iter().collect())).collect();
    let hosts = Hosts::new(snapshot);
    let reach = |arn: &str, port: &str| hosts.reach(arn, port);
    let scene = Scene::new(estate, ground, plans, &reach);
    let mut made = Made::default();
    for place in 0..account.principals.len() {
        sources(&scene, place, &mut made);
    }
    made.account = Some(GraphAccount {
        name: account.name.to_string(),
        id: account.id.clone(),
        partition: account.partition.clone(),
        collected: account.collected.clone(),
        gaps: account.gaps.clone(),
        unseen,
    });
    Ok(made)
}

/// A principal, and the ways from it.
fn sources(scene: &Scene<'_>, place: usize, made: &mut Made) {
    let Some(principal) = scene.principal(place) else { return };
    let standing = scene.standing(place);
    let mut node = node(principal);
    if standing != Standing::No {
        let because = scene.askers.get(place).map(|asker| scene.administration.because(scene.estate, asker)).unwrap_or_default();
        node.because = because.iter().map(statement).collect();
    }
    node.admin = match standing {
        Standing::No => Admin::No,
        Standing::If(formula) => Admin::If(formula.to_string()),
        Standing::Yes => Admin::Yes,
    };
    let is_admin = node.admin != Admin::No;
    made.nodes.push(node);
    if is_admin {
        return;
    }
    let Some(source) = Source::new(scene, place) else { return };
    let mut hits = |wanted: bool| {
        let mut is_admin = false;
        for (technique, plan) in (0_u16..).zip(scene.plans).filter(|(_, plan)| (plan.row.to == To::Itself) == wanted) {
            for hit in source.hits(plan, None) {
                let (to, via) = match plan.row.gain {
                    Gain::Target => (hit.target, None),
                    Gain::TargetAdmin | Gain::TargetWithoutBoundary => (ADMIN, Some(hit.target)),
                    _ => (ADMIN, None),
                };
                let certain = hit.truth == Truth::Yes;
                is_admin |= certain && to == ADMIN;
                made.edges.push(Edge { from: place, to, technique, certain, via });
            }
        }
        is_admin
    };
    // Whoever can make an administrator of itself can act as everybody: what else it could do says nothing more.
    if !hits(true) || scene.askers.len() <= COMPLETE_UP_TO {
        hits(false);
    }
}

fn node(principal: &Principal) -> Node {
    Node {
        arn: principal.arn.clone(),
        name: format!("{}/{}", if principal.is_role { "role" } else { "user" }, principal.name),
        kind: if principal.is_role { Kind::Role } else { Kind::User },
        account: None,
        admin: Admin::No,
        because: Vec::new(),
        tags: principal.tags.clone(),
    }
}

/// A statement in words.
pub(super) fn statement(because: &Because) -> String {
    let sid = because.sid.as_ref().map(|sid| format!(" ({})", visible(sid))).unwrap_or_default();
    let when = because.when.as_ref().map(|when| format!(", if {}", visible(when))).unwrap_or_default();
    format!("{}, statement {}{sid}{when}", visible(&because.policy), because.statement)
}

impl Graph {
    fn add(&mut self, made: Made, rows: &[Row]) -> Result<(), GraphError> {
        let Some(account) = made.account else { return Ok(()) };
        let (at, start) = (self.accounts.len(), self.nodes.len());
        let admin = start + made.nodes.len();
        let administrator = place("administrator")?;
        debug_assert!(usize::from(administrator) >= rows.len());
        for (place, mut node) in made.nodes.into_iter().enumerate() {
            node.account = Some(at);
            if node.admin != Admin::No {
                let certain = node.admin == Admin::Yes;
                self.edges.push(Edge { from: start + place, to: admin, technique: administrator, certain, via: None });
            }
            self.nodes.push(node);
        }
        self.nodes.push(Node {
            arn: format!("administrator of {}", account.id),
            name: format!("administrator of {}", account.name),
            kind: Kind::Admin,
            account: Some(at),
            admin: Admin::Yes,
            because: Vec::new(),
            tags: std::collections::BTreeMap::new(),
        });
        for edge in made.edges {
            let to = if edge.to == ADMIN { admin } else { start + edge.to };
            self.edges.push(Edge { from: start + edge.from, to, via: edge.via.map(|via| start + via), ..edge });
        }
        self.accounts.push(account);
        Ok(())
    }
}
