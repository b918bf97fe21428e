//! Sets of an account's principals, by place, and what one question comes to for each of them.

use crate::iam::truth::Truth;

/// A set of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    fn none(count: usize) -> Self {
        Self(vec![0; count / 64 + 1])
    }

    pub(super) fn of(places: impl Iterator<Item = usize>, count: usize) -> Self {
        let mut bits = Self::none(count);
        places.for_each(|place| bits.set(place));
        bits
    }

    fn set(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    /// The first that is in it.
    pub(super) fn first(&self) -> Option<usize> {
        let (at, word) = self.0.iter().enumerate().find(|(_, word)| **word != 0)?;
        Some(at * 64 + word.trailing_zeros() as usize)
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

    /// One of the two.
    pub(super) fn or(&self, other: &Self) -> Self {
        let yes: Vec<u64> = self.yes.0.iter().zip(&other.yes.0).map(|(one, other)| one | other).collect();
        let maybe = self.maybe.0.iter().zip(&other.maybe.0).zip(&yes).map(|((one, other), yes)| (one | other) & !yes).collect();
        Self { yes: Bits(yes), maybe: Bits(maybe) }
    }

    /// No for all but some.
    pub(super) fn of_those(&self, some: &Bits) -> Self {
        let both = |own: &Bits| Bits(own.0.iter().zip(&some.0).map(|(own, some)| own & some).collect());
        Self { yes: both(&self.yes), maybe: both(&self.maybe) }
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
    fn answers_are_joined_as_truths_are() {
        let all = [Truth::No, Truth::Unknown, Truth::Yes];
        for one in all {
            for other in all {
                let joined = Answers::all(one, 70).and(&Answers::all(other, 70));
                assert_eq!((joined.truth(0), joined.truth(69)), (one.and(other), one.and(other)), "{one:?} {other:?}");
                let either = Answers::all(one, 70).or(&Answers::all(other, 70).of_those(&Bits::of([69].into_iter(), 70)));
                assert_eq!((either.truth(0), either.truth(69)), (one, one.or(other)), "{one:?} {other:?}");
            }
            assert_eq!(Answers::all(one, 70).or_unknown().truth(69), one.or(Truth::Unknown), "{one:?}");
        }
    }
}
