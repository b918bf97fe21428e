//! What is wrong with a policy, and where. A policy with problems is still evaluated, as far as it can be read.

use std::fmt;

use crate::model::visible;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What.
    pub kind: ProblemKind,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The document, a statement or a block is not a JSON object.
    NotAnObject,
    /// A text, or a list of texts, was expected.
    NotAText,
    /// AWS knows no such element.
    UnknownElement(String),
    /// The element is written in another case than AWS's.
    OddCase(String),
    /// The statement lacks this element, and so matches nothing.
    Missing(&'static str),
    /// Both elements of a pair are there; the first one counts.
    Both(&'static str, &'static str),
    /// Neither `Allow` nor `Deny`: the statement has no effect.
    BadEffect(String),
    /// Neither `2012-10-17` nor `2008-10-17`.
    UnknownVersion(String),
    /// AWS has no such operator: whether the condition holds is unknown.
    UnknownOperator(String),
    /// The value is not of the operator's kind, and matches nothing.
    BadValue(String),
    /// Two statements have the same `Sid`.
    SameSid(String),
    /// The policy is of a kind that has no such element.
    NotHere(&'static str),
    /// AWS has no action like this.
    UnknownAction(String),
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => to.write_str("not a JSON object"),
            Self::NotAText => to.write_str("neither a text nor a list of texts"),
            Self::UnknownElement(name) => write!(to, "AWS knows no element `{}`", visible(name)),
            Self::OddCase(name) => write!(to, "AWS writes this `{}`", visible(name)),
            Self::Missing(name) => write!(to, "no `{name}`: the statement matches nothing"),
            Self::Both(first, second) => write!(to, "both `{first}` and `{second}`: the second is ignored"),
            Self::BadEffect(text) => write!(to, "`{}` is neither `Allow` nor `Deny`: the statement has no effect", visible(text)),
            Self::UnknownVersion(text) => write!(to, "AWS knows no version `{}`: read as 2012-10-17", visible(text)),
            Self::UnknownOperator(name) => write!(to, "AWS knows no operator `{}`: whether it holds is unknown", visible(name)),
            Self::BadValue(text) => write!(to, "`{}` is no value for this operator, and matches nothing", visible(text)),
            Self::SameSid(sid) => write!(to, "two statements are called `{}`", visible(sid)),
            Self::NotHere(name) => write!(to, "a policy of this kind has no `{name}`"),
            Self::UnknownAction(name) => write!(to, "AWS has no action like `{}`", visible(name)),
        }
    }
}
