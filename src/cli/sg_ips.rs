//! `sg_ips`: which networks outside security groups let in, where those are and whose, as a table and as a map of the world.

mod map;
mod places;
mod ranges;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use serde::Serialize;

use self::places::{Databases, Place};
use self::ranges::Range;
use super::accounts::AccountArgs;
use super::notes::Notes;
use super::{Exit, harmless};
use crate::model::visible;

/// Places and owners come from location databases in MaxMind's format. What is open to everybody is what `public` tells.
#[derive(Debug, Args)]
pub(super) struct SgIpsArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// A City, Country or ASN database; may be given several times. Without it, data/GeoLite2-City.mmdb and
    /// data/GeoLite2-ASN.mmdb are read if they are there
    #[arg(long, value_name = "FILE")]
    mmdb: Vec<PathBuf>,
    /// Write a map of the world as SVG
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "trusted_ips.svg")]
    map: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// A network, and where it is.
struct Row {
    network: IpNet,
    range: Range,
    place: Place,
}

/// The public form of a network.
#[derive(Serialize)]
struct V1<'a> {
    cidr: String,
    descriptions: Vec<&'a str>,
    accounts: &'a [String],
    groups: Vec<V1Group<'a>>,
    #[serde(flatten)]
    place: &'a Place,
}

#[derive(Serialize)]
struct V1Group<'a> {
    account: &'a str,
    region: &'a str,
    id: &'a str,
    name: &'a str,
    ports: Vec<String>,
}

pub(super) fn sg_ips(args: &SgIpsArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let databases = Databases::open(&args.mmdb)?;
    anyhow::ensure!(args.map.is_none() || databases.has_cities(), "a map needs places: pass a City database with `--mmdb`");
    let (chosen, _) = args.accounts.with_organization()?;
    let mut notes = Notes::default();
    if databases.is_empty() {
        notes.say(
            "no location database: places and networks are left out; pass a file in MaxMind's format with `--mmdb`, for example DB-IP's \
             City Lite (CC BY 4.0) or GeoLite2-City.mmdb (free account at MaxMind)"
                .to_owned(),
        );
    }
    let mut rows = Vec::new();
    for (network, range) in ranges::read(&chosen, &mut notes)? {
        let place = databases.of(network)?;
        rows.push(Row { network, range, place });
    }
    rows.sort_by(|one, other| (one.place.order(), one.network).cmp(&(other.place.order(), other.network)));
    match args.format {
        Format::Text => text(&rows, &databases, out)?,
        Format::Json => json(&rows, out)?,
        Format::Csv => csv(&rows, out)?,
    }
    if let Some(path) = &args.map {
        crate::snapshot::write_atomic(path, map::draw(&rows, &databases.credits())?.as_bytes())?;
        let lost = rows.iter().filter(|row| row.place.coordinates().is_none()).count();
        if lost > 0 {
            notes.say(format!("{lost} of {} networks are not on the map: no place is known of them", rows.len()));
        }
        notes.say(format!("map written to {}", path.display()));
    }
    if rows.is_empty() {
        notes.say("no group is known that lets in a network outside; what is open to everybody is what `public` tells".to_owned());
    }
    notes.print()?;
    Ok(Exit::Complete)
}

/// CloudMapper's columns, of which those stay away that no database fills.
fn text(rows: &[Row], databases: &Databases, out: &mut dyn Write) -> std::io::Result<()> {
    for row in rows {
        let mut line = format!("{:18} {:20}", row.network.to_string(), visible(&row.descriptions("|")));
        if databases.has_places() {
            line = format!("{line} {:50}", visible(&row.place.in_short()));
        }
        if databases.has_networks() {
            line = format!("{line} {}", visible(&row.place.isp_in_short()));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

impl Row {
    fn descriptions(&self, between: &str) -> String {
        self.range.descriptions.iter().map(String::as_str).collect::<Vec<_>>().join(between)
    }

    fn v1(&self) -> V1<'_> {
        let groups = self.range.groups.iter().map(|((account, region, id), group)| V1Group {
            account,
            region,
            id,
            name: &group.name,
            ports: group.services.words(),
        });
        V1 {
            cidr: self.network.to_string(),
            descriptions: self.range.descriptions.iter().map(String::as_str).collect(),
            accounts: &self.range.accounts,
            groups: groups.collect(),
            place: &self.place,
        }
    }
}

fn json(rows: &[Row], out: &mut dyn Write) -> anyhow::Result<()> {
    let rows: Vec<V1<'_>> = rows.iter().map(Row::v1).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    writeln!(out)?;
    Ok(())
}

fn csv(rows: &[Row], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["cidr", "descriptions", "place", "isp", "asn", "accounts", "groups", "ports"])?;
    for row in rows {
        let groups: Vec<&str> = row.range.groups.keys().map(|(_, _, id)| id.as_str()).collect();
        let fields: [&str; 8] = [
            &row.network.to_string(),
            &row.descriptions("|"),
            &row.place.in_words(),
            row.place.isp.as_deref().unwrap_or_default(),
            &row.place.asn.map(|asn| asn.to_string()).unwrap_or_default(),
            &row.range.accounts.join(" "),
            &groups.join(" "),
            &row.range.services().words().join(" "),
        ];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}
