//! `reach`: what its ends and ports may be called, and what it says of a way, of what stops it and of what would change that.

use serde_json::{Value, json};

use crate::map_edges::{TASK, add, changed, public_interface, set, tags, task};
use crate::support::{Ran, Workspace};

fn ran(workspace: &Workspace, from: &str, to: &str, more: &[&str]) -> Ran {
    workspace.run(&[&["reach", "--from", from, "--to", to], more].concat())
}

/// The answer in words.
#[track_caller]
fn said(workspace: &Workspace, from: &str, to: &str, more: &[&str]) -> String {
    let ran = ran(workspace, from, to, more);
    ran.says(0, &[]);
    ran.out
}

/// The answer in JSON.
#[track_caller]
fn told(workspace: &Workspace, from: &str, to: &str, more: &[&str]) -> Value {
    let ran = ran(workspace, from, to, &[&["--format", "json"], more].concat());
    ran.says(0, &[]);
    serde_json::from_str(&ran.out).unwrap()
}

fn passes(answer: &Value, id: &str) -> bool {
    answer["paths"].as_array().unwrap().iter().flat_map(|path| path["hops"].as_array().unwrap()).any(|hop| hop["id"] == id)
}

fn denied(call: &str) -> Value {
    json!({"not_collected": call})
}

/// The base `web` with another public interface of `i-web`, in a group of its own.
fn with_two_interfaces() -> Workspace {
    let mut second = public_interface("eni-web-2", "10.0.1.11", "198.51.100.11", "");
    second["Groups"] = json!([{"GroupId": "sg-spare", "GroupName": "sg-spare"}]);
    second["Attachment"] = json!({"AttachmentId": "eni-attach-2", "InstanceId": "i-web", "DeviceIndex": 1, "Status": "attached"});
    changed("web", &[add("ec2-describe-network-interfaces::NetworkInterfaces", second)])
}

#[test]
fn ends_by_any_of_their_names() {
    let dns = "ec2-198-51-100-10.compute-1.amazonaws.com";
    let mut changes = task().to_vec();
    changes.push(set("ec2-describe-instances::Reservations[ReservationId=r-web]/Instances[InstanceId=i-web]/PublicDnsName", json!(dns)));
    let web = changed("web", &changes);
    for name in ["i-web", "web", "eni-web", "198.51.100.10", "arn:aws:ec2:us-east-1:111122223333:instance/i-web", dns, "sg-web"] {
        let answer = told(&web, "Internet", name, &["--port", "443"]);
        assert!(answer["answer"] == "yes" && passes(&answer, "eni-web"), "{name}: {answer}");
    }
    for name in [TASK, "abc", "sg-web"] {
        assert!(passes(&told(&web, "INTERNET", name, &["--port", "443"]), "eni-task"), "{name}");
    }
    let alb = changed("alb", &[]);
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/front/50dc6c495c0c9188";
    let dns = "front-1234567890.us-east-1.elb.amazonaws.com";
    for name in ["front", "app/front/50dc6c495c0c9188", arn, dns, &format!("dualstack.{dns}."), &dns.to_uppercase()] {
        let answer = told(&alb, "internet", name, &["--port", "443"]);
        assert!(answer["answer"] == "yes" && passes(&answer, "front"), "{name}: {answer}");
    }
    let managed = changed("managed", &[]);
    for name in ["orders", "arn:aws:rds:us-east-1:111122223333:db:orders"] {
        let answer = told(&managed, "worker", name, &["--port", "5432"]);
        assert!(answer["answer"] == "yes" && passes(&answer, "sg-orders"), "{name}: {answer}");
    }
}

#[test]
fn nat_gateways_and_empty_subnets() {
    let empty = json!({"SubnetId": "subnet-empty", "VpcId": "vpc-web", "CidrBlock": "10.0.9.0/24", "AvailabilityZone": "us-east-1a",
        "AvailabilityZoneId": "use1-az1", "State": "available", "OwnerId": "111122223333"});
    let web = changed("web", &[add("ec2-describe-subnets::Subnets", empty)]);
    let out = told(&web, "nat-1", "internet", &["--port", "443"]);
    assert!(out["answer"] == "yes" && passes(&out, "eni-nat-1") && passes(&out, "igw-1"), "{out}");
    assert!(said(&web, "internet", "nat-1", &["--port", "443"]).contains("a NAT gateway takes no connections"));
    let text = said(&web, "i-app", "subnet-empty", &["--port", "443"]);
    assert!(text.starts_with("no ") && text.contains("NO_POSSIBLE_DESTINATION") && text.contains("nothing has 10.0.9.0/24"), "{text}");
    ran(&web, "i-app", "subnet-nope", &[]).says(2, &["nothing in the snapshot is called `subnet-nope`"]);
}

#[test]
fn several_of_one_name() {
    let shop = |place: &str, id: &str| {
        let change = tags(id, &json!({"Name": "shop"}));
        set(&format!("{place}:{}", change["set"].as_str().unwrap()), change["value"].clone())
    };
    let own = shop("111122223333/us-east-1", "b");
    let workspace = changed("peered", &[own, shop("111122223333/eu-west-1", "d"), shop("444455556666/us-east-1", "c")]);
    let all = "name one of i-b (111122223333, us-east-1), i-c (444455556666, us-east-1), i-d (111122223333, eu-west-1)";
    ran(&workspace, "i-a", "shop", &[]).says(2, &["several things are called `shop`", all]);
    let two = "name one of i-b (111122223333, us-east-1), i-d (111122223333, eu-west-1)";
    ran(&workspace, "i-a", "shop", &["--accounts", "111122223333"]).says(2, &[two]);
    let answer = told(&workspace, "shop", "i-a", &["--accounts", "444455556666"]);
    assert!(passes(&answer, "eni-c"), "{answer}");
}

#[test]
fn what_is_only_on_the_way_is_no_end() {
    let (tgw, peered) = (changed("tgw", &[]), changed("peered", &[]));
    for (workspace, instance, id) in [(&tgw, "i-t1", "tgw-1"), (&peered, "i-a", "pcx-ab")] {
        let error = format!("`{id}` is on the way, and no end of it: write an address or network beyond it");
        ran(workspace, instance, id, &[]).says(2, &[&error]);
        ran(workspace, id, instance, &[]).says(2, &[&error]);
    }
    ran(&tgw, "i-t1", "tgw-nope", &[]).says(2, &["nothing in the snapshot is called `tgw-nope`"]);
    ran(&changed("web", &[]), "igw-nope", "i-web", &[]).says(2, &["nothing in the snapshot is called `igw-nope`"]);
}

#[test]
fn what_a_denied_call_would_tell_is_unknown() {
    let balancer = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/x/1";
    for (base, call, id) in [
        ("web", "ec2-describe-instances", "i-9"),
        ("web", "ec2-describe-network-interfaces", "eni-9"),
        ("web", "ec2-describe-network-interfaces", "sg-9"),
        ("web", "ec2-describe-subnets", "subnet-9"),
        ("web", "ec2-describe-nat-gateways", "nat-9"),
        ("web", "elbv2-describe-load-balancers", balancer),
        ("managed", "ec2-describe-network-interfaces", "orders"),
    ] {
        let workspace = changed(base, &[denied(call)]);
        let text = said(&workspace, "internet", id, &[]);
        assert!(text.starts_with("unknown ") && text.contains(&format!("not collected: {call}")), "{text}");
        assert_eq!(told(&workspace, "internet", id, &[])["answer"], "unknown");
        if id.ends_with('9') {
            ran(&changed(base, &[]), "internet", id, &[]).says(2, &[&format!("nothing in the snapshot is called `{id}`")]);
        }
    }
}

#[test]
fn ports_as_people_write_them() {
    let web = changed("web", &[]);
    for (text, port) in [
        ("TCP/443", "tcp/443"),
        ("443/tcp", "tcp/443"),
        ("https", "tcp/443"),
        ("HTTPS", "tcp/443"),
        ("80,443", "tcp/80, tcp/443"),
        ("443, http", "tcp/80, tcp/443"),
        ("any", "all"),
    ] {
        let answer = told(&web, "internet", "i-web", &["--port", text]);
        assert_eq!((&answer["port"], &answer["answer"]), (&json!(port), &json!("yes")), "{text}");
    }
    for text in ["nope", "443/", "80,", "tcp/70000", "/tcp"] {
        ran(&web, "internet", "i-web", &["--port", text]).says(2, &["is no port: write `tcp/443`"]);
    }
}

#[test]
fn who_may_use_what_is_told_apart() {
    let web = changed("web", &[]);
    let text = said(&web, "internet", "i-web", &[]);
    assert!(text.contains("gets through: tcp/80, tcp/443 from the internet (IPv4)\n"), "{text}");
    assert!(text.contains("gets through: tcp/22 from 203.0.113.0/24\n"), "{text}");
    let through =
        json!([{"services": ["tcp/80", "tcp/443"], "from": "the internet (IPv4)"}, {"services": ["tcp/22"], "from": "203.0.113.0/24"}]);
    assert_eq!(told(&web, "internet", "i-web", &[])["through"], through);
}

#[test]
fn alternatives_are_told_from_what_is_all_needed() {
    let rule = "add a rule to sg-web: in tcp/25 from the internet (IPv4)";
    let entry = "add an entry to acl-web, before those that deny: in tcp/25 from the internet (IPv4)";
    let single = changed("web", &[]);
    let text = said(&single, "internet", "i-web", &["--port", "25"]);
    assert!(text.contains(&format!("to open it, at least all of these:\n    {rule}\n    {entry}\n")), "{text}");
    assert_eq!(told(&single, "internet", "i-web", &["--port", "25"])["changes"], json!([[rule, entry]]));
    let double = with_two_interfaces();
    let other = rule.replace("sg-web", "sg-spare");
    let text = said(&double, "internet", "i-web", &["--port", "25"]);
    assert!(text.contains(&format!("to open it, at least one of these:\n    {rule}; and {entry}\n    {other}; and {entry}\n")), "{text}");
    assert_eq!(told(&double, "internet", "i-web", &["--port", "25"])["changes"], json!([[rule, entry], [other, entry]]));
}

#[test]
fn what_would_close_it_names_the_rule() {
    let web = changed("web", &[]);
    let text = said(&web, "app", "db", &["--port", "5432"]);
    assert!(text.contains("to close it, one of these:\n"), "{text}");
    let changes = told(&web, "app", "db", &["--port", "5432"])["changes"].clone();
    assert_eq!(
        changes,
        json!([["take the outbound rule `all 0.0.0.0/0` out of sg-app"], ["take the inbound rule `tcp/5432 sg-app` out of sg-db"]])
    );
    let wide = json!({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "203.0.113.0/24"}]});
    let rules = "ec2-describe-security-groups::SecurityGroups[GroupId=sg-web]/IpPermissions";
    let twice = changed("web", &[add(rules, wide)]);
    let text = said(&twice, "internet", "i-web", &["--port", "443"]);
    assert!(
        text.contains(
            "take the inbound rule `all 203.0.113.0/24` out of sg-web; and take the inbound rule `tcp/443 0.0.0.0/0` out of sg-web\n"
        ),
        "{text}"
    );
    // Where another rule takes over, taking one away closes nothing.
    let more = json!({"Egress": false, "RuleNumber": 105, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"});
    let twice = changed("web", &[add("ec2-describe-network-acls::NetworkAcls[NetworkAclId=acl-web]/Entries", more)]);
    let changes = told(&twice, "internet", "i-web", &["--port", "443"])["changes"].to_string();
    assert!(changes.contains("sg-web") && !changes.contains("acl-web"), "{changes}");
    // By two interfaces: it takes a rule of each of their groups.
    let double = with_two_interfaces();
    let changes = told(&double, "internet", "i-web", &["--port", "443"])["changes"].clone();
    let both =
        json!(["take the inbound rule `tcp/443 0.0.0.0/0` out of sg-spare", "take the inbound rule `tcp/443 0.0.0.0/0` out of sg-web"]);
    assert!(changes.as_array().unwrap().contains(&both), "{changes}");
}

#[test]
fn hops_tell_what_let_packets_and_replies_through() {
    let peered = changed("peered", &[]);
    let answer = told(&peered, "i-a", "i-b", &["--port", "443"]);
    let by = |side: &str, id: &str| {
        let hops = answer["paths"][0][side].as_array().unwrap();
        hops.iter().find(|hop| hop["id"] == id).map_or(Value::Null, |hop| hop["by"].clone())
    };
    assert_eq!(by("hops", "rtb-a"), json!(["10.20.0.0/16 -> pcx-ab"]));
    assert_eq!(by("hops", "sg-b"), json!(["sg-b: tcp/443 10.0.0.0/8"]));
    assert_eq!(by("replies", "rtb-b"), json!(["10.10.0.0/16 -> pcx-ab"]));
    assert_eq!(by("replies", "acl-b"), json!(["100: allow all 0.0.0.0/0"]));
    let text = said(&peered, "i-a", "i-b", &["--port", "443"]);
    assert!(
        text.contains("    rtb-a  (10.20.0.0/16 -> pcx-ab)\n") && text.contains("    replies by acl-b  (100: allow all 0.0.0.0/0), rtb-b")
    );
    let text = said(&changed("tgw", &[]), "i-t1", "i-t4", &[]);
    assert!(text.contains("    tgw-rtb-1  (10.54.1.10 -> tgw-attach-peer)\n") && text.contains("rtb-t4  (10.0.0.0/8 -> tgw-2)"), "{text}");
    let text = said(&changed("alb", &[]), "internet", "i-l1", &["--port", "8080"]);
    assert!(text.contains("    front  (listener HTTPS:443)\n    tg-app  (rule default)\n"), "{text}");
}

#[test]
fn control_characters_are_made_visible() {
    let name = "fr\u{1b}[2Jont\u{202e}";
    let path = "elbv2-describe-load-balancers::LoadBalancers[LoadBalancerName=front]/LoadBalancerName";
    let alb = changed("alb", &[set(path, json!(name))]);
    let is_clean = |text: &str| !text.contains(['\u{1b}', '\u{202e}']);
    let shown = "fr⟨U+001B⟩[2Jont⟨U+202E⟩";
    let text = said(&alb, "internet", "i-l1", &["--port", "8080"]);
    assert!(is_clean(&text) && text.contains(&format!("    {shown}  (listener")), "{text:?}");
    let text = said(&alb, "internet", name, &["--port", "25"]);
    assert!(is_clean(&text) && text.contains(&format!("stopped by {shown}: ")), "{text:?}");
    assert!(text.contains(&format!("add a listener to {shown} for tcp/25")), "{text:?}");
    let ran = ran(&alb, "internet", "x\u{1b}[2J", &[]);
    ran.says(2, &["is called `x⟨U+001B⟩[2J`"]);
    assert!(is_clean(&ran.err));
}
