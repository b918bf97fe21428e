//! What speaks for or against one asker: its policies, and what is known of its requests.

use std::cell::OnceCell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::Given;
use super::probe::{KeyFact, Rights};
use super::targets::Aim;
use crate::iam::caller::CallerKind;
use crate::iam::condition::Condition;
use crate::iam::context::Context;
use crate::iam::estate::{Asker, Estate, Home};
use crate::iam::evaluate::{Named, Policies, Request, decide};
use crate::iam::policy::callers::{is_personal, of_callers};
use crate::iam::policy::template::{Resolved, Template};
use crate::iam::policy::{Action, Effect, Target};
use crate::iam::truth::Truth;

/// The same for whatever is asked.
pub(crate) struct Own<'a> {
    estate: &'a Estate,
    asker: &'a Asker<'a>,
    identity: Vec<Named<'a>>,
    session: Vec<Named<'a>>,
    boundary: Option<Named<'a>>,
    home: Option<Arc<Home<'a>>>,
    /// Whether the organization limits it.
    limited: bool,
    /// Of the VPC endpoint that the question names.
    endpoint: Option<Named<'a>>,
    context: Arc<Context>,
    /// The same for resources of its own account.
    at_home: OnceCell<Arc<Context>>,
}

/// What changes with the resource asked about.
pub(crate) struct Place<'a> {
    target: &'a Target,
    /// Global services are asked in one region.
    service: String,
    context: Context,
    rcps: Option<Vec<Vec<Named<'a>>>>,
}

impl<'a> Own<'a> {
    pub(crate) fn new(estate: &'a Estate, asker: &'a Asker<'a>, given: &'a Given, keys: &[(String, Vec<String>)]) -> Self {
        let store = &estate.store;
        let home = asker.home(estate);
        Self {
            estate,
            asker,
            identity: match asker.known {
                Some((account, principal)) => account.identity(principal).filter_map(|id| store.named(id)).collect(),
                None => Vec::new(),
            },
            session: given.session.iter().map(|(name, policy)| Named { name, policy }).collect(),
            boundary: asker.known.and_then(|(_, principal)| principal.boundary).and_then(|id| store.named(id)),
            limited: true,
            endpoint: keys.iter().find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceVpce")).and_then(|(_, values)| {
                let id = values.first().filter(|_| values.len() == 1)?;
                store.named(estate.resources.endpoint(id)?)
            }),
            context: context(estate, asker, keys),
            home,
            at_home: OnceCell::new(),
        }
    }

    /// A number for all that speaks for or against the asker about an action, apart from the resource's policy; none where
    /// some of it says something else of another one for whom it speaks.
    pub(super) fn class(&self, action: &Action) -> Option<u64> {
        let (account, principal) = self.asker.known.filter(|_| self.endpoint.is_none() && self.asker.caller.kind != CallerKind::Session)?;
        let policies = self.identity.iter().chain(&self.boundary).map(|named| named.policy);
        let limits = self.scps().into_iter().chain(self.rcps_at_home()).flatten().flatten().map(|named| named.policy);
        let mut statements = Vec::new();
        for policy in policies.chain(limits) {
            if policy.concerns(Effect::Allow, action) || policy.concerns(Effect::Deny, action) {
                statements.extend(policy.statements.iter().filter(|statement| statement.actions.contains(action)));
            }
        }
        if statements.iter().any(|statement| is_personal(statement)) {
            return None;
        }
        let truths: Vec<Truth> = of_callers(statements.iter().copied()).map(|condition| self.meets(condition)).collect();
        if truths.contains(&Truth::Unknown) {
            return None;
        }
        // Statements stay where they are.
        let places: Vec<usize> = statements.into_iter().map(|statement| std::ptr::from_ref(statement).addr()).collect();
        let mut hasher = DefaultHasher::new();
        (std::ptr::from_ref(account).addr(), principal.is_role, principal.boundary, places, truths).hash(&mut hasher);
        Some(hasher.finish())
    }

    /// The policies of the asker and of its organization.
    pub(super) fn all(&self) -> impl Iterator<Item = Named<'a>> {
        self.identity.iter().chain(&self.boundary).chain(self.scps().into_iter().flatten().flatten()).copied()
    }

    fn scps(&self) -> Option<&[Vec<Named<'a>>]> {
        self.home.as_ref().filter(|_| self.limited)?.scps.as_deref()
    }

    fn rcps_at_home(&self) -> Option<&[Vec<Named<'a>>]> {
        self.home.as_ref()?.rcps.as_deref()
    }

    /// The resource control policies of its own account.
    pub(super) fn at_its_resources(&self) -> impl Iterator<Item = Named<'a>> {
        self.rcps_at_home().into_iter().flatten().flatten().copied()
    }

    pub(super) fn boundary(&self) -> Option<&'a str> {
        self.boundary.map(|named| named.name)
    }

    pub(super) fn resolve<'t>(&self, template: &'t Template) -> Resolved<'t> {
        template.resolve(&self.context)
    }

    /// Whether a condition holds of whatever the asker asks.
    pub(super) fn meets(&self, condition: &Condition) -> Truth {
        condition.truth(&self.context)
    }

    /// What the asker would have.
    pub(super) fn replace(&mut self, rights: &'a Rights) {
        let store = &self.estate.store;
        self.identity = rights.identity.iter().filter_map(|id| store.named(*id)).collect();
        self.identity.extend(rights.version.iter().map(|(name, policy)| Named { name, policy }));
        self.boundary = rights.boundary.and_then(|id| store.named(id));
        if rights.without_scps {
            self.limited = false;
        }
    }

    /// What comes of a question as far as nothing but the asker is known, and no key of the request.
    pub(super) fn settled(&self, action: &Action, aim: &Aim<'_>) -> Truth {
        let request = Request { caller: &self.asker.caller, action, target: &aim.target, owner: aim.owner(), context: &self.context };
        let owner = aim.owner.as_deref().or(self.asker.caller.account.as_deref()).filter(|_| !aim.owner_unknown);
        if owner.is_some_and(|owner| self.is_home(owner)) {
            return decide(&request, &self.put_together(aim, self.rcps_at_home()));
        }
        let rcps = owner.and_then(|owner| self.estate.rcps(owner));
        decide(&request, &self.put_together(aim, rcps.as_deref()))
    }

    fn rcps(&self, owner: &str) -> Option<Vec<Vec<Named<'a>>>> {
        if self.is_home(owner) { self.rcps_at_home().map(<[_]>::to_vec) } else { self.estate.rcps(owner) }
    }

    fn is_home(&self, owner: &str) -> bool {
        self.asker.caller.account.as_deref() == Some(owner)
    }

    fn at_home(&self) -> &Arc<Context> {
        self.at_home.get_or_init(|| {
            let mut context = Context::over(&self.context);
            if let Some(account) = self.asker.caller.account.as_deref() {
                self.estate.add_owner(&mut context, account);
            }
            Arc::new(context)
        })
    }

    pub(crate) fn policies<'b>(&'b self, aim: &'b Aim<'b>, place: &'b Place<'_>) -> Policies<'b> {
        self.put_together(aim, place.rcps.as_deref())
    }

    fn put_together<'b>(&'b self, aim: &'b Aim<'b>, rcps: Option<&'b [Vec<Named<'b>>]>) -> Policies<'b> {
        Policies {
            identity: &self.identity,
            identity_unknown: self.asker.known.is_none() && self.asker.caller.account.is_some(),
            boundary: self.boundary,
            session: (!self.session.is_empty()).then_some(self.session.as_slice()),
            resource: aim.policy,
            grants: &aim.grants,
            restricted: aim.restricted,
            perhaps_restricted: aim.perhaps_restricted,
            scps: self.scps(),
            rcps,
            endpoint: self.endpoint,
        }
    }

    pub(crate) fn request<'b>(&'b self, action: &'b Action, aim: &'b Aim<'_>, place: &'b Place<'_>) -> Request<'b> {
        Request { caller: &self.asker.caller, action, target: &aim.target, owner: aim.owner(), context: &place.context }
    }
}

impl<'a> Place<'a> {
    /// The last one, if the resource is still the same.
    pub(crate) fn next(last: Option<Self>, own: &Own<'a>, aim: &'a Aim<'_>, action: &Action) -> Self {
        let service = action.lower.split(':').next().unwrap_or_default();
        let same = last.filter(|last| *last.target == aim.target && last.service == service);
        let mut place = same.unwrap_or_else(|| Self::new(own, aim, service));
        place.context.set_action(own.estate.store.catalog(), action.id);
        place
    }

    /// Adds what is known of a key.
    pub(super) fn know(&mut self, key: &str, fact: &KeyFact) {
        match fact {
            KeyFact::Values(values) => self.context.set(key, values),
            KeyFact::Present => self.context.set_like(key, "*"),
            KeyFact::Absent => self.context.set_absent(key),
            KeyFact::OthersAbsent => self.context.others_absent(key),
        }
    }

    fn new(own: &Own<'a>, aim: &'a Aim<'_>, service: &str) -> Self {
        let owner = aim.owner.as_deref().or(own.asker.caller.account.as_deref()).filter(|_| !aim.owner_unknown);
        let mut context = match owner {
            Some(owner) if own.is_home(owner) => Context::over(own.at_home()),
            Some(owner) => {
                let mut context = Context::over(&own.context);
                own.estate.add_owner(&mut context, owner);
                context
            }
            None => Context::over(&own.context),
        };
        own.estate.add_target(&mut context, service, &aim.target, owner);
        Place { target: &aim.target, service: service.to_owned(), context, rcps: owner.and_then(|owner| own.rcps(owner)) }
    }
}

/// What the snapshot and the question say of the asker's requests.
fn context<'a>(estate: &'a Estate, asker: &Asker<'a>, keys: &[(String, Vec<String>)]) -> Arc<Context> {
    let known = asker.context(estate);
    if keys.is_empty() {
        return known.clone();
    }
    let mut context = Context::over(known);
    for (key, values) in keys {
        if values.is_empty() {
            context.set_absent(key);
        } else {
            context.set(key, values);
        }
    }
    Arc::new(context)
}
