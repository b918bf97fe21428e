//! Reading the one list that a describe call answers with, and nothing else of the answer.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::gateway::{CarrierGateway, Endpoint, InternetGateway, NatGateway, Peering, VpnConnection, VpnGateway};
use super::interface::{Instance, Interface, SecurityGroup};
use super::transit::{TransitAttachment, TransitGateway, TransitPeering, TransitVpcAttachment};
use super::vpc::{NetworkAcl, RouteTable, Subnet, Vpc};

/// Something that one call lists.
pub trait Described: DeserializeOwned {
    /// The call.
    const CALL: &'static str;
    /// The member of its answer.
    const MEMBER: &'static str;
    /// Its id.
    fn id(&self) -> &str;
    /// The account that it is of; empty where AWS does not tell.
    fn owner(&self) -> &str {
        ""
    }
}

macro_rules! described {
    ($($kind:ty: $call:literal, $member:literal, $id:ident $(, $owner:ident)?;)*) => {
        $(impl Described for $kind {
            const CALL: &'static str = $call;
            const MEMBER: &'static str = $member;
            fn id(&self) -> &str {
                &self.$id
            }
            $(fn owner(&self) -> &str {
                &self.$owner
            })?
        })*
    };
}

described! {
    Vpc: "ec2-describe-vpcs", "Vpcs", vpc_id, owner_id;
    Subnet: "ec2-describe-subnets", "Subnets", subnet_id, owner_id;
    RouteTable: "ec2-describe-route-tables", "RouteTables", route_table_id;
    NetworkAcl: "ec2-describe-network-acls", "NetworkAcls", network_acl_id;
    SecurityGroup: "ec2-describe-security-groups", "SecurityGroups", group_id, owner_id;
    Interface: "ec2-describe-network-interfaces", "NetworkInterfaces", network_interface_id, owner_id;
    Reservation: "ec2-describe-instances", "Reservations", reservation_id;
    InternetGateway: "ec2-describe-internet-gateways", "InternetGateways", internet_gateway_id;
    CarrierGateway: "ec2-describe-carrier-gateways", "CarrierGateways", carrier_gateway_id;
    NatGateway: "ec2-describe-nat-gateways", "NatGateways", nat_gateway_id;
    Peering: "ec2-describe-vpc-peering-connections", "VpcPeeringConnections", vpc_peering_connection_id;
    VpnGateway: "ec2-describe-vpn-gateways", "VpnGateways", vpn_gateway_id;
    VpnConnection: "ec2-describe-vpn-connections", "VpnConnections", vpn_connection_id;
    Endpoint: "ec2-describe-vpc-endpoints", "VpcEndpoints", vpc_endpoint_id;
    TransitAttachment: "ec2-describe-transit-gateway-attachments", "TransitGatewayAttachments", transit_gateway_attachment_id;
    TransitVpcAttachment: "ec2-describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments", transit_gateway_attachment_id;
    TransitPeering: "ec2-describe-transit-gateway-peering-attachments", "TransitGatewayPeeringAttachments", transit_gateway_attachment_id;
    TransitGateway: "ec2-describe-transit-gateways", "TransitGateways", transit_gateway_id;
    EgressOnly: "ec2-describe-egress-only-internet-gateways", "EgressOnlyInternetGateways", egress_only_internet_gateway_id;
}

/// Instances that were started together.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Reservation {
    /// `r-…`
    pub reservation_id: String,
    /// The instances.
    pub instances: Vec<Instance>,
}

/// An egress-only internet gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EgressOnly {
    /// `eigw-…`
    pub egress_only_internet_gateway_id: String,
    /// The VPC it is attached to.
    pub attachments: Vec<super::gateway::GatewayAttachment>,
}

/// The list in an answer.
#[derive(Debug)]
pub struct Listed<T>(pub Vec<T>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Described> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Described> Visitor<'de> for Members<T> {
            type Value = Listed<T>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(to, "an object with `{}`", T::MEMBER)
            }

            fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Listed<T>, M::Error> {
                let mut listed = Vec::new();
                while let Some(name) = members.next_key::<String>()? {
                    if name == T::MEMBER {
                        listed = members.next_value()?;
                    } else {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Listed(listed))
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}
