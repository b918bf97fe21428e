//! `audit`, `explain`, `jq` and the user's own commands, as they are used.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::stored;

/// An account with one bucket that everybody can read, a queue, and no answer about GuardDuty.
fn account() -> Workspace {
    let workspace = Workspace::new();
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::open", "arn:aws:s3:::open/*"]}]});
    let files = json!({
        "us-east-1/s3-list-buckets.json": {"Buckets": [{"Name": "open", "CreationDate": "2026-01-01T00:00:00+00:00"}]},
        "us-east-1/s3-get-bucket-policy/open": {"Policy": policy.to_string()},
        "us-east-1/s3-get-bucket-acl/open": {"Grants": [], "Owner": {"ID": "x"}},
        "us-east-1/s3-get-public-access-block/open": null,
        "us-east-1/s3control-get-public-access-block/111122223333": null,
        "us-east-1/s3-get-bucket-location/open": {"LocationConstraint": null},
        "us-east-1/iam-get-account-password-policy.json": {"PasswordPolicy": {"MinimumPasswordLength": 8, "RequireNumbers": true}},
        "us-east-1/ec2-describe-vpcs.json": {"Vpcs": [{"VpcId": "vpc-1"}]},
        "eu-west-1/ec2-describe-vpcs.json": {"Vpcs": [{"VpcId": "vpc-2"}]},
    });
    stored::write(workspace.path(), "demo", "aws", files.as_object().unwrap(), &["guardduty-list-detectors".to_owned()]);
    workspace
}

fn findings(workspace: &Workspace, more: &[&str]) -> Vec<Value> {
    let args = [&["audit", "--accounts", "demo", "--json"], more].concat();
    let ran = workspace.run(&args);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// What a check says of things, and not of whole kinds.
fn of<'a>(findings: &'a [Value], check: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["issue"] == check && !finding["resource"].is_null()).collect()
}

#[test]
fn findings_have_their_reasons() {
    let workspace = account();
    let all = findings(&workspace, &[]);
    let [bucket] = of(&all, "S3_PUBLIC_POLICY")[..] else { panic!("{all:#?}") };
    assert_eq!(bucket["resource"], "arn:aws:s3:::open");
    assert_eq!(bucket["verdict"], "fail");
    assert_eq!(bucket["finding_type_metadata"]["severity"], "High");
    assert!(of(&all, "S3_PUBLIC_POLICY_GETOBJECT_ONLY").is_empty(), "more than reading is open");
    let [short] = of(&all, "PASSWORD_POLICY_CHARACTER_MINIMUM")[..] else { panic!("{all:#?}") };
    assert_eq!(short["evidence"][0]["file"], "us-east-1/iam-get-account-password-policy.json");
    assert_eq!(short["evidence"][0]["time"], "2026-11-22T10:00:00Z");
    let unknown = all.iter().find(|finding| finding["issue"] == "GUARDDUTY_OFF").unwrap();
    assert_eq!((&unknown["verdict"], &unknown["details"]["not_seen"]), (&json!("unknown"), &json!(["eu-west-1", "us-east-1"])));
    assert!(of(&all, "EXCEPTION").is_empty(), "{:#?}", of(&all, "EXCEPTION"));
}

#[test]
fn lines_are_as_cloudmapper_writes_them() {
    let workspace = account();
    let ran = workspace.run(&["audit", "--accounts", "demo", "--checks", "S3_PUBLIC_POLICY"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(
        lines[0].starts_with("HIGH - demo - Bucket that is open to everybody by policy [S3_PUBLIC_POLICY] (not known: s3"),
        "{}",
        ran.out
    );
    assert_eq!(lines[1..], ["HIGH - demo - Bucket that is open to everybody by policy: arn:aws:s3:::open [S3_PUBLIC_POLICY]"]);
    let slack = workspace.run(&["audit", "--accounts", "demo", "--checks", "S3_PUBLIC_POLICY", "--no-unknown", "--markdown"]).out;
    assert!(slack.starts_with("*Audit Finding: [HIGH] - ") && slack.contains("\\nAccount: demo (111122223333) - global\\n"), "{slack}");
    assert_eq!(slack.lines().count(), 1);
}

#[test]
fn severity_decides() {
    let workspace = account();
    let all = findings(&workspace, &["--minimum_severity", "HIGH"]);
    assert!(
        !all.is_empty() && all.iter().all(|one| ["High", "Critical"].contains(&one["finding_type_metadata"]["severity"].as_str().unwrap()))
    );
    assert_eq!(workspace.run(&["audit", "--accounts", "demo", "--fail-on", "high"]).code, Some(1));
    assert_eq!(workspace.run(&["audit", "--accounts", "demo", "--fail-on", "critical"]).code, Some(0));
}

#[test]
fn the_user_has_the_last_word() {
    let workspace = account();
    workspace.write(
        "config/audit_config_override.yaml",
        "S3_PUBLIC_POLICY:\n  ignore_resources:\n    - op.*\nPASSWORD_POLICY_CHARACTER_MINIMUM:\n  severity: Mute\nSQS_PUBLIC:\n  ignore_resources:\n    - nothing\n\
         GUARDDUTY_OFF:\n  severity: High\n  title: Where is GuardDuty\nMINE:\n  severity: Low\n",
    );
    let ran = workspace.run(&["audit", "--accounts", "demo"]);
    assert!(!ran.out.contains("arn:aws:s3:::open [S3_PUBLIC_POLICY]"), "the name of the bucket is ignored");
    assert!(!ran.out.contains("PASSWORD_POLICY_CHARACTER_MINIMUM"));
    assert!(ran.out.contains("HIGH - demo - Where is GuardDuty"), "{}", ran.out);
    assert!(ran.err.contains("SQS_PUBLIC: `nothing` in ignore_resources matches nothing"), "{}", ran.err);
    let muted = findings(&workspace, &["--minimum_severity", "MUTE"]);
    assert_eq!(of(&muted, "PASSWORD_POLICY_CHARACTER_MINIMUM").len(), 1);
}

#[test]
fn what_is_accepted_is_accepted_for_a_while() {
    let workspace = account();
    let said = |until: &str| {
        format!(
            "S3_PUBLIC_POLICY:\n  suppress:\n    - resources: [open]\n      accounts: [demo]\n      reason: it is our web site\n      owner: ann\n      until: '{until}'\n"
        )
    };
    workspace.write("o.yaml", &said("2026-11-22"));
    assert!(of(&findings(&workspace, &["--overrides", "o.yaml"]), "S3_PUBLIC_POLICY").is_empty());
    let shown = findings(&workspace, &["--overrides", "o.yaml", "--show-suppressed"]);
    assert_eq!(
        of(&shown, "S3_PUBLIC_POLICY")[0]["suppressed"],
        json!({"reason": "it is our web site", "owner": "ann", "until": "2026-11-22"})
    );
    workspace.write("o.yaml", &said("2026-11-21"));
    assert_eq!(of(&findings(&workspace, &["--overrides", "o.yaml"]), "S3_PUBLIC_POLICY").len(), 1);
    let ran = workspace.run(&["audit", "--accounts", "demo", "--overrides", "o.yaml"]);
    assert!(ran.err.contains("ran out on 2026-11-21"), "{}", ran.err);
}

#[test]
fn overrides_that_are_wrong_are_told() {
    let workspace = account();
    for (text, word) in [
        ("A: {severity: Terrible}", "`Terrible` of A is no severity"),
        ("A: {ignore_resources: ['(']}", "no regular expression"),
        ("A: {colour: red}", "colour"),
        ("A: {suppress: [{resources: [x]}]}", "has no reason"),
        ("A: {suppress: [{reason: x, until: soon}]}", "`soon` of A is no day"),
        ("- A", "o.yaml"),
    ] {
        workspace.write("o.yaml", text);
        let ran = workspace.run(&["audit", "--accounts", "demo", "--overrides", "o.yaml"]);
        assert!(ran.code == Some(2) && ran.err.contains(word) && ran.err.contains("o.yaml"), "{text}: {}", ran.err);
    }
    let ran = workspace.run(&["audit", "--accounts", "demo", "--overrides", "nowhere.yaml"]);
    assert!(ran.code == Some(2) && ran.err.contains("nowhere.yaml"), "{}", ran.err);
}

const OWN: &str = "id: VPC_NAMED\ntitle: VPC without a name\nscope: region\nseverity: Low\ndescription: VPCs of ours have names.\nreads: [ec2-describe-vpcs.json]\n\
program: |\n  .[\"ec2-describe-vpcs\"] | if . == null then {verdict: \"unknown\"} else .Vpcs[]? | {resource: .VpcId, verdict: (if .Tags then \"pass\" else \"fail\" end)} end\n\
cases:\n  - {name: none, verdict: fail, answers: {ec2-describe-vpcs: {Vpcs: [{VpcId: v}]}}, findings: [{resource: v, verdict: fail}]}\n";

#[test]
fn checks_of_the_user() {
    let workspace = account();
    workspace.write("private_commands/vpc_named.yaml", OWN);
    let tested = workspace.run(&["audit", "--test"]);
    assert_eq!((tested.code, tested.out.as_str()), (Some(0), "private_commands/vpc_named.yaml: 1 of 1 cases come out\n"));
    let all = findings(&workspace, &["--checks", "VPC_NAMED"]);
    let things: Vec<_> = all.iter().map(|one| (&one["region"], &one["resource"])).collect();
    assert_eq!(things, [(&json!("eu-west-1"), &json!("vpc-2")), (&json!("us-east-1"), &json!("vpc-1"))]);
    workspace.write("private_commands/vpc_named.yaml", &OWN.replace("verdict: fail}]}\n", "verdict: pass}]}\n"));
    let tested = workspace.run(&["audit", "--test"]);
    assert!(tested.code == Some(1) && tested.out.contains("no pass of v among fail of v"), "{}", tested.out);
    workspace.write("private_commands/vpc_named.yaml", "id: X\n");
    let broken = workspace.run(&["audit", "--accounts", "demo"]);
    assert!(broken.code == Some(2) && broken.err.contains("vpc_named.yaml"), "{}", broken.err);
}

#[test]
fn a_program_that_fails_hides_nothing() {
    let workspace = account();
    workspace.write("private_commands/bad.yaml", &OWN.replace("VPC_NAMED", "BAD").replace("if .Tags", "if (.VpcId | keys)"));
    let all = findings(&workspace, &["--checks", "BAD,S3_PUBLIC_POLICY"]);
    assert_eq!((of(&all, "EXCEPTION").len(), of(&all, "S3_PUBLIC_POLICY").len()), (2, 1), "{all:#?}");
    assert_eq!(of(&all, "EXCEPTION")[0]["details"]["check"], "BAD");
}

#[test]
fn a_damaged_file_hides_nothing() {
    let workspace = account();
    workspace.write("account-data/demo/us-east-1/iam-get-account-authorization-details.json", "{\"UserDetailList\": [");
    let all = findings(&workspace, &[]);
    assert_eq!(of(&all, "PASSWORD_POLICY_CHARACTER_MINIMUM").len(), 1);
    let failed: Vec<&Value> = of(&all, "EXCEPTION").into_iter().map(|one| &one["details"]["check"]).collect();
    for what in ["graph", "public", "IAM_NOTACTION_ALLOW"] {
        assert!(failed.contains(&&json!(what)), "{what}: {failed:?}");
    }
    assert!(
        of(&all, "EXCEPTION")
            .iter()
            .all(|one| one["details"]["message"].as_str().unwrap().contains("iam-get-account-authorization-details"))
    );
}

#[test]
fn commands_of_the_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let workspace = account();
    let path = workspace
        .write("private_commands/hello", "#!/bin/sh\necho \"$@ $CLOUDMAPPER_SNAPSHOTS\"; ls \"$CLOUDMAPPER_ACCOUNT_DATA\"; exit 1\n");
    let denied = workspace.run(&["hello"]);
    assert!(denied.code == Some(2) && denied.err.contains("executable"), "{}", denied.err);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ran = workspace.run(&["hello", "--loud", "x"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.starts_with("--loud x [{\"folder\":\"/") && ran.out.ends_with("demo\n"), "{}", ran.out);
    for (typed, word) in
        [("audti", "did you mean `audit`?"), ("../hello", "no command"), ("nothing-like-it", "`cloudmapper --help` lists all")]
    {
        let ran = workspace.run(&[typed]);
        assert!(ran.code == Some(2) && ran.err.contains(word), "{typed}: {}", ran.err);
    }
}

#[test]
fn jq_over_all_regions() {
    let workspace = account();
    let ran = workspace.run(&["jq", ".Vpcs[].VpcId", "ec2-describe-vpcs", "--accounts", "demo"]);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines[0],
        json!({"account": "111122223333", "name": "demo", "region": "eu-west-1", "file": "eu-west-1/ec2-describe-vpcs.json", "result": "vpc-2"})
    );
    assert_eq!(lines.len(), 2);
    let raw = workspace.run(&[
        "jq",
        "$region + \" \" + .Vpcs[].VpcId",
        "ec2-describe-vpcs",
        "--accounts",
        "demo",
        "--regions",
        "us-east-1",
        "--raw",
    ]);
    assert_eq!(raw.out, "us-east-1 vpc-1\n");
    let refused = workspace.run(&["jq", ".", "guardduty-list-detectors", "--accounts", "demo"]);
    assert!(refused.code == Some(1) && refused.err.contains("guardduty-list-detectors was not collected"), "{}", refused.err);
    for (program, call, word) in [
        (".[", "ec2-describe-vpcs", "not a jq program"),
        (".Vpcs[].VpcId | keys", "ec2-describe-vpcs", "ec2-describe-vpcs.json"),
        (".", "ec2-nothing", "`ec2-nothing`"),
    ] {
        let ran = workspace.run(&["jq", program, call, "--accounts", "demo"]);
        assert!(ran.code == Some(2) && ran.err.contains(word), "{program}: {}", ran.err);
    }
}

#[test]
fn checks_explain_themselves() {
    let workspace = Workspace::new();
    let ran = workspace.run(&["explain", "guardduty_off"]);
    assert!(ran.out.starts_with("GUARDDUTY_OFF (Medium): ") && ran.out.contains("What to do:"), "{}", ran.out);
    assert!(workspace.run(&["explain"]).out.lines().count() > 400);
    assert!(workspace.run(&["explain", "NOTHING"]).err.contains("there is no check `NOTHING`"));
}
