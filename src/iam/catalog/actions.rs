//! Sets of actions as ranges of numbers: actions are numbered by name, so what a policy's pattern
//! means is mostly one range, and sets of thousands of actions are small.
//!
//! It does not know the names.

use std::cmp::{max, min};
use std::fmt;

/// The number of an action in the catalogue it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub(super) u32);

/// A set of actions.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ActionSet {
    /// Each from a number up to, but not with, another. In order, with gaps between them, none empty.
    ranges: Vec<(u32, u32)>,
}

impl ActionSet {
    pub(super) fn range(start: u32, end: u32) -> Self {
        let mut set = Self::default();
        set.append(start, end);
        set
    }

    /// Adds a range that starts no earlier than the last one did.
    pub(super) fn append(&mut self, start: u32, end: u32) {
        if start >= end {
            return;
        }
        match self.ranges.last_mut() {
            Some(last) if start <= last.1 => last.1 = max(last.1, end),
            _ => self.ranges.push((start, end)),
        }
    }

    /// Whether the action is in the set.
    #[must_use]
    pub fn contains(&self, id: ActionId) -> bool {
        let place = self.ranges.partition_point(|range| range.1 <= id.0);
        self.ranges.get(place).is_some_and(|range| range.0 <= id.0)
    }

    /// Whether there is nothing in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many actions there are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges.iter().map(|(start, end)| (end - start) as usize).sum()
    }

    /// The actions, by name.
    pub fn iter(&self) -> impl Iterator<Item = ActionId> {
        self.ranges.iter().flat_map(|&(start, end)| (start..end).map(ActionId))
    }

    /// What is in one of the sets, or in both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        [self, other].into_iter().collect()
    }

    /// What is in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut set = Self::default();
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        while let (Some(one), Some(two)) = (left.peek(), right.peek()) {
            set.append(max(one.0, two.0), min(one.1, two.1));
            if one.1 < two.1 {
                left.next();
            } else {
                right.next();
            }
        }
        set
    }

    /// What is in this set, but not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let end = self.ranges.last().map_or(0, |range| range.1);
        self.intersection(&other.complement(end))
    }

    /// What is not in the set, of the actions numbered below `count`.
    pub(super) fn complement(&self, count: u32) -> Self {
        let mut set = Self::default();
        let mut free = 0;
        for &(start, end) in &self.ranges {
            set.append(free, min(start, count));
            free = end;
        }
        set.append(free, count);
        set
    }
}

impl FromIterator<ActionId> for ActionSet {
    fn from_iter<I: IntoIterator<Item = ActionId>>(ids: I) -> Self {
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort_unstable();
        let mut set = Self::default();
        for ActionId(id) in ids {
            set.append(id, id.saturating_add(1));
        }
        set
    }
}

/// The union of sets, of however many in one go.
impl<'a> FromIterator<&'a Self> for ActionSet {
    fn from_iter<I: IntoIterator<Item = &'a Self>>(sets: I) -> Self {
        merged(sets.into_iter().flat_map(|set| &set.ranges).copied().collect())
    }
}

/// See the union of borrowed sets.
impl FromIterator<Self> for ActionSet {
    fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
        merged(sets.into_iter().flat_map(|set| set.ranges).collect())
    }
}

fn merged(mut ranges: Vec<(u32, u32)>) -> ActionSet {
    // Mostly runs in order already, which this sort makes use of.
    ranges.sort();
    let mut set = ActionSet::default();
    for (start, end) in ranges {
        set.append(start, end);
    }
    set
}

impl fmt::Debug for ActionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.ranges.iter().map(|(start, end)| start..end)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::hash_set;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const COUNT: u32 = 40;

    fn set(ids: &HashSet<u32>) -> ActionSet {
        ids.iter().copied().map(ActionId).collect()
    }

    fn ids(set: &ActionSet) -> HashSet<u32> {
        set.iter().map(|id| id.0).collect()
    }

    /// Equality and hashes of sets are those of their ranges, so there may be one way to write a set only.
    fn is_canonical(set: &ActionSet) -> bool {
        let apart = set.ranges.windows(2).all(|pair| pair[0].1 < pair[1].0);
        apart && set.ranges.iter().all(|range| range.0 < range.1)
    }

    proptest! {
        #[test]
        fn it_is_a_set(left in hash_set(0..COUNT, 0..30), right in hash_set(0..COUNT, 0..30)) {
            let (one, two) = (set(&left), set(&right));
            prop_assert_eq!(ids(&one), left.clone());
            prop_assert_eq!(one.len(), left.len());
            prop_assert_eq!(one.is_empty(), left.is_empty());
            prop_assert_eq!(one == two, left == right);
            prop_assert_eq!([one.clone(), two.clone()].into_iter().collect::<ActionSet>(), one.union(&two));
            prop_assert!((0..COUNT + 2).all(|id| one.contains(ActionId(id)) == left.contains(&id)));
            let all: HashSet<u32> = (0..COUNT).collect();
            for (found, expected) in [
                (one.union(&two), left.union(&right).copied().collect::<HashSet<_>>()),
                (one.intersection(&two), left.intersection(&right).copied().collect()),
                (one.difference(&two), left.difference(&right).copied().collect()),
                (one.complement(COUNT), all.difference(&left).copied().collect()),
            ] {
                prop_assert!(is_canonical(&found), "{:?}", found);
                prop_assert_eq!(ids(&found), expected);
            }
        }
    }

    #[test]
    fn iteration_is_in_order() {
        let set: ActionSet = [5, 1, 2, 9, 2].into_iter().map(ActionId).collect();
        assert_eq!(set.iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 5, 9]);
        assert_eq!(format!("{set:?}"), "{1..3, 5..6, 9..10}");
    }
}
