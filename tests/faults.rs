//! Whatever goes wrong on the way: nothing is half-written, every call's outcome is on record, and after enough reruns
//! the snapshot is the one of a day without faults.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use crate::support::Workspace;
use crate::support::fake_aws::{CALLS, FakeAws, Fault, PASSING, TABLE, chance};

const COLLECT: &[&str] = &["collect", "--account", "prod", "--commands", "table.yaml", "--timeout", "1", "--max-attempts", "3"];

fn workspace(aws: &FakeAws) -> Workspace {
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace
}

/// The answers of a run, without the record of when and how.
fn answers(workspace: &Workspace) -> BTreeMap<String, Vec<u8>> {
    let mut files = workspace.files("account-data/prod");
    files.retain(|name, _| !name.starts_with("manifest") && !name.ends_with("=tmp"));
    files
}

fn outcomes(workspace: &Workspace) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(&workspace.read("account-data/prod/manifest.json")).unwrap();
    let text = |call: &Value, key: &str| call[key].as_str().unwrap().to_owned();
    manifest["calls"].as_array().unwrap().iter().map(|call| (text(call, "file"), text(call, "outcome"))).collect()
}

fn faultless(aws: &FakeAws) -> (BTreeMap<String, Vec<u8>>, BTreeMap<String, String>) {
    aws.misbehave(None);
    let workspace = workspace(aws);
    workspace.run(COLLECT).says(0, &["prod:"]);
    (answers(&workspace), outcomes(&workspace))
}

fn check_whole(workspace: &Workspace) {
    for (name, bytes) in answers(workspace) {
        serde_json::from_slice::<Value>(&bytes).unwrap_or_else(|error| panic!("{name} is half-written: {error}"));
    }
}

#[test]
fn a_day_without_faults() {
    let aws = FakeAws::start();
    let (answers, outcomes) = faultless(&aws);
    // `describe-regions.json` is a call too.
    assert_eq!(outcomes.len(), CALLS + 1);
    assert_eq!(outcomes.values().filter(|outcome| *outcome == "empty").count(), 4, "buckets without a policy");
    let roles: Value = serde_json::from_slice(&answers["us-east-1/iam-list-roles.json"]).unwrap();
    assert_eq!(roles["Roles"].as_array().unwrap().len(), 23, "all pages");
    assert_eq!(roles["Roles"][22]["RoleName"], "role-22", "in order");
    assert!(roles.get("Marker").is_none() && roles.get("IsTruncated").is_none());
    let table: Value = serde_json::from_slice(&answers["eu-west-1/dynamodb-describe-table/orders"]).unwrap();
    assert_eq!(table["Table"]["CreationDateTime"], "2019-05-07T15:40:22+00:00");
}

#[test]
fn any_schedule_of_faults_ends_in_the_same_snapshot() {
    let aws = FakeAws::start();
    let (wanted, wanted_outcomes) = faultless(&aws);
    for seed in 1..=6 {
        let workspace = workspace(&aws);
        let mut runs = 0;
        loop {
            // Ever fewer faults: "enough reruns" comes to an end.
            let share = 40_u64.saturating_sub(runs * 8);
            aws.misbehave(Some(Box::new(move |number, _| {
                let draw = chance(seed * 1000 + runs, number);
                let fault = PASSING[usize::try_from(draw >> 32).unwrap() % PASSING.len()];
                (draw % 100 < share).then_some(fault)
            })));
            let ran = workspace.run(COLLECT);
            runs += 1;
            check_whole(&workspace);
            match ran.code {
                Some(0) => break,
                Some(1 | 2) if runs < 12 => {}
                _ => panic!("seed {seed}: {ran:#?}"),
            }
            if workspace.path().join("account-data/prod/manifest.json").exists() {
                let on_record: BTreeSet<String> = outcomes(&workspace).into_keys().collect();
                for file in answers(&workspace).into_keys() {
                    assert!(on_record.contains(&file), "seed {seed}: {file} is on no record");
                }
            }
        }
        // Not `assert_eq!`: it would print every byte of both.
        assert!(answers(&workspace) == wanted, "seed {seed}: {:?}", answers(&workspace).keys());
        assert_eq!(outcomes(&workspace), wanted_outcomes, "seed {seed}");
        workspace.run(&["snapshot", "verify", "--account", "prod"]).says(0, &["as they were collected"]);
    }
}

#[test]
fn each_kind_of_fault_is_named_for_what_it_is() {
    let aws = FakeAws::start();
    for (fault, code) in [
        (Fault::Deny, "AccessDenied"),
        (Fault::Throttle, "ThrottlingException"),
        (Fault::ServerError, "InternalError"),
        (Fault::Html, "UnreadableAnswer"),
        (Fault::CutBody, "ConnectionBroken"),
        (Fault::Hang, "Timeout"),
    ] {
        aws.misbehave(Some(Box::new(move |_, operation| (operation == "query:DescribeVpcs").then_some(fault))));
        let workspace = workspace(&aws);
        let args = ["--only", "ec2", "--only", "dynamodb", "--regions", "us-east-1"];
        workspace.run(&[COLLECT, &args].concat()).says(1, &[code, "ec2 describe-vpcs"]);
        let manifest: Value = serde_json::from_str(&workspace.read("account-data/prod/manifest.json")).unwrap();
        let call = manifest["calls"].as_array().unwrap().iter().find(|call| call["request"] == "describe-vpcs").unwrap();
        assert_eq!(call["outcome"], "not_collected", "{fault:?}");
        assert_eq!(call["code"], code);
        let attempts = if fault == Fault::Deny { 1 } else { 3 };
        assert_eq!(call["attempts"], attempts, "{fault:?}");
    }
}

#[test]
fn a_page_that_fails_leaves_what_came_before_and_says_so() {
    let aws = FakeAws::start();
    let pages = std::sync::atomic::AtomicUsize::new(0);
    aws.misbehave(Some(Box::new(move |_, operation| {
        let is_third = operation == "query:ListRoles" && pages.fetch_add(1, std::sync::atomic::Ordering::SeqCst) >= 2;
        is_third.then_some(Fault::Deny)
    })));
    let workspace = workspace(&aws);
    workspace.run(&[COLLECT, &["--only", "iam"]].concat()).says(1, &["AccessDenied"]);
    let outcomes_now = outcomes(&workspace);
    assert_eq!(outcomes_now["us-east-1/iam-list-roles.json"], "partial");
    assert_eq!(outcomes_now["us-east-1/iam-get-role"], "not_collected", "there are roles that nobody asked about");
    assert_eq!(outcomes_now["us-east-1/iam-get-role/role-19"], "value");
    aws.misbehave(None);
    aws.take_seen();
    workspace.run(&[COLLECT, &["--only", "iam"]].concat()).says(0, &[]);
    assert_eq!(aws.take_seen()["query:GetRole"], 3, "only the roles of the last page");
    assert!(!outcomes(&workspace).contains_key("us-east-1/iam-get-role"));
}

#[test]
fn a_bucket_is_asked_in_its_own_region() {
    let aws = FakeAws::start();
    let workspace = workspace(&aws);
    workspace.run(&[COLLECT, &["--only", "s3"]].concat()).says(0, &[]);
    let policy: Value = serde_json::from_str(&workspace.read("account-data/prod/us-east-1/s3-get-bucket-policy/bucket-05")).unwrap();
    assert!(policy["Policy"].as_str().unwrap().contains("bucket-05"));
}

#[test]
fn what_is_not_ready_is_asked_again_and_once_is_enough_when_it_is() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", "- {Service: iam, Request: generate-credential-report, Check: [{Name: State, Value: COMPLETE}]}\n");
    aws.misbehave(None);
    workspace.run(COLLECT).says(0, &[]);
    assert!(workspace.read("account-data/prod/us-east-1/iam-generate-credential-report.json").contains("COMPLETE"));
    let asked = aws.take_seen()["query:GenerateCredentialReport"];
    assert!((1..=3).contains(&asked), "{asked} times");
}

#[test]
fn a_rerun_makes_only_the_calls_that_are_missing() {
    let aws = FakeAws::start();
    aws.misbehave(Some(Box::new(|_, operation| (operation == "query:DescribeVpcs").then_some(Fault::Deny))));
    let workspace = workspace(&aws);
    workspace.run(COLLECT).says(1, &[]);
    aws.misbehave(None);
    aws.take_seen();
    workspace.run(COLLECT).says(0, &[]);
    let mut seen = aws.take_seen();
    seen.retain(|operation, _| operation != "query:GetCallerIdentity" && operation != "query:DescribeRegions");
    assert_eq!(seen, BTreeMap::from([("query:DescribeVpcs".to_owned(), 2)]));
}

#[test]
fn expired_credentials_end_the_run_early_and_keep_everything() {
    let aws = FakeAws::start();
    aws.misbehave(Some(Box::new(|number, _| (number > 20).then_some(Fault::Expired))));
    let workspace = workspace(&aws);
    let ran = workspace.run(COLLECT);
    ran.says(1, &["the credentials expired", "run the same command again"]);
    assert_eq!(ran.out.matches("the credentials expired").count(), 1, "one clear message");
    let sent: usize = aws.take_seen().values().sum();
    assert!(sent < CALLS, "{sent} requests: it went on although nothing could succeed");
    check_whole(&workspace);
    aws.misbehave(None);
    workspace.run(COLLECT).says(0, &[]);
    assert!(answers(&workspace) == faultless(&aws).0);
}

#[test]
fn a_kill_at_any_moment_loses_nothing() {
    let aws = FakeAws::start();
    let (wanted, wanted_outcomes) = faultless(&aws);
    aws.slow(Duration::from_millis(10));
    let workspace = workspace(&aws);
    let mut kept_before = 0;
    for kill in 0..12 {
        let mut child = workspace.command(COLLECT).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(150 + chance(7, kill) % 400));
        child.kill().unwrap();
        child.wait().unwrap();
        check_whole(&workspace);
        let kept = answers(&workspace).len();
        assert!(kept >= kept_before, "kill {kill}: {kept} files, {kept_before} before");
        kept_before = kept;
    }
    workspace.run(COLLECT).says(0, &[]);
    assert!(answers(&workspace) == wanted);
    assert_eq!(outcomes(&workspace), wanted_outcomes);
    let left: Vec<String> = workspace
        .files("account-data/prod")
        .into_keys()
        .filter(|name| name.ends_with("=tmp") || name.contains("journal") || name.contains("lock"))
        .collect();
    assert_eq!(left, [""; 0], "left over");
}
