//! `audit`: what of the snapshot calls for a change.

mod cases;
mod formats;
mod output;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use crate::audit::{Audit, Check, Finding, Input, Overrides, Severity, Verdict, audit as judge, checks, latest};
use crate::config::Config;
use crate::model::visible;
use crate::report::audit as report;
use crate::snapshot::{Snapshot, make_private_folder, write_atomic};

/// Where CloudMapper looks for it.
const OVERRIDES: &str = "config/audit_config_override.yaml";

/// Reads nothing but snapshots. Checks that could not judge say so: `unknown` is never `fine`. See docs/audit.md.
#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// One JSON object a line, as CloudMapper does
    #[arg(long, conflicts_with_all = ["format", "markdown"])]
    json: bool,
    /// For Slack, as CloudMapper does
    #[arg(long, conflicts_with = "format")]
    markdown: bool,
    /// Leave out findings that are less severe
    #[arg(long = "minimum_severity", alias = "minimum-severity", value_parser = severity(), ignore_case = true, default_value = "Info")]
    minimum_severity: Severity,
    /// Exit with 1 when there is an open finding of this severity, or a worse one
    #[arg(long = "fail-on", alias = "fail_on", value_parser = severity(), ignore_case = true)]
    fail_on: Option<Severity>,
    /// Only these checks, by id, separated by commas; `*` stands for any letters
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    checks: Vec<String>,
    /// Only checks that a framework names: `cis-aws-5.0`, `pci-dss-4.0`
    #[arg(long, value_name = "NAME")]
    framework: Option<String>,
    /// Leave out what nobody knows
    #[arg(long = "no-unknown", alias = "no_unknown")]
    no_unknown: bool,
    /// List what is suppressed, too
    #[arg(long = "show-suppressed", alias = "show_suppressed")]
    show_suppressed: bool,
    /// What to mute, to ignore and to suppress; config/audit_config_override.yaml where that is
    #[arg(long, value_name = "FILE")]
    overrides: Option<PathBuf>,
    /// Write one self-contained HTML file, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Run the cases of the user's own checks in private_commands/, and nothing else
    #[arg(long)]
    test: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Markdown,
    /// Grouped: a check a line, with how many
    Summary,
    Csv,
    Sarif,
    Ocsf,
    Asff,
    Junit,
}

/// Reads a severity of the command line, in any case of letters.
pub(super) fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::word)).try_map(|word| Severity::of(&word).ok_or("no severity"))
}

pub(super) fn audit(args: &AuditArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if args.test {
        return cases::test(out);
    }
    let overrides = overrides(args.overrides.as_ref())?;
    let chosen = chosen(args, &overrides.over(&all()?))?;
    let (accounts, others) = args.accounts.with_organization()?;
    let config = args.accounts.config.exists().then(|| Config::load(&args.accounts.config)).transpose()?;
    let vendors = super::vendors::own()?;
    let input = Input { accounts: &accounts, others: &others, config: config.as_ref(), vendors: &vendors, checks: &chosen };
    let mut found = judge(&input)?;
    for note in overrides.apply(&mut found, latest(&accounts)) {
        // Of one run with some checks only, nothing is to be said of the others.
        if args.checks.is_empty() && args.framework.is_none() {
            writeln!(std::io::stderr(), "note: {}", visible(&note))?;
        }
    }
    if let Some(path) = &args.html {
        html(path, &found, &accounts, chosen.len())?;
    }
    found.findings.retain(|finding| is_shown(args, finding));
    output::write(format(args), &found, out)?;
    let failed = args.fail_on.is_some_and(|level| found.findings.iter().any(|one| one.is_open() && one.severity <= level));
    Ok(if failed { Exit::Partial } else { Exit::Complete })
}

fn html(path: &Path, found: &Audit, snapshots: &[Snapshot], checks: usize) -> anyhow::Result<()> {
    let mut page = Vec::new();
    report::write(&report::Input { audit: found, snapshots, checks, pictures: Vec::new() }, &mut page)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_private_folder(folder)?;
    }
    write_atomic(path, &page)?;
    writeln!(std::io::stderr(), "wrote {}", visible(&path.display().to_string()))?;
    Ok(())
}

fn format(args: &AuditArgs) -> Format {
    match (args.json, args.markdown) {
        (true, _) => Format::Json,
        (_, true) => Format::Markdown,
        _ => args.format,
    }
}

/// The file that was named, or the usual one where that is.
pub(super) fn overrides(named: Option<&PathBuf>) -> anyhow::Result<Overrides> {
    let usual = PathBuf::from(OVERRIDES);
    match named {
        Some(path) => Ok(Overrides::load(path)?),
        None if usual.exists() => Ok(Overrides::load(&usual)?),
        None => Ok(Overrides::default()),
    }
}

/// The program's checks, and the user's own.
pub(super) fn all() -> anyhow::Result<Vec<Arc<Check>>> {
    let mut all = checks().map_err(anyhow::Error::msg)?.to_vec();
    for (_, own) in cases::own()? {
        all.retain(|check| check.id != own.id);
        all.push(Arc::new(own));
    }
    Ok(all)
}

fn chosen(args: &AuditArgs, all: &[Arc<Check>]) -> anyhow::Result<Vec<Arc<Check>>> {
    let mut chosen = all.to_vec();
    if !args.checks.is_empty() {
        for id in &args.checks {
            anyhow::ensure!(all.iter().any(|check| is_like(id, &check.id)), "there is no check `{}`; `explain` lists them", visible(id));
        }
        chosen.retain(|check| args.checks.iter().any(|id| is_like(id, &check.id)));
    }
    if let Some(name) = &args.framework {
        let names = || all.iter().flat_map(|check| check.compliance.keys()).collect::<std::collections::BTreeSet<_>>();
        let known = names().into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        anyhow::ensure!(names().contains(name), "there is no framework `{}`: {known}", visible(name));
        chosen.retain(|check| check.compliance.contains_key(name));
    }
    Ok(chosen)
}

fn is_like(pattern: &str, id: &str) -> bool {
    crate::iam::policy::pattern::Pattern::new(&pattern.to_uppercase()).matches(id)
}

fn is_shown(args: &AuditArgs, finding: &Finding) -> bool {
    finding.severity <= args.minimum_severity
        && (!args.no_unknown || finding.verdict != Verdict::Unknown)
        && (args.show_suppressed || finding.suppressed.is_none())
}

/// How many open findings of each severity, and how many that nobody knows.
fn counts(audit: &Audit) -> (Vec<(Severity, usize)>, usize) {
    let of = |severity: Severity| audit.findings.iter().filter(|one| one.is_open() && one.severity == severity).count();
    let all = Severity::ALL.into_iter().map(|severity| (severity, of(severity))).filter(|(_, count)| *count > 0).collect();
    (all, audit.findings.iter().filter(|one| one.verdict == Verdict::Unknown && one.suppressed.is_none()).count())
}

/// What a check looks for, why, and what to do.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// Its id; without one, all checks are listed
    id: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let all = all()?;
    let Some(id) = &args.id else {
        for check in &all {
            writeln!(out, "{}\t{}\t{}\t{}", check.id, check.severity.word(), visible(&check.group), visible(&check.title))?;
        }
        return Ok(Exit::Complete);
    };
    let check = all.iter().find(|check| check.id.eq_ignore_ascii_case(id));
    let check = check.with_context(|| format!("there is no check `{}`; `explain` lists them", visible(id)))?;
    output::explain(check, out)?;
    Ok(Exit::Complete)
}
