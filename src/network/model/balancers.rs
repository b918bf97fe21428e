//! Reading load balancers: a call each for listeners, rules, groups and targets.

use serde::Deserialize;

use super::balancer::{Balancer, BalancerKind, Listener, ListenerRule, Target, TargetGroup};
use super::interface::{GroupName, Interface, PublicAddress};
use super::read::Reader;
use super::{Known, Network};
use crate::snapshot::SnapshotError;

const LISTENERS: &str = "elbv2-describe-listeners";
const RULES: &str = "elbv2-describe-rules";
const GROUPS: &str = "elbv2-describe-target-groups";
const HEALTH: &str = "elbv2-describe-target-health";
const BALANCER_ATTRIBUTES: &str = "elbv2-describe-load-balancer-attributes";
const ATTRIBUTES: &str = "elbv2-describe-target-group-attributes";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Described {
    load_balancers: Vec<DescribedBalancer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DescribedBalancer {
    load_balancer_arn: String,
    #[serde(rename = "DNSName")]
    dns_name: String,
    load_balancer_name: String,
    scheme: String,
    vpc_id: String,
    r#type: String,
    availability_zones: Vec<Zone>,
    security_groups: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Zone {
    subnet_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Listeners {
    listeners: Vec<Listener>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rules {
    rules: Vec<ListenerRule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TargetGroups {
    target_groups: Vec<TargetGroup>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Health {
    target_health_descriptions: Vec<HealthDescription>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct HealthDescription {
    target: TargetDescription,
    target_health: TargetHealth,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TargetDescription {
    id: String,
    port: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TargetHealth {
    state: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Attributes {
    attributes: Vec<Attribute>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Attribute {
    key: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Classics {
    load_balancer_descriptions: Vec<Classic>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Classic {
    load_balancer_name: String,
    #[serde(rename = "DNSName")]
    dns_name: String,
    #[serde(rename = "VPCId")]
    vpc_id: String,
    scheme: String,
    subnets: Vec<String>,
    security_groups: Vec<String>,
    instances: Vec<ClassicInstance>,
    listener_descriptions: Vec<ClassicListener>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ClassicInstance {
    instance_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ClassicListener {
    listener: ClassicPorts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ClassicPorts {
    protocol: String,
    load_balancer_port: Option<i64>,
    instance_port: Option<i64>,
}

impl Reader<'_> {
    pub(super) fn balancers(&mut self) -> Result<(), SnapshotError> {
        let described: Described = self.answer("elbv2-describe-load-balancers")?;
        for described in described.load_balancers {
            let listeners = self.listeners(&described.load_balancer_arn)?;
            self.target_groups(&described.load_balancer_arn)?;
            let kind = match described.r#type.as_str() {
                "network" => BalancerKind::Network,
                "gateway" => BalancerKind::Gateway,
                _ => BalancerKind::Application,
            };
            let value = Balancer {
                name: described.load_balancer_name,
                dns: described.dns_name,
                arn: described.load_balancer_arn.clone(),
                kind,
                vpc: described.vpc_id,
                internal: described.scheme == "internal",
                groups: described.security_groups,
                subnets: described.availability_zones.into_iter().map(|zone| zone.subnet_id).collect(),
                listeners,
                cross_zone: cross_zone(
                    &self.answer_for::<Attributes>(BALANCER_ATTRIBUTES, &described.load_balancer_arn)?.unwrap_or_default().attributes,
                ),
                ..Balancer::default()
            };
            self.add_balancer(described.load_balancer_arn, value);
        }
        self.classic()
    }

    fn add_balancer(&mut self, id: String, value: Balancer) {
        let place = self.place();
        self.network().balancers.insert(id, Known { place, value });
    }

    fn listeners(&mut self, balancer: &str) -> Result<Option<Vec<Listener>>, SnapshotError> {
        let Some(Listeners { mut listeners }) = self.answer_for::<Listeners>(LISTENERS, balancer)? else { return Ok(None) };
        for listener in &mut listeners {
            let rules = self.answer_for::<Rules>(RULES, &listener.listener_arn)?;
            listener.rules = rules.map(|rules| rules.rules);
        }
        Ok(Some(listeners))
    }

    fn target_groups(&mut self, balancer: &str) -> Result<(), SnapshotError> {
        let groups = self.answer_for::<TargetGroups>(GROUPS, balancer)?.unwrap_or_default();
        for mut value in groups.target_groups {
            let arn = value.target_group_arn.clone();
            let health = self.answer_for::<Health>(HEALTH, &arn)?;
            let target =
                |found: HealthDescription| Target { id: found.target.id, port: found.target.port, state: found.target_health.state };
            value.targets = health.map(|health| health.target_health_descriptions.into_iter().map(target).collect());
            let attributes = self.answer_for::<Attributes>(ATTRIBUTES, &arn)?.unwrap_or_default().attributes;
            let preserves = attributes.iter().find(|attribute| attribute.key == "preserve_client_ip.enabled");
            value.preserves_client = preserves.map(|attribute| attribute.value == "true");
            value.cross_zone = cross_zone(&attributes);
            let place = self.place();
            self.network().target_groups.insert(arn, Known { place, value });
        }
        Ok(())
    }

    fn classic(&mut self) -> Result<(), SnapshotError> {
        let classics: Classics = self.answer("elb-describe-load-balancers")?;
        for classic in classics.load_balancer_descriptions {
            let listener = |found: ClassicListener| Listener {
                protocol: found.listener.protocol,
                port: found.listener.load_balancer_port,
                instance_port: found.listener.instance_port,
                rules: Some(Vec::new()),
                ..Listener::default()
            };
            let value = Balancer {
                name: classic.load_balancer_name.clone(),
                dns: classic.dns_name.clone(),
                kind: BalancerKind::Classic,
                vpc: classic.vpc_id,
                internal: classic.scheme == "internal",
                groups: classic.security_groups,
                subnets: classic.subnets,
                listeners: Some(classic.listener_descriptions.into_iter().map(listener).collect()),
                instances: classic.instances.into_iter().map(|instance| instance.instance_id).collect(),
                ..Balancer::default()
            };
            let id = format!("{}/{}", self.place(), classic.load_balancer_name);
            self.add_balancer(id, value);
        }
        Ok(())
    }
}

fn cross_zone(attributes: &[Attribute]) -> Option<bool> {
    let written = &attributes.iter().find(|attribute| attribute.key == "load_balancing.cross_zone.enabled")?.value;
    written.parse().ok()
}

/// Which interfaces are a load balancer's: AWS writes its name on them.
pub(super) fn name_interfaces(network: &mut Network) {
    let mut found: Vec<(String, String)> = Vec::new();
    for interface in network.interfaces.values() {
        let Some(written) = interface.description.strip_prefix("ELB ") else { continue };
        for (id, balancer) in network.balancers.iter().filter(|(_, balancer)| balancer.vpc == interface.vpc_id) {
            let tail = balancer.arn.split_once(":loadbalancer/").map_or(balancer.name.as_str(), |(_, tail)| tail);
            if written == tail {
                found.push((id.clone(), interface.network_interface_id.clone()));
            }
        }
    }
    for (id, interface) in found {
        if let Some(balancer) = network.balancers.get_mut(&id) {
            balancer.value.interfaces.push(interface);
        }
    }
    stand_in(network);
}

/// Emulators, and snapshots without interfaces, have load balancers without any: one for each subnet stands for them.
fn stand_in(network: &mut Network) {
    let mut made = Vec::new();
    for (key, balancer) in network.balancers.iter().filter(|(_, balancer)| balancer.interfaces.is_empty()) {
        for subnet in balancer.subnets.iter().filter_map(|id| network.subnets.get(id)) {
            let id = format!("{} in {}", balancer.name, subnet.subnet_id);
            let network: Option<ipnet::Ipv4Net> = subnet.cidr_block.parse().ok();
            let last = network.and_then(|network| network.hosts().last());
            let public = PublicAddress { public_ip: "not known".to_owned(), carrier_ip: String::new() };
            let value = Interface {
                network_interface_id: id,
                subnet_id: subnet.subnet_id.clone(),
                vpc_id: balancer.vpc.clone(),
                description: format!("ELB {}", balancer.name),
                groups: balancer.groups.iter().map(|group| GroupName { group_id: group.clone() }).collect(),
                private_ip_address: last.map(|address| address.to_string()).unwrap_or_default(),
                association: (!balancer.internal).then_some(public),
                ..Interface::default()
            };
            made.push((key.clone(), Known { place: balancer.place, value }));
        }
    }
    for (key, interface) in made {
        let id = interface.network_interface_id.clone();
        network.interfaces.insert(id.clone(), interface);
        if let Some(balancer) = network.balancers.get_mut(&key) {
            balancer.value.interfaces.push(id);
        }
    }
}
