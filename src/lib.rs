pub mod collector;
pub mod config;
pub mod model;
pub mod snapshot;
