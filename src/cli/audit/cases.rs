//! The user's own checks: `private_commands/*.yaml`, each with its cases.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;

use crate::audit::{Case, Check, cases as read_cases, wrong};
use crate::cli::Exit;
use crate::model::visible;

/// Where they are.
const FOLDER: &str = "private_commands";

/// A check of the user's, with its cases.
pub(super) struct Own {
    pub(super) check: Check,
    cases: Vec<Case>,
    path: PathBuf,
}

/// All of them, by file.
pub(super) fn own() -> anyhow::Result<Vec<Own>> {
    let entries = std::fs::read_dir(FOLDER).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")).collect();
    paths.sort();
    paths.iter().map(|path| read(path).with_context(|| format!("`{}`", path.display()))).collect()
}

fn read(path: &Path) -> anyhow::Result<Own> {
    let text = std::fs::read_to_string(path)?;
    let mut whole: Value = serde_saphyr::from_str(&text).map_err(|error| anyhow::anyhow!(crate::cli::yaml_problem(&error)))?;
    let cases = whole.as_object_mut().and_then(|members| members.remove("cases"));
    let mut fill = |name: &str, value: &str| {
        if let Some(members) = whole.as_object_mut() {
            members.entry(name).or_insert(value.into());
        }
    };
    fill("engine", "jq");
    fill("scope", "region");
    fill("group", "custom");
    fill("severity", "Medium");
    let check = Check::parse(&whole.to_string()).map_err(anyhow::Error::msg)?;
    let cases = cases.map(|cases| read_cases(&cases.to_string()).map_err(anyhow::Error::msg)).transpose()?.unwrap_or_default();
    Ok(Own { check, cases, path: path.to_owned() })
}

/// `--test`: runs the cases.
pub(super) fn test(out: &mut dyn Write) -> anyhow::Result<Exit> {
    let all = own()?;
    anyhow::ensure!(!all.is_empty(), "there is no check in `{FOLDER}/`: see docs/custom-checks.md for an example");
    let mut failed = false;
    for own in &all {
        let wrong = wrong(&own.check, &own.cases);
        failed |= !wrong.is_empty();
        let (path, count) = (own.path.display(), own.cases.len());
        writeln!(out, "{path}: {} of {count} cases come out", count - wrong.len())?;
        for one in &wrong {
            writeln!(out, "  {}: {}", visible(&one.case), visible(&one.problem))?;
        }
        if own.cases.is_empty() {
            writeln!(out, "  it has no `cases`: nothing shows that it can fail")?;
        }
    }
    Ok(if failed { Exit::Partial } else { Exit::Complete })
}
