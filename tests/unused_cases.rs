//! `find_unused` against small accounts: for every row of its table one in which the thing is used, one in which a single
//! fact differs, and one in which an answer is missing; and what the command prints of it.

use std::collections::BTreeSet;

use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use cloudmapper::unused::{Entry, Options, State, find, rows};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{Workspace, stored};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    used: Side,
    unused: Side,
    not_collected: Gap,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    /// Answers; null where AWS says that there is none.
    files: Map<String, Value>,
    /// Some fields of each entry.
    expect: Vec<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gap {
    files: Map<String, Value>,
    missing: Vec<String>,
}

fn cases() -> Vec<(String, Case)> {
    stored::cases("tests/unused", "UNUSED_CASES")
}

fn found(files: &Map<String, Value>, denied: &[String]) -> Vec<Entry> {
    let folder = tempfile::tempdir().unwrap();
    stored::write(folder.path(), "demo", "aws", files, denied);
    let snapshot = Snapshot::open(folder.path(), &"demo".parse::<AccountName>().unwrap()).unwrap();
    find(&[snapshot], &Options { days: 90 }).unwrap().remove(0).entries
}

/// What is known of an entry, by the names of the cases.
fn fields(entry: &Entry) -> Map<String, Value> {
    let own = json!({"arn": entry.arn, "id": entry.id, "name": entry.name, "why": entry.why, "since": entry.since,
        "confidence": entry.confidence, "monthly_usd": entry.monthly_usd});
    let mut fields = entry.facts.clone();
    fields.extend(own.as_object().unwrap().clone());
    fields
}

pub fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        _ => one == other,
    }
}

fn is_as(entry: &Entry, expect: &Map<String, Value>) -> bool {
    let own = fields(entry);
    expect.iter().all(|(name, value)| same(own.get(name).unwrap_or(&Value::Null), value))
}

/// One line about each entry.
fn shown(entries: &[&Entry]) -> String {
    let line = |entry: &&Entry| {
        format!("\n      {} {} missing {:?} unseen {:?}", entry.state.word(), json!(fields(entry)), entry.missing, entry.unseen)
    };
    entries.iter().map(line).collect()
}

fn side(id: &str, side: &Side) -> Option<String> {
    let entries = found(&side.files, &[]);
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.row.id == id).collect();
    let mut left = own.clone();
    for expect in &side.expect {
        let Some(at) = left.iter().position(|entry| entry.state == State::Unused && is_as(entry, expect)) else {
            return Some(format!("no entry is {}, but{}", json!(expect), shown(&own)));
        };
        left.remove(at);
    }
    (!left.is_empty()).then(|| format!("more than expected:{}", shown(&left)))
}

fn gap(case: &Case, denied: bool) -> Option<String> {
    let none = Vec::new();
    let entries = found(&case.not_collected.files, if denied { &case.not_collected.missing } else { &none });
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.row.id == case.id).collect();
    let told: BTreeSet<&String> = own.iter().flat_map(|entry| entry.missing.iter().chain(&entry.unseen)).collect();
    // Of global things, the Region is told as well.
    let is_told = |call: &String| told.iter().any(|own| own.rsplit('/').next() == Some(call));
    let silent: Vec<&String> = case.not_collected.missing.iter().filter(|call| !is_told(call)).collect();
    (!silent.is_empty()).then(|| format!("does not tell that {silent:?} is missing:{}", shown(&own)))
}

#[test]
fn every_case_comes_out() {
    let mut wrong = Vec::new();
    for (name, case) in cases() {
        let found = [side(&case.id, &case.used), side(&case.id, &case.unused), gap(&case, false), gap(&case, true)];
        let kinds = ["used", "unused", "not collected", "denied"];
        wrong.extend(found.into_iter().zip(kinds).filter_map(|(problem, kind)| Some(format!("{name}, {kind}: {}", problem?))));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_row_has_a_case() {
    let cases = cases();
    let without: Vec<&str> =
        rows().unwrap().iter().map(|row| row.id.as_str()).filter(|id| !cases.iter().any(|(_, case)| case.id == *id)).collect();
    assert!(without.is_empty() || std::env::var_os("UNUSED_CASES").is_some(), "{without:?}");
}

/// An account with a volume, an address, and a group of which it is not known whether something uses it.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    let files = json!({
        "us-east-1/ec2-describe-volumes.json": {"Volumes": [{"VolumeId": "vol-1", "State": "available", "VolumeType": "gp3", "Size": 100,
            "Iops": 3000, "Throughput": 125, "CreateTime": "2026-01-01T00:00:00+00:00", "Tags": [{"Key": "Name", "Value": "=1+1\u{1b}[31m"}]}]},
        "us-east-1/ec2-describe-addresses.json": {"Addresses": [{"AllocationId": "eipalloc-1", "PublicIp": "198.51.100.1", "PublicIpv4Pool": "amazon"}]},
        "us-east-1/ec2-describe-security-groups.json": {"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "Description": "d",
            "VpcId": "vpc-1", "OwnerId": "111122223333", "IpPermissions": [], "IpPermissionsEgress": []}]},
    });
    stored::write(workspace.path(), "demo", "aws", files.as_object().unwrap(), &["ec2-describe-network-interfaces".to_owned()]);
    workspace
}

#[test]
fn json_is_cloudmappers_and_more() {
    let ran = workspace().run(&["find_unused", "--account", "demo", "--format", "json"]);
    ran.says(0, &[]);
    let accounts: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(accounts[0]["account"], json!({"id": "111122223333", "name": "demo"}));
    let region = &accounts[0]["regions"][0];
    assert_eq!(region["region"], "us-east-1");
    assert_eq!(region["unused_resources"]["volumes"][0]["id"], "vol-1");
    let address = &region["unused_resources"]["elastic_ips"][0];
    assert_eq!((&address["id"], &address["ip"]), (&json!("eipalloc-1"), &json!("198.51.100.1")));
    // What is not known is not unused.
    assert!(region["unused_resources"].get("security_groups").is_none());
    assert!(same(&accounts[0]["monthly_usd"], &json!(11.65)), "{}", accounts[0]["monthly_usd"]);
    let unknown = accounts[0]["unknown"].as_array().unwrap();
    assert!(unknown.iter().any(|entry| entry["row"] == "security-group" && entry["missing"] == json!(["ec2-describe-network-interfaces"])));
    assert!(unknown.iter().any(|entry| entry["row"] == "nat-gateway"));
}

#[test]
fn text_and_csv_are_safe_to_show() {
    let workspace = workspace();
    let ran = workspace.run(&["find_unused", "--account", "demo"]);
    ran.says(0, &["vol-1", "8.00", "11.65", "ec2-describe-network-interfaces"]);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    let ran = workspace.run(&["find_unused", "--account", "demo", "--format", "csv"]);
    ran.says(0, &["vol-1", ",8.00,", "'=1+1"]);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
}

/// An account with a default group, and many others of which it is only likely that nothing uses them.
fn groups() -> Workspace {
    let workspace = Workspace::new();
    let group = |number: usize| {
        let name = if number == 0 { "default".to_owned() } else { format!("a name of some length\nfor the group {number}") };
        json!({"GroupId": format!("sg-{number:017}"), "GroupName": name, "Description": "d", "VpcId": "vpc-1", "OwnerId": "111122223333"})
    };
    let files = json!({
        "us-east-1/ec2-describe-security-groups.json": {"SecurityGroups": (0..30).map(group).collect::<Vec<_>>()},
        "us-east-1/ec2-describe-network-interfaces.json": {"NetworkInterfaces": []},
    });
    stored::write(workspace.path(), "demo", "aws", files.as_object().unwrap(), &["appstream-describe-fleets".to_owned()]);
    workspace
}

#[test]
fn text_says_the_same_once() {
    let ran = groups().run(&["find_unused", "--account", "demo"]);
    ran.says(
        0,
        &[
            "demo (29 unused)",
            "security group that nothing uses (29): on no network interface",
            "for the group 29 (sg-00000000000000029) *\n",
        ],
    );
    ran.says(0, &["  1 default security group is unused too", "  * likely, not certain"]);
    for once in ["appstream-describe-fleets", "on no network interface"] {
        assert_eq!(ran.out.matches(once).count(), 1, "{once}: {}", ran.out);
    }
    assert!(!ran.out.contains("default (sg-"), "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
    // A name begins no line of its own.
    assert!(!ran.out.contains("\nfor the group"), "{}", ran.out);
}

#[test]
fn json_has_default_groups_and_no_price_below_zero() {
    let ran = groups().run(&["find_unused", "--account", "demo", "--format", "json"]);
    ran.says(0, &["\"monthly_usd\": 0.0", "sg-00000000000000000", "\"deletable\": false"]);
    assert!(!ran.out.contains("-0.0"), "{}", ran.out);
}

#[test]
fn days_are_counted() {
    let workspace = Workspace::new();
    let files = json!({"us-east-1/logs-describe-log-groups.json": {"logGroups": [{"logGroupName": "g", "storedBytes": 0,
        "arn": "arn:aws:logs:us-east-1:111122223333:log-group:g:*", "creationTime": 1_793_800_000_000_i64}]}});
    stored::write(workspace.path(), "demo", "aws", files.as_object().unwrap(), &[]);
    let has = |days: &str| {
        let ran = workspace.run(&["find_unused", "--account", "demo", "--format", "csv", "--days", days]);
        ran.out.contains("log-group:g")
    };
    assert!(has("1") && !has("90"));
}
