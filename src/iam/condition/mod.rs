//! One condition of a statement: an operator, a key, and values.

pub mod operand;
pub mod operators;

use std::cmp::Ordering;
use std::sync::Arc;

use operand::Operand;
pub use operators::{OPERATORS, Operator, operator};

use super::context::{Context, Key, Known};
use super::policy::pattern::{self, Pattern};
use super::policy::template::{Resolved, Template};
use super::truth::Truth;

/// How the values of a key that has several are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// None was written: the key should have one value.
    None,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// A condition, ready to be asked.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What is compared, and how.
    pub operator: &'static Operator,
    /// For keys with several values.
    pub quantifier: Quantifier,
    /// Whether it holds where the key is absent.
    pub if_exists: bool,
    /// The key.
    pub key: Key,
    /// One of these has to match; for negated operators, none of them.
    pub values: Vec<Operand>,
    /// No variable is in the values.
    pub(in crate::iam) fixed: bool,
}

impl Condition {
    /// Reads a condition by the operator as it is written, prefix and suffix included. `None` when AWS has no such operator.
    #[must_use]
    pub fn new(operator: &str, key: &str, values: &[&str], variables: bool) -> Option<Self> {
        let (quantifier, name) = quantified(operator);
        let (name, if_exists) = match strip_suffix_any_case(name, "IfExists") {
            // There is no `NullIfExists`.
            Some(name) if !name.eq_ignore_ascii_case("Null") => (name, true),
            _ => (name, false),
        };
        let operator = operators::operator(name)?;
        let values: Vec<Operand> = values.iter().map(|value| (operator.read)(value, variables)).collect();
        let fixed = values.iter().all(|value| value.template().fixed().is_some());
        Some(Self { operator, quantifier, if_exists, key: Key::new(key), values, fixed })
    }

    /// The values that are not of the operator's kind: such a value matches nothing.
    pub fn unsound(&self) -> impl Iterator<Item = usize> {
        self.values.iter().enumerate().filter(|(_, value)| !value.is_sound()).map(|(at, _)| at)
    }

    /// Whether it holds.
    #[must_use]
    pub fn truth(&self, context: &Context) -> Truth {
        let values = match context.get(&self.key) {
            Known::Unknown => return self.truth_without_values(context),
            Known::Like(pattern) => return self.truth_like(pattern, context),
            Known::Absent => &[],
            Known::Values(values) => values,
        };
        if self.operator.name == "Null" {
            let absent = values.is_empty();
            return Truth::any(
                self.values.iter().map(|value| Truth::from((self.operator.test)(value, if absent { "true" } else { "false" }))),
            );
        }
        if values.is_empty() {
            return Truth::from(self.holds_without_value());
        }
        // To `ForAllValues` and `ForAnyValue`, an empty text is no value:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
        if self.quantifier != Quantifier::None && values.iter().all(String::is_empty) {
            return Truth::from(self.quantifier == Quantifier::All);
        }
        let mut each = values.iter().map(|value| self.one(value, context));
        match self.quantifier {
            Quantifier::All => Truth::all(each),
            Quantifier::Any => Truth::any(each),
            // For negated operators, no value may match.
            Quantifier::None if self.operator.negated => Truth::all(each),
            Quantifier::None => Truth::any(&mut each),
        }
    }

    /// Of an open key: a policy value whose variable the request lacks matches nothing, and then it may be that nothing can.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    fn truth_without_values(&self, context: &Context) -> Truth {
        let gone =
            |operand: &Operand| operand.template().fixed().is_none() && matches!(operand.template().resolve(context), Resolved::Missing);
        if self.fixed || self.operator.name == "Null" || self.values.is_empty() || !self.values.iter().all(gone) {
            return Truth::Unknown;
        }
        match (self.operator.negated, self.quantifier) {
            (true, Quantifier::None) => Truth::Yes,
            (false, Quantifier::None | Quantifier::Any) if !self.if_exists => Truth::No,
            _ => Truth::Unknown,
        }
    }

    /// Whether it holds for a value of which only a pattern is known.
    fn truth_like(&self, known: &Pattern, context: &Context) -> Truth {
        match self.operator.name {
            "Null" => return self.truth_present(),
            "StringEquals" | "StringLike" | "StringNotEquals" | "StringNotLike" => {}
            _ => return Truth::Unknown,
        }
        let matched = Truth::any(self.values.iter().map(|operand| match operand.template().resolve(context) {
            Resolved::Pattern(asked) if pattern::covers(&asked, known) => Truth::Yes,
            Resolved::Pattern(asked) if !pattern::overlap(&asked, known) => Truth::No,
            Resolved::Missing => Truth::No,
            _ => Truth::Unknown,
        }));
        if self.operator.negated { !matched } else { matched }
    }

    fn truth_present(&self) -> Truth {
        Truth::any(self.values.iter().map(|value| Truth::from((self.operator.test)(value, "false"))))
    }

    /// Whether it holds where the request does not have the key.
    #[must_use]
    pub fn holds_when_absent(&self) -> bool {
        self.truth(&Context::absent()) == Truth::Yes
    }

    /// For `Null`: whether the key has to be absent, or present.
    #[must_use]
    pub fn asks_for_absence(&self) -> Option<bool> {
        match self.values.as_slice() {
            [single] if self.operator.name == "Null" => single.flag(),
            _ => None,
        }
    }

    /// The values as the policy has them.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.values.iter().map(Operand::template)
    }

    /// The values, joined by a word.
    #[must_use]
    pub fn values_in_words(&self, joint: &str) -> String {
        let written = |value: &Operand| match value.template().to_string() {
            empty if empty.is_empty() => "\"\"".to_owned(),
            written => written,
        };
        self.values.iter().map(written).collect::<Vec<_>>().join(joint)
    }

    fn holds_without_value(&self) -> bool {
        match self.quantifier {
            Quantifier::All => true,
            Quantifier::Any => self.if_exists,
            Quantifier::None => self.if_exists || self.operator.negated,
        }
    }

    /// Whether it holds for one value of the request.
    fn one(&self, value: &str, context: &Context) -> Truth {
        let matched = Truth::any(self.values.iter().map(|operand| self.matches(operand, value, context)));
        if self.operator.negated { !matched } else { matched }
    }

    fn matches(&self, operand: &Operand, value: &str, context: &Context) -> Truth {
        if operand.template().fixed().is_some() {
            return Truth::from((self.operator.test)(operand, value));
        }
        match operand.template().resolve(context) {
            Resolved::Pattern(pattern) => Truth::from((self.operator.test)(&operand.with(&pattern), value)),
            Resolved::Missing => Truth::No,
            Resolved::Unknown(_) => Truth::Unknown,
        }
    }

    /// The same condition, with what is known of its variables filled in.
    #[must_use]
    pub fn resolve(self: &Arc<Self>, context: &Context) -> Arc<Self> {
        if self.fixed {
            return self.clone();
        }
        let resolve = |operand: &Operand| match operand.template().resolve(context) {
            Resolved::Pattern(pattern) => Some(operand.with(&pattern)),
            Resolved::Missing => None,
            Resolved::Unknown(template) => Some(operand.partly(template)),
        };
        let values = self.values.iter().filter_map(resolve).collect();
        let Self { operator, quantifier, if_exists, .. } = **self;
        Arc::new(Self { operator, quantifier, if_exists, key: self.key.clone(), values, fixed: false }.sorted())
    }

    /// For a negated operator without quantifier: the condition that it is the opposite of, with or without the key.
    #[must_use]
    pub fn opposite(&self) -> Option<Self> {
        if self.quantifier != Quantifier::None {
            return None;
        }
        let operator = operators::opposite(self.operator)?;
        Some(Self { operator, if_exists: false, ..self.clone() })
    }

    /// The same condition with its values in order, each once: the order says nothing, and equal conditions look equal.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.values.sort_by(|one, other| one.template().cmp(other.template()));
        self.values.dedup_by(|one, other| one.template() == other.template());
        self
    }

    fn order(&self) -> (&Key, &'static str, Quantifier, bool) {
        (&self.key, self.operator.name, self.quantifier, self.if_exists)
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Condition {}

impl PartialOrd for Condition {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Condition {
    fn cmp(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self, other) {
            return Ordering::Equal;
        }
        self.order().cmp(&other.order()).then_with(|| {
            let (one, other) = (self.values.iter().map(Operand::template), other.values.iter().map(Operand::template));
            one.cmp(other)
        })
    }
}

fn quantified(operator: &str) -> (Quantifier, &str) {
    match operator.split_once(':') {
        Some((prefix, name)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Quantifier::All, name),
        Some((prefix, name)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Quantifier::Any, name),
        _ => (Quantifier::None, operator),
    }
}

fn strip_suffix_any_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (before, after) = text.split_at_checked(at)?;
    after.eq_ignore_ascii_case(suffix).then_some(before)
}

#[cfg(test)]
mod tests;
