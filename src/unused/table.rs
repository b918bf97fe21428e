//! `data/unused.yaml`: what can be unused, which answer of AWS says so, and what it costs. The file's head tells the form.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::model::Many;
use crate::snapshot::jq::Program;

static EMBEDDED: &str = include_str!("../../data/unused.yaml");

/// Hours of a month, as AWS's own calculator counts them.
const HOURS: f64 = 730.0;

/// The only partition whose prices are known.
const PRICED: &str = "aws";

/// What programs are told, in this order.
pub(super) const VARIABLES: &[&str] = &["$with", "$name", "$second", "$key", "$account", "$partition", "$region", "$now"];

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Its place in the table.
    pub order: usize,
    /// `nat-gateway`
    pub id: String,
    /// What AWS calls it, and what is the matter with it.
    pub kind: String,
    /// Under which name its entries stand in the JSON.
    pub key: String,
    /// The calls without which no such thing is known.
    pub list: Vec<String>,
    /// The call whose answers are read.
    pub file: String,
    /// That call has one answer a Region.
    pub single: bool,
    /// Other calls that the program reads.
    pub with: Vec<String>,
    /// Only what has been unused for some days counts.
    pub days: bool,
    /// List prices by name.
    pub prices: BTreeMap<String, Price>,
    /// The program.
    pub program: Program,
    /// Where AWS says so.
    pub source: String,
}

/// A list price in US dollars.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// How many dollars.
    pub amount: f64,
    /// For what.
    pub unit: Unit,
    /// The only Region where it holds; `*` is all of them.
    pub region: String,
    /// Where AWS states it.
    pub page: String,
    /// When it was read there.
    pub read: String,
    /// How.
    pub by: String,
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Unit {
    /// An hour.
    #[serde(rename = "hour")]
    Hour,
    /// A month.
    #[serde(rename = "month")]
    Month,
    /// A gigabyte for a month.
    #[serde(rename = "GB-month")]
    GigabyteMonth,
}

impl Price {
    /// What it comes to in a month; `None` where it does not hold.
    fn monthly(&self, partition: &str, region: &str) -> Option<f64> {
        let holds = partition == PRICED && (self.region == "*" || self.region == region);
        let hours = if self.unit == Unit::Hour { HOURS } else { 1.0 };
        holds.then_some(self.amount * hours)
    }
}

impl Row {
    /// What so many of the things with a price cost in a month, to the cent; `None` if one of the prices does not hold there.
    pub(super) fn cost(&self, units: &BTreeMap<String, Option<f64>>, partition: &str, region: &str) -> Option<f64> {
        let mut sum = 0.0;
        for (name, quantity) in units {
            sum += self.prices.get(name)?.monthly(partition, region)? * (*quantity)?;
        }
        Some((sum * 100.0).round() / 100.0)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Raw {
    id: String,
    kind: String,
    key: String,
    list: Many,
    file: String,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    days: bool,
    #[serde(default)]
    price: BTreeMap<String, Price>,
    unused: String,
    source: String,
}

/// All rows.
///
/// # Errors
/// In words, when the table cannot be read.
pub fn rows() -> Result<&'static [Row], String> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    let read = || -> Result<Vec<Row>, String> {
        let raw: Vec<Raw> = serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/unused.yaml: {error}"))?;
        Ok(raw.into_iter().enumerate().map(row).collect())
    };
    ROWS.get_or_init(read).as_deref().map_err(Clone::clone)
}

fn row((order, raw): (usize, Raw)) -> Row {
    Row {
        order,
        id: raw.id,
        kind: raw.kind,
        key: raw.key,
        list: raw.list.0,
        single: raw.file.ends_with(".json"),
        file: raw.file.trim_end_matches(".json").to_owned(),
        with: raw.with,
        days: raw.days,
        prices: raw.price,
        program: Program::trusted(&raw.unused, VARIABLES),
        source: raw.source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_sound() {
        let rows = rows().unwrap();
        let mut ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        for row in rows {
            assert!(Program::compile(row.program.text(), VARIABLES).is_ok(), "{}", row.id);
            assert!(row.source.starts_with("https://"), "{}", row.id);
            for price in row.prices.values() {
                assert!(price.amount > 0.0 && price.page.starts_with("https://") && !price.by.is_empty(), "{}", row.id);
                assert_eq!(price.read.len(), "2026-11-22".len(), "{}", row.id);
            }
        }
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn prices_hold_where_they_are_stated() {
        let nat = rows().unwrap().iter().find(|row| row.id == "nat-gateway").unwrap();
        let units = BTreeMap::from([("nat".to_owned(), Some(1.0)), ("ipv4".to_owned(), Some(1.0))]);
        assert_eq!(nat.cost(&units, "aws", "us-east-1"), Some(36.5));
        assert_eq!(nat.cost(&units, "aws", "eu-west-1"), None);
        assert_eq!(nat.cost(&units, "aws-cn", "cn-north-1"), None);
        assert_eq!(nat.cost(&BTreeMap::new(), "aws", "eu-west-1"), Some(0.0));
        assert_eq!(nat.cost(&BTreeMap::from([("nat".to_owned(), None)]), "aws", "us-east-1"), None);
    }
}
