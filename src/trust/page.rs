//! The web as files: CloudMapper's `data.json`, and `trust.json`, which the page reads.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::Access;
use super::model::{Dangling, Edge, Gap, Kind, Node, Reason, Web};

/// The form of `trust.json`.
const FORMAT: &str = "cloudmapper-trust/1";

/// What of a web is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// Only networks: VPC peering, Direct Connect, and whatever else lets packets pass.
    pub network_only: bool,
    /// Only administrators.
    pub admin_only: bool,
    /// The accounts of AWS's services too.
    pub aws: bool,
}

impl Shown {
    fn only(self) -> Option<&'static str> {
        match (self.admin_only, self.network_only) {
            (true, _) => Some("admin"),
            (_, true) => Some("network"),
            _ => None,
        }
    }

    /// Leaves out what is not to be shown, and whoever is left without edges, save scanned accounts.
    pub fn keep(self, web: &mut Web) {
        let aws: BTreeSet<String> =
            web.nodes.iter().filter(|node| node.kind == Kind::Aws && !self.aws).map(|node| node.id.clone()).collect();
        web.edges.retain(|edge| {
            let wanted = (!self.network_only || edge.access.is_network()) && (!self.admin_only || edge.access == Access::Admin);
            wanted && !aws.contains(&edge.from) && !aws.contains(&edge.to)
        });
        (web.shown, web.hidden) = (self, aws.len());
        let left: BTreeSet<&str> = web.edges.iter().flat_map(|edge| [edge.from.as_str(), edge.to.as_str()]).collect();
        web.nodes.retain(|node| node.kind == Kind::Scanned || left.contains(node.id.as_str()));
        let mut used: BTreeSet<String> = web.nodes.iter().filter_map(|node| node.group.clone()).collect();
        for group in web.groups.iter().rev() {
            if used.contains(&group.id) {
                used.extend(group.parent.clone());
            }
        }
        web.groups.retain(|group| used.contains(&group.id));
    }
}

/// As wide as its name, by CloudMapper's measure.
fn weight(name: &str) -> usize {
    10 * name.chars().count()
}

fn node(node: &Node) -> serde_json::Map<String, Value> {
    let mut data = serde_json::Map::new();
    data.insert("id".to_owned(), json!(node.id));
    data.insert("name".to_owned(), json!(node.name));
    data.insert("type".to_owned(), json!(node.class));
    data.insert("weight".to_owned(), json!(weight(&node.name)));
    if let Some(group) = &node.group {
        data.insert("parent".to_owned(), json!(group));
    }
    data
}

fn places(web: &Web, more: impl Fn(&Node, &mut serde_json::Map<String, Value>), kind: bool) -> Vec<Value> {
    let mut all = Vec::new();
    for group in &web.groups {
        let mut data = json!({"id": group.id, "name": group.name, "type": "account_grouping", "weight": weight(&group.name)});
        if let Some(object) = data.as_object_mut() {
            object.extend(group.parent.iter().map(|parent| ("parent".to_owned(), json!(parent))));
            object.extend(kind.then(|| ("kind".to_owned(), json!("group"))));
        }
        all.push(json!({ "data": data }));
    }
    for one in &web.nodes {
        let mut data = node(one);
        more(one, &mut data);
        all.push(json!({ "data": data }));
    }
    all
}

/// CloudMapper's form; edges that others of the same pair make needless are left out.
#[must_use]
pub fn cloudmapper_data(web: &Web) -> Value {
    let mut all = places(web, |_, _| {}, false);
    let shown = web.visible();
    all.extend(shown.map(|edge| json!({"data": {"source": edge.from, "target": edge.to, "type": "edge"}, "classes": edge.access.word()})));
    Value::Array(all)
}

/// `trust.json`.
#[derive(Serialize)]
struct PageData<'a> {
    format: &'static str,
    about: About<'a>,
    elements: Vec<Element<'a>>,
}

#[derive(Serialize)]
struct About<'a> {
    accounts: Vec<String>,
    made: &'static str,
    gaps: &'a BTreeSet<Gap>,
    dangling: &'a BTreeSet<Dangling>,
    everybody: &'a BTreeMap<String, BTreeSet<String>>,
    /// What alone is shown: `admin` or `network`.
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<&'static str>,
    /// So many accounts of AWS's services are left out.
    hidden: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Element<'a> {
    Place(Value),
    Edge { data: EdgeData<'a>, classes: &'static str },
}

#[derive(Serialize)]
struct EdgeData<'a> {
    id: String,
    source: &'a str,
    target: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    access: Access,
    certain: bool,
    services: BTreeSet<&'a str>,
    reasons: &'a [Reason],
}

/// What the page reads: all edges, with all reasons.
#[must_use]
pub fn page_data(web: &Web) -> impl Serialize + '_ {
    let more = |node: &Node, data: &mut serde_json::Map<String, Value>| {
        data.insert("kind".to_owned(), json!(node.kind));
        match node.source.as_slice() {
            [] => {}
            [only] => drop(data.insert("source".to_owned(), json!(only))),
            many => drop(data.insert("source".to_owned(), json!(many))),
        }
        if let Some(logo) = &node.logo {
            data.insert("logo".to_owned(), json!(logo));
        }
        if node.ours {
            data.insert("ours".to_owned(), json!(true));
        }
        if !node.tags.is_empty() {
            data.insert("tags".to_owned(), json!(node.tags));
        }
    };
    let places = places(web, more, true).into_iter().map(Element::Place);
    let scanned = web.nodes.iter().filter(|node| node.kind == Kind::Scanned).map(|node| format!("{} ({})", node.name, node.id));
    PageData {
        format: FORMAT,
        about: About {
            accounts: scanned.collect(),
            made: env!("CARGO_PKG_VERSION"),
            gaps: &web.gaps,
            dangling: &web.dangling,
            everybody: &web.everybody,
            only: web.shown.only(),
            hidden: web.hidden,
        },
        elements: places.chain(web.edges.iter().enumerate().map(|(at, one)| edge(at, one))).collect(),
    }
}

fn edge(at: usize, edge: &Edge) -> Element<'_> {
    let data = EdgeData {
        id: format!("e{}", at + 1),
        source: &edge.from,
        target: &edge.to,
        kind: "edge",
        access: edge.access,
        certain: edge.is_certain(),
        services: edge.services(),
        reasons: &edge.reasons,
    };
    Element::Edge { data, classes: edge.access.word() }
}
