//! Makes a scene of a picture: boxes in columns, lines between them, below these the boxes without lines, the title above
//! and the legend at the foot. The same picture always makes the same scene.

use std::collections::BTreeMap;

use super::Picture;
use super::boxes::{Card, ESCALATES_LINE};
use super::font::Fonts;
use super::labels::labels;
use super::layered::{Columns, Ranking, arrange};
use super::legend::Signs;
use super::picture::{Status, Tie};
use super::place::{FEW, Placed, Route, Size, TIP, place};
use super::scene::{Anchor, Colour, Frame, INK, Item, Pen, Point, QUIET, Scene, Shape, Type, length};
use super::words;

/// What is not part of a shortest way, where there is much of it.
pub(super) const PALE: Colour = Colour(0xB3, 0xBC, 0xC9);
pub(super) const LINE: Colour = Colour(0x6B, 0x77, 0x89);
const MARGIN: f64 = 32.0;
const LABEL: f64 = 11.0;
/// No narrower, or the title would have too many lines.
const NARROWEST: f64 = 900.0;
/// With more lines than these, the most common label is told once.
const FEW_LABELS: usize = 24;
/// Up to so many principals, and ways between boxes, the ways alone say who stands where; else the steps to an administrator.
const BY_WAYS: (usize, usize) = (100, 120);
/// With more, only those of shortest ways stand out.
const FEW_LINES: usize = 60;
/// Ranks beyond are one column.
const FAR: usize = 9;

const HEADING: Type = Type { size: 12.5, bold: true, colour: QUIET, anchor: Anchor::Middle, halo: false };

/// A scene in the making.
struct Drawing<'a> {
    picture: &'a Picture,
    fonts: &'a Fonts,
    cards: Vec<Card>,
    /// Boxes without lines.
    lone: Vec<bool>,
    /// The label that is not written.
    usual: Option<u128>,
    /// Labels that fit nowhere.
    left_out: usize,
    items: Vec<Item>,
    width: f64,
    y: f64,
}

/// Places everything.
pub(super) fn scene(picture: &Picture, fonts: &Fonts) -> Scene {
    let mut lone = vec![true; picture.groups.len()];
    for link in &picture.links {
        for end in [link.from, link.to] {
            if let Some(lone) = lone.get_mut(end) {
                *lone = false;
            }
        }
    }
    let cards = picture.groups.iter().map(|group| Card::new(picture, group, fonts)).collect();
    let mut drawing =
        Drawing { picture, fonts, cards, lone, usual: usual(picture), left_out: 0, items: Vec::new(), width: NARROWEST, y: 0.0 };
    let by_steps = picture.only || picture.people.len() > BY_WAYS.0 || picture.links.len() > BY_WAYS.1;
    let links: Vec<(usize, usize)> = picture.links.iter().map(|link| (link.from, link.to)).collect();
    let ranking = if by_steps { Ranking::Given(drawing.ranks()) } else { Ranking::Flow };
    let columns = arrange(picture.groups.len(), &links, &drawing.lone, &ranking);
    let sizes: Vec<Size> = drawing.grown();
    let written: Vec<String> = picture.links.iter().map(|link| drawing.label(link)).collect();
    let label_widths: Vec<f64> = written.iter().map(|label| fonts.width(label, LABEL, false)).collect();
    let placed = place(&columns, &links, &sizes, &label_widths);
    drawing.width = (placed.width + 2.0 * MARGIN).max(NARROWEST);
    drawing.head();
    drawing.columns(&columns, placed, by_steps, &written, &label_widths);
    drawing.rest();
    drawing.foot();
    Scene { width: drawing.width, height: drawing.y, title: words::title(picture), about: words::about(picture), items: drawing.items }
}

/// The label that most lines have, where there are many.
fn usual(picture: &Picture) -> Option<u128> {
    let mut counts: BTreeMap<u128, usize> = BTreeMap::new();
    let labelled = || picture.links.iter().filter(|link| link.first || !is_pale(picture));
    for link in labelled() {
        *counts.entry(link.labels).or_default() += 1;
    }
    let (labels, count) = counts.into_iter().max_by_key(|(labels, count)| (*count, std::cmp::Reverse(*labels)))?;
    (count * 2 > labelled().count().max(FEW_LABELS)).then_some(labels)
}

/// Whether there are so many lines that most have to step back.
fn is_pale(picture: &Picture) -> bool {
    !picture.only && picture.links.len() > FEW_LINES && picture.links.iter().any(|link| link.first)
}

/// The tip of an arrow whose line ends at a point.
pub(super) fn tip(end: Point, direction: f64, pen: Pen) -> Shape {
    let half = 3.2 + pen.width * 0.6;
    let apex = Point { x: end.x + TIP * direction, ..end };
    Shape::Tip { corners: [apex, Point { y: end.y - half, ..end }, Point { y: end.y + half, ..end }], fill: pen.colour }
}

impl Drawing<'_> {
    /// Ranks by steps to an administrator.
    fn ranks(&self) -> Vec<Option<usize>> {
        let rank = |group: &super::collapse::Group| {
            let steps = group.members.iter().filter_map(|at| self.picture.people.get(*at)?.steps).min();
            steps.map(|steps| steps.min(FAR))
        };
        self.picture.groups.iter().map(rank).collect()
    }

    /// The sizes of the boxes, where many lines arrive with room for them.
    fn grown(&self) -> Vec<Size> {
        let mut ends = vec![(0_usize, 0_usize); self.cards.len()];
        for link in &self.picture.links {
            if let Some(ends) = ends.get_mut(link.from) {
                ends.0 += 1;
            }
            if let Some(ends) = ends.get_mut(link.to) {
                ends.1 += 1;
            }
        }
        let grown = |(card, (out, into)): (&Card, (usize, usize))| {
            let each = if self.picture.links.len() < FEW { 9.0 } else { 5.0 };
            let wanted = (length(out.max(into)) * each + 14.0).min(150.0);
            Size { h: card.size.h.max(wanted), ..card.size }
        };
        self.cards.iter().zip(ends).map(grown).collect()
    }

    /// What is written on a line.
    fn label(&self, link: &Tie) -> String {
        if is_pale(self.picture) && !link.first {
            return String::new();
        }
        let full = words::label(self.picture, link);
        if Some(link.labels) != self.usual {
            return full;
        }
        if link.count > 1 { format!("×{}", words::thousands(link.count)) } else { String::new() }
    }

    fn text(&mut self, at: Point, text: String, style: Type) {
        self.items.push(Item { about: None, shapes: vec![Shape::Text { at, text, style }] });
    }

    fn head(&mut self) {
        let room = self.width - 2.0 * MARGIN;
        let style = Type { size: 21.0, bold: true, colour: INK, anchor: Anchor::Start, halo: false };
        let title = self.fonts.fitting(&words::title(self.picture), style.size, true, room);
        self.y = 44.0;
        self.text(Point { x: MARGIN, y: self.y }, title, style);
        let style = Type { size: 12.5, bold: false, colour: QUIET, ..style };
        let about = words::about(self.picture);
        let mut line = String::new();
        for part in about.split(words::BETWEEN) {
            let longer = if line.is_empty() { part.to_owned() } else { format!("{line}{}{part}", words::BETWEEN) };
            if line.is_empty() || self.fonts.width(&longer, style.size, false) <= room {
                line = longer;
            } else {
                self.y += 20.0;
                self.text(Point { x: MARGIN, y: self.y }, std::mem::replace(&mut line, part.to_owned()), style);
            }
        }
        self.y += 20.0;
        self.text(Point { x: MARGIN, y: self.y }, self.fonts.fitting(&line, style.size, false, room), style);
        self.y += 26.0;
    }

    /// The boxes that have lines.
    fn columns(&mut self, columns: &Columns, placed: Placed, by_steps: bool, written: &[String], widths: &[f64]) {
        if columns.columns.is_empty() {
            return;
        }
        let left = MARGIN;
        if by_steps {
            self.headings(columns, &placed, left);
        }
        let (dx, dy) = (left, self.y + 6.0);
        let frames: Vec<Option<Frame>> =
            placed.frames.into_iter().map(|frame| frame.map(|frame| Frame { x: frame.x + dx, y: frame.y + dy, ..frame })).collect();
        let moved = |point: Point| Point { x: point.x + dx, y: point.y + dy };
        let routes: Vec<Option<Route>> = placed
            .routes
            .into_iter()
            .map(|route| {
                route.map(|route| Route { from: moved(route.from), bends: route.bends.iter().map(|bend| bend.map(moved)).collect() })
            })
            .collect();
        for first in [false, true] {
            for (link, route) in self.picture.links.iter().zip(&routes).filter(|(link, _)| link.first == first) {
                self.line(link, route.as_ref());
            }
        }
        for ((card, group), frame) in self.cards.iter().zip(&self.picture.groups).zip(&frames) {
            let Some(frame) = frame else { continue };
            self.items.push(Item { about: Some(words::about_box(self.picture, group)), shapes: card.shapes(*frame, self.fonts) });
        }
        self.labels(&routes, &frames, written, widths);
        self.y = dy + placed.height + 30.0;
    }

    /// How far away those of each column are.
    fn headings(&mut self, columns: &Columns, placed: &Placed, left: f64) {
        self.y += 10.0;
        let mut last = None;
        for (rank, (x, w)) in columns.ranks.iter().zip(&placed.columns) {
            let steps =
                self.cards.iter().zip(self.ranks()).filter(|(card, _)| card.look.status != Status::Other).filter_map(|(_, rank)| rank);
            let most = steps.max().unwrap_or_default();
            let words = match *rank {
                0 => "administrators".to_owned(),
                rank if rank > most => "no way to an administrator".to_owned(),
                rank if rank >= FAR => format!("{FAR} steps and more"),
                rank => words::count(rank, "step away", "steps away"),
            };
            if last.as_ref() != Some(&words) {
                self.text(Point { x: left + x + w / 2.0, y: self.y }, words.clone(), HEADING);
            }
            last = Some(words);
        }
        self.y += 16.0;
    }

    fn pen(&self, link: &Tie) -> Pen {
        let first = link.first && !self.picture.only;
        let colour = match first {
            true => ESCALATES_LINE,
            false if is_pale(self.picture) => PALE,
            false => LINE,
        };
        let thick = (1.0 + length(link.count)).log10() * 0.7;
        Pen { colour, width: (if first { 1.9 } else { 1.0 } + thick).min(4.0), dashed: !link.certain }
    }

    fn line(&mut self, link: &Tie, route: Option<&Route>) {
        let Some((route, [_, handle, end])) = route.and_then(|route| Some((route, *route.bends.last()?))) else { return };
        let pen = self.pen(link);
        let direction = if handle.x > end.x { -1.0 } else { 1.0 };
        let shapes = vec![Shape::Curve { from: route.from, bends: route.bends.clone(), pen }, tip(end, direction, pen)];
        self.items.push(Item { about: Some(words::about_line(self.picture, link)), shapes });
    }

    fn labels(&mut self, routes: &[Option<Route>], frames: &[Option<Frame>], written: &[String], widths: &[f64]) {
        let sizes: Vec<Option<(f64, f64)>> =
            written.iter().zip(widths).map(|(label, width)| (!label.is_empty()).then_some((*width, LABEL + 1.0))).collect();
        // Tips of arrows are free of labels, too.
        let apart = |frame: &Frame| Frame { x: frame.x - TIP - 2.0, w: frame.w + 2.0 * TIP + 4.0, ..*frame };
        let boxes: Vec<Frame> = frames.iter().flatten().map(apart).collect();
        let first: Vec<bool> = self.picture.links.iter().map(|link| link.first).collect();
        let places = labels(routes, &sizes, &boxes, &first);
        for ((label, at), link) in written.iter().zip(places).zip(&self.picture.links) {
            let Some(at) = at else {
                self.left_out += usize::from(!label.is_empty());
                continue;
            };
            let colour = if link.first && !self.picture.only { ESCALATES_LINE } else { INK };
            let style = Type { size: LABEL, bold: false, colour, anchor: Anchor::Middle, halo: true };
            self.text(Point { y: at.y + LABEL * 0.36, ..at }, label.clone(), style);
        }
    }

    /// The boxes without lines, in rows.
    fn rest(&mut self) {
        let lone: Vec<usize> = (0..self.cards.len()).filter(|at| self.lone.get(*at) == Some(&true)).collect();
        let columns = (self.width - 2.0 * MARGIN + 16.0) / (lone_width(&self.cards, &lone) + 16.0);
        let heading = match (self.picture.only, self.picture.links.is_empty(), lone.is_empty()) {
            (true, true, _) => "Nobody else has a way to become an administrator",
            (_, _, true) => return,
            (true, ..) => "Administrators whom no way leads to",
            (false, ..) => "Without a way from or to anybody here",
        };
        self.text(Point { x: MARGIN, y: self.y + 12.0 }, heading.to_owned(), Type { anchor: Anchor::Start, ..HEADING });
        self.y += 28.0;
        let mut row: Vec<usize> = Vec::new();
        for at in &lone {
            if !row.is_empty() && length(row.len()) + 1.0 > columns {
                self.row(&row, &lone);
                row.clear();
            }
            row.push(*at);
        }
        self.row(&row, &lone);
        self.y += 14.0;
    }

    fn row(&mut self, row: &[usize], lone: &[usize]) {
        let w = lone_width(&self.cards, lone);
        let h = row.iter().filter_map(|at| self.cards.get(*at)).map(|card| card.size.h).fold(0.0, f64::max);
        for (number, at) in row.iter().enumerate() {
            let (Some(card), Some(group)) = (self.cards.get(*at), self.picture.groups.get(*at)) else { continue };
            let frame = Frame { x: MARGIN + length(number) * (w + 16.0), y: self.y, w, h };
            self.items.push(Item { about: Some(words::about_box(self.picture, group)), shapes: card.shapes(frame, self.fonts) });
        }
        self.y += h + 16.0;
    }

    fn foot(&mut self) {
        let links = &self.picture.links;
        let usual = self
            .usual
            .map(|labels| self.picture.labels_of(&Tie { from: 0, to: 0, labels, count: 0, certain: true, first: false }).join(", "));
        let signs = Signs {
            looks: self.cards.iter().map(|card| card.look).collect(),
            certain: links.iter().any(|link| link.certain),
            possible: links.iter().any(|link| !link.certain),
            first: !self.picture.only && links.iter().any(|link| link.first),
            pale: is_pale(self.picture),
            unlabelled: usual,
            left_out: self.left_out,
        };
        let start = Point { x: MARGIN, y: self.y + 4.0 };
        let (items, high) = signs.draw(start, self.width - 2.0 * MARGIN, self.fonts);
        self.items.extend(items);
        self.y += high + 24.0;
    }
}

/// The width of all boxes without lines.
fn lone_width(cards: &[Card], lone: &[usize]) -> f64 {
    lone.iter().filter_map(|at| cards.get(*at)).map(|card| card.size.w).fold(60.0, f64::max)
}
