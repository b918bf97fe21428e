//! How answers are shown.

use std::io::Write;

use serde::Serialize;

use super::{ReachArgs, Word};
use crate::model::visible;
use crate::network::reach::{Answer, Hop, Outcome, Path, Stop, Taken};
use crate::network::services::Services;
use crate::network::traffic::Side;

/// So many ways, and so many changes, are shown.
const SHOWN: usize = 3;

/// The public form of an answer.
#[derive(Serialize)]
struct V1<'a> {
    format: &'static str,
    from: &'a str,
    to: &'a str,
    port: String,
    answer: Word,
    /// What gets through: addresses it comes from, and services.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    services: Vec<String>,
    /// The same, told apart by who may use what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    through: Vec<V1Through>,
    paths: Vec<V1Path<'a>>,
    /// What would make the answer another: each of these is enough, and all of it is needed.
    changes: Vec<Vec<String>>,
    /// Calls that nobody made, taken to have nothing to tell.
    assumed: Vec<&'a str>,
}

#[derive(Serialize)]
struct V1Through {
    services: Vec<String>,
    from: String,
}

#[derive(Serialize)]
struct V1Path<'a> {
    hops: Vec<V1Hop<'a>>,
    /// What replies pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replies: Vec<V1Hop<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stopped_by: Vec<V1Stop<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<&'a str>,
}

#[derive(Serialize)]
struct V1Hop<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    by: &'a [String],
}

#[derive(Serialize)]
struct V1Stop<'a> {
    code: &'static str,
    at: &'a str,
    meaning: &'static str,
    detail: &'a str,
    change: String,
}

pub(super) fn text(
    args: &ReachArgs,
    services: &Services,
    answer: &Answer,
    changes: &[Vec<String>],
    assumed: &[&str],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let word = Word::from(answer.outcome);
    writeln!(out, "{} {} -> {} for {services}", word.text(), visible(&args.from), visible(&args.to))?;
    match word {
        Word::Yes => {
            for (services, from) in answer.parts() {
                writeln!(out, "  gets through: {services} from {from}")?;
            }
            ways(&answer.paths, out)?;
        }
        Word::Unknown => {
            for call in answer.missing() {
                writeln!(out, "  not collected: {}", visible(call))?;
            }
            ways(&answer.paths, out)?;
        }
        Word::No => {
            if let Some(path) = answer.paths.first() {
                hops(path, out)?;
            }
            for stop in answer.stops() {
                stopped(stop, out)?;
            }
        }
    }
    changed(word, changes, out)?;
    if let Some((first, others)) = assumed.split_first() {
        let more = if others.is_empty() { String::new() } else { format!(" and {} more calls", others.len()) };
        writeln!(out, "note: nobody asked for {first}{more}: taken not to be there")?;
    }
    Ok(())
}

/// What would make the answer another.
pub(super) fn changes(answer: &Answer, closings: &[Vec<Taken>]) -> Vec<Vec<String>> {
    match answer.outcome {
        Outcome::No => answer.openings().into_iter().map(|set| set.into_iter().map(Stop::change).collect()).collect(),
        Outcome::Yes => closings.iter().map(|set| set.iter().map(without).collect()).collect(),
        Outcome::Unknown => Vec::new(),
    }
}

fn without(rule: &Taken) -> String {
    let way = match (rule.at.starts_with("rtb-"), rule.out) {
        (true, _) => "route",
        (_, true) => "outbound rule",
        _ => "inbound rule",
    };
    format!("take the {way} `{}` out of {}", rule.rule, rule.at)
}

fn changed(word: Word, changes: &[Vec<String>], out: &mut dyn Write) -> std::io::Result<()> {
    let (verb, least) = if word == Word::No { ("open", ", at least") } else { ("close", ",") };
    match changes {
        [] => return Ok(()),
        [only] if only.len() == 1 => writeln!(out, "  to {verb} it{}:", least.trim_end_matches(','))?,
        [_] => writeln!(out, "  to {verb} it{least} all of these:")?,
        _ => writeln!(out, "  to {verb} it{least} one of these:")?,
    }
    for set in changes.iter().take(SHOWN) {
        match (changes, set.as_slice()) {
            ([_], several) => several.iter().try_for_each(|change| writeln!(out, "    {}", visible(change)))?,
            (_, several) => writeln!(out, "    {}", visible(&several.join("; and ")))?,
        }
    }
    match changes.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => writeln!(out, "    and {more} more: --format json has all of them"),
        _ => Ok(()),
    }
}

/// The first few ways.
fn ways(paths: &[Path], out: &mut dyn Write) -> std::io::Result<()> {
    let paths: Vec<&Path> = paths.iter().filter(|path| !path.hops.is_empty()).collect();
    for (at, path) in paths.iter().take(SHOWN).enumerate() {
        if paths.len() > 1 {
            writeln!(out, "  way {}", at + 1)?;
        }
        hops(path, out)?;
    }
    match paths.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => writeln!(out, "  and {more} more ways: --format json has all of them"),
        _ => Ok(()),
    }
}

fn hops(path: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    for hop in &path.hops {
        writeln!(out, "    {}", shown(hop))?;
    }
    if !path.back.is_empty() {
        let back: Vec<String> = path.back.iter().map(shown).collect();
        writeln!(out, "    replies by {}", back.join(", "))?;
    }
    if let Some(kind) = &path.authentication {
        writeln!(out, "    clients have to pass {} first", visible(kind))?;
    }
    Ok(())
}

fn shown(hop: &Hop) -> String {
    let Some(first) = hop.by.first() else { return visible(&hop.id).into_owned() };
    let bare = first.strip_prefix(hop.id.as_str()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(first);
    format!("{}  ({}{})", visible(&hop.id), visible(bare), if hop.by.len() > 1 { ", …" } else { "" })
}

fn stopped(stop: &Stop, out: &mut dyn Write) -> std::io::Result<()> {
    let detail = if stop.detail.is_empty() { String::new() } else { format!(" ({})", visible(&stop.detail)) };
    let at = if stop.at.is_empty() { String::new() } else { format!(" by {}", visible(&stop.at)) };
    writeln!(out, "  stopped{at}: {}: {}{detail}", stop.code.0, stop.code.words())
}

pub(super) fn json(
    args: &ReachArgs,
    services: &Services,
    answer: &Answer,
    changes: Vec<Vec<String>>,
    assumed: Vec<&str>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let through = answer.outcome == Outcome::Yes;
    let parts = if through { answer.parts() } else { Vec::new() };
    let document = V1 {
        format: "cloudmapper-reach/1",
        from: &args.from,
        to: &args.to,
        port: services.to_string(),
        answer: answer.outcome.into(),
        addresses: through.then(|| answer.addresses(Side::From).to_string()),
        services: if through { answer.services().words() } else { Vec::new() },
        through: parts.iter().map(|(services, from)| V1Through { services: services.words(), from: from.to_string() }).collect(),
        paths: answer.paths.iter().map(path).collect(),
        changes,
        assumed,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

fn path(path: &Path) -> V1Path<'_> {
    V1Path {
        hops: path.hops.iter().map(v1_hop).collect(),
        replies: path.back.iter().map(v1_hop).collect(),
        stopped_by: path.stops.iter().map(v1_stop).collect(),
        missing: path.missing.iter().map(String::as_str).collect(),
        authentication: path.authentication.as_deref(),
    }
}

fn v1_hop(hop: &Hop) -> V1Hop<'_> {
    V1Hop { id: &hop.id, by: &hop.by }
}

fn v1_stop(stop: &Stop) -> V1Stop<'_> {
    V1Stop { code: stop.code.0, meaning: stop.code.words(), at: &stop.at, detail: &stop.detail, change: stop.change() }
}
