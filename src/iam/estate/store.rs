//! All policies of an estate, each read once, however often it is attached.

use std::collections::HashMap;

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
    /// The file of the account's snapshot that tells the policy of a resource; empty for others.
    pub file: String,
    /// Of a policy that was made of something else: what in the file each of its statements stands for, by JSON pointer.
    pub made_of: Vec<String>,
}

/// The policies.
#[derive(Debug, Clone)]
pub struct Store {
    catalog: &'static Catalog,
    policies: Vec<Stored>,
    by_name: HashMap<String, PolicyId>,
}

impl Store {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        Self { catalog, policies: Vec::new(), by_name: HashMap::new() }
    }

    /// The list of actions that the policies are read with.
    #[must_use]
    pub fn catalog(&self) -> &'static Catalog {
        self.catalog
    }

    /// Takes a policy in. One of the same name is replaced for those who ask from now on.
    pub fn add(&mut self, name: String, kind: PolicyKind, document: Value) -> PolicyId {
        let id = PolicyId(self.policies.len());
        let policy = self.read(kind, &document);
        self.by_name.insert(name.clone(), id);
        self.policies.push(Stored { name, kind, document, policy, file: String::new(), made_of: Vec::new() });
        id
    }

    /// Takes in the policy of a resource, and which file tells it.
    pub(super) fn add_of_resource(&mut self, name: String, document: Value, file: String, made_of: Vec<String>) -> PolicyId {
        let id = self.add(name, PolicyKind::Resource, document);
        if let Some(stored) = self.policies.get_mut(id.0) {
            stored.file = file;
            stored.made_of = made_of;
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
        self.policies.push(Stored { name, kind, document: Value::Null, policy, file: String::new(), made_of: Vec::new() });
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
        Ok(Some(self.add(arn.to_owned(), PolicyKind::Aws, document)))
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
