//! Which roles of its own account each principal can take on.

use std::collections::HashMap;
use std::sync::Arc;

use super::Given;
use super::own::{Own, Place};
use super::parallel::in_parallel;
use super::targets::{Aim, aim};
use crate::iam::estate::{Account, Asker, Estate};
use crate::iam::evaluate::{conditions, decide, identity_allows};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Effect, Policy, PrincipalName, Target};
use crate::iam::truth::Truth;

/// A role that a principal can take on.
#[derive(Debug, Clone)]
pub struct Assumable {
    /// Its place among the account's principals.
    pub place: usize,
    /// Under which condition.
    pub condition: Option<Arc<str>>,
}

/// For each principal of the account the roles it can take on: at most `limit`, and how many more were not looked at.
#[must_use]
pub fn assumable_roles(estate: &Estate, account: &Account, limit: usize) -> Vec<(Vec<Assumable>, usize)> {
    let action = Action::new("sts:AssumeRole", estate.store.catalog());
    let given = Given::default();
    let roles: Vec<Role<'_>> = account
        .principals
        .iter()
        .enumerate()
        .filter_map(|(place, role)| {
            let trust = estate.store.get(role.trust?)?;
            let named = Named::of(&trust.policy, &account.id);
            (named.account || !named.arns.is_empty()).then(|| Role {
                place,
                aim: aim(estate, &action, Some(&Target::Arn(role.arn.clone()))),
                named,
            })
        })
        .collect();
    let mut by_arn: HashMap<&str, Vec<&Role<'_>>> = HashMap::new();
    for role in &roles {
        for arn in &role.named.arns {
            by_arn.entry(arn).or_default().push(role);
        }
    }
    let open: Vec<&Role<'_>> = roles.iter().filter(|role| role.named.account).collect();
    let any = aim(estate, &action, None);
    let search = Search { estate, action: &action, any: &any, open, by_arn, limit };
    let askers: Vec<Asker<'_>> =
        account.principals.iter().map(|principal| Asker { caller: principal.caller(account), known: Some((account, principal)) }).collect();
    in_parallel(&askers, true, |asker, (): &mut ()| vec![search.of(asker, &given)])
}

/// A role that somebody of the account may take on, as far as its trust policy goes.
struct Role<'a> {
    place: usize,
    aim: Aim<'a>,
    named: Named,
}

/// Whom of its account a trust policy names.
struct Named {
    /// The account as a whole, or everybody.
    account: bool,
    arns: Vec<String>,
}

impl Named {
    fn of(policy: &Policy, account: &str) -> Self {
        let mut named = Self { account: false, arns: Vec::new() };
        let allows = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        for clause in allows.filter_map(|statement| statement.principal.as_ref()) {
            named.account |= clause.negated;
            for name in &clause.names {
                match name {
                    PrincipalName::Everyone | PrincipalName::Id(_) => named.account = true,
                    PrincipalName::Account(id) => named.account |= id == account,
                    PrincipalName::Arn(arn) if arn.split(':').nth(4) == Some(account) => named.arns.push(arn.clone()),
                    _ => {}
                }
            }
        }
        named
    }
}

struct Search<'a> {
    estate: &'a Estate,
    action: &'a Action,
    any: &'a Aim<'a>,
    /// Roles whose trust policies name the account.
    open: Vec<&'a Role<'a>>,
    /// Roles whose trust policies name a principal.
    by_arn: HashMap<&'a str, Vec<&'a Role<'a>>>,
    limit: usize,
}

impl Search<'_> {
    fn of(&self, asker: &Asker<'_>, given: &Given) -> (Vec<Assumable>, usize) {
        let own = Own::new(self.estate, asker, given, &[]);
        let named = self.by_arn.get(asker.caller.arn.as_str()).map(Vec::as_slice).unwrap_or_default();
        let place = Place::next(None, &own, self.any, self.action);
        // Where only the account is named, the principal's own policies have to allow it.
        let may = identity_allows::<Truth>(&own.request(self.action, self.any, &place), &own.policies(self.any, &place)) != Truth::No;
        let mut candidates: Vec<&Role<'_>> = named.iter().chain(self.open.iter().filter(|_| may)).copied().collect();
        candidates.sort_by_key(|role| role.place);
        candidates.dedup_by_key(|role| role.place);
        let mut found = Vec::new();
        for (at, role) in candidates.iter().enumerate() {
            if found.len() == self.limit {
                return (found, candidates.len() - at);
            }
            // The context of the resource only narrows what is not known: a no without it is a no with it.
            let policies = own.policies(&role.aim, &place);
            if decide::<Truth>(&own.request(self.action, &role.aim, &place), &policies) == Truth::No {
                continue;
            }
            let here = Place::next(None, &own, &role.aim, self.action);
            let condition = match conditions(&own.request(self.action, &role.aim, &here), &own.policies(&role.aim, &here)) {
                Formula::Never => continue,
                Formula::Always => None,
                formula => Some(formula.to_string().into()),
            };
            found.push(Assumable { place: role.place, condition });
        }
        (found, 0)
    }
}
