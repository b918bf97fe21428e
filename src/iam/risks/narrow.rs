//! Whether a condition keeps strangers out. It is asked with made-up values: what lets them pass limits nothing.

use crate::iam::condition::Condition;
use crate::iam::context::Context;
use crate::iam::truth::Truth;

/// Public addresses from all over the Internet.
const ADDRESSES: &[&str] = &["3.1.2.3", "45.1.2.3", "80.1.2.3", "120.1.2.3", "150.1.2.3", "180.1.2.3", "210.1.2.3"];
/// One of the newer kind.
const ADDRESS_6: &str = "2600:1f00::1";

/// Keys that say who calls, or from where or on whose behalf, and that no stranger can choose.
const CALLERS: &[&str] = &[
    "aws:federatedprovider",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "elasticfilesystem:accessedviamounttarget",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
];

/// Whether the condition is about who calls, and keeps strangers out.
pub(super) fn keeps_strangers_out(condition: &Condition) -> bool {
    CALLERS.binary_search(&condition.key.lower()).is_ok() && narrows(condition)
}

/// Whether it turns somebody away: a request without the key, and one with a value that nobody thought of.
pub(super) fn narrows(condition: &Condition) -> bool {
    if condition.operator.name == "Null" {
        return false;
    }
    let refused = made_up(condition.key.lower()).iter().any(|value| refuses(condition, value));
    refused && !condition.holds_when_absent() && !names_any_account(condition) && !takes_any_address(condition)
}

/// Whether it holds for the whole Internet, of one kind of addresses at least.
pub(super) fn takes_any_address(condition: &Condition) -> bool {
    // Of a negated operator, they are the addresses for which it does not hold.
    let takes = |value: &str| refuses(condition, value) == condition.operator.negated;
    matches!(condition.operator.name, "IpAddress" | "NotIpAddress") && (ADDRESSES.iter().all(|value| takes(value)) || takes(ADDRESS_6))
}

/// Whether a request with this value is turned away.
pub(super) fn refuses(condition: &Condition, value: &str) -> bool {
    let mut context = Context::absent();
    context.set(condition.key.lower(), [value]);
    condition.truth(&context) == Truth::No
}

/// The values of a condition as they are written.
pub(super) fn values(condition: &Condition) -> Vec<String> {
    let single = |value| Condition { values: vec![value], ..condition.clone() };
    condition.values.iter().cloned().map(|value| single(value).values_in_words("")).collect()
}

/// An ARN of whatever account: a name that a stranger can have in an account of their own.
fn names_any_account(condition: &Condition) -> bool {
    let any = |arn: &String| arn.starts_with("arn:") && arn.split(':').nth(4).is_some_and(|account| account.contains(['*', '?']));
    !condition.operator.negated && condition.key.lower().ends_with("arn") && values(condition).iter().any(any)
}

fn made_up(key: &str) -> &'static [&'static str] {
    match key {
        "aws:sourceip" | "aws:vpcsourceip" => ADDRESSES,
        "aws:multifactorauthpresent" | "aws:principalisawsservice" | "elasticfilesystem:accessedviamounttarget" => &["false"],
        "aws:multifactorauthage" => &["999999999"],
        "aws:securetransport" => &["true"],
        "aws:sourcevpc" => &["vpc-0zz9"],
        "aws:sourcevpce" => &["vpce-0zz9"],
        "iam:passedtoservice" => &["zz9.amazonaws.com"],
        _ if key.ends_with("arn") => &["arn:aws:iam::999999999999:role/zz9"],
        _ if key.ends_with("orgid") => &["o-zz9zz9zz9z"],
        _ if key.ends_with("orgpaths") => &["o-zz9zz9zz9z/r-zz99/ou-zz99-zz99zz99/"],
        _ if key.ends_with("account") => &["999999999999"],
        _ => &["zz9-Zz9/zz9@zz9.example"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_sorted() {
        assert!(CALLERS.is_sorted());
    }

    #[test]
    fn strangers() {
        for (operator, key, value, expected) in [
            ("StringEquals", "aws:PrincipalOrgID", "o-abc", true),
            ("StringLike", "aws:PrincipalOrgID", "o-*", false),
            ("StringNotEquals", "aws:PrincipalOrgID", "o-abc", false),
            ("StringEqualsIfExists", "aws:SourceVpce", "vpce-1", false),
            ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a/*", false),
            ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a/*", true),
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*", true),
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin", false),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:::bucket", true),
            ("IpAddress", "aws:SourceIp", "203.0.113.0/24", true),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0", false),
            ("IpAddress", "aws:SourceIp", "::/0", false),
            ("Bool", "aws:PrincipalIsAWSService", "true", true),
            ("Bool", "aws:SecureTransport", "true", false),
            ("Null", "aws:PrincipalOrgID", "false", false),
            ("StringLike", "aws:Referer", "https://example.org/*", false),
            ("StringEquals", "sts:ExternalId", "secret", false),
        ] {
            let condition = Condition::new(operator, key, &[value], true).unwrap();
            assert_eq!(keeps_strangers_out(&condition), expected, "{operator} {key} {value}");
        }
    }
}
