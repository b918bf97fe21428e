//! Where everything stands, so that the browser only draws. The rules are in `docs/map.md`.

use std::collections::BTreeMap;

use super::Map;
use super::node::Node;

const CELL: (f64, f64) = (112.0, 96.0);
const ICON: f64 = 48.0;
const GAP: f64 = 40.0;
const PADDING: f64 = 24.0;
const SMALLEST: (f64, f64) = (180.0, 40.0);
/// A map of this height is readable as a whole; higher ones get larger titles.
const READABLE: f64 = 1600.0;

/// A box with its places inside of it, before it is known where it stands.
#[derive(Debug, Default)]
struct Sized {
    size: (f64, f64),
    /// Children by place in the list of nodes, and their left upper corners.
    inner: Vec<(usize, (f64, f64))>,
}

/// Places all nodes.
pub(super) fn place(map: &mut Map) {
    let first = Layout::new(map, 1.0);
    let scale = (first.total().1 / READABLE).max(1.0);
    let second = Layout::new(map, scale);
    second.write(map, scale);
}

struct Layout {
    sized: BTreeMap<usize, Sized>,
    root: Sized,
}

impl Layout {
    fn new(map: &Map, scale: f64) -> Self {
        let places: BTreeMap<&str, usize> = map.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut roots = Vec::new();
        for (at, node) in map.nodes.iter().enumerate() {
            match node.parent.as_deref().and_then(|parent| places.get(parent)) {
                Some(parent) => children.entry(*parent).or_default().push(at),
                None if node.is_box => roots.push(at),
                None => {}
            }
        }
        let mut builder = Builder { nodes: &map.nodes, children: &children, scale, sized: BTreeMap::new() };
        for root in &roots {
            builder.size(*root);
        }
        let wide = (scale / 4.0).max(1.0);
        let root = rows(&builder.with_sizes(&roots), GAP * wide, (0.0, 0.0, 0.0), (0.0, 0.0));
        Self { sized: builder.sized, root }
    }

    fn total(&self) -> (f64, f64) {
        self.root.size
    }

    fn write(&self, map: &mut Map, scale: f64) {
        let mut open: Vec<(usize, (f64, f64))> = self.root.inner.clone();
        while let Some((at, corner)) = open.pop() {
            let Some(node) = map.nodes.get_mut(at) else { continue };
            match self.sized.get(&at) {
                Some(sized) => {
                    node.size = sized.size;
                    node.at = (corner.0 + sized.size.0 / 2.0, corner.1 + sized.size.1 / 2.0);
                    open.extend(sized.inner.iter().map(|(child, (x, y))| (*child, (corner.0 + x, corner.1 + y))));
                }
                None => {
                    node.size = (ICON, ICON);
                    node.at = (corner.0 + CELL.0 / 2.0, corner.1 + CELL.1 / 2.0);
                }
            }
        }
        let outside: Vec<usize> =
            map.nodes.iter().enumerate().filter(|(_, node)| node.parent.is_none() && !node.is_box).map(|(at, _)| at).collect();
        let middle = self.total().1 / 2.0;
        for (index, at) in outside.iter().enumerate() {
            let in_column = outside.len().min(10);
            #[expect(clippy::cast_precision_loss, reason = "a few nodes")]
            let (column, row, rows) = ((index / 10) as f64, (index % 10) as f64, in_column as f64);
            if let Some(node) = map.nodes.get_mut(*at) {
                node.size = (56.0 * scale, 56.0 * scale);
                node.at = (-160.0 * scale - column * 150.0 * scale, middle + (row - (rows - 1.0) / 2.0) * 130.0 * scale);
            }
        }
    }
}

struct Builder<'a> {
    nodes: &'a [Node],
    children: &'a BTreeMap<usize, Vec<usize>>,
    scale: f64,
    sized: BTreeMap<usize, Sized>,
}

impl Builder<'_> {
    fn kind(&self, at: usize) -> &str {
        self.nodes.get(at).map_or("", |node| &node.kind)
    }

    fn with_sizes(&self, children: &[usize]) -> Vec<(usize, (f64, f64))> {
        children.iter().map(|child| (*child, self.sized.get(child).map_or(CELL, |sized| sized.size))).collect()
    }

    /// How deep boxes go: five kinds at most.
    fn size(&mut self, at: usize) {
        let children = self.children.get(&at).cloned().unwrap_or_default();
        for child in &children {
            if self.nodes.get(*child).is_some_and(|node| node.is_box) {
                self.size(*child);
            }
        }
        let large = (0.75 * self.scale).max(1.0);
        let wide = (self.scale / 4.0).max(1.0);
        let sized = match self.kind(at) {
            "subnet" => grid(&children, 40.0),
            "az" => column(&self.with_sizes(&children), 40.0),
            "vpc" => {
                let (boxes, own): (Vec<usize>, Vec<usize>) =
                    children.iter().partition(|child| self.nodes.get(**child).is_some_and(|node| node.is_box));
                vpc(&own, &self.with_sizes(&boxes), self.kind(boxes.first().copied().unwrap_or(usize::MAX)) == "az")
            }
            "account" => rows(&self.with_sizes(&children), GAP * wide, (PADDING * wide, 64.0 * large, PADDING * wide), SMALLEST),
            _ => rows(&self.with_sizes(&children), GAP * wide, (PADDING * wide, 56.0 * large, PADDING * wide), SMALLEST),
        };
        self.stretch(at, &children);
        self.sized.insert(at, sized);
    }

    /// Subnets of a zone are equally wide, zones of a VPC equally high.
    fn stretch(&mut self, at: usize, children: &[usize]) {
        let kind = self.kind(at).to_owned();
        let sizes: Vec<(f64, f64)> = children.iter().filter_map(|child| self.sized.get(child)).map(|sized| sized.size).collect();
        let (widest, highest) = sizes.iter().fold((0.0_f64, 0.0_f64), |most, size| (most.0.max(size.0), most.1.max(size.1)));
        for child in children {
            let child_kind = self.kind(*child).to_owned();
            if let Some(sized) = self.sized.get_mut(child) {
                match (kind.as_str(), child_kind.as_str()) {
                    ("az", "subnet") => sized.size.0 = widest,
                    ("vpc", "az") => sized.size.1 = highest,
                    _ => {}
                }
            }
        }
    }
}

/// Icons in rows, half as wide again as high.
fn grid(children: &[usize], title: f64) -> Sized {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = children.len() as f64;
    let columns = (count * 1.5 * CELL.1 / CELL.0).sqrt().ceil().max(1.0);
    let mut inner = Vec::with_capacity(children.len());
    for (index, child) in children.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let index = index as f64;
        let (row, column) = ((index / columns).floor(), index % columns);
        inner.push((*child, (PADDING + column * CELL.0, title + PADDING + row * CELL.1)));
    }
    let rows = (count / columns).ceil();
    let size = (2.0 * PADDING + columns.min(count) * CELL.0, title + 2.0 * PADDING + rows * CELL.1);
    Sized { size: (size.0.max(SMALLEST.0), size.1.max(SMALLEST.1 + title)), inner }
}

/// One below the other.
fn column(children: &[(usize, (f64, f64))], title: f64) -> Sized {
    let mut top = title + PADDING;
    let mut inner = Vec::new();
    let mut widest = SMALLEST.0;
    for (child, size) in children {
        inner.push((*child, (PADDING, top)));
        top += size.1 + GAP;
        widest = widest.max(size.0);
    }
    Sized { size: (widest + 2.0 * PADDING, (top - GAP + PADDING).max(SMALLEST.1 + title)), inner }
}

/// The VPC's own on top, then its zones side by side, or its subnets in rows.
fn vpc(own: &[usize], boxes: &[(usize, (f64, f64))], zones: bool) -> Sized {
    let title = 48.0;
    let mut below = if zones {
        let mut left = PADDING;
        let mut inner = Vec::new();
        for (child, size) in boxes {
            inner.push((*child, (left, title + PADDING)));
            left += size.0 + GAP;
        }
        let highest = boxes.iter().fold(0.0_f64, |most, (_, size)| most.max(size.1));
        Sized { size: ((left - GAP + PADDING).max(SMALLEST.0), title + 2.0 * PADDING + highest), inner }
    } else {
        rows(boxes, GAP, (PADDING, title, PADDING), SMALLEST)
    };
    if own.is_empty() {
        return below;
    }
    let in_row = ((below.size.0 - 2.0 * PADDING) / CELL.0).floor().max(1.0);
    #[expect(clippy::cast_precision_loss, reason = "a few endpoints")]
    let lines = (own.len() as f64 / in_row).ceil();
    let shift = lines * CELL.1;
    for (_, corner) in &mut below.inner {
        corner.1 += shift;
    }
    for (index, child) in own.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a few endpoints")]
        let index = index as f64;
        let (row, place) = ((index / in_row).floor(), index % in_row);
        below.inner.push((*child, (PADDING + place * CELL.0, title + PADDING / 2.0 + row * CELL.1)));
    }
    below.size.1 += shift;
    below
}

/// Rows of boxes, broken where the whole is nearest to half as wide again as high. `around`: left, top and right of them.
fn rows(children: &[(usize, (f64, f64))], gap: f64, around: (f64, f64, f64), smallest: (f64, f64)) -> Sized {
    let (left, top, right) = around;
    let total: f64 = children.iter().map(|(_, size)| size.0 + gap).sum();
    let widest = children.iter().fold(0.0_f64, |most, (_, size)| most.max(size.0));
    let mut best: Option<(f64, Sized)> = None;
    for step in 1..=24_u32 {
        let limit = widest.max(total * f64::from(step) / 24.0);
        let packed = packed(children, gap, (left, top + left), limit);
        let size = (packed.size.0 + right, packed.size.1 + right);
        let worth = (size.0 / 1.5).max(size.1);
        if best.as_ref().is_none_or(|(known, _)| worth < *known) {
            best = Some((worth, Sized { size, inner: packed.inner }));
        }
    }
    let mut sized = best.map(|(_, sized)| sized).unwrap_or_default();
    sized.size = (sized.size.0.max(smallest.0), sized.size.1.max(smallest.1 + top));
    sized
}

fn packed(children: &[(usize, (f64, f64))], gap: f64, corner: (f64, f64), limit: f64) -> Sized {
    let (mut x, mut y, mut height) = (0.0_f64, 0.0_f64, 0.0_f64);
    let (mut inner, mut widest) = (Vec::new(), 0.0_f64);
    for (child, size) in children {
        if x > 0.0 && x + size.0 > limit {
            y += height + gap;
            (x, height) = (0.0, 0.0);
        }
        inner.push((*child, (corner.0 + x, corner.1 + y)));
        widest = widest.max(x + size.0);
        x += size.0 + gap;
        height = height.max(size.1);
    }
    Sized { size: (corner.0 + widest, corner.1 + y + height), inner }
}
