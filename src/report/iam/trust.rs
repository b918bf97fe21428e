//! Who can take on which role.

use std::collections::BTreeMap;

use super::view::{Assumed, Assumer};
use crate::iam::context::Context;
use crate::iam::estate::{Account, Estate};
use crate::iam::formula::{Atom, Formula};
use crate::iam::policy::{Effect, Policy, PrincipalName};
use crate::iam::query::{Assumable, assumable_roles};

/// More roles than this are not listed for one principal.
const LISTED: usize = 100;

/// Whom a trust policy names, and under which conditions.
pub(super) fn assumable_by(policy: &Policy, account: &str) -> Vec<Assumer> {
    let mut assumers = Vec::new();
    for statement in policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let Some(clause) = &statement.principal else { continue };
        let context = Context::unknown();
        let when = Formula::all(statement.conditions.iter().map(|condition| Formula::atom(Atom::Condition(condition.resolve(&context)))));
        let condition = (when != Formula::Always).then(|| when.to_string());
        for name in &clause.names {
            let who = if clause.negated { format!("everybody but {name}") } else { name.to_string() };
            let held = statement.conditions.iter().any(|condition| condition.key.lower().ends_with(":sub"));
            let foreign = clause.negated || is_foreign(name, account) || (is_shared(name) && !held);
            assumers.push(Assumer { who, condition: condition.clone(), foreign });
        }
    }
    assumers
}

/// Whether a name is that of somebody outside the account; AWS's services, and providers that the account itself has
/// registered, are not.
fn is_foreign(name: &PrincipalName, account: &str) -> bool {
    match name {
        PrincipalName::Everyone | PrincipalName::Canonical(_) => true,
        PrincipalName::Account(id) => id != account,
        PrincipalName::Arn(arn) => arn.split(':').nth(4) != Some(account),
        PrincipalName::Service(_) | PrincipalName::Id(_) => false,
        PrincipalName::Federated(provider) => !provider.starts_with("arn:") || provider.split(':').nth(4) != Some(account),
    }
}

/// Whether a provider vouches for everybody's users: without a condition on the subject, anyone's may come.
fn is_shared(name: &PrincipalName) -> bool {
    const SHARED: [&str; 5] =
        ["token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com", "oidc.circleci.com"];
    let PrincipalName::Federated(provider) = name else { return false };
    SHARED.iter().any(|host| provider.rsplit("oidc-provider/").next().is_some_and(|provider| provider.starts_with(host)))
}

/// Which roles each principal of the account can take on, by the principal's place, and how many more.
pub(super) fn may_assume(estate: &Estate, account: &Account) -> Vec<(Vec<Assumed>, usize)> {
    let merged = |(roles, more): (Vec<Assumable<'_>>, usize)| {
        let mut by_condition: BTreeMap<Option<String>, (Vec<usize>, Vec<String>)> = BTreeMap::new();
        for role in roles {
            let (own, elsewhere) = by_condition.entry(role.condition.map(|words| words.to_string())).or_default();
            if std::ptr::eq(role.account, account) {
                own.push(role.place);
            } else {
                elsewhere.extend(role.account.principals.get(role.place).map(|role| role.arn.clone()));
            }
        }
        let entry = |(condition, (roles, elsewhere))| Assumed { roles, elsewhere, condition };
        (by_condition.into_iter().map(entry).collect(), more)
    };
    assumable_roles(estate, account, LISTED).into_iter().map(merged).collect()
}
