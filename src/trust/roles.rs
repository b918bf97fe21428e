//! Whom the trust policies of roles let in. Services are left out: no account is behind them.

use std::collections::HashMap;

use super::Access;
use super::cognito::comers;
use super::model::{Kind, Reason, Strands};
use super::policies::{Judge, Openness, Parties, openness, statement, subject};
use super::providers::Provider;
use crate::graph::Administrators;
use crate::iam::estate::{Account, PolicyId, Principal};
use crate::iam::evaluate::Named;
use crate::iam::formula::Formula;
use crate::iam::outside::{Asked, Door, Narrow, Who, is_open_to_all};
use crate::iam::policy::{Effect, Policy, PrincipalName};

const DETAILS: &str = "iam-get-account-authorization-details.json";

/// What roles have in common that have the same rights.
type Rights = (Vec<PolicyId>, Option<PolicyId>);

/// The roles of an account.
pub(super) struct Roles<'a> {
    judge: &'a Judge<'a>,
    account: &'a Account,
    administrators: Administrators<'a>,
    known: HashMap<Rights, Formula>,
    /// Service control policies limit the account.
    limited: bool,
}

impl<'a> Roles<'a> {
    pub(super) fn new(judge: &'a Judge<'a>, account: &'a Account) -> Self {
        let limited = judge.estate.scps(&account.id).is_some();
        Self { judge, account, administrators: Administrators::new(judge.estate, account), known: HashMap::new(), limited }
    }

    pub(super) fn all(&mut self, strands: &mut Strands) {
        for role in self.account.principals.iter().filter(|principal| principal.is_role) {
            self.role(role, strands);
        }
    }

    fn role(&mut self, role: &'a Principal, strands: &mut Strands) {
        let Some(trust) = role.trust.and_then(|id| self.judge.estate.store.get(id)) else { return };
        self.judge.dangling(&trust.policy, &self.account.id, &role.arn, strands);
        for door in self.doors(role, &trust.policy, &trust.name) {
            let place = door.statements.first().map(|(pointer, _)| pointer.clone()).unwrap_or_default();
            let statement = statement(trust, &place);
            let pointer = format!("/RoleDetailList/{}/AssumeRolePolicyDocument{place}", role.place);
            let said = |reason| Reason { pointer: pointer.clone(), statement: statement.clone(), ..reason };
            self.through(role, &door, &said, strands);
        }
    }

    /// Those who come in by a door.
    fn through(&mut self, role: &'a Principal, door: &Door, said: &dyn Fn(Reason) -> Reason, strands: &mut Strands) {
        if let Who::Users(provider) = &door.who {
            let provider = self.judge.providers.find(provider);
            if provider == Provider::Pool {
                return self.through_pools(role, door, said, strands);
            }
            strands.named.extend(provider.named());
            if is_any_user(door) {
                strands.everybody(&self.account.id, &role.arn);
            }
        }
        self.judge.note_nameless(door, &self.account.id, &role.arn, strands);
        let parties = match self.judge.parties(door, &self.account.id) {
            Parties::Everybody => return strands.everybody(&self.account.id, &role.arn),
            Parties::Some(parties) => parties,
        };
        if parties.is_empty() {
            return;
        }
        for reason in self.reasons(role, &self.subject(&door.who), openness(door)).into_iter().map(said) {
            parties.iter().for_each(|party| strands.add(party, &self.account.id, reason.clone()));
        }
    }

    fn through_pools(&mut self, role: &'a Principal, door: &Door, said: &dyn Fn(Reason) -> Reason, strands: &mut Strands) {
        for comers in comers(&door.formula, &self.judge.providers.pools) {
            if comers.everybody {
                strands.everybody(&self.account.id, &role.arn);
            }
            let mut open = openness(door);
            if let Some(unknown) = comers.condition {
                open.certain = false;
                open.condition = Some(open.condition.map_or_else(|| unknown.to_owned(), |when| format!("{unknown}; {when}")));
            }
            for reason in self.reasons(role, &format!("{} ", comers.who), open) {
                strands.add(&comers.id, &self.account.id, said(reason));
            }
            strands.named.insert(comers.id, (comers.name, "cognito".to_owned(), Kind::Provider));
        }
    }

    /// The ways in: for accounts, and for those whom providers vouch for.
    fn doors(&self, role: &Principal, trust: &Policy, name: &str) -> Vec<Door> {
        let policy = Named { name, policy: trust };
        let asked = |action, providers| Asked {
            arn: &role.arn,
            account: &self.account.id,
            only: Some((action, role.arn.as_str())),
            context: &[],
            trust: true,
            providers,
        };
        let mut doors = Vec::new();
        let federated = |name: &PrincipalName, saml: bool| matches!(name, PrincipalName::Federated(provider) if provider.contains(":saml-provider/") == saml);
        let names = || {
            trust
                .statements
                .iter()
                .filter(|one| one.effect == Effect::Allow)
                .filter_map(|one| one.principal.as_ref())
                .flat_map(|clause| &clause.names)
        };
        let negated =
            trust.statements.iter().any(|one| one.effect == Effect::Allow && one.principal.as_ref().is_some_and(|clause| clause.negated));
        let own = |name: &PrincipalName| match name {
            PrincipalName::Account(id) => *id == self.account.id,
            PrincipalName::Arn(arn) => arn.split(':').nth(4) == Some(&self.account.id),
            PrincipalName::Everyone => false,
            _ => true,
        };
        if negated || names().any(|name| !own(name)) {
            let some = self.judge.outside.each(policy, &asked("sts:AssumeRole", false));
            doors.extend(some.into_iter().filter(|door| !matches!(door.who, Who::Users(_))));
        }
        for (saml, action) in [(true, "sts:AssumeRoleWithSAML"), (false, "sts:AssumeRoleWithWebIdentity")] {
            if names().any(|name| federated(name, saml)) {
                let some = self.judge.outside.each(policy, &asked(action, true));
                let of_kind = |door: &Door| matches!(&door.who, Who::Users(provider) if provider.contains(":saml-provider/") == saml);
                doors.extend(some.into_iter().filter(of_kind));
            }
        }
        doors
    }

    /// "role/deploy ", or which provider: of one vendor there may be several.
    fn subject(&self, who: &Who) -> String {
        let Who::Users(provider) = who else { return subject(who).map(|who| format!("{who} ")).unwrap_or_default() };
        let issuer = self.judge.providers.issuer(provider).map(|issuer| format!(" ({issuer})")).unwrap_or_default();
        let name = provider.split_once(":iam::").and_then(|(_, rest)| rest.split_once(':')).map_or(provider.as_str(), |(_, name)| name);
        format!("users of {name}{issuer} ")
    }

    /// What it is to come in by a door: to be an administrator, or less.
    fn reasons(&mut self, role: &'a Principal, subject: &str, Openness { certain, condition }: Openness) -> Vec<Reason> {
        let reason = |access: Access, what: &str, certain: bool, condition: Option<String>| Reason {
            service: "iam".to_owned(),
            resource: role.arn.clone(),
            access,
            why: format!("{subject}may assume the role{what}"),
            certain,
            condition,
            file: format!("{}/{DETAILS}", self.account.region),
            pointer: String::new(),
            within: String::new(),
            statement: None,
            evidence: None,
        };
        match self.administrator(role) {
            Formula::Never => vec![reason(Access::Iam, "", certain, condition)],
            Formula::Always => vec![reason(Access::Admin, ", which is an administrator", certain, condition)],
            when => {
                let both =
                    condition.as_ref().map_or_else(|| format!("if {when}"), |condition| format!("{condition}; an administrator if {when}"));
                vec![
                    reason(Access::Iam, "", certain, condition),
                    reason(Access::Admin, ", which may be an administrator", false, Some(both)),
                ]
            }
        }
    }

    fn administrator(&mut self, role: &'a Principal) -> Formula {
        let (administrators, account) = (&self.administrators, self.account);
        // What limits the account may speak of single roles.
        if self.limited {
            return administrators.of(role);
        }
        let rights = (account.identity(role).collect(), role.boundary);
        self.known.entry(rights).or_insert_with(|| administrators.of(role)).clone()
    }
}

/// Whether a way in is open to whoever registers with a provider that takes everybody.
fn is_any_user(door: &Door) -> bool {
    let chosen = |way: &Vec<Narrow>| way.contains(&Narrow::Chosen);
    matches!(&door.who, Who::Users(provider) if is_open_to_all(provider)) && !door.ways.iter().all(chosen)
}
