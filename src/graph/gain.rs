//! What comes of a technique that changes rights: whether an administrator does.

use serde_json::Value;

use super::found::Located;
use super::scene::Scene;
use super::standing::rights;
use super::table::Gain;
use crate::iam::estate::PolicyId;
use crate::iam::policy::Policy;
use crate::iam::query::{Prober, Rights};
use crate::iam::truth::Truth;

/// Whether the gain of a technique holds. `thing` is the policy or group that it uses.
pub(super) fn holds(scene: &Scene<'_>, gain: Gain, source: usize, target: usize, thing: Option<&Located>) -> Truth {
    match gain {
        Gain::Target => Truth::Yes,
        Gain::TargetAdmin | Gain::TargetWithoutBoundary => scene.raised(target, gain),
        Gain::SelfAdmin | Gain::SelfWithoutBoundary => scene.raised(source, gain),
        _ => Truth::any(after(scene, gain, source, target, thing).iter().map(|(place, rights)| standing(scene, *place, rights))),
    }
}

/// Who has which rights after a technique; one of them has to be an administrator. Nobody's change for some.
pub(super) fn after(scene: &Scene<'_>, gain: Gain, source: usize, target: usize, thing: Option<&Located>) -> Vec<(usize, Rights)> {
    let rights = match gain {
        Gain::Target => None,
        Gain::TargetAdmin | Gain::TargetWithoutBoundary => {
            return raised_rights(scene, target, gain).map(|rights| (target, rights)).into_iter().collect();
        }
        Gain::SelfAdmin | Gain::SelfWithoutBoundary => raised_rights(scene, source, gain),
        // Of a principal that is yet to be made, only the organization says something.
        Gain::NewAdmin => Some(Rights { version: Some(scene.everything().clone()), ..Rights::default() }),
        Gain::SelfWithGroup => with_group(scene, source, thing),
        Gain::SelfWithVersion => return with_version(scene, source, thing).into_iter().map(|rights| (source, rights)).collect(),
        Gain::SelfWithoutPolicy => without(scene, source, thing, false),
        Gain::SelfWithoutGroup => without(scene, source, thing, true),
        Gain::SelfWithoutScps => own(scene, source).map(|rights| Rights { without_scps: true, ..rights }),
    };
    rights.map(|rights| (source, rights)).into_iter().collect()
}

/// With AdministratorAccess, or without a boundary.
pub(super) fn raised(scene: &Scene<'_>, place: usize, gain: Gain) -> Truth {
    let (Some(rights), Some(asker)) = (raised_rights(scene, place, gain), scene.askers.get(place)) else { return Truth::No };
    let find = || standing(scene, place, &rights);
    if rights.version.is_none() {
        return find();
    }
    // With everything allowed, only what denies counts.
    let denying = |id: &PolicyId| scene.estate.store.get(*id).is_some_and(|stored| scene.administration.is_denied_by(&stored.policy));
    let identity = rights.identity.iter().copied().filter(denying).collect();
    let against = Rights { identity, version: None, ..rights };
    let asked = scene.administration.asked(&Prober::with(scene.estate, asker, &against));
    scene.raised_alike(asked, find)
}

fn raised_rights(scene: &Scene<'_>, place: usize, gain: Gain) -> Option<Rights> {
    let mut rights = own(scene, place)?;
    if matches!(gain, Gain::TargetWithoutBoundary | Gain::SelfWithoutBoundary) {
        rights.boundary.take()?;
    } else {
        rights.version = Some(scene.everything().clone());
    }
    Some(rights)
}

fn own(scene: &Scene<'_>, place: usize) -> Option<Rights> {
    Some(rights(scene.ground.account, scene.principal(place)?))
}

fn standing(scene: &Scene<'_>, place: usize, rights: &Rights) -> Truth {
    let Some(asker) = scene.askers.get(place) else { return Truth::No };
    scene.administration.with(scene.estate, asker, rights).truth()
}

fn with_group(scene: &Scene<'_>, source: usize, thing: Option<&Located>) -> Option<Rights> {
    let mut rights = own(scene, source)?;
    let group = thing.and_then(|thing| scene.ground.account.groups.iter().find(|group| group.arn == thing.found.arn))?;
    rights.identity.extend(group.inline.iter().chain(&group.attached));
    Some(rights)
}

/// Without one policy, or without those of a group.
fn without(scene: &Scene<'_>, source: usize, thing: Option<&Located>, of_group: bool) -> Option<Rights> {
    let (mut rights, principal, thing) = (own(scene, source)?, scene.principal(source)?, thing?);
    let account = scene.ground.account;
    let groups = principal.groups.iter().filter_map(|at| account.groups.get(*at));
    if of_group {
        // A policy that comes from elsewhere too stays.
        let left = groups.filter(|group| group.arn != thing.found.arn).flat_map(|group| group.inline.iter().chain(&group.attached));
        rights.identity = principal.inline.iter().chain(&principal.attached).chain(left).copied().collect();
    } else {
        let named = |id: &&_| scene.estate.store.get(**id).is_some_and(|stored| stored.name == thing.found.arn);
        let kept = principal.inline.iter().chain(&principal.attached).filter(|id| !named(id));
        rights.identity = kept.chain(groups.flat_map(|group| group.inline.iter().chain(&group.attached))).copied().collect();
    }
    Some(rights)
}

/// With another version of a policy in force.
fn with_version(scene: &Scene<'_>, source: usize, thing: Option<&Located>) -> Vec<Rights> {
    let (Some(rights), Some(thing)) = (own(scene, source), thing) else { return Vec::new() };
    let entry: Value = scene.ground.entry(&thing.found.arn).and_then(|entry| serde_json::from_str(entry.get()).ok()).unwrap_or_default();
    let versions = entry.get("PolicyVersionList").and_then(Value::as_array);
    let others = versions.into_iter().flatten().filter(|version| version.get("IsDefaultVersion").and_then(Value::as_bool) != Some(true));
    let with = |document: &Value| {
        let mut rights = rights.clone();
        rights.identity.retain(|id| scene.estate.store.get(*id).is_none_or(|stored| stored.name != thing.found.arn));
        rights.version = Some((thing.found.arn.clone(), Policy::read(document, scene.estate.store.catalog())));
        rights
    };
    others.filter_map(|version| version.get("Document")).map(with).collect()
}
