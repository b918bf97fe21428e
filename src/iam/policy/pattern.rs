//! Patterns of `*` (any run of characters) and `?` (any one character), as policies write them. What `${…}` means is the
//! template's business, not the pattern's.

/// One piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// This text.
    Text(String),
    /// Any one character.
    One,
    /// Any run of characters, the empty one too.
    Many,
}

/// A pattern, taken apart once and matched often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    pieces: Box<[Piece]>,
}

impl Pattern {
    /// Reads `*` and `?` in a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut pieces = Vec::new();
        push_text(&mut pieces, text);
        Self::from_pieces(pieces)
    }

    /// A pattern that is put together of literal and special pieces.
    #[must_use]
    pub fn from_pieces(pieces: Vec<Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (Some(Piece::Many), Piece::Many) => {}
                (_, Piece::Text(text)) if text.is_empty() => {}
                (_, piece) => joined.push(piece),
            }
        }
        Self { pieces: joined.into() }
    }

    /// Whether the whole text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &*self.pieces {
            [] => text.is_empty(),
            [Piece::Many] => true,
            [Piece::Text(exact)] => exact == text,
            [Piece::Text(prefix), Piece::Many] => text.starts_with(prefix.as_str()),
            pieces => matches_pieces(pieces, text),
        }
    }

    /// Whether it matches every text.
    #[must_use]
    pub fn is_any(&self) -> bool {
        matches!(&*self.pieces, [Piece::Many])
    }

    /// Whether it has no `*` and no `?`.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text that all that it matches begins with.
    #[must_use]
    pub fn beginning(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// The pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => to.write_str(text)?,
                Piece::One => to.write_str("?")?,
                Piece::Many => to.write_str("*")?,
            }
        }
        Ok(())
    }
}

/// Adds a text in which `*` and `?` are special.
pub(super) fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['*', '?']) {
        let (before, after) = rest.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(if after.starts_with('*') { Piece::Many } else { Piece::One });
        // Both signs are one byte long.
        rest = after.get(1..).unwrap_or_default();
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
}

/// Goes back to the last `*` only, which is enough: what an earlier one could take, the last one can take as well.
fn matches_pieces(pieces: &[Piece], text: &str) -> bool {
    let mut todo = pieces;
    let mut rest = text;
    let mut retry: Option<(&[Piece], &str)> = None;
    loop {
        let step = match todo.split_first() {
            None if rest.is_empty() => return true,
            None => None,
            Some((Piece::Many, [])) => return true,
            Some((Piece::Many, after)) => {
                retry = Some((after, rest));
                Some((after, rest))
            }
            Some((Piece::One, after)) => skip_one(rest).map(|rest| (after, rest)),
            Some((Piece::Text(text), after)) => rest.strip_prefix(text.as_str()).map(|rest| (after, rest)),
        };
        (todo, rest) = match (step, retry) {
            (Some(step), _) => step,
            (None, Some((after, from))) => match skip_one(from) {
                Some(from) => {
                    retry = Some((after, from));
                    (after, from)
                }
                None => return false,
            },
            (None, None) => return false,
        };
    }
}

fn skip_one(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next()?;
    Some(characters.as_str())
}

/// Whether some text matches both: two requests' patterns, or a request for `bucket/*` and a Deny of `bucket/secret*`.
#[must_use]
pub fn overlap(one: &Pattern, other: &Pattern) -> bool {
    let (one, other) = (letters(one), letters(other));
    // reachable[j]: the letters of `one` read so far and the first j of `other` have a text in common.
    let mut reachable = vec![false; other.len() + 1];
    for i in 0..=one.len() {
        let mut row = vec![false; other.len() + 1];
        for j in 0..=other.len() {
            let at = |row: &[bool], j: usize| row.get(j).copied().unwrap_or(false);
            let a = i.checked_sub(1).and_then(|i| one.get(i));
            let b = j.checked_sub(1).and_then(|j| other.get(j));
            let up = i > 0 && at(&reachable, j);
            let left = j > 0 && at(&row, j - 1);
            let both = i > 0 && j > 0 && at(&reachable, j - 1);
            let found = (i == 0 && j == 0)
                || (a == Some(&Letter::Many) && up)
                || (b == Some(&Letter::Many) && left)
                || (a == Some(&Letter::Many) && left)
                || (b == Some(&Letter::Many) && up)
                || (both && meets(a, b));
            if let Some(cell) = row.get_mut(j) {
                *cell = found;
            }
        }
        reachable = row;
    }
    reachable.last().copied().unwrap_or(false)
}

/// Whether every text that matches `narrow` matches `wide`. May say no where it is so, never yes where it is not: each
/// character of `narrow` is matched as itself, and its `*` and `?` only by those of `wide`.
#[must_use]
pub fn covers(wide: &Pattern, narrow: &Pattern) -> bool {
    let narrow = letters(narrow);
    let wide = letters(wide);
    let mut reachable = vec![false; narrow.len() + 1];
    if let Some(start) = reachable.first_mut() {
        *start = true;
    }
    for letter in &wide {
        let mut row = vec![false; narrow.len() + 1];
        for j in 0..=narrow.len() {
            let before = |row: &[bool]| j > 0 && row.get(j - 1).copied().unwrap_or(false);
            let read = j.checked_sub(1).and_then(|j| narrow.get(j));
            let found = match letter {
                Letter::Many => reachable.get(j).copied().unwrap_or(false) || before(&row),
                Letter::One => before(&reachable) && matches!(read, Some(Letter::One | Letter::Exact(_))),
                Letter::Exact(_) => before(&reachable) && read == Some(letter),
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = found;
            }
        }
        reachable = row;
    }
    reachable.last().copied().unwrap_or(false)
}

/// A text that matches both, if there is one: a shortest one, `x` where any character will do.
#[must_use]
pub fn common(one: &Pattern, other: &Pattern) -> Option<String> {
    let (one, other) = (letters(one), letters(other));
    let width = other.len() + 1;
    // How each pair of places was reached: from which pair, and by which character.
    let mut from: Vec<Option<(usize, Option<char>)>> = vec![None; (one.len() + 1) * width];
    let mut queue = std::collections::VecDeque::from([0_usize]);
    *from.first_mut()? = Some((0, None));
    while let Some(at) = queue.pop_front() {
        let (i, j) = (at / width, at % width);
        let (a, b) = (one.get(i), other.get(j));
        let (many_a, many_b) = (a == Some(&Letter::Many), b == Some(&Letter::Many));
        let mut steps: Vec<(usize, usize, Option<char>)> = Vec::new();
        if many_a {
            steps.push((i + 1, j, None));
        }
        if many_b {
            steps.push((i, j + 1, None));
        }
        let letter = |letter: Option<&Letter>| match letter {
            Some(Letter::Exact(c)) => Some(Some(*c)),
            Some(Letter::One | Letter::Many) => Some(None),
            None => None,
        };
        if let (Some(left), Some(right)) = (letter(a), letter(b))
            && (left.is_none() || right.is_none() || left == right)
            && !(many_a && many_b)
        {
            steps.push((if many_a { i } else { i + 1 }, if many_b { j } else { j + 1 }, left.or(right).or(Some('x'))));
        }
        for (i, j, character) in steps {
            let next = i * width + j;
            if let Some(place @ None) = from.get_mut(next) {
                *place = Some((at, character));
                queue.push_back(next);
            }
        }
    }
    let mut at = from.len().checked_sub(1)?;
    let mut text = Vec::new();
    while at != 0 {
        let (before, character) = from.get(at).copied().flatten()?;
        text.extend(character);
        at = before;
    }
    Some(text.into_iter().rev().collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    Exact(char),
    One,
    Many,
}

fn letters(pattern: &Pattern) -> Vec<Letter> {
    let mut letters = Vec::new();
    for piece in &pattern.pieces {
        match piece {
            Piece::Text(text) => letters.extend(text.chars().map(Letter::Exact)),
            Piece::One => letters.push(Letter::One),
            Piece::Many => letters.push(Letter::Many),
        }
    }
    letters
}

fn meets(one: Option<&Letter>, other: Option<&Letter>) -> bool {
    match (one, other) {
        (Some(Letter::Exact(a)), Some(Letter::Exact(b))) => a == b,
        (Some(Letter::One), Some(Letter::Exact(_) | Letter::One)) | (Some(Letter::Exact(_)), Some(Letter::One)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, as slow as it is plain.
    fn reference(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', after @ ..], _) => reference(after, text) || (!text.is_empty() && reference(pattern, &text[1..])),
            (['?', after @ ..], [_, rest @ ..]) => reference(after, rest),
            ([a, after @ ..], [b, rest @ ..]) => a == b && reference(after, rest),
            _ => false,
        }
    }

    fn says(pattern: &str, text: &str) -> bool {
        reference(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn matches_as_defined(pattern in "[ab*?é]{0,8}", text in "[abé*]{0,9}") {
            prop_assert_eq!(Pattern::new(&pattern).matches(&text), says(&pattern, &text));
        }

        #[test]
        fn a_common_text_is_an_overlap(one in "[ab*?]{0,6}", other in "[ab*?]{0,6}", text in "[ab]{0,7}") {
            if says(&one, &text) && says(&other, &text) {
                prop_assert!(overlap(&Pattern::new(&one), &Pattern::new(&other)));
            }
        }

        #[test]
        fn without_an_overlap_no_common_text(one in "[ab*?]{0,4}", other in "[ab]{0,4}") {
            prop_assert_eq!(overlap(&Pattern::new(&one), &Pattern::new(&other)), says(&one, &other));
        }

        #[test]
        fn a_common_text_matches_both(one in "[ab*?]{0,6}", other in "[ab*?]{0,6}") {
            let (left, right) = (Pattern::new(&one), Pattern::new(&other));
            let found = common(&left, &right);
            prop_assert_eq!(found.is_some(), overlap(&left, &right));
            if let Some(text) = found {
                prop_assert!(says(&one, &text) && says(&other, &text));
            }
        }

        #[test]
        fn covered_texts_match(wide in "[ab*?]{0,6}", narrow in "[ab*?]{0,6}", text in "[ab]{0,7}") {
            if covers(&Pattern::new(&wide), &Pattern::new(&narrow)) && says(&narrow, &text) {
                prop_assert!(says(&wide, &text));
            }
        }
    }

    #[test]
    fn wide_covers_narrow() {
        for (wide, narrow) in [("*", "a*"), ("a*", "a*"), ("a*", "ab*"), ("a?", "ab"), ("*a*", "xa?"), ("", "")] {
            assert!(covers(&Pattern::new(wide), &Pattern::new(narrow)), "{wide} {narrow}");
        }
        for (wide, narrow) in [("a*", "*"), ("a", "?"), ("?", "*"), ("ab*", "a*")] {
            assert!(!covers(&Pattern::new(wide), &Pattern::new(narrow)), "{wide} {narrow}");
        }
    }

    #[test]
    fn many_stars_are_not_slow() {
        let pattern = Pattern::new(&format!("{}b", "*a".repeat(40)));
        assert!(!pattern.matches(&"a".repeat(5000)));
    }
}
