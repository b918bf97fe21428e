//! The cases: statements, or whole policies, for each rule.

mod condition;
mod grant;
mod resource;
mod trust;

use crate::iam::risks::Role;

/// One case of a rule.
pub(super) struct Case {
    pub(super) rule: &'static str,
    pub(super) role: Role,
    /// In this it finds something, once,
    pub(super) bad: &'static str,
    /// here;
    pub(super) pointer: &'static str,
    /// in these it does not.
    pub(super) good: &'static [&'static str],
}

const fn case(rule: &'static str, role: Role, bad: &'static str, pointer: &'static str, good: &'static [&'static str]) -> Case {
    Case { rule, role, bad, pointer, good }
}

/// By kind of rule.
pub(super) fn all() -> impl Iterator<Item = &'static Case> {
    [condition::CASES, grant::CASES, resource::CASES, trust::CASES].into_iter().flatten()
}
