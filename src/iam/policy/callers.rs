//! Whether statements tell one user or role from another.

use super::{PrincipalName, Statement};
use crate::iam::condition::Condition;

/// Keys of all requests that say nothing of who asks, but that it is a user or a role.
const NOT_OF_CALLERS: [&str; 11] = [
    "aws:currenttime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:tagkeys",
];

/// Whether resources, or values of conditions, are told by something of who asks.
pub(crate) fn is_personal(statement: &Statement) -> bool {
    let in_values = statement.conditions.iter().flat_map(|condition| &condition.values).flat_map(|value| value.template().variables());
    let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
    let in_patterns = patterns.flat_map(|resource| resource.template.variables());
    in_values.chain(in_patterns).any(|key| is_of_caller(key.lower()))
}

/// The conditions that look at nothing but who asks.
pub(crate) fn of_callers<'s>(statements: impl Iterator<Item = &'s Statement>) -> impl Iterator<Item = &'s Condition> {
    statements.flat_map(|statement| &statement.conditions).map(AsRef::as_ref).filter(|condition| is_of_caller(condition.key.lower()))
}

/// Whether a key, in lower case, may differ between one who asks and another.
pub(crate) fn is_of_caller(key: &str) -> bool {
    let of_all = key.starts_with("aws:") && !key.starts_with("aws:resourcetag/") && !key.starts_with("aws:requesttag/");
    (of_all && NOT_OF_CALLERS.binary_search(&key).is_err()) || key.starts_with("ec2:source") || key.starts_with("ec2:role")
}

/// Whether it may say one thing of one user or role, and another of another one of the same account and kind.
pub(crate) fn tells_apart(statement: &Statement) -> bool {
    let whole = |name: &PrincipalName| {
        matches!(name, PrincipalName::Everyone | PrincipalName::Account(_) | PrincipalName::Service(_) | PrincipalName::Federated(_))
    };
    let named = statement.principal.as_ref().is_some_and(|clause| clause.negated || !clause.names.iter().all(whole));
    named || is_personal(statement) || of_callers(std::iter::once(statement)).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted() {
        assert!(NOT_OF_CALLERS.is_sorted());
    }
}
