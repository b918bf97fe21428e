//! Reading a snapshot, be it a folder of this program's or of CloudMapper's, or one packed file.
//!
//! Whatever is asked for, the answer is a value, "there is none", or "not collected, because …".

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::layout::{ACCOUNT_DATA, DESCRIBE_REGIONS, home_among, home_region, quote};
use super::manifest::{CallRecord, Manifest, Outcome};
use super::pack::Packed;
use super::store::{Store, StoreError};
use crate::model::AccountName;

/// A file this short holds `{}` at most: CloudMapper's way to say "there is none".
const NOTHING: usize = 4;

/// Why a snapshot, or a part of it, cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// There is none of that name.
    #[error("no snapshot of `{name}` in `{}`: run `cloudmapper collect --account {name}` first", folder.display())]
    Missing {
        /// The account's name.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not the JSON that it should be.
    #[error("`{}` is not the JSON that `{stem}` answers: {source}; collect it again, or remove it to have it reported as not collected", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The call it belongs to.
        stem: String,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] StoreError),
    /// The packed file cannot be read.
    #[error(transparent)]
    Pack(#[from] super::pack::PackError),
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// AWS's error code, or `NotCalled`, `NoManifest`.
    pub code: String,
    /// In words.
    pub message: String,
}

impl Reason {
    /// Whether who answered does not know the call: emulators know few, and Regions may not have it yet. Nothing can have been
    /// made there by what the call tells of.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        matches!(
            self.code.as_str(),
            "404"
                | "501"
                | "InvalidAction"
                | "UnknownOperation"
                | "UnknownOperationException"
                | "NotImplemented"
                | "NotImplementedException"
        )
    }

    /// The same of a call that tells whether a guardrail is on. An answer that is none of AWS's form is no denial, and the
    /// guardrail is taken to be off, as it is by default: what is open then is seen.
    #[must_use]
    pub fn leaves_guardrail_off(&self) -> bool {
        self.is_unsupported() || self.code == "UnreadableAnswer"
    }
}

/// What a snapshot says to a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<T> {
    /// This.
    Value(T),
    /// AWS says that there is none, or could not have any here.
    Empty,
    /// This, and more that could not be collected.
    Partial(T, Reason),
    /// Nobody knows.
    NotCollected(Reason),
}

impl<T> Answer<T> {
    /// The value, whole or partial.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) | Self::Partial(value, _) => Some(value),
            Self::Empty | Self::NotCollected(_) => None,
        }
    }

    /// Why there may be more than [`Self::value`] gives; `None` when that is all there is.
    pub fn gap(&self) -> Option<&Reason> {
        match self {
            Self::Partial(_, reason) | Self::NotCollected(reason) => Some(reason),
            Self::Value(_) | Self::Empty => None,
        }
    }
}

/// One account's snapshot.
#[derive(Debug)]
pub struct Snapshot {
    name: AccountName,
    files: Files,
    manifest: Option<Manifest>,
}

#[derive(Debug)]
enum Files {
    Folder(PathBuf),
    Packed { path: PathBuf, files: BTreeMap<String, Vec<u8>> },
}

/// Users and roles, of which only the ARN counts.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Somebody {
    #[serde(rename = "RoleDetailList")]
    roles: Vec<Known>,
    #[serde(rename = "UserDetailList")]
    users: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    #[serde(rename = "Arn")]
    arn: Option<String>,
}

impl Snapshot {
    /// Opens `account-data/<name>/`, or `account-data/<name>.json` or `.json.zst` where there is no folder, below `base`.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn open(base: &Path, name: &AccountName) -> Result<Self, SnapshotError> {
        let folder = base.join(ACCOUNT_DATA);
        let own = folder.join(name.as_ref());
        if own.is_dir() {
            let manifest = Store::recorded(&own)?;
            return Ok(Self { name: name.clone(), files: Files::Folder(own), manifest });
        }
        for suffix in ["json", "json.zst"] {
            let path = folder.join(format!("{name}.{suffix}"));
            if path.is_file() {
                let Packed { manifest, files, .. } = Packed::read(&path)?;
                return Ok(Self { name: name.clone(), files: Files::Packed { path, files }, manifest });
            }
        }
        Err(SnapshotError::Missing { name: name.to_string(), folder })
    }

    /// Opens an account's folder, or a packed snapshot, wherever it is.
    ///
    /// # Errors
    /// When it is none, or cannot be read.
    pub fn at(path: &Path) -> Result<Self, SnapshotError> {
        let (files, manifest) = if path.is_dir() {
            (Files::Folder(path.to_owned()), Store::recorded(path)?)
        } else {
            let Packed { manifest, files, .. } = Packed::read(path)?;
            (Files::Packed { path: path.to_owned(), files }, manifest)
        };
        let recorded = manifest.as_ref().map(|manifest| manifest.header.account.name.clone());
        let stem = path.file_name().map(|name| name.to_string_lossy().split('.').next().unwrap_or_default().to_owned());
        let name = [recorded, stem].into_iter().flatten().find_map(|name| AccountName::try_from(name).ok());
        let Some(name) = name else {
            return Err(SnapshotError::Missing { name: String::new(), folder: path.to_owned() });
        };
        Ok(Self { name, files, manifest })
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> &AccountName {
        &self.name
    }

    /// The region whose folder holds the answers of global services.
    ///
    /// # Errors
    /// When the file of regions cannot be read.
    pub fn default_region(&self) -> Result<&'static str, SnapshotError> {
        let regions = self.regions()?;
        let partition = self.manifest.as_ref().map_or("", |manifest| manifest.header.account.partition.as_str());
        Ok(home_region(partition).or_else(|| home_among(&regions)).unwrap_or("us-east-1"))
    }

    /// The account's id, which may be unknown and is empty then, and its partition: from the manifest; without one, from
    /// what AWS said of the caller, or of users and roles.
    ///
    /// # Errors
    /// When the answer that tells cannot be read.
    pub fn identity(&self) -> Result<(String, String), SnapshotError> {
        if let Some(manifest) = &self.manifest {
            let account = &manifest.header.account;
            return Ok((account.id.clone(), account.partition.clone()));
        }
        let region = self.default_region()?;
        let caller: Answer<Value> = self.answer(region, "sts-get-caller-identity")?;
        let caller = caller.value().unwrap_or_default();
        let mut arn = caller.get("Arn").and_then(Value::as_str).map(str::to_owned);
        if arn.is_none() {
            let details: Answer<Somebody> = self.answer(region, "iam-get-account-authorization-details")?;
            let Somebody { roles, users } = details.value().unwrap_or_default();
            arn = roles.into_iter().chain(users).find_map(|known| known.arn);
        }
        let part = |at: usize| arn.as_deref().and_then(|arn| arn.split(':').nth(at)).unwrap_or_default();
        let id = caller.get("Account").and_then(Value::as_str).unwrap_or(part(4));
        let by_region = match region {
            "cn-north-1" => "aws-cn",
            "us-gov-west-1" => "aws-us-gov",
            _ => "aws",
        };
        Ok((id.to_owned(), Some(part(1)).filter(|partition| !partition.is_empty()).unwrap_or(by_region).to_owned()))
    }

    /// The record of the collection; absent in CloudMapper's own snapshots.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// The regions that were collected, sorted.
    ///
    /// # Errors
    /// When the file of regions cannot be read.
    pub fn regions(&self) -> Result<Vec<String>, SnapshotError> {
        let answer: Answer<Value> =
            self.typed(self.lookup(DESCRIBE_REGIONS, "ec2-describe-regions", 0)?, DESCRIBE_REGIONS, "ec2-describe-regions")?;
        let named = answer.value().unwrap_or_default();
        let listed = named.get("Regions").and_then(Value::as_array).into_iter().flatten();
        let mut regions: Vec<String> =
            listed.filter_map(|region| region.get("RegionName")).filter_map(Value::as_str).map(str::to_owned).collect();
        // What was collected counts, whatever was enabled: `--regions` leaves some out, and a denied list leaves all.
        if let Some(manifest) = &self.manifest {
            let called: BTreeSet<&str> = manifest.calls.values().map(|call| call.region.as_str()).collect();
            regions.retain(|region| called.contains(region.as_str()));
            regions.extend(called.into_iter().map(str::to_owned));
        }
        regions.sort();
        regions.dedup();
        Ok(regions)
    }

    /// The answer to a call without parameters: `("us-east-1", "ec2-describe-vpcs")`.
    ///
    /// # Errors
    /// When the file is there but unreadable, or not of the shape asked for.
    pub fn answer<T: DeserializeOwned>(&self, region: &str, stem: &str) -> Result<Answer<T>, SnapshotError> {
        let file = format!("{region}/{stem}.json");
        self.typed(self.lookup(&file, stem, 0)?, &file, stem)
    }

    /// The same as bytes, for jq programs and for those who read only a part.
    ///
    /// # Errors
    /// When the file is there but cannot be read.
    pub fn answer_bytes(&self, region: &str, stem: &str) -> Result<Answer<Vec<u8>>, SnapshotError> {
        self.lookup(&format!("{region}/{stem}.json"), stem, 0)
    }

    /// The answer to a call with parameters: `("us-east-1", "s3-get-bucket-acl", &["my-bucket"])`.
    ///
    /// # Errors
    /// When the file is there but unreadable, or not of the shape asked for.
    pub fn answer_for<T: DeserializeOwned>(&self, region: &str, stem: &str, values: &[&str]) -> Result<Answer<T>, SnapshotError> {
        let path: Vec<String> = values.iter().map(|value| quote(value)).collect();
        let file = format!("{region}/{stem}/{}", path.join("/"));
        self.typed(self.lookup(&file, stem, NOTHING)?, &file, stem)
    }

    /// The same as bytes.
    ///
    /// # Errors
    /// When the file is there but cannot be read.
    pub fn answer_bytes_for(&self, region: &str, stem: &str, values: &[&str]) -> Result<Answer<Vec<u8>>, SnapshotError> {
        let path: Vec<String> = values.iter().map(|value| quote(value)).collect();
        self.lookup(&format!("{region}/{stem}/{}", path.join("/")), stem, NOTHING)
    }

    /// The files of a call with parameters, relative to the account's folder, sorted.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn files_of(&self, region: &str, stem: &str) -> Result<Vec<String>, SnapshotError> {
        let folder = format!("{region}/{stem}");
        match &self.files {
            Files::Folder(own) => {
                let mut found = Vec::new();
                list(&own.join(&folder), &folder, &mut found)?;
                found.sort();
                Ok(found)
            }
            Files::Packed { files, .. } => Ok(below(files, &folder).map(|(file, _)| file.clone()).collect()),
        }
    }

    /// The same, with those that there would be if all calls had been answered.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn files_asked_for(&self, region: &str, stem: &str) -> Result<Vec<String>, SnapshotError> {
        let mut files = self.files_of(region, stem)?;
        if let Some(manifest) = &self.manifest {
            // Files that were collected and are gone, too.
            files.extend(below(&manifest.calls, &format!("{region}/{stem}")).map(|(file, _)| file.clone()));
            files.sort();
            files.dedup();
        }
        Ok(files)
    }

    /// What became of a call without parameters, or of a whole row of calls with parameters that could not be made.
    ///
    /// # Errors
    /// When a file is there but cannot be read.
    pub fn standing(&self, region: &str, stem: &str) -> Result<Answer<()>, SnapshotError> {
        if let Some(call) = self.manifest.as_ref().and_then(|manifest| manifest.calls.get(&format!("{region}/{stem}"))) {
            return Ok(if call.outcome.is_settled() { Answer::Empty } else { Answer::NotCollected(reason(call)) });
        }
        Ok(match self.lookup(&format!("{region}/{stem}.json"), stem, 0)? {
            Answer::Value(_) => Answer::Value(()),
            Answer::Partial(_, reason) => Answer::Partial((), reason),
            Answer::Empty => Answer::Empty,
            Answer::NotCollected(reason) => Answer::NotCollected(reason),
        })
    }

    /// Why there is no whole answer in a file; `None` when there is one, or no record.
    #[must_use]
    pub fn gap(&self, file: &str) -> Option<Reason> {
        let call = self.manifest.as_ref()?.calls.get(file)?;
        (!call.outcome.is_settled()).then(|| reason(call))
    }

    /// The bytes of a file, if there is such a file.
    ///
    /// # Errors
    /// When it is there but cannot be read.
    pub fn bytes(&self, file: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        match &self.files {
            Files::Folder(own) => read_if_there(&own.join(file)),
            Files::Packed { files, .. } => Ok(files.get(file).cloned()),
        }
    }

    /// The answer of a file, as bytes. Files of at most `nothing` bytes say "there is none".
    fn lookup(&self, file: &str, stem: &str, nothing: usize) -> Result<Answer<Vec<u8>>, SnapshotError> {
        let Some(manifest) = &self.manifest else {
            return self.found(file, nothing, || no_manifest(stem));
        };
        let Some(call) = manifest.calls.get(file).or_else(|| row_of(manifest, file)) else {
            // Files that others put there are read all the same.
            return self.found(file, nothing, || not_called(stem));
        };
        let gone = || Reason { code: "FileMissing".to_owned(), message: format!("`{}` was collected and is gone", call.file) };
        Ok(match call.outcome {
            Outcome::Empty | Outcome::Skipped => Answer::Empty,
            Outcome::NotCollected => Answer::NotCollected(reason(call)),
            Outcome::Partial => match self.found(&call.file, nothing, gone)? {
                Answer::Value(bytes) => Answer::Partial(bytes, reason(call)),
                _ => Answer::NotCollected(reason(call)),
            },
            Outcome::Value => self.found(&call.file, nothing, gone)?,
        })
    }

    fn found(&self, file: &str, nothing: usize, why_not: impl Fn() -> Reason) -> Result<Answer<Vec<u8>>, SnapshotError> {
        Ok(match self.bytes(file)? {
            Some(bytes) if bytes.len() <= nothing => Answer::Empty,
            Some(bytes) => Answer::Value(bytes),
            None => Answer::NotCollected(why_not()),
        })
    }

    fn typed<T: DeserializeOwned>(&self, answer: Answer<Vec<u8>>, file: &str, stem: &str) -> Result<Answer<T>, SnapshotError> {
        let parse = |bytes: Vec<u8>| serde_json::from_slice(&bytes).map_err(|source| self.not_json(file, stem, source));
        Ok(match answer {
            Answer::Value(bytes) => Answer::Value(parse(bytes)?),
            Answer::Partial(bytes, reason) => Answer::Partial(parse(bytes)?, reason),
            Answer::Empty => Answer::Empty,
            Answer::NotCollected(reason) => Answer::NotCollected(reason),
        })
    }

    fn not_json(&self, file: &str, stem: &str, source: serde_json::Error) -> SnapshotError {
        let path = match &self.files {
            Files::Folder(own) => own.join(file),
            Files::Packed { path, .. } => path.join(file),
        };
        SnapshotError::Json { path, stem: stem.to_owned(), source }
    }
}

/// What is in a folder.
fn below<'m, T>(files: &'m BTreeMap<String, T>, folder: &str) -> impl Iterator<Item = (&'m String, &'m T)> + use<'m, T> {
    let folder = format!("{folder}/");
    files.range(folder.clone()..).take_while(move |(file, _)| file.starts_with(&folder))
}

/// The record of a whole row that could not be expanded stands for each of its files.
fn row_of<'m>(manifest: &'m Manifest, file: &str) -> Option<&'m CallRecord> {
    let mut folder = file;
    while let Some((parent, _)) = folder.rsplit_once('/') {
        if let Some(call) = manifest.calls.get(parent) {
            return Some(call);
        }
        folder = parent;
    }
    None
}

fn reason(call: &CallRecord) -> Reason {
    Reason { code: call.code.clone().unwrap_or_else(|| "Unknown".to_owned()), message: call.message.clone().unwrap_or_default() }
}

fn not_called(stem: &str) -> Reason {
    Reason { code: "NotCalled".to_owned(), message: format!("`{stem}` was not part of the collection") }
}

fn no_manifest(stem: &str) -> Reason {
    Reason {
        code: "NoManifest".to_owned(),
        message: format!("there is no answer to `{stem}`, and no manifest that says why: the snapshot was not made by cloudmapper"),
    }
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, SnapshotError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(SnapshotError::Io { path: path.to_owned(), source }),
    }
}

/// Files below `folder`, named with `prefix`; temporary files of a killed run are not answers.
pub(super) fn list(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), SnapshotError> {
    let failed = |source| SnapshotError::Io { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(()),
        Err(source) => return Err(failed(source)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let relative = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        if entry.file_type().map_err(failed)?.is_dir() {
            list(&entry.path(), &relative, found)?;
        } else if !name.ends_with(super::store::TEMPORARY) {
            found.push(relative);
        }
    }
    Ok(())
}
