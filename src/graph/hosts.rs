//! Hosts that have a role, and whether the internet reaches them. The network is read when it is first asked about.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::GraphError;
use super::model::{Edge, Graph, Kind, place};
use super::outside::INTERNET;
use crate::iam::estate::{Account, Estate};
use crate::iam::truth::Truth;
use crate::network::model::Network;
use crate::network::reach::{Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::snapshot::{Answer, Snapshot};

pub(super) struct Hosts<'a> {
    snapshot: &'a Snapshot,
    network: OnceCell<Option<Network>>,
}

impl<'a> Hosts<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, network: OnceCell::new() }
    }

    fn network(&self) -> Option<&Network> {
        self.network.get_or_init(|| Network::read([self.snapshot]).ok()).as_ref()
    }

    /// Whether it reaches a port (`tcp/22`) of an instance. What cannot be read tells nothing.
    pub(super) fn reach(&self, arn: &str, port: &str) -> Truth {
        let Some(network) = self.network() else { return Truth::Unknown };
        let mut engine = Engine::new(network, Rules::default());
        let (Ok(from), Ok(to), Ok(services)) = (engine.end("internet"), engine.end(id(arn)), port.parse::<Services>()) else {
            return Truth::Unknown;
        };
        truth(engine.reach(&from, &to, &services).outcome)
    }

    /// Whether it reaches any port of some instances.
    fn exposed(&self, arns: &[String]) -> Vec<Truth> {
        let Some(network) = self.network() else { return vec![Truth::Unknown; arns.len()] };
        let mut engine = Engine::new(network, Rules::default());
        let one = |arn: &String| match engine.end(id(arn)) {
            Ok(end) => truth(engine.exposure(&end).outcome),
            Err(_) => Truth::Unknown,
        };
        arns.iter().map(one).collect()
    }
}

fn id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn truth(outcome: Outcome) -> Truth {
    match outcome {
        Outcome::Yes => Truth::Yes,
        Outcome::No => Truth::No,
        Outcome::Unknown => Truth::Unknown,
    }
}

/// An instance that has a role.
struct Host {
    arn: String,
    name: String,
    role: String,
}

/// Adds the hosts that the internet reaches and that have a role: whoever takes one over has the credentials of the role.
pub(super) fn add(graph: &mut Graph, estate: &Estate, snapshots: &[Snapshot]) -> Result<(), GraphError> {
    let techniques = [place("internet-reaches")?, place("instance-role")?];
    let mut places: HashMap<String, usize> = graph.nodes.iter().enumerate().map(|(at, node)| (node.arn.clone(), at)).collect();
    for (account, snapshot) in estate.accounts.iter().zip(snapshots).filter(|(account, _)| !account.superseded) {
        let hosts = of_account(account, snapshot)?;
        if hosts.is_empty() {
            continue;
        }
        let arns: Vec<String> = hosts.iter().map(|host| host.arn.clone()).collect();
        let exposed = Hosts::new(snapshot).exposed(&arns);
        for (host, truth) in hosts.into_iter().zip(exposed).filter(|(_, truth)| *truth != Truth::No) {
            graph.host(&mut places, &host, truth == Truth::Yes, techniques);
        }
    }
    Ok(())
}

fn of_account(account: &Account, snapshot: &Snapshot) -> Result<Vec<Host>, GraphError> {
    let mut roles: BTreeMap<&str, &str> = BTreeMap::new();
    for role in &account.principals {
        roles.extend(role.instance_profiles.iter().map(|profile| (profile.as_str(), role.arn.as_str())));
    }
    let mut hosts = Vec::new();
    for region in snapshot.regions()? {
        let answer: Answer<Value> = snapshot.answer(&region, "ec2-describe-instances")?;
        let answer = answer.value().unwrap_or_default();
        let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        for instance in list(&answer, "Reservations").iter().flat_map(|reservation| list(reservation, "Instances")) {
            let text = |pointer: &str| instance.pointer(pointer).and_then(Value::as_str);
            let role = text("/IamInstanceProfile/Arn").and_then(|profile| roles.get(profile));
            let (Some(role), Some(id), Some("running")) = (role, text("/InstanceId"), text("/State/Name")) else { continue };
            let tags = list(&instance, "Tags");
            let named = tags.iter().find(|tag| tag.get("Key").and_then(Value::as_str) == Some("Name"));
            let name = named.and_then(|tag| tag.get("Value")).and_then(Value::as_str).map(|name| format!(" ({name})")).unwrap_or_default();
            hosts.push(Host {
                arn: format!("arn:{}:ec2:{region}:{}:instance/{id}", account.partition, account.id),
                name: format!("instance/{id}{name}"),
                role: (*role).to_owned(),
            });
        }
    }
    Ok(hosts)
}

impl Graph {
    fn host(&mut self, places: &mut HashMap<String, usize>, host: &Host, certain: bool, [reaches, hands_out]: [u16; 2]) {
        let Some(role) = places.get(&host.role).copied() else { return };
        let internet = self.node_of(places, INTERNET, INTERNET, (Kind::Internet, None));
        let account = self.nodes.get(role).and_then(|node| node.account);
        let at = self.node_of(places, &host.arn, &host.name, (Kind::Host, account));
        self.edges.push(Edge { from: internet, to: at, technique: reaches, certain, via: None });
        self.edges.push(Edge { from: at, to: role, technique: hands_out, certain: true, via: None });
    }
}
