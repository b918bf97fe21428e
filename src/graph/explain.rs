//! Why an edge is there: each question that was put, with the statements that answer it. Asked again when somebody wants to
//! know, for a graph has more edges than anybody reads.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use serde::Serialize;

use super::GraphError;
use super::build::statement;
use super::ground::Ground;
use super::hosts::Hosts;
use super::model::{Edge, Graph, Kind};
use super::needs::{Bound, Part, Step};
use super::people::{self, People};
use super::plan::{Plan, plans};
use super::scene::Scene;
use super::source::{Hit, Source};
use super::table::{Of, Row, Trigger, rows};
use crate::iam::caller::{Caller, Standing};
use crate::iam::estate::{Asker, Estate};
use crate::iam::evaluate::Layer;
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Effect, Target};
use crate::iam::query::Because;
use crate::iam::query::{Probe, Prober, ResourceSide};
use crate::snapshot::Snapshot;

/// What so many sources were told is kept.
const MOST_SOURCES: usize = 200;

/// Why an edge is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// What has to be allowed, and is.
    pub steps: Vec<ProofStep>,
    /// What has to hold of requests.
    pub conditions: Vec<String>,
    /// What no answer tells.
    pub doubts: Vec<String>,
    /// What it is done with.
    pub things: Vec<String>,
}

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofStep {
    /// Who asks.
    pub who: String,
    /// What.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Under which condition, if under any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The statements that decide it.
    pub because: Vec<Statement>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Statement {
    /// The policy.
    pub policy: String,
    /// Its place in it, from 0.
    pub statement: usize,
    /// Where that is: a JSON pointer.
    pub pointer: String,
    /// `Allow`, or `Deny` where that holds under other conditions only.
    pub effect: &'static str,
    /// In words.
    pub text: String,
    /// What part it has in the permission.
    #[serde(skip)]
    pub role: Role,
}

/// What part a statement has in a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It speaks for the one who asks.
    Own,
    /// It is the resource's, and names the one who asks: in the same account nothing else has to allow.
    Names,
    /// It is the resource's, and hands over to the account of the one who asks: both have to allow.
    HandsOver,
}

/// Explains the edges of a graph.
pub struct Explainer<'a> {
    pub(super) graph: &'a Graph,
    pub(super) estate: &'a Estate,
    snapshots: &'a [Snapshot],
    rows: &'static [Row],
    plans: OnceCell<Vec<Plan>>,
    people: OnceCell<People>,
    known: RefCell<HashMap<Edge, Proof>>,
}

impl std::fmt::Debug for Explainer<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Explainer")
    }
}

impl<'a> Explainer<'a> {
    /// For a graph that was made of an estate.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn new(graph: &'a Graph, estate: &'a Estate, snapshots: &'a [Snapshot]) -> Result<Self, GraphError> {
        let rows = rows().map_err(GraphError::Embedded)?;
        Ok(Self { graph, estate, snapshots, rows, plans: OnceCell::new(), people: OnceCell::new(), known: RefCell::default() })
    }

    /// Why these edges are there, in their order.
    ///
    /// # Errors
    /// When an answer cannot be read.
    pub fn proofs(&self, edges: &[Edge]) -> Result<Vec<Proof>, GraphError> {
        let mut by_account: HashMap<Option<usize>, Vec<Edge>> = HashMap::new();
        for edge in edges.iter().filter(|edge| !self.known.borrow().contains_key(*edge)) {
            let account = self.graph.nodes.get(edge.from).and_then(|node| node.account);
            by_account.entry(account).or_default().push(*edge);
        }
        let mut accounts: Vec<Option<usize>> = by_account.keys().copied().collect();
        accounts.sort_unstable();
        for account in accounts {
            let edges = by_account.remove(&account).unwrap_or_default();
            let proofs = match account {
                Some(account) => self.of_account(account, &edges)?,
                None => edges.iter().map(|edge| self.outsider(edge)).collect(),
            };
            self.known.borrow_mut().extend(edges.into_iter().zip(proofs));
        }
        let known = self.known.borrow();
        Ok(edges.iter().map(|edge| known.get(edge).cloned().unwrap_or_default()).collect())
    }

    fn of_account(&self, account: usize, edges: &[Edge]) -> Result<Vec<Proof>, GraphError> {
        let proofs = self.search(account, edges, |edge, found, (region, snapshot)| {
            Ok(match found {
                Found::Hit(source, plan, hit) => proof(source, plan, hit),
                Found::Across => self.across(edge),
                Found::Fact => self.fact(edge, (region, snapshot))?,
                Found::Nothing => Proof::default(),
            })
        })?;
        Ok(if proofs.is_empty() { vec![Proof::default(); edges.len()] } else { proofs })
    }

    /// Finds edges of an account again; nothing where the account is not there.
    pub(super) fn search<T>(
        &self,
        account: usize,
        edges: &[Edge],
        mut of: impl FnMut(&Edge, &Found<'_, '_, '_>, (&str, &Snapshot)) -> Result<T, GraphError>,
    ) -> Result<Vec<T>, GraphError> {
        let id = self.graph.accounts.get(account).map(|account| account.id.as_str()).unwrap_or_default();
        let found = self.estate.accounts.iter().zip(self.snapshots).find(|(account, _)| account.id == id && !account.superseded);
        let Some((account, snapshot)) = found else { return Ok(Vec::new()) };
        let plans = self.plans.get_or_init(|| plans(self.rows, self.estate.store.catalog()));
        let ground = Ground::read(account, snapshot, self.rows)?;
        let hosts = Hosts::new(snapshot);
        let reach = |arn: &str, port: &str| hosts.reach(arn, port);
        let scene = Scene::new(self.estate, ground, plans, &reach);
        let mut sources: HashMap<usize, Option<Source<'_, '_>>> = HashMap::new();
        let mut all = Vec::new();
        for edge in edges {
            if sources.len() > MOST_SOURCES {
                sources.clear();
            }
            let place = |node: usize| self.graph.nodes.get(node).and_then(|node| scene.ground.place(&node.arn));
            let plan = plans.get(usize::from(edge.technique));
            let ends = place(edge.from).zip(edge.via.or(Some(edge.to)).map(|to| place(to).or_else(|| place(edge.from))));
            let found = match (plan, ends) {
                (Some(plan), Some((from, Some(to)))) if self.same_account(edge) => {
                    let source = sources.entry(from).or_insert_with(|| Source::new(&scene, from)).as_ref();
                    let hit = source.and_then(|source| Some((source, source.hits(plan, Some(to)).into_iter().next()?)));
                    hit.map_or(Found::Nothing, |(source, hit)| Found::Hit(source, plan, hit))
                }
                (Some(_), _) => Found::Across,
                (None, _) => Found::Fact,
            };
            all.push(of(edge, &found, (account.region, snapshot))?);
        }
        Ok(all)
    }

    fn same_account(&self, edge: &Edge) -> bool {
        let account = |node: usize| self.graph.nodes.get(node).and_then(|node| node.account);
        account(edge.from) == account(edge.to)
    }

    /// A role of another account.
    fn across(&self, edge: &Edge) -> Proof {
        let arn = |node: usize| self.graph.nodes.get(node).map(|node| node.arn.as_str()).unwrap_or_default();
        Proof::of(self.estate, assumption(self.estate, arn(edge.from), arn(edge.to)).into_iter().collect())
    }

    /// What is no technique: an administrator, or what PMapper found.
    fn fact(&self, edge: &Edge, (region, snapshot): (&str, &Snapshot)) -> Result<Proof, GraphError> {
        let node = self.graph.nodes.get(edge.from);
        if edge.technique == super::model::place("imported")? {
            let to = self.graph.nodes.get(edge.to);
            let reason = node.zip(to).map(|(from, to)| super::pmapper::reason(region, snapshot, &from.arn, &to.arn)).transpose()?;
            return Ok(Proof { doubts: reason.flatten().into_iter().collect(), ..Proof::default() });
        }
        if edge.technique == super::model::place(people::ASSIGNED)? {
            return self.assigned(edge);
        }
        let mut proof = Proof { things: node.map(|node| node.because.clone()).unwrap_or_default(), ..Proof::default() };
        if let Some(super::model::Admin::If(when)) = node.map(|node| &node.admin) {
            proof.conditions.push(when.clone());
        }
        Ok(proof)
    }

    /// Somebody who signs in by Identity Center.
    fn assigned(&self, edge: &Edge) -> Result<Proof, GraphError> {
        let arn = |node: usize| self.graph.nodes.get(node).map(|node| node.arn.as_str()).unwrap_or_default();
        let people = match self.people.get() {
            Some(people) => people,
            None => {
                let read = People::read(self.estate, self.snapshots)?;
                self.people.get_or_init(|| read)
            }
        };
        let mut proof = Proof::of(self.estate, people::steps(self.estate, arn(edge.to)));
        proof.things = people.reasons(arn(edge.from), arn(edge.to));
        if !edge.certain && proof.conditions.is_empty() {
            proof.doubts.push("several roles are called like this permission set".to_owned());
        }
        Ok(proof)
    }

    fn outsider(&self, edge: &Edge) -> Proof {
        let arn = |node: usize| self.graph.nodes.get(node).map(|node| node.arn.as_str()).unwrap_or_default();
        if self.graph.nodes.get(edge.from).is_some_and(|node| node.kind == Kind::Host) {
            return Proof::default();
        }
        let step = super::outside::explain(self.estate, arn(edge.from), arn(edge.to));
        Proof::of(self.estate, step.into_iter().collect())
    }
}

/// How an edge is found again.
pub(super) enum Found<'f, 's, 'a> {
    /// By a technique.
    Hit(&'f Source<'s, 'a>, &'f Plan, Hit),
    /// It leads to another account.
    Across,
    /// It is how things are.
    Fact,
    /// It is not.
    Nothing,
}

/// Whether somebody may take on a role.
pub(super) fn assumption(estate: &Estate, from: &str, to: &str) -> Option<Step> {
    let asker = Asker::by_arn(estate, from)?;
    let action = Action::new("sts:AssumeRole", estate.store.catalog());
    let target = Target::Arn(to.to_owned());
    let explained = Prober::new(estate, &asker).explain(&Probe { action: &action, target: &target, keys: &[], side: ResourceSide::Own });
    Some(Step { who: from.to_owned(), action: action.name, resource: target.to_string(), explained })
}

/// The choice that a technique leads by.
pub(super) fn bound<'h>(source: &Source<'_, '_>, hit: &'h Hit) -> Bound<'h> {
    let choice = &hit.choice;
    let principal = source.scene.principal(hit.target);
    let profiles = principal.map(|role| role.instance_profiles.as_slice()).unwrap_or_default();
    let profile_at = profiles.iter().position(|profile| Some(profile) == choice.profile.as_ref()).unwrap_or(0);
    Bound { target: hit.target, things: &choice.things, region: &choice.region, profile: choice.profile.as_deref(), profile_at }
}

/// What a technique has to be allowed, with the answers of an estate.
pub(super) fn steps(source: &Source<'_, '_>, plan: &Plan, hit: &Hit, estate: &Estate) -> Vec<Step> {
    let bound = bound(source, hit);
    plan.parts.iter().flat_map(|part| Part::new(source, plan, part).steps(&bound, estate)).collect()
}

fn proof(source: &Source<'_, '_>, plan: &Plan, hit: &Hit) -> Proof {
    let choice = &hit.choice;
    let mut proof = Proof::of(source.scene.estate, steps(source, plan, hit, source.scene.estate));
    for thing in &choice.things {
        proof.things.push(thing.found.arn.clone());
        if thing.supposed {
            proof.doubts.push(format!("whether there is one like {} was not collected", thing.found.arn));
        } else if thing.readiness().is_none() {
            proof.doubts.push(format!(
                "{}: {}",
                thing.found.arn,
                thing.found.why.as_deref().unwrap_or("the snapshot does not tell its state")
            ));
        }
        if let Some(port) = &thing.found.reach {
            proof.doubts.extend(source.unreached(thing, port));
        }
    }
    proof.doubts.extend(plan.row.doubt.clone());
    if plan.row.trigger == Trigger::SomebodyElse {
        proof.doubts.push("somebody or something else must start it".to_owned());
    }
    for fact in &plan.facts {
        let place = if fact.fact.of == Of::Itself { source.place } else { hit.target };
        if source.scene.ground.holds(fact, place) == crate::iam::truth::Truth::Unknown {
            proof.doubts.push(format!("{} was not collected", fact.fact.file.as_deref().unwrap_or("a fact")));
        }
    }
    proof
}

impl Proof {
    pub(super) fn of(estate: &Estate, steps: Vec<Step>) -> Self {
        let mut proof = Self::default();
        for step in steps {
            let when = match &step.explained.when {
                Formula::Always => None,
                Formula::Never => Some("it is allowed, which it is not here".to_owned()),
                formula => Some(formula.to_string()),
            };
            if step.explained.when == Formula::Never {
                proof.doubts.push(format!("{} is not allowed on {}", step.action, step.resource));
                continue;
            }
            proof.conditions.extend(when.clone().filter(|when| !proof.conditions.contains(when)));
            let because = step.explained.because.iter().map(|because| Statement {
                policy: because.policy.clone(),
                statement: because.statement,
                pointer: because.pointer.clone(),
                effect: if because.effect == Effect::Allow { "Allow" } else { "Deny" },
                text: statement(because),
                role: role(estate, because, &step.who),
            });
            let because = because.collect();
            proof.steps.push(ProofStep { who: step.who, action: step.action, resource: step.resource, when, because });
        }
        proof
    }
}

/// Resource policies name somebody, or hand over to an account.
fn role(estate: &Estate, because: &Because, who: &str) -> Role {
    if because.layer != Layer::Resource {
        return Role::Own;
    }
    let stored = estate.store.find(&because.policy).and_then(|id| estate.store.get(id));
    let clause = stored
        .and_then(|stored| stored.policy.statements.iter().find(|statement| statement.index == because.statement)?.principal.as_ref());
    let names = |caller: &Caller| {
        clause.is_some_and(|clause| clause.negated || caller.names(clause).any(|(standing, _)| standing != Standing::Account))
    };
    let known = estate.principal(who).map(|(account, principal)| principal.caller(account));
    if names(&known.unwrap_or_else(|| Caller::new(who))) { Role::Names } else { Role::HandsOver }
}
