//! The organization: which account stands where, and which policies hang on the way down to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::EstateError;
use super::store::{PolicyId, PolicyKind, Store};
use crate::iam::evaluate::Named;
use crate::iam::formula::Atom;
use crate::snapshot::{Answer, Snapshot};

/// An organization as its management account sees it.
#[derive(Debug, Default, Clone)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The account that no policy of the organization limits.
    pub management: String,
    /// The way from the root down to each account, both included: ids of root, units, account.
    ways: BTreeMap<String, Vec<String>>,
    /// What hangs on each root, unit and account.
    scps: Attached,
    rcps: Attached,
    /// All accounts, wherever they stand.
    members: BTreeSet<String>,
    /// Not all accounts are listed: others may be members.
    pub(super) unlisted: bool,
    /// Stands for all policies on a way that is not known.
    unknown_way: Option<PolicyId>,
    /// What could not be read of it.
    pub gaps: Vec<String>,
    /// The kinds of policies that nobody asked for, and that are not counted.
    uncounted: BTreeSet<PolicyKind>,
}

/// Policies of one kind.
#[derive(Debug, Default, Clone)]
struct Attached {
    /// By root, unit and account.
    by_target: BTreeMap<String, Vec<PolicyId>>,
    /// Those of which nobody knows where they hang, or what they say.
    anywhere: Vec<PolicyId>,
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
    policy_summary: Summary,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Summary {
    name: String,
}

/// The id of the organization that an account says it belongs to, and of its management account.
pub(super) fn membership(snapshot: &Snapshot) -> Result<Option<(String, String)>, EstateError> {
    let answer: Answer<Described> = snapshot.answer(snapshot.default_region()?, "organizations-describe-organization")?;
    let organization = answer.value().unwrap_or_default().organization;
    Ok((!organization.id.is_empty()).then_some((organization.id, organization.master_account_id)))
}

/// Whether AWS says that the account belongs to no organization.
pub(super) fn is_alone(snapshot: &Snapshot) -> Result<bool, EstateError> {
    let answer: Answer<Described> = snapshot.answer(snapshot.default_region()?, "organizations-describe-organization")?;
    Ok(matches!(answer, Answer::Empty))
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
    let members: Answer<Listed> = snapshot.answer(region, "organizations-list-accounts")?;
    organization.unlisted = members.gap().is_some();
    organization.members = members.value().unwrap_or_default().accounts.into_iter().map(|account| account.id).collect();
    // A member may see the root, and nothing below it.
    if organization.ways.is_empty() && organization.members.is_empty() {
        return Ok(None);
    }
    for member in organization.members.clone() {
        organization.admit(&member, store);
    }
    for (kind, stored) in [("SERVICE_CONTROL_POLICY", PolicyKind::Scp), ("RESOURCE_CONTROL_POLICY", PolicyKind::Rcp)] {
        let (attached, gaps) = (Attached::default(), Vec::new());
        let mut reader = Attachments { snapshot, region, store, stored, attached, gaps, asked: true };
        reader.read(kind)?;
        let Attachments { attached, gaps, asked, .. } = reader;
        organization.gaps.extend(gaps);
        organization.uncounted.extend((!asked).then_some(stored));
        if stored == PolicyKind::Scp { organization.scps = attached } else { organization.rcps = attached }
    }
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

/// The policies that AWS attaches everywhere; what they say is known.
const FULL_ACCESS: [&str; 2] = ["p-FullAWSAccess", "p-RCPFullAWSAccess"];

/// Reads the policies of one kind, and where they hang.
struct Attachments<'a> {
    snapshot: &'a Snapshot,
    region: &'a str,
    store: &'a mut Store,
    stored: PolicyKind,
    attached: Attached,
    gaps: Vec<String>,
    /// Whether they were asked for.
    asked: bool,
}

impl Attachments<'_> {
    fn read(&mut self, kind: &str) -> Result<(), EstateError> {
        let listed: Answer<Listed> = self.snapshot.answer_for(self.region, "organizations-list-policies", &[kind])?;
        match listed.gap() {
            // Older snapshots did not ask for every kind.
            Some(gap) if matches!(gap.code.as_str(), "NotCalled" | "NoManifest") => {
                self.gaps.push(format!("policies of the kind {kind} were not collected, and are not counted"));
                self.asked = false;
            }
            Some(_) => self.unknown(&format!("some {kind}")),
            None => {}
        }
        for policy in listed.value().unwrap_or_default().policies {
            self.policy(policy.id)?;
        }
        Ok(())
    }

    fn policy(&mut self, id: String) -> Result<(), EstateError> {
        let targets: Answer<Listed> = self.snapshot.answer_for(self.region, "organizations-list-targets-for-policy", &[&id])?;
        let unplaced = targets.gap().is_some();
        let targets = targets.value().unwrap_or_default().targets;
        if targets.is_empty() && !unplaced {
            return Ok(());
        }
        let described: Answer<PolicyAnswer> = self.snapshot.answer_for(self.region, "organizations-describe-policy", &[&id])?;
        let PolicyDetail { content, policy_summary: Summary { name } } = described.value().unwrap_or_default().policy;
        let document: Option<Value> = serde_json::from_str(&content).ok();
        let known = match document {
            Some(document) if name.is_empty() => self.store.add(id, self.stored, document),
            Some(document) => self.store.add_called(id.clone(), format!("{name} ({id})"), self.stored, document),
            None if FULL_ACCESS.contains(&id.as_str()) => self.store.add(id, self.stored, full_access()),
            None => {
                self.gaps.push(format!("the text of policy {id} was not collected: it may allow or deny anything"));
                self.store.add_unknown(id, self.stored)
            }
        };
        if unplaced {
            let name = self.store.get(known).map(|stored| stored.name.clone()).unwrap_or_default();
            self.gaps.push(format!("where policy {name} is attached was not collected: it may limit any account"));
            let doubt =
                Atom::other(&format!("policy {name}, attached nobody knows where,"), "limits the account", "does not limit the account");
            self.attached.anywhere.push(self.store.add_doubtful(known, &doubt));
        }
        for target in targets {
            self.attached.by_target.entry(target.id).or_default().push(known);
        }
        Ok(())
    }

    /// Something may hang anywhere.
    fn unknown(&mut self, what: &str) {
        self.gaps.push(format!("{what} may allow or deny anything: not all policies of the organization were collected"));
        let id = self.store.add_unknown(what.to_owned(), self.stored);
        self.attached.anywhere.push(id);
    }
}

fn full_access() -> Value {
    serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
}

fn parse<T: serde::de::DeserializeOwned>(snapshot: &Snapshot, file: &str) -> Result<Option<T>, EstateError> {
    Ok(snapshot.bytes(file)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

impl Organization {
    /// Takes in an account that is known to be a member. Where it stands may be unknown.
    pub(super) fn admit(&mut self, account: &str, store: &mut Store) {
        self.members.insert(account.to_owned());
        if account == self.management || self.ways.contains_key(account) || self.unknown_way.is_some() {
            return;
        }
        self.gaps.push(
            "where some accounts stand in the organization was not collected: anything may be allowed or denied on the way down to them"
                .to_owned(),
        );
        self.unknown_way = Some(store.add_unknown("some policy of the organization".to_owned(), PolicyKind::Scp));
    }

    /// As if there were no policies of a kind.
    pub(super) fn forget(&mut self, kind: PolicyKind) {
        let attached = if kind == PolicyKind::Rcp { &mut self.rcps } else { &mut self.scps };
        *attached = Attached::default();
    }

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

    fn levels<'a>(&self, account: &str, attached: &Attached, store: &'a Store) -> Option<Vec<Vec<Named<'a>>>> {
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

    fn level_ids(&self, account: &str, attached: &Attached) -> Option<Vec<Vec<PolicyId>>> {
        // A type of policies that is switched off hangs nowhere; switched on, something hangs on every level:
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_enable-disable.html
        if account == self.management || (attached.by_target.is_empty() && attached.anywhere.is_empty()) {
            return None;
        }
        let Some(way) = self.ways.get(account) else { return self.unknown_way.map(|unknown| vec![vec![unknown]]) };
        if attached.by_target.is_empty() {
            return Some(vec![attached.anywhere.clone()]);
        }
        let on = |step: &String| attached.by_target.get(step).into_iter().flatten().chain(&attached.anywhere).copied().collect();
        Some(way.iter().map(on).collect())
    }

    /// The ways from the root down to each account, both included.
    pub fn ways(&self) -> impl Iterator<Item = &[String]> {
        self.ways.values().map(Vec::as_slice)
    }

    /// All accounts that are known to belong to it.
    pub fn members(&self) -> impl Iterator<Item = &String> {
        self.members.iter()
    }

    /// The names of the policies of a kind that hang on a root, unit or account.
    #[must_use]
    pub fn attached_to(&self, target: &str, kind: PolicyKind, store: &Store) -> Vec<String> {
        let attached = if kind == PolicyKind::Rcp { &self.rcps } else { &self.scps };
        let ids = attached.by_target.get(target).into_iter().flatten();
        ids.filter_map(|id| store.get(*id)).map(|stored| stored.name.clone()).collect()
    }

    /// Whether its policies of a kind were asked for; those that were not count for nothing.
    #[must_use]
    pub fn counts(&self, kind: PolicyKind) -> bool {
        !self.uncounted.contains(&kind)
    }

    /// Whether all of its accounts are listed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.unlisted && !self.members.is_empty()
    }

    /// Whether an account is one of the organization's.
    #[must_use]
    pub fn has(&self, account: &str) -> bool {
        account == self.management || self.ways.contains_key(account) || self.members.contains(account)
    }

    /// The account's `aws:PrincipalOrgPaths`: `o-x/r-y/ou-z/`.
    #[must_use]
    pub fn path(&self, account: &str) -> Option<String> {
        let way = self.ways.get(account)?;
        let (_, units) = way.split_last()?;
        Some(format!("{}/{}/", self.id, units.join("/")))
    }
}
