//! What the signs of a picture mean. Only those that it has are told.

use super::boxes::{ESCALATES_LINE, Look, outline};
use super::font::Fonts;
use super::layout::{LINE, PALE};
use super::picture::Status;
use super::scene::{Anchor, Frame, Item, Pen, Point, QUIET, Shape, Type};
use crate::graph::Kind;

const SIZE: f64 = 12.0;
const SAMPLE: f64 = 34.0;
/// The height of a row.
const ROW: f64 = 28.0;

/// What there is to tell.
#[derive(Debug, Default)]
pub(super) struct Signs {
    pub(super) looks: Vec<Look>,
    /// Some lines are certain, some only possible.
    pub(super) certain: bool,
    pub(super) possible: bool,
    /// Some are the first of a shortest way, and drawn so.
    pub(super) first: bool,
    /// Others are pale and without labels.
    pub(super) pale: bool,
    /// What the lines without a label would have.
    pub(super) unlabelled: Option<String>,
    /// How many labels had no room.
    pub(super) left_out: usize,
}

enum Sample {
    Box(Look),
    Line(Pen),
    None,
}

impl Signs {
    fn entries(&self) -> Vec<(Sample, String)> {
        let mut entries = Vec::new();
        let known = [
            (Status::Admin, "administrator"),
            (Status::AdminIf, "administrator under a condition"),
            (Status::Escalates, "can become administrator"),
            (
                Status::Other,
                if self.looks.iter().any(|look| look.status == Status::Escalates) { "no way to become one" } else { "no administrator" },
            ),
        ];
        for (status, words) in known {
            let here = |look: &&Look| {
                look.kind != Kind::Service && (look.status == status || (look.status, status) == (Status::Pill, Status::Admin))
            };
            if self.looks.iter().any(|look| here(&look)) {
                entries.push((Sample::Box(Look { status, kind: Kind::Role, many: false }), words.to_owned()));
            }
        }
        if self.looks.iter().any(|look| look.kind == Kind::Service) {
            entries.push((Sample::Box(Look { status: Status::Other, kind: Kind::Service, many: false }), "AWS service".to_owned()));
        }
        if self.looks.iter().any(|look| look.many) {
            entries.push((Sample::Box(Look { status: Status::Other, kind: Kind::Role, many: true }), "several alike".to_owned()));
        }
        let pen = Pen { colour: if self.pale { PALE } else { LINE }, width: 1.5, dashed: false };
        if self.certain {
            let words = if self.pale { "can act as, not on a shortest way" } else { "can act as" };
            entries.push((Sample::Line(pen), words.to_owned()));
        }
        if self.possible {
            entries.push((Sample::Line(Pen { dashed: true, ..pen }), "possibly: a condition decides".to_owned()));
        }
        if self.first {
            let pen = Pen { colour: ESCALATES_LINE, width: 2.4, dashed: false };
            entries.push((Sample::Line(pen), "first step of the shortest way to an administrator".to_owned()));
        }
        entries.extend(self.labels().map(|words| (Sample::None, words)));
        entries
    }

    /// What lines without a label are.
    fn labels(&self) -> Option<String> {
        let lines = if self.pale { "Bold lines" } else { "Lines" };
        let others = super::words::count(self.left_out, "label", "labels");
        match (&self.unlabelled, self.left_out) {
            (None, 0) => None,
            (None, _) => Some(format!("No room for {others}")),
            (Some(label), 0) => Some(format!("{lines} without a label: {label}")),
            (Some(label), _) => Some(format!("{lines} without a label: {label}; no room for {others}")),
        }
    }

    /// Draws the legend from a place on; also its height.
    pub(super) fn draw(&self, start: Point, width: f64, fonts: &Fonts) -> (Vec<Item>, f64) {
        let style = Type { size: SIZE, bold: false, colour: QUIET, anchor: Anchor::Start, halo: false };
        let mut at = start;
        let mut items = Vec::new();
        for (sample, words) in self.entries() {
            let sample_width = if matches!(sample, Sample::None) { 0.0 } else { SAMPLE + 9.0 };
            let own = sample_width + fonts.width(&words, SIZE, false);
            if at.x > start.x && at.x + own > start.x + width {
                at = Point { x: start.x, y: at.y + ROW };
            }
            let middle = at.y + ROW / 2.0;
            let mut shapes = match sample {
                Sample::Box(look) => outline(Frame { x: at.x, y: middle - 8.5, w: SAMPLE, h: 17.0 }, look),
                Sample::Line(pen) => arrow(Point { x: at.x, y: middle }, pen),
                Sample::None => Vec::new(),
            };
            shapes.push(Shape::Text { at: Point { x: at.x + sample_width, y: middle + 4.2 }, text: words, style });
            items.push(Item { about: None, shapes });
            at.x += own + 26.0;
        }
        let high = if items.is_empty() { 0.0 } else { at.y + ROW - start.y };
        (items, high)
    }
}

fn arrow(from: Point, pen: Pen) -> Vec<Shape> {
    let end = Point { x: from.x + SAMPLE - super::place::TIP, ..from };
    let third = |share: f64| Point { x: from.x + (end.x - from.x) * share, ..from };
    vec![Shape::Curve { from, bends: vec![[third(0.33), third(0.66), end]], pen }, super::layout::tip(end, 1.0, pen)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_only_what_is_there_and_stays_within_the_width() {
        let fonts = Fonts::new();
        let start = Point { x: 20.0, y: 10.0 };
        assert_eq!(Signs::default().draw(start, 500.0, &fonts), (Vec::new(), 0.0));
        let looks = vec![
            Look { status: Status::Pill, kind: Kind::Admin, many: false },
            Look { status: Status::Other, kind: Kind::Service, many: true },
        ];
        let signs = Signs {
            looks,
            certain: true,
            possible: true,
            first: true,
            pale: false,
            unlabelled: Some("AssumeRole".to_owned()),
            left_out: 2,
        };
        let (items, high) = signs.draw(start, 500.0, &fonts);
        assert_eq!(items.len(), 7);
        assert!(high > 2.0 * ROW);
    }
}
