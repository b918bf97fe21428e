//! The graph of principals as a picture, without Graphviz: as SVG and PNG, and for other programs as DOT and GraphML.
//! Who can act as whom is decided elsewhere; this only draws it.

mod boxes;
mod collapse;
mod dot;
mod font;
mod graphml;
mod labels;
mod layered;
mod layout;
mod legend;
mod page;
mod picture;
mod place;
mod png;
mod scene;
mod svg;
#[cfg(test)]
mod tests;
mod words;

pub use dot::dot;
pub use graphml::graphml;
pub use page::{Principals, first_hops};
pub use picture::Picture;
pub use png::png;
pub use svg::svg;

/// What to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Only administrators, and of everybody who can become one the first hop of the shortest way.
    pub only_escalations: bool,
    /// Also services. Not together with `only_escalations`.
    pub services: bool,
    /// What the title calls the accounts.
    pub account_name: String,
}
