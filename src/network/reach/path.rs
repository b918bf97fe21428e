//! One way that packets take, as far as they get.

use std::collections::BTreeSet;

use super::filter::Passed;
use crate::network::traffic::{Side, Traffic};

/// Why packets stop: the explanation codes of AWS's Reachability Analyzer, where it has one.
///
/// <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

macro_rules! codes {
    ($($name:ident: $text:literal, $words:literal, $change:literal;)*) => {
        impl Code {
            $(#[doc = $words] pub const $name: Self = Self($text);)*
            const ALL: &'static [(Self, &'static str, &'static str)] = &[$((Self::$name, $words, $change)),*];
        }
    };
}

codes! {
    ACL: "SUBNET_ACL_RESTRICTION", "The network ACL does not let the packets through.",
        "add an entry to {at}, before those that deny: {detail}";
    GROUPS: "ENI_SG_RULES_MISMATCH", "No rule of the security groups applies to the packets.",
        "add a rule to {at}: {detail}";
    NO_RULES: "SG_HAS_NO_RULES", "The security group has no rules in this direction.",
        "add a rule to {at}: {detail}";
    NO_ROUTE: "NO_ROUTE_TO_DESTINATION", "The route table has no route that leads there.",
        "change the routes of {at}: {detail}";
    BLACKHOLE: "BAD_STATE_ROUTE", "The route's target is gone: it is a blackhole.",
        "replace the blackhole route of {at}: {detail}";
    STATE: "BAD_STATE", "The component is not in a working state.",
        "bring {at} into service: {detail}";
    ATTACHMENT: "BAD_STATE_ATTACHMENT", "The gateway is not attached to this VPC, or the attachment does not work.",
        "attach {at}: {detail}";
    NO_PUBLIC_IN: "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "Packets from the internet find no public address that belongs to it.",
        "give it a public address for {at}";
    NO_PUBLIC_OUT: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "Without a public address, the internet gateway drops what goes out.",
        "give it a public address for {at}, or route through a NAT gateway";
    PEER_ADDRESS: "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "A peering connection carries packets only from one VPC's own addresses to the other's.",
        "route through something other than {at}: {detail}";
    NO_DESTINATION: "NO_POSSIBLE_DESTINATION", "Nothing in the network has the address.",
        "start something at that address of {at}";
    BLOCKED: "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "VPC Block Public Access keeps the internet out.",
        "exclude {at} from VPC Block Public Access, or switch that off";
    ADDRESS_CHECK: "ENI_SOURCE_DEST_CHECK_RESTRICTION", "The interface passes nothing on, for it checks addresses.",
        "switch off the source and destination check of {at}";
    REDIRECTION: "INGRESS_RTB_TRAFFIC_REDIRECTION", "The gateway's route table leads packets another way than those of the other direction.",
        "make both directions take the same way at {at}: {detail}";
    APPLIANCE_ADDRESS: "INGRESS_RTB_NO_PUBLIC_IP", "The interface that the gateway's route table leads to has no public address.",
        "give {at} a public address";
    PRIVATE_OUT: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "Private addresses are not behind an internet gateway.",
        "use a public address, or a route of {at} that leads to the private one";
    SHARED_OUT: "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", "Shared addresses are not behind an internet gateway.",
        "use a public address, or a route of {at} that leads to the shared one";
    CARRIER_IN: "CAGW_NO_INTERNET_INGRESS", "A carrier gateway lets in the carrier's network, not the internet.",
        "give it an address behind an internet gateway instead of {at}";
    CARRIER_OUT: "CAGW_CARRIER_IP_ASSOCIATION", "Without a carrier address, the carrier gateway drops what goes out.",
        "give it a carrier address for {at}";
    VPN: "BAD_STATE_VPN", "No tunnel of the VPN connection is up.",
        "bring a tunnel of {at} up";
    TRANSIT_VPN: "TGW_BAD_STATE_VPN", "No tunnel of the transit gateway's VPN connection is up.",
        "bring a tunnel of {at} up";
    TRANSIT_ROUTE: "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "The transit gateway's route table has no route to the attachment.",
        "add a route to {at}, or let the attachment propagate its networks to it: {detail}";
    TRANSIT_SPECIFIC: "TGW_RTB_MORE_SPECIFIC_ROUTE", "A more specific route of the transit gateway leads elsewhere.",
        "remove the more specific route of {at}: {detail}";
    TRANSIT_BLACKHOLE: "TGW_RTB_BAD_STATE_ROUTE", "The transit gateway's route is a blackhole.",
        "replace the blackhole route of {at}: {detail}";
    TRANSIT_ZONE: "TGW_ROUTE_AZ_RESTRICTION", "The attachment has no subnet in the Availability Zone.",
        "add a subnet of the zone to {at}: {detail}";
    TRANSIT_TABLE: "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "The attachment is associated with no route table.",
        "associate {at} with a route table";
    ENDPOINT_PROTOCOL: "VPCE_GATEWAY_PROTOCOL_RESTRICTION", "A gateway endpoint takes TCP and ICMP.",
        "use TCP or ICMP through {at}";
    ENDPOINT_SOURCE: "VPCE_INTRA_VPC_TRAFFIC", "An endpoint opens no connections.",
        "open the connection from the other side than {at}";
    LISTENERS: "ELBV2_LISTENERS_MISMATCH", "The load balancer has no listener for the packets.",
        "add a listener to {at} {detail}";
    CLASSIC_LISTENERS: "ELB_LISTENERS_MISMATCH", "The classic load balancer has no listener for the packets.",
        "add a listener to {at} {detail}";
    CLASSIC_PORT: "ELB_LISTENER_PORT_RESTRICTION", "The classic load balancer's listener passes on to another port.",
        "change the instance port of {at}: {detail}";
    CLASSIC_ACL: "ELB_ACL_RESTRICTION", "The network ACL stops the classic load balancer's packets within its subnet.",
        "add an entry to {at}, before those that deny: {detail}";
    NO_FORWARD: "ELBV2_LISTENER_REQUIRES_TG_ACCEPT", "No rule of the listener forwards to a target group.",
        "let a rule of {at} forward to a target group: {detail}";
    NO_TARGETS: "ELBV2_LISTENER_HAS_NO_TG", "The listener's target group has no targets.",
        "register a target: {at}: {detail}";
    TARGET_ADDRESS: "TARGET_ADDRESS_RESTRICTION", "It is no target of the load balancer.",
        "register it with {at}: {detail}";
    TARGET_PORT: "TARGET_PORT_RESTRICTION", "It is a target, with another port.",
        "register it with that port at {at}: {detail}";
    UNHEALTHY: "TARGET_UNHEALTHY", "The target fails its health check.",
        "make it pass the health check of {at}";
    ACCELERATOR_LISTENERS: "GA_LISTENERS_MISMATCH", "The accelerator has no listener for the packets.",
        "add a listener to {at} {detail}";
    ACCELERATOR_WEIGHT: "GA_NO_TRAFFIC", "The accelerator gives the endpoint no traffic.",
        "give the endpoint of {at} a weight, or the group a share of the traffic";
    NO_PATH: "NO_PATH", "No way leads there.",
        "join the two: {at} {detail}";
}

impl Code {
    /// What it means.
    #[must_use]
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|(code, ..)| *code == self).map_or("", |(_, words, _)| words)
    }

    fn change(self) -> &'static str {
        Self::ALL.iter().find(|(code, ..)| *code == self).map_or("", |(.., change)| change)
    }
}

/// Something on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Its id.
    pub id: String,
    /// What let the packets through, where rules did.
    pub by: Vec<String>,
    /// Those rules are for what goes out.
    pub out: bool,
}

/// Something that stops packets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stop {
    /// Why.
    pub code: Code,
    /// Where: an id.
    pub at: String,
    /// More of it: the direction, the addresses.
    pub detail: String,
}

impl Stop {
    /// What would have to change for packets to pass.
    #[must_use]
    pub fn change(&self) -> String {
        let text = self.code.change().replace("{at}", &self.at).replace("{detail}", &self.detail);
        text.trim_end_matches([':', ' ']).replace("  ", " ")
    }
}

/// One way, as far as it is known.
#[derive(Debug, Clone)]
pub struct Path {
    /// What gets this far. Where something stops it, what would.
    pub traffic: Traffic,
    /// What it passes.
    pub hops: Vec<Hop>,
    /// What replies pass where that is not what connections do: route tables and network ACLs.
    pub back: Vec<Hop>,
    /// Everything that stops it. None: it arrives.
    pub stops: Vec<Stop>,
    /// The calls that would have to be there to know.
    pub missing: BTreeSet<String>,
    /// What a client has to pass first: the authentication of a listener.
    pub authentication: Option<String>,
}

impl Path {
    pub(super) fn new(traffic: Traffic) -> Self {
        Self { traffic, hops: Vec::new(), back: Vec::new(), stops: Vec::new(), missing: BTreeSet::new(), authentication: None }
    }

    pub(super) fn hop(&mut self, id: &str) {
        self.hops.push(Hop { id: id.to_owned(), by: Vec::new(), out: false });
    }

    /// Something on the way, and the rule that leads on.
    pub(super) fn hop_by(&mut self, id: &str, by: impl Into<String>) {
        let by = Some(by.into()).filter(|by| !by.is_empty()).into_iter().collect();
        self.hops.push(Hop { id: id.to_owned(), by, out: false });
    }

    /// Something that replies pass.
    pub(super) fn reply(&mut self, id: &str, by: Vec<String>) {
        if self.back.iter().all(|hop| hop.id != id || hop.by != by) {
            self.back.push(Hop { id: id.to_owned(), by, out: false });
        }
    }

    pub(super) fn stop(&mut self, code: Code, at: &str, detail: impl Into<String>) {
        let stop = Stop { code, at: at.to_owned(), detail: detail.into() };
        if !self.stops.contains(&stop) {
            self.stops.push(stop);
        }
    }

    pub(super) fn stopped(mut self, code: Code, at: &str, detail: impl Into<String>) -> Vec<Self> {
        self.stop(code, at, detail);
        vec![self]
    }

    pub(super) fn unknown(mut self, call: &str) -> Vec<Self> {
        self.missing.insert(call.to_owned());
        vec![self]
    }

    /// Goes on with what came through. Where nothing did, that is noted, and the way goes on to see what else stops it.
    pub(super) fn filter(&mut self, passed: Passed, id: &str, code: Code, direction: &str) {
        let Passed { traffic, missing, by } = passed;
        if traffic.is_empty() {
            if missing.is_empty() {
                let services = self.traffic.services();
                let detail = if direction == "in" {
                    format!("in {services} from {}", self.traffic.addresses(Side::From))
                } else {
                    format!("out {services} to {}", self.traffic.addresses(Side::To))
                };
                self.stop(code, id, detail);
            }
            self.missing.extend(missing);
        } else {
            self.traffic = traffic;
        }
        self.hops.push(Hop { id: id.to_owned(), by, out: direction == "out" });
    }

    /// Whether packets arrive.
    #[must_use]
    pub fn arrives(&self) -> bool {
        self.stops.is_empty() && self.missing.is_empty() && !self.traffic.is_empty()
    }
}
