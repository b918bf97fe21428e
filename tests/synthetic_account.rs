//! What those who measure with the account rely on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::synthetic::{Size, authorization_details, json, managed, write};

type Files = BTreeMap<String, Vec<u8>>;

fn read(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}/"), files)
        } else {
            drop(files.insert(name, fs::read(entry.path()).unwrap()))
        }
    }
}

fn snapshot(size: &Size, seed: u64) -> Files {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "main", size, seed).unwrap();
    let mut files = Files::new();
    read(&folder.path().join("account-data/main"), "", &mut files);
    files
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

fn identities(details: &Value) -> impl Iterator<Item = &Value> {
    ["UserDetailList", "GroupDetailList", "RoleDetailList"].into_iter().flat_map(|name| list(details, name))
}

/// All objects in a value.
fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Object(members) => {
            found.push(value);
            members.values().for_each(|member| objects(member, found));
        }
        _ => {}
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let one = snapshot(&Size::SMALL, 7);
    assert!(one == snapshot(&Size::SMALL, 7));
    assert!(one != snapshot(&Size::SMALL, 8));
    let details = authorization_details(&Size::SMALL, 7);
    assert!(one["us-east-1/iam-get-account-authorization-details.json"] == json::to_bytes(&details));
}

#[test]
fn a_role_stays_what_it_is_when_there_are_more_of_them() {
    let more = Size { roles: 300, ..Size::SMALL };
    let (few, many) = (authorization_details(&Size::SMALL, 3), authorization_details(&more, 3));
    let names = |details: &Value| list(details, "RoleDetailList")[20..120].iter().map(|role| role["RoleName"].clone()).collect::<Vec<_>>();
    let same = names(&few).into_iter().zip(names(&many)).filter(|(one, other)| one == other).count();
    assert!(same > 95, "{same}");
}

#[test]
fn there_are_as_many_as_asked_for_with_names_of_their_own() {
    let size = Size { users: 90, roles: 1_500, groups: 40, managed_policies: 300, buckets: 120, ..Size::SMALL };
    let details = authorization_details(&size, 1);
    let own = |policy: &&Value| !policy["Arn"].as_str().unwrap().starts_with("arn:aws:iam::aws:");
    assert_eq!(list(&details, "Policies").iter().filter(own).count(), size.managed_policies);
    for (name, key, count) in [
        ("UserDetailList", "UserName", size.users),
        ("GroupDetailList", "GroupName", size.groups),
        ("RoleDetailList", "RoleName", size.roles),
    ] {
        let names: BTreeSet<String> = list(&details, name).iter().map(|one| one[key].as_str().unwrap().to_lowercase()).collect();
        assert_eq!((list(&details, name).len(), names.len()), (count, count), "{name}");
        assert!(names.iter().all(|name| name.len() <= 64), "{names:?}");
    }
    let share =
        |key: &str| list(&details, "RoleDetailList").iter().filter(|role| role[key].as_array().is_some_and(|l| !l.is_empty())).count();
    assert!((50..70).contains(&(share("Tags") * 100 / size.roles)));
    let bounded = list(&details, "RoleDetailList").iter().filter(|role| role.get("PermissionsBoundary").is_some()).count();
    assert!((6..14).contains(&(bounded * 100 / size.roles)), "{bounded}");
}

#[test]
fn every_policy_that_is_attached_is_there_and_counted() {
    let details = authorization_details(&Size::SMALL, 5);
    let mut attached: BTreeMap<&str, u64> = BTreeMap::new();
    for identity in identities(&details) {
        let arns: Vec<&str> =
            list(identity, "AttachedManagedPolicies").iter().map(|policy| policy["PolicyArn"].as_str().unwrap()).collect();
        assert_eq!(arns.iter().collect::<BTreeSet<_>>().len(), arns.len(), "attached twice: {arns:?}");
        assert!(arns.len() <= 10);
        arns.into_iter().for_each(|arn| *attached.entry(arn).or_default() += 1);
    }
    let policies: BTreeMap<&str, &Value> =
        list(&details, "Policies").iter().map(|policy| (policy["Arn"].as_str().unwrap(), policy)).collect();
    for (arn, count) in &attached {
        assert_eq!(policies.get(arn).and_then(|policy| policy["AttachmentCount"].as_u64()), Some(*count), "{arn}");
    }
    for identity in identities(&details).filter(|identity| identity.get("PermissionsBoundary").is_some()) {
        let boundary = identity["PermissionsBoundary"]["PermissionsBoundaryArn"].as_str().unwrap();
        assert!(policies[boundary]["PermissionsBoundaryUsageCount"].as_u64() >= Some(1));
    }
}

#[test]
fn documents_have_statements_and_are_no_longer_than_aws_allows() {
    let details = authorization_details(&Size::SMALL, 11);
    let mut found = Vec::new();
    objects(&details, &mut found);
    let mut documents = 0;
    for (key, limit) in [("AssumeRolePolicyDocument", 4_096), ("PolicyDocument", 5_120), ("Document", 6_144)] {
        for document in found.iter().filter_map(|object| object.get(key)) {
            documents += 1;
            let statements = document["Statement"].as_array().cloned().unwrap_or_else(|| vec![document["Statement"].clone()]);
            assert!(!statements.is_empty());
            for statement in &statements {
                assert!(matches!(statement["Effect"].as_str(), Some("Allow" | "Deny")), "{statement}");
                let targets = ["Resource", "NotResource", "Principal"].iter().filter(|key| statement.get(**key).is_some()).count();
                let actions = ["Action", "NotAction"].iter().filter(|key| statement.get(**key).is_some()).count();
                assert_eq!((targets, actions), (1, 1), "{statement}");
            }
            let aws = managed::POLICIES.iter().any(|policy| policy.document() == *document);
            assert!(aws || document.to_string().len() <= limit, "{document}");
        }
    }
    assert!(documents > 200, "{documents}");
}

#[test]
fn policies_have_one_default_version() {
    for policy in list(&authorization_details(&Size::SMALL, 2), "Policies") {
        let versions = list(policy, "PolicyVersionList");
        let default: Vec<&Value> =
            versions.iter().filter(|version| version["IsDefaultVersion"] == true).map(|version| &version["VersionId"]).collect();
        assert_eq!(default, [&policy["DefaultVersionId"]]);
        assert!(versions.len() <= 5);
    }
}

#[test]
fn files_are_ascii_json_and_policies_in_them_parse() {
    let files = snapshot(&Size::SMALL, 4);
    let mut policies = 0;
    for (name, bytes) in &files {
        assert!(bytes.is_ascii() && !bytes.ends_with(b"\n"), "{name}");
        let value: Value = serde_json::from_slice(bytes).unwrap();
        for text in [&value["Policy"], &value["Policy"]["Content"]].into_iter().filter_map(Value::as_str) {
            let document: Value = serde_json::from_str(text).unwrap();
            assert!(!list(&document, "Statement").is_empty(), "{name}");
            policies += 1;
        }
    }
    assert!(policies > 20, "{policies}");
    let report: Value = serde_json::from_slice(&files["us-east-1/iam-get-credential-report.json"]).unwrap();
    let lines: Vec<&str> = report["Content"].as_str().unwrap().split('\n').collect();
    assert_eq!(lines.len(), Size::SMALL.users + 2);
    assert!(lines.iter().all(|line| line.split(',').count() == 22));
}

#[test]
fn the_units_of_the_organization_hang_together() {
    let files = snapshot(&Size::SMALL, 6);
    let read = |name: &str| -> Value { serde_json::from_slice(&files[&format!("us-east-1/organizations-{name}")]).unwrap() };
    let mut level = vec![list(&read("list-roots.json"), "Roots")[0]["Id"].as_str().unwrap().to_owned()];
    let (mut units, mut accounts, mut deepest) = (0, 0, 0);
    for depth in 1..=6 {
        let mut next = Vec::new();
        for parent in &level {
            accounts += list(&read(&format!("list-accounts-for-parent/{parent}")), "Accounts").len();
            if depth < 6 {
                let below = read(&format!("list-organizational-units-for-parent/{depth}/{parent}"));
                next.extend(list(&below, "OrganizationalUnits").iter().map(|unit| unit["Id"].as_str().unwrap().to_owned()));
            }
        }
        units += next.len();
        deepest = if next.is_empty() { deepest } else { depth };
        level = next;
    }
    assert_eq!((units, accounts), (Size::SMALL.organizational_units, Size::SMALL.accounts + 2));
    assert!(deepest >= 4);
    for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] {
        for policy in list(&read(&format!("list-policies/{kind}")), "Policies") {
            let id = policy["Id"].as_str().unwrap();
            assert_eq!(read(&format!("describe-policy/{id}"))["Policy"]["PolicySummary"], *policy);
            assert!(read(&format!("list-targets-for-policy/{id}"))["Targets"].is_array());
        }
    }
}

#[test]
fn an_account_of_nothing_can_be_written_too() {
    let none = Size { users: 0, roles: 0, groups: 0, managed_policies: 0, buckets: 0, organizational_units: 0, accounts: 0 };
    assert!(!snapshot(&none, 1).is_empty());
    let lonely = Size { users: 30, roles: 200, ..none };
    assert!(!snapshot(&lonely, 1).is_empty());
}
