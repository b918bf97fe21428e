//! `Principal` and `NotPrincipal`: whom a resource's policy is about.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use crate::model::is_account_id;

/// The principals of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalClause {
    /// `NotPrincipal`: all but these.
    pub negated: bool,
    /// Who is named.
    pub names: Vec<PrincipalName>,
}

/// One principal as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalName {
    /// `*`, with or without `AWS`.
    Everyone,
    /// An account, by its id or by the ARN of its root.
    Account(String),
    /// A user, role, role session or federated user by its ARN.
    Arn(String),
    /// A user or role by its unique id. AWS puts it where an ARN was when the principal is deleted.
    Id(String),
    /// An AWS service.
    Service(String),
    /// An identity provider: the ARN of a SAML or OIDC provider, or the name of one that AWS knows.
    Federated(String),
    /// An account by the canonical user id of S3.
    Canonical(String),
}

impl PrincipalName {
    /// Reads a value under `AWS`.
    #[must_use]
    pub fn aws(text: &str) -> Self {
        if text == "*" {
            return Self::Everyone;
        }
        if is_account_id(text) {
            return Self::Account(text.to_owned());
        }
        match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["arn", _, "iam", "", account, "root"] => Self::Account((*account).to_owned()),
            ["arn", ..] => Self::Arn(text.to_owned()),
            _ => Self::Id(text.to_owned()),
        }
    }
}

/// Account and role of a session's ARN, which lacks the path of the role: its name has to do.
#[must_use]
pub fn role_of_session(arn: &str) -> Option<(&str, &str)> {
    let (head, rest) = arn.split_once(":assumed-role/")?;
    Some((head.rsplit(':').next()?, rest.split('/').next()?))
}

impl std::fmt::Display for PrincipalName {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everyone => to.write_str("*"),
            Self::Account(name)
            | Self::Arn(name)
            | Self::Id(name)
            | Self::Service(name)
            | Self::Federated(name)
            | Self::Canonical(name) => to.write_str(name),
        }
    }
}
