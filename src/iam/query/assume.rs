//! Which roles each principal can take on, of its own account and of the others here.

use std::collections::HashMap;
use std::sync::Arc;

use super::Given;
use super::own::{Own, Place};
use super::targets::{Aim, aim};
use crate::iam::estate::{Account, Asker, Estate, Home, Principal};
use crate::iam::evaluate::{conditions, decide, identity_allows};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Policy, PrincipalName, Target, role_of_session};
use crate::iam::truth::Truth;
use crate::model::{in_parallel, processors};

/// A role that a principal can take on.
#[derive(Debug, Clone)]
pub struct Assumable<'a> {
    /// The role's account.
    pub account: &'a Account,
    /// Its place among the account's principals.
    pub place: usize,
    /// Under which condition.
    pub condition: Option<Arc<str>>,
}

/// For each principal of the account the roles it can take on, those of its own account first: at most `limit`, and how
/// many more were not looked at.
#[must_use]
pub fn assumable_roles<'a>(estate: &'a Estate, account: &'a Account, limit: usize) -> Vec<(Vec<Assumable<'a>>, usize)> {
    let action = Action::new("sts:AssumeRole", estate.store.catalog());
    let given = Given::default();
    let others = estate.accounts.iter().filter(|other| !std::ptr::eq(*other, account));
    let all = std::iter::once(account).chain(others).flat_map(|of| of.principals.iter().enumerate().map(move |role| (of, role)));
    let trusted = |(of, (place, role)): (&'a Account, (usize, &'a Principal))| {
        let named = Named::of(&estate.store.get(role.trust?)?.policy, &account.id);
        let (account, named_at_all) = (of, named.account || !named.arns.is_empty());
        named_at_all.then(|| (account, place, aim(estate, &action, Some(&Target::Arn(role.arn.clone()))), named))
    };
    let roles: Vec<Role<'_>> = all
        .filter_map(trusted)
        .enumerate()
        .map(|(order, (account, place, aim, named))| Role { order, account, place, aim, named })
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
    let home = Home::of(estate, account);
    let askers: Vec<Asker<'_>> = account.principals.iter().filter_map(|principal| Asker::of(&home, principal)).collect();
    in_parallel(&askers, processors(), |asker, (): &mut ()| search.of(asker, &given))
}

/// A role that somebody of the account may take on, as far as its trust policy goes.
struct Role<'a> {
    /// Where it stands among all of them.
    order: usize,
    account: &'a Account,
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
        for name in policy.lets_in() {
            match name {
                PrincipalName::Everyone | PrincipalName::Id(_) => named.account = true,
                PrincipalName::Account(id) => named.account |= id == account,
                PrincipalName::Arn(arn) if arn.split(':').nth(4) == Some(account) => {
                    named.arns.push(role_of_session(arn).map_or_else(|| arn.clone(), |(_, role)| format!("session of {role}")));
                }
                _ => {}
            }
        }
        named
    }
}

struct Search<'a, 'e> {
    estate: &'a Estate,
    action: &'a Action,
    any: &'a Aim<'a>,
    /// Roles whose trust policies name the account.
    open: Vec<&'a Role<'e>>,
    /// Roles whose trust policies name a principal.
    by_arn: HashMap<&'a str, Vec<&'a Role<'e>>>,
    limit: usize,
}

impl<'e> Search<'_, 'e> {
    fn of(&self, asker: &Asker<'_>, given: &Given) -> (Vec<Assumable<'e>>, usize) {
        let own = Own::new(self.estate, asker, given, &[]);
        let by = |name: &str| self.by_arn.get(name).map(Vec::as_slice).unwrap_or_default();
        let session = format!("session of {}", asker.caller.arn.rsplit('/').next().unwrap_or_default());
        let named = by(&asker.caller.arn).iter().chain(by(&session));
        let place = Place::next(None, &own, self.any, self.action);
        // Where only the account is named, the principal's own policies have to allow it.
        let may = identity_allows::<Truth>(&own.request(self.action, self.any, &place), &own.policies(self.any, &place)) != Truth::No;
        let mut candidates: Vec<&Role<'e>> = named.chain(self.open.iter().filter(|_| may)).copied().collect();
        candidates.sort_by_key(|role| role.order);
        candidates.dedup_by_key(|role| role.order);
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
            found.push(Assumable { account: role.account, place: role.place, condition });
        }
        (found, 0)
    }
}
