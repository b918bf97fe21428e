//! Who is no principal of the accounts here and is let in by trust policies: other accounts, identity providers, services.

use std::collections::HashMap;

use super::GraphError;
use super::model::{Edge, Graph, Kind, place};
use super::needs::Step;
use super::source::is_service_linked;
use crate::iam::caller::{Caller, CallerKind};
use crate::iam::estate::{Account, Estate, Principal};
use crate::iam::evaluate::{Named, OfResource, Owner, Policies, Request, decide};
use crate::iam::policy::{Action, Policy, PrincipalName, Target};
use crate::iam::query::Explained;
use crate::iam::truth::Truth;
use crate::model::is_account_id;

/// Some account that nobody knows.
const ANY: &str = "any account";
const NOWHERE: &str = "000000000000";

/// What everybody is called.
pub(super) const INTERNET: &str = "internet";

struct Outside<'a> {
    estate: &'a Estate,
    theirs: Policy,
    /// By what they are called.
    places: HashMap<String, usize>,
    techniques: [u16; 3],
}

/// Adds them, and the ways from them.
pub(super) fn add(graph: &mut Graph, estate: &Estate) -> Result<(), GraphError> {
    let mut outside = Outside {
        estate,
        theirs: Policy::everything(estate.store.catalog()),
        places: HashMap::new(),
        techniques: [place("trusted-principal")?, place("trusted-provider")?, place("trusted-service")?],
    };
    let places: HashMap<String, usize> = graph.nodes.iter().enumerate().map(|(at, node)| (node.arn.clone(), at)).collect();
    for (account, role) in estate.accounts.iter().flat_map(|account| account.principals.iter().map(move |one| (account, one))) {
        if let Some(to) = places.get(&role.arn) {
            outside.role(graph, account, role, *to);
        }
    }
    Ok(())
}

impl Outside<'_> {
    fn role(&mut self, graph: &mut Graph, account: &Account, role: &Principal, to: usize) {
        let Some(trust) = role.trust.and_then(|id| self.estate.store.get(id)) else { return };
        let mut names: Vec<&PrincipalName> = trust.policy.lets_in().collect();
        names.sort();
        names.dedup();
        for name in names {
            let Some((kind, caller)) = self.caller(name) else { continue };
            if kind == Kind::Service && is_service_linked(role) {
                continue;
            }
            let truth = self.lets(account, role, &caller, &trust.policy);
            if truth != Truth::No {
                let technique = match kind {
                    Kind::Provider => self.techniques[1],
                    Kind::Service => self.techniques[2],
                    _ => self.techniques[0],
                };
                let called = if kind == Kind::Internet { INTERNET.to_owned() } else { name.to_string() };
                let from = self.node(graph, kind, &called);
                graph.edges.push(Edge { from, to, technique, certain: truth == Truth::Yes, via: None });
            }
        }
    }

    /// Who is meant, if it is nobody of the estate.
    fn caller(&self, name: &PrincipalName) -> Option<(Kind, Caller)> {
        let elsewhere = |account: &str| self.estate.account(account).is_none();
        match name {
            PrincipalName::Everyone => Some((Kind::Internet, stranger())),
            PrincipalName::Account(id) => elsewhere(id).then(|| Caller::of(name)).flatten().map(|caller| (Kind::Account, caller)),
            PrincipalName::Arn(arn) => {
                let account = arn.split(':').nth(4)?;
                elsewhere(account).then(|| Caller::of(name)).flatten().map(|caller| (Kind::Account, caller))
            }
            PrincipalName::Federated(_) => Caller::of(name).map(|caller| (Kind::Provider, caller)),
            PrincipalName::Service(_) => Caller::of(name).map(|caller| (Kind::Service, caller)),
            PrincipalName::Id(_) | PrincipalName::Canonical(_) => None,
        }
    }

    /// Whether the trust policy lets it in, whatever its own policies say.
    fn lets(&self, account: &Account, role: &Principal, caller: &Caller, trust: &Policy) -> Truth {
        ask(self.estate, &self.theirs, (account, role, trust), caller, decide)
    }

    fn node(&mut self, graph: &mut Graph, kind: Kind, name: &str) -> usize {
        let shown = match kind {
            Kind::Account if is_account_id(name) => format!("account {name}"),
            Kind::Provider => name.rsplit(":iam::").next().unwrap_or(name).to_owned(),
            _ => name.to_owned(),
        };
        graph.node_of(&mut self.places, name, &shown, (kind, None))
    }
}

/// Puts the question whether a trust policy lets somebody in.
fn ask<T>(
    estate: &Estate,
    theirs: &Policy,
    (account, role, trust): (&Account, &Principal, &Policy),
    caller: &Caller,
    work: impl FnOnce(&Request<'_>, &Policies<'_>) -> T,
) -> T {
    let action = Action::new(
        match caller.kind {
            CallerKind::Provider if caller.arn.contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
            CallerKind::Provider => "sts:AssumeRoleWithWebIdentity",
            _ => "sts:AssumeRole",
        },
        estate.store.catalog(),
    );
    let target = Target::Arn(role.arn.clone());
    let mut context = estate.context_of(caller);
    if caller.kind == CallerKind::Service {
        context.set("aws:SourceAccount", [&account.id]);
    }
    // Everybody is of no account and no organization that a policy could name.
    if caller.account.as_deref() == Some(ANY) {
        context.set("aws:PrincipalAccount", [NOWHERE]);
        context.set("aws:PrincipalOrgID", ["o-nobody0000"]);
        context.set("aws:PrincipalOrgPaths", ["o-nobody0000/"]);
        context.set_like("aws:PrincipalArn", &format!("arn:*:{NOWHERE}:*"));
    }
    // Where AWS is signed in to: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    context.set("SAML:aud", ["https://signin.aws.amazon.com/saml"]);
    estate.add_resource(&mut context, "sts", &target, Some(&account.id));
    context.set_action(estate.store.catalog(), action.id);
    let theirs = [Named { name: "the policies of the other account", policy: theirs }];
    let rcps = estate.rcps(&account.id);
    let name = format!("the trust policy of {}", role.arn);
    let policies = Policies {
        identity: &theirs,
        resource: OfResource::Policy(Named { name: &name, policy: trust }),
        rcps: rcps.as_deref(),
        ..Policies::default()
    };
    work(&Request { caller, action: &action, target: &target, owner: Owner::Account(&account.id), context: &context }, &policies)
}

/// Why somebody is let in.
pub(super) fn explain(estate: &Estate, name: &str, role: &str) -> Option<Step> {
    let (account, role) = estate.principal(role)?;
    let trust = &estate.store.get(role.trust?)?.policy;
    let clauses = trust.statements.iter().filter_map(|statement| statement.principal.as_ref());
    let named = clauses.flat_map(|clause| &clause.names).find(|known| known.to_string() == name);
    let caller = match named {
        Some(PrincipalName::Everyone) | None => stranger(),
        Some(named) => Caller::of(named)?,
    };
    let explained = ask(estate, &Policy::everything(estate.store.catalog()), (account, role, trust), &caller, |request, policies| {
        let mut explained = Explained::of(request, policies);
        explained.because.retain(|because| because.layer != crate::iam::evaluate::Layer::Identity);
        (request.action.name.clone(), explained)
    });
    Some(Step { who: name.to_owned(), action: explained.0, resource: role.arn.clone(), explained: explained.1 })
}

fn stranger() -> Caller {
    let name = ANY.to_owned();
    Caller { kind: CallerKind::User, arn: name.clone(), account: Some(name), lender: None, id: None, canonical: None }
}
