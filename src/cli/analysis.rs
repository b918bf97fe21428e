//! `analysis` and `cut`: what of the principal graph calls for a change, and which change does most.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Exit;
use super::accounts::AccountArgs;
use super::graph::opened::Opened;
use super::graph::words::Teller;
use crate::graph::analysis::{Analysis, Finding, Severity, analyse};
use crate::graph::cut::{Cut, cut as smallest};
use crate::graph::{Ways, techniques};
use crate::model::visible;

/// Reports what PMapper's analysis reports, corrected, and more.
#[derive(Debug, Args)]
pub(super) struct AnalysisArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// How to print: Markdown, or JSON
    #[arg(long = "output-type", alias = "output_type", value_enum, default_value_t = Output::Text)]
    output_type: Output,
    /// Exit with 1 when there is a finding of this severity, or a worse one
    #[arg(long = "fail-on", alias = "fail_on", value_enum)]
    fail_on: Option<Level>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Critical,
    High,
    Medium,
    Low,
}

/// Names the fewest statements to change so that nobody becomes an administrator who is none.
#[derive(Debug, Args)]
pub(super) struct CutArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Leave out ways that are only possible
    #[arg(long)]
    certain: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Output::Text)]
    format: Output,
}

pub(super) fn analysis(args: &AnalysisArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let opened = Opened::of(&args.accounts)?;
    let Analysis { findings, unknown, .. } = analyse(&opened.graph, &opened.estate, &opened.snapshots)?;
    match args.output_type {
        Output::Text => text(&opened, &findings, &unknown, out)?,
        Output::Json => {
            serde_json::to_writer_pretty(&mut *out, &document(&opened, &findings, &unknown))?;
            writeln!(out)?;
        }
    }
    opened.say_gaps()?;
    let limit = args.fail_on.map(|level| match level {
        Level::Critical => Severity::Critical,
        Level::High => Severity::High,
        Level::Medium => Severity::Medium,
        Level::Low => Severity::Low,
    });
    let failed = limit.is_some_and(|limit| findings.iter().any(|finding| finding.severity <= limit));
    Ok(if failed || opened.is_partial() { Exit::Partial } else { Exit::Complete })
}

/// The accounts, and when the last of them was collected: a report of the same snapshots is the same.
fn head(opened: &Opened) -> (Vec<&str>, &str) {
    let accounts = opened.graph.accounts.iter().map(|account| account.id.as_str()).collect();
    (accounts, opened.graph.accounts.iter().filter_map(|account| account.collected.as_deref()).max().unwrap_or("unknown"))
}

fn document(opened: &Opened, findings: &[Finding], unknown: &[String]) -> serde_json::Value {
    let (accounts, date) = head(opened);
    json!({
        "account": accounts.join(", "),
        "date_and_time": date,
        "findings": findings,
        "unknown": unknown,
        "source": format!("cloudmapper {}", env!("CARGO_PKG_VERSION")),
    })
}

fn text(opened: &Opened, findings: &[Finding], unknown: &[String], out: &mut dyn Write) -> anyhow::Result<()> {
    const RULE: &str = "----------------";
    let (accounts, date) = head(opened);
    writeln!(out, "{RULE}\n# Principal graph: findings\n")?;
    writeln!(
        out,
        "Accounts: {}\n\nCollected: {}\n\nMade by cloudmapper {}\n",
        accounts.join(", "),
        visible(date),
        env!("CARGO_PKG_VERSION")
    )?;
    if findings.is_empty() {
        writeln!(out, "None found.\n")?;
    }
    let ways = Ways::new(&opened.graph);
    let teller = Teller::new(opened)?;
    for finding in findings {
        writeln!(out, "## {} ({})\n", finding.title, finding.of.len())?;
        writeln!(
            out,
            "### Severity\n\n{:?}\n\n### Impact\n\n{}\n\n### Description\n\n{}\n",
            finding.severity, finding.impact, finding.description
        )?;
        let hops: Vec<_> = finding.of.iter().map(|of| of.way.clone()).collect();
        let mut told = teller.tell(&ways, &hops)?.into_iter();
        for of in &finding.of {
            let names: Vec<String> = of.nodes.iter().map(|at| opened.name(*at)).collect();
            let way = if of.way.is_empty() { None } else { told.next() };
            let joint = if way.is_some() { " -> " } else { " <-> " };
            let doubt = if of.certain { "" } else { " (possible)" };
            let note = of.note.as_ref().map(|note| format!(": {}", visible(note))).unwrap_or_default();
            writeln!(out, "* {}{doubt}{note}", names.join(joint))?;
            if let Some(way) = way {
                way.print(false, out)?;
            }
        }
        writeln!(out, "\n### Recommendation\n\n{}\n", finding.recommendation)?;
    }
    if !unknown.is_empty() {
        writeln!(out, "## Not judged\n")?;
        for line in unknown {
            writeln!(out, "* {}", visible(line))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{RULE}")?;
    Ok(())
}

pub(super) fn cut(args: &CutArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let opened = Opened::of(&args.accounts)?;
    let found = smallest(&opened.graph, &opened.estate, &opened.snapshots, args.certain)?;
    match args.format {
        Output::Text => cut_text(&opened, &found, out)?,
        Output::Json => cut_json(&opened, &found, out)?,
    }
    opened.say_gaps()?;
    Ok(if opened.is_partial() { Exit::Partial } else { Exit::Complete })
}

fn cut_text(opened: &Opened, found: &Cut, out: &mut dyn Write) -> anyhow::Result<()> {
    if found.edges == 0 {
        let known = if opened.is_partial() { ", as far as accounts were collected" } else { "" };
        writeln!(out, "nobody can become an administrator who is none{known}")?;
        return Ok(());
    }
    let techniques = techniques()?;
    let fewest = if found.smallest { "fewer do not do" } else { "fewer may do as well: all combinations are too many to try" };
    let gone = found.edges - found.left.len();
    let statements = if found.changes.len() == 1 { "1 statement".to_owned() } else { format!("{} statements", found.changes.len()) };
    let ways =
        if gone == 1 { "1 way to become an administrator is".to_owned() } else { format!("{gone} ways to become an administrator are") };
    writeln!(out, "{statements} to change, and {ways} gone; {fewest}.\n")?;
    for change in &found.changes {
        writeln!(
            out,
            "{}, statement {} ({})",
            visible(&change.statement.policy),
            change.statement.statement,
            visible(&change.statement.pointer)
        )?;
        let mut actions: Vec<&str> = change.actions.iter().map(String::as_str).take(6).collect();
        if change.actions.len() > 6 {
            actions.push("…");
        }
        let from = change.detach_from.as_ref().map(|from| format!("take it off {}: it ", visible(from))).unwrap_or_default();
        writeln!(out, "   {from}should not allow {}", actions.join(", "))?;
        for edge in change.edges.iter().take(5) {
            let name = techniques.get(usize::from(edge.technique)).map_or("", |technique| technique.name);
            let through = edge.via.map(|via| format!(" by {}", opened.name(via))).unwrap_or_default();
            writeln!(out, "   {} {name}{through} -> {}", opened.name(edge.from), opened.name(edge.to))?;
        }
        if change.edges.len() > 5 {
            writeln!(out, "   and {} more", change.edges.len() - 5)?;
        }
    }
    for edge in &found.left {
        let name = techniques.get(usize::from(edge.technique)).map_or("", |technique| technique.name);
        writeln!(out, "no change of a statement takes away: {} {name} -> {}", opened.name(edge.from), opened.name(edge.to))?;
    }
    Ok(())
}

fn cut_json(opened: &Opened, found: &Cut, out: &mut dyn Write) -> anyhow::Result<()> {
    let techniques = techniques()?;
    let arn = |at: usize| opened.graph.nodes.get(at).map(|node| node.arn.as_str());
    let edge = |edge: &crate::graph::Edge| json!({"from": arn(edge.from), "to": arn(edge.to), "technique": techniques.get(usize::from(edge.technique)).map(|one| one.id), "certain": edge.certain});
    let changes: Vec<_> = found
        .changes
        .iter()
        .map(|change| json!({"statement": change.statement, "detach_from": change.detach_from, "actions": change.actions, "edges": change.edges.iter().map(edge).collect::<Vec<_>>()}))
        .collect();
    let left: Vec<_> = found.left.iter().map(edge).collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"edges": found.edges, "smallest": found.smallest, "changes": changes, "left": left}))?;
    writeln!(out)?;
    Ok(())
}
