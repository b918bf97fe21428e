//! `data/exposure.yaml`: what can be exposed, and which answer of AWS says so. The file's head tells the form.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::model::Many;
use crate::snapshot::jq::Program;

static EMBEDDED: &str = include_str!("../../data/exposure.yaml");

/// What programs are told, in this order.
pub(super) const VARIABLES: &[&str] = &["$with", "$name", "$second", "$key", "$account", "$partition", "$region", "$now"];

/// One row.
#[derive(Debug)]
pub struct Row {
    /// `lambda-function-url`
    pub id: String,
    /// What AWS calls it.
    pub kind: String,
    /// The service, for the `type` of an entry.
    pub service: String,
    /// How it is exposed.
    pub class: Class,
    /// Who has the last word.
    pub judge: Judge,
    /// The calls without which no such thing is known.
    pub list: Vec<String>,
    /// The call whose answers are read.
    pub file: String,
    /// That call has one answer a Region.
    pub single: bool,
    /// Other calls that the program reads.
    pub with: Vec<String>,
    /// The program.
    pub program: Option<Program>,
    /// Kinds of resources whose policies are judged.
    pub policies: Vec<String>,
    /// The rows about whose entries this one decides.
    pub within: Vec<String>,
    /// What AWS has that would block such exposure.
    pub guardrails: Vec<String>,
    /// Where AWS says so.
    pub source: String,
}

/// How something is exposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It has a public address.
    Address,
    /// It can be reached, and asks nobody who they are, or not all.
    Authentication,
    /// Its policy lets others in.
    Policy,
    /// Its ACL does.
    Acl,
    /// It is shared.
    Sharing,
    /// It makes other things so.
    Setting,
    /// It overrides exposure.
    Guardrail,
    /// The way to something else.
    FrontDoor,
}

/// Who has the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Judge {
    /// The program.
    Flag,
    /// The network engine.
    Network,
    /// The IAM engine.
    Policy,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Raw {
    id: String,
    #[serde(rename = "Row")]
    _row: u16,
    kind: String,
    service: String,
    class: Class,
    judge: Judge,
    list: Many,
    file: String,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    exposed: Option<String>,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    within: Vec<String>,
    #[serde(default)]
    guardrails: Vec<String>,
    source: String,
}

/// All rows.
///
/// # Errors
/// In words, when the table cannot be read.
pub fn rows() -> Result<&'static [Row], String> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    let read = || -> Result<Vec<Row>, String> {
        let raw: Vec<Raw> = serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/exposure.yaml: {error}"))?;
        Ok(raw.into_iter().map(row).collect())
    };
    ROWS.get_or_init(read).as_deref().map_err(Clone::clone)
}

fn row(raw: Raw) -> Row {
    Row {
        id: raw.id,
        kind: raw.kind,
        service: raw.service,
        class: raw.class,
        judge: raw.judge,
        list: raw.list.0,
        single: raw.file.ends_with(".json"),
        file: raw.file.trim_end_matches(".json").to_owned(),
        with: raw.with,
        program: raw.exposed.map(|text| Program::trusted(&text, VARIABLES)),
        policies: raw.policies,
        within: raw.within,
        guardrails: raw.guardrails,
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
            if let Some(program) = &row.program {
                assert!(Program::compile(program.text(), VARIABLES).is_ok(), "{}", row.id);
            }
            assert!(row.program.is_some() || !row.policies.is_empty() || !row.within.is_empty(), "{} does nothing", row.id);
            assert!(row.within.iter().all(|id| rows.iter().any(|other| other.id == *id)), "{}", row.id);
            assert!(row.source.starts_with("https://"), "{}", row.id);
        }
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
