//! Which accounts belong together: by the tags of the configuration, else by the units of the organization.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::Directory;
use super::model::{Group, Kind, Node};
use crate::graph::organizations::{Tree, Unit};

/// Where an account stands in an organization: ids and names of units, outermost first.
type Way = Vec<(String, String)>;

/// The units above each account.
fn ways(trees: &[Tree]) -> BTreeMap<String, Way> {
    fn walk(unit: &Unit, way: &mut Way, found: &mut BTreeMap<String, Way>) {
        if unit.is_account {
            found.insert(unit.id.clone(), way.clone());
            return;
        }
        way.push((unit.id.clone(), if unit.name.is_empty() { unit.id.clone() } else { unit.name.clone() }));
        for child in &unit.children {
            walk(child, way, found);
        }
        way.pop();
    }
    let mut found = BTreeMap::new();
    // The root is around everything.
    for unit in trees.iter().flat_map(|tree| &tree.roots).flat_map(|root| &root.children) {
        walk(unit, &mut Vec::new(), &mut found);
    }
    found
}

/// The names that trees give to accounts.
pub(super) fn listed(trees: &[Tree]) -> BTreeMap<String, String> {
    fn walk(unit: &Unit, found: &mut BTreeMap<String, String>) {
        if unit.is_account {
            found.insert(unit.id.clone(), if unit.name.is_empty() { unit.id.clone() } else { unit.name.clone() });
        }
        unit.children.iter().for_each(|child| walk(child, found));
    }
    let mut found = BTreeMap::new();
    for tree in trees {
        tree.roots.iter().for_each(|root| walk(root, &mut found));
        for id in &tree.elsewhere {
            found.entry(id.clone()).or_insert_with(|| id.clone());
        }
    }
    found
}

/// Puts the accounts into groups.
pub(super) fn group(nodes: &mut [Node], directory: &Directory<'_>, trees: &[Tree]) -> Vec<Group> {
    let ways = ways(trees);
    let taken: BTreeSet<String> = nodes.iter().map(|node| node.id.clone()).collect();
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    for node in nodes.iter_mut().filter(|node| matches!(node.kind, Kind::Scanned | Kind::Configured)) {
        let way = match directory.tags(&node.id).iter().find(|tag| !tag.is_empty()) {
            Some(tag) => tag
                .iter()
                .enumerate()
                .map(|(at, word)| (tag.iter().take(at + 1).cloned().collect::<Vec<_>>().join("/"), word.clone()))
                .collect(),
            None => ways.get(&node.id).cloned().unwrap_or_default(),
        };
        let mut parent: Option<String> = None;
        let mut key = Vec::new();
        for (id, name) in way {
            key.push(id.clone());
            // A tag may be called like an account.
            let id = if taken.contains(&id) { format!("group {id}") } else { id };
            let group = groups.entry(key.clone()).or_insert_with(|| Group { id, name, parent: parent.clone() });
            parent = Some(group.id.clone());
        }
        node.group = parent;
    }
    let mut seen = BTreeSet::new();
    groups.into_values().filter(|group| seen.insert(group.id.clone())).collect()
}
