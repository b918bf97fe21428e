//! Targets that are alike to a source: the same patterns of its policies match them, they have the same trust policy and, where
//! that matters, the same tags. What is allowed on one of them is allowed on all.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::scene::Scene;
use crate::iam::catalog::ActionId;
use crate::iam::condition::Condition;
use crate::iam::estate::{Account, Estate, Principal};
use crate::iam::policy::pattern::Pattern;
use crate::iam::policy::{Action, Statement};
use crate::iam::query::{KeyFact, Prober, ResourceSide};
use crate::iam::truth::Truth;

/// A set of places.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn of(places: impl Iterator<Item = usize>, count: usize) -> Self {
        let mut words = vec![0; count / 64 + 1];
        for place in places {
            if let Some(word) = words.get_mut(place / 64) {
                *word |= 1 << (place % 64);
            }
        }
        Self(words)
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }
}

/// What principals have in common, as far as requests about them go.
pub(super) struct Alike {
    /// By place: tells trust policies from others, with the tags where they look at them; and tags.
    trust: Vec<u64>,
    tags: Vec<u64>,
    /// Those of the Identity Center, which only AWS changes.
    reserved: Vec<bool>,
    matched: RefCell<HashMap<Pattern, Rc<Bits>>>,
}

impl Alike {
    pub(super) fn new(estate: &Estate, account: &Account) -> Self {
        let principals = || account.principals.iter();
        let trust = |principal: &Principal| {
            let Some(stored) = principal.trust.and_then(|id| estate.store.get(id)) else { return 0 };
            let by_tags =
                stored.policy.statements.iter().flat_map(|statement| &statement.conditions).any(|condition| is_about_tags(condition));
            hash(&(stored.document.to_string(), by_tags.then_some(&principal.tags)))
        };
        Self {
            trust: principals().map(trust).collect(),
            tags: principals().map(|principal| if principal.tags.is_empty() { 0 } else { hash(&principal.tags) }).collect(),
            reserved: principals().map(|principal| principal.path.starts_with("/aws-reserved/")).collect(),
            matched: RefCell::default(),
        }
    }

    fn matched(&self, scene: &Scene<'_>, pattern: &Pattern) -> Rc<Bits> {
        if let Some(known) = self.matched.borrow().get(pattern) {
            return known.clone();
        }
        let principals = scene.ground.account.principals.iter().enumerate();
        let places = principals.filter(|(_, principal)| pattern.matches(&principal.arn)).map(|(place, _)| place);
        let bits = Rc::new(Bits::of(places, scene.askers.len()));
        self.matched.borrow_mut().insert(pattern.clone(), bits.clone());
        bits
    }
}

/// A number that tells values apart.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    // 0 is for nothing.
    hasher.finish() | 1
}

/// How the targets of one action differ to one source.
struct View {
    patterns: Vec<Rc<Bits>>,
    by_tags: bool,
}

/// What a source may do to those who are alike.
#[derive(Default)]
pub(super) struct Memory {
    views: RefCell<HashMap<ActionId, Option<Rc<View>>>>,
    known: RefCell<HashMap<Class, Truth>>,
}

/// Those who are alike: the action, keys and side of the question, which patterns match, trust and tags.
type Class = (ActionId, u64, Vec<u64>, u64, u64, bool);

impl Memory {
    /// Answers for all who are alike what `ask` answers for one.
    pub(super) fn answer(
        &self,
        scene: &Scene<'_>,
        prober: &Prober<'_>,
        (action, side): (&Action, ResourceSide),
        target: usize,
        keys: &[(String, KeyFact)],
        ask: impl FnOnce() -> Truth,
    ) -> Truth {
        let Some((id, view)) = action.id.and_then(|id| Some((id, self.view(scene, prober, action, id)?))) else { return ask() };
        let alike = &scene.alike;
        let mut matched = vec![0_u64; view.patterns.len().div_ceil(64)];
        for (at, bits) in view.patterns.iter().enumerate() {
            if bits.has(target)
                && let Some(word) = matched.get_mut(at / 64)
            {
                *word |= 1 << (at % 64);
            }
        }
        let of = |list: &[u64]| list.get(target).copied().unwrap_or(0);
        let trust = if side == ResourceSide::Own && scene.estate.store.catalog().service_of(id) == "sts" { of(&alike.trust) } else { 0 };
        let tags = if view.by_tags { of(&alike.tags) } else { 0 };
        let reserved = alike.reserved.get(target).copied().unwrap_or(false);
        let class = (id, hash(&(side, keys)), matched, trust, tags, reserved);
        if let Some(known) = self.known.borrow().get(&class) {
            return *known;
        }
        let truth = ask();
        self.known.borrow_mut().insert(class, truth);
        truth
    }

    /// None where a pattern is not known for certain.
    fn view(&self, scene: &Scene<'_>, prober: &Prober<'_>, action: &Action, id: ActionId) -> Option<Rc<View>> {
        if let Some(known) = self.views.borrow().get(&id) {
            return known.clone();
        }
        let view = Self::see(scene, prober, action).map(Rc::new);
        self.views.borrow_mut().insert(id, view.clone());
        view
    }

    fn see(scene: &Scene<'_>, prober: &Prober<'_>, action: &Action) -> Option<View> {
        let mut view = View { patterns: Vec::new(), by_tags: false };
        for statement in prober.statements(action, &scene.ground.account.id) {
            view.by_tags |= statement.conditions.iter().any(|condition| is_about_tags(condition));
            view.patterns.extend(patterns(scene, statement)?);
        }
        Some(view)
    }
}

fn patterns(scene: &Scene<'_>, statement: &Statement) -> Option<Vec<Rc<Bits>>> {
    let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns).map(|resource| resource.template.fixed());
    let told = patterns.filter(|pattern| pattern.is_none_or(|pattern| !pattern.is_any()));
    told.map(|pattern| pattern.map(|pattern| scene.alike.matched(scene, pattern))).collect()
}

/// Whether it looks at what the resource is tagged with.
fn is_about_tags(condition: &Condition) -> bool {
    let mut keys = condition.values.iter().flat_map(|value| value.template().variables().collect::<Vec<_>>()).chain([&condition.key]);
    keys.any(|key| key.lower().contains("resourcetag/"))
}
