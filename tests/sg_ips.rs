//! `sg_ips`: what is listed and what is left out, without a location database and with one made here.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::stored::write;

/// An account with a group that lets all kinds of networks in.
fn workspace(permission: Value) -> Workspace {
    let workspace = Workspace::new();
    let files = json!({
        "us-east-1/ec2-describe-security-groups.json": {"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "Description": "d",
            "VpcId": "vpc-1", "OwnerId": "111122223333", "IpPermissions": [permission], "IpPermissionsEgress": [
                {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "198.51.100.77/32"}]}]}]},
        "us-east-1/ec2-describe-managed-prefix-lists.json": {"PrefixLists": [
            {"PrefixListId": "pl-own", "OwnerId": "111122223333"}, {"PrefixListId": "pl-aws", "OwnerId": "AWS"}]},
        "us-east-1/ec2-get-managed-prefix-list-entries/pl-own": {"Entries": [{"Cidr": "203.0.113.128/25", "Description": "office"}]},
    });
    write(workspace.path(), "demo", "aws", files.as_object().unwrap(), &[]);
    workspace
}

fn ranges(cidrs: &[&str]) -> Value {
    let (v6, v4): (Vec<&str>, Vec<&str>) = cidrs.iter().copied().partition(|cidr| cidr.contains(':'));
    let v4: Vec<Value> = v4.iter().map(|cidr| json!({"CidrIp": cidr, "Description": "of us"})).collect();
    let v6: Vec<Value> = v6.iter().map(|cidr| json!({"CidrIpv6": cidr})).collect();
    json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": v4, "Ipv6Ranges": v6})
}

fn listed(workspace: &Workspace, more: &[&str]) -> Vec<Value> {
    let ran = workspace.run(&[&["sg_ips", "--account", "demo", "--format", "json"][..], more].concat());
    ran.says(0, &[]);
    serde_json::from_str(&ran.out).unwrap()
}

fn cidrs(listed: &[Value]) -> Vec<&str> {
    listed.iter().map(|row| row["cidr"].as_str().unwrap()).collect()
}

#[test]
fn what_is_outside_is_listed() {
    let workspace = workspace(ranges(&[
        "203.0.113.7/32",
        "9.0.0.0/24",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "0.0.0.0/0",
        "::/0",
        "2001:db8:1::/48",
        "fd00::/8",
    ]));
    let listed = listed(&workspace, &[]);
    assert_eq!(cidrs(&listed), ["9.0.0.0/24", "203.0.113.7/32", "2001:db8:1::/48"]);
    let first = &listed[0];
    assert_eq!((&first["descriptions"], &first["accounts"]), (&json!(["of us"]), &json!(["demo"])));
    assert_eq!(first["groups"], json!([{"account": "demo", "region": "us-east-1", "id": "sg-1", "name": "web", "ports": ["tcp/443"]}]));
    assert_eq!((&first["country"], &first["latitude"], &first["isp"]), (&Value::Null, &Value::Null, &Value::Null));
    let ran = workspace.run(&["sg_ips", "--account", "demo"]);
    ran.says(0, &["no location database", "--mmdb", "9.0.0.0/24         of us\n"]);
    assert!(!ran.out.contains("198.51.100.77"), "{}", ran.out);
}

#[test]
fn odd_networks_are_said() {
    let workspace = workspace(ranges(&["0.0.0.0/5", "nonsense", "9.0.0.0/16", "9.0.0.0/24", "9.0.0.7/32", "2001:db8::/32"]));
    let ran = workspace.run(&["sg_ips", "--account", "demo"]);
    let notes = ["`0.0.0.0/5` is an odd way", "`nonsense` is no network", "`9.0.0.0/16` is large", "`2001:db8::/32` is large"];
    ran.says(0, &notes);
    ran.says(0, &["`9.0.0.0/24` is in `9.0.0.0/16`", "`9.0.0.7/32` is in `9.0.0.0/16`"]);
    assert!(!ran.out.contains("0.0.0.0/5") && !ran.out.contains("nonsense"), "{}", ran.out);
}

#[test]
fn what_is_odd_in_many_groups_is_said_once() {
    let workspace = Workspace::new();
    let group = |number: usize| json!({"GroupId": format!("sg-{number}"), "GroupName": "g", "IpPermissions": [ranges(&["9.0.0.0/16"])]});
    let groups: Vec<Value> = (10..30).map(group).collect();
    let files = json!({"us-east-1/ec2-describe-security-groups.json": {"SecurityGroups": groups}});
    write(workspace.path(), "demo", "aws", files.as_object().unwrap(), &[]);
    let ran = workspace.run(&["sg_ips", "--account", "demo"]);
    ran.says(0, &["`9.0.0.0/16` is large (20 times: demo, us-east-1, sg-10; ", " and 17 more)"]);
    assert_eq!(ran.err.matches("is large").count(), 1, "{}", ran.err);
}

#[test]
fn prefix_lists_count() {
    let lists = json!([{"PrefixListId": "pl-own", "Description": "vpn"}, {"PrefixListId": "pl-aws"}, {"PrefixListId": "pl-gone"}]);
    let workspace = workspace(json!({"IpProtocol": "-1", "PrefixListIds": lists}));
    let found = listed(&workspace, &[]);
    assert_eq!(cidrs(&found), ["203.0.113.128/25"]);
    assert_eq!(found[0]["descriptions"], json!(["office", "vpn"]));
    let ran = workspace.run(&["sg_ips", "--account", "demo"]);
    ran.says(0, &["ec2-get-managed-prefix-list-entries of pl-gone"]);
    assert!(!ran.err.contains("pl-aws"), "{}", ran.err);
}

#[test]
fn what_was_not_collected_is_said() {
    let workspace = Workspace::new();
    write(workspace.path(), "demo", "aws", &serde_json::Map::new(), &["ec2-describe-security-groups".to_owned()]);
    workspace.run(&["sg_ips", "--account", "demo"]).says(0, &["ec2-describe-security-groups", "us-east-1", "AccessDenied"]);
}

#[test]
fn databases_that_are_none() {
    let workspace = workspace(ranges(&["9.0.0.0/24"]));
    workspace.write("odd.mmdb", "this is no database");
    workspace.run(&["sg_ips", "--account", "demo", "--mmdb", "odd.mmdb"]).says(2, &["`odd.mmdb`", "MaxMind"]);
    workspace.run(&["sg_ips", "--account", "demo", "--mmdb", "none.mmdb"]).says(2, &["`none.mmdb`"]);
    workspace.run(&["sg_ips", "--account", "demo", "--map"]).says(2, &["a map needs places", "--mmdb"]);
    database(&workspace.path().join("other.mmdb"), "Test-Domain", &[]);
    workspace.run(&["sg_ips", "--account", "demo", "--mmdb", "other.mmdb"]).says(2, &["`other.mmdb`", "`Test-Domain`"]);
    database(&workspace.path().join("asn.mmdb"), "GeoLite2-ASN", &[]);
    workspace.run(&["sg_ips", "--account", "demo", "--mmdb", "asn.mmdb", "--map", "m.svg"]).says(2, &["a map needs places"]);
}

#[test]
fn places_and_owners_are_shown() {
    let workspace = workspace(ranges(&["9.0.0.0/23", "9.0.0.0/24", "9.0.1.0/24", "77.0.0.0/24"]));
    let city = |name: &str, latitude: f64| {
        let names = |name: &str| map(&[("names", map(&[("en", text(name))]))]);
        let country = map(&[("iso_code", text("US")), ("names", map(&[("en", text("United States"))]))]);
        let subdivisions = array(&[map(&[("iso_code", text("CA"))])]);
        let location = map(&[("latitude", double(latitude)), ("longitude", double(-120.0))]);
        map(&[("city", names(name)), ("country", country), ("subdivisions", subdivisions), ("location", location)])
    };
    let cities = [([9, 0, 0], city("Aville", 40.0)), ([9, 0, 1], city("B</title><script>", 41.0))];
    database(&workspace.path().join("city.mmdb"), "DBIP-City-Lite", &cities);
    let owner = map(&[("autonomous_system_number", uint(6, 64_500)), ("autonomous_system_organization", text("Example, Inc."))]);
    database(&workspace.path().join("asn.mmdb"), "GeoLite2-ASN", &[([9, 0, 0], owner)]);
    let own = ["--mmdb", "city.mmdb", "--mmdb", "asn.mmdb", "--map", "map.svg"];
    let found = listed(&workspace, &own);
    // By country, state and city; what is not known comes first.
    assert_eq!(cidrs(&found), ["77.0.0.0/24", "9.0.0.0/23", "9.0.0.0/24", "9.0.1.0/24"]);
    assert_eq!((&found[1]["mixed"], &found[2]["mixed"]), (&json!(true), &json!(false)));
    assert_eq!((&found[2]["city"], &found[2]["subdivision"], &found[2]["country_code"]), (&json!("Aville"), &json!("CA"), &json!("US")));
    assert_eq!((&found[2]["isp"], &found[2]["asn"]), (&json!("Example, Inc."), &json!(64_500)));
    assert_eq!((&found[0]["city"], &found[3]["isp"]), (&Value::Null, &Value::Null));
    let ran = workspace.run(&[&["sg_ips", "--account", "demo"][..], &own].concat());
    ran.says(0, &["Aville, CA, US (and others)", "Unknown", "1 of 4 networks are not on the map", "map written to map.svg"]);
    assert!(ran.out.contains(" Example\n") && !ran.out.contains("Inc."), "{}", ran.out);
    let svg = workspace.read("map.svg");
    assert_eq!(svg.matches("<circle").count(), 2);
    assert!(svg.contains("IP Geolocation by DB-IP") && svg.contains("cx=\"300.0\" cy=\"250.0\"") && svg.contains("9.0.0.0/23"), "{svg}");
    assert!(!svg.contains("<script"), "{svg}");
    let ran = workspace.run(&[&["sg_ips", "--account", "demo", "--format", "csv"][..], &own].concat());
    ran.says(0, &["9.0.0.0/24,of us,\"Aville, CA, United States\",\"Example, Inc.\",64500,demo,sg-1,tcp/443"]);
}

// What follows writes a database: <https://maxmind.github.io/MaxMind-DB/>.

fn head(kind: u8, size: usize) -> Vec<u8> {
    let (size, more) = if size < 29 { (size as u8, None) } else { (29, Some(u8::try_from(size - 29).unwrap())) };
    let mut bytes = if kind > 7 { vec![size, kind - 7] } else { vec![(kind << 5) | size] };
    bytes.extend(more);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    [head(2, text.len()), text.as_bytes().to_vec()].concat()
}

fn double(number: f64) -> Vec<u8> {
    [head(3, 8), number.to_be_bytes().to_vec()].concat()
}

/// Of 16 bits (5), 32 (6) or 64 (9).
fn uint(kind: u8, number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let used = bytes.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<u8>>();
    [head(kind, used.len()), used].concat()
}

fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let members = members.iter().flat_map(|(name, value)| [text(name), value.clone()]);
    std::iter::once(head(7, members.clone().count() / 2)).chain(members).collect::<Vec<_>>().concat()
}

fn array(items: &[Vec<u8>]) -> Vec<u8> {
    std::iter::once(head(11, items.len())).chain(items.iter().cloned()).collect::<Vec<_>>().concat()
}

/// A database of records for networks of 256 addresses.
fn database(path: &Path, kind: &str, records: &[([u8; 3], Vec<u8>)]) {
    const NONE: u32 = u32::MAX;
    let mut nodes: Vec<[u32; 2]> = vec![[NONE; 2]];
    let mut ends = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    for (network, record) in records {
        let bits: Vec<usize> = network.iter().flat_map(|byte| (0..8).rev().map(move |bit| usize::from((byte >> bit) & 1))).collect();
        let (last, way) = bits.split_last().unwrap();
        let mut node = 0;
        for bit in way {
            if nodes[node][*bit] == NONE {
                nodes[node][*bit] = u32::try_from(nodes.len()).unwrap();
                nodes.push([NONE; 2]);
            }
            node = nodes[node][*bit] as usize;
        }
        ends.push((node, *last, data.len()));
        data.extend(record);
    }
    let count = u32::try_from(nodes.len()).unwrap();
    for (node, bit, at) in ends {
        nodes[node][bit] = count + 16 + u32::try_from(at).unwrap();
    }
    let mut file: Vec<u8> = Vec::new();
    for record in nodes.concat() {
        let record = if record == NONE { count } else { record };
        file.extend(&record.to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    file.extend(map(&[
        ("binary_format_major_version", uint(5, 2)),
        ("binary_format_minor_version", uint(5, 0)),
        ("build_epoch", uint(9, 1_790_000_000)),
        ("database_type", text(kind)),
        ("description", map(&[("en", text("for tests"))])),
        ("ip_version", uint(5, 4)),
        ("languages", array(&[text("en")])),
        ("node_count", uint(6, count.into())),
        ("record_size", uint(5, 24)),
    ]));
    std::fs::write(path, file).unwrap();
}
