//! The audit as one HTML file: a summary that needs no script, and lists over data that the page carries in itself.

mod bars;
mod data;
mod view;

use std::io::{self, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::filters;
use super::html::{content_policy, trimmed};
use crate::audit::Audit;
use crate::snapshot::Snapshot;
use view::View;

const STYLES: [&str; 2] = [include_str!("../../../templates/report.css"), include_str!("../../../templates/findings.css")];
const SCRIPTS: [&str; 2] = [include_str!("../../../templates/report.js"), include_str!("../../../templates/findings.js")];

/// As small as it gets; the same data give the same bytes.
const LEVEL: u8 = 9;

/// What the page is made of.
#[derive(Debug)]
pub struct Input<'a> {
    /// What was found.
    pub audit: &'a Audit,
    /// Of what.
    pub snapshots: &'a [Snapshot],
    /// How many checks were asked.
    pub checks: usize,
    /// Pictures of the networks: title and SVG.
    pub pictures: Vec<(String, String)>,
}

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (style, script) = (STYLES.map(trimmed).concat(), SCRIPTS.map(trimmed).concat());
    let tables = data::Tables::of(input);
    let page = Page { policy: content_policy(&style, &script), blocks: blocks(input, &tables), own: View::new(input, &tables) };
    page.write_into(out)?;
    out.write_all(b"\n")
}

#[derive(Template)]
#[template(path = "findings.html")]
struct Page {
    policy: String,
    blocks: Vec<Block>,
    own: View,
}

impl std::ops::Deref for Page {
    type Target = View;

    fn deref(&self) -> &View {
        &self.own
    }
}

/// Data for the script: base64 of deflated JSON, so that no text of a snapshot stands in the page.
struct Block {
    id: &'static str,
    data: String,
}

fn blocks(input: &Input<'_>, tables: &data::Tables) -> Vec<Block> {
    let block = |id, value: &Value| Block { id, data: packed(value) };
    let pictures = input.pictures.iter().map(|(title, svg)| serde_json::json!({"title": title, "svg": svg})).collect();
    vec![
        block("findings", &data::findings(input)),
        block("public", &tables.public),
        block("principals", &tables.principals),
        block("trust", &tables.trust),
        block("network", &Value::Array(pictures)),
    ]
}

fn packed(value: &Value) -> String {
    STANDARD.encode(miniz_oxide::deflate::compress_to_vec(value.to_string().as_bytes(), LEVEL))
}
