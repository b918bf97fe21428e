//! What would be left if a statement no longer allowed something. The snapshot stays as it is.

use std::collections::BTreeSet;

use super::{Account, Estate, PolicyId, Store};
use crate::iam::policy::Action;

/// Something that a statement should no longer allow.
#[derive(Debug, Clone, Copy)]
pub struct Withdrawal<'a> {
    /// The policy, as answers call it.
    pub policy: &'a str,
    /// The statement, from 0.
    pub statement: usize,
    /// The actions.
    pub actions: &'a BTreeSet<String>,
    /// Take the whole policy off this principal instead.
    pub detach_from: Option<&'a str>,
}

impl Estate {
    /// Makes a withdrawal, for all that have the policy.
    pub fn withdraw(&mut self, withdrawal: &Withdrawal<'_>) {
        let policies = self.store.all_called(withdrawal.policy);
        match withdrawal.detach_from {
            Some(principal) => {
                for account in &mut self.accounts {
                    detach(account, principal, &policies);
                }
            }
            None => {
                for id in policies {
                    limit(&mut self.store, id, withdrawal);
                }
            }
        }
    }
}

fn limit(store: &mut Store, id: PolicyId, withdrawal: &Withdrawal<'_>) {
    let catalog = store.catalog();
    let actions = withdrawal.actions.iter().filter_map(|name| Action::new(name, catalog).id).collect();
    if let Some(stored) = store.get_mut(id) {
        stored.policy.withdraw(withdrawal.statement, &actions);
    }
}

/// A principal has a policy by a group too: it leaves the group then, and keeps what else that gave.
fn detach(account: &mut Account, principal: &str, policies: &[PolicyId]) {
    let groups = &account.groups;
    let Some(principal) = account.principals.iter_mut().find(|known| known.arn == principal) else { return };
    for group in std::mem::take(&mut principal.groups) {
        match groups.get(group) {
            Some(left) if left.attached.iter().any(|id| policies.contains(id)) => {
                principal.attached.extend(&left.attached);
                principal.inline.extend(&left.inline);
            }
            _ => principal.groups.push(group),
        }
    }
    principal.attached.retain(|id| !policies.contains(id));
}
