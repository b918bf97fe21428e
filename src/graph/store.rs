//! Graphs in files: `graphs/<name>.json`. A graph tells of which snapshots it was made, so that an outdated one is known.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::GraphError;
use super::model::{Edge, Graph, GraphAccount, Node, techniques};
use crate::snapshot::Snapshot;
use crate::snapshot::layout::sha256;
use crate::snapshot::{make_private_folder, write_atomic};

/// Where graphs are, beside `account-data/`.
pub const GRAPHS: &str = "graphs";

const FORMAT: &str = "cloudmapper-graph/1";

/// A graph as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    format: String,
    tool: String,
    /// By account: tells its snapshot from others.
    snapshots: BTreeMap<String, String>,
    /// Ids: edges name them by place.
    techniques: Vec<String>,
    accounts: Vec<GraphAccount>,
    nodes: Vec<Node>,
    /// From, to, technique, 1 if certain, through whom.
    edges: Vec<(usize, usize, u16, u8, Option<usize>)>,
    notes: Vec<String>,
}

/// What can be read of a stored graph without its nodes.
#[derive(Debug, Deserialize)]
pub struct Head {
    /// The program that made it.
    pub tool: String,
    /// Its accounts.
    pub accounts: Vec<GraphAccount>,
}

/// The program and its table: another table makes other graphs.
fn tool() -> String {
    format!("cloudmapper {} {}", env!("CARGO_PKG_VERSION"), super::table::fingerprint())
}

/// What tells a snapshot from others: the hash of its manifest, or of what it says of users and roles.
fn fingerprint(snapshot: &Snapshot) -> Result<String, GraphError> {
    if let Some(bytes) = snapshot.bytes("manifest.json")? {
        return Ok(sha256(&bytes));
    }
    let details = snapshot.answer_bytes(snapshot.default_region()?, "iam-get-account-authorization-details")?;
    Ok(sha256(&details.value().unwrap_or_default()))
}

fn fingerprints(snapshots: &[Snapshot], others: &[Snapshot]) -> Result<BTreeMap<String, String>, GraphError> {
    snapshots.iter().chain(others).map(|snapshot| Ok((snapshot.name().to_string(), fingerprint(snapshot)?))).collect()
}

/// The file of a graph: named after its account, or `all` and a number for what other accounts it has.
#[must_use]
pub fn path(base: &Path, snapshots: &[Snapshot]) -> PathBuf {
    let mut names: Vec<String> = snapshots.iter().map(|snapshot| snapshot.name().to_string()).collect();
    names.sort();
    let name = match names.as_slice() {
        [only] => only.clone(),
        many => {
            let hash = sha256(many.join("\n").as_bytes());
            format!("{}-accounts-{}", many.len(), hash.get(..8).unwrap_or_default())
        }
    };
    base.join(GRAPHS).join(format!("{name}.json"))
}

/// Writes a graph whole, or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn save(graph: &Graph, (snapshots, others): (&[Snapshot], &[Snapshot]), path: &Path) -> Result<(), GraphError> {
    let failed = |source: io::Error| GraphError::Io { path: path.to_owned(), source };
    let edge = |edge: &Edge| (edge.from, edge.to, edge.technique, u8::from(edge.certain), edge.via);
    let file = File {
        format: FORMAT.to_owned(),
        tool: tool(),
        snapshots: fingerprints(snapshots, others)?,
        techniques: techniques()?.iter().map(|technique| technique.id.to_owned()).collect(),
        accounts: graph.accounts.clone(),
        nodes: graph.nodes.clone(),
        edges: graph.edges.iter().map(edge).collect(),
        notes: graph.notes.clone(),
    };
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    let bytes = serde_json::to_vec(&file).map_err(|error| failed(error.into()))?;
    Ok(write_atomic(path, &bytes)?)
}

/// Reads the graph of these snapshots; none where it was made of others, or by a program with other techniques.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn load(path: &Path, (snapshots, others): (&[Snapshot], &[Snapshot])) -> Result<Option<Graph>, GraphError> {
    let Some(file) = read::<File>(path)? else { return Ok(None) };
    let own: Vec<&str> = techniques()?.iter().map(|technique| technique.id).collect();
    let same = file.format == FORMAT && file.tool == tool() && file.techniques == own && file.snapshots == fingerprints(snapshots, others)?;
    let edge = |(from, to, technique, certain, via): (usize, usize, u16, u8, Option<usize>)| Edge {
        from,
        to,
        technique,
        certain: certain == 1,
        via,
    };
    Ok(same.then(|| Graph {
        accounts: file.accounts,
        nodes: file.nodes,
        edges: file.edges.into_iter().map(edge).collect(),
        notes: file.notes,
    }))
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, GraphError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(GraphError::Io { path: path.to_owned(), source }),
    };
    match serde_json::from_slice(&bytes) {
        Ok(file) => Ok(Some(file)),
        Err(error) => Err(GraphError::Stored { path: path.to_owned(), problem: error.to_string() }),
    }
}

/// The stored graphs, by name.
///
/// # Errors
/// When one cannot be read.
pub fn list(base: &Path) -> Result<Vec<(String, Head)>, GraphError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(base.join(GRAPHS)).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "json")
            && let Some(head) = read::<Head>(&path)?
        {
            found.push((path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), head));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountName;

    #[test]
    fn what_is_saved_is_loaded_until_the_snapshot_changes() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("account-data/a/us-east-1");
        fs::create_dir_all(&own).unwrap();
        let details = own.join("iam-get-account-authorization-details.json");
        write_atomic(&details, br#"{"UserDetailList": []}"#).unwrap();
        let open = || vec![Snapshot::open(folder.path(), &AccountName::try_from("a".to_owned()).unwrap()).unwrap()];
        let (graph, snapshots) = (Graph::default(), open());
        let path = path(folder.path(), &snapshots);
        assert!(load(&path, (&snapshots, &[])).unwrap().is_none());
        save(&graph, (&snapshots, &[]), &path).unwrap();
        assert!(load(&path, (&snapshots, &[])).unwrap().is_some());
        write_atomic(&details, br#"{"UserDetailList": [], "Policies": []}"#).unwrap();
        assert!(load(&path, (&open(), &[])).unwrap().is_none());
        write_atomic(&path, b"{").unwrap();
        assert!(load(&path, (&snapshots, &[])).unwrap_err().to_string().contains("graph create"));
    }
}
