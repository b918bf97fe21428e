//! Which service is offered in which region, from botocore's `endpoints.json`.
//!
//! These lists are hints and lag behind AWS: they decide where a call is worth making, never where
//! it goes. Endpoints come from the rules alone (see `endpoints`).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fold::Row;
use super::partitions::Partitions;

/// Everything `endpoints.json` lists, by partition.
pub(crate) struct Offered {
    partitions: BTreeMap<String, FilePartition>,
}

#[derive(Deserialize)]
struct File {
    partitions: Vec<FilePartition>,
}

#[derive(Deserialize)]
struct FilePartition {
    partition: String,
    regions: Map<String, Value>,
    services: BTreeMap<String, FileService>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileService {
    #[serde(default)]
    endpoints: Map<String, Value>,
    is_regionalized: Option<bool>,
    partition_endpoint: Option<String>,
}

/// The names under which a service may be listed.
pub(crate) struct Names<'a> {
    /// `metadata.endpointPrefix`, the usual one.
    pub(crate) endpoint_prefix: &'a str,
    /// `metadata.signingName`: a few services are listed below their parent as
    /// `<endpoint prefix>-<region>`, such as `bedrock-runtime` below `bedrock`.
    pub(crate) signing_name: &'a str,
}

impl Offered {
    /// # Errors
    /// When `endpoints.json` has another form than the one known.
    pub(crate) fn parse(file: &Value) -> Result<Self> {
        let file = File::deserialize(file).context("`endpoints.json` has an unknown form")?;
        let named = |partition: FilePartition| (partition.partition.clone(), partition);
        Ok(Self { partitions: file.partitions.into_iter().map(named).collect() })
    }

    /// Whether any list mentions the region: newer regions may not be in the file yet.
    pub(crate) fn knows(&self, region: &str) -> bool {
        self.partitions.values().any(|partition| partition.regions.contains_key(region))
    }

    /// The regions that offer a service, by partition; `None` when no list knows the service.
    /// A partition whose endpoint is global has an empty list.
    pub(crate) fn of(&self, names: &Names<'_>, rows: &[Row], partitions: &Partitions) -> Option<Value> {
        let mut found = Map::new();
        for partition in partitions.iter() {
            let Some(listed) = self.partitions.get(&partition.id) else { continue };
            let Some(mut regions) = listed.regions_of(names) else { continue };
            if rows.iter().any(|row| row.partition == partition.id && row.is_global()) {
                regions.clear();
            } else if regions.is_empty() {
                // Listed with pseudo regions that name no home, yet its endpoint differs by region.
                regions.extend(partition.regions.iter().map(String::as_str));
            }
            found.insert(partition.id.clone(), Value::from_iter(regions));
        }
        (!found.is_empty()).then_some(Value::Object(found))
    }
}

impl FilePartition {
    fn regions_of(&self, names: &Names<'_>) -> Option<BTreeSet<&str>> {
        if let Some(service) = self.services.get(names.endpoint_prefix) {
            let keys = service.endpoints.keys().map(String::as_str);
            return Some(self.real(service.home().map_or_else(|| keys.collect(), |home| vec![home]).into_iter()));
        }
        let parent = self.services.get(names.signing_name)?;
        let below = |key| str::strip_prefix(key, names.endpoint_prefix)?.strip_prefix('-');
        let regions = self.real(parent.endpoints.keys().filter_map(|key| below(key)));
        (!regions.is_empty()).then_some(regions)
    }

    fn real<'a>(&self, keys: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
        keys.filter(|key| self.regions.contains_key(*key)).collect()
    }
}

impl FileService {
    /// The one region of a service that is not regional although its endpoint names a region.
    fn home(&self) -> Option<&str> {
        let endpoint = self.endpoints.get(self.partition_endpoint.as_deref()?)?;
        let region = endpoint.pointer("/credentialScope/region")?.as_str();
        region.filter(|_| self.is_regionalized == Some(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{fold, partitions};
    use serde_json::json;

    fn offered() -> Offered {
        Offered::parse(&json!({"partitions": [{
            "partition": "aws",
            "regions": {"us-east-1": {}, "eu-west-1": {}},
            "services": {
                "ec2": {"endpoints": {"us-east-1": {}, "eu-west-1": {}, "fips-us-east-1": {}}},
                "iam": {"endpoints": {"aws-global": {}}, "isRegionalized": false},
                "health": {"endpoints": {"aws-global": {"credentialScope": {"region": "us-east-1"}}, "eu-west-1": {}},
                           "isRegionalized": false, "partitionEndpoint": "aws-global"},
                "bedrock": {"endpoints": {"us-east-1": {}, "bedrock-runtime-eu-west-1": {}}},
            },
        }]}))
        .unwrap()
    }

    fn of(endpoint_prefix: &str, signing_name: &str, rows: &[Row]) -> Option<Value> {
        let names = Names { endpoint_prefix, signing_name };
        offered().of(&names, rows, &partitions::tests::sample())
    }

    #[test]
    fn real_regions_only() {
        assert_eq!(of("ec2", "ec2", &[]), Some(json!({"aws": ["eu-west-1", "us-east-1"]})));
    }

    #[test]
    fn global_services_have_an_empty_list() {
        let place = |region: &str| fold::tests::place(region, "https://iam.amazonaws.com", "us-east-1");
        let rows = fold::fold("aws", &[place("us-east-1"), place("eu-west-1")], true);
        assert_eq!(of("iam", "iam", &rows), Some(json!({"aws": []})));
    }

    #[test]
    fn pseudo_regions_with_a_regional_endpoint_mean_everywhere() {
        let everywhere = json!({"aws": ["eu-west-1", "us-east-1", "us-west-2"]});
        assert_eq!(of("iam", "iam", &[]), Some(everywhere));
    }

    #[test]
    fn services_that_are_not_regional_have_one_home() {
        assert_eq!(of("health", "health", &[]), Some(json!({"aws": ["us-east-1"]})));
    }

    #[test]
    fn some_are_listed_below_their_parent() {
        assert_eq!(of("bedrock-runtime", "bedrock", &[]), Some(json!({"aws": ["eu-west-1"]})));
        assert_eq!(of("bedrock-agent", "bedrock", &[]), None);
    }
}
