//! `reach`: whether packets get from one place to another, by which way, and what stops them.

mod output;

use std::collections::BTreeSet;
use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Exit;
use super::accounts::AccountArgs;
use crate::network::model::Network;
use crate::network::reach::{Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;

/// Every way is followed as far as it goes, and everything that stops packets on it is named. What the snapshot lacks makes
/// the answer unknown. Codes are those of AWS's Reachability Analyzer, where it has one.
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

pub(super) fn reach(args: &ReachArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (snapshots, asked) = args.accounts.with_all()?;
    let network = Network::read(&snapshots)?;
    let mut engine = Engine::new(&network, Rules::default());
    let chosen: Vec<String> = snapshots.iter().take(asked.unwrap_or(0)).map(|snapshot| snapshot.name().to_string()).collect();
    engine.prefer((0..network.places.len()).filter(|place| network.place(*place).is_some_and(|region| chosen.contains(&region.name))));
    let (from, to) = (engine.end(&args.from)?, engine.end(&args.to)?);
    let services = args.port.clone().unwrap_or_else(Services::all);
    let answer = engine.reach(&from, &to, &services);
    let closings = engine.closings(&from, &to, &services, &answer);
    let changes = output::changes(&answer, &closings);
    let assumed = assumed(&network);
    match args.format {
        Format::Text => output::text(args, &services, &answer, &changes, &assumed, out)?,
        Format::Json => output::json(args, &services, &answer, changes, assumed, out)?,
    }
    let otherwise = args.expect.is_some_and(|expected| expected != Word::from(answer.outcome));
    Ok(if otherwise { Exit::Partial } else { Exit::Complete })
}

/// The calls that nobody made in any Region of an account: global services answer in one.
fn assumed(network: &Network) -> Vec<&str> {
    let mut assumed: BTreeSet<&str> = BTreeSet::new();
    for region in &network.places {
        let own = || network.places.iter().filter(|other| other.account == region.account);
        assumed.extend(region.assumed.iter().filter(|call| own().all(|other| other.assumed.contains(*call))).map(String::as_str));
    }
    assumed.into_iter().collect()
}
