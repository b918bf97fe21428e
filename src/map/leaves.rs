//! What is inside of subnets: read by the table `data/map_nodes.yaml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::{MapError, Options};
use crate::network::model::{Network, Place};
use crate::snapshot::Snapshot;
use crate::snapshot::jq::{JqError, Program};
use crate::snapshot::layout::unquote;

static EMBEDDED: &str = include_str!("../../data/map_nodes.yaml");

const VARIABLES: &[&str] = &["$account", "$partition", "$region", "$name"];

/// Why what is in subnets cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeavesError {
    /// A file is not of the shape that its call answers with.
    #[error("`{file}` of the snapshot `{account}` is not what AWS answers: {problem}; collect it again, or remove it")]
    Odd {
        /// The file.
        file: String,
        /// The account's name.
        account: String,
        /// What is wrong.
        problem: JqError,
    },
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawRow {
    file: String,
    nodes: String,
}

#[derive(Debug)]
struct Row {
    stem: String,
    single: bool,
    program: Program,
}

/// Something in a subnet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Leaf {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) local: String,
    pub(super) name: String,
    pub(super) arn: Option<String>,
    pub(super) vpc: Option<String>,
    pub(super) subnets: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) ips: Vec<String>,
    pub(super) interface: Option<String>,
    pub(super) gateway: bool,
    pub(super) public: bool,
    pub(super) starts: bool,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) data: Value,
    #[serde(skip)]
    pub(super) place: Place,
    /// The instances that it stands for.
    #[serde(skip)]
    pub(super) members: Vec<String>,
    #[serde(skip)]
    pub(super) count: usize,
}

fn rows() -> Result<&'static [Row], LeavesError> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    let read = || -> Result<Vec<Row>, String> {
        let raw: Vec<RawRow> = serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/map_nodes.yaml: {error}"))?;
        let row = |raw: RawRow| Row {
            single: raw.file.ends_with(".json"),
            stem: raw.file.trim_end_matches(".json").to_owned(),
            program: Program::trusted(&raw.nodes, VARIABLES),
        };
        Ok(raw.into_iter().map(row).collect())
    };
    ROWS.get_or_init(read).as_deref().map_err(|problem| LeavesError::Embedded(problem.clone()))
}

/// Everything that is in the chosen Regions and fits the chosen tags.
pub(super) fn read(snapshots: &[Snapshot], network: &Network, options: &Options) -> Result<Vec<Leaf>, MapError> {
    let mut leaves = Vec::new();
    for (place, region) in network.places.iter().enumerate() {
        let Some(snapshot) = snapshots.iter().find(|snapshot| snapshot.name().to_string() == region.name) else { continue };
        if !is_chosen(&options.regions, &region.region) {
            continue;
        }
        for row in rows()? {
            let files = if row.single {
                vec![format!("{}/{}.json", region.region, row.stem)]
            } else {
                snapshot.files_of(&region.region, &row.stem)?
            };
            for file in files {
                let Some(bytes) = snapshot.bytes(&file)? else { continue };
                let name = file.split('/').nth(2).map(unquote).unwrap_or_default();
                let values = [&region.account, &region.partition, &region.region, &name].map(|text| Value::String(text.clone()));
                let odd = |problem| LeavesError::Odd { file: file.clone(), account: region.name.clone(), problem };
                for value in row.program.run(&bytes, &values).map_err(odd)? {
                    let Ok(leaf) = serde_json::from_value::<Leaf>(value) else { continue };
                    leaves.push(complete(Leaf { place, count: 1, ..leaf }, network));
                }
            }
        }
    }
    leaves.retain(|leaf| has_tags(leaf, options) && (options.read_replicas || leaf.kind != "rds_rr"));
    Ok(collapse(leaves, options))
}

/// Whether a name has one of the parts, or none is asked for.
pub(super) fn is_chosen(parts: &[String], name: &str) -> bool {
    parts.is_empty() || parts.iter().any(|part| name.contains(part.as_str()))
}

fn has_tags(leaf: &Leaf, options: &Options) -> bool {
    let fits = |set: &Vec<(String, String)>| set.iter().all(|(key, value)| leaf.tags.get(key) == Some(value));
    options.tags.is_empty() || options.tags.iter().any(fits)
}

/// Adds what the interfaces tell.
fn complete(mut leaf: Leaf, network: &Network) -> Leaf {
    leaf.members = vec![leaf.local.clone()];
    if let Some(interface) = leaf.interface.as_deref().and_then(|id| network.interfaces.get(id)) {
        leaf.groups = interface.group_ids().map(str::to_owned).collect();
        let public = interface.addresses().filter_map(|(_, public)| public.map(|public| public.public_ip.clone()));
        leaf.ips.extend(public);
    }
    if leaf.kind == "redshift" {
        let holds = |subnet: &&crate::network::model::Known<crate::network::model::vpc::Subnet>| {
            let network: Option<ipnet::IpNet> = subnet.cidr_block.parse().ok();
            let own = leaf.ips.iter().filter_map(|ip| ip.parse::<std::net::IpAddr>().ok());
            network.is_some_and(|network| own.into_iter().any(|ip| network.contains(&ip)))
        };
        let vpc = leaf.vpc.clone().unwrap_or_default();
        leaf.subnets = network.subnets_of(&vpc).filter(holds).map(|subnet| subnet.subnet_id.clone()).collect();
    }
    leaf
}

/// Instances of one group become one node.
fn collapse(leaves: Vec<Leaf>, options: &Options) -> Vec<Leaf> {
    const GROUP: &str = "aws:autoscaling:groupName";
    let mut kept: Vec<Leaf> = Vec::new();
    let mut places: BTreeMap<(usize, String, String), usize> = BTreeMap::new();
    for leaf in leaves {
        let group = leaf.tags.get(GROUP).filter(|_| options.collapse_asgs).map(|name| ("autoscaling", name.clone()));
        let tag = options.collapse_by_tag.as_ref().and_then(|key| leaf.tags.get(key));
        let by = group.or_else(|| tag.map(|value| ("grouped_ec2", format!("grouped_ec2_{value}"))));
        let Some((kind, local)) = by.filter(|_| leaf.kind == "ec2") else {
            kept.push(leaf);
            continue;
        };
        let subnet = leaf.subnets.first().cloned().unwrap_or_default();
        let id = leaf.id.rsplit_once('/').map_or(local.clone(), |(head, _)| format!("{head}/{local}.{subnet}"));
        let place = *places.entry((leaf.place, local.clone(), subnet)).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known) => {
                known.count += 1;
                known.members.extend(leaf.members);
                known.ips.extend(leaf.ips);
                known.groups.extend(leaf.groups.into_iter().filter(|group| !known.groups.contains(group)).collect::<Vec<_>>());
                known.public |= leaf.public;
            }
            None => {
                let name = leaf.tags.get("Name").unwrap_or(&local).clone();
                kept.push(Leaf { kind: kind.to_owned(), id, local, name, ..leaf });
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_takes_an_empty_answer() {
        for row in rows().unwrap() {
            let values = ["1", "aws", "r", "n"].map(|text| Value::String(text.to_owned()));
            assert!(row.program.run(b"{}", &values).unwrap().is_empty(), "{}", row.stem);
        }
    }
}
