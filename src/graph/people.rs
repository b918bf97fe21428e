//! The people of IAM Identity Center, and the roles that they are assigned to: directly, or by their groups.
//!
//! Identity Center makes of each permission set a role in each account that it is assigned in. People are known by the
//! account that holds Identity Center, roles by the accounts that they are in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use super::GraphError;
use super::model::{Edge, Graph, Kind, place};
use super::needs::Step;
use super::outside;
use crate::iam::estate::{Account, Estate, Principal};
use crate::iam::formula::Formula;
use crate::iam::policy::PrincipalName;
use crate::iam::truth::Truth;
use crate::snapshot::answers::{Calls, Standing};
use crate::snapshot::layout::unquote;
use crate::snapshot::{Answer, Snapshot};

/// The technique.
pub(super) const ASSIGNED: &str = "identity-center";

/// So many accounts are named in a note.
const MOST_NAMED: usize = 5;

/// Somebody.
#[derive(Debug)]
struct Person {
    arn: String,
    name: String,
    /// The account that Identity Center is of, or that knows of it.
    account: String,
}

/// That somebody may sign in as a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Assignment {
    /// The person, by ARN.
    person: String,
    /// The role's account.
    account: String,
    /// The permission set: its name, and its ARN.
    set: (String, String),
    /// By which group, if not directly.
    group: Option<String>,
}

/// What snapshots tell of people.
#[derive(Debug, Default)]
pub(super) struct People {
    people: Vec<Person>,
    arns: BTreeSet<String>,
    assignments: BTreeSet<Assignment>,
    /// Calls that were not made, by account.
    unseen: BTreeSet<(String, String)>,
    notes: BTreeSet<String>,
    /// Somebody told of assignments.
    told: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listed {
    instances: Vec<Instance>,
    permission_sets: Vec<String>,
    permission_set: Set,
    account_ids: Vec<String>,
    account_assignments: Vec<Assigned>,
    users: Vec<User>,
    groups: Vec<Group>,
    group_memberships: Vec<Membership>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Instance {
    instance_arn: String,
    identity_store_id: String,
    owner_account_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Set {
    name: String,
    permission_set_arn: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Assigned {
    account_id: String,
    permission_set_arn: String,
    principal_type: String,
    principal_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct User {
    user_id: String,
    user_arn: String,
    user_name: String,
    display_name: String,
    user_status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Group {
    group_id: String,
    display_name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Membership {
    member_id: Member,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Member {
    user_id: String,
}

impl People {
    pub(super) fn read(estate: &Estate, snapshots: &[Snapshot]) -> Result<Self, GraphError> {
        let mut people = Self::default();
        for (account, snapshot) in estate.accounts.iter().zip(snapshots).filter(|(account, _)| !account.superseded) {
            let calls = Calls::new(snapshot)?;
            for region in calls.regions.clone() {
                let listed: Answer<Listed> = snapshot.answer(&region, "sso-admin-list-instances")?;
                for instance in listed.value().unwrap_or_default().instances {
                    let place = Place { snapshot, calls: &calls, region: &region, account, instance: &instance };
                    people.of_instance(&place)?;
                }
            }
        }
        Ok(people)
    }

    fn of_instance(&mut self, place: &Place<'_>) -> Result<(), GraphError> {
        let (instance, account) = (place.instance, place.account);
        let id = instance.instance_arn.rsplit('/').next().unwrap_or_default();
        let assigned: Vec<Assigned> =
            place.all("sso-admin-list-account-assignments")?.into_iter().flat_map(|(_, listed)| listed.account_assignments).collect();
        let assigned: Vec<Assigned> = assigned.into_iter().filter(|one| one.permission_set_arn.contains(id)).collect();
        let is_owner = instance.owner_account_id.is_empty() || instance.owner_account_id == account.id;
        // Members of an organization see its instance, and may ask nothing about it.
        if !is_owner && assigned.is_empty() {
            return Ok(());
        }
        let owner = if is_owner { &account.id } else { &instance.owner_account_id };
        self.told |= !assigned.is_empty();
        self.find_gaps(place)?;
        let sets: HashMap<String, String> = place
            .all("sso-admin-describe-permission-set")?
            .into_iter()
            .map(|(_, listed)| (listed.permission_set.permission_set_arn, listed.permission_set.name))
            .collect();
        let users = self.users(place, owner)?;
        let arn = |id: &str| users.get(id).map_or_else(|| Some(place.user_arn(id)), Clone::clone);
        let groups: HashMap<String, String> = place
            .all("identitystore-list-groups")?
            .into_iter()
            .flat_map(|(_, listed)| listed.groups)
            .map(|group| (group.group_id, group.display_name))
            .collect();
        for one in &assigned {
            let Some(name) = sets.get(&one.permission_set_arn) else {
                self.notes.insert(format!(
                    "Identity Center: the permission set {} was not collected: who is assigned to it is left out",
                    one.permission_set_arn
                ));
                continue;
            };
            let set = (name.clone(), one.permission_set_arn.clone());
            let (members, group) = if one.principal_type == "GROUP" {
                let called =
                    groups.get(&one.principal_id).map_or_else(|| one.principal_id.clone(), |name| format!("{name} ({})", one.principal_id));
                (self.members(place, &one.principal_id, &called)?, Some(called))
            } else {
                (vec![one.principal_id.clone()], None)
            };
            for member in &members {
                let Some(person) = arn(member) else { continue };
                self.meet(&person, format!("sso-user/{member}"), owner);
                self.assignments.insert(Assignment { person, account: one.account_id.clone(), set: set.clone(), group: group.clone() });
            }
        }
        Ok(())
    }

    /// By id the ARNs of users; none of those who cannot sign in.
    fn users(&mut self, place: &Place<'_>, owner: &str) -> Result<HashMap<String, Option<String>>, GraphError> {
        let mut users = HashMap::new();
        for user in place.of_store("identitystore-list-users", &[])?.users {
            let arn = if user.user_arn.is_empty() { place.user_arn(&user.user_id) } else { user.user_arn };
            let shown = if user.display_name.is_empty() || user.display_name == user.user_name {
                String::new()
            } else {
                format!(" ({})", user.display_name)
            };
            self.meet(&arn, format!("sso-user/{}{shown}", user.user_name), owner);
            users.insert(user.user_id, (user.user_status != "DISABLED").then_some(arn));
        }
        Ok(users)
    }

    /// Takes somebody in, who may be known from another account.
    fn meet(&mut self, arn: &str, name: String, owner: &str) {
        if self.arns.insert(arn.to_owned()) {
            self.people.push(Person { arn: arn.to_owned(), name, account: owner.to_owned() });
        }
    }

    /// The ids of a group's users.
    fn members(&mut self, place: &Place<'_>, group: &str, called: &str) -> Result<Vec<String>, GraphError> {
        let call = "identitystore-list-group-memberships";
        let store = &place.instance.identity_store_id;
        let answer: Answer<Listed> = place.snapshot.answer_for(place.region, call, &[store, group])?;
        if answer.gap().is_some() {
            self.unseen.insert((place.account.id.clone(), call.to_owned()));
            self.notes.insert(format!(
                "Identity Center: not all members of the group {called} were collected: who else has its roles is left out"
            ));
        }
        Ok(answer.value().unwrap_or_default().group_memberships.into_iter().map(|member| member.member_id.user_id).collect())
    }

    /// Calls that would have told of more.
    fn find_gaps(&mut self, place: &Place<'_>) -> Result<(), GraphError> {
        let mut check = |call: &str, wanted: bool| -> Result<Vec<(Vec<String>, Listed)>, GraphError> {
            let standing = place.calls.standing(place.region, call)?;
            if wanted && standing != Standing::Answered {
                self.unseen.insert((place.account.id.clone(), call.to_owned()));
            }
            place.all(call)
        };
        let sets = check("sso-admin-list-permission-sets", true)?.iter().any(|(_, listed)| !listed.permission_sets.is_empty());
        check("sso-admin-describe-permission-set", sets)?;
        let provisioned = check("sso-admin-list-accounts-for-provisioned-permission-set", sets)?;
        check("sso-admin-list-account-assignments", provisioned.iter().any(|(_, listed)| !listed.account_ids.is_empty()))?;
        check("identitystore-list-users", sets)?;
        check("identitystore-list-groups", sets)?;
        Ok(())
    }

    /// What lets somebody be a role: assignments in words.
    pub(super) fn reasons(&self, person: &str, role: &str) -> Vec<String> {
        let (account, name) = (role.split(':').nth(4), role.rsplit('/').next().and_then(set_of));
        let meant = self
            .assignments
            .iter()
            .filter(|one| one.person == person && Some(one.account.as_str()) == account && Some(one.set.0.as_str()) == name);
        let words = |one: &Assignment| {
            let (name, arn) = &one.set;
            let by = one.group.as_ref().map_or_else(|| "directly".to_owned(), |group| format!("by the group {group}"));
            format!("permission set {name} ({arn}), assigned in account {} {by}", one.account)
        };
        meant.map(words).collect()
    }

    /// By account, which calls would have told of more.
    fn gaps(&self) -> Vec<String> {
        let mut by_account: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (account, call) in &self.unseen {
            by_account.entry(account).or_default().push(call);
        }
        let words = |(account, calls): (&str, Vec<&str>)| {
            format!("Identity Center: not all of it is known, for account {account} has no whole answer to {}", calls.join(", "))
        };
        by_account.into_iter().map(words).collect()
    }

    /// What assignments lead to, where that is not here.
    fn elsewhere(&self, estate: &Estate, found: &BTreeSet<(&str, &str)>) -> Vec<String> {
        let mut away = BTreeSet::new();
        let mut gone = BTreeSet::new();
        for one in &self.assignments {
            if estate.account(&one.account).is_none() {
                away.insert(one.account.as_str());
            } else if !found.contains(&(one.account.as_str(), one.set.0.as_str())) {
                gone.insert((one.account.as_str(), one.set.0.as_str()));
            }
        }
        let named = away.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = away.len().checked_sub(MOST_NAMED).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
        let away = (!away.is_empty()).then(|| format!("Identity Center: people have roles in accounts that are not here: {named}{more}"));
        let mut notes: Vec<String> = away.into_iter().collect();
        let missing = |(account, set): (&str, &str)| {
            format!("Identity Center: {set} is assigned in account {account}, whose snapshot has no such role")
        };
        notes.extend(gone.into_iter().map(missing));
        notes
    }
}

/// Where an instance is told of.
struct Place<'a> {
    snapshot: &'a Snapshot,
    calls: &'a Calls<'a>,
    region: &'a str,
    account: &'a Account,
    instance: &'a Instance,
}

impl Place<'_> {
    /// All answers of a call, with their parameters.
    fn all(&self, call: &str) -> Result<Vec<(Vec<String>, Listed)>, GraphError> {
        let mut all = Vec::new();
        for file in self.snapshot.files_asked_for(self.region, call)? {
            let parts: Vec<String> = file.split('/').skip(2).map(unquote).collect();
            let values: Vec<&str> = parts.iter().map(String::as_str).collect();
            let answer: Answer<Listed> = self.snapshot.answer_for(self.region, call, &values)?;
            all.push((parts, answer.value().unwrap_or_default()));
        }
        Ok(all)
    }

    /// The answer of a call about the identity store.
    fn of_store(&self, call: &str, more: &[&str]) -> Result<Listed, GraphError> {
        let values: Vec<&str> = [self.instance.identity_store_id.as_str()].iter().chain(more).copied().collect();
        let answer: Answer<Listed> = self.snapshot.answer_for(self.region, call, &values)?;
        Ok(answer.value().unwrap_or_default())
    }

    fn user_arn(&self, id: &str) -> String {
        format!("arn:{}:identitystore:::user/{id}", self.account.partition)
    }
}

/// The permission set of a role: `AWSReservedSSO_Admin_0123456789abcdef`.
fn set_of(role: &str) -> Option<&str> {
    let (set, end) = role.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
    (end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(set)
}

/// The roles that Identity Center made.
fn is_reserved(arn: &str) -> bool {
    arn.contains(":role/aws-reserved/sso.amazonaws.com/")
}

/// Whether an edge is what Identity Center is for: people, or the provider that it signs them in by, have a role that it made.
pub(super) fn is_assignment(graph: &Graph, edge: &Edge) -> bool {
    let node = |at: usize| graph.nodes.get(at);
    node(edge.from).is_some_and(|node| matches!(node.kind, Kind::Person | Kind::Provider))
        && node(edge.to).is_some_and(|node| is_reserved(&node.arn))
}

/// What a role says to the providers that its trust policy names: Identity Center signs people in by one.
pub(super) fn steps(estate: &Estate, role: &str) -> Vec<Step> {
    let trust = estate.principal(role).and_then(|(_, role)| estate.store.get(role.trust?));
    let providers = trust.into_iter().flat_map(|stored| stored.policy.lets_in()).filter(|name| matches!(name, PrincipalName::Federated(_)));
    providers.filter_map(|name| outside::explain(estate, &name.to_string(), role)).collect()
}

/// Adds people, and the ways from them.
pub(super) fn add(graph: &mut Graph, estate: &Estate, snapshots: &[Snapshot]) -> Result<(), GraphError> {
    let people = People::read(estate, snapshots)?;
    let technique = place(ASSIGNED)?;
    let mut places: HashMap<String, usize> = graph.nodes.iter().enumerate().map(|(at, node)| (node.arn.clone(), at)).collect();
    let accounts: HashMap<String, usize> = graph.accounts.iter().enumerate().map(|(at, account)| (account.id.clone(), at)).collect();
    for person in &people.people {
        graph.node_of(&mut places, &person.arn, &person.name, (Kind::Person, accounts.get(&person.account).copied()));
    }
    let mut roles: BTreeMap<(&str, &str), Vec<&Principal>> = BTreeMap::new();
    for account in &estate.accounts {
        for role in account.principals.iter().filter(|role| role.is_role && is_reserved(&role.arn)) {
            if let Some(set) = set_of(&role.name) {
                roles.entry((&account.id, set)).or_default().push(role);
            }
        }
    }
    for one in &people.assignments {
        let here = roles.get(&(one.account.as_str(), one.set.0.as_str())).map(Vec::as_slice).unwrap_or_default();
        for role in here {
            let truth = Truth::any(steps(estate, &role.arn).iter().map(|step| match step.explained.when {
                Formula::Always => Truth::Yes,
                Formula::Never => Truth::No,
                _ => Truth::Unknown,
            }));
            let ends = places.get(&one.person).zip(places.get(&role.arn));
            if let Some((from, to)) = ends.filter(|_| truth != Truth::No) {
                // Of several roles of one permission set, one is in use.
                let certain = truth == Truth::Yes && here.len() == 1;
                graph.edges.push(Edge { from: *from, to: *to, technique, certain, via: None });
            }
        }
    }
    graph.notes.extend(people.gaps());
    graph.notes.extend(people.notes.iter().cloned());
    graph.notes.extend(people.elsewhere(estate, &roles.keys().copied().collect()));
    if !roles.is_empty() && !people.told {
        let count: usize = roles.values().map(Vec::len).sum();
        graph.notes.push(format!(
            "Identity Center: who has its {count} roles here is not known: no snapshot here has its assignments, which the account that holds it tells"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_end_in_sixteen_digits() {
        assert_eq!(set_of("AWSReservedSSO_Power_User_0123456789abcdef"), Some("Power_User"));
        assert_eq!(set_of("AWSReservedSSO_Admin"), None);
        assert_eq!(set_of("AWSReservedSSO_Admin_of_all"), None);
        assert_eq!(set_of("Admin_0123456789abcdef"), None);
    }
}
