//! A statement as the rules see it: what it gives, on how much, and where its elements are. It judges nothing.

use std::collections::BTreeSet;

use super::lists::{ABOUT, List};
use super::narrow::narrows;
use crate::iam::catalog::{ActionId, ActionSet, Catalog};
use crate::iam::condition::{Condition, Quantifier};
use crate::iam::context::Context;
use crate::iam::policy::{Effect, Policy, ProblemKind, Resources, Statement, Target};
use crate::iam::truth::Truth;

/// The name of a resource and of a user that nobody has.
const MADE_UP: &str = "zz9";
/// Of how many actions a detail gives the names.
const NAMED: usize = 5;

/// Something that a rule found.
pub(super) struct Found {
    pub(super) pointer: String,
    pub(super) detail: String,
}

/// What is the same for all statements of a policy.
pub(super) struct Whole<'a> {
    pub(super) policy: &'a Policy,
    pub(super) account: &'a str,
    pub(super) catalog: &'a Catalog,
    /// What the policy allows of some resource, and does not deny.
    pub(super) allowed: ActionSet,
    /// What it denies of every resource, whatever the conditions.
    pub(super) denied: ActionSet,
}

impl<'a> Whole<'a> {
    pub(super) fn new(policy: &'a Policy, account: &'a str, catalog: &'a Catalog) -> Self {
        let sets = |wanted: Effect, all: bool| -> ActionSet {
            let chosen = |statement: &&Statement| statement.effect == wanted && (!all || statement.is_absolute());
            policy.statements.iter().filter(chosen).map(|statement| &statement.actions.set).collect()
        };
        let denied = sets(Effect::Deny, true);
        Self { policy, account, catalog, allowed: sets(Effect::Allow, false).difference(&denied), denied }
    }
}

/// On how much an action has to be allowed to count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// On anything.
    Some,
    /// On all resources of a type.
    All,
    /// The same, or on the caller itself by `${aws:username}`.
    AllOrSelf,
}

/// One statement.
pub(super) struct View<'a> {
    pub(super) whole: &'a Whole<'a>,
    pub(super) statement: &'a Statement,
    /// What each text of `Action` stands for.
    elements: Vec<ActionSet>,
}

impl<'a> View<'a> {
    pub(super) fn new(whole: &'a Whole<'a>, statement: &'a Statement) -> Self {
        let elements = statement.actions.written.iter().map(|text| whole.catalog.expand(text)).collect();
        Self { whole, statement, elements }
    }

    pub(super) fn allows(&self) -> bool {
        self.statement.effect == Effect::Allow
    }

    pub(super) fn denies(&self) -> bool {
        self.statement.effect == Effect::Deny
    }

    pub(super) fn conditions(&self) -> impl Iterator<Item = &'a Condition> + use<'a> {
        self.statement.conditions.iter().map(|condition| -> &Condition { condition })
    }

    /// Whether the resource is `*`.
    pub(super) fn on_everything(&self) -> bool {
        self.statement.resources.as_ref().is_some_and(Resources::has_any)
    }

    /// Whether the action is `*`.
    pub(super) fn all_actions(&self) -> bool {
        !self.statement.actions.negated && self.statement.actions.written.iter().any(|text| is_all(text))
    }

    /// Whether it allows everything on everything, so that no rule has to say more about single actions.
    pub(super) fn is_admin(&self) -> bool {
        self.allows() && self.all_actions() && self.on_everything()
    }

    /// Whether a condition limits which resources are meant, or through which service.
    pub(super) fn is_confined(&self) -> bool {
        let about_resource = |key: &str| {
            const KEYS: &[&str] = &["resourcetag/", ":resourceaccount", ":resourceorgid", ":resourceorgpaths", ":viaservice"];
            KEYS.iter().any(|part| key.contains(part))
                || key.starts_with("kms:encryptioncontext")
                || matches!(
                    key,
                    "iam:policyarn" | "iam:permissionsboundary" | "kms:resourcealiases" | "aws:calledvia" | "aws:calledviafirst"
                )
        };
        self.conditions().any(|condition| about_resource(condition.key.lower()) && narrows(condition))
    }

    /// Where the statement gives an action of the list, by the elements that name it.
    pub(super) fn granted(&self, list: &List, reach: Reach) -> Vec<Found> {
        let gives = self.allows() && !self.statement.actions.negated && !self.is_admin() && !self.is_confined();
        let given = if gives { self.given(list.set(self.whole.catalog), reach) } else { ActionSet::default() };
        self.by_element(&given)
    }

    /// What of the set it gives, on so much.
    pub(super) fn given(&self, wanted: &ActionSet, reach: Reach) -> ActionSet {
        let given = self.statement.actions.set.intersection(wanted).difference(&self.whole.denied);
        if self.on_everything() || given.is_empty() {
            return given;
        }
        given.iter().filter(|id| self.reaches(*id, reach)).collect()
    }

    /// The elements that name actions of the set.
    pub(super) fn by_element(&self, set: &ActionSet) -> Vec<Found> {
        if set.is_empty() {
            return Vec::new();
        }
        let named = self.elements.iter().map(|element| element.intersection(set)).enumerate();
        named.filter(|(_, named)| !named.is_empty()).map(|(at, named)| self.found(self.action(at), self.names(&named))).collect()
    }

    /// Whether the resources are so many of those that the action works on.
    pub(super) fn reaches(&self, id: ActionId, reach: Reach) -> bool {
        let Some(resources) = &self.statement.resources else { return true };
        let catalog = self.whole.catalog;
        let about = ABOUT.iter().find(|(name, _)| *name == catalog.name(id)).map(|(_, kind)| *kind);
        let mut context = Context::unknown();
        if reach == Reach::AllOrSelf {
            context.set("aws:username", [MADE_UP]);
        }
        let mut kinds = catalog.resource_types(id).filter(|used| about.is_none_or(|about| used.kind.name == about)).peekable();
        if kinds.peek().is_none() {
            return resources.matches(&Target::Arn("*".to_owned()), &context) == Truth::Yes;
        }
        kinds.any(|used| match reach {
            Reach::Some => resources.matches(&Target::new(&example(used.kind.arn, |_| "*")), &context) != Truth::No,
            Reach::All | Reach::AllOrSelf => resources.patterns.iter().any(|pattern| {
                let written = pattern.template.to_string();
                let part = |at| written.split(':').nth(at).filter(|part| !part.is_empty() && !part.contains(['*', '?', '$']));
                let arn = example(used.kind.arn, |placeholder| match placeholder {
                    "Partition" => part(1).unwrap_or("aws"),
                    "Region" => part(3).unwrap_or("us-east-1"),
                    "Account" if self.whole.account.is_empty() => "111122223333",
                    "Account" => self.whole.account,
                    _ => MADE_UP,
                });
                resources.matches(&Target::Arn(arn), &context) == Truth::Yes
            }),
        })
    }

    /// The first few names, and how many more there are.
    pub(super) fn names(&self, set: &ActionSet) -> String {
        some_of(set.iter().map(|id| self.whole.catalog.name(id)).collect::<Vec<_>>().as_slice())
    }

    /// Something found, with a hint that conditions may make it harmless.
    pub(super) fn found(&self, pointer: String, detail: String) -> Found {
        let limited = self.conditions().any(narrows);
        Found { pointer, detail: if limited && self.allows() { format!("under conditions: {detail}") } else { detail } }
    }

    /// The pointer to an element, in the case in which it is written.
    pub(super) fn element(&self, name: &str) -> String {
        let plain = format!("{}/{name}", self.statement.pointer);
        let odd = |kind: &ProblemKind| matches!(kind, ProblemKind::OddCase(known) if known == name);
        let written = self.whole.policy.problems.iter().find(|problem| odd(&problem.kind) && problem.pointer.eq_ignore_ascii_case(&plain));
        written.map_or(plain, |problem| problem.pointer.clone())
    }

    /// The pointer to `Action` or `NotAction`.
    pub(super) fn actions(&self) -> String {
        self.element(if self.statement.actions.negated { "NotAction" } else { "Action" })
    }

    /// The pointer to one text of `Action`.
    pub(super) fn action(&self, at: usize) -> String {
        self.item(self.actions(), at, self.statement.actions.written.len())
    }

    /// The pointer to one text of a list. A text alone may not be in a list: then the element is all that is certain.
    pub(super) fn item(&self, element: String, at: usize, count: usize) -> String {
        if count == 1 {
            return element;
        }
        // Whatever is no text was left out of the list, and noted.
        let skipped = self.whole.policy.problems.iter().filter(|problem| problem.kind == ProblemKind::NotAText);
        let places = skipped.filter_map(|problem| problem.pointer.strip_prefix(&element)?.strip_prefix('/')?.parse().ok());
        let skipped: BTreeSet<usize> = places.collect();
        let place = (0..).filter(|place| !skipped.contains(place)).nth(at).unwrap_or(at);
        format!("{element}/{place}")
    }

    /// The pointer to `Resource` or `NotResource`.
    pub(super) fn resources(&self) -> String {
        let negated = self.statement.resources.as_ref().is_some_and(|resources| resources.negated);
        self.element(if negated { "NotResource" } else { "Resource" })
    }

    /// The pointer to `Principal` or `NotPrincipal`.
    pub(super) fn principals(&self) -> String {
        let negated = self.statement.principal.as_ref().is_some_and(|clause| clause.negated);
        self.element(if negated { "NotPrincipal" } else { "Principal" })
    }

    /// The pointer to a condition.
    pub(super) fn condition(&self, condition: &Condition) -> String {
        let quantifier = match condition.quantifier {
            Quantifier::None => "",
            Quantifier::All => "ForAllValues:",
            Quantifier::Any => "ForAnyValue:",
        };
        let suffix = if condition.if_exists { "IfExists" } else { "" };
        let key = condition.key.to_string().replace('~', "~0").replace('/', "~1");
        format!("{}/{quantifier}{}{suffix}/{key}", self.element("Condition"), condition.operator.name)
    }
}

/// Whether a text of `Action` means every action.
pub(super) fn is_all(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'*' | b':')) && text.matches(':').count() <= 1
}

/// The first few of many, and how many more there are.
pub(super) fn some_of<T: AsRef<str>>(names: &[T]) -> String {
    let shown = names.iter().take(NAMED).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// An ARN like the pattern, with something in the place of each `${…}`.
fn example<'a>(pattern: &str, value: impl Fn(&str) -> &'a str) -> String {
    let mut arn = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, (name, after))) = rest.split_once("${").and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        arn.push_str(before);
        arn.push_str(value(name));
        rest = after;
    }
    arn + rest
}
