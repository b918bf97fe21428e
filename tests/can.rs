//! `can`: questions to small accounts, and their answers.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::accounts::{PROD, all, answer, organization, policy, role, user, with, write};

fn account() -> Workspace {
    let workspace = Workspace::new();
    let reader = json!([
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::data/*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
        {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/secret/*"},
    ]);
    let assume = json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]);
    let trust = |principal: Value| json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]);
    write(
        &workspace,
        "prod",
        &[user("reader", reader), user("caller", assume), user("root", all())],
        &[
            role("ours", trust(json!({"AWS": format!("arn:aws:iam::{PROD}:root")})), all()),
            role("lambda", trust(json!({"Service": "lambda.amazonaws.com"})), json!([])),
        ],
        &[],
    );
    let open = policy(json!([
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::public/*"},
        {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::public/*"},
    ]));
    answer(&workspace, "prod", "s3-get-bucket-policy/data", &json!({}));
    answer(&workspace, "prod", "s3-get-bucket-policy/public", &json!({"Policy": open.to_string()}));
    workspace
}

fn answers(workspace: &Workspace, args: &[&str]) -> Vec<(String, String, String, String)> {
    let ran = workspace.run(&[&["can", "--format", "json"], args].concat());
    let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{} {}", ran.out, ran.err));
    assert_eq!(document["format"], "cloudmapper-can/1");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = document["answers"].as_array().unwrap().iter();
    rows.map(|row| {
        (text(row, "principal").rsplit(':').next().unwrap().to_owned(), text(row, "action"), text(row, "resource"), text(row, "answer"))
    })
    .collect()
}

pub fn who(workspace: &Workspace, args: &[&str]) -> Vec<(String, String)> {
    answers(workspace, args).into_iter().map(|(principal, .., answer)| (principal, answer)).collect()
}

pub fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(who, answer)| ((*who).to_owned(), (*answer).to_owned())).collect()
}

#[test]
fn who_can() {
    let workspace = account();
    let found = who(&workspace, &["--action", "s3:GetObject", "--resource", "arn:aws:s3:::public/x"]);
    let everybody = ["role/lambda", "role/ours", "user/caller", "user/reader", "user/root"];
    let mut expected: Vec<_> = everybody.iter().map(|name| ((*name).to_owned(), "yes".to_owned())).collect();
    expected.extend(pairs(&[("anonymous", "yes"), ("*", "conditional")]));
    assert_eq!(found, expected);
    let writers = who(&workspace, &["--action", "s3:PutObject", "--resource", "arn:aws:s3:::public/x"]);
    assert_eq!(writers, pairs(&[("role/ours", "yes"), ("user/root", "yes"), ("*", "conditional")]), "whoever 444455556666 allows");
}

#[test]
fn what_and_where() {
    let workspace = account();
    let rows = answers(&workspace, &["--principal", "user/reader", "--resource", "arn:aws:s3:::data/*"]);
    assert!(rows.iter().any(|(_, action, _, answer)| action == "s3:GetObjectTagging" && answer == "conditional"));
    assert!(rows.iter().all(|(_, action, ..)| action.starts_with("s3:")), "{rows:?}");
    workspace
        .run(&["can", "--principal", "user/reader", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::data/*"])
        .says(0, &["aws:SourceIp is in 192.0.2.0/24", "the resource is not like arn:aws:s3:::data/secret/*", "/Statement/1"]);
}

#[test]
fn the_context_settles() {
    let workspace = account();
    let ask = |context: &str| {
        let args = ["--principal", "user/reader", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::data/x", "--context", context];
        who(&workspace, &args).pop().unwrap().1
    };
    assert_eq!(ask("aws:SourceIp=192.0.2.7"), "yes");
    assert_eq!(ask("aws:SourceIp=198.51.100.7"), "no");
    assert_eq!(ask("aws:SourceIp="), "no");
    assert_eq!(ask("aws:UserAgent=x"), "conditional");
}

#[test]
fn buckets_are_asked_in_their_region() {
    let workspace = account();
    let deny =
        json!([{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}]);
    organization(&workspace, "prod", &[("p-full", &format!("r-1 ou-1 {PROD}"), all()), ("p-region", "r-1", deny)]);
    let ask = ["--principal", "user/root", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::data/x"];
    assert_eq!(who(&workspace, &ask), pairs(&[("user/root", "conditional")]));
    answer(&workspace, "prod", "s3-get-bucket-location/data", &json!({"LocationConstraint": "EU"}));
    assert_eq!(who(&workspace, &ask), pairs(&[("user/root", "yes")]));
    answer(&workspace, "prod", "s3-get-bucket-location/data", &json!({"LocationConstraint": null}));
    assert_eq!(who(&workspace, &ask), pairs(&[("user/root", "no")]));
}

#[test]
fn the_way_through_an_endpoint() {
    let workspace = account();
    let only_data = policy(json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::data/*"}]));
    let endpoint = json!({"VpcEndpointId": "vpce-1", "PolicyDocument": only_data.to_string()});
    answer(&workspace, "prod", "ec2-describe-vpc-endpoints.json", &json!({"VpcEndpoints": [endpoint]}));
    let ask = ["can", "--principal", "user/root", "--action", "s3:GetObject", "--context", "aws:SourceVpce=vpce-1", "--resource"];
    workspace.run(&[&ask[..], &["arn:aws:s3:::data/x"]].concat()).says(0, &["yes"]);
    workspace.run(&[&ask[..], &["arn:aws:s3:::public/x"]].concat()).says(0, &["no ", "but for the VPC endpoint policy"]);
}

#[test]
fn roles_decide_for_themselves() {
    let workspace = account();
    let found = answers(&workspace, &["--principal", "user/caller", "--action", "sts:AssumeRole", "-n"]);
    let found: Vec<_> = found.into_iter().map(|(_, _, role, answer)| (role.rsplit('/').next().unwrap().to_owned(), answer)).collect();
    assert_eq!(found, pairs(&[("lambda", "no"), ("ours", "yes")]));
}

#[test]
fn scps_take_away_and_are_named() {
    let workspace = account();
    let full = all();
    let deny = json!([{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]);
    let only_s3 = json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]);
    organization(&workspace, "prod", &[("p-full", &format!("r-1 ou-1 {PROD}"), full), ("p-no-iam", "ou-1", deny)]);
    let ask = ["can", "--principal", "user/root", "--resource", "*", "--action"];
    workspace.run(&[&ask[..], &["iam:CreateUser"]].concat()).says(0, &["no ", "denied by p-no-iam"]);
    workspace.run(&[&ask[..], &["ec2:DescribeInstances"]].concat()).says(0, &["yes"]);
    organization(&workspace, "prod", &[("p-full", "r-1 ou-1", all()), ("p-s3", PROD, only_s3)]);
    workspace.run(&[&ask[..], &["ec2:DescribeInstances"]].concat()).says(0, &["no ", "but for the SCPs", "would be allowed by"]);
}

#[test]
fn what_would_be() {
    let workspace = account();
    workspace.write(
        "overlay.yaml",
        "principals:\n  user/reader:\n    remove: ['*']\n    add: [arn:aws:iam::aws:policy/AdministratorAccess]\nresources:\n  arn:aws:s3:::public: null\n",
    );
    let overlaid = |args: &[&str]| who(&workspace, &[args, &["--overlay", "overlay.yaml"]].concat());
    assert_eq!(overlaid(&["--principal", "user/reader", "--action", "iam:CreateUser"]), pairs(&[("user/reader", "yes")]));
    let public = ["--action", "s3:GetObject", "--resource", "arn:aws:s3:::public/x"];
    assert_eq!(overlaid(&public), pairs(&[("role/ours", "yes"), ("user/reader", "yes"), ("user/root", "yes")]));
    for (text, place) in [
        ("principals: {user/nobody: {add: []}}", "user/nobody"),
        ("principals: {user/reader: {remove: [gone]}}", "gone"),
        ("principals: {user/reader: {add: [{Statement: [{Effect: Allow}]}]}}", "Action"),
        ("resources: {'arn:aws:s3:::elsewhere': null}", "elsewhere"),
        ("resources: {'arn:aws:s3:::public/*': null}", "a part of a resource"),
        ("resources: {'arn:aws:iam::111122223333:role/ours': null}", "trust"),
        ("principals: {lambda.amazonaws.com: {add: []}}", "no user or role"),
        ("principals: {user/reader: {trust: {Statement: []}}}", "only roles"),
        ("policies: {p-none: {Statement: []}}", "p-none"),
        ("prinzipals: {}", "prinzipals"),
    ] {
        workspace.write("wrong.yaml", text);
        workspace.run(&["can", "--action", "iam:CreateUser", "--overlay", "wrong.yaml"]).says(2, &["wrong.yaml", place]);
    }
}

#[test]
fn sessions_are_limited_by_their_policy() {
    let workspace = account();
    workspace.write("session.json", &policy(json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])).to_string());
    let ask = |action: &str| {
        let args = ["--principal", "role/ours", "--action", action, "--resource", "*", "--session-policy", "session.json"];
        who(&workspace, &args).pop().unwrap().1
    };
    assert_eq!(ask("s3:ListAllMyBuckets"), "yes");
    assert_eq!(ask("iam:CreateUser"), "no");
}

#[test]
fn assertions_for_ci() {
    let workspace = account();
    let good = "
- {name: root creates users, must: {principal: user/root, action: 'iam:CreateUser'}}
- {name: nobody else, must_not: {action: 'iam:CreateUser'}, except: [user/root, role/ours]}
";
    workspace.write("good.yaml", good);
    workspace.run(&["can", "--assert", "good.yaml"]).says(0, &["ok   root creates users", "2 assertions, 0 failed"]);
    workspace.write("bad.yaml", "- {must_not: {principal: user/reader, action: 's3:GetObject', resource: 'arn:aws:s3:::data/x'}}");
    workspace.run(&["can", "--assert", "bad.yaml"]).says(1, &["FAIL", "can under conditions", "aws:SourceIp is in 192.0.2.0/24"]);
    for (text, problem) in [
        ("- {must: {action: 'iam:CreateUser'}, must_not: {action: 'iam:CreateUser'}}", "either"),
        ("- {must_not: {action: 'iam:Typo'}}", "iam:Typo"),
        ("- {must_not: {action: 'iam:CreateUser'}, except: [user/gone]}", "user/gone"),
        ("- {must_not: {action: 'sqs:*', resource: 'arn:aws:s3:::x'}}", "nothing is asked"),
        ("[]", "asserts nothing"),
    ] {
        workspace.write("wrong.yaml", text);
        workspace.run(&["can", "--assert", "wrong.yaml"]).says(2, &["wrong.yaml", problem]);
    }
}

#[test]
fn mistakes_are_told() {
    let workspace = account();
    for (args, parts) in [
        (&["--principal", "user/raeder", "--action", "s3:GetObject"][..], &["user/raeder"][..]),
        (&["--action", "s3:GetObjekt"], &["s3:GetObjekt", "s3:GetObject"]),
        (&["--principal", "arn:aws:iam::111122223333:group/devs", "--action", "s3:GetObject"], &["group/devs"]),
        (&["--action", "s3:GetObject", "--resource", "my-bucket"], &["my-bucket", "arn:aws:s3:::bucket/key"]),
        (&["--action", "s3:GetObject", "--resource", ""], &["write its ARN"]),
        (&["--action", "s3:GetObject", "--context", "aws:SourceIp"], &["aws:SourceIp", "="]),
        (&["--action", "s3:GetObject", "--session-policy", "none.json"], &["none.json"]),
    ] {
        workspace.run(&[&["can"], args].concat()).says(2, parts);
    }
    Workspace::new().run(&["can", "--action", "s3:GetObject"]).says(2, &["cloudmapper collect"]);
}

#[test]
fn what_was_not_collected_is_not_a_no() {
    let workspace = Workspace::new();
    let attached = json!({"AttachedManagedPolicies": [{"PolicyArn": format!("arn:aws:iam::{PROD}:policy/gone")}]});
    write(&workspace, "prod", &[with(user("alice", json!([])), attached)], &[], &[]);
    let asked = who(&workspace, &["--principal", "alice", "--action", "iam:CreateUser"]);
    assert_eq!(asked, pairs(&[("user/alice", "conditional")]));
    workspace.run(&["can", "--principal", "alice", "--action", "iam:CreateUser"]).says(0, &["note: prod", "policy/gone"]);
}

#[test]
fn names_are_shown_not_obeyed() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[user("=cmd()\u{1b}[31m", all())], &[], &[]);
    let csv = workspace.run(&["can", "--action", "iam:CreateUser", "--format", "csv"]);
    assert!(!csv.out.contains('\u{1b}') && csv.out.contains("⟨U+001B⟩"), "{}", csv.out);
    let text = workspace.run(&["can", "--action", "iam:CreateUser"]);
    assert!(!text.out.contains('\u{1b}'), "{}", text.out);
}

#[test]
fn acls_grants_and_the_block_of_public_access() {
    let workspace = account();
    let get = ["--action", "s3:GetObject", "--resource", "arn:aws:s3:::public/x", "--principal", "anonymous"];
    assert_eq!(who(&workspace, &get), pairs(&[("anonymous", "yes")]));
    let block = json!({"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": true, "IgnorePublicAcls": false}});
    answer(&workspace, "prod", "s3-get-public-access-block/public", &block);
    workspace.run(&[&["can"], &get[..]].concat()).says(0, &["no ", "but for S3 Block Public Access"]);
    assert_eq!(
        who(&workspace, &["--action", "s3:GetObject", "--resource", "arn:aws:s3:::public/x", "--principal", "user/caller"]).len(),
        1
    );

    let acl =
        json!({"Grants": [{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}]});
    answer(&workspace, "prod", "s3-get-bucket-acl/data", &acl);
    let list = ["--action", "s3:ListBucket", "--resource", "arn:aws:s3:::data", "--principal", "anonymous"];
    workspace.run(&[&["can"], &list[..]].concat()).says(0, &["yes", "the ACL of arn:aws:s3:::data"]);
    let enforced = json!({"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}});
    answer(&workspace, "prod", "s3-get-bucket-ownership-controls/data", &enforced);
    assert_eq!(who(&workspace, &list), pairs(&[("anonymous", "no")]));

    let root =
        policy(json!([{"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{PROD}:root")}, "Action": "kms:*", "Resource": "*"}]));
    answer(&workspace, "prod", "kms-list-keys.json", &json!({"Keys": [{"KeyId": "k1"}]}));
    answer(&workspace, "prod", "kms-get-key-policy/k1", &json!({"Policy": root.to_string()}));
    let grant = json!({"GranteePrincipal": format!("arn:aws:iam::{PROD}:user/caller"), "Operations": ["Decrypt"]});
    answer(&workspace, "prod", "kms-list-grants/k1", &json!({"Grants": [grant]}));
    let key = format!("arn:aws:kms:us-east-1:{PROD}:key/k1");
    let decrypt = who(&workspace, &["--action", "kms:Decrypt", "--resource", &key]);
    assert_eq!(decrypt, pairs(&[("role/ours", "yes"), ("user/caller", "yes"), ("user/root", "yes")]));
    assert_eq!(who(&workspace, &["--action", "kms:Encrypt", "--resource", &key]), pairs(&[("role/ours", "yes"), ("user/root", "yes")]));
}

#[test]
fn an_account_that_was_not_read_is_told() {
    let workspace = Workspace::new();
    workspace.write("account-data/prod/describe-regions.json", r#"{"Regions": [{"RegionName": "us-east-1"}]}"#);
    workspace
        .run(&["can", "--principal", "user/alice", "--action", "iam:CreateUser"])
        .says(2, &["of prod were not collected", "user/alice"]);
    assert_eq!(workspace.run(&["find_admins", "--accounts", "prod"]).code, Some(1));
    workspace.write("assert.yaml", "- {must_not: {principal: anonymous, action: 's3:GetObject', resource: 'arn:aws:s3:::x/y'}}");
    assert_eq!(workspace.run(&["can", "--assert", "assert.yaml"]).code, Some(1));
}

#[test]
fn what_is_known_of_a_session() {
    let workspace = Workspace::new();
    let tags = json!({"Tags": [{"Key": "team", "Value": "a"}]});
    let of_team_b = json!([{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "b"}}}]);
    let of_other = json!([
        {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotLike": {"aws:userid": "AROAonly:*"}}},
    ]);
    let trust = |actions: Value| json!([{"Effect": "Allow", "Principal": {"AWS": PROD}, "Action": actions}]);
    write(
        &workspace,
        "prod",
        &[],
        &[
            with(role("tagged", trust(json!(["sts:AssumeRole", "sts:TagSession"])), of_team_b.clone()), tags.clone()),
            with(role("fixed", trust(json!("sts:AssumeRole")), of_team_b), tags),
            role("only", trust(json!("sts:AssumeRole")), of_other.clone()),
            role("not-that", trust(json!("sts:AssumeRole")), of_other),
        ],
        &[],
    );
    let found = who(&workspace, &["--action", "sqs:ListQueues", "-n"]);
    assert_eq!(found, pairs(&[("role/fixed", "no"), ("role/not-that", "no"), ("role/only", "yes"), ("role/tagged", "conditional")]));
}

/// A name does not make a service-linked role; its path does.
#[test]
fn only_service_linked_roles_escape_scps() {
    let workspace = Workspace::new();
    let trust = json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    let linked = json!({"Arn": format!("arn:aws:iam::{PROD}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"), "Path": "/aws-service-role/x.amazonaws.com/"});
    let roles = [with(role("AWSServiceRoleForX", trust.clone(), all()), linked), role("AWSServiceRoleForEvil", trust, all())];
    write(&workspace, "prod", &[], &roles, &[]);
    let deny = json!([{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]);
    organization(&workspace, "prod", &[("p-full", &format!("r-1 ou-1 {PROD}"), all()), ("p-deny", "r-1", deny)]);
    let found = who(&workspace, &["--action", "sqs:ListQueues", "-n"]);
    assert_eq!(found, pairs(&[("role/AWSServiceRoleForEvil", "no"), ("role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", "yes")]));
}
