//! May this caller take this action on this resource? All kinds of policies together, by AWS's rules.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod explain;
mod rules;
mod special;
mod statement;

pub use explain::{Answer, Deciding, Decision, TakenBy};
pub use rules::{Layer, conditions, decide, granted, identity_allows};
pub use special::{is_assuming, needs_policy, stays_at_home, supports_rcps};

use super::caller::Caller;
use super::context::Context;
use super::policy::{Action, Policy, Target};

/// A question.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// Does what.
    pub action: &'a Action,
    /// To what.
    pub target: &'a Target,
    /// Whose it is.
    pub owner: Owner<'a>,
    /// In which circumstances.
    pub context: &'a Context,
}

/// The account that a resource is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'a> {
    /// This one.
    Account(&'a str),
    /// The caller's own.
    Same,
    /// Nobody knows: it may be the caller's own or another.
    Unknown,
}

/// A policy and what to call it in answers.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// An ARN, or a name.
    pub name: &'a str,
    /// The document.
    pub policy: &'a Policy,
}

/// The policy of the resource asked about.
#[derive(Debug, Clone, Copy, Default)]
pub enum OfResource<'a> {
    /// It has none.
    #[default]
    None,
    /// This one.
    Policy(Named<'a>),
    /// It may have one, and it was not collected.
    Unknown,
    /// It may have one that nobody reads: who comes from another account may be let in.
    NotRead,
}

/// All policies that have a say. Those that are not there have none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// Of the user or role, and of the user's groups.
    pub identity: &'a [Named<'a>],
    /// There may be identity policies, and none of them was collected.
    pub identity_unknown: bool,
    /// The permissions boundary.
    pub boundary: Option<Named<'a>>,
    /// The session policies; when there are any, one has to allow.
    pub session: Option<&'a [Named<'a>]>,
    /// The resource's own; for `sts:AssumeRole` the role's trust policy.
    pub resource: OfResource<'a>,
    /// What grants something beside it: the ACL of a bucket, the grants of a key.
    pub grants: &'a [Named<'a>],
    /// S3 Block Public Access: what the resource's policy grants to other accounts does not count.
    pub restricted: bool,
    /// Whether it is so was not collected.
    pub perhaps_restricted: bool,
    /// The service control policies of the caller's account, root first. None outside an organization and in its
    /// management account.
    pub scps: Option<&'a [Vec<Named<'a>>]>,
    /// The resource control policies of the resource's account, root first.
    pub rcps: Option<&'a [Vec<Named<'a>>]>,
    /// The policy of the VPC endpoint that the request goes through.
    pub endpoint: Option<Named<'a>>,
}
