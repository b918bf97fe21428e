//! Replacing a small file so that a reader, or a crash, meets the old file or the new one, never half of one.
//! Not for snapshots, which are written file by file into a folder of their own.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many left-overs of killed runs may be in the way.
const ATTEMPTS: u32 = 100;

/// Puts `bytes` in the place of the file, keeping its mode and, if it is a link, the link.
///
/// # Errors
/// What the system says; the old file is then untouched, and no temporary file stays.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (target, permissions) = match std::fs::canonicalize(path) {
        Ok(target) => {
            let permissions = std::fs::metadata(&target)?.permissions();
            (target, Some(permissions))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
    };
    let (mut temporary, mut file) = Temporary::create(&target, permissions.as_ref())?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.sync_all()?;
    drop(file);
    std::fs::rename(&temporary.path, &target)?;
    temporary.moved = true;
    sync_folder(&target);
    Ok(())
}

/// A file that disappears unless it was moved to its place.
struct Temporary {
    path: PathBuf,
    moved: bool,
}

impl Temporary {
    /// Makes a new file beside the target: a rename across file systems would not be atomic.
    fn create(target: &Path, permissions: Option<&Permissions>) -> io::Result<(Self, File)> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if permissions.is_some() {
            keep_private(&mut options);
        }
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for attempt in 0..ATTEMPTS {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{attempt}.tmp", std::process::id()));
            let path = target.with_file_name(hidden);
            match options.open(&path) {
                Ok(file) => return Ok((Self { path, moved: false }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.moved {
            // The error that brought us here is the one to report.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Until the old file's mode is set, nobody else may read what the old file perhaps hid.
#[cfg(unix)]
fn keep_private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn keep_private(_: &mut OpenOptions) {}

/// Makes the rename itself survive a power cut, where a folder can be opened; the file is whole either way.
fn sync_folder(target: &Path) {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
