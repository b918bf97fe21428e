//! The report as one HTML file. What it says is in the data; here the summary is counted and arranged.

use std::io::{self, Write};

use askama::Template;

use super::view::{IamAccount, IamPrincipal, IamReport};
use crate::report::filters;
use crate::report::filters::thousands;
use crate::report::html::{content_policy, trimmed};

const COMMON_STYLE: &str = include_str!("../../../templates/report.css");
const STYLE: &str = include_str!("../../../templates/iam_report.css");
const SCRIPT: &str = include_str!("../../../templates/iam_report.js");

/// So many administrators and gaps are in the summary.
const NAMED: usize = 25;

#[derive(Template)]
#[template(path = "iam_report.html")]
struct Page<'a> {
    policy: String,
    view: Head<'a>,
    max_age: u32,
    facts: Vec<Fact>,
    limits: Vec<Limit<'a>>,
    more_limits: usize,
    accounts: Vec<Counts<'a>>,
    admins: Vec<Administrator<'a>>,
    more_admins: u64,
    data: String,
}

struct Head<'a> {
    title: String,
    generated: &'a str,
    tool: &'a str,
}

struct Fact {
    key: &'static str,
    label: &'static str,
    value: String,
    detail: String,
    warn: bool,
}

struct Limit<'a> {
    account: &'a str,
    text: &'a str,
}

#[derive(Default)]
struct Counts<'a> {
    name: &'a str,
    id: &'a str,
    collected: &'a str,
    organization: &'a str,
    users: u64,
    roles: u64,
    admins: u64,
    conditional: u64,
    inactive: u64,
    old_keys: u64,
    no_mfa: u64,
    foreign: u64,
    /// Users and roles were not collected, or not all.
    unread: bool,
    /// Of how many the three above cannot be told.
    activity_unknown: u64,
    ages_unknown: u64,
    mfa_unknown: u64,
}

struct Administrator<'a> {
    account: &'a str,
    arn: &'a str,
    name: &'a str,
    kind: &'static str,
    condition: &'a str,
    because: String,
}

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &IamReport, out: &mut dyn Write) -> io::Result<()> {
    page(report)?.write_into(out)?;
    out.write_all(b"\n")
}

fn page(report: &IamReport) -> io::Result<Page<'_>> {
    let accounts: Vec<Counts<'_>> = report.accounts.iter().map(|account| counts(account, report.max_age_days)).collect();
    let mut limits: Vec<Limit<'_>> =
        report.accounts.iter().flat_map(|account| account.gaps.iter().map(|text| Limit { account: &account.name, text })).collect();
    let more_limits = limits.len().saturating_sub(NAMED);
    limits.truncate(NAMED);
    let mut admins: Vec<Administrator<'_>> = report.accounts.iter().flat_map(administrators).collect();
    admins.sort_by_key(|admin| !admin.condition.is_empty());
    let more_admins = admins.len().saturating_sub(NAMED) as u64;
    admins.truncate(NAMED);
    let title = match report.accounts.as_slice() {
        [account] => format!("IAM of {}", account.name),
        accounts => format!("IAM of {} accounts", accounts.len()),
    };
    // In a script element, nothing but `<` could end the data.
    let data = serde_json::to_string(report)?.replace('<', "\\u003c");
    Ok(Page {
        policy: content_policy(&format!("{}{}", trimmed(COMMON_STYLE), trimmed(STYLE)), trimmed(SCRIPT)),
        view: Head { title, generated: &report.generated, tool: &report.tool },
        max_age: report.max_age_days,
        facts: facts(&accounts, report.max_age_days),
        limits,
        more_limits,
        accounts,
        admins,
        more_admins,
        data,
    })
}

fn counts(account: &IamAccount, max_age: u32) -> Counts<'_> {
    let count = |test: &dyn Fn(&IamPrincipal) -> bool| account.principals.iter().filter(|principal| test(principal)).count() as u64;
    let old = |principal: &IamPrincipal| {
        principal.keys.iter().filter(|key| key.active && key.age_days.is_some_and(|days| days > i64::from(max_age))).count() as u64
    };
    Counts {
        name: &account.name,
        id: &account.id,
        collected: &account.collected,
        organization: account.organization.as_deref().unwrap_or_default(),
        users: count(&|principal| principal.kind == "user"),
        roles: count(&|principal| principal.kind == "role"),
        admins: count(&|principal| principal.admin == "yes"),
        conditional: count(&|principal| principal.admin == "conditional"),
        inactive: count(&|principal| principal.active == Some(false)),
        old_keys: account.principals.iter().map(old).sum(),
        no_mfa: count(&|principal| principal.kind == "user" && principal.mfa == Some(false)),
        foreign: count(&|principal| principal.assumable_by.iter().any(|assumer| assumer.foreign)),
        unread: account.unread,
        activity_unknown: count(&|principal| principal.active.is_none()),
        ages_unknown: count(&|principal| principal.keys_unknown || principal.keys.iter().any(|key| key.active && key.age_days.is_none())),
        mfa_unknown: count(&|principal| principal.kind == "user" && principal.mfa.is_none()),
    }
}

fn facts(accounts: &[Counts<'_>], max_age: u32) -> Vec<Fact> {
    let sum = |count: fn(&Counts<'_>) -> u64| accounts.iter().map(count).sum::<u64>();
    let fact =
        |key, label, value: u64, detail: String, warn: bool| Fact { key, label, value: thousands(value), detail, warn: warn && value > 0 };
    let and_unknown = |words: String, unknown: fn(&Counts<'_>) -> u64| match sum(unknown) {
        0 => words,
        unknown => format!("{words}; {} more not known", thousands(unknown)),
    };
    vec![
        fact("users", "Users", sum(|account| account.users), String::new(), false),
        fact("roles", "Roles", sum(|account| account.roles), String::new(), false),
        fact("admins", "Administrators", sum(|account| account.admins), "at any time".to_owned(), true),
        fact("conditional", "Administrators under conditions", sum(|account| account.conditional), "see the list".to_owned(), false),
        fact(
            "inactive",
            "Inactive",
            sum(|account| account.inactive),
            and_unknown(format!("not used for {max_age} days"), |account| account.activity_unknown),
            true,
        ),
        fact(
            "keys",
            "Old access keys",
            sum(|account| account.old_keys),
            and_unknown(format!("active, older than {max_age} days"), |account| account.ages_unknown),
            true,
        ),
        fact(
            "nomfa",
            "Users without MFA",
            sum(|account| account.no_mfa),
            and_unknown("no second factor".to_owned(), |account| account.mfa_unknown),
            true,
        ),
        fact("foreign", "Roles open to others", sum(|account| account.foreign), "from outside the account".to_owned(), true),
    ]
}

fn administrators(account: &IamAccount) -> Vec<Administrator<'_>> {
    let policy = |number: usize| account.policies.get(number).map(|policy| policy.name.as_str()).unwrap_or_default();
    let admin = |principal: &'_ IamPrincipal| {
        let mut because: Vec<&str> = principal.admin_because.iter().map(|statement| policy(statement.policy)).collect();
        because.dedup();
        because.join(", ")
    };
    let admins = account.principals.iter().filter(|principal| matches!(principal.admin, "yes" | "conditional"));
    admins
        .map(|principal| Administrator {
            account: &account.name,
            arn: &principal.arn,
            name: &principal.name,
            kind: principal.kind,
            condition: principal.admin_condition.as_deref().unwrap_or_default(),
            because: admin(principal),
        })
        .collect()
}
