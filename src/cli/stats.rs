//! `stats`: how many resources of each kind there are, as text, JSON, CSV and a chart.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Exit;
use super::accounts::AccountArgs;
use super::harmless;
use crate::model::{AccountName, visible};
use crate::report::chart::{Bar, StackedBars, write_svg};
use crate::report::inventory::{Tally, by_resource};
use crate::report::stats::Stats;
use crate::report::view::{Count, ResourceRow};
use crate::snapshot::Snapshot;

/// A file of this name in the working folder is used instead of the embedded one.
const LOCAL: &str = "stats_config.yaml";

/// A number followed by `+` is what was seen where more could not be collected; `?` is not collected at all.
#[derive(Debug, Args)]
pub(super) struct StatsArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Count the less usual kinds of resources too
    #[arg(long, alias = "stats-all-resources", long = "stats_all_resources")]
    all: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write the chart
    #[arg(long = "output_image", alias = "output-image", value_name = "FILE", default_value = "resource_stats.svg")]
    output_image: PathBuf,
    /// Write no chart
    #[arg(long = "no_output_image", alias = "no-output-image")]
    no_output_image: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// The embedded rows, or those of the working folder.
pub(super) fn rows() -> anyhow::Result<Stats> {
    let path = Path::new(LOCAL);
    if !path.exists() {
        return Ok(Stats::embedded()?);
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{LOCAL}`"))?;
    writeln!(std::io::stderr(), "using `{LOCAL}` of this folder")?;
    Ok(Stats::from_text(path, &text)?)
}

pub(super) fn open(accounts: &AccountArgs) -> anyhow::Result<Vec<Snapshot>> {
    accounts.choose()?.iter().map(|chosen| Ok(Snapshot::open(Path::new("."), &chosen.name)?)).collect()
}

pub(super) fn stats(args: &StatsArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let stats = rows()?;
    let snapshots = open(&args.accounts)?;
    let names: Vec<&AccountName> = snapshots.iter().map(Snapshot::name).collect();
    let mut tallies = Vec::new();
    for (index, snapshot) in snapshots.iter().enumerate() {
        tallies.extend(stats.count(index, snapshot)?);
    }
    tallies.retain(|tally| args.all || stats.kinds.get(tally.kind).is_some_and(|kind| !kind.verbose));
    let rows: Vec<ResourceRow> =
        by_resource(&stats.kinds, names.len(), &tallies).into_iter().filter(|row| args.all || !row.verbose).collect();
    match args.format {
        Format::Text => text(&names, &rows, out)?,
        Format::Json => json(&stats, &names, &tallies, out)?,
        Format::Csv => csv(&stats, &names, &tallies, out)?,
    }
    if !args.no_output_image {
        draw(&names, &rows, &args.output_image)?;
        writeln!(std::io::stderr(), "chart written to {}", visible(&args.output_image.display().to_string()))?;
    }
    Ok(Exit::Complete)
}

/// The table alone, of the usual kinds of resources.
pub(super) fn print_text(accounts: &AccountArgs, out: &mut dyn Write) -> anyhow::Result<()> {
    let accounts = accounts.clone();
    let args = StatsArgs { accounts, all: false, format: Format::Text, output_image: PathBuf::new(), no_output_image: true };
    stats(&args, out).map(|_| ())
}

/// CloudMapper's table.
fn text(names: &[&AccountName], rows: &[ResourceRow], out: &mut dyn Write) -> std::io::Result<()> {
    let header: Vec<_> = names.iter().map(|name| visible(name.as_ref())).collect();
    writeln!(out, "{:19}\t{}", "", header.join("\t"))?;
    let mut gaps = std::collections::BTreeSet::new();
    for row in rows {
        write!(out, "{:20}", visible(&row.name))?;
        for count in &row.counts {
            write!(out, "\t{:<8}", cell(count))?;
            gaps.extend(count.gaps().iter().map(|gap| format!("{} in {}", gap.why, list(&gap.regions))));
        }
        writeln!(out)?;
    }
    if !gaps.is_empty() {
        writeln!(out, "\n+ at least, ? not collected:")?;
        for gap in gaps {
            writeln!(out, "  {}", visible(&gap))?;
        }
    }
    Ok(())
}

fn list(regions: &[String]) -> String {
    if regions.len() > 4 { format!("{} regions", regions.len()) } else { regions.join(", ") }
}

fn cell(count: &Count) -> String {
    match count {
        Count::Known(count) => count.to_string(),
        Count::AtLeast(count, _) => format!("{count}+"),
        Count::NotCollected(_) => "?".to_owned(),
        Count::NotAsked(_) => "-".to_owned(),
    }
}

/// One number, or why there is none; the public form of both JSON and CSV.
#[derive(Serialize)]
struct V1<'a> {
    account: &'a str,
    resource: &'a str,
    region: &'a str,
    /// Absent when nothing was collected.
    count: Option<u64>,
    /// `collected`, `partial`, `not_collected` or `not_called`.
    status: &'static str,
    reason: String,
}

fn v1<'a>(stats: &'a Stats, names: &'a [&AccountName], tally: &'a Tally) -> V1<'a> {
    let why = |count: &Count| count.gaps().iter().map(|gap| gap.why.clone()).collect::<Vec<_>>().join("; ");
    let (count, status, reason) = match &tally.count {
        Count::Known(count) => (Some(*count), "collected", String::new()),
        Count::AtLeast(count, _) => (Some(*count), "partial", why(&tally.count)),
        Count::NotCollected(_) => (None, "not_collected", why(&tally.count)),
        Count::NotAsked(reason) => (None, "not_called", reason.clone()),
    };
    V1 {
        account: names.get(tally.account).map_or("", |name| name.as_ref()),
        resource: stats.kinds.get(tally.kind).map_or("", |kind| &kind.name),
        region: &tally.region,
        count,
        status,
        reason,
    }
}

fn json(stats: &Stats, names: &[&AccountName], tallies: &[Tally], out: &mut dyn Write) -> anyhow::Result<()> {
    let rows: Vec<V1<'_>> = tallies.iter().map(|tally| v1(stats, names, tally)).collect();
    serde_json::to_writer_pretty(&mut *out, &serde_json::json!({"version": 1, "counts": rows}))?;
    writeln!(out)?;
    Ok(())
}

fn csv(stats: &Stats, names: &[&AccountName], tallies: &[Tally], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["account", "resource", "region", "count", "status", "reason"])?;
    for tally in tallies {
        let row = v1(stats, names, tally);
        let count = row.count.map(|count| count.to_string()).unwrap_or_default();
        let fields = [row.account, row.resource, row.region, &count, row.status, &row.reason];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}

fn draw(names: &[&AccountName], rows: &[ResourceRow], path: &Path) -> anyhow::Result<()> {
    let bar = |(index, name): (usize, &&AccountName)| {
        let of = |row: &ResourceRow| row.counts.get(index).cloned().unwrap_or(Count::Known(0));
        let gaps = rows.iter().any(|row| !of(row).gaps().is_empty());
        Bar {
            label: name.to_string(),
            parts: rows.iter().map(|row| (row.name.clone(), of(row).seen())).collect(),
            gap: gaps.then(|| "not everything was collected".to_owned()),
        }
    };
    let bars: Vec<Bar> = names.iter().enumerate().map(bar).collect();
    let mut svg = Vec::new();
    write_svg(&StackedBars::new("Resources by account", &bars), &mut svg)?;
    Ok(crate::snapshot::write_atomic(path, &svg)?)
}
