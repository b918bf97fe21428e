//! Writes an organization as PMapper stores its own: `<folder>/<organization id>/*.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::export::{VERSION, write};
use crate::graph::GraphError;
use crate::graph::organizations::{Tree, Unit};
use crate::iam::estate::Estate;

/// Writes it below `folder`; returns where it is.
///
/// # Errors
/// When a file cannot be written.
pub fn export_organization(tree: &Tree, estate: &Estate, folder: &Path) -> Result<PathBuf, GraphError> {
    // An id could be anything in a snapshot that somebody made.
    let id: String = tree.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let to = folder.join(id);
    let mut writer = Writer { tree, estate, scps: BTreeMap::new() };
    let mut accounts = Vec::new();
    tree.roots.iter().for_each(|root| collect(root, &mut accounts));
    let roots: Vec<Value> = tree.roots.iter().map(|root| writer.unit(root)).collect();
    let data =
        json!({"org_id": tree.id, "management_account_id": tree.management, "edge_list": [], "accounts": accounts, "root_ous": roots});
    write(&to.join("metadata.json"), &json!({"pmapper_version": VERSION}))?;
    write(&to.join("scps.json"), &writer.scps.into_values().collect::<Vec<_>>())?;
    write(&to.join("org_data.json"), &data)?;
    Ok(to)
}

fn collect(unit: &Unit, found: &mut Vec<String>) {
    if unit.is_account {
        found.push(unit.id.clone());
    }
    unit.children.iter().for_each(|child| collect(child, found));
}

struct Writer<'a> {
    tree: &'a Tree,
    estate: &'a Estate,
    /// By ARN.
    scps: BTreeMap<String, Value>,
}

impl Writer<'_> {
    fn unit(&mut self, unit: &Unit) -> Value {
        let (accounts, units): (Vec<&Unit>, Vec<&Unit>) = unit.children.iter().partition(|child| child.is_account);
        let accounts: Vec<Value> =
            accounts.iter().map(|account| json!({"account_id": account.id, "scps": self.arns(&account.scps), "tags": {}})).collect();
        let units: Vec<Value> = units.iter().map(|unit| self.unit(unit)).collect();
        json!({"ou_id": unit.id, "ou_name": unit.name, "scps": self.arns(&unit.scps), "tags": {}, "accounts": accounts, "child_nodes": units})
    }

    /// PMapper refers to SCPs by ARN.
    fn arns(&mut self, names: &[String]) -> Vec<String> {
        names.iter().map(|name| self.scp(name)).collect()
    }

    /// `name (id)`, or the id alone.
    fn scp(&mut self, called: &str) -> String {
        let (name, id) = called.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")).unwrap_or((called, called));
        let arn = match id {
            "p-FullAWSAccess" => format!("arn:aws:organizations::aws:policy/service_control_policy/{id}"),
            _ => format!("arn:aws:organizations::{}:policy/{}/service_control_policy/{id}", self.tree.management, self.tree.id),
        };
        let stored = self.estate.store.find(id).and_then(|found| self.estate.store.get(found));
        let document = stored.map(|stored| stored.document.clone()).unwrap_or_default();
        self.scps.entry(arn.clone()).or_insert_with(|| json!({"arn": arn, "name": name, "policy_doc": without_principals(document)}));
        arn
    }
}

/// SCPs name no principals.
fn without_principals(mut document: Value) -> Value {
    for statement in document.get_mut("Statement").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(statement) = statement.as_object_mut() {
            statement.remove("Principal");
        }
    }
    document
}
