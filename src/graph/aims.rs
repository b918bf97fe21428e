//! Which principals of an account an action could be allowed on, as far as the resources of statements go: most pairs of
//! principals are settled without a question to the engine.

use std::collections::HashMap;
use std::rc::Rc;

use super::answers::Bits;
use super::memo::Memo;
use crate::iam::catalog::ActionId;
use crate::iam::estate::{Account, Estate, PolicyId, Principal};
use crate::iam::policy::pattern::{Pattern, Piece};
use crate::iam::policy::{Action, Effect, PrincipalName, Statement, role_of_session};

/// What the policies of an account name.
pub(super) struct Aims<'a> {
    estate: &'a Estate,
    account: &'a Account,
    of_policies: Memo<(PolicyId, ActionId), Rc<Bits>>,
    matched: Memo<Pattern, Rc<Bits>>,
    /// The roles that somebody of the account may take on as far as their trust policies go.
    trust: Trust,
}

/// Whom of the account the trust policies of its roles name.
struct Trust {
    /// The account as a whole: identity policies have to allow it too.
    account: Bits,
    /// Everybody.
    everybody: Bits,
    /// One principal, by its ARN or unique id; by the name of a role for its sessions.
    one: HashMap<String, Vec<usize>>,
}

impl<'a> Aims<'a> {
    pub(super) fn new(estate: &'a Estate, account: &'a Account) -> Self {
        Self { estate, account, of_policies: Memo::default(), matched: Memo::default(), trust: Trust::of(estate, account) }
    }

    fn count(&self) -> usize {
        self.account.principals.len()
    }

    /// The principals that the source's own policies could allow an action on.
    pub(super) fn of(&self, source: &Principal, action: &Action) -> Bits {
        let Some(id) = action.id else { return Bits::all(self.count()) };
        let mut all = Bits::none(self.count());
        for policy in self.account.identity(source) {
            if let Some(places) = self.of_policy(policy, id, action) {
                all.add(&places);
            }
        }
        all
    }

    /// The roles that the source could take on.
    pub(super) fn assumable(&self, source: &Principal, action: &Action) -> Bits {
        let mut all = self.of(source, action);
        all.keep(&self.trust.account);
        all.add(&self.trust.everybody);
        self.named(source).for_each(|place| all.set(place));
        all
    }

    /// The roles whose trust policies name the source.
    pub(super) fn named(&self, source: &Principal) -> impl Iterator<Item = usize> {
        let names = [source.arn.clone(), source.id.clone(), sessions_of(&self.account.id, &source.name)];
        names.into_iter().filter_map(|name| self.trust.one.get(&name)).flatten().copied()
    }

    fn of_policy(&self, policy: PolicyId, id: ActionId, action: &Action) -> Option<Rc<Bits>> {
        let stored = self.estate.store.get(policy).filter(|stored| stored.policy.allows().contains(id))?;
        let allowing = |statement: &&Statement| statement.effect == Effect::Allow && statement.actions.contains(action);
        Some(self.of_policies.of(&(policy, id), || {
            let mut all = Bits::none(self.count());
            stored.policy.statements.iter().filter(allowing).for_each(|statement| self.add_those_of(statement, &mut all));
            Rc::new(all)
        }))
    }

    fn add_those_of(&self, statement: &Statement, all: &mut Bits) {
        let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.negated) else {
            *all = Bits::all(self.count());
            return;
        };
        for pattern in &resources.patterns {
            match pattern.template.fixed() {
                Some(pattern) if !pattern.is_any() => all.add(&self.like(pattern)),
                // A variable may stand for anything.
                _ => *all = Bits::all(self.count()),
            }
        }
    }

    /// Those that a pattern matches. Principals stand in the order of their ARNs: those that begin alike stand together.
    pub(super) fn like(&self, pattern: &Pattern) -> Rc<Bits> {
        self.matched.of(pattern, || Rc::new(self.find(pattern)))
    }

    fn find(&self, pattern: &Pattern) -> Bits {
        let beginning = pattern.beginning();
        let principals = &self.account.principals;
        let start = principals.partition_point(|principal| principal.arn.as_str() < beginning);
        let near = principals.get(start..).unwrap_or_default();
        let end = start + near.partition_point(|principal| principal.arn.starts_with(beginning));
        if let [Piece::Text(_), Piece::Many] = pattern.pieces() {
            return Bits::of(start..end, self.count());
        }
        let matching = principals.iter().enumerate().take(end).skip(start).filter(|(_, principal)| pattern.matches(&principal.arn));
        Bits::of(matching.map(|(at, _)| at), self.count())
    }
}

impl Trust {
    fn of(estate: &Estate, account: &Account) -> Self {
        let none = || Bits::none(account.principals.len());
        let mut trust = Self { account: none(), everybody: none(), one: HashMap::new() };
        for (place, role) in account.principals.iter().enumerate() {
            let Some(stored) = role.trust.and_then(|id| estate.store.get(id)) else { continue };
            for name in stored.policy.lets_in() {
                match name {
                    PrincipalName::Everyone => trust.everybody.set(place),
                    PrincipalName::Account(id) if *id == account.id => trust.account.set(place),
                    PrincipalName::Arn(name) => trust.one.entry(alias(name)).or_default().push(place),
                    PrincipalName::Id(name) => trust.one.entry(name.clone()).or_default().push(place),
                    _ => {}
                }
            }
        }
        trust
    }
}

/// A principal by its ARN; the role of a session by account and name.
pub(super) fn alias(arn: &str) -> String {
    role_of_session(arn).map_or_else(|| arn.to_owned(), |(account, role)| sessions_of(account, role))
}

/// What the sessions of a role go by.
pub(super) fn sessions_of(account: &str, role: &str) -> String {
    format!("sessions of {account}:{role}")
}
