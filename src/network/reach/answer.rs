//! The answer to a question, from all ways that there are.

use std::collections::BTreeSet;

use super::path::{Path, Stop};
use crate::network::address::Addresses;
use crate::network::services::Services;
use crate::network::traffic::Side;

/// Yes, no, or nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Some packets get there, and their replies back.
    Yes,
    /// None do.
    No,
    /// The snapshot does not say.
    Unknown,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// In a word.
    pub outcome: Outcome,
    /// The ways that packets take; for a no, those that they would, the nearest first.
    pub paths: Vec<Path>,
}

impl Answer {
    pub(super) fn of(mut paths: Vec<Path>) -> Self {
        let outcome = if paths.iter().any(Path::arrives) {
            paths.retain(Path::arrives);
            Outcome::Yes
        } else if paths.iter().any(|path| path.stops.is_empty()) {
            paths.retain(|path| path.stops.is_empty());
            Outcome::Unknown
        } else {
            Outcome::No
        };
        paths.sort_by_key(|path| (path.stops.len(), path.authentication.is_some()));
        Self { outcome, paths }
    }

    /// The addresses on one side that get through.
    #[must_use]
    pub fn addresses(&self, side: Side) -> Addresses {
        self.paths.iter().fold(Addresses::default(), |all, path| all.union(&path.traffic.addresses(side)))
    }

    /// The services that get through.
    #[must_use]
    pub fn services(&self) -> Services {
        self.paths.iter().fold(Services::default(), |all, path| all.union(&path.traffic.services()))
    }

    /// What stops the packets of the nearest ways: without any one of these, they would still not arrive.
    #[must_use]
    pub fn stops(&self) -> Vec<&Stop> {
        let fewest = self.paths.first().map_or(0, |path| path.stops.len());
        let nearest = self.paths.iter().filter(|path| path.stops.len() == fewest);
        let mut stops: Vec<&Stop> = nearest.flat_map(|path| &path.stops).collect();
        stops.sort();
        stops.dedup();
        stops
    }

    /// The calls that would decide.
    #[must_use]
    pub fn missing(&self) -> BTreeSet<&str> {
        self.paths.iter().flat_map(|path| &path.missing).map(String::as_str).collect()
    }
}
