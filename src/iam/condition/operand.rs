//! The values of conditions, read once, and what it means that a value of the request matches one. A value that is not
//! of the operator's kind matches nothing.

use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ipnet::IpNet;

use crate::iam::policy::arn::ArnPattern;
use crate::iam::policy::pattern::Pattern;
use crate::iam::policy::template::Template;

/// A value as the policy has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    written: Template,
    meaning: Meaning,
}

#[derive(Debug, Clone, PartialEq)]
enum Meaning {
    /// A text or pattern, to be taken from the template.
    Text,
    Arn(ArnPattern),
    Number(f64),
    /// Nanoseconds since 1970.
    Date(i128),
    Flag(bool),
    Bytes(Vec<u8>),
    Network(IpNet),
    /// Not of the operator's kind.
    Bad,
}

impl Operand {
    /// The value, variables and all.
    pub(crate) fn template(&self) -> &Template {
        &self.written
    }

    /// The same operand where the variables have these values.
    pub(super) fn with(&self, pattern: &Pattern) -> Self {
        let meaning = match self.meaning {
            Meaning::Arn(_) => Meaning::Arn(ArnPattern::new(pattern)),
            ref other => other.clone(),
        };
        Self { written: Template::of(pattern.clone()), meaning }
    }

    /// The same operand where only some variables are known.
    pub(super) fn partly(&self, written: Template) -> Self {
        Self { written, meaning: self.meaning.clone() }
    }

    /// Whether the value is of the operator's kind.
    pub(super) fn is_sound(&self) -> bool {
        self.meaning != Meaning::Bad
    }

    /// The flag, if it is one.
    pub(super) fn flag(&self) -> Option<bool> {
        match self.meaning {
            Meaning::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    fn pattern(&self) -> Option<&Pattern> {
        self.written.fixed()
    }
}

fn fixed(text: &str, meaning: Option<Meaning>) -> Operand {
    Operand { written: Template::literal(text), meaning: meaning.unwrap_or(Meaning::Bad) }
}

pub(super) fn text(value: &str, variables: bool) -> Operand {
    Operand { written: Template::without_wildcards(value, variables), meaning: Meaning::Text }
}

pub(super) fn pattern(value: &str, variables: bool) -> Operand {
    let written = Template::new(value, variables);
    let arn = written.fixed().map_or_else(ArnPattern::any, ArnPattern::new);
    Operand { written, meaning: Meaning::Arn(arn) }
}

pub(super) fn bytes(value: &str, _: bool) -> Operand {
    fixed(value, BASE64_STANDARD.decode(value).ok().map(Meaning::Bytes))
}

pub(super) fn flag(value: &str, _: bool) -> Operand {
    fixed(value, read_flag(value).map(Meaning::Flag))
}

pub(super) fn number(value: &str, _: bool) -> Operand {
    fixed(value, read_number(value).map(Meaning::Number))
}

pub(super) fn date(value: &str, _: bool) -> Operand {
    fixed(value, read_date(value).map(Meaning::Date))
}

pub(super) fn network(value: &str, _: bool) -> Operand {
    fixed(value, read_network(value).map(Meaning::Network))
}

pub(super) fn same_text(operand: &Operand, value: &str) -> bool {
    operand.pattern().and_then(Pattern::literal).is_some_and(|text| text == value)
}

pub(super) fn same_text_any_case(operand: &Operand, value: &str) -> bool {
    operand.pattern().and_then(Pattern::literal).is_some_and(|text| text.to_lowercase() == value.to_lowercase())
}

pub(super) fn like(operand: &Operand, value: &str) -> bool {
    operand.pattern().is_some_and(|pattern| pattern.matches(value))
}

pub(super) fn arn_like(operand: &Operand, value: &str) -> bool {
    matches!(&operand.meaning, Meaning::Arn(arn) if arn.matches(value))
}

pub(super) fn same_bytes(operand: &Operand, value: &str) -> bool {
    matches!(&operand.meaning, Meaning::Bytes(bytes) if BASE64_STANDARD.decode(value).as_ref() == Ok(bytes))
}

pub(super) fn same_flag(operand: &Operand, value: &str) -> bool {
    matches!(operand.meaning, Meaning::Flag(flag) if read_flag(value) == Some(flag))
}

pub(super) fn in_network(operand: &Operand, value: &str) -> bool {
    matches!(operand.meaning, Meaning::Network(network) if read_network(value).is_some_and(|value| network.contains(&value)))
}

pub(super) fn equal(operand: &Operand, value: &str) -> bool {
    numbers(operand, value).is_some_and(|order| order.is_eq())
}

pub(super) fn greater(operand: &Operand, value: &str) -> bool {
    numbers(operand, value).is_some_and(|order| order.is_gt())
}

pub(super) fn at_least(operand: &Operand, value: &str) -> bool {
    numbers(operand, value).is_some_and(|order| order.is_ge())
}

pub(super) fn less(operand: &Operand, value: &str) -> bool {
    numbers(operand, value).is_some_and(|order| order.is_lt())
}

pub(super) fn at_most(operand: &Operand, value: &str) -> bool {
    numbers(operand, value).is_some_and(|order| order.is_le())
}

pub(super) fn date_equal(operand: &Operand, value: &str) -> bool {
    dates(operand, value).is_some_and(|order| order.is_eq())
}

pub(super) fn date_after(operand: &Operand, value: &str) -> bool {
    dates(operand, value).is_some_and(|order| order.is_gt())
}

pub(super) fn date_not_before(operand: &Operand, value: &str) -> bool {
    dates(operand, value).is_some_and(|order| order.is_ge())
}

pub(super) fn date_before(operand: &Operand, value: &str) -> bool {
    dates(operand, value).is_some_and(|order| order.is_lt())
}

pub(super) fn date_not_after(operand: &Operand, value: &str) -> bool {
    dates(operand, value).is_some_and(|order| order.is_le())
}

/// How the value of the request compares with that of the policy.
fn numbers(operand: &Operand, value: &str) -> Option<std::cmp::Ordering> {
    let Meaning::Number(number) = operand.meaning else { return None };
    read_number(value)?.partial_cmp(&number)
}

fn dates(operand: &Operand, value: &str) -> Option<std::cmp::Ordering> {
    let Meaning::Date(date) = operand.meaning else { return None };
    Some(read_date(value)?.cmp(&date))
}

fn read_flag(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn read_number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// An address alone is a network of one. Host bits are allowed: AWS ignores them.
fn read_network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// ISO 8601 as the W3C has it (from `2026` on), or seconds since 1970.
fn read_date(text: &str) -> Option<i128> {
    let text = text.trim();
    let midnight = |text: &str| Some(text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    match text.len() {
        4 if text.bytes().all(|byte| byte.is_ascii_digit()) => midnight(&format!("{text}-01-01")).map(|date| date.as_nanosecond()),
        7 if text.contains('-') => midnight(&format!("{text}-01")).map(|date| date.as_nanosecond()),
        _ => match text.parse::<f64>() {
            Ok(seconds) => Some(seconds_to_nanoseconds(seconds)),
            Err(_) => text.parse::<jiff::Timestamp>().ok().or_else(|| midnight(text)).map(|date| date.as_nanosecond()),
        },
    }
}

#[expect(clippy::cast_possible_truncation, reason = "casting saturates, and no date is that far away")]
fn seconds_to_nanoseconds(seconds: f64) -> i128 {
    (seconds * 1e9) as i128
}
