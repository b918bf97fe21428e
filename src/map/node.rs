//! Nodes and edges, and how they are written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

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
    /// The security groups as AWS describes them: CloudMapper's form.
    pub data: Vec<Value>,
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
    node_data: &'a [Value],
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

impl Serialize for Edge {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = EdgeData {
            source: &self.source,
            target: &self.target,
            kind: "edge",
            class: self.class,
            label: self.ports.join(", "),
            ports: &self.ports,
            rules: &self.rules,
            node_data: &self.data,
            count: (self.count > 1).then_some(self.count),
        };
        Element { data, position: None, _of: std::marker::PhantomData }.serialize(serializer)
    }
}
