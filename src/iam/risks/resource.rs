//! Whom a policy of a resource lets in. What is special about roles is in `trust`.

use super::narrow::{keeps_strangers_out, narrows};
use super::view::{Found, View, is_all, some_of};
use super::{Role, Rule, Severity, row};
use crate::iam::catalog::AccessLevel;
use crate::iam::policy::PrincipalName;
use crate::model::is_account_id;

const RESOURCE: &[Role] = &[Role::Resource];
const BOTH: &[Role] = &[Role::Resource, Role::Trust];

/// Sorted by id.
pub(super) static RULES: &[Rule] = &[
    row(
        "resource-deleted-principal",
        Severity::Low,
        BOTH,
        "Names a principal that was deleted",
        "AWS puts a unique id where the name of a deleted user or role was; a new one of the same name is not meant. Take it out.",
        deleted,
    ),
    row(
        "resource-not-principal",
        Severity::High,
        BOTH,
        "Allows everybody but some",
        "`NotPrincipal` with Allow lets in everybody else, strangers without an AWS account too. Name in `Principal` who is meant.",
        not_principal,
    ),
    row(
        "resource-other-account",
        Severity::Low,
        RESOURCE,
        "Shared with another account",
        "Principals of that account may use the resource, as its administrators decide. See that the account is known and still needs it.",
        |view| other_accounts(view, false),
    ),
    row(
        "resource-other-account-control",
        Severity::Medium,
        RESOURCE,
        "Another account may share it on",
        "The actions let that account change who may use the resource, so it can lock out the owner or let in others. Allow only what it \
         needs to read or write.",
        |view| other_accounts(view, true),
    ),
    row(
        "resource-public-by-header",
        Severity::High,
        RESOURCE,
        "Open to everybody who sends the right header",
        "Callers choose headers as the referer or the user agent themselves, and can leave none secret. Name principals, or limit it by \
         `aws:PrincipalOrgID` or `aws:SourceVpce`.",
        |view| if is_public(view) && asks_for_header(view) { public(view) } else { Vec::new() },
    ),
    row(
        "resource-public-objects",
        Severity::Low,
        RESOURCE,
        "Objects are open to everybody",
        "That is right for a web site and wrong for all else. Put CloudFront before the bucket, and turn on its public access block.",
        |view| public_kind(view, Public::Objects),
    ),
    row(
        "resource-public-read",
        Severity::High,
        RESOURCE,
        "Everybody can read",
        "No condition keeps strangers out. Name the principals, or limit it by `aws:PrincipalOrgID`, `aws:SourceArn` or `aws:SourceVpce`.",
        |view| public_kind(view, Public::Read),
    ),
    row(
        "resource-public-write",
        Severity::High,
        RESOURCE,
        "Everybody can do more than read",
        "No condition keeps strangers out of actions that write, run or share something. Name the principals, or limit it by \
         `aws:PrincipalOrgID`, `aws:SourceArn` or `aws:SourceVpce`.",
        |view| public_kind(view, Public::Write),
    ),
];

/// Values that callers make up.
const HEADERS: &[&str] = &["aws:referer", "aws:useragent", "sts:externalid"];

/// The account that is named, if it is one that is not the policy's own.
pub(super) fn foreign<'a>(view: &View<'_>, name: &'a PrincipalName) -> Option<&'a str> {
    let account = match name {
        PrincipalName::Account(account) => account.as_str(),
        PrincipalName::Arn(arn) => arn.split(':').nth(4)?,
        _ => return None,
    };
    let is_account = is_account_id(account);
    (is_account && !view.whole.account.is_empty() && account != view.whole.account).then_some(account)
}

/// The principals that an Allow names.
pub(super) fn names<'a>(view: &View<'a>) -> &'a [PrincipalName] {
    match &view.statement.principal {
        Some(clause) if view.allows() && !clause.negated => &clause.names,
        _ => &[],
    }
}

/// Whether an Allow names everybody, and no condition keeps strangers out.
pub(super) fn is_public(view: &View<'_>) -> bool {
    names(view).contains(&PrincipalName::Everyone) && !view.conditions().any(keeps_strangers_out)
}

fn asks_for_header(view: &View<'_>) -> bool {
    view.conditions().any(|condition| HEADERS.contains(&condition.key.lower()) && narrows(condition))
}

/// One thing found, at the principals.
pub(super) fn at_principals(view: &View<'_>, names: &[String]) -> Vec<Found> {
    if names.is_empty() { Vec::new() } else { vec![view.found(view.principals(), some_of(names))] }
}

fn public(view: &View<'_>) -> Vec<Found> {
    let actions = &view.statement.actions;
    let but = if actions.negated { "all but " } else { "" };
    at_principals(view, &[format!("* may {but}{}", some_of(&actions.written))])
}

#[derive(Clone, Copy, PartialEq)]
enum Public {
    Objects,
    Read,
    Write,
}

fn public_kind(view: &View<'_>, wanted: Public) -> Vec<Found> {
    if !is_public(view) || asks_for_header(view) {
        return Vec::new();
    }
    let catalog = view.whole.catalog;
    let set = view.statement.actions.set.difference(&view.whole.denied);
    let reads = |id| matches!(catalog.access_level(id), Some(AccessLevel::Read | AccessLevel::List));
    let is_object = |id| matches!(catalog.name(id), "s3:GetObject" | "s3:GetObjectVersion");
    let kind = match set {
        _ if set.is_empty() => return Vec::new(),
        _ if set.iter().all(is_object) => Public::Objects,
        _ if set.iter().all(reads) => Public::Read,
        _ => Public::Write,
    };
    if kind == wanted { public(view) } else { Vec::new() }
}

fn deleted(view: &View<'_>) -> Vec<Found> {
    let names = view.statement.principal.iter().flat_map(|clause| &clause.names);
    let deleted = names.filter_map(|name| match name {
        PrincipalName::Id(id) if id.starts_with("AIDA") || id.starts_with("AROA") => Some(id.clone()),
        _ => None,
    });
    at_principals(view, &deleted.collect::<Vec<_>>())
}

fn not_principal(view: &View<'_>) -> Vec<Found> {
    match &view.statement.principal {
        Some(clause) if clause.negated && view.allows() => {
            let but: Vec<String> = clause.names.iter().map(ToString::to_string).collect();
            at_principals(view, &[format!("all but {}", some_of(&but))])
        }
        _ => Vec::new(),
    }
}

fn other_accounts(view: &View<'_>, control: bool) -> Vec<Found> {
    let catalog = view.whole.catalog;
    let shares = |id| catalog.access_level(id) == Some(AccessLevel::PermissionsManagement);
    let actions = &view.statement.actions;
    let controls = actions.written.iter().any(|text| is_all(text)) || actions.set.iter().any(shares);
    let of_organization = |key: &str| key == "aws:principalorgid" || key == "aws:principalorgpaths";
    let limited = view.conditions().any(|condition| of_organization(condition.key.lower()) && narrows(condition));
    if controls != control || limited {
        return Vec::new();
    }
    let others: Vec<String> = names(view).iter().filter(|name| foreign(view, name).is_some()).map(ToString::to_string).collect();
    at_principals(view, &others)
}
