//! `iam_report`: one file, the same every time, and nothing in it obeys the names it shows.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::accounts::{PROD, all, answer, role, user, write};
use crate::synthetic::{self, Size};

const HOSTILE: &str = "</script><img src=x onerror=alert(1)>";

fn account() -> Workspace {
    let workspace = Workspace::new();
    let foreign = json!([{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}]);
    write(&workspace, "prod", &[user(HOSTILE, all()), user("idle", json!([]))], &[role("visitors-of-prod", foreign, json!([]))], &[]);
    let header = "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date";
    let line = format!(
        "idle,arn:aws:iam::{PROD}:user/idle,2020-01-01T00:00:00+00:00,true,2020-02-01T00:00:00+00:00,false,true,2020-01-01T00:00:00+00:00,N/A"
    );
    answer(&workspace, "prod", "iam-get-credential-report.json", &json!({"Content": format!("{header}\n{line}\n")}));
    workspace
}

fn report(workspace: &Workspace) -> Value {
    workspace.run(&["iam_report", "--accounts", "prod", "--output", "json"]).says(0, &["iam_report.json"]);
    serde_json::from_str(&workspace.read("web/account-data/iam_report.json")).unwrap()
}

#[test]
fn one_file_that_asks_nobody() {
    let workspace = account();
    workspace.run(&["iam_report", "--accounts", "prod"]).says(0, &["iam_report.html"]);
    let page = workspace.read("web/account-data/iam_report.html");
    assert!(page.contains("default-src &#39;none&#39;") && !page.contains("<img src=x"), "hostile names are text");
    for elsewhere in [" src=\"http", "@import", "<link", "url(http"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
    assert_eq!(page.matches("</script>").count(), 2, "the data and the script");
    workspace.run(&["iam_report", "--accounts", "prod", "--output-file", "again.html"]).says(0, &["again.html"]);
    assert_eq!(page, workspace.read("again.html"));
}

#[test]
fn what_it_says() {
    let report = report(&account());
    let account = &report["accounts"][0];
    let named = |name: &str| account["principals"].as_array().unwrap().iter().find(|principal| principal["name"] == name).unwrap();
    assert_eq!((&named(HOSTILE)["admin"], &named("idle")["admin"]), (&json!("yes"), &json!("no")));
    assert_eq!((&named("idle")["mfa"], &named("idle")["console"]), (&json!(false), &json!(true)));
    assert_eq!(named("idle")["keys"][0]["active"], json!(true));
    assert_eq!(named("visitors-of-prod")["assumable_by"][0], json!({"who": "444455556666", "condition": null, "foreign": true}));
    let admin = account["policies"].as_array().unwrap().iter().find(|policy| policy["document"]["Statement"] == all()).unwrap();
    let rule = admin["risks"][0]["rule"].as_str().unwrap();
    assert!(report["rules"][rule]["title"].is_string());
}

#[test]
fn what_is_not_known_is_no_zero() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("alice", all())], &[], &[]);
    let key = json!({"AccessKeyMetadata": [{"AccessKeyId": "AKIA1", "Status": "Active"}]});
    answer(&workspace, "prod", "iam-list-access-keys/alice", &key);
    workspace.run(&["iam_report", "--accounts", "prod"]).says(0, &[]);
    assert_eq!(workspace.read("web/account-data/iam_report.html").matches("1 not known</small>").count(), 3);
}

/// A user of one account may take on a role of another.
#[test]
fn roles_elsewhere() {
    let workspace = account();
    let trust = json!([{"Effect": "Allow", "Principal": {"AWS": PROD}, "Action": "sts:AssumeRole"}]);
    let text = serde_json::to_string(&role("for-prod", trust, json!([]))).unwrap().replace(PROD, "444455556666");
    let text = text.replacen("\"AWS\":\"444455556666\"", &format!("\"AWS\":\"{PROD}\""), 1);
    write(&workspace, "dev", &[], &[serde_json::from_str(&text).unwrap()], &[]);
    workspace.run(&["iam_report", "--accounts", "prod,dev", "--output", "json"]).says(0, &[]);
    let report: Value = serde_json::from_str(&workspace.read("web/account-data/iam_report.json")).unwrap();
    let of = |name: &str| {
        let all = report["accounts"][0]["principals"].as_array().unwrap();
        all.iter().find(|principal| principal["name"] == name).unwrap()["may_assume"].clone()
    };
    assert_eq!(of(HOSTILE)[0]["elsewhere"], json!(["arn:aws:iam::444455556666:role/for-prod"]));
    assert_eq!(of("idle"), Value::Null);
}

#[test]
fn several_accounts() {
    let workspace = account();
    write(&workspace, "dev", &[user("dora", json!([]))], &[], &[]);
    let ran = workspace.run(&["iam_report", "--accounts", "prod,dev"]);
    ran.says(0, &["iam_report.html", "iam_report-prod.html", "iam_report-dev.html"]);
    assert!(!workspace.read("web/account-data/iam_report-dev.html").contains("visitors-of-prod"));
}

/// An account such as real ones are: everything reads it, and says the same twice.
#[test]
fn a_whole_account() {
    let workspace = Workspace::new();
    synthetic::write(workspace.path(), "prod", &Size::SMALL, 7).unwrap();
    let once = report(&workspace);
    assert_eq!(once, report(&workspace));
    let principals = once["accounts"][0]["principals"].as_array().unwrap();
    assert_eq!(principals.len(), Size::SMALL.users + Size::SMALL.roles);
    assert!(principals.iter().any(|principal| principal["may_assume"].is_array()));
    let admins = workspace.run(&["find_admins", "--accounts", "prod"]);
    let listed = principals.iter().filter(|principal| principal["admin"] != "no").count();
    assert_eq!(admins.out.lines().count(), listed);
}
