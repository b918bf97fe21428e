//! How a box looks, and how large it has to be for what it says. Colours follow PMapper; borders say the same without them.

use super::collapse::Group;
use super::font::Fonts;
use super::picture::{Picture, Status};
use super::place::Size;
use super::scene::{Anchor, Colour, Frame, INK, Pen, Point, QUIET, Shape, Type, WHITE, length};
use super::words;
use crate::graph::Kind;

const ADMIN: Colour = Colour(0xBF, 0xEF, 0xFF);
const ESCALATES: Colour = Colour(0xFA, 0xDB, 0xD8);
const SERVICE: Colour = Colour(0xDD, 0xFF, 0xDD);
const ADMIN_LINE: Colour = Colour(0x1F, 0x6F, 0x8B);
pub(super) const ESCALATES_LINE: Colour = Colour(0xA9, 0x32, 0x26);
const SERVICE_LINE: Colour = Colour(0x4D, 0x8A, 0x2B);
const OTHER_LINE: Colour = Colour(0x8D, 0x99, 0xAB);

/// Texts are not wider.
const TEXT: f64 = 196.0;
const NAME: f64 = 13.0;
const SMALL: f64 = 10.5;
const MARGIN: f64 = 14.0;

/// What decides how a box looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) status: Status,
    pub(super) kind: Kind,
    /// It stands for more than one.
    pub(super) many: bool,
}

/// A box with its text.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) size: Size,
    pub(super) look: Look,
    quiet: String,
    name: Vec<String>,
    below: Vec<String>,
}

impl Card {
    pub(super) fn new(picture: &Picture, group: &Group, fonts: &Fonts) -> Self {
        let first = group.members.first().and_then(|at| picture.people.get(*at));
        let look = Look {
            status: first.map_or(Status::Other, |person| person.status),
            kind: first.map_or(Kind::Role, |person| person.kind),
            many: group.members.len() > 1,
        };
        let (quiet, rest) = words::name(picture, group);
        let name = fonts.lines(&(quiet.clone() + &rest), NAME, true, TEXT, 2);
        let mut below: Vec<String> = Vec::new();
        for text in words::below(picture, group) {
            below.extend(list(fonts, &text));
        }
        let widths = name.iter().map(|line| fonts.width(line, NAME, true));
        let text = widths.chain(below.iter().map(|line| fonts.width(line, SMALL, false))).fold(40.0, f64::max);
        let high = length(name.len()) * 16.0 + length(below.len()) * 14.0;
        let oval = matches!(look.kind, Kind::Service | Kind::Admin);
        let size = if oval { Size { w: text + 44.0, h: high + 22.0 } } else { Size { w: text + 2.0 * MARGIN, h: high + 16.0 } };
        Self { size, look, quiet, name, below }
    }

    /// What it consists of.
    pub(super) fn shapes(&self, frame: Frame, fonts: &Fonts) -> Vec<Shape> {
        let mut shapes = outline(frame, self.look);
        let high = length(self.name.len()) * 16.0 + length(self.below.len()) * 14.0;
        let middle = frame.x + frame.w / 2.0;
        let mut y = frame.y + (frame.h - high) / 2.0;
        let style = Type { size: NAME, bold: true, colour: INK, anchor: Anchor::Middle, halo: false };
        for (number, line) in self.name.iter().enumerate() {
            y += 16.0;
            let at = Point { x: middle, y: y - 3.5 };
            match line.strip_prefix(&self.quiet).filter(|_| number == 0 && !self.quiet.is_empty()) {
                None => shapes.push(Shape::Text { at, text: line.clone(), style }),
                Some(rest) => {
                    // The quiet part is narrower, as it is not bold.
                    let quiet = fonts.width(&self.quiet, NAME, false);
                    let start = middle - (quiet + fonts.width(rest, NAME, true)) / 2.0;
                    let style = Type { anchor: Anchor::Start, ..style };
                    let small = Type { bold: false, colour: QUIET, ..style };
                    shapes.push(Shape::Text { at: Point { x: start, ..at }, text: self.quiet.clone(), style: small });
                    shapes.push(Shape::Text { at: Point { x: start + quiet, ..at }, text: rest.to_owned(), style });
                }
            }
        }
        for line in &self.below {
            y += 14.0;
            let small = Type { size: SMALL, bold: false, colour: QUIET, ..style };
            shapes.push(Shape::Text { at: Point { x: middle, y: y - 3.5 }, text: line.clone(), style: small });
        }
        shapes
    }
}

/// A list in at most two lines, without its end where it is longer.
fn list(fonts: &Fonts, text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split(", ").collect();
    let mut lines = vec![String::new()];
    for (at, part) in parts.iter().enumerate() {
        let comma = if at + 1 < parts.len() { ", " } else { "" };
        let is_first = lines.len() == 1;
        let Some(line) = lines.last_mut() else { break };
        let longer = format!("{line}{part}{comma}");
        if fonts.width(&longer, SMALL, false) <= TEXT - 12.0 {
            *line = longer;
        } else if is_first && !line.is_empty() {
            lines.push(format!("{}{comma}", fonts.fitting(part, SMALL, false, TEXT - 24.0)));
        } else if line.is_empty() {
            *line = format!("{}{comma}", fonts.fitting(part, SMALL, false, TEXT - 24.0));
        } else {
            line.push('…');
            break;
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The outline of a box.
pub(super) fn outline(frame: Frame, look: Look) -> Vec<Shape> {
    let (fill, colour, width) = match (look.kind, look.status) {
        (Kind::Service, _) => (SERVICE, SERVICE_LINE, 1.2),
        (_, Status::Pill | Status::Admin | Status::AdminIf) => (ADMIN, ADMIN_LINE, 1.3),
        (_, Status::Escalates) => (ESCALATES, ESCALATES_LINE, 2.8),
        (_, Status::Other) => (WHITE, OTHER_LINE, 1.2),
    };
    let pen = Pen { colour, width, dashed: false };
    let round = if matches!(look.kind, Kind::User | Kind::Person) { 15.0 } else { 4.0 };
    let one = |frame: Frame, round: f64, pen: Pen| match look.kind {
        Kind::Service => Shape::Ellipse { frame, fill, pen },
        Kind::Admin => Shape::Rect { frame, round: frame.h / 2.0, fill, pen },
        _ => Shape::Rect { frame, round, fill, pen },
    };
    let mut shapes = Vec::new();
    if look.many {
        // The edge of a second sheet.
        let behind = Frame { x: frame.x + 4.0, y: frame.y - 4.0, ..frame };
        shapes.push(one(behind, round, pen));
    }
    shapes.push(one(frame, round, pen));
    if matches!(look.status, Status::Pill | Status::Admin | Status::AdminIf) && look.kind != Kind::Service {
        let pen = Pen { dashed: look.status == Status::AdminIf, ..pen };
        shapes.push(one(frame.within(3.5), (round - 3.5).max(2.0), pen));
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_have_two_borders_and_those_who_can_escalate_a_bold_one() {
        let frame = Frame { x: 0.0, y: 0.0, w: 100.0, h: 40.0 };
        let look = |status| outline(frame, Look { status, kind: Kind::Role, many: false });
        assert_eq!((look(Status::Admin).len(), look(Status::Other).len()), (2, 1));
        assert!(matches!(look(Status::Escalates)[..], [Shape::Rect { pen: Pen { width, .. }, .. }] if width > 2.0));
        assert!(matches!(look(Status::AdminIf)[1], Shape::Rect { pen: Pen { dashed: true, .. }, .. }));
    }

    #[test]
    fn lists_have_two_lines() {
        let fonts = Fonts::new();
        let names = vec!["application-role"; 20].join(", ");
        let lines = list(&fonts, &names);
        assert!(lines.len() == 2 && lines[1].ends_with(", …") && lines[0].ends_with(','), "{lines:?}");
        assert!(list(&fonts, &"x".repeat(500)).iter().all(|line| fonts.width(line, SMALL, false) <= TEXT));
        assert_eq!(list(&fonts, "a"), ["a"]);
    }
}
