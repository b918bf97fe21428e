//! What names mean: ids, ARNs, DNS names, `Name` tags, and what AWS writes on the interfaces of its services.

use std::collections::BTreeSet;

use super::{End, Engine, calls};
use crate::model::visible;
use crate::network::address::Addresses;
use crate::network::model::interface::Interface;
use crate::network::model::vpc::Tag;
use crate::network::model::{Known, Place};

/// No end of a way is called so.
#[derive(Debug, thiserror::Error)]
pub enum NoEnd {
    /// Nothing is.
    #[error(
        "nothing in the snapshot is called `{}`: write `internet`, an address or network, the id, `Name` tag or DNS name of an instance, interface, subnet, VPC, security group or gateway, or the name or ARN of a load balancer, database, function, task or accelerator",
        visible(.0)
    )]
    Nothing(String),
    /// Several things are.
    #[error("several things are called `{}`: name one of {}", visible(.0), visible(.1))]
    Several(String, String),
    /// It is no end of a way.
    #[error("`{}` is on the way, and no end of it: write an address or network beyond it", visible(.0))]
    OnTheWay(String),
}

/// What a name may mean.
struct Found {
    place: Option<Place>,
    /// How it is told from others.
    label: String,
    end: End,
}

impl<'a> Engine<'a> {
    /// What a name means.
    ///
    /// # Errors
    /// When nothing is called so, or several things are.
    pub fn end(&self, name: &str) -> Result<End, NoEnd> {
        if name.eq_ignore_ascii_case("internet") {
            return Ok(End::Internet);
        }
        if let Some(addresses) = Addresses::parse(name) {
            return Ok(End::Addresses(addresses));
        }
        if name.trim().is_empty() {
            return Err(NoEnd::Nothing(name.to_owned()));
        }
        if let Some(end) = self.by_id(name)? {
            return Ok(end);
        }
        for found in [
            self.balancers_called(name),
            self.accelerators_called(name),
            self.managed_called(name),
            self.tagged(name),
            self.written_on(name),
        ] {
            if let Some(end) = self.only(name, found)? {
                return Ok(end);
            }
        }
        match self.would_tell(name) {
            Some(call) => Ok(End::Untold(call)),
            None => Err(NoEnd::Nothing(name.to_owned())),
        }
    }

    /// Of several, that which was asked for.
    fn only(&self, name: &str, mut found: Vec<Found>) -> Result<Option<End>, NoEnd> {
        let chosen = |one: &Found| one.place.is_some_and(|place| self.is_chosen(place));
        if found.iter().any(chosen) {
            found.retain(chosen);
        }
        if found.len() > 1 {
            let place = |one: &Found| {
                one.place.and_then(|place| self.network.place(place)).map(|place| format!(" ({}, {})", place.name, place.region))
            };
            let mut labels: Vec<String> = found.iter().map(|one| format!("{}{}", one.label, place(one).unwrap_or_default())).collect();
            labels.sort();
            return Err(NoEnd::Several(name.to_owned(), labels.join(", ")));
        }
        Ok(found.pop().map(|one| one.end))
    }

    /// By an id of EC2's, or an ARN that ends with one.
    fn by_id(&self, name: &str) -> Result<Option<End>, NoEnd> {
        let network = self.network;
        let id = if name.starts_with("arn:") { name.rsplit('/').next().unwrap_or(name) } else { name };
        let interfaces = |wanted: &dyn Fn(&Interface) -> bool| -> Vec<String> {
            let all = network.interfaces.values().filter(|interface| wanted(interface));
            all.map(|interface| interface.network_interface_id.clone()).collect()
        };
        let found = match id.split('-').next().unwrap_or_default() {
            "i" => network.interfaces_of(id).map(|interface| interface.network_interface_id.clone()).collect(),
            "eni" => interfaces(&|interface| interface.network_interface_id == id),
            "sg" => {
                let place = network.groups.get(id).map(|group| group.place);
                let own = interfaces(&|interface| interface.group_ids().any(|group| group == id));
                return Ok(self.as_known(own, place));
            }
            "subnet" | "vpc" => return Ok(self.within(id)),
            "nat" => {
                let gateway = network.nat_gateways.get(id);
                let own = gateway.iter().flat_map(|gateway| &gateway.nat_gateway_addresses);
                own.map(|address| address.network_interface_id.clone()).filter(|id| network.interfaces.contains_key(id)).collect()
            }
            "vgw" | "cagw" | "igw" => {
                let known = network.vpn_gateways.contains_key(id)
                    || network.carrier_gateways.contains_key(id)
                    || network.internet_gateways.contains_key(id)
                    || network.tables.values().flat_map(|table| &table.routes).any(|route| route.target() == id);
                return Ok(known.then(|| End::Beyond(id.to_owned())));
            }
            "tgw" | "pcx" | "eigw" if name == id => {
                let known = network.peerings.contains_key(id)
                    || network.egress_only.contains_key(id)
                    || network.attachments.values().any(|own| own.transit_gateway_id == id);
                return if known { Err(NoEnd::OnTheWay(name.to_owned())) } else { Ok(None) };
            }
            "vpce" if network.endpoints.get(id).is_some_and(|endpoint| endpoint.vpc_endpoint_type == "Gateway") => {
                return Ok(Some(End::Addresses(self.served_by(id))));
            }
            "vpce" => network.endpoints.get(id).map(|endpoint| endpoint.network_interface_ids.clone()).unwrap_or_default(),
            _ => Vec::new(),
        };
        Ok(end_of(found))
    }

    /// Everything in a subnet or VPC; where nothing is, its addresses.
    fn within(&self, id: &str) -> Option<End> {
        let network = self.network;
        let own = network.interfaces.values().filter(|interface| interface.subnet_id == id || interface.vpc_id == id);
        let found: Vec<String> = own.map(|interface| interface.network_interface_id.clone()).collect();
        let addresses = || {
            let vpc = network.vpcs.get(id).map(|vpc| crate::network::model::Network::networks(vpc));
            let subnet = network.subnets.get(id).and_then(|subnet| Addresses::parse(&subnet.cidr_block));
            vpc.or(subnet).map(End::Addresses)
        };
        let place = network.vpcs.get(id).map(|vpc| vpc.place).or_else(|| network.subnets.get(id).map(|subnet| subnet.place));
        self.as_known(found, place).or_else(addresses)
    }

    /// Interfaces, as far as they are known.
    fn as_known(&self, found: Vec<String>, place: Option<Place>) -> Option<End> {
        match place.filter(|place| !self.network.has(*place, calls::INTERFACES)) {
            Some(place) => Some(End::Partly(found, self.call_at(place, calls::INTERFACES))),
            None => end_of(found),
        }
    }

    fn balancers_called(&self, name: &str) -> Vec<Found> {
        let dns = name.trim_end_matches('.').trim_start_matches("dualstack.");
        let end = format!(":loadbalancer/{name}");
        let named = |(key, balancer): &(&String, &Known<crate::network::model::balancer::Balancer>)| {
            balancer.name == name
                || balancer.arn == name
                || key.as_str() == name
                || balancer.arn.ends_with(&end)
                || balancer.dns.eq_ignore_ascii_case(dns)
        };
        let all = self.network.balancers.iter().filter(named);
        let label = |balancer: &crate::network::model::balancer::Balancer| {
            if balancer.arn.is_empty() { balancer.name.clone() } else { balancer.arn.clone() }
        };
        all.map(|(key, balancer)| Found { place: Some(balancer.place), label: label(balancer), end: End::Balancer(key.clone()) }).collect()
    }

    fn accelerators_called(&self, name: &str) -> Vec<Found> {
        let dns = name.trim_end_matches('.');
        let all = self.network.accelerators.values();
        let named = all.filter(|own| own.name == name || own.accelerator_arn == name || own.dns_name.eq_ignore_ascii_case(dns));
        let found = |own: &Known<crate::network::model::fronts::Accelerator>| {
            let arn = own.accelerator_arn.clone();
            Found { place: Some(own.place), label: arn.clone(), end: End::Accelerator(arn) }
        };
        named.map(found).collect()
    }

    /// Databases, functions and tasks.
    fn managed_called(&self, name: &str) -> Vec<Found> {
        let network = self.network;
        let arns: BTreeSet<&str> = match network.managed_names.get(name.trim_end_matches('.')) {
            Some(arns) => arns.iter().map(String::as_str).collect(),
            None => BTreeSet::from([name]),
        };
        let found = |arn: &str| {
            let mut own = network.managed.get(arn)?.clone();
            own.sort();
            let place = own.first().and_then(|id| network.interfaces.get(id)).map(|interface| interface.place);
            let end = if own.len() > 1 && network.is_one_of(arn) {
                End::OneOf(arn.to_owned(), own)
            } else {
                // It is there, and has interfaces that no answer shows.
                end_of(own)
                    .unwrap_or_else(|| End::Untold(self.lacks_interfaces().unwrap_or_else(|| format!("the network interfaces of {arn}"))))
            };
            Some(Found { place, label: arn.to_owned(), end })
        };
        arns.into_iter().filter_map(found).collect()
    }

    /// By the `Name` tag or a DNS name of AWS's own.
    fn tagged(&self, name: &str) -> Vec<Found> {
        let network = self.network;
        let has = |tags: &[Tag]| tags.iter().any(|tag| tag.key == "Name" && tag.value == name);
        let mut found = Vec::new();
        for instance in network.instances.values() {
            if has(&instance.tags)
                || [&instance.public_dns_name, &instance.private_dns_name].iter().any(|own| own.eq_ignore_ascii_case(name))
            {
                let own = network.interfaces_of(&instance.instance_id).map(|interface| interface.network_interface_id.clone()).collect();
                let (place, label) = (Some(instance.place), instance.instance_id.clone());
                found.extend(end_of(own).map(|end| Found { place, label, end }));
            }
        }
        if found.is_empty() {
            let own = network.interfaces.values().filter(|interface| has(&interface.tags));
            found.extend(own.map(|own| Found {
                place: Some(own.place),
                label: own.network_interface_id.clone(),
                end: End::Interfaces(vec![own.network_interface_id.clone()]),
            }));
        }
        let subnets = network.subnets.values().filter(|own| has(&own.tags)).map(|own| (own.place, &own.subnet_id));
        let vpcs = network.vpcs.values().filter(|own| has(&own.tags)).map(|own| (own.place, &own.vpc_id));
        if found.is_empty() {
            let boxes = subnets.chain(vpcs);
            found.extend(boxes.filter_map(|(place, id)| Some(Found { place: Some(place), label: id.clone(), end: self.within(id)? })));
        }
        found
    }

    /// By a word of what a service of AWS wrote on its interfaces: `ElastiCache orders-001`, `ES logs`, `EFS mount target for fs-1`.
    fn written_on(&self, name: &str) -> Vec<Found> {
        let of_aws = |interface: &&Known<Interface>| !interface.requester_id.is_empty() || interface.interface_type != "interface";
        let says = |interface: &&Known<Interface>| interface.description.split([' ', '(', ')', ',']).any(|word| word == name);
        let own: Vec<&Known<Interface>> = self.network.interfaces.values().filter(of_aws).filter(says).collect();
        let places: BTreeSet<Place> = own.iter().map(|interface| interface.place).collect();
        let at = |place: Place| {
            let here: Vec<String> =
                own.iter().filter(|interface| interface.place == place).map(|interface| interface.network_interface_id.clone()).collect();
            Some(Found { place: Some(place), label: here.join(", "), end: end_of(here)? })
        };
        places.into_iter().filter_map(at).collect()
    }

    fn lacks_interfaces(&self) -> Option<String> {
        let lacking = (0..self.network.places.len()).find(|place| !self.network.has(*place, calls::INTERFACES));
        lacking.map(|place| self.call_at(place, calls::INTERFACES))
    }

    /// The call that would tell what an id is, where it was not answered in full.
    fn would_tell(&self, name: &str) -> Option<String> {
        let calls: &[&str] = match name.split('-').next().unwrap_or_default() {
            "i" => &[calls::INSTANCES, calls::INTERFACES],
            "eni" | "sg" => &[calls::INTERFACES],
            "subnet" => &[calls::SUBNETS],
            "vpc" => &[calls::VPCS],
            "nat" => &[calls::NAT_GATEWAYS],
            "vpce" => &[calls::ENDPOINTS],
            "igw" => &[calls::INTERNET_GATEWAYS],
            "vgw" => &[calls::VPN_GATEWAYS],
            _ if name.contains(":loadbalancer/") => &[calls::BALANCERS],
            // Databases, functions and others are known by their interfaces.
            _ if name.starts_with("arn:") || self.network.managed_names.contains_key(name) => &[calls::INTERFACES],
            _ if name.contains(':') => return None,
            // A name may be the tag of an instance.
            _ => &[calls::INSTANCES],
        };
        let lacking = |call: &&str| {
            (0..self.network.places.len()).find(|place| !self.network.has(*place, call)).map(|place| self.call_at(place, call))
        };
        calls.iter().find_map(lacking)
    }

    /// The addresses of the service behind a gateway endpoint: those that routes lead to it.
    fn served_by(&self, endpoint: &str) -> Addresses {
        let routes = self.network.tables.values().flat_map(|table| &table.routes).filter(|route| route.gateway_id == endpoint);
        let lists = routes.filter_map(|route| self.network.lists.get(&route.destination_prefix_list_id)?.networks.clone());
        lists.fold(Addresses::default(), |all, one| all.union(&one))
    }
}

fn end_of(mut interfaces: Vec<String>) -> Option<End> {
    interfaces.sort();
    (!interfaces.is_empty()).then_some(End::Interfaces(interfaces))
}
