//! A synthetic AWS account: a snapshot of any size, with policies such as real accounts have, for benchmarks and tests.
//!
//! The same size and seed give the same bytes. Every role, user, policy and bucket has a random stream of its own, so that
//! it stays what it is when the numbers of the others change, save for the names it refers to.
//!
//! What it has: identities with policies, trust, boundaries and tags, buckets with policies, an organization with service
//! and resource control policies. What it has not: networks, data stores other than S3, the answers that IAM gives for each
//! principal (`get-role` …), a manifest. The documents of AWS-managed policies are AWS's own where they are short;
//! `ReadOnlyAccess`, `SecurityAudit` and the policies of service-linked roles are shorter than AWS's and of the same form.
#![allow(dead_code, reason = "those who include this module each use a part of it")]

mod accessed;
mod conditions;
mod csv;
mod documents;
mod grants;
mod identities;
pub(crate) mod json;
pub(crate) mod managed;
mod names;
mod organization;
mod policies;
mod rng;
mod special;
mod storage;

mod trust;

use std::io;
use std::path::Path;

use serde_json::{Value, json};

use json::Folder;
use names::World;

/// How many there are of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// IAM users.
    pub(crate) users: usize,
    /// IAM roles, with the service-linked ones and those of the Identity Center.
    pub(crate) roles: usize,
    /// IAM groups.
    pub(crate) groups: usize,
    /// Policies that the customer manages; those of AWS come on top.
    pub(crate) managed_policies: usize,
    /// S3 buckets.
    pub(crate) buckets: usize,
    /// Units of the organization below its root, up to five deep.
    pub(crate) organizational_units: usize,
    /// Other accounts of the organization.
    pub(crate) accounts: usize,
}

impl Size {
    /// For tests: some of everything, written in milliseconds.
    pub(crate) const SMALL: Self =
        Self { users: 20, roles: 120, groups: 6, managed_policies: 40, buckets: 30, organizational_units: 12, accounts: 10 };
    /// A large account: about 33 MB of authorization details.
    pub(crate) const LARGE: Self =
        Self { users: 500, roles: 5_000, groups: 100, managed_policies: 2_000, buckets: 1_000, organizational_units: 60, accounts: 120 };
    /// As [`Self::LARGE`] with twice the roles.
    pub(crate) const HUGE: Self = Self { roles: 10_000, ..Self::LARGE };
}

/// Writes the snapshot of an account below `folder/account-data/<name>/`, as CloudMapper lays it out.
///
/// # Errors
/// When a file or folder cannot be written.
pub(crate) fn write(folder: &Path, name: &str, size: &Size, seed: u64) -> io::Result<()> {
    let world = World::new(size, seed);
    let top = Folder::create(folder.join("account-data").join(name))?;
    top.write("describe-regions.json", &regions())?;
    let global = Folder::create(folder.join("account-data").join(name).join(names::HOME))?;
    let details = policies::details(&world);
    global.write("iam-list-instance-profiles.json", &identities::instance_profiles(&details))?;
    global.write("iam-get-account-authorization-details.json", &details)?;
    accessed::write(&world, &details, &global)?;
    drop(details);
    global.write("iam-get-credential-report.json", &json!({"Content": csv::credential_report(&world)}))?;
    global.write("iam-list-saml-providers.json", &trust::saml_providers())?;
    global.write("iam-list-open-id-connect-providers.json", &trust::open_id_providers())?;
    global.write("sts-get-caller-identity.json", &caller())?;
    storage::write(&world, &global)?;
    organization::write(&world, &global)
}

/// What `iam:GetAccountAuthorizationDetails` answers for the account that [`write()`] writes.
pub(crate) fn authorization_details(size: &Size, seed: u64) -> Value {
    policies::details(&World::new(size, seed))
}

/// The account's number: the same for every size and seed.
pub(crate) fn account_id() -> &'static str {
    names::ACCOUNT
}

/// The number of the `index`th of the organization's other accounts.
pub(crate) fn other_account(size: &Size, seed: u64, index: usize) -> String {
    World::new(size, seed).other_account(index)
}

/// The name of the `index`th bucket of an account.
pub(crate) fn bucket_name(size: &Size, seed: u64, index: usize) -> String {
    World::new(size, seed).bucket(index)
}

fn regions() -> Value {
    let regions: Vec<Value> = names::REGIONS
        .iter()
        .map(|name| json!({"Endpoint": format!("ec2.{name}.amazonaws.com"), "OptInStatus": "opt-in-not-required", "RegionName": name}))
        .collect();
    json!({ "Regions": regions })
}

fn caller() -> Value {
    json!({
        "Account": names::ACCOUNT,
        "Arn": format!("arn:aws:sts::{}:assumed-role/OrganizationAccountAccessRole/cloudmapper", names::ACCOUNT),
        "UserId": "AROA2QJ5TBN6FYH4CWXZE:cloudmapper",
    })
}
