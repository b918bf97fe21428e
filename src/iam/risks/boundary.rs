//! What a permissions boundary fails to bound.

use super::lists::List;
use super::view::{Found, Reach, View, is_all};
use super::{Role, Rule, Severity};
use crate::iam::policy::Effect;

const BOUNDARY: &[Role] = &[Role::Boundary];

/// Sorted by id.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "boundary-can-be-lifted",
        severity: Severity::Medium,
        title: "The boundary can be lifted by those whom it bounds",
        text: "It lets its principals remove or replace boundaries, so that any of them that is given the action is free of it. Deny \
         these actions in the boundary.",
        roles: BOUNDARY,
        test: can_be_lifted,
    },
    Rule {
        id: "boundary-is-open",
        severity: Severity::Medium,
        title: "The boundary bounds nothing",
        text: "It allows everything and denies nothing. List what its principals may do at most, or deny what they must not.",
        roles: BOUNDARY,
        test: is_open,
    },
];

static LIFTING: List = List::new(&[
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
]);

fn has_denials(view: &View<'_>) -> bool {
    view.whole.policy.statements.iter().any(|statement| statement.effect == Effect::Deny)
}

fn can_be_lifted(view: &View<'_>) -> Vec<Found> {
    if !view.allows() || view.is_confined() || !is_open(view).is_empty() {
        return Vec::new();
    }
    let denials = view.whole.policy.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    // A Deny under conditions mostly protects just this boundary, which is enough.
    let denied = denials.map(|statement| &statement.actions.set).collect();
    let lifting = view.given(&LIFTING.set(view.whole.catalog).difference(&denied), Reach::All);
    if lifting.is_empty() || !view.statement.actions.negated {
        return view.by_element(&lifting);
    }
    vec![view.found(view.actions(), view.names(&lifting))]
}

fn is_open(view: &View<'_>) -> Vec<Found> {
    if !view.is_admin() || !view.statement.conditions.is_empty() || has_denials(view) {
        return Vec::new();
    }
    let at = view.statement.actions.written.iter().position(|text| is_all(text)).unwrap_or_default();
    vec![view.found(view.action(at), "*".to_owned())]
}
