//! Transit gateways as AWS describes them.

use serde::Deserialize;

use super::vpc::Tag;

/// What is attached to a transit gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitAttachment {
    /// `tgw-attach-…`
    pub transit_gateway_attachment_id: String,
    /// The transit gateway.
    pub transit_gateway_id: String,
    /// The account of the transit gateway: only it sees the tables.
    pub transit_gateway_owner_id: String,
    /// `vpc`, `vpn`, `direct-connect-gateway`, `peering`, `connect`.
    pub resource_type: String,
    /// What is attached.
    pub resource_id: String,
    /// Its account.
    pub resource_owner_id: String,
    /// `available` where it works.
    pub state: String,
    /// The route table for what comes in through it.
    pub association: Option<TransitAssociation>,
}

/// The route table of an attachment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitAssociation {
    /// The table; or of an association, the attachment's own state.
    pub transit_gateway_route_table_id: String,
    /// `associated` where it counts.
    pub state: String,
}

/// An attached VPC.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitVpcAttachment {
    /// `tgw-attach-…`
    pub transit_gateway_attachment_id: String,
    /// The transit gateway.
    pub transit_gateway_id: String,
    /// The VPC.
    pub vpc_id: String,
    /// Its account.
    pub vpc_owner_id: String,
    /// `available` where it works.
    pub state: String,
    /// The subnets in which it has interfaces: their Availability Zones are served.
    pub subnet_ids: Vec<String>,
    /// What it supports.
    pub options: TransitOptions,
}

/// What a transit gateway, or an attachment, supports.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitOptions {
    /// `enable` where security groups of other VPCs count.
    pub security_group_referencing_support: String,
}

/// A transit gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitGateway {
    /// `tgw-…`
    pub transit_gateway_id: String,
    /// What it supports.
    pub options: TransitOptions,
    /// Tags.
    pub tags: Vec<Tag>,
}

/// A route of a transit gateway's table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitRoute {
    /// Where to.
    pub destination_cidr_block: String,
    /// Or to a prefix list.
    pub prefix_list_id: String,
    /// `static` or `propagated`.
    pub r#type: String,
    /// `active` or `blackhole`.
    pub state: String,
    /// Through these; several are used alike.
    pub transit_gateway_attachments: Vec<RouteAttachment>,
}

/// Through what a route leads.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteAttachment {
    /// The attachment.
    pub transit_gateway_attachment_id: String,
    /// What is attached.
    pub resource_id: String,
    /// Its kind.
    pub resource_type: String,
}

/// Two peered transit gateways.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransitPeering {
    /// `tgw-attach-…`
    pub transit_gateway_attachment_id: String,
    /// One side.
    pub requester_tgw_info: PeeredGateway,
    /// The other.
    pub accepter_tgw_info: PeeredGateway,
    /// `available` where it works.
    pub state: String,
}

/// One side of peered transit gateways.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PeeredGateway {
    /// `tgw-…`
    pub transit_gateway_id: String,
    /// Its account.
    pub owner_id: String,
    /// Its Region.
    pub region: String,
}

impl TransitPeering {
    /// The other side.
    #[must_use]
    pub fn far_side(&self, gateway: &str) -> Option<&PeeredGateway> {
        if self.requester_tgw_info.transit_gateway_id == gateway {
            Some(&self.accepter_tgw_info)
        } else if self.accepter_tgw_info.transit_gateway_id == gateway {
            Some(&self.requester_tgw_info)
        } else {
            None
        }
    }
}
