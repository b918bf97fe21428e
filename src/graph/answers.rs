//! Sets of an account's principals, by place, and what one question comes to for each of them.

use crate::iam::truth::Truth;

/// A set of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn none(count: usize) -> Self {
        Self(vec![0; count / 64 + 1])
    }

    pub(super) fn all(count: usize) -> Self {
        let mut bits = Self(vec![u64::MAX; count / 64 + 1]);
        if let Some(last) = bits.0.last_mut() {
            *last = (1 << (count % 64)) - 1;
        }
        bits
    }

    pub(super) fn of(places: impl Iterator<Item = usize>, count: usize) -> Self {
        let mut bits = Self::none(count);
        places.for_each(|place| bits.set(place));
        bits
    }

    pub(super) fn set(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    pub(super) fn unset(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word &= !(1 << (place % 64));
        }
    }

    /// Takes out what is not in the other.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
    }

    /// Takes out what is in the other.
    pub(super) fn take_out(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= !other);
    }

    /// Puts in what is in the other.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own |= other);
    }

    /// Whether one is in both.
    pub(super) fn has_of(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(own, other)| own & other != 0)
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// In order.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let ones = |word: u64| {
            let next = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
            std::iter::successors(Some(word).filter(|word| *word != 0), next).map(|left| left.trailing_zeros() as usize)
        };
        self.0.iter().enumerate().flat_map(move |(at, word)| ones(*word).map(move |bit| at * 64 + bit))
    }

    pub(super) fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }
}

/// What one question comes to, for each principal.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    yes: Bits,
    /// Unknown.
    maybe: Bits,
}

impl Answers {
    pub(super) fn none(count: usize) -> Self {
        Self { yes: Bits::none(count), maybe: Bits::none(count) }
    }

    /// The same for all.
    pub(super) fn all(truth: Truth, count: usize) -> Self {
        let mut answers = Self::none(count);
        (0..count).for_each(|place| answers.set(place, truth));
        answers
    }

    /// The same for some, no for the others.
    pub(super) fn of_all(some: &Bits, truth: Truth) -> Self {
        let none = || Bits(vec![0; some.0.len()]);
        Self {
            yes: if truth == Truth::Yes { some.clone() } else { none() },
            maybe: if truth == Truth::Unknown { some.clone() } else { none() },
        }
    }

    pub(super) fn of(truths: impl Iterator<Item = (usize, Truth)>, count: usize) -> Self {
        let mut answers = Self::none(count);
        truths.for_each(|(place, truth)| answers.set(place, truth));
        answers
    }

    pub(super) fn set(&mut self, place: usize, truth: Truth) {
        match truth {
            Truth::Yes => self.yes.set(place),
            Truth::Unknown => self.maybe.set(place),
            Truth::No => {}
        }
    }

    pub(super) fn truth(&self, place: usize) -> Truth {
        if self.yes.has(place) {
            Truth::Yes
        } else if self.maybe.has(place) {
            Truth::Unknown
        } else {
            Truth::No
        }
    }

    /// Both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let words = self.yes.0.iter().zip(&self.maybe.0).zip(other.yes.0.iter().zip(&other.maybe.0));
        let both = words.map(|((yes, maybe), (other_yes, other_maybe))| {
            let yes_of_both = yes & other_yes;
            (yes_of_both, (yes | maybe) & (other_yes | other_maybe) & !yes_of_both)
        });
        let (yes, maybe): (Vec<u64>, Vec<u64>) = both.unzip();
        Self { yes: Bits(yes), maybe: Bits(maybe) }
    }

    /// No more than another.
    pub(super) fn limit(&mut self, other: &Self) {
        let own = self.yes.0.iter_mut().zip(&mut self.maybe.0);
        for ((yes, maybe), (other_yes, other_maybe)) in own.zip(other.yes.0.iter().zip(&other.maybe.0)) {
            *maybe = (*yes | *maybe) & (other_yes | other_maybe);
            *yes &= other_yes;
            *maybe &= !*yes;
        }
    }

    /// Those for whom it is more than another.
    pub(super) fn better_than(&self, other: &Self) -> Bits {
        let words = self.yes.0.iter().zip(&self.maybe.0).zip(other.yes.0.iter().zip(&other.maybe.0));
        Bits(words.map(|((yes, maybe), (other_yes, other_maybe))| (yes | (maybe & !other_maybe)) & !other_yes).collect())
    }

    /// Adds what another says of some.
    pub(super) fn add_of(&mut self, some: &Bits, other: &Self) {
        let own = self.yes.0.iter_mut().zip(&mut self.maybe.0);
        for (((yes, maybe), some), (other_yes, other_maybe)) in own.zip(&some.0).zip(other.yes.0.iter().zip(&other.maybe.0)) {
            *yes |= other_yes & some;
            *maybe = (*maybe | (other_maybe & some)) & !*yes;
        }
    }

    /// Takes those out for whom the answer is no.
    pub(super) fn narrow(&self, places: &mut Bits) {
        places.0.iter_mut().zip(self.yes.0.iter().zip(&self.maybe.0)).for_each(|(own, (yes, maybe))| *own &= yes | maybe);
    }

    /// What is not a yes is unknown.
    pub(super) fn or_unknown(&self) -> Self {
        let maybe = self.yes.0.iter().map(|yes| !yes).collect();
        Self { yes: self.yes.clone(), maybe: Bits(maybe) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let mut bits = Bits::of([0, 63, 64, 69].into_iter(), 70);
        assert_eq!(bits.places().collect::<Vec<_>>(), [0, 63, 64, 69]);
        assert_eq!(Bits::all(70).places().collect::<Vec<_>>(), (0..70).collect::<Vec<_>>());
        assert_eq!(Bits::all(64).places().count(), 64);
        bits.unset(63);
        bits.keep(&Bits::of([63, 64, 69].into_iter(), 70));
        assert_eq!(bits.places().collect::<Vec<_>>(), [64, 69]);
        bits.take_out(&Bits::of([69].into_iter(), 70));
        Answers::all(Truth::Unknown, 70).narrow(&mut bits);
        assert_eq!((bits.places().collect::<Vec<_>>(), bits.is_none()), (vec![64], false));
        Answers::none(70).narrow(&mut bits);
        assert!(bits.is_none());
    }

    #[test]
    fn answers_are_joined_as_truths_are() {
        let all = [Truth::No, Truth::Unknown, Truth::Yes];
        for one in all {
            for other in all {
                let joined = Answers::all(one, 70).and(&Answers::all(other, 70));
                assert_eq!((joined.truth(0), joined.truth(69)), (one.and(other), one.and(other)), "{one:?} {other:?}");
                let mut limited = Answers::all(one, 70);
                limited.limit(&Answers::all(other, 70));
                assert_eq!((limited.truth(0), limited.truth(69)), (one.and(other), one.and(other)), "{one:?} {other:?}");
                let more = Answers::all(one, 70).better_than(&Answers::all(other, 70));
                assert_eq!(more.has(69), one > other, "{one:?} {other:?}");
                let mut either = Answers::all(one, 70);
                either.add_of(&Bits::of([69].into_iter(), 70), &Answers::all(other, 70));
                assert_eq!((either.truth(0), either.truth(69)), (one, one.or(other)), "{one:?} {other:?}");
            }
            assert_eq!(Answers::all(one, 70).or_unknown().truth(69), one.or(Truth::Unknown), "{one:?}");
        }
    }
}
