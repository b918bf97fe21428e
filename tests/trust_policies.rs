//! The web of trust against one policy at a time: for every row of the tables of policies, and for the trust policies of
//! roles, an account that lets somebody in, one in which a denial or a condition keeps them out, and one in which the
//! answer is missing. `trust_policies/README.md` tells the form.

use std::collections::BTreeSet;
use std::path::Path;

use cloudmapper::iam::estate::{PolicyCalls, Resources};
use cloudmapper::model::{AccountName, in_parallel, processors};
use cloudmapper::snapshot::Snapshot;
use cloudmapper::snapshot::answers::Owner;
use cloudmapper::trust::{Access, Input, Web, read, ties, weave};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::stored;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    kind: String,
    resource: String,
    allowed: Side,
    denied: Side,
    not_collected: Gap,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    files: Map<String, Value>,
    edges: Vec<Drawn>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gap {
    files: Map<String, Value>,
    missing: Vec<String>,
}

/// An edge, as the cases say it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drawn {
    from: String,
    to: String,
    access: String,
    certain: bool,
}

/// How an answer can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    NotCalled,
    NoManifest,
    RowRefused,
    EachRefused,
}

/// Users and roles of an account that has none.
const DETAILS: &str = "us-east-1/iam-get-account-authorization-details.json";

fn cases() -> Vec<(String, Case)> {
    stored::cases("tests/trust_policies", "TRUST_POLICIES")
}

fn woven(base: &Path) -> Web {
    let accounts = [Snapshot::open(base, &"demo".parse::<AccountName>().unwrap()).unwrap()];
    let input = Input { accounts: &accounts, others: &[], config: None, vendors: &[] };
    weave(&read(&input).unwrap(), &input).unwrap()
}

fn with_details(files: &Map<String, Value>) -> Map<String, Value> {
    let mut files = files.clone();
    files.entry(DETAILS).or_insert(json!({"UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [], "Policies": []}));
    files
}

fn drawn(web: &Web) -> BTreeSet<Drawn> {
    let edge = |from: &str, to: &str, access: Access, certain: bool| Drawn {
        from: from.to_owned(),
        to: to.to_owned(),
        access: access.word().to_owned(),
        certain,
    };
    web.edges.iter().map(|one| edge(&one.from, &one.to, one.access, one.is_certain())).collect()
}

/// What is wrong with a side; where somebody is let in, the resource is the one that the case names.
fn side(case: &Case, side: &Side) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    stored::write(folder.path(), "demo", "aws", &with_details(&side.files), &[]);
    let web = woven(folder.path());
    let (found, expected) = (drawn(&web), side.edges.iter().cloned().collect());
    if found != expected {
        return Some(format!("expected {expected:?}, found {found:?}"));
    }
    let other: BTreeSet<&str> = web.edges.iter().flat_map(|edge| &edge.reasons).map(|reason| reason.resource.as_str()).collect();
    (!found.is_empty() && other != BTreeSet::from([case.resource.as_str()])).then(|| format!("is of {other:?}, not of {}", case.resource))
}

/// Writes an account in which the answer is missing, in one of the ways.
fn write(base: &Path, case: &Case, how: Missing) {
    let gap = &case.not_collected;
    let is_missing = |file: &str| gap.missing.iter().any(|call| file.contains(call.as_str()));
    let files = if is_missing(DETAILS) { gap.files.clone() } else { with_details(&gap.files) };
    stored::write(base, "demo", "aws", &files, if how == Missing::RowRefused { &gap.missing } else { &[] });
    let path = base.join("account-data/demo/manifest.json");
    match how {
        Missing::NoManifest => std::fs::remove_file(path).unwrap(),
        Missing::EachRefused => {
            let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            for file in case.allowed.files.keys().filter(|file| !gap.files.contains_key(*file)) {
                let mut parts = file.trim_end_matches(".json").split('/');
                let (region, call) = (parts.next().unwrap(), parts.next().unwrap());
                let (service, request) = call.split_once('-').unwrap();
                let call = json!({"service": service, "request": request, "operation": "", "region": region, "parameters": {}, "file": file,
                    "outcome": "not_collected", "time": "2026-11-22T10:00:00Z", "attempts": 1, "pages": 1, "code": "AccessDenied", "message": "no"});
                manifest["calls"].as_array_mut().unwrap().push(call);
            }
            std::fs::write(path, manifest.to_string()).unwrap();
        }
        Missing::NotCalled | Missing::RowRefused => {}
    }
}

/// The calls of which nobody is told that they are missing.
fn silent(case: &Case, how: Missing) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), case, how);
    let gaps = woven(folder.path()).gaps;
    // Of calls that nobody made, the gaps name the first.
    let snapshot = Snapshot::open(folder.path(), &"demo".parse::<AccountName>().unwrap()).unwrap();
    let unknown = ties(&snapshot, &Owner::of(&snapshot).unwrap()).unwrap().unknown;
    let is_told = |call: &str| {
        let of_kind = |calls: &PolicyCalls| calls.policy == Some(call);
        let kinds: Vec<String> =
            Resources::calls().unwrap().filter(of_kind).map(|calls| format!("× {} was not collected", calls.kind)).collect();
        // IAM's is called as policies call it.
        let is_iam = call == "iam-get-account-authorization-details";
        unknown.keys().any(|(_, known, _)| known == call)
            || gaps.iter().any(|gap| is_iam && gap.what.starts_with("iam:GetAccountAuthorizationDetails"))
            || gaps.iter().any(|gap| kinds.iter().any(|kind| gap.what.ends_with(kind)))
    };
    let silent: Vec<&String> = case.not_collected.missing.iter().filter(|call| !is_told(call)).collect();
    (!silent.is_empty()).then(|| format!("{how:?}: nothing tells that {silent:?} is missing"))
}

/// Asks all cases, and says what is wrong.
fn judge(ask: impl Fn(&Case) -> Vec<Option<String>> + Sync) {
    let wrong: Vec<String> = in_parallel(&cases(), processors(), |(name, case), (): &mut ()| {
        ask(case).into_iter().flatten().map(|problem| format!("{name}, {problem}")).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn policies_let_in_whom_they_say() {
    judge(|case| vec![side(case, &case.allowed), side(case, &case.denied).map(|problem| format!("denied: {problem}"))]);
}

#[test]
fn missing_policies_are_told() {
    let ways = [Missing::NotCalled, Missing::NoManifest, Missing::RowRefused, Missing::EachRefused];
    judge(|case| ways.iter().map(|how| silent(case, *how)).collect());
}

/// The calls that the parameters of a call are read from, and those of these.
fn sources(call: &str, rows: &[Value], found: &mut BTreeSet<String>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for row in rows.iter().filter(|row| format!("{}-{}", text(&row["Service"]), text(&row["Request"])) == call) {
        let parameters = row["Parameters"].as_array().into_iter().flatten().map(|parameter| &parameter["Value"]);
        let programs = parameters.chain([&row["ForEach"]]).map(text).collect::<Vec<_>>();
        for (source, _) in programs.iter().filter_map(|program| program.split_once('|')) {
            let source = source.trim_start_matches("../*/").split('/').next().unwrap().trim_end_matches(".json");
            if !source.is_empty() && found.insert(source.to_owned()) {
                sources(source, rows, found);
            }
        }
    }
}

/// Whatever the calls for policies are made from: refused, it would hide policies.
#[test]
fn every_source_of_policies_is_told() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/collect_commands.yaml");
    let rows: Vec<Value> = serde_saphyr::from_str(&std::fs::read_to_string(table).unwrap()).unwrap();
    let mut wrong = Vec::new();
    let mut lists: BTreeSet<String> = BTreeSet::new();
    for calls in Resources::calls().unwrap() {
        let mut from = BTreeSet::new();
        sources(calls.policy.unwrap_or_default(), &rows, &mut from);
        let same = Resources::calls().unwrap().filter(|other| other.policy == calls.policy);
        let listed: BTreeSet<String> = same.flat_map(|other| other.lists).cloned().collect();
        wrong.extend(from.difference(&listed).map(|call| format!("{}: {call}", calls.kind)));
        lists.extend(listed);
    }
    assert!(wrong.is_empty(), "List does not say\n{}", wrong.join("\n"));
    let denied: Vec<String> = lists.into_iter().collect();
    let folder = tempfile::tempdir().unwrap();
    stored::write(folder.path(), "demo", "aws", &Map::new(), &denied);
    let snapshot = Snapshot::open(folder.path(), &"demo".parse::<AccountName>().unwrap()).unwrap();
    let unknown = ties(&snapshot, &Owner::of(&snapshot).unwrap()).unwrap().unknown;
    let told: BTreeSet<&str> = unknown.keys().filter(|(_, _, why)| why == "AccessDenied").map(|(_, call, _)| call.as_str()).collect();
    let silent: Vec<&String> = denied.iter().filter(|call| !told.contains(call.as_str())).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn every_row_has_a_case() {
    let cases = cases();
    let rows: Vec<&str> = Resources::calls().unwrap().map(|calls| calls.kind).collect();
    assert!(rows.len() > 110, "{rows:?}");
    let without: Vec<&&str> = rows.iter().filter(|kind| !cases.iter().any(|(_, case)| case.kind == **kind)).collect();
    assert!(without.is_empty() || std::env::var_os("TRUST_POLICIES").is_some(), "{without:?}");
}
