//! `prepare`: the map's data.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::network::{base, write};
use crate::support::Workspace;

/// A workspace with the snapshot of a network of `tests/network/bases`.
fn of(name: &str) -> Workspace {
    let workspace = Workspace::new();
    write(workspace.path(), &base(name));
    workspace
}

pub fn map(workspace: &Workspace, args: &[&str]) -> Vec<Value> {
    workspace.run(&[&["prepare", "--accounts", "all"], args].concat()).says(0, &["map written to web/data.json"]);
    serde_json::from_str(&workspace.read("web/data.json")).unwrap()
}

pub fn nodes(map: &[Value]) -> impl Iterator<Item = &Value> {
    map.iter().map(|element| &element["data"]).filter(|data| !data["source"].is_string() && data["type"] != "meta")
}

fn edges(map: &[Value]) -> Vec<(String, String, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().rsplit('/').next().unwrap().to_owned();
    let edges = map.iter().map(|element| &element["data"]).filter(|data| data["source"].is_string());
    edges
        .map(|edge| {
            let ports = edge["ports"].as_array().into_iter().flatten().map(|port| port.as_str().unwrap().to_owned()).collect();
            (text(&edge["source"]), text(&edge["target"]), text(&edge["class"]), ports)
        })
        .collect()
}

#[test]
fn nodes_are_of_cloudmappers_form() {
    let map = map(&of("alb"), &[]);
    assert_eq!(map[0]["data"]["id"], "cloudmapper:meta");
    let mut kinds = BTreeMap::<&str, usize>::new();
    for node in nodes(&map) {
        for key in ["id", "name", "type", "local_id"] {
            assert!(node[key].is_string(), "{key} of {node}");
        }
        assert!(!node["node_data"].is_null());
        assert_eq!(node["parent"].is_null(), ["account", "cloud", "ip"].contains(&node["type"].as_str().unwrap()), "{node}");
        *kinds.entry(node["type"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(json!(kinds), json!({"account": 1, "region": 1, "vpc": 1, "az": 2, "subnet": 4, "ec2": 3, "elbv2": 2, "cloud": 1}));
    for element in map.iter().filter(|element| element["data"]["type"] == "edge") {
        assert!(element["data"]["node_data"].is_array());
    }
    assert!(nodes(&map).any(|node| node["id"] == "arn:aws:ec2:us-east-1:111122223333:instance/i-l1"));
}

#[test]
fn who_may_talk_to_whom() {
    let edges = edges(&map(&of("alb"), &[]));
    let has = |source: &str, target: &str, class: &str, port: &str| {
        edges.iter().any(|(from, to, kind, ports)| {
            from.starts_with(source) && to.starts_with(target) && kind == class && ports.iter().any(|own| own == port)
        })
    };
    assert!(has("0", "us-east-1.subnet-l-pub-a", "public", "tcp/443"), "the internet reaches the load balancer: {edges:?}");
    assert!(has("us-east-1.subnet-l-pub-a", "i-l1", "target", "tcp/8080"), "{edges:?}");
    assert!(has("us-east-1.subnet-l-pub-a", "i-l1", "allowed", "tcp/8080"), "by the rule for the load balancer's group: {edges:?}");
    assert!(!edges.iter().any(|(from, to, ..)| from == "0" && to.starts_with("i-l")), "no instance is reached by itself");
}

/// Boxes hold what is in them, and do not overlap.
#[test]
fn everything_has_its_place() {
    let map = map(&of("tgw"), &[]);
    let mut placed = BTreeMap::new();
    for element in map.iter().filter(|element| element["position"].is_object()) {
        let data = &element["data"];
        let number = |value: &Value| value.as_f64().unwrap();
        let (x, y) = (number(&element["position"]["x"]), number(&element["position"]["y"]));
        let (w, h) = (data["w"].as_f64().unwrap_or(48.0), data["h"].as_f64().unwrap_or(48.0));
        let parent = data["parent"].as_str().unwrap_or_default();
        placed.insert(data["id"].as_str().unwrap(), (parent, [x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0]));
    }
    assert!(placed.len() > 20);
    for (id, (parent, own)) in &placed {
        if let Some((_, outer)) = placed.get(parent) {
            assert!(
                own[0] >= outer[0] - 0.2 && own[1] >= outer[1] - 0.2 && own[2] <= outer[2] + 0.2 && own[3] <= outer[3] + 0.2,
                "{id} leaves {parent}: {own:?} {outer:?}"
            );
        }
        for (other, (_, second)) in placed.iter().filter(|(other, (of, _))| other > &id && of == parent) {
            let apart = own[2] <= second[0] || second[2] <= own[0] || own[3] <= second[1] || second[3] <= own[1];
            assert!(apart, "{id} and {other} overlap: {own:?} {second:?}");
        }
    }
}

#[test]
fn options_choose() {
    let workspace = of("peered");
    let count = |args: &[&str], kind: &str| nodes(&map(&workspace, args)).filter(|node| node["type"] == kind).count();
    assert_eq!(count(&[], "account"), 2);
    assert!(count(&[], "az") > 0 && count(&["--no-azs"], "az") == 0);
    assert_eq!(count(&["--regions", "eu-west-1"], "region"), 1);
    assert_eq!(count(&["--vpc-ids", "vpc-a"], "vpc"), 1);
    assert_eq!(count(&["--tags", "Name=a"], "ec2"), 1);
    assert_eq!(count(&["--tags", "Name=a", "--tags", "Name=b"], "ec2"), 2);
    assert!(!edges(&map(&workspace, &["--no-internal-edges"])).iter().any(|(.., class, _)| class == "allowed"));
    assert!(edges(&map(&workspace, &[])).iter().any(|(from, to, class, _)| from == "vpc-a" && to == "vpc-b" && class == "peering"));
    assert!(nodes(&map(&workspace, &["--no-node-data"])).filter(|node| node["type"] == "ec2").all(|node| node["node_data"] == json!({})));
    workspace.run(&["prepare", "--accounts", "all", "--tags", "Name"]).says(2, &["`Name` is no tag"]);
}

#[test]
fn the_same_snapshot_is_the_same_map() {
    let workspace = of("web");
    let once = map(&workspace, &[]);
    let bytes = workspace.read("web/data.json");
    assert_eq!(once, map(&workspace, &[]));
    assert_eq!(bytes, workspace.read("web/data.json"));
}

/// The picture is XML that loads nothing, holds no text as markup, and is the same every time.
#[test]
fn a_picture_without_a_browser() {
    let workspace = Workspace::new();
    let mut network = base("alb");
    let answers = network.values_mut().find_map(|calls| calls.get_mut("ec2-describe-instances")?.as_mut()).unwrap();
    answers["Reservations"][0]["Instances"][0]["Tags"] = json!([{"Key": "Name", "Value": "</text><script>alert(1)</script>\u{1b}[31m"}]);
    write(workspace.path(), &network);
    map(&workspace, &["--svg", "map.svg"]);
    let picture = workspace.read("map.svg");
    assert!(!picture.contains("<script") && !picture.contains('\u{1b}') && picture.contains("&#60;/text&#62;&#60;script"), "{picture}");
    let mut reader = quick_xml::Reader::from_str(&picture);
    let (mut uses, mut lines) = (0, 0);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == "use" => uses += 1,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "path" => lines += 1,
            _ => {}
        }
    }
    assert_eq!(uses, 6, "3 instances, 2 nodes of a load balancer, the internet");
    assert!(lines > 4);
    assert!(!picture.contains("http://") || picture.matches("http://").count() == picture.matches("http://www.w3.org/2000/svg").count());
    map(&workspace, &["--svg", "again.svg"]);
    assert_eq!(picture, workspace.read("again.svg"));
}
