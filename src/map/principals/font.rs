//! The letters: how wide a text is, and the outlines of its glyphs. The font is a part of Inter that has Latin letters,
//! digits and punctuation; what it lacks is a box. Kerning and scripts that need shaping are out of reach.

use ttf_parser::{Face, GlyphId, OutlineBuilder};

const REGULAR: &[u8] = include_bytes!("../../../data/fonts/Inter-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../../data/fonts/Inter-SemiBold.otf");
/// The width of a letter that the font lacks, in font sizes. Most such are as wide as they are high.
const UNKNOWN: f64 = 0.95;

/// Both weights.
pub(super) struct Fonts {
    regular: Option<Face<'static>>,
    bold: Option<Face<'static>>,
}

/// A letter at its place.
pub(super) enum Letter {
    /// A glyph of the font.
    Glyph(GlyphId),
    /// None of the font's.
    Missing,
}

impl Fonts {
    pub(super) fn new() -> Self {
        Self { regular: Face::parse(REGULAR, 0).ok(), bold: Face::parse(BOLD, 0).ok() }
    }

    fn face(&self, bold: bool) -> Option<&Face<'static>> {
        if bold { self.bold.as_ref() } else { self.regular.as_ref() }
    }

    fn letter(&self, letter: char, bold: bool) -> (Letter, f64) {
        // The brackets of `visible` are not in the font.
        let letter = match letter {
            '⟨' => '‹',
            '⟩' => '›',
            other => other,
        };
        let found = self.face(bold).and_then(|face| {
            let glyph = face.glyph_index(letter)?;
            Some((Letter::Glyph(glyph), f64::from(face.glyph_hor_advance(glyph)?) / f64::from(face.units_per_em())))
        });
        found.unwrap_or((Letter::Missing, UNKNOWN))
    }

    /// The width of a text.
    pub(super) fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        text.chars().map(|letter| self.letter(letter, bold).1).sum::<f64>() * size
    }

    /// The letters of a text, each with where it starts and how wide it is, in font sizes.
    pub(super) fn letters(&self, text: &str, bold: bool) -> Vec<(Letter, f64, f64)> {
        let mut x = 0.0;
        let placed = text.chars().map(|letter| {
            let (letter, width) = self.letter(letter, bold);
            x += width;
            (letter, x - width, width)
        });
        placed.collect()
    }

    /// Draws the outline of a glyph, in units of which `units` are a font size.
    pub(super) fn outline(&self, glyph: GlyphId, bold: bool, pen: &mut dyn OutlineBuilder) {
        if let Some(face) = self.face(bold) {
            let _ = face.outline_glyph(glyph, pen);
        }
    }

    /// Units of the outlines to a font size.
    pub(super) fn units(&self, bold: bool) -> f64 {
        self.face(bold).map_or(1.0, |face| f64::from(face.units_per_em()))
    }

    /// As much of a text as fits, without its middle: names differ at both ends.
    pub(super) fn fitting(&self, text: &str, size: f64, bold: bool, width: f64) -> String {
        if self.width(text, size, bold) <= width {
            return text.to_owned();
        }
        let letters: Vec<char> = text.chars().collect();
        let cut = |keep: usize| {
            let tail = keep / 3;
            let head = letters.iter().take(keep - tail);
            let rest = letters.iter().skip(letters.len().saturating_sub(tail));
            head.chain(['…'].iter()).chain(rest).collect::<String>()
        };
        // Text can be long, and every letter is at least a fifth of a font size wide.
        let most = letters.len().min((0_u16..2_000).take_while(|count| f64::from(*count) * size * 0.2 < width).count());
        (0..most).rev().map(cut).find(|short| self.width(short, size, bold) <= width).unwrap_or_else(|| "…".to_owned())
    }

    /// A text in lines of at most a width, broken where it can be; what exceeds the lines is left out of the last.
    pub(super) fn lines(&self, text: &str, size: f64, bold: bool, width: f64, most: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = text;
        while lines.len() + 1 < most && self.width(rest, size, bold) > width {
            let Some((line, after)) = rest.split_at_checked(self.break_at(rest, size, bold, width)) else { break };
            if after.is_empty() {
                break;
            }
            lines.push(line.trim_end().to_owned());
            rest = after;
        }
        lines.push(self.fitting(rest, size, bold, width));
        lines
    }

    /// Where a line ends: behind the last separator that leaves most of it full, else wherever it is full.
    fn break_at(&self, text: &str, size: f64, bold: bool, width: f64) -> usize {
        let (mut x, mut soft, mut hard) = (0.0, 0, 0);
        let mut small = false;
        for (at, letter) in text.char_indices() {
            // In `OneName`, before the second word.
            if small && letter.is_uppercase() && x > width * 0.5 {
                soft = at;
            }
            small = letter.is_lowercase();
            x += self.letter(letter, bold).1 * size;
            if x > width {
                break;
            }
            hard = at + letter.len_utf8();
            if matches!(letter, '-' | '_' | '.' | '/' | ' ' | ':' | '@') && x > width * 0.4 {
                soft = hard;
            }
        }
        if soft > 0 { soft } else { hard.max(text.chars().next().map_or(0, char::len_utf8)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_both_weights_with_all_that_we_write() {
        let fonts = Fonts::new();
        for bold in [false, true] {
            for letter in (' '..='~').chain("×…–—·‹›→≥⟨⟩é".chars()) {
                assert!(matches!(fonts.letter(letter, bold).0, Letter::Glyph(_)), "{letter}");
            }
        }
        assert!(matches!(fonts.letter('漢', false).0, Letter::Missing));
        assert!(fonts.width("MM", 10.0, true) > fonts.width("ii", 10.0, true));
    }

    #[test]
    fn cuts_the_middle_out() {
        let fonts = Fonts::new();
        let short = fonts.fitting("AWSReservedSSO_AdministratorAccess_0123456789abcdef", 12.0, false, 120.0);
        assert!(short.starts_with("AWSRes") && short.ends_with("ef") && short.contains('…'), "{short}");
        assert!(fonts.width(&short, 12.0, false) <= 120.0);
        assert_eq!(fonts.fitting("abc", 12.0, false, 1.0), "…");
        assert!(fonts.fitting(&"x".repeat(1_000_000), 12.0, false, 100.0).len() < 60);
    }

    #[test]
    fn breaks_lines_behind_separators() {
        let fonts = Fonts::new();
        let lines = fonts.lines("deployment-pipeline-production-runner", 12.0, false, 150.0, 2);
        assert_eq!(lines, ["deployment-pipeline-", "production-runner"]);
        assert_eq!(fonts.lines("a", 12.0, false, 0.5, 3), ["…"]);
        assert_eq!(fonts.lines("漢漢", 12.0, false, 0.5, 2).len(), 2);
        assert_eq!(fonts.lines("", 12.0, false, 10.0, 2), [""]);
    }
}
