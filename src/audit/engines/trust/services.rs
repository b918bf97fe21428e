//! Services of AWS's that are let in, and may come for somebody else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::audit::AuditError;
use crate::audit::check::Check;
use crate::audit::engines::Work;
use crate::audit::finding::{Finding, Verdict};
use crate::exposure::{self, Entry};
use crate::iam::estate::Estate;
use crate::iam::outside::Who;
use crate::iam::risks::{Role, risks};
use crate::snapshot::Answer;

/// Buckets, queues, topics, keys, functions, repositories and secrets.
const KINDS: [&str; 7] = ["ecr-repository", "kms-key", "lambda-function", "s3-bucket-policy", "secret", "sns-topic", "sqs-queue"];

/// What AWS recommends for security and governance: `name.amazonaws.com`, with all that follows a dot or dash.
const RECOMMENDED: [&str; 22] = [
    "access-analyzer",
    "account",
    "backup",
    "cloudtrail",
    "config",
    "config-multiaccountsetup",
    "detective",
    "fms",
    "guardduty",
    "health",
    "iam",
    "inspector2",
    "macie",
    "malware-protection.guardduty",
    "member.org.stacksets.cloudformation",
    "ram",
    "securityhub",
    "ssm",
    "sso",
    "stacksets.cloudformation",
    "storage-lens.s3",
    "tagpolicies.tag",
];

/// `CONFUSED_DEPUTY_SERVICE`.
pub(super) fn deputies(work: &mut Work<'_>, check: &Arc<Check>, estate: &Estate) -> Result<(), AuditError> {
    let entries: Vec<Entry> = work.exposed()?.iter().filter(|entry| KINDS.contains(&entry.row.id.as_str())).cloned().collect();
    let mut gaps: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for entry in &entries {
        let Some(account) = work.subject(&entry.account).cloned() else { continue };
        if entry.verdict == exposure::Verdict::Unknown {
            gaps.entry((account.name.clone(), entry.region.clone())).or_default().extend(entry.missing.iter().cloned());
            continue;
        }
        let services = only_services(entry);
        let verdict = if services.is_empty() { Verdict::Pass } else { Verdict::Fail };
        work.say(check, &account, verdict, || {
            let mut finding = Finding::new(check, &account, &entry.region, &entry.arn, verdict);
            finding.confidence = finding.confidence.max(entry.confidence);
            let why: Vec<Value> = entry.why.iter().map(|why| Value::from(why.as_str())).collect();
            finding.with("services", services.clone()).with("why", why)
        });
    }
    for account in estate.accounts.iter().filter(|account| !account.superseded) {
        if account.unread {
            gaps.entry((account.name.to_string(), String::new())).or_default().insert("iam-get-account-authorization-details".to_owned());
        }
    }
    roles(work, check, estate);
    for ((account, region), missing) in gaps {
        let Some(account) = work.subject(&account).cloned() else { continue };
        let missing: Vec<Value> = missing.into_iter().map(Value::from).collect();
        work.push(Finding::new(check, &account, &region, "", Verdict::Unknown).with("missing", missing));
    }
    Ok(())
}

/// The services that a policy lets in on anybody's behalf, where it lets in nobody else.
fn only_services(entry: &Entry) -> Vec<Value> {
    if !matches!(entry.verdict, exposure::Verdict::Public | exposure::Verdict::Shared) {
        return Vec::new();
    }
    let services = entry.openings.iter().map(|opening| match &opening.who {
        Who::Service(name) => Some(Value::from(name.as_str())),
        Who::Everyone | Who::Users(_) | Who::Principal { .. } => None,
    });
    services.collect::<Option<_>>().unwrap_or_default()
}

/// Roles that a service takes on for whoever asks.
fn roles(work: &mut Work<'_>, check: &Arc<Check>, estate: &Estate) {
    for account in estate.accounts.iter().filter(|account| !account.superseded) {
        let Some(subject) = work.subject(account.name.as_str()).cloned() else { continue };
        for role in account.principals.iter().filter(|role| !role.path.starts_with("/aws-service-role/")) {
            let Some(trust) = role.trust.and_then(|id| estate.store.get(id)) else { continue };
            let found = risks(&trust.policy, Role::Trust, &account.id, estate.store.catalog());
            let services: Vec<Value> =
                found.into_iter().filter(|risk| risk.rule.id == "trust-confused-deputy").map(|risk| Value::from(risk.detail)).collect();
            let verdict = if services.is_empty() { Verdict::Pass } else { Verdict::Fail };
            work.say(check, &subject, verdict, || Finding::new(check, &subject, "", &role.arn, verdict).with("services", services));
        }
    }
}

/// `TRUST_SERVICE_ACCESS_UNKNOWN`.
pub(super) fn of_organization(work: &mut Work<'_>, check: &Arc<Check>) -> Result<(), AuditError> {
    const CALL: &str = "organizations-list-aws-service-access-for-organization";
    for snapshot in work.input.accounts {
        let Some(account) = work.subject(snapshot.name().as_str()).cloned() else { continue };
        let region = snapshot.default_region()?;
        let organization: Answer<Value> = snapshot.answer(region, "organizations-describe-organization")?;
        let organization = organization.value().unwrap_or_default();
        let management = organization.pointer("/Organization/MasterAccountId").and_then(Value::as_str);
        let answer: Answer<Value> = snapshot.answer(region, CALL)?;
        let is_gap = answer.gap().is_some();
        let listed = answer.value().unwrap_or_default();
        let principals = listed.get("EnabledServicePrincipals").and_then(Value::as_array).into_iter().flatten();
        let names = principals.filter_map(|principal| principal.get("ServicePrincipal")?.as_str());
        let others: Vec<Value> = names.filter(|name| !is_recommended(name)).map(Value::from).collect();
        let verdict = match (others.is_empty(), is_gap) {
            (false, _) => Verdict::Fail,
            // Members are not told: the management account is.
            (true, true) if management.is_some_and(|management| management != account.id) => continue,
            (true, true) => Verdict::Unknown,
            (true, false) => Verdict::Pass,
        };
        work.say(check, &account, verdict, || {
            let finding = Finding::new(check, &account, "", if is_gap { "" } else { &account.id }, verdict);
            if is_gap { finding.with("missing", vec![Value::from(CALL)]) } else { finding.with("services", others) }
        });
    }
    Ok(())
}

fn is_recommended(principal: &str) -> bool {
    principal.split_once(".amazonaws.com").is_some_and(|(name, _)| RECOMMENDED.contains(&name))
}
