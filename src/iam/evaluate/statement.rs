//! Whether one statement is about a request, apart from whom it names.

use super::Request;
use crate::iam::logic::Logic;
use crate::iam::policy::{Effect, Policy, Statement};
use crate::iam::truth::Truth;

/// Whether action, resource and conditions match.
pub(super) fn matches<L: Logic>(statement: &Statement, request: &Request<'_>) -> L {
    if !statement.actions.contains(request.action) {
        return L::settled(false);
    }
    let mut result = match &statement.resources {
        None => L::settled(true),
        Some(resources) => L::resource(resources, request.target, request.context),
    };
    for condition in &statement.conditions {
        if result.truth() == Truth::No {
            return result;
        }
        result = result.and(L::condition(condition, request.context));
    }
    if let Some(atom) = &statement.unreadable {
        result = result.and(L::unknown(|| atom.clone()));
    }
    result
}

/// Whether some statement of this effect matches.
pub(super) fn any<L: Logic>(policy: &Policy, effect: Effect, request: &Request<'_>) -> L {
    let mut result = L::settled(false);
    if !policy.concerns(effect, request.action) {
        return result;
    }
    for statement in policy.statements.iter().filter(|statement| statement.effect == effect) {
        let matched = matches::<L>(statement, request);
        if matched.truth() != Truth::No {
            result = result.or(matched);
        }
        if result.truth() == Truth::Yes {
            break;
        }
    }
    result
}
