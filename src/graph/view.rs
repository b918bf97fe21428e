//! What speaks for or against a source, as far as one action goes: which statements, and what they look at.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::alike::{Asking, hash};
use super::answers::Bits;
use super::memo::Memo;
use super::scene::Scene;
use crate::iam::condition::Condition;
use crate::iam::context::Context;
use crate::iam::policy::callers::{is_of_caller, is_personal, of_callers};
use crate::iam::policy::pattern::Pattern;
use crate::iam::policy::template::Resolved;
use crate::iam::policy::{Effect, Policy, PrincipalName, ResourcePattern, Statement};
use crate::iam::query::{KeyFact, Prober};
use crate::iam::truth::Truth;

/// What some statements look at, whoever it is that they speak for.
pub(super) struct Said {
    /// None where one has a variable in it.
    patterns: Option<Rc<[Rc<Bits>]>>,
    /// Tells tags apart, by place, as far as they look at them.
    tags: Option<Rc<[u64]>>,
    /// The keys that they look at, in lower case.
    keys: BTreeSet<String>,
    /// Tells the account's Regions apart.
    regions: Vec<u64>,
    /// Resources or values are other ones for other sources.
    personal: bool,
}

/// The same, for one source.
pub(super) struct View {
    said: Rc<Said>,
    /// None where one is not known for certain.
    patterns: Option<Rc<[Rc<Bits>]>>,
    /// Tells what speaks from what speaks for others, and from the same where its conditions come to something else.
    pub(super) speaks: u64,
    /// It says the same to all for whom it speaks so.
    pub(super) impartial: bool,
}

impl View {
    pub(super) fn of(asking: &Asking<'_, '_>) -> Self {
        let statements = asking.prober.statements(asking.action);
        let places = addresses(&statements);
        let said = asking.scene.alike.said(hash(&places), || Said::of(asking.scene, &statements));
        let of_caller = said.keys.iter().any(|key| is_of_caller(key));
        let truths = if of_caller && !said.personal { callers(asking.prober, &statements) } else { Vec::new() };
        // A boundary that does not name the action is against it.
        let speaks = hash(&(places, asking.principal.boundary, asking.principal.is_role, truths));
        let resolve = || patterns(&statements, |resource| asking.prober.resolve(&resource.template), asking.scene);
        Self { speaks, impartial: !said.personal, patterns: said.patterns.clone().or_else(resolve), said }
    }

    pub(super) fn patterns(&self) -> Option<&[Rc<Bits>]> {
        self.patterns.as_deref()
    }

    /// A number for what a principal is tagged with, as far as somebody looks at that.
    pub(super) fn tags(&self, place: usize) -> u64 {
        self.said.tags.as_deref().and_then(|tags| tags.get(place)).copied().unwrap_or(0)
    }

    pub(super) fn regions(&self) -> &[u64] {
        &self.said.regions
    }

    pub(super) fn looked_at<'k>(&self, keys: &'k [(String, KeyFact)]) -> Vec<&'k (String, KeyFact)> {
        keys.iter().filter(|(key, _)| self.looks_at(key)).collect()
    }

    pub(super) fn looks_at(&self, key: &str) -> bool {
        let keys = &self.said.keys;
        if keys.is_empty() {
            return false;
        }
        let key = key.to_lowercase();
        // A beginning of keys stands for all of them.
        if key.ends_with('/') { keys.iter().any(|known| known.starts_with(&key)) } else { keys.contains(&key) }
    }
}

impl Said {
    fn of(scene: &Scene<'_>, statements: &[&Statement]) -> Self {
        let keys: BTreeSet<String> = statements.iter().flat_map(|statement| looked_at(statement)).collect();
        Self {
            patterns: patterns(statements, |resource| resource.template.resolve(&Context::unknown()), scene),
            tags: scene.alike.tags(scene, &keys),
            regions: regions(statements, &scene.ground.regions),
            personal: statements.iter().any(|statement| is_personal(statement)),
            keys,
        }
    }
}

/// A number for what statements come to for one source; none where they look at it otherwise than by conditions.
pub(super) fn speaking(prober: &Prober<'_>, statements: &[&Statement]) -> Option<u64> {
    let personal = statements.iter().any(|statement| is_personal(statement));
    (!personal).then(|| hash(&(addresses(statements), callers(prober, statements))))
}

/// Statements stay where they are for as long as the estate does.
fn addresses(statements: &[&Statement]) -> Vec<usize> {
    statements.iter().map(|statement| std::ptr::from_ref(*statement).addr()).collect()
}

/// What conditions that look at nothing but who asks come to.
fn callers(prober: &Prober<'_>, statements: &[&Statement]) -> Vec<Truth> {
    of_callers(statements.iter().copied()).map(|condition| prober.meets(condition)).collect()
}

/// Whom a trust policy tells apart among those of its account.
pub(super) enum Ear<'a> {
    /// Nobody: it names whole accounts, services, providers or everybody, and no condition looks at who asks.
    Impartial,
    /// Those whom it names from the others, and of these the ones who meet its conditions: those of all statements, and of each
    /// that allows something.
    Conditions(Vec<Numbered<'a>>, Vec<Vec<Numbered<'a>>>),
    /// Anybody.
    Personal,
}

/// A condition, with a number that is the same for those that say the same.
pub(super) type Numbered<'a> = (u64, &'a Condition);

fn numbered(condition: &Condition) -> Numbered<'_> {
    (hash(&format!("{condition:?}")), condition)
}

/// What conditions come to for one source: many trust policies have the same.
#[derive(Default)]
pub(super) struct Met(Memo<u64, Truth>);

impl Met {
    fn of(&self, prober: &Prober<'_>, (number, condition): &Numbered<'_>) -> Truth {
        self.0.of(number, || prober.meets(condition))
    }
}

impl<'a> Ear<'a> {
    pub(super) fn of(policy: &'a Policy) -> Self {
        let statements = || policy.statements.iter();
        let clauses = || statements().filter_map(|statement| statement.principal.as_ref());
        if clauses().any(|clause| clause.negated) || statements().any(is_personal) {
            return Self::Personal;
        }
        let whole = |name: &PrincipalName| {
            matches!(name, PrincipalName::Everyone | PrincipalName::Account(_) | PrincipalName::Service(_) | PrincipalName::Federated(_))
        };
        let conditions: Vec<Numbered<'_>> = of_callers(statements()).map(numbered).collect();
        if conditions.is_empty() && clauses().flat_map(|clause| &clause.names).all(whole) {
            return Self::Impartial;
        }
        let allowing = statements().filter(|statement| statement.effect == Effect::Allow);
        Self::Conditions(conditions, allowing.map(|statement| of_callers([statement].into_iter()).map(numbered).collect()).collect())
    }

    /// Whether nobody of the asker's kind gets in, named or not.
    pub(super) fn refuses(&self, prober: &Prober<'_>, met: &Met) -> bool {
        let fails = |condition: &Numbered<'_>| met.of(prober, condition) == Truth::No;
        matches!(self, Self::Conditions(_, allowing) if allowing.iter().all(|conditions| conditions.iter().any(fails)))
    }

    /// A number for what it tells of one whom it does not name.
    pub(super) fn hears(&self, prober: &Prober<'_>, met: &Met) -> Option<u64> {
        match self {
            Self::Impartial => Some(0),
            Self::Conditions(all, _) => Some(hash(&all.iter().map(|condition| met.of(prober, condition)).collect::<Vec<_>>())),
            Self::Personal => None,
        }
    }
}

/// The keys that a statement looks at, in lower case.
fn looked_at(statement: &Statement) -> impl Iterator<Item = String> {
    let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
    let of_patterns = patterns.flat_map(|resource| resource.template.variables()).map(|key| key.lower().to_owned());
    statement.conditions.iter().flat_map(|condition| keys(condition)).chain(of_patterns)
}

/// Those of a condition.
fn keys(condition: &Condition) -> impl Iterator<Item = String> {
    let values = condition.values.iter().flat_map(|value| value.template().variables().collect::<Vec<_>>());
    values.chain([&condition.key]).map(|key| key.lower().to_owned())
}

/// Numbers that differ where statements tell one Region from another: by resources, or by the Region of the request.
fn regions(statements: &[&Statement], regions: &[String]) -> Vec<u64> {
    let resources = statements.iter().filter_map(|statement| statement.resources.as_ref()).flat_map(|resources| &resources.patterns);
    let resources: Vec<String> = resources.map(|resource| resource.template.to_string()).collect();
    let conditions = statements.iter().flat_map(|statement| &statement.conditions);
    let of_requests = conditions.filter(|condition| keys(condition).any(|key| key == "aws:requestedregion"));
    let values: Vec<String> = of_requests.flat_map(|condition| &condition.values).map(|value| value.template().to_string()).collect();
    let fields = resources.iter().filter_map(|text| text.split(':').nth(3)).chain(values.iter().map(String::as_str));
    let tests: Vec<Pattern> = fields.filter(|field| !matches!(*field, "" | "*")).map(Pattern::new).collect();
    let told = |region: &String| {
        let matching: Vec<bool> = tests.iter().map(|test| test.matches(region)).collect();
        let named = resources.iter().chain(&values).any(|text| text.contains(region.as_str()) || text.contains("${"));
        hash(&(matching, named.then_some(region)))
    };
    regions.iter().map(told).collect()
}

/// Tells by which patterns a principal is meant.
pub(super) fn matching(patterns: &[Rc<Bits>], place: usize) -> u64 {
    let matching = (1_u64..).zip(patterns).filter(|(_, bits)| bits.has(place));
    matching.fold(0, |all, (at, _)| (all.rotate_left(5) ^ at).wrapping_mul(0x517c_c1b7_2722_0a95))
}

/// Whom the patterns of statements mean; none where one has a variable in it that stands for nobody knows what.
fn patterns<'s>(
    statements: &[&'s Statement],
    resolve: impl Fn(&'s ResourcePattern) -> Resolved<'s>,
    scene: &Scene<'_>,
) -> Option<Rc<[Rc<Bits>]>> {
    let mut found = Vec::new();
    for resource in statements.iter().filter_map(|statement| statement.resources.as_ref()).flat_map(|resources| &resources.patterns) {
        match resolve(resource) {
            Resolved::Pattern(pattern) if !pattern.is_any() => found.push(scene.aims.like(&pattern)),
            Resolved::Pattern(_) | Resolved::Missing => {}
            Resolved::Unknown(_) => return None,
        }
    }
    Some(found.into())
}

/// Whether it looks at what the resource is tagged with.
pub(super) fn is_about_tags(condition: &Condition) -> bool {
    keys(condition).any(|key| key.contains("resourcetag/"))
}
