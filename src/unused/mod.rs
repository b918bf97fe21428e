//! What accounts have and do not use, and what it costs where a public price is a fact; and of what that nobody knows.
//!
//! `data/unused.yaml` says what there is and where AWS tells it. This part runs its programs; it prints nothing.

mod entry;
mod gather;
mod table;

use crate::model::Confidence;
use crate::snapshot::answers::{CallsError, Owner};
use crate::snapshot::{Snapshot, SnapshotError};

pub use entry::{Entry, State};
pub use table::{Price, Row, Unit, rows};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnusedError {
    /// A file cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// An answer cannot be read.
    #[error(transparent)]
    Calls(#[from] CallsError),
    /// A table in the program cannot be read.
    #[error("{0}")]
    Embedded(String),
}

/// What counts as unused.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where AWS tells since when: for so many days, up to the time of the answer.
    pub days: u32,
}

/// What is unused in an account.
#[derive(Debug)]
pub struct Unused {
    /// Whose.
    pub owner: Owner,
    /// The Regions that were read.
    pub regions: Vec<String>,
    /// By Region, kind and ARN.
    pub entries: Vec<Entry>,
}

impl Unused {
    /// What is unused, without what is not known.
    pub fn found(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.state == State::Unused)
    }

    /// What is not known.
    pub fn unknown(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.state == State::Unknown)
    }

    /// Keeps what is certain, and what is not known.
    pub fn leave_out_likely(&mut self) {
        self.entries.retain(|entry| entry.state == State::Unknown || entry.confidence == Confidence::Certain);
    }

    /// The sum of the known prices, in US dollars a month.
    #[must_use]
    pub fn monthly_usd(&self) -> f64 {
        // Not `sum()`, which is -0 where there is nothing.
        let mut sum = 0.0_f64;
        for cost in self.found().filter_map(|entry| entry.monthly_usd) {
            sum += cost;
        }
        (sum * 100.0).round() / 100.0
    }
}

/// Looks for what some accounts do not use.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn find(accounts: &[Snapshot], options: &Options) -> Result<Vec<Unused>, UnusedError> {
    let read = |snapshot: &Snapshot| -> Result<Unused, UnusedError> {
        let owner = Owner::of(snapshot)?;
        let (regions, entries) = gather::gather(snapshot, &owner, options.days)?;
        Ok(Unused { owner, regions, entries })
    };
    accounts.iter().map(read).collect()
}
