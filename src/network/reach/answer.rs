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

    /// Of something that has one of several interfaces: unless all answers are the same, nobody knows.
    pub(super) fn one_of(name: &str, answers: Vec<Self>) -> Self {
        let same = answers.windows(2).all(|pair| matches!(pair, [one, other] if one.outcome == other.outcome));
        let mut paths: Vec<Path> = answers.into_iter().flat_map(|answer| answer.paths).collect();
        if !same {
            paths.retain(|path| path.stops.is_empty());
            for path in &mut paths {
                path.missing.insert(format!("which of the interfaces is that of {name}"));
            }
        }
        Self::of(paths)
    }

    /// Of a question without an end.
    #[must_use]
    pub fn nothing() -> Self {
        Self { outcome: Outcome::No, paths: Vec::new() }
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

    /// The services that get through, and for whom; no service twice.
    #[must_use]
    pub fn parts(&self) -> Vec<(Services, Addresses)> {
        let all = self.paths.iter().flat_map(|path| path.traffic.iter());
        let apart = all.fold(Vec::new(), |parts, packets| apart(parts, &packets.services, &packets.from));
        let mut parts: Vec<(Services, Addresses)> = Vec::with_capacity(apart.len());
        for (services, from) in apart {
            match parts.iter_mut().find(|(_, known)| *known == from) {
                Some((known, _)) => *known = known.union(&services),
                None => parts.push((services, from)),
            }
        }
        parts
    }

    /// Of a no, what would have to change: each of these is enough, and all of it is needed.
    #[must_use]
    pub fn openings(&self) -> Vec<Vec<&Stop>> {
        let fewest = self.paths.first().map_or(0, |path| path.stops.len());
        let mut sets: Vec<Vec<&Stop>> = Vec::new();
        for path in self.paths.iter().filter(|path| path.stops.len() == fewest && fewest > 0) {
            let mut set: Vec<&Stop> = path.stops.iter().collect();
            set.sort();
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        sets
    }

    /// What stops the packets of the nearest ways.
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

/// Adds services, and keeps those apart that others may use.
fn apart(known: Vec<(Services, Addresses)>, services: &Services, from: &Addresses) -> Vec<(Services, Addresses)> {
    let mut left = services.clone();
    let mut parts = Vec::with_capacity(known.len() + 1);
    for (own, sources) in known {
        let both = own.intersection(&left);
        let rest = own.difference(&left);
        if !both.is_empty() {
            parts.push((both.clone(), sources.union(from)));
            left = left.difference(&both);
        }
        if !rest.is_empty() {
            parts.push((rest, sources));
        }
    }
    if !left.is_empty() {
        parts.push((left, from.clone()));
    }
    parts
}
