//! Every condition operator: one row each.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use super::operand::{self, Operand};

/// What a condition does with a key's value.
#[derive(Debug)]
pub struct Operator {
    /// AWS's name, without `IfExists` and `ForAllValues:`.
    pub name: &'static str,
    /// Reads a value of the policy.
    pub(super) read: fn(&str, bool) -> Operand,
    /// Whether one value of the request matches one of the policy.
    pub(super) test: fn(&Operand, &str) -> bool,
    /// It holds where nothing matches.
    pub negated: bool,
    /// In a sentence: "aws:SourceIp *is in* 10.0.0.0/8".
    pub words: &'static str,
    /// The opposite, in a sentence.
    pub opposite: &'static str,
}

impl PartialEq for Operator {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Operator {}

const fn row(
    name: &'static str,
    read: fn(&str, bool) -> Operand,
    test: fn(&Operand, &str) -> bool,
    negated: bool,
    words: &'static str,
    opposite: &'static str,
) -> Operator {
    Operator { name, read, test, negated, words, opposite }
}

/// All of them, sorted by name. `ArnEquals` and `ArnLike` are the same to AWS.
pub static OPERATORS: &[Operator] = &[
    row("ArnEquals", operand::pattern, operand::arn_like, false, "is", "is not"),
    row("ArnLike", operand::pattern, operand::arn_like, false, "is like", "is not like"),
    row("ArnNotEquals", operand::pattern, operand::arn_like, true, "is not", "is"),
    row("ArnNotLike", operand::pattern, operand::arn_like, true, "is not like", "is like"),
    row("BinaryEquals", operand::bytes, operand::same_bytes, false, "is", "is not"),
    row("Bool", operand::flag, operand::same_flag, false, "is", "is not"),
    row("DateEquals", operand::date, operand::date_equal, false, "is", "is not"),
    row("DateGreaterThan", operand::date, operand::date_after, false, "is after", "is not after"),
    row("DateGreaterThanEquals", operand::date, operand::date_not_before, false, "is at or after", "is before"),
    row("DateLessThan", operand::date, operand::date_before, false, "is before", "is at or after"),
    row("DateLessThanEquals", operand::date, operand::date_not_after, false, "is at or before", "is after"),
    row("DateNotEquals", operand::date, operand::date_equal, true, "is not", "is"),
    row("IpAddress", operand::network, operand::in_network, false, "is in", "is not in"),
    row("NotIpAddress", operand::network, operand::in_network, true, "is not in", "is in"),
    row("Null", operand::flag, operand::same_flag, false, "is absent:", "is absent: not"),
    row("NumericEquals", operand::number, operand::equal, false, "=", "≠"),
    row("NumericGreaterThan", operand::number, operand::greater, false, ">", "≤"),
    row("NumericGreaterThanEquals", operand::number, operand::at_least, false, "≥", "<"),
    row("NumericLessThan", operand::number, operand::less, false, "<", "≥"),
    row("NumericLessThanEquals", operand::number, operand::at_most, false, "≤", ">"),
    row("NumericNotEquals", operand::number, operand::equal, true, "≠", "="),
    row("StringEquals", operand::text, operand::same_text, false, "is", "is not"),
    row("StringEqualsIgnoreCase", operand::text, operand::same_text_any_case, false, "is (in any case)", "is not (in any case)"),
    row("StringLike", operand::pattern, operand::like, false, "is like", "is not like"),
    row("StringNotEquals", operand::text, operand::same_text, true, "is not", "is"),
    row("StringNotEqualsIgnoreCase", operand::text, operand::same_text_any_case, true, "is not (in any case)", "is (in any case)"),
    row("StringNotLike", operand::pattern, operand::like, true, "is not like", "is like"),
];

/// The operator that a negated one is the opposite of.
#[must_use]
pub fn opposite(negated: &Operator) -> Option<&'static Operator> {
    let name = match negated.name {
        "ArnNotEquals" => "ArnEquals",
        "ArnNotLike" => "ArnLike",
        "DateNotEquals" => "DateEquals",
        "NotIpAddress" => "IpAddress",
        "NumericNotEquals" => "NumericEquals",
        "StringNotEquals" => "StringEquals",
        "StringNotEqualsIgnoreCase" => "StringEqualsIgnoreCase",
        "StringNotLike" => "StringLike",
        _ => return None,
    };
    operator(name)
}

/// The comparison that holds of just those values of which another one does not.
#[must_use]
pub fn turned(compared: &Operator) -> Option<&'static Operator> {
    let name = match compared.name {
        "DateGreaterThan" => "DateLessThanEquals",
        "DateGreaterThanEquals" => "DateLessThan",
        "DateLessThan" => "DateGreaterThanEquals",
        "DateLessThanEquals" => "DateGreaterThan",
        "NumericGreaterThan" => "NumericLessThanEquals",
        "NumericGreaterThanEquals" => "NumericLessThan",
        "NumericLessThan" => "NumericGreaterThanEquals",
        "NumericLessThanEquals" => "NumericGreaterThan",
        _ => return None,
    };
    operator(name)
}

/// An operator by its name, in any case.
#[must_use]
pub fn operator(name: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::condition::Condition;
    use crate::iam::context::Context;
    use crate::iam::truth::Truth;

    #[test]
    fn sorted_and_found() {
        assert!(OPERATORS.is_sorted_by_key(|operator| operator.name));
        for row in OPERATORS {
            assert_eq!(operator(&row.name.to_uppercase()), Some(row));
        }
    }

    /// Operator, value of the policy, value of the request, whether it holds.
    const CASES: &[(&str, &str, Option<&str>, bool)] = &[
        ("ArnEquals", "arn:aws:s3:::b*", Some("arn:aws:s3:::bucket"), true),
        ("ArnLike", "arn:aws:iam::*:role/x", Some("arn:aws:iam::111122223333:role/x"), true),
        ("ArnLike", "arn:aws:s*:::b", Some("arn:aws:s3:x:::b"), false),
        ("ArnLike", "arn:aws:sns:*:*:a:*", Some("arn:aws:sns:eu-west-1:1:a:b:c"), true),
        ("ArnLike", "*", Some("arn:aws:s3:::b"), true),
        ("ArnNotEquals", "arn:aws:s3:::b", Some("arn:aws:s3:::b"), false),
        ("ArnNotEquals", "arn:aws:s3:::b", Some("arn:aws:s3:::c"), true),
        ("ArnNotLike", "arn:aws:s3:::b*", None, true),
        ("BinaryEquals", "QmluYXJ5", Some("QmluYXJ5"), true),
        ("BinaryEquals", "QmluYXJ5", Some("QmluYXJz"), false),
        ("Bool", "true", Some("True"), true),
        ("Bool", "false", Some("true"), false),
        ("Bool", "true", None, false),
        ("BoolIfExists", "true", None, true),
        ("DateEquals", "2026-01-01T00:00:00Z", Some("1767225600"), true),
        ("DateGreaterThan", "2026-01-01", Some("2026-01-01T00:00:01Z"), true),
        ("DateGreaterThanEquals", "2026", Some("2026-01-01T00:00:00+00:00"), true),
        ("DateLessThan", "2026-01-01T01:00:00+01:00", Some("2026-01-01T00:00:00Z"), false),
        ("DateLessThan", "2026-01", Some("2025-12-31T23:59:59Z"), true),
        ("DateLessThanEquals", "2026-01-01T01:00:00+01:00", Some("2026-01-01T00:00:00Z"), true),
        ("DateNotEquals", "2026-01-01", Some("2026-01-02"), true),
        ("IpAddress", "203.0.113.0/24", Some("203.0.113.9"), true),
        ("IpAddress", "203.0.113.9", Some("203.0.113.9"), true),
        ("IpAddress", "203.0.113.9/8", Some("203.1.1.1"), true),
        ("IpAddress", "2001:db8::/32", Some("2001:db8:1::1"), true),
        ("IpAddress", "0.0.0.0/0", Some("::1"), false),
        ("IpAddress", "10.0.0.0/8", Some("10.1.0.0/16"), true),
        ("IpAddress", "10.1.0.0/16", Some("10.0.0.0/8"), false),
        ("NotIpAddress", "203.0.113.0/24", Some("203.0.113.9"), false),
        ("NotIpAddress", "203.0.113.0/24", None, true),
        ("NotIpAddress", "203.0.113.9", Some("2001:db8::1"), true),
        ("Null", "true", None, true),
        ("Null", "false", Some("x"), true),
        ("Null", "true", Some("x"), false),
        ("Null", "false", None, false),
        ("NumericEquals", "10", Some("10.0"), true),
        ("NumericGreaterThan", "10", Some("9"), false),
        ("NumericGreaterThan", "10", Some("11"), true),
        ("NumericGreaterThanEquals", "10", Some("10"), true),
        ("NumericLessThan", "10", Some("9.5"), true),
        ("NumericLessThanEquals", "10", Some("x"), false),
        ("NumericLessThanEquals", "10", Some("1e1"), true),
        ("NumericNotEquals", "10", Some("11"), true),
        ("NumericNotEquals", "10", None, true),
        ("StringEquals", "a*", Some("a*"), true),
        ("StringEquals", "a*", Some("ab"), false),
        ("StringEquals", "a", Some("A"), false),
        ("StringEqualsIgnoreCase", "Straße", Some("STRAßE"), true),
        ("StringLike", "a*?", Some("ab"), true),
        ("StringLike", "A*", Some("ab"), false),
        ("StringNotEquals", "a", None, true),
        ("StringNotEqualsIgnoreCase", "a", Some("A"), false),
        ("StringNotEqualsIgnoreCase", "a", Some("b"), true),
        ("StringNotLike", "a*", Some("b"), true),
        ("StringNotLikeIfExists", "a*", None, true),
    ];

    #[test]
    fn one_value() {
        for (name, policy, request, expected) in CASES {
            let mut context = Context::absent();
            if let Some(value) = request {
                context.set("k", [*value]);
            }
            let condition = Condition::new(name, "K", &[policy], true).unwrap();
            assert_eq!(condition.truth(&context), Truth::from(*expected), "{name} {policy} {request:?}");
        }
    }

    #[test]
    fn every_negated_operator_has_an_opposite() {
        for row in OPERATORS {
            assert_eq!(opposite(row).is_some(), row.negated, "{}", row.name);
        }
    }

    #[test]
    fn every_operator_has_a_case() {
        for row in OPERATORS {
            let named = |(name, ..): &&(&str, &str, Option<&str>, bool)| name.strip_suffix("IfExists").unwrap_or(name) == row.name;
            assert!(CASES.iter().any(|case| named(&case) && case.3), "{} never holds", row.name);
        }
    }
}
