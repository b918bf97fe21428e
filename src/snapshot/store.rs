//! Writing a snapshot: each file whole or not at all, readable by its owner only, and a journal that survives a kill.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::layout::{JOURNAL, LOCK, MANIFEST, sha256};
use super::manifest::{CallRecord, Header, Manifest};

/// What can go wrong with the folder of an account.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}; {}", path.display(), remedy(source))]
    Io {
        /// `write`, `create`, `read`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another run writes to the same folder.
    #[error("another run is writing to `{}`: wait for it to end", folder.display())]
    InUse {
        /// The account's folder.
        folder: PathBuf,
    },
    /// The manifest on disk cannot be read.
    #[error("`{}` is no manifest: {source}; move it away to have it rebuilt by a new run", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space and run the same command again: it goes on where it stopped"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "choose a folder you may write to, or mend its permissions",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => "a file is where a folder should be: move it away",
        _ => "mend that and run the same command again",
    }
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    move |source| StoreError::Io { action, path: path.to_owned(), source }
}

/// How names of files end while they are written; no quoted parameter can end like this.
pub(super) const TEMPORARY: &str = "=tmp";

/// Writes `bytes` to `path` such that a reader, or a kill, never sees half of it. Mode 0600.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // A long name has no room for a suffix; no two files of a folder are written under the same name at a time.
    if name.len() > 200 {
        name = sha256(name.as_encoded_bytes()).into();
    }
    name.push(TEMPORARY);
    let temporary = path.with_file_name(name);
    let written = private_file(&temporary, true).and_then(|mut file| file.write_all(bytes));
    if let Err(source) = written {
        let _ = fs::remove_file(&temporary);
        return Err(StoreError::Io { action: "write", path: path.to_owned(), source });
    }
    fs::rename(&temporary, path).map_err(io_error("write", path))
}

fn private_file(path: &Path, truncate: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(truncate).append(!truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a folder, and those above it, that only its owner can look into.
///
/// # Errors
/// When that is refused.
pub fn make_private_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(io_error("create", path))
}

/// The folder of one account, being written.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    journal: File,
    manifest: Manifest,
    /// Held as long as the run lasts.
    _lock: File,
}

/// Takes the folder for this run. The system lets go of it when the program ends, however it ends.
fn locked(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(LOCK);
    let file = private_file(&path, true).map_err(io_error("create", &path))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::InUse { folder: folder.to_owned() }),
        // Some network file systems have no locks; that is no reason not to collect.
        Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(file),
    }
}

impl Store {
    /// Opens `folder` for a run, taking over what earlier runs left: their manifest, and the journal of one that was killed.
    ///
    /// # Errors
    /// When the folder cannot be made, or holds a manifest that cannot be read.
    pub fn open(folder: &Path, header: Header) -> Result<Self, StoreError> {
        make_private_folder(folder)?;
        let lock = locked(folder)?;
        let mut manifest = Self::recorded(folder)?.unwrap_or(Manifest { header: header.clone(), calls: BTreeMap::new() });
        // Files of an earlier run that stored secrets are kept, so the whole has them.
        let with_secrets = header.with_secrets || (manifest.header.with_secrets && !manifest.calls.is_empty());
        manifest.header = Header { started: manifest.header.started, complete: false, finished: None, with_secrets, ..header };
        // What a killed run had journaled is in `manifest` now; it must not be lost when the journal starts anew.
        write_atomic(&folder.join(MANIFEST), &manifest.to_bytes())?;
        let path = folder.join(JOURNAL);
        let journal = private_file(&path, true).map_err(io_error("create", &path))?;
        Ok(Self { folder: folder.to_owned(), journal, manifest, _lock: lock })
    }

    /// What earlier runs recorded in `folder`: the manifest, overlaid by the journal of a run that was killed.
    ///
    /// # Errors
    /// When there is a manifest that cannot be read.
    pub fn recorded(folder: &Path) -> Result<Option<Manifest>, StoreError> {
        let path = folder.join(MANIFEST);
        let mut manifest = match fs::read(&path) {
            Ok(bytes) => Manifest::parse(&bytes).map_err(|source| StoreError::Manifest { path, source })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::Io { action: "read", path, source }),
        };
        for call in journaled(&folder.join(JOURNAL))? {
            manifest.header.complete = false;
            manifest.calls.insert(call.file.clone(), call);
        }
        Ok(Some(manifest))
    }

    /// The account's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is recorded so far.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether `file` was settled by an earlier call and, where that left a file, the file is still as it was written.
    #[must_use]
    pub fn is_settled(&self, file: &str) -> bool {
        // A host that could not be looked up may be there the next time.
        let is_settled = |call: &CallRecord| call.outcome.is_settled() && call.code.as_deref() != Some("EndpointUnreachable");
        self.manifest.calls.get(file).is_some_and(|call| is_settled(call) && self.is_intact(call))
    }

    fn is_intact(&self, call: &CallRecord) -> bool {
        // The length tells a file that was lost or cut; `snapshot verify` compares the hashes.
        !call.outcome.has_file() || fs::metadata(self.folder.join(&call.file)).is_ok_and(|file| file.len() == call.bytes)
    }

    /// Makes an empty folder, as CloudMapper does for each region and for each call with parameters.
    ///
    /// # Errors
    /// When that is refused.
    pub fn make_folder(&self, relative: &str) -> Result<(), StoreError> {
        make_private_folder(&self.folder.join(relative))
    }

    /// Stores an answer and records its call. `answer` may only be absent for outcomes without a file.
    ///
    /// # Errors
    /// When the disk refuses; nothing half-written is left then, and nothing is recorded.
    pub fn record(&mut self, mut call: CallRecord, answer: Option<&Value>) -> Result<(), StoreError> {
        let path = self.folder.join(&call.file);
        if let Some(answer) = answer {
            let bytes = super::json::to_bytes(answer);
            call.bytes = bytes.len() as u64;
            call.sha256 = Some(sha256(&bytes));
            if let Some(parent) = path.parent() {
                make_private_folder(parent)?;
            }
            write_atomic(&path, &bytes)?;
        } else if self.manifest.calls.get(&call.file).is_some_and(|old| old.outcome.has_file() && self.is_intact(old)) {
            // An earlier run had got something, this one nothing: keep what there is.
            return Ok(());
        }
        self.append(&call)?;
        self.manifest.calls.insert(call.file.clone(), call);
        Ok(())
    }

    /// Forgets a call that stood for a row which could not be expanded and now can.
    pub fn forget(&mut self, file: &str) {
        self.manifest.calls.remove(file);
    }

    fn append(&mut self, call: &CallRecord) -> Result<(), StoreError> {
        let path = self.folder.join(JOURNAL);
        let mut line = serde_json::to_vec(call).unwrap_or_default();
        line.push(b'\n');
        // One write per line: a kill between two leaves whole lines, a kill within one a line that is not read.
        self.journal.write_all(&line).map_err(io_error("write", &path))
    }

    /// Ends the run: writes the manifest and removes the journal.
    ///
    /// # Errors
    /// When the disk refuses; the journal then stays, and nothing is lost.
    pub fn finish(mut self, complete: bool, finished: crate::model::Timestamp) -> Result<Manifest, StoreError> {
        self.manifest.header.complete = complete;
        self.manifest.header.finished = Some(finished);
        write_atomic(&self.folder.join(MANIFEST), &self.manifest.to_bytes())?;
        let path = self.folder.join(JOURNAL);
        fs::remove_file(&path).map_err(io_error("remove", &path))?;
        let _ = fs::remove_file(self.folder.join(LOCK));
        Ok(self.manifest)
    }
}

fn journaled(path: &Path) -> Result<Vec<CallRecord>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(StoreError::Io { action: "read", path: path.to_owned(), source }),
    };
    let mut calls = Vec::new();
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(io_error("read", path))?;
        // The last line may have been cut by a kill: its call is simply made again.
        if let Ok(call) = serde_json::from_slice(&line) {
            calls.push(call);
        }
    }
    Ok(calls)
}
