//! Another engine as judge: the cases that `tests/oracle/run` made and had judged. It runs this program, which no other
//! test run does: without such cases there is nothing to compare.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests may panic too")]
#![allow(unreachable_pub, dead_code, reason = "what it includes has other readers")]
#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::collections::BTreeMap;

#[path = "../support/iam_case.rs"]
mod iam_case;

use iam_case::Case;

/// A case, and what the judge says of it.
#[derive(serde::Deserialize)]
struct Judged {
    #[serde(flatten)]
    case: Case,
    oracle: serde_json::Value,
}

/// Names the file of judged cases, one JSON object per line.
const CASES: &str = "ORACLE_CASES";

/// Where AWS's documentation and the judge differ, we follow the documentation. Each has a scenario of its own.
struct Explained {
    page: &'static str,
    /// The name of a case in `tests/iam`.
    scenario: &'static str,
    /// The case, and our answer.
    applies: fn(&Case, &str) -> bool,
}

const EXPLAINED: &[Explained] = &[
    Explained {
        page: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html",
        scenario: "the owner's root user may always remove a bucket policy",
        applies: |case, ours| {
            let request = &case.request;
            let policy = ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"];
            let owner =
                request.resource_account.as_deref().is_some_and(|account| request.principal == format!("arn:aws:iam::{account}:root"));
            ours != "ExplicitlyDenied" && owner && policy.contains(&request.action.to_lowercase().as_str())
        },
    },
    Explained {
        page: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html",
        scenario: "a bucket policy is for the bucket's own account",
        applies: |case, ours| {
            let request = &case.request;
            let policy = ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"];
            let account = request.principal.split(':').nth(4).unwrap_or_default();
            let elsewhere = request.resource_account.as_deref().is_some_and(|owner| !account.is_empty() && owner != account);
            ours == "ImplicitlyDenied" && elsewhere && policy.contains(&request.action.to_lowercase().as_str())
        },
    },
    Explained {
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        scenario: "nobody reads a secret unsigned, however open its policy is",
        applies: |case, ours| {
            let service = case.request.action.split(':').next().unwrap_or_default().to_lowercase();
            ours == "ImplicitlyDenied" && case.request.principal == "*" && !["s3", "sns", "sqs"].contains(&service.as_str())
        },
    },
    Explained {
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html",
        scenario: "NotPrincipal in a Deny may hit a role that is listed without its session",
        applies: |case, _| {
            let condition = case.decide(&case.context()).condition;
            condition.is_some_and(|condition| condition.to_string().contains("and not its session"))
        },
    },
];

#[test]
fn every_explanation_has_a_scenario() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/iam");
    let texts: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    for explained in EXPLAINED {
        assert!(explained.page.starts_with("https://docs.aws.amazon.com/"));
        assert!(texts.iter().any(|text| text.contains(explained.scenario)), "{}", explained.scenario);
    }
}

#[test]
fn agrees() {
    let path = std::env::var(CASES).unwrap_or_else(|_| panic!("{CASES} names no file: run tests/oracle/run"));
    let text = std::fs::read_to_string(&path).unwrap();
    let (mut same, mut skipped, mut explained) = (0, 0, 0);
    let mut differences = BTreeMap::<String, Vec<String>>::new();
    for line in text.lines() {
        let Judged { case, oracle } = serde_json::from_str(line).unwrap();
        let oracle = oracle["result"].as_str().unwrap_or("error").to_owned();
        let said = case.decide(&case.context());
        let ours = match (said.decision, said.taken_by) {
            ("allowed", _) => "Allowed",
            ("denied", Some("explicit-deny")) => "ExplicitlyDenied",
            _ => "ImplicitlyDenied",
        };
        match oracle.as_str() {
            "error" => skipped += 1,
            result if result == ours => same += 1,
            _ if EXPLAINED.iter().any(|explained| (explained.applies)(&case, ours)) => explained += 1,
            _ => differences.entry(format!("theirs {oracle}, ours {ours}")).or_default().push(line.to_owned()),
        }
    }
    // An empty file, or a judge that refuses, is no agreement.
    assert!(same > 0 && skipped * 50 <= same, "{same} the same, {skipped} that the judge refused");
    let total: usize = differences.values().map(Vec::len).sum();
    println!("{same} the same, {explained} explained, {skipped} that the judge refused, {total} different");
    let show = std::env::var("ORACLE_SHOW").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let shown: Vec<String> =
        differences.iter().map(|(kind, lines)| format!("{kind}: {}\n{}", lines.len(), lines[..lines.len().min(show)].join("\n"))).collect();
    assert!(
        total == 0,
        "{same} the same, {explained} explained, {skipped} that the judge refused, {total} different\n{}",
        shown.join("\n")
    );
}
