//! The record beside an account's answers: what was asked, when, and what came of it. It is what tells "there is
//! none" from "we were not allowed to look".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::Timestamp;

/// Names the format, and its version, in every manifest.
pub const FORMAT: &str = "cloudmapper-manifest/1";

/// What became of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// AWS answered; the answer is in the file.
    Value,
    /// AWS said that there is none (no bucket policy, say); no file.
    Empty,
    /// Some pages came, then an error; what came is in the file.
    Partial,
    /// Denied, throttled out, timed out, failed; no file.
    NotCollected,
    /// The service is not offered in this region, or the region is not enabled; no call was made.
    Skipped,
}

impl Outcome {
    /// Whether asking again could not add anything.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Value | Self::Empty | Self::Skipped)
    }

    /// Whether a file holds what came.
    #[must_use]
    pub fn has_file(self) -> bool {
        matches!(self, Self::Value | Self::Partial)
    }
}

/// One call: a line of the journal, an entry of the manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The service as boto3 calls it: `elbv2`.
    pub service: String,
    /// The operation as the AWS CLI spells it: `describe-tags`.
    pub request: String,
    /// The operation as the API spells it: `DescribeTags`.
    pub operation: String,
    /// The region whose folder the answer belongs to.
    pub region: String,
    /// The parameters sent; empty for a whole row that could not be expanded.
    pub parameters: Map<String, Value>,
    /// Where the answer is or would be, relative to the account's folder. For a row that could not be expanded: its folder.
    pub file: String,
    /// What came of it.
    pub outcome: Outcome,
    /// AWS's error code, or ours: `Timeout`, `EndpointUnreachable`, `SourceNotCollected`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The error in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the last answer came.
    pub time: Timestamp,
    /// HTTP requests sent, retries and pages included.
    pub attempts: u32,
    /// Pages in the file.
    pub pages: u32,
    /// Size of the file, bytes.
    #[serde(default)]
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// How many values were replaced by [`REDACTED`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redacted: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What stands in a file in place of a secret.
pub const REDACTED: &str = "**REDACTED**";

/// A region of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionRecord {
    /// `eu-west-1`.
    pub name: String,
    /// `opt-in-not-required`, `opted-in` or `not-opted-in`, as EC2 says, or `not-selected` when `--regions` left it out.
    pub status: String,
}

/// Whose answers these are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestAccount {
    /// The name in the configuration, and of the folder.
    pub name: String,
    /// The 12-digit id that STS gave.
    pub id: String,
    /// `aws`, `aws-us-gov`, `aws-cn`, …
    pub partition: String,
}

/// Who asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The ARN that STS gave.
    pub arn: String,
    /// The unique id that STS gave.
    pub user_id: String,
}

/// Everything but the calls: the first line of the journal, the head of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// Program and version.
    pub tool: String,
    /// Where the API models came from: `botocore 1.44.5`.
    pub api_models: String,
    /// Whose answers.
    pub account: ManifestAccount,
    /// Who asked.
    pub identity: Identity,
    /// When the first run began.
    pub started: Timestamp,
    /// When the last run ended; absent while one is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// Whether the last run got to its end (calls may still have failed).
    pub complete: bool,
    /// Whether secrets were stored as they came.
    pub with_secrets: bool,
    /// The options that chose the calls, as they were typed; empty = all of the table.
    #[serde(default)]
    pub selection: String,
    /// The account's regions.
    pub regions: Vec<RegionRecord>,
}

/// The whole record. Calls are keyed, and therefore ordered, by file.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Everything but the calls.
    pub header: Header,
    /// File → call.
    pub calls: BTreeMap<String, CallRecord>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    #[serde(flatten)]
    header: Header,
    calls: Vec<CallRecord>,
}

impl Manifest {
    /// Reads `manifest.json`.
    ///
    /// # Errors
    /// When the bytes are no manifest of a version we know.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_slice(bytes)?;
        if document.header.format != FORMAT {
            return Err(serde::de::Error::custom(format!(
                "format `{}` is not `{FORMAT}`: it was written by another version of cloudmapper",
                document.header.format
            )));
        }
        let calls = document.calls.into_iter().map(|call| (call.file.clone(), call)).collect();
        Ok(Self { header: document.header, calls })
    }

    /// The bytes of `manifest.json`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let document = Document { header: self.header.clone(), calls: self.calls.values().cloned().collect() };
        // Nothing in it can fail to become JSON: all keys are strings, all numbers integers.
        super::json::to_bytes(&serde_json::to_value(document).unwrap_or(Value::Null))
    }

    /// How many calls had each outcome.
    #[must_use]
    pub fn totals(&self) -> BTreeMap<Outcome, u64> {
        let mut totals = BTreeMap::new();
        for call in self.calls.values() {
            *totals.entry(call.outcome).or_insert(0) += 1;
        }
        totals
    }
}
