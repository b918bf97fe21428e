//! `reach`: whether packets get from one place to another, by which way, and what stops them.

use std::collections::BTreeSet;
use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Exit;
use super::accounts::AccountArgs;
use crate::model::visible;
use crate::network::model::Network;
use crate::network::reach::{Answer, Engine, Outcome, Path, Stop};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::network::traffic::Side;

/// Every way is followed as far as it goes, and everything that stops packets on it is named. What the snapshot lacks makes
/// the answer unknown. Codes are those of AWS's Reachability Analyzer.
#[derive(Debug, Args)]
pub(super) struct ReachArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// `internet`, an address or network, or an instance, interface, subnet, VPC, load balancer, database, function, gateway
    #[arg(long, value_name = "END")]
    from: String,
    /// The other end
    #[arg(long, value_name = "END")]
    to: String,
    /// `tcp/443`, `udp/53`, `icmp`, `443`; any when left out
    #[arg(long)]
    port: Option<Services>,
    /// Exit with 1 when the answer is another
    #[arg(long, value_enum, value_name = "ANSWER")]
    expect: Option<Word>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Yes,
    No,
    Unknown,
}

impl From<Outcome> for Word {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Yes => Self::Yes,
            Outcome::No => Self::No,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

impl Word {
    fn text(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

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
    paths: Vec<V1Path<'a>>,
    /// Calls that nobody made, taken to have nothing to tell.
    assumed: Vec<&'a str>,
}

#[derive(Serialize)]
struct V1Path<'a> {
    hops: Vec<V1Hop<'a>>,
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
}

pub(super) fn reach(args: &ReachArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (snapshots, _) = args.accounts.with_all()?;
    let network = Network::read(&snapshots)?;
    let mut engine = Engine::new(&network, Rules::default());
    let (from, to) = (engine.end(&args.from)?, engine.end(&args.to)?);
    let services = args.port.clone().unwrap_or_else(Services::all);
    let answer = engine.reach(&from, &to, &services);
    let assumed: BTreeSet<&str> = network.places.iter().flat_map(|region| &region.assumed).map(String::as_str).collect();
    match args.format {
        Format::Text => {
            text(args, &services, &answer, out)?;
            if !assumed.is_empty() {
                let calls = assumed.iter().copied().collect::<Vec<_>>().join(", ");
                writeln!(out, "note: nobody asked for {calls}: taken not to be there")?;
            }
        }
        Format::Json => json(args, &services, &answer, assumed.into_iter().collect(), out)?,
    }
    let otherwise = args.expect.is_some_and(|expected| expected != Word::from(answer.outcome));
    Ok(if otherwise { Exit::Partial } else { Exit::Complete })
}

fn text(args: &ReachArgs, services: &Services, answer: &Answer, out: &mut dyn Write) -> std::io::Result<()> {
    let word = Word::from(answer.outcome);
    writeln!(out, "{} {} -> {} for {services}", word.text(), visible(&args.from), visible(&args.to))?;
    match word {
        Word::Yes => {
            writeln!(out, "  gets through: from {} for {}", answer.addresses(Side::From), answer.services())?;
            shown(&answer.paths, out)?;
        }
        Word::Unknown => {
            for call in answer.missing() {
                writeln!(out, "  not collected: {}", visible(call))?;
            }
            shown(&answer.paths, out)?;
        }
        Word::No => {
            let stops = answer.stops();
            if let Some(path) = answer.paths.first() {
                hops(path, out)?;
            }
            let all =
                if stops.len() > 1 { "to open it, all of these would have to change:" } else { "to open it, this would have to change:" };
            writeln!(out, "  {all}")?;
            for found in stops {
                stop(found, out)?;
            }
        }
    }
    Ok(())
}

/// The first few ways.
fn shown(paths: &[Path], out: &mut dyn Write) -> std::io::Result<()> {
    const SHOWN: usize = 3;
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
        write!(out, "    {}", visible(&hop.id))?;
        if let Some(first) = hop.by.first() {
            write!(out, "  ({}{})", visible(first), if hop.by.len() > 1 { ", …" } else { "" })?;
        }
        writeln!(out)?;
    }
    if let Some(kind) = &path.authentication {
        writeln!(out, "    clients have to pass {} first", visible(kind))?;
    }
    Ok(())
}

fn stop(stop: &Stop, out: &mut dyn Write) -> std::io::Result<()> {
    let detail = if stop.detail.is_empty() { String::new() } else { format!(" ({})", visible(&stop.detail)) };
    writeln!(out, "    {}: {}: {}{detail}", visible(&stop.at), stop.code.0, stop.code.words())
}

fn json(args: &ReachArgs, services: &Services, answer: &Answer, assumed: Vec<&str>, out: &mut dyn Write) -> anyhow::Result<()> {
    let through = answer.outcome == Outcome::Yes;
    let document = V1 {
        format: "cloudmapper-reach/1",
        from: &args.from,
        to: &args.to,
        port: services.to_string(),
        answer: answer.outcome.into(),
        addresses: through.then(|| answer.addresses(Side::From).to_string()),
        services: if through { answer.services().words() } else { Vec::new() },
        paths: answer.paths.iter().map(path).collect(),
        assumed,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

fn path(path: &Path) -> V1Path<'_> {
    V1Path {
        hops: path.hops.iter().map(|hop| V1Hop { id: &hop.id, by: &hop.by }).collect(),
        stopped_by: path.stops.iter().map(v1_stop).collect(),
        missing: path.missing.iter().map(String::as_str).collect(),
        authentication: path.authentication.as_deref(),
    }
}

fn v1_stop(stop: &Stop) -> V1Stop<'_> {
    V1Stop { code: stop.code.0, meaning: stop.code.words(), at: &stop.at, detail: &stop.detail }
}
