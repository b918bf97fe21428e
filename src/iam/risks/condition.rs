//! Conditions that do not do what they seem to do.

use super::lists::{self, List};
use super::narrow::{refuses, takes_any_address, values};
use super::view::{Found, View, some_of};
use super::{ANY, GIVING, LIMITING, Rule, Severity, row};
use crate::iam::condition::{Condition, Quantifier};

/// Sorted by id.
pub(super) static RULES: &[Rule] = &[
    row(
        "condition-any-address",
        Severity::Medium,
        ANY,
        "The addresses are the whole Internet",
        "The condition looks like a limit to networks, and every address is in them. Name the networks that are meant, or take the \
         condition out.",
        |view| each(view, takes_any_address),
    ),
    row(
        "condition-any-value",
        Severity::Low,
        GIVING,
        "Any value will do",
        "A pattern of stars asks only that the request has the key. Name the values that are meant; if its presence is what is meant, \
         `Null` says so.",
        |view| each(view, |condition| view.allows() && any_value(condition)),
    ),
    row(
        "condition-deny-misses-mfa",
        Severity::Medium,
        LIMITING,
        "The Deny does not catch access keys",
        "Requests that are signed with a user's access key have no `aws:MultiFactorAuthPresent` at all, so that they pass. Write \
         `BoolIfExists`, which holds without the key too.",
        |view| each(view, |condition| view.denies() && mfa_denied(condition) && !condition.holds_when_absent()),
    ),
    row(
        "condition-exempt-by-name",
        Severity::Low,
        LIMITING,
        "Exempt is whoever has such a name",
        "Who may create a role whose name fits the pattern is free of the Deny. Write out the names, and deny changes of these roles.",
        |view| each(view, |condition| view.denies() && exempts_by_name(condition)),
    ),
    row(
        "condition-for-all-values",
        Severity::Medium,
        GIVING,
        "Holds when the key is absent",
        "`ForAllValues` is true of no values, so that a request without the key is allowed. Add `Null` with `false` for the same key, or \
         use `ForAnyValue`.",
        |view| each(view, |condition| view.allows() && all_of_none(view, condition)),
    ),
    row(
        "condition-if-exists",
        Severity::Low,
        GIVING,
        "The caller can leave the key out",
        "With `IfExists` a request without the key is allowed, and it is the caller who decides whether to send it. Take `IfExists` off.",
        |view| each(view, |condition| view.allows() && condition.if_exists && is_optional(condition.key.lower())),
    ),
    row(
        "condition-literal-wildcard",
        Severity::Medium,
        ANY,
        "A star that is only a star",
        "`StringEquals` and its kin know no wildcards: the value matches nothing but itself, so that this does not hold, or always. Use \
         `StringLike`.",
        |view| each(view, literal_wildcard),
    ),
    row(
        "condition-mfa-exempts-iam",
        Severity::High,
        LIMITING,
        "Without MFA, IAM can still be changed",
        "Everything is denied without MFA but actions that give the caller rights, new credentials or another MFA device. Exempt only \
         what it takes to set up a first device.",
        mfa_exempts_iam,
    ),
    row(
        "condition-mfa-optional",
        Severity::High,
        GIVING,
        "MFA is not needed",
        "The condition holds for requests that say nothing of MFA, as those that are signed with access keys. Use `Bool` with `true`, \
         without `IfExists`.",
        |view| each(view, |condition| view.allows() && mfa_optional(condition)),
    ),
    row(
        "condition-private-address",
        Severity::Low,
        ANY,
        "`aws:SourceIp` is never a private address",
        "It is the public address of the caller, and absent where a request comes through a VPC endpoint. Use `aws:VpcSourceIp` together \
         with `aws:SourceVpc`.",
        |view| each(view, |condition| condition.key.lower() == "aws:sourceip" && values(condition).iter().any(|value| is_private(value))),
    ),
];

/// What nobody should be able to do without MFA, besides changing its own rights.
static CREDENTIALS: List = List::new(&[
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:DeactivateMFADevice",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
]);

/// Keys that a caller may leave out: by not sending a parameter, or by taking another way.
const OPTIONAL: &[&str] = &[
    "aws:principalorgid",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "sts:externalid",
    "sts:rolesessionname",
    "sts:sourceidentity",
];

fn each(view: &View<'_>, test: impl Fn(&Condition) -> bool) -> Vec<Found> {
    let tested = view.conditions().filter(|condition| test(condition));
    tested.map(|condition| Found { pointer: view.condition(condition), detail: shown(condition) }).collect()
}

/// Key and values.
pub(super) fn shown(condition: &Condition) -> String {
    format!("{}: {}", condition.key, some_of(&values(condition)))
}

fn any_value(condition: &Condition) -> bool {
    let pattern = matches!(condition.operator.name, "StringLike" | "ArnLike" | "ArnEquals");
    // Whether a tag is there at all is what is often meant.
    let is_tag = ["tag/", "encryptioncontext:"].iter().any(|part| condition.key.lower().contains(part));
    pattern && !is_tag && values(condition).iter().any(|value| !value.is_empty() && value.bytes().all(|byte| byte == b'*'))
}

fn is_mfa(condition: &Condition) -> bool {
    matches!(condition.key.lower(), "aws:multifactorauthpresent" | "aws:multifactorauthage")
}

/// Whether it holds for a session without MFA, or with one that is too old, but not for a fresh one.
fn mfa_denied(condition: &Condition) -> bool {
    match condition.key.lower() {
        "aws:multifactorauthpresent" => !refuses(condition, "false") && refuses(condition, "true"),
        "aws:multifactorauthage" => !refuses(condition, "999999999") && refuses(condition, "0"),
        _ => false,
    }
}

fn mfa_optional(condition: &Condition) -> bool {
    let refused = if condition.key.lower() == "aws:multifactorauthage" { "999999999" } else { "false" };
    is_mfa(condition) && condition.operator.name != "Null" && refuses(condition, refused) && condition.holds_when_absent()
}

fn mfa_exempts_iam(view: &View<'_>) -> Vec<Found> {
    let actions = &view.statement.actions;
    let without_mfa = |condition: &Condition| {
        mfa_denied(condition) || (is_mfa(condition) && condition.holds_when_absent() && condition.asks_for_absence() == Some(true))
    };
    if !view.denies() || !actions.negated || !view.conditions().any(without_mfa) {
        return Vec::new();
    }
    let catalog = view.whole.catalog;
    let exempt = lists::OWN_RIGHTS.set(catalog).union(CREDENTIALS.set(catalog)).difference(&actions.set);
    if exempt.is_empty() {
        return Vec::new();
    }
    vec![view.found(view.actions(), view.names(&exempt))]
}

/// Names with a star, save for those that only AWS can give.
fn exempts_by_name(condition: &Condition) -> bool {
    let of_aws = |arn: &str| arn.contains(":role/aws-reserved/") || arn.contains(":role/aws-service-role/");
    let open = |arn: &String| !of_aws(arn) && arn.splitn(6, ':').nth(5).is_some_and(|name| name.contains(['*', '?']));
    condition.operator.negated && condition.key.lower() == "aws:principalarn" && values(condition).iter().any(open)
}

fn all_of_none(view: &View<'_>, condition: &Condition) -> bool {
    // No tag keys are no tags, which is what is mostly meant; a grant always has operations.
    let harmless = matches!(condition.key.lower(), "aws:tagkeys" | "kms:grantoperations");
    let demanded =
        |other: &Condition| other.key == condition.key && (!other.holds_when_absent() || other.asks_for_absence() == Some(false));
    condition.quantifier == Quantifier::All && condition.operator.name != "Null" && !harmless && !view.conditions().any(demanded)
}

fn is_optional(key: &str) -> bool {
    OPTIONAL.binary_search(&key).is_ok() || key.starts_with("aws:requesttag/")
}

fn literal_wildcard(condition: &Condition) -> bool {
    let exact =
        matches!(condition.operator.name, "StringEquals" | "StringNotEquals" | "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase");
    exact && values(condition).iter().any(|value| value.contains('*'))
}

fn is_private(value: &str) -> bool {
    match value.split('/').next().and_then(|address| address.trim().parse().ok()) {
        Some(std::net::IpAddr::V4(address)) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Some(std::net::IpAddr::V6(address)) => address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn optional_keys_are_sorted() {
        assert!(super::OPTIONAL.is_sorted());
    }
}
