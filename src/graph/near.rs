//! Near misses: ways that would be there if it were not for a guardrail, and what each guardrail is worth by them.
//!
//! The graph is made again without each kind of guardrail, and without all of them. Of what is in one of these and not in
//! the real one, the questions are put again to the accounts as they are: their denials name the policies.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::GraphError;
use super::build::build;
use super::explain::{Explainer, Found, assumption, bound, steps};
use super::gain;
use super::held::{administration, of_rights, of_step};
use super::model::{Admin, Edge, Graph, Kind, Node};
use super::needs::Step;
use super::plan::Plan;
use super::reached::{Reached, Rising};
use super::source::{Hit, Source, used};
use super::trust;
use crate::iam::estate::{Estate, Guard, Guardrail};
use crate::iam::formula::Formula;
use crate::snapshot::Snapshot;

/// Of each kind of guardrail, so many ways are looked at.
const MOST: usize = 20_000;

/// A way that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Miss {
    /// What it would be.
    pub edge: Edge,
    /// All of these would have to go.
    pub held_by: BTreeSet<Guardrail>,
    /// What they deny: who, which action, on what.
    pub denied: BTreeSet<(String, String, String)>,
}

/// What some guardrails hold back together.
#[derive(Debug, Clone)]
pub struct Held {
    /// All of these would have to go.
    pub guardrails: BTreeSet<Guardrail>,
    /// What would be then.
    pub misses: Vec<Miss>,
    /// Who could come to be an administrator then, and cannot now.
    pub administrators: Vec<usize>,
}

/// What guardrails hold back.
#[derive(Debug, Clone, Default)]
pub struct Near {
    /// The real graph, and behind its nodes those that no real way leads from.
    pub graph: Graph,
    /// By guardrail, those that keep most from becoming administrators first.
    pub held: Vec<Held>,
    /// So many ways more were not looked at.
    pub left_out: usize,
}

/// Which ways are asked about.
#[derive(Debug, Clone, Default)]
pub struct Ends {
    /// Those who start; everybody, if none.
    pub from: Option<BTreeSet<usize>>,
    /// Those who are reached; everybody, if none.
    pub to: Option<BTreeSet<usize>>,
}

/// Finds what is held back. `graph` is that of the estate.
///
/// # Errors
/// When an answer cannot be read.
pub fn near(graph: &Graph, estate: &Estate, snapshots: &[Snapshot], ends: &Ends) -> Result<Near, GraphError> {
    let mut search = Search { real: graph, estate, snapshots, ends, merged: graph.clone(), misses: BTreeSet::new(), left_out: 0 };
    let mut some = Vec::new();
    for guard in Guard::ALL {
        if let Some(open) = estate.without_guards(&[guard]) {
            search.learn(&open, &[guard])?;
            some.push(guard);
        }
    }
    // Of what is held back by several kinds, one alone opens nothing.
    if let Some(open) = estate.without_guards(&some).filter(|_| some.len() > 1) {
        search.learn(&open, &some)?;
    }
    Ok(search.finish())
}

struct Search<'g> {
    real: &'g Graph,
    estate: &'g Estate,
    snapshots: &'g [Snapshot],
    ends: &'g Ends,
    merged: Graph,
    misses: BTreeSet<Miss>,
    left_out: usize,
}

/// Who, whom, by which technique, through whom: places of the merged graph.
type Key = (usize, usize, u16, Option<usize>);

fn key(edge: &Edge) -> Key {
    (edge.from, edge.to, edge.technique, edge.via)
}

impl Search<'_> {
    /// What there is without some guardrails.
    fn learn(&mut self, open: &Estate, guards: &[Guard]) -> Result<(), GraphError> {
        let again = build(open, self.snapshots)?;
        let found = self.new_edges(&again, guards);
        let explainer = Explainer::new(&again, open, self.snapshots)?;
        let mut by_account: BTreeMap<Option<usize>, Vec<(Edge, Edge)>> = BTreeMap::new();
        for (edge, merged) in found {
            by_account.entry(again.nodes.get(edge.from).and_then(|node| node.account)).or_default().push((edge, merged));
        }
        for (account, pairs) in by_account {
            let edges: Vec<Edge> = pairs.iter().map(|(edge, _)| *edge).collect();
            let told = asked(&explainer, account, &edges, self.estate)?;
            let mut misses: Vec<Miss> = Vec::new();
            for ((_, merged), steps) in pairs.iter().zip(told) {
                misses.push(self.miss(*merged, &steps, guards));
            }
            let alone = if guards.len() == 1 { self.alone(&explainer, account, &edges, &misses)? } else { Vec::new() };
            for (at, miss) in misses.into_iter().enumerate() {
                let alone = alone.get(at).cloned().unwrap_or_default();
                if alone.is_empty() {
                    self.misses.insert(miss);
                    continue;
                }
                self.misses.extend(alone.into_iter().map(|one| Miss { held_by: BTreeSet::from([one]), ..miss.clone() }));
            }
        }
        Ok(())
    }

    /// Edges that the real graph has not, as they are there and here; those to administrators first.
    fn new_edges(&mut self, again: &Graph, guards: &[Guard]) -> Vec<(Edge, Edge)> {
        let mut places: HashMap<String, usize> = self.merged.nodes.iter().enumerate().map(|(at, node)| (node.arn.clone(), at)).collect();
        let known: BTreeSet<(usize, usize)> = self.real.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        let missed: BTreeSet<Key> = self.misses.iter().map(|miss| key(&miss.edge)).collect();
        let mut reached = Reached::new(self.real);
        let mut found: Vec<(Edge, Edge)> = Vec::new();
        for edge in &again.edges {
            let mut place = |at: usize| again.nodes.get(at).map(|node| self.place(&mut places, node));
            let Some((from, to)) = place(edge.from).zip(place(edge.to)) else { continue };
            let merged = Edge { from, to, via: edge.via.and_then(place), ..*edge };
            let asked =
                self.ends.from.as_ref().is_none_or(|all| all.contains(&from)) && self.ends.to.as_ref().is_none_or(|all| all.contains(&to));
            // What one kind holds back is known before all kinds go together.
            let told = guards.len() > 1 && missed.contains(&key(&merged));
            // Whoever gets there anyhow is not held back.
            if asked && !told && !known.contains(&(from, to)) && !reached.leads(from, to) {
                found.push((*edge, merged));
            }
        }
        let rank = |at: usize| self.real.nodes.get(at).is_some_and(|node| node.kind == Kind::Admin || node.admin != Admin::No);
        found.sort_by_key(|(_, merged)| !rank(merged.to));
        self.left_out += found.len().saturating_sub(MOST);
        found.truncate(MOST);
        found
    }

    /// The place of a node; one that is not in the real graph is added, without its rank.
    fn place(&mut self, places: &mut HashMap<String, usize>, node: &Node) -> usize {
        *places.entry(node.arn.clone()).or_insert_with(|| {
            self.merged.nodes.push(Node { admin: Admin::No, because: Vec::new(), ..node.clone() });
            self.merged.nodes.len() - 1
        })
    }

    fn miss(&self, edge: Edge, steps: &[Step], guards: &[Guard]) -> Miss {
        let (mut held_by, mut denied) = (BTreeSet::new(), BTreeSet::new());
        for step in steps.iter().filter(|step| step.explained.when == Formula::Never) {
            held_by.extend(of_step(self.estate, step));
            denied.insert((step.who.clone(), step.action.clone(), step.resource.clone()));
        }
        // With a boundary go the statements in it.
        let whole: BTreeSet<Vec<String>> = held_by.iter().filter(|one| is_boundary(one, true)).map(|one| one.policies.clone()).collect();
        held_by.retain(|one| !is_boundary(one, false) || !whole.contains(&one.policies));
        if held_by.is_empty() {
            held_by.extend(guards.iter().map(|guard| Guardrail { guard: *guard, policies: Vec::new(), statement: None }));
        }
        Miss { edge, held_by, denied }
    }

    /// Where several hold one back in this way: which of them are alone in another, as in another Region.
    fn alone(
        &self,
        explainer: &Explainer<'_>,
        account: Option<usize>,
        edges: &[Edge],
        misses: &[Miss],
    ) -> Result<Vec<Vec<Guardrail>>, GraphError> {
        let mut alone = vec![Vec::new(); edges.len()];
        let mut by_guardrail: BTreeMap<&Guardrail, Vec<usize>> = BTreeMap::new();
        for (at, miss) in misses.iter().enumerate().filter(|(_, miss)| miss.held_by.len() > 1) {
            for guardrail in miss.held_by.iter().filter(|guardrail| !guardrail.policies.is_empty()) {
                by_guardrail.entry(guardrail).or_default().push(at);
            }
        }
        for (guardrail, places) in by_guardrail {
            let mut changed = self.estate.clone();
            changed.remove_guardrail(guardrail);
            let asked_for: Vec<Edge> = places.iter().filter_map(|at| edges.get(*at)).copied().collect();
            let changed = Explainer::new(explainer.graph, &changed, self.snapshots)?;
            for (at, stands) in places.into_iter().zip(stand(&changed, account, &asked_for)?) {
                alone.get_mut(at).filter(|_| stands).into_iter().for_each(|alone| alone.push(guardrail.clone()));
            }
        }
        Ok(alone)
    }

    fn finish(self) -> Near {
        let (misses, graph, left_out) = (self.misses, self.merged, self.left_out);
        // What one alone holds back is not told of several.
        let single: BTreeSet<Key> = misses.iter().filter(|miss| miss.held_by.len() == 1).map(|miss| key(&miss.edge)).collect();
        let mut by_guardrails: BTreeMap<BTreeSet<Guardrail>, BTreeMap<Key, Miss>> = BTreeMap::new();
        for miss in misses.into_iter().filter(|miss| miss.held_by.len() == 1 || !single.contains(&key(&miss.edge))) {
            let ways = by_guardrails.entry(miss.held_by.clone()).or_default();
            let known = ways.entry(key(&miss.edge)).or_insert_with(|| miss.clone());
            if miss.edge.certain && !known.edge.certain {
                *known = miss;
            }
        }
        let rising = Rising::new(&graph);
        let group = |(guardrails, ways): (BTreeSet<Guardrail>, BTreeMap<Key, Miss>)| {
            let misses: Vec<Miss> = ways.into_values().collect();
            let edges: Vec<Edge> = misses.iter().map(|miss| miss.edge).collect();
            Held { administrators: rising.with(&edges), guardrails, misses }
        };
        let mut held: Vec<Held> = by_guardrails.into_iter().map(group).collect();
        held.sort_by_key(|held| {
            (held.guardrails.len(), std::cmp::Reverse(held.administrators.len()), std::cmp::Reverse(held.misses.len()))
        });
        Near { graph, held, left_out }
    }
}

/// Whether it is a boundary, or else a statement of one.
fn is_boundary(guardrail: &Guardrail, whole: bool) -> bool {
    guardrail.guard == Guard::Boundary && guardrail.statement.is_none() == whole
}

/// The questions of edges, answered by the accounts as they are.
fn asked(explainer: &Explainer<'_>, account: Option<usize>, edges: &[Edge], real: &Estate) -> Result<Vec<Vec<Step>>, GraphError> {
    let arn = |at: usize| explainer.graph.nodes.get(at).map(|node| node.arn.as_str()).unwrap_or_default();
    let Some(account) = account else {
        return Ok(edges.iter().map(|edge| super::outside::explain(real, arn(edge.from), arn(edge.to)).into_iter().collect()).collect());
    };
    explainer.search(account, edges, |edge, found, _| {
        Ok(match found {
            Found::Hit(source, plan, hit) => all_steps(source, plan, hit, real),
            Found::Across => assumption(real, arn(edge.from), arn(edge.to)).into_iter().collect(),
            Found::Fact => fact(explainer, edge, real),
            Found::Nothing => Vec::new(),
        })
    })
}

/// How things are: who signs in as a role, or is an administrator.
fn fact(explainer: &Explainer<'_>, edge: &Edge, estate: &Estate) -> Vec<Step> {
    let node = |at: usize| explainer.graph.nodes.get(at);
    let (Some(from), Some(to)) = (node(edge.from), node(edge.to)) else { return Vec::new() };
    if from.kind == Kind::Person {
        return super::people::steps(estate, &to.arn).into_iter().take(1).collect();
    }
    administration(estate, &from.arn)
}

/// Whether edges are there.
fn stand(explainer: &Explainer<'_>, account: Option<usize>, edges: &[Edge]) -> Result<Vec<bool>, GraphError> {
    let arn = |at: usize| explainer.graph.nodes.get(at).map(|node| node.arn.as_str()).unwrap_or_default();
    let allowed = |steps: &[Step]| !steps.is_empty() && steps.iter().all(|step| step.explained.when != Formula::Never);
    let estate = explainer.estate;
    let Some(account) = account else {
        let step = |edge: &Edge| super::outside::explain(estate, arn(edge.from), arn(edge.to));
        return Ok(edges.iter().map(|edge| step(edge).is_some_and(|step| allowed(&[step]))).collect());
    };
    explainer.search(account, edges, |edge, found, _| {
        Ok(match found {
            Found::Hit(..) => true,
            Found::Across => assumption(estate, arn(edge.from), arn(edge.to)).is_some_and(|step| allowed(&[step])),
            Found::Fact => allowed(&fact(explainer, edge, estate)),
            Found::Nothing => false,
        })
    })
}

/// All that a technique needs: rights of its own, a role that trusts, and rights that come of it.
fn all_steps(source: &Source<'_, '_>, plan: &Plan, hit: &Hit, real: &Estate) -> Vec<Step> {
    let scene = source.scene;
    let mut all = steps(source, plan, hit, real);
    let things: Vec<_> = hit.choice.things.iter().map(std::rc::Rc::as_ref).collect();
    if let (Some(trusts), Some(target)) = (&plan.trusts, scene.principal(hit.target)) {
        let answers = trust::answers(real, &scene.ground, trusts, &target.arn, &bound(source, hit).case(source, &things));
        let lets = |steps: &Vec<Step>| steps.iter().all(|step| step.explained.when != Formula::Never);
        if !answers.iter().any(lets) {
            all.extend(answers.into_iter().next().unwrap_or_default());
        }
    }
    let after = gain::after(scene, plan.row.gain, source.place, hit.target, used(plan, &hit.choice.things));
    let ranks = after.into_iter().filter_map(|(place, rights)| Some(of_rights(real, &scene.principal(place)?.arn, rights, plan.row.gain)));
    let ranks: Vec<Vec<Step>> = ranks.collect();
    if !ranks.iter().any(|steps| steps.iter().all(|step| step.explained.when != Formula::Never)) {
        all.extend(ranks.into_iter().next().unwrap_or_default());
    }
    all
}
