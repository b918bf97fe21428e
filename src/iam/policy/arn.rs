//! Patterns of ARNs: six parts between colons, each matched by itself; the last one may have colons in it.

use super::pattern::{self, Pattern, Piece};

/// The parts before the resource: `arn`, partition, service, region, account.
const HEAD: usize = 5;

/// A pattern that ARNs are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArnPattern {
    /// As a whole: no wildcard stands before the fifth colon, so that none can reach over one; or there are fewer colons.
    Whole(Pattern),
    /// Part by part.
    Parts {
        /// Up to the account.
        head: Box<[Pattern; HEAD]>,
        /// The resource.
        rest: Pattern,
    },
}

impl ArnPattern {
    /// Every text.
    #[must_use]
    pub fn any() -> Self {
        Self::Whole(Pattern::new("*"))
    }

    /// Takes a pattern apart.
    #[must_use]
    pub fn new(pattern: &Pattern) -> Self {
        let Some((head, rest)) = split(pattern) else { return Self::Whole(pattern.clone()) };
        if head.iter().all(|part| part.literal().is_some()) {
            return Self::Whole(pattern.clone());
        }
        Self::Parts { head: Box::new(head), rest }
    }

    /// The pattern of a `Resource` element. There, a `*` that ends a part reaches over colons, and parts that are missing
    /// are anything:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.
    #[must_use]
    pub fn of_resource(pattern: &Pattern) -> Self {
        Self::taken_apart(pattern).unwrap_or_else(|| Self::Whole(pattern.clone()))
    }

    /// The same; none where that is the pattern as it is.
    #[must_use]
    pub fn taken_apart(pattern: &Pattern) -> Option<Self> {
        if has_literal_head(pattern) {
            return None;
        }
        if let Some(completed) = completed(pattern) {
            return Some(Self::taken_apart(&completed).unwrap_or(Self::Whole(completed)));
        }
        let (head, rest) = split(pattern)?;
        let reaches = head.iter().any(|part| part.pieces().last() == Some(&Piece::Many));
        (!reaches && head.iter().any(|part| part.literal().is_none())).then(|| Self::Parts { head: Box::new(head), rest })
    }

    /// Whether an ARN, or `*`, matches.
    #[must_use]
    pub fn matches(&self, arn: &str) -> bool {
        match self {
            Self::Whole(pattern) => pattern.matches(arn),
            Self::Parts { head, rest } => {
                let mut parts = arn.splitn(HEAD + 1, ':');
                head.iter().chain([rest]).all(|pattern| parts.next().is_some_and(|part| pattern.matches(part)))
            }
        }
    }
}

/// Whether no wildcard stands before the resource.
fn has_literal_head(pattern: &Pattern) -> bool {
    pattern.beginning().bytes().filter(|byte| *byte == b':').count() >= HEAD
}

/// `arn:aws:sqs` as `arn:aws:sqs:*:*:*`.
fn completed(pattern: &Pattern) -> Option<Pattern> {
    // What ends in a star reaches as far as it is.
    if !pattern.beginning().starts_with("arn:") || pattern.pieces().last() == Some(&Piece::Many) {
        return None;
    }
    let colons = |piece: &Piece| match piece {
        Piece::Text(text) => text.matches(':').count(),
        Piece::One | Piece::Many => 0,
    };
    let missing = HEAD.checked_sub(pattern.pieces().iter().map(colons).sum()).filter(|missing| *missing > 0)?;
    let stars = std::iter::repeat_n([Piece::Text(":".to_owned()), Piece::Many], missing).flatten();
    Some(Pattern::from_pieces(pattern.pieces().iter().cloned().chain(stars).collect()))
}

/// Whether every ARN like `narrow` is like `wide`; see [`pattern::covers`].
#[must_use]
pub fn covers(wide: &Pattern, narrow: &Pattern) -> bool {
    both(wide, narrow, pattern::covers)
}

/// Whether some ARN is like both.
#[must_use]
pub fn overlap(one: &Pattern, other: &Pattern) -> bool {
    both(one, other, pattern::overlap)
}

/// The same where no `*` reaches over a colon: of the patterns in AWS's list of resource types.
#[must_use]
pub fn overlap_by_parts(one: &Pattern, other: &Pattern) -> bool {
    match (split(one), split(other)) {
        (Some((head, rest)), Some((other_head, other_rest))) => {
            head.iter().zip(&other_head).all(|(one, other)| pattern::overlap(one, other)) && pattern::overlap(&rest, &other_rest)
        }
        _ => pattern::overlap(one, other),
    }
}

fn reaches(pattern: &Pattern) -> bool {
    split(pattern).is_none_or(|(head, _)| head.iter().any(|part| part.pieces().last() == Some(&Piece::Many)))
}

fn both(one: &Pattern, other: &Pattern, test: fn(&Pattern, &Pattern) -> bool) -> bool {
    // Most pairs need no more than a look.
    if one.is_any() || begin_otherwise(one, other) {
        return one.is_any();
    }
    if has_literal_head(one) && has_literal_head(other) {
        return test(one, other);
    }
    let (one, other) = (&completed(one).unwrap_or_else(|| one.clone()), &completed(other).unwrap_or_else(|| other.clone()));
    match (split(one), split(other)) {
        (Some((head, rest)), Some((other_head, other_rest))) if !reaches(one) && !reaches(other) => {
            head.iter().zip(&other_head).all(|(one, other)| test(one, other)) && test(&rest, &other_rest)
        }
        _ => test(one, other),
    }
}

/// Whether nothing is like both, as far as their beginnings tell.
fn begin_otherwise(one: &Pattern, other: &Pattern) -> bool {
    one.beginning().bytes().zip(other.beginning().bytes()).any(|(one, other)| one != other)
}

fn split(pattern: &Pattern) -> Option<([Pattern; HEAD], Pattern)> {
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pattern.pieces() {
        let Piece::Text(text) = piece else {
            parts.last_mut()?.push(piece.clone());
            continue;
        };
        let missing = (HEAD + 1).saturating_sub(parts.len());
        for (at, text) in text.splitn(missing + 1, ':').enumerate() {
            if at > 0 {
                parts.push(Vec::new());
            }
            parts.last_mut()?.push(Piece::Text(text.to_owned()));
        }
    }
    let mut patterns: Vec<Pattern> = parts.into_iter().map(Pattern::from_pieces).collect();
    if patterns.len() != HEAD + 1 {
        return None;
    }
    let rest = patterns.pop()?;
    Some((patterns.try_into().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_reach_further() {
        for (pattern, arn, expected) in [
            ("arn:aws:lambda", "arn:aws:lambda:eu-west-1:1:function:f", true),
            ("arn:aws:lambda:*:function:*", "arn:aws:lambda:eu-west-1:1:function:f", true),
            ("arn:aws:lambda:*:function:*", "arn:aws:lambda:eu-west-1:1:layer:f", false),
            ("arn:aws:iam::*:role/x", "arn:aws:iam::1:role/x", true),
            ("arn:aws:s?:::b", "arn:aws:s3:::b", true),
            ("arn:*", "arn:aws:s3:::b", true),
        ] {
            assert_eq!(ArnPattern::of_resource(&Pattern::new(pattern)).matches(arn), expected, "{pattern} {arn}");
        }
    }

    #[test]
    fn part_by_part() {
        for (pattern, arn, expected) in [
            ("*", "arn:aws:s3:::b", true),
            ("*", "*", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y/z", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::c/x", false),
            ("arn:*:s3:::b", "arn:aws-cn:s3:::b", true),
            ("arn:aws:iam::*:role/x", "arn:aws:iam::111122223333:role/x", true),
            ("arn:aws:logs:*:*:*", "arn:aws:logs:eu-west-1:1:log-group:x:*", true),
            ("arn:aws:s*:::b", "arn:aws:s3:x:::b", false),
            ("arn:aws:sns:*", "arn:aws:sns:eu-west-1:1:topic", true),
            ("arn:a*:s3:::b?", "arn:aws:s3:::bc", true),
            ("arn:aws:s3:*:*:b", "*", false),
        ] {
            assert_eq!(ArnPattern::new(&Pattern::new(pattern)).matches(arn), expected, "{pattern} {arn}");
        }
    }
}
