//! The IAM report: users, roles, groups and policies of accounts, who is an administrator, who can take on what, and what
//! is used.

mod build;
mod page;
mod trust;
mod usage;
pub mod view;

pub use build::{IamReportError, build};
pub use page::write;
