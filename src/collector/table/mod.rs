//! The collection table: what to call, in which order, with which parameters from which earlier answers.

mod expand;
mod raw;
mod row;
mod select;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use expand::{Context, ExpandError, Expanded, SourceFile};
pub use row::{Regions, Row, Source};
pub use select::{Selection, SelectionError};

use super::api::{Api, ApiError};
use raw::{RawRow, RawTable};

/// The table inside this program.
static EMBEDDED: &str = include_str!("../../../data/collect_commands.yaml");

/// Why a table cannot be used: every problem, not only the first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not YAML, or not of the form.
    #[error("`{}` is no collection table: {problem}", path.display())]
    Yaml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        problem: String,
    },
    /// Rows make no sense.
    #[error("`{}` has {} problem{}:\n  {}", path.display(), problems.len(), if problems.len() == 1 { "" } else { "s" }, problems.join("\n  "))]
    Rows {
        /// The file.
        path: PathBuf,
        /// One sentence each, with the row.
        problems: Vec<String>,
    },
    /// The program itself is damaged.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// Rows that can be run in their order.
#[derive(Debug)]
pub struct Table {
    /// Row by row; a row reads only what earlier ones write.
    pub rows: Vec<Row>,
}

impl Table {
    /// The table inside this program.
    ///
    /// # Errors
    /// Only when the program is damaged: a test parses it.
    pub fn embedded(api: &Api) -> Result<Self, TableError> {
        let path = Path::new("collect_commands.yaml (embedded)");
        Self::build(api, path, parse(path, EMBEDDED)?.0, None, true)
    }

    /// The table in a file. It replaces the embedded one, or adds to it when it is of the form `Extend: […]`.
    ///
    /// # Errors
    /// With every problem of the file.
    pub fn load(api: &Api, path: &Path) -> Result<Self, TableError> {
        let text = std::fs::read_to_string(path).map_err(|source| TableError::Io { path: path.to_owned(), source })?;
        Self::from_text(api, path, &text)
    }

    /// The table in `text`; `path` is for messages.
    ///
    /// # Errors
    /// With every problem of the text.
    pub fn from_text(api: &Api, path: &Path, text: &str) -> Result<Self, TableError> {
        let (mut rows, extends) = parse(path, text)?;
        if extends {
            return Self::build(api, path, rows, Some(Self::embedded(api)?), false);
        }
        let (default, _) = parse(Path::new("collect_commands.yaml (embedded)"), EMBEDDED)?;
        rows.iter_mut().for_each(|row| inherit(row, &default));
        Self::build(api, path, rows, None, false)
    }

    fn build(api: &Api, path: &Path, raw: Vec<RawRow>, base: Option<Self>, is_trusted: bool) -> Result<Self, TableError> {
        let mut rows = base.map_or_else(Vec::new, |base| base.rows);
        let mut written: BTreeSet<String> = rows.iter().map(|row| row.stem.clone()).collect();
        let mut problems = Vec::new();
        for (number, raw) in raw.into_iter().enumerate() {
            let place = format!("row {} ({} {})", number + 1, raw.service, raw.request);
            match Row::from_raw(api, raw, is_trusted)? {
                Ok(row) => {
                    if let Some(source) = row.source().filter(|source| !written.contains(&source.stem)) {
                        problems.push(format!("{place}: no earlier row writes `{}`, which it reads", source.stem));
                    }
                    written.insert(row.stem.clone());
                    rows.push(row);
                }
                Err(row_problems) => problems.extend(row_problems.into_iter().map(|problem| format!("{place}: {problem}"))),
            }
        }
        if problems.is_empty() { Ok(Self { rows }) } else { Err(TableError::Rows { path: path.to_owned(), problems }) }
    }

    /// Adds every operation of all services that reads and needs no parameter, except those that hand out credentials.
    ///
    /// # Errors
    /// Only when the program is damaged.
    pub fn add_all_reads(&mut self, api: &Api, never: &BTreeSet<String>) -> Result<(), TableError> {
        let present: BTreeSet<(String, String)> = self.rows.iter().map(|row| (row.service.name.clone(), row.operation.clone())).collect();
        for name in api.services() {
            let Some(service) = api.service(name)? else { continue };
            for (operation, model) in &service.operations {
                let wanted = ["List", "Describe", "Get"].iter().any(|verb| operation.starts_with(verb))
                    && service.required(model).is_empty()
                    && !present.contains(&(name.to_owned(), operation.clone()))
                    && !never.contains(&format!("{name}:{operation}"));
                if wanted {
                    self.rows.push(Row::plain(&service, operation));
                }
            }
        }
        Ok(())
    }
}

fn parse(path: &Path, text: &str) -> Result<(Vec<RawRow>, bool), TableError> {
    match serde_saphyr::from_str(text) {
        Ok(RawTable::Replace(rows)) => Ok((rows, false)),
        Ok(RawTable::Extend { rows }) => Ok((rows, true)),
        // The untagged form hides what is wrong; reading a list again names the place.
        Err(_) => {
            let problem = if text.lines().any(|line| line.starts_with("Extend:")) {
                serde_saphyr::from_str::<raw::Extension>(text).err()
            } else {
                serde_saphyr::from_str::<Vec<RawRow>>(text).err()
            };
            let problem = problem.map_or_else(|| "neither a list of rows nor `Extend:` with one".to_owned(), |error| error.to_string());
            Err(TableError::Yaml { path: path.to_owned(), problem })
        }
    }
}

/// CloudMapper has two collectors, and the errors that mean "there is none", in code. Its rows get both from the default table.
fn inherit(raw: &mut RawRow, default: &[RawRow]) {
    let mut known = default.iter().filter(|row| row.service == raw.service && row.request == raw.request);
    let Some(first) = known.next() else { return };
    if raw.empty.is_empty() {
        raw.empty = first.empty.iter().chain(known.flat_map(|row| &row.empty)).cloned().collect();
    }
    if raw.custom && raw.for_each.is_none() {
        raw.for_each.clone_from(&first.for_each);
        raw.file.clone_from(&first.file);
        raw.regions.clone_from(&first.regions);
    }
}

#[cfg(test)]
mod tests;
