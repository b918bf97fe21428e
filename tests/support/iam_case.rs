//! A case of the IAM engine as JSON: policies, a request, and what should come of it. AWS's documented examples and the
//! generated cases of the oracle have the same form.

use std::collections::BTreeMap;

use cloudmapper::iam::caller::Caller;
use cloudmapper::iam::catalog::Catalog;
use cloudmapper::iam::context::Context;
use cloudmapper::iam::evaluate::{Answer, Decision, Layer, Named, OfResource, Owner, Policies, Request, TakenBy, decide};
use cloudmapper::iam::formula::Formula;
use cloudmapper::iam::policy::{Action, Policy, Target};
use cloudmapper::iam::truth::Truth;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize, Clone)]
pub struct Case {
    pub name: String,
    #[serde(default, rename = "source")]
    _source: String,
    pub request: CaseRequest,
    #[serde(default)]
    pub policies: CasePolicies,
    pub expect: Option<Expect>,
}

#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct CaseRequest {
    pub principal: String,
    pub action: String,
    pub resource: String,
    pub resource_account: Option<String>,
    #[serde(default)]
    pub context: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    pub unknown: Vec<String>,
}

#[derive(Debug, Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct CasePolicies {
    identity: Vec<Document>,
    boundary: Option<Document>,
    session: Option<Document>,
    resource: Option<Document>,
    scps: Option<Vec<Vec<Document>>>,
    rcps: Option<Vec<Vec<Document>>>,
    endpoint: Option<Document>,
}

#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    document: Value,
}

#[derive(Debug, Deserialize, Clone)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub decision: String,
    pub taken_by: Option<String>,
    #[serde(default)]
    pub statements: Vec<ExpectedStatement>,
    #[serde(default, rename = "condition")]
    _condition: String,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone)]
#[serde(deny_unknown_fields)]
pub struct ExpectedStatement {
    pub policy: String,
    pub statement: usize,
}

/// What the engine says, in the words of the cases.
#[derive(Debug)]
pub struct Said {
    pub decision: &'static str,
    pub taken_by: Option<&'static str>,
    /// Those of identity and resource policies that allow, or all that deny.
    pub statements: Vec<ExpectedStatement>,
    /// Under which conditions.
    pub condition: Option<Formula>,
}

impl Case {
    pub fn context(&self) -> Context {
        let mut context = Context::absent();
        for (key, values) in &self.request.context {
            match values {
                OneOrMany::One(value) => context.set(key, [value]),
                OneOrMany::Many(values) => context.set(key, values),
            }
        }
        for key in &self.request.unknown {
            context.set_unknown(key);
        }
        context
    }

    /// The same case, with one more statement for the caller.
    pub fn with_identity(&self, statement: &str) -> Self {
        let statement: Value = serde_json::from_str(statement).unwrap();
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": [statement]});
        let mut case = self.clone();
        case.policies.identity.push(Document { name: "added".to_owned(), document });
        case
    }

    /// Root users, services and the anonymous have none.
    pub fn has_identity_policies(&self) -> bool {
        self.request.principal.starts_with("arn:") && !self.request.principal.ends_with(":root")
    }

    /// The condition keys that the policies ask for, with values that they may match.
    pub fn keys(&self) -> BTreeMap<String, Vec<String>> {
        let mut keys = BTreeMap::<String, Vec<String>>::new();
        let catalog = Catalog::embedded().unwrap();
        for (_, policy) in Compiled::new(&self.policies, catalog).all() {
            for statement in &policy.statements {
                let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
                for variable in patterns.flat_map(|pattern| pattern.template.variables()) {
                    keys.entry(variable.to_string()).or_default();
                }
                for condition in &statement.conditions {
                    let values = condition.values_in_words("\n");
                    keys.entry(condition.key.to_string()).or_default().extend(values.lines().map(str::to_owned));
                }
            }
        }
        keys
    }

    /// Has the engine decide in this context, and checks that the fast way does not contradict the exact one.
    pub fn decide(&self, context: &Context) -> Said {
        let catalog = Catalog::embedded().unwrap();
        let caller = Caller::new(&self.request.principal);
        let action = Action::new(&self.request.action, catalog);
        let owner = self.request.resource_account.as_deref().map_or(Owner::Same, Owner::Account);
        let target = Target::Arn(self.request.resource.clone());
        let request = Request { caller: &caller, action: &action, target: &target, owner, context };
        let compiled = Compiled::new(&self.policies, catalog);
        let layers = compiled.named();
        let policies = layers.policies();
        let answer = Answer::new(&request, &policies);
        let fast: Truth = decide(&request, &policies);
        match (&answer.decision, fast) {
            (Decision::Allowed, Truth::No) | (Decision::Denied, Truth::Yes) | (Decision::Conditional(_), Truth::Yes | Truth::No) => {
                panic!("{}: {:?}, but the fast way says {fast:?}", self.name, answer.decision)
            }
            _ => {}
        }
        said(&answer)
    }
}

fn said(answer: &Answer<'_>) -> Said {
    let (decision, condition) = match &answer.decision {
        Decision::Allowed => ("allowed", None),
        Decision::Denied => ("denied", None),
        Decision::Conditional(formula) => ("conditional", Some(formula.clone())),
    };
    let shown = |layer: Layer| decision != "allowed" || matches!(layer, Layer::Identity | Layer::Resource);
    let deciding = answer.statements.iter().filter(|found| shown(found.layer));
    let mut statements: Vec<ExpectedStatement> =
        deciding.map(|found| ExpectedStatement { policy: found.policy.to_owned(), statement: found.statement }).collect();
    statements.sort();
    if answer.first_reason().is_some_and(|reason| reason != TakenBy::ExplicitDeny) {
        statements.clear();
    }
    Said { decision, taken_by: answer.first_reason().map(word), statements, condition }
}

fn word(reason: TakenBy) -> &'static str {
    match reason {
        TakenBy::ExplicitDeny => "explicit-deny",
        TakenBy::NoAllow | TakenBy::Layer(Layer::Identity) => "no-allow",
        TakenBy::Layer(Layer::Boundary) => "boundary",
        TakenBy::Layer(Layer::Session) => "session",
        TakenBy::Layer(Layer::Resource) => "resource-policy",
        TakenBy::Layer(Layer::Scp) => "scp",
        TakenBy::Layer(Layer::Rcp) => "rcp",
        TakenBy::Layer(Layer::Endpoint) => "endpoint",
        TakenBy::PublicAccessBlock => "public-access-block",
        TakenBy::Special(_) => "special",
    }
}

type Documents = Vec<(String, Policy)>;

struct Compiled {
    identity: Documents,
    boundary: Documents,
    session: Documents,
    resource: Documents,
    scps: Option<Vec<Documents>>,
    rcps: Option<Vec<Documents>>,
    endpoint: Documents,
}

struct Layers<'a> {
    identity: Vec<Named<'a>>,
    session: Vec<Named<'a>>,
    scps: Option<Vec<Vec<Named<'a>>>>,
    rcps: Option<Vec<Vec<Named<'a>>>>,
    compiled: &'a Compiled,
}

impl Compiled {
    fn new(policies: &CasePolicies, catalog: &Catalog) -> Self {
        let one = |document: &Document| (document.name.clone(), Policy::read(&document.document, catalog));
        let many = |documents: &[Document]| documents.iter().map(one).collect::<Vec<_>>();
        let levels = |levels: &Option<Vec<Vec<Document>>>| levels.as_ref().map(|levels| levels.iter().map(|level| many(level)).collect());
        Self {
            identity: many(&policies.identity),
            boundary: many(policies.boundary.as_slice()),
            session: many(policies.session.as_slice()),
            resource: many(policies.resource.as_slice()),
            scps: levels(&policies.scps),
            rcps: levels(&policies.rcps),
            endpoint: many(policies.endpoint.as_slice()),
        }
    }

    fn all(&self) -> impl Iterator<Item = &(String, Policy)> {
        let own = [&self.identity, &self.boundary, &self.session, &self.resource, &self.endpoint];
        own.into_iter().chain(self.scps.iter().chain(&self.rcps).flatten()).flatten()
    }

    fn named(&self) -> Layers<'_> {
        let scps = self.scps.as_ref().map(|levels| levels.iter().map(named).collect());
        let rcps = self.rcps.as_ref().map(|levels| levels.iter().map(named).collect());
        Layers { identity: named(&self.identity), session: named(&self.session), scps, rcps, compiled: self }
    }
}

fn named(policies: &Documents) -> Vec<Named<'_>> {
    policies.iter().map(|(name, policy)| Named { name, policy }).collect()
}

impl Layers<'_> {
    fn policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            identity_unknown: false,
            grants: &[],
            restricted: false,
            perhaps_restricted: false,
            boundary: self.compiled.boundary.first().map(|(name, policy)| Named { name, policy }),
            session: Some(self.session.as_slice()).filter(|session| !session.is_empty()),
            resource: match self.compiled.resource.first() {
                Some((name, policy)) => OfResource::Policy(Named { name, policy }),
                None => OfResource::None,
            },
            scps: self.scps.as_deref(),
            rcps: self.rcps.as_deref(),
            endpoint: self.compiled.endpoint.first().map(|(name, policy)| Named { name, policy }),
        }
    }
}
