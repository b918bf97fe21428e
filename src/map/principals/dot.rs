//! A picture in Graphviz's language, for those who want to lay it out themselves. It has the boxes of the picture, not
//! their places.

use std::io::{self, Write};

use super::Picture;
use super::picture::Status;
use super::words;
use crate::graph::Kind;

/// Writes a picture in the DOT language.
///
/// # Errors
/// When `out` cannot be written.
pub fn dot(picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph {} {{", Quoted(&picture.account))?;
    writeln!(out, "  label={};", Quoted(&format!("{}\n{}", words::title(picture), words::about(picture))))?;
    writeln!(out, "  rankdir=LR;\n  node [style=filled, fillcolor=\"#FFFFFF\", shape=box];")?;
    for (at, group) in picture.groups.iter().enumerate() {
        let Some(first) = group.members.first().and_then(|member| picture.people.get(*member)) else { continue };
        let (prefix, rest) = words::name(picture, group);
        let lines: Vec<String> = std::iter::once(prefix + &rest).chain(words::below(picture, group)).collect();
        write!(out, "  n{at} [label={}", Quoted(&lines.join("\n")))?;
        write!(out, ", tooltip={}", Quoted(&words::about_box(picture, group)))?;
        if first.kind == Kind::Service {
            write!(out, ", shape=ellipse, fillcolor=\"#DDFFDD\"")?;
        }
        write!(out, "{}", looks(first.status, first.kind))?;
        writeln!(out, "];")?;
    }
    for link in &picture.links {
        let style = if link.certain { "" } else { ", style=dashed" };
        writeln!(out, "  n{} -> n{} [label={}{style}];", link.from, link.to, Quoted(&words::label(picture, link)))?;
    }
    if picture.only {
        ranks(picture, out)?;
    }
    writeln!(out, "}}")
}

fn looks(status: Status, kind: Kind) -> &'static str {
    match status {
        _ if kind == Kind::Service => "",
        Status::Pill => ", shape=ellipse, peripheries=2, fillcolor=\"#BFEFFF\"",
        Status::Admin => ", peripheries=2, fillcolor=\"#BFEFFF\"",
        Status::AdminIf => ", peripheries=2, style=\"filled,dashed\", fillcolor=\"#BFEFFF\"",
        Status::Escalates => ", penwidth=2.5, fillcolor=\"#FADBD8\"",
        Status::Other => "",
    }
}

/// Those who are as far from an administrator stand together.
fn ranks(picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    let mut ranks: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, group) in picture.groups.iter().enumerate() {
        if let Some(steps) = group.members.first().and_then(|member| picture.people.get(*member)?.steps) {
            ranks.entry(steps).or_default().push(at);
        }
    }
    for members in ranks.values() {
        let names: Vec<String> = members.iter().map(|at| format!("n{at};")).collect();
        writeln!(out, "  {{ rank=same; {} }}", names.join(" "))?;
    }
    Ok(())
}

/// A quoted string. A backslash is doubled, as labels have escapes like `\N` and `\l`; a line ends with `\n`.
struct Quoted<'a>(&'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write as _;
        f.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                // Labels may have HTML entities.
                '&' => f.write_str("&amp;")?,
                letter if letter.is_control() => f.write_char('?')?,
                letter => f.write_char(letter)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_where_they_should() {
        assert_eq!(Quoted("a\"b\\\n&amp;\u{1}").to_string(), r#""a\"b\\\n&amp;amp;?""#);
        assert_eq!(Quoted("\\").to_string(), r#""\\""#);
    }
}
