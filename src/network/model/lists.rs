//! Prefix lists, and VPC Block Public Access.

use serde::Deserialize;

use crate::network::address::Addresses;

/// A prefix list: networks that have a name.
#[derive(Debug, Clone, Default)]
pub struct PrefixList {
    /// `pl-…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// The networks; `None` when they were not collected.
    pub networks: Option<Addresses>,
}

/// What VPC Block Public Access keeps out.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockMode {
    /// Nothing.
    #[default]
    Off,
    /// What comes in from the internet; what goes out through NAT and egress-only gateways goes on.
    Ingress,
    /// All of it, both ways.
    Bidirectional,
    /// It was not collected.
    Unknown,
}

/// A VPC or subnet that is excluded from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// In both directions.
    Bidirectional,
    /// For what goes out.
    Egress,
}

/// The answer of `ec2:DescribeVpcBlockPublicAccessOptions`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct BlockAnswer {
    pub(super) vpc_block_public_access_options: BlockOptions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct BlockOptions {
    internet_gateway_block_mode: String,
}

impl BlockOptions {
    pub(super) fn mode(&self) -> BlockMode {
        match self.internet_gateway_block_mode.as_str() {
            "block-bidirectional" => BlockMode::Bidirectional,
            "block-ingress" => BlockMode::Ingress,
            _ => BlockMode::Off,
        }
    }
}

/// The answer of `ec2:DescribeVpcBlockPublicAccessExclusions`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ExclusionAnswer {
    pub(super) vpc_block_public_access_exclusions: Vec<ExclusionItem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ExclusionItem {
    resource_arn: String,
    internet_gateway_exclusion_mode: String,
    state: String,
}

impl ExclusionItem {
    /// The VPC or subnet, and in what way it is excluded.
    pub(super) fn counts(&self) -> Option<(String, Exclusion)> {
        let mode = match self.internet_gateway_exclusion_mode.as_str() {
            "allow-bidirectional" => Exclusion::Bidirectional,
            "allow-egress" => Exclusion::Egress,
            _ => return None,
        };
        let in_force = matches!(self.state.as_str(), "" | "create-complete" | "update-complete" | "update-in-progress");
        in_force.then(|| (self.resource_arn.rsplit('/').next().unwrap_or_default().to_owned(), mode))
    }
}
