use std::path::{Path, PathBuf};

use super::*;
use crate::report::coverage::{CallRecord, coverage};
use crate::report::inventory::{Kind, Tally, by_region, by_resource};
use crate::report::view::{Collection, Gap, Outcome};

fn account(name: &str, complete: bool) -> AccountView {
    AccountView {
        name: name.into(),
        id: "111122223333".into(),
        partition: "aws".into(),
        collection: Some(Collection {
            identity: "arn:aws:sts::111122223333:assumed-role/auditor/jane".into(),
            user_id: "AROAEXAMPLE:jane".into(),
            started: "2026-11-22T10:00:00Z".into(),
            finished: "2026-11-22T10:07:30Z".into(),
            tool: "cloudmapper 0.1.0".into(),
            api_models: "botocore 1.44.5".into(),
            complete,
            with_secrets: false,
            manifest_sha256: "ab".repeat(32),
        }),
        regions: vec!["eu-west-1".into(), "us-east-1".into()],
        disabled_regions: vec!["ap-east-1".into()],
    }
}

fn call(account: usize, region: &'static str, outcome: Outcome, code: &'static str) -> CallRecord<'static> {
    CallRecord {
        account,
        service: "lambda",
        request: "list-functions",
        region,
        parameters: "",
        outcome,
        code,
        message: "not authorized to perform: lambda:ListFunctions",
        time: "2026-11-22T10:00:01Z",
    }
}

fn sample() -> ReportView {
    let kinds = [
        Kind { name: "Lambda functions".into(), service: "lambda".into(), verbose: false },
        Kind { name: "EC2 snapshots".into(), service: "ec2".into(), verbose: true },
    ];
    let gap = vec![Gap { why: "lambda list-functions: AccessDenied".into(), regions: vec!["eu-west-1".into()] }];
    let tally = |account, region: &str, count| Tally { kind: 0, account, region: region.into(), count };
    let tallies = [
        tally(0, "us-east-1", Count::Known(1234)),
        tally(0, "eu-west-1", Count::NotCollected(gap)),
        tally(1, "us-east-1", Count::Known(0)),
    ];
    let names = ["prod".to_owned(), "dev".to_owned()];
    let calls = [
        call(0, "us-east-1", Outcome::Value, ""),
        call(0, "eu-west-1", Outcome::Denied, "AccessDenied"),
        call(1, "us-east-1", Outcome::Empty, ""),
        call(1, "ap-east-1", Outcome::Skipped, "region not enabled"),
    ];
    ReportView {
        title: "AWS account report".into(),
        generated: "2026-11-22T10:07:30Z".into(),
        tool: "cloudmapper 0.1.0".into(),
        accounts: vec![account("prod", true), account("dev", false)],
        resources: by_resource(&kinds, 2, &tallies),
        regions: by_region(&kinds, 2, &tallies),
        coverage: coverage(&names, &calls),
    }
}

fn render(view: &ReportView) -> String {
    let mut out = Vec::new();
    write(view, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The content of the only element of that name.
fn element<'a>(page: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    assert_eq!(page.matches(&open).count(), 1, "{open}");
    page.split_once(&open).unwrap().1.split_once(&close).unwrap().0
}

#[test]
fn the_same_view_gives_the_same_bytes() {
    assert_eq!(render(&sample()), render(&sample()));
}

#[test]
fn the_policy_allows_this_style_and_this_script_only() {
    let page = render(&sample());
    let policy = page.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
    let policy = policy.replace("&#39;", "'").replace("&#x27;", "'");
    for (directive, name) in [("style-src", "style"), ("script-src", "script")] {
        let hash = STANDARD.encode(Sha256::digest(element(&page, name)));
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{policy}");
    }
    assert!(policy.starts_with("default-src 'none';"));
    assert!(!policy.contains("unsafe"));
}

#[test]
fn the_page_refers_to_nothing_outside_itself() {
    let page = render(&sample()).to_lowercase();
    for part in ["http:", "https:", "//cdn", "src=", "@import", "url(", "<link", "<iframe", " style=", " onclick", " onload"] {
        assert!(!page.contains(part), "{part}");
    }
    let links: Vec<&str> = page.split("href=\"").skip(1).collect();
    assert!(links.iter().all(|link| link.starts_with('#')));
}

#[test]
fn what_is_missing_is_not_a_zero() {
    let page = render(&sample());
    assert!(page.contains("≥ 1,234"));
    assert!(page.contains("not collected"));
    assert!(page.contains("lambda list-functions: AccessDenied (in eu-west-1)"));
    assert!(page.contains("1 of 2 calls got no full answer (1 denied)"));
    assert!(page.contains("the collection did not end"));
    assert!(page.contains("66.6 %"));
}

#[test]
fn an_account_without_a_manifest_says_so() {
    let mut view = sample();
    view.accounts[1].collection = None;
    let page = render(&view);
    assert!(page.contains("No manifest") && page.contains("there is no manifest"));
}

#[test]
fn an_empty_view_is_still_a_page() {
    let view = ReportView { accounts: Vec::new(), resources: Vec::new(), regions: Vec::new(), coverage: coverage(&[], &[]), ..sample() };
    assert!(render(&view).contains("</html>"));
}

/// Replaces every text of the view, so that a template that forgets a field is found.
fn poison(value: &mut serde_json::Value, text: &str) {
    const VARIANTS: [&str; 7] = ["Denied", "Throttled", "Failed", "Partial", "Skipped", "Empty", "Value"];
    match value {
        serde_json::Value::String(old) if !VARIANTS.contains(&old.as_str()) => text.clone_into(old),
        serde_json::Value::Array(values) => values.iter_mut().for_each(|value| poison(value, text)),
        serde_json::Value::Object(values) => values.values_mut().for_each(|value| poison(value, text)),
        _ => {}
    }
}

#[test]
fn hostile_text_comes_out_as_text_in_every_field() {
    let hostile = "\u{202E}\"'><img src=x onerror=alert(1)></style></script><!--\u{0}\u{200B}{{ 7 * 7 }}";
    let mut value = serde_json::to_value(sample()).unwrap();
    poison(&mut value, hostile);
    let page = render(&serde_json::from_value(value).unwrap());
    assert!(!page.contains("<img") && !page.contains("<!--"));
    assert!(page.contains("&#60;img src=x onerror=alert(1)&#62;"));
    assert!(page.contains("⟨U+202E⟩") && page.contains("⟨U+0000⟩"));
    assert!(!page.contains(['\u{202E}', '\u{200B}', '\u{0}']));
    assert!(!page.contains("\"'>"), "a quote must not end an attribute");
    for name in ["style", "script", "h1"] {
        assert_eq!(page.matches(&format!("</{name}>")).count(), 1, "{name}");
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn no_template_switches_escaping_off() {
    let files = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"));
    assert!(files.len() > 10);
    for file in files {
        let text: String = std::fs::read_to_string(&file).unwrap().split_whitespace().collect();
        for part in ["|safe", "|escape(\"none\"", "style=\"", "{%filter", "javascript:", "onclick=", "onload="] {
            assert!(!text.contains(part), "{}: {part}", file.display());
        }
    }
}

#[test]
fn charts_sum_to_the_totals_of_the_view() {
    let view = sample();
    let want: u64 = view.resources.iter().filter(|row| !row.verbose).flat_map(|row| &row.counts).map(Count::seen).sum();
    for bars in [account_bars(&view), region_bars(&view.regions)] {
        let chart = StackedBars::new("t", &bars);
        assert_eq!(chart.keys.iter().map(|key| key.total).sum::<u64>(), want);
    }
}
