//! A snapshot as one file, to be handed over, archived or checked in: `<name>.json`, or `.json.zst` compressed.
//!
//! ```json
//! {"format": "cloudmapper-snapshot/1", "manifest": {…}, "files": {"us-east-1/ec2-describe-vpcs.json": {…}}}
//! ```
//! A file that is not byte for byte what this program would write is kept as text (or base64), so that unpacking gives
//! the same bytes and every hash still holds.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::json::to_bytes;
use super::layout::{JOURNAL, LOCK, MANIFEST, sha256};
use super::manifest::Manifest;
use super::read::list;
use super::store::{Store, StoreError, write_atomic};

const FORMAT: &str = "cloudmapper-snapshot/1";
const TEXT: &str = "$text";
const BASE64: &str = "$base64";

/// What can go wrong with packed snapshots.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The operating system refused.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no packed snapshot.
    #[error("`{}` is no packed snapshot: {problem}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Why not.
        problem: String,
    },
    /// Unpacking would overwrite.
    #[error("`{}` exists already: move it away, or unpack under another name", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to pack.
    #[error("`{}` holds no snapshot", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// A file could not be written, or the manifest not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A folder could not be listed.
    #[error("{0}")]
    List(String),
}

/// A packed snapshot, in memory.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) manifest: Option<Manifest>,
    /// As bytes, exactly those of the folder.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    folders: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    #[serde(default)]
    manifest: Value,
    files: Map<String, Value>,
    /// Folders without files: CloudMapper's readers expect them.
    #[serde(default)]
    folders: Vec<String>,
}

impl Packed {
    pub(super) fn read(path: &Path) -> Result<Self, PackError> {
        let bad = |problem: String| PackError::Format { path: path.to_owned(), problem };
        let mut bytes = fs::read(path).map_err(|source| PackError::Io { path: path.to_owned(), source })?;
        if is_compressed(path) {
            bytes = zstd::decode_all(bytes.as_slice()).map_err(|error| bad(error.to_string()))?;
        }
        let document: Document = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        if document.format != FORMAT {
            return Err(bad(format!("its format is `{}`, not `{FORMAT}`", document.format)));
        }
        let manifest = match document.manifest {
            Value::Null => None,
            manifest => Some(Manifest::parse(&to_bytes(&manifest)).map_err(|error| bad(error.to_string()))?),
        };
        let mut files = BTreeMap::new();
        for (name, content) in document.files {
            check_name(&name).map_err(&bad)?;
            files.insert(name, content_bytes(&content).map_err(&bad)?);
        }
        document.folders.iter().try_for_each(|name| check_name(name)).map_err(&bad)?;
        Ok(Self { manifest, files, folders: document.folders })
    }
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "zst")
}

/// A name from a file that somebody sent us must not lead out of the folder.
fn check_name(name: &str) -> Result<(), String> {
    let harmless = !name.is_empty()
        && !name.contains(['\\', '\0'])
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !Path::new(name).is_absolute()
        && !matches!(name, MANIFEST | JOURNAL | LOCK);
    if harmless { Ok(()) } else { Err(format!("file name `{}` leads outside, or is one of our own", crate::model::visible(name))) }
}

fn content_bytes(content: &Value) -> Result<Vec<u8>, String> {
    if let Value::Object(fields) = content
        && fields.len() == 1
    {
        if let Some(Value::String(text)) = fields.get(TEXT) {
            return Ok(text.clone().into_bytes());
        }
        if let Some(Value::String(text)) = fields.get(BASE64) {
            return BASE64_STANDARD.decode(text).map_err(|error| error.to_string());
        }
    }
    Ok(to_bytes(content))
}

fn content_value(bytes: Vec<u8>) -> Value {
    let parsed = serde_json::from_slice::<Value>(&bytes).ok();
    if let Some(value) = parsed
        && to_bytes(&value) == bytes
        && content_bytes(&value).is_ok_and(|again| again == bytes)
    {
        return value;
    }
    match String::from_utf8(bytes) {
        Ok(text) => json!({ TEXT: text }),
        Err(error) => json!({ BASE64: BASE64_STANDARD.encode(error.as_bytes()) }),
    }
}

/// Packs the account folder `folder` into the file `target`; compressed when that ends in `.zst`.
///
/// # Errors
/// When the folder is no snapshot or cannot be read, or the file cannot be written.
pub fn pack(folder: &Path, target: &Path) -> Result<usize, PackError> {
    let manifest = Store::recorded(folder)?;
    let mut names = Vec::new();
    list(folder, "", &mut names).map_err(|error| PackError::List(error.to_string()))?;
    names.retain(|name| !matches!(name.as_str(), MANIFEST | JOURNAL | LOCK));
    if names.is_empty() && manifest.is_none() {
        return Err(PackError::Nothing { path: folder.to_owned() });
    }
    let mut files = Map::new();
    for name in names {
        let path = folder.join(&name);
        let bytes = fs::read(&path).map_err(|source| PackError::Io { path, source })?;
        files.insert(name, content_value(bytes));
    }
    let mut folders = Vec::new();
    empty_folders(folder, "", &mut folders)?;
    folders.sort();
    let count = files.len();
    let manifest = manifest.map_or(Value::Null, |manifest| serde_json::from_slice(&manifest.to_bytes()).unwrap_or_default());
    let document = Document { format: FORMAT.to_owned(), manifest, files, folders };
    let mut bytes = to_bytes(&serde_json::to_value(document).unwrap_or_default());
    if is_compressed(target) {
        bytes = zstd::encode_all(bytes.as_slice(), 12).map_err(|source| PackError::Io { path: target.to_owned(), source })?;
    }
    write_atomic(target, &bytes)?;
    Ok(count)
}

fn empty_folders(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), PackError> {
    let failed = |source| PackError::Io { path: folder.to_owned(), source };
    let mut is_empty = true;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        is_empty = false;
        if entry.file_type().map_err(failed)?.is_dir() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let relative = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            empty_folders(&entry.path(), &relative, found)?;
        }
    }
    if is_empty && !prefix.is_empty() {
        found.push(prefix.to_owned());
    }
    Ok(())
}

/// Unpacks `source` into the new folder `folder`.
///
/// # Errors
/// When the file is no packed snapshot, the folder exists, or the disk refuses.
pub fn unpack(source: &Path, folder: &Path) -> Result<usize, PackError> {
    let packed = Packed::read(source)?;
    if folder.exists() {
        return Err(PackError::Exists { path: folder.to_owned() });
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    // Names of accounts cannot begin with a dot.
    let fresh = folder.with_file_name(format!(".{name}.unpacking"));
    let _ = fs::remove_dir_all(&fresh);
    let written = write_files(&packed, &fresh)
        .and_then(|()| fs::rename(&fresh, folder).map_err(|source| PackError::Io { path: folder.to_owned(), source }));
    if written.is_err() {
        let _ = fs::remove_dir_all(&fresh);
    }
    written.map(|()| packed.files.len())
}

fn write_files(packed: &Packed, folder: &Path) -> Result<(), PackError> {
    super::store::make_private_folder(folder)?;
    for name in &packed.folders {
        super::store::make_private_folder(&folder.join(name))?;
    }
    for (name, bytes) in &packed.files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            super::store::make_private_folder(parent)?;
        }
        write_atomic(&path, bytes)?;
    }
    if let Some(manifest) = &packed.manifest {
        write_atomic(&folder.join(MANIFEST), &manifest.to_bytes())?;
    }
    Ok(())
}

/// What comparing a snapshot with its manifest showed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Files that are as they were written.
    pub intact: usize,
    /// Files whose bytes are not those that were recorded.
    pub changed: Vec<String>,
    /// Files that were recorded and are gone.
    pub missing: Vec<String>,
    /// Files that no call wrote.
    pub unrecorded: Vec<String>,
    /// Whether there is a manifest at all.
    pub has_manifest: bool,
    /// Whether the last run got to its end.
    pub complete: bool,
}

impl Verification {
    /// Whether everything is as it was written.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.has_manifest && self.changed.is_empty() && self.missing.is_empty() && self.unrecorded.is_empty()
    }
}

/// Compares a snapshot, folder or packed file, with the hashes in its manifest.
///
/// # Errors
/// When it cannot be read at all.
pub fn verify(path: &Path) -> Result<Verification, PackError> {
    let (manifest, hashes) = if path.is_dir() { hashes_of_folder(path)? } else { hashes_of_file(path)? };
    let Some(manifest) = manifest else {
        return Ok(Verification { unrecorded: hashes.into_keys().collect(), ..Verification::default() });
    };
    let mut found = Verification { has_manifest: true, complete: manifest.header.complete, ..Verification::default() };
    for (file, call) in manifest.calls.iter().filter(|(_, call)| call.outcome.has_file()) {
        match hashes.get(file) {
            None => found.missing.push(file.clone()),
            Some(hash) if Some(hash) == call.sha256.as_ref() => found.intact += 1,
            Some(_) => found.changed.push(file.clone()),
        }
    }
    let known = |file: &String| manifest.calls.get(file).is_some_and(|call| call.outcome.has_file());
    found.unrecorded = hashes.into_keys().filter(|file| !known(file)).collect();
    Ok(found)
}

type Hashes = (Option<Manifest>, BTreeMap<String, String>);

/// Files that have no call of their own: derived ones.
fn is_derived(name: &str) -> bool {
    matches!(name, MANIFEST | JOURNAL | LOCK | "public_nodes.json")
}

fn hashes_of_folder(path: &Path) -> Result<Hashes, PackError> {
    let manifest = Store::recorded(path)?;
    let mut names = Vec::new();
    list(path, "", &mut names).map_err(|error| PackError::List(error.to_string()))?;
    let mut hashes = BTreeMap::new();
    for name in names.into_iter().filter(|name| !is_derived(name)) {
        let file = path.join(&name);
        let bytes = fs::read(&file).map_err(|source| PackError::Io { path: file, source })?;
        hashes.insert(name, sha256(&bytes));
    }
    Ok((manifest, hashes))
}

fn hashes_of_file(path: &Path) -> Result<Hashes, PackError> {
    let packed = Packed::read(path)?;
    let hashes = packed.files.iter().filter(|(name, _)| !is_derived(name)).map(|(name, bytes)| (name.clone(), sha256(bytes)));
    Ok((packed.manifest, hashes.collect()))
}
