//! Answering a question, principal by principal.

use std::sync::Arc;

use foldhash::HashMap;

use super::own::{Own, Place};
use super::targets::{Aim, aim, concerns, parts, takes_none};
use super::{Given, QueryError, Question, Row, Rows, Verdict};
use crate::iam::caller::{Caller, CallerKind};
use crate::iam::catalog::Catalog;
use crate::iam::estate::{Asker, Estate, Home, Principal, askers, everybody, session};
use crate::iam::evaluate::{Answer, OfResource, Policies, Request, conditions, decide, needs_policy};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Effect, Target};
use crate::iam::truth::Truth;
use crate::model::{in_parallel, processors};

/// With fewer answers, threads take longer to start than to answer.
const WORTH_THREADS: usize = 2_000;

/// So many answers may be worked on for a question that leaves the resource open; with more, resources are not looked
/// at one by one.
const ONE_BY_ONE: usize = 2_000_000;

/// Answers a question.
///
/// # Errors
/// When it names somebody or something that is not there.
pub fn ask(estate: &Estate, question: &Question, given: &Given) -> Result<Rows, QueryError> {
    let (everybody, mut named) = match question.principal.as_deref() {
        None => (everybody(estate, &question.accounts), Vec::new()),
        Some(name) => (Vec::new(), askers(estate, Some(name), &question.accounts)?),
    };
    let actions = actions(estate.store.catalog(), question.action.as_deref())?;
    if let Some(text) = question.resource.as_deref().filter(|text| !names_resources(text)) {
        return Err(QueryError::Resource(text.to_owned()));
    }
    let resource = question.resource.as_deref().map(Target::new);
    let mut notes = Vec::new();
    let mut asked = aims(estate, &actions, resource.as_ref(), &mut notes);
    let truncated = truncate(&mut asked, everybody.len() + named.len(), &mut notes);
    let work = Work { estate, question, given, asked: &asked };
    if resource.is_some() && question.principal.is_none() && question.accounts.is_empty() {
        named.extend(outsiders(estate, &asked));
    }
    let many = (everybody.len() + named.len()) * asked.iter().map(|asked| asked.aims.len()).sum::<usize>() > WORTH_THREADS;
    let threads = if many { processors() } else { 1 };
    let of_one = |(home, principal): &(Arc<Home<'_>>, &Principal), words: &mut Words| {
        Asker::of(home, principal).map(|asker| work.answer(&asker, words)).unwrap_or_default()
    };
    let mut rows: Vec<Row> = in_parallel(&everybody, threads, of_one).into_iter().flatten().collect();
    rows.extend(in_parallel(&named, threads, |asker, words: &mut Words| work.answer(asker, words)).into_iter().flatten());
    Ok(Rows { rows, notes, truncated })
}

/// An ARN of six parts, or a pattern that ARNs can be like.
fn names_resources(text: &str) -> bool {
    text == "*" || (text.starts_with("arn:") && (text.matches(':').count() >= 5 || text.contains('*')))
}

/// Whom the policy of the resource asked about names, and who is no user or role here, or a session of one.
fn outsiders<'a>(estate: &'a Estate, asked: &[Asked<'_>]) -> Vec<Asker<'a>> {
    let mut callers: Vec<Caller> = Vec::new();
    for aim in asked.iter().flat_map(|asked| &asked.aims) {
        let policy = match aim.policy {
            OfResource::Policy(named) => Some(named),
            _ => None,
        };
        let statements = policy.iter().chain(&aim.grants).flat_map(|named| &named.policy.statements);
        let allows = statements.filter(|statement| statement.effect == Effect::Allow);
        let clauses = allows.filter_map(|statement| statement.principal.as_ref());
        for caller in clauses
            .flat_map(|clause| if clause.negated { vec![Caller::new("*")] } else { clause.names.iter().filter_map(Caller::of).collect() })
        {
            let canonical = |id: &String| estate.accounts.iter().any(|account| account.canonical.as_ref() == Some(id));
            let here = estate.principal(&caller.arn).is_some()
                || caller.canonical.as_ref().is_some_and(canonical)
                || caller.account.as_deref().is_some_and(|id| caller.arn.ends_with(":*") && estate.account(id).is_some());
            if !here && !callers.contains(&caller) {
                callers.push(caller);
            }
        }
    }
    callers.into_iter().filter_map(|caller| outsider(estate, caller)).collect()
}

/// Who is named in an account that is here, and is not in it, is gone.
fn outsider(estate: &Estate, caller: Caller) -> Option<Asker<'_>> {
    let account = caller.account.as_deref().and_then(|id| estate.account(id));
    match (caller.kind, account) {
        (CallerKind::Session, Some(account)) if !account.unread => session(estate, caller),
        (CallerKind::User | CallerKind::Role, Some(account)) if !account.unread => None,
        _ => Some(Asker::new(caller, None)),
    }
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
fn aims<'a>(estate: &'a Estate, actions: &'a [Action], resource: Option<&Target>, notes: &mut Vec<String>) -> Vec<Asked<'a>> {
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
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for action in actions {
        let mut own = vec![aim(estate, action, resource)];
        if open && !takes_none(catalog, action) {
            own.extend(parts(estate, action, resource));
            // Of roles and keys, each decides for itself: there is nothing to say of all.
            if needs_policy(action) && own.len() > 1 {
                own.remove(0);
            }
        }
        own.iter_mut().for_each(|aim| aim.impartial = aim.is_impartial(estate, action));
        asked.push(Asked { action, name: action.name.as_str().into(), aims: own });
    }
    asked
}

/// Leaves single resources out where there would be too many answers.
fn truncate(asked: &mut [Asked<'_>], askers: usize, notes: &mut Vec<String>) -> bool {
    let count: usize = asked.iter().map(|asked| asked.aims.len()).sum();
    if count * askers <= ONE_BY_ONE || count <= asked.len() {
        return false;
    }
    notes.push(
        "policies of resources are left out, and roles and keys, of which each decides for itself: there would be too many answers; name a principal, an action or a resource"
            .to_owned(),
    );
    for asked in asked {
        asked.aims.truncate(if needs_policy(asked.action) { 0 } else { 1 });
    }
    true
}

struct Work<'a> {
    estate: &'a Estate,
    question: &'a Question,
    given: &'a Given,
    asked: &'a [Asked<'a>],
}

/// An action, and what it is asked about.
struct Asked<'a> {
    action: &'a Action,
    name: Arc<str>,
    aims: Vec<Aim<'a>>,
}

impl Work<'_> {
    fn answer(&self, asker: &Asker<'_>, words: &mut Words) -> Vec<Row> {
        let own = Own::new(self.estate, asker, self.given, &self.question.context);
        let account: Arc<str> = asker.known.map(|(account, _)| account.name.to_string()).unwrap_or_default().into();
        let principal: Arc<str> = if asker.caller.arn == "*" { "anonymous".into() } else { asker.caller.arn.as_str().into() };
        let mut rows = Vec::new();
        let mut place: Option<Place<'_>> = None;
        for asked in self.asked {
            let mut general: Option<(Verdict, bool)> = None;
            let class = own.class(asked.action).filter(|_| !self.question.reasons);
            for aim in &asked.aims {
                let alike = class.filter(|_| aim.impartial).map(|class| (std::ptr::from_ref(aim).addr(), class));
                let known = alike.and_then(|alike| words.shared.get(&alike).cloned());
                let (verdict, open) = known.unwrap_or_else(|| {
                    let (here, words) = (Place::next(place.take(), &own, aim, asked.action), &mut *words);
                    let found = words.verdict(&own.request(asked.action, aim, &here), &own.policies(aim, &here));
                    words.shared.extend(alike.map(|alike| (alike, found.clone())));
                    place = Some(here);
                    found
                });
                // A resource of its own is only worth a word where its answer is another.
                if general.as_ref().is_some_and(|(general, _)| *general == verdict) {
                    continue;
                }
                // A no is worth a word where the general answer, which is about the asker's account, says otherwise.
                let own_account = aim.owner.is_none() || aim.owner == asker.caller.account;
                let contradicts = own_account && general.as_ref().is_some_and(|(_, open)| *open);
                if verdict != Verdict::No || contradicts || self.question.negatives {
                    let (account, principal) = (account.clone(), principal.clone());
                    let (action, resource) = (asked.name.clone(), aim.name.clone());
                    let verdict = verdict.clone();
                    let mut row = Row { account, principal, action, resource, verdict, taken_by: Vec::new(), because: Vec::new() };
                    if self.question.reasons {
                        let here = Place::next(place.take(), &own, aim, asked.action);
                        row.explain(&Answer::new(&own.request(asked.action, aim, &here), &own.policies(aim, &here)));
                        place = Some(here);
                    }
                    rows.push(row);
                }
                if !needs_policy(asked.action) {
                    general = general.or(Some((verdict, open)));
                }
            }
        }
        rows
    }
}

/// Formulas and their words. Most principals are under the same few conditions, which are put into words once.
#[derive(Default)]
struct Words {
    known: Vec<(Formula, Arc<str>, bool)>,
    /// By what is asked about, and what speaks for the asker.
    shared: HashMap<(usize, u64), (Verdict, bool)>,
}

impl Words {
    /// More would take longer to look through than to write.
    const KEPT: usize = 16;

    /// The answer, and whether it is a yes, be it under conditions, for resources that no policy names.
    fn verdict(&mut self, request: &Request<'_>, policies: &Policies<'_>) -> (Verdict, bool) {
        match decide::<Truth>(request, policies) {
            Truth::Yes => (Verdict::Yes, true),
            Truth::No => (Verdict::No, false),
            Truth::Unknown => match conditions(request, policies) {
                Formula::Always => (Verdict::Yes, true),
                Formula::Never => (Verdict::No, false),
                formula => self.of(formula),
            },
        }
    }

    fn of(&mut self, formula: Formula) -> (Verdict, bool) {
        if let Some((_, words, open)) = self.known.iter().find(|(known, ..)| *known == formula) {
            return (Verdict::If(words.clone()), *open);
        }
        let words: Arc<str> = formula.to_string().into();
        let open = formula.clone().of_any_resource() != Formula::Never;
        if self.known.len() == Self::KEPT {
            self.known.remove(0);
        }
        self.known.push((formula, words.clone(), open));
        (Verdict::If(words), open)
    }
}
