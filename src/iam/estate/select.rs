//! Whom a name or pattern means.

use std::sync::{Arc, OnceLock};

use super::{Account, Estate, Home, Principal};
use crate::iam::caller::{Caller, CallerKind};
use crate::iam::context::Context;
use crate::iam::policy::pattern::Pattern;
use crate::model::visible;

/// No principal is called so.
#[derive(Debug, thiserror::Error)]
#[error("no principal is called `{}`{}", visible(.name), hint(.near))]
pub struct Nobody {
    /// As it was typed.
    name: String,
    /// Principals whose names are similar.
    near: Vec<String>,
}

fn hint(near: &[String]) -> String {
    if near.is_empty() {
        return ": write its ARN, `user/name`, `role/name`, a service such as `lambda.amazonaws.com`, or `anonymous`; `*` and `?` are wildcards".to_owned();
    }
    format!("; there is {}", near.iter().map(|name| visible(name).into_owned()).collect::<Vec<_>>().join(", "))
}

/// One who is asked about.
#[derive(Debug)]
pub struct Asker<'a> {
    /// As the engine sees it.
    pub caller: Caller,
    /// The user or role, when it is one of the estate's.
    pub known: Option<(&'a Account, &'a Principal)>,
    /// What it has in common with those of its account, when that was found already.
    home: Option<Arc<Home<'a>>>,
    /// What is known of all its requests, once it has been asked for.
    context: OnceLock<Arc<Context>>,
}

impl<'a> Asker<'a> {
    /// Somebody.
    #[must_use]
    pub fn new(caller: Caller, known: Option<(&'a Account, &'a Principal)>) -> Self {
        Self { caller, known, home: None, context: OnceLock::new() }
    }

    /// A user or role.
    #[must_use]
    pub fn of(home: &Arc<Home<'a>>, principal: &'a Principal) -> Option<Self> {
        let account = home.account?;
        Some(Self { home: Some(home.clone()), ..Self::new(principal.caller(account), Some((account, principal))) })
    }

    /// A user or role by its ARN.
    #[must_use]
    pub fn by_arn(estate: &'a Estate, arn: &str) -> Option<Self> {
        let (account, principal) = estate.principal(arn)?;
        Self::of(&Home::of(estate, account), principal)
    }

    /// What it has in common with those of its account.
    pub(crate) fn home(&self, estate: &'a Estate) -> Option<Arc<Home<'a>>> {
        self.home.clone().or_else(|| Some(Home::new(estate, self.caller.account.as_deref()?)))
    }

    /// What the snapshot says of all its requests.
    pub fn context(&self, estate: &'a Estate) -> &Arc<Context> {
        let find = |home: Option<&Home<'_>>| match (self.known.zip(home), self.caller.kind) {
            (Some(((_, role), home)), CallerKind::Session) => {
                estate.context_of_session(&home.context, role, self.caller.arn.rsplit('/').next().unwrap_or_default())
            }
            (Some(((_, principal), home)), _) => estate.context(&home.context, principal),
            (None, _) => estate.context_of(&self.caller),
        };
        self.context.get_or_init(|| Arc::new(find(self.home(estate).as_deref())))
    }
}

/// All users and roles of the chosen accounts, or of all, with what they have in common.
pub(crate) fn everybody<'a>(estate: &'a Estate, accounts: &[String]) -> Vec<(Arc<Home<'a>>, &'a Principal)> {
    let chosen = estate.accounts.iter().filter(|account| accounts.is_empty() || accounts.contains(&account.id));
    let members = |account: &'a Account| {
        let home = Home::of(estate, account);
        account.principals.iter().map(move |principal| (home.clone(), principal))
    };
    chosen.flat_map(members).collect()
}

/// Everybody whom a name or pattern means.
///
/// # Errors
/// When that is nobody.
pub fn askers<'a>(estate: &'a Estate, name: Option<&str>, accounts: &[String]) -> Result<Vec<Asker<'a>>, Nobody> {
    let chosen = |account: &&Account| accounts.is_empty() || accounts.contains(&account.id);
    let everybody = everybody(estate, accounts);
    let all = everybody.iter().map(|(home, principal)| (home, *principal));
    let asker = |(home, principal): (&Arc<Home<'a>>, &'a Principal)| Asker::of(home, principal);
    let Some(name) = name else { return Ok(all.filter_map(asker).collect()) };
    let any_session = sessions_of(name)?;
    let name = any_session.as_deref().unwrap_or(name);
    let pattern = Pattern::new(name);
    let found: Vec<Asker<'a>> = all.clone().filter(|(_, principal)| means(&pattern, name, principal)).filter_map(asker).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    // One of an account that is here and was not chosen is not meant.
    let elsewhere = |asker: &Asker<'_>| asker.known.is_some_and(|(account, _)| !chosen(&account));
    other(estate, name).filter(|found| !found.iter().any(elsewhere)).ok_or_else(|| {
        let similar =
            |principal: &Principal| principal.name.to_lowercase().contains(&name.rsplit('/').next().unwrap_or(name).to_lowercase());
        let near = all.filter(|(_, principal)| similar(principal)).take(3).map(|(_, principal)| principal.arn.clone()).collect();
        Nobody { name: name.to_owned(), near }
    })
}

/// For `assumed-role/web/*`, which is any session, the role. Other patterns, and no name at all, mean no session.
fn sessions_of(name: &str) -> Result<Option<String>, Nobody> {
    let Some((head, rest)) = name.split_once(":assumed-role/") else { return Ok(None) };
    let refused = || Nobody {
        name: name.to_owned(),
        near: vec![
            "no pattern for names of sessions: write one session, `…:assumed-role/web/name`, or any, `…:assumed-role/web/*`".to_owned(),
        ],
    };
    match rest.split_once('/') {
        Some((role, "*")) if !role.is_empty() => Ok(Some(format!("role/{role}")).filter(|_| !head.is_empty())),
        Some((role, session)) if !session.is_empty() && !session.contains(['*', '?']) && !role.contains(['*', '?']) => Ok(None),
        _ => Err(refused()),
    }
}

fn means(pattern: &Pattern, written: &str, principal: &Principal) -> bool {
    if written.starts_with("arn:") {
        return pattern.matches(&principal.arn);
    }
    let kind = if principal.is_role { "role" } else { "user" };
    pattern.matches(&format!("{kind}/{}", principal.name))
        || pattern.matches(&format!("{kind}{}{}", principal.path, principal.name))
        || pattern.matches(&principal.name)
}

/// A session of one of the estate's roles.
#[must_use]
pub fn session(estate: &Estate, mut caller: Caller) -> Option<Asker<'_>> {
    let account = estate.account(caller.account.as_deref()?)?;
    // The ARN of a session lacks the path of its role.
    let role = caller.lender.as_deref().and_then(|arn| arn.rsplit('/').next())?.to_owned();
    let role = account.principals.iter().find(|principal| principal.is_role && principal.name == role)?;
    caller.lender = Some(role.arn.clone());
    caller.canonical.clone_from(&account.canonical);
    Some(Asker::new(caller, Some((account, role))))
}

/// Those who are no user or role of the estate.
fn other<'a>(estate: &'a Estate, name: &str) -> Option<Vec<Asker<'a>>> {
    if name == "anonymous" {
        return Some(vec![Asker::new(Caller::new("*"), None)]);
    }
    let mut caller = Caller::new(name);
    let service = caller.kind == CallerKind::Service && name.contains(".amazonaws.");
    let account = caller.account.clone().and_then(|id| estate.account(&id));
    match (caller.kind, account) {
        (CallerKind::Session, Some(_)) => session(estate, caller).map(|found| vec![found]),
        (CallerKind::Root, Some(account)) => {
            caller.canonical.clone_from(&account.canonical);
            Some(vec![Asker::new(caller, None)])
        }
        // A user or role that the account does not have.
        (CallerKind::User | CallerKind::Role, Some(_)) => None,
        (CallerKind::Service, _) if !service => None,
        // Groups, policies and buckets make no requests.
        (CallerKind::Provider, _) if name.starts_with("arn:") && !name.contains("-provider/") => None,
        _ if name.contains(['*', '?']) => None,
        _ => Some(vec![Asker::new(caller, None)]),
    }
}
