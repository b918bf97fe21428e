//! Roles that principals of other accounts of the estate can take on. Administrators of one account can be nobody in
//! another, so that they are sources here too.

use std::collections::{BTreeMap, HashMap};

use super::GraphError;
use super::aims::{alias, sessions_of};
use super::alike::hash;
use super::model::{Edge, Graph, place};
use super::source::is_service_linked;
use super::view::{Ear, Met, speaking};
use crate::iam::estate::{Account, Asker, Estate, Home, Principal};
use crate::iam::policy::{Action, Effect, PrincipalName, ResourcePattern, Target};
use crate::iam::query::{Probe, Prober, ResourceSide};
use crate::iam::truth::Truth;
use crate::model::{in_parallel, processors};

/// Roles by whom their trust policies name.
#[derive(Default)]
struct Named<'a> {
    account: HashMap<&'a str, Vec<usize>>,
    one: HashMap<String, Vec<usize>>,
    everybody: Vec<usize>,
    roles: Vec<Role<'a>>,
}

/// One that others may take on.
struct Role<'a> {
    principal: &'a Principal,
    account: &'a str,
    ear: Ear<'a>,
    /// Tells it from roles of which something else may be said to one whom they do not name.
    class: u64,
}

/// What has been asked: the same for sources and roles that are alike.
type Known = HashMap<u64, Truth>;

/// Adds the ways between accounts.
pub(super) fn add(graph: &mut Graph, estate: &Estate) -> Result<(), GraphError> {
    if graph.accounts.len() < 2 {
        return Ok(());
    }
    let named = Named::of(estate);
    let technique = place("sts-001")?;
    let action = Action::new("sts:AssumeRole", estate.store.catalog());
    let places = graph.by_arn();
    let of_account = |account: &Account, known: &mut Known| {
        let mut edges = Vec::new();
        let home = Home::of(estate, account);
        for principal in account.principals.iter().filter(|one| !is_service_linked(one) && may(estate, account, one, &action)) {
            let Some(from) = places.get(principal.arn.as_str()).copied() else { continue };
            let Some(asker) = Asker::of(&home, principal) else { continue };
            let prober = Prober::new(estate, &asker);
            let source = Source::new(&prober, (account, principal), &action);
            for (role, is_named) in named.of_source(account, principal) {
                let Some(to) = places.get(role.principal.arn.as_str()).copied() else { continue };
                let truth = source.may_be(role, is_named, known);
                if truth != Truth::No {
                    edges.push(Edge { from, to, technique, certain: truth == Truth::Yes, via: None });
                }
            }
        }
        edges
    };
    let edges: Vec<Edge> = in_parallel(&estate.accounts, processors(), of_account).into_iter().flatten().collect();
    drop(places);
    graph.edges.extend(edges);
    Ok(())
}

/// One who asks.
struct Source<'s, 'a> {
    prober: &'s Prober<'a>,
    action: &'s Action,
    patterns: Vec<&'s ResourcePattern>,
    /// What speaks for it; none where that is about itself.
    speaks: Option<u64>,
    met: Met,
}

impl<'s, 'a> Source<'s, 'a> {
    fn new(prober: &'s Prober<'a>, (account, principal): (&Account, &Principal), action: &'s Action) -> Self {
        let statements = prober.statements(action);
        let patterns: Vec<&ResourcePattern> =
            statements.iter().filter_map(|statement| statement.resources.as_ref()).flat_map(|resources| &resources.patterns).collect();
        let fixed = patterns.iter().all(|resource| resource.template.fixed().is_some());
        let own = speaking(prober, &statements).filter(|_| fixed);
        let speaks = own.map(|own| hash(&(own, principal.boundary, principal.is_role, &account.id)));
        Self { prober, action, patterns, speaks, met: Met::default() }
    }

    fn may_be(&self, role: &Role<'_>, is_named: bool, known: &mut Known) -> Truth {
        if role.ear.refuses(self.prober, &self.met) {
            return Truth::No;
        }
        let ask = || {
            let target = Target::Arn(role.principal.arn.clone());
            self.prober.ask(&Probe { action: self.action, target: &target, keys: &[], side: ResourceSide::Own })
        };
        let (Some(speaks), Some(heard), false) = (self.speaks, role.ear.hears(self.prober, &self.met), is_named) else { return ask() };
        let matching = |resource: &&ResourcePattern| resource.template.fixed().is_some_and(|pattern| pattern.matches(&role.principal.arn));
        let matched: Vec<bool> = self.patterns.iter().map(matching).collect();
        *known.entry(hash(&(speaks, heard, role.class, matched))).or_insert_with(ask)
    }
}

/// In other accounts, nobody can do what its own policies do not allow.
fn may(estate: &Estate, account: &Account, principal: &Principal, action: &Action) -> bool {
    let mut policies = account.identity(principal).filter_map(|id| estate.store.get(id));
    policies.any(|stored| stored.policy.concerns(Effect::Allow, action))
}

impl<'a> Named<'a> {
    fn of(estate: &'a Estate) -> Self {
        let mut named = Self::default();
        for account in &estate.accounts {
            for principal in account.principals.iter().filter(|role| !is_service_linked(role)) {
                let Some(trust) = principal.trust.and_then(|id| estate.store.get(id)) else { continue };
                let class = hash(&(trust.document.to_string(), &principal.tags, &account.id));
                let at = named.roles.len();
                named.roles.push(Role { principal, account: &account.id, ear: Ear::of(&trust.policy), class });
                trust.policy.lets_in().for_each(|name| named.add(at, name));
            }
        }
        named
    }

    fn add(&mut self, role: usize, name: &'a PrincipalName) {
        match name {
            PrincipalName::Everyone => self.everybody.push(role),
            PrincipalName::Account(id) => self.account.entry(id).or_default().push(role),
            PrincipalName::Arn(arn) => self.one.entry(alias(arn)).or_default().push(role),
            PrincipalName::Id(id) => self.one.entry(id.clone()).or_default().push(role),
            _ => {}
        }
    }

    /// The roles of other accounts that name a principal, or its account; and whether they name the principal.
    fn of_source(&self, account: &Account, principal: &Principal) -> Vec<(&Role<'a>, bool)> {
        let session = sessions_of(&account.id, &principal.name);
        let one = [&principal.arn, &principal.id, &session].into_iter().filter_map(|name| self.one.get(name)).flatten();
        let of_account = self.account.get(account.id.as_str()).into_iter().flatten();
        let mut roles: BTreeMap<usize, bool> = self.everybody.iter().chain(of_account).map(|role| (*role, false)).collect();
        roles.extend(one.map(|role| (*role, true)));
        let role = |(at, is_named)| Some((self.roles.get(at)?, is_named));
        roles.into_iter().filter_map(role).filter(|(role, _)| role.account != account.id).collect()
    }
}
