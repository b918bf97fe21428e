//! Renderers: what a snapshot shows, as HTML, SVG, text, JSON and CSV. They decide nothing.

pub mod audit;
pub mod build;
pub mod chart;
pub mod coverage;
mod filters;
pub mod html;
pub mod iam;
pub mod inventory;
pub mod stats;
mod table;
pub mod view;
