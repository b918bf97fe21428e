//! Bad input gets one clear message that names the file, the place and the remedy; nothing panics.

use crate::support::Workspace;
use crate::support::fake_aws::{FakeAws, TABLE};

#[test]
fn a_broken_configuration() {
    let workspace = Workspace::new();
    workspace.run(&["collect"]).says(2, &["config.json"]);
    workspace.write("config.json", "{\"accounts\": [");
    workspace.run(&["collect"]).says(2, &["config.json", "line 1"]);
    workspace.write("config.json", r#"{"accounts": [{"id": "12", "name": "../x"}, {"id": "111122223333", "name": "a/b"}]}"#);
    workspace.run(&["stats", "--accounts", "all"]).says(2, &["/accounts/0/id", "/accounts/0/name", "/accounts/1/name"]);
}

#[test]
fn an_unknown_account() {
    let workspace = Workspace::new();
    workspace.write("config.json", r#"{"accounts": [{"id": "111122223333", "name": "prod"}]}"#);
    for command in ["stats", "report", "collect"] {
        workspace.run(&[command, "--account", "prdo"]).says(2, &["prdo", "config.json", "its accounts are `prod`"]);
    }
    workspace.run(&["stats", "--account", "prod"]).says(2, &["no snapshot of `prod`", "cloudmapper collect"]);
    workspace.run(&["collect"]).says(2, &["default"]);
    for name in ["../../etc", "a/b", "..", ".hidden", "-x", "a\u{1b}[31m"] {
        let account = format!("--account={name}");
        let ran = workspace.run(&["collect", &account]);
        ran.says(2, &["cannot name an account"]);
        assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
    }
    assert!(!workspace.path().join("account-data").exists());
}

#[test]
fn a_table_with_mistakes() {
    let workspace = Workspace::new();
    workspace.write("t.yaml", "- {Service: ec2, Request: describe-vpcz}\n- {Service: s3, Request: list-buckets, ForEach: '|{'}\n");
    let args = ["collect", "--account", "x", "--plan", "--commands", "t.yaml"];
    workspace.run(&args).says(2, &["`t.yaml` has 2 problems", "row 1", "did you mean `describe-vpcs`", "row 2", "is not a jq program"]);
    workspace.write("t.yaml", "- Service: ec2\n  Request\n");
    workspace.run(&args).says(2, &["`t.yaml` is no collection table", "line 2"]);
    workspace.run(&["collect", "--account", "x", "--plan", "--commands", "missing.yaml"]).says(2, &["cannot read `missing.yaml`"]);
    workspace.run(&["collect", "--account", "x", "--plan", "--only", "ec2:Nonsense"]).says(2, &["--only `ec2:Nonsense` matches no call"]);
    workspace.run(&["collect", "--account", "x", "--plan", "--for", "nothing"]).says(2, &["--for `nothing`", "public"]);
    workspace.run(&["collect", "--account", "x", "--regions", "us-esat-1"]).says(2, &["`us-esat-1`"]);
}

#[test]
fn a_jq_program_that_fails_on_an_answer_is_the_failure_of_its_row() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write(
        "t.yaml",
        "- {Service: dynamodb, Request: list-tables}\n- {Service: dynamodb, Request: describe-table, Parameters: [{Name: TableName, Value: 'dynamodb-list-tables.json|.TableNames.wrong'}]}\n- {Service: ec2, Request: describe-vpcs}\n",
    );
    workspace.run(&["collect", "--account", "x", "--commands", "t.yaml"]).says(1, &["NoParameters", "dynamodb describe-table"]);
    assert!(workspace.path().join("account-data/x/us-east-1/ec2-describe-vpcs.json").exists(), "the others go on");
}

#[test]
fn no_credentials() {
    let workspace = Workspace::new();
    let ran = workspace.run(&["collect", "--account", "prod", "--timeout", "1"]);
    ran.says(2, &["no usable credentials for `prod`", "--profile"]);
    let workspace = Workspace::with_endpoint("http://127.0.0.1:9");
    workspace.run(&["collect", "--account", "prod", "--max-attempts", "1"]).says(2, &["EndpointUnreachable", "http://127.0.0.1:9"]);
    let workspace = Workspace::with_endpoint("not a url");
    workspace.run(&["collect", "--account", "prod", "--max-attempts", "1"]).says(2, &["not a url"]);
}

#[test]
fn credentials_of_another_account() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("config.json", r#"{"accounts": [{"id": "999999999999", "name": "prod"}]}"#);
    workspace.run(&["collect", "--account", "prod"]).says(2, &["999999999999", "111122223333"]);
    assert!(!workspace.path().join("account-data").exists());
}

#[test]
fn one_accounts_failure_does_not_stop_another() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.write("config.json", r#"{"accounts": [{"id": "999999999999", "name": "bad"}, {"id": "111122223333", "name": "good"}]}"#);
    workspace.run(&["collect", "--accounts", "all", "--commands", "table.yaml"]).says(1, &["bad:", "good:", "999999999999"]);
    assert!(workspace.path().join("account-data/good/manifest.json").exists());
}

#[test]
fn a_folder_that_cannot_be_written() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.write("account-data", "a file, not a folder");
    workspace.run(&["collect", "--account", "prod", "--commands", "table.yaml"]).says(2, &["account-data", "move it away"]);
}

/// `/dev/full` refuses every write as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.write("account-data/prod/x", "");
    std::os::unix::fs::symlink("/dev/full", workspace.path().join("account-data/prod/manifest.json=tmp")).unwrap();
    workspace.run(&["collect", "--account", "prod", "--commands", "table.yaml"]).says(2, &["No space left", "free some space"]);
}

#[test]
fn damaged_files_of_a_snapshot() {
    let workspace = Workspace::new();
    workspace.write("account-data/prod/describe-regions.json", r#"{"Regions": [{"RegionName": "us-east-1"}]}"#);
    workspace.write("account-data/prod/us-east-1/sqs-list-queues.json", "{\"QueueUrls\": [");
    workspace.run(&["stats", "--account", "prod", "--no_output_image"]).says(0, &["sqs-list-queues", "?"]);
    workspace.write("account-data/prod/manifest.json", "{");
    workspace.run(&["stats", "--account", "prod"]).says(2, &["manifest.json", "is no manifest"]);
    workspace.write("account-data/other.json", "[]");
    workspace.run(&["report", "--account", "other"]).says(2, &["other.json", "no packed snapshot"]);
}

#[test]
fn a_packed_file_cannot_write_outside() {
    let workspace = Workspace::new();
    let hostile = r#"{"format": "cloudmapper-snapshot/1", "files": {"../../evil": {}}}"#;
    workspace.write("evil.json", hostile);
    workspace.run(&["snapshot", "unpack", "evil.json"]).says(2, &["leads outside"]);
    assert!(!workspace.path().join("evil").exists());
}
