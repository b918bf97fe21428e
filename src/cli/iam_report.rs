//! `iam_report`: users, roles, groups and policies of accounts, as one HTML or JSON file.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use crate::iam::estate::Estate;
use crate::model::visible;
use crate::report::iam::view::IamReport;
use crate::report::iam::{build, write};

/// With several accounts, each gets a file of its own beside the one over all. The same snapshots give the same bytes.
#[derive(Debug, Args)]
pub(super) struct IamReportArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Whoever, and whichever key, was not used for so many days is inactive
    #[arg(long = "max-age", value_name = "DAYS", default_value_t = 90)]
    max_age: u32,
    /// What to write
    #[arg(long, value_enum, default_value_t = Kind::Html)]
    output: Kind,
    /// Where to write it; `.html` or `.json` is the ending
    #[arg(long = "output-file", alias = "output_file", value_name = "FILE", default_value = "web/account-data/iam_report")]
    output_file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Html,
    Json,
}

impl Kind {
    fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

pub(super) fn iam_report(args: &IamReportArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    for path in write_reports(&args.accounts, args.max_age, args.output, &args.output_file)? {
        writeln!(out, "report written to {}", visible(&path.display().to_string()))?;
    }
    Ok(Exit::Complete)
}

fn write_reports(accounts: &AccountArgs, max_age: u32, kind: Kind, output: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (chosen, all) = accounts.with_organization()?;
    let estate = Estate::read(&chosen, &all)?;
    let mut report = build(&estate, &chosen, max_age)?;
    let mut written = vec![with_ending(output, "", kind)];
    save(&report, kind, written.first().map_or(output, PathBuf::as_path))?;
    if chosen.len() > 1 {
        for (account, snapshot) in std::mem::take(&mut report.accounts).into_iter().zip(&chosen) {
            let collected = account.collected.clone();
            let one = IamReport {
                accounts: vec![account],
                tool: report.tool.clone(),
                generated: collected,
                rules: report.rules.clone(),
                ..report
            };
            // An account's name is safe in a path.
            let path = with_ending(output, &format!("-{}", snapshot.name()), kind);
            save(&one, kind, &path)?;
            written.push(path);
        }
    }
    Ok(written)
}

/// `web/iam_report` or `web/iam_report.html`, and `-prod`: `web/iam_report-prod.html`.
fn with_ending(path: &Path, added: &str, kind: Kind) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bare = name.strip_suffix(".html").or_else(|| name.strip_suffix(".json")).unwrap_or(&name);
    path.with_file_name(format!("{bare}{added}.{}", kind.ending()))
}

fn save(report: &IamReport, kind: Kind, path: &Path) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    match kind {
        Kind::Html => write(report, &mut bytes)?,
        Kind::Json => serde_json::to_writer_pretty(&mut bytes, report)?,
    }
    if let Some(folder) = path.parent() {
        crate::snapshot::make_private_folder(folder)?;
    }
    Ok(crate::snapshot::write_atomic(path, &bytes)?)
}

/// The report over all accounts alone, for the demo.
pub(super) fn write_demo(accounts: &AccountArgs) -> anyhow::Result<PathBuf> {
    let written = write_reports(accounts, 90, Kind::Html, Path::new("web/account-data/iam_report"))?;
    Ok(written.into_iter().next().unwrap_or_default())
}
