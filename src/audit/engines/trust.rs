//! Checks that ask the web of trust.

mod services;

use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::AuditError;
use crate::audit::check::Check;
use crate::audit::finding::{Finding, Verdict};
use crate::iam::estate::Estate;
use crate::model::Confidence;
use crate::trust::{self, Access, Edge, Kind, Node, Reason, Web, read, weave};

pub(super) fn judge(work: &mut Work<'_>, checks: &[&Arc<Check>]) -> Result<(), AuditError> {
    let input =
        trust::Input { accounts: work.input.accounts, others: work.input.others, config: work.input.config, vendors: work.input.vendors };
    let estate = read(&input)?;
    let web = weave(&estate, &input)?;
    for check in checks {
        match check.id.as_str() {
            "CONFUSED_DEPUTY_SERVICE" => services::deputies(work, check, &estate)?,
            "TRUST_SERVICE_ACCESS_UNKNOWN" => services::of_organization(work, check)?,
            _ => {
                let before = work.audit.findings.len();
                if check.id == "TRUST_DELETED_PRINCIPAL" {
                    deleted(work, check, &web);
                }
                for edge in &web.edges {
                    tell(work, check, &web, edge);
                }
                gaps(work, check, &estate, &web, before);
            }
        }
    }
    work.audit.seen.web = Some(web);
    Ok(())
}

fn deleted(work: &mut Work<'_>, check: &Arc<Check>, web: &Web) {
    for dangling in &web.dangling {
        let Some(account) = work.subject(&dangling.account).cloned() else { continue };
        let finding = Finding::new(check, &account, "", &dangling.resource, Verdict::Fail);
        work.push(finding.with("principal", dangling.principal.as_str()));
    }
}

/// Whether a check is about who gets in, what for, and why.
fn is_meant(check: &Check, from: &Node, access: Access, reason: &Reason) -> bool {
    match check.id.as_str() {
        "TRUST_ADMIN_TO_VENDOR" => from.kind == Kind::Vendor && access == Access::Admin,
        "TRUST_UNKNOWN_ACCOUNT" => from.kind == Kind::Unknown && !matches!(access, Access::Network | Access::Vpc | Access::Directconnect),
        "TRUST_NO_EXTERNAL_ID" => {
            let roles = matches!(access, Access::Admin | Access::Iam);
            matches!(from.kind, Kind::Vendor | Kind::Unknown) && roles && reason.certain && is_open(reason)
        }
        "TRUST_WHOLE_ACCOUNT_ADMIN" => {
            matches!(from.kind, Kind::Scanned | Kind::Configured) && access == Access::Admin && names_account(reason, &from.id)
        }
        _ => false,
    }
}

/// Whether no condition of the statement tells one customer of the other account from another.
fn is_open(reason: &Reason) -> bool {
    const TELLING: [&str; 3] = ["sts:externalid", "aws:principalorgid", "aws:principalarn"];
    let Some(statement) = &reason.statement else { return false };
    let condition = statement.get("Condition").map(|condition| condition.to_string().to_lowercase()).unwrap_or_default();
    !TELLING.iter().any(|key| condition.contains(key))
}

fn names_account(reason: &Reason, id: &str) -> bool {
    let principal = reason.statement.as_ref().and_then(|statement| statement.pointer("/Principal/AWS"));
    let is = |value: &Value| value.as_str().is_some_and(|text| text == id || text.ends_with(&format!(":iam::{id}:root")));
    principal.is_some_and(|names| is(names) || names.as_array().is_some_and(|names| names.iter().any(is)))
}

fn tell(work: &mut Work<'_>, check: &Arc<Check>, web: &Web, edge: &Edge) {
    let (Some(from), Some(account)) = (web.node(&edge.from), work.subject(&edge.to).cloned()) else { return };
    for reason in edge.reasons.iter().filter(|reason| is_meant(check, from, edge.access, reason)) {
        let mut finding = Finding::new(check, &account, "", &reason.resource, Verdict::Fail)
            .with("from", from.id.as_str())
            .with("name", from.name.as_str())
            .with("access", edge.access.word())
            .with("why", reason.why.as_str())
            .with("condition", reason.condition.clone().unwrap_or_default());
        if !reason.certain {
            finding.confidence = Confidence::Likely;
        }
        let snapshot = work.input.accounts.iter().find(|snapshot| snapshot.name().to_string() == account.name);
        if let Some(snapshot) = snapshot.filter(|_| !reason.file.is_empty()) {
            finding.evidence.push(crate::audit::programs::evidence(snapshot, reason.file.clone(), reason.pointer.clone()));
        }
        work.push(finding);
    }
}

/// What the web could not see is told once an account: all of it where accounts are looked for, what is missing of roles
/// by the other checks. An account of which nothing is told passes.
fn gaps(work: &mut Work<'_>, check: &Arc<Check>, estate: &Estate, web: &Web, before: usize) {
    for account in estate.accounts.iter().filter(|account| !account.superseded) {
        let Some(subject) = work.subject(account.name.as_str()).cloned() else { continue };
        let own = web.gaps.iter().filter(|gap| gap.account == subject.id || gap.account == subject.name);
        let why: Vec<Value> =
            if check.id == "TRUST_UNKNOWN_ACCOUNT" { own.map(|gap| Value::from(gap.what.as_str())).collect() } else { Vec::new() };
        let missing = if account.unread { vec![Value::from("iam-get-account-authorization-details")] } else { Vec::new() };
        if !(why.is_empty() && missing.is_empty()) {
            work.push(Finding::new(check, &subject, "", "", Verdict::Unknown).with("why", why).with("missing", missing));
        } else if !work.audit.findings.iter().skip(before).any(|finding| finding.account == subject) {
            work.audit.pass(check, &subject);
        }
    }
}
