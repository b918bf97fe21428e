//! What several conditions on one key come to: "is A, and is B" never holds. Only for keys that AWS documents as having
//! one value: of several values, one may be A and another B.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Atom, Formula};
use crate::iam::catalog::{Catalog, ValueType};
use crate::iam::condition::{Condition, Quantifier, operators};
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
        condense(plain(self), catalog, ROUNDS)
    }

    fn repeats_a_key<'a>(&'a self, seen: &mut BTreeSet<&'a Key>) -> bool {
        match self {
            Self::Is(Atom::Condition(condition), negated) => {
                let flag = condition.operator.name == "Bool" && *negated && condition.quantifier == Quantifier::None;
                !seen.insert(&condition.key) || flag
            }
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.repeats_a_key(seen)),
            _ => false,
        }
    }
}

/// "is not like" as the opposite of "is like", so that the two are seen to be.
fn plain(formula: Formula) -> Formula {
    match formula {
        Formula::All(parts) => Formula::all(parts.into_iter().map(plain)),
        Formula::Any(parts) => Formula::any(parts.into_iter().map(plain)),
        Formula::Is(Atom::Condition(condition), negated) => match condition.opposite() {
            Some(opposite) => Formula::Is(Atom::Condition(Arc::new(opposite)), !negated),
            None => Formula::Is(Atom::Condition(condition), negated),
        },
        other => other,
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
        Formula::Is(..) => conjunction(vec![formula], catalog),
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
            Some(kind) if literals.len() > 1 || kind.value == ValueType::Bool => {
                all.extend(measured(of_one_key(&key, kind.value, literals)));
            }
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

/// Of numbers, times and addresses: what no value satisfies never holds, and what the others imply need not be said.
fn measured(literals: Vec<Formula>) -> Vec<Formula> {
    let literals = without_presence(literals);
    let read: Vec<Literal<'_>> = literals.iter().filter_map(Literal::of).collect();
    if literals.len() < 2 || read.len() < literals.len() {
        return literals;
    }
    let Some(points) = points(&read) else { return literals };
    let holds = |literal: &Literal<'_>, point: &Option<String>| literal.holds(point.as_deref());
    if !points.iter().any(|point| read.iter().all(|literal| holds(literal, point))) {
        return vec![Formula::Never];
    }
    let mut kept: Vec<usize> = (0..read.len()).collect();
    for at in (0..read.len()).rev() {
        let others: Vec<&Literal<'_>> = kept.iter().filter(|other| **other != at).filter_map(|other| read.get(*other)).collect();
        let implied =
            |literal: &Literal<'_>| points.iter().all(|point| !others.iter().all(|other| holds(other, point)) || holds(literal, point));
        if !others.is_empty() && read.get(at).is_some_and(implied) {
            kept.retain(|other| *other != at);
        }
    }
    kept.into_iter().filter_map(|at| literals.get(at).cloned()).collect()
}

/// "is present, and not greater" is "at most".
fn without_presence(literals: Vec<Formula>) -> Vec<Formula> {
    let is_present =
        |part: &Formula| Literal::of(part).is_some_and(|literal| literal.condition.asks_for_absence() == Some(literal.negated));
    let turned = |part: &Formula| {
        let literal = Literal::of(part).filter(|literal| literal.negated && !literal.condition.if_exists)?;
        let opposite = operators::turned(literal.condition.operator)?;
        let condition = Condition { operator: opposite, ..(**literal.condition).clone() };
        (condition.values.len() == 1).then(|| Formula::atom(Atom::Condition(Arc::new(condition))))
    };
    if !literals.iter().any(is_present) || !literals.iter().any(|part| turned(part).is_some()) {
        return literals;
    }
    literals.into_iter().filter(|part| !is_present(part)).map(|part| turned(&part).unwrap_or(part)).collect()
}

/// Values between which nothing changes, and the absent key. `None` where comparisons are not of numbers, times or addresses.
fn points(literals: &[Literal<'_>]) -> Option<Vec<Option<String>>> {
    let mut points = vec![None];
    for literal in literals {
        let condition = literal.condition;
        if condition.quantifier != Quantifier::None || !condition.fixed {
            return None;
        }
        for value in condition.templates().map(ToString::to_string) {
            let name = condition.operator.name;
            if name.starts_with("Numeric") {
                let number: f64 = value.parse().ok()?;
                points.extend([number - 0.5, number, number + 0.5].map(|near| Some(near.to_string())));
            } else if name.starts_with("Date") {
                let seconds = crate::model::epoch_seconds(&value).or_else(|| value.parse().ok())?;
                points.extend([seconds - 1, seconds, seconds + 1].map(|near| Some(near.to_string())));
            } else if name == "IpAddress" {
                points.extend(edges(&value)?.into_iter().map(Some));
            } else if name == "Null" {
                points.push(Some("0".to_owned()));
            } else {
                return None;
            }
        }
    }
    Some(points)
}

/// The first and last address of a network, and those beside it; and one of each version.
fn edges(network: &str) -> Option<Vec<String>> {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    let network: ipnet::IpNet = network.parse().ok().or_else(|| network.parse::<IpAddr>().ok().map(ipnet::IpNet::from))?;
    let mut edges: Vec<String> = vec!["0.0.0.0".to_owned(), "::".to_owned()];
    match (network.network(), network.broadcast()) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            let near = [u32::from(first).checked_sub(1), Some(first.into()), Some(last.into()), u32::from(last).checked_add(1)];
            edges.extend(near.into_iter().flatten().map(|address| Ipv4Addr::from(address).to_string()));
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => {
            let near = [u128::from(first).checked_sub(1), Some(first.into()), Some(last.into()), u128::from(last).checked_add(1)];
            edges.extend(near.into_iter().flatten().map(|address| Ipv6Addr::from(address).to_string()));
        }
        _ => return None,
    }
    Some(edges)
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
