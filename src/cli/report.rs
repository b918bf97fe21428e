//! `report`: one self-contained HTML file over the chosen accounts.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::accounts::AccountArgs;
use super::stats::{open, rows};
use crate::model::visible;
use crate::report::build::build;
use crate::report::html;

/// The file asks nobody for anything: it can be mailed, archived and printed. The same snapshots give the same bytes.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Where to write it
    #[arg(long, short, value_name = "FILE", default_value = "web/account-data/report.html")]
    output: PathBuf,
}

pub(super) fn report(args: &ReportArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    write_report(&args.accounts, &args.output)?;
    writeln!(out, "report written to {}", visible(&args.output.display().to_string()))?;
    Ok(Exit::Complete)
}

pub(super) fn write_report(accounts: &AccountArgs, output: &Path) -> anyhow::Result<()> {
    let view = build(&open(accounts)?, &rows()?)?;
    let mut page = Vec::new();
    html::write(&view, &mut page)?;
    if let Some(folder) = output.parent() {
        crate::snapshot::make_private_folder(folder)?;
    }
    Ok(crate::snapshot::write_atomic(output, &page)?)
}
