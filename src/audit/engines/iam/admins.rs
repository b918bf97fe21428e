//! Administrators: how many, whom nobody uses, and who may become one by assuming their roles.

use serde_json::Value;

use super::{Say, Scene, some, verdict};
use crate::audit::AuditError;
use crate::audit::finding::{Finding, Verdict};
use crate::iam::policy::PrincipalName;
use crate::iam::truth::Truth;
use crate::unused::{Entry, State};

/// More are too many to look at.
const MANY: usize = 10;

/// `IAM_MANY_ADMINS`.
pub(super) fn many(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    let standing = scene.admins()?;
    let of = |wanted: Truth| -> Vec<&str> {
        let own = scene.principals().map(|principal| principal.arn.as_str());
        own.filter(|arn| standing.get(arn) == Some(&wanted)).collect()
    };
    let (admins, perhaps) = (of(Truth::Yes), of(Truth::Unknown));
    let about = |verdict| say.about(&scene.account.id, verdict);
    let finding = if admins.len() > MANY {
        about(Verdict::Fail).with("count", admins.len()).with("admins", some(admins))
    } else if scene.account.unread {
        say.unread(scene.account);
        return Ok(());
    } else if admins.len() + perhaps.len() > MANY {
        let why = some(scene.account.gaps.iter().map(String::as_str));
        about(Verdict::Unknown).with("perhaps", some(perhaps)).with("why", why)
    } else {
        about(Verdict::Pass)
    };
    say.tell(finding);
    Ok(())
}

/// `IAM_UNUSED_ADMIN`.
pub(super) fn unused(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    let standing = scene.admins()?;
    let unused = scene.work.unused()?;
    let of_account = unused.iter().find(|unused| unused.owner.name == scene.account.name.as_str());
    let entries = of_account.map(|unused| unused.entries.as_slice()).unwrap_or_default();
    for principal in scene.principals() {
        let Some(admin) = standing.get(principal.arn.as_str()) else { continue };
        let row = if principal.is_role { "iam-role" } else { "iam-user" };
        let own = || entries.iter().filter(|entry| entry.row.id == row);
        // An entry without ARN says that nothing is known of all of them.
        let entry = own().find(|entry| entry.arn == principal.arn).or_else(|| own().find(|entry| entry.arn.is_empty()));
        let is_so = admin.and(entry.map_or(Truth::No, idle));
        let finding = say.of(principal, verdict(is_so));
        say.tell(entry.into_iter().fold(finding, why_idle));
    }
    say.unread(scene.account);
    Ok(())
}

/// Whether nobody uses it.
fn idle(entry: &Entry) -> Truth {
    if entry.state == State::Unknown { Truth::Unknown } else { Truth::Yes }
}

fn why_idle(finding: Finding, entry: &Entry) -> Finding {
    let calls = |calls: &[String]| calls.iter().map(|call| Value::from(call.as_str())).collect::<Vec<_>>();
    let mut finding = finding
        .with("missing", calls(&entry.missing))
        .with("unseen", calls(&entry.unseen))
        .with("why", entry.why.as_str())
        .with("since", entry.since.clone().unwrap_or_default());
    finding.confidence = finding.confidence.max(entry.confidence);
    finding
}

/// `IAM_UNEXPECTED_ADMIN_PRINCIPAL`.
pub(super) fn unexpected(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    let standing = scene.admins()?;
    let management = scene.management()?;
    for role in scene.principals().filter(|principal| principal.is_role) {
        let admin = standing.get(role.arn.as_str()).copied().unwrap_or(Truth::No);
        let Some(trust) = role.trust.and_then(|id| scene.estate.store.get(id)) else { continue };
        let strange = |name: &&PrincipalName| is_strange(scene, name, management.as_deref());
        let all: Vec<(&PrincipalName, Truth)> = trust.policy.lets_in().map(|name| (name, strange(&name))).collect();
        let is_so = admin.and(Truth::any(all.iter().map(|(_, strange)| *strange)));
        let meant = all.iter().filter(|(_, strange)| *strange != Truth::No).map(|(name, _)| name.to_string());
        let meant: Vec<Value> = meant.map(Value::from).collect();
        let mut finding = say.of(role, verdict(is_so)).with("principals", meant);
        if is_so == Truth::Unknown {
            finding = finding.with("why", some(scene.account.gaps.iter().map(String::as_str)));
        }
        say.tell(finding);
    }
    say.unread(scene.account);
    Ok(())
}

/// Whether somebody is neither a principal of the organization nor a person by SAML.
fn is_strange(scene: &Scene<'_>, name: &PrincipalName, management: Option<&str>) -> Truth {
    let account = match name {
        // A principal that was deleted assumes nothing.
        PrincipalName::Id(_) => return Truth::No,
        PrincipalName::Federated(provider) => return Truth::from(!provider.contains(":saml-provider/")),
        PrincipalName::Everyone | PrincipalName::Service(_) | PrincipalName::Canonical(_) => return Truth::Yes,
        PrincipalName::Account(account) => account.as_str(),
        PrincipalName::Arn(arn) => arn.split(':').nth(4).unwrap_or_default(),
    };
    let own = account == scene.account.id || Some(account) == management || scene.estate.account(account).is_some();
    match scene.estate.organization_of(&scene.account.id) {
        _ if own => Truth::No,
        Some(organization) if organization.has(account) => Truth::No,
        Some(organization) if organization.is_whole() => Truth::Yes,
        None if scene.account.alone => Truth::Yes,
        // Of what organization it is, nobody knows.
        Some(_) | None => Truth::Unknown,
    }
}
