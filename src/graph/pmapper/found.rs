//! Edges that PMapper found by what it did not store: functions, instances, stacks. Nobody can judge them again, so they are
//! possible ones. Those that policies alone decide are ours to find.

use std::collections::BTreeSet;

use serde_json::Value;

use super::form;
use crate::graph::GraphError;
use crate::graph::model::{Admin, Edge, Graph, place};
use crate::iam::estate::Estate;
use crate::snapshot::Snapshot;

pub(super) const SERVICE: &str = "pmapper";
pub(super) const REQUEST: &str = "edges";
const STEM: &str = "pmapper-edges";

/// What PMapper calls the edges that policies alone decide.
const OURS: [&str; 2] = ["AssumeRole", "IAM"];

fn edges(region: &str, snapshot: &Snapshot) -> Result<Vec<form::Edge>, GraphError> {
    let answer = snapshot.answer::<Value>(region, STEM)?.value().unwrap_or_default();
    let edges = answer.get("Edges").cloned().unwrap_or_default();
    Ok(serde_json::from_value(edges).unwrap_or_default())
}

/// Adds those between principals that no edge of ours joins.
pub(in crate::graph) fn add(graph: &mut Graph, estate: &Estate, snapshots: &[Snapshot]) -> Result<(), GraphError> {
    let technique = place("imported")?;
    for (account, snapshot) in estate.accounts.iter().zip(snapshots).filter(|(account, _)| !account.superseded) {
        let found = edges(account.region, snapshot)?;
        if found.is_empty() {
            continue;
        }
        let joined: BTreeSet<(usize, usize)> = graph.edges.iter().map(|edge| (edge.from, edge.via.unwrap_or(edge.to))).collect();
        let places = graph.by_arn();
        let end = |arn: &str| places.get(arn).copied();
        let ends = |edge: &form::Edge| end(&edge.source).zip(end(&edge.destination));
        let is_admin = |at: usize| graph.nodes.get(at).is_some_and(|node| node.admin != Admin::No);
        let missing = found.iter().filter(|edge| !OURS.contains(&edge.short_reason.as_str())).filter_map(ends);
        let new: BTreeSet<_> = missing.filter(|(from, to)| from != to && !is_admin(*from) && !joined.contains(&(*from, *to))).collect();
        graph.edges.extend(new.into_iter().map(|(from, to)| Edge { from, to, technique, certain: false, via: None }));
    }
    Ok(())
}

/// What PMapper said of an edge.
pub(in crate::graph) fn reason(region: &str, snapshot: &Snapshot, from: &str, to: &str) -> Result<Option<String>, GraphError> {
    let mut found = edges(region, snapshot)?.into_iter().filter(|edge| edge.source == from && edge.destination == to);
    Ok(found
        .next()
        .map(|edge| format!("PMapper found that it {} ({}); what that was seen by is not stored", edge.reason, edge.short_reason)))
}
