//! `find_admins`: CloudMapper's command, right where it was not.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::accounts::{PROD, all, organization, policy, role, user, with, write};

fn admins(workspace: &Workspace, args: &[&str]) -> Vec<String> {
    let ran = workspace.run(&[&["find_admins", "--accounts", "prod"], args].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out.lines().map(|line| line.split('\t').skip(1).collect::<Vec<_>>().join(" ")).collect()
}

fn trust(principal: Value, action: &str) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": action})
}

#[test]
fn whoever_may_change_permissions() {
    let workspace = Workspace::new();
    let statement = |value: Value| json!([value]);
    let boundary = json!({"PermissionsBoundary": {"PermissionsBoundaryArn": format!("arn:aws:iam::{PROD}:policy/only-s3")}});
    let only_s3 = policy(json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]));
    let managed = json!({
        "Arn": format!("arn:aws:iam::{PROD}:policy/only-s3"), "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": only_s3}],
    });
    let saml = trust(json!({"Federated": format!("arn:aws:iam::{PROD}:saml-provider/okta")}), "sts:AssumeRoleWithSAML");
    let service = trust(json!({"Service": "ec2.amazonaws.com"}), "sts:AssumeRole");
    write(
        &workspace,
        "prod",
        &[
            user("bounded", all()).pipe(|user| with(user, boundary)),
            user(
                "denied",
                json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]),
            ),
            user(
                "from-office",
                statement(
                    json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}),
                ),
            ),
            user("list", statement(json!({"Effect": "Allow", "Action": ["iam:*"], "Resource": ["*"]}))),
            user("not-action", statement(json!({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}))),
            user(
                "one-user",
                statement(json!({"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": format!("arn:aws:iam::{PROD}:user/x")})),
            ),
            user("own-password", statement(json!({"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}))),
            user("power-user", statement(json!({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}))),
            user("whole-account", statement(json!({"Effect": "Allow", "Action": "iam:*", "Resource": format!("arn:aws:iam::{PROD}:*")}))),
        ],
        &[role("sso", json!([saml.clone()]), all()), role("twice", json!([saml, service]), all())],
        &[managed],
    );
    let expected = [
        "role sso",
        "role twice",
        "user from-office if aws:SourceIp is in 192.0.2.0/24",
        "user list",
        "user not-action",
        "user whole-account",
    ];
    assert_eq!(admins(&workspace, &[]), expected);
    assert!(admins(&workspace, &["--include_restricted"]).iter().any(|line| line.starts_with("user one-user")));
    let explained = workspace.run(&["find_admins", "--accounts", "prod", "--explain"]);
    explained.says(0, &["user\tbounded\twould be", "but for the permissions boundary", "user\tdenied\twould be"]);
    assert_eq!(admins(&workspace, &["--privs", "iam:ChangePassword"]).iter().filter(|line| line.contains("own-password")).count(), 1);
    let json = workspace.run(&["find_admins", "--accounts", "prod", "--json"]);
    let first: Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["account"], &first["type"], &first["name"], &first["admin"]),
        (&json!("prod"), &json!("role"), &json!("sso"), &json!("yes"))
    );
}

#[test]
fn the_organization_counts() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("alice", all())], &[], &[]);
    assert_eq!(admins(&workspace, &[]), ["user alice"]);
    let deny = json!([{"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}]);
    organization(&workspace, "prod", &[("p-full", &format!("r-1 ou-1 {PROD}"), all()), ("p-admin", "r-1", deny)]);
    assert_eq!(admins(&workspace, &[]), [""; 0]);
    workspace.run(&["find_admins", "--accounts", "prod", "--explain"]).says(0, &["user\talice\twould be", "denied by p-admin"]);
}

#[test]
fn no_such_privilege() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[], &[], &[]);
    workspace.run(&["find_admins", "--accounts", "prod", "--privs", "iam:Everything"]).says(2, &["iam:Everything"]);
}

trait Pipe: Sized {
    fn pipe<T>(self, function: impl FnOnce(Self) -> T) -> T {
        function(self)
    }
}

impl Pipe for Value {}
