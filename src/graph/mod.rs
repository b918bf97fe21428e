//! Who can come to act as whom: principals, and the techniques that lead from one to another.
//!
//! `data/escalations.yaml` says how; the IAM engine says for whom.

mod aims;
mod alike;
pub mod analysis;
mod answers;
mod build;
mod cover;
mod cross;
pub mod cut;
mod explain;
mod found;
mod gain;
mod ground;
mod held;
mod hosts;
mod memo;
mod model;
mod near;
mod needs;
pub mod organizations;
mod outside;
mod paths;
mod people;
mod plan;
pub mod pmapper;
pub mod query;
mod reached;
mod scene;
mod source;
mod standing;
mod store;
pub mod table;
mod template;
mod trust;
mod view;

use std::path::PathBuf;

use crate::iam::estate::EstateError;
use crate::snapshot::SnapshotError;
use crate::snapshot::answers::CallsError;

pub use build::build;
pub use explain::{Explainer, Proof, ProofStep, Statement};
pub use model::{Admin, Edge, Graph, GraphAccount, Kind, Node, Technique, techniques};
pub use near::{Ends, Held, Miss, Near, near};
pub use paths::{Distances, Filter, Hop, Nearest, Ways};
pub use standing::{ADMINISTRATION, Administrators};
pub use store::{GRAPHS, Head, list, load, path, save};

/// Why there is no graph.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// The accounts cannot be read.
    #[error(transparent)]
    Estate(#[from] EstateError),
    /// A snapshot cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// An answer cannot be read.
    #[error(transparent)]
    Calls(#[from] CallsError),
    /// A graph cannot be written or read.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] crate::snapshot::StoreError),
    /// A stored graph is not one.
    #[error("`{}` is no graph of this program: {problem}; run `cloudmapper graph create` again", path.display())]
    Stored {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}
