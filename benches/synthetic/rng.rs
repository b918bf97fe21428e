//! A small generator of pseudo-random numbers (SplitMix64), so that the bytes do not depend on a library's version. Not for
//! secrets.

/// A stream of numbers.
pub(super) struct Rng(u64);

impl Rng {
    /// The stream of the `index`th thing of a kind.
    pub(super) fn of(seed: u64, kind: &str, index: usize) -> Self {
        let mut rng = Self(seed);
        for byte in kind.bytes() {
            rng.0 = (rng.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        rng.0 ^= rng.next().wrapping_add(index as u64);
        rng.0 = rng.next();
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where `limit` is 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or_default()
    }

    /// A place in a list of `length`; 0 for an empty list.
    pub(super) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// A place in a list of `length`, the first ones far more often: few policies are attached to many.
    pub(super) fn skewed(&mut self, length: usize) -> usize {
        let (one, two) = (self.index(length), self.index(length));
        one.min(two).min(self.index(length))
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.index(high.saturating_sub(low) + 1)
    }

    /// True `percent` times in a hundred.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `texts`.
    pub(super) fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts.get(self.index(texts.len())).copied().unwrap_or_default()
    }

    /// One of `things`.
    pub(super) fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.index(things.len()))
    }

    /// One of `choices`, as often as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(u64, T)], otherwise: T) -> T {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        otherwise
    }

    /// `length` characters of `alphabet`.
    pub(super) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters = alphabet.as_bytes();
        (0..length).filter_map(|_| self.one_of(letters).copied()).map(char::from).collect()
    }

    /// `length` hexadecimal digits.
    pub(super) fn hex(&mut self, length: usize) -> String {
        self.text("0123456789abcdef", length)
    }

    /// What looks like a UUID.
    pub(super) fn uuid(&mut self) -> String {
        format!("{}-{}-4{}-a{}-{}", self.hex(8), self.hex(4), self.hex(3), self.hex(3), self.hex(12))
    }

    /// Some of `texts`, in their order: at least one, at most `most`.
    pub(super) fn some<'a>(&mut self, texts: &[&'a str], most: usize) -> Vec<&'a str> {
        let mut wanted = self.between(1, most.min(texts.len()).max(1));
        let mut found = Vec::with_capacity(wanted);
        for (place, text) in texts.iter().enumerate() {
            if self.index(texts.len() - place) < wanted {
                found.push(*text);
                wanted -= 1;
            }
        }
        found
    }
}
