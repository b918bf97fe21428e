//! Whether the internet reaches instances. The network is read when it is first asked about.

use std::cell::OnceCell;

use crate::iam::truth::Truth;
use crate::network::model::Network;
use crate::network::reach::{Engine, Outcome};
use crate::network::rules::Rules;
use crate::network::services::Services;
use crate::snapshot::Snapshot;

pub(super) struct Hosts<'a> {
    snapshot: &'a Snapshot,
    network: OnceCell<Option<Network>>,
}

impl<'a> Hosts<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, network: OnceCell::new() }
    }

    /// Whether it reaches a port (`tcp/22`) of an instance. What cannot be read tells nothing.
    pub(super) fn reach(&self, arn: &str, port: &str) -> Truth {
        let Some(network) = self.network.get_or_init(|| Network::read([self.snapshot]).ok()) else { return Truth::Unknown };
        let mut engine = Engine::new(network, Rules::default());
        let id = arn.rsplit('/').next().unwrap_or(arn);
        let (Ok(from), Ok(to), Ok(services)) = (engine.end("internet"), engine.end(id), port.parse::<Services>()) else {
            return Truth::Unknown;
        };
        match engine.reach(&from, &to, &services).outcome {
            Outcome::Yes => Truth::Yes,
            Outcome::No => Truth::No,
            Outcome::Unknown => Truth::Unknown,
        }
    }
}
