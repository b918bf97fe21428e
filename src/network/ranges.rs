//! Sets of numbers as sorted ranges that do not touch: of ports, and of addresses of both versions.

/// A kind of numbers that ranges are made of.
pub trait Number: Copy + Ord + std::fmt::Debug {
    /// The smallest.
    const MIN: Self;
    /// The largest.
    const MAX: Self;
    /// The one after; `None` for the largest.
    fn after(self) -> Option<Self>;
    /// The one before; `None` for the smallest.
    fn before(self) -> Option<Self>;
}

macro_rules! number {
    ($($kind:ty),*) => {$(
        impl Number for $kind {
            const MIN: Self = <$kind>::MIN;
            const MAX: Self = <$kind>::MAX;
            fn after(self) -> Option<Self> {
                self.checked_add(1)
            }
            fn before(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}
number!(u16, u32, u128);

/// A set of numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ranges<T>(Vec<(T, T)>);

impl<T> Default for Ranges<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Number> Ranges<T> {
    /// All numbers.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![(T::MIN, T::MAX)])
    }

    /// From one to another, both included; empty when they are the wrong way round.
    #[must_use]
    pub fn range(first: T, last: T) -> Self {
        Self(if first <= last { vec![(first, last)] } else { Vec::new() })
    }

    /// The ranges, in order.
    pub fn iter(&self) -> impl Iterator<Item = (T, T)> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether everything is in it.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0.as_slice() == [(T::MIN, T::MAX)]
    }

    /// Whether a number is in it.
    #[must_use]
    pub fn contains(&self, number: T) -> bool {
        let place = self.0.partition_point(|(first, _)| *first <= number);
        place.checked_sub(1).and_then(|place| self.0.get(place)).is_some_and(|(_, last)| number <= *last)
    }

    /// Whether something is in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        other.0.iter().any(|(first, last)| {
            let place = self.0.partition_point(|(_, end)| end < first);
            self.0.get(place).is_some_and(|(start, _)| start <= last)
        })
    }

    /// What is in one of them.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut all: Vec<(T, T)> = self.iter().chain(other.iter()).collect();
        all.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match merged.last_mut() {
                Some((_, end)) if end.after().is_none_or(|after| first <= after) => *end = (*end).max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some((a, b)), Some((c, d))) = (one.peek(), two.peek()) {
            let (first, last) = ((*a).max(*c), (*b).min(*d));
            if first <= last {
                both.push((first, last));
            }
            if b < d {
                one.next()
            } else {
                two.next()
            };
        }
        Self(both)
    }

    /// What is not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut rest = Vec::with_capacity(self.0.len() + 1);
        let mut next = Some(T::MIN);
        for (first, last) in self.iter() {
            if let (Some(start), Some(end)) = (next, first.before())
                && start <= end
            {
                rest.push((start, end));
            }
            next = last.after();
        }
        rest.extend(next.map(|start| (start, T::MAX)));
        Self(rest)
    }

    /// What is in the first and not in the second.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        if other.is_empty() { self.clone() } else { self.intersection(&other.complement()) }
    }
}

impl<T: Number> FromIterator<(T, T)> for Ranges<T> {
    fn from_iter<I: IntoIterator<Item = (T, T)>>(ranges: I) -> Self {
        Self(ranges.into_iter().filter(|(first, last)| first <= last).collect()).union(&Self::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set() -> impl Strategy<Value = Ranges<u16>> {
        let edge = prop_oneof![0_u16..40, Just(u16::MAX), Just(u16::MAX - 1)];
        prop::collection::vec((edge.clone(), edge), 0..6).prop_map(|ranges| ranges.into_iter().collect())
    }

    proptest! {
        #[test]
        fn as_sets_are(one in set(), two in set()) {
            let (union, both) = (one.union(&two), one.intersection(&two));
            let (rest, not) = (one.difference(&two), one.complement());
            for number in (0..42).chain([u16::MAX - 1, u16::MAX]) {
                let (a, b) = (one.contains(number), two.contains(number));
                prop_assert_eq!(union.contains(number), a || b);
                prop_assert_eq!(both.contains(number), a && b);
                prop_assert_eq!(rest.contains(number), a && !b);
                prop_assert_eq!(not.contains(number), !a);
            }
            prop_assert_eq!(one.overlaps(&two), !both.is_empty());
            prop_assert_eq!(not.complement(), one);
        }
    }
}
