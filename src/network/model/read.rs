//! From the stored answers to the networks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::interface::PublicAddress;
use super::listed::{Described, Listed, Reservation};
use super::lists::{BlockAnswer, BlockMode, ExclusionAnswer, PrefixList};
use super::transit::{TransitAttachment, TransitRoute};
use super::{ById, ESSENTIAL, Index, Known, Network, Place, Region, TransitTable};
use crate::network::address::Addresses;
use crate::snapshot::{Answer, Snapshot, SnapshotError};

pub(super) fn read<'s>(snapshots: impl IntoIterator<Item = &'s Snapshot>) -> Result<Network, SnapshotError> {
    let mut network = Network::default();
    for snapshot in snapshots {
        let (account, partition) = snapshot.identity()?;
        for region in snapshot.regions()? {
            let place = network.places.len();
            network.places.push(Region {
                name: snapshot.name().to_string(),
                account: account.clone(),
                partition: partition.clone(),
                region: region.clone(),
                missing: BTreeMap::new(),
                assumed: BTreeSet::new(),
                block: BlockMode::Off,
            });
            let mut reader = Reader { snapshot, region: &region, place, network: &mut network };
            reader.region()?;
        }
    }
    index(&mut network);
    Ok(network)
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Entries {
    entries: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Entry {
    cidr: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PrefixLists {
    prefix_lists: Vec<PrefixListItem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PrefixListItem {
    prefix_list_id: String,
    prefix_list_name: String,
    cidrs: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TransitRoutes {
    routes: Vec<TransitRoute>,
    additional_routes_available: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TransitTables {
    transit_gateway_route_tables: Vec<TableId>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TableId {
    transit_gateway_route_table_id: String,
}

pub(super) struct Reader<'a> {
    snapshot: &'a Snapshot,
    region: &'a str,
    place: Place,
    network: &'a mut Network,
}

impl Reader<'_> {
    fn region(&mut self) -> Result<(), SnapshotError> {
        macro_rules! read {
            ($($field:ident),*) => {$(
                let listed = self.listed()?;
                self.add(listed, |network| &mut network.$field);
            )*};
        }
        read!(
            vpcs,
            subnets,
            tables,
            acls,
            groups,
            interfaces,
            internet_gateways,
            egress_only,
            carrier_gateways,
            nat_gateways,
            peerings,
            vpn_gateways,
            vpn_connections,
            endpoints,
            transit_gateways,
            vpc_attachments,
            transit_peerings
        );
        self.attachments()?;
        self.instances()?;
        self.prefix_lists()?;
        self.transit_routes()?;
        self.balancers()?;
        self.fronts()?;
        self.managed()?;
        self.direct()?;
        self.block()
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The files of a call with parameters.
    pub(super) fn files_of(&self, call: &str) -> Result<Vec<String>, SnapshotError> {
        self.snapshot.files_of(self.region, call)
    }

    pub(super) fn network(&mut self) -> &mut Network {
        self.network
    }

    /// The answer to a call with one parameter; `None` when it was not collected.
    pub(super) fn answer_for<T: DeserializeOwned + Default>(&self, call: &str, value: &str) -> Result<Option<T>, SnapshotError> {
        self.answer_of(call, &[value])
    }

    /// The same of a call with several parameters.
    pub(super) fn answer_of<T: DeserializeOwned + Default>(&self, call: &str, values: &[&str]) -> Result<Option<T>, SnapshotError> {
        let answer: Answer<T> = self.snapshot.answer_for(self.region, call, values)?;
        Ok(match answer {
            Answer::Value(value) => Some(value),
            Answer::Empty => Some(T::default()),
            Answer::Partial(..) | Answer::NotCollected(_) => None,
        })
    }

    /// An answer; what is missing of it is noted.
    pub(super) fn answer<T: DeserializeOwned + Default>(&mut self, call: &str) -> Result<T, SnapshotError> {
        let answer = self.snapshot.answer(self.region, call)?;
        Ok(self.noted(answer, call))
    }

    fn noted<T: Default>(&mut self, answer: Answer<T>, call: &str) -> T {
        if let Some(gap) = answer.gap()
            && let Some(region) = self.network.places.get_mut(self.place)
        {
            let off = call.contains("block-public-access") && gap.leaves_guardrail_off();
            let not_asked = matches!(gap.code.as_str(), "NotCalled" | "NoManifest") || gap.is_unsupported() || off;
            if not_asked && !ESSENTIAL.contains(&call) {
                region.assumed.insert(call.to_owned());
            } else {
                region.missing.insert(call.to_owned(), format!("{}: {}", gap.code, gap.message));
            }
        }
        answer.value().unwrap_or_default()
    }

    fn listed<T: Described>(&mut self) -> Result<Vec<T>, SnapshotError> {
        Ok(self.answer::<Listed<T>>(T::CALL)?.0)
    }

    /// Of what two accounts see, the first description counts, save for that of its owner.
    fn add<T: Described>(&mut self, listed: Vec<T>, map: fn(&mut Network) -> &mut ById<T>) {
        let place = self.place;
        let own = self.network.places.get(place).map(|region| region.account.clone()).unwrap_or_default();
        for value in listed {
            let known = map(self.network);
            if !known.contains_key(value.id()) || (!own.is_empty() && value.owner() == own) {
                known.insert(value.id().to_owned(), Known { place, value });
            }
        }
    }

    /// Only the owner of a transit gateway sees the table of an attachment.
    fn attachments(&mut self) -> Result<(), SnapshotError> {
        let place = self.place;
        for value in self.listed::<TransitAttachment>()? {
            let own = value.association.is_some();
            if value.resource_type == "peering" {
                let key = (value.transit_gateway_attachment_id.clone(), value.transit_gateway_id.clone());
                self.network.peer_attachments.insert(key, Known { place, value: value.clone() });
            }
            let known = &mut self.network.attachments;
            let id = value.transit_gateway_attachment_id.clone();
            if own || !known.contains_key(&id) {
                known.insert(id, Known { place, value });
            }
        }
        Ok(())
    }

    fn instances(&mut self) -> Result<(), SnapshotError> {
        let place = self.place;
        for reservation in self.listed::<Reservation>()? {
            for instance in reservation.instances {
                self.network.instances.entry(instance.instance_id.clone()).or_insert(Known { place, value: instance });
            }
        }
        Ok(())
    }

    fn prefix_lists(&mut self) -> Result<(), SnapshotError> {
        let managed: PrefixLists = self.answer("ec2-describe-managed-prefix-lists")?;
        let known: PrefixLists = self.answer("ec2-describe-prefix-lists")?;
        let mut of_aws: HashMap<String, Vec<String>> = HashMap::new();
        for list in known.prefix_lists {
            of_aws.insert(list.prefix_list_id, list.cidrs.unwrap_or_default());
        }
        for list in managed.prefix_lists {
            let call = "ec2-get-managed-prefix-list-entries";
            let entries: Answer<Entries> = self.snapshot.answer_for(self.region, call, &[&list.prefix_list_id])?;
            let aws = of_aws.remove(&list.prefix_list_id);
            let cidrs = match entries {
                Answer::Value(entries) => Some(entries.entries.into_iter().map(|entry| entry.cidr).collect()),
                Answer::Empty => aws.or_else(|| Some(Vec::new())),
                Answer::Partial(..) | Answer::NotCollected(_) => aws,
            };
            self.add_list(list.prefix_list_id, list.prefix_list_name, cidrs.as_deref());
        }
        for (id, cidrs) in of_aws.into_iter().collect::<BTreeMap<_, _>>() {
            self.add_list(id, String::new(), Some(&cidrs));
        }
        Ok(())
    }

    fn add_list(&mut self, id: String, name: String, cidrs: Option<&[String]>) {
        let union = |cidrs: &[String]| {
            cidrs.iter().filter_map(|text| Addresses::parse(text)).fold(Addresses::default(), |all, part| all.union(&part))
        };
        let value = PrefixList { id: id.clone(), name, networks: cidrs.map(union) };
        let (place, lists) = (self.place, &mut self.network.lists);
        // Who shares a list may not see its entries, or the other way round.
        if lists.get(&id).is_none_or(|known| known.networks.is_none()) {
            lists.insert(id, Known { place, value });
        }
    }

    fn transit_routes(&mut self) -> Result<(), SnapshotError> {
        let tables: TransitTables = self.answer("ec2-describe-transit-gateway-route-tables")?;
        for table in tables.transit_gateway_route_tables {
            let id = table.transit_gateway_route_table_id;
            let call = "ec2-search-transit-gateway-routes";
            let routes: Answer<TransitRoutes> = self.snapshot.answer_for(self.region, call, &[&id])?;
            let gap = routes.gap().is_some();
            let TransitRoutes { routes, additional_routes_available } = routes.value().unwrap_or_default();
            let table = TransitTable { place: self.place, routes, whole: !gap && !additional_routes_available };
            self.network.transit_routes.insert(id, table);
        }
        Ok(())
    }

    fn block(&mut self) -> Result<(), SnapshotError> {
        let call = "ec2-describe-vpc-block-public-access-options";
        let answer: Answer<BlockAnswer> = self.snapshot.answer(self.region, call)?;
        let missing =
            answer.gap().is_some_and(|gap| !matches!(gap.code.as_str(), "NotCalled" | "NoManifest") && !gap.leaves_guardrail_off());
        let mode = self.noted(answer, call).vpc_block_public_access_options.mode();
        if let Some(region) = self.network.places.get_mut(self.place) {
            region.block = if missing { BlockMode::Unknown } else { mode };
        }
        let exclusions: ExclusionAnswer = self.answer("ec2-describe-vpc-block-public-access-exclusions")?;
        self.network.exclusions.extend(exclusions.vpc_block_public_access_exclusions.iter().filter_map(|item| item.counts()));
        Ok(())
    }
}

/// Notes what leads where.
fn index(network: &mut Network) {
    describe_interfaces_of_instances(network);
    super::balancers::name_interfaces(network);
    let mut index = Index::default();
    for table in network.tables.values() {
        for association in table.associations.iter().filter(|association| association.association_state.counts()) {
            let of = if association.subnet_id.is_empty() { &association.gateway_id } else { &association.subnet_id };
            if association.main {
                index.main_table.insert(table.vpc_id.clone(), table.route_table_id.clone());
            } else if !of.is_empty() {
                index.table_of.insert(of.clone(), table.route_table_id.clone());
            }
        }
    }
    for acl in network.acls.values() {
        if acl.is_default {
            index.default_acl.insert(acl.vpc_id.clone(), acl.network_acl_id.clone());
        }
        for association in &acl.associations {
            index.acl_of.insert(association.subnet_id.clone(), acl.network_acl_id.clone());
        }
    }
    for subnet in network.subnets.values() {
        index.subnets_of.entry(subnet.vpc_id.clone()).or_default().insert(subnet.subnet_id.clone());
    }
    for attachment in network.attachments.values() {
        let key = (attachment.transit_gateway_id.clone(), attachment.resource_id.clone());
        index.attached.insert(key, attachment.transit_gateway_attachment_id.clone());
    }
    for endpoint in network.endpoints.values() {
        for interface in &endpoint.network_interface_ids {
            index.endpoint_of.insert(interface.clone(), endpoint.vpc_endpoint_id.clone());
        }
    }
    index_interfaces(network, &mut index);
    network.index = index;
}

fn index_interfaces(network: &Network, index: &mut Index) {
    for interface in network.interfaces.values() {
        let id = &interface.network_interface_id;
        let mut own = |address: &str| {
            if let Ok(address) = address.parse::<IpAddr>() {
                index.by_address.insert((interface.vpc_id.clone(), address), id.clone());
            }
        };
        interface.ipv6_addresses.iter().for_each(|address| own(&address.ipv6_address));
        for (private, public) in interface.addresses() {
            own(private);
            let public = public.map(|public| if public.public_ip.is_empty() { &public.carrier_ip } else { &public.public_ip });
            if let Some(public) = public.and_then(|public| public.parse().ok()) {
                index.by_public.insert(public, id.clone());
            }
        }
        if let Some(instance) = interface.attachment.as_ref().map(|attached| &attached.instance_id).filter(|id| !id.is_empty()) {
            index.of_instance.entry(instance.clone()).or_default().push(id.clone());
        }
    }
    index.of_instance.values_mut().for_each(|interfaces| interfaces.sort());
}

/// Where interfaces were not collected, instances still describe their own.
fn describe_interfaces_of_instances(network: &mut Network) {
    let mut found = Vec::new();
    for instance in network.instances.values() {
        for interface in &instance.network_interfaces {
            let attachment = super::interface::Attachment {
                instance_id: instance.instance_id.clone(),
                status: "attached".to_owned(),
                device_index: None,
            };
            let mut value = interface.clone();
            value.attachment = Some(attachment);
            found.push(Known { place: instance.place, value });
        }
    }
    for interface in found {
        network.interfaces.entry(interface.network_interface_id.clone()).or_insert(interface);
    }
    give_public_addresses(network);
}

/// Some who answer in AWS's place tell the public address of an instance, and not of its interface.
fn give_public_addresses(network: &mut Network) {
    let instances = network.instances.values().filter(|instance| !instance.public_ip_address.is_empty());
    for instance in instances {
        let own: Vec<&str> = instance.network_interfaces.iter().map(|interface| interface.network_interface_id.as_str()).collect();
        let has_one = |id: &&str| {
            let interface = network.interfaces.get(*id);
            interface.is_some_and(|interface| interface.addresses().any(|(_, public)| public.is_some()))
        };
        if own.iter().any(has_one) {
            continue;
        }
        let Some(interface) = own.first().and_then(|id| network.interfaces.get_mut(*id)) else { continue };
        let public = PublicAddress { public_ip: instance.public_ip_address.clone(), carrier_ip: String::new() };
        match interface.value.private_ip_addresses.first_mut() {
            Some(first) => first.association = Some(public),
            None => interface.value.association = Some(public),
        }
    }
}
