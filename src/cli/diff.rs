//! `diff`: what changed between two snapshots.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::audit::severity;
use super::{Exit, harmless};
use crate::audit::Severity;
use crate::config::Config;
use crate::diff::{Change, Diff, Event, Input, Topic, diff as compare};
use crate::model::visible;
use crate::snapshot::Snapshot;
use crate::snapshot::layout::ACCOUNT_DATA;

/// Exit code 1: something got worse (it became public, administrator or trusted, or a finding came); 0: nothing did; 2: nothing
/// could be compared. What is no longer known was not fixed, and is told.
#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// As it was: a folder with account-data/, an account's folder, or a packed snapshot
    old: PathBuf,
    /// As it is
    new: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Only what came
    #[arg(long)]
    new_only: bool,
    /// Leave resources out that merely came, went or changed
    #[arg(long = "no-resources", alias = "no_resources")]
    no_resources: bool,
    /// Findings that are less severe do not count
    #[arg(long = "minimum_severity", alias = "minimum-severity", value_parser = severity(), ignore_case = true, default_value = "Info")]
    minimum_severity: Severity,
    /// What to mute, to ignore and to suppress; config/audit_config_override.yaml where that is
    #[arg(long, value_name = "FILE")]
    overrides: Option<PathBuf>,
    /// The configuration file, for the names of accounts
    #[arg(long, default_value = super::accounts::USUAL_CONFIG, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Csv,
}

pub(super) fn diff(args: &DiffArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (old, new) = (opened(&args.old)?, opened(&args.new)?);
    let config = args.config.exists().then(|| Config::load(&args.config)).transpose()?;
    let vendors = super::vendors::own()?;
    let overrides = super::audit::overrides(args.overrides.as_ref())?;
    let all = overrides.over(&super::audit::all()?);
    let input = Input {
        old: &old,
        new: &new,
        config: config.as_ref(),
        vendors: &vendors,
        checks: &all,
        overrides: &overrides,
        minimum: args.minimum_severity,
    };
    let mut found = compare(&input)?;
    let ids = |all: &[Snapshot]| all.iter().filter_map(|one| Some(one.identity().ok()?.0)).collect::<std::collections::BTreeSet<_>>();
    anyhow::ensure!(!ids(&old).is_disjoint(&ids(&new)), "`{}` and `{}` have no account in common", args.old.display(), args.new.display());
    for note in &found.notes {
        writeln!(std::io::stderr(), "note: {}", visible(note))?;
    }
    let worse = found.changes.iter().any(Change::is_worse);
    found
        .changes
        .retain(|change| (!args.new_only || change.event == Event::New) && (!args.no_resources || change.topic != Topic::Resource));
    match args.format {
        Format::Text => text(&found, out)?,
        Format::Json => found.changes.iter().try_for_each(|change| writeln!(out, "{}", json!(change)))?,
        Format::Markdown => markdown(&found, out)?,
        Format::Csv => csv(&found, out)?,
    }
    Ok(if worse { Exit::Partial } else { Exit::Complete })
}

/// The snapshots at a place.
fn opened(path: &Path) -> anyhow::Result<Vec<Snapshot>> {
    anyhow::ensure!(path.exists(), "`{}` does not exist", path.display());
    let inner = path.join(ACCOUNT_DATA);
    if path.is_dir() && (inner.is_dir() || path.file_name().is_some_and(|name| name == ACCOUNT_DATA)) {
        let folder = if inner.is_dir() { inner } else { path.to_owned() };
        let names = super::accounts::snapshots_in(&folder);
        let base = folder.parent().unwrap_or(Path::new("."));
        anyhow::ensure!(!names.is_empty(), "there is no snapshot in `{}`", folder.display());
        return names.iter().map(|name| Ok(Snapshot::open(base, name)?)).collect();
    }
    Ok(vec![Snapshot::at(path)?])
}

fn mark(event: Event) -> &'static str {
    match event {
        Event::New => "+",
        Event::NotKnown => "?",
        Event::Changed => "~",
        Event::Gone => "-",
    }
}

fn words(change: &Change) -> String {
    let place = if change.region.is_empty() { change.account.clone() } else { format!("{} ({})", change.account, change.region) };
    let severity = change.severity.map(|severity| format!("{} ", severity.word().to_uppercase())).unwrap_or_default();
    let what = if change.what.is_empty() { String::new() } else { format!(": {}", change.what) };
    format!("{severity}{place} {} {}{what}", change.kind, change.resource)
}

fn of(found: &Diff, topic: Topic) -> Vec<&Change> {
    found.changes.iter().filter(|change| change.topic == topic).collect()
}

fn counts(changes: &[&Change]) -> String {
    let count = |event: Event| changes.iter().filter(|change| change.event == event).count();
    let all = [Event::New, Event::Changed, Event::Gone, Event::NotKnown];
    let told: Vec<String> = all
        .into_iter()
        .map(|event| (event, count(event)))
        .filter(|(_, count)| *count > 0)
        .map(|(event, count)| format!("{count} {}", event.word()))
        .collect();
    told.join(", ")
}

fn text(found: &Diff, out: &mut dyn Write) -> anyhow::Result<()> {
    if found.changes.is_empty() {
        writeln!(out, "nothing changed")?;
    }
    for topic in Topic::ALL {
        let changes = of(found, topic);
        if changes.is_empty() {
            continue;
        }
        writeln!(out, "{}: {}", topic.title(), counts(&changes))?;
        for change in changes {
            writeln!(out, "  {} {}", mark(change.event), visible(&words(change)))?;
        }
    }
    Ok(())
}

/// Lines of a list that a chat does not cut.
const LISTED: usize = 40;

fn markdown(found: &Diff, out: &mut dyn Write) -> anyhow::Result<()> {
    let safe = |text: &str| visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "'");
    if found.changes.is_empty() {
        writeln!(out, "Nothing changed.")?;
    }
    for topic in Topic::ALL {
        let changes = of(found, topic);
        if changes.is_empty() {
            continue;
        }
        writeln!(out, "*{}*: {}", topic.title(), counts(&changes))?;
        for change in changes.iter().take(LISTED) {
            writeln!(out, "- {}: `{}`", change.event.word(), safe(&words(change)))?;
        }
        if changes.len() > LISTED {
            writeln!(out, "- and {} more", changes.len() - LISTED)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn csv(found: &Diff, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["topic", "event", "severity", "account", "account_id", "region", "kind", "resource", "what"])?;
    for change in &found.changes {
        let severity = change.severity.map_or("", Severity::word);
        let fields = [
            change.topic.title(),
            change.event.word(),
            severity,
            &change.account,
            &change.account_id,
            &change.region,
            &change.kind,
            &change.resource,
            &change.what,
        ];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}
