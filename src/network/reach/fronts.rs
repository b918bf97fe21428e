//! From the internet through Global Accelerator and CloudFront to what has no public address.
//!
//! <https://docs.aws.amazon.com/global-accelerator/latest/dg/secure-vpc-connections.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html>

use super::filter::Via;
use super::path::{Code, Path};
use super::{Engine, calls, private_addresses};
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::balancer::Balancer;
use crate::network::model::fronts::{Accelerator, AcceleratorListener, EndpointGroup, VpcOrigin};
use crate::network::model::interface::Interface;
use crate::network::rules::Rule;
use crate::network::services::Services;
use crate::network::traffic::{Side, Traffic};

/// A door: where it leads, for what, and who the other side sees.
struct Door<'a> {
    /// The ids that packets pass.
    hops: Vec<&'a str>,
    /// What an accelerator or origin leads to.
    endpoint: &'a str,
    /// The ports of that.
    services: Services,
    /// Whom security groups see; `None`: the client.
    seen_as: Option<Addresses>,
    /// What keeps it shut.
    stop: Option<(Code, &'a str, String)>,
    /// The stop where the port is another.
    port: (Code, &'a str),
}

impl<'a> Engine<'a> {
    /// To an interface, itself or behind a load balancer.
    pub(super) fn through_doors(&self, from: &Addresses, target: &'a Known<Interface>, own: &Addresses, services: &Services) -> Vec<Path> {
        let mut paths = self.unknown_doors(target.place, own, services);
        for door in self.doors(&target.vpc_id) {
            if self.leads_to(&door, target) {
                paths.push(self.enter(&door, from, target, own, services));
            }
            let Some(balancer) = self.balancer_at(door.endpoint) else { continue };
            if balancer.interfaces.contains(&target.network_interface_id) {
                continue;
            }
            for node in balancer.interfaces.iter().filter_map(|id| self.network.interfaces.get(id)) {
                for listener in balancer.listeners.iter().flatten() {
                    let listens = super::balancers::listener_services(listener);
                    let path = self.enter(&door, from, node, &private_addresses(node), &listens);
                    paths.extend(self.by_listener(path, balancer, listener, node, target, own, services));
                }
            }
        }
        paths
    }

    /// To a load balancer itself.
    pub(super) fn doors_to_balancer(&self, from: &Addresses, balancer: &'a Known<Balancer>, services: &Services) -> Vec<Path> {
        let mut paths = self.unknown_doors(balancer.place, &Addresses::all(), services);
        for door in self.doors(&balancer.vpc).filter(|door| door.endpoint == balancer.arn) {
            for node in balancer.interfaces.iter().filter_map(|id| self.network.interfaces.get(id)) {
                let mut path = self.enter(&door, from, node, &private_addresses(node), services);
                path.hop(&balancer.name);
                self.listens(&mut path, balancer);
                paths.push(path);
            }
        }
        paths
    }

    /// To an accelerator itself.
    pub(super) fn to_accelerator(&self, from: &Addresses, accelerator: &'a Known<Accelerator>, services: &Services) -> Vec<Path> {
        let own = addresses_of(accelerator);
        let mut paths = Vec::new();
        if let Some(call) = self.unknown_of(accelerator) {
            paths.extend(Path::new(Traffic::new(from, &own, services)).unknown(&call));
        }
        for (listener, group) in listeners_of(accelerator) {
            let mut path = Path::new(Traffic::new(from, &own, services));
            path.hop(&accelerator.name);
            if !self.rules.has(Rule::GlobalAccelerator) || !accelerator.enabled {
                path.stop(Code::STATE, &accelerator.name, "it is switched off");
            }
            let taken = path.traffic.only(Side::To, &Addresses::all(), &listened(listener, group));
            if taken.is_empty() {
                path.stop(Code::ACCELERATOR_LISTENERS, &accelerator.name, "");
            } else {
                path.traffic = taken;
            }
            paths.push(path);
        }
        paths
    }

    /// The same from within a VPC: by whatever way leads to the internet.
    pub(super) fn out_to(
        &self,
        start: &super::ends::Start<'a>,
        accelerator: &'a Accelerator,
        services: &Services,
        far: &[Path],
    ) -> Vec<Path> {
        let out = self.walk(start, &super::ends::Goal::Internet(addresses_of(accelerator)), services);
        out.iter().flat_map(|near| far.iter().map(|far| super::gateways::joined(near, far.clone()))).collect()
    }

    /// The accelerator of an address.
    pub(super) fn accelerator_at(&self, addresses: &Addresses) -> Option<&'a Known<Accelerator>> {
        self.network.accelerators.values().find(|accelerator| addresses_of(accelerator).covers(addresses))
    }

    fn unknown_doors(&self, place: usize, own: &Addresses, services: &Services) -> Vec<Path> {
        let account = self.network.place(place).map(|place| place.account.as_str()).unwrap_or_default();
        let places = self.network.places.iter().enumerate().filter(|(_, region)| region.account == account);
        let mut paths = Vec::new();
        for (place, region) in places {
            // Global services answer in one Region each.
            let call = match region.region.as_str() {
                "us-west-2" => calls::ACCELERATORS,
                "us-east-1" => calls::VPC_ORIGINS,
                _ => continue,
            };
            if !self.network.has(place, call) {
                let path = Path::new(Traffic::new(&Addresses::all(), own, services));
                paths.extend(path.unknown(&self.call_at(place, call)));
            }
        }
        for call in self.unknown_fronts(account) {
            paths.extend(Path::new(Traffic::new(&Addresses::all(), own, services)).unknown(&call));
        }
        paths
    }

    /// What is not known of the accelerators and origins that there are.
    fn unknown_fronts(&self, account: &str) -> Vec<String> {
        let here = |place: usize| self.network.place(place).is_some_and(|region| region.account == account);
        let mut calls = Vec::new();
        for accelerator in self.network.accelerators.values().filter(|accelerator| here(accelerator.place) && accelerator.enabled) {
            calls.extend(self.unknown_of(accelerator));
        }
        if self.network.vpc_origins.values().any(|origin| here(origin.place)) {
            let places = self.network.vpc_origins.values().map(|origin| origin.place);
            let lacking = places.filter(|place| here(*place) && !self.network.has(*place, calls::DISTRIBUTIONS)).min();
            calls.extend(lacking.map(|place| self.call_at(place, calls::DISTRIBUTIONS)));
        }
        calls
    }

    fn unknown_of(&self, accelerator: &Known<Accelerator>) -> Option<String> {
        let quoted = crate::snapshot::layout::quote;
        let Some(listeners) = &accelerator.listeners else {
            let call = format!("{}/{}", calls::ACCELERATOR_LISTENERS, quoted(&accelerator.accelerator_arn));
            return Some(self.call_at(accelerator.place, &call));
        };
        let dark = listeners.iter().find(|listener| listener.groups.is_none())?;
        Some(self.call_at(accelerator.place, &format!("{}/{}", calls::ENDPOINT_GROUPS, quoted(&dark.listener_arn))))
    }

    fn balancer_at(&self, endpoint: &str) -> Option<&'a Known<Balancer>> {
        self.network.balancers.get(endpoint)
    }

    fn leads_to(&self, door: &Door<'_>, target: &Interface) -> bool {
        let instance = target.attachment.as_ref().map(|attached| attached.instance_id.as_str()).unwrap_or_default();
        let id = door.endpoint.rsplit('/').next().unwrap_or_default();
        let node = self.balancer_at(door.endpoint).is_some_and(|balancer| balancer.interfaces.contains(&target.network_interface_id));
        node || (!instance.is_empty() && id == instance)
    }

    /// Through a door to an interface, which needs no public address.
    fn enter(&self, door: &Door<'a>, from: &Addresses, target: &'a Known<Interface>, own: &Addresses, services: &Services) -> Path {
        let mut path = Path::new(Traffic::new(from, own, services));
        door.hops.iter().for_each(|hop| path.hop(hop));
        if let Some((code, at, detail)) = &door.stop {
            path.stop(*code, at, detail.clone());
        }
        let taken = path.traffic.only(Side::To, &Addresses::all(), &door.services);
        if taken.is_empty() {
            path.stop(door.port.0, door.port.1, format!("it leads to {}", door.services));
        } else {
            path.traffic = taken;
        }
        let Some(subnet) = self.network.subnets.get(&target.subnet_id) else {
            path.missing.insert(self.call_at(target.place, calls::SUBNETS));
            return path;
        };
        match self.any_internet_gateway(&target.vpc_id) {
            Some(gateway) => self.check_internet_gateway(&mut path, gateway, subnet),
            None => {
                if self.knows(&mut path, subnet.place, calls::INTERNET_GATEWAYS) {
                    path.stop(Code::ATTACHMENT, &target.vpc_id, "the VPC has no internet gateway");
                }
            }
        }
        self.check_block(&mut path, subnet, super::block::Direction::In);
        let clients = path.traffic.addresses(Side::From);
        if let Some(seen) = &door.seen_as {
            path.traffic = Traffic::new(seen, own, &path.traffic.services());
        }
        self.pass_groups(&mut path, target, false, &Via::Local);
        path.hop(&target.network_interface_id);
        self.is_running(&mut path, target);
        self.reply_acl(&mut path, subnet, true);
        if door.seen_as.is_some() {
            path.traffic = Traffic::new(&clients, own, &path.traffic.services());
        }
        path
    }

    /// The internet gateway that a VPC has, be it on its way out.
    fn any_internet_gateway(&self, vpc: &str) -> Option<&'a str> {
        let gateways = self.network.internet_gateways.values();
        let mut own = gateways.filter(|gateway| gateway.attachments.iter().any(|attachment| attachment.vpc_id == vpc));
        own.next().map(|gateway| gateway.internet_gateway_id.as_str())
    }

    /// All doors; `vpc` is where they are asked to lead.
    fn doors(&self, vpc: &str) -> impl Iterator<Item = Door<'a>> {
        let mut doors = Vec::new();
        if self.rules.has(Rule::GlobalAccelerator) {
            for accelerator in self.network.accelerators.values() {
                for (listener, group) in listeners_of(accelerator) {
                    doors.extend(accelerated(accelerator, listener, group));
                }
            }
        }
        // Which interfaces are CloudFront's takes a look at all of them.
        if self.rules.has(Rule::CloudfrontVpcOrigin) && !self.network.vpc_origins.is_empty() {
            let seen = self.cloudfront(vpc);
            for origin in self.network.vpc_origins.values() {
                doors.extend(from_origin(origin, &seen));
            }
        }
        doors.into_iter()
    }

    /// Whom a VPC sees when CloudFront asks: its own interfaces there, or its published networks.
    fn cloudfront(&self, vpc: &str) -> Addresses {
        let own = self
            .network
            .interfaces
            .values()
            .filter(|interface| interface.vpc_id == vpc && interface.description.starts_with("CloudFront managed ENI"));
        let own = own.map(|interface| private_addresses(interface)).fold(Addresses::default(), |all, one| all.union(&one));
        let lists = self.network.lists.values().filter(|list| list.name.ends_with(".cloudfront.origin-facing"));
        lists.filter_map(|list| list.networks.clone()).fold(own, |all, one| all.union(&one))
    }

    /// To an interface through the endpoint services that lead to it: from a VPC with an endpoint of theirs.
    pub(super) fn through_services(
        &self,
        start: &super::ends::Start<'a>,
        target: &'a Known<Interface>,
        own: &Addresses,
        services: &Services,
    ) -> Vec<Path> {
        let super::ends::Start::Interface(source, _) = start else { return Vec::new() };
        if source.vpc_id == target.vpc_id || !self.rules.has(Rule::InterfaceEndpoint) {
            return Vec::new();
        }
        let mut paths = Vec::new();
        if !self.network.has(source.place, calls::ENDPOINTS) {
            let path = Path::new(Traffic::new(&Addresses::all(), own, services));
            paths.extend(path.unknown(&self.call_at(source.place, calls::ENDPOINTS)));
        }
        for endpoint in self.network.endpoints.values().filter(|endpoint| endpoint.vpc_endpoint_type == "Interface") {
            let Some(service) = self.network.endpoint_services.get(&endpoint.service_name) else { continue };
            let balancers = service.network_load_balancer_arns.iter().filter_map(|arn| self.network.balancers.get(arn));
            for balancer in balancers.filter(|balancer| balancer.vpc == target.vpc_id) {
                for door in endpoint.network_interface_ids.iter().filter_map(|id| self.network.interfaces.get(id)) {
                    for listener in balancer.listeners.iter().flatten() {
                        let goal = super::ends::Goal::Interface(door, private_addresses(door));
                        let listens = super::balancers::listener_services(listener);
                        for mut path in self.walk(start, &goal, &listens) {
                            path.hop(&service.service_id);
                            let Some(node) = balancer.interfaces.iter().find_map(|id| self.network.interfaces.get(id)) else { continue };
                            // The provider sees the load balancer, not the consumer:
                            // https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
                            path.traffic = path.traffic.translated(Side::From, &private_addresses(node));
                            paths.extend(self.by_listener(path, balancer, listener, node, target, own, services));
                        }
                    }
                }
            }
        }
        paths
    }
}

fn addresses_of(accelerator: &Accelerator) -> Addresses {
    let all = accelerator.ip_sets.iter().flat_map(|set| &set.ip_addresses);
    all.filter_map(|text| Addresses::parse(text)).fold(Addresses::default(), |all, one| all.union(&one))
}

fn listeners_of(accelerator: &Accelerator) -> impl Iterator<Item = (&AcceleratorListener, &EndpointGroup)> {
    let listeners = accelerator.listeners.iter().flatten();
    listeners.flat_map(|listener| listener.groups.iter().flatten().map(move |group| (listener, group)))
}

fn listened(listener: &AcceleratorListener, group: &EndpointGroup) -> Services {
    let protocol = listener.protocol.to_lowercase();
    let mut all = listener
        .port_ranges
        .iter()
        .map(|range| Services::of(&protocol, Some((range.from_port, range.to_port))))
        .fold(Services::default(), |all, one| all.union(&one));
    for other in &group.port_overrides {
        all = all.difference(&Services::of(&protocol, Some((other.listener_port, other.listener_port))));
        all = all.union(&Services::of(&protocol, Some((other.endpoint_port, other.endpoint_port))));
    }
    all
}

fn accelerated<'a>(accelerator: &'a Accelerator, listener: &'a AcceleratorListener, group: &'a EndpointGroup) -> Vec<Door<'a>> {
    let name = accelerator.name.as_str();
    let door = |endpoint: &'a crate::network::model::fronts::AcceleratorEndpoint| {
        let nothing = endpoint.weight == Some(0) || group.traffic_dial_percentage == Some(0.0);
        let stop = if !accelerator.enabled {
            Some((Code::STATE, name, "it is switched off".to_owned()))
        } else if nothing {
            Some((Code::ACCELERATOR_WEIGHT, name, format!("{} gets no traffic", endpoint.endpoint_id)))
        } else {
            None
        };
        Door {
            hops: vec![name],
            endpoint: &endpoint.endpoint_id,
            services: listened(listener, group),
            seen_as: None,
            stop,
            port: (Code::ACCELERATOR_LISTENERS, name),
        }
    };
    group.endpoint_descriptions.iter().map(door).collect()
}

fn from_origin<'a>(origin: &'a VpcOrigin, seen: &Addresses) -> Vec<Door<'a>> {
    let services =
        origin.ports.iter().map(|port| Services::of("tcp", Some((*port, *port)))).fold(Services::default(), |all, one| all.union(&one));
    let door = |(distribution, enabled): &'a (String, bool)| {
        let stop = if !enabled {
            Some((Code::STATE, distribution.as_str(), "the distribution is switched off".to_owned()))
        } else if origin.status != "Deployed" {
            Some((Code::STATE, origin.id.as_str(), format!("the origin is {}", origin.status)))
        } else {
            None
        };
        Door {
            hops: vec![distribution, &origin.id],
            endpoint: &origin.origin_endpoint_arn,
            services: services.clone(),
            seen_as: Some(seen.clone()),
            stop,
            port: (Code::TARGET_PORT, &origin.id),
        }
    };
    origin.distributions.iter().map(door).collect()
}
