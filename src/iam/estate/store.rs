//! All policies of an estate, each read once, however often it is attached.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::iam::catalog::{Catalog, CatalogError, managed_policy};
use crate::iam::evaluate::Named;
use crate::iam::formula::Atom;
use crate::iam::policy::Policy;

/// A policy's place in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(usize);

impl PolicyId {
    /// The place as a number, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// What a policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// Managed by AWS.
    Aws,
    /// Managed by the customer.
    Customer,
    /// Part of one user, group or role.
    Inline,
    /// The trust policy of a role.
    Trust,
    /// The policy of a resource.
    Resource,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// Handed in with a question.
    Given,
}

impl PolicyKind {
    /// Whether such policies say whom they are about.
    fn names_principals(self) -> bool {
        matches!(self, Self::Trust | Self::Resource | Self::Rcp)
    }
}

/// What tells a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// A file of the account's snapshot; empty where none is known.
    pub file: String,
    /// Where in the file its text stands, if that is known: a JSON pointer.
    pub place: Option<String>,
    /// Of a policy that was made of something else: what in the file each of its statements stands for, by JSON pointer.
    pub made_of: Vec<String>,
}

/// A policy with its name and text.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What to call it in answers: the ARN, or the name and whose it is.
    pub name: String,
    /// What it is.
    pub kind: PolicyKind,
    /// The text.
    pub document: Value,
    /// As the engine reads it.
    pub policy: Policy,
    /// What tells the policy of a resource.
    pub origin: Origin,
}

/// The policies.
#[derive(Debug, Clone)]
pub struct Store {
    catalog: &'static Catalog,
    policies: Vec<Stored>,
    by_name: HashMap<String, PolicyId>,
    /// Those that nothing here tells, by their names: another account may.
    borrowed: BTreeSet<PolicyId>,
}

/// Where the policies of a store are that another one took in, by their places.
#[derive(Debug)]
pub(super) struct Moved(Vec<PolicyId>);

impl Moved {
    pub(super) fn place(&self, id: PolicyId) -> PolicyId {
        self.0.get(id.0).copied().unwrap_or(id)
    }
}

impl Store {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        Self { catalog, policies: Vec::new(), by_name: HashMap::new(), borrowed: BTreeSet::new() }
    }

    /// The list of actions that the policies are read with.
    #[must_use]
    pub fn catalog(&self) -> &'static Catalog {
        self.catalog
    }

    /// Takes in the policies of another store, as if they had been added here.
    pub(super) fn absorb(&mut self, other: Self) -> Moved {
        let mut places = Vec::with_capacity(other.policies.len());
        for (at, stored) in other.policies.into_iter().enumerate() {
            let known = if other.borrowed.contains(&PolicyId(at)) { self.find(&stored.name) } else { None };
            places.push(known.unwrap_or_else(|| {
                let id = PolicyId(self.policies.len());
                self.by_name.insert(stored.name.clone(), id);
                self.policies.push(stored);
                id
            }));
        }
        Moved(places)
    }

    /// Takes a policy in. One of the same name is replaced for those who ask from now on.
    pub fn add(&mut self, name: String, kind: PolicyKind, document: Value) -> PolicyId {
        let id = PolicyId(self.policies.len());
        let policy = self.read(kind, &document);
        self.by_name.insert(name.clone(), id);
        self.policies.push(Stored { name, kind, document, policy, origin: Origin::default() });
        id
    }

    /// Takes in the policy of a resource, and which file tells it.
    pub(super) fn add_of_resource(&mut self, name: String, document: Value, origin: Origin) -> PolicyId {
        let id = self.add(name, PolicyKind::Resource, document);
        if let Some(stored) = self.policies.get_mut(id.0) {
            stored.origin = origin;
        }
        id
    }

    /// Reads a policy, and says what is wrong with it.
    pub(super) fn read(&self, kind: PolicyKind, document: &Value) -> Policy {
        let mut policy = Policy::read(document, self.catalog);
        let misplaced = policy.misplaced(kind.names_principals());
        policy.problems.extend(misplaced);
        policy
    }

    /// Takes in a policy that is found by its id, and called otherwise in answers.
    pub(super) fn add_called(&mut self, id: String, name: String, kind: PolicyKind, document: Value) -> PolicyId {
        let place = self.add(name, kind, document);
        self.by_name.insert(id, place);
        place
    }

    /// Takes in a policy again, of which it is not known whether it counts.
    pub(super) fn add_doubtful(&mut self, known: PolicyId, doubt: &Atom) -> PolicyId {
        let id = PolicyId(self.policies.len());
        if let Some(mut stored) = self.get(known).cloned() {
            for statement in &mut stored.policy.statements {
                statement.unreadable.get_or_insert_with(|| doubt.clone());
            }
            self.policies.push(stored);
        }
        id
    }

    /// Takes in a policy of which only the name is known.
    pub fn add_unknown(&mut self, name: String, kind: PolicyKind) -> PolicyId {
        let id = PolicyId(self.policies.len());
        let policy = Policy::unknown(&name, self.catalog);
        self.by_name.insert(name.clone(), id);
        self.policies.push(Stored { name, kind, document: Value::Null, policy, origin: Origin::default() });
        id
    }

    /// Takes in grants of which only the name is known: they may allow anything, and deny nothing.
    pub(super) fn add_unknown_grants(&mut self, name: String) -> PolicyId {
        let id = self.add_unknown(name, PolicyKind::Resource);
        if let Some(stored) = self.policies.get_mut(id.0) {
            stored.policy = std::mem::replace(&mut stored.policy, Policy::unknown("", self.catalog)).only_allows();
        }
        id
    }

    /// Changes the text of a policy, for all that have it.
    pub fn replace(&mut self, id: PolicyId, document: Value) {
        let Some(kind) = self.get(id).map(|stored| stored.kind) else { return };
        let policy = self.read(kind, &document);
        if let Some(stored) = self.policies.get_mut(id.0) {
            stored.document = document;
            stored.policy = policy;
        }
    }

    /// All policies of a name: of those that AWS manages, each account has a copy.
    pub(super) fn all_called(&self, name: &str) -> Vec<PolicyId> {
        let called = |at: &usize| self.policies.get(*at).is_some_and(|stored| stored.name == name);
        let mut found: Vec<PolicyId> = (0..self.policies.len()).filter(called).map(PolicyId).collect();
        found.extend(self.find(name));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The places of some policies.
    pub(super) fn places(&self, wanted: impl Fn(&Stored) -> bool) -> Vec<PolicyId> {
        self.policies.iter().enumerate().filter(|(_, stored)| wanted(stored)).map(|(at, _)| PolicyId(at)).collect()
    }

    /// A policy by its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<PolicyId> {
        self.by_name.get(name).copied()
    }

    /// A managed policy by its ARN. Those of AWS that the snapshot lacks are known all the same.
    pub(super) fn managed(&mut self, arn: &str) -> Result<Option<PolicyId>, CatalogError> {
        if let Some(id) = self.find(arn) {
            return Ok(Some(id));
        }
        let Some(known) = managed_policy(arn)? else { return Ok(None) };
        let document = serde_json::from_str(known.document).unwrap_or(Value::Null);
        let id = self.add(arn.to_owned(), PolicyKind::Aws, document);
        self.borrowed.insert(id);
        Ok(Some(id))
    }

    /// Takes in a managed policy of which only the ARN is known.
    pub(super) fn add_missing(&mut self, arn: &str) -> PolicyId {
        let id = self.add_unknown(arn.to_owned(), PolicyKind::Customer);
        self.borrowed.insert(id);
        id
    }

    /// A policy by its place.
    #[must_use]
    pub fn get(&self, id: PolicyId) -> Option<&Stored> {
        self.policies.get(id.0)
    }

    /// All of them, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Stored> {
        self.policies.iter()
    }

    pub(super) fn get_mut(&mut self, id: PolicyId) -> Option<&mut Stored> {
        self.policies.get_mut(id.0)
    }

    /// A policy as the engine wants it.
    #[must_use]
    pub fn named(&self, id: PolicyId) -> Option<Named<'_>> {
        self.get(id).map(|stored| Named { name: &stored.name, policy: &stored.policy })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

    /// What a snapshot tells counts for its own account; what it lacks, another one may tell.
    #[test]
    fn stores_are_joined_as_if_read_in_turn() {
        let catalog = Catalog::embedded().unwrap();
        let own = |version: &str| {
            let mut store = Store::new(catalog);
            let inline = store.add("inline".to_owned(), PolicyKind::Inline, json!({"Version": version}));
            store.add(READ_ONLY.to_owned(), PolicyKind::Aws, json!({"Version": version}));
            (store, inline)
        };
        let borrowing = || {
            let mut store = Store::new(catalog);
            let ids = (store.managed(READ_ONLY).unwrap().unwrap(), store.add_missing("arn:aws:iam::aws:policy/Gone"));
            (store, ids)
        };
        let mut all = Store::new(catalog);
        let version = |all: &Store, id: PolicyId| all.get(id).unwrap().document["Version"].clone();
        // Before anybody tells it, AWS's own text counts.
        let (first, (read_only, gone)) = borrowing();
        let moved = all.absorb(first);
        let embedded = moved.place(read_only);
        assert_eq!(version(&all, embedded), "2012-10-17");
        let unknown = moved.place(gone);
        for text in ["one", "two"] {
            let (store, inline) = own(text);
            let moved = all.absorb(store);
            assert_eq!(version(&all, moved.place(inline)), text);
            assert_eq!(version(&all, all.find(READ_ONLY).unwrap()), text);
        }
        let (last, (read_only, gone)) = borrowing();
        let count = all.iter().count();
        let moved = all.absorb(last);
        assert_eq!((version(&all, moved.place(read_only)), moved.place(gone)), (json!("two"), unknown));
        assert_eq!((all.iter().count(), version(&all, embedded)), (count, json!("2012-10-17")));
    }
}
