//! Answering a question, principal by principal.

use super::own::{Own, Place};
use super::targets::{Aim, aim, concerns, parts, takes_none};
use super::{Given, QueryError, Question, Row, Rows, Verdict};
use crate::iam::catalog::Catalog;
use crate::iam::estate::{Asker, Estate, askers};
use crate::iam::evaluate::{Answer, Policies, Request, decide};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Target};
use crate::iam::truth::Truth;

/// So many answers may be worked on for a question that leaves the resource open; with more, resources are not looked
/// at one by one.
const ONE_BY_ONE: usize = 2_000_000;

/// Answers a question.
///
/// # Errors
/// When it names somebody or something that is not there.
pub fn ask(estate: &Estate, question: &Question, given: &Given) -> Result<Rows, QueryError> {
    let askers = askers(estate, question.principal.as_deref(), &question.accounts)?;
    let actions = actions(estate.store.catalog(), question.action.as_deref())?;
    let resource = question.resource.as_deref().map(Target::new);
    let mut notes = Vec::new();
    let aims = aims(estate, &actions, resource.as_ref(), askers.len(), &mut notes);
    let work = Work { estate, question, given, aims: &aims };
    Ok(Rows { rows: in_parallel(&askers, &work), notes })
}

/// The actions that a name or pattern means.
fn actions(catalog: &'static Catalog, name: Option<&str>) -> Result<Vec<Action>, QueryError> {
    let found = match name {
        None => catalog.all(),
        Some(name) => catalog.expand(name),
    };
    if found.is_empty() {
        return Err(QueryError::Action(name.unwrap_or_default().to_owned()));
    }
    Ok(found.iter().map(|id| Action::of(id, catalog)).collect())
}

/// Every action with what it is asked about: what the question names, and below it the resources that have policies of
/// their own.
fn aims<'a>(
    estate: &'a Estate,
    actions: &'a [Action],
    resource: Option<&Target>,
    askers: usize,
    notes: &mut Vec<String>,
) -> Vec<(&'a Action, Vec<Aim<'a>>)> {
    let catalog = estate.store.catalog();
    // One that is named is asked, whatever it is about.
    let single = actions.len() == 1;
    let concerned = |action: &&Action| single || resource.is_none_or(|resource| concerns(catalog, action, resource));
    let actions: Vec<&Action> = actions.iter().filter(concerned).collect();
    if let (Some(resource), [action]) = (resource, actions.as_slice()) {
        if takes_none(catalog, action) && *resource != Target::Arn("*".to_owned()) {
            notes.push(format!("{} is about no resource: policies have to allow it on `*`", action.name));
        } else if !concerns(catalog, action, resource) {
            notes.push(format!("{} is not about resources like {resource}", action.name));
        }
    }
    let open = resource.is_none_or(|resource| matches!(resource, Target::Like(_)));
    let mut aims: Vec<(&Action, Vec<Aim<'_>>)> = Vec::new();
    let mut count = 0;
    for action in actions {
        let mut own = vec![aim(estate, action, resource)];
        if open && !takes_none(catalog, action) {
            own.extend(parts(estate, action, resource));
        }
        count += own.len();
        aims.push((action, own));
    }
    if count * askers > ONE_BY_ONE && count > aims.len() {
        notes.push(
            "policies of resources are left out, for there would be too many answers: name a principal, an action or a resource".to_owned(),
        );
        aims.iter_mut().for_each(|(_, aims)| aims.truncate(1));
    }
    aims
}

struct Work<'a> {
    estate: &'a Estate,
    question: &'a Question,
    given: &'a Given,
    aims: &'a [(&'a Action, Vec<Aim<'a>>)],
}

/// In the order of the askers, whatever thread answers.
fn in_parallel(askers: &[Asker<'_>], work: &Work<'_>) -> Vec<Row> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // For a few, threads take longer to start than to answer.
    let aims: usize = work.aims.iter().map(|(_, aims)| aims.len()).sum();
    if threads == 1 || askers.len() * aims < 2_000 {
        return askers.iter().flat_map(|asker| work.answer(asker)).collect();
    }
    let chunk = askers.len().div_ceil(threads * 4).max(1);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let chunks: Vec<&[Asker<'_>]> = askers.chunks(chunk).collect();
    let take = || {
        let mut done = Vec::new();
        while let Some((at, askers)) = {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            chunks.get(at).map(|askers| (at, *askers))
        } {
            done.push((at, askers.iter().flat_map(|asker| work.answer(asker)).collect::<Vec<Row>>()));
        }
        done
    };
    let mut parts = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<_>>()
    });
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().flat_map(|(_, rows)| rows).collect()
}

impl Work<'_> {
    fn answer(&self, asker: &Asker<'_>) -> Vec<Row> {
        let own = Own::new(self.estate, asker, self.given, &self.question.context);
        let mut rows = Vec::new();
        let mut place: Option<Place<'_>> = None;
        for (action, aims) in self.aims {
            let mut general = None;
            for aim in aims {
                let here = Place::next(place.take(), &own, aim, action);
                let place = place.insert(here);
                let policies = own.policies(aim, place);
                let request = own.request(action, aim, place);
                let verdict = verdict(&request, &policies);
                // A resource of its own is only worth a word where its answer is another.
                if general.as_ref() == Some(&verdict) {
                    continue;
                }
                if verdict != Verdict::No || self.question.negatives {
                    rows.push(self.row(asker, &request, &policies, verdict.clone()));
                }
                general = general.or(Some(verdict));
            }
        }
        rows
    }

    fn row(&self, asker: &Asker<'_>, request: &Request<'_>, policies: &Policies<'_>, verdict: Verdict) -> Row {
        let mut row = Row {
            account: asker.known.map(|(account, _)| account.name.to_string()).unwrap_or_default(),
            principal: if asker.caller.arn == "*" { "anonymous".to_owned() } else { asker.caller.arn.clone() },
            action: request.action.name.clone(),
            resource: request.target.to_string(),
            verdict,
            taken_by: Vec::new(),
            because: Vec::new(),
        };
        if self.question.reasons {
            row.explain(&Answer::new(request, policies));
        }
        row
    }
}

fn verdict(request: &Request<'_>, policies: &Policies<'_>) -> Verdict {
    match decide::<Truth>(request, policies) {
        Truth::Yes => Verdict::Yes,
        Truth::No => Verdict::No,
        Truth::Unknown => match decide::<Formula>(request, policies) {
            Formula::Always => Verdict::Yes,
            Formula::Never => Verdict::No,
            formula => Verdict::If(formula.to_string()),
        },
    }
}
