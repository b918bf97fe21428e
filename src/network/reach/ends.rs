//! What a question can be about: the internet, addresses, and whatever has interfaces.

use std::net::IpAddr;

use super::{Engine, private_addresses};
use crate::network::address::Addresses;
use crate::network::model::Known;
use crate::network::model::balancer::Balancer;
use crate::network::model::fronts::Accelerator;
use crate::network::model::interface::Interface;

/// One end of a question.
#[derive(Debug, Clone)]
pub enum End {
    /// Every public address.
    Internet,
    /// These addresses.
    Addresses(Addresses),
    /// Any of these interfaces, by id.
    Interfaces(Vec<String>),
    /// One of these interfaces: nobody knows which. The name of whose it is.
    OneOf(String, Vec<String>),
    /// These interfaces, and maybe others: this call was not answered.
    Partly(Vec<String>, String),
    /// What lies beyond this gateway.
    Beyond(String),
    /// This load balancer, by its place among them.
    Balancer(String),
    /// This accelerator, by ARN.
    Accelerator(String),
    /// It may well be there: this call was not answered.
    Untold(String),
}

impl End {
    /// Whether it is more than a single network.
    pub(super) fn is_wide(&self) -> bool {
        match self {
            Self::Internet => true,
            Self::Addresses(addresses) => addresses.networks().len() > 1,
            Self::Interfaces(_)
            | Self::Partly(..)
            | Self::OneOf(..)
            | Self::Beyond(_)
            | Self::Balancer(_)
            | Self::Accelerator(_)
            | Self::Untold(_) => false,
        }
    }
}

/// Where packets start.
#[derive(Debug, Clone)]
pub(super) enum Start<'a> {
    /// Outside, on the internet.
    Internet(Addresses),
    /// Outside, beyond a VPN or Direct Connect.
    Outside(Addresses),
    /// Beyond this gateway.
    Beyond(String),
    /// At an address of a VPC that something unseen may have, and who would know of it.
    Unseen(Addresses, String),
    /// At an interface.
    Interface(&'a Known<Interface>, Addresses),
}

/// Where they are to go.
#[derive(Debug, Clone)]
pub(super) enum Goal<'a> {
    /// To the internet.
    Internet(Addresses),
    /// Beyond a VPN or Direct Connect.
    Outside(Addresses),
    /// To an interface, within its VPC or those that it is joined with.
    Interface(&'a Known<Interface>, Addresses),
    /// To the public addresses of an interface.
    Public(&'a Known<Interface>, Addresses),
    /// To a load balancer.
    Balancer(&'a Known<Balancer>),
    /// To an accelerator.
    Accelerator(&'a Known<Accelerator>),
    /// To an address in a VPC that nothing has.
    Nothing(Addresses),
}

impl Goal<'_> {
    /// Whether it is the internet, and not some addresses there.
    pub(super) fn is_whole_internet(&self) -> bool {
        matches!(self, Self::Internet(addresses) if addresses == Addresses::internet())
    }

    /// The addresses that packets are sent to.
    pub(super) fn addresses(&self) -> &Addresses {
        match self {
            Self::Internet(addresses)
            | Self::Outside(addresses)
            | Self::Interface(_, addresses)
            | Self::Public(_, addresses)
            | Self::Nothing(addresses) => addresses,
            Self::Balancer(_) | Self::Accelerator(_) => Addresses::internet(),
        }
    }
}

impl<'a> Engine<'a> {
    pub(super) fn starts(&self, end: &End) -> Vec<Start<'a>> {
        match end {
            End::Internet => vec![Start::Internet(Addresses::internet().clone())],
            End::Balancer(key) => {
                let nodes = self.network.balancers.get(key).map(|balancer| balancer.interfaces.as_slice()).unwrap_or_default();
                self.known(nodes).map(|interface| Start::Interface(interface, private_addresses(interface))).collect()
            }
            End::Accelerator(_) | End::Untold(_) => Vec::new(),
            End::Beyond(gateway) if gateway.starts_with("igw-") => vec![Start::Internet(Addresses::internet().clone())],
            End::Beyond(gateway) => vec![Start::Beyond(gateway.clone())],
            End::Interfaces(ids) | End::Partly(ids, _) | End::OneOf(_, ids) => {
                self.known(ids).map(|interface| Start::Interface(interface, private_addresses(interface))).collect()
            }
            End::Addresses(addresses) => {
                let mut starts: Vec<Start<'_>> = self.at(addresses).map(|(interface, own)| Start::Interface(interface, own)).collect();
                let (public, private) = self.elsewhere(addresses);
                if !public.is_empty() {
                    starts.push(Start::Internet(public));
                }
                if !private.is_empty() {
                    starts.push(Start::Outside(private));
                }
                if starts.is_empty() {
                    starts.extend(self.unseen_at(addresses).map(|(_, missing)| Start::Unseen(addresses.clone(), missing)));
                }
                starts
            }
        }
    }

    pub(super) fn goals(&self, end: &End) -> Vec<Goal<'a>> {
        match end {
            End::Internet => vec![Goal::Internet(Addresses::internet().clone())],
            End::Untold(_) => Vec::new(),
            End::Beyond(_) => vec![Goal::Outside(Addresses::all())],
            End::Balancer(key) => self.network.balancers.get(key).map(Goal::Balancer).into_iter().collect(),
            End::Accelerator(arn) => self.network.accelerators.get(arn).map(Goal::Accelerator).into_iter().collect(),
            End::Interfaces(ids) | End::Partly(ids, _) | End::OneOf(_, ids) => {
                self.known(ids).map(|interface| Goal::Interface(interface, private_addresses(interface))).collect()
            }
            End::Addresses(addresses) => {
                let mut goals: Vec<Goal<'_>> = self.at(addresses).map(|(interface, own)| Goal::Interface(interface, own)).collect();
                let single = addresses.networks();
                let public = single.first().filter(|network| single.len() == 1 && network.prefix_len() == network.max_prefix_len());
                if let Some(interface) = public.and_then(|network| self.network.public_interface(network.addr())) {
                    return vec![Goal::Public(interface, addresses.clone())];
                }
                if let Some(accelerator) = self.accelerator_at(addresses) {
                    return vec![Goal::Accelerator(accelerator)];
                }
                let (public, private) = self.elsewhere(addresses);
                if !public.is_empty() {
                    goals.push(Goal::Internet(public));
                }
                if !private.is_empty() {
                    goals.push(Goal::Outside(private));
                }
                if goals.is_empty() {
                    goals.push(Goal::Nothing(addresses.clone()));
                }
                goals
            }
        }
    }

    fn known(&self, ids: &[String]) -> impl Iterator<Item = &'a Known<Interface>> {
        let network = self.network;
        ids.iter().filter_map(|id| network.interfaces.get(id))
    }

    /// The interfaces that have some of the addresses.
    fn at(&self, addresses: &Addresses) -> impl Iterator<Item = (&'a Known<Interface>, Addresses)> {
        let with = |interface: &'a Known<Interface>| {
            let own = private_addresses(interface).intersection(addresses);
            (!own.is_empty()).then_some((interface, own))
        };
        let mut found: Vec<(&Known<Interface>, Addresses)> = self.network.interfaces.values().filter_map(with).collect();
        // Where several networks have the address, those that were asked for are meant.
        if found.iter().any(|(interface, _)| self.is_chosen(interface.place)) {
            found.retain(|(interface, _)| self.is_chosen(interface.place));
        }
        found.into_iter()
    }

    /// What of some addresses is in no VPC: on the internet, and elsewhere.
    fn elsewhere(&self, addresses: &Addresses) -> (Addresses, Addresses) {
        let inside = self
            .network
            .vpcs
            .values()
            .map(|vpc| crate::network::model::Network::networks(vpc))
            .fold(Addresses::default(), |all, part| all.union(&part));
        let outside = addresses.difference(&inside);
        (outside.intersection(Addresses::internet()), outside.difference(Addresses::internet()))
    }

    /// The private address behind a public one.
    pub(super) fn behind(&self, interface: &Interface, public: &Addresses) -> Addresses {
        let own = interface.addresses().filter(|(_, association)| {
            association.and_then(|association| association.public_ip.parse::<IpAddr>().ok()).is_some_and(|address| public.contains(address))
        });
        own.filter_map(|(private, _)| private.parse::<IpAddr>().ok())
            .map(Addresses::from)
            .fold(Addresses::default(), |all, one| all.union(&one))
    }
}
