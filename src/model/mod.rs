//! Words that all parts share: accounts, times, and text that is safe to show. No files, no network.

mod account;
mod confidence;
mod many;
mod parallel;
mod text;
mod time;

pub use account::{AccountId, AccountIdError, AccountName, AccountNameError, is_account_id};
pub use confidence::Confidence;
pub use many::Many;
pub use parallel::{in_parallel, processors};
pub use text::visible;
pub use time::{Timestamp, epoch_seconds, epoch_to_iso, iso_utc};
