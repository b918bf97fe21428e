//! The user's own checks: `private_commands/*.yaml`, each with its cases.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::audit::{Check, wrong};
use crate::cli::Exit;
use crate::model::visible;
use anyhow::Context as _;

/// Where they are.
const FOLDER: &str = "private_commands";

/// All of them, by file.
pub(super) fn own() -> anyhow::Result<Vec<(PathBuf, Check)>> {
    let entries = std::fs::read_dir(FOLDER).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")).collect();
    paths.sort();
    paths.into_iter().map(|path| Ok((path.clone(), read(&path).with_context(|| format!("`{}`", path.display()))?))).collect()
}

fn read(path: &Path) -> anyhow::Result<Check> {
    let text = std::fs::read_to_string(path)?;
    Check::parse(&text).map_err(|problem| anyhow::anyhow!(crate::cli::yaml_problem(&problem)))
}

/// `--test`: runs the cases.
pub(super) fn test(out: &mut dyn Write) -> anyhow::Result<Exit> {
    let all = own()?;
    anyhow::ensure!(!all.is_empty(), "there is no check in `{FOLDER}/`: see docs/custom-checks.md for an example");
    let mut failed = false;
    for (path, check) in &all {
        let wrong = wrong(check, &check.cases);
        failed |= !wrong.is_empty();
        let (path, count) = (path.display(), check.cases.len());
        writeln!(out, "{path}: {} of {count} cases come out", count - wrong.len())?;
        for one in &wrong {
            writeln!(out, "  {}: {}", visible(&one.case), visible(&one.problem))?;
        }
        if check.cases.is_empty() {
            writeln!(out, "  it has no `cases`: nothing shows that it can fail")?;
        }
    }
    Ok(if failed { Exit::Partial } else { Exit::Complete })
}
