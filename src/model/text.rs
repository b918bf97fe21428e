//! Making text from a snapshot safe to look at. Escaping for HTML or CSV is the renderers' business.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with everything invisible or dangerous on a terminal made visible.
///
/// Control characters (a terminal's escape sequences among them), bidirectional overrides and zero-width
/// characters become `\u{…}`. All that comes out of a snapshot was chosen by somebody else.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a `String` cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Characters that change how the text around them is read, without being seen themselves.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn plain_text_is_untouched() {
        assert_eq!(visible("prod – Zürich"), "prod – Zürich");
    }

    #[test]
    fn escape_sequences_and_overrides_are_shown() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\n"), "a\\u{1b}[31mb\\u{202e}c\\u{a}");
    }
}
