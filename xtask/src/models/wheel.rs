//! A botocore wheel: which services it has, and its JSON files as botocore's own loader sees them.
//!
//! It knows file names, not what the files mean.

use std::collections::BTreeMap;
use std::io::Read as _;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use crate::package::Package;

const ROOT: &str = "botocore/data/";

/// An open wheel.
pub(crate) struct Wheel<'a> {
    package: &'a mut Package,
}

impl<'a> Wheel<'a> {
    pub(crate) fn new(package: &'a mut Package) -> Self {
        Self { package }
    }

    /// botocore's version.
    pub(crate) fn version(&self) -> &str {
        self.package.version()
    }

    /// Every service with the newest API version that has a model.
    pub(crate) fn services(&self) -> BTreeMap<String, String> {
        let mut newest: BTreeMap<String, String> = BTreeMap::new();
        for file in self.package.names() {
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
            if self.package.has(&name) {
                let bytes = self.package.bytes(&name)?;
                let bytes = if packed { unpack(&bytes).with_context(|| format!("cannot unpack `{name}`"))? } else { bytes };
                let value = serde_json::from_slice(&bytes);
                return Ok(Some(value.with_context(|| format!("`{name}` is not JSON"))?));
            }
        }
        Ok(None)
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut unpacked)?;
    Ok(unpacked)
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
