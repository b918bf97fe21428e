//! Whom the policy of a resource lets in from outside of its account: everybody, other accounts, services, identity
//! providers; and what narrows that.

mod narrow;
mod providers;

use std::collections::{BTreeMap, BTreeSet};

use super::caller::{Caller, CallerKind};
use super::catalog::{ActionId, ActionSet, Catalog, CatalogError};
use super::context::Context;
use super::estate::Estate;
use super::evaluate::{Named, OfResource, Owner, Policies, Request, decide, stays_at_home};
use super::formula::Formula;
use super::policy::{Action, Effect, Policy, PrincipalName, Statement, Target};

pub use narrow::{Narrow, shuts_out};
pub use providers::is_open_to_all;

/// The callers of an account that nobody knows.
const STRANGER: &str = "everyone";

/// More resource patterns of one policy are not looked at one by one.
const MOST_TARGETS: usize = 50;

/// Whose policy it is, and what is asked of it.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The resource.
    pub arn: &'a str,
    /// The account that it is in.
    pub account: &'a str,
    /// One action, on one resource or pattern; anything at all when left out.
    pub only: Option<(&'a str, &'a str)>,
    /// Keys that such requests always have.
    pub context: &'a [(String, Vec<String>)],
    /// It is the trust policy of a role: that a service may take it on opens it to nobody.
    pub trust: bool,
    /// Identity providers count too that vouch for nobody but those whom their owner lets in.
    pub providers: bool,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Whoever has an AWS account, or none.
    Everyone,
    /// Whoever an identity provider vouches for: one that everybody can use, or any where those are asked for.
    Users(String),
    /// AWS services, on behalf of any customer.
    Service(String),
    /// A principal of another account, or all of it.
    Principal {
        /// The account's id; a canonical user id where there is no other.
        account: String,
        /// As the policy names it.
        name: String,
    },
}

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// For whom.
    pub who: Who,
    /// One of these has to hold; each is what narrows it, all together. Nothing: it is open as it stands.
    pub ways: Vec<Vec<Narrow>>,
    /// Under which conditions.
    pub formula: Formula,
    /// The same in words: "always".
    pub when: String,
    /// The actions of AWS's list that it is open for; empty where one action was asked about.
    pub set: ActionSet,
    /// What they may do: as the policy has it.
    pub actions: Vec<String>,
    /// The statements: JSON pointers, with their names.
    pub statements: Vec<(String, Option<String>)>,
}

/// Finds who is let in.
#[derive(Debug)]
pub struct Outside<'a> {
    estate: &'a Estate,
    catalog: &'static Catalog,
    /// What others allow themselves: everything.
    theirs: Policy,
}

/// What is asked of one policy.
struct Work<'a> {
    outside: &'a Outside<'a>,
    asked: &'a Asked<'a>,
    named: Named<'a>,
    rcps: Option<Vec<Vec<Named<'a>>>>,
}

impl<'a> Outside<'a> {
    /// Ready to be asked.
    ///
    /// # Errors
    /// When AWS's list of actions cannot be read.
    pub fn new(estate: &'a Estate) -> Result<Self, CatalogError> {
        let catalog = Catalog::embedded()?;
        Ok(Self { estate, catalog, theirs: Policy::everything(catalog) })
    }

    /// Reads a policy that no snapshot has as one of a resource.
    #[must_use]
    pub fn read(&self, document: &serde_json::Value) -> Policy {
        Policy::read(document, self.catalog)
    }

    /// Whom a policy lets in.
    #[must_use]
    pub fn doors(&self, policy: Named<'_>, asked: &Asked<'_>) -> Vec<Door> {
        self.through(policy, asked, self.estate.rcps(asked.account))
    }

    /// The same, each way in by itself: by who, condition and statements.
    #[must_use]
    pub fn each(&self, policy: Named<'_>, asked: &Asked<'_>) -> Vec<Door> {
        Work { outside: self, asked, named: policy, rcps: self.estate.rcps(asked.account) }.all()
    }

    /// Whom it would let in if no resource control policy limited the account; the same when none does.
    #[must_use]
    pub fn doors_without_rcps(&self, policy: Named<'_>, asked: &Asked<'_>) -> Vec<Door> {
        self.through(policy, asked, None)
    }

    fn through<'b>(&'b self, policy: Named<'b>, asked: &'b Asked<'b>, rcps: Option<Vec<Vec<Named<'b>>>>) -> Vec<Door> {
        let mut doors: Vec<Door> = Vec::new();
        for door in (Work { outside: self, asked, named: policy, rcps }).all() {
            join(&mut doors, door);
        }
        doors
    }
}

/// The same way in for other actions is the same door.
fn join(doors: &mut Vec<Door>, new: Door) {
    match doors.iter_mut().find(|door| door.who == new.who && door.ways == new.ways) {
        None => doors.push(new),
        Some(door) => {
            door.set = door.set.union(&new.set);
            for action in new.actions {
                if !door.actions.contains(&action) {
                    door.actions.push(action);
                }
            }
            for statement in new.statements {
                if !door.statements.contains(&statement) {
                    door.statements.push(statement);
                }
            }
        }
    }
}

/// Statements that allow a caller something, and the actions of which all statements say the same: one, and all of them.
type Group<'a> = (Vec<&'a Statement>, Action, ActionSet);

impl<'a> Work<'a> {
    fn all(&self) -> Vec<Door> {
        let mut doors = Vec::new();
        for (who, caller) in self.callers() {
            let scps = caller.account.as_deref().and_then(|account| self.outside.estate.scps(account));
            for group in self.groups(&caller) {
                doors.extend(self.doors(&who, &caller, &group, scps.as_deref()));
            }
        }
        doors
    }

    /// Everybody outside that the policy speaks of.
    fn callers(&self) -> BTreeMap<Who, Caller> {
        let mut callers = BTreeMap::new();
        let clauses = self.allowing().filter_map(|statement| statement.principal.as_ref());
        for clause in clauses {
            if clause.negated {
                callers.insert(Who::Everyone, stranger());
            }
            for name in clause.names.iter().filter(|_| !clause.negated) {
                callers.extend(self.caller(name));
            }
        }
        if callers.contains_key(&Who::Everyone) && !self.asked.trust {
            let any = Who::Service("AWS services".to_owned());
            callers.insert(any, Caller { kind: CallerKind::Service, ..stranger() });
        }
        callers
    }

    fn caller(&self, name: &PrincipalName) -> Option<(Who, Caller)> {
        let own = |account: &str| account == self.asked.account;
        match name {
            PrincipalName::Everyone => Some((Who::Everyone, stranger())),
            PrincipalName::Service(service) => (!self.asked.trust).then(|| (Who::Service(service.clone()), Caller::new(service))),
            PrincipalName::Federated(provider) => {
                let caller = Caller::of(name)?;
                (self.asked.providers || providers::is_open_to_all(provider)).then(|| (Who::Users(provider.clone()), caller))
            }
            PrincipalName::Canonical(id) => {
                let known = self.outside.estate.account(self.asked.account).and_then(|account| account.canonical.as_ref());
                (known != Some(id)).then_some(())?;
                Some((Who::Principal { account: id.clone(), name: format!("canonical user {id}") }, Caller::of(name)?))
            }
            PrincipalName::Account(_) | PrincipalName::Arn(_) => {
                let caller = Caller::of(name)?;
                let Some(account) = caller.account.clone() else {
                    // An origin access identity of CloudFront.
                    return (caller.kind == CallerKind::Service).then(|| (Who::Service(caller.arn.clone()), caller));
                };
                (!own(&account)).then(|| (Who::Principal { account, name: name.to_string() }, caller))
            }
            PrincipalName::Id(_) => None,
        }
    }

    fn allowing(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        self.named.policy.statements.iter().filter(|statement| statement.effect == Effect::Allow)
    }

    /// The statements that allow a caller something, each with the actions of which all statements say the same: one of
    /// them stands for the others.
    fn groups(&self, caller: &Caller) -> Vec<Group<'a>> {
        let catalog = self.outside.catalog;
        let naming: Vec<&Statement> = self.allowing().filter(|statement| names(statement, caller)).collect();
        if let Some((action, _)) = self.asked.only {
            let action = Action::new(action, catalog);
            let statements: Vec<&Statement> = naming.into_iter().filter(|statement| statement.actions.contains(&action)).collect();
            return if statements.is_empty() { Vec::new() } else { vec![(statements, action, ActionSet::default())] };
        }
        let rcps = self.rcps.iter().flatten().flatten().flat_map(|named| &named.policy.statements);
        let all: Vec<&Statement> = self.named.policy.statements.iter().chain(rcps).collect();
        let mut groups: BTreeMap<Vec<bool>, (Action, Vec<ActionId>)> = BTreeMap::new();
        for action in naming.iter().flat_map(|statement| self.actions(statement)) {
            let mut says: Vec<bool> = all.iter().map(|statement| statement.actions.contains(&action)).collect();
            says.push(stays_at_home(&action.lower));
            let id = action.id;
            groups.entry(says).or_insert_with(|| (action, Vec::new())).1.extend(id);
        }
        let own = |action: &Action| naming.iter().copied().filter(|statement| statement.actions.contains(action)).collect();
        groups.into_values().map(|(action, ids)| (own(&action), action, ids.into_iter().collect())).collect()
    }

    /// The actions of a statement that are about such resources.
    fn actions(&self, statement: &Statement) -> Vec<Action> {
        let catalog = self.outside.catalog;
        let service = self.asked.arn.split(':').nth(2).unwrap_or_default();
        let of_service = if self.asked.trust { catalog.expand("sts:*") } else { catalog.expand(&format!("{service}*:*")) };
        let own = statement.actions.set.intersection(&of_service);
        let set = if own.is_empty() { &statement.actions.set } else { &own };
        let known = |id: ActionId| Action::of(id, catalog);
        if set.is_empty() {
            statement.actions.written.iter().map(|name| Action::new(name, catalog)).collect()
        } else {
            set.iter().map(known).collect()
        }
    }

    fn targets(&self, statements: &[&Statement]) -> BTreeSet<Target> {
        if let Some((_, resource)) = self.asked.only {
            return BTreeSet::from([Target::new(resource)]);
        }
        let whole = || Target::Arn(self.asked.arn.to_owned());
        let mut targets = BTreeSet::new();
        for statement in statements {
            match &statement.resources {
                Some(resources) if !resources.negated => {
                    let fixed = resources.patterns.iter().filter_map(|pattern| pattern.template.fixed());
                    // Of everything, this resource.
                    targets.extend(fixed.map(|pattern| if pattern.is_any() { whole() } else { Target::new(&pattern.to_string()) }));
                }
                _ => drop(targets.insert(whole())),
            }
        }
        if targets.is_empty() || targets.len() > MOST_TARGETS {
            targets = BTreeSet::from([whole()]);
        }
        targets
    }

    fn doors(&self, who: &Who, caller: &Caller, (statements, action, set): &Group<'_>, scps: Option<&[Vec<Named<'_>>]>) -> Vec<Door> {
        let mut found = Vec::new();
        for target in self.targets(statements) {
            let formula = self.formula(caller, action, &target, scps);
            if formula == Formula::Never {
                continue;
            }
            let ways = narrow::ways(&formula);
            if ways.is_empty() {
                continue;
            }
            found.push(Door {
                who: who.clone(),
                ways,
                when: formula.to_string(),
                formula,
                set: set.clone(),
                actions: written(statements),
                statements: statements.iter().map(|statement| (statement.pointer.clone(), statement.sid.clone())).collect(),
            });
        }
        found
    }

    fn formula(&self, caller: &Caller, action: &Action, target: &Target, scps: Option<&[Vec<Named<'_>>]>) -> Formula {
        let theirs = [Named { name: STRANGER, policy: &self.outside.theirs }];
        let policies = Policies {
            identity: &theirs,
            resource: OfResource::Policy(self.named),
            scps,
            rcps: self.rcps.as_deref(),
            // Who asks for such a session may hand it all that there is.
            session: (caller.kind == CallerKind::FederatedUser && !self.asked.trust).then_some(&theirs),
            ..Policies::default()
        };
        let context = self.context(caller, action, target);
        let request = Request { caller, action, target, owner: Owner::Account(self.asked.account), context: &context };
        decide::<Formula>(&request, &policies).condensed()
    }

    /// Whether an account is certainly of no organization that the policies ask about: of all of those, every member is known.
    fn is_of_none(&self, account: &str) -> bool {
        let organizations = &self.outside.estate.organizations;
        if organizations.is_empty() || account.len() != 12 || organizations.iter().any(|organization| organization.has(account)) {
            return false;
        }
        let is_whole =
            |value: &str| organizations.iter().any(|known| known.is_whole() && value.split('/').next() == Some(known.id.as_str()));
        let rcps = self.rcps.iter().flatten().flatten().flat_map(|named| &named.policy.statements);
        let conditions = self.named.policy.statements.iter().chain(rcps).flat_map(|statement| &statement.conditions);
        let mut about = conditions.filter(|condition| condition.key.lower().starts_with("aws:principalorg")).peekable();
        about.peek().is_some()
            && about.all(|condition| condition.templates().all(|value| value.fixed().is_some_and(|value| is_whole(&value.to_string()))))
    }

    fn context(&self, caller: &Caller, action: &Action, target: &Target) -> Context {
        let mut context = match caller.arn.as_str() {
            STRANGER if caller.kind == CallerKind::Service => {
                let mut context = Context::unknown();
                context.set("aws:PrincipalIsAWSService", ["true"]);
                context.set("aws:SecureTransport", ["true"]);
                for key in [
                    "aws:PrincipalOrgID",
                    "aws:PrincipalOrgPaths",
                    "aws:PrincipalAccount",
                    "aws:SourceVpce",
                    "aws:SourceVpc",
                    "aws:SourceIp",
                ] {
                    context.set_absent(key);
                }
                context
            }
            _ => self.outside.estate.context_of(caller),
        };
        // Some principal of the account.
        if caller.kind == CallerKind::User && caller.arn.ends_with(":*") {
            context.set_like("aws:PrincipalArn", &caller.arn);
        }
        if let Some(account) = caller.account.as_deref()
            && self.is_of_none(account)
        {
            context.set("aws:PrincipalOrgID", ["o-0000000000"]);
            context.set("aws:PrincipalOrgPaths", ["o-0000000000/"]);
        }
        for (key, values) in self.asked.context {
            context.set(key, values);
        }
        let service = action.lower.split(':').next().unwrap_or_default();
        self.outside.estate.add_resource(&mut context, service, target, Some(self.asked.account));
        context
    }
}

fn names(statement: &Statement, caller: &Caller) -> bool {
    statement.principal.as_ref().is_some_and(|clause| clause.negated || caller.names(clause).next().is_some())
}

fn stranger() -> Caller {
    let account = Some(STRANGER.to_owned());
    Caller { kind: CallerKind::User, arn: STRANGER.to_owned(), account, lender: None, id: None, canonical: None }
}

fn written(statements: &[&Statement]) -> Vec<String> {
    let mut actions: Vec<String> = Vec::new();
    for statement in statements {
        let but = if statement.actions.negated { "all but " } else { "" };
        for action in statement.actions.written.iter().map(|action| format!("{but}{action}")) {
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
    }
    actions
}
