//! `find_unused`: what accounts have and do not use, what it costs, and what of that is not known.

mod output;
mod text;

use std::io::Write;

use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use crate::unused::{Options, find};

/// Reads nothing but snapshots. Costs are list prices of a month without traffic, and only where AWS states one price. What was
/// not collected is listed as unknown. See docs/unused.md.
#[derive(Debug, Args)]
pub(super) struct FindUnusedArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// How to print; `json` is CloudMapper's form with more kinds and fields
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where AWS tells since when something is unused, list it after so many days
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    days: u32,
    /// Leave out what may have a use that no answer shows
    #[arg(long)]
    certain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

pub(super) fn find_unused(args: &FindUnusedArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (chosen, _) = args.accounts.with_organization()?;
    let mut accounts = find(&chosen, &Options { days: args.days })?;
    if args.certain {
        for account in &mut accounts {
            account.leave_out_likely();
        }
    }
    match args.format {
        Format::Text => text::text(&accounts, out)?,
        Format::Json => output::json(&accounts, out)?,
        Format::Csv => output::csv(&accounts, out)?,
    }
    Ok(Exit::Complete)
}
