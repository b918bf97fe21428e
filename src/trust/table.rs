//! `data/trust_sources.yaml`: how accounts are tied without a policy that says so. The file's head tells the form.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::model::Many;
use crate::snapshot::jq::Program;

static EMBEDDED: &str = include_str!("../../data/trust_sources.yaml");

/// What programs are told, in this order.
pub(super) const VARIABLES: &[&str] = &["$with", "$name", "$second", "$key", "$account", "$partition", "$region"];

/// One kind of tie.
#[derive(Debug)]
pub struct Row {
    /// `vpc-peering`
    pub id: String,
    /// What AWS calls it.
    pub kind: String,
    /// The service.
    pub service: String,
    /// The calls without which no such tie is known.
    pub list: Vec<String>,
    /// The call whose answers are read.
    pub file: String,
    /// That call has one answer a Region.
    pub single: bool,
    /// Other calls that the program reads.
    pub with: Vec<String>,
    /// The program.
    pub program: Program,
    /// Where AWS says so.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Raw {
    id: String,
    kind: String,
    service: String,
    list: Many,
    file: String,
    #[serde(default)]
    with: Vec<String>,
    edges: String,
    source: String,
}

/// All rows.
///
/// # Errors
/// In words, when the table cannot be read.
pub fn rows() -> Result<&'static [Row], String> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    let read = || -> Result<Vec<Row>, String> {
        let raw: Vec<Raw> = serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/trust_sources.yaml: {error}"))?;
        Ok(raw.into_iter().map(row).collect())
    };
    ROWS.get_or_init(read).as_deref().map_err(Clone::clone)
}

fn row(raw: Raw) -> Row {
    Row {
        id: raw.id,
        kind: raw.kind,
        service: raw.service,
        list: raw.list.0,
        single: raw.file.ends_with(".json"),
        file: raw.file.trim_end_matches(".json").to_owned(),
        with: raw.with,
        program: Program::trusted(&raw.edges, VARIABLES),
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
        }
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
