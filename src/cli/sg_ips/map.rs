//! A map of the world with the places of networks, as SVG that stands by itself. Every text is escaped.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Context as _;
use serde::Deserialize;

use super::Row;
use crate::model::visible;

/// Land, of Natural Earth; the file says how it was made.
static WORLD: &str = include_str!("../../../data/world.json");

/// Units of the picture for a degree.
const SCALE: f64 = 5.0;

const HEAD: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="1800" height="900" viewBox="0 0 1800 900" role="img" aria-labelledby="title desc">
<title id="title">Networks that security groups let in</title>
"##;

const STYLE: &str = r##"<style>
.sea { fill: #eef3f8; }
.land { fill: #cfd6df; stroke: #ffffff; stroke-width: 0.5; fill-rule: evenodd; }
.place { fill: #b3402e; fill-opacity: 0.75; stroke: #ffffff; }
.credit { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: #1c2430; }
</style>
<rect class="sea" width="1800" height="900"/>
"##;

#[derive(Deserialize)]
struct World {
    /// Longitude and latitude of each point.
    rings: Vec<Vec<(f64, f64)>>,
}

/// One circle.
#[derive(Default)]
struct Spot {
    x: f64,
    y: f64,
    /// In words, and what is there.
    lines: Vec<String>,
    networks: u32,
}

/// Draws the networks whose places are known.
pub(super) fn draw(rows: &[Row], credits: &[&str]) -> anyhow::Result<String> {
    let world: World = serde_json::from_str(WORLD).context("data/world.json")?;
    let spots = spots(rows);
    let mut svg = String::from(HEAD);
    let networks: u32 = spots.values().map(|spot| spot.networks).sum();
    writeln!(svg, "<desc id=\"desc\">{networks} networks at {} places. Larger circles are more networks.</desc>", spots.len())?;
    svg.push_str(STYLE);
    svg.push_str("<path class=\"land\" d=\"");
    for ring in &world.rings {
        for (index, (longitude, latitude)) in ring.iter().enumerate() {
            let (x, y) = place(*latitude, *longitude);
            write!(svg, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' })?;
        }
        svg.push('Z');
    }
    svg.push_str("\"/>\n");
    let mut spots: Vec<&Spot> = spots.values().collect();
    // Small ones in front of large ones.
    spots.sort_by_key(|spot| std::cmp::Reverse(spot.networks));
    for spot in spots {
        let radius = 3.0 + 2.0 * f64::from(spot.networks).log2();
        let title = escaped(&spot.lines);
        writeln!(
            svg,
            "<circle class=\"place\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\"><title>{title}</title></circle>",
            spot.x, spot.y
        )?;
    }
    for (index, credit) in (0_u32..).zip(credits) {
        let y = 885 - 18 * index;
        writeln!(svg, "<text class=\"credit\" x=\"12\" y=\"{y}\">{}</text>", escaped(&[(*credit).to_owned()]))?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn place(latitude: f64, longitude: f64) -> (f64, f64) {
    ((longitude + 180.0) * SCALE, (90.0 - latitude) * SCALE)
}

/// A circle a place, and not one a network.
fn spots(rows: &[Row]) -> BTreeMap<(String, String), Spot> {
    let mut spots: BTreeMap<(String, String), Spot> = BTreeMap::new();
    for row in rows {
        let Some((latitude, longitude)) = row.place.coordinates() else { continue };
        let (x, y) = place(latitude, longitude);
        let spot = spots.entry((format!("{x:.1}"), format!("{y:.1}"))).or_default();
        if spot.networks == 0 {
            (spot.x, spot.y) = (x, y);
            spot.lines.push(row.place.in_words());
        }
        spot.networks = spot.networks.saturating_add(1);
        let descriptions = row.descriptions(", ");
        let dash = if descriptions.is_empty() { "" } else { ": " };
        spot.lines.push(format!("{}{dash}{descriptions}", row.network));
    }
    spots
}

/// Lines as text of XML.
fn escaped(lines: &[String]) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        for letter in visible(line).chars() {
            match letter {
                '&' => text.push_str("&amp;"),
                '<' => text.push_str("&lt;"),
                '>' => text.push_str("&gt;"),
                '"' => text.push_str("&quot;"),
                '\'' => text.push_str("&#39;"),
                other => text.push(other),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_is_whole() {
        let svg = draw(&[], &["a & b"]).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains("a &amp; b"));
        assert!(svg.matches('M').count() > 50);
        assert_eq!(place(90.0, -180.0), (0.0, 0.0));
        assert_eq!(place(-90.0, 180.0), (1800.0, 900.0));
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped(&["</title><script>".to_owned(), "\"'&".to_owned()]), "&lt;/title&gt;&lt;script&gt;\n&quot;&#39;&amp;");
    }
}
