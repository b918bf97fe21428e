//! What the HTML report shows, as plain values that somebody else prepared. Nothing here reads a snapshot and
//! nothing here knows HTML; `coverage` and `inventory` build the larger parts.

use serde::{Deserialize, Serialize};

/// Everything one report shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportView {
    /// The heading, for example `AWS account report`.
    pub title: String,
    /// The newest collection time of all accounts. Not the clock: the same snapshot gives the same bytes.
    pub generated: String,
    /// The program that wrote the report, with its version.
    pub tool: String,
    /// The accounts, in the order of every per-account list below.
    pub accounts: Vec<AccountView>,
    /// One row per kind of resource.
    pub resources: Vec<ResourceRow>,
    /// One row per region that holds something, or could not be looked at.
    pub regions: Vec<RegionRow>,
    /// What the snapshot saw and what it did not.
    pub coverage: Coverage,
}

/// One account of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The folder name below `account-data/`.
    pub name: String,
    /// The twelve digits.
    pub id: String,
    /// `aws`, `aws-us-gov`, `aws-cn`, …
    pub partition: String,
    /// How it was collected; `None` when the folder has no manifest (a snapshot of another tool).
    pub collection: Option<Collection>,
    /// Regions that are enabled in the account, sorted.
    pub regions: Vec<String>,
    /// Regions that are not enabled, so nobody looked there, sorted.
    pub disabled_regions: Vec<String>,
}

/// Who collected an account, when, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// The ARN that AWS reported for the credentials.
    pub identity: String,
    /// The unique id of that identity.
    pub user_id: String,
    /// First call, as in the manifest.
    pub started: String,
    /// Last call; empty when the run did not end.
    pub finished: String,
    /// The collecting program, with its version.
    pub tool: String,
    /// The API models it used, for example `botocore 1.44.5`.
    pub api_models: String,
    /// Whether the run came to its end.
    pub complete: bool,
    /// Whether secret values were stored, too.
    pub with_secrets: bool,
    /// SHA-256 of `manifest.json`, which holds the hashes of all answers: ties the report to one snapshot.
    pub manifest_sha256: String,
}

/// How many resources of one kind each account has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRow {
    /// `Lambda functions`
    pub name: String,
    /// `lambda`
    pub service: String,
    /// Shown in the second part of the table, and left out of charts and totals.
    pub verbose: bool,
    /// One per account.
    pub counts: Vec<Count>,
}

/// How many resources each account has in one region (verbose kinds left out).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionRow {
    /// `eu-west-1`
    pub region: String,
    /// One per account.
    pub counts: Vec<Count>,
    /// What was seen, by service, over all accounts; sorted by service, zeros left out.
    pub services: Vec<(String, u64)>,
}

/// A number that knows whether it is the whole truth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// Everything was seen.
    Known(u64),
    /// This many were seen, and some calls got no answer.
    AtLeast(u64, Vec<Gap>),
    /// No call got an answer: not zero.
    NotCollected(Vec<Gap>),
    /// Nobody asked, on purpose: the region is not enabled or the service is not offered there.
    NotAsked(String),
}

/// Why a number is not complete.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// Call and error code: `ec2 describe-instances: UnauthorizedOperation`.
    pub why: String,
    /// Where, sorted.
    pub regions: Vec<String>,
}

impl Count {
    /// The number that was seen.
    #[must_use]
    pub fn seen(&self) -> u64 {
        match self {
            Self::Known(count) | Self::AtLeast(count, _) => *count,
            Self::NotCollected(_) | Self::NotAsked(_) => 0,
        }
    }

    /// Why the number is not complete; empty when it is.
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        match self {
            Self::AtLeast(_, gaps) | Self::NotCollected(gaps) => gaps,
            Self::Known(_) | Self::NotAsked(_) => &[],
        }
    }

    /// Adds two counts of disjoint places. What is missing in one stays missing in the sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotAsked(_), other) => other,
            (this, Self::NotAsked(_)) => this,
            (Self::Known(a), Self::Known(b)) => Self::Known(a.saturating_add(b)),
            (Self::NotCollected(a), Self::NotCollected(b)) => Self::NotCollected(merge(a, b)),
            (this, other) => {
                let seen = this.seen().saturating_add(other.seen());
                Self::AtLeast(seen, merge(this.into_gaps(), other.into_gaps()))
            }
        }
    }

    fn into_gaps(self) -> Vec<Gap> {
        match self {
            Self::AtLeast(_, gaps) | Self::NotCollected(gaps) => gaps,
            Self::Known(_) | Self::NotAsked(_) => Vec::new(),
        }
    }
}

/// Joins two lists of gaps: one entry per reason, regions united and sorted.
fn merge(mut gaps: Vec<Gap>, more: Vec<Gap>) -> Vec<Gap> {
    for gap in more {
        if let Some(known) = gaps.iter_mut().find(|known| known.why == gap.why) {
            known.regions.extend(gap.regions);
            known.regions.sort_unstable();
            known.regions.dedup();
        } else {
            gaps.push(gap);
        }
    }
    gaps.sort_unstable();
    gaps
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// AWS refused: permissions are missing.
    Denied,
    /// AWS asked to slow down until the retries were used up.
    Throttled,
    /// Anything else that gave no answer: timeout, endpoint, expired credentials, …
    Failed,
    /// Some pages arrived, then an error.
    Partial,
    /// Not called on purpose: the region is not enabled, or does not offer the service.
    Skipped,
    /// AWS said that there is none.
    Empty,
    /// An answer was stored.
    Value,
}

impl Outcome {
    /// Reads the manifest's word and, for a call without an answer, the error code.
    #[must_use]
    pub fn classify(word: &str, code: &str) -> Self {
        match word {
            "value" => Self::Value,
            "empty" => Self::Empty,
            "partial" => Self::Partial,
            "skipped" => Self::Skipped,
            _ if is_throttling(code) => Self::Throttled,
            _ if is_denial(code) => Self::Denied,
            _ => Self::Failed,
        }
    }

    /// Whether something that was asked for is missing.
    #[must_use]
    pub fn is_gap(self) -> bool {
        matches!(self, Self::Denied | Self::Throttled | Self::Failed | Self::Partial)
    }

    /// The word the report prints.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Denied => "Denied",
            Self::Throttled => "Throttled",
            Self::Failed => "Failed",
            Self::Partial => "Partial",
            Self::Skipped => "Skipped",
            Self::Empty => "Empty",
            Self::Value => "Answered",
        }
    }

    /// The CSS class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Partial => "partial",
            Self::Skipped => "skipped",
            Self::Empty => "empty",
            Self::Value => "value",
        }
    }
}

/// Services spell throttling in a dozen ways; all of them hold one of these words.
fn is_throttling(code: &str) -> bool {
    const WORDS: [&str; 7] = [
        "Throttl",
        "RequestLimitExceeded",
        "TooManyRequests",
        "SlowDown",
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "ThroughputExceeded",
    ];
    WORDS.iter().any(|word| code.contains(word))
}

/// Likewise for missing permissions.
fn is_denial(code: &str) -> bool {
    const WORDS: [&str; 7] =
        ["AccessDenied", "Unauthorized", "NotAuthorized", "AuthorizationError", "Forbidden", "AccessForbidden", "InsufficientPrivileges"];
    code == "403" || WORDS.iter().any(|word| code.contains(word))
}

/// What the snapshot saw and what it did not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// One per account, in the order of the accounts.
    pub accounts: Vec<Totals>,
    /// One per service, sorted by name.
    pub services: Vec<(String, Totals)>,
    /// Calls without a full answer, grouped by outcome and error code; the worst first.
    pub problems: Vec<Problem>,
    /// The same calls without the skipped ones, one entry per account, request and error code: the full list.
    pub missing: Vec<Missing>,
}

/// Calls by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// An answer was stored.
    pub value: u64,
    /// AWS said that there is none.
    pub empty: u64,
    /// Some pages, then an error.
    pub partial: u64,
    /// Missing permissions.
    pub denied: u64,
    /// Slowed down for good.
    pub throttled: u64,
    /// Any other error.
    pub failed: u64,
    /// Not called on purpose.
    pub skipped: u64,
}

impl Totals {
    /// Counts calls of one outcome.
    pub fn add(&mut self, outcome: Outcome, calls: u64) {
        let slot = match outcome {
            Outcome::Value => &mut self.value,
            Outcome::Empty => &mut self.empty,
            Outcome::Partial => &mut self.partial,
            Outcome::Denied => &mut self.denied,
            Outcome::Throttled => &mut self.throttled,
            Outcome::Failed => &mut self.failed,
            Outcome::Skipped => &mut self.skipped,
        };
        *slot = slot.saturating_add(calls);
    }

    /// Every outcome with its number, the good ones first.
    #[must_use]
    pub fn parts(&self) -> [(Outcome, u64); 7] {
        [
            (Outcome::Value, self.value),
            (Outcome::Empty, self.empty),
            (Outcome::Partial, self.partial),
            (Outcome::Denied, self.denied),
            (Outcome::Throttled, self.throttled),
            (Outcome::Failed, self.failed),
            (Outcome::Skipped, self.skipped),
        ]
    }

    /// Calls that were made, with or without an answer.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.answered().saturating_add(self.partial).saturating_add(self.unanswered())
    }

    /// Calls with a full answer.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.value.saturating_add(self.empty)
    }

    /// Calls without any answer.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.denied.saturating_add(self.throttled).saturating_add(self.failed)
    }
}

/// All calls that ended in one error code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What became of them.
    pub outcome: Outcome,
    /// The error code, or the reason of a skipped call; may be empty.
    pub code: String,
    /// How many.
    pub calls: u64,
    /// Names of the accounts, sorted.
    pub accounts: Vec<String>,
    /// Sorted.
    pub services: Vec<String>,
    /// Sorted.
    pub regions: Vec<String>,
    /// What AWS said to the example.
    pub message: String,
    /// One of the calls, as account, region, service, request and parameters.
    pub example: String,
}

/// The calls of one request in one account that ended in one error code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Name of the account.
    pub account: String,
    /// `ec2`
    pub service: String,
    /// `describe-instances`
    pub request: String,
    /// What became of them.
    pub outcome: Outcome,
    /// The error code.
    pub code: String,
    /// What AWS said to the first of them.
    pub message: String,
    /// How many.
    pub calls: u64,
    /// Where, sorted.
    pub regions: Vec<String>,
    /// Whether no call of the request got any answer, not even a partial one, in this account.
    pub everywhere: bool,
    /// Parameters of the first of them; empty for a call without.
    pub parameters: String,
    /// When the first of them was made, as in the manifest.
    pub first: String,
    /// When the last of them was made.
    pub last: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(region: &str) -> Vec<Gap> {
        vec![Gap { why: "ec2 describe-vpcs: AccessDenied".into(), regions: vec![region.into()] }]
    }

    #[test]
    fn a_sum_keeps_what_is_missing() {
        let sum = Count::Known(3).plus(Count::NotCollected(gap("us-east-1"))).plus(Count::Known(4));
        assert_eq!(sum, Count::AtLeast(7, gap("us-east-1")));
        assert_eq!(Count::Known(0).plus(Count::NotAsked("not enabled".into())), Count::Known(0));
        let nothing = Count::NotCollected(gap("b")).plus(Count::NotCollected(gap("a")));
        assert_eq!(nothing.gaps()[0].regions, ["a", "b"]);
        assert!(matches!(nothing, Count::NotCollected(_)));
    }

    #[test]
    fn error_codes_fall_into_their_class() {
        for code in ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"] {
            assert_eq!(Outcome::classify("not_collected", code), Outcome::Denied, "{code}");
        }
        for code in ["Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown", "EC2ThrottledException"] {
            assert_eq!(Outcome::classify("not_collected", code), Outcome::Throttled, "{code}");
        }
        assert_eq!(Outcome::classify("not_collected", "ExpiredToken"), Outcome::Failed);
        assert_eq!(Outcome::classify("partial", "AccessDenied"), Outcome::Partial);
        assert_eq!(Outcome::classify("something new", ""), Outcome::Failed);
    }
}
