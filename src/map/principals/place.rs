//! Coordinates: of boxes in their columns, and of the lines between them. Lines pass boxes at a distance.

use super::layered::Columns;
use super::scene::{Frame, Point, length};

/// How large a box has to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) w: f64,
    pub(super) h: f64,
}

/// A line from one box to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Route {
    pub(super) from: Point,
    pub(super) bends: Vec<[Point; 3]>,
}

/// Where everything is.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// By box; none for those that are in no column.
    pub(super) frames: Vec<Option<Frame>>,
    /// By link.
    pub(super) routes: Vec<Option<Route>>,
    /// Left edge and width of the columns.
    pub(super) columns: Vec<(f64, f64)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lines end this far from a box, where the tip of the arrow is.
pub(super) const TIP: f64 = 9.0;

/// With fewer lines there is room to tell them apart.
pub(super) const FEW: usize = 40;

/// Places all boxes and lines. `labels` are the widths of what is written on the links.
pub(super) fn place(columns: &Columns, links: &[(usize, usize)], sizes: &[Size], labels: &[f64]) -> Placed {
    let ys = heights(columns, sizes);
    let mut placed = Placed { columns: widths(columns, links, sizes, labels), ..Placed::default() };
    placed.frames = vec![None; columns.boxes];
    for (column, (x, w)) in columns.columns.iter().zip(&placed.columns) {
        for at in column.iter().filter(|at| **at < columns.boxes) {
            let (Some(size), Some(y), Some(frame)) = (sizes.get(*at), ys.get(*at), placed.frames.get_mut(*at)) else { continue };
            *frame = Some(Frame { x: *x, y: y - size.h / 2.0, w: *w, h: size.h });
        }
    }
    let wires = Wires::new(columns, links, &placed, &ys);
    let (routes, bulge) = ((0..links.len()).map(|link| wires.route(link)).collect(), wires.bulges_right());
    placed.routes = routes;
    placed.width = placed.columns.last().map_or(0.0, |(x, w)| x + w) + if bulge { BULGE } else { 0.0 };
    let bottoms = placed.frames.iter().flatten().map(|frame| frame.y + frame.h);
    let passing = columns.columns.iter().flatten().filter_map(|at| ys.get(*at).copied());
    placed.height = bottoms.chain(passing).fold(0.0, f64::max);
    placed
}

/// Room for lines between boxes of one column.
const BULGE: f64 = 90.0;

/// Left edges and widths of the columns.
fn widths(columns: &Columns, links: &[(usize, usize)], sizes: &[Size], labels: &[f64]) -> Vec<(f64, f64)> {
    let mut lines = vec![0_usize; columns.columns.len()];
    let mut room = vec![0.0_f64; columns.columns.len()];
    let column_of = |at: usize| columns.columns.iter().position(|column| column.contains(&at));
    for ((chain, (from, to)), label) in columns.chains.iter().zip(links).zip(labels) {
        let (Some(one), Some(other)) = (column_of(*from), column_of(*to)) else { continue };
        for gap in one.min(other)..one.max(other) {
            if let Some(lines) = lines.get_mut(gap) {
                *lines += 1;
            }
        }
        // The label is written next to where the line begins, or left of where it ends.
        let gap = if one <= other { one } else { one - 1 };
        if let Some(room) = room.get_mut(gap).filter(|_| chain.len() > 1) {
            *room = room.max(label.min(150.0));
        }
    }
    // Few lines have room to be told apart.
    let spare = if links.len() < FEW { 100.0 } else { 60.0 };
    let mut x = 0.0;
    let column = |(column, (lines, room)): (&Vec<usize>, (usize, f64))| {
        let w = column.iter().filter_map(|at| sizes.get(*at)).map(|size| size.w).fold(40.0, f64::max);
        let own = (x, w);
        x += w + (room + spare).max(64.0 + (length(lines) * 2.0).min(110.0));
        own
    };
    columns.columns.iter().zip(lines.into_iter().zip(room)).map(column).collect()
}

/// The middles of all places: near to what each is joined with, in the order of the columns, with room between them.
fn heights(columns: &Columns, sizes: &[Size]) -> Vec<f64> {
    let ((left, right), beside) = (columns.neighbours(), columns.beside());
    let mut ys = vec![0.0; columns.places];
    let high = |at: usize| sizes.get(at).filter(|_| at < columns.boxes).map_or(2.0, |size| size.h);
    // Where there are many lines, those that pass are nearer to each other.
    let line = if columns.places > columns.boxes + 120 { 4.0 } else { 9.0 };
    let apart = |one: usize, other: usize| {
        let gap = match (one < columns.boxes, other < columns.boxes) {
            (true, true) => {
                if columns.chains.len() < FEW {
                    26.0
                } else {
                    18.0
                }
            }
            (false, false) => line,
            _ => 12.0,
        };
        (high(one) + high(other)) / 2.0 + gap
    };
    for column in &columns.columns {
        let wishes = vec![(0.0, 1.0); column.len()];
        settle(column, &wishes, &apart, &mut ys);
    }
    for sweep in 0..48 {
        let forth = sweep % 2 == 0;
        let both = sweep >= 36;
        let numbers: Vec<usize> = if forth { (0..columns.columns.len()).collect() } else { (0..columns.columns.len()).rev().collect() };
        for column in numbers.into_iter().filter_map(|number| columns.columns.get(number)) {
            let wish = |at: &usize| {
                let own = *at >= columns.boxes;
                let mut sum = (0.0, 0.0);
                let sides = [(&left, forth || both), (&right, !forth || both), (&beside, true)];
                for other in sides.iter().filter(|(_, use_it)| *use_it).filter_map(|(side, _)| side.get(*at)).flatten() {
                    // Long lines are to be straight above all.
                    let weight = if own && *other >= columns.boxes { 8.0 } else { 1.0 };
                    sum = (sum.0 + weight * ys.get(*other).copied().unwrap_or_default(), sum.1 + weight);
                }
                if sum.1 > 0.0 { (sum.0 / sum.1, if own { 2.0 } else { 1.0 }) } else { (ys.get(*at).copied().unwrap_or_default(), 0.05) }
            };
            let wishes: Vec<(f64, f64)> = column.iter().map(wish).collect();
            settle(column, &wishes, &apart, &mut ys);
        }
    }
    let all = columns.columns.iter().flatten().copied();
    let top = all.clone().filter_map(|at| ys.get(at).map(|y| y - high(at) / 2.0)).fold(f64::INFINITY, f64::min);
    for y in &mut ys {
        *y = if top.is_finite() { *y - top } else { 0.0 };
    }
    close_gaps(columns, &high, &mut ys);
    ys
}

/// What no line joins may end up far apart: moves everything below a band that is empty from side to side up.
fn close_gaps(columns: &Columns, high: &dyn Fn(usize) -> f64, ys: &mut [f64]) {
    const BAND: f64 = 26.0;
    let y = |at: usize| ys.get(at).copied().unwrap_or_default();
    let places = columns.columns.iter().flatten().map(|at| (y(*at) - high(*at) / 2.0, y(*at) + high(*at) / 2.0));
    let lines = columns.chains.iter().flat_map(|chain| chain.windows(2)).filter_map(|pair| {
        let [one, other] = pair else { return None };
        Some((y(*one).min(y(*other)), y(*one).max(y(*other))))
    });
    let mut spans: Vec<(f64, f64)> = places.chain(lines).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut bottom, mut moved, mut moves) = (0.0_f64, 0.0, Vec::new());
    for (start, end) in spans {
        if start > bottom + BAND {
            moved += start - bottom - BAND;
            moves.push((start, moved));
        }
        bottom = bottom.max(end);
    }
    for y in ys {
        let middle = *y;
        *y -= moves.iter().rev().find(|(start, _)| *start <= middle).map_or(0.0, |(_, moved)| *moved);
    }
}

/// Brings a column as near to its wishes (with their weights) as its order and the distances allow: those that would
/// come too near to each other move as one.
fn settle(column: &[usize], wishes: &[(f64, f64)], apart: &dyn Fn(usize, usize) -> f64, ys: &mut [f64]) {
    let mut offsets = Vec::with_capacity(column.len());
    let mut offset = 0.0;
    let mut last = None;
    for at in column {
        offset += last.map_or(0.0, |last| apart(last, *at));
        offsets.push(offset);
        last = Some(*at);
    }
    // Sum of the weighted wishes, the weight, and how many there are.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for ((wish, weight), offset) in wishes.iter().zip(&offsets) {
        let mut block = ((wish - offset) * weight, *weight, 1);
        while let Some(above) = blocks.pop_if(|above| above.0 / above.1 > block.0 / block.1) {
            block = (above.0 + block.0, above.1 + block.1, above.2 + block.2);
        }
        blocks.push(block);
    }
    let starts = blocks.iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, *count));
    for ((at, start), offset) in column.iter().zip(starts).zip(&offsets) {
        if let Some(y) = ys.get_mut(*at) {
            *y = start + offset;
        }
    }
}

/// All that lines are drawn from.
struct Wires<'a> {
    columns: &'a Columns,
    links: &'a [(usize, usize)],
    placed: &'a Placed,
    ys: &'a [f64],
    column_of: Vec<usize>,
    /// Where each link meets the box at its left, and that at its right end.
    ports: Vec<(f64, f64)>,
}

impl<'a> Wires<'a> {
    fn new(columns: &'a Columns, links: &'a [(usize, usize)], placed: &'a Placed, ys: &'a [f64]) -> Self {
        let mut column_of = vec![0; columns.places];
        for (number, at) in columns.columns.iter().enumerate().flat_map(|(number, column)| column.iter().map(move |at| (number, *at))) {
            if let Some(place) = column_of.get_mut(at) {
                *place = number;
            }
        }
        let mut wires = Self { columns, links, placed, ys, column_of, ports: vec![(0.0, 0.0); links.len()] };
        wires.ports();
        wires
    }

    fn y(&self, at: usize) -> f64 {
        self.ys.get(at).copied().unwrap_or_default()
    }

    fn same_column(&self, chain: &[usize]) -> bool {
        matches!(chain, [one, other] if self.column_of.get(*one) == self.column_of.get(*other))
    }

    fn bulges_right(&self) -> bool {
        let last = self.placed.columns.len().saturating_sub(1);
        self.columns
            .chains
            .iter()
            .any(|chain| self.same_column(chain) && chain.first().and_then(|at| self.column_of.get(*at)) == Some(&last))
    }

    /// Spreads the ends of lines over the sides of boxes, in the order in which the lines come.
    fn ports(&mut self) {
        let mut sides: Vec<[Vec<(f64, usize, bool)>; 2]> = vec![[Vec::new(), Vec::new()]; self.columns.boxes];
        for (link, chain) in self.columns.chains.iter().enumerate() {
            let [left, .., right] = chain.as_slice() else { continue };
            let second = chain.get(1).copied().unwrap_or(*right);
            let before = chain.len().checked_sub(2).and_then(|at| chain.get(at)).copied().unwrap_or(*left);
            let same = self.same_column(chain);
            let (mut one, mut other) = (self.y(second), self.y(before));
            if same {
                // Lines within a column leave outside of all others.
                one += (one - other).signum() * 1e6;
                other -= (self.y(second) - other).signum() * 1e6;
            }
            if let Some([_, side]) = sides.get_mut(*left) {
                side.push((one, link, true));
            }
            if let Some([inner, outer]) = sides.get_mut(*right) {
                if same { outer.push((other, link, false)) } else { inner.push((other, link, false)) }
            }
        }
        for (at, side) in sides.into_iter().enumerate().flat_map(|(at, sides)| sides.into_iter().map(move |side| (at, side))) {
            self.spread(at, side);
        }
    }

    fn spread(&mut self, at: usize, mut side: Vec<(f64, usize, bool)>) {
        side.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let high = self.placed.frames.get(at).copied().flatten().map_or(0.0, |frame| frame.h);
        let step = ((high - 14.0).max(0.0) / length(side.len()).max(1.0)).min(12.0);
        let middle = self.y(at);
        let first = middle - step * (length(side.len()) - 1.0) / 2.0;
        for (number, (_, link, left)) in side.into_iter().enumerate() {
            let Some(ports) = self.ports.get_mut(link) else { continue };
            let y = first + step * length(number);
            if left { ports.0 = y } else { ports.1 = y }
        }
    }

    fn route(&self, link: usize) -> Option<Route> {
        let (chain, (from, _)) = (self.columns.chains.get(link)?, self.links.get(link)?);
        let (first, last) = (chain.first()?, chain.last()?);
        let ports = self.ports.get(link)?;
        let edge = |at: usize| self.column_of.get(at).and_then(|column| self.placed.columns.get(*column)).copied();
        let forth = first == from;
        if self.same_column(chain) {
            let (x, w) = edge(*first)?;
            let (mut start, mut end) = (Point { x: x + w, y: ports.0 }, Point { x: x + w, y: ports.1 });
            if !forth {
                std::mem::swap(&mut start, &mut end);
            }
            end.x += TIP;
            let out = x + w + 26.0 + ((start.y - end.y).abs() * 0.16).min(BULGE - 40.0);
            return Some(Route { from: start, bends: vec![[Point { x: out, ..start }, Point { x: out, ..end }, end]] });
        }
        let mut stops = vec![Point { x: edge(*first).map(|(x, w)| x + w)?, y: ports.0 }];
        for at in chain.get(1..chain.len() - 1)? {
            let (x, w) = edge(*at)?;
            stops.extend([Point { x, y: self.y(*at) }, Point { x: x + w, y: self.y(*at) }]);
        }
        stops.push(Point { x: edge(*last)?.0, y: ports.1 });
        if !forth {
            stops.reverse();
        }
        if let Some(end) = stops.last_mut() {
            end.x += if forth { -TIP } else { TIP };
        }
        let bend = |pair: &[Point]| {
            let [one, other] = pair else { return None };
            let middle = (one.x + other.x) / 2.0;
            Some([Point { x: middle, y: one.y }, Point { x: middle, y: other.y }, *other])
        };
        Some(Route { from: *stops.first()?, bends: stops.windows(2).filter_map(bend).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::layered::{Ranking, arrange};
    use super::*;

    fn placed(boxes: usize, links: &[(usize, usize)]) -> Placed {
        let columns = arrange(boxes, links, &vec![false; boxes], &Ranking::Flow);
        place(&columns, links, &vec![Size { w: 100.0, h: 30.0 }; boxes], &vec![40.0; links.len()])
    }

    #[test]
    fn boxes_do_not_overlap_and_lines_start_and_end_at_them() {
        let links: Vec<(usize, usize)> = (0..60_usize).map(|at| (at * 7 % 40, at * 11 % 37)).filter(|(one, other)| one != other).collect();
        let placed = placed(40, &links);
        let frames: Vec<Frame> = placed.frames.iter().flatten().copied().collect();
        assert_eq!(frames.len(), 40);
        for (at, one) in frames.iter().enumerate() {
            assert!(frames[at + 1..].iter().all(|other| !one.meets(other)));
            assert!(one.x >= 0.0 && one.y >= -0.001 && one.x + one.w <= placed.width && one.y + one.h <= placed.height);
        }
        for ((from, to), route) in links.iter().zip(&placed.routes) {
            let route = route.as_ref().unwrap();
            let near = |frame: Frame, point: Point| frame.within(-TIP - 0.01).meets(&Frame { x: point.x, y: point.y, w: 0.001, h: 0.001 });
            assert!(near(frames[*from], route.from));
            assert!(near(frames[*to], route.bends.last().unwrap()[2]));
        }
    }

    #[test]
    fn a_way_past_a_box_keeps_its_distance() {
        let placed = placed(3, &[(0, 1), (1, 2), (0, 2)]);
        let passed = placed.frames[1].unwrap().within(-5.0);
        let around = placed.routes[2].as_ref().unwrap();
        assert!(around.bends.iter().all(|bend| !passed.meets(&Frame { x: bend[2].x, y: bend[2].y, w: 0.1, h: 0.1 })));
    }

    #[test]
    fn nothing_is_nowhere() {
        let placed = placed(0, &[]);
        assert!(placed.frames.is_empty() && placed.height.abs() < 0.1 && placed.width.abs() < 0.1);
    }
}
