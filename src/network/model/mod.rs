//! The networks of a snapshot: what AWS describes, by id, and what the snapshot lacks.

pub mod balancer;
mod balancers;
pub mod fronts;
pub mod gateway;
pub mod interface;
pub mod listed;
mod lists;
mod managed;
mod read;
pub mod transit;
pub mod vpc;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use super::address::Addresses;
use crate::snapshot::{Snapshot, SnapshotError};
use gateway::{CarrierGateway, Endpoint, NatGateway, Peering, VpnConnection, VpnGateway};
use interface::{Instance, Interface, SecurityGroup};
use listed::EgressOnly;
pub use lists::{BlockMode, Exclusion, PrefixList};

/// The calls without which there is no network. Snapshots of other programs, and older ones, lack others of
/// [`CALLS`]: what nobody asked for is taken not to be there, and is told.
pub const ESSENTIAL: &[&str] = CALLS.split_at(8).0;

/// Every call that the networks are read from, the essential ones first.
pub const CALLS: &[&str] = &[
    "ec2-describe-vpcs",
    "ec2-describe-subnets",
    "ec2-describe-route-tables",
    "ec2-describe-network-acls",
    "ec2-describe-security-groups",
    "ec2-describe-network-interfaces",
    "ec2-describe-instances",
    "ec2-describe-internet-gateways",
    "ec2-describe-egress-only-internet-gateways",
    "ec2-describe-carrier-gateways",
    "ec2-describe-nat-gateways",
    "ec2-describe-vpc-peering-connections",
    "ec2-describe-vpn-gateways",
    "ec2-describe-vpn-connections",
    "ec2-describe-vpc-endpoints",
    "ec2-describe-transit-gateways",
    "ec2-describe-transit-gateway-attachments",
    "ec2-describe-transit-gateway-vpc-attachments",
    "ec2-describe-transit-gateway-peering-attachments",
    "ec2-describe-transit-gateway-route-tables",
    "ec2-search-transit-gateway-routes",
    "ec2-describe-managed-prefix-lists",
    "ec2-get-managed-prefix-list-entries",
    "ec2-describe-prefix-lists",
    "ec2-describe-vpc-block-public-access-options",
    "ec2-describe-vpc-block-public-access-exclusions",
    "elbv2-describe-load-balancers",
    "elbv2-describe-load-balancer-attributes",
    "elbv2-describe-listeners",
    "elbv2-describe-rules",
    "elbv2-describe-target-groups",
    "elbv2-describe-target-health",
    "elbv2-describe-target-group-attributes",
    "elb-describe-load-balancers",
    "ec2-describe-vpc-endpoint-service-configurations",
    "globalaccelerator-list-accelerators",
    "globalaccelerator-list-listeners",
    "globalaccelerator-list-endpoint-groups",
    "cloudfront-list-vpc-origins",
    "cloudfront-get-vpc-origin",
    "cloudfront-list-distributions",
    "directconnect-describe-virtual-interfaces",
    "directconnect-describe-direct-connect-gateway-associations",
    "rds-describe-db-instances",
    "lambda-list-functions",
    "redshift-describe-clusters",
    "ecs-describe-tasks",
];
use transit::{TransitAttachment, TransitPeering, TransitRoute, TransitVpcAttachment};
use vpc::{NetworkAcl, RouteTable, Subnet, Vpc};

/// The place of an account's Region in [`Network::places`].
pub type Place = usize;

/// One Region of one account.
#[derive(Debug, Clone)]
pub struct Region {
    /// The account's name.
    pub name: String,
    /// The account's id.
    pub account: String,
    /// `aws`, …
    pub partition: String,
    /// The Region.
    pub region: String,
    /// Calls that were not answered, or not to the end, and why.
    pub missing: BTreeMap<String, String>,
    /// Calls that nobody made, and whose answer is taken to be that there is nothing.
    pub assumed: BTreeSet<String>,
    /// Whether the account's VPCs here are kept from the internet.
    pub block: BlockMode,
}

/// Something, and where it was described.
#[derive(Debug, Clone)]
pub struct Known<T> {
    /// In this Region of this account.
    pub place: Place,
    /// The thing itself.
    pub value: T,
}

impl<T> std::ops::Deref for Known<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A transit gateway's table.
#[derive(Debug, Clone)]
pub struct TransitTable {
    /// Where it was described.
    pub place: Place,
    /// Its routes.
    pub routes: Vec<TransitRoute>,
    /// Whether these are all.
    pub whole: bool,
}

/// Things by id.
pub type ById<T> = BTreeMap<String, Known<T>>;

/// All networks of the accounts.
#[derive(Debug, Default)]
pub struct Network {
    /// Accounts and Regions.
    pub places: Vec<Region>,
    /// VPCs.
    pub vpcs: ById<Vpc>,
    /// Subnets.
    pub subnets: ById<Subnet>,
    /// Route tables.
    pub tables: ById<RouteTable>,
    /// Network ACLs.
    pub acls: ById<NetworkAcl>,
    /// Security groups.
    pub groups: ById<SecurityGroup>,
    /// Prefix lists.
    pub lists: ById<PrefixList>,
    /// Network interfaces.
    pub interfaces: ById<Interface>,
    /// Instances.
    pub instances: ById<Instance>,
    /// Internet gateways.
    pub internet_gateways: ById<gateway::InternetGateway>,
    /// Egress-only internet gateways.
    pub egress_only: ById<EgressOnly>,
    /// Carrier gateways.
    pub carrier_gateways: ById<CarrierGateway>,
    /// NAT gateways.
    pub nat_gateways: ById<NatGateway>,
    /// Peering connections.
    pub peerings: ById<Peering>,
    /// Virtual private gateways.
    pub vpn_gateways: ById<VpnGateway>,
    /// VPN connections.
    pub vpn_connections: ById<VpnConnection>,
    /// VPC endpoints.
    pub endpoints: ById<Endpoint>,
    /// Transit gateways.
    pub transit_gateways: ById<transit::TransitGateway>,
    /// What is attached to transit gateways.
    pub attachments: ById<TransitAttachment>,
    /// The attachments of peered transit gateways, as each side describes them.
    pub peer_attachments: HashMap<(String, String), Known<TransitAttachment>>,
    /// Of the attached VPCs, by attachment.
    pub vpc_attachments: ById<TransitVpcAttachment>,
    /// Peered transit gateways, by attachment.
    pub transit_peerings: ById<TransitPeering>,
    /// The routes of the transit gateways' tables.
    pub transit_routes: BTreeMap<String, TransitTable>,
    /// Load balancers: by ARN, classic ones by place and name.
    pub balancers: ById<balancer::Balancer>,
    /// Target groups, by ARN.
    pub target_groups: ById<balancer::TargetGroup>,
    /// Accelerators, by ARN.
    pub accelerators: ById<fronts::Accelerator>,
    /// CloudFront's origins inside of VPCs.
    pub vpc_origins: ById<fronts::VpcOrigin>,
    /// Services behind endpoints, by name.
    pub endpoint_services: ById<fronts::EndpointService>,
    /// The interfaces of databases and functions, by ARN.
    pub managed: BTreeMap<String, Vec<String>>,
    /// The ARNs of databases and functions, by name.
    pub managed_names: BTreeMap<String, BTreeSet<String>>,
    /// The virtual private gateways that Direct Connect leads to.
    pub direct: BTreeSet<String>,
    /// Exclusions from the VPC Block Public Access, by VPC or subnet.
    pub exclusions: HashMap<String, Exclusion>,
    /// Where ids lead.
    pub(super) index: Index,
}

/// What leads from one thing to another.
#[derive(Debug, Default)]
pub(super) struct Index {
    table_of: HashMap<String, String>,
    main_table: HashMap<String, String>,
    acl_of: HashMap<String, String>,
    default_acl: HashMap<String, String>,
    by_address: HashMap<(String, IpAddr), String>,
    by_public: HashMap<IpAddr, String>,
    attached: HashMap<(String, String), String>,
    endpoint_of: HashMap<String, String>,
    of_instance: HashMap<String, Vec<String>>,
    subnets_of: HashMap<String, BTreeSet<String>>,
}

impl Network {
    /// Reads the networks of the snapshots.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn read<'s>(snapshots: impl IntoIterator<Item = &'s Snapshot>) -> Result<Self, SnapshotError> {
        read::read(snapshots)
    }

    /// The Region at a place.
    #[must_use]
    pub fn place(&self, place: Place) -> Option<&Region> {
        self.places.get(place)
    }

    /// The route table of a subnet that has one of its own, or of a gateway.
    #[must_use]
    pub fn own_table(&self, of: &str) -> Option<&Known<RouteTable>> {
        self.tables.get(self.index.table_of.get(of)?)
    }

    /// The main route table of a VPC.
    #[must_use]
    pub fn main_table(&self, vpc: &str) -> Option<&Known<RouteTable>> {
        self.tables.get(self.index.main_table.get(vpc)?)
    }

    /// The network ACL of a subnet.
    #[must_use]
    pub fn acl_of(&self, subnet: &Subnet) -> Option<&Known<NetworkAcl>> {
        // Where not all are known, there may be another than the default one.
        let whole = self.subnets.get(&subnet.subnet_id).is_none_or(|known| self.has(known.place, "ec2-describe-network-acls"));
        let default = || self.index.default_acl.get(&subnet.vpc_id).filter(|_| whole);
        let own = self.index.acl_of.get(&subnet.subnet_id).or_else(default);
        self.acls.get(own?)
    }

    /// The interface with an address in a VPC.
    #[must_use]
    pub fn interface_at(&self, vpc: &str, address: IpAddr) -> Option<&Known<Interface>> {
        self.interfaces.get(self.index.by_address.get(&(vpc.to_owned(), address))?)
    }

    /// The interface with a public address.
    #[must_use]
    pub fn public_interface(&self, address: IpAddr) -> Option<&Known<Interface>> {
        self.interfaces.get(self.index.by_public.get(&address)?)
    }

    /// The interfaces of an instance.
    pub fn interfaces_of(&self, instance: &str) -> impl Iterator<Item = &Known<Interface>> {
        self.index.of_instance.get(instance).into_iter().flatten().filter_map(|id| self.interfaces.get(id))
    }

    /// The subnets of a VPC, by id.
    pub fn subnets_of(&self, vpc: &str) -> impl Iterator<Item = &Known<Subnet>> {
        self.index.subnets_of.get(vpc).into_iter().flatten().filter_map(|id| self.subnets.get(id))
    }

    /// The attachment of something to a transit gateway.
    #[must_use]
    pub fn attachment(&self, gateway: &str, resource: &str) -> Option<&Known<TransitAttachment>> {
        self.attachments.get(self.index.attached.get(&(gateway.to_owned(), resource.to_owned()))?)
    }

    /// Whether the interfaces that may be a database's may be another database's as well.
    #[must_use]
    pub fn is_one_of(&self, arn: &str) -> bool {
        let Some(own) = self.managed.get(arn) else { return false };
        self.managed
            .iter()
            .any(|(other, interfaces)| other != arn && other.contains(":rds:") && interfaces.iter().any(|id| own.contains(id)))
    }

    /// The endpoint that an interface is of.
    #[must_use]
    pub fn endpoint_of(&self, interface: &str) -> Option<&Known<Endpoint>> {
        self.endpoints.get(self.index.endpoint_of.get(interface)?)
    }

    /// The interfaces that load balancers pass on to.
    #[must_use]
    pub fn targets(&self) -> HashSet<String> {
        let registered =
            self.target_groups.values().flat_map(|group| group.value.targets.iter().flatten().map(move |target| (group, target)));
        let mut found = HashSet::new();
        for (group, target) in registered {
            found.extend(self.interfaces_of(&target.id).map(|interface| interface.network_interface_id.clone()));
            if let Ok(address) = target.id.parse() {
                let vpcs = self.vpcs.keys().filter(|vpc| **vpc != group.vpc_id);
                let at = std::iter::once(&group.value.vpc_id).chain(vpcs).find_map(|vpc| self.interface_at(vpc, address));
                found.extend(at.map(|interface| interface.network_interface_id.clone()));
            }
        }
        for instance in self.balancers.values().flat_map(|balancer| &balancer.value.instances) {
            found.extend(self.interfaces_of(instance).map(|interface| interface.network_interface_id.clone()));
        }
        found
    }

    /// All networks of a VPC.
    #[must_use]
    pub fn networks(vpc: &Vpc) -> Addresses {
        let v4 = vpc.cidr_block_association_set.iter().filter(|own| own.cidr_block_state.counts()).map(|own| &own.cidr_block);
        let v6 = vpc.ipv6_cidr_block_association_set.iter().filter(|own| own.ipv6_cidr_block_state.counts());
        v4.chain(std::iter::once(&vpc.cidr_block))
            .chain(v6.map(|own| &own.ipv6_cidr_block))
            .filter_map(|text| Addresses::parse(text))
            .fold(Addresses::default(), |all, part| all.union(&part))
    }

    /// Whether a call was answered in full.
    #[must_use]
    pub fn has(&self, place: Place, call: &str) -> bool {
        self.place(place).is_some_and(|region| !region.missing.contains_key(call))
    }

    /// A VPC's place, where a snapshot has its account and Region.
    #[must_use]
    pub fn place_of(&self, account: &str, region: &str) -> Option<Place> {
        self.places.iter().position(|place| place.account == account && place.region == region)
    }
}
