//! The data of the IAM report, as its page and its JSON output have it: a public format. Policies, groups and principals
//! refer to each other by their places in the lists of their account. Members that say nothing are left out.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// The name and version of the format.
pub const FORMAT: &str = "cloudmapper-iam-report/1";

/// The whole report.
#[derive(Debug, Serialize)]
pub struct IamReport {
    /// [`FORMAT`].
    pub format: &'static str,
    /// Program and version.
    pub tool: String,
    /// The newest time of the snapshots.
    pub generated: String,
    /// Whoever was not used for longer is inactive.
    pub max_age_days: u32,
    /// What is looked for in policies, by id.
    pub rules: BTreeMap<&'static str, IamRule>,
    /// By name.
    pub accounts: Vec<IamAccount>,
}

/// Something risky that is looked for.
#[derive(Debug, Clone, Serialize)]
pub struct IamRule {
    /// `high`, `medium` or `low`.
    pub severity: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Why it matters, and what to do.
    pub text: &'static str,
}

/// One account.
#[derive(Debug, Serialize)]
pub struct IamAccount {
    /// Its name here.
    pub name: String,
    /// Its id at AWS.
    pub id: String,
    /// When it was collected.
    pub collected: String,
    /// The id of its organization.
    pub organization: Option<String>,
    /// SCPs by level, root first; null where no snapshot lists them.
    pub scps: Option<Vec<Vec<usize>>>,
    /// RCPs by level.
    pub rcps: Option<Vec<Vec<usize>>>,
    /// What was not collected.
    pub gaps: Vec<String>,
    /// Users and roles were not collected, or not all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// Users and roles, by ARN.
    pub principals: Vec<IamPrincipal>,
    /// Groups, by ARN.
    pub groups: Vec<IamGroup>,
    /// Every policy that something refers to.
    pub policies: Vec<IamPolicy>,
}

/// A user or role.
#[derive(Debug, Default, Serialize)]
pub struct IamPrincipal {
    /// Its ARN.
    pub arn: String,
    /// `user` or `role`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id.
    pub id: String,
    /// When it was made.
    pub created: Option<String>,
    /// When it was last used, as far as is known.
    pub last_used: Option<String>,
    /// Whether the absence of a last use means that there was none.
    pub last_used_known: bool,
    /// Whether it was used in the last days that count.
    pub active: Option<bool>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<usize>,
    /// Attached policies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<usize>,
    /// Inline policies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inline: Vec<usize>,
    /// The boundary.
    pub boundary: Option<usize>,
    /// Whether a user has a second factor.
    pub mfa: Option<bool>,
    /// Whether a user has a password.
    pub console: Option<bool>,
    /// Access keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<IamKey>,
    /// Which access keys a user has was not collected.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keys_unknown: bool,
    /// The trust policy of a role.
    pub trust: Option<usize>,
    /// Who can take on the role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumable_by: Vec<Assumer>,
    /// Which roles the principal can take on; of many the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_assume: Vec<Assumed>,
    /// How many more there are at least.
    #[serde(skip_serializing_if = "is_zero")]
    pub may_assume_more: usize,
    /// `yes`, `conditional` or `no`.
    pub admin: &'static str,
    /// Under which condition.
    pub admin_condition: Option<String>,
    /// By which statements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub admin_because: Vec<StatementRef>,
    /// What takes it away, for those who would be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub admin_but_for: Vec<String>,
    /// Services it may use, with their last use; null when that was not collected.
    pub services: Option<Vec<ServiceUse>>,
    /// How many of them were never used.
    pub unused_services: Option<usize>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde calls it with")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// An access key.
#[derive(Debug, Serialize)]
pub struct IamKey {
    /// Its id; empty when only the credential report tells of it.
    pub id: String,
    /// Whether it works.
    pub active: bool,
    /// When it was made.
    pub created: Option<String>,
    /// When it was last used.
    pub last_used: Option<String>,
    /// Its age when the account was collected, in days.
    pub age_days: Option<i64>,
}

/// Somebody who can take on a role.
#[derive(Debug, Serialize)]
pub struct Assumer {
    /// As the trust policy names it.
    pub who: String,
    /// Under which condition.
    pub condition: Option<String>,
    /// Whether it is outside the account.
    pub foreign: bool,
}

/// Roles that a principal can take on under one condition.
#[derive(Debug, Serialize)]
pub struct Assumed {
    /// Their places among the principals of the account.
    pub roles: Vec<usize>,
    /// Those of other accounts, by ARN.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<String>,
    /// Under which condition.
    pub condition: Option<String>,
}

/// A statement of a policy.
#[derive(Debug, Serialize)]
pub struct StatementRef {
    /// The policy.
    pub policy: usize,
    /// The statement, from 0.
    pub statement: usize,
}

/// Services with the same last use, by the same policies.
#[derive(Debug, Serialize)]
pub struct ServiceUse {
    /// Their prefixes.
    pub service: Vec<String>,
    /// When they were last used; null = never, as far as AWS keeps it.
    pub last_used: Option<String>,
    /// The policies that grant something of them.
    pub granted_by: Vec<usize>,
}

/// A group.
#[derive(Debug, Serialize)]
pub struct IamGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its members.
    pub members: Vec<usize>,
    /// Attached policies.
    pub attached: Vec<usize>,
    /// Inline policies.
    pub inline: Vec<usize>,
}

/// A policy.
#[derive(Debug, Serialize)]
pub struct IamPolicy {
    /// Its ARN, if it has one.
    pub arn: Option<String>,
    /// Its name.
    pub name: String,
    /// `aws`, `customer`, `inline`, `trust`, `scp` or `rcp`.
    pub kind: &'static str,
    /// To how many users, groups and roles it is attached.
    pub attached_to: usize,
    /// The text.
    pub document: Value,
    /// What is risky.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<IamRisk>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<IamProblem>,
}

/// Something risky in a policy.
#[derive(Debug, Serialize)]
pub struct IamRisk {
    /// Which rule.
    pub rule: &'static str,
    /// The statement, from 0.
    pub statement: usize,
    /// Where: a JSON pointer.
    pub pointer: String,
    /// The actions or principals that are meant.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Something wrong in a policy.
#[derive(Debug, Serialize)]
pub struct IamProblem {
    /// Where: a JSON pointer.
    pub pointer: String,
    /// What.
    pub text: String,
}
