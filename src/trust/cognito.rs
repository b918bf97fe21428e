//! Cognito identity pools: which of them a trust policy means, and whether strangers get in by them.
//!
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html>

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::formula::{Atom, Formula};
use crate::iam::policy::pattern::Pattern;

/// Whoever gets credentials from some pool: everybody can make one.
const ANY: &str = "cognito-identity.amazonaws.com";

/// A pool that was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pool {
    pub(super) name: String,
    /// It gives credentials to whoever asks.
    pub(super) guests: bool,
}

/// Those who get in by a pool.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comers {
    /// The pool's id.
    pub(super) id: String,
    /// What to call it.
    pub(super) name: String,
    /// Who of it: "users of the identity pool".
    pub(super) who: &'static str,
    /// What has to be so and is not known.
    pub(super) condition: Option<&'static str>,
    /// They are whoever comes.
    pub(super) everybody: bool,
}

/// Who gets in where a policy has these conditions.
pub(super) fn comers(formula: &Formula, pools: &BTreeMap<String, Pool>) -> Vec<Comers> {
    let named = values(formula, ":aud").filter(|ids| !ids.iter().any(|id| id.contains(['*', '?'])));
    let Some(ids) = named else {
        let who = "whoever has an identity pool";
        return vec![Comers { id: ANY.to_owned(), name: "any Cognito identity pool".to_owned(), who, condition: None, everybody: true }];
    };
    let kinds = values(formula, ":amr");
    let meant = |kind: &str| kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|one| Pattern::new(one).matches(kind)));
    let users = meant("authenticated") || kinds.as_ref().is_some_and(|kinds| kinds.iter().any(|one| one.contains("cognito-idp.")));
    ids.into_iter().filter_map(|id| of_pool(id, pools, users, meant("unauthenticated"))).collect()
}

fn of_pool(id: String, pools: &BTreeMap<String, Pool>, users: bool, guests: bool) -> Option<Comers> {
    let known = pools.get(&id);
    let let_in = if guests { known.map(|pool| pool.guests) } else { Some(false) };
    let (who, condition) = match (users, let_in) {
        (false, Some(false)) => return None,
        (true, Some(false)) => ("users of the identity pool", None),
        (true, Some(true)) => ("users and guests of the identity pool, which lets guests in,", None),
        (true, None) => ("users of the identity pool, and guests if it lets any in,", None),
        (false, Some(true)) => ("guests of the identity pool, which lets guests in,", None),
        (false, None) => ("guests of the identity pool", Some("if the identity pool lets guests in")),
    };
    let everybody = let_in.unwrap_or(!users);
    // Whatever has not the form of a pool's id may be called like somebody else.
    let id = if id.contains(':') { id } else { format!("cognito:{id}") };
    let name = format!("Cognito identity pool {}", known.map_or(id.as_str(), |pool| &pool.name));
    Some(Comers { id, name, who, condition, everybody })
}

/// What a key of the pools has to be; `None` where it may be anything.
fn values(formula: &Formula, claim: &str) -> Option<BTreeSet<String>> {
    match formula {
        Formula::Is(Atom::Condition(condition), false) => {
            let key = condition.key.lower();
            let of_pools = key.starts_with("cognito-identity") && key.ends_with(claim);
            let positive = !condition.operator.negated && condition.operator.name != "Null" && !condition.holds_when_absent();
            (of_pools && positive)
                .then(|| condition.templates().map(|value| value.fixed().map(ToString::to_string)).collect::<Option<_>>())
                .flatten()
        }
        Formula::All(parts) => parts.iter().filter_map(|part| values(part, claim)).reduce(|one, other| &one & &other),
        Formula::Any(parts) => {
            parts.iter().map(|part| values(part, claim)).collect::<Option<Vec<_>>>().map(|all| all.into_iter().flatten().collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::iam::condition::Condition;

    fn is(operator: &str, key: &str, values: &[&str]) -> Formula {
        let key = format!("cognito-identity.amazonaws.com:{key}");
        Formula::Is(Atom::Condition(Arc::new(Condition::new(operator, &key, values, true).unwrap())), false)
    }

    #[test]
    fn who_comes_by_which_pool() {
        let pool = |guests: bool| Pool { name: "shop".to_owned(), guests };
        let pools = BTreeMap::from([("r:open".to_owned(), pool(true)), ("r:closed".to_owned(), pool(false))]);
        let found = |parts: Vec<Formula>| -> Vec<(String, &'static str, bool, bool)> {
            let all = comers(&Formula::All(parts), &pools).into_iter();
            all.map(|one| (one.id, one.who.split([' ', ',']).next().unwrap_or_default(), one.everybody, one.condition.is_some())).collect()
        };
        let aud = |ids: &[&str]| is("StringEquals", "aud", ids);
        let amr = |kind: &str| is("ForAnyValue:StringLike", "amr", &[kind]);
        let one = |id: &str, who: &'static str, everybody: bool, perhaps: bool| (id.to_owned(), who, everybody, perhaps);
        assert_eq!(
            found(vec![aud(&["r:open", "r:closed"]), amr("authenticated")]),
            [one("r:closed", "users", false, false), one("r:open", "users", false, false)]
        );
        assert_eq!(
            found(vec![aud(&["r:open", "r:closed", "r:x"]), amr("unauthenticated")]),
            [one("r:open", "guests", true, false), one("r:x", "guests", true, true)]
        );
        assert_eq!(found(vec![aud(&["r:open", "r:x"])]), [one("r:open", "users", true, false), one("r:x", "users", false, false)]);
        assert_eq!(found(vec![amr("authenticated")]), [one(ANY, "whoever", true, false)]);
        assert_eq!(found(vec![is("StringLike", "aud", &["r:*"])]), [one(ANY, "whoever", true, false)]);
        let either = comers(&Formula::Any(vec![aud(&["r:open"]), aud(&["r:closed"])]), &pools);
        assert_eq!(either.len(), 2);
        assert_eq!(either.first().unwrap().name, "Cognito identity pool shop");
    }
}
