//! Questions to the graph, in PMapper's language and beyond it.

mod authorized;
mod parse;
mod presets;

pub use authorized::{Answer, How, Source, authorized};
pub use parse::{NotAQuery, Preset, Query, Request, parse};
pub use presets::{Changeable, changeable, clusters, public_services, services, wrong_admins};
