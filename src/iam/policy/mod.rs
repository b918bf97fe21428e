//! Policies as documents: read once from JSON, with every problem noted, and ready to be matched. What they decide
//! together is the business of `evaluate`.

pub mod arn;
pub(crate) mod callers;
mod document;
mod parse;
pub mod pattern;
mod principal;
mod problem;
pub mod template;

pub use document::{Action, Actions, Effect, Policy, ResourcePattern, Resources, Statement, Target};
pub use principal::{PrincipalClause, PrincipalName, role_of_session};
pub use problem::{Problem, ProblemKind};
