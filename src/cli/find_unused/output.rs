//! What `find_unused` prints for programs: JSON and CSV.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Value, json};

use crate::cli::harmless;
use crate::unused::{Entry, Unused};

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

pub(super) fn dollars(amount: f64) -> String {
    format!("{amount:.2}")
}
