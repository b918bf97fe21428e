//! Checks that ask the policies of identities and organizations. What an answer hangs on that was not collected is unknown.

mod admins;
mod data;
mod guardrails;
mod linter;
mod policies;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::check::Check;
use crate::audit::finding::{Finding, Subject, Verdict};
use crate::audit::{Audit, AuditError};
use crate::graph::Administrators;
use crate::iam::estate::{Account, Estate, Home, Principal};
use crate::iam::formula::{Atom, Formula};
use crate::iam::query::{DEFAULT_PRIVILEGES, admins};
use crate::iam::truth::Truth;
use crate::model::Confidence;
use crate::snapshot::{Answer, Snapshot};

/// The call that tells users, roles and policies.
const DETAILS: &str = "iam-get-account-authorization-details";

/// Names that a finding lists.
const NAMED: usize = 10;

type Judge = fn(&Scene<'_>, &mut Say<'_>) -> Result<(), AuditError>;

const JUDGES: &[(&str, Judge)] = &[
    ("IAM_MANY_ADMINS", admins::many),
    ("IAM_UNUSED_ADMIN", admins::unused),
    ("IAM_UNEXPECTED_ADMIN_PRINCIPAL", admins::unexpected),
    ("IAM_NAME_DOES_NOT_INDICATE_ADMIN", policies::groups),
    ("IAM_CUSTOM_POLICY_ALLOWS_ADMIN", policies::custom),
    ("IAM_MANAGED_POLICY_UNINTENTIONALLY_ALLOWING_ADMIN", policies::managed),
    ("IAM_SECRETS_READ_ALL", data::secrets),
    ("IAM_UNEXPECTED_S3_EXFIL_PRINCIPAL", data::buckets),
    ("IAM_LINTER", linter::lint),
    ("GUARDRAIL_IAM_USERS", guardrails::users),
    ("GUARDRAIL_IDENTITY_PERIMETER", guardrails::perimeter),
    ("GUARDRAIL_LEAVE_ORGANIZATION", guardrails::leaving),
    ("GUARDRAIL_LOGGING", guardrails::logging),
    ("GUARDRAIL_PUBLIC_ACCESS", guardrails::public_access),
    ("GUARDRAIL_REGIONS", guardrails::regions),
    ("GUARDRAIL_ROOT", guardrails::root),
];

pub(super) fn judge(work: &mut Work<'_>, checks: &[&Arc<Check>]) -> Result<(), AuditError> {
    let mut told = Audit::default();
    if let Some(estate) = work.estate()? {
        let admins = OnceCell::new();
        for (account, snapshot) in estate.accounts.iter().zip(work.input.accounts).filter(|(account, _)| !account.superseded) {
            let Some(subject) = work.subject(account.name.as_str()) else { continue };
            let standing = Administrators::new(estate, account);
            let home = Home::of(estate, account);
            let scene = Scene { work, estate, account, snapshot, home, standing, admins: &admins };
            for check in checks {
                let Some((_, judge)) = JUDGES.iter().find(|(id, _)| *id == check.id) else { continue };
                judge(&scene, &mut Say { check, subject, snapshot, region: account.region, audit: &mut told })?;
            }
        }
    }
    work.audit.add(told);
    Ok(())
}

/// Administrators by ARN: `Yes` for those who are one, be it under conditions, `Unknown` where that hangs on what was not
/// collected.
type Admins<'a> = BTreeMap<&'a str, Truth>;

/// One account, and whom to ask about it.
struct Scene<'a> {
    work: &'a Work<'a>,
    estate: &'a Estate,
    account: &'a Account,
    snapshot: &'a Snapshot,
    home: Arc<Home<'a>>,
    standing: Administrators<'a>,
    admins: &'a OnceCell<Admins<'a>>,
}

impl<'a> Scene<'a> {
    /// The administrators of all accounts, as `find_admins` finds them.
    fn admins(&self) -> Result<&'a Admins<'a>, AuditError> {
        if self.admins.get().is_none() {
            let privileges: Vec<String> = DEFAULT_PRIVILEGES.iter().map(|name| (*name).to_owned()).collect();
            let found = admins(self.estate, &privileges, false, &[]).map_err(|error| AuditError::Embedded(error.to_string()))?;
            let known = found.iter().map(|admin| (admin.principal.arn.as_str(), settled(&admin.when)));
            let _ = self.admins.set(known.filter(|(_, truth)| *truth != Truth::No).collect());
        }
        Ok(self.admins.get_or_init(BTreeMap::new))
    }

    /// Users and roles that are not AWS's own.
    fn principals(&self) -> impl Iterator<Item = &'a Principal> + use<'a> {
        self.account.principals.iter().filter(|principal| !principal.path.starts_with("/aws-service-role/"))
    }

    /// What a global service answered; null where AWS says that there is nothing, none where it was not collected.
    fn global(&self, call: &str, values: &[&str]) -> Result<Option<Value>, AuditError> {
        let region = self.account.region;
        let answer: Answer<Value> =
            if values.is_empty() { self.snapshot.answer(region, call)? } else { self.snapshot.answer_for(region, call, values)? };
        Ok(match answer {
            Answer::Value(value) | Answer::Partial(value, _) => Some(value),
            Answer::Empty => Some(Value::Null),
            Answer::NotCollected(_) => None,
        })
    }

    /// The management account of its organization, as the account itself is told.
    fn management(&self) -> Result<Option<String>, AuditError> {
        let organization = self.global("organizations-describe-organization", &[])?.unwrap_or_default();
        Ok(organization.pointer("/Organization/MasterAccountId").and_then(Value::as_str).map(str::to_owned))
    }
}

/// What one check says of one account.
struct Say<'a> {
    check: &'a Arc<Check>,
    subject: &'a Arc<Subject>,
    snapshot: &'a Snapshot,
    region: &'a str,
    audit: &'a mut Audit,
}

impl Say<'_> {
    /// Of a thing.
    fn about(&self, resource: &str, verdict: Verdict) -> Finding {
        Finding::new(self.check, self.subject, "", resource, verdict)
    }

    /// Of a user or role, with where the answer lists it.
    fn of(&self, principal: &Principal, verdict: Verdict) -> Finding {
        let mut finding = self.about(&principal.arn, verdict);
        let pointer = if principal.is_role { format!("/RoleDetailList/{}", principal.place) } else { String::new() };
        let file = format!("{}/{DETAILS}.json", self.region);
        finding.evidence.push(crate::audit::programs::evidence(self.snapshot, file, pointer));
        finding
    }

    fn tell(&mut self, finding: Finding) {
        match finding.verdict {
            Verdict::Pass => self.audit.pass(self.check, self.subject),
            Verdict::Fail | Verdict::Unknown => self.audit.findings.push(finding),
        }
    }

    /// That some calls would tell.
    fn missing(&mut self, resource: &str, calls: &[&str]) {
        let calls: Vec<Value> = calls.iter().map(|call| Value::from(*call)).collect();
        self.tell(self.about(resource, Verdict::Unknown).with("missing", calls));
    }

    /// That not all users, roles and policies are known, if that is so.
    fn unread(&mut self, account: &Account) {
        if account.unread {
            self.missing("", &[DETAILS]);
        }
    }
}

/// Whether something holds in some circumstances: unknown where only what was not collected can make it so.
fn settled(formula: &Formula) -> Truth {
    fn at_best(formula: &Formula, unread: Truth) -> Truth {
        match formula {
            Formula::Never => Truth::No,
            Formula::Always | Formula::Is(Atom::Condition(_) | Atom::Resource { .. }, _) => Truth::Yes,
            Formula::Is(Atom::Other { .. }, _) => unread,
            Formula::All(parts) => parts.iter().map(|part| at_best(part, unread)).min().unwrap_or(Truth::Yes),
            Formula::Any(parts) => parts.iter().map(|part| at_best(part, unread)).max().unwrap_or(Truth::No),
        }
    }
    at_best(formula, Truth::Unknown)
}

fn verdict(fails: Truth) -> Verdict {
    match fails {
        Truth::Yes => Verdict::Fail,
        Truth::Unknown => Verdict::Unknown,
        Truth::No => Verdict::Pass,
    }
}

/// How sure something under conditions is.
fn likely(mut finding: Finding, formula: &Formula) -> Finding {
    if *formula != Formula::Always {
        finding.confidence = Confidence::Likely;
        return finding.with("when", formula.to_string());
    }
    finding
}

/// The first few of some texts.
fn some<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Value> {
    texts.into_iter().take(NAMED).map(Value::from).collect()
}
