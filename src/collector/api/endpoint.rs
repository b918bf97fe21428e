//! Where a service is: URL, and what to sign for.

use serde::Deserialize;

use super::{Operation, Partition, Service};

/// Whether a service has an endpoint per region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// One for the whole partition.
    Global,
    /// One per region.
    Regional,
}

/// One row of the endpoint table. `{region}` stands for the region asked for.
#[derive(Debug, Clone, Deserialize)]
pub struct Endpoint {
    /// Holds in this partition.
    pub partition: String,
    /// `https://ec2.{region}.amazonaws.com`.
    pub url: String,
    /// The service to sign for.
    pub signing_name: String,
    /// The region to sign for.
    pub signing_region: String,
    /// One, or one per region.
    pub scope: Scope,
    /// The regions it holds for; absent = all that no earlier row names.
    pub regions: Option<Vec<String>>,
}

impl Endpoint {
    /// This row with `region` filled in.
    fn resolved(&self, region: &str) -> Self {
        Self { url: self.url.replace("{region}", region), signing_region: self.signing_region.replace("{region}", region), ..self.clone() }
    }
}

/// Services that CloudMapper calls in the default region only, whatever their endpoints are like.
const UNIVERSAL: &[&str] = &["account", "sts", "iam", "route53", "route53domains", "s3", "s3control", "cloudfront", "organizations"];

impl Service {
    /// The endpoint for `operation` in `region`; `None` when the partition has none.
    #[must_use]
    pub fn endpoint(&self, operation: &Operation, partition: &str, region: &str) -> Option<Endpoint> {
        let rows = if operation.endpoints.is_empty() { &self.endpoints } else { &operation.endpoints };
        let holds = |row: &&Endpoint| {
            row.partition == partition && row.regions.as_ref().is_none_or(|regions| regions.iter().any(|known| known == region))
        };
        rows.iter().find(holds).map(|row| row.resolved(region))
    }

    /// Whether its answers are the same from every region, and are kept in the default region's folder.
    #[must_use]
    pub fn is_global(&self, partition: &Partition) -> bool {
        UNIVERSAL.contains(&self.name.as_str())
            || self.endpoints.iter().any(|row| row.partition == partition.id && row.scope == Scope::Global && row.regions.is_none())
    }

    /// Whether it is known not to be offered in `region`.
    #[must_use]
    pub fn is_absent_from(&self, partition: &Partition, region: &str) -> bool {
        let Some(regions) = self.regions.as_ref().and_then(|by_partition| by_partition.get(&partition.id)) else { return false };
        !regions.is_empty() && !regions.iter().any(|known| known == region)
    }
}
