//! Questions about an estate: who can, what can they do, on which resources. Whatever is left out is enumerated.

mod admins;
mod ask;
mod assume;
mod own;
mod parallel;
mod targets;

use std::sync::Arc;

use crate::iam::estate::{Estate, EstateError, Nobody};
use crate::iam::evaluate::{Answer, Deciding, Decision, Layer, TakenBy};
use crate::iam::policy::{Effect, Policy, Problem, ProblemKind};
use crate::model::visible;

pub use admins::{Admin, DEFAULT_PRIVILEGES, admins};
pub use ask::ask;
pub use assume::{Assumable, assumable_roles};

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

/// What the estate as a whole lacks.
#[must_use]
pub fn gaps(estate: &Estate) -> Vec<String> {
    let of_account = |account: &'_ crate::iam::estate::Account| {
        let name = account.name.to_string();
        account.gaps.iter().map(move |gap| format!("{name}: {gap}")).collect::<Vec<_>>()
    };
    let mut gaps: Vec<String> = estate.accounts.iter().flat_map(of_account).collect();
    gaps.extend(problems(estate));
    gaps
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
