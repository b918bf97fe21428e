//! What everybody can reach, what is public by policy, ACL or flag, and what is shared outside of the organization; and what
//! of that nobody knows.
//!
//! `data/exposure.yaml` says what there is and where AWS tells it. The engines have the last word.

mod entry;
mod found;
mod gather;
mod groups;
mod interfaces;
mod judge;
mod policies;
mod reachable;
mod table;
mod within;

use crate::iam::catalog::CatalogError;
use crate::iam::estate::{Estate, EstateError};
use crate::iam::outside::Outside;
use crate::network::model::Network;
use crate::snapshot::answers::CallsError;
use crate::snapshot::{Snapshot, SnapshotError};

pub use entry::{Entry, Opening, Verdict};
pub use groups::{GroupPorts, public_ports};
pub use interfaces::supposed;
pub use table::{Class, Judge, Row, rows};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExposureError {
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
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}

/// What is exposed in some accounts.
#[derive(Debug)]
pub struct Assessment {
    /// By account, verdict, kind and name.
    pub entries: Vec<Entry>,
    /// The networks, for what an entry's security groups let in.
    pub network: Network,
}

/// Judges everything of some accounts; `all` are the snapshots that may list their organization.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn assess(accounts: &[Snapshot], all: &[Snapshot]) -> Result<Assessment, ExposureError> {
    let estate = Estate::read(accounts, all)?.with_resources(accounts)?.with_exposed(accounts)?;
    // Subnets may be shared by accounts that nobody asked about.
    let mut network =
        Network::read(accounts.iter().chain(all.iter().filter(|other| accounts.iter().all(|own| own.name() != other.name()))))?;
    let mut gathered = Vec::new();
    for (account, snapshot) in estate.accounts.iter().zip(accounts).filter(|(account, _)| !account.superseded) {
        let account = gather::Account { name: account.name.to_string(), id: account.id.clone(), partition: account.partition.clone() };
        let found = gather::gather(snapshot, &account)?;
        gathered.push((account, found));
    }
    let entries = judge::judge(gathered, &estate, Outside::new(&estate)?, &mut network);
    Ok(Assessment { entries, network })
}
