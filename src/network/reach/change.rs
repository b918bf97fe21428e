//! What would close a way: rules that are taken away, and the question asked again.

use std::collections::BTreeSet;

use super::{Answer, End, Engine, Outcome, Path};
use crate::network::services::Services;

/// A rule of a security group, network ACL or route table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// Whose it is.
    pub at: String,
    /// Of security groups and ACLs: it is for what goes out.
    pub out: bool,
    /// In words.
    pub rule: String,
}

/// With more ways than this, nobody would read what closes all of them.
const MANY: usize = 40;
/// So many are looked for.
const WANTED: usize = 4;

impl Engine<'_> {
    /// Rules without which the answer would not be yes any more: each set is enough, and all of it is needed. The closest to one
    /// resource come first.
    #[must_use]
    pub fn closings(&mut self, from: &End, to: &End, services: &Services, answer: &Answer) -> Vec<Vec<Taken>> {
        let mut found: Vec<Vec<Taken>> = Vec::new();
        if answer.outcome != Outcome::Yes || answer.paths.len() > MANY {
            return found;
        }
        for candidate in candidates(&answer.paths) {
            if found.len() == WANTED {
                break;
            }
            if self.is_closed(from, to, services, &candidate) {
                let least = self.least(from, to, services, candidate);
                if !found.contains(&least) {
                    found.push(least);
                }
            }
        }
        found
    }

    fn is_closed(&mut self, from: &End, to: &End, services: &Services, taken: &[Taken]) -> bool {
        self.taken = taken.iter().cloned().collect();
        let outcome = self.reach(from, to, services).outcome;
        self.taken.clear();
        outcome == Outcome::No
    }

    /// Of a set that is enough, as few as are.
    fn least(&mut self, from: &End, to: &End, services: &Services, mut set: Vec<Taken>) -> Vec<Taken> {
        let mut at = 0;
        while set.len() > 1 && at < set.len() {
            let mut fewer = set.clone();
            fewer.remove(at);
            if self.is_closed(from, to, services, &fewer) {
                set = fewer;
            } else {
                at += 1;
            }
        }
        set
    }

    /// Whether a rule is left out of the question that is being asked.
    pub(super) fn is_taken(&self, at: &str, out: bool, rule: impl FnOnce() -> String) -> bool {
        !self.taken.is_empty() && self.taken.contains(&Taken { at: at.to_owned(), out, rule: rule() })
    }
}

/// Sets of rules that may close all ways: those at one place, and the last groups of each way.
fn candidates(paths: &[Path]) -> Vec<Vec<Taken>> {
    let mut places: Vec<(&str, bool)> = Vec::new();
    for hop in paths.iter().flat_map(|path| &path.hops).filter(|hop| !hop.by.is_empty()) {
        if !places.contains(&(hop.id.as_str(), hop.out)) {
            places.push((&hop.id, hop.out));
        }
    }
    let rank = |id: &str| ["sg-", "acl-", "rtb-"].iter().position(|prefix| id.starts_with(prefix));
    places.retain(|(id, _)| rank(id).is_some());
    places.sort_by_key(|(id, _)| rank(id));
    let at = |(id, out): (&str, bool)| -> Vec<Taken> {
        let hops = paths.iter().flat_map(|path| &path.hops).filter(|hop| hop.id == id && hop.out == out);
        let rules: BTreeSet<Taken> = hops.flat_map(|hop| hop.by.iter().map(|rule| taken(id, out, rule))).collect();
        rules.into_iter().collect()
    };
    let mut sets: Vec<Vec<Taken>> = places.into_iter().map(at).collect();
    let last = |path: &Path| path.hops.iter().rev().find(|hop| hop.id.starts_with("sg-") && !hop.by.is_empty()).cloned();
    let hops: Vec<super::Hop> = paths.iter().filter_map(last).collect();
    let all: BTreeSet<Taken> = hops.iter().flat_map(|hop| hop.by.iter().map(|rule| taken(&hop.id, hop.out, rule))).collect();
    sets.push(all.into_iter().collect());
    // The routes within a VPC cannot be taken away.
    sets.retain(|set| !set.is_empty() && set.iter().all(|one| !one.rule.ends_with("-> local")));
    sets
}

/// Rules of groups name theirs.
fn taken(at: &str, out: bool, rule: &str) -> Taken {
    match rule.split_once(": ").filter(|(group, _)| group.starts_with("sg-")) {
        Some((group, bare)) => Taken { at: group.to_owned(), out, rule: bare.to_owned() },
        None => Taken { at: at.to_owned(), out, rule: rule.to_owned() },
    }
}
