//! AWS's partitions: their regions, suffixes and default regions.
//!
//! Says nothing about which service is offered where; that is `regions`.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::regions::Offered;

/// Every partition, in botocore's order: the first is the one for unknown regions.
pub(crate) struct Partitions(Vec<Partition>);

/// One partition.
pub(crate) struct Partition {
    /// Its name in ARNs.
    pub(crate) id: String,
    /// Its real regions, sorted; without pseudo regions such as `aws-global`.
    pub(crate) regions: Vec<String>,
    region_regex: String,
    outputs: Map<String, Value>,
}

#[derive(Deserialize)]
struct File {
    partitions: Vec<FilePartition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilePartition {
    id: String,
    region_regex: String,
    regions: Map<String, Value>,
    outputs: Map<String, Value>,
}

impl Partitions {
    /// # Errors
    /// When `partitions.json` has another form than the one known.
    pub(crate) fn parse(file: &Value) -> Result<Self> {
        let file = File::deserialize(file).context("`partitions.json` has an unknown form")?;
        Ok(Self(file.partitions.into_iter().map(Partition::new).collect()))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Partition> {
        self.0.iter()
    }

    /// What `aws.partition` answers in endpoint rules. A region nobody lists gets the first
    /// partition: the regular expressions are left to the reader of the data file, since only
    /// listed regions are ever evaluated here.
    pub(crate) fn outputs(&self, region: &str) -> Option<Value> {
        let listed = |partition: &&Partition| partition.regions.iter().any(|known| known == region);
        let partition = self.iter().find(listed).or_else(|| self.0.first())?;
        Some(Value::Object(partition.outputs.clone()))
    }

    /// The index entries. `unlisted_regions` are those of which the lists of offered services know
    /// nothing, so that a service's absence there means "not known", not "not offered".
    pub(crate) fn index(&self, offered: &Offered) -> Value {
        let entry = |partition: &Partition| {
            let unlisted = partition.regions.iter().filter(|region| !offered.knows(region));
            json!({
                "id": partition.id,
                "dns_suffix": partition.outputs.get("dnsSuffix"),
                "default_region": partition.default_region(),
                "region_regex": partition.region_regex,
                "regions": partition.regions,
                "unlisted_regions": unlisted.collect::<Vec<_>>(),
            })
        };
        self.iter().map(entry).collect()
    }
}

impl Partition {
    fn new(file: FilePartition) -> Self {
        let FilePartition { id, region_regex, regions, mut outputs } = file;
        let mut regions: Vec<String> = regions.into_iter().map(|(region, _)| region).collect();
        regions.retain(|region| !region.ends_with("-global"));
        regions.sort();
        outputs.insert("name".to_owned(), Value::from(id.as_str()));
        Self { id, regions, region_regex, outputs }
    }

    /// Where calls go that have no region of their own. China's global services have their
    /// endpoints in Beijing, whatever the implicit global region of the signing rules is.
    fn default_region(&self) -> Option<&str> {
        match self.id.as_str() {
            "aws-us-gov" => Some("us-gov-west-1"),
            "aws-cn" => Some("cn-north-1"),
            _ => self.outputs.get("implicitGlobalRegion").and_then(Value::as_str),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A small world: three regions of `aws`, two of China.
    pub(in crate::models) fn sample() -> Partitions {
        let partition = |id: &str, suffix: &str, global: &str, regions: &[&str]| {
            let regions: Map<_, _> = regions.iter().map(|region| ((*region).to_owned(), json!({}))).collect();
            json!({"id": id, "regionRegex": "^x$", "regions": regions, "outputs": {
                "dnsSuffix": suffix, "implicitGlobalRegion": global, "supportsFIPS": true}})
        };
        Partitions::parse(&json!({"partitions": [
            partition("aws", "amazonaws.com", "us-east-1", &["us-west-2", "us-east-1", "eu-west-1", "aws-global"]),
            partition("aws-cn", "amazonaws.com.cn", "cn-northwest-1", &["cn-north-1", "cn-northwest-1"]),
        ]}))
        .unwrap()
    }

    #[test]
    fn index_drops_pseudo_regions_and_names_the_default_region() {
        let index = sample().index(
            &Offered::parse(&json!({"partitions": [
            {"partition": "aws", "regions": {"us-east-1": {}, "eu-west-1": {}}, "services": {}}]}))
            .unwrap(),
        );
        let of = |at: usize, key: &str| index.get(at).unwrap().get(key).unwrap().clone();
        assert_eq!(of(0, "regions"), json!(["eu-west-1", "us-east-1", "us-west-2"]));
        assert_eq!(of(0, "unlisted_regions"), json!(["us-west-2"]));
        assert_eq!(of(0, "default_region"), json!("us-east-1"));
        assert_eq!(of(1, "default_region"), json!("cn-north-1"));
    }

    #[test]
    fn outputs_carry_the_partition_name() {
        let name = |region| sample().outputs(region).unwrap().get("name").cloned();
        assert_eq!(name("cn-north-1"), Some(json!("aws-cn")));
        assert_eq!(name("mars-1"), Some(json!("aws")));
    }
}
