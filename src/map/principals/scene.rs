//! What a picture consists of once everything has its place. The SVG and the PNG are both drawn from it, so that they agree.
//! It knows nothing of principals.

/// A place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

pub(super) const WHITE: Colour = Colour(0xFF, 0xFF, 0xFF);
pub(super) const INK: Colour = Colour(0x1C, 0x24, 0x30);
pub(super) const QUIET: Colour = Colour(0x5B, 0x67, 0x78);

/// A rectangle, or what an ellipse touches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Frame {
    /// Whether two have a point in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.w && other.x < self.x + self.w && self.y < other.y + other.h && other.y < self.y + self.h
    }

    /// The frame that is smaller by as much on every side.
    pub(super) fn within(&self, by: f64) -> Self {
        Self { x: self.x + by, y: self.y + by, w: (self.w - 2.0 * by).max(0.0), h: (self.h - 2.0 * by).max(0.0) }
    }
}

/// How an outline looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    pub(super) colour: Colour,
    pub(super) width: f64,
    pub(super) dashed: bool,
}

/// Where a text is, seen from its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: Colour,
    pub(super) anchor: Anchor,
    /// White around the letters, for what stands on lines.
    pub(super) halo: bool,
}

/// Something to draw.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// A rectangle.
    Rect { frame: Frame, round: f64, fill: Colour, pen: Pen },
    /// An ellipse.
    Ellipse { frame: Frame, fill: Colour, pen: Pen },
    /// A line of Bézier curves: two handles and an end each.
    Curve { from: Point, bends: Vec<[Point; 3]>, pen: Pen },
    /// The tip of an arrow.
    Tip { corners: [Point; 3], fill: Colour },
    /// A line of text.
    Text { at: Point, text: String, style: Type },
}

/// Shapes that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// What pointing at them tells.
    pub(super) about: Option<String>,
    pub(super) shapes: Vec<Shape>,
}

/// All there is to draw, from back to front.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scene {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) items: Vec<Item>,
}

/// A number of things as a length.
pub(super) fn length(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_only_touch_do_not_meet() {
        let one = Frame { x: 0.0, y: 0.0, w: 10.0, h: 10.0 };
        assert!(one.meets(&Frame { x: 9.0, y: 9.0, ..one }));
        assert!(!one.meets(&Frame { x: 10.0, ..one }));
        assert!(!one.meets(&Frame { y: -10.0, ..one }));
        assert_eq!(one.within(2.0), Frame { x: 2.0, y: 2.0, w: 6.0, h: 6.0 });
        assert!(one.within(20.0).w.abs() < f64::EPSILON);
    }

    #[test]
    fn counts_are_lengths() {
        assert!((length(3) - 3.0).abs() < f64::EPSILON);
    }
}
