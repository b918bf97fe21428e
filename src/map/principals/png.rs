//! A picture as PNG, for what cannot show SVG. It is drawn from the same scene, with the letters that are built in.

use std::io::{self, Write};

use tiny_skia::{FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};
use ttf_parser::OutlineBuilder;

use super::Picture;
use super::font::{Fonts, Letter};
use super::layout::scene;
use super::scene::{Anchor, Colour, Frame, Pen, Point, Scene, Shape, Type, WHITE};

/// Neither wider nor higher, in pixels.
const LARGEST: f64 = 8_000.0;
/// Small pictures have two pixels to a unit, so that they are sharp; larger ones as many as come to this.
const SHARP: f64 = 4_000.0;
/// Handles of a Bézier curve that is nearly a quarter of a circle, in radii.
const ROUND: f64 = 0.552_285;

/// Writes a picture as PNG, at most 8,000 pixels wide and high.
///
/// # Errors
/// When `out` cannot be written.
pub fn png(picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    let fonts = Fonts::new();
    let scene = scene(picture, &fonts);
    let canvas = Canvas::draw(&scene, &fonts).ok_or_else(|| io::Error::other("the picture has no size"))?;
    out.write_all(&canvas.pixels.encode_png().map_err(io::Error::other)?)
}

struct Canvas<'a> {
    pixels: Pixmap,
    scale: Transform,
    fonts: &'a Fonts,
}

/// Places are far below what a `f32` can hold.
#[expect(clippy::cast_possible_truncation, reason = "a tenth of a pixel is enough")]
fn f(length: f64) -> f32 {
    length as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 1 and 8,000")]
fn pixels(length: f64) -> u32 {
    length.clamp(1.0, LARGEST) as u32
}

impl<'a> Canvas<'a> {
    fn draw(scene: &Scene, fonts: &'a Fonts) -> Option<Self> {
        let longest = scene.width.max(scene.height).max(1.0);
        let factor = (SHARP / longest).clamp(1.0, 2.0).min(LARGEST / longest);
        let mut canvas = Self {
            pixels: Pixmap::new(pixels(scene.width * factor), pixels(scene.height * factor))?,
            scale: Transform::from_scale(f(factor), f(factor)),
            fonts,
        };
        canvas.pixels.fill(tiny_skia::Color::WHITE);
        for shape in scene.items.iter().flat_map(|item| &item.shapes) {
            canvas.shape(shape);
        }
        Some(canvas)
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect { frame, round, fill, pen } => self.outlined(rectangle(*frame, *round), *fill, *pen),
            Shape::Ellipse { frame, fill, pen } => {
                let oval = Rect::from_xywh(f(frame.x), f(frame.y), f(frame.w), f(frame.h)).and_then(PathBuilder::from_oval);
                self.outlined(oval, *fill, *pen);
            }
            Shape::Curve { from, bends, pen } => {
                let mut path = PathBuilder::new();
                path.move_to(f(from.x), f(from.y));
                for [one, other, end] in bends {
                    path.cubic_to(f(one.x), f(one.y), f(other.x), f(other.y), f(end.x), f(end.y));
                }
                if let Some(path) = path.finish() {
                    self.stroke(&path, *pen);
                }
            }
            Shape::Tip { corners: [one, other, last], fill } => {
                let mut path = PathBuilder::new();
                path.move_to(f(one.x), f(one.y));
                path.line_to(f(other.x), f(other.y));
                path.line_to(f(last.x), f(last.y));
                path.close();
                if let Some(path) = path.finish() {
                    self.fill(&path, *fill);
                }
            }
            Shape::Text { at, text, style } => self.text(*at, text, *style),
        }
    }

    fn outlined(&mut self, path: Option<Path>, fill: Colour, pen: Pen) {
        let Some(path) = path else { return };
        self.fill(&path, fill);
        if pen.width > 0.0 {
            self.stroke(&path, pen);
        }
    }

    fn fill(&mut self, path: &Path, colour: Colour) {
        self.pixels.fill_path(path, &paint(colour), FillRule::Winding, self.scale, None);
    }

    fn stroke(&mut self, path: &Path, pen: Pen) {
        let dash = if pen.dashed { StrokeDash::new(vec![6.0, 4.0], 0.0) } else { None };
        let stroke = Stroke { width: f(pen.width), line_join: LineJoin::Round, dash, ..Stroke::default() };
        self.pixels.stroke_path(path, &paint(pen.colour), &stroke, self.scale, None);
    }

    fn text(&mut self, at: Point, text: &str, style: Type) {
        let width = self.fonts.width(text, style.size, style.bold);
        let start = if style.anchor == Anchor::Middle { at.x - width / 2.0 } else { at.x };
        let mut letters = Letters { path: PathBuilder::new(), x: start, y: at.y, size: 0.0 };
        for (letter, x, width) in self.fonts.letters(text, style.bold) {
            letters.x = start + x * style.size;
            match letter {
                Letter::Glyph(glyph) => {
                    letters.size = style.size / self.fonts.units(style.bold);
                    self.fonts.outline(glyph, style.bold, &mut letters);
                }
                Letter::Missing => letters.missing(width * style.size, style.size),
            }
        }
        let Some(path) = letters.path.finish() else { return };
        if style.halo {
            self.stroke(&path, Pen { colour: WHITE, width: 3.0, dashed: false });
        }
        self.fill(&path, style.colour);
    }
}

fn paint(colour: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(colour.0, colour.1, colour.2, 255);
    paint
}

fn rectangle(frame: Frame, round: f64) -> Option<Path> {
    let r = round.min(frame.w / 2.0).min(frame.h / 2.0);
    let k = r * (1.0 - ROUND);
    let (left, top, right, bottom) = (frame.x, frame.y, frame.x + frame.w, frame.y + frame.h);
    let mut path = PathBuilder::new();
    path.move_to(f(left + r), f(top));
    path.line_to(f(right - r), f(top));
    path.cubic_to(f(right - k), f(top), f(right), f(top + k), f(right), f(top + r));
    path.line_to(f(right), f(bottom - r));
    path.cubic_to(f(right), f(bottom - k), f(right - k), f(bottom), f(right - r), f(bottom));
    path.line_to(f(left + r), f(bottom));
    path.cubic_to(f(left + k), f(bottom), f(left), f(bottom - k), f(left), f(bottom - r));
    path.line_to(f(left), f(top + r));
    path.cubic_to(f(left), f(top + k), f(left + k), f(top), f(left + r), f(top));
    path.close();
    path.finish()
}

/// Takes outlines to their place.
struct Letters {
    path: PathBuilder,
    x: f64,
    y: f64,
    /// Of a unit of the font.
    size: f64,
}

impl Letters {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (f(self.x + f64::from(x) * self.size), f(self.y - f64::from(y) * self.size))
    }

    /// A frame, where there is no glyph.
    fn missing(&mut self, width: f64, size: f64) {
        let frame = Frame { x: self.x + width * 0.1, y: self.y - size * 0.72, w: width * 0.8, h: size * 0.72 };
        let thin = size * 0.07;
        let bars = [
            Frame { h: thin, ..frame },
            Frame { y: frame.y + frame.h - thin, h: thin, ..frame },
            Frame { w: thin, ..frame },
            Frame { x: frame.x + frame.w - thin, w: thin, ..frame },
        ];
        for bar in bars {
            if let Some(bar) = Rect::from_xywh(f(bar.x), f(bar.y), f(bar.w), f(bar.h)) {
                self.path.push_rect(bar);
            }
        }
    }
}

impl OutlineBuilder for Letters {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::{INK, Item};
    use super::*;

    fn drawn(width: f64, shapes: Vec<Shape>) -> Pixmap {
        let items = vec![Item { about: None, shapes }];
        let scene = Scene { width, height: 50.0, title: String::new(), about: String::new(), items };
        Canvas::draw(&scene, &Fonts::new()).unwrap().pixels
    }

    fn text(text: &str) -> Shape {
        let style = Type { size: 20.0, bold: false, colour: INK, anchor: Anchor::Start, halo: true };
        Shape::Text { at: Point { x: 10.0, y: 30.0 }, text: text.to_owned(), style }
    }

    #[test]
    fn letters_leave_ink_and_so_do_those_that_the_font_lacks() {
        for one in ["A", "漢"] {
            let pixels = drawn(60.0, vec![text(one)]);
            assert!(pixels.pixels().iter().any(|pixel| pixel.red() < 60), "{one}");
        }
        assert!(drawn(60.0, vec![text(" ")]).pixels().iter().all(|pixel| pixel.red() == 255));
    }

    #[test]
    fn large_pictures_are_scaled_down() {
        let pixels = drawn(100_000.0, Vec::new());
        assert_eq!((pixels.width(), pixels.height()), (8_000, 4));
        assert_eq!(drawn(60.0, Vec::new()).width(), 120);
    }
}
