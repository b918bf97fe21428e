//! The IAM engine: may this principal take this action on this resource, under which conditions, and why.
//!
//! It is pure and synchronous, and knows policies, requests and AWS's catalogue of actions; what snapshots say is put
//! together in `estate`, and questions about it are answered in `query`.

pub mod caller;
pub mod catalog;
pub mod condition;
pub mod context;
pub mod estate;
pub mod evaluate;
pub mod formula;
pub mod logic;
pub mod outside;
pub mod policy;
pub mod public;
pub mod query;
pub mod risks;
pub mod truth;
