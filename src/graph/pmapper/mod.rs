//! PMapper's own form of graphs, `<folder>/<account id>/graph/*.json`: written, and read.

mod export;
mod form;
mod found;
mod import;
mod organization;
mod tree;

pub use export::export;
pub use import::{ImportError, import};
pub use organization::export_organization;

pub(super) use found::{add, reason};
