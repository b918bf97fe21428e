//! One of the two: all that is compared of it.

use std::collections::{BTreeMap, BTreeSet};

use super::things::{self, Things};
use super::{DiffError, Input, Topic};
use crate::audit::{self, Finding, Severity, Verdict, audit, latest};
use crate::exposure::{self, Class, Entry};
use crate::graph::{Admin, Graph, Kind};
use crate::snapshot::Snapshot;
use crate::trust::{self, Web};

/// The checks that tell of ways to an administrator.
const WAYS: [&str; 4] = ["INTERNET_TO_ADMIN", "OUTSIDER_TO_ADMIN", "CROSS_ACCOUNT_ESCALATION", "PRIVILEGE_ESCALATION"];

/// What makes a fact the same on both sides: topic, account id, Region, kind, thing.
pub(super) type Key = (Topic, String, String, String, String);

/// What is known of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// It is so; nobody knows.
    pub(super) certain: bool,
    pub(super) severity: Option<Severity>,
    pub(super) what: String,
}

#[derive(Default)]
pub(super) struct Side {
    /// Ids to names.
    pub(super) accounts: BTreeMap<String, String>,
    pub(super) facts: BTreeMap<Key, Fact>,
    /// Kinds of which nothing is known: topic, account id, kind; an empty kind is all of them.
    pub(super) unknown: BTreeSet<(Topic, String, String)>,
    pub(super) things: BTreeMap<String, Things>,
}

impl Side {
    pub(super) fn read(accounts: &[Snapshot], input: &Input<'_>) -> Result<Self, DiffError> {
        let mut side = Self::default();
        for snapshot in accounts {
            let (id, _) = snapshot.identity()?;
            let id = if id.is_empty() { snapshot.name().to_string() } else { id };
            side.accounts.insert(id.clone(), snapshot.name().to_string());
            side.things.insert(id, things::of(snapshot)?);
        }
        let asked = audit::Input { accounts, others: &[], config: input.config, vendors: input.vendors, checks: input.checks };
        let mut audited = audit(&asked)?;
        // What is accepted for a while is accepted on both sides.
        input.overrides.apply(&mut audited, latest(accounts));
        side.exposed(audited.seen.exposed);
        if let Some((graph, _)) = &audited.seen.graph {
            side.principals(graph);
        }
        for id in audited.seen.unread {
            side.unknown.insert((Topic::Admin, id.clone(), String::new()));
            side.unknown.insert((Topic::PathToAdmin, id, String::new()));
        }
        if let Some(web) = &audited.seen.web {
            side.trusted(web);
        }
        side.failed(&audited.findings);
        side.found(audited.findings, input.minimum);
        Ok(side)
    }

    fn is(&mut self, key: Key, fact: Fact) {
        self.facts.insert(key, fact);
    }

    fn exposed(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            if entry.is_setting() {
                continue;
            }
            let topic = if matches!(entry.row.class, Class::Policy | Class::Sharing) { Topic::Public } else { Topic::Reachable };
            let certain = match entry.verdict {
                exposure::Verdict::Public => true,
                exposure::Verdict::Unknown => false,
                exposure::Verdict::Shared | exposure::Verdict::Blocked | exposure::Verdict::No => continue,
            };
            if !entry.is_one() {
                self.unknown.insert((topic, entry.account_id, entry.row.id.clone()));
                continue;
            }
            let thing = if entry.arn.is_empty() { entry.name.clone().unwrap_or_default() } else { entry.arn.clone() };
            let what =
                [entry.ports.join(", "), entry.why.join("; ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
            self.is((topic, entry.account_id, entry.region, entry.row.id.clone(), thing), Fact { certain, severity: None, what });
        }
    }

    fn principals(&mut self, graph: &Graph) {
        for node in graph.nodes.iter().filter(|node| matches!(node.kind, Kind::User | Kind::Role)) {
            let Some(account) = node.account.and_then(|at| graph.accounts.get(at)) else { continue };
            let what = match &node.admin {
                Admin::No => continue,
                Admin::Yes => node.because.join("; "),
                Admin::If(when) => format!("if {when}"),
            };
            let kind = if node.kind == Kind::User { "user" } else { "role" };
            let key = (Topic::Admin, account.id.clone(), String::new(), kind.to_owned(), node.arn.clone());
            self.is(key, Fact { certain: true, severity: None, what });
        }
    }

    fn trusted(&mut self, web: &Web) {
        for gap in &web.gaps {
            self.unknown.insert((Topic::Trust, gap.account.clone(), gap.service.clone()));
        }
        for edge in web.edges.iter().filter(|edge| self.accounts.contains_key(&edge.to)) {
            let Some(from) = web.node(&edge.from).filter(|from| is_outside(from)) else { continue };
            let what: BTreeSet<&str> = edge.reasons.iter().map(|reason| reason.resource.as_str()).collect();
            let what = format!("{} by {}", from.name, what.into_iter().collect::<Vec<_>>().join(", "));
            let key = (Topic::Trust, edge.to.clone(), String::new(), edge.access.word().to_owned(), from.id.clone());
            self.facts.insert(key, Fact { certain: edge.is_certain(), severity: None, what });
        }
    }

    /// Of what could not be judged, nothing is known.
    fn failed(&mut self, findings: &[Finding]) {
        for finding in findings.iter().filter(|finding| finding.check.id == "EXCEPTION") {
            let topics: &[Topic] = match finding.resource.as_str() {
                "public" => &[Topic::Reachable, Topic::Public, Topic::Finding],
                "graph" => &[Topic::Admin, Topic::PathToAdmin, Topic::Finding],
                "trust" => &[Topic::Trust, Topic::Finding],
                _ => &[Topic::Finding],
            };
            // An engine's name is no check's: then it may be any finding.
            let kind = if finding.resource.chars().any(char::is_lowercase) { "" } else { &finding.resource };
            for topic in topics {
                self.unknown.insert((*topic, finding.account.id.clone(), kind.to_owned()));
            }
        }
    }

    fn found(&mut self, findings: Vec<Finding>, minimum: Severity) {
        for finding in findings.into_iter().filter(|finding| finding.suppressed.is_none() && finding.severity <= minimum) {
            let id = finding.check.id.clone();
            let topic = if WAYS.contains(&id.as_str()) { Topic::PathToAdmin } else { Topic::Finding };
            if finding.verdict == Verdict::Unknown && finding.resource.is_empty() {
                // The graph always lacks something; what it lacks of users and roles was told.
                if topic == Topic::Finding {
                    self.unknown.insert((topic, finding.account.id.clone(), id));
                }
                continue;
            }
            let certain = finding.verdict == Verdict::Fail;
            let key = (topic, finding.account.id.clone(), finding.region.clone(), id, finding.resource.clone());
            if self.facts.get(&key).is_none_or(|known| !known.certain) {
                let fact = Fact { certain, severity: Some(finding.severity), what: finding.check.title.clone() };
                self.is(key, fact);
            }
        }
    }

    /// Whether nobody knows of a fact: of that very thing, or of its whole kind. What is not known of the kind on the other
    /// side either says nothing of a thing that was known there.
    pub(super) fn is_unknown(&self, key: &Key, other: &Self) -> bool {
        let (topic, account, _, kind, _) = key;
        let of_kind = |(told, own, named): &&(Topic, String, String)| {
            // Gaps of the web are told by service, which the class of an edge does not tell.
            told == topic && own == account && (named == kind || named.is_empty() || *topic == Topic::Trust)
        };
        let gaps = self.unknown.iter().filter(of_kind);
        self.facts.get(key).is_some_and(|fact| !fact.certain) || gaps.clone().any(|gap| !other.unknown.contains(gap))
    }
}

fn is_outside(node: &trust::Node) -> bool {
    let ours = matches!(node.kind, trust::Kind::Scanned | trust::Kind::Configured) || node.ours;
    !ours && node.kind != trust::Kind::Aws
}
