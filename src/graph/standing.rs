//! Who is an administrator: as things are, and after a change.

use std::sync::Arc;

use super::alike::hash;
use super::view::speaking;
use crate::iam::context::Context;
use crate::iam::estate::{Account, Asker, Estate, Home, PolicyId, Principal};
use crate::iam::formula::{Atom, Formula};
use crate::iam::policy::{Action, Effect, Policy, Statement};
use crate::iam::query::{Because, Prober, Rights};
use crate::iam::truth::Truth;

/// Whoever has all of these on all roles and policies of an account can give anybody any permission.
pub const ADMINISTRATION: [&str; 5] =
    ["iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:PassRole"];

/// Keys that tell of the caller and of where a request comes from, not of what it is about.
const OF_CALLERS: [&str; 26] = [
    "aws:assumedroot",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:currenttime",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:referer",
    "aws:securetransport",
    "aws:signintype",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpcsourceip",
];

/// Whether somebody is an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// No.
    No,
    /// Where this holds of the request: with MFA, from a network.
    If(Formula),
    /// Yes.
    Yes,
}

impl Standing {
    /// The short form.
    #[must_use]
    pub(super) fn truth(&self) -> Truth {
        match self {
            Self::No => Truth::No,
            Self::If(_) => Truth::Unknown,
            Self::Yes => Truth::Yes,
        }
    }

    /// Under which conditions.
    fn formula(self) -> Formula {
        match self {
            Self::No => Formula::Never,
            Self::If(formula) => formula,
            Self::Yes => Formula::Always,
        }
    }
}

/// The actions that make an administrator.
pub(super) struct Administration {
    actions: Vec<Action>,
}

impl Administration {
    pub(super) fn new(estate: &Estate) -> Self {
        let catalog = estate.store.catalog();
        Self { actions: ADMINISTRATION.iter().map(|name| Action::new(name, catalog)).collect() }
    }

    /// Whether the policies allow these actions at all: most principals end here.
    fn is_granted(&self, estate: &Estate, identity: &[PolicyId], version: Option<&Policy>) -> bool {
        let allows = |id: &PolicyId, action: &Action| {
            estate.store.get(*id).is_some_and(|stored| action.id.is_none_or(|id| stored.policy.allows().contains(id)))
        };
        self.actions.iter().all(|action| {
            identity.iter().any(|id| allows(id, action))
                || version.is_some_and(|policy| action.id.is_some_and(|id| policy.allows().contains(id)))
        })
    }

    /// Whether a policy gives all of them to whoever has it, and takes none away.
    pub(super) fn is_given_by(&self, policy: &Policy) -> bool {
        let given = |action: &Action| {
            let mut allowing =
                policy.statements.iter().filter(|statement| statement.effect == Effect::Allow && statement.actions.contains(action));
            allowing.any(Statement::is_absolute) && !policy.concerns(Effect::Deny, action)
        };
        self.actions.iter().all(given)
    }

    /// As things are.
    pub(super) fn of(&self, estate: &Estate, asker: &Asker<'_>) -> Standing {
        let Some((account, principal)) = asker.known else { return Standing::No };
        let identity: Vec<PolicyId> = account.identity(principal).collect();
        if !self.is_granted(estate, &identity, None) {
            return Standing::No;
        }
        self.standing(&Prober::new(estate, asker))
    }

    /// After a change.
    pub(super) fn with(&self, estate: &Estate, asker: &Asker<'_>, rights: &Rights) -> Standing {
        if !self.is_granted(estate, &rights.identity, rights.version.as_ref().map(|(_, policy)| policy)) {
            return Standing::No;
        }
        self.standing(&Prober::with(estate, asker, rights))
    }

    /// Whether a policy takes any of them away.
    pub(super) fn is_denied_by(&self, policy: &Policy) -> bool {
        self.actions.iter().any(|action| policy.concerns(Effect::Deny, action))
    }

    /// Tells those apart of whom something else may come; none for those who are like nobody else.
    pub(super) fn asked(&self, prober: &Prober<'_>) -> Option<u64> {
        let speaking: Option<Vec<u64>> = self.actions.iter().map(|action| speaking(prober, &prober.statements(action))).collect();
        Some(hash(&(speaking?, prober.boundary())))
    }

    fn standing(&self, prober: &Prober<'_>) -> Standing {
        let mut all = Formula::Always;
        for action in &self.actions {
            match of_callers(prober.on_everything(action)) {
                Formula::Never => return Standing::No,
                formula => all = Formula::all([all, formula]),
            }
        }
        match all.condensed() {
            Formula::Never => Standing::No,
            Formula::Always => Standing::Yes,
            formula => Standing::If(formula),
        }
    }

    /// The statements that make somebody an administrator, each once.
    pub(super) fn because(&self, estate: &Estate, asker: &Asker<'_>) -> Vec<Because> {
        let prober = Prober::new(estate, asker);
        let mut all: Vec<Because> = Vec::new();
        for because in self.actions.iter().filter_map(|action| prober.explain_on_everything(action)).flat_map(|explained| explained.because)
        {
            if all.iter().all(|known| (&known.policy, known.statement) != (&because.policy, because.statement)) {
                all.push(because);
            }
        }
        all
    }
}

/// Tells administrators, for those who have no graph.
pub struct Administrators<'a> {
    estate: &'a Estate,
    home: Arc<Home<'a>>,
    administration: Administration,
}

impl std::fmt::Debug for Administrators<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Administrators")
    }
}

impl<'a> Administrators<'a> {
    /// Of an account.
    #[must_use]
    pub fn new(estate: &'a Estate, account: &'a Account) -> Self {
        Self { estate, home: Home::of(estate, account), administration: Administration::new(estate) }
    }

    /// Under which conditions a user or role is one.
    #[must_use]
    pub fn of(&self, principal: &Principal) -> Formula {
        let Some(asker) = Asker::of(&self.home, principal) else { return Formula::Never };
        self.administration.of(self.estate, &asker).formula()
    }

    /// The same if it had only some identity policies.
    #[must_use]
    pub fn with_only(&self, principal: &Principal, policies: &[PolicyId]) -> Formula {
        let Some(asker) = Asker::of(&self.home, principal) else { return Formula::Never };
        let rights = Rights { identity: policies.to_vec(), version: None, boundary: principal.boundary, without_scps: false };
        self.administration.with(self.estate, &asker, &rights).formula()
    }
}

/// What is left where everything that depends on what a request is about is taken not to hold.
fn of_callers(formula: Formula) -> Formula {
    match formula {
        Formula::Is(Atom::Condition(condition), negated) => {
            let key = condition.key.lower();
            let about_caller = OF_CALLERS.binary_search(&key).is_ok() || key.starts_with("aws:principal") || key.starts_with("ec2:");
            let nothing = Context::absent();
            // A resource without tags, a request that carries none.
            if key.contains("resourcetag/") || key.contains("requesttag/") || key == "aws:tagkeys" {
                let truth = condition.truth(&nothing);
                return if (truth == Truth::Yes) == negated { Formula::Never } else { Formula::Always };
            }
            if about_caller { Formula::Is(Atom::Condition(condition), negated) } else { Formula::Never }
        }
        Formula::All(parts) => Formula::all(parts.into_iter().map(of_callers)),
        Formula::Any(parts) => Formula::any(parts.into_iter().map(of_callers)),
        other => other,
    }
}

/// What a principal has.
pub(super) fn rights(account: &Account, principal: &Principal) -> Rights {
    Rights { identity: account.identity(principal).collect(), version: None, boundary: principal.boundary, without_scps: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted() {
        assert!(OF_CALLERS.is_sorted());
    }
}
