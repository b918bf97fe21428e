//! The web of trust of many accounts: how long it takes.
//!
//! `cargo bench --bench trust` prints each figure with its bar.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and may panic"
)]

use std::path::Path;
use std::time::Instant;

use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use cloudmapper::trust::{Input, page_data, read, weave};
use serde_json::{Value, json};

const ACCOUNTS: usize = 200;
const ROLES: usize = 300;
const RESOURCES: usize = 200;

fn id(account: usize) -> String {
    format!("{:012}", 111_000_000_000 + account * 7_919)
}

/// Most roles are for services, as anywhere; the others trust accounts, people, pipelines and vendors.
fn trust(own: &str, account: usize, role: usize) -> Value {
    let (principal, action, condition) = match role % 20 {
        0 => (json!({"AWS": format!("arn:aws:iam::{}:root", id((account + role) % ACCOUNTS))}), "sts:AssumeRole", None),
        1 => (json!({"AWS": format!("arn:aws:iam::{}:role/deploy", id(role % ACCOUNTS))}), "sts:AssumeRole", None),
        2 => (
            json!({"Federated": format!("arn:aws:iam::{own}:saml-provider/Okta")}),
            "sts:AssumeRoleWithSAML",
            Some(json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}})),
        ),
        3 => (
            json!({"Federated": format!("arn:aws:iam::{own}:oidc-provider/token.actions.githubusercontent.com")}),
            "sts:AssumeRoleWithWebIdentity",
            Some(json!({"StringLike": {"token.actions.githubusercontent.com:sub": format!("repo:acme/app{role}:*")}})),
        ),
        4 => (
            json!({"AWS": "arn:aws:iam::464622532012:root"}),
            "sts:AssumeRole",
            Some(json!({"StringEquals": {"sts:ExternalId": format!("x{role}")}})),
        ),
        5 => (json!({"AWS": format!("arn:aws:iam::{own}:root")}), "sts:AssumeRole", None),
        _ => (json!({"Service": "lambda.amazonaws.com"}), "sts:AssumeRole", None),
    };
    let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": action});
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn role(own: &str, account: usize, at: usize) -> Value {
    let action = if at % 40 < 4 { json!("*") } else { json!(["s3:GetObject", "dynamodb:*", "logs:*"]) };
    json!({
        "Arn": format!("arn:aws:iam::{own}:role/r{at}"), "RoleName": format!("r{at}"), "RoleId": format!("AROA{account:06}{at:06}"), "Path": "/",
        "AssumeRolePolicyDocument": trust(own, account, at), "InstanceProfileList": [], "AttachedManagedPolicies": [],
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}],
    })
}

fn write(folder: &Path, account: usize) -> AccountName {
    let (name, own) = (format!("account-{account:03}"), id(account));
    let top = folder.join("account-data").join(&name);
    let put = |file: &str, value: &Value| {
        let path = top.join("us-east-1").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, value.to_string()).unwrap();
    };
    let roles: Vec<Value> = (0..ROLES).map(|at| role(&own, account, at)).collect();
    put(
        "iam-get-account-authorization-details.json",
        &json!({"RoleDetailList": roles, "UserDetailList": [], "GroupDetailList": [], "Policies": []}),
    );
    put("sts-get-caller-identity.json", &json!({ "Account": own }));
    std::fs::write(top.join("describe-regions.json"), r#"{"Regions": [{"RegionName": "us-east-1"}]}"#).unwrap();
    let mut buckets = Vec::new();
    for at in 0..RESOURCES {
        let other = id((account + at) % ACCOUNTS);
        let statement = |action: Value| {
            json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{other}:root")}, "Action": action, "Resource": "*"},
                {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            ]})
            .to_string()
        };
        match at % 4 {
            0 => put(&format!("kms-get-key-policy/k{at}"), &json!({"Policy": statement(json!(["kms:Decrypt", "kms:DescribeKey"]))})),
            1 => put(
                &format!("sqs-get-queue-attributes/q{at}"),
                &json!({"Attributes": {"QueueArn": format!("arn:aws:sqs:us-east-1:{own}:q{at}"), "Policy": statement(json!("sqs:*"))}}),
            ),
            _ => {
                buckets.push(json!({"Name": format!("b{account}-{at}")}));
                put(&format!("s3-get-bucket-policy/b{account}-{at}"), &json!({"Policy": statement(json!(["s3:Get*", "s3:List*"]))}));
            }
        }
    }
    put("s3-list-buckets.json", &json!({ "Buckets": buckets }));
    AccountName::try_from(name).unwrap()
}

fn say(what: &str, figure: f64, bar: &str) {
    println!("{what:<64} {figure:>10.2} s   bar {bar}");
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<AccountName> = (0..ACCOUNTS).map(|account| write(folder.path(), account)).collect();
    let all = Instant::now();
    let snapshots: Vec<Snapshot> = names.iter().map(|name| Snapshot::open(folder.path(), name).unwrap()).collect();
    let input = Input { accounts: &snapshots, others: &[], config: None, vendors: &[] };
    let start = Instant::now();
    let estate = read(&input).unwrap();
    say(&format!("read {ACCOUNTS} accounts, {ROLES} roles and {RESOURCES} policies each"), start.elapsed().as_secs_f64(), "-");
    let start = Instant::now();
    let web = weave(&estate, &input).unwrap();
    say(&format!("web of {} nodes, {} edges", web.nodes.len(), web.edges.len()), start.elapsed().as_secs_f64(), "-");
    let start = Instant::now();
    let bytes = serde_json::to_string(&page_data(&web)).unwrap().len();
    say(&format!("page of {} MB", bytes / 1_000_000), start.elapsed().as_secs_f64(), "-");
    say("all of it", all.elapsed().as_secs_f64(), "5 s");
}
