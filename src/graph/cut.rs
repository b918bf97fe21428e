//! The fewest statements to change so that nobody becomes an administrator who is none.
//!
//! Every way to an administrator ends with an edge from one who is none. Each of these edges needs several things to be
//! allowed, and each of them is allowed by some statements: without these, the edge is gone. So for each edge one of its
//! needs has to be chosen, such that few statements do for all edges. Whether they do, the graph says that is made again
//! without them: a technique that goes by another policy or group too comes back, and has to go as well.

use std::collections::{BTreeMap, BTreeSet};

use super::GraphError;
use super::build::build;
use super::cover::{Choice, choose};
use super::explain::{Explainer, Proof, Role, Statement};
use super::model::{Admin, Edge, Graph, Kind};
use super::people::is_assignment;
use crate::iam::estate::{Estate, Withdrawal};
use crate::iam::query::GRANT;
use crate::snapshot::Snapshot;

/// So often the graph is made again at most.
const ROUNDS: usize = 16;

/// A statement to change, and what that takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The statement.
    pub statement: Statement,
    /// AWS's own policies cannot be changed, only taken off: from this principal.
    pub detach_from: Option<String>,
    /// What it should no longer allow, by whom and on what.
    pub actions: BTreeSet<String>,
    /// The edges that are gone with it, perhaps together with others.
    pub edges: Vec<Edge>,
}

/// What to change.
#[derive(Debug, Clone, Default)]
pub struct Cut {
    /// Statements, the ones that do most first.
    pub changes: Vec<Change>,
    /// Edges that no change of a statement takes away.
    pub left: Vec<Edge>,
    /// How many edges had to go.
    pub edges: usize,
    /// There is no smaller one.
    pub smallest: bool,
}

/// Finds it; possible edges count too, unless only certain ones are meant. `graph` is that of the estate.
///
/// # Errors
/// When an answer cannot be read.
pub fn cut(graph: &Graph, estate: &Estate, snapshots: &[Snapshot], certain: bool) -> Result<Cut, GraphError> {
    let mut search = Search { graph, certain, known: Statements::default(), demands: BTreeSet::new(), left: BTreeSet::new() };
    search.learn(graph, estate, snapshots)?;
    let (mut chosen, mut smallest) = search.choose();
    for round in 0..ROUNDS {
        if chosen.is_empty() {
            break;
        }
        let mut changed = estate.clone();
        for at in &chosen {
            search.known.withdraw(*at, &mut changed);
        }
        let again = build(&changed, snapshots)?;
        if !search.learn(&again, &changed, snapshots)? {
            break;
        }
        (chosen, smallest) = search.choose();
        smallest &= round + 1 < ROUNDS;
    }
    Ok(search.cut(&chosen, smallest))
}

/// An edge with the ways to be rid of it.
type Demand = (Edge, Vec<Choice>);

/// What is known of the edges that have to go.
struct Search<'g> {
    graph: &'g Graph,
    certain: bool,
    known: Statements,
    /// One edge perhaps several times: it can be there in several ways.
    demands: BTreeSet<Demand>,
    left: BTreeSet<Edge>,
}

impl Search<'_> {
    /// Adds what leads to administrators in a graph that is made of a changed estate; whether there was anything new.
    fn learn(&mut self, again: &Graph, estate: &Estate, snapshots: &[Snapshot]) -> Result<bool, GraphError> {
        let edges = self.wanted(again);
        let proofs = Explainer::new(again, estate, snapshots)?.proofs(&edges)?;
        let places = self.graph.by_arn();
        let mut demands: BTreeSet<Demand> = BTreeSet::new();
        for (edge, proof) in edges.iter().zip(proofs) {
            let arn = |at: usize| again.nodes.get(at).map(|node| node.arn.as_str()).unwrap_or_default();
            let place = |at: usize| places.get(arn(at)).copied();
            let Some((from, to)) = place(edge.from).zip(place(edge.to)) else { continue };
            // Whoever is an administrator as things are becomes none anew.
            if self.graph.nodes.get(from).is_none_or(|node| node.admin != Admin::No) {
                continue;
            }
            let source = arn(edge.from);
            let edge = Edge { from, to, via: edge.via.and_then(place), ..*edge };
            if !self.left.contains(&edge) {
                demands.insert((edge, self.known.choices(&proof, source)));
            }
        }
        let grew = std::mem::take(&mut self.known.grew);
        let before = (self.demands.len(), self.left.len());
        for demand in demands {
            // What is there although it was taken away stays.
            if demand.1.is_empty() || (!grew && self.demands.contains(&demand)) {
                self.left.insert(demand.0);
            } else {
                self.demands.insert(demand);
            }
        }
        self.demands.retain(|(edge, _)| !self.left.contains(edge));
        Ok(grew || before != (self.demands.len(), self.left.len()))
    }

    /// The edges to administrators from those who are none.
    fn wanted(&self, again: &Graph) -> Vec<Edge> {
        let certain = self.certain;
        let admin = |at: usize| {
            again
                .nodes
                .get(at)
                .is_some_and(|node| node.kind == Kind::Admin || node.admin == Admin::Yes || (!certain && node.admin != Admin::No))
        };
        let counted = |at: usize| again.nodes.get(at).is_some_and(|node| node.admin == Admin::No && node.kind != Kind::Service);
        // Being assigned to an administrator's role is administration.
        let assigned = |edge: &Edge| is_assignment(again, edge);
        again
            .edges
            .iter()
            .filter(|edge| admin(edge.to) && counted(edge.from) && !assigned(edge) && (edge.certain || !certain))
            .copied()
            .collect()
    }

    fn choose(&self) -> (Choice, bool) {
        let options: Vec<Vec<Choice>> = self.demands.iter().map(|(_, own)| own.clone()).collect();
        choose(&options)
    }

    fn cut(self, chosen: &Choice, smallest: bool) -> Cut {
        let uses = |own: &[Choice], at: usize| own.iter().any(|choice| choice.contains(&at) && choice.is_subset(chosen));
        let edges_of =
            |at: usize| -> BTreeSet<Edge> { self.demands.iter().filter(|(_, own)| uses(own, at)).map(|(edge, _)| *edge).collect() };
        let changes = chosen.iter().filter_map(|at| self.known.change(*at, edges_of(*at).into_iter().collect()));
        let mut changes: Vec<Change> = changes.collect();
        changes.sort_by(|one, other| other.edges.len().cmp(&one.edges.len()).then_with(|| one.statement.cmp(&other.statement)));
        let all: BTreeSet<Edge> = self.demands.iter().map(|(edge, _)| *edge).chain(self.left.iter().copied()).collect();
        Cut { changes, edges: all.len(), left: self.left.into_iter().collect(), smallest }
    }
}

/// Statements that can be changed. Those of AWS's own policies can only be taken away from one principal at a time.
#[derive(Default)]
struct Statements {
    all: Vec<(Statement, Option<String>)>,
    places: BTreeMap<(String, usize, Option<String>), usize>,
    actions: BTreeMap<usize, BTreeSet<String>>,
    /// Some statement is known to allow more than before.
    grew: bool,
}

impl Statements {
    /// The ways to be rid of an edge: what its source is allowed, need by need.
    fn choices(&mut self, proof: &Proof, source: &str) -> Vec<Choice> {
        let mut own: Vec<Choice> = Vec::new();
        // What a technique makes, its source makes again.
        let there = |statement: &&Statement| statement.effect == "Allow" && statement.policy != GRANT;
        for step in proof.steps.iter().filter(|step| step.who == source) {
            let mut by_role: BTreeMap<Role, Choice> = BTreeMap::new();
            for statement in step.because.iter().filter(there) {
                let at = self.place(statement, source);
                self.grew |= self.actions.entry(at).or_default().insert(step.action.clone());
                by_role.entry(statement.role).or_default().insert(at);
            }
            let mut take = |role: Role| by_role.remove(&role).unwrap_or_default();
            let (speaking, naming, handing) = (take(Role::Own), take(Role::Names), take(Role::HandsOver));
            let elsewhere = account(source) != account(&step.resource);
            // Between accounts both sides have to allow; within one, who is named needs nothing else.
            let choices = if elsewhere {
                vec![speaking, naming.union(&handing).copied().collect()]
            } else {
                let with = |others: &Choice| naming.union(others).copied().collect::<Choice>();
                let both =
                    [speaking, handing].into_iter().filter(|others| !others.is_empty()).map(|others| with(&others)).collect::<Vec<_>>();
                if both.is_empty() { vec![naming] } else { both }
            };
            own.extend(choices.into_iter().filter(|choice| !choice.is_empty()));
        }
        own.sort();
        own.dedup();
        own
    }

    fn place(&mut self, statement: &Statement, source: &str) -> usize {
        let of = statement.policy.contains(":iam::aws:policy/").then(|| source.to_owned());
        let key = (statement.policy.clone(), statement.statement, of.clone());
        *self.places.entry(key).or_insert_with(|| {
            self.all.push((statement.clone(), of));
            self.all.len() - 1
        })
    }

    /// Takes away what a statement should no longer allow.
    fn withdraw(&self, at: usize, estate: &mut Estate) {
        let Some(((statement, detach_from), actions)) = self.all.get(at).zip(self.actions.get(&at)) else { return };
        estate.withdraw(&Withdrawal {
            policy: &statement.policy,
            statement: statement.statement,
            actions,
            detach_from: detach_from.as_deref(),
        });
    }

    fn change(&self, at: usize, edges: Vec<Edge>) -> Option<Change> {
        let (statement, detach_from) = self.all.get(at)?.clone();
        Some(Change { statement, detach_from, actions: self.actions.get(&at).cloned().unwrap_or_default(), edges })
    }
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
