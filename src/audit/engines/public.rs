//! Checks that ask what everybody can reach.

mod trails;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::AuditError;
use crate::audit::check::{Check, Engine, checks};
use crate::audit::finding::{Finding, Verdict};
use crate::exposure::{self, Class, Entry, Opening};
use crate::iam::catalog::Catalog;
use crate::iam::formula::{Atom, Formula};
use crate::iam::outside::Who;

pub(super) fn judge(work: &mut Work<'_>, asked: &[&Arc<Check>]) -> Result<(), AuditError> {
    let entries: Vec<Entry> = work.exposed()?.to_vec();
    let all = Scene {
        entries: &entries,
        named: named()?,
        catalog: Catalog::embedded().map_err(|error| AuditError::Embedded(error.to_string()))?,
    };
    for check in asked {
        if check.id == "CLOUDTRAIL_BUCKET_PUBLIC" {
            trails::judge(work, check, &entries)?;
            continue;
        }
        let mut gaps: Gaps = BTreeMap::new();
        for entry in entries.iter().filter(|entry| !all.is_told_by_arn(entry)) {
            let Some(account) = work.subject(&entry.account).cloned() else { continue };
            match all.verdict(check, entry) {
                None => {}
                // What is not known of a whole kind is told once.
                Some(Verdict::Unknown) if !entry.is_one() || is_told_together(check) => {
                    let gap = gaps.entry((account.name.clone(), region(check, entry).to_owned())).or_default();
                    gap.extend(entry.missing.iter().cloned());
                }
                Some(verdict) => {
                    work.say(check, &account, verdict, || {
                        let mut finding = Finding::new(check, &account, region(check, entry), thing(entry), verdict);
                        finding.confidence = finding.confidence.max(entry.confidence);
                        details(finding, entry)
                    });
                }
            }
        }
        for ((account, region), missing) in gaps {
            let Some(account) = work.subject(&account).cloned() else { continue };
            let missing: Vec<Value> = missing.into_iter().map(Value::from).collect();
            work.push(Finding::new(check, &account, &region, "", Verdict::Unknown).with("missing", missing));
        }
    }
    Ok(())
}

/// The calls that are missing, by account and Region.
type Gaps = BTreeMap<(String, String), BTreeSet<String>>;

/// Checks of which single things that are not known are told by others.
fn is_told_together(check: &Check) -> bool {
    check.id == "SHARED_OUTSIDE_ORGANIZATION"
}

/// The kinds of which some check of the program is.
fn named() -> Result<BTreeSet<&'static str>, AuditError> {
    let all = checks().map_err(AuditError::Embedded)?.iter().filter(|check| check.engine == Engine::Public);
    Ok(all.flat_map(|check| &check.of).map(String::as_str).collect())
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

/// What stands open, and what else it takes to judge it.
struct Scene<'a> {
    entries: &'a [Entry],
    named: BTreeSet<&'static str>,
    catalog: &'static Catalog,
}

impl Scene<'_> {
    /// What a check says of an entry; none where it is not about such things.
    fn verdict(&self, check: &Check, entry: &Entry) -> Option<Verdict> {
        let kind = entry.row.id.as_str();
        let is_own = check.of.iter().any(|own| own == kind);
        let by_policy = matches!(entry.row.class, Class::Policy | Class::Sharing);
        let standing = match entry.verdict {
            exposure::Verdict::Public => Verdict::Fail,
            exposure::Verdict::Unknown => Verdict::Unknown,
            exposure::Verdict::Shared | exposure::Verdict::Blocked | exposure::Verdict::No => Verdict::Pass,
        };
        // Of what is public, only some.
        let only = |meant: bool| if standing == Verdict::Fail && !meant { Verdict::Pass } else { standing };
        match check.id.as_str() {
            "PUBLIC_BY_POLICY" => (by_policy && !self.named.contains(kind)).then_some(standing),
            "PUBLIC_BUT_BLOCKED" => match entry.verdict {
                exposure::Verdict::Blocked if !entry.is_setting() => Some(Verdict::Fail),
                exposure::Verdict::No if !entry.is_setting() => Some(Verdict::Pass),
                _ => None,
            },
            "SHARED_OUTSIDE_ORGANIZATION" if by_policy && kind != "iam-role" => match entry.verdict {
                exposure::Verdict::Shared => Some(Verdict::Fail),
                exposure::Verdict::Unknown => Some(Verdict::Unknown),
                exposure::Verdict::No => Some(Verdict::Pass),
                exposure::Verdict::Public | exposure::Verdict::Blocked => None,
            },
            _ if !is_own => None,
            "IAM_ROLE_ANY_REPOSITORY" => Some(only(open(entry).any(is_by_provider))),
            "IAM_ROLE_ALLOWS_ASSUMPTION_FROM_ANYWHERE" => Some(only(open(entry).any(|opening| !is_by_provider(opening)))),
            "S3_PUBLIC_POLICY_GETOBJECT_ONLY" => Some(only(self.only_reads_objects(entry))),
            "S3_PUBLIC_POLICY" => Some(only(!self.only_reads_objects(entry))),
            "LAMBDA_PUBLIC" => Some(only(!self.by_url_alone(entry))),
            _ => Some(standing),
        }
    }

    /// Whether a thing of which nothing is known is told by its ARN too.
    fn is_told_by_arn(&self, entry: &Entry) -> bool {
        let (exposure::Verdict::Unknown, true, Some(name)) = (entry.verdict, entry.arn.is_empty(), &entry.name) else { return false };
        let same = |other: &&Entry| other.row.id == entry.row.id && other.account == entry.account && other.verdict == entry.verdict;
        self.entries.iter().filter(same).any(|other| !other.arn.is_empty() && other.arn.ends_with(name.as_str()))
    }

    /// Whether everybody may read objects, and nothing else.
    fn only_reads_objects(&self, entry: &Entry) -> bool {
        let reads = ["s3:GetObject", "s3:GetObjectVersion"].iter().filter_map(|name| self.catalog.action(name)).collect();
        let mut all = open(entry).peekable();
        all.peek().is_some() && all.all(|opening| !opening.actions.is_empty() && opening.actions.difference(&reads).is_empty())
    }

    /// Whether everybody may call a function by its URL only, and it has one.
    fn by_url_alone(&self, entry: &Entry) -> bool {
        let has_url =
            |other: &Entry| other.row.id == "lambda-function-url" && other.arn == entry.arn && other.verdict == exposure::Verdict::Public;
        let mut all = open(entry).peekable();
        all.peek().is_some() && all.all(|opening| asks_for_url(&opening.when)) && self.entries.iter().any(has_url)
    }
}

/// The ways by which everybody is let in.
fn open(entry: &Entry) -> impl Iterator<Item = &Opening> {
    entry.openings.iter().filter(|opening| opening.everybody)
}

/// A provider whose users are everybody.
fn is_by_provider(opening: &Opening) -> bool {
    matches!(opening.who, Who::Users(_))
}

/// Whether requests have to come by a function's URL.
fn asks_for_url(when: &Formula) -> bool {
    match when {
        Formula::Is(Atom::Condition(condition), false) => {
            matches!(condition.key.lower(), "lambda:functionurlauthtype" | "lambda:invokedviafunctionurl")
        }
        Formula::All(parts) => parts.iter().any(asks_for_url),
        Formula::Any(parts) => !parts.is_empty() && parts.iter().all(asks_for_url),
        _ => false,
    }
}
