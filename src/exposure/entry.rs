//! What comes out: one thing, and how it stands to the outside.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::table::Row;
use crate::iam::catalog::ActionSet;
use crate::iam::formula::Formula;
use crate::iam::outside::Who;
use crate::model::Confidence;

/// How something stands to the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everybody can reach it.
    Public,
    /// Some outside of the organization can.
    Shared,
    /// Nobody knows: something was not collected.
    Unknown,
    /// It would be, and something keeps it from being so.
    Blocked,
    /// It is not exposed.
    No,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Shared => "shared",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
            Self::No => "no",
        }
    }
}

/// Whom a policy lets in.
#[derive(Debug, Clone)]
pub struct Opening {
    /// As the policy names them.
    pub who: Who,
    /// Whether that is everybody, whatever narrows it.
    pub everybody: bool,
    /// What they may do, of AWS's list.
    pub actions: ActionSet,
    /// Under which conditions.
    pub when: Formula,
}

/// One thing.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The kind of thing.
    pub row: &'static Row,
    /// The account's name.
    pub account: String,
    /// The account's id.
    pub account_id: String,
    /// The Region.
    pub region: String,
    /// Its ARN; empty where a whole kind is not known.
    pub arn: String,
    /// Its name.
    pub name: Option<String>,
    /// The names by which it is reached.
    pub hosts: Vec<String>,
    /// How it stands to the outside.
    pub verdict: Verdict,
    /// How sure that is.
    pub confidence: Confidence,
    /// `tcp/443`, `all`; empty where ports do not matter.
    pub ports: Vec<String>,
    /// With whom it is shared: account ids, ARNs, services, address ranges.
    pub to: Vec<String>,
    /// Why, in words.
    pub why: Vec<String>,
    /// The way that packets take.
    pub path: Vec<String>,
    /// Through what: a load balancer, the instance that an address belongs to.
    pub through: Option<String>,
    /// What keeps it from being exposed.
    pub guardrail: Option<String>,
    /// Calls that would tell.
    pub missing: BTreeSet<String>,
    /// Whom its policy lets in from outside, where a policy decides.
    pub openings: Vec<Opening>,
    /// Its network interfaces.
    pub interfaces: Vec<String>,
    /// Its security groups.
    pub groups: Vec<String>,
}

impl Entry {
    pub(super) fn new(row: &'static Row, account: (&str, &str), region: &str, arn: String) -> Self {
        Self {
            row,
            account: account.0.to_owned(),
            account_id: account.1.to_owned(),
            region: region.to_owned(),
            arn,
            name: None,
            hosts: Vec::new(),
            verdict: Verdict::No,
            confidence: Confidence::Certain,
            ports: Vec::new(),
            to: Vec::new(),
            why: Vec::new(),
            path: Vec::new(),
            through: None,
            guardrail: None,
            missing: BTreeSet::new(),
            openings: Vec::new(),
            interfaces: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Whether it exposes nothing by itself.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        self.row.class == super::table::Class::Setting
    }

    /// Whether it is about one thing, and not about all of a kind.
    #[must_use]
    pub fn is_one(&self) -> bool {
        !self.arn.is_empty() || self.name.is_some()
    }

    pub(super) fn unknown(mut self, missing: impl IntoIterator<Item = String>, why: String) -> Self {
        self.verdict = Verdict::Unknown;
        self.missing.extend(missing);
        self.why.push(why);
        self
    }

    /// Adds a reason, once.
    pub(super) fn because(&mut self, why: impl Into<String>) {
        let why = why.into();
        if !why.is_empty() && !self.why.contains(&why) {
            self.why.push(why);
        }
    }
}
