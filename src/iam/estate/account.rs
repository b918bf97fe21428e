//! The users, roles and groups of one account, from its snapshot.

use std::collections::{BTreeMap, HashMap};

use super::EstateError;
use super::details::{Attached, Boundary, Details, GroupDetail, InlineDetail, One, RoleDetail, Tag, UserDetail};
use super::store::{PolicyId, PolicyKind, Store};
use crate::iam::catalog::{Catalog, CatalogError};
use crate::model::AccountName;
use crate::snapshot::{Answer, Snapshot};

const DETAILS: &str = "iam-get-account-authorization-details";

/// One account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name here.
    pub name: AccountName,
    /// Its id at AWS; empty when nothing in the snapshot says it.
    pub id: String,
    /// `aws`, `aws-us-gov`, `aws-cn`, …
    pub partition: String,
    /// The region whose folder holds the answers of global services.
    pub region: &'static str,
    /// When it was collected: the end of the run.
    pub collected: Option<String>,
    /// The organization that it says it belongs to.
    pub organization: Option<String>,
    /// AWS says that it belongs to none.
    pub alone: bool,
    /// Its canonical user id, by which S3 names it in ACLs.
    pub canonical: Option<String>,
    /// Users and roles, by ARN.
    pub principals: Vec<Principal>,
    /// Groups, by ARN.
    pub groups: Vec<Group>,
    /// Its users and roles were not collected, or not all.
    pub unread: bool,
    /// Another snapshot here is of the same account, and that one counts.
    pub superseded: bool,
    /// What the snapshot lacks that answers would need, in words.
    pub gaps: Vec<String>,
}

/// A user or a role.
#[derive(Debug, Clone, Default)]
pub struct Principal {
    /// Its ARN.
    pub arn: String,
    /// Whether it is a role.
    pub is_role: bool,
    /// The name, without path.
    pub name: String,
    /// The path.
    pub path: String,
    /// The unique id: `AIDA…`, `AROA…`.
    pub id: String,
    /// When it was made.
    pub created: Option<String>,
    /// When a role was last assumed.
    pub last_used: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The groups of a user: places in the account's list.
    pub groups: Vec<usize>,
    /// Attached managed policies.
    pub attached: Vec<PolicyId>,
    /// Inline policies.
    pub inline: Vec<PolicyId>,
    /// The permissions boundary.
    pub boundary: Option<PolicyId>,
    /// The trust policy of a role.
    pub trust: Option<PolicyId>,
    /// Its place in the answer that lists it.
    pub place: usize,
    /// The instance profiles of a role, by ARN.
    pub instance_profiles: Vec<String>,
}

/// A group of users.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Attached managed policies.
    pub attached: Vec<PolicyId>,
    /// Inline policies.
    pub inline: Vec<PolicyId>,
}

impl Account {
    /// Empties it in favour of another snapshot of the same account.
    pub(super) fn supersede(&mut self, by: &AccountName) {
        self.superseded = true;
        self.principals.clear();
        self.groups.clear();
        self.gaps = vec![format!("not counted, for {by} is a snapshot of the same account {}", self.id)];
        self.id.clear();
    }

    /// The policies that speak for a principal: its own and those of its groups.
    pub fn identity<'a>(&'a self, principal: &'a Principal) -> impl Iterator<Item = PolicyId> + 'a {
        let groups = principal.groups.iter().filter_map(|group| self.groups.get(*group));
        let of_groups = groups.flat_map(|group| group.inline.iter().chain(&group.attached));
        principal.inline.iter().chain(&principal.attached).chain(of_groups).copied()
    }
}

/// What a snapshot says of an account, before it is joined with others.
pub(super) struct Read {
    account: Account,
    policies: Store,
    /// Policies that are attached and not in the snapshot, and how often.
    missing: BTreeMap<String, usize>,
}

impl Read {
    /// Puts the account's policies with those of the others.
    pub(super) fn join(self, store: &mut Store) -> Account {
        let Self { mut account, policies, missing } = self;
        let moved = store.absorb(policies);
        let to = |id: &mut PolicyId| *id = moved.place(*id);
        for principal in &mut account.principals {
            principal.attached.iter_mut().chain(&mut principal.inline).for_each(to);
            principal.boundary.iter_mut().chain(&mut principal.trust).for_each(to);
        }
        for group in &mut account.groups {
            group.attached.iter_mut().chain(&mut group.inline).for_each(to);
        }
        let told = |arn: &String| store.find(arn).and_then(|id| store.get(id)).is_some_and(|stored| !stored.document.is_null());
        for (arn, count) in missing.into_iter().filter(|(arn, _)| !told(arn)) {
            account.gaps.push(format!(
                "the text of {arn}, which is attached in {count} places, is not in the snapshot: it may allow or deny anything"
            ));
        }
        account
    }
}

pub(super) fn read(snapshot: &Snapshot, catalog: &'static Catalog) -> Result<Read, EstateError> {
    let region = snapshot.default_region()?;
    let mut gaps = Vec::new();
    let answer: Answer<Details> = snapshot.answer(region, DETAILS)?;
    if let Some(reason) = answer.gap() {
        gaps.push(format!("iam:GetAccountAuthorizationDetails: {}: {}", reason.code, reason.message));
    }
    let header = snapshot.manifest().map(|manifest| &manifest.header);
    let details = answer.value().unwrap_or_default();
    if details.role_detail_list.is_none() && details.user_detail_list.is_empty() && gaps.is_empty() {
        gaps.push("iam:GetAccountAuthorizationDetails is in the snapshot without users and roles".to_owned());
    }
    let unread = !gaps.is_empty();
    let (id, partition) = snapshot.identity()?;
    let mut policies = Store::new(catalog);
    let mut reader = Reader { snapshot, region, store: &mut policies, gaps, missing: BTreeMap::new(), bounded: None };
    let (principals, groups) = reader.details(details)?;
    let Reader { gaps, missing, .. } = reader;
    let account = Account {
        name: snapshot.name().clone(),
        id,
        partition: if partition.is_empty() { "aws".to_owned() } else { partition },
        region,
        collected: header.map(|header| header.finished.unwrap_or(header.started).to_string()),
        organization: None,
        alone: false,
        superseded: false,
        canonical: super::grants::canonical_id(snapshot, region)?,
        principals,
        groups,
        unread,
        gaps,
    };
    Ok(Read { account, policies, missing })
}

struct Reader<'a> {
    snapshot: &'a Snapshot,
    region: &'static str,
    store: &'a mut Store,
    gaps: Vec<String>,
    /// Policies that are attached and not in the snapshot, and how often.
    missing: BTreeMap<String, usize>,
    /// Whether the account's details have any boundary; where none has one, each principal is looked at by itself.
    bounded: Option<bool>,
}

impl Reader<'_> {
    fn details(&mut self, details: Details) -> Result<(Vec<Principal>, Vec<Group>), EstateError> {
        for managed in details.policies {
            let arn = managed.arn.clone();
            let kind = if arn.split(':').nth(4) == Some("aws") { PolicyKind::Aws } else { PolicyKind::Customer };
            if let Some(document) = managed.document() {
                self.store.add(arn, kind, document);
            }
        }
        let roles = details.role_detail_list.iter().flatten().any(|role| role.permissions_boundary.is_some());
        self.bounded = Some(roles || details.user_detail_list.iter().any(|user| user.permissions_boundary.is_some()));
        let mut groups = details.group_detail_list.into_iter().map(|group| self.group(group)).collect::<Result<Vec<_>, _>>()?;
        groups.sort_by(|one, other| one.arn.cmp(&other.arn));
        let by_name: HashMap<String, usize> = groups.iter().enumerate().map(|(at, group)| (group.name.clone(), at)).collect();
        let mut principals = Vec::new();
        for user in details.user_detail_list {
            principals.push(self.user(user, &by_name)?);
        }
        for (place, role) in details.role_detail_list.into_iter().flatten().enumerate() {
            principals.push(Principal { place, ..self.role(role)? });
        }
        let listed = principals.len();
        principals.retain(|principal| !principal.arn.is_empty());
        match listed - principals.len() {
            0 => {}
            1 => self.gaps.push("1 user or role has no ARN, and is left out".to_owned()),
            many => self.gaps.push(format!("{many} users and roles have no ARN, and are left out")),
        }
        principals.sort_by(|one, other| one.arn.cmp(&other.arn));
        Ok((principals, groups))
    }

    fn group(&mut self, group: GroupDetail) -> Result<Group, EstateError> {
        let attached = self.attached(&group.attached_managed_policies)?;
        let inline = self.inline(&group.arn, group.group_policy_list);
        Ok(Group { arn: group.arn, name: group.group_name, attached, inline })
    }

    fn user(&mut self, user: UserDetail, groups: &HashMap<String, usize>) -> Result<Principal, EstateError> {
        let looked_up = self.looked_up("iam-get-user", &user.user_name)?;
        let mut attached = self.attached(&user.attached_managed_policies)?;
        for group in user.group_list.iter().filter(|name| !groups.contains_key(*name)) {
            let name = format!("the policies of group {group}");
            self.gaps.push(format!("group {group} of {} is not in the snapshot: it may allow or deny anything", user.arn));
            attached.push(self.store.add_unknown(name, PolicyKind::Inline));
        }
        Ok(Principal {
            attached,
            inline: self.inline(&user.arn, user.user_policy_list),
            boundary: self.boundary(user.permissions_boundary.or(looked_up.permissions_boundary))?,
            groups: user.group_list.iter().filter_map(|name| groups.get(name)).copied().collect(),
            arn: user.arn,
            is_role: false,
            name: user.user_name,
            path: user.path,
            id: user.user_id,
            created: user.create_date,
            last_used: looked_up.password_last_used,
            tags: tags(user.tags),
            ..Principal::default()
        })
    }

    fn role(&mut self, role: RoleDetail) -> Result<Principal, EstateError> {
        let looked_up = self.looked_up("iam-get-role", &role.role_name)?;
        let last_used = role.role_last_used.or(looked_up.role_last_used);
        let trust = role
            .assume_role_policy_document
            .map(|document| self.store.add(format!("the trust policy of {}", role.arn), PolicyKind::Trust, document));
        Ok(Principal {
            attached: self.attached(&role.attached_managed_policies)?,
            inline: self.inline(&role.arn, role.role_policy_list),
            boundary: self.boundary(role.permissions_boundary.or(looked_up.permissions_boundary))?,
            trust,
            arn: role.arn,
            is_role: true,
            name: role.role_name,
            path: role.path,
            id: role.role_id,
            created: role.create_date,
            last_used: last_used.and_then(|used| used.last_used_date),
            tags: tags(role.tags),
            instance_profiles: role.instance_profile_list.into_iter().map(|profile| profile.arn).collect(),
            ..Principal::default()
        })
    }

    /// AWS has boundaries in the account's details. Where no principal has one, it may be an emulator's omission.
    fn looked_up(&self, stem: &str, name: &str) -> Result<super::details::Bounded, EstateError> {
        if self.bounded == Some(true) {
            return Ok(super::details::Bounded::default());
        }
        let answer: Answer<One> = self.snapshot.answer_for(self.region, stem, &[name])?;
        Ok(answer.value().unwrap_or_default().user)
    }

    fn attached(&mut self, attached: &[Attached]) -> Result<Vec<PolicyId>, EstateError> {
        let mut found = Vec::with_capacity(attached.len());
        for policy in attached {
            found.push(self.managed(&policy.policy_arn)?);
        }
        Ok(found)
    }

    fn boundary(&mut self, boundary: Option<Boundary>) -> Result<Option<PolicyId>, EstateError> {
        let arn = boundary.map(|boundary| boundary.permissions_boundary_arn).filter(|arn| !arn.is_empty());
        Ok(arn.map(|arn| self.managed(&arn)).transpose()?)
    }

    /// A policy that nobody can read may allow or deny anything: it is not left out, it is unknown.
    fn managed(&mut self, arn: &str) -> Result<PolicyId, CatalogError> {
        if let Some(found) = self.store.managed(arn)? {
            if self.missing.contains_key(arn) {
                *self.missing.entry(arn.to_owned()).or_insert(0) += 1;
            }
            return Ok(found);
        }
        self.missing.insert(arn.to_owned(), 1);
        Ok(self.store.add_missing(arn))
    }

    fn inline(&mut self, owner: &str, policies: Vec<InlineDetail>) -> Vec<PolicyId> {
        let named = policies.into_iter().map(|policy| (format!("inline policy {} of {owner}", policy.policy_name), policy.policy_document));
        named.map(|(name, document)| self.store.add(name, PolicyKind::Inline, document)).collect()
    }
}

fn tags(tags: Vec<Tag>) -> BTreeMap<String, String> {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}
