//! Route tables: where packets to some addresses go.

use std::collections::BTreeSet;

use super::{Engine, calls};
use crate::network::address::Addresses;
use crate::network::model::vpc::{Route, RouteTable, Subnet};
use crate::network::model::{Known, Place};
use crate::network::rules::Rule;

/// Where a part of some addresses is routed.
#[derive(Debug, Clone)]
pub(super) struct Branch<'a> {
    /// The addresses.
    pub(super) to: Addresses,
    /// The route; `None` where there is none.
    pub(super) route: Option<&'a Route>,
}

/// A table's answer.
#[derive(Debug)]
pub(super) struct Routed<'a> {
    /// The table; empty where there is none.
    pub(super) table: &'a str,
    pub(super) branches: Vec<Branch<'a>>,
    /// What would have to be known for certainty.
    pub(super) missing: BTreeSet<String>,
}

impl<'a> Engine<'a> {
    /// The table of a subnet: its own, or the main one of the VPC.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html#RouteTableDetails>
    pub(super) fn table_of(&self, subnet: &Subnet) -> Option<&'a Known<RouteTable>> {
        // Where not all tables are known, there may be one of its own.
        let whole = self.network.subnets.get(&subnet.subnet_id).is_none_or(|known| self.network.has(known.place, calls::TABLES));
        let main = || self.network.main_table(&subnet.vpc_id).filter(|_| whole && self.rules.has(Rule::RouteMainTable));
        self.network.own_table(&subnet.subnet_id).or_else(main)
    }

    /// Splits addresses by the routes they take.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>
    pub(super) fn route(&self, table: &'a Known<RouteTable>, to: &Addresses) -> Routed<'a> {
        let mut missing = BTreeSet::new();
        let mut routes: Vec<(&Route, Addresses, u8)> = Vec::new();
        for route in &table.routes {
            if self.is_taken(&table.route_table_id, false, || super::walk::leads(Some(route))) {
                continue;
            }
            for network in self.destinations(route, table.place, &mut missing) {
                let length = network.networks().first().map_or(0, ipnet::IpNet::prefix_len);
                routes.push((route, network, length));
            }
        }
        if self.rules.has(Rule::RouteLongestPrefix) {
            // Of equals, static routes come before lists, and those before propagated ones.
            let rank = |route: &Route| {
                let listed = !route.destination_prefix_list_id.is_empty();
                (u8::from(route.gateway_id != "local"), u8::from(route.origin == "EnableVgwRoutePropagation"), u8::from(listed))
            };
            routes.sort_by_key(|(route, _, length)| (std::cmp::Reverse(*length), rank(route)));
        }
        let mut left = to.clone();
        let mut branches = Vec::new();
        for (route, network, _) in routes {
            let here = left.intersection(&network);
            if !here.is_empty() {
                left = left.difference(&network);
                branches.push(Branch { to: here, route: Some(route) });
            }
        }
        if !left.is_empty() {
            branches.push(Branch { to: left, route: None });
        }
        Routed { table: &table.route_table_id, branches, missing }
    }

    /// The networks that a route is for.
    fn destinations(&self, route: &Route, place: Place, missing: &mut BTreeSet<String>) -> Vec<Addresses> {
        if route.destination_prefix_list_id.is_empty() {
            return if self.rules.has(Rule::Ipv6Rules) {
                Addresses::parse(route.destination()).map(|network| self.counted(&network)).into_iter().collect()
            } else {
                vec![self.written(route.destination())]
            };
        }
        if !self.rules.has(Rule::RoutePrefixList) {
            return Vec::new();
        }
        match self.network.lists.get(&route.destination_prefix_list_id).and_then(|list| list.networks.as_ref()) {
            Some(networks) => networks.networks().into_iter().map(Addresses::from).collect(),
            None => {
                missing.insert(self.call_at(place, &format!("{}/{}", calls::LIST_ENTRIES, route.destination_prefix_list_id)));
                Vec::new()
            }
        }
    }
}
