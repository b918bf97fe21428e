//! The user's own commands: executables in `private_commands/`, called by their names as git calls its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use clap::CommandFactory as _;
use serde_json::json;

use super::accounts::{USUAL_CONFIG, snapshots};
use super::{Cli, Exit};
use crate::model::visible;
use crate::snapshot::Snapshot;
use crate::snapshot::layout::ACCOUNT_DATA;

/// Where they are.
const FOLDER: &str = "private_commands";

/// Runs one. It is told by its environment where the snapshots and the configuration are; all other arguments are its own.
pub(super) fn external(words: &[OsString]) -> anyhow::Result<Exit> {
    let Some((name, args)) = words.split_first() else { return Ok(Exit::Nothing) };
    let path = program(&name.to_string_lossy())?;
    let mut command = Command::new(&path);
    command.args(args).env("CLOUDMAPPER_ACCOUNT_DATA", absolute(Path::new(ACCOUNT_DATA))?).env("CLOUDMAPPER_SNAPSHOTS", listed()?);
    command.env("CLOUDMAPPER", std::env::current_exe().context("where this program is")?);
    let config = Path::new(USUAL_CONFIG);
    if config.exists() {
        command.env("CLOUDMAPPER_CONFIG", absolute(config)?);
    }
    let status = command.status().with_context(|| format!("`{}` cannot be run: is it executable?", path.display()))?;
    Ok(match status.code() {
        Some(0) => Exit::Complete,
        Some(1) => Exit::Partial,
        _ => Exit::Nothing,
    })
}

fn program(name: &str) -> anyhow::Result<PathBuf> {
    let path = Path::new(FOLDER).join(name);
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    if plain && path.is_file() {
        return absolute(&path);
    }
    let near = similar(name).map(|known| format!("did you mean `{known}`? ")).unwrap_or_default();
    anyhow::bail!("there is no command `{name}`, and no `{FOLDER}/{name}`: {near}`cloudmapper --help` lists all", name = visible(name))
}

/// The command that is written most alike.
fn similar(name: &str) -> Option<String> {
    let names = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
    names.into_iter().map(|known| (distance(name, &known), known)).min().filter(|(distance, _)| *distance <= 2).map(|(_, known)| known)
}

/// How many letters have to be changed, added or taken away.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = at;
        let mut last = at + 1;
        let mut next = vec![last];
        for (known, above) in other.chars().zip(row.iter().skip(1)) {
            last = (before + usize::from(letter != known)).min(above + 1).min(last + 1);
            before = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("`{}`", path.display()))
}

/// The snapshots as JSON: name, id, partition, and the folder, unless it is packed.
fn listed() -> anyhow::Result<String> {
    let mut all = Vec::new();
    for name in snapshots() {
        let snapshot = Snapshot::open(Path::new("."), &name)?;
        let (id, partition) = snapshot.identity()?;
        let folder = Path::new(ACCOUNT_DATA).join(name.to_string());
        let folder = if folder.is_dir() { Some(absolute(&folder)?) } else { None };
        all.push(json!({"name": name.to_string(), "id": id, "partition": partition, "folder": folder}));
    }
    Ok(serde_json::to_string(&all)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike() {
        assert_eq!(distance("audti", "audit"), 2);
        assert_eq!(distance("", "jq"), 2);
        assert_eq!(similar("audi"), Some("audit".to_owned()));
        assert_eq!(similar("something"), None);
    }
}
