//! A picture as SVG. It stands by itself: no fonts, styles or scripts from elsewhere. Every text is escaped here.

use std::io::{self, Write};

use super::Picture;
use super::font::Fonts;
use super::layout::scene;
use super::scene::{Anchor, Colour, Item, Pen, Point, Scene, Shape, Type};

/// Wider and higher pictures are shown smaller.
const LARGEST: f64 = 4_000.0;

/// Writes a picture as SVG.
///
/// # Errors
/// When `out` cannot be written.
pub fn svg(picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    let fonts = Fonts::new();
    write(&scene(picture, &fonts), &fonts, out)
}

fn write(scene: &Scene, fonts: &Fonts, out: &mut dyn Write) -> io::Result<()> {
    let shown = (LARGEST / scene.width.max(1.0)).min(1.0);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" width=\"{:.0}\" height=\"{:.0}\" role=\"img\" \
         aria-labelledby=\"t d\" font-family='Inter, system-ui, -apple-system, \"Segoe UI\", Roboto, \"Liberation Sans\", Arial, sans-serif'>",
        scene.width * shown,
        scene.height * shown,
        w = scene.width,
        h = scene.height,
    )?;
    writeln!(out, "<title id=\"t\">{}</title>\n<desc id=\"d\">{}</desc>", Xml(&scene.title), Xml(&scene.about))?;
    writeln!(
        out,
        "<style>.b{{font-weight:600}}.m{{text-anchor:middle}}.h{{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}}</style>"
    )?;
    writeln!(out, "<rect width=\"{:.0}\" height=\"{:.0}\" fill=\"#fff\"/>", scene.width, scene.height)?;
    for item in &scene.items {
        draw(item, fonts, out)?;
    }
    writeln!(out, "</svg>")
}

fn draw(item: &Item, fonts: &Fonts, out: &mut dyn Write) -> io::Result<()> {
    let grouped = item.about.is_some() || item.shapes.len() > 1;
    if grouped {
        write!(out, "<g>")?;
    }
    if let Some(about) = &item.about {
        write!(out, "<title>{}</title>", Xml(about))?;
    }
    for shape in &item.shapes {
        draw_shape(shape, fonts, out)?;
    }
    writeln!(out, "{}", if grouped { "</g>" } else { "" })
}

fn draw_shape(shape: &Shape, fonts: &Fonts, out: &mut dyn Write) -> io::Result<()> {
    match shape {
        Shape::Rect { frame, round, fill, pen } => {
            write!(out, "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"", frame.x, frame.y, frame.w, frame.h)?;
            write!(out, " rx=\"{round:.0}\" fill=\"{}\"{}/>", Hex(*fill), Stroke(*pen))
        }
        Shape::Ellipse { frame, fill, pen } => {
            let (rx, ry) = (frame.w / 2.0, frame.h / 2.0);
            write!(out, "<ellipse cx=\"{:.1}\" cy=\"{:.1}\" rx=\"{rx:.1}\" ry=\"{ry:.1}\"", frame.x + rx, frame.y + ry)?;
            write!(out, " fill=\"{}\"{}/>", Hex(*fill), Stroke(*pen))
        }
        Shape::Curve { from, bends, pen } => {
            write!(out, "<path d=\"M{}", At(*from))?;
            for [one, other, end] in bends {
                write!(out, "C{} {} {}", At(*one), At(*other), At(*end))?;
            }
            write!(out, "\" fill=\"none\"{}/>", Stroke(*pen))
        }
        Shape::Tip { corners: [one, other, last], fill } => {
            write!(out, "<path d=\"M{}L{}L{}Z\" fill=\"{}\"/>", At(*one), At(*other), At(*last), Hex(*fill))
        }
        Shape::Text { at, text, style } => draw_text(*at, text, *style, fonts, out),
    }
}

/// The width that everything was placed by is written along, for those who have another font.
fn draw_text(at: Point, text: &str, style: Type, fonts: &Fonts, out: &mut dyn Write) -> io::Result<()> {
    let classes = [(style.bold, "b"), (style.anchor == Anchor::Middle, "m"), (style.halo, "h")];
    let classes: Vec<&str> = classes.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
    write!(out, "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{}\" fill=\"{}\"", at.x, at.y, style.size, Hex(style.colour))?;
    if !classes.is_empty() {
        write!(out, " class=\"{}\"", classes.join(" "))?;
    }
    let width = fonts.width(text, style.size, style.bold);
    write!(out, " textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">{}</text>", Xml(text))
}

struct At(Point);

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1},{:.1}", self.0.x, self.0.y)
    }
}

struct Hex(Colour);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.0.0, self.0.1, self.0.2)
    }
}

struct Stroke(Pen);

impl std::fmt::Display for Stroke {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.width <= 0.0 {
            return Ok(());
        }
        write!(f, " stroke=\"{}\" stroke-width=\"{:.1}\"", Hex(self.0.colour), self.0.width)?;
        if self.0.dashed { f.write_str(" stroke-dasharray=\"6 4\"") } else { Ok(()) }
    }
}

/// A text for an XML file. What may not be in one at all is a question mark; `visible` should have seen to it before.
pub(super) struct Xml<'a>(pub(super) &'a str);

impl std::fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write as _;
        for letter in self.0.chars() {
            match letter {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' => f.write_char('\n')?,
                letter if letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => f.write_char('?')?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_end_what_they_are_in() {
        assert_eq!(Xml("\"<&>'\u{0}\u{FFFF}\n").to_string(), "&quot;&lt;&amp;&gt;&#39;??\n");
    }

    #[test]
    fn no_stroke_is_none() {
        let pen = Pen { colour: Colour(1, 2, 3), width: 0.0, dashed: true };
        assert_eq!(Stroke(pen).to_string(), "");
        assert_eq!(Stroke(Pen { width: 1.0, ..pen }).to_string(), " stroke=\"#010203\" stroke-width=\"1.0\" stroke-dasharray=\"6 4\"");
    }
}
