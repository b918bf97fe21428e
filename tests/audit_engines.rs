//! The checks that ask engines, against small accounts: for each one that fails it, one that passes, and one in which an
//! answer is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use cloudmapper::audit::{Check, Engine, Finding, Input, Verdict, audit, checks};
use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::stored;

/// The account that is looked at.
const OWN: &str = "111122223333";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    id: String,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// What of the three it is for.
    verdict: Verdict,
    /// Answers; null where AWS says that there is none.
    files: Map<String, Value>,
    /// Calls that were refused.
    #[serde(default)]
    denied: Vec<String>,
    /// Other accounts that are looked at, by id.
    #[serde(default)]
    beside: BTreeMap<String, Map<String, Value>>,
    /// The files of accounts that have no manifest, and so do not tell what was refused.
    #[serde(default)]
    without_manifest: bool,
    findings: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(default)]
    resource: String,
    verdict: Verdict,
    region: Option<String>,
    confidence: Option<String>,
    #[serde(default)]
    details: Map<String, Value>,
}

fn cases() -> Vec<(String, Cases)> {
    stored::cases("tests/checks_engines", "CHECKS_ENGINES")
}

fn own_checks() -> impl Iterator<Item = &'static Arc<Check>> {
    checks().unwrap().iter().filter(|check| check.engine != Engine::Jq)
}

fn is_as(finding: &Finding, expected: &Expected) -> bool {
    finding.resource == expected.resource
        && finding.verdict == expected.verdict
        && expected.region.as_ref().is_none_or(|region| *region == finding.region)
        && expected.confidence.as_ref().is_none_or(|word| finding.confidence.word() == word)
        && expected.details.iter().all(|(name, value)| finding.details.get(name) == Some(value))
}

fn shown(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let (verdict, details) = (finding.verdict.word(), Value::from(finding.details.clone()));
        format!("\n      {verdict} {:?} {:?} {} {details}", finding.resource, finding.region, finding.confidence.word())
    };
    findings.iter().map(line).collect()
}

/// The answers of a case, and of all other calls of the table that there is nothing: what was refused alone is missing.
fn whole(case: &Case) -> Map<String, Value> {
    let mut files = case.files.clone();
    let mut regions: BTreeSet<String> = files.keys().filter_map(|file| file.split('/').next()).map(str::to_owned).collect();
    if regions.is_empty() {
        regions.insert("us-east-1".to_owned());
    }
    for (region, call) in regions.iter().flat_map(|region| calls().iter().map(move |call| (region, call))) {
        let name = call.trim_end_matches(".json");
        let folder = format!("{region}/{name}/");
        let asked = files.keys().any(|file| file.starts_with(&folder));
        if !asked && !case.denied.iter().any(|denied| denied.split('/').next() == Some(name)) {
            files.entry(format!("{region}/{call}")).or_insert(Value::Null);
        }
    }
    files
}

/// The calls of the table, as files.
fn calls() -> &'static [String] {
    static CALLS: OnceLock<Vec<String>> = OnceLock::new();
    CALLS.get_or_init(|| {
        let rows: Vec<Row> = serde_saphyr::from_str(include_str!("../data/collect_commands.yaml")).unwrap();
        let asks = |row: &Row| {
            row.for_each.is_some() || row.parameters.iter().any(|one| one["Value"].as_str().is_some_and(|value| value.contains('|')))
        };
        // What is asked for one by one has no file of its own.
        let name = |row: Row| format!("{}-{}{}", row.service, row.request, if asks(&row) { "" } else { ".json" });
        rows.into_iter().map(name).collect()
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    service: String,
    request: String,
    #[serde(default)]
    parameters: Vec<Value>,
    for_each: Option<String>,
}

/// What is wrong with a case.
fn problem(check: &Arc<Check>, case: &Case) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    stored::write(folder.path(), "demo", "aws", &whole(case), &case.denied);
    if case.without_manifest {
        std::fs::remove_file(folder.path().join("account-data/demo/manifest.json")).unwrap();
    }
    let mut names = vec!["demo".to_owned()];
    for (id, files) in &case.beside {
        let name = format!("beside-{id}");
        stored::write_of(folder.path(), (&name, id), "aws", files, &[]);
        names.push(name);
    }
    let open = |name: &String| Snapshot::open(folder.path(), &name.parse::<AccountName>().unwrap()).unwrap();
    let accounts: Vec<Snapshot> = names.iter().map(open).collect();
    let only = [check.clone()];
    let input = Input { accounts: &accounts, others: &accounts, config: None, vendors: &[], checks: &only };
    let found = match audit(&input) {
        Ok(found) => found,
        Err(error) => return Some(error.to_string()),
    };
    let own: Vec<Finding> = found.findings.into_iter().filter(|finding| finding.account.id == OWN).collect();
    let expected: Vec<&Expected> = case.findings.iter().filter(|expected| expected.verdict != Verdict::Pass).collect();
    let mut left = own.clone();
    for expected in &expected {
        let Some(at) = left.iter().position(|finding| is_as(finding, expected)) else {
            return Some(format!("no {expected:?}, but{}", shown(&own)));
        };
        left.remove(at);
    }
    if !left.is_empty() {
        return Some(format!("more than expected:{}", shown(&left)));
    }
    let passed = found.passed.get(&(check.id.clone(), OWN.to_owned())).copied().unwrap_or_default();
    let wanted = case.findings.len() - expected.len();
    (passed < wanted).then(|| format!("{passed} passed, not {wanted}"))
}

#[test]
fn every_case_comes_out() {
    let mut wrong = Vec::new();
    for (name, Cases { id, cases }) in cases() {
        let check = own_checks().find(|check| check.id == id).unwrap_or_else(|| panic!("{name}: no check {id}"));
        wrong.extend(cases.iter().filter_map(|case| Some(format!("{name}, {}: {}", case.name, problem(check, case)?))));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Checks without a case of a verdict, and why.
const WITHOUT: &[(&str, Verdict, &str)] = &[
    ("EXCEPTION", Verdict::Fail, "it is told of programs that fail, which those of the program do not"),
    ("EXCEPTION", Verdict::Pass, "it is told or not"),
    ("EXCEPTION", Verdict::Unknown, "it is told or not"),
    ("PUBLIC_BUT_BLOCKED", Verdict::Unknown, "what is not known is told by the check of its kind"),
];

#[test]
fn every_check_fails_passes_and_does_not_know() {
    if std::env::var_os("CHECKS_ENGINES").is_some() {
        return;
    }
    let all = cases();
    let mut lacking = BTreeSet::new();
    for check in own_checks() {
        let own: Vec<Verdict> =
            all.iter().filter(|(_, cases)| cases.id == check.id).flat_map(|(_, cases)| &cases.cases).map(|case| case.verdict).collect();
        for verdict in [Verdict::Fail, Verdict::Pass, Verdict::Unknown] {
            if !own.contains(&verdict) {
                lacking.insert((check.id.as_str(), verdict.word()));
            }
        }
    }
    let known: BTreeSet<(&str, &str)> = WITHOUT.iter().map(|(id, verdict, _)| (*id, verdict.word())).collect();
    assert_eq!(lacking, known);
}
