//! Texts of policies in which variables may stand: `arn:aws:s3:::home/${aws:username}/*`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::fmt;

use super::pattern::{Pattern, Piece, push_text};
use crate::iam::context::{Context, Key, Known};

/// A text with `*`, `?` and variables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Template {
    /// None when there is no variable in it.
    pieces: Vec<Part>,
    /// The whole of it, when there is none.
    fixed: Option<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Plain(Piece),
    Variable { key: Key, default: Option<String> },
}

/// What a template says in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved<'a> {
    /// This pattern.
    Pattern(std::borrow::Cow<'a, Pattern>),
    /// Nothing: a variable has neither a value nor a default.
    Missing,
    /// Nobody knows: the value of a variable is unknown. What is known stands in it.
    Unknown(Template),
}

impl Template {
    /// Reads a text. Without `variables` (`Version` before 2012-10-17), `${` is text.
    #[must_use]
    pub fn new(text: &str, variables: bool) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, variable, after)) = next_variable(rest).filter(|_| variables) {
            plain(&mut pieces, before);
            pieces.push(variable);
            rest = after;
        }
        plain(&mut pieces, rest);
        Self::from_parts(pieces)
    }

    /// A text without anything special in it.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self::from_parts(vec![Part::Plain(Piece::Text(text.to_owned()))])
    }

    /// Reads a text in which `*` and `?` are nothing special.
    #[must_use]
    pub fn without_wildcards(text: &str, variables: bool) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, variable, after)) = next_variable(rest).filter(|_| variables) {
            pieces.push(Part::Plain(Piece::Text(before.to_owned())));
            pieces.push(variable);
            rest = after;
        }
        pieces.push(Part::Plain(Piece::Text(rest.to_owned())));
        Self::from_parts(pieces)
    }

    /// A pattern without variables.
    #[must_use]
    pub fn of(pattern: Pattern) -> Self {
        Self { pieces: Vec::new(), fixed: Some(pattern) }
    }

    fn from_parts(pieces: Vec<Part>) -> Self {
        if pieces.iter().any(|part| matches!(part, Part::Variable { .. })) {
            return Self { pieces, fixed: None };
        }
        let plain = |part: Part| match part {
            Part::Plain(piece) => Some(piece),
            Part::Variable { .. } => None,
        };
        Self::of(Pattern::from_pieces(pieces.into_iter().filter_map(plain).collect()))
    }

    /// The pattern, when no variable is in it.
    #[must_use]
    pub fn fixed(&self) -> Option<&Pattern> {
        self.fixed.as_ref()
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &Key> {
        self.pieces.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key),
            Part::Plain(_) => None,
        })
    }

    /// Puts the values of the request in the place of the variables. `*` and `?` in a value are nothing special.
    #[must_use]
    pub fn resolve(&self, context: &Context) -> Resolved<'_> {
        if let Some(pattern) = &self.fixed {
            return Resolved::Pattern(std::borrow::Cow::Borrowed(pattern));
        }
        let mut unknown = false;
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for part in &self.pieces {
            let Part::Variable { key, default } = part else {
                pieces.push(part.clone());
                continue;
            };
            let value = match context.get(key) {
                // A key with several values cannot stand for one text.
                Known::Values([value]) => Some(value.as_str()),
                Known::Values(_) | Known::Absent => default.as_deref(),
                Known::Like(_) | Known::Unknown => {
                    unknown = true;
                    pieces.push(part.clone());
                    continue;
                }
            };
            let Some(value) = value else { return Resolved::Missing };
            pieces.push(Part::Plain(Piece::Text(value.to_owned())));
        }
        let resolved = Self::from_parts(pieces);
        match resolved.fixed {
            Some(pattern) if !unknown => Resolved::Pattern(std::borrow::Cow::Owned(pattern)),
            _ => Resolved::Unknown(resolved),
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(fixed) = &self.fixed {
            return fixed.fmt(to);
        }
        for part in &self.pieces {
            match part {
                Part::Plain(Piece::Text(text)) => to.write_str(text)?,
                Part::Plain(Piece::One) => to.write_str("?")?,
                Part::Plain(Piece::Many) => to.write_str("*")?,
                Part::Variable { key, default: None } => write!(to, "${{{key}}}")?,
                Part::Variable { key, default: Some(default) } => write!(to, "${{{key}, '{default}'}}")?,
            }
        }
        Ok(())
    }
}

fn plain(parts: &mut Vec<Part>, text: &str) {
    let mut pieces = Vec::new();
    push_text(&mut pieces, text);
    parts.extend(pieces.into_iter().map(Part::Plain));
}

/// The text before the first `${…}`, what it stands for, and the text after it.
fn next_variable(text: &str) -> Option<(&str, Part, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (inside, after) = rest.split_once('}')?;
    let part = match inside {
        // The escapes: `${*}` is a star.
        "*" | "?" | "$" => Part::Plain(Piece::Text(inside.to_owned())),
        _ => match inside.split_once(',') {
            None => Part::Variable { key: Key::new(inside.trim()), default: None },
            Some((key, default)) => {
                let default = default.trim();
                let unquoted = default.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(default);
                Part::Variable { key: Key::new(key.trim()), default: Some(unquoted.to_owned()) }
            }
        },
    };
    Some((before, part, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str, context: &Context, tested: &str) -> Option<bool> {
        match Template::new(text, true).resolve(context) {
            Resolved::Pattern(pattern) => Some(pattern.matches(tested)),
            Resolved::Missing => Some(false),
            Resolved::Unknown(_) => None,
        }
    }

    #[test]
    fn variables() {
        let mut context = Context::absent();
        context.set("aws:username", ["al*ce"]);
        context.set("aws:TagKeys", ["a", "b"]);
        context.set_unknown("aws:SourceIp");
        for (text, tested, expected) in [
            ("home/${aws:UserName}/*", "home/al*ce/x", Some(true)),
            ("home/${aws:username}/*", "home/alice/x", Some(false)),
            ("${aws:PrincipalTag/team, 'none'}", "none", Some(true)),
            ("${aws:PrincipalTag/team,'a b'}", "a b", Some(true)),
            ("${aws:PrincipalTag/team}", "", Some(false)),
            ("${aws:TagKeys}", "a", Some(false)),
            ("a${*}${?}${$}b", "a*?$b", Some(true)),
            ("a${*}b", "axb", Some(false)),
            ("${aws:SourceIp}", "1.2.3.4", None),
            ("${open", "${open", Some(true)),
        ] {
            assert_eq!(says(text, &context, tested), expected, "{text}");
        }
    }

    #[test]
    fn older_versions_have_none() {
        let template = Template::new("${aws:username}*", false);
        assert!(template.fixed().unwrap().matches("${aws:username}x"));
        assert_eq!(template.to_string(), "${aws:username}*");
    }

    #[test]
    fn what_is_known_is_filled_in() {
        let mut context = Context::absent();
        context.set("aws:username", ["alice"]);
        context.set_unknown("s3:prefix");
        let Resolved::Unknown(left) = Template::new("${aws:username}/${s3:prefix}*", true).resolve(&context) else { panic!() };
        assert_eq!(left.to_string(), "alice/${s3:prefix}*");
    }
}
