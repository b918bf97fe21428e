//! What PMapper's files hold.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::model::Many;

/// `metadata.json` of an account.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) account_id: String,
    #[serde(rename = "org-id")]
    pub(super) organization: Option<String>,
}

/// A policy by ARN and name: an inline one has the ARN of its owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) struct Reference {
    pub(super) arn: String,
    pub(super) name: String,
}

/// Of `policies.json` and `scps.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Policy {
    #[serde(flatten)]
    pub(super) reference: Reference,
    pub(super) policy_doc: Value,
}

/// Of `groups.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Group {
    pub(super) arn: String,
    #[serde(default)]
    pub(super) attached_policies: Vec<Reference>,
}

/// Of `nodes.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Node {
    pub(super) arn: String,
    #[serde(default)]
    pub(super) id_value: String,
    #[serde(default)]
    pub(super) attached_policies: Vec<Reference>,
    #[serde(default)]
    pub(super) group_memberships: Vec<String>,
    pub(super) trust_policy: Option<Value>,
    pub(super) instance_profile: Option<Many>,
    #[serde(default)]
    pub(super) active_password: bool,
    #[serde(default)]
    pub(super) access_keys: usize,
    pub(super) permissions_boundary: Option<Reference>,
    #[serde(default)]
    pub(super) has_mfa: bool,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
}

/// Of `edges.json`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Edge {
    pub(super) source: String,
    pub(super) destination: String,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) short_reason: String,
}

/// `org_data.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Organization {
    pub(super) org_id: String,
    #[serde(default)]
    pub(super) management_account_id: String,
    #[serde(default)]
    pub(super) root_ous: Vec<Unit>,
}

/// A root or an organizational unit.
#[derive(Debug, Deserialize)]
pub(super) struct Unit {
    pub(super) ou_id: String,
    #[serde(default)]
    pub(super) ou_name: String,
    #[serde(default)]
    pub(super) accounts: Vec<Member>,
    #[serde(default)]
    pub(super) child_nodes: Vec<Self>,
    #[serde(default)]
    pub(super) scps: Vec<String>,
}

/// An account in a unit.
#[derive(Debug, Deserialize)]
pub(super) struct Member {
    pub(super) account_id: String,
    #[serde(default)]
    pub(super) scps: Vec<String>,
}
