//! `collect --keep`: the snapshot that was there is packed away before a new one replaces it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::model::visible;
use crate::snapshot::layout::ACCOUNT_DATA;
use crate::snapshot::{Snapshot, make_private_folder, pack};

/// Where they go: `account-history/<name>/<when it was made>.json.zst`.
const HISTORY: &str = "account-history";

/// Packs the snapshot of an account away, if it is whole, and leaves the latest `most` there.
pub(super) fn keep(name: &str, most: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    let folder = Path::new(ACCOUNT_DATA).join(name);
    if !folder.is_dir() {
        return Ok(());
    }
    let snapshot = Snapshot::at(&folder)?;
    let Some(made) = snapshot.manifest().filter(|manifest| manifest.header.complete).map(|manifest| manifest.header.started.to_string())
    else {
        return Ok(());
    };
    let history = Path::new(HISTORY).join(name);
    make_private_folder(Path::new(HISTORY)).and_then(|()| make_private_folder(&history))?;
    // Colons are no part of names on some systems.
    let target = history.join(format!("{}.json.zst", made.replace(':', "")));
    if !target.exists() {
        pack(&folder, &target)?;
        writeln!(out, "kept the snapshot of {} as `{}`", visible(name), target.display())?;
    }
    prune(&history, most)
}

/// Names begin with the time: the first ones are the oldest.
fn prune(history: &Path, most: usize) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(history).with_context(|| format!("cannot read `{}`", history.display()))?;
    let mut kept: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(".json.zst")).collect();
    kept.sort();
    for old in kept.iter().take(kept.len().saturating_sub(most)) {
        std::fs::remove_file(old).with_context(|| format!("cannot remove `{}`", old.display()))?;
    }
    Ok(())
}
