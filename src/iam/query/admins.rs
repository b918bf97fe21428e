//! Who is an administrator: who can change what principals may do, without being held to some resources.

use super::own::{Own, Place};
use super::targets::{Aim, aim};
use super::{Because, Given, QueryError};
use crate::iam::estate::{Account, Asker, Estate, Principal, askers};
use crate::iam::evaluate::{Answer, Decision, Layer, TakenBy, decide, granted};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Effect};
use crate::iam::truth::Truth;

/// Whoever has one of these on everything can take every other: CloudMapper's list, and what it lacks.
pub const DEFAULT_PRIVILEGES: [&str; 19] = [
    "iam:AddRoleToInstanceProfile",
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:ChangePassword",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteUserPolicy",
    "iam:DetachGroupPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
];

/// An administrator, or one who nearly is.
#[derive(Debug)]
pub struct Admin<'a> {
    /// The account.
    pub account: &'a Account,
    /// The user or role.
    pub principal: &'a Principal,
    /// Under which conditions; `Never` for those who would be but for something.
    pub when: Formula,
    /// By which privilege.
    pub action: String,
    /// The statements that make it so, or prevent it.
    pub because: Vec<Because>,
    /// What prevents it, for those who nearly are.
    pub but_for: Vec<TakenBy>,
}

/// The administrators among the principals of the accounts, and those who would be but for a denial, a boundary or the
/// organization. With `restricted`, being held to some resources is no reason not to be listed.
///
/// # Errors
/// When a privilege is no action of AWS's.
pub fn admins<'a>(estate: &'a Estate, privileges: &[String], restricted: bool, accounts: &[String]) -> Result<Vec<Admin<'a>>, QueryError> {
    let catalog = estate.store.catalog();
    let mut actions = Vec::new();
    for name in privileges {
        let found = catalog.expand(name);
        if found.is_empty() {
            return Err(QueryError::Action(name.clone()));
        }
        actions.extend(found.iter().map(|id| Action::of(id, catalog)));
    }
    let given = Given::default();
    let askers = askers(estate, None, accounts)?;
    let actions: Vec<(Action, Aim<'_>)> = actions.into_iter().map(|action| (action.clone(), aim(estate, &action, None))).collect();
    let found = askers.iter().filter_map(|asker| admin(estate, asker, &given, &actions, restricted));
    let found: Vec<Found> = found.collect();
    Ok(found.into_iter().filter_map(|found| found.into_admin(estate)).collect())
}

/// An administrator by its ARN.
struct Found {
    arn: String,
    when: Formula,
    action: String,
    because: Vec<Because>,
    but_for: Vec<TakenBy>,
}

impl Found {
    fn into_admin(self, estate: &Estate) -> Option<Admin<'_>> {
        let (account, principal) = estate.principal(&self.arn)?;
        let Self { when, action, because, but_for, .. } = self;
        Some(Admin { account, principal, when, action, because, but_for })
    }
}

fn admin(estate: &Estate, asker: &Asker<'_>, given: &Given, actions: &[(Action, Aim<'_>)], restricted: bool) -> Option<Found> {
    let own = Own::new(estate, asker, given, &[]);
    let mut when = Formula::Never;
    let mut by: Option<(Formula, &(Action, Aim<'_>))> = None;
    let mut place: Option<Place<'_>> = None;
    let mut nearly = None;
    for asked @ (action, aim) in actions {
        let here = Place::next(place.take(), &own, aim, action);
        let place = place.insert(here);
        let (request, policies) = (own.request(action, aim, place), own.policies(aim, place));
        if decide::<Truth>(&request, &policies) == Truth::No {
            if nearly.is_none() && granted::<Truth>(&request, &policies) == Truth::Yes {
                nearly = Some(asked);
            }
            continue;
        }
        let formula = decide::<Formula>(&request, &policies);
        let formula = if restricted { formula } else { formula.of_any_resource() };
        if formula == Formula::Never {
            continue;
        }
        when = Formula::any([when, formula.clone()]);
        // The privilege with the fewest conditions is shown.
        if by.as_ref().is_none_or(|(best, _)| *best != Formula::Always && formula == Formula::Always) {
            by = Some((formula, asked));
        }
        if when == Formula::Always {
            break;
        }
    }
    let asked = by.as_ref().map(|(_, asked)| *asked).or(nearly)?;
    Some(found(asker, &own, asked, when))
}

fn found(asker: &Asker<'_>, own: &Own<'_>, (action, aim): &(Action, Aim<'_>), when: Formula) -> Found {
    let place = Place::next(None, own, aim, action);
    let policies = own.policies(aim, &place);
    let answer = Answer::new(&own.request(action, aim, &place), &policies);
    let relevant = |because: &&crate::iam::evaluate::Deciding<'_>| {
        when == Formula::Never || because.effect == Effect::Allow || because.when != Formula::Always
    };
    let mut but_for = answer.taken_by.clone();
    but_for.retain(|reason| !matches!(reason, TakenBy::NoAllow | TakenBy::Layer(Layer::Identity)));
    Found {
        arn: asker.caller.arn.clone(),
        because: answer.statements.iter().filter(relevant).map(Because::from).collect(),
        but_for: if answer.decision == Decision::Denied { but_for } else { Vec::new() },
        action: action.name.clone(),
        when,
    }
}
