//! Statements that do not do what they seem to: one finding a policy or principal. What AWS wrote is left out.

use std::collections::BTreeMap;

use serde_json::json;

use super::{DETAILS, NAMED, Say, Scene, verdict};
use crate::audit::AuditError;
use crate::iam::catalog::{Catalog, ValueType};
use crate::iam::condition::Condition;
use crate::iam::estate::{PolicyId, PolicyKind, Principal, Stored};
use crate::iam::policy::{Effect, PrincipalName, ProblemKind, Statement};
use crate::iam::risks::{Role, risks};
use crate::iam::truth::Truth;

/// An issue's id, and what it is about.
type Issue = (&'static str, String);

/// `IAM_LINTER`.
pub(super) fn lint(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    for (resource, policies) in own_policies(scene) {
        let mut issues = Vec::new();
        let stored: Vec<&Stored> = policies.into_iter().filter_map(|id| scene.estate.store.get(id)).collect();
        if stored.iter().any(|stored| stored.document.is_null()) {
            say.missing(resource, &[DETAILS]);
            continue;
        }
        for stored in stored {
            let whole = stored.name == resource;
            for (issue, about) in of_policy(scene, stored) {
                let about = if whole { about } else { format!("{}: {about}", stored.name) };
                issues.push(json!({"issue": issue, "where": about}));
            }
        }
        issues.dedup();
        let finding = say.about(resource, verdict(Truth::from(!issues.is_empty()))).with("count", issues.len());
        issues.truncate(NAMED);
        say.tell(finding.with("issues", issues));
    }
    say.unread(scene.account);
    Ok(())
}

/// Own policies, by the ARN of what a finding is about.
fn own_policies<'a>(scene: &Scene<'a>) -> BTreeMap<&'a str, Vec<PolicyId>> {
    let store = &scene.estate.store;
    let mut all: BTreeMap<&str, Vec<PolicyId>> = BTreeMap::new();
    let mut add = |owner: &'a str, id: PolicyId| {
        let Some(stored) = store.get(id).filter(|stored| stored.name.split(':').nth(4) != Some("aws")) else { return };
        let known = all.entry(if stored.kind == PolicyKind::Customer { &stored.name } else { owner }).or_default();
        if !known.contains(&id) {
            known.push(id);
        }
    };
    for principal in scene.principals() {
        let policies = principal.inline.iter().chain(&principal.attached).chain(&principal.boundary);
        policies.chain(own_trust(principal)).for_each(|id| add(&principal.arn, *id));
    }
    for group in &scene.account.groups {
        group.inline.iter().chain(&group.attached).for_each(|id| add(&group.arn, *id));
    }
    all
}

/// Those of the roles that Identity Center makes are AWS's.
fn own_trust(principal: &Principal) -> Option<&PolicyId> {
    principal.trust.as_ref().filter(|_| !principal.path.starts_with("/aws-reserved/"))
}

fn of_policy(scene: &Scene<'_>, stored: &Stored) -> Vec<Issue> {
    let catalog = scene.estate.store.catalog();
    let of_trust = stored.kind == PolicyKind::Trust;
    let mut issues: Vec<Issue> = Vec::new();
    for problem in &stored.policy.problems {
        issues.extend(of_problem(&problem.kind, catalog).map(|issue| (issue, format!("{}: {}", problem.pointer, problem.kind))));
    }
    let role = if of_trust { Role::Trust } else { Role::Identity };
    for risk in risks(&stored.policy, role, &scene.account.id, catalog) {
        issues.extend(of_risk(risk.rule.id, stored).map(|issue| (issue, format!("{}: {}", risk.pointer, risk.detail))));
    }
    for statement in &stored.policy.statements {
        let here = |(issue, about): (&'static str, String)| (issue, format!("{}: {about}", statement.pointer));
        if of_trust {
            issues.extend(of_principals(statement).map(here));
        } else {
            issues.extend(of_resources(statement).map(here));
            issues.extend(of_sid(statement).map(here));
        }
        issues.extend(statement.conditions.iter().filter_map(|condition| of_condition(condition, catalog)).map(here));
    }
    issues
}

/// What the parser found.
fn of_problem(kind: &ProblemKind, catalog: &Catalog) -> Option<&'static str> {
    Some(match kind {
        // AWS takes any case.
        ProblemKind::OddCase(_) => return None,
        ProblemKind::SameSid(_) => "DUPLICATE_SID",
        ProblemKind::UnknownVersion(_) => "INVALID_VERSION",
        ProblemKind::UnknownOperator(_) => "UNKNOWN_OPERATOR",
        ProblemKind::BadValue(_) => "MISMATCHED_TYPE",
        ProblemKind::UnknownAction(name) => match name.split_once(':') {
            Some((prefix, _)) if prefix.contains(['*', '?']) || catalog.has_service(&prefix.to_lowercase()) => "UNKNOWN_ACTION",
            Some(_) => "UNKNOWN_PREFIX",
            None => "MALFORMED",
        },
        _ => "MALFORMED",
    })
}

/// What the rules for single policies found.
fn of_risk(rule: &str, stored: &Stored) -> Option<&'static str> {
    Some(match rule {
        "statement-unknown-key" => "UNKNOWN_CONDITION_FOR_ACTION",
        "statement-unmatched-resource" => "RESOURCE_MISMATCH",
        "statement-variable-as-text" if stored.document.get("Version").is_none() => "NO_VERSION",
        "statement-variable-as-text" => "OLD_VERSION",
        "condition-deny-misses-mfa" | "condition-mfa-optional" => "BAD_PATTERN_FOR_MFA",
        "condition-literal-wildcard" => "MISMATCHED_TYPE",
        _ => return None,
    })
}

/// Names that can be nobody's. Ids of principals that were deleted are told by the web of trust.
fn of_principals(statement: &Statement) -> impl Iterator<Item = Issue> {
    let names = statement.principal.iter().filter(|_| statement.effect == Effect::Allow).flat_map(|clause| &clause.names);
    names.filter_map(|name| match name {
        PrincipalName::Id(id) if !["AIDA", "AROA", "AGPA"].iter().any(|kind| id.starts_with(kind)) => {
            Some(("UNKNOWN_PRINCIPAL", id.clone()))
        }
        PrincipalName::Federated(provider) if !is_provider(provider) => Some(("UNKNOWN_FEDERATION_SOURCE", provider.clone())),
        _ => None,
    })
}

fn is_provider(name: &str) -> bool {
    const KNOWN_TO_AWS: [&str; 4] = ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];
    name == "*" || KNOWN_TO_AWS.contains(&name) || name.contains(":saml-provider/") || name.contains(":oidc-provider/")
}

/// Resources that are no ARN, and so match nothing.
fn of_resources(statement: &Statement) -> impl Iterator<Item = Issue> {
    let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
    patterns.map(|pattern| pattern.template.to_string()).filter(|text| !is_arn(text)).map(|text| ("INVALID_ARN", text))
}

fn is_arn(text: &str) -> bool {
    let parts = text.split(':').count();
    text.starts_with(['*', '?', '$']) || (text.starts_with("arn:") && (parts >= 6 || text.contains('*')))
}

fn of_sid(statement: &Statement) -> Option<Issue> {
    let sid = statement.sid.as_ref()?;
    let odd = !sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
    odd.then(|| ("INVALID_SID", sid.clone()))
}

/// Networks that are compared as texts.
fn of_condition(condition: &Condition, catalog: &Catalog) -> Option<Issue> {
    let kind = catalog.key_type(condition.key.lower())?;
    let odd = kind.value == ValueType::IpAddress && condition.operator.name.starts_with("String");
    odd.then(|| ("MISMATCHED_TYPE", condition.key.to_string()))
}
