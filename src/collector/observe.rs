//! What happens during a run, for whoever shows it.

use crate::snapshot::manifest::CallRecord;

/// Something that happened in an account's run.
#[derive(Debug)]
pub enum Event<'e> {
    /// So many more calls are known to be needed; so many were settled by earlier runs.
    Planned {
        /// To be made.
        calls: usize,
        /// Made before.
        kept: usize,
    },
    /// A call is done.
    Done(&'e CallRecord),
    /// Something worth a line.
    Notice(&'e str),
}

/// Shows what happens. Several accounts report at the same time.
pub trait Observer: Send + Sync {
    /// Takes note of `event` in the account named `account`.
    fn event(&self, account: &str, event: &Event<'_>);
}

/// Shows nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &str, _: &Event<'_>) {}
}
