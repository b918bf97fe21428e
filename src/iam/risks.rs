//! What is risky in one policy, statement by statement: a registry of rules, one row each.
//!
//! A rule looks at a policy alone. Whether another policy takes away what this one gives (a boundary, an SCP) is the
//! business of `evaluate`; what cannot be read in the document is in [`Policy::problems`].

mod boundary;
mod condition;
mod grant;
mod lists;
mod narrow;
mod resource;
mod statement;
mod trust;
mod view;

use super::catalog::Catalog;
use super::policy::Policy;
use crate::model::visible;
use view::{Found, View, Whole};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It alone can give an account away.
    High,
    /// It gives much more than is mostly meant, or protects much less.
    Medium,
    /// Worth a look.
    Low,
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Of a user, group or role: what it may do.
    Identity,
    /// Of a role: who may assume it.
    Trust,
    /// Of another resource: who may use it. Not that of a VPC endpoint, which lets nobody in.
    Resource,
    /// Of an organization: what its principals may do at most.
    Scp,
    /// Of an organization: what may be done to its resources at most.
    Rcp,
    /// Of a user or role: what it may do at most.
    Boundary,
}

/// Policies that give something.
const GIVING: &[Role] = &[Role::Identity, Role::Trust, Role::Resource];
/// Policies of which a Deny is the point, or may be.
const LIMITING: &[Role] = &[Role::Identity, Role::Resource, Role::Scp, Role::Rcp, Role::Boundary];
/// All kinds.
const ANY: &[Role] = &[Role::Identity, Role::Trust, Role::Resource, Role::Scp, Role::Rcp, Role::Boundary];

/// One thing that is looked for.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which stays the same.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// In a few words.
    pub title: &'static str,
    /// Why it matters, and what to do.
    pub text: &'static str,
    /// In which policies it is looked for.
    pub roles: &'static [Role],
    test: fn(&View<'_>) -> Vec<Found>,
}

/// A row of a table of rules.
const fn row(
    id: &'static str,
    severity: Severity,
    roles: &'static [Role],
    title: &'static str,
    text: &'static str,
    test: fn(&View<'_>) -> Vec<Found>,
) -> Rule {
    Rule { id, severity, title, text, roles, test }
}

/// Every rule, sorted by id.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [boundary::RULES, condition::RULES, grant::RULES, resource::RULES, statement::RULES, trust::RULES].into_iter().flatten()
}

/// A rule that found something.
#[derive(Debug, Clone)]
pub struct Risk {
    /// Which.
    pub rule: &'static Rule,
    /// In which statement, from 0.
    pub statement: usize,
    /// The element: a JSON pointer (RFC 6901). Operators of conditions are in it as AWS writes them; where the document
    /// has them in another case, or a key twice, the nearest element above is the one that is meant.
    pub pointer: String,
    /// The actions, principals or values that are meant.
    pub detail: String,
}

/// What is risky in a policy of an account, in the order of the statements, the worst first. For a policy that AWS
/// manages, the account may be empty.
#[must_use]
pub fn risks(policy: &Policy, role: Role, account: &str, catalog: &Catalog) -> Vec<Risk> {
    let whole = Whole::new(policy, account, catalog);
    let mut risks = Vec::new();
    for statement in &policy.statements {
        let view = View::new(&whole, statement);
        let mut found: Vec<Risk> = rules()
            .filter(|rule| rule.roles.contains(&role))
            .flat_map(|rule| (rule.test)(&view).into_iter().map(move |found| (rule, found)))
            .map(|(rule, Found { pointer, detail })| Risk {
                rule,
                statement: statement.index,
                pointer,
                detail: visible(&detail).into_owned(),
            })
            .collect();
        found.sort_by_key(|risk| risk.rule.severity);
        risks.append(&mut found);
    }
    risks
}

#[cfg(test)]
mod tests;
