//! Answers to one question about every principal at once. Those are alike of whom the same is to be said: the same patterns
//! of the policies that speak match them, they have the same trust policy and, where that matters, the same tags. One of them
//! is asked about. And sources are alike for whom the same statements speak, where these do not look at who asks.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::aims::Places;
use super::scene::Scene;
use crate::iam::catalog::ActionId;
use crate::iam::condition::Condition;
use crate::iam::estate::{Account, Estate, Principal};
use crate::iam::policy::pattern::Pattern;
use crate::iam::policy::{Action, PrincipalName, Statement, Target};
use crate::iam::query::{KeyFact, Probe, Prober, ResourceSide};
use crate::iam::truth::Truth;

/// Keys of all requests that say nothing of who asks, but that it is a user or a role.
const NOT_OF_CALLERS: [&str; 11] = [
    "aws:currenttime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:tagkeys",
];

/// A set of places.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bits(Vec<u64>);

impl Bits {
    fn none(count: usize) -> Self {
        Self(vec![0; count / 64 + 1])
    }

    fn of(places: impl Iterator<Item = usize>, count: usize) -> Self {
        let mut bits = Self::none(count);
        places.for_each(|place| bits.set(place));
        bits
    }

    fn set(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }
}

/// What one question comes to, for each principal.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    yes: Bits,
    /// Unknown.
    maybe: Bits,
}

impl Answers {
    fn none(count: usize) -> Self {
        Self { yes: Bits::none(count), maybe: Bits::none(count) }
    }

    /// The same for all.
    pub(super) fn all(truth: Truth, count: usize) -> Self {
        let mut answers = Self::none(count);
        (0..count).for_each(|place| answers.set(place, truth));
        answers
    }

    pub(super) fn of(truths: impl Iterator<Item = (usize, Truth)>, count: usize) -> Self {
        let mut answers = Self::none(count);
        truths.for_each(|(place, truth)| answers.set(place, truth));
        answers
    }

    fn set(&mut self, place: usize, truth: Truth) {
        match truth {
            Truth::Yes => self.yes.set(place),
            Truth::Unknown => self.maybe.set(place),
            Truth::No => {}
        }
    }

    pub(super) fn truth(&self, place: usize) -> Truth {
        if self.yes.has(place) {
            Truth::Yes
        } else if self.maybe.has(place) {
            Truth::Unknown
        } else {
            Truth::No
        }
    }

    /// Both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let words = self.yes.0.iter().zip(&self.maybe.0).zip(other.yes.0.iter().zip(&other.maybe.0));
        let both = words.map(|((yes, maybe), (other_yes, other_maybe))| {
            let yes_of_both = yes & other_yes;
            (yes_of_both, (yes | maybe) & (other_yes | other_maybe) & !yes_of_both)
        });
        let (yes, maybe): (Vec<u64>, Vec<u64>) = both.unzip();
        Self { yes: Bits(yes), maybe: Bits(maybe) }
    }

    /// What is not a yes is unknown.
    pub(super) fn or_unknown(&self) -> Self {
        let maybe = self.yes.0.iter().map(|yes| !yes).collect();
        Self { yes: self.yes.clone(), maybe: Bits(maybe) }
    }
}

/// What principals have in common, as far as requests about them go.
pub(super) struct Alike {
    /// By place: tells trust policies from others, with the tags where they look at them.
    trust: Vec<u64>,
    /// Those of the Identity Center, which only AWS changes.
    reserved: Vec<bool>,
    /// Whether the trust policy says the same to everybody of the account.
    impartial: Vec<bool>,
    matched: RefCell<HashMap<Pattern, Rc<Bits>>>,
    /// By what speaks for a source, and what is asked.
    shared: RefCell<HashMap<(u64, ActionId, u64), Rc<Answers>>>,
    /// The same of single resources.
    single: RefCell<HashMap<(u64, ActionId, u64), Truth>>,
    /// By the names of tags.
    tags: RefCell<HashMap<Vec<String>, Rc<[u64]>>>,
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
        let impartial = |principal: &Principal| {
            let stored = principal.trust.and_then(|id| estate.store.get(id));
            stored.is_some_and(|stored| stored.policy.statements.iter().all(is_impartial))
        };
        Self {
            trust: principals().map(trust).collect(),
            reserved: principals().map(|principal| principal.path.starts_with("/aws-reserved/")).collect(),
            impartial: principals().map(impartial).collect(),
            matched: RefCell::default(),
            shared: RefCell::default(),
            single: RefCell::default(),
            tags: RefCell::default(),
        }
    }

    /// Tells the tags apart that some keys look at.
    fn tags(&self, scene: &Scene<'_>, keys: &BTreeSet<String>) -> Option<Rc<[u64]>> {
        let names: Vec<String> = keys.iter().filter_map(|key| key.split_once("resourcetag/")).map(|(_, name)| name.to_owned()).collect();
        if names.is_empty() {
            return None;
        }
        if let Some(known) = self.tags.borrow().get(&names) {
            return Some(known.clone());
        }
        let principals = scene.ground.account.principals.iter();
        let told = |principal: &Principal| {
            let meant = principal.tags.iter().filter(|(name, _)| names.contains(&name.to_lowercase())).collect::<Vec<_>>();
            if meant.is_empty() { 0 } else { hash(&meant) }
        };
        let tags: Rc<[u64]> = principals.map(told).collect();
        self.tags.borrow_mut().insert(names, tags.clone());
        Some(tags)
    }

    fn matched(&self, scene: &Scene<'_>, pattern: &Pattern) -> Rc<Bits> {
        if let Some(known) = self.matched.borrow().get(pattern) {
            return known.clone();
        }
        let mut places = Vec::new();
        scene.aims.like(pattern, &mut places);
        let bits = Rc::new(Bits::of(places.into_iter(), scene.askers.len()));
        self.matched.borrow_mut().insert(pattern.clone(), bits.clone());
        bits
    }

    fn is_impartial(&self, place: usize) -> bool {
        self.impartial.get(place).copied().unwrap_or(false)
    }
}

/// Of a trust policy: it names whole accounts, services, providers or everybody, and no condition looks at who asks.
fn is_impartial(statement: &Statement) -> bool {
    let names = statement.principal.iter().flat_map(|clause| &clause.names);
    let whole = |name: &PrincipalName| {
        matches!(name, PrincipalName::Everyone | PrincipalName::Account(_) | PrincipalName::Service(_) | PrincipalName::Federated(_))
    };
    statement.principal.iter().all(|clause| !clause.negated)
        && names.into_iter().all(whole)
        && !looked_at(statement).any(|key| is_of_caller(&key))
}

/// Whether a key, in lower case, may differ between one who asks and another.
fn is_of_caller(key: &str) -> bool {
    let of_all = key.starts_with("aws:") && !key.starts_with("aws:resourcetag/") && !key.starts_with("aws:requesttag/");
    (of_all && NOT_OF_CALLERS.binary_search(&key).is_err()) || key.starts_with("ec2:source") || key.starts_with("ec2:role")
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

/// A number that tells values apart.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    // 0 is for nothing.
    hasher.finish() | 1
}

/// What speaks for a source, as far as one action goes.
struct View {
    /// Tells what speaks from what speaks for others.
    speaks: u64,
    /// It says the same to all for whom it speaks.
    impartial: bool,
    /// None where one is not known for certain.
    patterns: Option<Vec<Rc<Bits>>>,
    /// Tells tags apart, by place, as far as it looks at them.
    tags: Option<Rc<[u64]>>,
    /// The keys that it looks at, in lower case.
    keys: BTreeSet<String>,
    /// Tells the account's Regions apart.
    regions: Vec<u64>,
}

/// What a source may do to principals.
#[derive(Default)]
pub(super) struct Memory {
    views: RefCell<HashMap<ActionId, Rc<View>>>,
    known: RefCell<HashMap<(ActionId, u64), Rc<Answers>>>,
    single: RefCell<HashMap<(ActionId, u64), Truth>>,
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
    fn candidates(&self, id: ActionId) -> Places {
        match self.side {
            ResourceSide::Granted => Places::All,
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
        let patterns = view.patterns.as_deref()?;
        let about = hash(&(asking.side, view.looked_at(asking.keys)));
        if let Some(known) = self.known.borrow().get(&(id, about)) {
            return Some(known.clone());
        }
        let alike = &asking.scene.alike;
        let key = (view.speaks, id, about);
        let shared = view.impartial.then(|| alike.shared.borrow().get(&key).cloned()).flatten();
        let answers = match shared {
            Some(shared) => shared,
            None => {
                let of_all = |place: usize| !asking.is_assuming(id) || alike.is_impartial(place);
                let answers = Rc::new(Self::ask(asking, id, (&view, patterns), &|place| !view.impartial || of_all(place), None));
                if view.impartial {
                    alike.shared.borrow_mut().insert(key, answers.clone());
                }
                answers
            }
        };
        // Some trust policies name whom they let in.
        let answers = if view.impartial && asking.is_assuming(id) {
            Rc::new(Self::ask(asking, id, (&view, patterns), &|place| !alike.is_impartial(place), Some(&answers)))
        } else {
            answers
        };
        self.known.borrow_mut().insert((id, about), answers.clone());
        Some(answers)
    }

    /// Asks about those who are meant, beside what is known of others.
    fn ask(
        asking: &Asking<'_, '_>,
        id: ActionId,
        (view, patterns): (&View, &[Rc<Bits>]),
        meant: &dyn Fn(usize) -> bool,
        known: Option<&Answers>,
    ) -> Answers {
        let (alike, count) = (&asking.scene.alike, asking.scene.askers.len());
        let mut answers = known.cloned().unwrap_or_else(|| Answers::none(count));
        let mut classes: HashMap<(u64, u64, u64, bool), Truth> = HashMap::new();
        let assuming = asking.is_assuming(id);
        let mut one = |place: usize| {
            if !meant(place) {
                return;
            }
            let of = |list: &[u64]| list.get(place).copied().unwrap_or(0);
            let trust = if assuming { of(&alike.trust) } else { 0 };
            let tags = view.tags.as_deref().map_or(0, of);
            let reserved = alike.reserved.get(place).copied().unwrap_or(false);
            let truth = *classes.entry((matching(patterns, place), trust, tags, reserved)).or_insert_with(|| asking.ask(place));
            answers.set(place, truth);
        };
        match asking.candidates(id) {
            Places::All => (0..count).for_each(&mut one),
            Places::Some(places) => places.iter().copied().for_each(&mut one),
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
            Some(id) => self.view(asking, id).regions.clone(),
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
        if let Some(known) = self.single.borrow().get(&(id, about)) {
            return *known;
        }
        // The policy of a resource may name whom it lets in.
        let has_policy = asking.side != ResourceSide::New && text != "*";
        let key = (view.speaks, id, about);
        let shared = &asking.scene.alike.single;
        let truth = match shared.borrow().get(&key).filter(|_| view.impartial && !has_policy) {
            Some(known) => *known,
            None => ask(),
        };
        if view.impartial && !has_policy {
            shared.borrow_mut().insert(key, truth);
        }
        self.single.borrow_mut().insert((id, about), truth);
        truth
    }

    fn view(&self, asking: &Asking<'_, '_>, id: ActionId) -> Rc<View> {
        if let Some(known) = self.views.borrow().get(&id) {
            return known.clone();
        }
        let view = Rc::new(View::of(asking));
        self.views.borrow_mut().insert(id, view.clone());
        view
    }
}

impl View {
    fn of(asking: &Asking<'_, '_>) -> Self {
        let scene = asking.scene;
        let statements = asking.prober.statements(asking.action, &scene.ground.account.id);
        let places: Vec<usize> = statements.iter().map(|statement| std::ptr::from_ref(*statement).addr()).collect();
        // A boundary that does not name the action is against it.
        let speaks = hash(&(places, asking.principal.boundary, asking.principal.is_role));
        let patterns: Option<Vec<_>> = statements.iter().map(|statement| patterns(scene, statement)).collect();
        let keys: BTreeSet<String> = statements.iter().flat_map(|statement| looked_at(statement)).collect();
        Self {
            speaks,
            impartial: !keys.iter().any(|key| is_of_caller(key)),
            patterns: patterns.map(|patterns| patterns.into_iter().flatten().collect()),
            tags: scene.alike.tags(scene, &keys),
            regions: regions(&statements, &scene.ground.regions),
            keys,
        }
    }

    fn looked_at<'k>(&self, keys: &'k [(String, KeyFact)]) -> Vec<&'k (String, KeyFact)> {
        keys.iter().filter(|(key, _)| self.looks_at(key)).collect()
    }

    fn looks_at(&self, key: &str) -> bool {
        let key = key.to_lowercase();
        // A beginning of keys stands for all of them.
        if key.ends_with('/') { self.keys.iter().any(|known| known.starts_with(&key)) } else { self.keys.contains(&key) }
    }
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
fn matching(patterns: &[Rc<Bits>], place: usize) -> u64 {
    let matching = (1_u64..).zip(patterns).filter(|(_, bits)| bits.has(place));
    matching.fold(0, |all, (at, _)| (all.rotate_left(5) ^ at).wrapping_mul(0x517c_c1b7_2722_0a95))
}

fn patterns(scene: &Scene<'_>, statement: &Statement) -> Option<Vec<Rc<Bits>>> {
    let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns).map(|resource| resource.template.fixed());
    let told = patterns.filter(|pattern| pattern.is_none_or(|pattern| !pattern.is_any()));
    told.map(|pattern| pattern.map(|pattern| scene.alike.matched(scene, pattern))).collect()
}

/// Whether it looks at what the resource is tagged with.
fn is_about_tags(condition: &Condition) -> bool {
    keys(condition).any(|key| key.contains("resourcetag/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted() {
        assert!(NOT_OF_CALLERS.is_sorted());
    }

    #[test]
    fn answers_are_joined_as_truths_are() {
        let all = [Truth::No, Truth::Unknown, Truth::Yes];
        for one in all {
            for other in all {
                let joined = Answers::all(one, 70).and(&Answers::all(other, 70));
                assert_eq!((joined.truth(0), joined.truth(69)), (one.and(other), one.and(other)), "{one:?} {other:?}");
            }
            assert_eq!(Answers::all(one, 70).or_unknown().truth(69), one.or(Truth::Unknown), "{one:?}");
        }
    }
}
