//! What comes of a technique that changes rights: whether an administrator does.

use serde_json::Value;

use super::found::Located;
use super::scene::Scene;
use super::standing::{Standing, rights};
use super::table::Gain;
use crate::iam::policy::Policy;
use crate::iam::query::{Prober, Rights};
use crate::iam::truth::Truth;

/// Whether the gain of a technique holds. `thing` is the policy or group that it uses.
pub(super) fn holds(scene: &Scene<'_>, gain: Gain, source: usize, target: usize, thing: Option<&Located>) -> Truth {
    match gain {
        Gain::Target => Truth::Yes,
        Gain::TargetAdmin | Gain::TargetWithoutBoundary => scene.raised(target, gain),
        Gain::SelfAdmin | Gain::SelfWithoutBoundary => scene.raised(source, gain),
        Gain::NewAdmin => new_admin(scene, source),
        Gain::SelfWithGroup => with_group(scene, source, thing),
        Gain::SelfWithVersion => with_version(scene, source, thing),
        Gain::SelfWithoutPolicy => without(scene, source, thing, false),
        Gain::SelfWithoutGroup => without(scene, source, thing, true),
        Gain::SelfWithoutScps => {
            let Some(mut rights) = own(scene, source) else { return Truth::No };
            rights.without_scps = true;
            standing(scene, source, &rights)
        }
    }
}

/// With AdministratorAccess, or without a boundary.
pub(super) fn raised(scene: &Scene<'_>, place: usize, gain: Gain) -> Truth {
    let Some(mut rights) = own(scene, place) else { return Truth::No };
    if matches!(gain, Gain::TargetWithoutBoundary | Gain::SelfWithoutBoundary) {
        if rights.boundary.take().is_none() {
            return Truth::No;
        }
        return standing(scene, place, &rights);
    }
    // With everything allowed, only what denies counts.
    rights.identity.retain(|id| scene.estate.store.get(*id).is_some_and(|stored| scene.administration.is_denied_by(&stored.policy)));
    let Some(asker) = scene.askers.get(place) else { return Truth::No };
    let asked = scene.administration.asked(&Prober::with(scene.estate, asker, &rights));
    scene.raised_alike(asked, || {
        rights.version = Some(scene.everything().clone());
        standing(scene, place, &rights)
    })
}

fn own(scene: &Scene<'_>, place: usize) -> Option<Rights> {
    Some(rights(scene.ground.account, scene.principal(place)?))
}

fn standing(scene: &Scene<'_>, place: usize, rights: &Rights) -> Truth {
    let Some(asker) = scene.askers.get(place) else { return Truth::No };
    scene.administration.with(scene.estate, asker, rights).truth()
}

/// Of a principal that is yet to be made, only the organization says something.
fn new_admin(scene: &Scene<'_>, source: usize) -> Truth {
    let rights = Rights { version: Some(scene.everything().clone()), ..Rights::default() };
    // Conditions on who asks are met or not by whoever it will be.
    match scene.askers.get(source).map(|asker| scene.administration.with(scene.estate, asker, &rights)) {
        Some(Standing::Yes) => Truth::Yes,
        Some(Standing::If(_)) => Truth::Unknown,
        Some(Standing::No) | None => Truth::No,
    }
}

fn with_group(scene: &Scene<'_>, source: usize, thing: Option<&Located>) -> Truth {
    let Some(mut rights) = own(scene, source) else { return Truth::No };
    let group = thing.and_then(|thing| scene.ground.account.groups.iter().find(|group| group.arn == thing.found.arn));
    let Some(group) = group else { return Truth::No };
    rights.identity.extend(group.inline.iter().chain(&group.attached));
    standing(scene, source, &rights)
}

/// Without one policy, or without those of a group.
fn without(scene: &Scene<'_>, source: usize, thing: Option<&Located>, of_group: bool) -> Truth {
    let (Some(mut rights), Some(principal), Some(thing)) = (own(scene, source), scene.principal(source), thing) else { return Truth::No };
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
    standing(scene, source, &rights)
}

/// With another version of a policy in force: the best of them.
fn with_version(scene: &Scene<'_>, source: usize, thing: Option<&Located>) -> Truth {
    let (Some(rights), Some(thing)) = (own(scene, source), thing) else { return Truth::No };
    let entry: Value = scene.ground.entry(&thing.found.arn).and_then(|entry| serde_json::from_str(entry.get()).ok()).unwrap_or_default();
    let versions = entry.get("PolicyVersionList").and_then(Value::as_array);
    let others = versions.into_iter().flatten().filter(|version| version.get("IsDefaultVersion").and_then(Value::as_bool) != Some(true));
    Truth::any(others.filter_map(|version| version.get("Document")).map(|document| {
        let mut rights = rights.clone();
        rights.identity.retain(|id| scene.estate.store.get(*id).is_none_or(|stored| stored.name != thing.found.arn));
        rights.version = Some((thing.found.arn.clone(), Policy::read(document, scene.estate.store.catalog())));
        standing(scene, source, &rights)
    }))
}
