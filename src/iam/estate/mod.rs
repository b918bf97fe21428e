//! What the snapshots say of principals, policies, resources and the organization, ready for questions.

mod account;
mod details;
mod facts;
mod grants;
mod guardrails;
mod home;
mod instances;
mod organization;
mod overlay;
mod resources;
mod select;
mod store;
mod withdraw;

use crate::iam::caller::{Caller, CallerKind};
use crate::iam::catalog::{Catalog, CatalogError};
use crate::iam::evaluate::Named;
use crate::model::{in_parallel, processors};
use crate::snapshot::{Snapshot, SnapshotError};

use store::Moved;

pub use account::{Account, Group, Principal};
pub use facts::is_global;
pub use guardrails::{Guard, Guardrail};
pub use home::Home;
pub use instances::Instances;
pub use organization::Organization;
pub use overlay::OverlayError;
pub use resources::{PolicyCalls, Resource, ResourcePolicy, Resources, policy_document};
pub(crate) use select::everybody;
pub use select::{Asker, Nobody, askers, session};
pub use store::{Origin, PolicyId, PolicyKind, Store, Stored};
pub use withdraw::Withdrawal;

/// Why the snapshots cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EstateError {
    /// A file of a snapshot cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// AWS's list of actions cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A file of a snapshot is not of the shape that its call answers with.
    #[error("`{file}` of the snapshot `{account}` is not what AWS answers: {problem}; collect it again, or remove it")]
    Odd {
        /// The file.
        file: String,
        /// The account's name.
        account: String,
        /// What is wrong.
        problem: crate::snapshot::jq::JqError,
    },
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}

/// Several accounts together.
#[derive(Debug, Clone)]
pub struct Estate {
    /// The accounts, in the order asked for.
    pub accounts: Vec<Account>,
    /// Every policy.
    pub store: Store,
    /// The organizations that the snapshots list.
    pub organizations: Vec<Organization>,
    /// The policies of resources.
    pub resources: Resources,
    /// Those whose policies are judged by `public` alone.
    pub exposed: Resources,
    /// Those, and the rest: of whatever may have a policy that names others.
    pub shared: Resources,
    /// The EC2 instances, and the tags of resources.
    pub instances: Instances,
}

impl Estate {
    /// Reads the accounts; `all` are the snapshots in which the organization may be listed.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn read(accounts: &[Snapshot], all: &[Snapshot]) -> Result<Self, EstateError> {
        let catalog = Catalog::embedded()?;
        let mut store = Store::new(catalog);
        let mut read = Vec::new();
        for found in in_parallel(accounts, processors(), |snapshot, (): &mut ()| account::read(snapshot, catalog)) {
            read.push(found?.join(&mut store));
        }
        count_once(&mut read);
        let mut organizations: Vec<Organization> = Vec::new();
        for snapshot in accounts.iter().chain(all) {
            let found = organization::read(snapshot, &mut store)?;
            organizations.extend(found.filter(|found| organizations.iter().all(|known| known.id != found.id)));
        }
        for (account, snapshot) in read.iter_mut().zip(accounts).filter(|(account, _)| !account.superseded) {
            join(account, snapshot, &mut organizations, &mut store)?;
        }
        distinguish(&mut read);
        Ok(Self {
            accounts: read,
            store,
            organizations,
            resources: Resources::default(),
            exposed: Resources::default(),
            shared: Resources::default(),
            instances: Instances::default(),
        })
    }

    /// Reads the policies of the accounts' resources too.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn with_resources(mut self, accounts: &[Snapshot]) -> Result<Self, EstateError> {
        let read = |(snapshot, account): (&Snapshot, &Account), store: &mut Store| {
            let (mut resources, mut instances) = (Resources::default(), Instances::default());
            resources.read(snapshot, &account.id, &account.partition, store)?;
            instances.read(snapshot, &account.id, &account.partition)?;
            Ok((resources, instances))
        };
        for ((resources, instances), moved) in self.of_each(accounts, read)? {
            self.resources.join(resources, &moved);
            self.instances.join(instances);
        }
        Ok(self)
    }

    /// Reads those of the resources of `data/exposed_policies.yaml` too.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn with_exposed(mut self, accounts: &[Snapshot]) -> Result<Self, EstateError> {
        let read = |(snapshot, account): (&Snapshot, &Account), store: &mut Store| {
            let mut resources = Resources::default();
            resources.read_exposed(snapshot, &account.id, &account.partition, store)?;
            Ok(resources)
        };
        for (resources, moved) in self.of_each(accounts, read)? {
            self.exposed.join(resources, &moved);
        }
        Ok(self)
    }

    /// Reads those of the resources of `data/exposed_policies.yaml` and `data/shared_policies.yaml` too.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn with_shared(mut self, accounts: &[Snapshot]) -> Result<Self, EstateError> {
        let read = |(snapshot, account): (&Snapshot, &Account), store: &mut Store| {
            let mut resources = Resources::default();
            resources.read_shared(snapshot, &account.id, &account.partition, store)?;
            Ok(resources)
        };
        for (resources, moved) in self.of_each(accounts, read)? {
            self.shared.join(resources, &moved);
        }
        Ok(self)
    }

    /// Reads something of each account that counts, on all processors, and takes in its policies.
    fn of_each<T: Send>(
        &mut self,
        accounts: &[Snapshot],
        read: impl Fn((&Snapshot, &Account), &mut Store) -> Result<T, EstateError> + Sync,
    ) -> Result<Vec<(T, Moved)>, EstateError> {
        let catalog = self.store.catalog();
        let counting: Vec<(&Snapshot, &Account)> = accounts.iter().zip(&self.accounts).filter(|(_, account)| !account.superseded).collect();
        let found = in_parallel(&counting, processors(), |one, (): &mut ()| {
            let mut store = Store::new(catalog);
            read(*one, &mut store).map(|found| (found, store))
        });
        found.into_iter().map(|found| found.map(|(found, store)| (found, self.store.absorb(store)))).collect()
    }

    /// The organization of an account.
    #[must_use]
    pub fn organization_of(&self, account: &str) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.has(account))
    }

    /// The SCPs that limit an account.
    #[must_use]
    pub fn scps(&self, account: &str) -> Option<Vec<Vec<Named<'_>>>> {
        self.organization_of(account)?.scps(account, &self.store)
    }

    /// The RCPs that limit an account's resources.
    #[must_use]
    pub fn rcps(&self, account: &str) -> Option<Vec<Vec<Named<'_>>>> {
        self.organization_of(account)?.rcps(account, &self.store)
    }

    /// The account of this id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// A user or role by its ARN.
    #[must_use]
    pub fn principal(&self, arn: &str) -> Option<(&Account, &Principal)> {
        let account = self.account(arn.split(':').nth(4)?)?;
        let at = account.principals.binary_search_by(|principal| principal.arn.as_str().cmp(arn)).ok()?;
        Some((account, account.principals.get(at)?))
    }
}

/// Of several snapshots of one account the latest counts; of equally late ones, the first.
fn count_once(accounts: &mut [Account]) {
    let all: Vec<_> = accounts.iter().map(|account| (account.id.clone(), account.collected.clone(), account.name.clone())).collect();
    for (at, account) in accounts.iter_mut().enumerate().filter(|(_, account)| !account.id.is_empty()) {
        let same = all.iter().enumerate().filter(|(_, (id, ..))| *id == account.id);
        let latest = same.max_by(|(one, (_, first, _)), (other, (_, second, _))| first.cmp(second).then(other.cmp(one)));
        if let Some((counts, (.., name))) = latest
            && counts != at
        {
            account.supersede(name);
        }
    }
}

/// At AWS, no two accounts have one canonical id; at emulators they have, and then it says nothing.
fn distinguish(accounts: &mut [Account]) {
    let all: Vec<Option<String>> = accounts.iter().map(|account| account.canonical.clone()).collect();
    for account in accounts {
        if all.iter().filter(|id| **id == account.canonical).count() > 1 {
            account.canonical = None;
        }
    }
}

/// Finds the organization of an account, and says what of it is not known.
fn join(account: &mut Account, snapshot: &Snapshot, organizations: &mut [Organization], store: &mut Store) -> Result<(), EstateError> {
    let membership = organization::membership(snapshot)?;
    account.organization = membership.as_ref().map(|(id, _)| id.clone());
    account.alone = membership.is_none() && organization::is_alone(snapshot)?;
    if let Some((id, _)) = &membership
        && let Some(own) = organizations.iter_mut().find(|organization| organization.id == *id)
    {
        own.admit(&account.id, store);
    }
    let known = organizations.iter().find(|organization| organization.has(&account.id));
    match (known, membership) {
        (Some(organization), _) => account.gaps.extend(organization.gaps.iter().cloned()),
        (None, Some((id, management))) if management != account.id => account.gaps.push(format!(
            "the service and resource control policies of organization {id} are not counted: its management account {management} is not here, or does not list this account"
        )),
        (None, None) => {
            let unlisted = organizations.iter().filter(|organization| organization.unlisted);
            account.gaps.extend(unlisted.map(|organization| {
                format!("whether organization {} limits this account is not known: its accounts were not collected", organization.id)
            }));
        }
        _ => {}
    }
    Ok(())
}

impl Principal {
    /// As the one who makes requests.
    #[must_use]
    pub fn caller(&self, account: &Account) -> Caller {
        Caller {
            kind: if self.is_role { CallerKind::Role } else { CallerKind::User },
            arn: self.arn.clone(),
            account: Some(account.id.clone()),
            lender: None,
            id: Some(self.id.clone()),
            canonical: account.canonical.clone(),
        }
    }
}
