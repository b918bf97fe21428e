//! The only reader and writer of `account-data/`: CloudMapper's layout, plus a manifest that says what is not there
//! and why. Knows nothing of AWS's API, and judges nothing.

pub mod answers;
pub(crate) mod joined;
pub mod jq;
pub mod json;
pub mod layout;
pub mod manifest;
mod pack;
mod read;
pub(crate) mod sources;
mod store;

pub use pack::{PackError, Verification, pack, unpack, verify};
pub use read::{Answer, Reason, Snapshot, SnapshotError};
pub use store::{Store, StoreError, make_private_folder, write_atomic};
