//! Writes a graph as PMapper stores its own. What has no place in it stands in keys that PMapper does not read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::graph::GraphError;
use crate::graph::model::{Admin, Graph, GraphAccount, Kind, techniques};
use crate::graph::paths::{Filter, Ways};
use crate::iam::estate::{Account, Estate, PolicyId, PolicyKind, Principal};
use crate::snapshot::{Answer, Snapshot};
use crate::snapshot::{make_private_folder, write_atomic};

/// The version that its readers look for.
pub(super) const VERSION: &str = "1.1.5";

/// Writes the graph of each account.
///
/// # Errors
/// When a file cannot be written, or an answer not be read.
pub fn export(graph: &Graph, estate: &Estate, snapshots: &[Snapshot], to: &Path) -> Result<(), GraphError> {
    let ways = Ways::new(graph);
    let distances = ways.toward(ways.administrators(false), &Filter::default());
    let can_become: BTreeSet<usize> = (0..graph.nodes.len()).filter(|at| distances.has(*at)).collect();
    for (at, account) in graph.accounts.iter().enumerate() {
        let found = estate.accounts.iter().zip(snapshots).find(|(known, _)| known.id == account.id && !known.superseded);
        if let Some((known, snapshot)) = found {
            one(graph, at, account, (estate, known, snapshot), &can_become, &to.join(&account.id))?;
        }
    }
    Ok(())
}

fn one(
    graph: &Graph,
    at: usize,
    account: &GraphAccount,
    (estate, known, snapshot): (&Estate, &Account, &Snapshot),
    can_become: &BTreeSet<usize>,
    to: &Path,
) -> Result<(), GraphError> {
    let places = graph.by_arn();
    let writer = Writer { estate, account: known, snapshot };
    let mut nodes = Vec::new();
    for principal in &known.principals {
        let node = places.get(principal.arn.as_str()).and_then(|at| Some((*at, graph.nodes.get(*at)?)));
        let mut value = writer.node(principal)?;
        if let (Some((at, node)), Some(object)) = (node, value.as_object_mut()) {
            object.insert("is_admin".to_owned(), json!(node.admin == Admin::Yes));
            object.insert("can_become_admin".to_owned(), json!(node.admin != Admin::No || can_become.contains(&at)));
        }
        nodes.push(value);
    }
    let mut metadata = json!({"account_id": account.id, "pmapper_version": VERSION});
    if let (Some(organization), Some(object)) = (estate.organization_of(&account.id), metadata.as_object_mut()) {
        object.insert("org-id".to_owned(), json!(organization.id));
        object.insert("org-path".to_owned(), json!(organization.path(&account.id).unwrap_or_default()));
    }
    write(&to.join("metadata.json"), &metadata)?;
    write(&to.join("graph/nodes.json"), &nodes)?;
    write(&to.join("graph/edges.json"), &edges(graph, at)?)?;
    write(&to.join("graph/policies.json"), &writer.policies())?;
    write(&to.join("graph/groups.json"), &writer.groups())
}

/// The edges between an account's principals. A way to all rights is one to whoever has them: of PMapper's, to the target
/// that is raised; else to one of the administrators, if there is one.
fn edges(graph: &Graph, account: usize) -> Result<Vec<Value>, GraphError> {
    let techniques = techniques()?;
    let of = |at: usize| graph.nodes.get(at).filter(|node| node.account == Some(account) && matches!(node.kind, Kind::User | Kind::Role));
    let admin = (0..graph.nodes.len()).find(|at| of(*at).is_some_and(|node| node.admin == Admin::Yes));
    let is_all = |at: usize| graph.nodes.get(at).is_some_and(|node| node.kind == Kind::Admin && node.account == Some(account));
    let mut found = Vec::new();
    for edge in graph.edges.iter().filter(|edge| of(edge.from).is_some_and(|node| node.admin == Admin::No) || !is_all(edge.to)) {
        let to = edge.via.or(admin.filter(|_| is_all(edge.to))).unwrap_or(edge.to);
        let (Some(from), Some(to)) = (of(edge.from), of(to)) else { continue };
        let Some(technique) = techniques.get(usize::from(edge.technique)) else { continue };
        found.push(json!({"source": from.arn, "destination": to.arn, "reason": technique.name, "short_reason": technique.label,
            "technique": technique.id, "certain": edge.certain}));
    }
    Ok(found)
}

struct Writer<'a> {
    estate: &'a Estate,
    account: &'a Account,
    snapshot: &'a Snapshot,
}

impl Writer<'_> {
    fn node(&self, principal: &Principal) -> Result<Value, GraphError> {
        let own = |id: &PolicyId| self.reference(*id, &principal.arn);
        let policies: Vec<Value> = principal.inline.iter().chain(&principal.attached).filter_map(own).collect();
        let groups = principal.groups.iter().filter_map(|at| self.account.groups.get(*at)).map(|group| &group.arn);
        let trust = principal.trust.and_then(|id| self.estate.store.get(id)).map(|stored| &stored.document);
        let user = !principal.is_role;
        Ok(json!({
            "arn": principal.arn,
            "id_value": principal.id,
            "attached_policies": policies,
            "group_memberships": groups.collect::<Vec<_>>(),
            "trust_policy": trust,
            "instance_profile": if user { Value::Null } else { json!(principal.instance_profiles) },
            "active_password": user && self.has("iam-get-login-profile", &principal.name, "LoginProfile")?,
            "access_keys": if user { self.count("iam-list-access-keys", &principal.name, "AccessKeyMetadata")? } else { 0 },
            "permissions_boundary": principal.boundary.and_then(|id| self.reference(id, &principal.arn)),
            "has_mfa": user && self.count("iam-list-mfa-devices", &principal.name, "MFADevices")? > 0,
            "tags": principal.tags,
        }))
    }

    fn answer(&self, call: &str, name: &str) -> Result<Option<Value>, GraphError> {
        let answer: Answer<Value> = self.snapshot.answer_for(self.account.region, call, &[name])?;
        Ok(answer.value())
    }

    fn has(&self, call: &str, name: &str, key: &str) -> Result<bool, GraphError> {
        Ok(self.answer(call, name)?.is_some_and(|answer| answer.get(key).is_some()))
    }

    fn count(&self, call: &str, name: &str, key: &str) -> Result<usize, GraphError> {
        Ok(self.answer(call, name)?.and_then(|answer| answer.get(key).and_then(Value::as_array).map(Vec::len)).unwrap_or(0))
    }

    /// How PMapper refers to a policy: an inline one has the ARN of its owner.
    fn reference(&self, id: PolicyId, owner: &str) -> Option<Value> {
        let stored = self.estate.store.get(id)?;
        Some(match stored.kind {
            PolicyKind::Inline => json!({"arn": owner, "name": inline_name(&stored.name, owner)}),
            _ => json!({"arn": stored.name, "name": stored.name.rsplit('/').next()}),
        })
    }

    fn policies(&self) -> Vec<Value> {
        let mut all: BTreeMap<(String, String), &Value> = BTreeMap::new();
        let principals = self
            .account
            .principals
            .iter()
            .map(|one| (&one.arn, one.inline.iter().chain(&one.attached).chain(&one.boundary).copied().collect::<Vec<_>>()));
        let groups = self.account.groups.iter().map(|one| (&one.arn, one.inline.iter().chain(&one.attached).copied().collect::<Vec<_>>()));
        for (owner, ids) in principals.chain(groups) {
            for id in ids {
                let (Some(stored), Some(reference)) = (self.estate.store.get(id), self.reference(id, owner)) else { continue };
                let text = |key: &str| reference.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                all.insert((text("arn"), text("name")), &stored.document);
            }
        }
        all.into_iter().map(|((arn, name), document)| json!({"arn": arn, "name": name, "policy_doc": document})).collect()
    }

    fn groups(&self) -> Vec<Value> {
        let group = |group: &crate::iam::estate::Group| {
            let policies: Vec<Value> =
                group.inline.iter().chain(&group.attached).filter_map(|id| self.reference(*id, &group.arn)).collect();
            json!({"arn": group.arn, "attached_policies": policies})
        };
        self.account.groups.iter().map(group).collect()
    }
}

/// `inline policy x of arn…`
fn inline_name<'n>(name: &'n str, owner: &str) -> &'n str {
    name.strip_prefix("inline policy ").and_then(|name| name.strip_suffix(&format!(" of {owner}"))).unwrap_or(name)
}

pub(super) fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), GraphError> {
    let failed = |source: io::Error| GraphError::Io { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    value.serialize(&mut serializer).map_err(|error| failed(error.into()))?;
    Ok(write_atomic(path, &text)?)
}
