//! Policies and groups that make administrators.

use std::collections::{BTreeMap, BTreeSet};

use super::{DETAILS, Say, Scene, settled, some, verdict};
use crate::audit::AuditError;
use crate::audit::finding::Verdict;
use crate::iam::estate::{PolicyId, PolicyKind, Principal, Stored};
use crate::iam::truth::Truth;

/// The name of a user whom nobody has.
const NOBODY: &str = "zz9-nobody";

/// `IAM_MANAGED_POLICY_UNINTENTIONALLY_ALLOWING_ADMIN`.
pub(super) fn managed(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    let says_so = |arn: &str| arn.contains("Admin") || arn.ends_with("/IAMFullAccess");
    tell(scene, say, is_of_aws, says_so);
    Ok(())
}

/// `IAM_CUSTOM_POLICY_ALLOWS_ADMIN`.
pub(super) fn custom(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    tell(scene, say, |stored| !is_of_aws(stored), |_| false);
    Ok(())
}

fn is_of_aws(stored: &Stored) -> bool {
    stored.name.split(':').nth(4) == Some("aws") && stored.kind != PolicyKind::Inline
}

/// A policy with those for whom it speaks; inline ones by the user, role or group that they are part of.
#[derive(Default)]
struct Holders<'a> {
    policies: BTreeSet<PolicyId>,
    names: BTreeSet<&'a str>,
    who: Vec<&'a Principal>,
}

/// The policies that are meant, by the ARN of what a finding is about.
fn attached<'a>(scene: &Scene<'a>, is_meant: impl Fn(&Stored) -> bool) -> BTreeMap<&'a str, Holders<'a>> {
    let mut all: BTreeMap<&str, Holders<'_>> = BTreeMap::new();
    let store = &scene.estate.store;
    for principal in scene.principals() {
        let groups = principal.groups.iter().filter_map(|at| scene.account.groups.get(*at));
        let of_groups = groups.flat_map(|group| group.inline.iter().chain(&group.attached).map(|id| (group.arn.as_str(), id)));
        let own = principal.inline.iter().chain(&principal.attached).map(|id| (principal.arn.as_str(), id));
        for (owner, id) in own.chain(of_groups) {
            let Some(stored) = store.get(*id).filter(|stored| is_meant(stored)) else { continue };
            let holders = all.entry(if stored.kind == PolicyKind::Inline { owner } else { &stored.name }).or_default();
            holders.policies.insert(*id);
            holders.names.insert(&stored.name);
            if holders.who.last().is_none_or(|last| last.arn != principal.arn) {
                holders.who.push(principal);
            }
        }
    }
    all
}

fn tell(scene: &Scene<'_>, say: &mut Say<'_>, is_meant: impl Fn(&Stored) -> bool, says_so: impl Fn(&str) -> bool) {
    for (resource, holders) in attached(scene, is_meant) {
        let policies: Vec<PolicyId> = holders.policies.iter().copied().collect();
        let who = holders.who.iter().filter(|_| !says_so(resource));
        let standing: Vec<(&str, Truth)> = who.map(|holder| (holder.arn.as_str(), makes_admin(scene, holder, &policies))).collect();
        let is_so = Truth::any(standing.iter().map(|(_, standing)| *standing));
        let admins = standing.iter().filter(|(_, standing)| *standing == is_so).map(|(arn, _)| *arn);
        let mut finding = say.about(resource, verdict(is_so)).with("count", admins.clone().count()).with("holders", some(admins));
        if is_so == Truth::Unknown {
            finding = finding.with("missing", vec![serde_json::Value::from(DETAILS)]);
        }
        if !holders.names.contains(resource) {
            finding = finding.with("policies", some(holders.names));
        }
        say.tell(finding);
    }
    say.unread(scene.account);
}

/// Whether a holder is an administrator, and would be with nothing but these policies.
fn makes_admin(scene: &Scene<'_>, holder: &Principal, policies: &[PolicyId]) -> Truth {
    let alone = settled(&scene.standing.with_only(holder, policies));
    if alone == Truth::No { Truth::No } else { alone.and(settled(&scene.standing.of(holder))) }
}

/// `IAM_NAME_DOES_NOT_INDICATE_ADMIN`.
pub(super) fn groups(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    let arn = format!("arn:{}:iam::{}:user/{NOBODY}", scene.account.partition, scene.account.id);
    let member = Principal { arn, name: NOBODY.to_owned(), path: "/".to_owned(), ..Principal::default() };
    for group in &scene.account.groups {
        let policies: Vec<PolicyId> = group.inline.iter().chain(&group.attached).copied().collect();
        let says_so = group.arn.to_lowercase().contains("admin");
        let is_so = if says_so { Truth::No } else { settled(&scene.standing.with_only(&member, &policies)) };
        let in_it = |user: &&Principal| user.groups.iter().any(|at| scene.account.groups.get(*at).is_some_and(|own| own.arn == group.arn));
        let members = scene.account.principals.iter().filter(in_it).map(|user| user.name.as_str());
        let mut finding = say.about(&group.arn, verdict(is_so)).with("members", some(members));
        if finding.verdict == Verdict::Unknown {
            finding = finding.with("missing", vec![serde_json::Value::from(DETAILS)]);
        }
        say.tell(finding);
    }
    say.unread(scene.account);
    Ok(())
}
