//! Checks that ask what everybody can reach.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::AuditError;
use crate::audit::check::{Check, Confidence};
use crate::audit::finding::{Finding, Verdict};
use crate::exposure::{self, Class, Entry};

pub(super) fn judge(work: &mut Work<'_>, checks: &[&Arc<Check>]) -> Result<(), AuditError> {
    let named: BTreeSet<&str> = checks.iter().flat_map(|check| &check.of).map(String::as_str).collect();
    let entries: Vec<Entry> = work.exposed()?.to_vec();
    for check in checks {
        for entry in &entries {
            let Some(account) = work.subject(&entry.account).cloned() else { continue };
            if let Some(verdict) = verdict(check, entry, &named) {
                work.say(check, &account, verdict, || {
                    let mut finding = Finding::new(check, &account, region(check, entry), thing(entry), verdict);
                    if entry.confidence == exposure::Confidence::Likely {
                        finding.confidence = Confidence::Likely;
                    }
                    details(finding, entry)
                });
            }
        }
    }
    Ok(())
}

fn region<'e>(check: &Check, entry: &'e Entry) -> &'e str {
    if check.scope == crate::audit::check::Scope::Account { "" } else { &entry.region }
}

fn thing(entry: &Entry) -> &str {
    if entry.arn.is_empty() { entry.name.as_deref().unwrap_or_default() } else { &entry.arn }
}

fn details(finding: Finding, entry: &Entry) -> Finding {
    let list = |texts: &[String]| texts.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>();
    let missing: Vec<Value> = entry.missing.iter().map(|call| Value::from(call.as_str())).collect();
    finding
        .with("kind", entry.row.id.as_str())
        .with("name", entry.name.clone().unwrap_or_default())
        .with("why", list(&entry.why))
        .with("to", list(&entry.to))
        .with("ports", list(&entry.ports))
        .with("hosts", list(&entry.hosts))
        .with("path", list(&entry.path))
        .with("through", entry.through.clone().unwrap_or_default())
        .with("guardrail", entry.guardrail.clone().unwrap_or_default())
        .with("missing", missing)
}

/// What a check says of an entry; none where it is not about such things.
fn verdict(check: &Check, entry: &Entry, named: &BTreeSet<&str>) -> Option<Verdict> {
    let kind = entry.row.id.as_str();
    let is_own = check.of.iter().any(|own| own == kind);
    let standing = match entry.verdict {
        exposure::Verdict::Public => Verdict::Fail,
        exposure::Verdict::Unknown => Verdict::Unknown,
        exposure::Verdict::Shared | exposure::Verdict::Blocked | exposure::Verdict::No => Verdict::Pass,
    };
    match check.id.as_str() {
        "PUBLIC_BY_POLICY" => (matches!(entry.row.class, Class::Policy | Class::Sharing) && !named.contains(kind)).then_some(standing),
        "PUBLIC_BUT_BLOCKED" => match entry.verdict {
            exposure::Verdict::Blocked if !entry.is_setting() => Some(Verdict::Fail),
            exposure::Verdict::No if !entry.is_setting() => Some(Verdict::Pass),
            _ => None,
        },
        "SHARED_OUTSIDE_ORGANIZATION" => {
            let about_data = !entry.is_setting() && kind != "iam-role" && matches!(entry.row.class, Class::Policy | Class::Sharing);
            match entry.verdict {
                exposure::Verdict::Shared if about_data => Some(Verdict::Fail),
                exposure::Verdict::No if about_data => Some(Verdict::Pass),
                _ => None,
            }
        }
        "DNS_DANGLING_RECORD" => (is_own && (standing != Verdict::Fail || is_dangling(entry))).then_some(standing),
        "IAM_ROLE_ANY_REPOSITORY" => {
            (is_own && standing != Verdict::Unknown).then(|| if by_provider(entry) { standing } else { Verdict::Pass })
        }
        "IAM_ROLE_ALLOWS_ASSUMPTION_FROM_ANYWHERE" => is_own.then(|| if by_provider(entry) { Verdict::Pass } else { standing }),
        "S3_PUBLIC_POLICY_GETOBJECT_ONLY" => {
            (is_own && standing != Verdict::Unknown).then(|| if only_reads_objects(entry) { standing } else { Verdict::Pass })
        }
        "S3_PUBLIC_POLICY" => is_own.then(|| if only_reads_objects(entry) { Verdict::Pass } else { standing }),
        _ => is_own.then_some(standing),
    }
}

fn says(entry: &Entry, words: &str) -> bool {
    entry.why.iter().any(|why| why.contains(words))
}

fn is_dangling(entry: &Entry) -> bool {
    says(entry, "nothing")
}

/// A provider whose users are everybody.
fn by_provider(entry: &Entry) -> bool {
    says(entry, "token.actions.githubusercontent.com") || says(entry, "gitlab.com") || says(entry, "oidc-provider")
}

fn only_reads_objects(entry: &Entry) -> bool {
    let allowed = entry.why.iter().filter(|why| why.contains("s3:"));
    let only = |why: &String| {
        let names = why.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':' && letter != '*');
        names.filter(|name| name.starts_with("s3:")).all(|name| matches!(name, "s3:GetObject" | "s3:GetObjectVersion"))
    };
    allowed.clone().count() > 0 && allowed.clone().all(only)
}
