//! What leads the internet into VPCs without public addresses there: Global Accelerator, and CloudFront's VPC origins. And
//! the services behind VPC endpoints.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Known;
use super::read::Reader;
use crate::snapshot::SnapshotError;

/// An accelerator.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Accelerator {
    /// Its ARN.
    pub accelerator_arn: String,
    /// Its name.
    pub name: String,
    /// Its DNS name.
    pub dns_name: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Its addresses.
    pub ip_sets: Vec<IpSet>,
    /// Its listeners; `None` when they were not collected.
    #[serde(skip)]
    pub listeners: Option<Vec<AcceleratorListener>>,
}

/// Addresses of an accelerator.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpSet {
    /// The addresses.
    pub ip_addresses: Vec<String>,
}

/// A listener of an accelerator.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AcceleratorListener {
    /// Its ARN.
    pub listener_arn: String,
    /// `TCP` or `UDP`.
    pub protocol: String,
    /// Its ports.
    pub port_ranges: Vec<PortRange>,
    /// Where it leads; `None` when that was not collected.
    #[serde(skip)]
    pub groups: Option<Vec<EndpointGroup>>,
}

/// Ports.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PortRange {
    /// The first.
    pub from_port: i64,
    /// The last.
    pub to_port: i64,
}

/// Endpoints in one Region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EndpointGroup {
    /// The endpoints.
    pub endpoint_descriptions: Vec<AcceleratorEndpoint>,
    /// With 0 they get nothing.
    pub traffic_dial_percentage: Option<f64>,
    /// Ports of the endpoints that are others than the listener's.
    pub port_overrides: Vec<PortOverride>,
}

/// An endpoint of an accelerator.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AcceleratorEndpoint {
    /// A load balancer by ARN, an instance, an Elastic IP address by its allocation.
    pub endpoint_id: String,
    /// With 0 it gets nothing.
    pub weight: Option<i64>,
}

/// A port of the endpoints in place of the listener's.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PortOverride {
    /// The listener's.
    pub listener_port: i64,
    /// The endpoints'.
    pub endpoint_port: i64,
}

/// An origin of CloudFront's inside of a VPC.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpcOrigin {
    /// `vo_…`
    pub id: String,
    /// `Deployed` where it works.
    pub status: String,
    /// A load balancer or an instance.
    pub origin_endpoint_arn: String,
    /// The ports that CloudFront asks.
    #[serde(skip)]
    pub ports: Vec<i64>,
    /// The distributions that use it, and whether they are on.
    #[serde(skip)]
    pub distributions: Vec<(String, bool)>,
}

/// A service that others reach by endpoints.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EndpointService {
    /// `vpce-svc-…`
    pub service_id: String,
    /// `com.amazonaws.vpce.…`
    pub service_name: String,
    /// Network Load Balancers behind it.
    pub network_load_balancer_arns: Vec<String>,
    /// Gateway Load Balancers behind it.
    pub gateway_load_balancer_arns: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Accelerators {
    accelerators: Vec<Accelerator>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listeners {
    listeners: Vec<AcceleratorListener>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Groups {
    endpoint_groups: Vec<EndpointGroup>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Services {
    service_configurations: Vec<EndpointService>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Origins {
    vpc_origin_list: Items<VpcOrigin>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Items<T> {
    items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OriginDetail {
    vpc_origin: OriginConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OriginConfig {
    vpc_origin_endpoint_config: OriginPorts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OriginPorts {
    #[serde(rename = "HTTPPort")]
    http_port: Option<i64>,
    #[serde(rename = "HTTPSPort")]
    https_port: Option<i64>,
    origin_protocol_policy: String,
}

impl OriginPorts {
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginEndpointConfig.html>
    fn ports(&self) -> Vec<i64> {
        let (http, https) = (self.http_port.unwrap_or(80), self.https_port.unwrap_or(443));
        match self.origin_protocol_policy.as_str() {
            "http-only" => vec![http],
            "https-only" => vec![https],
            _ => vec![http, https],
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Distributions {
    distribution_list: Items<Distribution>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Distribution {
    id: String,
    enabled: bool,
    origins: Items<Origin>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Origin {
    vpc_origin_config: Option<VpcOriginId>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct VpcOriginId {
    vpc_origin_id: String,
}

impl Reader<'_> {
    pub(super) fn fronts(&mut self) -> Result<(), SnapshotError> {
        let services: Services = self.answer("ec2-describe-vpc-endpoint-service-configurations")?;
        let place = self.place();
        for value in services.service_configurations {
            self.network().endpoint_services.insert(value.service_name.clone(), Known { place, value });
        }
        self.accelerators()?;
        self.vpc_origins()
    }

    fn accelerators(&mut self) -> Result<(), SnapshotError> {
        let accelerators: Accelerators = self.answer("globalaccelerator-list-accelerators")?;
        for mut value in accelerators.accelerators {
            let listeners = self.answer_for::<Listeners>("globalaccelerator-list-listeners", &value.accelerator_arn)?;
            let mut listeners = listeners.map(|listeners| listeners.listeners);
            for listener in listeners.iter_mut().flatten() {
                let groups = self.answer_for::<Groups>("globalaccelerator-list-endpoint-groups", &listener.listener_arn)?;
                listener.groups = groups.map(|groups| groups.endpoint_groups);
            }
            value.listeners = listeners;
            let place = self.place();
            self.network().accelerators.insert(value.accelerator_arn.clone(), Known { place, value });
        }
        Ok(())
    }

    fn vpc_origins(&mut self) -> Result<(), SnapshotError> {
        let origins: Origins = self.answer("cloudfront-list-vpc-origins")?;
        if origins.vpc_origin_list.items.is_empty() {
            return Ok(());
        }
        let distributions: Distributions = self.answer("cloudfront-list-distributions")?;
        let mut users: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
        for distribution in distributions.distribution_list.items {
            for origin in distribution.origins.items.into_iter().filter_map(|origin| origin.vpc_origin_config) {
                users.entry(origin.vpc_origin_id).or_default().push((distribution.id.clone(), distribution.enabled));
            }
        }
        for mut value in origins.vpc_origin_list.items {
            let detail = self.answer_for::<OriginDetail>("cloudfront-get-vpc-origin", &value.id)?.unwrap_or_default();
            value.ports = detail.vpc_origin.vpc_origin_endpoint_config.ports();
            value.distributions = users.remove(&value.id).unwrap_or_default();
            let place = self.place();
            self.network().vpc_origins.insert(value.id.clone(), Known { place, value });
        }
        Ok(())
    }
}
