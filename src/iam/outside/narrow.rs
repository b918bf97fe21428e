//! What conditions leave of "everyone": which of them hold callers to an account, an organization, some addresses.
//!
//! The keys are those by which S3 takes a policy for not public, and their kin:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>

use std::sync::Arc;

use super::providers;
use crate::iam::condition::{Condition, Quantifier};
use crate::iam::formula::{Atom, Formula};
use crate::iam::policy::pattern::Pattern;
use crate::model::is_account_id;

/// More ways than these are put together to one that nothing narrows.
const MOST_WAYS: usize = 256;

/// Who is left, by one condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Narrow {
    /// Principals or resources of these accounts.
    Accounts(Vec<String>),
    /// Those of these organizations.
    Organizations(Vec<String>),
    /// Callers with these addresses.
    Addresses(Vec<String>),
    /// Only these: ids and ARNs that tell no account.
    Named(Vec<String>),
    /// Users that the owner of the account chose at an identity provider, or clients in networks that it chose.
    Chosen,
}

/// The ways in which a formula can hold. Each is what narrows it.
pub(super) fn ways(formula: &Formula) -> Vec<Vec<Narrow>> {
    let Some(terms) = terms(formula) else { return vec![Vec::new()] };
    let mut ways: Vec<Vec<Narrow>> =
        terms.iter().map(|term| term.iter().filter_map(|(atom, negated)| narrows(atom, *negated)).collect()).collect();
    ways.sort();
    ways.dedup();
    // What is open as it stands is open.
    if ways.first().is_some_and(Vec::is_empty) { vec![Vec::new()] } else { ways }
}

/// Whether a formula holds for nobody of whom some conditions are known to fail: `fails` is asked with each key, and whom
/// its condition leaves.
#[must_use]
pub fn shuts_out(formula: &Formula, fails: &dyn Fn(&str, &Narrow) -> bool) -> bool {
    match formula {
        Formula::Never => true,
        Formula::Always => false,
        Formula::All(parts) => parts.iter().any(|part| shuts_out(part, fails)),
        Formula::Any(parts) => parts.iter().all(|part| shuts_out(part, fails)),
        Formula::Is(Atom::Condition(condition), negated) => {
            narrows(&Atom::Condition(condition.clone()), *negated).is_some_and(|narrow| fails(condition.key.lower(), &narrow))
        }
        Formula::Is(..) => false,
    }
}

/// What has to hold together: a part of the formula, and whether it is negated.
type Term<'a> = Vec<(&'a Atom, bool)>;

/// The formula as alternatives; `None` when there are too many.
fn terms(formula: &Formula) -> Option<Vec<Term<'_>>> {
    match formula {
        Formula::Never => Some(Vec::new()),
        Formula::Always => Some(vec![Vec::new()]),
        Formula::Is(atom, negated) => Some(vec![vec![(atom, *negated)]]),
        Formula::Any(parts) => {
            let each: Option<Vec<_>> = parts.iter().map(terms).collect();
            each.map(|each| each.into_iter().flatten().collect::<Vec<_>>()).filter(|all| all.len() <= MOST_WAYS)
        }
        Formula::All(parts) => parts.iter().try_fold(vec![Vec::new()], |all, part| {
            let part = terms(part)?;
            (all.len() * part.len() <= MOST_WAYS).then(|| all.iter().flat_map(|one| part.iter().map(|other| both(one, other))).collect())
        }),
    }
}

fn both<'a>(one: &Term<'a>, other: &Term<'a>) -> Term<'a> {
    one.iter().chain(other).copied().collect()
}

fn narrows(atom: &Atom, negated: bool) -> Option<Narrow> {
    let Atom::Condition(condition) = atom else { return None };
    if negated {
        // "Not (not equal, or absent)" is "equal".
        let opposite = condition.opposite().filter(|_| condition.holds_when_absent())?;
        return by_key(&Arc::new(opposite));
    }
    let positive = !condition.operator.negated && !condition.if_exists && condition.quantifier != Quantifier::All;
    (positive && !condition.holds_when_absent()).then(|| by_key(condition)).flatten()
}

fn by_key(condition: &Condition) -> Option<Narrow> {
    let key = condition.key.lower();
    if condition.operator.name == "Null" || condition.values.is_empty() {
        return None;
    }
    let values: Option<Vec<&Pattern>> = condition.templates().map(|value| value.fixed()).collect();
    let values = values?;
    match key {
        "aws:principalaccount"
        | "aws:sourceaccount"
        | "aws:sourceowner"
        | "kms:calleraccount"
        | "s3:dataaccesspointaccount"
        | "aws:vpceaccount" => literals(&values).map(Narrow::Accounts),
        "aws:principalorgid" | "aws:sourceorgid" | "aws:vpceorgid" => literals(&values).map(Narrow::Organizations),
        "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => each(&values, organization).map(Narrow::Organizations),
        "aws:principalarn"
        | "aws:sourcearn"
        | "s3:dataaccesspointarn"
        | "lambda:sourcefunctionarn"
        | "aws:sourcevpcarn"
        | "ec2:sourceinstancearn" => {
            each(&values, account).map(Narrow::Accounts).or_else(|| literals(&values).or_else(|| each(&values, bucket)).map(Narrow::Named))
        }
        "aws:userid" => each(&values, unique_id).map(Narrow::Named),
        "aws:sourcevpc" | "aws:sourcevpce" => literals(&values).map(Narrow::Named),
        "aws:sourceip" => Some(Narrow::Addresses(values.iter().map(ToString::to_string).collect())),
        // The logs, keys and such that a service encrypts for: named by ARN.
        _ if key.starts_with("kms:encryptioncontext:") => each(&values, account).map(Narrow::Accounts),
        // Through a mount target, whose security groups and network decide.
        "elasticfilesystem:accessedviamounttarget" => literals(&values).filter(|values| values == &["true"]).map(|_| Narrow::Chosen),
        _ if providers::narrows(key, &values) => Some(Narrow::Chosen),
        _ => None,
    }
}

fn literals(values: &[&Pattern]) -> Option<Vec<String>> {
    each(values, |value| value.literal().map(str::to_owned))
}

fn each(values: &[&Pattern], read: impl Fn(&Pattern) -> Option<String>) -> Option<Vec<String>> {
    let mut all: Vec<String> = values.iter().map(|value| read(value)).collect::<Option<_>>()?;
    all.sort();
    all.dedup();
    Some(all)
}

/// The account of an ARN, which may have wildcards before and after it.
fn account(value: &Pattern) -> Option<String> {
    let text = value.to_string();
    let account = text.split(':').nth(4)?;
    is_account_id(account).then(|| account.to_owned())
}

/// The ARN of a bucket, which policies also write with wildcards for what it has not: `arn:aws:s3:*:*:logs`.
fn bucket(value: &Pattern) -> Option<String> {
    let text = value.to_string();
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "s3", _, _, name] = parts.as_slice() else { return None };
    (!partition.contains(['*', '?']) && !name.contains(['*', '?', '/'])).then(|| format!("arn:{partition}:s3:::{name}"))
}

/// `o-abc/r-1/*`
fn organization(value: &Pattern) -> Option<String> {
    let text = value.to_string();
    let id = text.split('/').next()?;
    (id.starts_with("o-") && !id.contains(['*', '?'])).then(|| id.to_owned())
}

/// `AROAEXAMPLE:*`: the id of a role, and any session of it.
fn unique_id(value: &Pattern) -> Option<String> {
    let text = value.to_string();
    let id = text.split(':').next()?;
    (id.len() >= 12 && !id.contains(['*', '?'])).then(|| id.to_owned())
}
