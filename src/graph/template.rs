//! `arn:{partition}:iam::{account}:role/*`: texts of the table that stand for another text in each case.

use serde_json::Value;

use super::found::Located;

/// What AWS makes up: no policy names it.
const MADE_UP: &str = "0a1b2c3d4e5f60718";

/// What a place in a template stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Variable {
    Partition,
    Account,
    Region,
    MadeUp,
    Target,
    Itself,
    Profile,
    TargetBoundary,
    SelfBoundary,
    /// A thing's ARN, by the place of its name.
    Thing(usize),
    /// What a program said of it.
    Field(usize, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(Variable),
}

/// A text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

/// On what the meaning of a text depends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Depends {
    pub(super) target: bool,
    pub(super) region: bool,
    pub(super) profile: bool,
    /// Which things, a bit each.
    pub(super) things: u8,
}

impl Depends {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            target: self.target || other.target,
            region: self.region || other.region,
            profile: self.profile || other.profile,
            things: self.things | other.things,
        }
    }

    pub(super) fn thing(slot: usize) -> Self {
        Self { things: 1_u8.checked_shl(u32::try_from(slot).unwrap_or(0)).unwrap_or(0), ..Self::default() }
    }
}

/// What a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filled {
    Text(String),
    /// The request does not have it.
    Absent,
}

/// What variables stand for in one case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'b> {
    pub(super) partition: &'b str,
    pub(super) account: &'b str,
    pub(super) region: &'b str,
    pub(super) target: &'b str,
    pub(super) itself: &'b str,
    pub(super) profile: Option<&'b str>,
    pub(super) target_boundary: Option<&'b str>,
    pub(super) self_boundary: Option<&'b str>,
    pub(super) things: &'b [&'b Located],
}

impl Case<'_> {
    /// The ARN of a thing.
    pub(super) fn thing(&self, slot: usize) -> String {
        Variable::Thing(slot).value(self).unwrap_or_default()
    }
}

impl Template {
    /// Reads a text; `slots` are the names of things.
    pub(super) fn new(text: &str, slots: &[&str]) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, variable, after)) = next(rest, slots) {
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Variable(variable));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Self { parts }
    }

    /// Whether the source picks a part of it.
    pub(super) fn has_pick(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('*')))
    }

    /// Whether it is the target's permissions boundary and nothing else.
    pub(super) fn is_target_boundary(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Variable(Variable::TargetBoundary)])
    }

    pub(super) fn depends(&self) -> Depends {
        let one = |part: &Part| match part {
            Part::Variable(Variable::Target | Variable::TargetBoundary) => Depends { target: true, ..Depends::default() },
            Part::Variable(Variable::Region) => Depends { region: true, ..Depends::default() },
            Part::Variable(Variable::Profile) => Depends { profile: true, ..Depends::default() },
            Part::Variable(Variable::Thing(slot) | Variable::Field(slot, _)) => Depends::thing(*slot),
            Part::Variable(_) | Part::Text(_) => Depends::default(),
        };
        self.parts.iter().map(one).fold(Depends::default(), Depends::and)
    }

    /// Puts in what the variables stand for.
    pub(super) fn fill(&self, case: &Case<'_>) -> Filled {
        if let [Part::Variable(variable)] = self.parts.as_slice() {
            return variable.value(case).map_or(Filled::Absent, Filled::Text);
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Variable(variable) => text.push_str(&variable.value(case).unwrap_or_default()),
            }
        }
        Filled::Text(text)
    }

    /// The same as text.
    pub(super) fn text(&self, case: &Case<'_>) -> String {
        match self.fill(case) {
            Filled::Text(text) => text,
            Filled::Absent => String::new(),
        }
    }
}

impl Variable {
    fn of(name: &str, slots: &[&str]) -> Option<Self> {
        Some(match name {
            "partition" => Self::Partition,
            "account" => Self::Account,
            "region" => Self::Region,
            "id" => Self::MadeUp,
            "target" => Self::Target,
            "self" => Self::Itself,
            "profile" => Self::Profile,
            "target.boundary" => Self::TargetBoundary,
            "self.boundary" => Self::SelfBoundary,
            _ => {
                let (thing, field) = name.split_once('.').map_or((name, None), |(thing, field)| (thing, Some(field)));
                let slot = slots.iter().position(|slot| *slot == thing)?;
                field.map_or(Self::Thing(slot), |field| Self::Field(slot, field.to_owned()))
            }
        })
    }

    fn value(&self, case: &Case<'_>) -> Option<String> {
        let own = |text: &str| Some(text.to_owned());
        match self {
            Self::Partition => own(case.partition),
            Self::Account => own(case.account),
            Self::Region => own(case.region),
            Self::MadeUp => own(MADE_UP),
            Self::Target => own(case.target),
            Self::Itself => own(case.itself),
            Self::Profile => case.profile.map(str::to_owned),
            Self::TargetBoundary => case.target_boundary.map(str::to_owned),
            Self::SelfBoundary => case.self_boundary.map(str::to_owned),
            Self::Thing(slot) => case.things.get(*slot).map(|thing| again(&thing.found.arn, case)),
            Self::Field(slot, field) => match case.things.get(*slot).map(|thing| thing.field(field))? {
                Value::Null => None,
                Value::String(text) => Some(again(&text, case)),
                other => Some(other.to_string()),
            },
        }
    }
}

/// ARNs of what was not collected are templates themselves.
fn again(text: &str, case: &Case<'_>) -> String {
    if text.contains('{') { Template::new(text, &[]).text(case) } else { text.to_owned() }
}

/// The text before the first variable, the variable, and the text after it. Braces around anything else are text.
fn next<'t>(text: &'t str, slots: &[&str]) -> Option<(&'t str, Variable, &'t str)> {
    let mut from = 0;
    while let Some(open) = text.get(from..)?.find('{').map(|at| from + at) {
        let inside = text.get(open + 1..)?;
        if let Some((name, after)) = inside.split_once('}')
            && let Some(variable) = Variable::of(name, slots)
        {
            return Some((text.get(..open)?, variable, after));
        }
        from = open + 1;
    }
    None
}
