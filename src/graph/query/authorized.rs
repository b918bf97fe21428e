//! Who can do something, be it by acting as somebody else.

use std::collections::HashMap;

use super::parse::Request;
use crate::graph::model::{Admin, Graph, Kind};
use crate::graph::paths::{Distances, Filter, Hop, Ways};
use crate::iam::estate::Estate;
use crate::iam::evaluate::{Layer, TakenBy};
use crate::iam::query::{Given, QueryError, Question, Verdict, ask};

/// Where a question is put.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// Its ways.
    pub ways: &'a Ways<'a>,
    /// What it was made of.
    pub estate: &'a Estate,
}

/// How somebody can do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By its own rights.
    Itself(Verdict),
    /// By those of the one at the end of a way.
    Through(Vec<Hop>, Verdict),
    /// By giving itself the right.
    AsAdmin,
    /// Not at all.
    No,
}

/// The answer for one principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its place in the graph.
    pub node: usize,
    /// How.
    pub how: How,
    /// Nothing stands in the way: no condition, and no step that is only possible.
    pub certain: bool,
}

/// Answers for the asked ones, in their order. Session policies count for the asker itself.
///
/// # Errors
/// When there is no such action or resource.
pub fn authorized(
    source: &Source<'_>,
    request: &Request,
    asked: &[usize],
    given: &Given,
    filter: &Filter,
) -> Result<Vec<Answer>, QueryError> {
    let verdicts = verdicts(source, request, &Given::default(), None)?;
    let own = if given.session.is_empty() { None } else { Some(self::verdicts(source, request, given, None)?) };
    let goals = |certain: bool| {
        let wanted = move |verdict: &&Verdict| !certain || **verdict == Verdict::Yes;
        let mut goals: Vec<usize> =
            verdicts.iter().filter(|(at, verdict)| wanted(verdict) && !filter.avoid.contains(at)).map(|(at, _)| *at).collect();
        goals.sort_unstable();
        goals
    };
    let by_place = |at: usize| verdicts.get(&at).cloned().unwrap_or(Verdict::No);
    let direct = |node: usize| own.as_ref().map_or_else(|| by_place(node), |own| own.get(&node).cloned().unwrap_or(Verdict::No));
    let open: Vec<usize> = asked.iter().copied().filter(|node| direct(*node) != Verdict::Yes).collect();
    let certain = source.ways.toward_those(goals(true), &Filter { certain: true, ..filter.clone() }, &open);
    let left: Vec<usize> = open.into_iter().filter(|node| !certain.has(*node) && direct(*node) == Verdict::No).collect();
    let possible = source.ways.toward_those(goals(filter.certain), filter, &left);
    let through = |node: usize, distances: &Distances| {
        let way = source.ways.follow(node, distances);
        let last = way.last().map(|hop| source.ways.ends(*hop).1)?;
        Some((way, by_place(last)))
    };
    let mut answers = Vec::new();
    for node in asked {
        let (how, sure) = match direct(*node) {
            Verdict::Yes => (How::Itself(Verdict::Yes), true),
            direct => match (through(*node, &certain), direct, through(*node, &possible)) {
                (Some((way, verdict)), ..) => (How::Through(way, verdict), true),
                (None, Verdict::If(when), _) => (How::Itself(Verdict::If(when)), false),
                (None, _, Some((way, verdict))) if !filter.certain => (How::Through(way, verdict), false),
                _ if own.is_none() && is_able_admin(source, request, *node) => (How::AsAdmin, true),
                _ => (How::No, true),
            },
        };
        answers.push(Answer { node: *node, how, certain: sure });
    }
    Ok(answers)
}

/// What each principal's own rights say; those who may not are left out.
fn verdicts(source: &Source<'_>, request: &Request, given: &Given, principal: Option<&str>) -> Result<HashMap<usize, Verdict>, QueryError> {
    let context = request.conditions.iter().map(|(key, value)| (key.clone(), vec![value.clone()]));
    let question = Question {
        principal: principal.map(str::to_owned),
        action: Some(request.action.clone()),
        resource: request.resource.clone(),
        context: context.collect(),
        ..Question::default()
    };
    let rows = ask(source.estate, &question, given)?;
    let places = source.graph.by_arn();
    // Of a pattern, all actions that it stands for.
    let wanted = source.estate.store.catalog().expand(&request.action).len().max(1);
    let mut verdicts = HashMap::new();
    for of_one in rows.rows.chunk_by(|one, other| one.principal == other.principal) {
        let Some(at) = of_one.first().and_then(|row| places.get(&*row.principal)) else { continue };
        let actions: Vec<&Verdict> = of_one
            .chunk_by(|one, other| one.action == other.action)
            .filter_map(|of_action| of_action.iter().map(|row| &row.verdict).min())
            .collect();
        if let Some(worst) = actions.iter().max().filter(|worst| actions.len() >= wanted && ***worst != Verdict::No) {
            verdicts.insert(*at, (*worst).clone());
        }
    }
    Ok(verdicts)
}

/// Whether an administrator lacks nothing but a policy, which it can give itself.
fn is_able_admin(source: &Source<'_>, request: &Request, at: usize) -> bool {
    let node = source.graph.nodes.get(at).filter(|node| node.admin == Admin::Yes && node.kind != Kind::Admin);
    let Some(node) = node else { return false };
    let question = Question {
        principal: Some(node.arn.clone()),
        action: Some(request.action.clone()),
        resource: request.resource.clone(),
        negatives: true,
        reasons: true,
        ..Question::default()
    };
    let Ok(rows) = ask(source.estate, &question, &Given::default()) else { return false };
    let own = |reason: &TakenBy| matches!(reason, TakenBy::NoAllow | TakenBy::Layer(Layer::Identity | Layer::Boundary));
    let denied_by_itself = |row: &crate::iam::query::Row| {
        let denies = row.because.iter().filter(|because| because.effect == crate::iam::policy::Effect::Deny);
        denies.clone().count() > 0 && denies.clone().all(|because| matches!(because.layer, Layer::Identity | Layer::Boundary))
    };
    let can_change = |row: &crate::iam::query::Row| {
        row.taken_by.iter().all(|reason| own(reason) || (*reason == TakenBy::ExplicitDeny && denied_by_itself(row)))
    };
    !rows.rows.is_empty() && rows.rows.iter().any(can_change)
}
