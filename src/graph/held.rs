//! What denies: the guardrails that an answer of the engine names.

use std::collections::BTreeSet;

use super::needs::Step;
use super::standing::ADMINISTRATION;
use super::table::Gain;
use crate::iam::estate::{Asker, Estate, Guard, Guardrail};
use crate::iam::evaluate::{Layer, Named, TakenBy};
use crate::iam::policy::{Action, Effect, Policy, Statement};
use crate::iam::query::{Because, Prober, Rights};

/// What makes an administrator, asked of one as it is.
pub(super) fn administration(estate: &Estate, arn: &str) -> Vec<Step> {
    let Some(asker) = Asker::by_arn(estate, arn) else { return Vec::new() };
    ranks(&Prober::new(estate, &asker), estate)
}

/// The same of one who has other rights. What the gain does not change of its boundary is that of the estate.
pub(super) fn of_rights(estate: &Estate, arn: &str, mut rights: Rights, gain: Gain) -> Vec<Step> {
    let (Some((_, principal)), Some(asker)) = (estate.principal(arn), Asker::by_arn(estate, arn)) else { return Vec::new() };
    if !matches!(gain, Gain::TargetWithoutBoundary | Gain::SelfWithoutBoundary | Gain::NewAdmin) {
        rights.boundary = principal.boundary;
    }
    ranks(&Prober::with(estate, &asker, &rights), estate)
}

fn ranks(prober: &Prober<'_>, estate: &Estate) -> Vec<Step> {
    let step = |name: &&str| {
        let action = Action::new(name, estate.store.catalog());
        let explained = prober.explain_on_everything(&action)?;
        Some(Step { who: prober.name().to_owned(), action: action.name, resource: "*".to_owned(), explained })
    };
    ADMINISTRATION.iter().filter_map(step).collect()
}

/// Whatever denies, of an answer that is no.
pub(super) fn of_step(estate: &Estate, step: &Step) -> BTreeSet<Guardrail> {
    let explained = &step.explained;
    let mut found = BTreeSet::new();
    for reason in &explained.taken_by {
        match reason {
            TakenBy::ExplicitDeny => found.extend(denials(&explained.because)),
            TakenBy::Layer(Layer::Boundary) => found.extend(boundary(estate, &step.who)),
            TakenBy::Layer(Layer::Scp) => found.extend(level(estate, Guard::Scp, account(&step.who), &step.action)),
            TakenBy::Layer(Layer::Rcp) => found.extend(level(estate, Guard::Rcp, account(&step.resource), &step.action)),
            TakenBy::NoAllow | TakenBy::Layer(_) | TakenBy::PublicAccessBlock | TakenBy::Special(_) => {}
        }
    }
    found
}

fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

/// Those that deny in any case; where there is none, each that has a part in it.
fn denials(because: &[Because]) -> BTreeSet<Guardrail> {
    let denying = || because.iter().filter(|because| because.effect == Effect::Deny);
    let always = denying().any(|because| because.when.is_none());
    let guard = |layer: Layer| match layer {
        Layer::Identity | Layer::Session => Guard::Identity,
        Layer::Boundary => Guard::Boundary,
        Layer::Resource | Layer::Endpoint => Guard::Resource,
        Layer::Scp => Guard::Scp,
        Layer::Rcp => Guard::Rcp,
    };
    let counted = denying().filter(|because| !always || because.when.is_none());
    let one = |because: &Because| Guardrail {
        guard: guard(because.layer),
        policies: vec![because.policy.clone()],
        statement: Some(because.statement),
    };
    counted.map(one).collect()
}

fn boundary(estate: &Estate, who: &str) -> Option<Guardrail> {
    let stored = estate.store.get(estate.principal(who)?.1.boundary?)?;
    Some(Guardrail { guard: Guard::Boundary, policies: vec![stored.name.clone()], statement: None })
}

/// The level of the organization that does not allow, with all that hangs on it.
fn level(estate: &Estate, guard: Guard, account: &str, action: &str) -> Option<Guardrail> {
    let levels = if guard == Guard::Scp { estate.scps(account) } else { estate.rcps(account) }?;
    let action = Action::new(action, estate.store.catalog());
    let allows = |named: &Named<'_>| named.policy.concerns(Effect::Allow, &action);
    let fully = |named: &Named<'_>| allows_always(named.policy, &action);
    let shut = levels.iter().find(|level| !level.iter().any(allows)).or_else(|| levels.iter().find(|level| !level.iter().any(fully)))?;
    let policies = shut.iter().map(|named| named.name.to_owned()).collect();
    Some(Guardrail { guard, policies, statement: None })
}

fn allows_always(policy: &Policy, action: &Action) -> bool {
    let allows = |statement: &Statement| statement.effect == Effect::Allow && statement.actions.contains(action);
    policy.statements.iter().any(|statement| allows(statement) && statement.is_absolute())
}
