//! A botocore wheel: which services it has, and its JSON files as botocore's own loader sees them.
//!
//! It knows file names, not what the files mean.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};
use zip::ZipArchive;

const ROOT: &str = "botocore/data/";

/// An open wheel.
pub(crate) struct Wheel {
    archive: ZipArchive<BufReader<File>>,
    names: Vec<String>,
    path: PathBuf,
}

impl Wheel {
    /// # Errors
    /// When the file cannot be read or is no zip archive.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let what = || format!("cannot open the wheel `{}`", path.display());
        let file = File::open(path).with_context(what)?;
        let archive = ZipArchive::new(BufReader::new(file)).with_context(what)?;
        let name = |name: Result<Cow<'_, str>, _>| name.map(Cow::into_owned);
        let names = archive.file_names().map(name).collect::<Result<_, _>>().with_context(what)?;
        Ok(Self { archive, names, path: path.to_owned() })
    }

    /// botocore's version, from the name of the wheel's `dist-info` folder.
    ///
    /// # Errors
    /// When there is no such folder: then it is another package's wheel.
    pub(crate) fn version(&self) -> Result<String> {
        let version = |file: &String| {
            let (folder, _) = file.split_once('/')?;
            let version = folder.strip_prefix("botocore-")?.strip_suffix(".dist-info")?;
            Some(version.to_owned())
        };
        let found = self.names.iter().find_map(version);
        found.with_context(|| format!("`{}` is not a botocore wheel", self.path.display()))
    }

    /// Every service with the newest API version that has a model.
    pub(crate) fn services(&self) -> BTreeMap<String, String> {
        let mut newest: BTreeMap<String, String> = BTreeMap::new();
        for file in &self.names {
            let Some(path) = file.strip_prefix(ROOT) else { continue };
            let Some((service, rest)) = path.split_once('/') else { continue };
            let Some((version, "service-2.json" | "service-2.json.gz")) = rest.split_once('/') else {
                continue;
            };
            // Versions are dates, so the order of text is the order of time.
            let known = newest.entry(service.to_owned()).or_default();
            if known.as_str() < version {
                version.clone_into(known);
            }
        }
        newest
    }

    /// One kind of model of a service, with botocore's own additions merged in; an empty object
    /// where the service has none.
    ///
    /// # Errors
    /// When a file is there but unreadable.
    pub(crate) fn model(&mut self, service: &str, version: &str, kind: &str) -> Result<Value> {
        let path = format!("{service}/{version}/{kind}");
        let mut model = self.json(&path)?.unwrap_or_else(|| Value::Object(Map::new()));
        if let Some(mut extras) = self.json(&format!("{path}.sdk-extras"))?
            && let Some(extra) = extras.get_mut("merge")
        {
            merge(&mut model, extra.take());
        }
        Ok(model)
    }

    /// A file that every botocore has; `path` is without its extension.
    ///
    /// # Errors
    /// When it is missing or unreadable.
    pub(crate) fn required(&mut self, path: &str) -> Result<Value> {
        let found = self.json(path)?;
        found.with_context(|| format!("the wheel has no `{ROOT}{path}.json`"))
    }

    fn json(&mut self, path: &str) -> Result<Option<Value>> {
        for (extension, packed) in [(".json", false), (".json.gz", true)] {
            let name = format!("{ROOT}{path}{extension}");
            if self.archive.index_for_name(&name).is_some() {
                let bytes = self.bytes(&name, packed).with_context(|| format!("cannot read `{name}`"))?;
                let value = serde_json::from_slice(&bytes);
                return Ok(Some(value.with_context(|| format!("`{name}` is not JSON"))?));
            }
        }
        Ok(None)
    }

    fn bytes(&mut self, name: &str, packed: bool) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut file = self.archive.by_name(name)?;
        if packed {
            flate2::read::GzDecoder::new(file).read_to_end(&mut bytes)?;
        } else {
            file.read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }
}

/// Deep merge as botocore does it: objects are joined, everything else is replaced.
fn merge(base: &mut Value, extra: Value) {
    match (base, extra) {
        (Value::Object(base), Value::Object(extra)) => {
            for (key, value) in extra {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, extra) => *base = extra,
    }
}

/// Has pip download the newest wheel into `folder`.
///
/// # Errors
/// When pip fails or leaves no wheel.
pub(crate) fn download(folder: &Path) -> Result<PathBuf> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest"]);
    let status = pip.arg(folder).arg("botocore").status().context("cannot run `python3 -m pip`")?;
    ensure!(status.success(), "pip could not download botocore: pass a wheel with `--wheel`");
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
    use serde_json::json;

    #[test]
    fn merge_joins_objects_and_replaces_the_rest() {
        let mut base = json!({"a": {"x": 1, "y": [1]}, "b": 1});
        merge(&mut base, json!({"a": {"y": [2], "z": 3}, "c": {"d": 1}}));
        assert_eq!(base, json!({"a": {"x": 1, "y": [2], "z": 3}, "b": 1, "c": {"d": 1}}));
    }
}
