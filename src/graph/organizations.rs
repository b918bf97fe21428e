//! Organizations as trees: units, accounts, and the policies that hang on each.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::GraphError;
use crate::iam::estate::{Estate, Organization, PolicyKind};
use crate::snapshot::{Answer, Snapshot};

/// An organization.
#[derive(Debug, Clone, Serialize)]
pub struct Tree {
    /// `o-…`
    pub id: String,
    /// The account that no policy of the organization limits.
    pub management: String,
    /// Its roots; there is one.
    pub roots: Vec<Unit>,
    /// Accounts of which it is not known where they stand.
    pub elsewhere: Vec<String>,
    /// What could not be read.
    pub gaps: Vec<String>,
}

/// A root, unit or account.
#[derive(Debug, Clone, Serialize)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is an account.
    pub is_account: bool,
    /// Policies that hang on it: names.
    pub scps: Vec<String>,
    /// The same of RCPs.
    pub rcps: Vec<String>,
    /// Those that hang above it.
    pub inherited_scps: Vec<String>,
    /// The same of RCPs.
    pub inherited_rcps: Vec<String>,
    /// What is in it.
    pub children: Vec<Self>,
}

/// The organizations that the snapshots list.
///
/// # Errors
/// When an answer cannot be read.
pub fn organizations<'a>(estate: &Estate, snapshots: impl IntoIterator<Item = &'a Snapshot>) -> Result<Vec<Tree>, GraphError> {
    let mut names = BTreeMap::new();
    for snapshot in snapshots {
        names.extend(read_names(snapshot)?);
    }
    Ok(estate.organizations.iter().map(|organization| tree(estate, organization, &names)).collect())
}

/// Names of units and accounts, and of roots.
fn read_names(snapshot: &Snapshot) -> Result<BTreeMap<String, String>, GraphError> {
    let region = snapshot.default_region()?;
    let mut names = BTreeMap::new();
    let mut take = |answer: Value| {
        for list in ["Roots", "OrganizationalUnits", "Accounts"] {
            for item in answer.get(list).and_then(Value::as_array).into_iter().flatten() {
                let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
                names.extend(text("Id").zip(text("Name")));
            }
        }
    };
    for stem in ["organizations-list-roots", "organizations-list-accounts"] {
        let answer: Answer<Value> = snapshot.answer(region, stem)?;
        take(answer.value().unwrap_or_default());
    }
    for stem in ["organizations-list-organizational-units-for-parent", "organizations-list-accounts-for-parent"] {
        for file in snapshot.files_of(region, stem)? {
            let bytes = snapshot.bytes(&file)?.unwrap_or_default();
            take(serde_json::from_slice(&bytes).unwrap_or_default());
        }
    }
    Ok(names)
}

fn tree(estate: &Estate, organization: &Organization, names: &BTreeMap<String, String>) -> Tree {
    let ways: Vec<&[String]> = organization.ways().collect();
    let roots: BTreeSet<&String> = ways.iter().filter_map(|way| way.first()).collect();
    let builder = Builder { estate, organization, names, ways: &ways };
    let placed: BTreeSet<&String> = ways.iter().filter_map(|way| way.last()).collect();
    let elsewhere = organization.members().filter(|member| !placed.contains(member)).cloned().collect();
    Tree {
        id: organization.id.clone(),
        management: organization.management.clone(),
        roots: roots.into_iter().map(|root| builder.unit(std::slice::from_ref(root), &[], &[])).collect(),
        elsewhere,
        gaps: organization.gaps.clone(),
    }
}

struct Builder<'a> {
    estate: &'a Estate,
    organization: &'a Organization,
    names: &'a BTreeMap<String, String>,
    ways: &'a [&'a [String]],
}

impl Builder<'_> {
    /// The unit at the end of a way down.
    fn unit(&self, way: &[String], scps: &[String], rcps: &[String]) -> Unit {
        let id = way.last().cloned().unwrap_or_default();
        let own = |kind| self.organization.attached_to(&id, kind, &self.estate.store);
        let (own_scps, own_rcps) = (own(PolicyKind::Scp), own(PolicyKind::Rcp));
        let below = |inherited: &[String], own: &[String]| {
            let more = own.iter().filter(|name| !inherited.contains(name));
            inherited.iter().chain(more).cloned().collect::<Vec<_>>()
        };
        let (all_scps, all_rcps) = (below(scps, &own_scps), below(rcps, &own_rcps));
        let next = self
            .ways
            .iter()
            .filter(|longer| longer.len() > way.len() && longer.starts_with(way))
            .filter_map(|longer| longer.get(way.len()));
        let children: BTreeSet<&String> = next.collect();
        let child = |child: &String| self.unit(&way.iter().cloned().chain([child.clone()]).collect::<Vec<_>>(), &all_scps, &all_rcps);
        let mut children: Vec<Unit> = children.into_iter().map(child).collect();
        children.sort_by(|one, other| (!one.is_account, &one.name, &one.id).cmp(&(!other.is_account, &other.name, &other.id)));
        Unit {
            name: self.names.get(&id).cloned().unwrap_or_default(),
            is_account: id.bytes().all(|byte| byte.is_ascii_digit()),
            id,
            scps: own_scps,
            rcps: own_rcps,
            inherited_scps: scps.to_vec(),
            inherited_rcps: rcps.to_vec(),
            children,
        }
    }
}
