//! Gateways, peering connections and what is beyond them, as AWS describes them.

use serde::Deserialize;

/// An internet gateway, or an egress-only one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InternetGateway {
    /// `igw-…`, `eigw-…`
    #[serde(alias = "EgressOnlyInternetGatewayId")]
    pub internet_gateway_id: String,
    /// The VPC it is attached to.
    pub attachments: Vec<GatewayAttachment>,
}

/// The VPC that a gateway is attached to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GatewayAttachment {
    /// `available` or `attached` where it works.
    pub state: String,
    /// The VPC.
    pub vpc_id: String,
}

impl GatewayAttachment {
    /// Whether it works for a VPC.
    #[must_use]
    pub fn works_for(&self, vpc: &str) -> bool {
        self.vpc_id == vpc && matches!(self.state.as_str(), "available" | "attached")
    }
}

/// A carrier gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CarrierGateway {
    /// `cagw-…`
    pub carrier_gateway_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// `available` where it works.
    pub state: String,
}

/// A NAT gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NatGateway {
    /// `nat-…`
    pub nat_gateway_id: String,
    /// Its subnet.
    pub subnet_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// `available` where it works.
    pub state: String,
    /// `public` or `private`.
    pub connectivity_type: String,
    /// Its addresses.
    pub nat_gateway_addresses: Vec<NatAddress>,
}

/// An address of a NAT gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NatAddress {
    /// Its network interface.
    pub network_interface_id: String,
    /// The private address.
    pub private_ip: String,
    /// The public one.
    pub public_ip: String,
}

/// A peering connection of two VPCs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Peering {
    /// `pcx-…`
    pub vpc_peering_connection_id: String,
    /// One side.
    pub requester_vpc_info: PeeredVpc,
    /// The other.
    pub accepter_vpc_info: PeeredVpc,
    /// `{"Code": "active"}`
    pub status: Status,
}

/// One side of a peering connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PeeredVpc {
    /// Its account.
    pub owner_id: String,
    /// Its Region.
    pub region: String,
    /// The VPC.
    pub vpc_id: String,
    /// Its first network.
    pub cidr_block: String,
    /// All its IPv4 networks.
    pub cidr_block_set: Vec<Cidr>,
    /// All its IPv6 networks.
    pub ipv6_cidr_block_set: Vec<Ipv6Cidr>,
}

/// An IPv4 network.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Cidr {
    /// The network.
    pub cidr_block: String,
}

/// An IPv6 network.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipv6Cidr {
    /// The network.
    pub ipv6_cidr_block: String,
}

/// A code in words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Status {
    /// The code.
    pub code: String,
}

impl Peering {
    /// The other side, seen from a VPC.
    #[must_use]
    pub fn far_side(&self, vpc: &str) -> Option<&PeeredVpc> {
        if self.requester_vpc_info.vpc_id == vpc {
            Some(&self.accepter_vpc_info)
        } else if self.accepter_vpc_info.vpc_id == vpc {
            Some(&self.requester_vpc_info)
        } else {
            None
        }
    }
}

/// A virtual private gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpnGateway {
    /// `vgw-…`
    pub vpn_gateway_id: String,
    /// `available` where it works.
    pub state: String,
    /// The VPC it is attached to.
    pub vpc_attachments: Vec<GatewayAttachment>,
}

/// A VPN connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpnConnection {
    /// `vpn-…`
    pub vpn_connection_id: String,
    /// `available` where it works.
    pub state: String,
    /// The virtual private gateway that it ends at.
    pub vpn_gateway_id: String,
    /// Its other end.
    pub customer_gateway_id: String,
    /// Or the transit gateway.
    pub transit_gateway_id: String,
    /// Its tunnels.
    pub vgw_telemetry: Vec<Telemetry>,
}

/// A tunnel of a VPN connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Telemetry {
    /// `UP` or `DOWN`.
    pub status: String,
    /// Its public address on AWS's side.
    pub outside_ip_address: String,
}

/// A VPC endpoint.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Endpoint {
    /// `vpce-…`
    pub vpc_endpoint_id: String,
    /// `Gateway`, `Interface`, `GatewayLoadBalancer`…
    pub vpc_endpoint_type: String,
    /// Its VPC.
    pub vpc_id: String,
    /// `com.amazonaws.us-east-1.s3`…
    pub service_name: String,
    /// `available` where it works.
    pub state: String,
    /// The tables that a gateway endpoint is in.
    pub route_table_ids: Vec<String>,
    /// The subnets of an interface endpoint.
    pub subnet_ids: Vec<String>,
    /// Its security groups.
    pub groups: Vec<super::interface::GroupName>,
    /// Its network interfaces.
    pub network_interface_ids: Vec<String>,
}
