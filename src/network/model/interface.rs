//! Security groups, prefix lists, network interfaces and instances as AWS describes them.

use serde::{Deserialize, Serialize};

use super::vpc::Tag;

/// A security group.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SecurityGroup {
    /// `sg-…`
    pub group_id: String,
    /// Its name.
    pub group_name: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Whose it is.
    pub owner_id: String,
    /// Who may come in.
    pub ip_permissions: Vec<IpPermission>,
    /// Where one may go.
    pub ip_permissions_egress: Vec<IpPermission>,
    /// Tags.
    pub tags: Vec<Tag>,
}

/// Rules of one protocol and port range.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpPermission {
    /// By name or number; `-1` for all.
    pub ip_protocol: String,
    /// The first port, or the type of ICMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i64>,
    /// The last port, or the code of ICMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i64>,
    /// IPv4 networks.
    pub ip_ranges: Vec<IpRange>,
    /// IPv6 networks.
    pub ipv6_ranges: Vec<Ipv6Range>,
    /// Prefix lists.
    pub prefix_list_ids: Vec<PrefixListId>,
    /// Other groups.
    pub user_id_group_pairs: Vec<GroupPair>,
}

/// An IPv4 network in a rule.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpRange {
    /// The network.
    pub cidr_ip: String,
}

/// An IPv6 network in a rule.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipv6Range {
    /// The network.
    pub cidr_ipv6: String,
}

/// A prefix list in a rule.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrefixListId {
    /// The list.
    pub prefix_list_id: String,
}

/// A group in a rule.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupPair {
    /// The group.
    pub group_id: String,
    /// Its account.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user_id: String,
    /// The peering connection, for a group of another VPC.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub vpc_peering_connection_id: String,
    /// What became of that connection: `active`, `deleted`…
    #[serde(skip_serializing_if = "String::is_empty")]
    pub peering_status: String,
}

/// The name of a group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupName {
    /// The group.
    pub group_id: String,
}

/// A network interface.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Interface {
    /// `eni-…`
    pub network_interface_id: String,
    /// Its subnet.
    pub subnet_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// What AWS or its owner wrote on it.
    pub description: String,
    /// `interface`, `nat_gateway`, `vpc_endpoint`, `network_load_balancer`, `lambda`…
    pub interface_type: String,
    /// The service that made it.
    pub requester_id: String,
    /// Whose it is.
    pub owner_id: String,
    /// Its security groups.
    pub groups: Vec<GroupName>,
    /// The first private address.
    pub private_ip_address: String,
    /// All private addresses, with their public ones.
    pub private_ip_addresses: Vec<PrivateAddress>,
    /// IPv6 addresses.
    pub ipv6_addresses: Vec<Ipv6Address>,
    /// Networks delegated to it.
    pub ipv4_prefixes: Vec<Ipv4Prefix>,
    /// Networks delegated to it.
    pub ipv6_prefixes: Vec<Ipv6Prefix>,
    /// The public address of the first private one.
    pub association: Option<PublicAddress>,
    /// To what it is attached.
    pub attachment: Option<Attachment>,
    /// Only packets to and from its own addresses.
    pub source_dest_check: Option<bool>,
    /// `in-use` or `available`.
    pub status: String,
    /// Tags.
    #[serde(rename = "TagSet", alias = "Tags")]
    pub tags: Vec<Tag>,
}

/// A private address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrivateAddress {
    /// The address.
    pub private_ip_address: String,
    /// Its public address.
    pub association: Option<PublicAddress>,
}

/// A public address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PublicAddress {
    /// On the internet.
    pub public_ip: String,
    /// In the network of a carrier.
    pub carrier_ip: String,
}

/// An IPv6 address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipv6Address {
    /// The address.
    pub ipv6_address: String,
}

/// A network delegated to an interface.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html>
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipv4Prefix {
    /// The network.
    pub ipv4_prefix: String,
}

/// The same of IPv6.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipv6Prefix {
    /// The network.
    pub ipv6_prefix: String,
}

/// To what an interface is attached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Attachment {
    /// The instance.
    pub instance_id: String,
    /// `attached`…
    pub status: String,
    /// 0 is the instance's first.
    pub device_index: Option<u32>,
}

impl Interface {
    /// Each private IPv4 address with the public one it has, if any.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, Option<&PublicAddress>)> {
        let listed = self.private_ip_addresses.iter().map(|own| (own.private_ip_address.as_str(), own.association.as_ref()));
        let single = self.private_ip_addresses.is_empty() && !self.private_ip_address.is_empty();
        listed.chain(single.then_some((self.private_ip_address.as_str(), self.association.as_ref())))
    }

    /// Its security groups.
    pub fn group_ids(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(|group| group.group_id.as_str())
    }
}

/// An instance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Instance {
    /// `i-…`
    pub instance_id: String,
    /// `{"Name": "running"}`
    pub state: InstanceState,
    /// Its VPC.
    pub vpc_id: String,
    /// Its subnet.
    pub subnet_id: String,
    /// Its public address.
    pub public_ip_address: String,
    /// The DNS name of that.
    pub public_dns_name: String,
    /// The DNS name within the VPC.
    pub private_dns_name: String,
    /// Its network interfaces.
    pub network_interfaces: Vec<Interface>,
    /// Tags.
    pub tags: Vec<Tag>,
}

/// The state of an instance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstanceState {
    /// `running`, `stopped`…
    pub name: String,
}
