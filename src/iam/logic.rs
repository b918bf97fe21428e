//! The two ways to evaluate: fast, to yes / no / unknown, and exact, to the formula of what is unknown. The rules are
//! written once, over this trait.

use super::condition::Condition;
use super::context::Context;
use super::formula::{Atom, Formula};
use super::policy::{Resources, Target};
use super::truth::Truth;
use std::sync::Arc;

/// What a rule comes to.
pub trait Logic: Clone {
    /// A settled value.
    fn settled(holds: bool) -> Self;
    /// A condition.
    fn condition(condition: &Arc<Condition>, context: &Context) -> Self;
    /// Whether a resource is meant.
    fn resource(resources: &Resources, target: &Target, context: &Context) -> Self;
    /// Something unknown.
    fn unknown(atom: impl FnOnce() -> Atom) -> Self;
    /// What is known for certain.
    fn truth(&self) -> Truth;
    /// Both.
    #[must_use]
    fn and(self, other: Self) -> Self;
    /// One of the two.
    #[must_use]
    fn or(self, other: Self) -> Self;
    /// The opposite.
    #[must_use]
    fn negate(self) -> Self;
}

impl Logic for Truth {
    fn settled(holds: bool) -> Self {
        Self::from(holds)
    }

    fn condition(condition: &Arc<Condition>, context: &Context) -> Self {
        condition.truth(context)
    }

    fn resource(resources: &Resources, target: &Target, context: &Context) -> Self {
        resources.matches(target, context)
    }

    fn unknown(_: impl FnOnce() -> Atom) -> Self {
        Self::Unknown
    }

    fn truth(&self) -> Truth {
        *self
    }

    fn and(self, other: Self) -> Self {
        self.min(other)
    }

    fn or(self, other: Self) -> Self {
        self.max(other)
    }

    fn negate(self) -> Self {
        !self
    }
}

impl Logic for Formula {
    fn settled(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }

    fn condition(condition: &Arc<Condition>, context: &Context) -> Self {
        match condition.truth(context) {
            Truth::Yes => Self::Always,
            Truth::No => Self::Never,
            Truth::Unknown => Self::atom(Atom::Condition(condition.resolve(context))),
        }
    }

    fn resource(resources: &Resources, target: &Target, context: &Context) -> Self {
        let each = resources.patterns.iter().map(|pattern| match pattern.matches(target, context) {
            Truth::Yes => Self::Always,
            Truth::No => Self::Never,
            Truth::Unknown => {
                Self::atom(Atom::Resource { resource: Arc::new(target.clone()), pattern: Arc::new(pattern.resolve(context).into_owned()) })
            }
        });
        let named = Self::any(each);
        if resources.negated { named.negate() } else { named }
    }

    fn unknown(atom: impl FnOnce() -> Atom) -> Self {
        Self::atom(atom())
    }

    fn truth(&self) -> Truth {
        self.certain()
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, part) | (part, Self::Always) => part,
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (one, other) => Self::all([one, other]),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, part) | (part, Self::Never) => part,
            (Self::Always, _) | (_, Self::Always) => Self::Always,
            (one, other) => Self::any([one, other]),
        }
    }

    fn negate(self) -> Self {
        Self::negate(self)
    }
}
