//! The network engine on a synthetic account: 10,000 instances, 2,000 security groups, 500 subnets in 20 VPCs.
//!
//! `cargo bench --bench network` prints each figure with its bar.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and may panic"
)]

use std::path::Path;
use std::time::Instant;

use cloudmapper::exposure::Verdict;
use cloudmapper::map::{Options, build};
use cloudmapper::model::AccountName;
use cloudmapper::network::model::Network;
use cloudmapper::network::reach::{End, Engine, Outcome};
use cloudmapper::network::rules::Rules;
use cloudmapper::snapshot::Snapshot;
use serde_json::{Value, json};

const VPCS: usize = 20;
const SUBNETS: usize = 500;
const GROUPS: usize = 2_000;
const INSTANCES: usize = 10_000;

fn say(what: &str, figure: &str, bar: &str) {
    println!("{what:<64} {figure:>14}   bar {bar}");
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let snapshots = vec![Snapshot::open(folder.path(), &AccountName::try_from("bench".to_owned()).unwrap()).unwrap()];
    let start = Instant::now();
    let mut network = Network::read(&snapshots).unwrap();
    say("read 10,000 instances, 2,000 groups, 500 subnets", &format!("{:.0} ms", start.elapsed().as_secs_f64() * 1e3), "1 s");
    let start = Instant::now();
    let mut engine = Engine::new(&network, Rules::default());
    let mut exposed = 0;
    for id in network.interfaces.keys() {
        exposed += usize::from(engine.exposure(&End::Interfaces(vec![id.clone()])).outcome == Outcome::Yes);
    }
    let time = start.elapsed();
    say(
        &format!("exposure of every interface ({exposed} of {})", network.interfaces.len()),
        &format!("{:.0} ms", time.as_secs_f64() * 1e3),
        "1 s",
    );
    let start = Instant::now();
    let options = Options {
        regions: Vec::new(),
        vpc_ids: Vec::new(),
        vpc_names: Vec::new(),
        tags: Vec::new(),
        internal_edges: true,
        inter_rds_edges: false,
        read_replicas: true,
        azs: true,
        collapse_by_tag: None,
        collapse_asgs: true,
        node_data: true,
        cidrs: Vec::new(),
    };
    let map = build(&snapshots, &mut network, &options).unwrap();
    let figure = format!("{:.1} s", start.elapsed().as_secs_f64());
    say(&format!("map: {} nodes, {} connections", map.nodes.len(), map.edges.iter().map(|edge| edge.count).sum::<usize>()), &figure, "5 s");
    public(&snapshots);
}

/// All that `public` says: reading, every row of the table, and both engines.
fn public(snapshots: &[Snapshot]) {
    let start = Instant::now();
    let found = cloudmapper::exposure::assess(snapshots, snapshots).unwrap();
    let public = found.entries.iter().filter(|entry| entry.verdict == Verdict::Public).count();
    let figure = format!("{:.1} s", start.elapsed().as_secs_f64());
    say(&format!("public: {} entries, {public} of them public", found.entries.len()), &figure, "3 s");
}

fn write(folder: &Path) {
    let own = folder.join("account-data/bench/us-east-1");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(folder.join("account-data/bench/describe-regions.json"), r#"{"Regions": [{"RegionName": "us-east-1"}]}"#).unwrap();
    let put = |call: &str, answer: Value| std::fs::write(own.join(format!("ec2-describe-{call}.json")), answer.to_string()).unwrap();
    let cidr = |vpc: usize| format!("10.{vpc}.0.0/16");
    let vpc_of = |subnet: usize| subnet % VPCS;
    put("vpcs", json!({"Vpcs": (0..VPCS).map(|vpc| json!({"VpcId": format!("vpc-{vpc}"), "CidrBlock": cidr(vpc)})).collect::<Vec<_>>()}));
    let subnet = |at: usize| {
        let network = format!("10.{}.{}.0/24", vpc_of(at), at / VPCS);
        json!({"SubnetId": format!("subnet-{at}"), "VpcId": format!("vpc-{}", vpc_of(at)), "CidrBlock": network, "AvailabilityZone": format!("us-east-1{}", ["a", "b", "c"][at % 3])})
    };
    put("subnets", json!({"Subnets": (0..SUBNETS).map(subnet).collect::<Vec<_>>()}));
    let table = |vpc: usize, public: bool| {
        let mut routes = vec![json!({"DestinationCidrBlock": cidr(vpc), "GatewayId": "local", "State": "active"})];
        if public {
            routes.push(json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": format!("igw-{vpc}"), "State": "active"}));
        }
        let subnets = (0..SUBNETS).filter(|at| vpc_of(*at) == vpc && (at / VPCS).is_multiple_of(2) == public);
        let associations: Vec<Value> = subnets.map(|at| json!({"SubnetId": format!("subnet-{at}"), "Main": false})).collect();
        json!({"RouteTableId": format!("rtb-{vpc}-{public}"), "VpcId": format!("vpc-{vpc}"), "Routes": routes, "Associations": associations})
    };
    put("route-tables", json!({"RouteTables": (0..VPCS).flat_map(|vpc| [table(vpc, true), table(vpc, false)]).collect::<Vec<_>>()}));
    let entry = |egress: bool, number: i64, action: &str| json!({"Egress": egress, "RuleNumber": number, "RuleAction": action, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"});
    let entries = [entry(false, 100, "allow"), entry(true, 100, "allow"), entry(false, 32767, "deny"), entry(true, 32767, "deny")];
    let acl = |vpc: usize| json!({"NetworkAclId": format!("acl-{vpc}"), "VpcId": format!("vpc-{vpc}"), "IsDefault": true, "Entries": entries, "Associations": []});
    put("network-acls", json!({"NetworkAcls": (0..VPCS).map(acl).collect::<Vec<_>>()}));
    put(
        "internet-gateways",
        json!({"InternetGateways": (0..VPCS).map(|vpc| json!({"InternetGatewayId": format!("igw-{vpc}"), "Attachments": [{"State": "available", "VpcId": format!("vpc-{vpc}")}]})).collect::<Vec<_>>()}),
    );
    let group = |at: usize| {
        let https = json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": if at.is_multiple_of(3) { "0.0.0.0/0" } else { "10.0.0.0/8" }}]});
        let peers = json!({"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": format!("sg-{}", (at + VPCS) % GROUPS), "UserId": "1"}]});
        json!({"GroupId": format!("sg-{at}"), "VpcId": format!("vpc-{}", at % VPCS), "IpPermissions": [https, peers], "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]})
    };
    put("security-groups", json!({"SecurityGroups": (0..GROUPS).map(group).collect::<Vec<_>>()}));
    let (mut interfaces, mut instances) = (Vec::new(), Vec::new());
    for at in 0..INSTANCES {
        let subnet = at % SUBNETS;
        let address = format!("10.{}.{}.{}", vpc_of(subnet), subnet / VPCS, 4 + at / SUBNETS);
        let groups = [
            json!({"GroupId": format!("sg-{}", (vpc_of(subnet) + VPCS * (at / SUBNETS)) % GROUPS)}),
            json!({"GroupId": format!("sg-{}", (vpc_of(subnet) + VPCS * (at % 100)) % GROUPS)}),
        ];
        let public = json!({"PublicIp": format!("52.{}.{}.{}", at / 65_536, at / 256 % 256, at % 256)});
        let mut private = json!({"PrivateIpAddress": address, "Primary": true});
        if at.is_multiple_of(4) {
            private["Association"] = public;
        }
        let (eni, instance) = (format!("eni-{at}"), format!("i-{at}"));
        interfaces.push(json!({"NetworkInterfaceId": eni, "SubnetId": format!("subnet-{subnet}"), "VpcId": format!("vpc-{}", vpc_of(subnet)), "Groups": groups, "PrivateIpAddresses": [private], "Attachment": {"InstanceId": instance}}));
        instances.push(json!({"InstanceId": instance, "State": {"Name": "running"}, "VpcId": format!("vpc-{}", vpc_of(subnet)), "SubnetId": format!("subnet-{subnet}"), "SecurityGroups": groups, "PrivateIpAddress": address,
            "NetworkInterfaces": [{"NetworkInterfaceId": eni, "PrivateIpAddresses": [{"PrivateIpAddress": address}]}], "Tags": [{"Key": "Name", "Value": format!("host {at}")}]}));
    }
    put("network-interfaces", json!({"NetworkInterfaces": interfaces}));
    put("instances", json!({"Reservations": [{"ReservationId": "r-1", "Instances": instances}]}));
}
