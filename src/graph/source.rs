//! From one principal: which techniques lead where.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use serde_json::Value;

use super::alike::{Asking, Memory};
use super::answers::{Answers, Bits};
use super::found::Located;
use super::gain;
use super::memo::Memo;
use super::needs::{Bound, Part};
use super::plan::{FactPlan, Form, Part as PartPlan, Plan, TrustPlan};
use super::scene::Scene;
use super::table::{Gain, Known, Of, Thing, To, Who};
use crate::iam::catalog::ActionSet;
use crate::iam::estate::{PolicyId, Principal};
use crate::iam::policy::{Action, Target};
use crate::iam::query::{KeyFact, Prober, ResourceSide};
use crate::iam::truth::Truth;

/// A technique that leads from a source to a target.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) target: usize,
    pub(super) truth: Truth,
    pub(super) choice: Rc<Choice>,
}

/// By what it does.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) things: Vec<Rc<Located>>,
    pub(super) region: Rc<str>,
    pub(super) profile: Option<String>,
}

/// One principal that looks for ways.
pub(super) struct Source<'s, 'a> {
    pub(super) scene: &'s Scene<'a>,
    pub(super) place: usize,
    pub(super) principal: &'a Principal,
    pub(super) prober: Prober<'s>,
    /// What its policies, or those of resources, allow on something.
    allowed: ActionSet,
    pub(super) known: Memo<Key, Truth>,
    memory: Memory,
    /// What is the same of every target, by part and things.
    pub(super) uniform: Memo<Key, Option<Rc<Answers>>>,
    pub(super) forms: Memo<String, Rc<[String]>>,
    things: Memo<usize, Things>,
}

/// What the truth of a part depends on: its shape, target, profile, things.
pub(super) type Key = (u32, usize, usize, [u32; 3], Rc<str>);

/// Things that go by one name.
pub(super) type Things = Rc<Vec<Rc<Located>>>;

/// A choice of things, and how much of the needs it settles.
struct Combination {
    things: Vec<Rc<Located>>,
    region: Rc<str>,
    truth: Truth,
    choice: Rc<Choice>,
}

impl Combination {
    fn bound<'b>(&'b self, target: usize, profile: Option<&'b str>) -> Bound<'b> {
        Bound { target, things: &self.things, region: &self.region, profile, profile_at: 0 }
    }
}

/// What a combination comes to for each target.
struct Uniform<'p> {
    answers: Answers,
    /// What each of them has to be asked.
    various: Vec<&'p PartPlan>,
}

/// Stands for any target.
pub(super) const NOBODY: usize = usize::MAX;

impl<'s, 'a> Source<'s, 'a> {
    /// None for whoever is no source: service-linked roles.
    pub(super) fn new(scene: &'s Scene<'a>, place: usize) -> Option<Self> {
        let principal = scene.principal(place).filter(|principal| !is_service_linked(principal))?;
        let identity = scene.ground.account.identity(principal).filter_map(|id| scene.estate.store.get(id));
        Some(Self {
            scene,
            place,
            principal,
            prober: Prober::new(scene.estate, scene.askers.get(place)?),
            allowed: identity.map(|stored| stored.policy.allows()).chain([&scene.by_resources]).collect(),
            known: Memo::default(),
            memory: Memory::default(),
            uniform: Memo::default(),
            forms: Memo::default(),
            things: Memo::default(),
        })
    }

    /// What it may do to whom.
    pub(super) fn answers(&self, action: &Action, side: ResourceSide, keys: &[(String, KeyFact)]) -> Option<Rc<Answers>> {
        self.memory.answers(&self.asking(action, side, keys))
    }

    /// Those whom it could be allowed an action on.
    pub(super) fn candidates(&self, action: &Action, side: ResourceSide) -> Option<Rc<Bits>> {
        Some(self.memory.candidates(&self.asking(action, side, &[]), action.id?))
    }

    /// What it may do to one resource.
    pub(super) fn may(&self, action: &Action, target: &Target, side: ResourceSide, keys: &[(String, KeyFact)]) -> Truth {
        self.memory.single(&self.asking(action, side, keys), target)
    }

    /// Whether a key makes a difference.
    pub(super) fn looks_at(&self, action: &Action, key: &str) -> bool {
        self.memory.looks_at(&self.asking(action, ResourceSide::Own, &[]), key)
    }

    fn asking<'q>(&'q self, action: &'q Action, side: ResourceSide, keys: &'q [(String, KeyFact)]) -> Asking<'q, 'a> {
        Asking { scene: self.scene, prober: &self.prober, principal: self.principal, action, side, keys }
    }

    /// Where a technique leads; with `only`, whether it leads there.
    pub(super) fn hits(&self, plan: &Plan, only: Option<usize>) -> Vec<Hit> {
        let who = match plan.row.who {
            Who::Any => true,
            Who::User => !self.principal.is_role,
            Who::Role => self.principal.is_role,
        };
        if !who || !plan.required.iter().all(|action| self.allowed.contains(*action)) {
            return Vec::new();
        }
        let trust = self.trust_list(plan);
        let mut targets = self.targets(plan, trust.as_deref(), only);
        if !targets.is_none() {
            self.early(plan).iter().for_each(|answers| answers.narrow(&mut targets));
        }
        if targets.is_none() {
            return Vec::new();
        }
        self.search(plan, trust.as_deref(), &targets).into_values().collect()
    }

    fn trust_list(&self, plan: &Plan) -> Option<Rc<Answers>> {
        let trusts = plan.trusts.as_ref().filter(|trusts| trusts.depends.things == 0)?;
        let case = self.scene.case(self.principal, self.principal, self.scene.ground.account.region);
        Some(self.scene.trust_list(trusts, &trusts.key, &case))
    }

    /// The principals that could be reached, as far as patterns and names tell.
    fn targets(&self, plan: &Plan, trust: Option<&Answers>, only: Option<usize>) -> Bits {
        let count = self.scene.askers.len();
        if plan.row.to == To::Itself {
            return Bits::of([self.place].into_iter().filter(|own| only.is_none_or(|only| only == *own)), count);
        }
        let mut places = match only {
            Some(only) => Bits::of([only].into_iter(), count),
            None => Bits::all(count),
        };
        places.keep(self.scene.reachable(plan.row));
        places.unset(self.place);
        match (trust, &plan.trusts) {
            (Some(trust), _) => trust.narrow(&mut places),
            (None, Some(trusts)) => places.keep(&Bits::of(self.scene.trusting.candidates(trusts).into_iter(), count)),
            (None, None) => {}
        }
        let catalog = self.scene.estate.store.catalog();
        for id in &plan.on_target {
            if places.is_none() {
                break;
            }
            let action = Action::of(*id, catalog);
            places.keep(&self.memory.candidates(&self.asking(&action, ResourceSide::Own, &[]), *id));
        }
        places
    }

    fn search(&self, plan: &Plan, trust: Option<&Answers>, targets: &Bits) -> BTreeMap<usize, Hit> {
        let mut best: BTreeMap<usize, Hit> = BTreeMap::new();
        let mut known = Answers::none(self.scene.askers.len());
        for combination in self.combinations(plan, targets) {
            let uniform = self.uniform(plan, trust, targets, &combination);
            // Others are settled already, or can become no better by this combination.
            for target in uniform.answers.better_than(&known).places() {
                let Some(hit) = self.hit(plan, target, &combination, &uniform) else { continue };
                if known.truth(target) < hit.truth {
                    known.set(target, hit.truth);
                    best.insert(target, hit);
                }
            }
        }
        best
    }

    /// All choices of things and Region that do not fail by themselves, the surest first.
    fn combinations(&self, plan: &Plan, targets: &Bits) -> Vec<Combination> {
        let mut all: Vec<Vec<Rc<Located>>> = vec![Vec::new()];
        for slot in &plan.slots {
            let things = self.things_of(plan, slot);
            let leads = |thing: &&Rc<Located>| thing.roles.as_ref().is_none_or(|roles| roles.has_of(targets));
            let things: Vec<&Rc<Located>> = things.iter().filter(leads).collect();
            let mut longer = Vec::new();
            for chosen in &all {
                for thing in things.iter().copied().filter(|thing| fits(chosen, thing)) {
                    let mut next = chosen.clone();
                    next.push(thing.clone());
                    longer.push(next);
                }
            }
            all = longer;
        }
        let mut found: Vec<Combination> = Vec::new();
        for things in all {
            for region in self.regions(plan, &things) {
                let truth = self.without_target(plan, &things, &region);
                if truth != Truth::No {
                    let choice = Rc::new(Choice { things: things.clone(), region: region.clone(), profile: None });
                    found.push(Combination { things: things.clone(), region, truth, choice });
                }
                if truth == Truth::Yes {
                    break;
                }
            }
        }
        found.sort_by_key(|combination| std::cmp::Reverse(combination.truth));
        found
    }

    /// The Regions to try: that of the things, or all.
    fn regions(&self, plan: &Plan, things: &[Rc<Located>]) -> Vec<Rc<str>> {
        let ground = &self.scene.ground;
        if let Some(region) = things.iter().find_map(|thing| thing.region.as_deref()) {
            return vec![region.into()];
        }
        let regional = plan.parts.iter().any(|part| part.depends.region) || things.iter().any(|thing| thing.supposed);
        let only = [ground.account.region.to_owned()];
        if !regional {
            return only.iter().map(|region| region.as_str().into()).collect();
        }
        // Of those that nothing tells apart, one will do.
        let told: Vec<Vec<u64>> =
            plan.regional.iter().map(|action| self.memory.regions(&self.asking(action, ResourceSide::Own, &[]))).collect();
        let mut seen = HashSet::new();
        let all = ground.regions.iter().enumerate();
        let different = all.filter(|(at, _)| seen.insert(told.iter().map(|told| told.get(*at).copied()).collect::<Vec<_>>()));
        different.map(|(_, region)| region.as_str().into()).collect()
    }

    /// What holds whoever the target is.
    fn without_target(&self, plan: &Plan, things: &[Rc<Located>], region: &Rc<str>) -> Truth {
        let mut truth = if plan.doubtful { Truth::Unknown } else { Truth::Yes };
        for thing in things {
            truth = truth.and(self.readiness(thing));
        }
        let bound = Bound { target: NOBODY, things, region, profile: None, profile_at: 0 };
        for part in plan.parts.iter().filter(|part| !part.depends.target && !part.depends.profile) {
            if truth == Truth::No {
                break;
            }
            truth = truth.and(Part::new(self, plan, part).truth(&bound));
        }
        truth
    }

    fn readiness(&self, thing: &Located) -> Truth {
        let ready = match thing.readiness() {
            Some(ready) => Truth::from(ready),
            None => Truth::Unknown,
        };
        match &thing.found.reach {
            // Whoever is inside of the network may reach it all the same.
            Some(port) if ready == Truth::Yes => self.scene.reaches(&thing.found.arn, port).or(Truth::Unknown),
            _ => ready,
        }
    }

    /// Why it may not be reached.
    pub(super) fn unreached(&self, thing: &Located, port: &str) -> Option<String> {
        let reached = self.scene.reaches(&thing.found.arn, port) == Truth::Yes;
        (!reached).then(|| format!("whether packets get to {port} of {} is not known", thing.found.arn))
    }

    /// What rules targets out, whatever things are chosen.
    fn early(&self, plan: &Plan) -> Vec<Rc<Answers>> {
        let bound = Bound { target: NOBODY, things: &[], region: &self.scene.nowhere, profile: None, profile_at: 0 };
        let always = of_target(plan).filter(|part| part.depends.things == 0 && !part.depends.region && part.form == Form::Uniform);
        always.filter_map(|part| Part::new(self, plan, part).answers(&bound)).collect()
    }

    /// What a combination comes to for each target, as far as the same is asked of all of them.
    fn uniform<'p>(&self, plan: &'p Plan, trust: Option<&Answers>, targets: &Bits, combination: &Combination) -> Uniform<'p> {
        let bound = combination.bound(NOBODY, None);
        let mut left = targets.clone();
        // The targets that the things run as.
        combination.things.iter().filter_map(|thing| thing.roles.as_ref()).for_each(|roles| left.keep(roles));
        let mut answers = Answers::of_all(&left, combination.truth);
        let mut various = Vec::new();
        for part in of_target(plan) {
            match Part::new(self, plan, part).answers(&bound) {
                Some(found) => answers.limit(&found),
                None => various.push(part),
            }
        }
        match (trust, &plan.trusts) {
            (Some(trust), _) => answers.limit(trust),
            (None, Some(trusts)) => answers.limit(&self.trusted(plan, trusts, &bound)),
            (None, None) => {}
        }
        Uniform { answers, various }
    }

    fn hit(&self, plan: &Plan, target: usize, combination: &Combination, uniform: &Uniform<'_>) -> Option<Hit> {
        let same = uniform.answers.truth(target).and(self.facts(plan, target));
        let (mut truth, profile) = self.by_profile(plan, target, combination, (same, &uniform.various))?;
        if truth != Truth::No {
            truth = truth.and(gain::holds(self.scene, plan.row.gain, self.place, target, used(plan, &combination.things)));
        }
        let choice = match profile {
            None => combination.choice.clone(),
            Some(profile) => Rc::new(Choice { profile: Some(profile.to_owned()), ..(*combination.choice).clone() }),
        };
        (truth != Truth::No).then_some(Hit { target, truth, choice })
    }

    /// The best that comes of the target's instance profiles, where a technique uses one.
    fn by_profile(
        &self,
        plan: &Plan,
        target: usize,
        combination: &Combination,
        (same, various): (Truth, &[&PartPlan]),
    ) -> Option<(Truth, Option<&'a str>)> {
        let truth = |profile: Option<&str>, profile_at: usize| {
            let bound = Bound { profile_at, ..combination.bound(target, profile) };
            various.iter().fold(same, |truth, part| match truth {
                Truth::No => Truth::No,
                truth => truth.and(Part::new(self, plan, part).truth(&bound)),
            })
        };
        let Some(role) = self.scene.principal(target).filter(|_| plan.row.profile) else { return Some((truth(None, 0), None)) };
        let mut best: Option<(Truth, Option<&str>)> = None;
        for (at, profile) in role.instance_profiles.iter().enumerate() {
            let truth = truth(Some(profile), at);
            if best.is_none_or(|(known, _)| known < truth) {
                best = Some((truth, Some(profile)));
            }
        }
        best
    }

    fn trusted(&self, plan: &Plan, needed: &TrustPlan, bound: &Bound<'_>) -> Rc<Answers> {
        let things: Vec<&Located> = bound.things.iter().map(Rc::as_ref).collect();
        let ids: Vec<u32> = things.iter().map(|thing| thing.id).collect();
        let key = format!("{} {ids:?} {}", plan.row.id, bound.region);
        self.scene.trust_list(needed, &key, &bound.case(self, &things))
    }

    fn facts(&self, plan: &Plan, target: usize) -> Truth {
        let of = |fact: &FactPlan| if fact.fact.of == Of::Itself { self.place } else { target };
        Truth::all(plan.facts.iter().map(|fact| self.scene.ground.holds(fact, of(fact))))
    }

    /// The things of a name that this source has to do with.
    fn things_of(&self, plan: &Plan, slot: &str) -> Things {
        let entries = || plan.row.things.iter().filter(|thing| thing.name == slot);
        // Entries are the table's: the first of a name has its place in memory.
        let key = entries().next().map_or(0, |thing| std::ptr::from_ref(thing).addr());
        self.things.of(&key, || {
            let mut things: Vec<Rc<Located>> = Vec::new();
            for thing in entries() {
                match thing.known {
                    None => things.extend(self.scene.ground.of(thing).into_iter().flat_map(|list| list.items.iter().cloned())),
                    Some(known) if known.is_of_target() => things.extend(self.scene.things_of_targets(thing, known).iter().cloned()),
                    Some(known) => things.extend(self.known_things(thing, known)),
                }
            }
            things.retain(|thing| thing.readiness() != Some(false));
            Rc::new(things)
        })
    }

    fn known_things(&self, thing: &'static Thing, known: Known) -> Vec<Rc<Located>> {
        let (scene, account, own) = (self.scene, self.scene.ground.account, self.principal);
        let names = |ids: &[PolicyId]| {
            ids.iter().filter_map(|id| scene.estate.store.get(*id)).map(|stored| stored.name.clone()).collect::<Vec<_>>()
        };
        let groups = |inside: bool| {
            let all = account.groups.iter().enumerate().filter(move |(at, _)| own.groups.contains(at) == inside);
            all.map(|(_, group)| group.arn.clone()).collect::<Vec<_>>()
        };
        let arns = match known {
            Known::PoliciesOfSelf | Known::PoliciesOfTarget | Known::BoundaryOfSelf | Known::BoundaryOfTarget => {
                scene.changeable(own, known)
            }
            Known::AdministratorPolicies => scene.administrator_policies().to_vec(),
            Known::AttachedOfSelf => names(&own.attached),
            Known::InlineOfSelf => names(&own.inline),
            Known::Groups => groups(false),
            Known::GroupsOfSelf => groups(true),
            Known::Roles => self.trusting_roles(thing),
        };
        arns.into_iter().filter_map(|arn| scene.ground.known_thing(thing, arn)).collect()
    }

    fn trusting_roles(&self, thing: &'static Thing) -> Vec<String> {
        let (scene, catalog) = (self.scene, self.scene.estate.store.catalog());
        let Some(service) = &thing.trusts else { return Vec::new() };
        let plan = super::plan::TrustPlan::service(service, catalog);
        let case = scene.case(self.principal, self.principal, scene.ground.account.region);
        let list = scene.trust_list(&plan, &plan.key, &case);
        let all = scene.ground.account.principals.iter().enumerate();
        all.filter(|(at, role)| list.truth(*at) == Truth::Yes && !is_service_linked(role)).map(|(_, role)| role.arn.clone()).collect()
    }
}

fn of_target(plan: &Plan) -> impl Iterator<Item = &PartPlan> {
    plan.parts.iter().filter(|part| part.depends.target || part.depends.profile)
}

/// The policy or group that a technique uses.
pub(super) fn used<'t>(plan: &Plan, things: &'t [Rc<Located>]) -> Option<&'t Located> {
    let uses = matches!(plan.row.gain, Gain::SelfWithGroup | Gain::SelfWithVersion | Gain::SelfWithoutPolicy | Gain::SelfWithoutGroup);
    things.first().map(Rc::as_ref).filter(|_| uses)
}

/// Things of different Regions do not go together.
fn fits(chosen: &[Rc<Located>], thing: &Located) -> bool {
    let Some(region) = &thing.region else { return true };
    chosen.iter().all(|other| other.region.as_ref().is_none_or(|known| known == region))
}

/// Nobody can pass or change them.
pub(super) fn is_service_linked(principal: &Principal) -> bool {
    principal.path.starts_with("/aws-service-role/")
}

/// true, false, and everything else.
pub(super) fn truth(value: &Value) -> Truth {
    value.as_bool().map_or(Truth::Unknown, Truth::from)
}
