//! The checks of `audit`: each with its documentation and, if it is a program, with cases that it passes, fails and cannot
//! judge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cloudmapper::audit::{Case, Check, Engine, Verdict, cases, checks, wrong};

fn own_cases(check: &Check) -> Vec<Case> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks").join(format!("{}.yaml", check.id));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    cases(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn programs() -> impl Iterator<Item = &'static Check> {
    checks().unwrap().iter().map(AsRef::as_ref).filter(|check| check.engine == Engine::Jq)
}

#[test]
fn every_case_comes_out() {
    let mut problems = Vec::new();
    for check in programs() {
        problems.extend(wrong(check, &own_cases(check)).into_iter().map(|one| format!("{}, {}: {}", check.id, one.case, one.problem)));
    }
    assert!(problems.is_empty(), "{} cases:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_program_has_a_case_of_each_kind() {
    for check in programs() {
        let kinds: BTreeSet<Verdict> = own_cases(check).iter().map(|case| case.verdict).collect();
        assert_eq!(kinds.len(), 3, "{} has {kinds:?}", check.id);
    }
}

#[test]
fn every_check_is_documented() {
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for check in checks().unwrap() {
        let id = check.id.as_str();
        assert!(id.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'), "{id}");
        assert!(check.description.len() > 40 && !check.remediation.trim().is_empty(), "{id} says too little");
        assert!(!check.title.ends_with('.') && check.title.len() < 110, "{id}: {}", check.title);
        assert!(!check.references.is_empty() && check.references.iter().all(|page| page.starts_with("https://")), "{id}");
        assert!(["cloudmapper", "ours"].contains(&check.since.as_str()), "{id}");
        assert_eq!(titles.insert(&check.title, id), None, "{id} has the title of another");
    }
}

/// What CloudMapper's users have overrides for.
#[test]
fn all_ids_of_cloudmapper_are_there() {
    let own = checks().unwrap().iter().filter(|check| check.since == "cloudmapper").count();
    assert!(own >= 60, "{own}");
    assert!(checks().unwrap().len() >= 400);
}

#[test]
fn cases_are_of_checks() {
    let known: BTreeSet<String> = programs().map(|check| format!("{}.yaml", check.id)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name} is of no check");
    }
}

#[test]
fn broken_checks_are_told() {
    let mut check = programs().find(|check| check.id == "ACM_EXPIRING").unwrap().clone();
    check.program = Some("{verdict: \"perhaps\"}".to_owned().into());
    assert!(!wrong(&check, &own_cases(&check)).is_empty());
    check.program = Some("error(\"no\")".to_owned().into());
    assert!(wrong(&check, &own_cases(&check)).iter().all(|one| one.problem.contains("no")));
}
