//! `public` as a user runs it.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::accounts::{PROD, answer, write};

const NAME: &str = "=cmd()|'/c calc'!A1 <script>\u{1b}[31m";

/// A bucket for everybody, one for another account, one whose policy nobody knows, and an instance.
fn account() -> Workspace {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[], &[], &[]);
    answer(&workspace, "prod", "sts-get-caller-identity.json", &json!({"Account": PROD}));
    let policy = |principal: Value, bucket: &str| {
        let statement = json!({"Sid": "read", "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*")});
        json!({"Policy": json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()})
    };
    answer(&workspace, "prod", "s3-list-buckets.json", &json!({"Buckets": [{"Name": "open"}, {"Name": "lent"}, {"Name": "dark"}]}));
    answer(&workspace, "prod", "s3-get-bucket-policy/open", &policy(json!("*"), "open"));
    answer(&workspace, "prod", "s3-get-bucket-policy/lent", &policy(json!({"AWS": "444455556666"}), "lent"));
    for bucket in ["open", "lent", "dark"] {
        answer(&workspace, "prod", &format!("s3-get-public-access-block/{bucket}"), &json!({}));
    }
    answer(&workspace, "prod", &format!("s3control-get-public-access-block/{PROD}"), &json!({}));
    network(&workspace);
    workspace
}

/// A subnet open to the internet, an instance with a hostile name in it, and a group that lets in HTTPS for all and SSH for some.
fn network(workspace: &Workspace) {
    let ec2 = |call: &str, value: Value| answer(workspace, "prod", &format!("ec2-describe-{call}.json"), &value);
    ec2("vpcs", json!({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": PROD}]}));
    ec2(
        "subnets",
        json!({"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a", "OwnerId": PROD}]}),
    );
    let routes = json!([{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]);
    ec2(
        "route-tables",
        json!({"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true, "RouteTableId": "rtb-1"}], "Routes": routes}]}),
    );
    ec2(
        "internet-gateways",
        json!({"InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}]}),
    );
    let entry =
        |egress: bool| json!({"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": egress, "CidrBlock": "0.0.0.0/0"});
    ec2(
        "network-acls",
        json!({"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [], "Entries": [entry(false), entry(true)]}]}),
    );
    let rule = |port: u16, from: &str| json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": from}]});
    ec2(
        "security-groups",
        json!({"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "OwnerId": PROD, "IpPermissions": [rule(443, "0.0.0.0/0"), rule(444, "0.0.0.0/0"), rule(22, "198.51.100.0/24")]}]}),
    );
    let interface = json!({"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": PROD, "Status": "in-use", "PrivateIpAddress": "10.0.1.10",
        "Groups": [{"GroupId": "sg-1"}], "Association": {"PublicIp": "54.1.2.3"}, "Attachment": {"InstanceId": "i-1", "Status": "attached"},
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.10", "Association": {"PublicIp": "54.1.2.3"}}]});
    let instance = json!({"InstanceId": "i-1", "State": {"Name": "running"}, "VpcId": "vpc-1", "SubnetId": "subnet-1", "PublicIpAddress": "54.1.2.3", "PublicDnsName": "ec2-54-1-2-3.example.com",
        "SecurityGroups": [{"GroupId": "sg-1"}], "NetworkInterfaces": [interface.clone()], "Tags": [{"Key": "Name", "Value": NAME}]});
    ec2("instances", json!({"Reservations": [{"OwnerId": PROD, "Instances": [instance]}]}));
    ec2("network-interfaces", json!({"NetworkInterfaces": [interface]}));
}

fn listed(workspace: &Workspace, more: &[&str]) -> Vec<Value> {
    let args: Vec<&str> = ["public", "--account", "prod", "--format", "json"].iter().chain(more).copied().collect();
    serde_json::from_str(&workspace.run(&args).out).unwrap()
}

#[test]
fn json_is_cloudmappers_list_and_more() {
    let entries = listed(&account(), &[]);
    let instance = entries.iter().find(|entry| entry["type"] == "ec2" && entry["verdict"] == "public").unwrap();
    assert_eq!(instance["account"], "prod");
    assert_eq!(instance["arn"], format!("arn:aws:ec2:us-east-1:{PROD}:instance/i-1"));
    assert_eq!(instance["hostname"], "ec2-54-1-2-3.example.com");
    assert_eq!(instance["ports"], "443-444");
    assert_eq!(instance["public_sgs"], json!({"sg-1": {"GroupId": "sg-1", "GroupName": "web", "public_ports": "443-444"}}));
    assert_eq!(instance["services"], json!(["tcp/443-444"]));
    assert_eq!(instance["why"], json!(["tcp/22 from 198.51.100.0/24"]));
    assert!(instance["path"].as_array().unwrap().iter().any(|hop| hop.as_str().unwrap().starts_with("sg-1 (")), "{instance}");
    assert!(!entries.iter().any(|entry| entry["id"] == "network-interface-ipv4"), "it is the instance's");
    let bucket = entries.iter().find(|entry| entry["arn"] == "arn:aws:s3:::open" && entry["id"] == "s3-bucket-policy").unwrap();
    assert_eq!((&bucket["verdict"], &bucket["why"]), (&json!("public"), &json!(["everyone may s3:GetObject, statement read"])));
    let lent = entries.iter().find(|entry| entry["arn"] == "arn:aws:s3:::lent").unwrap();
    assert_eq!((&lent["verdict"], &lent["to"]), (&json!("shared"), &json!(["444455556666"])));
    let dark = entries.iter().find(|entry| entry["arn"] == "arn:aws:s3:::dark" && entry["id"] == "s3-bucket-policy").unwrap();
    assert_eq!((&dark["verdict"], &dark["missing"]), (&json!("unknown"), &json!(["s3-get-bucket-policy"])));
}

#[test]
fn what_is_not_exposed_is_listed_on_request() {
    let workspace = account();
    assert!(!listed(&workspace, &[]).iter().any(|entry| entry["verdict"] == "no"));
    assert!(listed(&workspace, &["--all"]).iter().any(|entry| entry["verdict"] == "no"));
    assert!(listed(&workspace, &["--no-settings"]).iter().all(|entry| entry["class"] != "setting"));
}

#[test]
fn names_do_no_harm() {
    let workspace = account();
    let text = workspace.run(&["public", "--account", "prod"]).out;
    assert!(text.contains("tcp/443-444") && text.contains("<script>") && !text.contains('\u{1b}'), "{text}");
    let csv = workspace.run(&["public", "--account", "prod", "--format", "csv"]).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names: Vec<String> = reader.records().map(|record| record.unwrap()[9].to_owned()).collect();
    assert!(names.iter().any(|name| name.starts_with("'=cmd()")), "{names:?}");
}

#[test]
fn exit_codes_are_for_pipelines() {
    let workspace = account();
    let code =
        |more: &[&str]| workspace.run(&["public", "--account", "prod"].iter().chain(more).copied().collect::<Vec<_>>()).code.unwrap();
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--fail-on", "public"]), 1);
    let closed = Workspace::new();
    write(&closed, "prod", &[], &[], &[]);
    assert_eq!(closed.run(&["public", "--account", "prod", "--fail-on", "shared"]).code, Some(0));
    assert_eq!(closed.run(&["public", "--account", "prod", "--fail-on", "unknown"]).code, Some(1));
    let nobody = closed.run(&["public", "--account", "nobody"]);
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.err.contains("nobody"), "{}", nobody.err);
}

/// What is private answers everybody behind a load balancer; what is no target of it does not.
#[test]
fn targets_are_public_through_their_load_balancer() {
    let workspace = Workspace::new();
    crate::network::write(workspace.path(), &crate::network::base("alb"));
    let ran = workspace.run(&["public", "--accounts", "all", "--format", "json", "--all"]);
    let entries: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let of = |id: &str| entries.iter().find(|entry| entry["arn"].as_str().unwrap().ends_with(id) && entry["id"] == "ec2-instance").unwrap();
    let target = of("instance/i-l1");
    assert_eq!((&target["verdict"], &target["through"], &target["services"]), (&json!("public"), &json!("front"), &json!(["tcp/8080"])));
    assert!(!entries.iter().any(|entry| entry["arn"].as_str().unwrap().ends_with("instance/i-l3")), "it is no target");
}

/// Emulators, and Regions that lack them, do not know of guardrails: those are off then. Who may not ask does not know.
#[test]
fn guardrails_that_nobody_knows_of_are_off() {
    for (code, verdict) in [("UnreadableAnswer", "public"), ("InvalidAction", "public"), ("UnauthorizedOperation", "unknown")] {
        let workspace = account();
        let file = "us-east-1/ec2-describe-vpc-block-public-access-options.json";
        record(&workspace, &[(file, code), ("us-east-1/ec2-describe-vpc-block-public-access-exclusions.json", code)]);
        let entries = listed(&workspace, &[]);
        let instance = entries.iter().find(|entry| entry["id"] == "ec2-instance").unwrap();
        assert_eq!(instance["verdict"], verdict, "{code}");
    }
}

/// A manifest in which these calls failed.
fn record(workspace: &Workspace, failed: &[(&str, &str)]) {
    let path = workspace.path().join("account-data/prod");
    let mut calls = Vec::new();
    for entry in std::fs::read_dir(path.join("us-east-1")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        if entry.ends_with(".json") {
            calls.push(call(&format!("us-east-1/{entry}"), "value", None));
            continue;
        }
        let below =
            std::fs::read_dir(path.join("us-east-1").join(&entry)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        calls.extend(below.map(|file| call(&format!("us-east-1/{entry}/{file}"), "value", None)));
    }
    calls.extend(failed.iter().map(|(file, code)| call(file, "not_collected", Some(code))));
    let manifest = json!({"format": "cloudmapper-manifest/1", "tool": "cloudmapper 0.1.0", "api_models": "botocore", "with_secrets": false,
        "account": {"name": "prod", "id": PROD, "partition": "aws"}, "identity": {"arn": "", "user_id": ""}, "complete": true,
        "started": "2026-11-22T10:00:00Z", "finished": "2026-11-22T10:00:00Z", "regions": [{"name": "us-east-1", "status": "opted-in"}], "calls": calls});
    std::fs::write(path.join("manifest.json"), manifest.to_string()).unwrap();
}

fn call(file: &str, outcome: &str, code: Option<&str>) -> Value {
    let name = file.split('/').nth(1).unwrap().trim_end_matches(".json");
    let (service, request) = name.split_once('-').unwrap();
    json!({"service": service, "request": request, "operation": "", "region": "us-east-1", "parameters": {}, "file": file,
        "outcome": outcome, "time": "2026-11-22T10:00:00Z", "attempts": 1, "pages": 1, "code": code, "message": code.map(|_| "no")})
}

#[test]
fn a_snapshot_for_everybody_is_public_unless_a_guardrail_may_be_on() {
    for (code, verdict) in [("UnreadableAnswer", "public"), ("UnauthorizedOperation", "unknown")] {
        let workspace = account();
        answer(&workspace, "prod", "ec2-describe-snapshots.json", &json!({"Snapshots": [{"SnapshotId": "snap-1", "OwnerId": PROD}]}));
        answer(
            &workspace,
            "prod",
            "ec2-describe-snapshot-attribute/snap-1",
            &json!({"SnapshotId": "snap-1", "CreateVolumePermissions": [{"Group": "all"}]}),
        );
        record(&workspace, &[("us-east-1/ec2-get-snapshot-block-public-access-state.json", code)]);
        let entries = listed(&workspace, &[]);
        let snapshot = entries.iter().find(|entry| entry["id"] == "ebs-snapshot" && entry["name"] == "snap-1").unwrap();
        assert_eq!(snapshot["verdict"], verdict, "{code}");
    }
}

/// Settings make nothing public by themselves.
#[test]
fn settings_fail_nothing() {
    let workspace = Workspace::new();
    write(&workspace, "prod", &[], &[], &[]);
    answer(
        &workspace,
        "prod",
        "ec2-describe-subnets.json",
        &json!({"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24",
        "AvailabilityZone": "us-east-1a", "OwnerId": PROD, "MapPublicIpOnLaunch": true}]}),
    );
    workspace.run(&["public", "--account", "prod", "--fail-on", "public"]).says(0, &["Settings that make things public"]);
}
