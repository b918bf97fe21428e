//! `api_endpoints`: the addresses of REST, HTTP and WebSocket APIs, of their custom domains, and of functions.

mod endpoints;
mod read;

use std::collections::BTreeSet;
use std::io::Write;

use clap::{Args, ValueEnum};

use self::endpoints::{Endpoint, Reachable};
use super::accounts::AccountArgs;
use super::notes::Notes;
use super::{Exit, harmless};
use crate::model::visible;

/// Lists addresses, and not who may call them: that is what `public` tells.
#[derive(Debug, Args)]
pub(super) struct ApiEndpointsArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// How to print; JSON and CSV have all endpoints
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print those too that are private or disabled
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

pub(super) fn api_endpoints(args: &ApiEndpointsArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (chosen, _) = args.accounts.with_organization()?;
    let mut notes = Notes::default();
    let mut found = Vec::new();
    for snapshot in &chosen {
        found.extend(read::endpoints(snapshot, &mut notes)?);
    }
    match args.format {
        Format::Text => text(&found, args.all, out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &found)?;
            writeln!(out)?;
        }
        Format::Csv => csv(&found, out)?,
    }
    if found.is_empty() {
        notes.say("no endpoint is known".to_owned());
    }
    notes.print()?;
    Ok(Exit::Complete)
}

/// CloudMapper's lines: host and path.
fn text(found: &[Endpoint], all: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let mut lines = BTreeSet::new();
    for endpoint in found.iter().filter(|endpoint| all || endpoint.reachable == Reachable::Public) {
        let Some(url) = &endpoint.url else { continue };
        let bare = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let remark = match endpoint.reachable {
            Reachable::Public => String::new(),
            other => format!("  ({})", other.word()),
        };
        lines.insert(format!("{}{remark}", visible(bare)));
    }
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn csv(found: &[Endpoint], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let header = ["account", "region", "type", "api", "name", "stage", "method", "path", "url", "authorization", "reachable", "missing"];
    writer.write_record(header)?;
    for endpoint in found {
        let missing = endpoint.missing.join(" ");
        let fields: [&str; 12] = [
            &endpoint.account,
            &endpoint.region,
            endpoint.kind.word(),
            &endpoint.api,
            endpoint.name.as_deref().unwrap_or_default(),
            endpoint.stage.as_deref().unwrap_or_default(),
            endpoint.method.as_deref().unwrap_or_default(),
            endpoint.path.as_deref().unwrap_or_default(),
            endpoint.url.as_deref().unwrap_or_default(),
            endpoint.authorization.as_deref().unwrap_or_default(),
            endpoint.reachable.word(),
            &missing,
        ];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}
