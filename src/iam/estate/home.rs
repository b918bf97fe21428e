//! What all users and roles of one account have in common: found once, for those who ask for many of them.

use std::sync::Arc;

use super::{Account, Estate};
use crate::iam::context::Context;
use crate::iam::evaluate::Named;

/// Policies of an organization by level, root first.
pub(crate) type Levels<'a> = Vec<Vec<Named<'a>>>;

/// One account, as far as it limits its own, and is known of all their requests.
#[derive(Debug, Clone)]
pub struct Home<'a> {
    /// The account, if its snapshot is here.
    pub(super) account: Option<&'a Account>,
    pub(super) context: Arc<Context>,
    pub(crate) scps: Option<Levels<'a>>,
    /// Of its resources.
    pub(crate) rcps: Option<Levels<'a>>,
}

impl<'a> Home<'a> {
    /// Of the account of an id.
    #[must_use]
    pub fn new(estate: &'a Estate, id: &str) -> Arc<Self> {
        Self::with(estate, id, estate.account(id))
    }

    /// Of an account.
    #[must_use]
    pub fn of(estate: &'a Estate, account: &'a Account) -> Arc<Self> {
        Self::with(estate, &account.id, Some(account))
    }

    fn with(estate: &'a Estate, id: &str, account: Option<&'a Account>) -> Arc<Self> {
        let context = account.map_or_else(Context::unknown, |account| estate.context_at_home(account));
        Arc::new(Self { account, context: Arc::new(context), scps: estate.scps(id), rcps: estate.rcps(id) })
    }
}
