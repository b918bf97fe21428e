//! From the configuration as written to the one that is used: every rule about what values mean, all
//! problems collected before any is reported.

use std::collections::BTreeMap;
use std::path::Path;

use ipnet::IpNet;

use super::error::{ConfigError, Fault, Problem};
use super::json::Document;
use super::net::{Odd, Range};
use super::place::Place;
use super::raw::{RawAccount, RawCidr, RawConfig};
use super::{Account, Config, select};
use crate::model::{AccountId, AccountName};

/// Checks a parsed file.
///
/// # Errors
/// When anything in it has no clear meaning; then all such places.
pub(super) fn validate(path: &Path, document: &Document) -> Result<Config, ConfigError> {
    let mut check = Check::default();
    let raw = RawConfig::read(&document.root, &mut check.problems);
    for place in &document.repeated {
        check.warn(place, "this key is there twice, and only the last one counts: delete one of the two");
    }
    let accounts: Vec<_> = raw.accounts.into_iter().filter_map(|raw| Some((raw.place.clone(), check.account(raw)?))).collect();
    check.names_are_no_other_ids();
    check.one_default(&accounts);
    let cidrs = check.cidrs(raw.cidrs);
    let Check { mut problems, mut warnings, .. } = check;
    if !problems.is_empty() {
        problems.sort_by(|a, b| a.place.cmp(&b.place));
        return Err(ConfigError::Invalid { path: path.to_owned(), problems });
    }
    warnings.sort();
    Ok(Config {
        accounts: accounts.into_iter().map(|(_, account)| account).collect(),
        cidrs,
        warnings: warnings.into_iter().map(|(place, text)| format!("`{}`: {place}: {text}", path.display())).collect(),
        path: path.to_owned(),
    })
}

/// What was found so far.
#[derive(Default)]
struct Check {
    problems: Vec<Problem>,
    warnings: Vec<(Place, String)>,
    ids: BTreeMap<AccountId, Place>,
    names: BTreeMap<String, (AccountName, Place)>,
}

impl Check {
    fn fault(&mut self, place: Place, fault: impl Into<Fault>) {
        self.problems.push(Problem { place, fault: fault.into() });
    }

    fn warn(&mut self, place: &Place, text: impl Into<String>) {
        self.warnings.push((place.clone(), text.into()));
    }

    /// Checks all of an account, and gives it back if it can be called by its id and name.
    fn account(&mut self, raw: RawAccount) -> Option<Account> {
        let id = raw.id.as_deref().and_then(|id| self.id(raw.place.key("id"), id));
        let name = raw.name.as_deref().and_then(|name| self.name(raw.place.key("name"), name));
        self.role(&raw, id);
        if let Some(profile) = &raw.profile {
            let at = raw.place.key("profile");
            if profile.trim().is_empty() {
                self.fault(at, Fault::Empty { expected: "the name of a profile" });
            } else if profile.contains(|c: char| c.is_control() || c == '[' || c == ']') {
                self.fault(at, Fault::Profile { written: profile.clone() });
            }
        }
        let regions = self.regions(&raw.place, raw.regions);
        Some(Account {
            id: id?,
            name: name?,
            default: raw.default,
            tags: raw.tags,
            profile: raw.profile,
            role_arn: raw.role_arn,
            role_name: raw.role_name,
            external_id: raw.external_id,
            regions,
        })
    }

    fn id(&mut self, place: Place, written: &str) -> Option<AccountId> {
        let id = match written.parse() {
            Ok(id) => id,
            Err(error) => {
                self.fault(place, Fault::Id(error));
                return None;
            }
        };
        if let Some(first) = self.ids.get(&id) {
            let first = first.clone();
            self.fault(place, Fault::DuplicateId { id, first });
        } else {
            self.ids.insert(id, place);
        }
        Some(id)
    }

    fn name(&mut self, place: Place, written: &str) -> Option<AccountName> {
        let name: AccountName = match written.parse() {
            Ok(name) => name,
            Err(error) => {
                self.fault(place, Fault::Name(error));
                return None;
            }
        };
        if name.as_str() == select::ALL {
            self.warn(&place, "`all` means every account, so this account can only be chosen by its id: rename it");
        }
        if let Some((first_name, first)) = self.names.get(&name.folded()) {
            let (first_name, first) = (first_name.clone(), first.clone());
            self.fault(place, Fault::DuplicateName { name: name.clone(), first_name, first });
        } else {
            self.names.insert(name.folded(), (name.clone(), place));
        }
        Some(name)
    }

    /// Only known once all accounts are read.
    fn names_are_no_other_ids(&mut self) {
        let clashes: Vec<_> = self
            .names
            .values()
            .filter_map(|(name, place)| {
                let other = self.ids.get(&name.as_str().parse().ok()?)?;
                (other.parent() != place.parent()).then(|| (place.clone(), other.clone()))
            })
            .collect();
        for (place, other) in clashes {
            self.fault(place, Fault::NameIsOtherId { other });
        }
    }

    fn role(&mut self, raw: &RawAccount, id: Option<AccountId>) {
        if raw.role_arn.is_some() && raw.role_name.is_some() {
            self.fault(raw.place.clone(), Fault::TwoRoles);
        }
        if let Some(written) = &raw.role_arn {
            match (role_account(written), id) {
                (None, _) => self.fault(raw.place.key("role_arn"), Fault::RoleArn { written: written.clone() }),
                (Some(role), Some(account)) if role != account => {
                    self.fault(raw.place.key("role_arn"), Fault::RoleOfOtherAccount { role, account });
                }
                _ => {}
            }
        }
        if let Some(written) = raw.role_name.as_ref().filter(|name| !is_role_name(name)) {
            self.fault(raw.place.key("role_name"), Fault::RoleName { written: written.clone() });
        }
        let Some(external_id) = &raw.external_id else {
            return;
        };
        let at = raw.place.key("external_id");
        if !is_external_id(external_id) {
            self.fault(at, Fault::ExternalId { written: external_id.clone() });
        } else if raw.role_arn.is_none() && raw.role_name.is_none() {
            self.warn(&at, "an external id does nothing without a role: add `role_arn` or `role_name`");
        }
    }

    fn regions(&mut self, account: &Place, raw: Option<Vec<(Place, String)>>) -> Vec<String> {
        if raw.as_ref().is_some_and(Vec::is_empty) {
            self.fault(account.key("regions"), Fault::Empty { expected: "at least one region" });
        }
        let mut regions = Vec::new();
        for (place, region) in raw.into_iter().flatten() {
            if !is_region(&region) {
                self.fault(place, Fault::Region { written: region });
            } else if !regions.contains(&region) {
                regions.push(region);
            }
        }
        regions
    }

    fn one_default(&mut self, accounts: &[(Place, Account)]) {
        let mut defaults = accounts.iter().filter(|(_, account)| account.default);
        let Some((_, first)) = defaults.next() else {
            return;
        };
        for (place, account) in defaults {
            let text = format!("`{}` is the default, so `{}` is not: delete this key", first.name, account.name);
            self.warn(&place.key("default"), text);
        }
    }

    fn cidrs(&mut self, raw: Vec<RawCidr>) -> Vec<(IpNet, String)> {
        let mut cidrs: BTreeMap<IpNet, (String, String)> = BTreeMap::new();
        for RawCidr { place, written, name } in raw {
            if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
                self.warn(&place.key("name"), "this is empty: write what the range is known as");
            }
            let Some(Range { net, odd }) = Range::read(&written) else {
                self.fault(place, Fault::Cidr { written });
                continue;
            };
            match odd {
                Some(Odd::Bare) => self.warn(&place, format!("this is one address, read as `{net}`: write it so")),
                Some(Odd::HostBits) => {
                    self.warn(&place, format!("this has bits beyond its prefix, read as `{net}`: write it so"));
                }
                None => {}
            }
            if let Some((first, _)) = cidrs.get(&net) {
                let text = format!("this is the same range as `{first}`, whose name counts: delete one of the two");
                self.warn(&place, text);
            } else if let Some(name) = name {
                cidrs.insert(net, (written, name));
            }
        }
        cidrs.into_iter().map(|(net, (_, name))| (net, name)).collect()
    }
}

/// The account in the ARN of a role.
fn role_account(arn: &str) -> Option<AccountId> {
    let mut parts = arn.splitn(6, ':');
    let prefix = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let ("arn", partition, "iam", "") = prefix else {
        return None;
    };
    let known_partition = partition == "aws" || partition.strip_prefix("aws-").is_some_and(is_partition_rest);
    let account = parts.next()?.parse().ok()?;
    let role = parts.next()?.strip_prefix("role/")?;
    (known_partition && is_role_name(role)).then_some(account)
}

fn is_partition_rest(rest: &str) -> bool {
    !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

/// A name of at most 64 characters, perhaps after a path.
/// See <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>.
fn is_role_name(text: &str) -> bool {
    let (path, name) = text.rsplit_once('/').unwrap_or(("path", text));
    let in_path = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic());
    let in_name = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    path.len() <= 510 && path.split('/').all(in_path) && (1..=64).contains(&name.len()) && name.bytes().all(in_name)
}

/// See <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
fn is_external_id(text: &str) -> bool {
    (2..=1224).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b))
}

/// Whether the text has the shape of a region's name. It names a folder, too, so nothing else may pass;
/// which regions exist is for AWS to say.
fn is_region(text: &str) -> bool {
    let mut words = text.split('-');
    let number = words.next_back().unwrap_or_default();
    let words: Vec<&str> = words.collect();
    text.len() <= 32
        && words.len() >= 2
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}
