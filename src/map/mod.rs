//! The network map: boxes of accounts, Regions, VPCs, zones and subnets, what is in them, and who may talk to whom.
//! `docs/map.md` describes the form that it is written in.

mod edges;
mod ends;
mod layout;
mod leaves;
mod lines;
mod node;
pub mod principals;
mod svg;
mod tree;

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::network::model::Network;
use crate::snapshot::{Snapshot, SnapshotError};

pub use leaves::LeavesError;
pub use node::{Edge, Elements, Node};
pub use svg::svg;

/// What of the networks to show, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only Regions with one of these in their names; all when empty.
    pub regions: Vec<String>,
    /// Only VPCs with one of these in their ids.
    pub vpc_ids: Vec<String>,
    /// Only VPCs with one of these in their names.
    pub vpc_names: Vec<String>,
    /// Only what has all tags of one of these sets.
    pub tags: Vec<Vec<(String, String)>>,
    /// Connections within and between VPCs.
    pub internal_edges: bool,
    /// Connections between databases.
    pub inter_rds_edges: bool,
    /// Read replicas of databases.
    pub read_replicas: bool,
    /// Boxes for Availability Zones.
    pub azs: bool,
    /// Instances with this tag are one node per value.
    pub collapse_by_tag: Option<String>,
    /// Instances of an Auto Scaling group are one node.
    pub collapse_asgs: bool,
    /// What AWS says of each node.
    pub node_data: bool,
    /// Known address ranges with their names.
    pub cidrs: Vec<(IpNet, String)>,
}

/// A map.
#[derive(Debug, Default)]
pub struct Map {
    /// Boxes first, in the order in which they are drawn.
    pub nodes: Vec<Node>,
    /// Who may talk to whom.
    pub edges: Vec<Edge>,
    /// The security groups that edges name, as AWS describes them.
    pub groups: BTreeMap<String, serde_json::Value>,
    /// What could not be shown, or not be known.
    pub notes: Vec<String>,
}

/// Why there is no map.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// A file cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A file is not of the shape that its call answers with.
    #[error(transparent)]
    Leaves(#[from] LeavesError),
}

/// Draws the map of some accounts.
///
/// The network gains what has to be supposed: interfaces that no answer shows.
///
/// # Errors
/// When a file of a snapshot cannot be read.
pub fn build(snapshots: &[Snapshot], network: &mut Network, options: &Options) -> Result<Map, MapError> {
    let leaves = leaves::read(snapshots, network, options)?;
    let mut map = Map { notes: notes(network), ..Map::default() };
    let mut placed = tree::build(network, leaves, options, &mut map);
    ends::find(&mut placed, network);
    edges::build(network, &placed, options, &mut map);
    layout::place(&mut map);
    Ok(map)
}

/// What the snapshots lack that the map would show.
fn notes(network: &Network) -> Vec<String> {
    let mut by_call: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for region in &network.places {
        for call in region.missing.keys() {
            by_call.entry(call).or_default().push(format!("{}/{}", region.name, region.region));
        }
    }
    let note = |(call, places): (&str, Vec<String>)| {
        let first = places.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = places.len().saturating_sub(3);
        if more > 0 {
            format!("{call} was not collected in {first} and {more} more Regions")
        } else {
            format!("{call} was not collected in {first}")
        }
    };
    by_call.into_iter().map(note).collect()
}
