//! `public`: what everybody can reach, what is shared outside of the organization, and what of that is not known.

mod output;

use std::io::Write;

use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use crate::exposure::{Entry, Verdict, assess};

/// Reads nothing but snapshots. Who may come in is asked of routes, network ACLs, security groups, policies, ACLs, flags and
/// what blocks them; what was not collected is listed as unknown. See docs/public.md.
#[derive(Debug, Args)]
pub(super) struct PublicArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// How to print; `json` is CloudMapper's list with more fields
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List what is blocked, and what is not exposed, too
    #[arg(long)]
    all: bool,
    /// Leave out settings that expose nothing by themselves, such as subnets that give public addresses
    #[arg(long = "no-settings", alias = "no_settings")]
    no_settings: bool,
    /// Exit with 1 when something is `public`; `shared`: or shared; `unknown`: or not known
    #[arg(long = "fail-on", alias = "fail_on", value_enum, value_name = "VERDICT")]
    fail_on: Option<Threshold>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Threshold {
    Public,
    Shared,
    Unknown,
}

impl Threshold {
    fn is_reached(self, verdict: Verdict) -> bool {
        match self {
            Self::Public => verdict == Verdict::Public,
            Self::Shared => matches!(verdict, Verdict::Public | Verdict::Shared),
            Self::Unknown => matches!(verdict, Verdict::Public | Verdict::Shared | Verdict::Unknown),
        }
    }
}

pub(super) fn public(args: &PublicArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (chosen, others) = args.accounts.with_organization()?;
    let mut assessment = assess(&chosen, &others)?;
    assessment.entries.retain(|entry| is_wanted(entry, args));
    match args.format {
        Format::Text => output::text(&assessment, out)?,
        Format::Json => output::json(&assessment, out)?,
        Format::Csv => output::csv(&assessment, out)?,
    }
    let reached = |entry: &Entry| args.fail_on.is_some_and(|threshold| !entry.is_setting() && threshold.is_reached(entry.verdict));
    Ok(if assessment.entries.iter().any(reached) { Exit::Partial } else { Exit::Complete })
}

fn is_wanted(entry: &Entry, args: &PublicArgs) -> bool {
    let shown = args.all || !matches!(entry.verdict, Verdict::Blocked | Verdict::No);
    shown && !(args.no_settings && entry.is_setting())
}
