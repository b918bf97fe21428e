//! Who can come to act as whom: principals, and the techniques that lead from one to another.
//!
//! `data/escalations.yaml` says how; the IAM engine says for whom.

mod aims;
mod alike;
mod build;
mod cross;
mod found;
mod gain;
mod ground;
mod hosts;
mod model;
mod needs;
mod outside;
mod plan;
mod scene;
mod source;
mod standing;
pub mod table;
mod template;
mod trust;

use crate::iam::estate::EstateError;
use crate::snapshot::SnapshotError;
use crate::snapshot::answers::CallsError;

pub use build::{Options, build};
pub use model::{Admin, Edge, Graph, GraphAccount, Kind, Node, Technique, techniques};
pub use standing::ADMINISTRATION;

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
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}
