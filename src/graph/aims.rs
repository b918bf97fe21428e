//! Which principals of an account an action could be allowed on, as far as the resources of statements go: most pairs of
//! principals are settled without a question to the engine.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::iam::catalog::ActionId;
use crate::iam::estate::{Account, Estate, PolicyId, Principal};
use crate::iam::policy::pattern::{Pattern, Piece};
use crate::iam::policy::{Action, Effect, PrincipalName, Statement, role_of_session};

/// Places of principals, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Places {
    All,
    Some(Rc<[usize]>),
}

impl Places {
    pub(super) fn list(places: Vec<usize>) -> Self {
        Self::Some(places.into())
    }

    /// Those that are in both.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, other) | (other, Self::All) => other,
            (Self::Some(one), Self::Some(other)) => {
                Self::list(one.iter().filter(|place| other.binary_search(place).is_ok()).copied().collect())
            }
        }
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Some(places) if places.is_empty())
    }
}

/// What the policies of an account name.
pub(super) struct Aims<'a> {
    estate: &'a Estate,
    account: &'a Account,
    of_policies: RefCell<HashMap<(PolicyId, ActionId), Places>>,
    /// The roles that somebody of the account may take on as far as their trust policies go.
    trust: Trust,
}

/// Whom of the account the trust policies of its roles name.
struct Trust {
    /// The account as a whole: identity policies have to allow it too.
    account: Vec<usize>,
    /// Everybody.
    everybody: Vec<usize>,
    /// One principal, by its ARN or unique id; by the name of a role for its sessions.
    one: HashMap<String, Vec<usize>>,
}

impl<'a> Aims<'a> {
    pub(super) fn new(estate: &'a Estate, account: &'a Account) -> Self {
        Self { estate, account, of_policies: RefCell::default(), trust: Trust::of(estate, account) }
    }

    /// The principals that the source's own policies could allow an action on.
    pub(super) fn of(&self, source: &Principal, action: &Action) -> Places {
        let Some(id) = action.id else { return Places::All };
        let mut all: Vec<usize> = Vec::new();
        for policy in self.account.identity(source) {
            match self.of_policy(policy, id, action) {
                Places::All => return Places::All,
                Places::Some(places) => all.extend(places.iter()),
            }
        }
        all.sort_unstable();
        all.dedup();
        Places::list(all)
    }

    /// The roles that the source could take on.
    pub(super) fn assumable(&self, source: &Principal, action: &Action) -> Places {
        let own = self.of(source, action).and(Places::list(self.trust.account.clone()));
        let Places::Some(own) = own else { return Places::All };
        let session = sessions_of(&self.account.id, &source.name);
        let named = [&source.arn, &source.id, &session].into_iter().filter_map(|name| self.trust.one.get(name)).flatten();
        let mut all: Vec<usize> = own.iter().chain(&self.trust.everybody).chain(named).copied().collect();
        all.sort_unstable();
        all.dedup();
        Places::list(all)
    }

    fn of_policy(&self, policy: PolicyId, id: ActionId, action: &Action) -> Places {
        let Some(stored) = self.estate.store.get(policy) else { return Places::list(Vec::new()) };
        if !stored.policy.allows().contains(id) {
            return Places::list(Vec::new());
        }
        if let Some(known) = self.of_policies.borrow().get(&(policy, id)) {
            return known.clone();
        }
        let allowing = |statement: &&Statement| statement.effect == Effect::Allow && statement.actions.contains(action);
        let mut all = Vec::new();
        let mut found = None;
        for statement in stored.policy.statements.iter().filter(allowing) {
            match self.of_statement(statement) {
                Places::All => {
                    found = Some(Places::All);
                    break;
                }
                Places::Some(places) => all.extend(places.iter()),
            }
        }
        all.sort_unstable();
        all.dedup();
        let found = found.unwrap_or_else(|| Places::list(all));
        self.of_policies.borrow_mut().insert((policy, id), found.clone());
        found
    }

    fn of_statement(&self, statement: &Statement) -> Places {
        let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.negated) else { return Places::All };
        let mut all = Vec::new();
        for pattern in &resources.patterns {
            match pattern.template.fixed() {
                // A variable may stand for anything.
                None => return Places::All,
                Some(pattern) if pattern.is_any() => return Places::All,
                Some(pattern) => self.like(pattern, &mut all),
            }
        }
        Places::list(all)
    }

    /// Those that a pattern matches. Principals stand in the order of their ARNs: those that begin alike stand together.
    pub(super) fn like(&self, pattern: &Pattern, all: &mut Vec<usize>) {
        let beginning = match pattern.pieces().first() {
            Some(Piece::Text(text)) => text.as_str(),
            _ => "",
        };
        let principals = &self.account.principals;
        let start = principals.partition_point(|principal| principal.arn.as_str() < beginning);
        let near = principals.iter().enumerate().skip(start).take_while(|(_, principal)| principal.arn.starts_with(beginning));
        all.extend(near.filter(|(_, principal)| pattern.matches(&principal.arn)).map(|(at, _)| at));
    }
}

impl Trust {
    fn of(estate: &Estate, account: &Account) -> Self {
        let mut trust = Self { account: Vec::new(), everybody: Vec::new(), one: HashMap::new() };
        for (place, role) in account.principals.iter().enumerate() {
            let Some(stored) = role.trust.and_then(|id| estate.store.get(id)) else { continue };
            for name in stored.policy.lets_in() {
                match name {
                    PrincipalName::Everyone => trust.everybody.push(place),
                    PrincipalName::Account(id) if *id == account.id => trust.account.push(place),
                    PrincipalName::Arn(name) => trust.one.entry(alias(name)).or_default().push(place),
                    PrincipalName::Id(name) => trust.one.entry(name.clone()).or_default().push(place),
                    _ => {}
                }
            }
        }
        trust.account.dedup();
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
