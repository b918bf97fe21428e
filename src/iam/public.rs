//! Whether S3 takes a bucket's policy for public.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>

use super::condition::Condition;
use super::policy::{Effect, Policy, PrincipalName, Statement};

/// Keys that narrow a statement when they are held to fixed values.
const NARROWING: [&str; 13] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
];

/// Keys whose values may have wildcards, where the account is fixed.
const NAMED: [&str; 1] = ["s3:dataaccesspointarn"];

/// Whether some statement allows more than fixed principals, addresses or sources.
#[must_use]
pub fn is_public(policy: &Policy) -> bool {
    policy.statements.iter().filter(|statement| statement.effect == Effect::Allow).any(|statement| !is_narrow(statement))
}

fn is_narrow(statement: &Statement) -> bool {
    let fixed = statement.principal.as_ref().is_some_and(|clause| {
        !clause.negated && clause.names.iter().all(|name| !matches!(name, PrincipalName::Everyone | PrincipalName::Federated(_)))
    });
    fixed || statement.conditions.iter().any(|condition| narrows(condition))
}

fn narrows(condition: &Condition) -> bool {
    let key = condition.key.lower();
    if condition.operator.negated || condition.if_exists || condition.holds_when_absent() {
        return false;
    }
    if key == "aws:sourceip" {
        return condition.templates().all(|value| value.fixed().is_some_and(|value| is_few_addresses(&value.to_string())));
    }
    let fixed = condition.templates().all(|value| value.fixed().is_some_and(|value| value.literal().is_some()));
    (NARROWING.contains(&key) && fixed) || NAMED.contains(&key)
}

/// Not wider than /8 of IPv4 or /32 of IPv6.
fn is_few_addresses(text: &str) -> bool {
    match text.parse::<ipnet::IpNet>() {
        Ok(ipnet::IpNet::V4(network)) => network.prefix_len() >= 8,
        Ok(ipnet::IpNet::V6(network)) => network.prefix_len() >= 32,
        Err(_) => text.parse::<std::net::IpAddr>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::catalog::Catalog;
    use serde_json::{Value, json};

    fn says(principal: &Value, condition: &Value) -> bool {
        let statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", "Condition": condition});
        is_public(&Policy::read(&json!({"Version": "2012-10-17", "Statement": [statement]}), Catalog::embedded().unwrap()))
    }

    #[test]
    fn as_s3_has_it() {
        for (condition, public) in [
            (json!({}), true),
            (json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}}), false),
            (json!({"StringLike": {"aws:SourceVpc": "vpc-*"}}), true),
            (json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), false),
            (json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), true),
            (json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), true),
            (json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), false),
            (json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}), true),
            (json!({"StringEquals": {"aws:Referer": "x"}}), true),
        ] {
            assert_eq!(says(&json!("*"), &condition), public, "{condition}");
        }
        assert!(!says(&json!({"AWS": "444455556666"}), &json!({})));
        assert!(says(&json!({"Federated": "graph.facebook.com"}), &json!({})));
    }
}
