//! What joins networks: peering connections, transit gateways, VPN and Direct Connect.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use super::{Edges, Why, outside};
use crate::map::Map;
use crate::map::node::Node;
use crate::network::model::Place;
use crate::network::model::gateway::VpnConnection;
use crate::network::model::vpc::Tag;

impl Edges<'_> {
    /// Between VPCs that are drawn.
    pub(super) fn peerings(&mut self, map: &Map) {
        let drawn = vpcs(map);
        for peering in self.network.peerings.values().filter(|peering| peering.status.code == "active") {
            let ends = [&peering.requester_vpc_info, &peering.accepter_vpc_info].map(|side| drawn.get(side.vpc_id.as_str()));
            if let [Some(source), Some(target)] = ends {
                self.add(source, target, "peering", &Why::default());
            }
        }
    }

    /// Between drawn VPCs and the transit gateways that they are attached to, and from those to what else is.
    pub(super) fn transit_gateways(&mut self, map: &Map) {
        let (network, drawn) = (self.network, vpcs(map));
        let mut gateways: BTreeSet<&str> = BTreeSet::new();
        for attachment in network.vpc_attachments.values().filter(|attachment| attachment.state == "available") {
            let Some(vpc) = drawn.get(attachment.vpc_id.as_str()) else { continue };
            let gateway = self.transit_gateway(&attachment.transit_gateway_id, attachment.place);
            gateways.insert(&attachment.transit_gateway_id);
            self.add(vpc, &gateway, "transit", &Why::default());
        }
        for peering in network.transit_peerings.values().filter(|peering| peering.state == "available") {
            let sides = [&peering.requester_tgw_info, &peering.accepter_tgw_info];
            if sides.iter().any(|side| gateways.contains(side.transit_gateway_id.as_str())) {
                let [source, target] = sides.map(|side| self.transit_gateway(&side.transit_gateway_id, peering.place));
                self.add(&source, &target, "transit", &Why::default());
            }
        }
        for connection in network.vpn_connections.values().filter(|connection| gateways.contains(connection.transit_gateway_id.as_str())) {
            let gateway = self.transit_gateway(&connection.transit_gateway_id, connection.place);
            self.vpn(&gateway, connection);
        }
        for attachment in network.attachments.values().filter(|attachment| gateways.contains(attachment.transit_gateway_id.as_str())) {
            if attachment.resource_type == "direct-connect-gateway" && attachment.state == "available" {
                let gateway = self.transit_gateway(&attachment.transit_gateway_id, attachment.place);
                let far = &attachment.resource_id;
                self.node(far, outside(far, far, "direct_connect_gateway", json!(far)));
                self.add(&gateway, far, "directconnect", &Why::default());
            }
        }
    }

    /// Between drawn VPCs and their virtual private gateways, and from those to networks outside of AWS.
    pub(super) fn private_gateways(&mut self, map: &Map) {
        let (network, drawn) = (self.network, vpcs(map));
        for gateway in network.vpn_gateways.values() {
            let id = &gateway.vpn_gateway_id;
            let attached: Vec<&&str> = gateway
                .vpc_attachments
                .iter()
                .filter(|attached| attached.works_for(&attached.vpc_id))
                .filter_map(|attached| drawn.get(attached.vpc_id.as_str()))
                .collect();
            let connections: Vec<&VpnConnection> =
                network.vpn_connections.values().map(|known| &known.value).filter(|connection| connection.vpn_gateway_id == *id).collect();
            let direct = network.direct.contains(id);
            if attached.is_empty() || (connections.is_empty() && !direct) {
                continue;
            }
            let node = self.gateway(id, "vpn_gateway", gateway.place, &[]);
            for vpc in attached {
                self.add(vpc, &node, if direct { "directconnect" } else { "vpn" }, &Why::default());
            }
            for connection in connections {
                self.vpn(&node, connection);
            }
            if direct {
                self.node("on-premises", outside("Direct Connect", "on-premises", "directconnect", json!("Direct Connect")));
                self.add(&node, "on-premises", "directconnect", &Why::default());
            }
        }
    }

    /// From a gateway to the other end of a VPN connection, unless all its tunnels are down.
    fn vpn(&mut self, gateway: &str, connection: &VpnConnection) {
        let down = !connection.vgw_telemetry.is_empty() && connection.vgw_telemetry.iter().all(|tunnel| tunnel.status != "UP");
        if connection.state != "available" || down {
            return;
        }
        let far = if connection.customer_gateway_id.is_empty() { &connection.vpn_connection_id } else { &connection.customer_gateway_id };
        self.node(far, outside(far, far, "customer_gateway", json!({"VpnConnectionId": connection.vpn_connection_id})));
        self.add(gateway, far, "vpn", &Why::default());
    }

    fn transit_gateway(&mut self, id: &str, seen_at: Place) -> String {
        let known = self.network.transit_gateways.get(id);
        let tags = known.map(|gateway| gateway.value.tags.clone()).unwrap_or_default();
        self.gateway(id, "transit_gateway", known.map_or(seen_at, |gateway| gateway.place), &tags)
    }

    /// A node in the box of its Region.
    fn gateway(&mut self, id: &str, kind: &str, place: Place, tags: &[Tag]) -> String {
        let Some(region) = self.network.place(place) else { return id.to_owned() };
        let (partition, name, account) = (&region.partition, &region.region, &region.account);
        let node = format!("arn:{partition}:ec2:{name}:{account}:{}/{id}", kind.replace('_', "-"));
        let parent = Some(format!("arn:{partition}::{name}:{account}:"));
        let label = tags.iter().find(|tag| tag.key == "Name").map_or(id, |tag| tag.value.as_str());
        let tags = tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
        self.node(&node, Node { parent, tags, ..outside(label, id, kind, json!({"Id": id})) });
        node
    }
}

/// The nodes of VPCs, by id.
fn vpcs(map: &Map) -> HashMap<&str, &str> {
    map.nodes.iter().filter(|node| node.kind == "vpc").map(|node| (node.local.as_str(), node.id.as_str())).collect()
}
