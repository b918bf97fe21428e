//! Text with `*` and `?`, as policies write action names. Upper and lower case are the same.
//!
//! Not for resources: there upper and lower case differ, and colons mean something.

use std::cmp::Ordering;

/// A pattern, and the part of it before the first `*` or `?`.
#[derive(Clone, Copy)]
pub(super) struct Pattern<'a> {
    text: &'a [u8],
    head: &'a [u8],
}

impl<'a> Pattern<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let text = text.as_bytes();
        let head = text.split(|byte| matches!(byte, b'*' | b'?')).next().unwrap_or_default();
        Self { text, head }
    }

    /// The text, where it has neither `*` nor `?`.
    pub(super) fn literal(self) -> Option<&'a [u8]> {
        (self.text.len() == self.head.len()).then_some(self.text)
    }

    /// Whether it means all that begins with its head.
    pub(super) fn is_prefix(self) -> bool {
        let rest = self.text.get(self.head.len()..).unwrap_or_default();
        !rest.is_empty() && rest.iter().all(|byte| *byte == b'*')
    }

    /// How a name stands to the names that begin with the head.
    pub(super) fn compare_head(self, name: &str) -> Ordering {
        let name = name.as_bytes();
        let start = name.get(..self.head.len()).unwrap_or(name);
        lower(start).cmp(lower(self.head))
    }

    /// Whether all of `name` is what the pattern says.
    pub(super) fn matches(self, name: &str) -> bool {
        let (name, mut at, mut next) = (name.as_bytes(), 0, 0);
        // After a `*`: where to go on in the pattern, and from where in the name the `*` could eat more.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            match (self.text.get(next), name.get(at)) {
                (Some(b'*'), _) => {
                    retry = Some((next + 1, at));
                    next += 1;
                }
                (Some(wanted), Some(found)) if *wanted == b'?' || wanted.eq_ignore_ascii_case(found) => {
                    next += 1;
                    at += 1;
                }
                (None, None) => return true,
                (_, found) => {
                    let (Some((after, eaten)), Some(_)) = (retry, found) else { return false };
                    retry = Some((after, eaten + 1));
                    (next, at) = (after, eaten + 1);
                }
            }
        }
    }
}

/// Whether the whole text is stars.
pub(super) fn is_everything(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// The order of the data files: that of the names in lower case.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    lower(left.as_bytes()).cmp(lower(right.as_bytes()))
}

/// The order of services: that of their names with the colon, so that the names of all actions are in order.
pub(super) fn compare_services(left: &[u8], right: &[u8]) -> Ordering {
    lower(left).chain([b':']).cmp(lower(right).chain([b':']))
}

fn lower(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().map(u8::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, name, expected) in [
            ("Get*", "getObject", true),
            ("get*t", "GetObject", true),
            ("get*t", "GetObjects", false),
            ("*", "", true),
            ("?", "", false),
            ("??", "ab", true),
            ("", "", true),
            ("", "a", false),
            ("a", "", false),
            ("*a*b*c*", "xxaxxbxxcxx", true),
            ("*ab", "aab", true),
            ("a**", "a", true),
            ("?*", "é", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(name), expected, "`{pattern}` on `{name}`");
        }
    }

    /// The definition, as slow as it is plain.
    fn defined(pattern: &[u8], name: &[u8]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some((b'*', rest)) => (0..=name.len()).any(|eaten| defined(rest, &name[eaten..])),
            Some((b'?', rest)) => !name.is_empty() && defined(rest, &name[1..]),
            Some((wanted, rest)) => name.first().is_some_and(|found| found.eq_ignore_ascii_case(wanted)) && defined(rest, &name[1..]),
        }
    }

    proptest! {
        #[test]
        fn matches_is_as_defined(pattern in "[abA*?]{0,8}", name in "[abB]{0,10}") {
            prop_assert_eq!(Pattern::new(&pattern).matches(&name), defined(pattern.as_bytes(), name.as_bytes()));
        }

        #[test]
        fn a_match_begins_with_the_head(pattern in "[abA*?]{0,8}", name in "[abB]{0,10}") {
            let pattern = Pattern::new(&pattern);
            if pattern.matches(&name) {
                prop_assert_eq!(pattern.compare_head(&name), Ordering::Equal);
            }
            if pattern.is_prefix() {
                prop_assert_eq!(pattern.matches(&name), pattern.compare_head(&name) == Ordering::Equal);
            }
        }
    }
}
