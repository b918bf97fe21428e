//! Calls AWS and stores what it says. The only part, besides the web server, that knows of the network.

pub mod account;
pub mod api;
pub mod client;
pub mod credentials;
mod folders;
mod gather;
pub mod observe;
pub mod organization;
mod paginate;
pub mod permissions;
pub mod protocol;
mod redact;
mod run;
mod schedule;
mod sources;
pub mod table;

pub use gather::Gathered;
pub use redact::Secrets;
pub use run::End;
