//! One question at a time, for those who look for ways through many of them.

use super::Given;
use super::own::{Own, Place};
use super::targets::aim;
use crate::iam::estate::{Asker, Estate};
use crate::iam::evaluate::{Named, OfResource, decide};
use crate::iam::policy::{Action, Policy, Target};
use crate::iam::truth::Truth;

/// What is known of a key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFact {
    /// It has these values.
    Values(Vec<String>),
    /// It is there, with a value that nobody knows.
    Present,
    /// It is not there.
    Absent,
}

/// Which policy of the resource counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceSide {
    /// That which it has.
    Own,
    /// None: it is yet to be made.
    New,
    /// One that names the asker.
    Granted,
}

/// A question to one asker.
#[derive(Debug)]
pub struct Probe<'q> {
    /// What.
    pub action: &'q Action,
    /// On what.
    pub target: &'q Target,
    /// Keys of the request.
    pub keys: &'q [(String, KeyFact)],
    /// The policy of the resource.
    pub side: ResourceSide,
}

/// Asks on behalf of one principal.
pub struct Prober<'a> {
    estate: &'a Estate,
    own: Own<'a>,
    /// A policy that names the principal.
    grant: Policy,
}

impl<'a> Prober<'a> {
    /// For an asker, without session policies.
    #[must_use]
    pub fn new(estate: &'a Estate, asker: &'a Asker<'a>, none: &'a Given) -> Self {
        let document = serde_json::json!({"Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": asker.caller.arn}, "Action": "*", "Resource": "*"}]});
        Self { estate, own: Own::new(estate, asker, none, &[]), grant: Policy::read(&document, estate.store.catalog()) }
    }

    /// Whether it may.
    #[must_use]
    pub fn ask(&self, probe: &Probe<'_>) -> Truth {
        let mut aim = aim(self.estate, probe.action, Some(probe.target));
        match probe.side {
            ResourceSide::Own => {}
            ResourceSide::New => {
                aim.policy = OfResource::None;
                aim.grants.clear();
            }
            ResourceSide::Granted => aim.policy = OfResource::Policy(Named { name: "a policy that names the source", policy: &self.grant }),
        }
        let mut place = Place::next(None, &self.own, &aim, probe.action);
        for (key, fact) in probe.keys {
            place.know(key, fact);
        }
        decide(&self.own.request(probe.action, &aim, &place), &self.own.policies(&aim, &place))
    }
}
