//! Whom policies let in, as nodes of the web: the policies of resources here, the trust policies of roles in `roles`.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::accounts::is_organization;
use super::evidence::{Spot, shown, statement_in};
use super::model::{Dangling, Gap, Reason, Strands};
use super::providers::{Provider, Providers};
use super::{Access, TrustError};
use crate::iam::catalog::{ActionSet, Catalog};
use crate::iam::estate::{Account, Estate, PolicyId, Resource, ResourcePolicy, Stored};
use crate::iam::evaluate::Named;
use crate::iam::formula::{Atom, Formula};
use crate::iam::outside::{Asked, Door, Narrow, Outside, Who, shuts_out};
use crate::iam::policy::{Effect, Policy, PrincipalName};
use crate::model::is_account_id;
use crate::snapshot::Snapshot;

/// Keys that say who somebody is, for whoever is named by nothing else.
const WHO: [&str; 14] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:userid",
    "kms:calleraccount",
    "lambda:sourcefunctionarn",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Keys of which somebody who is named has one value: all others tell what is asked, and whence.
const OWN: [&str; 3] = ["aws:principalaccount", "aws:principalarn", "kms:calleraccount"];

/// Party, statement, whether it is certain, and condition.
type Way = (String, String, bool, Option<String>);

/// Judges policies.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    pub(super) estate: &'a Estate,
    pub(super) outside: Outside<'a>,
    pub(super) providers: Providers,
    pub(super) catalog: &'static Catalog,
    /// The resources that may have policies, by account.
    resources: HashMap<&'a str, Vec<(&'a str, &'a Resource)>>,
    /// The accounts of buckets, by name.
    buckets: BTreeMap<&'a str, &'a str>,
}

/// Who is let in by a door.
pub(super) enum Parties {
    /// Whoever comes.
    Everybody,
    /// These nodes.
    Some(Vec<String>),
}

/// How far a way in is known to be open.
pub(super) struct Openness {
    pub(super) certain: bool,
    pub(super) condition: Option<String>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(estate: &'a Estate, providers: Providers) -> Result<Self, TrustError> {
        let named = estate.resources.iter().filter_map(|(arn, resource)| Some((arn.split_once(":s3:::")?.1, resource.account.as_str())));
        let buckets = named.collect();
        let mut resources: HashMap<&str, Vec<(&str, &Resource)>> = HashMap::new();
        for (arn, resource) in estate.resources.iter().chain(estate.shared.iter()) {
            resources.entry(&resource.account).or_default().push((arn, resource));
        }
        Ok(Self { estate, outside: Outside::new(estate)?, providers, catalog: estate.store.catalog(), resources, buckets })
    }

    /// The account whose bucket has this name.
    pub(super) fn bucket(&self, name: &str) -> Option<&'a str> {
        self.buckets.get(name).copied()
    }

    /// The resources of an account that have policies.
    pub(super) fn resources(&self, (account, snapshot): (&Account, &Snapshot), strands: &mut Strands) -> Result<(), TrustError> {
        let mut answers = Answers { snapshot, last: None };
        let mut unknown: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (arn, resource) in self.resources.get(account.id.as_str()).into_iter().flatten() {
            match resource.policy {
                ResourcePolicy::Known(id) => self.resource(arn, resource, (id, &mut answers), strands)?,
                ResourcePolicy::Unknown => *unknown.entry((service(arn), &resource.kind)).or_default() += 1,
                ResourcePolicy::None => {}
            }
            // The grants of keys are ties.
            for id in resource.grants.iter().filter(|_| service(arn) != "kms") {
                self.resource(arn, resource, (*id, &mut answers), strands)?;
            }
        }
        for ((service, kind), count) in unknown {
            let what = format!("the policy of {count} × {kind} was not collected");
            strands.gaps.insert(Gap { account: account.id.clone(), what, service: service.to_owned() });
        }
        Ok(())
    }

    fn resource(
        &self,
        arn: &str,
        resource: &Resource,
        (id, answers): (PolicyId, &mut Answers<'_>),
        strands: &mut Strands,
    ) -> Result<(), TrustError> {
        let Some(stored) = self.estate.store.get(id) else { return Ok(()) };
        self.dangling(&stored.policy, &resource.account, arn, strands);
        // S3 keeps other accounts out.
        if resource.restricted || !self.speaks_of_others(&stored.policy, &resource.account) {
            return Ok(());
        }
        let asked = Asked { arn, account: &resource.account, only: None, context: &[], trust: false, providers: false };
        let mut found: BTreeMap<Way, (ActionSet, Door)> = BTreeMap::new();
        for door in self.outside.each(Named { name: &stored.name, policy: &stored.policy }, &asked) {
            let Openness { certain, condition } = openness(&door);
            self.note_nameless(&door, &resource.account, arn, strands);
            match self.parties(&door, &resource.account) {
                Parties::Everybody => strands.everybody(&resource.account, arn),
                Parties::Some(parties) => {
                    for party in parties {
                        let pointer = door.statements.first().map(|(pointer, _)| pointer.clone()).unwrap_or_default();
                        let place = (party, pointer, certain && !resource.perhaps_restricted, condition.clone());
                        let entry = found.entry(place).or_insert_with(|| (ActionSet::default(), door.clone()));
                        entry.0 = entry.0.union(&door.set);
                    }
                }
            }
        }
        for ((party, at, certain, condition), (set, door)) in found {
            let Said { spot, statement, evidence } = answers.said(stored, &at, arn)?;
            let reason = Reason {
                service: service(arn).to_owned(),
                resource: arn.to_owned(),
                access: Access::of(service(arn), &set, &door.actions, self.catalog),
                why: words(&door),
                certain,
                condition,
                file: stored.origin.file.clone(),
                pointer: spot.pointer,
                within: spot.within,
                statement,
                evidence,
            };
            strands.add(&party, &resource.account, reason);
        }
        Ok(())
    }

    /// Whether it is worth the engine's time: most policies let in nobody but the account itself and services.
    pub(super) fn speaks_of_others(&self, policy: &Policy, account: &str) -> bool {
        let other = |name: &PrincipalName| match name {
            PrincipalName::Account(id) => id != account,
            PrincipalName::Arn(arn) => arn.split(':').nth(4) != Some(account),
            PrincipalName::Id(_) => false,
            _ => true,
        };
        let allowing = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        allowing.filter_map(|statement| statement.principal.as_ref()).any(|clause| clause.negated || clause.names.iter().any(other))
    }

    /// Notes unique ids that nobody has any more.
    pub(super) fn dangling(&self, policy: &Policy, account: &str, resource: &str, strands: &mut Strands) {
        let clauses = policy.statements.iter().filter_map(|statement| statement.principal.as_ref());
        for name in clauses.flat_map(|clause| &clause.names) {
            let PrincipalName::Id(id) = name else { continue };
            // Whatever else stands there, nobody ever was called.
            if !(id.starts_with('A') && id.chars().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit())) {
                continue;
            }
            let lives = || self.estate.accounts.iter().any(|account| account.principals.iter().any(|principal| principal.id == *id));
            if !lives() {
                let dangling = Dangling { account: account.to_owned(), resource: resource.to_owned(), principal: id.clone() };
                strands.dangling.insert(dangling);
            }
        }
    }

    /// Who comes in by a door.
    pub(super) fn parties(&self, door: &Door, own: &str) -> Parties {
        let mut found = Vec::new();
        for way in &door.ways {
            let left = self.left(way, own);
            let named = match &door.who {
                // Emulators write so; AWS takes no such principal.
                Who::Principal { account, .. } if account == "*" => left,
                Who::Principal { account, .. } => {
                    let id = self.account(account);
                    Some(if self.is_shut_out(&door.formula, &id) { Vec::new() } else { vec![id] })
                }
                // On behalf of any customer: nobody that has a name.
                Who::Service(_) => Some(left.unwrap_or_default()),
                Who::Everyone => left,
                Who::Users(provider) => match self.providers.find(provider) {
                    Provider::Outside { id, .. } => Some(vec![id]),
                    Provider::Cluster(account) => Some(vec![account]),
                    // Roles say which.
                    Provider::Pool => Some(Vec::new()),
                },
            };
            match named {
                None => return Parties::Everybody,
                Some(named) => found.extend(named),
            }
        }
        found.retain(|id| id != own);
        found.sort();
        found.dedup();
        Parties::Some(found)
    }

    /// Whether conditions say that nobody of an account is meant. Whose network, key or access point it is, says nothing of that.
    fn is_shut_out(&self, formula: &Formula, id: &str) -> bool {
        let another = |name: &String| self.named(name).is_some_and(|owner| owner != id);
        shuts_out(formula, &|key, narrow| match narrow {
            Narrow::Accounts(ids) => OWN.contains(&key) && is_account_id(id) && !ids.iter().any(|one| one == id),
            Narrow::Named(names) => key == "aws:userid" && names.iter().all(another),
            _ => false,
        })
    }

    /// The account of a canonical id, where that is known.
    fn account(&self, id: &str) -> String {
        let known = self.estate.accounts.iter().find(|account| account.canonical.as_deref() == Some(id));
        known.map_or_else(|| id.to_owned(), |account| account.id.clone())
    }

    /// Names that alone say who comes, and of which nobody here knows whose they are: buckets, unique ids, endpoints.
    fn nameless(&self, door: &Door) -> Vec<String> {
        if !matches!(door.who, Who::Everyone | Who::Service(_)) {
            return Vec::new();
        }
        let says_more = |way: &&Vec<Narrow>| way.iter().any(|narrow| matches!(narrow, Narrow::Accounts(_) | Narrow::Organizations(_)));
        let names = door.ways.iter().filter(|way| !says_more(way)).flatten().filter_map(|narrow| match narrow {
            Narrow::Named(names) => Some(names),
            _ => None,
        });
        let unknown = |name: &&String| match name.split_once('-') {
            Some(("vpce", _)) => self.estate.resources.endpoint(name).is_none(),
            _ => (name.contains(":s3:::") || name.chars().all(char::is_alphanumeric)) && self.named(name).is_none(),
        };
        names.flatten().filter(unknown).cloned().collect()
    }

    /// Notes them as what is not known of a policy.
    pub(super) fn note_nameless(&self, door: &Door, account: &str, arn: &str, strands: &mut Strands) {
        for name in self.nameless(door) {
            let what = format!("the policy of {arn}: whose {name} is, is not known");
            strands.gaps.insert(Gap { account: account.to_owned(), what, service: service(arn).to_owned() });
        }
    }

    /// Whom conditions leave; `None` where they leave everybody.
    fn left(&self, way: &[Narrow], own: &str) -> Option<Vec<String>> {
        let mut left: Option<Vec<String>> = None;
        for narrow in way {
            let some = match narrow {
                Narrow::Accounts(ids) => ids.clone(),
                // Accounts tell more than their organization.
                Narrow::Organizations(_) if left.is_some() => continue,
                // Whatever else stands there is nobody's.
                Narrow::Organizations(ids) => ids.iter().filter(|id| is_organization(id)).cloned().collect(),
                Narrow::Named(names) => names.iter().filter_map(|name| self.named(name)).collect(),
                Narrow::Chosen => Vec::new(),
                Narrow::Addresses(_) => continue,
            };
            left = Some(match left {
                Some(known) if known.iter().all(|id| is_account_id(id)) => {
                    known.into_iter().filter(|id| some.contains(id) || id == own).collect()
                }
                _ => some,
            });
        }
        left
    }

    /// The account of a bucket or of a principal.
    fn named(&self, name: &str) -> Option<String> {
        if let Some((_, bucket)) = name.split_once(":s3:::") {
            return self.bucket(bucket).map(str::to_owned);
        }
        let owner = |account: &&Account| account.principals.iter().any(|principal| principal.id == name);
        self.estate.accounts.iter().find(owner).map(|account| account.id.clone())
    }
}

/// The answers that tell the policies of an account's resources.
struct Answers<'a> {
    snapshot: &'a Snapshot,
    /// The one that was read last: of some kinds, one tells of all resources.
    last: Option<(String, Value)>,
}

/// What lets somebody in, and where it stands.
struct Said {
    spot: Spot,
    statement: Option<Value>,
    evidence: Option<Value>,
}

impl Answers<'_> {
    /// What the statement at a place of a policy says.
    fn said(&mut self, stored: &Stored, at: &str, arn: &str) -> Result<Said, TrustError> {
        let statement = statement(stored, at);
        if let Some(pointer) = &stored.origin.place {
            return Ok(Said { spot: Spot { pointer: pointer.clone(), within: at.to_owned() }, statement, evidence: None });
        }
        let answer = self.read(&stored.origin.file)?;
        let number: Option<usize> = at.rsplit('/').next().and_then(|number| number.parse().ok());
        if let Some(pointer) = number.and_then(|number| stored.origin.made_of.get(number)) {
            let evidence = answer.pointer(pointer).cloned().and_then(shown);
            return Ok(Said { spot: Spot { pointer: pointer.clone(), within: String::new() }, statement: None, evidence });
        }
        let spot = statement.as_ref().and_then(|statement| statement_in(answer, statement, at, arn));
        // Some services keep what they let in in a form of their own.
        let evidence = if spot.is_none() && !answer.is_null() { shown(answer.clone()) } else { None };
        Ok(Said { spot: spot.unwrap_or_default(), statement, evidence })
    }

    fn read(&mut self, file: &str) -> Result<&Value, TrustError> {
        if self.last.as_ref().is_none_or(|(known, _)| known != file) {
            let bytes = if file.is_empty() { None } else { self.snapshot.bytes(file)? };
            let answer = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
            self.last = Some((file.to_owned(), answer));
        }
        Ok(self.last.as_ref().map_or(&Value::Null, |(_, answer)| answer))
    }
}

/// How open a door is. Conditions that only say who comes make it no less open.
pub(super) fn openness(door: &Door) -> Openness {
    let certain = match &door.formula {
        Formula::Always => return Openness { certain: true, condition: None },
        formula => says_who(formula, &door.who),
    };
    Openness { certain, condition: Some(format!("if {}", door.when)) }
}

fn says_who(formula: &Formula, who: &Who) -> bool {
    match formula {
        Formula::Never => false,
        Formula::Always => true,
        Formula::All(parts) | Formula::Any(parts) => parts.iter().all(|part| says_who(part, who)),
        Formula::Is(Atom::Condition(condition), _) => {
            let key = condition.key.lower();
            match who {
                Who::Principal { .. } => OWN.contains(&key),
                Who::Users(_) => !key.starts_with("aws:") && !key.starts_with("sts:"),
                Who::Everyone | Who::Service(_) => WHO.contains(&key),
            }
        }
        Formula::Is(..) => false,
    }
}

/// The service of an ARN.
pub(super) fn service(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

/// The text of a statement.
pub(super) fn statement(stored: &Stored, pointer: &str) -> Option<Value> {
    stored.document.pointer(pointer).cloned()
}

/// Who is named, without the account.
pub(super) fn subject(who: &Who) -> Option<String> {
    match who {
        Who::Principal { account, name } if name != account => name
            .split_once(":iam::")
            .or_else(|| name.split_once(":sts::"))
            .and_then(|(_, rest)| rest.split_once(':'))
            .map(|(_, rest)| rest.to_owned()),
        Who::Service(name) => Some(name.clone()),
        _ => None,
    }
}

/// "role/deploy may s3:GetObject, s3:PutObject and 3 more"
fn words(door: &Door) -> String {
    const SHOWN: usize = 4;
    let actions = door.actions.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = door.actions.len().checked_sub(SHOWN).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
    let who = subject(&door.who).map(|who| format!("{who} ")).unwrap_or_default();
    format!("{who}may {actions}{more}")
}
