//! Roles that principals of other accounts of the estate can take on. Administrators of one account can be nobody in
//! another, so that they are sources here too.

use std::collections::HashMap;

use super::GraphError;
use super::aims::{alias, sessions_of};
use super::model::{Edge, Graph, place};
use super::source::is_service_linked;
use crate::iam::estate::{Account, Asker, Estate, Principal};
use crate::iam::policy::{Action, Effect, PrincipalName, Target};
use crate::iam::query::{Probe, Prober, ResourceSide};
use crate::iam::truth::Truth;

/// Roles by whom their trust policies name.
#[derive(Default)]
struct Named<'a> {
    account: HashMap<&'a str, Vec<&'a Principal>>,
    one: HashMap<String, Vec<&'a Principal>>,
    everybody: Vec<&'a Principal>,
}

/// Adds the ways between accounts.
pub(super) fn add(graph: &mut Graph, estate: &Estate) -> Result<(), GraphError> {
    if graph.accounts.len() < 2 {
        return Ok(());
    }
    let named = Named::of(estate);
    let technique = place("sts-001")?;
    let action = Action::new("sts:AssumeRole", estate.store.catalog());
    let mut edges = Vec::new();
    {
        let places = graph.by_arn();
        for (account, principal) in estate.accounts.iter().flat_map(|account| account.principals.iter().map(move |one| (account, one))) {
            let asker = Asker::of(account, principal);
            let roles = named.of_source(account, principal);
            if roles.is_empty() || is_service_linked(principal) || !may(estate, account, principal, &action) {
                continue;
            }
            let prober = Prober::new(estate, &asker);
            for role in roles {
                let target = Target::Arn(role.arn.clone());
                let truth = prober.ask(&Probe { action: &action, target: &target, keys: &[], side: ResourceSide::Own });
                let (Some(from), Some(to)) = (places.get(principal.arn.as_str()), places.get(role.arn.as_str())) else { continue };
                if truth != Truth::No {
                    edges.push(Edge { from: *from, to: *to, technique, certain: truth == Truth::Yes, via: None });
                }
            }
        }
    }
    graph.edges.extend(edges);
    Ok(())
}

/// In other accounts, nobody can do what its own policies do not allow.
fn may(estate: &Estate, account: &Account, principal: &Principal, action: &Action) -> bool {
    let mut policies = account.identity(principal).filter_map(|id| estate.store.get(id));
    policies.any(|stored| stored.policy.concerns(Effect::Allow, action))
}

impl<'a> Named<'a> {
    fn of(estate: &'a Estate) -> Self {
        let mut named = Self::default();
        for role in estate.accounts.iter().flat_map(|account| &account.principals).filter(|role| !is_service_linked(role)) {
            let Some(trust) = role.trust.and_then(|id| estate.store.get(id)) else { continue };
            trust.policy.lets_in().for_each(|name| named.add(role, name));
        }
        named
    }

    fn add(&mut self, role: &'a Principal, name: &'a PrincipalName) {
        match name {
            PrincipalName::Everyone => self.everybody.push(role),
            PrincipalName::Account(id) => self.account.entry(id).or_default().push(role),
            PrincipalName::Arn(arn) => self.one.entry(alias(arn)).or_default().push(role),
            PrincipalName::Id(id) => self.one.entry(id.clone()).or_default().push(role),
            _ => {}
        }
    }

    /// The roles of other accounts that name a principal or its account.
    fn of_source(&self, account: &Account, principal: &Principal) -> Vec<&'a Principal> {
        let session = sessions_of(&account.id, &principal.name);
        let one = [&principal.arn, &principal.id, &session].into_iter().filter_map(|name| self.one.get(name)).flatten();
        let of_account = self.account.get(account.id.as_str()).into_iter().flatten();
        let mut roles: Vec<&'a Principal> = self.everybody.iter().chain(of_account).chain(one).copied().collect();
        roles.retain(|role| role.arn.split(':').nth(4) != Some(account.id.as_str()));
        roles.sort_by_key(|role| role.arn.as_str());
        roles.dedup_by_key(|role| role.arn.as_str());
        roles
    }
}
