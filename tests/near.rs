//! `graph near`: what each guardrail holds back, on small accounts.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::accounts::{PROD, all, answer, organization, policy, role, user, with, write};

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn trusts(principal: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"})
}

fn root() -> String {
    format!("arn:aws:iam::{PROD}:root")
}

/// A user that may assume an administrator's role.
fn assumes() -> Value {
    user("ann", json!([allow("sts:AssumeRole", "*")]))
}

fn boss() -> Value {
    role("boss", json!([trusts(&root())]), all())
}

fn told(workspace: &Workspace, args: &[&str]) -> Value {
    let ran = workspace.run(&[&["graph", "near", "--format", "json"], args].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// The only group: its guardrails as kind, policies, statement; its ways as technique and ends.
fn only(told: &Value) -> (Vec<String>, Vec<String>) {
    let [held] = told.as_array().unwrap().as_slice() else { panic!("{told:#}") };
    let name = |arn: &Value| arn.as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let guardrail = |one: &Value| {
        let policies: Vec<&str> = one["policies"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        format!("{} {} {}", one["kind"].as_str().unwrap(), policies.join(" "), one["statement"])
    };
    let guardrails = held["guardrails"].as_array().unwrap().iter().map(guardrail).collect();
    let way = |way: &Value| format!("{} {} {}", way["technique"].as_str().unwrap(), name(&way["from"]), name(&way["to"]));
    (guardrails, held["ways"].as_array().unwrap().iter().map(way).collect())
}

fn attach(workspace: &Workspace, kind: &str, id: &str, statements: &Value) {
    answer(workspace, "prod", &format!("organizations-list-policies/{kind}"), &json!({"Policies": [{"Id": id}]}));
    let content = policy(statements.clone()).to_string();
    answer(workspace, "prod", &format!("organizations-describe-policy/{id}"), &json!({"Policy": {"Content": content}}));
    let targets: Vec<Value> = ["r-1", "ou-1", PROD].iter().map(|id| json!({"TargetId": id})).collect();
    answer(workspace, "prod", &format!("organizations-list-targets-for-policy/{id}"), &json!({"Targets": targets}));
}

fn full(denied: Value) -> Value {
    json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}, denied])
}

const NO_ASSUME: fn() -> Value = || json!({"Sid": "NoAssume", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"});

#[test]
fn what_an_scp_denies() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[assumes()], &[boss()], &[]);
    organization(&workspace, "prod", &[("p-all", &format!("r-1 ou-1 {PROD}"), all()), ("p-no", "ou-1", json!([NO_ASSUME()]))]);
    let found = told(&workspace, &[]);
    assert_eq!(only(&found), (vec!["scp p-no 0".to_owned()], vec!["sts-001 user/ann role/boss".to_owned()]));
    assert_eq!(found[0]["new_administrators"], json!([format!("arn:aws:iam::{PROD}:user/ann")]));
    assert_eq!(found[0]["guardrails"][0]["sid"], "NoAssume");
    assert_eq!(found[0]["ways"][0]["denied"][0]["action"], "sts:AssumeRole");
    let text = workspace.run(&["graph", "near"]).out;
    assert!(
        text.starts_with("SCP p-no, statement 0 (NoAssume), holds back 1 way; without it, administrators could become: user/ann\n"),
        "{text}"
    );
    assert!(text.contains("   user/ann can assume the role -> role/boss  [sts-001]\n"), "{text}");
    // The ends can be chosen.
    assert_eq!(told(&workspace, &["--from", "user/ann", "--to", "admin"]), found);
    assert_eq!(told(&workspace, &["--from", "role/boss"]), json!([]));
}

#[test]
fn what_a_level_of_the_organization_does_not_allow() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[assumes()], &[boss()], &[]);
    organization(&workspace, "prod", &[("p-all", &format!("r-1 {PROD}"), all()), ("p-s3", "ou-1", json!([allow("s3:*", "*")]))]);
    let (guardrails, ways) = only(&told(&workspace, &["--from", "user/ann"]));
    assert_eq!((guardrails, ways.len()), (vec!["scp p-s3 null".to_owned()], 1));
}

#[test]
fn what_an_rcp_denies_the_internet() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[], &[role("open", json!([trusts("*")]), json!([]))], &[]);
    organization(&workspace, "prod", &[("p-all", &format!("r-1 ou-1 {PROD}"), all())]);
    let ours = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-test"}}});
    let everything = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    attach(&workspace, "RESOURCE_CONTROL_POLICY", "p-rcp", &json!([everything, ours]));
    let (guardrails, ways) = only(&told(&workspace, &["--to", "role/open"]));
    assert_eq!((guardrails, ways), (vec!["rcp p-rcp 1".to_owned()], vec!["trusted-principal internet role/open".to_owned()]));
}

/// A policy to be a boundary, and what sets it.
fn boundary(statements: Value) -> (String, Value, Value) {
    let arn = format!("arn:aws:iam::{PROD}:policy/bound");
    let version = json!({"VersionId": "v1", "IsDefaultVersion": true, "Document": policy(statements)});
    let bound = json!({"Arn": arn, "PolicyName": "bound", "DefaultVersionId": "v1", "PolicyVersionList": [version]});
    let set = json!({"PermissionsBoundary": {"PermissionsBoundaryArn": arn, "PermissionsBoundaryType": "Policy"}});
    (arn, bound, set)
}

#[test]
fn what_a_boundary_does_not_allow() {
    let workspace = Workspace::new();
    let (arn, bound, set) = boundary(json!([allow("s3:*", "*")]));
    write(&workspace, "prod", &[with(assumes(), set.clone()), with(user("eve", all()), set)], &[boss()], &[bound]);
    let found = told(&workspace, &[]);
    let (guardrails, ways) = only(&found);
    assert_eq!(guardrails, [format!("boundary {arn} null")]);
    // Who would be an administrator has no other ways.
    assert_eq!(ways, ["sts-001 user/ann role/boss".to_owned(), format!("administrator user/eve administrator of {PROD}")]);
    assert!(workspace.run(&["graph", "near"]).out.starts_with(&format!("the boundary {arn}, which does not allow it, holds back 2 ways")));
}

#[test]
fn a_boundary_goes_with_what_it_denies() {
    let workspace = Workspace::new();
    let (arn, bound, set) = boundary(json!([allow("s3:*", "*"), NO_ASSUME()]));
    write(&workspace, "prod", &[with(assumes(), set)], &[boss()], &[bound]);
    assert_eq!(only(&told(&workspace, &[])).0, [format!("boundary {arn} null")]);
    let (arn, bound, set) = boundary(full(NO_ASSUME()));
    write(&workspace, "prod", &[with(assumes(), set)], &[boss()], &[bound]);
    assert_eq!(only(&told(&workspace, &[])).0, [format!("boundary {arn} 1")]);
}

#[test]
fn what_own_policies_deny() {
    let workspace = Workspace::new();
    let ann = user("ann", json!([allow("sts:AssumeRole", "*"), NO_ASSUME()]));
    write(&workspace, "prod", &[ann], &[boss()], &[]);
    let (guardrails, ways) = only(&told(&workspace, &[]));
    assert_eq!(guardrails, [format!("identity inline policy own of arn:aws:iam::{PROD}:user/ann 1")]);
    assert_eq!(ways, ["sts-001 user/ann role/boss"]);
}

#[test]
fn what_trust_policies_deny() {
    let workspace = Workspace::new();
    let deny = json!({"Effect": "Deny", "Principal": {"AWS": format!("arn:aws:iam::{PROD}:user/ann")}, "Action": "sts:AssumeRole"});
    let boss = role("boss", json!([trusts(&root()), deny]), all());
    // A service is kept out, too: passing the role leads nowhere.
    let code = json!([allow("lambda:*", "*"), allow("iam:PassRole", "*")]);
    let lambda = json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"});
    let none = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"});
    write(&workspace, "prod", &[assumes(), user("bob", code)], &[boss, role("fn", json!([lambda, none]), json!([]))], &[]);
    let found = told(&workspace, &[]);
    let groups: Vec<(String, Vec<String>)> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|held| {
            let (guardrails, ways) = only(&json!([held]));
            (guardrails.join(" + "), ways)
        })
        .collect();
    let of = |name: &str| format!("resource the trust policy of arn:aws:iam::{PROD}:role/{name} 1");
    assert_eq!(groups.iter().map(|(guardrail, _)| guardrail.as_str()).collect::<Vec<_>>(), [of("boss"), of("fn")]);
    assert_eq!(groups[0].1, ["sts-001 user/ann role/boss"]);
    assert!(groups[1].1.contains(&"lambda-001 user/bob role/fn".to_owned()), "{groups:?}");
    assert!(groups[1].1.contains(&"trusted-service lambda.amazonaws.com role/fn".to_owned()), "{groups:?}");
}

#[test]
fn two_that_both_hold() {
    let workspace = Workspace::new();
    let ann = user("ann", json!([allow("sts:AssumeRole", "*"), NO_ASSUME()]));
    write(&workspace, "prod", &[ann], &[boss()], &[]);
    organization(&workspace, "prod", &[("p-all", &format!("r-1 ou-1 {PROD}"), all()), ("p-no", "ou-1", json!([NO_ASSUME()]))]);
    let (guardrails, ways) = only(&told(&workspace, &[]));
    let own = format!("identity inline policy own of arn:aws:iam::{PROD}:user/ann 1");
    assert_eq!((guardrails, ways), (vec!["scp p-no 0".to_owned(), own], vec!["sts-001 user/ann role/boss".to_owned()]));
    let text = workspace.run(&["graph", "near"]).out;
    assert!(text.contains("together hold back 1 way, which none of them opens if it goes alone; without all of them, "), "{text}");
}

#[test]
fn what_another_region_needs_is_not_told() {
    let workspace = Workspace::new();
    let code = json!([allow("lambda:*", "*"), allow("iam:PassRole", "*")]);
    let lambda = json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    write(&workspace, "prod", &[user("bob", code)], &[role("fn", lambda, all())], &[]);
    workspace
        .write("account-data/prod/describe-regions.json", r#"{"Regions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]}"#);
    let away = json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}});
    let make = json!({"Effect": "Deny", "Action": ["lambda:CreateFunction", "lambda:UpdateFunction*"], "Resource": "*"});
    let scps = [
        ("p-all", format!("r-1 ou-1 {PROD}"), all()),
        ("p-region", "ou-1".to_owned(), json!([away])),
        ("p-make", "ou-1".to_owned(), json!([make])),
    ];
    let scps: Vec<(&str, &str, Value)> = scps.iter().map(|(id, on, text)| (*id, on.as_str(), text.clone())).collect();
    organization(&workspace, "prod", &scps);
    let (guardrails, ways) = only(&told(&workspace, &["--from", "user/bob"]));
    assert_eq!(guardrails, ["scp p-make 0"], "{ways:?}");
}

#[test]
fn who_gets_there_anyhow_is_not_held_back() {
    let workspace = Workspace::new();
    let closed = format!("arn:aws:iam::{PROD}:role/boss");
    let ann = user("ann", json!([allow("sts:AssumeRole", "*"), {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": closed}]));
    let step = role("step", json!([trusts(&root())]), json!([allow("sts:AssumeRole", "*")]));
    write(&workspace, "prod", std::slice::from_ref(&ann), &[boss(), step], &[]);
    assert_eq!(told(&workspace, &[]), json!([]));
    write(&workspace, "prod", &[ann], &[boss()], &[]);
    assert_eq!(only(&told(&workspace, &[])).1, ["sts-001 user/ann role/boss"]);
}

#[test]
fn nothing_is_held_back() {
    let workspace = Workspace::new();
    let full = full(json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}));
    write(&workspace, "prod", &[assumes(), user("root", full)], &[boss()], &[]);
    assert_eq!(told(&workspace, &[]), json!([]));
    assert_eq!(workspace.run(&["graph", "near"]).out, "no guardrail holds back a way that would be there without it\n");
}
