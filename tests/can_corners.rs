//! `can`, `find_admins`, `iam_report`: corners of AWS's rules, and gaps in snapshots.

use serde_json::{Value, json};

use crate::can::{pairs, who};
use crate::support::Workspace;
use crate::support::accounts::{PROD, all, answer, policy, role, user, with, write};

const OTHER: &str = "444455556666";

fn allow(action: &str, resource: &str) -> Value {
    json!([{"Effect": "Allow", "Action": action, "Resource": resource}])
}

fn trust(principal: Value) -> Value {
    json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}])
}

fn ec2() -> Value {
    trust(json!({"Service": "ec2.amazonaws.com"}))
}

/// The same account under another id.
fn write_other(workspace: &Workspace, users: &[Value], roles: &[Value]) {
    let other = |values: &[Value]| -> Vec<Value> {
        values.iter().map(|value| serde_json::from_str(&value.to_string().replace(PROD, OTHER)).unwrap()).collect()
    };
    write(workspace, "other", &other(users), &other(roles), &[]);
}

fn bucket(workspace: &Workspace, name: &str, statements: Value) {
    answer(workspace, "prod", &format!("s3-get-bucket-policy/{name}"), &json!({"Policy": policy(statements).to_string()}));
}

fn one(workspace: &Workspace, args: &[&str]) -> String {
    let found = who(workspace, &[args, &["-n"]].concat());
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap().1
}

fn manifest(workspace: &Workspace, refused: &[(&str, &str)]) {
    let record = |(file, stem): &(&str, &str)| {
        let (service, request) = stem.split_once('-').unwrap();
        json!({"service": service, "request": request, "operation": "x", "region": "us-east-1", "parameters": {}, "file": format!("us-east-1/{file}"),
            "outcome": "not_collected", "code": "AccessDenied", "message": "no", "time": "2026-01-01T00:00:00Z", "attempts": 1, "pages": 0})
    };
    let manifest = json!({
        "format": "cloudmapper-manifest/1", "tool": "test", "api_models": "test", "account": {"name": "prod", "id": PROD, "partition": "aws"},
        "identity": {"arn": "", "user_id": ""}, "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:01Z", "complete": true, "with_secrets": false,
        "regions": [{"name": "us-east-1", "status": "opt-in-not-required"}], "calls": refused.iter().map(record).collect::<Vec<_>>(),
    });
    workspace.write("account-data/prod/manifest.json", &manifest.to_string());
}

#[test]
fn sessions_that_policies_name_are_those_of_their_roles() {
    let workspace = Workspace::new();
    let denied = json!([{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]);
    write(&workspace, "prod", &[], &[role("den", ec2(), denied)], &[]);
    write_other(&workspace, &[], &[role("weak", ec2(), json!([]))]);
    let named = |account: &str, role: &str| json!({"AWS": format!("arn:aws:sts::{account}:assumed-role/{role}/x")});
    bucket(
        &workspace,
        "b",
        json!([
            {"Effect": "Allow", "Principal": named(PROD, "den"), "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Allow", "Principal": named(OTHER, "weak"), "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Allow", "Principal": named(OTHER, "gone"), "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
        ]),
    );
    assert!(who(&workspace, &["--action", "s3:PutObject", "--resource", "arn:aws:s3:::b/x"]).is_empty());
}

#[test]
fn a_pattern_is_no_session() {
    let workspace = Workspace::new();
    let on_hosts =
        json!([{"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "*:i-*"}}}]);
    write(&workspace, "prod", &[], &[role("web", ec2(), on_hosts)], &[]);
    let session = |name: &str| format!("arn:aws:sts::{PROD}:assumed-role/{name}");
    assert_eq!(one(&workspace, &["--action", "sns:ListTopics", "--principal", &session("web/*")]), "conditional");
    assert_eq!(one(&workspace, &["--action", "sns:ListTopics", "--principal", &session("web/i-1")]), "yes");
    for name in ["web/i-*", "web", "web/", "*/x"] {
        workspace.run(&["can", "--action", "sns:ListTopics", "--principal", &session(name)]).says(2, &["no pattern for names of sessions"]);
    }
}

#[test]
fn certificates_are_tags_to_roles_anywhere() {
    let workspace = Workspace::new();
    let with_certificate = json!([{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "x"}}}]);
    write(&workspace, "prod", &[], &[role("ra", with_certificate, json!([]))], &[]);
    let arn = format!("arn:aws:iam::{PROD}:role/ra");
    assert_eq!(
        one(&workspace, &["--principal", "rolesanywhere.amazonaws.com", "--action", "sts:AssumeRole", "--resource", &arn]),
        "conditional"
    );
}

#[test]
fn what_aws_refused_to_tell_may_allow() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("none", json!([]))], &[], &[]);
    let root =
        policy(json!([{"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{PROD}:root")}, "Action": "kms:*", "Resource": "*"}]));
    answer(&workspace, "prod", "kms-list-keys.json", &json!({"Keys": [{"KeyId": "k1"}]}));
    answer(&workspace, "prod", "kms-get-key-policy/k1", &json!({"Policy": root.to_string()}));
    let open = json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}]);
    bucket(&workspace, "open", open);
    answer(&workspace, "prod", "s3-list-buckets.json", &json!({"Buckets": [{"Name": "open"}, {"Name": "acl"}]}));
    answer(&workspace, "prod", "s3-get-bucket-policy/acl", &json!({}));
    let key = format!("arn:aws:kms:us-east-1:{PROD}:key/k1");
    let decrypt = ["--principal", "none", "--action", "kms:Decrypt", "--resource", &key];
    let list = ["--principal", "anonymous", "--action", "s3:ListBucket", "--resource", "arn:aws:s3:::acl"];
    let get = ["--principal", "anonymous", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::open/x"];
    assert_eq!([one(&workspace, &decrypt), one(&workspace, &list), one(&workspace, &get)], ["no", "no", "yes"]);
    manifest(
        &workspace,
        &[
            ("kms-list-grants/k1", "kms-list-grants"),
            ("s3-get-bucket-acl/acl", "s3-get-bucket-acl"),
            ("s3-get-public-access-block/open", "s3-get-public-access-block"),
        ],
    );
    assert_eq!([one(&workspace, &decrypt), one(&workspace, &list), one(&workspace, &get)], ["conditional"; 3]);
}

#[test]
fn a_group_that_is_not_there() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[with(user("lost", json!([])), json!({"GroupList": ["gone"]}))], &[], &[]);
    assert_eq!(one(&workspace, &["--action", "sqs:ListQueues"]), "conditional");
    workspace.run(&["can", "--action", "sqs:ListQueues"]).says(0, &["note: prod: group gone of"]);
}

#[test]
fn access_points_have_policies_of_their_own() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[], &[], &[]);
    let point = format!("arn:aws:s3:us-east-1:{PROD}:accesspoint/p/object/x");
    let foreign = format!("arn:aws:iam::{OTHER}:role/x");
    assert_eq!(one(&workspace, &["--principal", &foreign, "--action", "s3:GetObject", "--resource", &point]), "conditional");
}

#[test]
fn nobody_crosses_partitions() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("adm", all())], &[], &[]);
    bucket(&workspace, "open", json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::open/*"}]));
    let gov = "arn:aws-us-gov:iam::777788889999:user/gov";
    assert_eq!(one(&workspace, &["--principal", gov, "--action", "s3:GetObject", "--resource", "arn:aws:s3:::open/x"]), "no");
}

#[test]
fn resources_of_other_kinds_are_no_condition() {
    let workspace = Workspace::new();
    let users = [
        user("objects", allow("*", "arn:aws:s3:::data/*")),
        user("all-of-iam", allow("iam:*", "arn:aws:iam::*")),
        user("some", allow("iam:*", &format!("arn:aws:iam::{PROD}:user/dev-*"))),
    ];
    write(&workspace, "prod", &users, &[], &[]);
    let found = who(&workspace, &["--action", "iam:CreateUser", "-n"]);
    assert_eq!(found, pairs(&[("user/all-of-iam", "yes"), ("user/objects", "no"), ("user/some", "conditional")]));
}

#[test]
fn a_variable_without_a_value() {
    let workspace = Workspace::new();
    let when = |operator: &str| json!([{"Effect": "Allow", "Action": "sqs:CreateQueue", "Resource": "*", "Condition": {operator: {"aws:RequestTag/a": "${aws:PrincipalTag/none}"}}}]);
    write(
        &workspace,
        "prod",
        &[user("equal", when("StringEquals")), user("not", when("StringNotEquals")), user("if", when("StringEqualsIfExists"))],
        &[],
        &[],
    );
    let found = who(&workspace, &["--action", "sqs:CreateQueue", "-n"]);
    assert_eq!(found, pairs(&[("user/equal", "no"), ("user/if", "conditional"), ("user/not", "yes")]));
    workspace.run(&["can", "--principal", "if", "--action", "sqs:CreateQueue"]).says(0, &["where aws:RequestTag/a is absent\n"]);
}

#[test]
fn what_aws_has_not_for_other_accounts() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("own", all())], &[], &[]);
    write_other(&workspace, &[user("full", all())], &[]);
    let to_other = |action: &str| json!([{"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": action, "Resource": "*"}]);
    bucket(&workspace, "b", to_other("s3:*"));
    answer(&workspace, "prod", "kms-list-keys.json", &json!({"Keys": [{"KeyId": "k1"}]}));
    answer(&workspace, "prod", "kms-get-key-policy/k1", &json!({"Policy": policy(to_other("kms:*")).to_string()}));
    let key = format!("arn:aws:kms:us-east-1:{PROD}:key/k1");
    for (action, resource, expected) in [
        ("kms:Decrypt", key.as_str(), "yes"),
        ("kms:ScheduleKeyDeletion", &key, "no"),
        ("s3:GetBucketAcl", "arn:aws:s3:::b", "yes"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::b", "no"),
    ] {
        let full = format!("arn:aws:iam::{OTHER}:user/full");
        assert_eq!(one(&workspace, &["--principal", &full, "--action", action, "--resource", resource]), expected, "{action}");
    }
}

#[test]
fn whose_call_it_is() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("own", all())], &[], &[]);
    write_other(&workspace, &[user("full", all())], &[]);
    let managed = json!([{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:CallerAccount": PROD}}}]);
    answer(&workspace, "prod", "kms-list-keys.json", &json!({"Keys": [{"KeyId": "k1"}]}));
    answer(&workspace, "prod", "kms-get-key-policy/k1", &json!({"Policy": policy(managed).to_string()}));
    let grant = json!({"GranteePrincipal": "lambda.amazonaws.com", "RetiringPrincipal": format!("arn:aws:iam::{PROD}:user/own"), "Operations": ["Decrypt"]});
    answer(&workspace, "prod", "kms-list-grants/k1", &json!({"Grants": [grant]}));
    let key = format!("arn:aws:kms:us-east-1:{PROD}:key/k1");
    let decrypt = who(&workspace, &["--action", "kms:Decrypt", "--resource", &key]);
    assert!(
        decrypt.contains(&("user/own".to_owned(), "yes".to_owned())) && !decrypt.iter().any(|(who, _)| who == "user/full"),
        "{decrypt:?}"
    );
    assert_eq!(one(&workspace, &["--principal", "own", "--action", "kms:RetireGrant", "--resource", &key]), "yes");
    let root = format!("arn:aws:iam::{PROD}:root");
    bucket(
        &workspace,
        "b",
        json!([{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:userid": [PROD]}}}]),
    );
    assert_eq!(one(&workspace, &["--principal", &root, "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/x"]), "yes");
}

#[test]
fn providers_vouch_in_their_own_calls_only() {
    let workspace = Workspace::new();
    let provider = format!("arn:aws:iam::{PROD}:oidc-provider/ci.example");
    let any = json!([{"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:*"}]);
    write(&workspace, "prod", &[], &[role("ci", any, json!([]))], &[]);
    let arn = format!("arn:aws:iam::{PROD}:role/ci");
    for (action, expected) in [("sts:AssumeRoleWithWebIdentity", "yes"), ("sts:AssumeRole", "no"), ("sts:AssumeRoleWithSAML", "no")] {
        assert_eq!(one(&workspace, &["--principal", &provider, "--action", action, "--resource", &arn]), expected, "{action}");
    }
}

#[test]
fn session_policies_limit_users_that_a_bucket_names() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("named", json!([]))], &[], &[]);
    bucket(
        &workspace,
        "b",
        json!([{"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{PROD}:user/named")}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}]),
    );
    let ask = ["--principal", "named", "--action", "s3:PutObject", "--resource", "arn:aws:s3:::b/x"];
    assert_eq!(one(&workspace, &ask), "yes");
    workspace.write("session.json", &policy(allow("sqs:*", "*")).to_string());
    assert_eq!(one(&workspace, &[&ask[..], &["--session-policy", "session.json"]].concat()), "no");
    workspace.write("session.json", &policy(json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])).to_string());
    workspace.run(&[&["can", "--session-policy", "session.json"], &ask[..]].concat()).says(2, &["has no `Principal`"]);
}

#[test]
fn conditions_read_as_they_are_meant() {
    let workspace = Workspace::new();
    let age = json!([
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthAge": "true"}}},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}},
    ]);
    let mfa = json!([
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
    ]);
    let never = |condition: Value| json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": condition}]);
    let users = [
        user("age", age),
        user("mfa", mfa),
        user("like", never(json!({"StringLike": {"aws:RequestedRegion": "us-*"}, "StringNotLike": {"aws:RequestedRegion": "us-*"}}))),
        user("ip", never(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/9"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))),
        user(
            "number",
            never(json!({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "7200"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}})),
        ),
    ];
    write(&workspace, "prod", &users, &[], &[]);
    let where_ = |name: &str| workspace.run(&["can", "--principal", name, "--action", "sqs:ListQueues"]).out;
    assert!(where_("age").contains("where aws:MultiFactorAuthAge ≤ 3600\n"), "{}", where_("age"));
    assert!(where_("mfa").contains("where aws:MultiFactorAuthPresent is true\n"), "{}", where_("mfa"));
    let none = who(&workspace, &["--action", "sqs:ListQueues"]);
    assert_eq!(none, pairs(&[("user/age", "conditional"), ("user/mfa", "conditional")]));
}

#[test]
fn keys_and_values_that_aws_does_not_have() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("alice", all())], &[], &[]);
    for (context, says) in [
        ("aws:Bogus=1", "AWS has no condition key `aws:Bogus`"),
        ("aws:SourceIp=notanip", "`notanip` is no value of `aws:SourceIp`, which is an IP address"),
        ("aws:MultiFactorAuthPresent=maybe", "true or false"),
        ("aws:CurrentTime=yesterday", "a time"),
    ] {
        workspace.run(&["can", "--action", "sqs:ListQueues", "--context", context]).says(2, &[says]);
    }
    for context in [
        "aws:SourceIp=192.0.2.1",
        "aws:SourceIp=",
        "aws:PrincipalTag/x=y",
        "token.actions.githubusercontent.com:sub=x",
        "aws:CurrentTime=2026-01-01T00:00:00Z",
    ] {
        workspace.run(&["can", "--action", "sqs:ListQueues", "--context", context]).says(0, &[]);
    }
}

#[test]
fn an_older_snapshot_by_its_name() {
    let workspace = Workspace::new();
    write(&workspace, "old", &[user("gone", all())], &[], &[]);
    write(&workspace, "new", &[user("alice", all())], &[], &[]);
    assert_eq!(who(&workspace, &["--accounts", "old", "--action", "sqs:ListQueues"]), pairs(&[("user/gone", "yes")]));
    assert_eq!(workspace.run(&["find_admins", "--accounts", "all"]).code, Some(0), "without a configuration, all snapshots");
}

#[test]
fn many_accounts_with_one_gap_are_one_note() {
    let workspace = Workspace::new();
    for name in ["a", "b", "c", "d", "e"] {
        workspace.write(&format!("account-data/{name}/describe-regions.json"), r#"{"Regions": [{"RegionName": "us-east-1"}]}"#);
    }
    write(&workspace, "prod", &[user("alice", all())], &[], &[]);
    let ran = workspace.run(&["can", "--action", "sqs:ListQueues"]);
    assert_eq!(ran.out.matches("note: ").count(), 1, "{}", ran.out);
    ran.says(1, &["a, b, c and 2 more accounts"]);
}
