//! Under which conditions: what is left of an answer when something is not known.

mod meaning;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::condition::{Condition, Quantifier};
use super::context::Context;
use super::policy::template::Template;
use super::policy::{ResourcePattern, Target};
use super::truth::Truth;

/// Something that holds in some contexts and in others not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Atom {
    /// A condition of a statement.
    Condition(Arc<Condition>),
    /// The resource is like a pattern in which something is not known.
    Resource {
        /// The resource asked about.
        resource: Arc<Target>,
        /// The pattern.
        pattern: Arc<Template>,
    },
    /// Something that no context settles, in words: "the session is named x".
    Other {
        /// It holds.
        holds: Arc<str>,
        /// It does not.
        opposite: Arc<str>,
    },
}

impl Atom {
    /// Something that only words can say: `subject`, and what it does or does not.
    #[must_use]
    pub fn other(subject: &str, holds: &str, opposite: &str) -> Self {
        Self::Other { holds: format!("{subject} {holds}").into(), opposite: format!("{subject} {opposite}").into() }
    }

    /// Whether it holds; what no context can tell is unknown.
    #[must_use]
    pub fn truth(&self, context: &Context) -> Truth {
        match self {
            Self::Condition(condition) => condition.truth(context),
            Self::Resource { resource, pattern } => ResourcePattern::new((**pattern).clone()).matches(resource, context),
            Self::Other { .. } => Truth::Unknown,
        }
    }
}

/// A formula over atoms, negations at the atoms only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Formula {
    /// It never holds.
    Never,
    /// It always holds.
    Always,
    /// The atom holds, or (`true`) it does not.
    Is(Atom, bool),
    /// All of these.
    All(Vec<Self>),
    /// One of these.
    Any(Vec<Self>),
}

impl Formula {
    /// The atom holds.
    #[must_use]
    pub fn atom(atom: Atom) -> Self {
        Self::Is(atom, false)
    }

    /// Whether it holds.
    #[must_use]
    pub fn truth(&self, context: &Context) -> Truth {
        match self {
            Self::Never => Truth::No,
            Self::Always => Truth::Yes,
            Self::Is(atom, false) => atom.truth(context),
            Self::Is(atom, true) => !atom.truth(context),
            Self::All(parts) => Truth::all(parts.iter().map(|part| part.truth(context))),
            Self::Any(parts) => Truth::any(parts.iter().map(|part| part.truth(context))),
        }
    }

    /// The opposite.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Never => Self::Always,
            Self::Always => Self::Never,
            Self::Is(atom, negated) => Self::Is(atom, !negated),
            Self::All(parts) => Self::any(parts.into_iter().map(Self::negate)),
            Self::Any(parts) => Self::all(parts.into_iter().map(Self::negate)),
        }
    }

    /// All of these hold.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = BTreeSet::new();
        for part in parts {
            match part {
                Self::Never => return Self::Never,
                Self::Always => {}
                Self::All(inner) => flat.extend(inner),
                other => {
                    flat.insert(other);
                }
            }
        }
        if has_opposites(&flat) {
            return Self::Never;
        }
        let parts = simplify(&flat, |part| match part {
            Self::Any(inner) => Some(inner),
            _ => None,
        });
        one_or_many(parts, Self::Always, Self::All)
    }

    /// One of these holds.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = BTreeSet::new();
        for part in parts {
            match part {
                Self::Always => return Self::Always,
                Self::Never => {}
                Self::Any(inner) => flat.extend(inner),
                other => {
                    flat.insert(other);
                }
            }
        }
        if has_opposites(&flat) {
            return Self::Always;
        }
        let parts = simplify(&flat, |part| match part {
            Self::All(inner) => Some(inner),
            _ => None,
        });
        one_or_many(parts, Self::Never, Self::Any)
    }

    /// The same of a resource that no policy names: it is like no pattern.
    #[must_use]
    pub fn of_any_resource(self) -> Self {
        match self {
            Self::Is(Atom::Resource { .. }, negated) => {
                if negated {
                    Self::Always
                } else {
                    Self::Never
                }
            }
            Self::All(parts) => Self::all(parts.into_iter().map(Self::of_any_resource)),
            Self::Any(parts) => Self::any(parts.into_iter().map(Self::of_any_resource)),
            other => other,
        }
    }

    /// What is known for certain.
    #[must_use]
    pub fn certain(&self) -> Truth {
        match self {
            Self::Never => Truth::No,
            Self::Always => Truth::Yes,
            _ => Truth::Unknown,
        }
    }
}

fn opposite(formula: &Formula) -> Option<Formula> {
    match formula {
        Formula::Is(atom, negated) => Some(Formula::Is(atom.clone(), !negated)),
        _ => None,
    }
}

fn has_opposites(parts: &BTreeSet<Formula>) -> bool {
    parts.iter().filter_map(opposite).any(|opposite| parts.contains(&opposite))
}

/// Drops what says nothing new beside the other parts: `a ∧ (a ∨ b)` is `a`, and in `a ∧ (¬a ∨ b)` the `¬a` never holds.
fn simplify(parts: &BTreeSet<Formula>, inner: fn(&Formula) -> Option<&Vec<Formula>>) -> Vec<Formula> {
    let absorbed = |part: &Formula| {
        let Some(members) = inner(part) else { return false };
        let smaller = |other: &Formula| match inner(other) {
            None => members.contains(other),
            Some(others) => other != part && others.iter().all(|one| members.contains(one)),
        };
        parts.iter().any(smaller)
    };
    let mut kept = Vec::with_capacity(parts.len());
    let mut changed = false;
    for part in parts {
        if absorbed(part) {
            continue;
        }
        let Some(members) = inner(part) else {
            kept.push(part.clone());
            continue;
        };
        let useless = |member: &Formula| opposite(member).is_some_and(|opposite| parts.contains(&opposite));
        let left: Vec<Formula> = members.iter().filter(|member| !useless(member)).cloned().collect();
        if left.len() == members.len() {
            kept.push(part.clone());
        } else {
            changed = true;
            let rebuilt = if matches!(part, Formula::Any(_)) { Formula::any(left) } else { Formula::all(left) };
            kept.push(rebuilt);
        }
    }
    if changed { again(kept, inner) } else { kept }
}

/// A part that shrank may have become one of the others' kind, or settle them.
fn again(parts: Vec<Formula>, inner: fn(&Formula) -> Option<&Vec<Formula>>) -> Vec<Formula> {
    let conjunction = inner(&Formula::Any(Vec::new())).is_some();
    match if conjunction { Formula::all(parts) } else { Formula::any(parts) } {
        Formula::All(parts) if conjunction => parts,
        Formula::Any(parts) if !conjunction => parts,
        other => vec![other],
    }
}

fn one_or_many(mut parts: Vec<Formula>, none: Formula, many: fn(Vec<Formula>) -> Formula) -> Formula {
    match parts.len() {
        0 => none,
        1 => parts.pop().unwrap_or(none),
        _ => many(parts),
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => to.write_str("never"),
            Self::Always => to.write_str("always"),
            Self::Is(atom, negated) => literal(to, atom, *negated),
            Self::All(parts) => joined(to, parts, " and "),
            Self::Any(parts) => joined(to, parts, " or "),
        }
    }
}

fn joined(to: &mut fmt::Formatter<'_>, parts: &[Formula], word: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            to.write_str(word)?;
        }
        match part {
            Formula::All(_) | Formula::Any(_) => write!(to, "({part})")?,
            _ => {
                let words = part.to_string();
                // What has an "or" or "and" of its own would read as part of the rest.
                let own = [" or is absent", " and is present"].iter().any(|end| words.ends_with(end))
                    || (word == " and " && words.contains(" or "));
                if own { write!(to, "({words})")? } else { to.write_str(&words)? }
            }
        }
    }
    Ok(())
}

fn literal(to: &mut fmt::Formatter<'_>, atom: &Atom, negated: bool) -> fmt::Result {
    match (atom, negated) {
        (Atom::Condition(condition), _) => condition_words(to, condition, negated),
        (Atom::Resource { pattern, .. }, false) => write!(to, "the resource is like {pattern}"),
        (Atom::Resource { pattern, .. }, true) => write!(to, "the resource is not like {pattern}"),
        (Atom::Other { holds, .. }, false) => to.write_str(holds),
        (Atom::Other { opposite, .. }, true) => to.write_str(opposite),
    }
}

/// "aws:SourceIp is in 10.0.0.0/8 or 192.0.2.0/24", with what an absent key means where that is not plain.
fn condition_words(to: &mut fmt::Formatter<'_>, condition: &Condition, negated: bool) -> fmt::Result {
    let key = &condition.key;
    let values = condition.values_in_words(if condition.operator.negated == negated { " or " } else { " nor " });
    if condition.operator.name == "Null" {
        let absent = condition.asks_for_absence() != Some(negated);
        return match condition.asks_for_absence() {
            Some(_) => write!(to, "{key} is {}", if absent { "absent" } else { "present" }),
            None => write!(to, "{key} is absent is{} {values}", if negated { " not" } else { "" }),
        };
    }
    if condition.values.is_empty() {
        // Its variables have no value: nothing matches.
        let present = condition.operator.negated != negated;
        let words = match (condition.holds_when_absent() != negated, present) {
            (true, true) => "is anything, or is absent",
            (true, false) => "is absent",
            (false, true) => "is present",
            (false, false) => "is impossible",
        };
        return write!(to, "{key} {words}");
    }
    let words = if negated { condition.operator.opposite } else { condition.operator.words };
    match (condition.quantifier, negated) {
        (Quantifier::None, _) => write!(to, "{key} {words} {values}")?,
        (Quantifier::All, false) | (Quantifier::Any, true) => write!(to, "every value of {key} {words} {values}")?,
        (Quantifier::All, true) | (Quantifier::Any, false) => write!(to, "some value of {key} {words} {values}")?,
    }
    // What a reader takes for granted: "is" means that the key is there, "is not" and "every value" that it need not be.
    let reads_absent = match condition.quantifier {
        Quantifier::None => words.contains("not") || words == "≠",
        Quantifier::All => !negated,
        Quantifier::Any => negated,
    };
    match (condition.holds_when_absent() != negated, reads_absent) {
        (true, false) => to.write_str(" or is absent"),
        (false, true) => to.write_str(" and is present"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
