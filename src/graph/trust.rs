//! Which roles let a service or an identity provider take them on.

use std::collections::HashMap;

use super::ground::Ground;
use super::needs::Step;
use super::plan::{Party, TrustPlan};
use super::template::{Case, Filled};
use crate::iam::caller::Caller;
use crate::iam::estate::{Account, Asker, Estate};
use crate::iam::policy::{Action, PrincipalName, Target};
use crate::iam::query::{KeyFact, Probe, Prober, ResourceSide};
use crate::iam::truth::Truth;

/// The roles of an account by the services that their trust policies name.
pub(super) struct Trusting<'a> {
    by_service: HashMap<&'a str, Vec<usize>>,
    /// Those that name everybody, or all but some.
    everybody: Vec<usize>,
    /// All that name a provider.
    federated: Vec<usize>,
}

impl<'a> Trusting<'a> {
    pub(super) fn new(estate: &'a Estate, account: &'a Account) -> Self {
        let mut trusting = Self { by_service: HashMap::new(), everybody: Vec::new(), federated: Vec::new() };
        for (place, role) in account.principals.iter().enumerate() {
            let Some(trust) = role.trust.and_then(|id| estate.store.get(id)) else { continue };
            for name in trust.policy.lets_in() {
                match name {
                    PrincipalName::Everyone => push(&mut trusting.everybody, place),
                    PrincipalName::Service(service) => push(trusting.by_service.entry(service.as_str()).or_default(), place),
                    PrincipalName::Federated(_) => push(&mut trusting.federated, place),
                    _ => {}
                }
            }
        }
        trusting
    }

    /// Those that may let one of the parties in.
    pub(super) fn candidates(&self, plan: &TrustPlan) -> Vec<usize> {
        let mut places = self.everybody.clone();
        for party in &plan.parties {
            match party {
                Party::Service(service) => places.extend(self.by_service.get(service).into_iter().flatten()),
                Party::Federated(_) => places.extend(&self.federated),
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

fn push(places: &mut Vec<usize>, place: usize) {
    if places.last() != Some(&place) {
        places.push(place);
    }
}

/// Whether a role lets one of the parties in, for all actions.
pub(super) fn trusts(estate: &Estate, ground: &Ground<'_>, plan: &TrustPlan, role: &str, case: &Case<'_>) -> Truth {
    let keys = keys(ground, plan, case);
    let lets_in = |party: &Party| {
        let Some(caller) = caller(party, case) else { return Truth::No };
        lets(estate, &Asker::new(caller, None), &plan.actions, role, &keys)
    };
    Truth::any(plan.parties.iter().map(lets_in))
}

/// What a role says to each of the parties, by party.
pub(super) fn answers(estate: &Estate, ground: &Ground<'_>, plan: &TrustPlan, role: &str, case: &Case<'_>) -> Vec<Vec<Step>> {
    let keys = keys(ground, plan, case);
    let target = Target::Arn(role.to_owned());
    let of = |caller: Caller| {
        let asker = Asker::new(caller, None);
        let prober = Prober::new(estate, &asker);
        let step = |action: &Action| Step {
            who: prober.name().to_owned(),
            action: action.name.clone(),
            resource: role.to_owned(),
            explained: prober.explain(&Probe { action, target: &target, keys: &keys, side: ResourceSide::Own }),
        };
        plan.actions.iter().map(step).collect()
    };
    plan.parties.iter().filter_map(|party| caller(party, case)).map(of).collect()
}

fn keys(ground: &Ground<'_>, plan: &TrustPlan, case: &Case<'_>) -> Vec<(String, KeyFact)> {
    let mut keys = vec![("aws:SourceAccount".to_owned(), KeyFact::Values(vec![ground.account.id.clone()]))];
    for (key, values) in &plan.context {
        let values: Vec<String> = values.iter().map(|value| value.text(case)).collect();
        keys.push((key.clone(), if values.is_empty() { KeyFact::Absent } else { KeyFact::Values(values) }));
    }
    keys
}

fn caller(party: &Party, case: &Case<'_>) -> Option<Caller> {
    match party {
        Party::Service(service) => Some(Caller::new(service)),
        Party::Federated(template) => match template.fill(case) {
            Filled::Text(provider) => Some(Caller::of(&PrincipalName::Federated(provider)).unwrap_or_else(|| Caller::new("*"))),
            Filled::Absent => None,
        },
    }
}

/// Whether a role lets somebody take it on.
pub(super) fn lets(estate: &Estate, asker: &Asker<'_>, actions: &[Action], role: &str, keys: &[(String, KeyFact)]) -> Truth {
    let prober = Prober::new(estate, asker);
    let target = Target::Arn(role.to_owned());
    Truth::all(actions.iter().map(|action| prober.ask(&Probe { action, target: &target, keys, side: ResourceSide::Own })))
}
