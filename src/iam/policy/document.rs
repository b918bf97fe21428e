//! A policy and its statements.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::arn::{self, ArnPattern};
use super::parse;
use super::pattern::Pattern;
use super::principal::{PrincipalClause, PrincipalName};
use super::problem::{Problem, ProblemKind};
use super::template::{Resolved, Template};
use crate::iam::catalog::{ActionId, ActionSet, Catalog};
use crate::iam::condition::Condition;
use crate::iam::context::Context;
use crate::iam::formula::Atom;
use crate::iam::truth::Truth;

/// A policy document.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The statements that have an effect, in order.
    pub statements: Vec<Statement>,
    /// What is wrong with the document.
    pub problems: Vec<Problem>,
    /// The actions that some statement allows, and those that some statement denies.
    allows: ActionSet,
    denies: ActionSet,
}

impl Policy {
    pub(super) fn new(statements: Vec<Statement>, problems: Vec<Problem>) -> Self {
        let all =
            |effect| statements.iter().filter(move |statement| statement.effect == effect).map(|statement| statement.actions.set.clone());
        let (allows, denies) = (all(Effect::Allow).collect(), all(Effect::Deny).collect());
        Self { statements, problems, allows, denies }
    }

    /// The statements that name principals in a policy of a kind that names none, or the other way round.
    #[must_use]
    pub fn misplaced(&self, names_principals: bool) -> Vec<Problem> {
        let wrong = self.statements.iter().filter(|statement| statement.principal.is_some() != names_principals);
        let problem = |statement: &Statement| match &statement.principal {
            None => Problem { pointer: statement.pointer.clone(), kind: ProblemKind::Missing("Principal") },
            Some(clause) => {
                let name = if clause.negated { "NotPrincipal" } else { "Principal" };
                Problem { pointer: format!("{}/{name}", statement.pointer), kind: ProblemKind::NotHere(name) }
            }
        };
        wrong.map(problem).collect()
    }

    /// The actions that some statement allows, on whatever resource.
    #[must_use]
    pub fn allows(&self) -> &ActionSet {
        &self.allows
    }

    /// Whether some statement of this effect is about an action.
    #[must_use]
    pub fn concerns(&self, effect: Effect, action: &Action) -> bool {
        let set = if effect == Effect::Allow { &self.allows } else { &self.denies };
        action.id.is_none_or(|id| set.contains(id))
    }

    /// Takes actions away from what one statement is about.
    pub fn withdraw(&mut self, statement: usize, actions: &ActionSet) {
        if let Some(statement) = self.statements.iter_mut().find(|known| known.index == statement) {
            statement.actions.set = statement.actions.set.difference(actions);
        }
        *self = Self::new(std::mem::take(&mut self.statements), std::mem::take(&mut self.problems));
    }

    /// A policy whose text is not known: it may allow or deny anything.
    #[must_use]
    pub fn unknown(name: &str, catalog: &Catalog) -> Self {
        let statement = |index, effect, holds, opposite| Statement {
            index,
            pointer: String::new(),
            sid: None,
            effect,
            principal: Some(PrincipalClause { negated: false, names: vec![PrincipalName::Everyone] }),
            actions: Actions::new(vec!["*".to_owned()], false, catalog.all()),
            resources: None,
            conditions: Vec::new(),
            unreadable: Some(Atom::other(&format!("{name}, whose text is not known,"), holds, opposite)),
        };
        let statements = vec![
            statement(0, Effect::Allow, "allows it", "does not allow it"),
            statement(1, Effect::Deny, "denies it", "does not deny it"),
        ];
        Self::new(statements, Vec::new())
    }

    /// Allows everything on everything: what is supposed of those whose policies nobody knows, and AdministratorAccess.
    #[must_use]
    pub fn everything(catalog: &Catalog) -> Self {
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
        Self::read(&document, catalog)
    }

    /// Whom its statements allow something. All but some are everybody.
    pub fn lets_in(&self) -> impl Iterator<Item = &PrincipalName> {
        let allowing = self.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        allowing.filter_map(|statement| statement.principal.as_ref()).flat_map(|clause| match clause.negated {
            true => std::slice::from_ref(&PrincipalName::Everyone),
            false => clause.names.as_slice(),
        })
    }

    /// The same without the statements that deny.
    #[must_use]
    pub fn only_allows(self) -> Self {
        let statements = self.statements.into_iter().filter(|statement| statement.effect == Effect::Allow).collect();
        Self::new(statements, self.problems)
    }

    /// The same without one statement.
    #[must_use]
    pub fn without(self, statement: usize) -> Self {
        let statements = self.statements.into_iter().filter(|known| known.index != statement).collect();
        Self::new(statements, self.problems)
    }

    /// The same with what another allows.
    #[must_use]
    pub fn and_allows(mut self, other: Self) -> Self {
        self.statements.extend(other.only_allows().statements);
        Self::new(self.statements, self.problems)
    }

    /// Reads a document. Whatever it is, it becomes a policy: what cannot be read is a problem.
    #[must_use]
    pub fn read(document: &serde_json::Value, catalog: &Catalog) -> Self {
        parse::policy(document, catalog)
    }
}

/// What a statement does where it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// A statement, ready to be matched.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Which one it is, from 0.
    pub index: usize,
    /// Where it is in the document: a JSON pointer.
    pub pointer: String,
    /// Its name.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Whom it is about; only in policies of resources.
    pub principal: Option<PrincipalClause>,
    /// Which actions.
    pub actions: Actions,
    /// Which resources; none is written in trust policies.
    pub resources: Option<Resources>,
    /// All of these have to hold.
    pub conditions: Vec<Arc<Condition>>,
    /// What in it nobody can read: where it matches, its effect depends on that.
    pub unreadable: Option<Atom>,
}

impl Statement {
    /// Whether it is about all resources, always.
    #[must_use]
    pub fn is_absolute(&self) -> bool {
        let everything = self.resources.as_ref().is_some_and(Resources::has_any);
        everything && self.conditions.is_empty() && self.unreadable.is_none()
    }
}

/// `Action` or `NotAction`.
#[derive(Debug, Clone)]
pub struct Actions {
    /// `NotAction`: all but these.
    pub negated: bool,
    /// As written.
    pub written: Vec<String>,
    /// The actions of AWS's list that they stand for (`negated` is in it already).
    pub set: ActionSet,
}

impl Actions {
    /// Actions by their patterns.
    #[must_use]
    pub fn new(written: Vec<String>, negated: bool, set: ActionSet) -> Self {
        Self { negated, written, set }
    }

    /// Whether an action is meant.
    #[must_use]
    pub fn contains(&self, action: &Action) -> bool {
        match action.id {
            Some(id) => self.set.contains(id),
            None => self.written.iter().any(|written| Pattern::new(&written.to_lowercase()).matches(&action.lower)) != self.negated,
        }
    }
}

/// An action that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// As AWS writes it, or as the user did.
    pub name: String,
    /// In lower case.
    pub lower: String,
    /// Its place in AWS's list; none when it is not on it.
    pub id: Option<ActionId>,
}

impl Action {
    /// An action by its name.
    #[must_use]
    pub fn new(name: &str, catalog: &Catalog) -> Self {
        match catalog.action(name) {
            Some(id) => Self::of(id, catalog),
            None => Self { name: name.to_owned(), lower: name.to_lowercase(), id: None },
        }
    }

    /// An action of AWS's list.
    #[must_use]
    pub fn of(id: ActionId, catalog: &Catalog) -> Self {
        let name = catalog.name(id);
        Self { name: name.to_owned(), lower: name.to_lowercase(), id: Some(id) }
    }
}

/// What an action is taken on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// This ARN; `*` for actions that are about no resource.
    Arn(String),
    /// Some resource like this.
    Like(Pattern),
}

impl Target {
    /// A resource by its ARN, or many by a pattern.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let pattern = Pattern::new(text);
        if pattern.literal().is_some() { Self::Arn(text.to_owned()) } else { Self::Like(pattern) }
    }

    fn like(&self, pattern: &Pattern) -> Truth {
        match self {
            Self::Arn(arn) => Truth::from(ArnPattern::of_resource(pattern).matches(arn)),
            Self::Like(asked) if arn::covers(pattern, asked) => Truth::Yes,
            Self::Like(asked) if arn::overlap(pattern, asked) => Truth::Unknown,
            Self::Like(_) => Truth::No,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arn(arn) => to.write_str(arn),
            Self::Like(pattern) => pattern.fmt(to),
        }
    }
}

/// `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub struct Resources {
    /// `NotResource`: all but these.
    pub negated: bool,
    /// The patterns.
    pub patterns: Vec<ResourcePattern>,
}

/// One pattern of resources.
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    /// As written.
    pub template: Template,
    /// Taken apart, where it has to be.
    apart: Option<ArnPattern>,
}

impl ResourcePattern {
    /// A pattern by its template.
    #[must_use]
    pub fn new(template: Template) -> Self {
        let apart = template.fixed().and_then(ArnPattern::taken_apart);
        Self { template, apart }
    }

    /// Whether a resource is meant.
    #[must_use]
    pub fn matches(&self, target: &Target, context: &Context) -> Truth {
        if let (Some(fixed), Target::Arn(arn)) = (self.template.fixed(), target) {
            return Truth::from(self.apart.as_ref().map_or_else(|| fixed.matches(arn), |apart| apart.matches(arn)));
        }
        match self.template.resolve(context) {
            Resolved::Pattern(pattern) => target.like(&pattern),
            Resolved::Missing => Truth::No,
            Resolved::Unknown(_) => Truth::Unknown,
        }
    }

    /// The pattern, with what is known of its variables filled in.
    #[must_use]
    pub fn resolve(&self, context: &Context) -> Cow<'_, Template> {
        match self.template.resolve(context) {
            Resolved::Unknown(template) => Cow::Owned(template),
            Resolved::Pattern(pattern) => Cow::Owned(Template::of(pattern.into_owned())),
            Resolved::Missing => Cow::Borrowed(&self.template),
        }
    }
}

impl Resources {
    /// Whether all resources are meant, by `*`.
    #[must_use]
    pub fn has_any(&self) -> bool {
        !self.negated && self.patterns.iter().any(|pattern| pattern.template.fixed().is_some_and(Pattern::is_any))
    }

    /// Whether a resource is meant.
    #[must_use]
    pub fn matches(&self, target: &Target, context: &Context) -> Truth {
        let named = Truth::any(self.patterns.iter().map(|pattern| pattern.matches(target, context)));
        if self.negated { !named } else { named }
    }
}
