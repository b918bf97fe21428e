//! What `find_unused` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Value, json};

use crate::cli::harmless;
use crate::model::visible;
use crate::unused::{Confidence, Entry, Unused};

/// The width of a table that no terminal limits.
const WIDE: u16 = 180;

/// The public form of an account: CloudMapper's fields, and ours. Keys in order, as CloudMapper has them.
#[derive(Serialize)]
struct V1<'a> {
    account: V1Account<'a>,
    /// The sum of all known prices.
    monthly_usd: f64,
    regions: Vec<V1Region<'a>>,
    unknown: Vec<Map<String, Value>>,
}

#[derive(Serialize)]
struct V1Account<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct V1Region<'a> {
    region: &'a str,
    unused_resources: BTreeMap<&'a str, Vec<Map<String, Value>>>,
}

pub(super) fn json(accounts: &[Unused], out: &mut dyn Write) -> anyhow::Result<()> {
    let accounts: Vec<V1<'_>> = accounts.iter().map(v1).collect();
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, PrettyFormatter::with_indent(b"  "));
    accounts.serialize(&mut serializer)?;
    writeln!(out)?;
    Ok(())
}

fn v1(account: &Unused) -> V1<'_> {
    V1 {
        account: V1Account { id: &account.owner.id, name: &account.owner.name },
        monthly_usd: account.monthly_usd(),
        regions: account.regions.iter().map(|name| V1Region { region: name, unused_resources: resources(account, name) }).collect(),
        unknown: account.unknown().map(unknown).collect(),
    }
}

fn resources<'a>(account: &'a Unused, region: &str) -> BTreeMap<&'a str, Vec<Map<String, Value>>> {
    let mut resources: BTreeMap<&str, Vec<Map<String, Value>>> = BTreeMap::new();
    for entry in account.found().filter(|entry| entry.region == region) {
        resources.entry(&entry.row.key).or_default().push(resource(entry));
    }
    resources
}

/// What is known of a thing, its own facts first: no fact takes the place of a field.
fn common(entry: &Entry) -> Map<String, Value> {
    let mut fields = entry.facts.clone();
    let mut set = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    set("kind", json!(entry.row.kind));
    set("row", json!(entry.row.id));
    set("source", json!(entry.row.source));
    set("why", json!(entry.why));
    for (name, value) in [("id", &entry.id), ("name", &entry.name), ("since", &entry.since)] {
        if let Some(value) = value {
            set(name, json!(value));
        }
    }
    if !entry.arn.is_empty() {
        set("arn", json!(entry.arn));
    }
    fields
}

fn resource(entry: &Entry) -> Map<String, Value> {
    let mut fields = common(entry);
    fields.insert("confidence".to_owned(), json!(entry.confidence));
    fields.insert("monthly_usd".to_owned(), json!(entry.monthly_usd));
    if !entry.unseen.is_empty() {
        fields.insert("unseen".to_owned(), json!(entry.unseen));
    }
    fields
}

fn unknown(entry: &Entry) -> Map<String, Value> {
    let mut fields = common(entry);
    fields.insert("missing".to_owned(), json!(entry.missing));
    fields.insert("region".to_owned(), json!(entry.region));
    fields.insert("key".to_owned(), json!(entry.row.key));
    fields
}

pub(super) fn csv(accounts: &[Unused], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let header = [
        "account",
        "account_id",
        "region",
        "state",
        "confidence",
        "key",
        "kind",
        "arn",
        "id",
        "name",
        "since",
        "monthly_usd",
        "why",
        "unseen",
        "missing",
    ];
    writer.write_record(header)?;
    for account in accounts {
        for entry in &account.entries {
            let cost = entry.monthly_usd.map(dollars).unwrap_or_default();
            let fields: [&str; 15] = [
                &account.owner.name,
                &account.owner.id,
                &entry.region,
                entry.state.word(),
                entry.confidence.word(),
                &entry.row.key,
                &entry.row.kind,
                &entry.arn,
                entry.id.as_deref().unwrap_or_default(),
                entry.name.as_deref().unwrap_or_default(),
                entry.since.as_deref().unwrap_or_default(),
                &cost,
                &entry.why,
                &entry.unseen.join(" "),
                &entry.missing.join(" "),
            ];
            writer.write_record(fields.map(harmless))?;
        }
    }
    writer.flush()?;
    Ok(())
}

fn dollars(amount: f64) -> String {
    format!("{amount:.2}")
}

pub(super) fn text(accounts: &[Unused], out: &mut dyn Write) -> std::io::Result<()> {
    for account in accounts {
        let entries: Vec<&Entry> = account.found().collect();
        writeln!(out, "{} ({} unused)", visible(&account.owner.name), entries.len())?;
        if entries.is_empty() {
            writeln!(out, "  nothing that is known to be unused")?;
        } else {
            table(&entries, out)?;
            sum(account, &entries, out)?;
        }
        writeln!(out)?;
        let (things, kinds): (Vec<&Entry>, Vec<&Entry>) = account.unknown().partition(|entry| entry.is_one());
        not_known(&things, out)?;
        not_known_kinds(&kinds, out)?;
    }
    Ok(())
}

fn table(entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(WIDE);
    }
    table.set_header(["  region", "kind", "which", "why", "USD/month"]);
    for entry in entries {
        let cost = entry.monthly_usd.map(dollars).unwrap_or_default();
        let cells = [format!("  {}", entry.region), entry.row.kind.clone(), which(entry), why(entry), cost];
        table.add_row(cells.map(|cell| cell.lines().map(|line| visible(line).into_owned()).collect::<Vec<_>>().join("\n")));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn sum(account: &Unused, entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    let priced = entries.iter().filter(|entry| entry.monthly_usd.is_some()).count();
    let words = "list prices in US dollars, without taxes, discounts, free tiers and traffic";
    match (priced, entries.len() - priced) {
        (0, _) => writeln!(out, "  no price is known of any of these"),
        (_, 0) => writeln!(out, "  together {} a month ({words})", dollars(account.monthly_usd())),
        (_, rest) => writeln!(out, "  together at least {} a month ({words}); no price is known of {rest}", dollars(account.monthly_usd())),
    }
}

/// Its name, and what AWS calls it.
fn which(entry: &Entry) -> String {
    let own = entry.arn.splitn(6, ':').last().unwrap_or_default();
    let id = entry.id.as_deref().unwrap_or(own);
    match &entry.name {
        Some(name) if name != id => format!("{name} ({id})"),
        _ => id.to_owned(),
    }
}

fn why(entry: &Entry) -> String {
    let mut lines = vec![entry.why.clone()];
    if let Some(since) = &entry.since {
        let day: String = since.chars().take_while(|character| *character != 'T').collect();
        if !entry.why.contains(&day) {
            lines.push(format!("since {day}"));
        }
    }
    if !entry.unseen.is_empty() {
        lines.push(format!("likely; not collected: {}", entry.unseen.join(", ")));
    } else if entry.confidence == Confidence::Likely {
        lines.push("likely, not certain".to_owned());
    }
    lines.join("\n")
}

fn not_known(entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "  Not known whether something uses these ({})", entries.len())?;
    for entry in entries {
        let line = format!("{}: {}: {} ({})", entry.row.key, which(entry), entry.why, entry.region);
        writeln!(out, "    {}", visible(&line))?;
    }
    writeln!(out)
}

/// Kinds of things of which nothing is known: a line for each reason.
fn not_known_kinds(entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    let mut by_reason: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    let mut not_asked: BTreeSet<&str> = BTreeSet::new();
    for entry in entries {
        if entry.region.is_empty() {
            not_asked.insert(&entry.row.key);
            continue;
        }
        let (kinds, regions) = by_reason.entry(&entry.why).or_default();
        kinds.insert(&entry.row.key);
        regions.insert(&entry.region);
    }
    if !by_reason.is_empty() {
        writeln!(out, "  Not known, for AWS did not answer")?;
        for (why, (kinds, regions)) in by_reason {
            writeln!(out, "    {}", visible(&format!("{}: {why} ({})", joined(&kinds), joined(&regions))))?;
        }
        writeln!(out)?;
    }
    if !not_asked.is_empty() {
        writeln!(out, "  Not known, for nobody asked AWS ({} kinds)", not_asked.len())?;
        writeln!(out, "    {}\n", visible(&joined(&not_asked)))?;
    }
    Ok(())
}

fn joined(words: &BTreeSet<&str>) -> String {
    words.iter().copied().collect::<Vec<_>>().join(", ")
}
