//! The web: who there is, and why one gets into another.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::{Access, Shown};

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An account with a snapshot here that was asked for.
    Scanned,
    /// An account that the configuration or the organization lists.
    Configured,
    /// A SAML or OIDC provider.
    Provider,
    /// An organization, or a part of one.
    Organization,
    /// An account of somebody who is known.
    Vendor,
    /// An account from which a service of AWS's acts.
    Aws,
    /// Where a Direct Connect ends.
    Location,
    /// Nobody knows.
    Unknown,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// An account's id, or what else names it.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// CloudMapper's word for that: the vendor's name, `unknown_account`.
    pub class: String,
    /// Pages that say whose account it is.
    pub source: Vec<String>,
    /// The picture to show for it, below `web/`.
    pub logo: Option<String>,
    /// Its group.
    pub group: Option<String>,
    /// What the configuration says of it beside.
    pub tags: Vec<String>,
    /// It is the organization of an account that was asked for.
    pub ours: bool,
}

/// Accounts that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The group that it is in.
    pub parent: Option<String>,
}

/// Why one gets into another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// The service of the resource.
    pub service: String,
    /// What lets in.
    pub resource: String,
    /// What for.
    pub access: Access,
    /// In words.
    pub why: String,
    /// Nothing that is not known stands in the way.
    pub certain: bool,
    /// Under which condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The file of the snapshot that tells it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Where in it, from its root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    /// Where stands a text there that is a policy: where in that one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub within: String,
    /// The statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<Value>,
    /// Without a statement: what counts of the piece of the file that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Value>,
}

/// One gets into another.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Who gets in.
    pub from: String,
    /// Who lets in.
    pub to: String,
    /// What for.
    pub access: Access,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Edge {
    /// Whether one of the reasons holds as it stands.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.reasons.iter().any(|reason| reason.certain)
    }

    /// The services by which.
    #[must_use]
    pub fn services(&self) -> BTreeSet<&str> {
        self.reasons.iter().map(|reason| reason.service.as_str()).collect()
    }
}

/// What is not known of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// Its id, or its name where that is not known.
    pub account: String,
    /// What, in words.
    pub what: String,
    /// The service.
    pub service: String,
}

/// A policy that names a user or role that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Dangling {
    /// The account.
    pub account: String,
    /// Whose policy it is.
    pub resource: String,
    /// The unique id that is left.
    pub principal: String,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Web {
    /// By id.
    pub nodes: Vec<Node>,
    /// Parents first.
    pub groups: Vec<Group>,
    /// By who gets in, who lets in, and what for.
    pub edges: Vec<Edge>,
    /// Whatever could hide more.
    pub gaps: BTreeSet<Gap>,
    /// What deleted users and roles left.
    pub dangling: BTreeSet<Dangling>,
    /// Resources that let everybody in, by account: no edges.
    pub everybody: BTreeMap<String, BTreeSet<String>>,
    /// What was left of it.
    pub shown: Shown,
    /// The accounts of AWS's services that were left out.
    pub hidden: usize,
}

impl Web {
    /// A node by its id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        let at = self.nodes.binary_search_by(|node| node.id.as_str().cmp(id)).ok()?;
        self.nodes.get(at)
    }

    /// The edges without those of which another of the same pair says more, as CloudMapper hides them.
    pub fn visible(&self) -> impl Iterator<Item = &Edge> {
        let all: HashSet<(&str, &str, Access)> =
            self.edges.iter().map(|edge| (edge.from.as_str(), edge.to.as_str(), edge.access)).collect();
        self.edges.iter().filter(move |edge| {
            let other = |access: Access| all.contains(&(edge.from.as_str(), edge.to.as_str(), access));
            !(edge.access != Access::Admin && other(Access::Admin) || edge.access == Access::S3Read && other(Access::S3))
        })
    }
}

/// Who gets in where, before anybody has a name.
#[derive(Debug, Default)]
pub(super) struct Strands {
    /// By from, to and access.
    edges: BTreeMap<(String, String, Access), Vec<Reason>>,
    pub(super) gaps: BTreeSet<Gap>,
    pub(super) dangling: BTreeSet<Dangling>,
    pub(super) everybody: BTreeMap<String, BTreeSet<String>>,
    /// Names of identity providers and the like, with CloudMapper's words for them, by id.
    pub(super) named: BTreeMap<String, (String, String, Kind)>,
}

impl Strands {
    pub(super) fn add(&mut self, from: &str, to: &str, reason: Reason) {
        if from == to {
            return;
        }
        let reasons = self.edges.entry((from.to_owned(), to.to_owned(), reason.access)).or_default();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }

    pub(super) fn everybody(&mut self, account: &str, resource: &str) {
        self.everybody.entry(account.to_owned()).or_default().insert(resource.to_owned());
    }

    /// Takes in those of another account.
    pub(super) fn join(&mut self, other: Self) {
        for ((from, to, access), reasons) in other.edges {
            self.edges.entry((from, to, access)).or_default().extend(reasons);
        }
        self.gaps.extend(other.gaps);
        self.dangling.extend(other.dangling);
        for (account, resources) in other.everybody {
            self.everybody.entry(account).or_default().extend(resources);
        }
        self.named.extend(other.named);
    }

    /// All edges. What joins both sides alike is one edge, however many of them tell of it.
    pub(super) fn take_edges(&mut self) -> Vec<Edge> {
        let mut edges = std::mem::take(&mut self.edges);
        let mutual: Vec<_> = edges.keys().filter(|(from, to, access)| *access == Access::Vpc && from > to).cloned().collect();
        for place in mutual {
            let back = (place.1.clone(), place.0.clone(), place.2);
            if edges.contains_key(&back) {
                let reasons = edges.remove(&place).unwrap_or_default();
                edges.entry(back).or_default().extend(reasons);
            }
        }
        edges.into_iter().map(|((from, to, access), reasons)| Edge { from, to, access, reasons }).collect()
    }
}
