//! `prepare`: whom the internet reaches, and what leads from one node to another, with one thing changed in a small network.

use serde_json::{Value, json};

use crate::network::{apply, base, write};
use crate::prepare::{map, nodes};
use crate::support::Workspace;

/// A workspace with the snapshot of a base, and what is changed in it.
pub fn changed(name: &str, changes: &[Value]) -> Workspace {
    let mut calls = base(name);
    changes.iter().for_each(|change| apply(&mut calls, change));
    let workspace = Workspace::new();
    write(workspace.path(), &calls);
    workspace
}

pub fn set(path: &str, value: Value) -> Value {
    json!({"set": path, "value": value})
}

pub fn add(path: &str, value: Value) -> Value {
    json!({"add": path, "value": value})
}

/// The tags of an instance that a base names `i-NAME`.
pub fn tags(of: &str, tags: &Value) -> Value {
    let list: Vec<Value> = tags.as_object().unwrap().iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    set(&format!("ec2-describe-instances::Reservations[ReservationId=r-{of}]/Instances[InstanceId=i-{of}]/Tags"), json!(list))
}

/// A member of a security group.
fn of_group(id: &str, member: &str) -> String {
    format!("ec2-describe-security-groups::SecurityGroups[GroupId={id}]/{member}")
}

fn tcp(port: u16, cidrs: &[String]) -> Value {
    let ranges: Vec<Value> = cidrs.iter().map(|cidr| json!({"CidrIp": cidr})).collect();
    json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges, "UserIdGroupPairs": []})
}

/// An interface in the public subnet of the base `web`.
pub fn public_interface(id: &str, private: &str, public: &str, description: &str) -> Value {
    json!({"NetworkInterfaceId": id, "SubnetId": "subnet-public", "VpcId": "vpc-web", "AvailabilityZone": "us-east-1a",
        "Description": description, "Groups": [{"GroupId": "sg-web", "GroupName": "sg-web"}], "InterfaceType": "interface",
        "OwnerId": "111122223333", "PrivateIpAddress": private, "Status": "in-use", "SourceDestCheck": true,
        "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": private, "Association": {"PublicIp": public}}],
        "Attachment": {"AttachmentId": "ela-attach-1", "InstanceOwnerId": "amazon-aws", "Status": "attached"}})
}

/// A task of ECS with an interface of its own, in the base `web`.
pub const TASK: &str = "arn:aws:ecs:us-east-1:111122223333:task/c1/abc";

pub fn task() -> [Value; 2] {
    let details = json!([{"name": "subnetId", "value": "subnet-public"}, {"name": "networkInterfaceId", "value": "eni-task"},
        {"name": "privateIPv4Address", "value": "10.0.1.77"}]);
    let task = json!({"taskArn": TASK, "taskDefinitionArn": "arn:aws:ecs:us-east-1:111122223333:task-definition/app:1",
        "lastStatus": "RUNNING", "attachments": [{"type": "ElasticNetworkInterface", "details": details}]});
    let attachment = "arn:aws:ecs:us-east-1:111122223333:attachment/1";
    [
        set("ecs-describe-tasks/c1/abc::tasks", json!([task])),
        add("ec2-describe-network-interfaces::NetworkInterfaces", public_interface("eni-task", "10.0.1.77", "198.51.100.77", attachment)),
    ]
}

fn node<'m>(map: &'m [Value], local: &str) -> &'m Value {
    nodes(map).find(|node| node["local_id"] == local).unwrap_or_else(|| panic!("no {local}"))
}

/// The edge of a class between ends whose ids end so.
fn edge<'m>(map: &'m [Value], class: &str, source: &str, target: &str) -> Option<&'m Value> {
    let ends = |id: &Value, with: &str| id.as_str().is_some_and(|id| id.ends_with(with));
    let fits = |data: &&Value| data["class"] == class && ends(&data["source"], source) && ends(&data["target"], target);
    map.iter().map(|element| &element["data"]).find(fits)
}

/// For what an edge is; null without one.
fn ports(map: &[Value], class: &str, source: &str, target: &str) -> Value {
    edge(map, class, source, target).map_or(Value::Null, |edge| edge["ports"].clone())
}

fn of_class<'m>(map: &'m [Value], class: &str) -> Vec<&'m Value> {
    map.iter().map(|element| &element["data"]).filter(|data| data["class"] == class).collect()
}

fn notes(map: &[Value]) -> String {
    map[0]["data"]["notes"].to_string()
}

#[test]
fn a_group_is_public_when_a_member_is() {
    let fleet = json!({"aws:autoscaling:groupName": "fleet", "Role": "x"});
    let interface = "ec2-describe-network-interfaces::NetworkInterfaces[NetworkInterfaceId=eni-app]";
    let workspace = changed(
        "web",
        &[
            tags("web", &fleet),
            tags("app", &fleet),
            tags("db", &json!({"aws:autoscaling:groupName": "quiet", "Role": "y"})),
            // Beside the other one, and without a public address.
            set("ec2-describe-instances::Reservations[ReservationId=r-app]/Instances[InstanceId=i-app]/SubnetId", json!("subnet-public")),
            set(&format!("{interface}/SubnetId"), json!("subnet-public")),
            set(&format!("{interface}/PrivateIpAddress"), json!("10.0.1.11")),
            set(&format!("{interface}/PrivateIpAddresses"), json!([{"Primary": true, "PrivateIpAddress": "10.0.1.11"}])),
        ],
    );
    let ways: [(&[&str], &str, &str, &str); 2] = [
        (&[], "autoscaling", "fleet", "quiet"),
        (&["--no-collapse-asgs", "--collapse-by-tag", "Role"], "grouped_ec2", "grouped_ec2_x", "grouped_ec2_y"),
    ];
    for (args, kind, public, quiet) in ways {
        let map = map(&workspace, args);
        let group = node(&map, public);
        assert_eq!((&group["type"], &group["public"], &group["count"]), (&json!(kind), &json!(true), &json!(2)));
        assert_eq!(ports(&map, "public", "0.0.0.0/0", &format!("/{public}.subnet-public")), json!(["tcp/80", "tcp/443"]));
        assert!(node(&map, quiet)["public"].is_null() && node(&map, quiet)["unknown"].is_null());
    }
    let single = map(&workspace, &["--no-collapse-asgs"]);
    assert!(node(&single, "i-web")["public"] == true && node(&single, "i-app")["public"].is_null());
}

#[test]
fn a_group_with_the_name_of_a_load_balancer_is_none() {
    let front = json!({"aws:autoscaling:groupName": "front"});
    let map = map(&changed("alb", &[tags("l1", &front), tags("l2", &front)]), &[]);
    let of_kind = |kind: &str| nodes(&map).filter(|node| node["type"] == kind).cloned().collect::<Vec<_>>();
    let (groups, balancers) = (of_kind("autoscaling"), of_kind("elbv2"));
    assert!(groups.len() == 2 && groups.iter().all(|node| node["local_id"] == "front" && node["public"].is_null()));
    assert!(balancers.len() == 2 && balancers.iter().all(|node| node["public"] == true));
    assert_eq!(of_class(&map, "public").len(), 2);
    assert!(edge(&map, "public", "0.0.0.0/0", "/front/us-east-1.subnet-l-pub-a").is_some());
}

#[test]
fn tasks_and_clusters_are_reached() {
    let cluster = json!({"ClusterIdentifier": "dw", "Endpoint": {"Address": "dw.x.us-east-1.redshift.amazonaws.com", "Port": 443},
        "VpcId": "vpc-web", "PubliclyAccessible": true, "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-web", "Status": "active"}],
        "ClusterNodes": [{"NodeRole": "SHARED", "PrivateIPAddress": "10.0.1.78", "PublicIPAddress": "198.51.100.78"}]});
    let mut changes = task().to_vec();
    changes.extend([
        set("redshift-describe-clusters::Clusters", json!([cluster])),
        add(
            "ec2-describe-network-interfaces::NetworkInterfaces",
            public_interface("eni-dw", "10.0.1.78", "198.51.100.78", "RedshiftNetworkInterface"),
        ),
    ]);
    let map = map(&changed("web", &changes), &[]);
    for (local, id) in [(TASK, TASK), ("dw", "dw.x.us-east-1.redshift.amazonaws.com.subnet-public")] {
        assert_eq!(node(&map, local)["public"], true, "{local}");
        assert_eq!(ports(&map, "public", "0.0.0.0/0", id), json!(["tcp/80", "tcp/443"]));
    }
}

#[test]
fn databases_are_unknown_without_their_interfaces() {
    let public = "rds-describe-db-instances::DBInstances[DBInstanceIdentifier=orders]/PubliclyAccessible";
    for (flag, unknown) in [(true, json!(true)), (false, Value::Null)] {
        let denied = json!({"not_collected": "ec2-describe-network-interfaces"});
        let map = map(&changed("managed", &[set(public, json!(flag)), denied]), &[]);
        let orders = node(&map, "orders");
        assert_eq!((&orders["public"], &orders["unknown"]), (&Value::Null, &unknown), "{flag}");
    }
}

#[test]
fn narrow_rules_keep_their_node_and_ports() {
    let workspace = changed("web", &[]);
    assert_eq!(node(&map(&workspace, &[]), "203.0.113.0/24")["name"], "203.0.113.0/24");
    let config = json!({"accounts": [{"id": "111122223333", "name": "111122223333"}], "cidrs": {"203.0.113.0/24": {"name": "Office"}}});
    workspace.write("config.json", &config.to_string());
    let map = map(&workspace, &[]);
    assert_eq!((&node(&map, "203.0.113.0/24")["name"], &node(&map, "0.0.0.0/0")["name"]), (&json!("Office"), &json!("Public")));
    assert_eq!(ports(&map, "public", "203.0.113.0/24", "/i-web"), json!(["tcp/22"]));
    assert_eq!(ports(&map, "public", "0.0.0.0/0", "/i-web"), json!(["tcp/80", "tcp/443"]));
}

#[test]
fn many_networks_are_one_node_and_not_the_internet() {
    let drawn = |count: usize| {
        let partners: Vec<String> = (0..count).map(|number| format!("203.0.113.{}/32", number * 8)).collect();
        let rules = json!([tcp(22, &partners), tcp(443, &["0.0.0.0/0".to_owned()])]);
        (partners, map(&changed("web", &[set(&of_group("sg-web", "IpPermissions"), rules)]), &[]))
    };
    let (partners, many) = drawn(13);
    let node = nodes(&many).find(|node| node["type"] == "ip").unwrap();
    assert_eq!((&node["name"], &node["node_data"]), (&json!("13 networks"), &json!(partners)));
    assert_eq!(ports(&many, "public", node["id"].as_str().unwrap(), "/i-web"), json!(["tcp/22"]));
    assert_eq!(ports(&many, "public", "0.0.0.0/0", "/i-web"), json!(["tcp/443"]));
    assert_eq!(nodes(&drawn(12).1).filter(|node| node["type"] == "ip").count(), 12);
}

#[test]
fn prefix_lists_let_in() {
    let list = json!({"PrefixListId": "pl-1", "PrefixListName": "inside", "AddressFamily": "IPv4", "OwnerId": "111122223333"});
    let rule = json!([{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "PrefixListIds": [{"PrefixListId": "pl-1"}]}]);
    let changes = [
        add("ec2-describe-managed-prefix-lists::PrefixLists", list),
        set("ec2-get-managed-prefix-list-entries/pl-1::Entries", json!([{"Cidr": "10.0.2.0/24"}])),
        set(&of_group("sg-db", "IpPermissions"), rule),
    ];
    let map = map(&changed("web", &changes), &[]);
    assert_eq!(ports(&map, "allowed", "/i-app", "/i-db"), json!(["tcp/5432"]));
    assert_eq!(edge(&map, "allowed", "/i-app", "/i-db").unwrap()["rules"][0]["rule"], "tcp/5432 from pl-1 (inside)");
    assert!(edge(&map, "allowed", "/i-web", "/i-db").is_none(), "its address is not in the list");
}

#[test]
fn gateways_join_networks() {
    let peered = map(&changed("tgw", &[]), &[]);
    for (source, target) in
        [("/vpc-t1", "/tgw-1"), ("/vpc-t2", "/tgw-1"), ("/vpc-t3", "/tgw-1"), ("/vpc-t4", "/tgw-2"), ("/tgw-1", "/tgw-2")]
    {
        assert!(edge(&peered, "transit", source, target).is_some(), "{source} {target}");
    }
    assert_eq!(node(&peered, "tgw-2")["parent"], "arn:aws::eu-west-1:111122223333:");
    assert_eq!(ports(&peered, "allowed", "/i-t4", "/i-t1"), json!(["tcp/443"]), "by a rule for a network, through both gateways");
    let onprem = |changes: &[Value]| map(&changed("onprem", changes), &[]);
    let up = onprem(&[]);
    for (class, source, target) in [
        ("vpn", "/vpc-o", "/vgw-o"),
        ("vpn", "/vgw-o", "cgw-o"),
        ("transit", "/vpc-o2", "/tgw-o"),
        ("vpn", "/tgw-o", "cgw-t"),
        ("directconnect", "/tgw-o", "8384da05-13ce-4a91-aada-5a1baexample"),
    ] {
        assert!(edge(&up, class, source, target).is_some(), "{class} {source} {target}");
    }
    let telemetry = "ec2-describe-vpn-connections::VpnConnections[VpnConnectionId=vpn-o]/VgwTelemetry";
    let down = onprem(&[set(telemetry, json!([{"OutsideIpAddress": "198.51.100.62", "Status": "DOWN"}]))]);
    assert!(edge(&down, "vpn", "/vgw-o", "cgw-o").is_none() && edge(&down, "vpn", "/tgw-o", "cgw-t").is_some());
    let private = json!({"virtualInterfaceId": "dxvif-2", "virtualInterfaceType": "private", "virtualInterfaceState": "available",
        "virtualGatewayId": "vgw-o", "region": "us-east-1"});
    let direct = onprem(&[add("directconnect-describe-virtual-interfaces::virtualInterfaces", private)]);
    assert!(
        edge(&direct, "directconnect", "/vpc-o", "/vgw-o").is_some() && edge(&direct, "directconnect", "/vgw-o", "on-premises").is_some()
    );
}

#[test]
fn load_balancers_lead_to_their_targets() {
    let (web, target) = (json!({"aws:autoscaling:groupName": "web"}), "target");
    let rule = |map: &[Value], source: &str, to: &str| edge(map, target, source, to).unwrap()["rules"].clone();
    let alb = map(&changed("alb", &[tags("l1", &web), tags("l2", &web)]), &[]);
    assert_eq!(ports(&alb, target, ".subnet-l-pub-a", "/web.subnet-l-app-a"), json!(["tcp/8080"]));
    let said = json!([{"group": "tg-app", "direction": "forward", "rule": "HTTPS:443: tcp/8080 to i-l2 (healthy)"}]);
    assert_eq!(rule(&alb, ".subnet-l-pub-a", "/web.subnet-l-app-b"), said);
    let nlb = map(&changed("nlb", &[]), &[]);
    let mut all: Vec<Value> = ports(&nlb, target, ".subnet-n-pub-a", "/i-n1").as_array().unwrap().clone();
    all.sort_by_key(Value::to_string);
    assert_eq!(json!(all), json!(["tcp/443", "tcp/8443", "udp/53"]), "8443 by address, 53 of UDP");
    assert_eq!(ports(&nlb, target, ".subnet-n-pub-a", "/i-n2"), json!(["tcp/443"]));
    assert!(rule(&nlb, ".subnet-n-pub-a", "/i-n1").to_string().contains("TCP:8443: tcp/8443 to 10.12.11.10 (healthy)"));
    assert_eq!(ports(&map(&changed("gwlb", &[]), &[]), target, ".subnet-h", "/i-h"), json!(["udp/6081"]));
    let classic = map(&changed("classic", &[]), &[]);
    assert_eq!(ports(&classic, target, "/old/us-east-1.subnet-k-pub-a", "/i-k1"), json!(["tcp/443", "tcp/8080"]));
    assert_eq!(rule(&classic, ".subnet-k-pub-a", "/i-k1")[0]["rule"], "tcp/443, tcp/8080 to i-k1");
}

#[test]
fn edges_tell_their_rules_and_groups() {
    let workspace = changed("web", &[]);
    let told = map(&workspace, &[]);
    let office = edge(&told, "public", "203.0.113.0/24", "/i-web").unwrap();
    assert_eq!(office["rules"], json!([{"group": "sg-web", "direction": "ingress", "rule": "tcp/22 from 203.0.113.0/24"}]));
    let everybody = edge(&told, "public", "0.0.0.0/0", "/i-web").unwrap();
    let mut rules: Vec<&str> = everybody["rules"].as_array().unwrap().iter().map(|rule| rule["rule"].as_str().unwrap()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["tcp/443 from 0.0.0.0/0", "tcp/80 from 0.0.0.0/0"]);
    let group = &everybody["node_data"][0];
    assert_eq!((&group["GroupId"], group["IpPermissions"].as_array().unwrap().len()), (&json!("sg-web"), 3));
    assert_eq!(group["IpPermissions"][2]["IpRanges"], json!([{"CidrIp": "203.0.113.0/24"}]));
    assert_eq!(group["IpPermissionsEgress"][0]["IpProtocol"], "-1");
    let allowed = edge(&told, "allowed", "/i-app", "/i-db").unwrap();
    assert_eq!(allowed["node_data"][0]["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"], "sg-app");
    let bare = map(&workspace, &["--no-node-data"]);
    let bare = edge(&bare, "public", "0.0.0.0/0", "/i-web").unwrap();
    assert_eq!((&bare["rules"], &bare["node_data"]), (&everybody["rules"], &json!([])));
    let endpoint = map(&changed("endpoints", &[]), &[]);
    let route = json!([{"group": "rtb-e", "direction": "route", "rule": "com.amazonaws.us-east-1.s3 through vpce-s3"}]);
    assert_eq!(edge(&endpoint, "endpoint", "subnet/subnet-e", "/vpce-s3").unwrap()["rules"], route);
}

#[test]
fn what_does_not_get_there_is_not_drawn() {
    const NOTE: &str = "routes or network ACLs stop";
    let by_list = map(&changed("web", &[]), &[]);
    assert_eq!(ports(&by_list, "allowed", "/i-web", "/i-spare"), json!(["tcp/443"]), "the network ACL does not let 22 out");
    assert_eq!(ports(&by_list, "allowed", "/i-app", "/i-spare"), json!(["tcp/443", "tcp/22"]));
    assert!(notes(&by_list).contains(NOTE));
    let routes = "111122223333/us-east-1:ec2-describe-route-tables::RouteTables[RouteTableId=rtb-t1]/Routes";
    let by_route = map(&changed("tgw", &[json!({"remove": format!("{routes}[DestinationCidrBlock=10.0.0.0/8]")})]), &[]);
    assert!(edge(&by_route, "allowed", "/i-t1", "/i-t2").is_none(), "no way there");
    assert!(edge(&by_route, "allowed", "/i-t2", "/i-t1").is_none(), "no way back");
    assert_eq!(ports(&by_route, "allowed", "/i-t2", "/i-t3"), json!(["tcp/443"]));
    assert!(notes(&by_route).contains(NOTE));
    assert!(!notes(&map(&changed("nlb", &[]), &[])).contains(NOTE));
}

#[test]
fn who_sends_needs_a_rule_too() {
    let with = |egress: Value| map(&changed("web", &[set(&of_group("sg-app", "IpPermissionsEgress"), egress)]), &[]);
    let sent = |map: &[Value]| of_class(map, "allowed").iter().filter(|edge| edge["source"].as_str().unwrap().ends_with("/i-app")).count();
    let silent = with(json!([]));
    assert!(sent(&silent) == 0 && edge(&silent, "allowed", "/i-web", "/i-app").is_some());
    let to_group = json!([{"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 6000, "UserIdGroupPairs": [{"GroupId": "sg-db"}]}]);
    let narrow = with(to_group);
    assert_eq!((sent(&narrow), ports(&narrow, "allowed", "/i-app", "/i-db")), (1, json!(["tcp/5432"])));
    let to_network = with(json!([tcp(443, &["10.0.3.0/24".to_owned()])]));
    assert_eq!((sent(&to_network), ports(&to_network, "allowed", "/i-app", "/i-spare")), (1, json!(["tcp/443"])));
}

/// CloudMapper keeps what lets everybody in, where the internet cannot use it.
#[test]
fn without_internal_edges_what_is_open_to_everybody_stays() {
    let args = &["--no-internal-edges"];
    assert!(of_class(&map(&changed("web", &[]), args), "allowed").is_empty(), "those that are open to everybody are public");
    let open = map(&changed("web", &[add(&of_group("sg-db", "IpPermissions"), tcp(22, &["0.0.0.0/0".to_owned()]))]), args);
    let allowed = of_class(&open, "allowed");
    assert!(!allowed.is_empty() && allowed.iter().all(|edge| edge["target"].as_str().unwrap().ends_with("/i-db")));
    assert_eq!(ports(&open, "allowed", "/i-spare", "/i-db"), json!(["tcp/22"]));
    assert_eq!(ports(&open, "allowed", "/i-app", "/i-db"), json!(["tcp/22"]), "the rule for a group does not count");
}

#[test]
fn what_is_drawn_between_boxes_counts_in_full() {
    let function = |number: usize| {
        json!({"FunctionName": format!("w{number}"), "FunctionArn": format!("arn:aws:lambda:us-east-1:111122223333:function:w{number}"),
            "VpcConfig": {"VpcId": "vpc-z", "SubnetIds": ["subnet-z-a", "subnet-z-b"], "SecurityGroupIds": ["sg-worker"]}})
    };
    let functions: Vec<Value> = (0..2501).map(function).collect();
    let workspace = changed("managed", &[set("lambda-list-functions::Functions", json!(functions))]);
    let map = map(&workspace, &[]);
    assert_eq!(edge(&map, "allowed", "subnet/subnet-z-a", "subnet/subnet-z-b").unwrap()["count"], 2501);
    let all: u64 =
        map.iter().filter(|element| element["data"]["type"] == "edge").map(|edge| edge["data"]["count"].as_u64().unwrap_or(1)).sum();
    workspace.run(&["prepare", "--accounts", "all"]).says(0, &[&format!(" {all} connections")]);
}

#[test]
fn filters_that_fit_nothing_leave_the_map_alone() {
    let workspace = changed("web", &[]);
    map(&workspace, &[]);
    let before = workspace.read("web/data.json");
    let cases: [(&[&str], &str); 5] = [
        (&["--regions", "nowhere"], "fits --regions:"),
        (&["--vpc-ids", "nope"], "fits --vpc-ids:"),
        (&["--vpc-names", "nope"], "fits --vpc-names:"),
        (&["--tags", "Name=nope"], "fits --tags:"),
        (&["--regions", "us", "--tags", "Name=nope"], "fits --regions and --tags:"),
    ];
    for (args, option) in cases {
        workspace.run(&[&["prepare", "--accounts", "all"], args].concat()).says(2, &[option]);
        assert_eq!(workspace.read("web/data.json"), before);
    }
}

/// Each resource has networks of its own: one node stands for all of them, and keeps the ports and rules of each.
#[test]
fn very_many_networks_are_one_node() {
    let networks: Vec<String> = (0..70).map(|number| format!("203.0.{}.0/24", number * 2)).collect();
    let rules: Vec<Value> = networks.chunks(12).enumerate().map(|(port, some)| tcp(100 + port as u16, some)).collect();
    let open = json!([{"Egress": false, "RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
        {"Egress": true, "RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}]);
    let acl = set("ec2-describe-network-acls::NetworkAcls[NetworkAclId=acl-web]/Entries", open);
    let with = |rules: &[Value]| map(&changed("web", &[set(&of_group("sg-web", "IpPermissions"), json!(rules)), acl.clone()]), &[]);
    assert_eq!(nodes(&with(&rules[..5])).filter(|node| node["type"] == "ip").count(), 60);
    let many = with(&rules);
    let outside: Vec<&Value> = nodes(&many).filter(|node| node["type"] == "ip").collect();
    assert_eq!(outside.len(), 1, "{outside:?}");
    assert_eq!((&outside[0]["name"], outside[0]["node_data"].as_array().unwrap().len()), (&json!("70 networks"), 70));
    let edge = edge(&many, "public", "networks", "/i-web").unwrap();
    assert_eq!((edge["ports"].as_array().unwrap().len(), edge["rules"].as_array().unwrap().len()), (6, 70));
}

#[test]
fn subnets_are_public_by_their_default_route() {
    let map = map(&changed("web", &[]), &[]);
    let public: Vec<&str> = nodes(&map)
        .filter(|node| node["type"] == "subnet" && node["public"] == true)
        .map(|node| node["local_id"].as_str().unwrap())
        .collect();
    assert!(public.contains(&"subnet-public") && !public.contains(&"subnet-private"), "{public:?}");
}
