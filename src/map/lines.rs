//! Which lines a picture of the map has: all connections, or with too many of them, those between boxes.

use std::collections::{BTreeMap, HashMap};

use super::Map;
use super::node::{Edge, Node};

/// A picture with more lines than this shows nothing.
const MOST: usize = 120;
/// With more lines than this, ports are told by pointing at a line.
const LABELLED: usize = 60;
const KINDS: [&str; 5] = ["subnet", "az", "vpc", "region", "account"];

/// A line.
pub(super) struct Line {
    pub(super) class: &'static str,
    /// `M … Q …`
    pub(super) path: String,
    /// What it stands for.
    pub(super) title: String,
    /// Ports, where there is room.
    pub(super) label: Option<String>,
    pub(super) at: (f64, f64),
    pub(super) count: usize,
    pub(super) arrow: bool,
}

struct Joined<'m> {
    ports: Vec<&'m str>,
    count: usize,
}

/// The lines of a map.
pub(super) fn lines(map: &Map) -> Vec<Line> {
    let nodes: HashMap<&str, &Node> = map.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let mut level = 0;
    let mut joined = join(&map.edges, &nodes, level);
    while joined.len() > MOST && level < KINDS.len() {
        level += 1;
        joined = join(&map.edges, &nodes, level);
    }
    let labelled = joined.len() <= LABELLED;
    let draw = |((source, target, class), found): (&(&str, &str, &'static str), &Joined<'_>)| -> Option<Line> {
        let (source, target) = (*nodes.get(source)?, *nodes.get(target)?);
        Some(line(source, target, class, found, labelled))
    };
    joined.iter().filter_map(draw).collect()
}

/// Connections by the boxes of a level that their ends are in.
fn join<'m>(edges: &'m [Edge], nodes: &HashMap<&'m str, &'m Node>, level: usize) -> BTreeMap<(&'m str, &'m str, &'static str), Joined<'m>> {
    let mut joined: BTreeMap<(&str, &str, &'static str), Joined<'_>> = BTreeMap::new();
    for edge in edges {
        let (source, target) = (lifted(&edge.source, nodes, level), lifted(&edge.target, nodes, level));
        if source == target || holds(source, target, nodes) || holds(target, source, nodes) {
            continue;
        }
        let found = joined.entry((source, target, edge.class)).or_insert(Joined { ports: Vec::new(), count: 0 });
        found.count += edge.count;
        for port in &edge.ports {
            if !found.ports.contains(&port.as_str()) {
                found.ports.push(port);
            }
        }
    }
    joined
}

/// The box of a level that a node is in; what is in none stays.
fn lifted<'m>(id: &'m str, nodes: &HashMap<&'m str, &'m Node>, level: usize) -> &'m str {
    let rank = |node: &Node| KINDS.iter().position(|kind| *kind == node.kind).map_or(0, |at| at + 1);
    let mut current = id;
    while let Some(parent) = nodes.get(current).and_then(|node| nodes.get(node.parent.as_deref()?)).filter(|parent| rank(parent) <= level) {
        current = &parent.id;
    }
    current
}

fn holds(outer: &str, inner: &str, nodes: &HashMap<&str, &Node>) -> bool {
    let mut current = nodes.get(inner).and_then(|node| node.parent.as_deref());
    while let Some(id) = current {
        if id == outer {
            return true;
        }
        current = nodes.get(id).and_then(|node| node.parent.as_deref());
    }
    false
}

fn line(source: &Node, target: &Node, class: &'static str, found: &Joined<'_>, labelled: bool) -> Line {
    let (from, to) = (edge_of(source, target.at), edge_of(target, source.at));
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let bend = (length * 0.12).min(40.0);
    let middle = (f64::midpoint(from.0, to.0) - dy / length * bend, f64::midpoint(from.1, to.1) + dx / length * bend);
    let words = found.ports.join(", ");
    let times = if found.count > 1 { format!(" ×{}", found.count) } else { String::new() };
    Line {
        class,
        path: format!("M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}", from.0, from.1, middle.0, middle.1, to.0, to.1),
        title: crate::model::visible(&format!("{} → {}: {words}{times}", source.name, target.name)).into_owned(),
        label: Some(words).filter(|words| labelled && !words.is_empty() && words.len() <= 40),
        at: (f64::midpoint(middle.0, f64::midpoint(from.0, to.0)), f64::midpoint(middle.1, f64::midpoint(from.1, to.1))),
        count: found.count,
        arrow: matches!(class, "public" | "target" | "endpoint" | "allowed"),
    }
}

/// Where a line to somewhere leaves a node.
fn edge_of(node: &Node, to: (f64, f64)) -> (f64, f64) {
    const ICON: f64 = 56.0;
    let (w, h) = if node.is_box || node.parent.is_none() { node.size } else { (ICON, ICON) };
    let (dx, dy) = (to.0 - node.at.0, to.1 - node.at.1);
    if dx == 0.0 && dy == 0.0 {
        return node.at;
    }
    let scale = (w / 2.0 / dx.abs()).min(h / 2.0 / dy.abs()).min(1.0);
    (node.at.0 + dx * scale, node.at.1 + dy * scale)
}
