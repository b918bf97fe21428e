//! Makes text from a snapshot safe to *read*: characters that are invisible or that reorder their neighbours are
//! shown by their code. It is not an escaper: askama escapes, this runs before it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Replaces every character that a reader cannot see, or that changes how other characters are shown, by its
/// code in mathematical angle brackets: `\u{202E}` becomes `⟨U+202E⟩`. Applying it twice changes nothing more.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character is a control, a bidi control, a zero-width or blank look-alike, or not a character at all.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0x00AD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE | 0xFFFF
            | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(visible("prod – Zürich 東京"), Cow::Borrowed(_)));
    }

    #[test]
    fn hidden_characters_show_their_code() {
        assert_eq!(visible("a\u{202E}b\u{0}c\n"), "a⟨U+202E⟩b⟨U+0000⟩c⟨U+000A⟩");
        assert_eq!(visible("\u{200B}\u{E0041}"), "⟨U+200B⟩⟨U+E0041⟩");
    }

    #[test]
    fn a_second_pass_changes_nothing() {
        let once = visible("x\u{2066}y\u{7}").into_owned();
        assert_eq!(visible(&once), once);
    }
}
