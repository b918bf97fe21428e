//! What would be if something that takes rights away were gone. The snapshot stays as it is.

use serde::Serialize;

use super::{Estate, PolicyId, PolicyKind, Store};
use crate::iam::policy::{Effect, Policy};

/// What takes rights away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// Permissions boundaries.
    Boundary,
    /// Statements that deny, in policies of users, groups and roles.
    Identity,
    /// Statements that deny, in trust policies and policies of resources.
    Resource,
}

impl Guard {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Scp, Self::Rcp, Self::Boundary, Self::Identity, Self::Resource];
}

/// One thing that takes rights away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guardrail {
    /// Its kind.
    pub guard: Guard,
    /// The policy, as answers call it; several where none of those on one level of the organization allows something.
    pub policies: Vec<String>,
    /// The statement that denies, from 0. None where the policy does not allow.
    pub statement: Option<usize>,
}

impl Estate {
    /// As if there were none of some kinds. None where that makes no difference.
    #[must_use]
    pub fn without_guards(&self, guards: &[Guard]) -> Option<Self> {
        let mut changed = self.clone();
        let mut differs = false;
        for guard in guards {
            differs |= match guard {
                Guard::Scp => changed.without_organization(PolicyKind::Scp),
                Guard::Rcp => changed.without_organization(PolicyKind::Rcp),
                Guard::Boundary => {
                    let principals = changed.accounts.iter_mut().flat_map(|account| &mut account.principals);
                    principals.filter_map(|principal| principal.boundary.take()).count() > 0
                }
                Guard::Identity => changed.store.without_denials(&changed.speaking()),
                Guard::Resource => {
                    let of_resource = |stored: &super::Stored| matches!(stored.kind, PolicyKind::Trust | PolicyKind::Resource);
                    changed.store.without_denials(&changed.store.places(of_resource))
                }
            };
        }
        differs.then_some(changed)
    }

    /// As if there were no such guardrail.
    pub fn remove_guardrail(&mut self, guardrail: &Guardrail) {
        let catalog = self.store.catalog();
        let ids: Vec<PolicyId> = guardrail.policies.iter().flat_map(|policy| self.store.all_called(policy)).collect();
        for id in &ids {
            match (guardrail.statement, guardrail.guard) {
                (Some(statement), _) => self.store.change(*id, |policy| policy.without(statement)),
                (None, Guard::Boundary) => {
                    for principal in self.accounts.iter_mut().flat_map(|account| &mut account.principals) {
                        principal.boundary.take_if(|boundary| boundary == id);
                    }
                }
                (None, _) => self.store.change(*id, |policy| policy.and_allows(Policy::everything(catalog))),
            }
        }
    }

    fn without_organization(&mut self, kind: PolicyKind) -> bool {
        let limits = self.store.iter().any(|stored| stored.kind == kind && !stored.name.contains("FullAWSAccess"));
        for organization in &mut self.organizations {
            organization.forget(kind);
        }
        limits
    }

    /// The policies of users, groups and roles.
    fn speaking(&self) -> Vec<PolicyId> {
        let own = |account: &super::Account| {
            let groups = account.groups.iter().flat_map(|group| group.inline.iter().chain(&group.attached));
            let principals = account.principals.iter().flat_map(|principal| principal.inline.iter().chain(&principal.attached));
            groups.chain(principals).copied().collect::<Vec<_>>()
        };
        let mut all: Vec<PolicyId> = self.accounts.iter().flat_map(own).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Store {
    fn change(&mut self, id: PolicyId, how: impl FnOnce(Policy) -> Policy) {
        let unknown = Policy::unknown("", self.catalog());
        if let Some(stored) = self.get_mut(id) {
            stored.policy = how(std::mem::replace(&mut stored.policy, unknown));
        }
    }

    /// Whether there were any.
    fn without_denials(&mut self, ids: &[PolicyId]) -> bool {
        let mut some = false;
        for id in ids {
            let denies = |stored: &super::Stored| stored.policy.statements.iter().any(|statement| statement.effect == Effect::Deny);
            if self.get(*id).is_some_and(denies) {
                self.change(*id, Policy::only_allows);
                some = true;
            }
        }
        some
    }
}
