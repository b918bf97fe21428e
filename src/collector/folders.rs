//! The folders of one account: its own, the one that a run with `--clean` writes until it is complete, and the old one for
//! the moment in which they change places.

use std::path::{Path, PathBuf};

use super::account::CollectError;
use crate::snapshot::layout::ACCOUNT_DATA;
use crate::snapshot::manifest::{Manifest, Outcome};
use crate::snapshot::{Store, StoreError};

/// The folder of the account, and the one that is written to.
pub(super) struct Folders {
    own: PathBuf,
    pub(super) writing: PathBuf,
    replaced: PathBuf,
}

impl Folders {
    /// Continues a `--clean` run that was cut off, unless a new one is wanted.
    pub(super) fn choose(base: &Path, name: &str, clean: bool) -> Result<Self, StoreError> {
        let data = base.join(ACCOUNT_DATA);
        let own = data.join(name);
        // Account names cannot begin with a dot.
        let (fresh, replaced) = (fresh(base, name), data.join(format!(".{name}.old")));
        if !own.exists() && replaced.exists() {
            rename(&replaced, &own)?;
        }
        if clean {
            remove(&fresh)?;
        }
        let writing = if fresh.exists() || (clean && own.exists()) { fresh } else { own.clone() };
        Ok(Self { own, writing, replaced })
    }

    /// Whether a run with `--clean` was cut off, and waits to be continued.
    pub(super) fn is_interrupted(base: &Path, name: &str) -> bool {
        fresh(base, name).exists()
    }

    /// Both folders must be this account's, and an interrupted `--clean` run is only continued with the same options:
    /// it will replace the old snapshot.
    pub(super) fn check(&self, id: &str, selection: &str) -> Result<(), CollectError> {
        for folder in [&self.own, &self.writing] {
            let Some(manifest) = Store::recorded(folder)? else { continue };
            let held = manifest.header.account.id;
            if held != id {
                return Err(CollectError::WrongFolder { folder: folder.clone(), held, found: id.to_owned() });
            }
            let began_with = manifest.header.selection;
            if *folder == self.writing && self.writing != self.own && began_with != selection {
                return Err(CollectError::OtherOptions { folder: folder.clone(), began_with });
            }
        }
        Ok(())
    }

    /// Puts a complete new snapshot in the place of the old one, unless that knew more.
    pub(super) fn settle(self, complete: bool, fresh: &Manifest) -> Result<(PathBuf, usize), StoreError> {
        if self.writing == self.own || !complete {
            return Ok((self.writing, 0));
        }
        let lost = Store::recorded(&self.own)?.map_or(0, |old| lost(&old, fresh));
        if lost > 0 {
            return Ok((self.writing, lost));
        }
        remove(&self.replaced)?;
        if self.own.exists() {
            rename(&self.own, &self.replaced)?;
        }
        rename(&self.writing, &self.own)?;
        remove(&self.replaced)?;
        Ok((self.own, 0))
    }
}

/// Where a run with `--clean` writes until it is complete.
fn fresh(base: &Path, name: &str) -> PathBuf {
    base.join(ACCOUNT_DATA).join(format!(".{name}.new"))
}

/// Answers of `old` that were asked for again and not given.
fn lost(old: &Manifest, fresh: &Manifest) -> usize {
    let is_missing = |file: &String| fresh.calls.get(file).is_some_and(|call| call.outcome == Outcome::NotCollected);
    old.calls.iter().filter(|(file, call)| call.outcome.has_file() && is_missing(file)).count()
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(|source| StoreError::Io { action: "rename", path: from.to_owned(), source })
}

fn remove(folder: &Path) -> Result<(), StoreError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::Io { action: "remove", path: folder.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}
