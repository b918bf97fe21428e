//! The rules by which packets travel, each of which can be switched off: that is how tests prove that every one counts.

/// One rule of AWS's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the words are in the table")]
pub enum Rule {
    RouteLongestPrefix,
    RouteMainTable,
    RouteState,
    RoutePrefixList,
    RouteEdgeAssociation,
    InternetGatewayAttachment,
    NatGateway,
    EgressOnlyGateway,
    CarrierGateway,
    PublicAddress,
    NaclInbound,
    NaclOutbound,
    NaclOrder,
    NaclReturnPorts,
    SecurityGroupIngress,
    SecurityGroupEgress,
    SecurityGroupReference,
    SecurityGroupReferencePeering,
    SecurityGroupPrefixList,
    Ipv6Rules,
    AddressUnion,
    PortRange,
    Protocol,
    PeeringState,
    PeeringReturnRoute,
    PeeringTransitivity,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayPropagation,
    TransitGatewayBlackhole,
    TransitGatewayPeering,
    VpnExit,
    GatewayEndpoint,
    InterfaceEndpoint,
    Listener,
    LoadBalancerScheme,
    TargetRegistration,
    TargetHealth,
    ListenerRule,
    LoadBalancerSecurityGroup,
    ClientIpPreservation,
    ClassicLoadBalancer,
    GatewayLoadBalancer,
    GlobalAccelerator,
    CloudfrontVpcOrigin,
    VpcBlockPublicAccess,
    VpcBpaExclusion,
    InstanceState,
    SourceDestCheck,
}

impl Rule {
    /// Every rule with its id and what it says.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::RouteLongestPrefix, "route-longest-prefix", "Of the routes that match, the most specific one counts"),
        (Self::RouteMainTable, "route-main-table", "A subnet without a route table has the main one of its VPC"),
        (Self::RouteState, "route-state", "A route whose target is gone drops packets"),
        (Self::RoutePrefixList, "route-prefix-list", "A route to a prefix list is one to each of its networks"),
        (Self::RouteEdgeAssociation, "route-edge-association", "What comes in through a gateway with a route table follows that table"),
        (Self::InternetGatewayAttachment, "internet-gateway-attachment", "An internet gateway works for the VPC it is attached to"),
        (Self::NatGateway, "nat-gateway", "A NAT gateway lets connections out, and none in"),
        (Self::EgressOnlyGateway, "egress-only-gateway", "An egress-only gateway lets IPv6 out, and nothing in"),
        (Self::CarrierGateway, "carrier-gateway", "A carrier gateway joins Wavelength subnets with the carrier's network"),
        (Self::PublicAddress, "public-address", "Through an internet gateway, IPv4 takes a public address"),
        (Self::NaclInbound, "nacl-inbound", "The network ACL lets packets into a subnet"),
        (Self::NaclOutbound, "nacl-outbound", "The network ACL lets packets out of a subnet"),
        (Self::NaclOrder, "nacl-order", "Of an ACL's entries, the first that matches counts"),
        (Self::NaclReturnPorts, "nacl-return-ports", "ACLs have to let replies to high ports back"),
        (Self::SecurityGroupIngress, "security-group-ingress", "Some group of the interface has to let a connection in"),
        (Self::SecurityGroupEgress, "security-group-egress", "Some group of the interface has to let a connection out"),
        (Self::SecurityGroupReference, "security-group-reference", "A rule that names a group means the addresses of its interfaces"),
        (
            Self::SecurityGroupReferencePeering,
            "security-group-reference-peering",
            "Groups can be named within a VPC, and over an active peering connection of one Region",
        ),
        (Self::SecurityGroupPrefixList, "security-group-prefix-list", "A rule that names a prefix list means its networks"),
        (Self::Ipv6Rules, "ipv6-rules", "Entries for IPv4 say nothing of IPv6"),
        (Self::AddressUnion, "address-union", "Networks that together are the internet are the internet"),
        (Self::PortRange, "port-range", "Rules are for their ports only"),
        (Self::Protocol, "protocol", "Rules are for their protocol only"),
        (Self::PeeringState, "peering-state", "Only an active peering connection carries packets"),
        (Self::PeeringReturnRoute, "peering-return-route", "Both sides of a peering connection need a route"),
        (Self::PeeringTransitivity, "peering-transitivity", "What came by peering cannot go on through another gateway"),
        (
            Self::TransitGatewayAttachment,
            "transit-gateway-attachment",
            "An attachment serves the zones of its subnets while it is available",
        ),
        (Self::TransitGatewayRoute, "transit-gateway-route", "The table associated with an attachment decides where packets go"),
        (Self::TransitGatewayPropagation, "transit-gateway-propagation", "Attachments can announce their networks to tables"),
        (Self::TransitGatewayBlackhole, "transit-gateway-blackhole", "A blackhole route of a transit gateway drops packets"),
        (Self::TransitGatewayPeering, "transit-gateway-peering", "Peered transit gateways pass packets on by static routes"),
        (Self::VpnExit, "vpn-exit", "Virtual private, VPN and Direct Connect gateways lead to networks outside"),
        (Self::GatewayEndpoint, "gateway-endpoint", "A gateway endpoint takes what its route tables send to the service"),
        (Self::InterfaceEndpoint, "interface-endpoint", "An interface endpoint is reached at its interfaces, through its groups"),
        (Self::Listener, "listener", "A load balancer takes what it has a listener for"),
        (Self::LoadBalancerScheme, "load-balancer-scheme", "An internal load balancer has no public address"),
        (Self::TargetRegistration, "target-registration", "A load balancer passes on to its targets and their ports"),
        (Self::TargetHealth, "target-health", "Targets that fail their health check get nothing"),
        (Self::ListenerRule, "listener-rule", "Rules of a listener can answer by themselves, redirect or authenticate"),
        (Self::LoadBalancerSecurityGroup, "load-balancer-security-group", "The groups of a load balancer let clients in and it out"),
        (Self::ClientIpPreservation, "client-ip-preservation", "Targets may see the client's address, and their groups count for it"),
        (Self::ClassicLoadBalancer, "classic-load-balancer", "A classic load balancer passes on to its instances in service"),
        (Self::GatewayLoadBalancer, "gateway-load-balancer", "Packets routed to a gateway load balancer endpoint pass its appliances"),
        (Self::GlobalAccelerator, "global-accelerator", "An accelerator leads the internet to endpoints without public addresses"),
        (Self::CloudfrontVpcOrigin, "cloudfront-vpc-origin", "CloudFront reaches its VPC origins inside of a VPC"),
        (Self::VpcBlockPublicAccess, "vpc-block-public-access", "VPC Block Public Access stops what internet gateways would let through"),
        (Self::VpcBpaExclusion, "vpc-bpa-exclusion", "VPCs and subnets can be excluded from it"),
        (Self::InstanceState, "instance-state", "Only running instances answer"),
        (Self::SourceDestCheck, "source-dest-check", "An interface passes on for others only with the check switched off"),
    ];

    /// Its id: `nacl-order`.
    #[must_use]
    pub fn id(self) -> &'static str {
        Self::ALL.iter().find(|(rule, ..)| *rule == self).map_or("", |(_, id, _)| id)
    }
}

/// Which rules count: all of them, outside of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules(u64);

impl Default for Rules {
    fn default() -> Self {
        Self(u64::MAX)
    }
}

impl Rules {
    /// All but one.
    #[must_use]
    pub fn without(rule: Rule) -> Self {
        Self(!(1 << rule as u8))
    }

    /// These, without one more.
    #[must_use]
    pub fn but(self, rule: Rule) -> Self {
        Self(self.0 & Self::without(rule).0)
    }

    /// Whether a rule counts.
    #[must_use]
    pub fn has(self, rule: Rule) -> bool {
        self.0 & (1 << rule as u8) != 0
    }
}
