//! Choosing rows: `--for`, `--only`, `--skip`. What a chosen row reads comes along; what reads a skipped one goes too.

use std::collections::BTreeSet;

use super::{Row, Table};

/// Which rows to run.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only what these analyses read; empty = no such limit.
    pub purposes: Vec<String>,
    /// Only `service` or `service:Operation`; empty = no such limit.
    pub only: Vec<String>,
    /// Not `service` or `service:Operation`.
    pub skip: Vec<String>,
}

/// Words of a selection that match nothing: a typing error would otherwise be a silent gap.
#[derive(Debug, thiserror::Error)]
#[error("{option} `{word}` matches no call of the table; {hint}")]
pub struct SelectionError {
    option: &'static str,
    word: String,
    hint: String,
}

impl Table {
    /// Keeps what `selection` asks for, and what that reads.
    ///
    /// # Errors
    /// When a word matches nothing.
    pub fn select(&mut self, selection: &Selection) -> Result<(), SelectionError> {
        self.check_words(selection)?;
        let chosen = |row: &Row| {
            (selection.purposes.is_empty() || row.purposes.iter().any(|purpose| selection.purposes.contains(purpose)))
                && (selection.only.is_empty() || selection.only.iter().any(|word| names(word, row)))
                && !selection.skip.iter().any(|word| names(word, row))
        };
        let mut needed: BTreeSet<String> = BTreeSet::new();
        let mut kept: Vec<bool> = self.rows.iter().map(|_| false).collect();
        // Sources are earlier rows, so one walk from the end finds them all.
        for (row, keep) in self.rows.iter().zip(&mut kept).rev() {
            let is_skipped = selection.skip.iter().any(|word| names(word, row));
            *keep = chosen(row) || (needed.contains(&row.stem) && !is_skipped);
            if *keep && let Some(source) = row.source() {
                needed.insert(source.stem.clone());
            }
        }
        let mut keep = kept.into_iter();
        self.rows.retain(|_| keep.next().unwrap_or_default());
        // What reads a skipped answer has nothing to go by.
        let mut written: BTreeSet<String> = BTreeSet::new();
        self.rows.retain(|row| {
            let has_source = row.source().is_none_or(|source| written.contains(&source.stem));
            if has_source {
                written.insert(row.stem.clone());
            }
            has_source
        });
        Ok(())
    }

    fn check_words(&self, selection: &Selection) -> Result<(), SelectionError> {
        let purposes: BTreeSet<&str> = self.rows.iter().flat_map(|row| &row.purposes).map(String::as_str).collect();
        if let Some(word) = selection.purposes.iter().find(|word| !purposes.contains(word.as_str())) {
            let hint = format!("there are {}", purposes.into_iter().collect::<Vec<_>>().join(", "));
            return Err(SelectionError { option: "--for", word: word.clone(), hint });
        }
        for (option, words) in [("--only", &selection.only), ("--skip", &selection.skip)] {
            if let Some(word) = words.iter().find(|word| !self.rows.iter().any(|row| names(word, row))) {
                let hint = "write `service`, `service:Operation` or `service:cli-spelling`, as `--plan` lists them".to_owned();
                return Err(SelectionError { option, word: word.clone(), hint });
            }
        }
        Ok(())
    }
}

fn names(word: &str, row: &Row) -> bool {
    match word.split_once(':') {
        None => word == row.service.name,
        Some((service, operation)) => service == row.service.name && (operation == row.operation || operation == row.request),
    }
}
