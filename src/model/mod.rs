//! Words that all parts share: accounts, times, and text that is safe to show. No files, no network.

mod account;
mod many;
mod text;
mod time;

pub use account::{AccountId, AccountIdError, AccountName, AccountNameError};
pub use many::Many;
pub use text::visible;
pub use time::{Timestamp, epoch_seconds, epoch_to_iso, iso_utc};
