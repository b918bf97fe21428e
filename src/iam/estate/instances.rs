//! EC2 instances as makers of requests, and the tags of resources.
//!
//! A role's session on an instance is called by the instance's id:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-ec2-instance>

use std::collections::BTreeMap;

use serde::Deserialize;

use super::EstateError;
use super::details::Tag;
use crate::iam::context::Context;
use crate::snapshot::{Answer, Snapshot};

/// Keys that only requests from instances have.
const OF_INSTANCES: [&str; 4] =
    ["aws:Ec2InstanceSourcePrivateIPv4", "aws:Ec2InstanceSourceVpc", "ec2:RoleDelivery", "ec2:SourceInstanceARN"];

/// Tags by key.
type Tags = BTreeMap<String, String>;

/// An instance.
#[derive(Debug, Default, Clone)]
struct Instance {
    arn: String,
    vpc: String,
    address: String,
}

/// The instances by id, and the tags of resources by ARN.
#[derive(Debug, Default, Clone)]
pub struct Instances {
    by_id: BTreeMap<String, Instance>,
    tags: BTreeMap<String, Tags>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Described {
    reservations: Vec<Reservation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Reservation {
    instances: Vec<DescribedInstance>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DescribedInstance {
    instance_id: String,
    vpc_id: String,
    private_ip_address: String,
    tags: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Tagged {
    resource_tag_mapping_list: Vec<Mapping>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mapping {
    #[serde(rename = "ResourceARN")]
    arn: String,
    #[serde(rename = "Tags")]
    tags: Vec<Tag>,
}

fn by_key(tags: Vec<Tag>) -> Tags {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

impl Instances {
    /// Reads an account's instances and tags.
    pub(super) fn read(&mut self, snapshot: &Snapshot, account: &str, partition: &str) -> Result<(), EstateError> {
        for region in snapshot.regions()? {
            let tagged: Answer<Tagged> = snapshot.answer(&region, "resourcegroupstaggingapi-get-resources")?;
            // Most requests about buckets know nothing of their tags:
            // https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
            let tagged = tagged.value().unwrap_or_default().resource_tag_mapping_list;
            for mapping in tagged.into_iter().filter(|mapping| !mapping.arn.contains(":s3:::")) {
                self.tags.insert(mapping.arn, by_key(mapping.tags));
            }
            let described: Answer<Described> = snapshot.answer(&region, "ec2-describe-instances")?;
            for instance in described.value().unwrap_or_default().reservations.into_iter().flat_map(|reservation| reservation.instances) {
                let arn = format!("arn:{partition}:ec2:{region}:{account}:instance/{}", instance.instance_id);
                self.tags.insert(arn.clone(), by_key(instance.tags));
                let known = Instance { arn, vpc: instance.vpc_id, address: instance.private_ip_address };
                self.by_id.insert(instance.instance_id, known);
            }
        }
        Ok(())
    }

    /// Takes in those of another account.
    pub(super) fn join(&mut self, other: Self) {
        self.by_id.extend(other.by_id);
        self.tags.extend(other.tags);
    }

    /// Says where a session's requests come from: `instance` is the session's name, if it is known.
    pub(super) fn add_source(&self, context: &mut Context, session: Option<&str>, may_be_one: bool) {
        if !may_be_one || session.is_some_and(|name| !name.starts_with("i-")) {
            for key in OF_INSTANCES {
                context.set_absent(key);
            }
            return;
        }
        let Some(instance) = session.and_then(|id| self.by_id.get(id)) else { return };
        for (key, value) in [
            ("ec2:SourceInstanceARN", &instance.arn),
            ("aws:Ec2InstanceSourceVpc", &instance.vpc),
            ("aws:Ec2InstanceSourcePrivateIPv4", &instance.address),
        ] {
            if !value.is_empty() {
                context.set(key, [value]);
            }
        }
    }

    /// All tags of a resource, where they are known.
    #[must_use]
    pub fn tags(&self, arn: &str) -> Option<&Tags> {
        self.tags.get(arn)
    }
}
