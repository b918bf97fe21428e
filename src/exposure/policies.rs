//! What a resource's policy makes of it: public, shared, or neither.

use std::collections::BTreeSet;

use super::entry::{Entry, Opening, Verdict};
use super::found::{Asks, WithoutPolicy, document};
use crate::iam::estate::Estate;
use crate::iam::evaluate::Named;
use crate::iam::outside::{Asked, Door, Narrow, Outside, Who};
use crate::network::sources::Sources;

/// Whom a policy for everyone lets in where conditions keep people out.
const SERVICES: &str = "AWS services";

/// Judges policies.
pub(super) struct Judge<'a> {
    estate: &'a Estate,
    outside: Outside<'a>,
}

/// What one door comes to.
enum Open {
    Everybody,
    To(Vec<String>),
    Nobody,
}

impl<'a> Judge<'a> {
    pub(super) fn new(estate: &'a Estate, outside: Outside<'a>) -> Self {
        Self { estate, outside }
    }

    /// Judges the policy of a resource as it stands.
    pub(super) fn policy(&self, entry: &mut Entry, policy: Named<'_>, trust: bool) {
        let (arn, account) = (entry.arn.clone(), entry.account_id.clone());
        self.judge(entry, policy, &Asked { arn: &arn, account: &account, only: None, context: &[], trust, providers: false });
    }

    /// Judges a policy that is an answer of its own.
    pub(super) fn written(&self, entry: &mut Entry, policy: &serde_json::Value) {
        let Some(document) = document(policy) else {
            entry.verdict = Verdict::No;
            return;
        };
        let read = self.outside.read(&document);
        self.policy(entry, Named { name: "the policy", policy: &read }, false);
    }

    /// Whether everybody may do something. The verdict of the entry is what it is for everybody.
    pub(super) fn asked(&self, entry: &mut Entry, asks: &Asks) {
        let Some(document) = document(&asks.policy) else {
            if asks.none == WithoutPolicy::Deny {
                entry.verdict = Verdict::No;
                // What the answer says of the policy is about one that is there.
                entry.why.clear();
                entry.because("no policy lets anybody in");
            }
            return;
        };
        let read = self.outside.read(&document);
        let (arn, account) = (entry.arn.clone(), entry.account_id.clone());
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let context: Vec<(String, Vec<String>)> = asks.context.iter().map(|(key, value)| (key.clone(), vec![text(value)])).collect();
        let only = asks.action.as_deref().map(|action| (action, asks.resource.as_str()));
        let public = entry.verdict;
        self.judge(
            entry,
            Named { name: "the policy", policy: &read },
            &Asked { arn: &arn, account: &account, only, context: &context, trust: false, providers: false },
        );
        if entry.verdict == Verdict::Public {
            entry.verdict = public;
        }
    }

    fn judge(&self, entry: &mut Entry, policy: Named<'_>, asked: &Asked<'_>) {
        self.by_doors(entry, &self.outside.doors(policy, asked), asked);
        // Those that keep everybody out mostly leave services alone.
        let left = entry.verdict == Verdict::No || entry.to == [SERVICES];
        if left && self.estate.rcps(asked.account).is_some() {
            let mut without = Entry::new(entry.row, ("", ""), "", String::new());
            self.by_doors(&mut without, &self.outside.doors_without_rcps(policy, asked), asked);
            if matches!(without.verdict, Verdict::Public | Verdict::Shared) && without.to != entry.to {
                entry.verdict = Verdict::Blocked;
                entry.guardrail = Some("resource control policies".to_owned());
                entry.why = without.why;
                entry.to.clear();
                entry.openings.clear();
            }
        }
    }

    fn by_doors(&self, entry: &mut Entry, doors: &[Door], asked: &Asked<'_>) {
        let (mut everybody, mut to) = (false, BTreeSet::new());
        let mut reasons = Vec::new();
        for door in doors {
            let open = self.open(door, asked);
            let all = matches!(open, Open::Everybody);
            match open {
                Open::Nobody => continue,
                Open::Everybody => everybody = true,
                Open::To(some) => to.extend(some),
            }
            let (who, actions, when) = (door.who.clone(), door.set.clone(), door.formula.clone());
            entry.openings.push(Opening { who, everybody: all, actions, when });
            reasons.push((door.who != Who::Everyone, words(door)));
        }
        reasons.sort();
        entry.verdict = match (everybody, to.is_empty()) {
            (true, _) => Verdict::Public,
            (false, false) => Verdict::Shared,
            (false, true) => Verdict::No,
        };
        // What services may do says nothing where everybody may.
        if everybody {
            to.retain(|name| name != SERVICES);
        }
        entry.to.extend(to);
        for (_, reason) in reasons.into_iter().filter(|(other, reason)| !everybody || !other || !reason.starts_with(SERVICES)) {
            entry.because(reason);
        }
    }

    /// For whom a door is open.
    fn open(&self, door: &Door, asked: &Asked<'_>) -> Open {
        let mut to: BTreeSet<String> = BTreeSet::new();
        for way in &door.ways {
            match self.way(&door.who, way, asked) {
                Open::Everybody => return Open::Everybody,
                Open::To(some) => to.extend(some),
                Open::Nobody => {}
            }
        }
        if to.is_empty() { Open::Nobody } else { Open::To(to.into_iter().collect()) }
    }

    fn way(&self, who: &Who, way: &[Narrow], asked: &Asked<'_>) -> Open {
        let mut left: Option<Vec<String>> = None;
        for narrow in way {
            match self.holders(narrow, asked) {
                None => {}
                Some(some) if some.is_empty() => return Open::Nobody,
                Some(some) => left = Some(some),
            }
        }
        match who {
            // Emulators write so; AWS takes no such principal.
            Who::Principal { account, .. } if account == "*" => left.map_or(Open::Everybody, Open::To),
            Who::Principal { account, .. } if self.is_inside(account, asked.account) => Open::Nobody,
            // Held to their organization, they are inside if it is ours, which was seen above.
            Who::Principal { account, name } => Open::To(vec![if name == account { account.clone() } else { name.clone() }]),
            Who::Service(name) => Open::To(left.unwrap_or_else(|| vec![name.clone()])),
            Who::Everyone | Who::Users(_) => left.map_or(Open::Everybody, Open::To),
        }
    }

    /// Who outside is left; `None` when it narrows nothing.
    fn holders(&self, narrow: &Narrow, asked: &Asked<'_>) -> Option<Vec<String>> {
        match narrow {
            Narrow::Chosen => Some(Vec::new()),
            Narrow::Accounts(ids) => Some(ids.iter().filter(|id| !self.is_inside(id, asked.account)).cloned().collect()),
            Narrow::Organizations(ids) => {
                let own = self.organization(asked.account);
                // Where nothing tells the organization of the account, it is taken to be the one that the policy names.
                let alone = self.estate.account(asked.account).is_some_and(|account| account.alone);
                Some(ids.iter().filter(|id| own.map_or(alone, |own| own != *id)).cloned().collect())
            }
            Narrow::Named(names) => Some(names.iter().filter(|name| !self.is_own(name)).cloned().collect()),
            Narrow::Addresses(ranges) => match Sources::of_texts(ranges.iter().map(String::as_str)) {
                Sources::Everybody => None,
                Sources::Some(networks) => Some(networks),
                Sources::Nobody => Some(Vec::new()),
            },
        }
    }

    fn organization(&self, account: &str) -> Option<&String> {
        let known = self.estate.organization_of(account).map(|organization| &organization.id);
        known.or_else(|| self.estate.account(account)?.organization.as_ref())
    }

    /// Whether an account is the resource's own, or of the same organization.
    pub(super) fn is_inside(&self, account: &str, own: &str) -> bool {
        account == own || self.estate.organization_of(own).is_some_and(|organization| organization.has(account))
    }

    /// Whether somebody with whom something is shared is the account's own, or of its organization.
    pub(super) fn is_within(&self, to: &str, own: &str) -> bool {
        let parts: Vec<&str> = to.split(':').collect();
        // Organizations and their units: `arn:aws:organizations::111122223333:organization/o-abc`.
        if to.starts_with("o-") || parts.get(2) == Some(&"organizations") {
            return self.organization(own).is_some_and(|id| to == id || to.split('/').any(|part| part == id));
        }
        let account = if parts.len() > 4 { parts.get(4).copied().unwrap_or_default() } else { to };
        self.is_inside(account, own)
    }

    /// Ids and ARNs that tell no account: buckets, VPCs and endpoints, principals by unique id.
    fn is_own(&self, name: &str) -> bool {
        let unique = |account: &crate::iam::estate::Account| account.principals.iter().any(|principal| principal.id == name);
        // A VPC or endpoint is an id that nobody else has: whoever wrote it into the policy meant it.
        name.starts_with("vpc-")
            || name.starts_with("vpce-")
            || self.estate.resources.find(name).is_some()
            || self.estate.accounts.iter().any(unique)
    }
}

/// "everyone may s3:GetObject (statement `read`)"
fn words(door: &Door) -> String {
    const SHOWN: usize = 4;
    let who = match &door.who {
        Who::Everyone => "everyone",
        Who::Users(provider) => provider,
        Who::Service(name) | Who::Principal { name, .. } => name,
    };
    let actions = door.actions.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = door.actions.len().checked_sub(SHOWN).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
    let statement = match door.statements.first() {
        Some((_, Some(sid))) if !sid.is_empty() => format!(", statement {sid}"),
        Some((pointer, _)) => format!(", {pointer}"),
        None => String::new(),
    };
    let when = if door.when == "always" { String::new() } else { format!(" if {}", door.when) };
    format!("{who} may {actions}{more}{when}{statement}")
}
