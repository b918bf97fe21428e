//! `cloudmapper`: one snapshot of AWS accounts, and everything that follows from it.
//!
//! The parts, and which may know which: a part may use those on the lines below its own, never above, never beside.
//! `tests/layering.rs` enforces it.
//!
//! ```text
//! cli
//! report   web   collector   map
//! diff
//! audit
//! trust
//! exposure  unused  graph
//! iam   network
//! snapshot
//! config
//! model
//! ```
//!
//! `async` lives in `collector` and in the web server, `anyhow` in `cli` only.

pub mod audit;
pub mod cli;
pub mod collector;
pub mod config;
pub mod diff;
pub mod exposure;
pub mod graph;
pub mod iam;
pub mod map;
pub mod model;
pub mod network;
pub mod report;
pub mod snapshot;
pub mod trust;
pub mod unused;
pub mod web;
