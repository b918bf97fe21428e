//! Who is trusted by whom: accounts, organizations, identity providers and places, and what lets each of them in.
//!
//! Trust goes from who gets in to who lets in. The IAM engine says what policies let in, `data/trust_sources.yaml` how
//! accounts are tied without a policy that says so. Everybody is nobody's account: that is what `exposure` is for.

mod access;
mod accounts;
mod cognito;
mod evidence;
mod gather;
mod groups;
mod model;
mod page;
mod policies;
mod principals;
mod providers;
mod roles;
mod routes;
mod table;
mod ties;

use crate::config::Config;
use crate::graph::GraphError;
use crate::iam::catalog::CatalogError;
use crate::iam::estate::{Estate, EstateError};
use crate::snapshot::answers::CallsError;
use crate::snapshot::{Snapshot, SnapshotError};

pub use access::Access;
pub use accounts::{Directory, Vendor, vendors};
pub use gather::weave;
pub use model::{Dangling, Edge, Gap, Group, Kind, Node, Reason, Web};
pub use page::{Shown, cloudmapper_data, page_data};
pub use principals::{Principals, Step, Walk};
pub use routes::{Hop, Route, blast, route};
pub use table::{Row, rows};
pub use ties::{Side, Tie, Ties, ties};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// A file cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A file on users, roles or policies cannot be read.
    #[error(transparent)]
    Estate(#[from] EstateError),
    /// AWS's list of actions cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// An answer cannot be read.
    #[error(transparent)]
    Calls(#[from] CallsError),
    /// The organization cannot be read.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}

/// What the web is made of.
#[derive(Debug)]
pub struct Input<'a> {
    /// The accounts that were asked for.
    pub accounts: &'a [Snapshot],
    /// Other snapshots, which may list their organization.
    pub others: &'a [Snapshot],
    /// What the configuration says of accounts, if there is one.
    pub config: Option<&'a Config>,
    /// The user's own list of vendors, which counts before the one in the program.
    pub vendors: &'a [Vendor],
}

/// Reads the accounts with all their policies.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn read(input: &Input<'_>) -> Result<Estate, TrustError> {
    Ok(Estate::read(input.accounts, input.others)?.with_resources(input.accounts)?.with_shared(input.accounts)?)
}
