//! VPCs, subnets, route tables and network ACLs as AWS describes them.

use serde::{Deserialize, Serialize};

/// A network.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Vpc {
    /// `vpc-…`
    pub vpc_id: String,
    /// The first IPv4 network.
    pub cidr_block: String,
    /// All IPv4 networks.
    pub cidr_block_association_set: Vec<CidrAssociation>,
    /// All IPv6 networks.
    pub ipv6_cidr_block_association_set: Vec<Ipv6Association>,
    /// Whose it is.
    pub owner_id: String,
    /// Tags.
    pub tags: Vec<Tag>,
    /// AWS made it.
    pub is_default: bool,
}

/// A tag.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// An IPv4 network of a VPC.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CidrAssociation {
    /// The network.
    pub cidr_block: String,
    /// Whether it is in use.
    pub cidr_block_state: State,
}

/// An IPv6 network of a VPC or subnet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipv6Association {
    /// The network.
    pub ipv6_cidr_block: String,
    /// Whether it is in use, for a VPC or subnet.
    #[serde(alias = "SubnetCidrBlockState")]
    pub ipv6_cidr_block_state: State,
}

/// `{"State": "associated"}`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct State {
    /// The state; empty when it was not told.
    pub state: String,
}

impl State {
    /// Whether something that is in this state counts.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(self.state.as_str(), "" | "associated" | "associating")
    }
}

/// A subnet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Subnet {
    /// `subnet-…`
    pub subnet_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its IPv4 network.
    pub cidr_block: String,
    /// Its IPv6 networks.
    pub ipv6_cidr_block_association_set: Vec<Ipv6Association>,
    /// Its Availability Zone.
    pub availability_zone: String,
    /// Whose it is.
    pub owner_id: String,
    /// Instances in it get a public address.
    pub map_public_ip_on_launch: bool,
    /// Tags.
    pub tags: Vec<Tag>,
}

/// A route table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteTable {
    /// `rtb-…`
    pub route_table_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// For which subnets and gateways it is.
    pub associations: Vec<TableAssociation>,
    /// The routes, in the order in which AWS lists them.
    pub routes: Vec<Route>,
}

/// What a route table is for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TableAssociation {
    /// For every subnet without a table of its own.
    pub main: bool,
    /// For this subnet.
    pub subnet_id: String,
    /// For what comes in through this gateway.
    pub gateway_id: String,
    /// Whether it counts.
    pub association_state: State,
}

/// A route. It has one destination and one target.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Route {
    /// An IPv4 network.
    pub destination_cidr_block: String,
    /// An IPv6 network.
    pub destination_ipv6_cidr_block: String,
    /// A prefix list.
    pub destination_prefix_list_id: String,
    /// `local`, an internet, virtual private or carrier gateway, a VPC endpoint.
    pub gateway_id: String,
    /// A NAT gateway.
    pub nat_gateway_id: String,
    /// An egress-only internet gateway.
    pub egress_only_internet_gateway_id: String,
    /// A transit gateway.
    pub transit_gateway_id: String,
    /// A peering connection.
    pub vpc_peering_connection_id: String,
    /// A network interface.
    pub network_interface_id: String,
    /// The instance of that interface.
    pub instance_id: String,
    /// A local gateway of an Outpost.
    pub local_gateway_id: String,
    /// A carrier gateway.
    pub carrier_gateway_id: String,
    /// A core network of Cloud WAN.
    pub core_network_arn: String,
    /// `active` or `blackhole`.
    pub state: String,
    /// `CreateRouteTable`, `CreateRoute` or `EnableVgwRoutePropagation`.
    pub origin: String,
}

impl Route {
    /// Where it leads; empty where AWS has a kind of targets that is not known here.
    #[must_use]
    pub fn target(&self) -> &str {
        [
            &self.gateway_id,
            &self.nat_gateway_id,
            &self.egress_only_internet_gateway_id,
            &self.transit_gateway_id,
            &self.vpc_peering_connection_id,
            &self.network_interface_id,
            &self.carrier_gateway_id,
            &self.local_gateway_id,
            &self.core_network_arn,
            &self.instance_id,
        ]
        .into_iter()
        .find(|target| !target.is_empty())
        .map_or("", String::as_str)
    }

    /// Where to, as it is written.
    #[must_use]
    pub fn destination(&self) -> &str {
        [&self.destination_cidr_block, &self.destination_ipv6_cidr_block, &self.destination_prefix_list_id]
            .into_iter()
            .find(|text| !text.is_empty())
            .map_or("", String::as_str)
    }

    /// Whether its target is there.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state != "blackhole"
    }
}

/// A network ACL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NetworkAcl {
    /// `acl-…`
    pub network_acl_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// AWS made it, for every subnet without another.
    pub is_default: bool,
    /// For which subnets it is.
    pub associations: Vec<AclAssociation>,
    /// Its entries.
    pub entries: Vec<AclEntry>,
}

/// For which subnet a network ACL is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AclAssociation {
    /// The subnet.
    pub subnet_id: String,
}

/// An entry of a network ACL.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AclEntry {
    /// For packets out of the subnet, not into it.
    pub egress: bool,
    /// Lower numbers come first.
    pub rule_number: i64,
    /// `allow` or `deny`.
    pub rule_action: String,
    /// By number; `-1` for all.
    pub protocol: String,
    /// From, or to, this IPv4 network.
    pub cidr_block: String,
    /// From, or to, this IPv6 network.
    pub ipv6_cidr_block: String,
    /// The ports to.
    pub port_range: Option<PortRange>,
    /// The type of ICMP.
    pub icmp_type_code: Option<IcmpTypeCode>,
}

/// Ports.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PortRange {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
}

/// A type and code of ICMP; -1 for any.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IcmpTypeCode {
    /// The type.
    pub r#type: i64,
    /// The code.
    pub code: i64,
}
