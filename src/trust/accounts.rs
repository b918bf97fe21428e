//! Whose an account is: scanned here, configured, of a vendor, of an AWS service, or of nobody who is known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use super::Input;
use super::model::{Kind, Node};
use crate::iam::estate::Estate;
use crate::model::Many;

static EMBEDDED: &str = include_str!("../../vendor_accounts.yaml");

/// Where CloudFront and others write logs from: the group that S3 knows by this canonical id.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html>
const LOG_DELIVERY: &str = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";

/// Somebody who has accounts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// The name.
    pub name: String,
    /// `aws`: AWS owns the accounts.
    #[serde(rename = "type", default)]
    pub class: Option<String>,
    /// Pages that say so.
    #[serde(default)]
    pub source: Many,
    /// The ids.
    pub accounts: Vec<String>,
}

/// All vendors.
///
/// # Errors
/// In words, when the table cannot be read.
pub fn vendors() -> Result<&'static [Vendor], String> {
    static VENDORS: OnceLock<Result<Vec<Vendor>, String>> = OnceLock::new();
    let read = || serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("vendor_accounts.yaml: {error}"));
    VENDORS.get_or_init(read).as_deref().map_err(Clone::clone)
}

/// Tells whose an account is.
#[derive(Debug)]
pub struct Directory<'a> {
    scanned: BTreeMap<String, String>,
    configured: BTreeMap<String, (String, Vec<Vec<String>>)>,
    listed: BTreeMap<String, String>,
    vendors: HashMap<&'a str, &'a Vendor>,
    /// The organizations of the accounts.
    organizations: BTreeSet<String>,
}

impl<'a> Directory<'a> {
    /// Of the accounts of an estate and of what the user says; `listed` are the accounts of the organizations, with names.
    ///
    /// # Errors
    /// In words, when the table of vendors cannot be read.
    pub fn new(estate: &Estate, input: &Input<'a>, listed: BTreeMap<String, String>) -> Result<Self, String> {
        let configured: BTreeMap<String, (String, Vec<Vec<String>>)> = input
            .config
            .iter()
            .flat_map(|config| &config.accounts)
            .map(|account| (account.id.to_string(), (account.name.to_string(), account.tags.clone())))
            .collect();
        let own = estate.accounts.iter().filter(|account| !account.id.is_empty() && !account.superseded);
        let organizations = own.clone().filter_map(|account| account.organization.clone()).collect();
        let named = |account: &crate::iam::estate::Account| {
            let known = configured.get(&account.id).map(|(name, _)| name.clone());
            (account.id.clone(), known.unwrap_or_else(|| account.name.to_string()))
        };
        let scanned = own.map(named).collect();
        let vendors = vendors()?.iter().chain(input.vendors);
        let vendors = vendors.flat_map(|vendor| vendor.accounts.iter().map(move |id| (id.as_str(), vendor))).collect();
        Ok(Self { scanned, configured, listed, vendors, organizations })
    }

    /// The accounts that were asked for.
    pub fn scanned(&self) -> impl Iterator<Item = &str> {
        self.scanned.keys().map(String::as_str)
    }

    /// What the configuration groups an account by.
    pub(super) fn tags(&self, id: &str) -> &[Vec<String>] {
        self.configured.get(id).map(|(_, tags)| tags.as_slice()).unwrap_or_default()
    }

    /// Who an id is; `named` are those who are no accounts.
    pub(super) fn node(&self, id: &str, named: &BTreeMap<String, (String, String, Kind)>) -> Node {
        let made = |name: &str, kind: Kind, class: &str| Node {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            class: class.to_owned(),
            source: Vec::new(),
            logo: None,
            group: None,
            tags: self.tags(id).iter().map(|tag| tag.join("/")).collect(),
            ours: self.organizations.contains(id),
        };
        if let Some(name) = self.scanned.get(id) {
            return made(name, Kind::Scanned, "weboftrust_account");
        }
        if let Some(name) = self.configured.get(id).map(|(name, _)| name).or_else(|| self.listed.get(id)) {
            return made(name, Kind::Configured, "known_account");
        }
        if let Some(vendor) = self.vendors.get(id) {
            let class = vendor.class.as_deref().unwrap_or(&vendor.name);
            let kind = if class == "aws" { Kind::Aws } else { Kind::Vendor };
            return Node { source: vendor.source.0.clone(), ..made(&vendor.name, kind, class) };
        }
        if id == LOG_DELIVERY {
            return made("AWS log delivery", Kind::Aws, "aws");
        }
        if let Some((name, class, kind)) = named.get(id) {
            return made(name, *kind, class);
        }
        if is_organization(id) {
            return made(id, Kind::Organization, "organization");
        }
        made(id, Kind::Unknown, "unknown_account")
    }
}

/// `o-abcdefghij`, or a unit of one.
pub(super) fn is_organization(id: &str) -> bool {
    id.starts_with("o-") || id.starts_with("ou-") || id.starts_with("r-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::is_account_id;

    #[test]
    fn vendors_are_told_once_and_with_their_source() {
        let mut ids: Vec<&str> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for vendor in vendors().unwrap() {
            assert!(!vendor.name.trim().is_empty() && !vendor.accounts.is_empty(), "{}", vendor.name);
            assert!(!vendor.source.0.is_empty(), "{} has no source", vendor.name);
            assert!(vendor.source.0.iter().all(|page| page.starts_with("https://")), "{}", vendor.name);
            assert!(vendor.class.as_deref().is_none_or(|class| class == "aws"), "{}", vendor.name);
            names.push(vendor.name.to_lowercase());
            ids.extend(vendor.accounts.iter().map(String::as_str));
        }
        assert!(ids.iter().all(|id| is_account_id(id)), "{ids:?}");
        names.sort();
        ids.sort_unstable();
        let twice: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
