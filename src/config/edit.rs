//! Changing the configuration file for the user. It works on the JSON itself and not on the checked
//! configuration, so that keys we do not know stay, and so that a file with a mistake in it can be mended here.

mod error;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde_json::{Map, Value, json};

use super::error::ConfigError;
use super::json::{self, Document};
use super::net::Range;
use super::place::Place;
use super::raw::kind;
use super::save;
use crate::model::{AccountId, AccountName};

pub use error::EditError;

/// What else there is to say about an account that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct AddedAccount {
    /// The name of an earlier account that stays the default, although this one was to be it.
    pub other_default: Option<String>,
}

/// An open configuration file; nothing is written before [`ConfigFile::save`].
#[derive(Debug)]
pub struct ConfigFile {
    pub(super) path: PathBuf,
    pub(super) accounts: Vec<Value>,
    cidrs: Map<String, Value>,
    rest: Map<String, Value>,
    is_new: bool,
}

impl ConfigFile {
    /// Opens a file; if there is none, begins one without accounts and ranges.
    ///
    /// # Errors
    /// When it can't be read, is not JSON, or has no place for accounts and ranges.
    pub fn open_or_new(path: &Path) -> Result<Self, EditError> {
        let (document, is_new) = match json::read(path) {
            Ok(text) => (json::parse(path, &text)?, false),
            Err(ConfigError::Missing { .. }) => (Document { root: json!({}), repeated: Vec::new() }, true),
            Err(error) => return Err(error.into()),
        };
        if let Some(place) = document.repeated.into_iter().next() {
            return Err(EditError::RepeatedKey { path: path.to_owned(), place });
        }
        let place = Place::default();
        let shape = |place, expected, found: &Value| EditError::Shape { path: path.to_owned(), place, expected, found: kind(found) };
        let mut rest = match document.root {
            Value::Object(root) => root,
            other => return Err(shape(place, "an object", &other)),
        };
        let accounts = match rest.remove("accounts") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => list,
            Some(other) => return Err(shape(place.key("accounts"), "a list", &other)),
        };
        let cidrs = match rest.remove("cidrs") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(cidrs)) => cidrs,
            Some(other) => return Err(shape(place.key("cidrs"), "an object", &other)),
        };
        Ok(Self { path: path.to_owned(), accounts, cidrs, rest, is_new })
    }

    /// Whether there was no file.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Adds an account at the end.
    ///
    /// # Errors
    /// When its id or its name is there already, case ignored.
    pub fn add_account(&mut self, id: &AccountId, name: &AccountName, default: bool) -> Result<AddedAccount, EditError> {
        if let Some(account) = self.with_id(id) {
            let name = text_of(account, "name").unwrap_or_default();
            return Err(EditError::IdExists { path: self.path.clone(), id: *id, name });
        }
        if let Some(taken) = self.with_name(name.as_str()) {
            let name = text_of(taken, "name").unwrap_or_default();
            return Err(EditError::NameExists { path: self.path.clone(), name });
        }
        let name_as_id = name.as_str().parse().ok().filter(|other: &AccountId| other != id);
        if let Some(text) = name_as_id.filter(|other| self.with_id(other).is_some()) {
            return Err(EditError::NameIsOtherId { text: text.to_string() });
        }
        if self.with_name(id.as_str()).is_some() {
            return Err(EditError::NameIsOtherId { text: id.to_string() });
        }
        let first_default = self.accounts.iter().find(|account| account.get("default") == Some(&Value::Bool(true)));
        let other_default = first_default.filter(|_| default).and_then(|account| text_of(account, "name"));
        self.accounts.push(json!({ "id": id.as_str(), "name": name.as_str(), "default": default }));
        Ok(AddedAccount { other_default })
    }

    /// Removes every account with this id, or this name, or both if both are given; says how many that were.
    /// The texts need not be valid, so that a broken entry can be removed.
    ///
    /// # Errors
    /// When neither is given, or no account is so.
    pub fn remove_account(&mut self, id: Option<&str>, name: Option<&str>) -> Result<usize, EditError> {
        if id.is_none() && name.is_none() {
            return Err(EditError::NothingWanted { either: "`--id` or `--name`" });
        }
        let before = self.accounts.len();
        self.accounts.retain(|account| {
            let same_id = id.is_none_or(|id| id_of(account).as_deref() == Some(id));
            let same_name = name.is_none_or(|name| text_of(account, "name").as_deref() == Some(name));
            !(same_id && same_name)
        });
        let removed = before.saturating_sub(self.accounts.len());
        self.some_removed(removed, "account", &[("id", id), ("name", name)])
    }

    /// Adds an address range and gives back its network form, which is what is written.
    ///
    /// # Errors
    /// When it is no range, is there already in any form, or the name is empty.
    pub fn add_cidr(&mut self, cidr: &str, name: &str) -> Result<IpNet, EditError> {
        let Some(Range { net, .. }) = Range::read(cidr) else {
            return Err(EditError::Cidr { written: cidr.to_owned() });
        };
        if name.trim().is_empty() {
            return Err(EditError::EmptyName);
        }
        if let Some((_, value)) = self.cidrs.iter().find(|(written, _)| is_range(written, net)) {
            let name = text_of(value, "name").unwrap_or_default();
            return Err(EditError::CidrExists { path: self.path.clone(), net, name });
        }
        self.cidrs.insert(net.to_string(), json!({ "name": name }));
        Ok(net)
    }

    /// Removes every range that is this one in any form, or has this name, or both if both are given; says how
    /// many that were.
    ///
    /// # Errors
    /// When neither is given, or no range is so.
    pub fn remove_cidr(&mut self, cidr: Option<&str>, name: Option<&str>) -> Result<usize, EditError> {
        if cidr.is_none() && name.is_none() {
            return Err(EditError::NothingWanted { either: "`--cidr` or `--name`" });
        }
        let before = self.cidrs.len();
        self.cidrs.retain(|written, value| {
            let same_cidr = cidr.is_none_or(|cidr| written == cidr || Range::read(cidr).is_some_and(|range| is_range(written, range.net)));
            let same_name = name.is_none_or(|name| text_of(value, "name").as_deref() == Some(name));
            !(same_cidr && same_name)
        });
        let removed = before.saturating_sub(self.cidrs.len());
        self.some_removed(removed, "address range", &[("range", cidr), ("name", name)])
    }

    /// Puts the new text in the place of the old one: all of it or nothing, with the old file's mode.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save(&self) -> Result<(), EditError> {
        let mut root = self.rest.clone();
        root.insert("accounts".to_owned(), self.accounts.clone().into());
        root.insert("cidrs".to_owned(), self.cidrs.clone().into());
        json::text(&root.into())
            .and_then(|text| save::replace(&self.path, text.as_bytes()))
            .map_err(|source| EditError::Write { path: self.path.clone(), source })
    }

    fn some_removed(&self, removed: usize, what: &'static str, wanted: &[(&str, Option<&str>)]) -> Result<usize, EditError> {
        if removed > 0 {
            return Ok(removed);
        }
        let wanted: Vec<String> = wanted.iter().filter_map(|(key, value)| value.map(|value| format!("the {key} `{value}`"))).collect();
        Err(EditError::NoMatch { path: self.path.clone(), what, wanted: wanted.join(" and ") })
    }

    pub(super) fn with_id(&self, id: &AccountId) -> Option<&Value> {
        self.accounts.iter().find(|account| id_of(account).as_deref() == Some(id.as_str()))
    }

    /// An account whose folder would be the same where case is ignored.
    pub(super) fn with_name(&self, name: &str) -> Option<&Value> {
        let folded = name.to_lowercase();
        self.accounts.iter().find(|account| text_of(account, "name").is_some_and(|name| name.to_lowercase() == folded))
    }
}

fn text_of(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The id of an entry, with the zeros that it lost if somebody wrote a number.
fn id_of(account: &Value) -> Option<String> {
    match account.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(number) => Some(format!("{:012}", number.as_u64()?)),
        _ => None,
    }
}

fn is_range(written: &str, net: IpNet) -> bool {
    Range::read(written).is_some_and(|range| range.net == net)
}
