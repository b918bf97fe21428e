//! The organization: which account stands where, and which policies hang on the way down to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::EstateError;
use super::store::{PolicyId, PolicyKind, Store};
use crate::iam::evaluate::Named;
use crate::snapshot::{Answer, Snapshot};

/// An organization as its management account sees it.
#[derive(Debug, Default)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The account that no policy of the organization limits.
    pub management: String,
    /// The way from the root down to each account, both included: ids of root, units, account.
    ways: BTreeMap<String, Vec<String>>,
    /// What hangs on each root, unit and account.
    scps: BTreeMap<String, Vec<PolicyId>>,
    rcps: BTreeMap<String, Vec<PolicyId>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Described {
    organization: DescribedOrganization,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DescribedOrganization {
    id: String,
    master_account_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listed {
    roots: Vec<Item>,
    organizational_units: Vec<Item>,
    accounts: Vec<Item>,
    policies: Vec<Item>,
    targets: Vec<Item>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Item {
    #[serde(alias = "TargetId")]
    id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PolicyAnswer {
    policy: PolicyDetail,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PolicyDetail {
    content: String,
}

/// The id of the organization that an account says it belongs to, and of its management account.
pub(super) fn membership(snapshot: &Snapshot) -> Result<Option<(String, String)>, EstateError> {
    let answer: Answer<Described> = snapshot.answer(snapshot.default_region()?, "organizations-describe-organization")?;
    let organization = answer.value().unwrap_or_default().organization;
    Ok((!organization.id.is_empty()).then_some((organization.id, organization.master_account_id)))
}

/// The organization, where this snapshot lists it: that of the management account, or of a delegated administrator.
pub(super) fn read(snapshot: &Snapshot, store: &mut Store) -> Result<Option<Organization>, EstateError> {
    let region = snapshot.default_region()?;
    let roots: Answer<Listed> = snapshot.answer(region, "organizations-list-roots")?;
    let roots = roots.value().unwrap_or_default().roots;
    let Some((id, management)) = membership(snapshot)? else { return Ok(None) };
    if roots.is_empty() {
        return Ok(None);
    }
    let mut organization = Organization { id, management, ..Organization::default() };
    organization.ways = ways(snapshot, region, &roots)?;
    // A member may see the root, and nothing below it.
    if organization.ways.is_empty() {
        return Ok(None);
    }
    organization.scps = attached(snapshot, region, store, "SERVICE_CONTROL_POLICY", PolicyKind::Scp)?;
    organization.rcps = attached(snapshot, region, store, "RESOURCE_CONTROL_POLICY", PolicyKind::Rcp)?;
    Ok(Some(organization))
}

fn ways(snapshot: &Snapshot, region: &str, roots: &[Item]) -> Result<BTreeMap<String, Vec<String>>, EstateError> {
    let mut parents = BTreeMap::new();
    for stem in ["organizations-list-organizational-units-for-parent", "organizations-list-accounts-for-parent"] {
        for file in snapshot.files_of(region, stem)? {
            let parent = file.rsplit('/').next().unwrap_or_default().to_owned();
            let listed: Listed = parse(snapshot, &file)?.unwrap_or_default();
            for child in listed.organizational_units.into_iter().chain(listed.accounts) {
                parents.insert(child.id, parent.clone());
            }
        }
    }
    let roots: BTreeSet<&str> = roots.iter().map(|root| root.id.as_str()).collect();
    let accounts = parents.keys().filter(|child| child.bytes().all(|byte| byte.is_ascii_digit()));
    Ok(accounts.filter_map(|account| Some((account.clone(), way(account, &parents, &roots)?))).collect())
}

/// From the root down. `None` when a step is not known.
fn way(account: &str, parents: &BTreeMap<String, String>, roots: &BTreeSet<&str>) -> Option<Vec<String>> {
    let mut steps = vec![account.to_owned()];
    // Units nest five deep.
    while steps.len() < 9 {
        let parent = parents.get(steps.last()?)?;
        steps.push(parent.clone());
        if roots.contains(parent.as_str()) {
            steps.reverse();
            return Some(steps);
        }
    }
    None
}

fn attached(
    snapshot: &Snapshot,
    region: &str,
    store: &mut Store,
    kind: &str,
    stored: PolicyKind,
) -> Result<BTreeMap<String, Vec<PolicyId>>, EstateError> {
    let listed: Answer<Listed> = snapshot.answer_for(region, "organizations-list-policies", &[kind])?;
    let mut attached: BTreeMap<String, Vec<PolicyId>> = BTreeMap::new();
    for policy in listed.value().unwrap_or_default().policies {
        let described: Answer<PolicyAnswer> = snapshot.answer_for(region, "organizations-describe-policy", &[&policy.id])?;
        let targets: Answer<Listed> = snapshot.answer_for(region, "organizations-list-targets-for-policy", &[&policy.id])?;
        let targets = targets.value().unwrap_or_default().targets;
        if targets.is_empty() {
            continue;
        }
        let content = described.value().unwrap_or_default().policy.content;
        let document: Value = serde_json::from_str(&content).unwrap_or(Value::Null);
        let id = store.add(policy.id, stored, document);
        for target in targets {
            attached.entry(target.id).or_default().push(id);
        }
    }
    Ok(attached)
}

fn parse<T: serde::de::DeserializeOwned>(snapshot: &Snapshot, file: &str) -> Result<Option<T>, EstateError> {
    Ok(snapshot.bytes(file)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

impl Organization {
    /// The SCPs of an account by level, root first. None for the management account, for accounts of other
    /// organizations, and where SCPs are not in use.
    #[must_use]
    pub fn scps<'a>(&self, account: &str, store: &'a Store) -> Option<Vec<Vec<Named<'a>>>> {
        self.levels(account, &self.scps, store)
    }

    /// The RCPs of an account by level, root first.
    #[must_use]
    pub fn rcps<'a>(&self, account: &str, store: &'a Store) -> Option<Vec<Vec<Named<'a>>>> {
        self.levels(account, &self.rcps, store)
    }

    fn levels<'a>(&self, account: &str, attached: &BTreeMap<String, Vec<PolicyId>>, store: &'a Store) -> Option<Vec<Vec<Named<'a>>>> {
        let named = |ids: Vec<PolicyId>| ids.into_iter().filter_map(|id| store.named(id)).collect();
        Some(self.level_ids(account, attached)?.into_iter().map(named).collect())
    }

    /// The same by their places in the store.
    #[must_use]
    pub fn scp_ids(&self, account: &str) -> Option<Vec<Vec<PolicyId>>> {
        self.level_ids(account, &self.scps)
    }

    /// The same by their places in the store.
    #[must_use]
    pub fn rcp_ids(&self, account: &str) -> Option<Vec<Vec<PolicyId>>> {
        self.level_ids(account, &self.rcps)
    }

    fn level_ids(&self, account: &str, attached: &BTreeMap<String, Vec<PolicyId>>) -> Option<Vec<Vec<PolicyId>>> {
        // A type of policies that is switched off hangs nowhere; switched on, something hangs on every level:
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_enable-disable.html
        if account == self.management || attached.is_empty() {
            return None;
        }
        let way = self.ways.get(account)?;
        Some(way.iter().map(|step| attached.get(step).cloned().unwrap_or_default()).collect())
    }

    /// Whether an account is one of the organization's.
    #[must_use]
    pub fn has(&self, account: &str) -> bool {
        account == self.management || self.ways.contains_key(account)
    }

    /// The account's `aws:PrincipalOrgPaths`: `o-x/r-y/ou-z/`.
    #[must_use]
    pub fn path(&self, account: &str) -> Option<String> {
        let way = self.ways.get(account)?;
        let (_, units) = way.split_last()?;
        Some(format!("{}/{}/", self.id, units.join("/")))
    }
}
