//! Puts the report together.

use std::collections::{BTreeMap, HashMap};

use super::trust;
use super::usage::{self, Credentials};
use super::view::{
    FORMAT, IamAccount, IamGroup, IamPolicy, IamPrincipal, IamProblem, IamReport, IamRisk, IamRule, ServiceUse, StatementRef,
};
use crate::iam::estate::{Account, Estate, Group, PolicyId, PolicyKind, Principal, Stored};
use crate::iam::evaluate::{Layer, TakenBy};
use crate::iam::formula::Formula;
use crate::iam::policy::{Effect, Problem, ProblemKind};
use crate::iam::query::{Admin, DEFAULT_PRIVILEGES, QueryError, admins};
use crate::iam::risks::{self, Severity};
use crate::model::epoch_seconds;
use crate::snapshot::{Snapshot, SnapshotError};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IamReportError {
    /// A file cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The questions about administrators have no answer.
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// Builds the report of the estate's accounts, of which these are the snapshots.
///
/// # Errors
/// When a file of a snapshot cannot be read.
pub fn build(estate: &Estate, snapshots: &[Snapshot], max_age_days: u32) -> Result<IamReport, IamReportError> {
    let mut accounts = Vec::new();
    for (account, snapshot) in estate.accounts.iter().zip(snapshots) {
        accounts.push(Builder::new(estate, account, snapshot, max_age_days).account()?);
    }
    let generated = accounts.iter().map(|account| account.collected.clone()).max().unwrap_or_default();
    let tool = concat!("cloudmapper ", env!("CARGO_PKG_VERSION")).to_owned();
    Ok(IamReport { format: FORMAT, tool, generated, max_age_days, rules: rules(), accounts })
}

fn rules() -> BTreeMap<&'static str, IamRule> {
    let severity = |severity: &Severity| match severity {
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    };
    risks::rules().map(|rule| (rule.id, IamRule { severity: severity(&rule.severity), title: rule.title, text: rule.text })).collect()
}

struct Builder<'a> {
    estate: &'a Estate,
    account: &'a Account,
    snapshot: &'a Snapshot,
    max_age: u32,
    /// When the account was collected, in seconds since 1970.
    now: Option<i64>,
    /// The report's number of each policy that is referred to.
    numbers: HashMap<PolicyId, usize>,
    policies: Vec<PolicyId>,
    attached_to: HashMap<PolicyId, usize>,
    /// The first trust policy of each text.
    trusts: HashMap<String, PolicyId>,
    gaps: Vec<String>,
}

impl<'a> Builder<'a> {
    fn new(estate: &'a Estate, account: &'a Account, snapshot: &'a Snapshot, max_age: u32) -> Self {
        Self {
            estate,
            account,
            snapshot,
            max_age,
            now: account.collected.as_deref().and_then(epoch_seconds),
            numbers: HashMap::new(),
            policies: Vec::new(),
            attached_to: HashMap::new(),
            trusts: HashMap::new(),
            gaps: account.gaps.clone(),
        }
    }

    fn account(mut self) -> Result<IamAccount, IamReportError> {
        let region = self.account.region;
        let credentials = usage::credentials(self.snapshot, region)?;
        if credentials.is_none() {
            self.gaps.push("the credential report was not collected: passwords, keys and second factors may be missing".to_owned());
        }
        let groups = self.groups();
        let mut principals = Vec::new();
        for principal in &self.account.principals {
            principals.push(self.principal(principal, credentials.as_ref())?);
        }
        self.admins(&mut principals)?;
        for (principal, (assumed, more)) in principals.iter_mut().zip(trust::may_assume(self.estate, self.account)) {
            principal.may_assume = assumed;
            principal.may_assume_more = more;
        }
        let without = principals.iter().filter(|principal| principal.services.is_none()).count();
        if without > 0 {
            self.gaps.push(format!("which services were last accessed is not known of {without} of {} principals", principals.len()));
        }
        let organization = self.estate.organization_of(&self.account.id);
        let scps = organization.map(|organization| organization.scp_ids(&self.account.id).unwrap_or_default());
        let rcps = organization.map(|organization| organization.rcp_ids(&self.account.id).unwrap_or_default());
        let (scps, rcps) = (self.levels(scps), self.levels(rcps));
        let policies = self.policies.iter().filter_map(|id| Some(self.policy(*id, self.estate.store.get(*id)?))).collect();
        Ok(IamAccount {
            name: self.account.name.to_string(),
            id: self.account.id.clone(),
            collected: self.account.collected.clone().unwrap_or_default(),
            organization: organization.map(|organization| organization.id.clone()),
            scps,
            rcps,
            gaps: self.gaps,
            unread: self.account.unread,
            principals,
            groups,
            policies,
        })
    }

    fn number(&mut self, id: PolicyId) -> usize {
        *self.numbers.entry(id).or_insert_with(|| {
            self.policies.push(id);
            self.policies.len() - 1
        })
    }

    /// Many roles have the same trust policy: it is in the report once.
    fn trust(&mut self, id: PolicyId) -> usize {
        let text = self.estate.store.get(id).map(|stored| stored.document.to_string()).unwrap_or_default();
        let same = *self.trusts.entry(text).or_insert(id);
        *self.attached_to.entry(same).or_insert(0) += 1;
        self.number(same)
    }

    fn numbered(&mut self, ids: &[PolicyId]) -> Vec<usize> {
        ids.iter().map(|id| self.number(*id)).collect()
    }

    /// The same for policies that hang on a user, group or role.
    fn attached(&mut self, ids: &[PolicyId]) -> Vec<usize> {
        for id in ids {
            *self.attached_to.entry(*id).or_insert(0) += 1;
        }
        self.numbered(ids)
    }

    fn levels(&mut self, levels: Option<Vec<Vec<PolicyId>>>) -> Option<Vec<Vec<usize>>> {
        levels.map(|levels| levels.iter().map(|level| self.attached(level)).collect())
    }

    fn groups(&mut self) -> Vec<IamGroup> {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, principal) in self.account.principals.iter().enumerate() {
            for group in &principal.groups {
                members.entry(*group).or_default().push(at);
            }
        }
        let account = self.account;
        let group = |(at, group): (usize, &Group)| IamGroup {
            arn: group.arn.clone(),
            name: group.name.clone(),
            members: members.remove(&at).unwrap_or_default(),
            attached: self.attached(&group.attached),
            inline: self.attached(&group.inline),
        };
        account.groups.iter().enumerate().map(group).collect()
    }

    fn principal(&mut self, principal: &Principal, report: Option<&BTreeMap<String, Credentials>>) -> Result<IamPrincipal, SnapshotError> {
        let region = self.account.region;
        let credentials = report.and_then(|report| report.get(&principal.arn));
        let services = usage::services(self.snapshot, region, &principal.arn)?;
        let accessed = services.iter().flatten().filter_map(|service| service.last_authenticated.as_deref()).max();
        let last_used =
            [principal.last_used.as_deref(), credentials.and_then(Credentials::last_used), accessed].into_iter().flatten().max();
        let last_used = last_used.map(str::to_owned);
        let known = if principal.is_role {
            principal.last_used.is_some() || services.is_some()
        } else {
            credentials.is_some() || services.is_some()
        };
        let active = match (&last_used, self.now) {
            (Some(used), Some(now)) => usage::recent(used, now, self.max_age),
            // Who was made lately had no time to be used.
            (None, Some(now)) if known => {
                Some(principal.created.as_deref().and_then(|made| usage::recent(made, now, self.max_age)) == Some(true))
            }
            _ => None,
        };
        let (services, unused) = match services {
            None => (None, None),
            Some(services) => {
                let unused = services.iter().filter(|service| service.last_authenticated.is_none()).count();
                (Some(self.services(principal, services)), Some(unused))
            }
        };
        let keys =
            if principal.is_role { Some(Vec::new()) } else { usage::keys(self.snapshot, region, &principal.name, credentials, self.now)? };
        let trust = principal.trust.and_then(|id| self.estate.store.get(id));
        Ok(IamPrincipal {
            arn: principal.arn.clone(),
            kind: if principal.is_role { "role" } else { "user" },
            name: principal.name.clone(),
            path: principal.path.clone(),
            id: principal.id.clone(),
            created: principal.created.clone(),
            last_used,
            last_used_known: known,
            active,
            tags: principal.tags.clone(),
            groups: principal.groups.clone(),
            attached: self.attached(&principal.attached),
            inline: self.attached(&principal.inline),
            boundary: principal.boundary.map(|id| self.number(id)),
            mfa: credentials.and_then(|credentials| credentials.flag("mfa_active")),
            console: credentials.and_then(|credentials| credentials.flag("password_enabled")),
            keys_unknown: keys.is_none(),
            keys: keys.unwrap_or_default(),
            trust: principal.trust.map(|id| self.trust(id)),
            assumable_by: trust.map(|stored| trust::assumable_by(&stored.policy, &self.account.id)).unwrap_or_default(),
            admin: "no",
            services,
            unused_services: unused,
            ..IamPrincipal::default()
        })
    }

    /// Services with the same last use and by the same policies are one entry: that is what keeps the file small.
    fn services(&mut self, principal: &Principal, services: Vec<usage::Service>) -> Vec<ServiceUse> {
        let catalog = self.estate.store.catalog();
        let policies: Vec<PolicyId> = self.account.identity(principal).collect();
        let mut merged: BTreeMap<(Option<String>, Vec<usize>), Vec<String>> = BTreeMap::new();
        for service in services {
            let actions = catalog.expand(&format!("{}:*", service.service_namespace));
            let grants = |id: &&PolicyId| {
                self.estate.store.get(**id).is_some_and(|stored| !stored.policy.allows().intersection(&actions).is_empty())
            };
            let granting: Vec<PolicyId> = policies.iter().filter(grants).copied().collect();
            let granting = self.numbered(&granting);
            merged.entry((service.last_authenticated, granting)).or_default().push(service.service_namespace);
        }
        merged.into_iter().map(|((last_used, granted_by), service)| ServiceUse { service, last_used, granted_by }).collect()
    }

    fn admins(&mut self, principals: &mut [IamPrincipal]) -> Result<(), QueryError> {
        let privileges: Vec<String> = DEFAULT_PRIVILEGES.iter().map(|name| (*name).to_owned()).collect();
        for admin in admins(self.estate, &privileges, false, std::slice::from_ref(&self.account.id))? {
            let place = principals.binary_search_by(|principal| principal.arn.cmp(&admin.principal.arn));
            let Some(principal) = place.ok().and_then(|place| principals.get_mut(place)) else { continue };
            principal.admin = match admin.when {
                Formula::Always => "yes",
                Formula::Never => "no",
                _ => "conditional",
            };
            principal.admin_condition = (principal.admin == "conditional").then(|| admin.when.to_string());
            principal.admin_because = self.because(&admin);
            principal.admin_but_for = admin.but_for.iter().map(|reason| but_for(*reason, &admin)).collect();
        }
        Ok(())
    }

    fn because(&mut self, admin: &Admin<'_>) -> Vec<StatementRef> {
        let organization = self.estate.organization_of(&self.account.id);
        let levels = organization.and_then(|organization| organization.scp_ids(&self.account.id)).unwrap_or_default();
        // Other accounts have policies of the same names.
        let own: Vec<PolicyId> =
            self.account.identity(admin.principal).chain(admin.principal.boundary).chain(levels.into_iter().flatten()).collect();
        let named = |name: &str| own.iter().copied().find(|id| self.estate.store.get(*id).is_some_and(|stored| stored.name == name));
        let ids: Vec<(PolicyId, usize)> =
            admin.because.iter().filter_map(|because| Some((named(&because.policy)?, because.statement))).collect();
        let mut found = Vec::new();
        for (id, statement) in ids {
            found.push(StatementRef { policy: self.number(id), statement });
        }
        found
    }

    fn policy(&self, id: PolicyId, stored: &Stored) -> IamPolicy {
        let (kind, role) = match stored.kind {
            PolicyKind::Aws => ("aws", risks::Role::Identity),
            PolicyKind::Inline => ("inline", risks::Role::Identity),
            PolicyKind::Trust => ("trust", risks::Role::Trust),
            PolicyKind::Scp => ("scp", risks::Role::Scp),
            PolicyKind::Rcp => ("rcp", risks::Role::Rcp),
            PolicyKind::Resource => ("resource", risks::Role::Resource),
            // What is attached nowhere is here as a boundary.
            PolicyKind::Customer | PolicyKind::Given if !self.attached_to.contains_key(&id) => ("customer", risks::Role::Boundary),
            PolicyKind::Customer | PolicyKind::Given => ("customer", risks::Role::Identity),
        };
        let found = risks::risks(&stored.policy, role, &self.account.id, self.estate.store.catalog());
        let risk =
            |risk: risks::Risk| IamRisk { rule: risk.rule.id, statement: risk.statement, pointer: risk.pointer, detail: risk.detail };
        let problem = |problem: &Problem| IamProblem { pointer: problem.pointer.clone(), text: problem.kind.to_string() };
        IamPolicy {
            arn: stored.name.starts_with("arn:").then(|| stored.name.clone()),
            name: short_name(stored),
            kind,
            attached_to: self.attached_to.get(&id).copied().unwrap_or(0),
            document: stored.document.clone(),
            risks: found.into_iter().map(risk).collect(),
            problems: stored.policy.problems.iter().filter(|problem| !is_risk(problem)).map(problem).collect(),
        }
    }
}

/// Among the risks already.
fn is_risk(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::UnknownAction(_))
}

fn short_name(stored: &Stored) -> String {
    let inline = stored.name.strip_prefix("inline policy ").and_then(|rest| rest.split_once(" of ")).map(|(name, _)| name);
    let trust =
        stored.name.strip_prefix("the trust policy of ").and_then(|arn| arn.rsplit('/').next()).map(|role| format!("trust of {role}"));
    match (inline, trust) {
        (Some(name), _) => name.to_owned(),
        (None, Some(name)) => name,
        (None, None) => stored.name.rsplit('/').next().unwrap_or(&stored.name).to_owned(),
    }
}

fn but_for(reason: TakenBy, admin: &Admin<'_>) -> String {
    let denials: Vec<&str> =
        admin.because.iter().filter(|because| because.effect == Effect::Deny).map(|because| because.policy.as_str()).collect();
    match reason {
        TakenBy::ExplicitDeny => format!("a denial in {}", denials.join(", ")),
        TakenBy::Layer(Layer::Boundary) => "the permissions boundary".to_owned(),
        TakenBy::Layer(Layer::Scp) => "SCPs, which do not allow it on every level".to_owned(),
        TakenBy::Layer(Layer::Rcp) => "RCPs, which do not allow it on every level".to_owned(),
        _ => "something else".to_owned(),
    }
}
