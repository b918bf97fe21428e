//! `diff`: two collections of one account, of which a single fact differs.

use serde_json::{Map, Value, json};

use crate::support::{Ran, Workspace, stored};

fn role(name: &str, trust: Value, statements: Value) -> Value {
    json!({"Path": "/", "RoleName": name, "RoleId": format!("AROA{}", name.to_uppercase()), "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
        "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": trust}, "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}], "AttachedManagedPolicies": [], "Tags": [], "RoleLastUsed": {}})
}

fn trusted(account: &str) -> Value {
    json!([{"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{account}:root")}, "Action": "sts:AssumeRole"}])
}

fn allow(action: &str) -> Value {
    json!([{"Effect": "Allow", "Action": action, "Resource": "*"}])
}

fn details(roles: &[Value]) -> Value {
    json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []})
}

const DETAILS: &str = "us-east-1/iam-get-account-authorization-details.json";

/// The account as it was: a private bucket and a role that reads.
fn files() -> Map<String, Value> {
    let files = json!({
        "us-east-1/s3-list-buckets.json": {"Buckets": [{"Name": "b", "CreationDate": "2026-01-01T00:00:00+00:00"}]},
        "us-east-1/s3-get-bucket-policy/b": null,
        "us-east-1/s3-get-bucket-acl/b": {"Grants": [], "Owner": {"ID": "x"}},
        "us-east-1/s3-get-public-access-block/b": null,
        "us-east-1/s3control-get-public-access-block/111122223333": null,
        "us-east-1/ec2-describe-vpcs.json": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}, {"VpcId": "vpc-2", "CidrBlock": "10.1.0.0/16"}]},
    });
    let mut files = files.as_object().unwrap().clone();
    files.insert(DETAILS.to_owned(), details(&[role("reader", trusted("111122223333"), allow("s3:GetObject"))]));
    files
}

fn public(files: &mut Map<String, Value>) {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}]});
    files.insert("us-east-1/s3-get-bucket-policy/b".to_owned(), json!({"Policy": policy.to_string()}));
}

/// What `diff` says of two sides; the second may have been refused some calls.
fn compared(old: &Map<String, Value>, new: &Map<String, Value>, denied: &[&str], more: &[&str]) -> Ran {
    let workspace = Workspace::new();
    stored::write(&workspace.path().join("old"), "demo", "aws", old, &[]);
    let denied: Vec<String> = denied.iter().map(|call| (*call).to_owned()).collect();
    stored::write(&workspace.path().join("new"), "demo", "aws", new, &denied);
    workspace.run(&[&["diff", "old", "new"], more].concat())
}

fn has(ran: &Ran, topic: &str, line: &str) -> bool {
    let mut inside = false;
    ran.out.lines().any(|text| {
        if !text.starts_with("  ") {
            inside = text.starts_with(topic);
        }
        inside && text.trim().starts_with(line)
    })
}

#[test]
fn the_same_is_the_same() {
    let ran = compared(&files(), &files(), &[], &[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "nothing changed\n"), "{}", ran.err);
}

#[test]
fn what_becomes_public_is_told() {
    let mut new = files();
    public(&mut new);
    let ran = compared(&files(), &new, &[], &[]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(has(&ran, "Public", "+ demo s3-bucket-policy arn:aws:s3:::b"), "{}", ran.out);
    assert!(has(&ran, "Findings", "+ HIGH demo S3_PUBLIC_POLICY arn:aws:s3:::b"), "{}", ran.out);
    let back = compared(&new, &files(), &[], &[]);
    assert_eq!(back.code, Some(0));
    assert!(has(&back, "Public", "- demo s3-bucket-policy arn:aws:s3:::b"), "{}", back.out);
    assert!(has(&back, "Findings", "- HIGH demo S3_PUBLIC_POLICY arn:aws:s3:::b"), "{}", back.out);
    assert!(!ran.out.contains("not known before"), "{}", ran.out);
}

#[test]
fn what_is_no_longer_known_was_not_fixed() {
    let mut old = files();
    public(&mut old);
    let mut new = old.clone();
    new.remove("us-east-1/s3-get-bucket-policy/b");
    let ran = compared(&old, &new, &["s3-get-bucket-policy"], &[]);
    assert!(has(&ran, "Public", "? demo s3-bucket-policy arn:aws:s3:::b"), "{}", ran.out);
    assert!(!ran.out.contains("- demo s3-bucket-policy"), "{}", ran.out);
    let mut without = files();
    without.remove("us-east-1/ec2-describe-vpcs.json");
    let ran = compared(&files(), &without, &["ec2-describe-vpcs"], &[]);
    assert!(has(&ran, "Resources", "? demo (us-east-1) ec2-describe-vpcs vpc-1"), "{}", ran.out);
}

#[test]
fn administrators_ways_and_trust() {
    let mut new = files();
    let roles = [
        role("reader", trusted("111122223333"), allow("s3:GetObject")),
        role("boss", trusted("999988887777"), allow("*")),
        role("climber", trusted("111122223333"), allow("iam:PutRolePolicy")),
    ];
    new.insert(DETAILS.to_owned(), details(&roles));
    let ran = compared(&files(), &new, &[], &[]);
    assert!(has(&ran, "Administrators", "+ demo role arn:aws:iam::111122223333:role/boss"), "{}", ran.out);
    assert!(has(&ran, "Ways", "+ HIGH demo PRIVILEGE_ESCALATION arn:aws:iam::111122223333:role/climber"), "{}", ran.out);
    assert!(has(&ran, "Trust", "+ demo admin 999988887777"), "{}", ran.out);
    let mut unread = files();
    unread.remove(DETAILS);
    let lost = compared(&new, &unread, &["iam-get-account-authorization-details"], &[]);
    assert!(has(&lost, "Administrators", "? demo role arn:aws:iam::111122223333:role/boss"), "{}", lost.out);
    assert!(has(&lost, "Trust", "? demo admin 999988887777"), "{}", lost.out);
    assert!(has(&lost, "Ways", "? HIGH demo PRIVILEGE_ESCALATION"), "{}", lost.out);
}

#[test]
fn resources_come_go_and_change() {
    let mut new = files();
    new.insert(
        "us-east-1/ec2-describe-vpcs.json".to_owned(),
        json!({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.9.0.0/16"}, {"VpcId": "vpc-3", "CidrBlock": "10.3.0.0/16"}]}),
    );
    let ran = compared(&files(), &new, &[], &[]);
    for line in [
        "+ demo (us-east-1) ec2-describe-vpcs vpc-3",
        "~ demo (us-east-1) ec2-describe-vpcs vpc-1",
        "- demo (us-east-1) ec2-describe-vpcs vpc-2",
    ] {
        assert!(has(&ran, "Resources", line), "{line}: {}", ran.out);
    }
    let quiet = compared(&files(), &new, &[], &["--no-resources", "--new-only"]);
    assert!(!quiet.out.contains("ec2-describe-vpcs vpc"), "{}", quiet.out);
}

#[test]
fn forms() {
    let mut new = files();
    public(&mut new);
    let json = compared(&files(), &new, &[], &["--format", "json"]);
    let first: Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
    assert_eq!((&first["topic"], &first["event"], &first["account_id"]), (&json!("public"), &json!("new"), &json!("111122223333")));
    let markdown = compared(&files(), &new, &[], &["--format", "markdown"]);
    assert!(markdown.out.starts_with("*Public by policy, ACL or sharing*: 1 new\n- new: `"), "{}", markdown.out);
    assert!(compared(&files(), &new, &[], &["--format", "csv"]).out.starts_with("topic,event,"));
}

#[test]
fn what_cannot_be_compared_is_told() {
    let workspace = Workspace::new();
    stored::write(&workspace.path().join("old"), "demo", "aws", &files(), &[]);
    for (old, new, word) in [
        ("old", "nowhere", "`nowhere` does not exist"),
        ("old", ".", ""),
        ("old", "old/account-data/demo/manifest.json", "no packed snapshot"),
    ] {
        let ran = workspace.run(&["diff", old, new]);
        assert!(ran.code == Some(2) && ran.err.contains(word), "{new}: {}", ran.err);
    }
    // Packed, and as a folder of its own.
    workspace.run(&["snapshot", "pack", "--output", "x.json.zst"]);
    let packed = workspace
        .command(&["snapshot", "pack", "--account", "demo", "--output", "../old.json.zst"])
        .current_dir(workspace.path().join("old"))
        .output()
        .unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let ran = workspace.run(&["diff", "old.json.zst", "old/account-data/demo"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "nothing changed\n"), "{}", ran.err);
}

#[test]
fn what_the_user_accepts_is_not_worse() {
    let mut new = files();
    new.insert("us-east-1/iam-get-account-password-policy.json".to_owned(), json!({"PasswordPolicy": {"MinimumPasswordLength": 8}}));
    let mut old = files();
    old.insert("us-east-1/iam-get-account-password-policy.json".to_owned(), json!({"PasswordPolicy": {"MinimumPasswordLength": 20}}));
    let only = |line: &str| line.contains("PASSWORD_POLICY_CHARACTER_MINIMUM");
    let ran = compared(&old, &new, &[], &[]);
    assert!(ran.code == Some(1) && ran.out.lines().any(only), "{}", ran.out);
    assert_eq!(compared(&old, &new, &[], &["--minimum_severity", "high"]).code, Some(0));
    let workspace = Workspace::new();
    stored::write(&workspace.path().join("old"), "demo", "aws", &old, &[]);
    stored::write(&workspace.path().join("new"), "demo", "aws", &new, &[]);
    workspace.write("config/audit_config_override.yaml", "PASSWORD_POLICY_CHARACTER_MINIMUM:\n  suppress:\n    - reason: known\n");
    let ran = workspace.run(&["diff", "old", "new"]);
    assert!(!ran.out.lines().any(only), "{}", ran.out);
}

#[test]
fn what_an_engine_could_not_read_was_not_fixed() {
    let workspace = Workspace::new();
    let mut old = files();
    old.insert(DETAILS.to_owned(), details(&[role("boss", trusted("999988887777"), allow("*"))]));
    stored::write(&workspace.path().join("old"), "demo", "aws", &old, &[]);
    stored::write(&workspace.path().join("new"), "demo", "aws", &old, &[]);
    workspace.write(&format!("new/account-data/demo/{DETAILS}"), "{");
    let ran = workspace.run(&["diff", "old", "new"]);
    for (topic, line) in [("Administrators", "? demo role arn:aws:iam::111122223333:role/boss"), ("Trust", "? demo admin 999988887777")] {
        assert!(has(&ran, topic, line), "{line}: {} {}", ran.out, ran.err);
    }
}
