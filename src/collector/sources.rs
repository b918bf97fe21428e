//! The answers that a row reads, found on disk, and what of them is missing.

use std::path::Path;

use serde_json::{Map, Value};

use super::table::{Source, SourceFile};
use crate::snapshot::layout::unquote;
use crate::snapshot::manifest::{CallRecord, Manifest, Outcome};

/// What a row reads.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Files that match.
    pub files: Vec<SourceFile>,
    /// A call whose answer should have been among them and is not, or not wholly.
    pub gap: Option<CallRecord>,
}

/// Looks for the answers that `source` names, for a row called in `region`.
///
/// # Errors
/// When a file is there and cannot be read.
pub(super) fn find(folder: &Path, manifest: &Manifest, source: &Source, region: &str, regions: &[String]) -> std::io::Result<Found> {
    let mut found = Found::default();
    let own = [region.to_owned()];
    for region in if source.any_region { regions } else { &own } {
        let mut paths = Vec::new();
        matching(&folder.join(region), region, &source.pattern, &mut paths)?;
        paths.sort();
        for path in paths {
            let bytes = std::fs::read(folder.join(&path))?;
            found.files.push(SourceFile { bytes, region: region.clone(), parameters: parameters(manifest, &path) });
        }
        if found.gap.is_none() {
            found.gap = gap(manifest, source, region).cloned();
        }
    }
    Ok(found)
}

/// Files below `folder` whose components match `pattern`; named relative to the account's folder.
fn matching(folder: &Path, prefix: &str, pattern: &[String], found: &mut Vec<String>) -> std::io::Result<()> {
    let Some((first, rest)) = pattern.split_first() else { return Ok(()) };
    let mut names = Vec::new();
    if first.contains('*') {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            names.extend(entry?.file_name().into_string().ok().filter(|name| !name.ends_with("=tmp") && fits(first, name)));
        }
    } else {
        names.push(first.clone());
    }
    for name in names {
        let (path, relative) = (folder.join(&name), format!("{prefix}/{name}"));
        if !rest.is_empty() {
            matching(&path, &relative, rest, found)?;
        } else if path.is_file() {
            found.push(relative);
        }
    }
    Ok(())
}

/// A file name against a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, rest)) => {
            name.strip_prefix(before).is_some_and(|name| (0..=name.len()).any(|at| name.get(at..).is_some_and(|tail| fits(rest, tail))))
        }
    }
}

/// What the call of a file was made with. Files of CloudMapper's have only their names to tell.
fn parameters(manifest: &Manifest, file: &str) -> Value {
    match manifest.calls.get(file) {
        Some(call) => Value::Object(call.parameters.clone()),
        None => {
            let name = file.rsplit('/').next().unwrap_or_default();
            Value::Object(Map::from_iter([("Name".to_owned(), Value::String(unquote(name)))]))
        }
    }
}

fn gap<'m>(manifest: &'m Manifest, source: &Source, region: &str) -> Option<&'m CallRecord> {
    let file = format!("{region}/{}.json", source.stem);
    let folder = format!("{region}/{}", source.stem);
    let below = format!("{folder}/");
    let own = manifest.calls.get(&file).into_iter().chain(manifest.calls.get(&folder));
    let nested = manifest.calls.range(below.clone()..).take_while(|(name, _)| name.starts_with(&below)).map(|(_, call)| call);
    own.chain(nested).find(|call| matches!(call.outcome, Outcome::NotCollected | Outcome::Partial))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_anything() {
        assert!(fits("*", "a") && fits("a*c", "abbc") && fits("iam-*", "iam-"));
        assert!(!fits("a*c", "abb") && !fits("a", "ab"));
    }
}
