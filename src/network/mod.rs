//! Which packets get from where to where: routes, gateways, network ACLs, security groups, load balancers.
//!
//! It reads a snapshot and asks nobody. What the snapshot lacks makes an answer unknown, not no.

pub mod address;
pub mod model;
pub mod ranges;
pub mod reach;
pub mod rules;
pub mod services;
pub mod sources;
pub mod traffic;
