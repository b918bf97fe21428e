//! `weboftrust`: each tie of its table against stored answers, the picture that CloudMapper was announced with, what
//! policies mean and substrings miss, and what of hostile or missing answers comes out.

use std::collections::BTreeSet;

use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use cloudmapper::snapshot::answers::Owner;
use cloudmapper::trust::{Side, Ties, rows, ties};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{Ran, Workspace, stored};

const PROD: &str = "111122223333";
const DEV: &str = "222233334444";
const SECURITY: &str = "333344445555";
const STRANGER: &str = "999988887777";
const DATADOG: &str = "464622532012";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    allowed: Known,
    own: Known,
    not_collected: Gap,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    files: Map<String, Value>,
    edges: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gap {
    files: Map<String, Value>,
    missing: Vec<String>,
}

fn cases() -> Vec<(String, Case)> {
    stored::cases("tests/trust", "TRUST_CASES")
}

fn read(files: &Map<String, Value>, denied: &[String]) -> Ties {
    let folder = tempfile::tempdir().unwrap();
    stored::write(folder.path(), "demo", "aws", files, denied);
    let snapshot = Snapshot::open(folder.path(), &"demo".parse::<AccountName>().unwrap()).unwrap();
    ties(&snapshot, &Owner::of(&snapshot).unwrap()).unwrap()
}

/// Edges in the form of the cases, in order.
fn edges(found: &Ties, id: &str) -> Vec<Value> {
    let own = found.found.iter().filter(|tie| tie.row.id == id);
    let mut edges: Vec<Value> = own
        .map(|tie| match &tie.other {
            Side::From(other) => json!({"resource": tie.resource, "from": other, "to": PROD, "access": tie.access}),
            Side::To(other) => json!({"resource": tie.resource, "from": PROD, "to": other, "access": tie.access}),
        })
        .collect();
    edges.sort_by_key(ToString::to_string);
    // Of one thing there may be several reasons.
    edges.dedup();
    edges
}

fn known(id: &str, side: &Known) -> Option<String> {
    let found = edges(&read(&side.files, &[]), id);
    let mut expected = side.edges.clone();
    expected.sort_by_key(ToString::to_string);
    (found != expected).then(|| format!("expected {}, found {}", json!(expected), json!(found)))
}

fn gap(case: &Case, denied: bool) -> Option<String> {
    let none = Vec::new();
    let found = read(&case.not_collected.files, if denied { &case.not_collected.missing } else { &none });
    let told: BTreeSet<&str> = found.unknown.keys().map(|(_, call, _)| call.as_str()).collect();
    let silent: Vec<&String> = case.not_collected.missing.iter().filter(|call| !told.contains(call.as_str())).collect();
    (!silent.is_empty()).then(|| format!("does not tell that {silent:?} is missing"))
}

#[test]
fn every_tie_comes_out() {
    let mut wrong = Vec::new();
    for (name, case) in cases() {
        let found = [known(&case.id, &case.allowed), known(&case.id, &case.own), gap(&case, false), gap(&case, true)];
        let kinds = ["allowed", "own", "not collected", "denied"];
        wrong.extend(found.into_iter().zip(kinds).filter_map(|(problem, kind)| Some(format!("{name}, {kind}: {}", problem?))));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The piece of the answer that a tie was found in is there, and is no more than what counts.
#[test]
fn every_tie_shows_its_evidence() {
    for (name, case) in cases() {
        for tie in read(&case.allowed.files, &[]).found.iter().filter(|tie| tie.row.id == case.id) {
            let file = case.allowed.files.iter().find(|(file, _)| tie.file.ends_with(file.as_str()) || tie.file == **file);
            let piece = file.and_then(|(_, answer)| answer.pointer(&tie.pointer));
            let evidence = tie.evidence.as_ref().unwrap_or_else(|| panic!("{name}: no evidence"));
            assert!(piece.is_some() && !evidence.is_null(), "{name}: {} of {}: {evidence}", tie.pointer, tie.file);
            assert!(evidence.to_string().len() <= piece.unwrap().to_string().len(), "{name}: {evidence}");
        }
    }
}

#[test]
fn every_row_has_a_case() {
    let cases = cases();
    let without: Vec<&str> =
        rows().unwrap().iter().map(|row| row.id.as_str()).filter(|id| !cases.iter().any(|(_, case)| case.id == *id)).collect();
    assert!(without.is_empty() || std::env::var_os("TRUST_CASES").is_some(), "{without:?}");
}

/// `collect --for wot` asks for whatever the tables read.
#[test]
fn every_call_is_collected() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let table = |name: &str| -> Vec<Value> { serde_saphyr::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap() };
    let text = |value: &Value| value.as_str().unwrap_or_default().trim_start_matches("*/").trim_end_matches(".json").to_owned();
    let list = |value: &Value| value.as_array().map_or_else(|| vec![text(value)], |all| all.iter().map(text).collect());
    let mut needed: BTreeSet<String> = BTreeSet::new();
    for name in ["trust_sources.yaml", "resource_policies.yaml", "exposed_policies.yaml", "shared_policies.yaml"] {
        for row in table(name) {
            needed.extend([&row["List"], &row["File"], &row["With"]].into_iter().flat_map(list));
        }
    }
    let asked = |row: &Value| row["For"].as_array().is_none_or(|all| all.iter().any(|one| one == "wot"));
    let collected: BTreeSet<String> = table("collect_commands.yaml")
        .iter()
        .filter(|row| asked(row))
        .map(|row| format!("{}-{}", row["Service"].as_str().unwrap(), row["Request"].as_str().unwrap()))
        .collect();
    let missing: Vec<&String> = needed.iter().filter(|call| !call.is_empty() && !collected.contains(*call)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn role(account: &str, name: &str, trust: Value, allowed: &str) -> Value {
    json!({
        "Arn": format!("arn:aws:iam::{account}:role/{name}"), "RoleName": name, "RoleId": format!("AROA{name}"), "Path": "/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": trust}, "InstanceProfileList": [], "AttachedManagedPolicies": [],
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": allowed, "Resource": "*"}]}}],
    })
}

fn saml(account: &str, provider: &str) -> Value {
    json!([{"Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::{account}:saml-provider/{provider}")}, "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}])
}

fn trust(principal: Value) -> Value {
    json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}])
}

fn bucket(workspace: &Workspace, account: &str, name: &str, statements: Value) {
    let policy = json!({"Policy": json!({"Version": "2012-10-17", "Statement": statements}).to_string()});
    answer(workspace, account, &format!("s3-get-bucket-policy/{name}"), &policy);
    answer(workspace, account, "s3-list-buckets.json", &json!({"Buckets": [{"Name": name}]}));
}

fn answer(workspace: &Workspace, account: &str, file: &str, value: &Value) {
    workspace.write(&format!("account-data/{account}/us-east-1/{file}"), &value.to_string());
}

fn account(workspace: &Workspace, name: &str, id: &str, roles: &[Value]) {
    workspace.write(&format!("account-data/{name}/describe-regions.json"), r#"{"Regions": [{"RegionName": "us-east-1"}]}"#);
    answer(workspace, name, "sts-get-caller-identity.json", &json!({"Account": id}));
    let details = json!({"UserDetailList": [], "RoleDetailList": roles, "GroupDetailList": [], "Policies": []});
    answer(workspace, name, "iam-get-account-authorization-details.json", &details);
}

/// Only roles, in one account.
fn one(roles: &[Value]) -> (Workspace, Value) {
    let workspace = Workspace::new();
    account(&workspace, "prod", PROD, roles);
    let page = page(&workspace, &["--account", "prod"]);
    (workspace, page)
}

fn page(workspace: &Workspace, more: &[&str]) -> Value {
    let ran = workspace.run(&[&["weboftrust"], more].concat());
    ran.says(0, &[]);
    serde_json::from_str(&workspace.read("web/trust.json")).unwrap()
}

/// "from access to", with a question mark where it is only possible.
fn drawn(page: &Value) -> BTreeSet<String> {
    let edges = page["elements"].as_array().unwrap().iter().filter(|element| element["data"]["type"] == "edge");
    let line = |element: &Value| {
        let data = &element["data"];
        assert_eq!(element["classes"], data["access"]);
        let doubt = if data["certain"] == true { "" } else { "?" };
        format!("{} {}{doubt} {}", data["source"].as_str().unwrap(), data["access"].as_str().unwrap(), data["target"].as_str().unwrap())
    };
    edges.map(line).collect()
}

fn lines(expected: &[&str]) -> BTreeSet<String> {
    expected.iter().map(|line| (*line).to_owned()).collect()
}

fn node<'a>(page: &'a Value, id: &str) -> &'a Value {
    let found = page["elements"].as_array().unwrap().iter().find(|element| element["data"]["id"] == id);
    &found.unwrap_or_else(|| panic!("no {id}"))["data"]
}

/// Okta is admin in dev and prod and limited in security, which reads S3 of both; prod peers with a stranger.
fn announced() -> Workspace {
    let workspace = Workspace::new();
    let okta = |id: &str| role(id, "okta-admin", saml(id, "Okta"), "*");
    account(&workspace, "dev", DEV, &[okta(DEV)]);
    account(&workspace, "prod", PROD, &[okta(PROD)]);
    account(&workspace, "security", SECURITY, &[role(SECURITY, "okta-people", saml(SECURITY, "Okta"), "ec2:Describe*")]);
    for (name, bucket_name) in [("dev", "dev-logs"), ("prod", "prod-logs")] {
        let reads = json!([{"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{SECURITY}:root")}, "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [format!("arn:aws:s3:::{bucket_name}"), format!("arn:aws:s3:::{bucket_name}/*")]}]);
        bucket(&workspace, name, bucket_name, reads);
    }
    let peering = json!({"VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"},
        "AccepterVpcInfo": {"OwnerId": STRANGER}, "RequesterVpcInfo": {"OwnerId": PROD}}]});
    answer(&workspace, "prod", "ec2-describe-vpc-peering-connections.json", &peering);
    let config = json!({"accounts": [
        {"id": DEV, "name": "dev", "tags": ["Company"]}, {"id": PROD, "name": "prod", "tags": ["Company"]},
        {"id": SECURITY, "name": "security", "tags": [["Core", "Security"], "other"]}, {"id": "444455556666", "name": "spare"},
    ], "cidrs": {}});
    workspace.write("config.json", &config.to_string());
    workspace
}

#[test]
fn the_announced_picture() {
    let workspace = announced();
    let ran = workspace.run(&["weboftrust", "--accounts", "dev,prod,security"]);
    ran.says(0, &["Unknown account: 999988887777", "5 nodes in 3 groups, 6 connections: 2 admin, 1 iam, 2 s3_read, 1 vpc", "/trust.html"]);
    let page: Value = serde_json::from_str(&workspace.read("web/trust.json")).unwrap();
    assert_eq!(page["format"], "cloudmapper-trust/1");
    assert_eq!(
        drawn(&page),
        lines(&[
            "okta admin 222233334444",
            "okta admin 111122223333",
            "okta iam 333344445555",
            "333344445555 s3_read 222233334444",
            "333344445555 s3_read 111122223333",
            "111122223333 vpc 999988887777",
        ])
    );
    assert_eq!(node(&page, "okta")["type"], "Okta");
    assert_eq!(node(&page, PROD)["parent"], "Company");
    assert_eq!(node(&page, SECURITY)["parent"], "Core/Security");
    assert_eq!(node(&page, "Core/Security")["parent"], "Core");
    assert_eq!(node(&page, SECURITY)["tags"], json!(["Core/Security", "other"]));
    let admin = page["elements"].as_array().unwrap().iter().find(|element| element["classes"] == "admin").unwrap();
    let reason = &admin["data"]["reasons"][0];
    assert_eq!(reason["pointer"], "/RoleDetailList/0/AssumeRolePolicyDocument/Statement/0");
    assert_eq!(reason["file"], "us-east-1/iam-get-account-authorization-details.json");
    assert_eq!(reason["statement"]["Action"], "sts:AssumeRoleWithSAML");
    // CloudMapper's form.
    let data: Vec<Value> = serde_json::from_str(&workspace.read("web/data.json")).unwrap();
    assert!(data.contains(&json!({"data": {"id": STRANGER, "name": STRANGER, "type": "unknown_account", "weight": 120}})), "{data:?}");
    assert!(data.contains(&json!({"data": {"id": DEV, "name": "dev", "type": "weboftrust_account", "weight": 30, "parent": "Company"}})));
    assert!(data.contains(&json!({"data": {"source": SECURITY, "target": DEV, "type": "edge"}, "classes": "s3_read"})));
    // Other commands of the same.
    workspace.run(&["wot", "--accounts", "dev,prod,security", "--admin_only"]).says(0, &["4 nodes in 3 groups, 2 connections: 2 admin"]);
    workspace.run(&["wot", "--accounts", "dev,prod,security", "--network_only"]).says(0, &["4 nodes", "1 connection: 1 vpc"]);
    workspace.run(&["wot", "--accounts", "dev", "--network_only", "--admin_only"]).says(2, &["cannot be used with"]);
    let html = workspace.run(&["wot", "--accounts", "dev,prod,security", "--html", "out/trust.html"]);
    html.says(0, &["out/trust.html"]);
    assert!(workspace.read("out/trust.html").contains("okta-admin"));
}

#[test]
fn logos_of_the_user() {
    let workspace = announced();
    workspace.write("web/icons/logos/okta.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    workspace.write("web/icons/logos/prod.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    workspace.write("web/icons/logos/unused.svg", "<svg xmlns='http://www.w3.org/2000/svg'><!-- nobody -->");
    workspace.write("web/icons/logos/readme.txt", "x");
    let ran = workspace.run(&["wot", "--accounts", "dev,prod,security", "--html", "t.html"]);
    ran.says(0, &["note: web/icons/logos/readme.txt is no .svg, .png or .jpg"]);
    let page: Value = serde_json::from_str(&workspace.read("web/trust.json")).unwrap();
    assert_eq!(node(&page, "okta")["logo"], "icons/logos/okta.svg");
    assert!(node(&page, PROD).get("logo").is_none(), "an account of the user's own is drawn as such");
    let html = workspace.read("t.html");
    assert!(
        html.contains(r#""icons/logos/okta.svg":"data:image/svg+xml;base64,PHN2Zy"#) && !html.contains("logos/unused"),
        "only what is used"
    );
}

/// The user's list counts before the program's; whose an account of one's own is, is known anyhow.
#[test]
fn vendors_of_the_user() {
    let workspace = Workspace::new();
    let root = |id: &str| trust(json!({"AWS": format!("arn:aws:iam::{id}:root")}));
    let roles =
        [role(PROD, "a", root(DATADOG), "ec2:*"), role(PROD, "b", root(STRANGER), "ec2:*"), role(PROD, "c", root("290708657177"), "ec2:*")];
    account(&workspace, "prod", PROD, &roles);
    let list = |text: &str| workspace.write("vendor_accounts.yaml", text);
    list(&format!(
        "# ours\n- name: Acme\n  source: https://acme.example/aws\n  accounts: ['{STRANGER}', {PROD}]\n- name: Metrics\n  accounts:\n  - \"{DATADOG}\"\n- name: Hosts\n  type: aws\n  source: [https://hosts.example/]\n  accounts: [290708657177]\n"
    ));
    let ran = workspace.run(&["wot", "--accounts", "prod"]);
    ran.says(0, &["Unconfirmed: 464622532012 is said to be of Metrics", "3 nodes", "2 connections"]);
    let page: Value = serde_json::from_str(&workspace.read("web/trust.json")).unwrap();
    let known = |id: &str| (node(&page, id)["name"].clone(), node(&page, id)["kind"].clone());
    assert_eq!(known(STRANGER), (json!("Acme"), json!("vendor")));
    assert_eq!((known(DATADOG), known(PROD)), ((json!("Metrics"), json!("vendor")), (json!("prod"), json!("scanned"))));
    assert_eq!(node(&page, STRANGER)["source"], "https://acme.example/aws");
    list("# nobody yet\n");
    workspace.run(&["wot", "--accounts", "prod"]).says(0, &["Unknown account: 999988887777"]);
    for (text, problem) in [
        (
            "- name: Acme\n  accounts: ['123']\n",
            "vendor 1 (`Acme`): account 1 is `123`, which is no account id: write twelve digits in quotes",
        ),
        ("- name: ''\n  accounts: []\n", "vendor 1 (``) has an empty name"),
        ("- name: Acme\n  account: ['1']\n", "line 2"),
        ("- name: [\n", "`vendor_accounts.yaml`: line"),
    ] {
        list(text);
        let ran = workspace.run(&["wot", "--accounts", "prod"]);
        ran.says(2, &["vendor_accounts.yaml", problem, "write "]);
    }
}

#[test]
fn several_steps() {
    let workspace = announced();
    let all = ["weboftrust", "--accounts", "dev,prod,security"];
    let run = |more: &[&str]| -> Ran { workspace.run(&[&all, more].concat()) };
    run(&["--path", "okta", "prod"]).says(0, &["1 step", "okta", "admin", "role/okta-admin"]);
    run(&["--path", "prod", "dev"]).says(0, &["leads nowhere"]);
    run(&["--path", "prod", PROD]).says(0, &["Both are the same"]);
    run(&["--blast-radius", "okta"]).says(0, &["leads to 3 others"]);
    run(&["--path", "okta", "prod", "--html", "x.html"]).says(2, &["--html"]);
    run(&["--certain"]).says(2, &["--path"]);
    run(&["--blast-radius", "nobody"]).says(2, &["nobody in the web of trust is called `nobody`"]);
    assert!(!workspace.path().join("web").exists());
}

/// Accounts trust one another in a row; in the middle only an administrator can go on, and people come in as less.
#[test]
fn who_can_walk() {
    let workspace = Workspace::new();
    let root = |id: &str| trust(json!({"AWS": format!("arn:aws:iam::{id}:root")}));
    account(&workspace, "dev", DEV, &[role(DEV, "start", trust(json!({"Service": "ec2.amazonaws.com"})), "sts:AssumeRole")]);
    account(&workspace, "prod", PROD, &[role(PROD, "limited", root(DEV), "ec2:*")]);
    account(&workspace, "security", SECURITY, &[role(SECURITY, "audit", root(PROD), "ec2:*")]);
    let run = |more: &[&str]| workspace.run(&[&["wot", "--accounts", "dev,prod,security"], more].concat());
    run(&["--path", "dev", "prod"]).says(0, &["prod (111122223333) (1 step)", "as dev:role/start -> prod:role/limited (sts-001"]);
    run(&["--path", "dev", "security"]).says(0, &["security (333344445555) (2 steps)", "no user or role found that can walk all of it"]);
    // A stored graph is read as long as it is of these snapshots.
    workspace.run(&["graph", "create", "--accounts", "dev,prod,security"]).says(0, &[]);
    let files = workspace.files("graphs");
    let name = format!("graphs/{}", files.keys().next().unwrap());
    let mut graph: Value = serde_json::from_str(&workspace.read(&name)).unwrap();
    graph["edges"] = json!([]);
    workspace.write(&name, &graph.to_string());
    run(&["--path", "dev", "prod"]).says(0, &["no user or role found that can walk all of it"]);
    account(&workspace, "security", SECURITY, &[]);
    run(&["--path", "dev", "prod"]).says(0, &["as dev:role/start -> prod:role/limited (sts-001"]);
    std::fs::remove_file(workspace.path().join(&name)).unwrap();
    account(&workspace, "security", SECURITY, &[role(SECURITY, "audit", root(PROD), "ec2:*")]);
    let ran = run(&["--blast-radius", "dev", "--certain", "--format", "json"]);
    ran.says(0, &[]);
    let all: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((all.as_array().unwrap().len(), &all[0]["to"], &all[0]["walk"]), (1, &json!(PROD), &json!("found")));
}

/// Whoever stands for an account is of the partition that the policy is of.
#[test]
fn other_partitions() {
    let partitions =
        [("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1"), ("aws-eusc", "eusc-de-east-1"), ("aws-iso", "us-iso-east-1")];
    for (partition, region) in partitions {
        let workspace = Workspace::new();
        let role = role(PROD, "r", trust(json!({"AWS": [format!("arn:aws:iam::{STRANGER}:root"), DEV]})), "ec2:*");
        let details = json!({"UserDetailList": [], "RoleDetailList": [role], "GroupDetailList": [], "Policies": []});
        let identity = json!({"Account": PROD, "Arn": format!("arn:aws:iam::{PROD}:user/x")});
        workspace.write("account-data/prod/describe-regions.json", &json!({"Regions": [{"RegionName": region}]}).to_string());
        for (file, value) in [("sts-get-caller-identity", identity), ("iam-get-account-authorization-details", details)] {
            let text = value.to_string().replace("arn:aws:", &format!("arn:{partition}:"));
            workspace.write(&format!("account-data/prod/{region}/{file}.json"), &text);
        }
        let found = drawn(&page(&workspace, &["--account", "prod"]));
        assert_eq!(found, lines(&["222233334444 iam 111122223333", "999988887777 iam 111122223333"]), "{partition}");
    }
}

#[test]
fn policies_are_judged_not_searched() {
    let root = |id: &str| format!("arn:aws:iam::{id}:root");
    let when = |principal: Value, condition: Value| json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}]);
    let denied = json!([
        {"Effect": "Allow", "Principal": {"AWS": root(STRANGER)}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
    ]);
    let web = |trust: Value, allowed: &str| drawn(&one(&[role(PROD, "r", trust, allowed)]).1);
    let nothing = BTreeSet::new();
    // CloudMapper does not look at the effect.
    assert_eq!(web(denied, "*"), nothing);
    // It skips ids without an ARN.
    assert_eq!(web(trust(json!({"AWS": STRANGER})), "*"), lines(&["999988887777 admin 111122223333"]));
    // `iam:*` is to be an administrator, power users are none.
    assert_eq!(web(trust(json!({"AWS": root(STRANGER)})), "iam:*"), lines(&["999988887777 admin 111122223333"]));
    assert_eq!(web(trust(json!({"AWS": root(STRANGER)})), "ec2:*"), lines(&["999988887777 iam 111122223333"]));
    assert_eq!(
        web(trust(json!({"AWS": format!("arn:aws:iam::{STRANGER}:role/deploy")})), "ec2:*"),
        lines(&["999988887777 iam 111122223333"])
    );
    // An external id is a condition.
    let external = when(json!({"AWS": root(DATADOG)}), json!({"StringEquals": {"sts:ExternalId": "abc123"}}));
    let (_, page) = one(&[role(PROD, "r", external, "ec2:*")]);
    assert_eq!(drawn(&page), lines(&["464622532012 iam? 111122223333"]));
    let edge = page["elements"].as_array().unwrap().iter().find(|element| element["classes"] == "iam").unwrap();
    assert!(edge["data"]["reasons"][0]["condition"].as_str().unwrap().contains("abc123"), "{edge}");
    assert_eq!((&node(&page, DATADOG)["name"], &node(&page, DATADOG)["kind"]), (&json!("Datadog"), &json!("vendor")));
    // Who is meant, is no doubt.
    let named =
        when(json!({"AWS": root(STRANGER)}), json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{STRANGER}:role/deploy*")}}));
    assert_eq!(web(named, "ec2:*"), lines(&["999988887777 iam 111122223333"]));
    let another =
        when(json!({"AWS": root(STRANGER)}), json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{DEV}:role/deploy*")}}));
    assert_eq!(web(another, "ec2:*"), nothing);
    // Everybody, narrowed to an organization or an account, is that; else it is no edge.
    let organization = when(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}));
    assert_eq!(web(organization, "ec2:*"), lines(&["o-abcdefghij iam 111122223333"]));
    let account = when(json!("*"), json!({"StringEquals": {"aws:PrincipalAccount": [STRANGER, PROD]}}));
    assert_eq!(web(account, "ec2:*"), lines(&["999988887777 iam 111122223333"]));
    assert_eq!(web(trust(json!("*")), "ec2:*"), nothing);
    // Services are nobody's account.
    assert_eq!(web(trust(json!({"Service": "ec2.amazonaws.com"})), "*"), nothing);
}

#[test]
fn everybody_and_the_deleted_are_told() {
    let workspace = Workspace::new();
    let mistyped = role(PROD, "typo", trust(json!({"AWS": "12345678901"})), "ec2:*");
    let anybody = json!([{"Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com")},
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}]);
    let deleted = role(PROD, "left", trust(json!({"AWS": "AROAEXAMPLEEXAMPLE"})), "ec2:*");
    account(
        &workspace,
        "prod",
        PROD,
        &[role(PROD, "open", trust(json!("*")), "ec2:*"), deleted, mistyped, role(PROD, "pipeline", anybody, "ec2:*")],
    );
    let ran = workspace.run(&["weboftrust", "--account", "prod", "--admin_only"]);
    let page: Value = serde_json::from_str(&workspace.read("web/trust.json")).unwrap();
    assert_eq!((&page["about"]["only"], &page["about"]["hidden"]), (&json!("admin"), &json!(0)));
    ran.says(
        0,
        &["Everybody: 2 policies let", "arn:aws:iam::111122223333:role/left still names AROAEXAMPLEEXAMPLE", "1 node, 0 connections"],
    );
    assert!(!ran.out.contains("12345678901"), "{}", ran.out);
}

#[test]
fn providers_without_a_list_are_no_error() {
    let oidc = |host: &str, condition: Value| {
        json!([{"Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::{PROD}:oidc-provider/{host}")},
            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}])
    };
    let github =
        oidc("token.actions.githubusercontent.com", json!({"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/app:*"}}));
    let pool = json!([{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:1"}}}]);
    let (_, page) =
        one(&[role(PROD, "github", github, "*"), role(PROD, "corp", saml(PROD, "Corp"), "ec2:*"), role(PROD, "app", pool, "ec2:*")]);
    let corp = "arn:aws:iam::111122223333:saml-provider/Corp";
    assert_eq!(
        drawn(&page),
        lines(&[
            "token.actions.githubusercontent.com admin 111122223333",
            &format!("{corp} iam 111122223333"),
            "us-east-1:1 iam 111122223333"
        ])
    );
    assert_eq!(node(&page, "token.actions.githubusercontent.com")["name"], "GitHub Actions");
    assert_eq!((&node(&page, corp)["kind"], &node(&page, corp)["name"]), (&json!("provider"), &json!("Corp")));
    assert_eq!(node(&page, "us-east-1:1")["name"], "Cognito identity pool us-east-1:1");
}

/// One vendor is one node, and so is one issuer; the same name in two accounts says nothing.
#[test]
fn providers_of_one_name() {
    let workspace = Workspace::new();
    let metadata = |issuer: &str| json!({"SAMLMetadataDocument": format!("<EntityDescriptor entityID=\"{issuer}\">")});
    let say = |name: &str, id: &str, provider: &str, issuer: &str| {
        let file = format!("iam-get-saml-provider/arn%3Aaws%3Aiam%3A%3A{id}%3Asaml-provider%2F{provider}");
        answer(&workspace, name, &file, &metadata(issuer));
    };
    for (name, id) in [("dev", DEV), ("prod", PROD)] {
        let trusting = |provider: &str| role(id, provider, saml(id, provider), "ec2:*");
        account(&workspace, name, id, &[trusting("Corp"), trusting("Staff"), trusting("People")]);
        say(name, id, "Staff", "https://idp.example/one");
        say(name, id, "People", &format!("http://www.okta.com/exk-{name}"));
    }
    let page = page(&workspace, &["--accounts", "dev,prod"]);
    let mut expected = BTreeSet::new();
    for id in [DEV, PROD] {
        expected.insert(format!("arn:aws:iam::{id}:saml-provider/Corp iam {id}"));
        expected.extend(["saml:https://idp.example/one", "okta"].map(|from| format!("{from} iam {id}")));
    }
    assert_eq!(drawn(&page), expected);
    // Two organizations at one vendor are told apart by the reasons.
    let of_okta = page["elements"].as_array().unwrap().iter().find(|one| one["data"]["source"] == "okta" && one["data"]["target"] == DEV);
    assert_eq!(
        of_okta.unwrap()["data"]["reasons"][0]["why"],
        "users of saml-provider/People (http://www.okta.com/exk-dev) may assume the role"
    );
}

/// Guests of an identity pool are everybody, where it lets any in.
#[test]
fn identity_pools() {
    let workspace = Workspace::new();
    let by = |id: &str, kind: &str| {
        json!([{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": id}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": kind}}}])
    };
    let roles = [
        role(PROD, "guests", by("us-east-1:open", "unauthenticated"), "*"),
        role(PROD, "users", by("us-east-1:open", "authenticated"), "ec2:*"),
        role(PROD, "none", by("us-east-1:closed", "unauthenticated"), "ec2:*"),
        role(PROD, "unknown", by("us-east-1:other", "unauthenticated"), "ec2:*"),
    ];
    account(&workspace, "prod", PROD, &roles);
    for (id, guests) in [("open", true), ("closed", false)] {
        let pool = json!({"IdentityPoolId": format!("us-east-1:{id}"), "IdentityPoolName": format!("{id} shop"), "AllowUnauthenticatedIdentities": guests});
        answer(&workspace, "prod", &format!("cognito-identity-describe-identity-pool/us-east-1%3A{id}"), &pool);
    }
    let ran = workspace.run(&["wot", "--accounts", "prod"]);
    ran.says(0, &["Everybody: 2 policies let everybody in"]);
    let page: Value = serde_json::from_str(&workspace.read("web/trust.json")).unwrap();
    assert_eq!(
        drawn(&page),
        lines(&["us-east-1:open admin 111122223333", "us-east-1:open iam 111122223333", "us-east-1:other iam? 111122223333"])
    );
    assert_eq!(node(&page, "us-east-1:open")["name"], "Cognito identity pool open shop");
    let edges: Vec<&Value> = page["elements"].as_array().unwrap().iter().filter(|one| one["data"]["type"] == "edge").collect();
    let of = |class: &str, from: &str| {
        &edges.iter().find(|one| one["classes"] == class && one["data"]["source"] == from).unwrap()["data"]["reasons"][0]
    };
    let guests = of("admin", "us-east-1:open");
    assert_eq!(guests["why"], "guests of the identity pool, which lets guests in, may assume the role, which is an administrator");
    let condition = of("iam", "us-east-1:other")["condition"].as_str().unwrap();
    assert!(condition.starts_with("if the identity pool lets guests in; if "), "{condition}");
}

#[test]
fn resources_of_all_services() {
    let workspace = Workspace::new();
    account(&workspace, "prod", PROD, &[]);
    let from = |action: Value| json!([{"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": action, "Resource": "*"}]);
    bucket(&workspace, "prod", "ours", from(json!(["s3:GetObject", "s3:PutObject"])));
    let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    answer(&workspace, "prod", "kms-get-key-policy/k1", &json!({"Policy": policy(from(json!(["kms:Decrypt", "kms:DescribeKey"])))}));
    let queue = json!([{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*",
        "Condition": {"ArnLike": {"aws:SourceArn": format!("arn:aws:sns:us-east-1:{DEV}:topic")}}}]);
    let attributes = json!({"Attributes": {"QueueArn": format!("arn:aws:sqs:us-east-1:{PROD}:q"), "Policy": policy(queue)}});
    answer(&workspace, "prod", "sqs-get-queue-attributes/q", &attributes);
    let secret = json!({"ARN": format!("arn:aws:secretsmanager:us-east-1:{PROD}:secret:s-abcdef"), "ResourcePolicy": policy(from(json!("secretsmanager:GetSecretValue")))});
    answer(&workspace, "prod", "secretsmanager-get-resource-policy/s", &secret);
    let vault = json!({"Policy": policy(from(json!("glacier:UploadArchive")))});
    answer(&workspace, "prod", "glacier-get-vault-lock/v", &vault);
    let page = page(&workspace, &["--account", "prod"]);
    assert_eq!(
        drawn(&page),
        lines(&[
            "999988887777 s3 111122223333",
            "999988887777 use 111122223333",
            "999988887777 read 111122223333",
            "999988887777 write 111122223333",
            "222233334444 write 111122223333"
        ])
    );
}

/// From the root of the stored answer to the statement, also where the policy is a text in it, or made of several.
#[test]
fn reasons_stand_where_they_say() {
    let workspace = Workspace::new();
    account(&workspace, "prod", PROD, &[]);
    let statement = |action: &str| json!({"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": action, "Resource": "*"});
    let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"});
    bucket(&workspace, "prod", "ours", json!([deny, statement("s3:GetObject")]));
    let acl = json!({"Owner": {"ID": "own"}, "Grants": [
        {"Grantee": {"ID": "own", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}, {"Grantee": {"ID": "c0ffee", "Type": "CanonicalUser"}, "Permission": "READ"}]});
    answer(&workspace, "prod", "s3-get-bucket-acl/ours", &acl);
    let bus = |name: &str| json!({"Name": name, "Arn": format!("arn:aws:events:us-east-1:{PROD}:event-bus/{name}"), "Policy": policy(statement("events:PutEvents"))});
    answer(&workspace, "prod", "events-list-event-buses.json", &json!({"EventBuses": [{"Name": "default"}, bus("one"), bus("two")]}));
    let names = json!({"Policies": {"first": policy(json!([statement("ses:GetIdentityVerificationAttributes")])), "a/b": policy(json!([deny, statement("ses:SendEmail")]))}});
    answer(&workspace, "prod", "ses-get-identity-policies/example.com", &names);
    let api = policy(json!([statement("execute-api:Invoke")])).replace('"', "\\\"");
    answer(&workspace, "prod", "apigateway-get-rest-apis.json", &json!({"items": [{"id": "a1", "policy": api}]}));
    let peering = json!({"VpcPeeringConnections": [
        {"VpcPeeringConnectionId": "pcx-0", "Status": {"Code": "deleted"}, "AccepterVpcInfo": {"OwnerId": DEV}},
        {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, "AccepterVpcInfo": {"OwnerId": STRANGER}, "RequesterVpcInfo": {"OwnerId": PROD}, "Tags": [{"Key": "a", "Value": "b"}]}]});
    answer(&workspace, "prod", "ec2-describe-vpc-peering-connections.json", &peering);
    let page = page(&workspace, &["--account", "prod"]);
    let mut places = BTreeSet::new();
    for edge in page["elements"].as_array().unwrap().iter().filter(|element| element["data"]["type"] == "edge") {
        for reason in edge["data"]["reasons"].as_array().unwrap() {
            let text = |key: &str| reason[key].as_str().unwrap_or_default();
            let stored: Value = serde_json::from_str(&workspace.read(&format!("account-data/prod/{}", text("file")))).unwrap();
            let mut found = stored.pointer(text("pointer")).unwrap_or_else(|| panic!("{reason}")).clone();
            if !text("within").is_empty() {
                let policy = found.as_str().unwrap().replace("\\\"", "\"");
                found = serde_json::from_str::<Value>(&policy).unwrap().pointer(text("within")).unwrap().clone();
            }
            match reason.get("statement") {
                Some(statement) => assert_eq!(found, *statement),
                None => assert!(!reason["evidence"].is_null(), "{reason}"),
            }
            places.insert(format!("{} {} {}", text("file").trim_start_matches("us-east-1/"), text("pointer"), text("within")));
        }
    }
    assert_eq!(
        places,
        lines(&[
            "apigateway-get-rest-apis.json /items/0/policy /Statement/0",
            "ec2-describe-vpc-peering-connections.json /VpcPeeringConnections/1 ",
            "events-list-event-buses.json /EventBuses/1/Policy /Statement",
            "events-list-event-buses.json /EventBuses/2/Policy /Statement",
            "s3-get-bucket-acl/ours /Grants/1 ",
            "s3-get-bucket-policy/ours /Policy /Statement/1",
            "ses-get-identity-policies/example.com /Policies/a~1b /Statement/1",
            "ses-get-identity-policies/example.com /Policies/first /Statement/0",
        ])
    );
    let of_vpc = page["elements"].as_array().unwrap().iter().find(|element| element["classes"] == "vpc").unwrap();
    let evidence = json!({"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, "AccepterVpcInfo": {"OwnerId": STRANGER}});
    assert_eq!(of_vpc["data"]["reasons"][0]["evidence"], evidence);
    workspace
        .run(&["wot", "--accounts", "prod", "--path", STRANGER, "prod"])
        .says(0, &["      by us-east-1/", "/Statement/", ", in it /Statement"]);
    workspace.run(&["wot", "--accounts", "prod", "--format", "csv"]).says(0, &["file,pointer,within", "/Policies/a~1b,/Statement/1"]);
}

/// What the organization takes away, nobody has; its units are the groups.
#[test]
fn organizations_limit_and_group() {
    let workspace = Workspace::new();
    let root = |id: &str| trust(json!({"AWS": format!("arn:aws:iam::{id}:root")}));
    let vendor = role(PROD, "vendor", root(STRANGER), "ec2:*");
    account(&workspace, "prod", PROD, &[vendor, role(PROD, "sibling", root(DEV), "ec2:*"), role(PROD, "mgmt", root(SECURITY), "*")]);
    let say = |file: &str, value: Value| answer(&workspace, "prod", file, &value);
    say(
        "organizations-describe-organization.json",
        json!({"Organization": {"Id": "o-abcdefghij", "MasterAccountId": SECURITY,
        "Arn": format!("arn:aws:organizations::{SECURITY}:organization/o-abcdefghij")}}),
    );
    say("organizations-list-roots.json", json!({"Roots": [{"Id": "r-1", "Name": "Root"}]}));
    say(
        "organizations-list-accounts.json",
        json!({"Accounts": [{"Id": PROD, "Name": "p"}, {"Id": DEV, "Name": "dev"}, {"Id": SECURITY, "Name": "mgmt"}]}),
    );
    say("organizations-list-organizational-units-for-parent/1/r-1", json!({"OrganizationalUnits": [{"Id": "ou-1", "Name": "Workloads"}]}));
    say("organizations-list-organizational-units-for-parent/2/ou-1", json!({"OrganizationalUnits": []}));
    say("organizations-list-accounts-for-parent/r-1", json!({"Accounts": [{"Id": SECURITY}]}));
    say("organizations-list-accounts-for-parent/ou-1", json!({"Accounts": [{"Id": PROD}, {"Id": DEV}]}));
    let perimeter = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}]});
    let everything = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    say("organizations-list-policies/RESOURCE_CONTROL_POLICY", json!({"Policies": [{"Id": "p-1"}, {"Id": "p-FullRCP"}]}));
    say("organizations-describe-policy/p-1", json!({"Policy": {"Content": perimeter.to_string()}}));
    say("organizations-describe-policy/p-FullRCP", json!({"Policy": {"Content": everything.to_string()}}));
    say("organizations-list-targets-for-policy/p-1", json!({"Targets": [{"TargetId": "ou-1"}]}));
    let all = json!({"Targets": [{"TargetId": "r-1"}, {"TargetId": "ou-1"}, {"TargetId": PROD}, {"TargetId": DEV}]});
    say("organizations-list-targets-for-policy/p-FullRCP", all.clone());
    let scp = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let keep = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}]});
    say("organizations-list-policies/SERVICE_CONTROL_POLICY", json!({"Policies": [{"Id": "p-Full"}, {"Id": "p-2"}]}));
    say("organizations-describe-policy/p-Full", json!({"Policy": {"Content": scp.to_string()}}));
    say("organizations-describe-policy/p-2", json!({"Policy": {"Content": keep.to_string()}}));
    say("organizations-list-targets-for-policy/p-Full", all);
    say("organizations-list-targets-for-policy/p-2", json!({"Targets": []}));
    let organization = json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}]);
    bucket(&workspace, "prod", "ours", organization);
    let web = page(&workspace, &["--account", "prod"]);
    assert_eq!(node(&web, "o-abcdefghij")["ours"], true);
    std::fs::remove_dir_all(workspace.path().join("account-data/prod/us-east-1/s3-get-bucket-policy")).unwrap();
    let web = page(&workspace, &["--account", "prod"]);
    // The stranger is outside of the perimeter.
    let management = "333344445555 admin 111122223333";
    assert_eq!(drawn(&web), lines(&[management, "222233334444 iam 111122223333"]));
    assert_eq!((&node(&web, PROD)["parent"], &node(&web, "ou-1")["name"]), (&json!("ou-1"), &json!("Workloads")));
    assert_eq!((&node(&web, DEV)["kind"], &node(&web, DEV)["name"]), (&json!("configured"), &json!("dev")));
    // Whoever comes by a provider is no service of AWS's.
    let services = |operator: &str, value: &str| {
        let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {operator: {"aws:PrincipalIsAWSService": value}}}]});
        say("organizations-describe-policy/p-1", json!({"Policy": {"Content": deny.to_string()}}));
    };
    account(&workspace, "prod", PROD, &[role(PROD, "people", saml(PROD, "Okta"), "ec2:*")]);
    services("Bool", "true");
    assert_eq!(drawn(&page(&workspace, &["--account", "prod"])), lines(&[management, "okta iam 111122223333"]));
    services("BoolIfExists", "false");
    assert_eq!(drawn(&page(&workspace, &["--account", "prod"])), lines(&[management]));
    say("organizations-describe-policy/p-1", json!({"Policy": {"Content": perimeter.to_string()}}));
    account(&workspace, "prod", PROD, &[role(PROD, "vendor", root(STRANGER), "ec2:*"), role(PROD, "sibling", root(DEV), "ec2:*")]);
    // Nobody of dev may assume roles any more.
    say("organizations-list-targets-for-policy/p-2", json!({"Targets": [{"TargetId": DEV}]}));
    assert_eq!(drawn(&page(&workspace, &["--account", "prod"])), lines(&[management]));
}

#[test]
fn hostile_names_stay_names() {
    let workspace = Workspace::new();
    let evil = "=1+1</script><script>alert(1)</script>\u{202e}\u{1b}[31m";
    let okta = saml(PROD, evil);
    account(&workspace, "prod", PROD, &[role(PROD, "r", okta, "*")]);
    let config = json!({"accounts": [{"id": PROD, "name": "prod", "tags": [[evil, PROD], evil]}], "cidrs": {}});
    workspace.write("config.json", &config.to_string());
    let text = workspace.run(&["weboftrust", "--account", "prod", "--html", "t.html"]);
    text.says(0, &["1 connection"]);
    let csv = workspace.run(&["weboftrust", "--account", "prod", "--format", "csv"]);
    csv.says(0, &["'=1+1"]);
    let way = workspace.run(&["weboftrust", "--account", "prod", "--blast-radius", evil]);
    way.says(0, &["prod"]);
    for ran in [&text, &csv, &way] {
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']) && !ran.err.contains('\u{1b}'), "{ran:?}");
    }
    assert!(!workspace.read("t.html").contains("<script>alert"));
    let page: Value = serde_json::from_str(&workspace.read("web/trust.json")).unwrap();
    // A tag that is called like an account is a group of its own.
    assert_eq!(node(&page, PROD)["kind"], "scanned");
}

/// Strangers find their ids in conditions about the asker, never in those about what is asked for.
#[test]
fn conditions_on_what_is_asked_keep_nobody_named_out() {
    let workspace = Workspace::new();
    account(&workspace, "prod", PROD, &[]);
    let seen = |principal: Value, condition: Value| {
        let statement =
            json!([{"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", "Condition": condition}]);
        bucket(&workspace, "prod", "ours", statement);
        page(&workspace, &["--account", "prod"])
    };
    let named = || json!({"AWS": format!("arn:aws:iam::{STRANGER}:root")});
    let possible = lines(&["999988887777 s3_read? 111122223333"]);
    for (key, value) in [
        ("aws:SourceVpce", "vpce-0a1b2c3d".to_owned()),
        ("aws:SourceVpc", "vpc-0a1b2c3d".to_owned()),
        ("aws:VpceAccount", PROD.to_owned()),
        ("s3:DataAccessPointAccount", PROD.to_owned()),
        ("s3:DataAccessPointArn", format!("arn:aws:s3:us-east-1:{PROD}:accesspoint/shop")),
        ("aws:userid", "AROAEXAMPLEEXAMPLE:*".to_owned()),
    ] {
        assert_eq!(drawn(&seen(named(), json!({"StringLike": {key: value}}))), possible, "{key}");
    }
    let own = format!("arn:aws:iam::{PROD}:role/*");
    assert_eq!(drawn(&seen(named(), json!({"ArnLike": {"aws:PrincipalArn": own}}))), BTreeSet::new());
    // Of everybody, they leave somebody whom nobody knows: that is said.
    let strange = seen(json!("*"), json!({"StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLE:*"}}));
    assert_eq!(drawn(&strange), BTreeSet::new());
    let told = strange["about"]["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .any(|gap| gap["what"] == "the policy of arn:aws:s3:::ours: whose AROAEXAMPLEEXAMPLE is, is not known");
    assert!(told, "{}", strange["about"]["gaps"]);
    // So with a service that acts for somebody's bucket, however its ARN is written.
    for arn in ["arn:aws:s3:::theirs", "arn:aws:s3:*:*:theirs"] {
        let page = seen(json!({"Service": "logging.s3.amazonaws.com"}), json!({"ArnLike": {"aws:SourceArn": arn}}));
        assert!(page["about"]["gaps"].to_string().contains("whose arn:aws:s3:::theirs is, is not known"), "{arn}");
        let own =
            seen(json!({"Service": "logging.s3.amazonaws.com"}), json!({"ArnLike": {"aws:SourceArn": arn.replace("theirs", "ours")}}));
        assert!(!own["about"]["gaps"].to_string().contains("whose"), "{arn}");
    }
}

/// An account that was collected twice is read once, and that is said; an answer without lists is none.
#[test]
fn snapshots_that_do_not_count() {
    let workspace = Workspace::new();
    account(&workspace, "prod", PROD, &[]);
    account(&workspace, "copy", PROD, &[]);
    workspace.run(&["wot", "--accounts", "prod,copy"]).says(0, &["is a snapshot of the same account 111122223333"]);
    answer(&workspace, "prod", "iam-get-account-authorization-details.json", &json!({}));
    workspace
        .run(&["wot", "--accounts", "prod"])
        .says(1, &["iam:GetAccountAuthorizationDetails is in the snapshot without users and roles"]);
}

/// What a run that was stopped left out, and what somebody removed, is told.
#[test]
fn snapshots_that_are_not_whole() {
    let workspace = Workspace::new();
    let key = "us-east-1/kms-get-key-policy/k1";
    let files = Map::from_iter([
        (key.to_owned(), json!({"Policy": "{}"})),
        ("us-east-1/kms-list-keys.json".to_owned(), json!({"Keys": [{"KeyId": "k1"}]})),
    ]);
    stored::write(workspace.path(), "prod", "aws", &files, &[]);
    account(&workspace, "prod", PROD, &[]);
    let gaps = |page: &Value| page["about"]["gaps"].to_string();
    let whole = gaps(&page(&workspace, &["--account", "prod"]));
    assert!(!whole.contains("KMS key") && !whole.contains("not finished"), "{whole}");
    std::fs::remove_file(workspace.path().join("account-data/prod").join(key)).unwrap();
    let mut manifest: Value = serde_json::from_str(&workspace.read("account-data/prod/manifest.json")).unwrap();
    manifest["complete"] = json!(false);
    workspace.write("account-data/prod/manifest.json", &manifest.to_string());
    let less = gaps(&page(&workspace, &["--account", "prod"]));
    assert!(less.contains("the policy of 1 × KMS key was not collected") && less.contains("the collection was not finished"), "{less}");
}

/// A policy that cannot be read lets in nobody knows whom.
#[test]
fn policies_that_are_cut_off() {
    let workspace = Workspace::new();
    account(&workspace, "prod", PROD, &[]);
    for text in [r#"{"Version": "2012-10-17", "Statem"#, "[]"] {
        answer(&workspace, "prod", "s3-get-bucket-policy/ours", &json!({ "Policy": text }));
        let page = page(&workspace, &["--account", "prod"]);
        assert_eq!(page["about"]["everybody"], json!({}), "{text}");
        let gaps = page["about"]["gaps"].as_array().unwrap();
        assert!(gaps.iter().any(|gap| gap["what"] == "the policy of 1 × S3 bucket was not collected"), "{text}: {gaps:?}");
    }
}

#[test]
fn what_was_not_collected_is_told() {
    let workspace = Workspace::new();
    stored::write(
        workspace.path(),
        "prod",
        "aws",
        &Map::new(),
        &["iam-get-account-authorization-details".to_owned(), "kms-list-keys".to_owned()],
    );
    let ran = workspace.run(&["weboftrust", "--account", "prod"]);
    ran.says(1, &["iam:GetAccountAuthorizationDetails", "AccessDenied", "1 node, 0 connections", "collect --for wot"]);
    let page: Value = serde_json::from_str(&workspace.read("web/trust.json")).unwrap();
    let gaps = page["about"]["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["service"] == "kms" && gap["what"] == "kms-list-keys in us-east-1: AccessDenied"), "{gaps:?}");
    assert!(gaps.iter().any(|gap| gap["service"] == "sns" && gap["account"] == PROD), "{gaps:?}");
}
