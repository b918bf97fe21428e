//! Questions about an estate: who can, what can they do, on which resources. Whatever is left out is enumerated.

mod admins;
mod ask;
mod assume;
mod own;
mod probe;
mod targets;

use std::collections::HashMap;
use std::sync::Arc;

use crate::iam::catalog::{Catalog, ValueType};
use crate::iam::estate::{Estate, EstateError, Nobody};
use crate::iam::evaluate::{Answer, Deciding, Decision, Layer, TakenBy};
use crate::iam::policy::{Effect, Policy, Problem, ProblemKind};
use crate::model::visible;

pub use admins::{Admin, DEFAULT_PRIVILEGES, admins};
pub use ask::ask;
pub use assume::{Assumable, assumable_roles};
pub use probe::{Explained, GRANT, KeyFact, Probe, Prober, ResourceSide, Rights};

/// A question, as it is typed.
#[derive(Debug, Default, Clone)]
pub struct Question {
    /// Who: an ARN, `user/x`, `role/x`, a service, `anonymous`; `*` and `?` are wildcards. Everybody when left out.
    pub principal: Option<String>,
    /// What: an action, or a pattern of actions. Every action when left out.
    pub action: Option<String>,
    /// To what: an ARN or a pattern of ARNs. Every resource when left out.
    pub resource: Option<String>,
    /// Condition keys with their values; no value = the request does not have the key.
    pub context: Vec<(String, Vec<String>)>,
    /// Only principals of these accounts, by id; all when empty.
    pub accounts: Vec<String>,
    /// Whether noes are answers too.
    pub negatives: bool,
    /// Whether each answer says why.
    pub reasons: bool,
}

/// Policies that a question brings along.
#[derive(Debug, Default)]
pub struct Given {
    /// Session policies, with what to call them.
    pub session: Vec<(String, Policy)>,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The estate cannot be read.
    #[error(transparent)]
    Estate(#[from] EstateError),
    /// Nobody is called so.
    #[error(transparent)]
    Nobody(#[from] Nobody),
    /// No resource is called so.
    #[error("`{}` is no resource: write its ARN, such as `arn:aws:s3:::bucket/key`, with `*` and `?` as wildcards", visible(.0))]
    Resource(String),
    /// No action is called so.
    #[error("AWS has no action like `{}`: write it as `s3:GetObject`, with `*` and `?` as wildcards", visible(.0))]
    Action(String),
}

/// The short form of a decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Yes.
    Yes,
    /// Yes, where this holds.
    If(Arc<str>),
    /// No.
    No,
}

/// A statement that had a say, on its own feet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The kind of the policy.
    pub layer: Layer,
    /// The policy.
    pub policy: String,
    /// The statement, from 0.
    pub statement: usize,
    /// Where it is in the document.
    pub pointer: String,
    /// Its name.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// When, if not always.
    pub when: Option<String>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The account's name; empty for callers from elsewhere.
    pub account: Arc<str>,
    /// The principal's ARN, or its name.
    pub principal: Arc<str>,
    /// The action.
    pub action: Arc<str>,
    /// The resource, or a pattern.
    pub resource: Arc<str>,
    /// The answer.
    pub verdict: Verdict,
    /// What took a permission away, the first reason first; only of noes, where reasons were asked for.
    pub taken_by: Vec<TakenBy>,
    /// The statements that decided, where reasons were asked for.
    pub because: Vec<Because>,
}

/// All answers to a question.
#[derive(Debug, Default)]
pub struct Rows {
    /// By principal, resource, action.
    pub rows: Vec<Row>,
    /// What to know of them: assumptions, and what the question got wrong.
    pub notes: Vec<String>,
    /// Resources were left out, for there would be too many answers.
    pub truncated: bool,
}

impl From<&Decision> for Verdict {
    fn from(decision: &Decision) -> Self {
        match decision {
            Decision::Allowed => Self::Yes,
            Decision::Denied => Self::No,
            Decision::Conditional(formula) => Self::If(formula.to_string().into()),
        }
    }
}

impl From<&Deciding<'_>> for Because {
    fn from(found: &Deciding<'_>) -> Self {
        let when = found.when.to_string();
        Self {
            layer: found.layer,
            policy: found.policy.to_owned(),
            statement: found.statement,
            pointer: found.pointer.to_owned(),
            sid: found.sid.map(str::to_owned),
            effect: found.effect,
            when: (when != "always").then_some(when),
        }
    }
}

impl Row {
    fn explain(&mut self, answer: &Answer<'_>) {
        self.verdict = Verdict::from(&answer.decision);
        self.taken_by.clone_from(&answer.taken_by);
        self.because = answer.statements.iter().map(Because::from).collect();
    }
}

/// Checks what a question says of a condition key: one that AWS does not have, or a value that it cannot have, would settle
/// nothing, or the wrong thing.
///
/// # Errors
/// In words, when there is no such key, or no such value of it.
pub fn check_key(catalog: &Catalog, key: &str, values: &[String]) -> Result<(), String> {
    // The keys of identity providers begin with their host names.
    let service = key.split(':').next().unwrap_or_default();
    let Some(kind) = catalog.key_type(key) else {
        let of_provider = service.contains('.') || ["saml", "cognito-identity", "graph"].contains(&service);
        return if of_provider { Ok(()) } else { Err(format!("AWS has no condition key `{}`", visible(key))) };
    };
    let is = |value: &String| match kind.value {
        ValueType::Bool => matches!(value.to_ascii_lowercase().as_str(), "true" | "false"),
        ValueType::Numeric => value.parse::<f64>().is_ok(),
        ValueType::IpAddress => value.parse::<ipnet::IpNet>().is_ok() || value.parse::<std::net::IpAddr>().is_ok(),
        ValueType::Date | ValueType::Epoch => {
            crate::model::epoch_seconds(value).is_some() || value.parse::<f64>().is_ok() || value.parse::<jiff::civil::Date>().is_ok()
        }
        ValueType::String | ValueType::Arn => true,
    };
    match values.iter().find(|value| !is(value)) {
        Some(value) => Err(format!("`{}` is no value of `{}`, which is {}", visible(value), visible(key), kind_in_words(kind.value))),
        None => Ok(()),
    }
}

fn kind_in_words(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Bool => "true or false",
        ValueType::Numeric => "a number",
        ValueType::IpAddress => "an IP address",
        ValueType::Date | ValueType::Epoch => "a time, such as 2026-01-31T00:00:00Z",
        ValueType::String | ValueType::Arn => "a text",
    }
}

/// What the estate as a whole lacks.
#[must_use]
pub fn gaps(estate: &Estate) -> Vec<String> {
    let mut by_text: Vec<(&str, Vec<String>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for account in &estate.accounts {
        for gap in &account.gaps {
            let place = *places.entry(gap).or_insert(by_text.len());
            match by_text.get_mut(place) {
                Some((_, names)) => names.push(account.name.to_string()),
                None => by_text.push((gap, vec![account.name.to_string()])),
            }
        }
    }
    let mut gaps: Vec<String> = by_text.into_iter().map(|(gap, names)| format!("{}: {gap}", some_of(&names))).collect();
    gaps.extend(problems(estate));
    gaps
}

/// The first few names.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let first = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{first} and {more} more accounts"),
        _ => first,
    }
}

/// Policies in which something could not be read as it stands: the first few, and how many more.
fn problems(estate: &Estate) -> Vec<String> {
    const SHOWN: usize = 5;
    // These change no answer.
    let harmless = |kind: &ProblemKind| {
        matches!(kind, ProblemKind::UnknownAction(_) | ProblemKind::UnknownElement(_) | ProblemKind::SameSid(_) | ProblemKind::OddCase(_))
    };
    let matters = |problem: &&Problem| !harmless(&problem.kind);
    let mut notes = Vec::new();
    let mut more = 0_usize;
    for stored in estate.store.iter() {
        for problem in stored.policy.problems.iter().filter(matters) {
            if notes.len() < SHOWN {
                notes.push(format!("{}: {}: {}", stored.name, problem.pointer, problem.kind));
            } else {
                more += 1;
            }
        }
    }
    if more > 0 {
        notes.push(format!("{more} more problems in policies: `iam_report` shows them"));
    }
    notes
}
