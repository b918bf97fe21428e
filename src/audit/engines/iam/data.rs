//! Principals that are no administrators, and may read all data of a kind.

use serde_json::Value;

use super::{Say, Scene, likely, settled, verdict};
use crate::audit::AuditError;
use crate::iam::estate::{Asker, Principal};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, PrincipalName};
use crate::iam::query::Prober;
use crate::iam::truth::Truth;

/// Services that read buckets for a living.
const READERS: [&str; 5] = ["config", "trustedadvisor", "macie", "backup", "access-analyzer"];

/// `IAM_SECRETS_READ_ALL`.
pub(super) fn secrets(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    const ACTIONS: [&str; 2] = ["secretsmanager:GetSecretValue", "ssm:GetParameter"];
    for principal in scene.principals() {
        let all = everywhere(scene, principal, &ACTIONS);
        let truths: Vec<Truth> = all.iter().map(without_condition).collect();
        let is_so = Truth::any(truths.iter().copied()).and(!admin(scene, principal)?);
        let named = ACTIONS.iter().zip(&truths).filter(|(_, truth)| **truth != Truth::No).map(|(action, _)| Value::from(*action));
        let finding = say.of(principal, verdict(is_so)).with("actions", named.collect::<Vec<_>>());
        say.tell(finding);
    }
    say.unread(scene.account);
    Ok(())
}

/// `IAM_UNEXPECTED_S3_EXFIL_PRINCIPAL`.
pub(super) fn buckets(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    for role in scene.principals().filter(|principal| principal.is_role) {
        let services = strange_services(scene, role);
        if services.is_empty() {
            say.tell(say.of(role, verdict(Truth::No)));
            continue;
        }
        let formula = Formula::all(everywhere(scene, role, &["s3:ListAllMyBuckets", "s3:GetObject"]));
        let is_so = settled(&formula).and(!admin(scene, role)?);
        let finding = say.of(role, verdict(is_so)).with("services", services);
        say.tell(likely(finding, &formula));
    }
    say.unread(scene.account);
    Ok(())
}

fn without_condition(formula: &Formula) -> Truth {
    match settled(formula) {
        Truth::Yes => Truth::from(*formula == Formula::Always),
        truth => truth,
    }
}

/// Whether it is an administrator.
fn admin(scene: &Scene<'_>, principal: &Principal) -> Result<Truth, AuditError> {
    Ok(scene.admins()?.get(principal.arn.as_str()).copied().unwrap_or(Truth::No))
}

/// Under which conditions it may take some actions on whatever of the account that no policy names.
fn everywhere(scene: &Scene<'_>, principal: &Principal, actions: &[&str]) -> Vec<Formula> {
    let Some(asker) = Asker::of(&scene.home, principal) else { return Vec::new() };
    let prober = Prober::new(scene.estate, &asker);
    let catalog = scene.estate.store.catalog();
    actions.iter().map(|action| prober.on_everything(&Action::new(action, catalog))).collect()
}

/// The services that may assume a role, without those that read buckets for a living.
fn strange_services(scene: &Scene<'_>, role: &Principal) -> Vec<Value> {
    let Some(trust) = role.trust.and_then(|id| scene.estate.store.get(id)) else { return Vec::new() };
    let services = trust.policy.lets_in().filter_map(|name| match name {
        PrincipalName::Service(service) => Some(service.as_str()),
        _ => None,
    });
    let is_strange = |service: &&str| !READERS.contains(&service.split('.').next().unwrap_or_default());
    services.filter(is_strange).map(Value::from).collect()
}
