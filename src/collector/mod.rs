//! Calls AWS and stores what it says. The only part, besides the web server, that knows of the network.

pub mod api;
pub mod client;
pub mod protocol;
pub mod table;
