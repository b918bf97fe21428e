//! The map as one picture, for those without a browser. It stands by itself, and every text is escaped by the template.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;

use super::Map;
use super::lines::{Line, lines};
use super::node::Node;
use crate::model::visible;

/// Widths of letters, on average, in font sizes.
const LETTER: f64 = 0.56;
const ICON: f64 = 48.0;
/// Where the template wants the icons.
const ICONS: &str = "<!--icons-->";

/// Line classes with the colour that `web/style.json` has for them, what they mean, and whether they are dashed.
const CLASSES: &[(&str, &str, &str, &str)] = &[
    ("public", "#d0432b", "", "from outside"),
    ("target", "#1f7f8c", "", "load balancer to target"),
    ("endpoint", "#4d8a2b", "2 5", "to a gateway endpoint"),
    ("allowed", "#8794a8", "", "allowed by security groups"),
    ("peering", "#6d4bc4", "9 6", "peering"),
    ("transit", "#a8327e", "9 6", "transit gateway"),
    ("vpn", "#8a5a00", "9 6", "VPN"),
    ("directconnect", "#2f62c9", "9 6", "Direct Connect"),
];

/// A box.
struct Area {
    kind: String,
    public: bool,
    x: f64,
    y: f64,
    w: f64,
    h: f64,
    name: String,
    text: (f64, f64),
    font: f64,
}

/// What stands in a box, or outside of all.
struct Icon {
    symbol: String,
    x: f64,
    y: f64,
    size: f64,
    name: String,
    full: String,
    text: (f64, f64),
    font: f64,
    public: bool,
    unknown: bool,
    badge: (f64, f64),
}

struct Key {
    class: &'static str,
    words: &'static str,
    x: f64,
}

#[derive(Template)]
#[template(path = "map.svg", escape = "html")]
struct Picture<'a> {
    view: (f64, f64, f64, f64),
    title: &'a str,
    words: String,
    font: f64,
    classes: &'static [(&'static str, &'static str, &'static str, &'static str)],
    areas: Vec<Area>,
    lines: Vec<Line>,
    icons: Vec<Icon>,
    keys: Vec<Key>,
    key_y: f64,
}

/// Draws a map. Icons are SVG files, by the kinds of nodes; `generic` stands for all others.
///
/// # Errors
/// When the template cannot be written, which is a mistake of ours.
pub fn svg(map: &Map, icons: &BTreeMap<String, &str>, title: &str, about: &str) -> Result<String, askama::Error> {
    let (areas, marks) = nodes(map, icons);
    let mut lines = lines(map);
    keep_readable(&mut lines, &areas, &marks);
    let (left, top, right, bottom) = extent(&areas, &marks);
    let font = ((right - left) / 110.0).max(15.0);
    let used: BTreeSet<&str> = marks.iter().map(|icon| icon.symbol.as_str()).collect();
    let drawn = icons.iter().filter(|(kind, _)| used.contains(kind.as_str()));
    let symbols = drawn.map(|(kind, file)| format!("<symbol id=\"i-{kind}\" viewBox=\"0 0 48 48\">{}</symbol>", inner(file)));
    let symbols = symbols.collect::<Vec<_>>().join("\n");
    let present: BTreeSet<&str> = lines.iter().map(|line| line.class).collect();
    let mut x = left;
    let mut keys = Vec::new();
    for (class, .., words) in CLASSES.iter().filter(|(class, ..)| present.contains(class)) {
        keys.push(Key { class, words, x });
        x += font * (4.0 + wide(words));
    }
    let view = (left, top - font * 4.0, (right - left).max(x - left), bottom - top + font * 7.0);
    let joined = lines.iter().any(|line| line.count > 1);
    let more = if joined { ". Lines between the same boxes are joined" } else { "" };
    let picture = Picture {
        view,
        title,
        words: format!("{about}{more}"),
        font,
        classes: CLASSES,
        areas,
        lines,
        icons: marks,
        keys,
        key_y: bottom + font * 2.0,
    };
    // Our own files; everything else went through the template, which leaves no such comment.
    Ok(picture.render()?.replacen(ICONS, &symbols, 1))
}

/// A label that would cover another, an icon or a name is left out: pointing at the line tells it.
fn keep_readable(lines: &mut [Line], areas: &[Area], marks: &[Icon]) {
    const FONT: f64 = 11.0;
    let text = |name: &str, at: (f64, f64), font: f64| {
        let half = wide(name) * font / 2.0;
        (at.0 - half, at.1 - font, at.0 + half, at.1 + font * 0.3)
    };
    let mut taken: Vec<(f64, f64, f64, f64)> = areas.iter().map(|area| text(&area.name, area.text, area.font)).collect();
    for icon in marks {
        taken.push((icon.x, icon.y, icon.x + icon.size, icon.y + icon.size));
        taken.push(text(&icon.name, icon.text, icon.font));
    }
    for line in lines {
        let Some(label) = &line.label else { continue };
        let own = text(label, line.at, FONT);
        if taken.iter().any(|other| own.0 < other.2 && other.0 < own.2 && own.1 < other.3 && other.1 < own.3) {
            line.label = None;
        } else {
            taken.push(own);
        }
    }
}

/// Letters, as a width.
fn wide(text: &str) -> f64 {
    f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)) * LETTER
}

/// As much of a text as fits.
fn fitting(text: &str, font: f64, width: f64) -> String {
    if wide(text) * font <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        if (wide(&short) + 2.0 * LETTER) * font > width {
            break;
        }
        short.push(letter);
    }
    format!("{short}…")
}

/// What is within the `svg` element of a file.
fn inner(file: &str) -> String {
    let body = file.split_once('>').map_or("", |(_, rest)| rest);
    body.rsplit_once("</svg>").map_or(body, |(body, _)| body).to_owned()
}

fn nodes(map: &Map, icons: &BTreeMap<String, &str>) -> (Vec<Area>, Vec<Icon>) {
    let mut first: HashMap<&str, f64> = HashMap::new();
    for node in &map.nodes {
        if let Some(parent) = node.parent.as_deref() {
            let top = if node.is_box { node.at.1 - node.size.1 / 2.0 } else { node.at.1 - ICON };
            let known = first.entry(parent).or_insert(top);
            *known = known.min(top);
        }
    }
    let (mut areas, mut marks) = (Vec::new(), Vec::new());
    for node in &map.nodes {
        if node.is_box {
            areas.push(area(node, first.get(node.id.as_str()).copied()));
        } else {
            marks.push(icon(node, icons));
        }
    }
    (areas, marks)
}

fn area(node: &Node, inside: Option<f64>) -> Area {
    let (w, h) = node.size;
    let (x, y) = (node.at.0 - w / 2.0, node.at.1 - h / 2.0);
    let strip = inside.map_or(40.0, |top| (top - y).max(24.0));
    let name = visible(&node.name);
    let largest = if matches!(node.kind.as_str(), "subnet" | "az") { 14.0 } else { strip };
    // A long name is written smaller before it is cut.
    let font = (strip * 0.38).min(largest).min((w - 12.0) / wide(&name).max(1.0)).max(11.0);
    let text = (node.at.0, y + strip * 0.5 + font * 0.35);
    Area { kind: node.kind.clone(), public: node.public, x, y, w, h, name: fitting(&name, font, w - 12.0), text, font }
}

fn icon(node: &Node, icons: &BTreeMap<String, &str>) -> Icon {
    let size = if node.parent.is_none() { node.size.0 } else { ICON };
    let font = 12.0 * size / ICON;
    let name = visible(&node.name);
    let full = if node.count > 1 { format!("{name} ×{}", node.count) } else { name.into_owned() };
    Icon {
        symbol: if icons.contains_key(&node.kind) { node.kind.clone() } else { "generic".to_owned() },
        x: node.at.0 - size / 2.0,
        y: node.at.1 - size / 2.0,
        size,
        name: fitting(&full, font, size * 2.25),
        full,
        text: (node.at.0, node.at.1 + size / 2.0 + font * 1.2),
        font,
        public: node.public,
        unknown: node.unknown,
        badge: (node.at.0 + size / 2.0, node.at.1 - size / 2.0),
    }
}

fn extent(areas: &[Area], marks: &[Icon]) -> (f64, f64, f64, f64) {
    let boxes = areas.iter().map(|area| (area.x, area.y, area.x + area.w, area.y + area.h));
    let icons = marks.iter().map(|icon| (icon.x - icon.size, icon.y - icon.size / 2.0, icon.x + 2.0 * icon.size, icon.text.1 + icon.font));
    let all = boxes.chain(icons).reduce(|one, other| (one.0.min(other.0), one.1.min(other.1), one.2.max(other.2), one.3.max(other.3)));
    let (left, top, right, bottom) = all.unwrap_or((0.0, 0.0, 400.0, 100.0));
    (left - 24.0, top - 24.0, right + 24.0, bottom + 24.0)
}

/// Filters of the template.
mod filters {
    #![expect(unreachable_pub, reason = "the macro makes it so")]
    /// A length, to a tenth.
    #[askama::filter_fn]
    pub(super) fn fixed(number: &f64, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(format!("{number:.1}"))
    }
}
