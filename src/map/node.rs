//! Nodes and edges, and how they are written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Map;

/// A box or what is in one.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Its ARN, in CloudMapper's form.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// `vpc`, `ec2`, `cloud`…
    pub kind: String,
    /// AWS's own id.
    pub local: String,
    /// The box that it is in.
    pub parent: Option<String>,
    /// What AWS says of it.
    pub data: Value,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The internet reaches it.
    pub public: bool,
    /// Whether the internet reaches it is not known.
    pub unknown: bool,
    /// For how many it stands.
    pub count: usize,
    /// It holds others.
    pub is_box: bool,
    /// The centre.
    pub at: (f64, f64),
    /// Width and height of a box; of others, the size of the icon.
    pub size: (f64, f64),
}

/// Who may talk to whom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edge {
    /// From this node.
    pub source: String,
    /// To that.
    pub target: String,
    /// `allowed`, `public`, `target`, `peering`…
    pub class: &'static str,
    /// For these: `tcp/443`.
    pub ports: Vec<String>,
    /// The rules that allow it.
    pub rules: Vec<Rule>,
    /// The ids of the security groups.
    pub groups: Vec<String>,
    /// For how many it stands.
    pub count: usize,
}

/// A rule of a security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The group.
    pub group: String,
    /// `ingress` or `egress`.
    pub direction: &'static str,
    /// In words.
    pub rule: String,
}

#[derive(Serialize)]
struct Element<'a, T: Serialize> {
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(skip)]
    _of: std::marker::PhantomData<&'a ()>,
}

#[derive(Serialize)]
struct Position {
    x: f64,
    y: f64,
}

#[derive(Serialize)]
struct NodeData<'a> {
    id: &'a str,
    name: String,
    #[serde(rename = "type")]
    kind: &'a str,
    local_id: &'a str,
    node_data: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    public: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unknown: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    w: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    h: Option<f64>,
}

#[derive(Serialize)]
struct EdgeData<'a> {
    source: &'a str,
    target: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    class: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    label: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    ports: &'a [String],
    #[serde(skip_serializing_if = "<[Rule]>::is_empty")]
    rules: &'a [Rule],
    node_data: Vec<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

/// Long names are cut as CloudMapper cuts them.
fn short(name: &str) -> String {
    if name.chars().count() <= 40 { name.to_owned() } else { name.chars().take(39).chain("..".chars()).collect() }
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

impl Serialize for Node {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sized = self.is_box || self.parent.is_none();
        let data = NodeData {
            id: &self.id,
            name: short(&self.name),
            kind: &self.kind,
            local_id: &self.local,
            node_data: &self.data,
            parent: self.parent.as_deref(),
            public: self.public,
            unknown: self.unknown,
            count: (self.count > 1).then_some(self.count),
            tags: &self.tags,
            w: sized.then(|| rounded(self.size.0)),
            h: sized.then(|| rounded(self.size.1)),
        };
        let position = Some(Position { x: rounded(self.at.0), y: rounded(self.at.1) });
        Element { data, position, _of: std::marker::PhantomData }.serialize(serializer)
    }
}

/// An edge with the groups that it names.
struct Drawn<'a> {
    edge: &'a Edge,
    groups: &'a BTreeMap<String, Value>,
}

impl Serialize for Drawn<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let edge = self.edge;
        let data = EdgeData {
            source: &edge.source,
            target: &edge.target,
            kind: "edge",
            class: edge.class,
            label: edge.ports.join(", "),
            ports: &edge.ports,
            rules: &edge.rules,
            node_data: edge.groups.iter().filter_map(|id| self.groups.get(id)).collect(),
            count: (edge.count > 1).then_some(edge.count),
        };
        Element { data, position: None, _of: std::marker::PhantomData }.serialize(serializer)
    }
}

/// What a file holds, one after another.
#[derive(Serialize)]
#[serde(untagged)]
enum Part<'a> {
    Meta(&'a Value),
    Node(&'a Node),
    Edge(Drawn<'a>),
}

/// The elements of a map's file, what it says of itself first.
pub struct Elements<'a> {
    /// That.
    pub meta: &'a Value,
    /// The map.
    pub map: &'a Map,
}

impl Serialize for Elements<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let meta = std::iter::once(Part::Meta(self.meta));
        let nodes = self.map.nodes.iter().map(Part::Node);
        let edges = self.map.edges.iter().map(|edge| Part::Edge(Drawn { edge, groups: &self.map.groups }));
        serializer.collect_seq(meta.chain(nodes).chain(edges))
    }
}
