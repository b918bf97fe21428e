//! Who is an administrator: who can change what principals may do, without being held to some resources.

use super::own::{Own, Place};
use super::targets::{Aim, whole};
use super::{Because, Given, QueryError};
use crate::iam::estate::{Account, Asker, Estate, Principal, askers};
use crate::iam::evaluate::{Answer, Deciding, Decision, Layer, TakenBy, conditions, decide, granted};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Effect};
use crate::iam::truth::Truth;
use crate::model::{in_parallel, processors};

/// Whoever has one of these on everything can take every other: CloudMapper's list without `iam:ChangePassword`, which
/// is about the caller's own password, and with what it lacks.
pub const DEFAULT_PRIVILEGES: [&str; 20] = [
    "iam:AddRoleToInstanceProfile",
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
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

/// A privilege, on all that it can be about in one account.
type Asked<'a> = (Action, Aim<'a>);

/// The administrators among the principals of the accounts, and those who would be but for a denial, a boundary or the
/// organization. With `restricted`, being held to some resources is no reason not to be listed.
///
/// # Errors
/// When a privilege is no action of AWS's.
pub fn admins<'a>(estate: &'a Estate, privileges: &[String], restricted: bool, accounts: &[String]) -> Result<Vec<Admin<'a>>, QueryError> {
    let catalog = estate.store.catalog();
    let mut actions = Vec::new();
    for name in privileges {
        let found = catalog.expand(name.trim());
        if found.is_empty() {
            return Err(QueryError::Action(name.clone()));
        }
        actions.extend(found.iter().map(|id| Action::of(id, catalog)));
    }
    let given = Given::default();
    let askers = askers(estate, None, accounts)?;
    let mut all = Vec::new();
    for (account, askers) in by_account(&askers) {
        let asked: Vec<Asked<'_>> = actions.iter().map(|action| (action.clone(), whole(estate, action, account))).collect();
        let threads = if askers.len() > 200 { processors() } else { 1 };
        let found = in_parallel(askers, threads, |asker, (): &mut ()| admin(estate, asker, &given, &asked, restricted));
        all.extend(found.into_iter().flatten());
    }
    Ok(all)
}

/// Askers come account by account.
fn by_account<'b, 'a>(askers: &'b [Asker<'a>]) -> Vec<(&'a Account, &'b [Asker<'a>])> {
    let same = |one: &Asker<'_>, other: &Asker<'_>| match (one.known, other.known) {
        (Some((one, _)), Some((other, _))) => std::ptr::eq(one, other),
        _ => false,
    };
    askers.chunk_by(same).filter_map(|chunk| Some((chunk.first()?.known?.0, chunk))).collect()
}

fn admin<'a>(estate: &Estate, asker: &Asker<'a>, given: &Given, actions: &[Asked<'_>], restricted: bool) -> Option<Admin<'a>> {
    let own = Own::new(estate, asker, given, &[]);
    let mut when = Formula::Never;
    let mut by: Option<(Formula, &Asked<'_>)> = None;
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
        let formula = conditions(&request, &policies);
        let formula = if restricted { formula } else { formula.of_any_resource() };
        if formula == Formula::Never {
            continue;
        }
        when = Formula::any([when, formula.clone()]).condensed();
        // The privilege with the fewest conditions is shown.
        if by.as_ref().is_none_or(|(best, _)| *best != Formula::Always && formula == Formula::Always) {
            by = Some((formula, asked));
        }
        if when == Formula::Always {
            break;
        }
    }
    let asked = by.as_ref().map(|(_, asked)| *asked).or(nearly)?;
    explained(asker, &own, asked, when)
}

fn explained<'a>(asker: &Asker<'a>, own: &Own<'_>, (action, aim): &Asked<'_>, when: Formula) -> Option<Admin<'a>> {
    let (account, principal) = asker.known?;
    let place = Place::next(None, own, aim, action);
    let policies = own.policies(aim, &place);
    let answer = Answer::new(&own.request(action, aim, &place), &policies);
    let relevant = |because: &&Deciding<'_>| when == Formula::Never || because.effect == Effect::Allow || because.when != Formula::Always;
    let mut but_for = if answer.decision == Decision::Denied { answer.taken_by.clone() } else { Vec::new() };
    but_for.retain(|reason| !matches!(reason, TakenBy::NoAllow | TakenBy::Layer(Layer::Identity)));
    Some(Admin {
        account,
        principal,
        because: answer.statements.iter().filter(relevant).map(Because::from).collect(),
        but_for,
        action: action.name.clone(),
        when,
    })
}
