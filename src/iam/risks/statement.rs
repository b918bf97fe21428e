//! Statements that say something else than their author thought, or nothing at all.

use std::sync::Arc;

use super::condition::shown;
use super::narrow::values;
use super::view::{Found, Reach, View, some_of};
use super::{ANY, Role, Rule, Severity};
use crate::iam::condition::Condition;
use crate::iam::context::Context;
use crate::iam::policy::ProblemKind;

/// Policies whose statements have to name resources.
const WITH_RESOURCES: &[Role] = &[Role::Identity, Role::Resource, Role::Scp, Role::Rcp, Role::Boundary];

/// Sorted by id.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "statement-unknown-action",
        severity: Severity::Low,
        title: "AWS has no such action",
        text: "The name stands for nothing, so that the statement neither allows nor denies by it. Correct the spelling, or take it out.",
        roles: ANY,
        test: unknown_action,
    },
    Rule {
        id: "statement-unknown-key",
        severity: Severity::Low,
        title: "AWS has no such condition key",
        text: "No request has the key: an Allow that asks for it never holds, and a Deny protects nothing. Correct the spelling.",
        roles: ANY,
        test: unknown_key,
    },
    Rule {
        id: "statement-unmatched-resource",
        severity: Severity::Low,
        title: "Actions that do not work on these resources",
        text: "They take another type of resource, or none but `*`, so that the statement does nothing for them. Name resources of the \
         type that AWS documents.",
        roles: WITH_RESOURCES,
        test: unmatched_resource,
    },
    Rule {
        id: "statement-variable-as-text",
        severity: Severity::Medium,
        title: "The variable is only text",
        text: "Policies without `Version` or with one of 2008 know no variables, so that `${…}` matches nothing but itself. Set `Version` \
         to `2012-10-17`.",
        roles: ANY,
        test: variable_as_text,
    },
];

fn unknown_action(view: &View<'_>) -> Vec<Found> {
    let problems = view.whole.policy.problems.iter().filter_map(|problem| match &problem.kind {
        ProblemKind::UnknownAction(name) => Some((&problem.pointer, name)),
        _ => None,
    });
    let here = |pointer: &str| {
        let rest = pointer.strip_prefix(view.statement.pointer.as_str());
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    problems.filter(|(pointer, _)| here(pointer)).map(|(pointer, name)| Found { pointer: pointer.clone(), detail: name.clone() }).collect()
}

fn unknown_key(view: &View<'_>) -> Vec<Found> {
    // Keys of identity providers begin with the provider's address; some old keys still work without being listed.
    let of_provider = |key: &str| key.split_once(':').is_none_or(|(prefix, _)| prefix.contains(['.', '/'])) && key.contains(':');
    let old = |key: &str| matches!(key, "aws:principalorgmasteraccountid" | "aws:sourceowner") || key.starts_with("saml:");
    let conditions = view.conditions().filter(|condition| {
        let key = condition.key.lower();
        !of_provider(key) && !old(key) && view.whole.catalog.key(key).is_none()
    });
    conditions.map(|condition| Found { pointer: view.condition(condition), detail: condition.key.to_string() }).collect()
}

fn unmatched_resource(view: &View<'_>) -> Vec<Found> {
    let statement = view.statement;
    let Some(resources) = &statement.resources else { return Vec::new() };
    if statement.actions.negated || resources.negated || view.on_everything() || resources.patterns.is_empty() {
        return Vec::new();
    }
    // API Gateway takes short forms, as `execute-api:/stage/*`.
    if resources.patterns.iter().any(|pattern| !pattern.template.to_string().starts_with("arn:")) {
        return Vec::new();
    }
    let catalog = view.whole.catalog;
    let unmatched = |name: &&String| catalog.action(name).is_some_and(|id| !view.reaches(id, Reach::Some));
    let names: Vec<&String> = statement.actions.written.iter().filter(unmatched).collect();
    if names.is_empty() { Vec::new() } else { vec![Found { pointer: view.resources(), detail: some_of(&names) }] }
}

fn has_variable(text: &str) -> bool {
    text.split_once("${").is_some_and(|(_, rest)| rest.split_once('}').is_some_and(|(name, _)| name.contains(':')))
}

fn variable_as_text(view: &View<'_>) -> Vec<Found> {
    let patterns = view.statement.resources.as_ref().map(|resources| resources.patterns.as_slice()).unwrap_or_default();
    let resources = patterns.iter().enumerate().filter_map(|(at, pattern)| {
        let text = pattern.template.fixed()?.to_string();
        has_variable(&text).then(|| Found { pointer: view.item(view.resources(), at, patterns.len()), detail: text })
    });
    // Where there are variables, the empty context takes them out.
    let literal = |condition: &&Condition| {
        values(&Arc::new((*condition).clone()).resolve(&Context::absent())).iter().any(|value| has_variable(value))
    };
    let conditions = view.conditions().filter(literal);
    resources.chain(conditions.map(|condition| Found { pointer: view.condition(condition), detail: shown(condition) })).collect()
}
