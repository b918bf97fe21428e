//! Answers to one question about every principal at once. Those are alike of whom the same is to be said: the same patterns
//! of the policies that speak match them, they have the same trust policy and, where that matters, the same tags. One of them
//! is asked about. And sources are alike for whom the same statements speak, where these do not look at who asks.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use foldhash::HashMap;

use super::answers::{Answers, Bits};
use super::memo::Memo;
use super::scene::Scene;
use super::view::{Ear, Met, Said, View, is_about_tags, matching};
use crate::iam::catalog::ActionId;
use crate::iam::estate::{Account, Estate, Principal};
use crate::iam::policy::{Action, Target};
use crate::iam::query::{KeyFact, Probe, Prober, ResourceSide};
use crate::iam::truth::Truth;

/// What principals have in common, as far as requests about them go.
pub(super) struct Alike<'a> {
    /// By place: tells trust policies from others, with the tags where they look at them.
    trust: Vec<u64>,
    /// Those of the Identity Center, which only AWS changes.
    reserved: Vec<bool>,
    /// By place: whom trust policies tell apart.
    ears: Vec<Ear<'a>>,
    /// Those that tell nobody apart.
    impartial: Bits,
    /// What roles answer to those whom they do not name.
    heard: Memo<u64, Truth>,
    /// By the statements.
    said: Memo<u64, Rc<Said>>,
    /// By what speaks for a source, and what is asked.
    shared: Memo<u64, Rc<Answers>>,
    /// The same of single resources.
    single: Memo<(u64, ActionId, u64), Truth>,
    /// By the names of tags.
    tags: Memo<Vec<String>, Rc<[u64]>>,
}

impl<'a> Alike<'a> {
    pub(super) fn new(estate: &'a Estate, account: &'a Account) -> Self {
        let principals = || account.principals.iter();
        let trust = |principal: &Principal| {
            let Some(stored) = principal.trust.and_then(|id| estate.store.get(id)) else { return 0 };
            let by_tags =
                stored.policy.statements.iter().flat_map(|statement| &statement.conditions).any(|condition| is_about_tags(condition));
            hash(&(stored.document.to_string(), by_tags.then_some(&principal.tags)))
        };
        let ear = |principal: &Principal| {
            let stored = principal.trust.and_then(|id| estate.store.get(id));
            stored.map_or(Ear::Personal, |stored| Ear::of(&stored.policy))
        };
        let ears: Vec<Ear<'a>> = principals().map(ear).collect();
        let impartial = ears.iter().enumerate().filter(|(_, ear)| matches!(ear, Ear::Impartial)).map(|(at, _)| at);
        Self {
            trust: principals().map(trust).collect(),
            reserved: principals().map(|principal| principal.path.starts_with("/aws-reserved/")).collect(),
            impartial: Bits::of(impartial, account.principals.len()),
            ears,
            heard: Memo::default(),
            said: Memo::default(),
            shared: Memo::default(),
            single: Memo::default(),
            tags: Memo::default(),
        }
    }

    /// Tells the tags apart that some keys look at.
    pub(super) fn tags(&self, scene: &Scene<'_>, keys: &BTreeSet<String>) -> Option<Rc<[u64]>> {
        let names: Vec<String> = keys.iter().filter_map(|key| key.split_once("resourcetag/")).map(|(_, name)| name.to_owned()).collect();
        if names.is_empty() {
            return None;
        }
        let told = |principal: &Principal| {
            let meant = principal.tags.iter().filter(|(name, _)| names.contains(&name.to_lowercase())).collect::<Vec<_>>();
            if meant.is_empty() { 0 } else { hash(&meant) }
        };
        Some(self.tags.of(&names, || scene.ground.account.principals.iter().map(told).collect()))
    }

    /// What a role answers, which a number stands for.
    fn once(&self, heard: Option<u64>, find: impl FnOnce() -> Truth) -> Truth {
        match heard {
            Some(heard) => self.heard.of(&heard, find),
            None => find(),
        }
    }

    /// What statements look at, which a number stands for.
    pub(super) fn said(&self, statements: u64, find: impl FnOnce() -> Said) -> Rc<Said> {
        self.said.of(&statements, || Rc::new(find()))
    }
}

/// A number that tells values apart.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    // 0 is for nothing.
    hasher.finish() | 1
}

/// What a source may do to principals.
#[derive(Default)]
pub(super) struct Memory {
    views: Memo<ActionId, Rc<View>>,
    known: Memo<(ActionId, u64), Rc<Answers>>,
    candidates: Memo<(ActionId, ResourceSide), Rc<Bits>>,
    single: Memo<(ActionId, u64), Truth>,
    met: Met,
}

/// One who asks, and what about.
pub(super) struct Asking<'q, 'a> {
    pub(super) scene: &'q Scene<'a>,
    pub(super) prober: &'q Prober<'q>,
    pub(super) principal: &'q Principal,
    pub(super) action: &'q Action,
    pub(super) side: ResourceSide,
    pub(super) keys: &'q [(String, KeyFact)],
}

impl Asking<'_, '_> {
    fn ask(&self, place: usize) -> Truth {
        let Some(target) = self.scene.principal(place) else { return Truth::No };
        let target = Target::Arn(target.arn.clone());
        self.prober.ask(&Probe { action: self.action, target: &target, keys: self.keys, side: self.side })
    }

    /// Whether the target's own policy has a say.
    fn is_assuming(&self, id: ActionId) -> bool {
        self.side == ResourceSide::Own && self.scene.estate.store.catalog().service_of(id) == "sts"
    }

    /// Those that could be allowed.
    fn find(&self, id: ActionId) -> Bits {
        match self.side {
            ResourceSide::Granted => Bits::all(self.scene.askers.len()),
            _ if self.is_assuming(id) => self.scene.aims.assumable(self.principal, self.action),
            _ => self.scene.aims.of(self.principal, self.action),
        }
    }
}

impl Memory {
    /// The answers about all principals; none where a pattern is not known for certain.
    pub(super) fn answers(&self, asking: &Asking<'_, '_>) -> Option<Rc<Answers>> {
        let id = asking.action.id?;
        let view = self.view(asking, id);
        let patterns = view.patterns()?;
        let about = hash(&(asking.side, view.looked_at(asking.keys)));
        Some(self.known.of(&(id, about), || self.find(asking, id, (&view, patterns, about), (*self.candidates(asking, id)).clone())))
    }

    fn find(
        &self,
        asking: &Asking<'_, '_>,
        id: ActionId,
        (view, patterns, about): (&View, &[Rc<Bits>], u64),
        mut meant: Bits,
    ) -> Rc<Answers> {
        let alike = &asking.scene.alike;
        if !view.impartial {
            return Rc::new(self.ask(asking, id, (view, patterns), &meant, None));
        }
        let speaks = hash(&(view.speaks, id, about));
        let answers = alike.shared.of(&speaks, || {
            let mut of_all = meant.clone();
            if asking.is_assuming(id) {
                of_all.keep(&alike.impartial);
            }
            Rc::new(self.ask(asking, id, (view, patterns), &of_all, None))
        });
        if !asking.is_assuming(id) {
            return answers;
        }
        // Some trust policies name whom they let in.
        meant.take_out(&alike.impartial);
        Rc::new(self.ask(asking, id, (view, patterns), &meant, Some((&answers, speaks))))
    }

    /// Those that could be allowed, as far as patterns and names tell.
    pub(super) fn candidates(&self, asking: &Asking<'_, '_>, id: ActionId) -> Rc<Bits> {
        self.candidates.of(&(id, asking.side), || Rc::new(asking.find(id)))
    }

    /// Asks about those who are meant, beside what is known of others; `speaks` stands for all that is asked, and for whom.
    fn ask(
        &self,
        asking: &Asking<'_, '_>,
        id: ActionId,
        (view, patterns): (&View, &[Rc<Bits>]),
        meant: &Bits,
        known: Option<(&Answers, u64)>,
    ) -> Answers {
        let alike = &asking.scene.alike;
        let mut answers = known.map_or_else(|| Answers::none(asking.scene.askers.len()), |(known, _)| known.clone());
        let named: Vec<usize> = known.map(|_| asking.scene.aims.named(asking.principal).collect()).unwrap_or_default();
        let mut classes: HashMap<(u64, u64, u64, bool), Truth> = HashMap::default();
        let assuming = asking.is_assuming(id);
        for place in meant.places() {
            if known.is_some() && alike.ears.get(place).is_some_and(|ear| ear.refuses(asking.prober, &self.met)) {
                continue;
            }
            let trust = if assuming { alike.trust.get(place).copied().unwrap_or(0) } else { 0 };
            let reserved = alike.reserved.get(place).copied().unwrap_or(false);
            let class = (matching(patterns, place), trust, view.tags(place), reserved);
            let heard = |speaks: u64| {
                let ear = alike.ears.get(place).filter(|_| !named.contains(&place))?;
                Some(hash(&(speaks, class, ear.hears(asking.prober, &self.met)?)))
            };
            let find = || alike.once(known.and_then(|(_, speaks)| heard(speaks)), || asking.ask(place));
            let truth = classes.entry(class).or_insert_with(find);
            answers.set(place, *truth);
        }
        answers
    }

    /// Whether what speaks for the source looks at a key.
    pub(super) fn looks_at(&self, asking: &Asking<'_, '_>, key: &str) -> bool {
        asking.action.id.is_none_or(|id| self.view(asking, id).looks_at(key))
    }

    /// Numbers that tell the account's Regions apart, as far as what speaks for the source does.
    pub(super) fn regions(&self, asking: &Asking<'_, '_>) -> Vec<u64> {
        match asking.action.id {
            Some(id) => self.view(asking, id).regions().to_vec(),
            None => asking.scene.ground.regions.iter().map(|region| hash(&region)).collect(),
        }
    }

    /// The answer about one resource. What nobody looks at makes no difference.
    pub(super) fn single(&self, asking: &Asking<'_, '_>, target: &Target) -> Truth {
        let ask = || asking.prober.ask(&Probe { action: asking.action, target, keys: asking.keys, side: asking.side });
        let Some(id) = asking.action.id else { return ask() };
        let view = self.view(asking, id);
        let text = target.to_string();
        let about = hash(&(asking.side, view.looked_at(asking.keys), &text));
        // The policy of a resource may name whom it lets in.
        let has_policy = asking.side != ResourceSide::New && text != "*";
        self.single.of(&(id, about), || {
            if has_policy || !view.impartial { ask() } else { asking.scene.alike.single.of(&(view.speaks, id, about), ask) }
        })
    }

    fn view(&self, asking: &Asking<'_, '_>, id: ActionId) -> Rc<View> {
        self.views.of(&id, || Rc::new(View::of(asking)))
    }
}
