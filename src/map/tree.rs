//! Boxes, from accounts down to subnets, and what stands in them. Only what holds something is drawn.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ends::Ends;
use super::leaves::{Leaf, is_chosen};
use super::node::Node;
use super::{Map, Options};
use crate::network::model::Network;
use crate::network::model::vpc::{Route, Subnet, Tag, Vpc};

/// Where a leaf was put: the ids of its nodes.
pub(super) struct Placed {
    pub(super) leaf: Leaf,
    pub(super) nodes: Vec<String>,
    pub(super) vpc: String,
    pub(super) ends: Ends,
}

pub(super) fn build(network: &Network, leaves: Vec<Leaf>, options: &Options, map: &mut Map) -> Vec<Placed> {
    let mut boxes = Boxes { network, options, nodes: BTreeMap::new(), order: Vec::new() };
    for place in 0..network.places.len() {
        boxes.account(place);
    }
    let (mut placed, mut leaf_nodes, mut homeless) = (Vec::new(), Vec::new(), 0_usize);
    for leaf in leaves {
        let Some((parents, vpc)) = boxes.home(&leaf) else {
            homeless += 1;
            continue;
        };
        if parents.is_empty() {
            continue;
        }
        let several = parents.len() > 1
            || (!matches!(leaf.kind.as_str(), "ec2" | "ecs" | "elasticsearch" | "autoscaling" | "grouped_ec2") && !leaf.gateway);
        let mut nodes = Vec::new();
        for (parent, subnet) in parents {
            let id = if several && !subnet.is_empty() { format!("{}.{subnet}", leaf.id) } else { leaf.id.clone() };
            leaf_nodes.push(node(&leaf, &id, parent, options));
            nodes.push(id);
        }
        placed.push(Placed { leaf, nodes, vpc, ends: Ends::default() });
    }
    if homeless > 0 {
        map.notes.push(format!("{homeless} resources are in no subnet of the snapshot, and are not drawn"));
    }
    map.nodes = boxes.finish();
    map.nodes.extend(leaf_nodes);
    placed
}

fn node(leaf: &Leaf, id: &str, parent: String, options: &Options) -> Node {
    Node {
        id: id.to_owned(),
        name: leaf.name.clone(),
        kind: leaf.kind.clone(),
        local: leaf.local.clone(),
        parent: Some(parent),
        data: if options.node_data { leaf.data.clone() } else { json!({}) },
        tags: leaf.tags.clone(),
        count: leaf.count,
        ..Node::default()
    }
}

struct Boxes<'a> {
    network: &'a Network,
    options: &'a Options,
    nodes: BTreeMap<String, Node>,
    order: Vec<String>,
}

impl Boxes<'_> {
    fn add(&mut self, node: Node) {
        if !self.nodes.contains_key(&node.id) {
            self.order.push(node.id.clone());
            self.nodes.insert(node.id.clone(), node);
        }
    }

    fn data(&self, value: Value) -> Value {
        if self.options.node_data { value } else { json!({}) }
    }

    fn account(&mut self, place: usize) -> Option<String> {
        let region = self.network.place(place)?.clone();
        let id = format!("arn:{}:::{}:", region.partition, region.account);
        let data = self.data(json!({"id": region.account, "name": region.name}));
        self.add(Node {
            id: id.clone(),
            name: region.name,
            kind: "account".to_owned(),
            local: region.account,
            data,
            is_box: true,
            ..Node::default()
        });
        Some(id)
    }

    fn region(&mut self, place: usize) -> Option<String> {
        let parent = self.account(place)?;
        let region = self.network.place(place)?.clone();
        let id = format!("arn:{}::{}:{}:", region.partition, region.region, region.account);
        let data = self.data(json!({"RegionName": region.region}));
        let (name, local) = (region.region.clone(), region.region);
        self.add(Node {
            id: id.clone(),
            name,
            kind: "region".to_owned(),
            local,
            parent: Some(parent),
            data,
            is_box: true,
            ..Node::default()
        });
        Some(id)
    }

    /// The box of a VPC, unless it is not asked for.
    fn vpc(&mut self, id: &str) -> Option<String> {
        let vpc = self.network.vpcs.get(id)?;
        let name = tagged(&vpc.tags).unwrap_or(id);
        if !is_chosen(&self.options.vpc_ids, id) || !is_chosen(&self.options.vpc_names, name) {
            return None;
        }
        let place = self.network.place(vpc.place)?.clone();
        if !is_chosen(&self.options.regions, &place.region) {
            return None;
        }
        let parent = self.region(vpc.place)?;
        let node = format!("arn:{}::{}:{}:vpc/{id}", place.partition, place.region, place.account);
        let data = self.data(describe_vpc(vpc));
        let name = format!("{name} ({})", vpc.cidr_block);
        self.add(Node {
            id: node.clone(),
            name,
            kind: "vpc".to_owned(),
            local: id.to_owned(),
            parent: Some(parent),
            data,
            is_box: true,
            ..Node::default()
        });
        Some(node)
    }

    fn subnet(&mut self, id: &str) -> Option<String> {
        let subnet = self.network.subnets.get(id)?;
        let vpc = self.vpc(&subnet.vpc_id)?;
        let place = self.network.place(subnet.place)?.clone();
        let parent = if self.options.azs {
            let zone = subnet.availability_zone.clone();
            let az = format!("{vpc}/az/{zone}");
            let data = self.data(json!({"ZoneName": zone}));
            self.add(Node {
                id: az.clone(),
                name: zone.clone(),
                kind: "az".to_owned(),
                local: zone,
                parent: Some(vpc),
                data,
                is_box: true,
                ..Node::default()
            });
            az
        } else {
            vpc
        };
        let node = format!("arn:{}::{}:{}:subnet/{id}", place.partition, place.region, place.account);
        let data = self.data(describe_subnet(subnet));
        let name = format!("{} ({})", tagged(&subnet.tags).unwrap_or(id), subnet.cidr_block);
        self.add(Node {
            id: node.clone(),
            name,
            kind: "subnet".to_owned(),
            local: id.to_owned(),
            parent: Some(parent),
            data,
            public: self.is_public(subnet),
            is_box: true,
            ..Node::default()
        });
        Some(node)
    }

    /// Whether a subnet is what AWS calls public: its default route leads to an internet gateway.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types>
    fn is_public(&self, subnet: &Subnet) -> bool {
        let table = self.network.own_table(&subnet.subnet_id).or_else(|| self.network.main_table(&subnet.vpc_id));
        let leads = |route: &Route| {
            matches!(route.destination(), "0.0.0.0/0" | "::/0") && route.gateway_id.starts_with("igw-") && route.is_active()
        };
        table.is_some_and(|table| table.routes.iter().any(leads))
    }

    /// The boxes that a leaf is in, and its VPC. `None`: in none that is known; empty: in none that is asked for.
    fn home(&mut self, leaf: &Leaf) -> Option<(Vec<(String, String)>, String)> {
        let known: Vec<&str> = leaf.subnets.iter().map(String::as_str).filter(|id| self.network.subnets.contains_key(*id)).collect();
        let vpc = known.first().and_then(|id| self.network.subnets.get(*id)).map(|subnet| subnet.vpc_id.clone());
        let vpc = vpc.or_else(|| leaf.vpc.clone()).filter(|vpc| self.network.vpcs.contains_key(vpc))?;
        if known.is_empty() {
            if !leaf.gateway {
                return None;
            }
            let node = self.vpc(&vpc);
            return Some((node.into_iter().map(|node| (node, String::new())).collect(), vpc));
        }
        let mut homes = Vec::new();
        for id in known {
            homes.extend(self.subnet(id).map(|node| (node, id.to_owned())));
        }
        Some((homes, vpc))
    }

    /// All of them; those above others come first.
    fn finish(mut self) -> Vec<Node> {
        self.order.iter().filter_map(|id| self.nodes.remove(id)).collect()
    }
}

fn tagged(tags: &[Tag]) -> Option<&str> {
    tags.iter().find(|tag| tag.key == "Name").map(|tag| tag.value.as_str()).filter(|name| !name.is_empty())
}

fn tags(tags: &[Tag]) -> Value {
    tags.iter().map(|tag| json!({"Key": tag.key, "Value": tag.value})).collect()
}

fn describe_vpc(vpc: &Vpc) -> Value {
    json!({"VpcId": vpc.vpc_id, "CidrBlock": vpc.cidr_block, "IsDefault": vpc.is_default, "OwnerId": vpc.owner_id, "Tags": tags(&vpc.tags)})
}

fn describe_subnet(subnet: &Subnet) -> Value {
    json!({"SubnetId": subnet.subnet_id, "VpcId": subnet.vpc_id, "CidrBlock": subnet.cidr_block, "AvailabilityZone": subnet.availability_zone,
        "MapPublicIpOnLaunch": subnet.map_public_ip_on_launch, "Tags": tags(&subnet.tags)})
}
