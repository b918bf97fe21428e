//! What several conditions on one key come to: "is A, and is B" never holds. Only for keys that AWS documents as having
//! one value: of several values, one may be A and another B.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Atom, Formula};
use crate::iam::catalog::{Catalog, ValueType};
use crate::iam::condition::{Condition, Quantifier};
use crate::iam::context::{Context, Key};
use crate::iam::truth::Truth;

/// So often a formula that became shorter is looked at again.
const ROUNDS: usize = 4;

impl Formula {
    /// The same with fewer words: conditions on one key become one, and those that others settle go.
    #[must_use]
    pub fn condensed(self) -> Self {
        let mut seen = BTreeSet::new();
        if !self.repeats_a_key(&mut seen) {
            return self;
        }
        let Ok(catalog) = Catalog::embedded() else { return self };
        condense(self, catalog, ROUNDS)
    }

    fn repeats_a_key<'a>(&'a self, seen: &mut BTreeSet<&'a Key>) -> bool {
        match self {
            Self::Is(Atom::Condition(condition), _) => !seen.insert(&condition.key),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.repeats_a_key(seen)),
            _ => false,
        }
    }
}

fn condense(formula: Formula, catalog: &Catalog, rounds: usize) -> Formula {
    match formula {
        Formula::All(parts) => {
            let before = parts.clone();
            let parts = parts.into_iter().map(|part| condense(part, catalog, rounds)).collect();
            match conjunction(parts, catalog) {
                Formula::All(parts) if parts == before || rounds == 0 => Formula::All(parts),
                shorter => condense(shorter, catalog, rounds.saturating_sub(1)),
            }
        }
        Formula::Any(_) => condense(formula.negate(), catalog, rounds).negate(),
        other => other,
    }
}

/// Merges the conditions among the parts, and leaves out of the other parts what these settle.
fn conjunction(parts: Vec<Formula>, catalog: &Catalog) -> Formula {
    let (known, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| Literal::of(part).is_some());
    let known = merged(known, catalog);
    let rest: Vec<Formula> = rest.into_iter().map(|part| under(part, &known, catalog)).collect();
    Formula::all(known.into_iter().chain(rest))
}

/// A formula where other conditions are known to hold.
fn under(formula: Formula, known: &[Formula], catalog: &Catalog) -> Formula {
    match formula {
        Formula::All(parts) => Formula::all(parts.into_iter().map(|part| under(part, known, catalog))),
        Formula::Any(parts) => Formula::any(parts.into_iter().map(|part| under(part, known, catalog))),
        part => {
            let Some(key) = Literal::of(&part).map(|literal| literal.condition.key.clone()) else { return part };
            let same = |known: &&Formula| Literal::of(known).is_some_and(|literal| literal.condition.key == key);
            let before: Vec<Formula> = known.iter().filter(same).cloned().collect();
            if before.is_empty() {
                return part;
            }
            let together = merged(before.iter().cloned().chain([part.clone()]).collect(), catalog);
            match together.as_slice() {
                [Formula::Never] => Formula::Never,
                after if after == before.as_slice() => Formula::Always,
                _ => part,
            }
        }
    }
}

fn merged(literals: Vec<Formula>, catalog: &Catalog) -> Vec<Formula> {
    let mut by_key: BTreeMap<Key, Vec<Formula>> = BTreeMap::new();
    for literal in literals {
        if let Some(key) = Literal::of(&literal).map(|literal| literal.condition.key.clone()) {
            by_key.entry(key).or_default().push(literal);
        }
    }
    let mut all = Vec::new();
    for (key, literals) in by_key {
        let kind = catalog.key_type(key.lower()).filter(|kind| !kind.multivalued);
        match kind {
            Some(kind) if literals.len() > 1 => all.extend(of_one_key(&key, kind.value, literals)),
            _ => all.extend(literals),
        }
    }
    if all.contains(&Formula::Never) { vec![Formula::Never] } else { all }
}

fn of_one_key(key: &Key, kind: ValueType, literals: Vec<Formula>) -> Vec<Formula> {
    let read: Vec<Literal<'_>> = literals.iter().filter_map(Literal::of).collect();
    if read.iter().any(|literal| !literal.condition.fixed) {
        return literals;
    }
    let absent = read.iter().all(|literal| literal.holds(None));
    let sets: Vec<Option<Values>> = read.iter().map(|literal| literal.values(kind)).collect();
    if let Some(listed) = sets.iter().flatten().find(|set| !set.others) {
        let holds = |value: &&String| read.iter().all(|literal| literal.holds(Some(value)));
        let listed = listed.listed.iter().filter(holds).cloned().collect();
        return vec![Values { listed, others: false, absent }.formula(key, kind)];
    }
    let (excluding, other): (Vec<_>, Vec<_>) = read.iter().zip(sets).partition(|(_, set)| set.is_some());
    let mut left: Vec<Formula> = other.iter().map(|(literal, _)| literal.formula.clone()).collect();
    if excluding.is_empty() {
        return left;
    }
    // What the others say of an absent key need not be said again.
    let absent = excluding.iter().all(|(literal, _)| literal.holds(None)) || other.iter().any(|(literal, _)| !literal.holds(None));
    let listed = excluding.into_iter().filter_map(|(_, set)| set).flat_map(|set| set.listed).collect();
    match (Values { listed, others: true, absent }).formula(key, kind) {
        Formula::Always => {}
        merged => left.push(merged),
    }
    left
}

/// The values of a key with which something holds.
struct Values {
    /// These.
    listed: BTreeSet<String>,
    /// Or all but these.
    others: bool,
    /// It holds without the key.
    absent: bool,
}

impl Values {
    fn formula(self, key: &Key, kind: ValueType) -> Formula {
        let Self { listed, others, absent } = self;
        let of = |operator: &str, values: &[&str]| {
            let condition = Condition::new(operator, &key.to_string(), values, false);
            condition.map_or(Formula::Never, |condition| Formula::atom(Atom::Condition(Arc::new(condition.sorted()))))
        };
        let everything = (others && listed.is_empty()) || (kind == ValueType::Bool && !others && listed.len() == 2);
        let values: Vec<&str> = listed.iter().map(String::as_str).collect();
        match (everything, values.is_empty(), others, absent) {
            (true, _, _, true) => Formula::Always,
            (true, _, _, false) => of("Null", &["false"]),
            (false, true, _, true) => of("Null", &["true"]),
            (false, true, _, false) => Formula::Never,
            (false, false, false, true) => of(if kind == ValueType::Bool { "BoolIfExists" } else { "StringEqualsIfExists" }, &values),
            (false, false, false, false) => of(if kind == ValueType::Bool { "Bool" } else { "StringEquals" }, &values),
            (false, false, true, true) => of("StringNotEquals", &values),
            (false, false, true, false) => of("StringEqualsIfExists", &values).negate(),
        }
    }
}

/// A condition, or the opposite of one.
struct Literal<'a> {
    formula: &'a Formula,
    condition: &'a Arc<Condition>,
    negated: bool,
}

impl<'a> Literal<'a> {
    fn of(formula: &'a Formula) -> Option<Self> {
        match formula {
            Formula::Is(Atom::Condition(condition), negated) => Some(Self { formula, condition, negated: *negated }),
            _ => None,
        }
    }

    /// Whether it holds with this value of its key.
    fn holds(&self, value: Option<&str>) -> bool {
        let mut context = Context::absent();
        if let Some(value) = value {
            context.set(self.condition.key.lower(), [value]);
        }
        (self.condition.truth(&context) == Truth::Yes) != self.negated
    }

    /// The values with which it holds, where they can be listed.
    fn values(&self, kind: ValueType) -> Option<Values> {
        let condition = self.condition;
        if condition.quantifier != Quantifier::None {
            return None;
        }
        let absent = self.holds(None);
        if kind == ValueType::Bool && matches!(condition.operator.name, "Bool" | "Null" | "StringEquals" | "StringNotEquals") {
            let listed = ["true", "false"].into_iter().filter(|value| self.holds(Some(value))).map(str::to_owned).collect();
            return Some(Values { listed, others: false, absent });
        }
        match condition.operator.name {
            "Null" => {
                let present = self.holds(Some("any"));
                Some(Values { listed: BTreeSet::new(), others: present, absent })
            }
            "StringEquals" | "StringNotEquals" | "StringLike" | "StringNotLike" => {
                let written: BTreeSet<String> = condition.templates().map(ToString::to_string).collect();
                let plain = |value: &String| !value.contains(['*', '?', '$']);
                let others = condition.operator.negated != self.negated;
                written.iter().all(plain).then_some(Values { listed: written, others, absent })
            }
            _ => None,
        }
    }
}
