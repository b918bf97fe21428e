//! What would be: policies added, changed and removed in memory. The snapshot stays as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Estate, EstateError, Group, PolicyId, PolicyKind, Principal, ResourcePolicy, askers};

/// Why an overlay cannot be laid over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// It is not of the form.
    #[error("{0}")]
    Form(String),
    /// It names somebody or something that is not there.
    #[error("{place}: {problem}")]
    Place {
        /// Where.
        place: String,
        /// What.
        problem: String,
    },
    /// The estate cannot be read.
    #[error(transparent)]
    Estate(#[from] EstateError),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlay {
    /// The new text of managed policies, SCPs and RCPs, by ARN or id.
    #[serde(default)]
    policies: BTreeMap<String, Value>,
    /// By name or pattern.
    #[serde(default)]
    principals: BTreeMap<String, Change>,
    /// By name or ARN.
    #[serde(default)]
    groups: BTreeMap<String, GroupChange>,
    /// The policy of a resource, by its ARN; null for none.
    #[serde(default)]
    resources: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// ARNs of managed policies, or documents.
    #[serde(default)]
    add: Vec<Value>,
    /// ARNs of managed policies, names of inline policies, or `*`.
    #[serde(default)]
    remove: Vec<String>,
    /// An ARN, a document, or null for none.
    #[serde(default, deserialize_with = "present")]
    boundary: Option<Value>,
    /// The trust policy of a role.
    #[serde(default, deserialize_with = "present")]
    trust: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupChange {
    #[serde(default)]
    add: Vec<Value>,
    #[serde(default)]
    remove: Vec<String>,
}

/// A null that is written is not the same as nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn at(place: &str, problem: &(impl ToString + ?Sized)) -> OverlayError {
    OverlayError::Place { place: place.to_owned(), problem: problem.to_string() }
}

impl Estate {
    /// Lays changes over the estate: YAML or JSON.
    ///
    /// # Errors
    /// When the text is not of the form, or names what is not there.
    pub fn overlay(&mut self, text: &str) -> Result<(), OverlayError> {
        let overlay: Overlay = serde_saphyr::from_str(text).map_err(|problem| OverlayError::Form(problem.to_string()))?;
        for (name, document) in overlay.policies {
            let place = format!("policies: {name}");
            let copies = self.store.all_called(&name);
            if copies.is_empty() {
                return Err(at(&place, "no policy of this ARN or id is attached to anything"));
            }
            for id in copies {
                let kind = self.store.get(id).map_or(PolicyKind::Given, |stored| stored.kind);
                self.sound(&place, kind, &document)?;
                self.store.replace(id, document.clone());
            }
        }
        for (arn, document) in overlay.resources {
            let place = format!("resources: {arn}");
            if arn.contains(":role/") {
                return Err(at(&place, "the policy of a role is its trust policy: write it as `trust` under `principals`"));
            }
            if self.resources.find(&arn).is_some_and(|(whole, _)| whole != arn) {
                return Err(at(&place, "only a part of a resource: name the resource that has the policy"));
            }
            let owner = arn.split(':').nth(4).unwrap_or_default();
            let known = self.resources.find(&arn).map(|(_, resource)| resource.account.clone());
            let account = known.or_else(|| self.account(owner).map(|account| account.id.clone()));
            let account = account.ok_or_else(|| at(&place, "no account here has this resource"))?;
            let policy = if document.is_null() {
                ResourcePolicy::None
            } else {
                self.sound(&place, PolicyKind::Resource, &document)?;
                ResourcePolicy::Known(self.store.add(format!("the policy of {arn} (overlay)"), PolicyKind::Resource, document))
            };
            self.resources.set(&arn, &account, policy);
        }
        for (name, change) in &overlay.groups {
            self.change_group(name, change)?;
        }
        for (name, change) in &overlay.principals {
            self.change(name, change)?;
        }
        Ok(())
    }

    /// A document with problems would not do what its author thinks.
    fn sound(&self, place: &str, kind: PolicyKind, document: &Value) -> Result<(), OverlayError> {
        match self.store.read(kind, document).problems.first() {
            None => Ok(()),
            Some(problem) => Err(at(&format!("{place}{}", problem.pointer), &problem.kind)),
        }
    }

    fn change_group(&mut self, name: &str, change: &GroupChange) -> Result<(), OverlayError> {
        let place = format!("groups: {name}");
        let added = self.added(&place, &change.add)?;
        let mut removed: Vec<Vec<PolicyId>> = Vec::new();
        let called = |group: &&Group| group.name == name || group.arn == name;
        for group in self.accounts.iter().flat_map(|account| &account.groups).filter(called) {
            let own: Vec<PolicyId> = group.attached.iter().chain(&group.inline).copied().collect();
            removed.push(self.removed(&place, &group.arn, &own, &change.remove)?);
        }
        if removed.is_empty() {
            return Err(at(&place, "no account here has such a group"));
        }
        let groups = self.accounts.iter_mut().flat_map(|account| &mut account.groups).filter(|group| called(&&**group));
        for (group, removed) in groups.zip(removed) {
            group.attached.retain(|id| !removed.contains(id));
            group.inline.retain(|id| !removed.contains(id));
            group.attached.extend(&added);
        }
        Ok(())
    }

    fn added(&mut self, place: &str, policies: &[Value]) -> Result<Vec<PolicyId>, OverlayError> {
        policies
            .iter()
            .enumerate()
            .map(|(index, policy)| self.policy(&format!("{place}: add {index}"), PolicyKind::Inline, policy))
            .collect()
    }

    fn change(&mut self, name: &str, change: &Change) -> Result<(), OverlayError> {
        let place = format!("principals: {name}");
        let found = askers(self, Some(name), &[]).map_err(|error| at(&place, &error))?;
        let arns: Vec<String> = found.into_iter().filter_map(|asker| asker.known).map(|(_, principal)| principal.arn.clone()).collect();
        if arns.is_empty() {
            return Err(at(&place, "no user or role of the accounts here: its policies cannot be changed"));
        }
        if change.trust.is_some() && arns.iter().any(|arn| !arn.contains(":role/")) {
            return Err(at(&place, "only roles have a trust policy"));
        }
        if change.trust.as_ref().is_some_and(Value::is_null) {
            return Err(at(&place, "a role always has a trust policy: write what it shall be"));
        }
        let added = self.added(&place, &change.add)?;
        let boundary = match &change.boundary {
            None => None,
            Some(Value::Null) => Some(None),
            Some(policy) => Some(Some(self.policy(&format!("{place}: boundary"), PolicyKind::Inline, policy)?)),
        };
        let trust = change.trust.as_ref().map(|policy| self.policy(&format!("{place}: trust"), PolicyKind::Trust, policy)).transpose()?;
        for arn in &arns {
            let Some((_, principal)) = self.principal(arn) else { continue };
            let own: Vec<PolicyId> = principal.attached.iter().chain(&principal.inline).copied().collect();
            let removed = self.removed(&place, arn, &own, &change.remove)?;
            let Some(principal) = self.principal_mut(arn) else { continue };
            principal.attached.retain(|id| !removed.contains(id));
            principal.inline.retain(|id| !removed.contains(id));
            principal.attached.extend(&added);
            principal.boundary = boundary.unwrap_or(principal.boundary);
            principal.trust = trust.or(principal.trust);
        }
        Ok(())
    }

    /// The policies of a principal or group that are to go.
    fn removed(&self, place: &str, arn: &str, own: &[PolicyId], names: &[String]) -> Result<Vec<PolicyId>, OverlayError> {
        let mut removed = Vec::new();
        for name in names {
            let inline = format!("inline policy {name} of {arn}");
            let called =
                |id: &PolicyId| self.store.get(*id).is_some_and(|stored| name == "*" || stored.name == *name || stored.name == inline);
            let found: Vec<PolicyId> = own.iter().copied().filter(called).collect();
            if found.is_empty() {
                return Err(at(place, &format!("{arn} has no policy `{name}` of its own")));
            }
            removed.extend(found);
        }
        Ok(removed)
    }

    fn policy(&mut self, place: &str, kind: PolicyKind, policy: &Value) -> Result<PolicyId, OverlayError> {
        if let Value::String(arn) = policy {
            let found = self.store.managed(arn).map_err(EstateError::from)?;
            return found.ok_or_else(|| at(place, &format!("no policy `{arn}` is here")));
        }
        self.sound(place, kind, policy)?;
        Ok(self.store.add(format!("overlay, {place}"), kind, policy.clone()))
    }

    fn principal_mut(&mut self, arn: &str) -> Option<&mut Principal> {
        let id = arn.split(':').nth(4)?;
        let account = self.accounts.iter_mut().find(|account| account.id == id)?;
        account.principals.iter_mut().find(|principal| principal.arn == arn)
    }
}
