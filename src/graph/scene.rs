//! One account, with all that searches for techniques in it share.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use super::aims::Aims;
use super::alike::{Alike, hash};
use super::answers::{Answers, Bits};
use super::gain;
use super::ground::Ground;
use super::memo::Memo;
use super::plan::{Plan, TrustPlan};
use super::source::{Things, is_service_linked};
use super::standing::{Administration, Standing};
use super::table::{Gain, Known, Row, Thing, To};
use super::template::Case;
use super::trust::{Trusting, trusts};
use crate::iam::catalog::ActionSet;
use crate::iam::estate::{Asker, Estate, Home, PolicyId, Principal, ResourcePolicy, Stored};
use crate::iam::policy::Policy;
use crate::iam::query::{Probe, Prober};
use crate::iam::truth::Truth;

/// Whether the internet reaches a port of an instance; the network engine knows.
pub(super) type Reach<'a> = &'a dyn Fn(&str, &str) -> Truth;

/// One account.
pub(super) struct Scene<'a> {
    pub(super) estate: &'a Estate,
    pub(super) ground: Ground<'a>,
    pub(super) plans: &'a [Plan],
    pub(super) askers: Vec<Asker<'a>>,
    pub(super) aims: Aims<'a>,
    pub(super) alike: Alike<'a>,
    pub(super) trusting: Trusting<'a>,
    pub(super) administration: Administration,
    /// What policies of the account's resources allow somebody.
    pub(super) by_resources: ActionSet,
    /// What others than the source were asked.
    others: Memo<(usize, u64), Truth>,
    pub(super) nowhere: Rc<str>,
    reach: Reach<'a>,
    standings: Vec<OnceCell<Standing>>,
    administrator_policies: OnceCell<Vec<String>>,
    policy_names: OnceCell<HashSet<&'a str>>,
    raised: Vec<OnceCell<Truth>>,
    /// By what speaks against it.
    raised_alike: Memo<u64, Truth>,
    everything: OnceCell<(String, Policy)>,
    free: Vec<OnceCell<Truth>>,
    trust_lists: Memo<String, Rc<Answers>>,
    of_targets: Memo<usize, Things>,
    by_boundary: OnceCell<Vec<Bits>>,
    /// Roles, users, roles in instance profiles.
    reachable: OnceCell<(Bits, Bits, Bits)>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(estate: &'a Estate, ground: Ground<'a>, plans: &'a [Plan], reach: Reach<'a>) -> Self {
        let account = ground.account;
        let home = Home::of(estate, account);
        let cells = || account.principals.iter().map(|_| OnceCell::new()).collect();
        let policies = estate.resources.iter().filter(|(_, resource)| resource.account == account.id);
        let known = policies.filter_map(|(_, resource)| match resource.policy {
            ResourcePolicy::Known(id) => Some(estate.store.get(id)?.policy.allows()),
            ResourcePolicy::None | ResourcePolicy::Unknown => None,
        });
        Self {
            by_resources: known.collect(),
            askers: account.principals.iter().filter_map(|principal| Asker::of(&home, principal)).collect(),
            aims: Aims::new(estate, account),
            alike: Alike::new(estate, account),
            others: Memo::default(),
            nowhere: Rc::from(""),
            trusting: Trusting::new(estate, account),
            administration: Administration::new(estate),
            administrator_policies: OnceCell::new(),
            policy_names: OnceCell::new(),
            standings: cells(),
            raised_alike: Memo::default(),
            everything: OnceCell::new(),
            raised: account.principals.iter().map(|_| OnceCell::new()).collect(),
            free: account.principals.iter().map(|_| OnceCell::new()).collect(),
            trust_lists: Memo::default(),
            of_targets: Memo::default(),
            by_boundary: OnceCell::new(),
            reachable: OnceCell::new(),
            estate,
            ground,
            plans,
            reach,
        }
    }

    /// A user or role by its place.
    pub(super) fn principal(&self, place: usize) -> Option<&'a Principal> {
        self.ground.account.principals.get(place)
    }

    /// What stays the same of a request, whatever it is about.
    pub(super) fn standing(&self, place: usize) -> Standing {
        let Some((cell, asker)) = self.standings.get(place).zip(self.askers.get(place)) else { return Standing::No };
        cell.get_or_init(|| self.administration.of(self.estate, asker)).clone()
    }

    /// The managed policies, AWS's own ones first, that make an administrator of whoever they are attached to.
    pub(super) fn administrator_policies(&self) -> &[String] {
        self.administrator_policies.get_or_init(|| {
            let of_aws = ["AdministratorAccess", "IAMFullAccess"];
            let of_aws = of_aws.iter().map(|name| format!("arn:{}:iam::aws:policy/{name}", self.ground.account.partition));
            let own = self.own_policies().filter(|stored| self.administration.is_given_by(&stored.policy));
            of_aws.chain(own.map(|stored| stored.name.clone())).collect()
        })
    }

    /// The account's customer-managed policies.
    fn own_policies(&self) -> impl Iterator<Item = &'a Stored> {
        let account = self.ground.account;
        let beginning = format!("arn:{}:iam::{}:policy/", account.partition, account.id);
        self.estate.store.iter().filter(move |stored| stored.name.starts_with(&beginning))
    }

    /// Whether the ARN of a user, role or policy cannot be had, because another has the name.
    pub(super) fn is_taken(&self, arn: &str) -> bool {
        let Some((name, kind)) = arn.rsplit('/').next().zip(arn.split(':').nth(5).and_then(|rest| rest.split('/').next())) else {
            return false;
        };
        match kind {
            "user" | "role" => self.ground.is_taken(name, kind == "role"),
            "policy" => self
                .policy_names
                .get_or_init(|| self.own_policies().filter_map(|stored| stored.name.rsplit('/').next()).collect())
                .contains(name),
            _ => false,
        }
    }

    /// Of a principal's managed policies, or its permissions boundary, those that the account can change.
    pub(super) fn changeable(&self, whose: &Principal, known: Known) -> Vec<String> {
        let groups = || whose.groups.iter().filter_map(|at| self.ground.account.groups.get(*at));
        let ids: Vec<PolicyId> = match known {
            Known::BoundaryOfSelf | Known::BoundaryOfTarget => whose.boundary.into_iter().collect(),
            _ => whose.attached.iter().chain(groups().flat_map(|group| &group.attached)).copied().collect(),
        };
        let names = ids.into_iter().filter_map(|id| self.estate.store.get(id)).map(|stored| &stored.name);
        names.filter(|name| name.starts_with("arn:") && name.split(':').nth(4) != Some("aws")).cloned().collect()
    }

    /// The same of everybody: each policy with those who have it.
    pub(super) fn things_of_targets(&self, thing: &'static Thing, known: Known) -> Things {
        // Entries are the table's: each has its place in memory.
        self.of_targets.of(&std::ptr::from_ref(thing).addr(), || self.having(thing, known))
    }

    fn having(&self, thing: &'static Thing, known: Known) -> Things {
        let mut having: BTreeMap<String, Bits> = BTreeMap::new();
        for (place, principal) in self.ground.account.principals.iter().enumerate() {
            for arn in self.changeable(principal, known) {
                having.entry(arn).or_insert_with(|| Bits::none(self.askers.len())).set(place);
            }
        }
        Rc::new(having.into_iter().filter_map(|(arn, places)| self.ground.thing_of(thing, arn, places)).collect())
    }

    /// The principals by their permissions boundaries.
    pub(super) fn by_boundary(&self) -> &[Bits] {
        self.by_boundary.get_or_init(|| {
            let mut groups: BTreeMap<Option<PolicyId>, Vec<usize>> = BTreeMap::new();
            for (place, principal) in self.ground.account.principals.iter().enumerate() {
                groups.entry(principal.boundary).or_default().push(place);
            }
            groups.into_values().map(|places| Bits::of(places.into_iter(), self.askers.len())).collect()
        })
    }

    /// Whether the internet reaches a port of an instance.
    pub(super) fn reaches(&self, arn: &str, port: &str) -> Truth {
        (self.reach)(arn, port)
    }

    /// Whom a technique can lead to at all.
    pub(super) fn reachable(&self, row: &Row) -> &Bits {
        let (roles, users, in_profiles) = self.reachable.get_or_init(|| {
            let of = |is: &dyn Fn(&Principal) -> bool| {
                let all = self.ground.account.principals.iter().enumerate();
                Bits::of(all.filter(|(_, known)| !is_service_linked(known) && is(known)).map(|(at, _)| at), self.askers.len())
            };
            (of(&|known| known.is_role), of(&|known| !known.is_role), of(&|known| known.is_role && !known.instance_profiles.is_empty()))
        });
        match row.to {
            To::User => users,
            _ if row.profile => in_profiles,
            _ => roles,
        }
    }

    /// The roles that let some parties in; `key` tells them apart.
    pub(super) fn trust_list(&self, plan: &TrustPlan, key: &str, case: &Case<'_>) -> Rc<Answers> {
        let truth = |place: usize| {
            let role = self.principal(place)?;
            Some((place, trusts(self.estate, &self.ground, plan, &role.arn, &Case { target: &role.arn, ..*case })))
        };
        self.trust_lists.of(key, || Rc::new(Answers::of(self.trusting.candidates(plan).into_iter().filter_map(truth), self.askers.len())))
    }

    /// Whether a principal is an administrator once it has AdministratorAccess, or has no boundary.
    pub(super) fn raised(&self, place: usize, gain: Gain) -> Truth {
        let cells = if gain == Gain::TargetWithoutBoundary || gain == Gain::SelfWithoutBoundary { &self.free } else { &self.raised };
        let Some(cell) = cells.get(place) else { return Truth::No };
        *cell.get_or_init(|| gain::raised(self, place, gain))
    }

    /// The same for all of whom the same is asked.
    pub(super) fn raised_alike(&self, asked: Option<u64>, find: impl FnOnce() -> Truth) -> Truth {
        match asked {
            Some(asked) => self.raised_alike.of(&asked, find),
            None => find(),
        }
    }

    /// The policy that allows everything.
    pub(super) fn everything(&self) -> &(String, Policy) {
        self.everything.get_or_init(|| ("AdministratorAccess".to_owned(), Policy::everything(self.estate.store.catalog())))
    }

    /// What somebody else than the source may do: the same for all sources.
    pub(super) fn ask_other(&self, place: usize, probe: &Probe<'_>) -> Truth {
        let key = (place, hash(&(probe.action.id, probe.target.to_string(), probe.keys, probe.side)));
        self.others.of(&key, || self.askers.get(place).map_or(Truth::Unknown, |asker| Prober::new(self.estate, asker).ask(probe)))
    }

    /// The variables of a case without things.
    pub(super) fn case<'b>(&'b self, source: &'b Principal, target: &'b Principal, region: &'b str) -> Case<'b> {
        let account = self.ground.account;
        let boundary =
            |principal: &Principal| principal.boundary.and_then(|id| self.estate.store.get(id)).map(|stored| stored.name.as_str());
        Case {
            partition: &account.partition,
            account: &account.id,
            region,
            target: &target.arn,
            itself: &source.arn,
            profile: None,
            target_boundary: boundary(target),
            self_boundary: boundary(source),
            things: &[],
        }
    }
}
