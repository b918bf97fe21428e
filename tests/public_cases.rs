//! `public` against small accounts: for every row of its table one in which the thing is exposed, one in which a single
//! fact differs, and one in which an answer is missing.

use std::collections::BTreeSet;

use cloudmapper::exposure::{Entry, Verdict, assess, rows};
use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::stored;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    row: u16,
    exposed: Side,
    closed: Side,
    not_collected: Gap,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    /// Answers; null where AWS says that there is none.
    files: Map<String, Value>,
    expect: Vec<Expect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gap {
    files: Map<String, Value>,
    missing: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    arn: String,
    verdict: Verdict,
    ports: Option<Vec<String>>,
    to: Option<Vec<String>>,
    host: Option<Vec<String>>,
    through: Option<String>,
    name: Option<String>,
    guardrail: Option<String>,
    why: Option<String>,
    confidence: Option<String>,
    missing: Option<Vec<String>>,
}

fn cases() -> Vec<(String, Case)> {
    stored::cases("tests/public", "PUBLIC_CASES")
}

/// An account that has these answers, and was refused those of `missing`.
fn assessed(files: &Map<String, Value>, missing: &[String], denied: bool) -> Vec<Entry> {
    let folder = tempfile::tempdir().unwrap();
    let region = files.keys().next().and_then(|file| file.split('/').next()).unwrap_or("us-east-1").to_owned();
    let mut files = files.clone();
    // Everybody has these.
    for (call, value) in
        [("ec2-describe-instances", json!({"Reservations": []})), ("sts-get-caller-identity", json!({"Account": "111122223333"}))]
    {
        if !missing.iter().any(|missing| missing == call) {
            files.entry(format!("{region}/{call}.json")).or_insert(value);
        }
    }
    stored::write(folder.path(), "demo", "aws", &files, if denied { missing } else { &[] });
    let snapshot = Snapshot::open(folder.path(), &"demo".parse::<AccountName>().unwrap()).unwrap();
    let snapshots = [snapshot];
    assess(&snapshots, &snapshots).unwrap().entries
}

fn is_as(entry: &Entry, expect: &Expect) -> bool {
    let set = |texts: &[String]| texts.iter().cloned().collect::<BTreeSet<_>>();
    let same = |own: &[String], wanted: &Option<Vec<String>>| wanted.as_ref().is_none_or(|wanted| set(own) == set(wanted));
    let text = |own: &Option<String>, wanted: &Option<String>| wanted.is_none() || own == wanted;
    // An interface that is part of something else is told there.
    let interface = expect.arn.rsplit('/').next().unwrap_or_default();
    (entry.arn == expect.arn || entry.interfaces.iter().any(|own| own == interface))
        && entry.verdict == expect.verdict
        && same(&entry.ports, &expect.ports)
        && same(&entry.to, &expect.to)
        && same(&entry.hosts, &expect.host)
        && text(&entry.through, &expect.through)
        && text(&entry.name, &expect.name)
        && text(&entry.guardrail, &expect.guardrail)
        && expect.why.as_ref().is_none_or(|why| entry.why.contains(why))
        && expect.confidence.as_ref().is_none_or(|word| format!("{:?}", entry.confidence).to_lowercase() == *word)
        && expect
            .missing
            .as_ref()
            .is_none_or(|missing| missing.iter().all(|call| entry.missing.iter().any(|own| own.ends_with(call.as_str()))))
}

/// One line about each entry.
fn shown(entries: &[&Entry]) -> String {
    let line = |entry: &&Entry| {
        format!(
            "\n      {} {} {} ports {:?} to {:?} missing {:?} why {:?} {:?}",
            entry.row.id,
            entry.verdict.word(),
            entry.arn,
            entry.ports,
            entry.to,
            entry.missing,
            entry.why,
            entry.guardrail
        )
    };
    entries.iter().map(line).collect()
}

fn side(case: &Case, side: &Side, closed: bool) -> Option<String> {
    let entries = assessed(&side.files, &[], false);
    let row = rows().unwrap().iter().find(|row| row.id == case.id)?;
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.row.id == case.id || row.within.contains(&entry.row.id)).collect();
    for expect in &side.expect {
        if !entries.iter().any(|entry| is_as(entry, expect)) {
            let near: Vec<&Entry> =
                entries.iter().filter(|entry| entry.arn == expect.arn || own.iter().any(|own| std::ptr::eq(*own, *entry))).collect();
            return Some(format!("no entry is {expect:?}, but{}", shown(&near)));
        }
    }
    let open: Vec<&Entry> = own
        .into_iter()
        .filter(|entry| matches!(entry.verdict, Verdict::Public | Verdict::Shared | Verdict::Unknown))
        .filter(|entry| !entry.arn.is_empty())
        .collect();
    let expected = |entry: &&Entry| side.expect.iter().any(|expect| is_as(entry, expect));
    let surplus: Vec<&Entry> = open.into_iter().filter(|entry| !expected(entry)).collect();
    (closed && !surplus.is_empty()).then(|| format!("more than expected:{}", shown(&surplus)))
}

fn gap(case: &Case, denied: bool) -> Option<String> {
    let entries = assessed(&case.not_collected.files, &case.not_collected.missing, denied);
    let unknown: Vec<&Entry> = entries.iter().filter(|entry| entry.verdict == Verdict::Unknown).collect();
    let told: BTreeSet<&str> =
        unknown.iter().flat_map(|entry| &entry.missing).map(|call| call.rsplit(':').next().unwrap_or_default()).collect();
    let silent: Vec<&String> = case.not_collected.missing.iter().filter(|call| !told.contains(call.as_str())).collect();
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.row.id == case.id).collect();
    (!silent.is_empty())
        .then(|| format!("{} does not tell that {silent:?} is missing:{}", if denied { "refused" } else { "absent" }, shown(&own)))
}

#[test]
fn every_case_comes_out() {
    let mut wrong = Vec::new();
    for (name, case) in cases() {
        let found = [side(&case, &case.exposed, false), side(&case, &case.closed, true), gap(&case, false), gap(&case, true)];
        let kinds = ["exposed", "closed", "not collected", "denied"];
        wrong.extend(found.into_iter().zip(kinds).filter_map(|(problem, kind)| Some(format!("{name}, {kind}: {}", problem?))));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_row_has_a_case() {
    let cases = cases();
    let without: Vec<&str> =
        rows().unwrap().iter().map(|row| row.id.as_str()).filter(|id| !cases.iter().any(|(_, case)| case.id == *id)).collect();
    assert!(without.is_empty() || std::env::var_os("PUBLIC_CASES").is_some(), "{without:?}");
    let rows: BTreeSet<u16> = cases.iter().map(|(_, case)| case.row).collect();
    assert!(rows.len() >= 110 || std::env::var_os("PUBLIC_CASES").is_some(), "{} lines of the coverage table", rows.len());
}
