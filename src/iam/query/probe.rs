//! One question at a time, for those who look for ways through many of them.

use std::cell::OnceCell;

use super::own::{Own, Place};
use super::targets::{Aim, aim, whole};
use super::{Because, Given};
use crate::iam::condition::Condition;
use crate::iam::estate::{Asker, Estate, PolicyId};
use crate::iam::evaluate::{Answer, Decision, Named, OfResource, Policies, Request, TakenBy, conditions, decide};
use crate::iam::formula::Formula;
use crate::iam::policy::template::{Resolved, Template};
use crate::iam::policy::{Action, Effect, Policy, Statement, Target};
use crate::iam::truth::Truth;

/// What the policy of [`ResourceSide::Granted`] is called.
pub const GRANT: &str = "a policy that names the source";

static NONE: Given = Given { session: Vec::new() };

/// What is known of a key of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyFact {
    /// It has these values.
    Values(Vec<String>),
    /// It is there, with a value that nobody knows.
    Present,
    /// It is not there.
    Absent,
    /// No other key that begins so is there.
    OthersAbsent,
}

/// Which policy of the resource counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// What a principal would have after a change.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Its identity policies.
    pub identity: Vec<PolicyId>,
    /// One that no snapshot has.
    pub version: Option<(String, Policy)>,
    /// Its boundary.
    pub boundary: Option<PolicyId>,
    /// Whether the organization's policies limit it.
    pub without_scps: bool,
}

/// An answer with its reasons, on its own feet.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Under which conditions; `Never` for a no.
    pub when: Formula,
    /// The statements that decided.
    pub because: Vec<Because>,
    /// What took it away.
    pub taken_by: Vec<TakenBy>,
}

/// Asks on behalf of one principal.
pub struct Prober<'a> {
    estate: &'a Estate,
    asker: &'a Asker<'a>,
    own: Own<'a>,
    /// A policy that names the principal.
    grant: OnceCell<Policy>,
}

impl std::fmt::Debug for Prober<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_tuple("Prober").field(&self.asker.caller.arn).finish()
    }
}

impl<'a> Prober<'a> {
    /// For an asker as it is.
    #[must_use]
    pub fn new(estate: &'a Estate, asker: &'a Asker<'a>) -> Self {
        Self { estate, asker, own: Own::new(estate, asker, &NONE, &[]), grant: OnceCell::new() }
    }

    /// For an asker as it would be.
    #[must_use]
    pub fn with(estate: &'a Estate, asker: &'a Asker<'a>, rights: &'a Rights) -> Self {
        let mut own = Own::new(estate, asker, &NONE, &[]);
        own.replace(rights);
        Self { estate, asker, own, grant: OnceCell::new() }
    }

    /// The ARN of the asker.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.asker.caller.arn
    }

    /// The statements that have a say in an action of the asker's on the resources of its own account, apart from those of
    /// the resources' own policies.
    #[must_use]
    pub fn statements(&self, action: &Action) -> Vec<&Statement> {
        let policies = self.own.all().chain(self.own.at_its_resources()).map(|named| named.policy);
        let concerned = policies.filter(|policy| policy.concerns(Effect::Allow, action) || policy.concerns(Effect::Deny, action));
        concerned.flat_map(|policy| &policy.statements).filter(|statement| statement.actions.contains(action)).collect()
    }

    /// The name of the asker's permissions boundary.
    #[must_use]
    pub fn boundary(&self) -> Option<&str> {
        self.own.boundary()
    }

    /// A text of a policy with what is known of the asker in the place of variables.
    #[must_use]
    pub fn resolve<'t>(&self, template: &'t Template) -> Resolved<'t> {
        self.own.resolve(template)
    }

    /// Whether the asker meets a condition, as far as what is known of all its requests tells.
    #[must_use]
    pub fn meets(&self, condition: &Condition) -> Truth {
        self.own.meets(condition)
    }

    /// Whether it may.
    #[must_use]
    pub fn ask(&self, probe: &Probe<'_>) -> Truth {
        let aim = self.aim(probe);
        // More knowledge of the request settles what is unknown, and changes nothing that is settled.
        match self.own.settled(probe.action, &aim) {
            Truth::Unknown => self.put_to(probe, &aim, decide),
            settled => settled,
        }
    }

    /// Whether it may, and why.
    #[must_use]
    pub fn explain(&self, probe: &Probe<'_>) -> Explained {
        self.put(probe, explained)
    }

    /// Under which conditions it may take an action on whatever of the account that no policy names.
    #[must_use]
    pub fn on_everything(&self, action: &Action) -> Formula {
        self.everywhere(action, |request, policies| match decide(request, policies) {
            Truth::No => Formula::Never,
            Truth::Yes => Formula::Always,
            Truth::Unknown => conditions(request, policies).of_any_resource(),
        })
        .unwrap_or(Formula::Never)
    }

    /// The same, with reasons.
    #[must_use]
    pub fn explain_on_everything(&self, action: &Action) -> Option<Explained> {
        self.everywhere(action, explained)
    }

    fn everywhere<T>(&self, action: &Action, work: impl FnOnce(&Request<'_>, &Policies<'_>) -> T) -> Option<T> {
        let (account, _) = self.asker.known?;
        let aim = whole(self.estate, action, account);
        let place = Place::next(None, &self.own, &aim, action);
        Some(work(&self.own.request(action, &aim, &place), &self.own.policies(&aim, &place)))
    }

    fn put<T>(&self, probe: &Probe<'_>, work: impl FnOnce(&Request<'_>, &Policies<'_>) -> T) -> T {
        self.put_to(probe, &self.aim(probe), work)
    }

    fn put_to<T>(&self, probe: &Probe<'_>, aim: &Aim<'_>, work: impl FnOnce(&Request<'_>, &Policies<'_>) -> T) -> T {
        let mut place = Place::next(None, &self.own, aim, probe.action);
        for (key, fact) in probe.keys {
            place.know(key, fact);
        }
        work(&self.own.request(probe.action, aim, &place), &self.own.policies(aim, &place))
    }

    fn aim(&self, probe: &Probe<'_>) -> Aim<'_> {
        let mut aim = aim(self.estate, probe.action, Some(probe.target));
        match probe.side {
            ResourceSide::Own => {}
            ResourceSide::New => {
                aim.policy = OfResource::None;
                aim.grants.clear();
            }
            ResourceSide::Granted => aim.policy = OfResource::Policy(Named { name: GRANT, policy: self.grant() }),
        }
        aim
    }

    fn grant(&self) -> &Policy {
        self.grant.get_or_init(|| {
            let document = serde_json::json!({"Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"AWS": self.asker.caller.arn}, "Action": "*", "Resource": "*"}]});
            Policy::read(&document, self.estate.store.catalog())
        })
    }
}

impl Explained {
    /// An answer of the engine.
    #[must_use]
    pub fn of(request: &Request<'_>, policies: &Policies<'_>) -> Self {
        explained(request, policies)
    }
}

fn explained(request: &Request<'_>, policies: &Policies<'_>) -> Explained {
    let answer = Answer::new(request, policies);
    let when = match &answer.decision {
        Decision::Allowed => Formula::Always,
        Decision::Denied => Formula::Never,
        Decision::Conditional(formula) => formula.clone(),
    };
    Explained { when, because: answer.statements.iter().map(Because::from).collect(), taken_by: answer.taken_by.clone() }
}
