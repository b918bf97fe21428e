//! An answer with its reasons: the statements that decided, and what took a permission away.

use super::rules::{self, Gates, Layer};
use super::{Named, OfResource, Policies, Request, special};
use crate::iam::caller::{CallerKind, Standing};
use crate::iam::formula::Formula;
use crate::iam::logic::Logic as _;
use crate::iam::policy::{Effect, Statement};
use crate::iam::truth::Truth;

/// What comes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// It is denied.
    Denied,
    /// It is allowed where this holds.
    Conditional(Formula),
}

/// Why something is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakenBy {
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing allows it.
    NoAllow,
    /// Policies of this kind do not allow it.
    Layer(Layer),
    /// S3 Block Public Access keeps other accounts out.
    PublicAccessBlock,
    /// AWS does not have it, whatever policies say, and why.
    Special(&'static str),
}

/// A statement that had a say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding<'a> {
    /// The kind of the policy.
    pub layer: Layer,
    /// The policy.
    pub policy: &'a str,
    /// The statement's index, from 0.
    pub statement: usize,
    /// Where it is in the document.
    pub pointer: &'a str,
    /// Its name.
    pub sid: Option<&'a str>,
    /// What it does.
    pub effect: Effect,
    /// When it does.
    pub when: Formula,
}

impl Deciding<'_> {
    /// Whether the policy is of a kind that gives permissions; the others only take them away.
    fn grants(&self) -> bool {
        matches!(self.layer, Layer::Identity | Layer::Resource)
    }
}

/// A decision and its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// What comes of the request.
    pub decision: Decision,
    /// For a denial: what took it away, the first reason first. Empty otherwise.
    pub taken_by: Vec<TakenBy>,
    /// The statements that decided: those that allow, for a denial by a statement those that deny. Of an answer with
    /// conditions, both. An implicit denial lists what would have allowed it: the near misses.
    pub statements: Vec<Deciding<'a>>,
}

impl<'a> Answer<'a> {
    /// Evaluates a request exactly.
    #[must_use]
    pub fn new(request: &Request<'_>, policies: &Policies<'a>) -> Self {
        match special::settled(request) {
            Some(Ok(())) => return Self { decision: Decision::Allowed, taken_by: Vec::new(), statements: Vec::new() },
            Some(Err(why)) => return Self::never(request, policies, why),
            None => {}
        }
        let gates = rules::gates::<Formula>(request, policies);
        let access = gates.access(request).condensed();
        let statements = statements(request, policies);
        match access.certain() {
            Truth::Yes => {
                let statements = statements.into_iter().filter(|found| found.effect == Effect::Allow && found.grants()).collect();
                Self { decision: Decision::Allowed, taken_by: Vec::new(), statements }
            }
            Truth::Unknown => {
                // That FullAWSAccess allows is no news.
                let news = |found: &Deciding<'_>| found.grants() || found.effect == Effect::Deny || found.when != Formula::Always;
                let statements = statements.into_iter().filter(news).collect();
                Self { decision: Decision::Conditional(access), taken_by: Vec::new(), statements }
            }
            Truth::No => {
                let taken_by = taken_by(&gates, request, policies);
                let wanted = if gates.denied.certain() == Truth::Yes { Effect::Deny } else { Effect::Allow };
                let decides = |found: &Deciding<'_>| found.effect == wanted && (wanted == Effect::Deny || found.grants());
                let statements = statements.into_iter().filter(decides).collect();
                Self { decision: Decision::Denied, taken_by, statements }
            }
        }
    }

    /// What AWS does not have. A statement that denies it too is named all the same.
    fn never(request: &Request<'_>, policies: &Policies<'a>, why: &'static str) -> Self {
        let denied = rules::gates::<Formula>(request, policies).denied.certain() == Truth::Yes;
        let mut statements = if denied { statements(request, policies) } else { Vec::new() };
        statements.retain(|found| found.effect == Effect::Deny);
        let taken_by = denied.then_some(TakenBy::ExplicitDeny).into_iter().chain([TakenBy::Special(why)]).collect();
        Self { decision: Decision::Denied, taken_by, statements }
    }

    /// The first reason of a denial.
    #[must_use]
    pub fn first_reason(&self) -> Option<TakenBy> {
        self.taken_by.first().copied()
    }
}

/// Whatever would have to change for the answer to be yes.
fn taken_by(gates: &Gates<Formula>, request: &Request<'_>, policies: &Policies<'_>) -> Vec<TakenBy> {
    let mut reasons = Vec::new();
    let shut = |gate: &Formula| gate.certain() == Truth::No;
    if gates.denied.certain() == Truth::Yes {
        reasons.push(TakenBy::ExplicitDeny);
    }
    if rules::is_kept_out(request, policies) {
        reasons.push(TakenBy::PublicAccessBlock);
    }
    let yes = Formula::Always;
    if shut(&gates.granted(request, &yes)) {
        let only_resource = request.caller.account.is_none() || request.caller.kind == CallerKind::Provider;
        let missing = only_resource || !shut(&gates.identity) || (gates.needs_resource && shut(&gates.resource.any()));
        reasons.push(if missing { TakenBy::Layer(Layer::Resource) } else { TakenBy::NoAllow });
    } else {
        let limits = [(Layer::Boundary, &gates.boundary), (Layer::Session, &gates.session)];
        // A boundary only takes away what it is asked about.
        for (layer, gate) in limits {
            if shut(gate) && shut(&gates.granted(request, gate)) {
                reasons.push(TakenBy::Layer(layer));
            }
        }
    }
    for (layer, gate) in [(Layer::Scp, &gates.scp), (Layer::Rcp, &gates.rcp), (Layer::Endpoint, &gates.endpoint)] {
        if shut(gate) {
            reasons.push(TakenBy::Layer(layer));
        }
    }
    if reasons.is_empty() {
        // Each by itself could be, together they cannot.
        reasons.push(TakenBy::ExplicitDeny);
    }
    reasons
}

fn statements<'a>(request: &Request<'_>, policies: &Policies<'a>) -> Vec<Deciding<'a>> {
    let mut found = Vec::new();
    let mut gather = |layer, named: &Named<'a>, meant: &dyn Fn(&Statement) -> Formula| {
        for statement in &named.policy.statements {
            let meant = meant(statement);
            if meant == Formula::Never {
                continue;
            }
            let when = meant.and(super::statement::matches::<Formula>(statement, request)).condensed();
            if when != Formula::Never {
                found.push(deciding(layer, named.name, statement, when));
            }
        }
    };
    let own = |_: &Statement| Formula::Always;
    for named in policies.identity.iter().filter(|_| request.caller.kind != CallerKind::Root) {
        gather(Layer::Identity, named, &own);
    }
    if let OfResource::Policy(named) = &policies.resource {
        gather(Layer::Resource, named, &|statement| meant(statement, request, policies, true));
    }
    for named in policies.grants {
        gather(Layer::Resource, named, &|statement| meant(statement, request, policies, true));
    }
    if let Some(named) = &policies.boundary {
        gather(Layer::Boundary, named, &own);
    }
    for named in policies.session.unwrap_or_default() {
        gather(Layer::Session, named, &own);
    }
    let organization = !request.caller.is_service_linked();
    for named in policies.scps.filter(|_| request.caller.is_under_scps()).into_iter().flatten().flatten() {
        gather(Layer::Scp, named, &own);
    }
    for named in
        policies.rcps.filter(|_| organization && special::supports_rcps(request.action, request.target)).into_iter().flatten().flatten()
    {
        gather(Layer::Rcp, named, &own);
    }
    if let Some(named) = &policies.endpoint {
        gather(Layer::Endpoint, named, &|statement| meant(statement, request, policies, false));
    }
    found
}

/// Whether a statement that names principals names the caller.
fn meant(statement: &Statement, request: &Request<'_>, policies: &Policies<'_>, accounts: bool) -> Formula {
    let Some(clause) = &statement.principal else { return Formula::Never };
    if statement.effect == Effect::Deny {
        if accounts && special::exempt_from_resource_denials(request) {
            return Formula::Never;
        }
        return rules::meant_by_denial(clause, request, policies.boundary.is_some());
    }
    let standings = rules::standings(clause, request).into_iter();
    Formula::any(standings.filter(|(standing, _)| accounts || *standing != Standing::Account).map(|(_, atom)| match atom {
        Some(atom) => Formula::atom(atom),
        None => Formula::Always,
    }))
}

fn deciding<'a>(layer: Layer, policy: &'a str, statement: &'a Statement, when: Formula) -> Deciding<'a> {
    Deciding {
        layer,
        policy,
        statement: statement.index,
        pointer: &statement.pointer,
        sid: statement.sid.as_deref(),
        effect: statement.effect,
        when,
    }
}
