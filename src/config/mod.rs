//! The accounts and known address ranges a user wrote into `config.json`: reading them (this file and its
//! parts `raw` and `validate`), choosing among them (`select`), and changing the file (`edit`, `discover`).
//! CloudMapper's files are accepted unchanged. It is not about credentials: a profile or role named here is
//! only a word that the collector follows.

mod discover;
mod edit;
mod error;
mod json;
mod net;
mod place;
mod raw;
mod save;
mod select;
#[cfg(test)]
mod tests;
mod validate;

use std::path::{Path, PathBuf};

use ipnet::IpNet;

use crate::model::{AccountId, AccountName};

pub use discover::{DiscoveredAccount, DiscoveryReport};
pub use edit::{AddedAccount, ConfigFile, EditError};
pub use error::{ConfigError, Fault, Problem, UnknownAccount};
pub use place::Place;

/// What the configuration says, checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The accounts, in the order of the file.
    pub accounts: Vec<Account>,
    /// Known address ranges in network form with their labels, sorted; no range twice.
    pub cidrs: Vec<(IpNet, String)>,
    /// What is odd but has a clear meaning, each a sentence with the file and the place.
    pub warnings: Vec<String>,
    path: PathBuf,
}

/// One configured account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Its id at AWS.
    pub id: AccountId,
    /// Its name on the command line, and of its folder.
    pub name: AccountName,
    /// Taken when no account is named.
    pub default: bool,
    /// One entry per element of the list in the file; a plain text is an entry of one word.
    pub tags: Vec<Vec<String>>,
    /// The profile in the user's AWS configuration to start from.
    pub profile: Option<String>,
    /// The role to assume, by ARN; it is in this account.
    pub role_arn: Option<String>,
    /// The role to assume, by name (with its path, if it has one); never given together with `role_arn`.
    pub role_name: Option<String>,
    /// What the role's trust policy wants to hear.
    pub external_id: Option<String>,
    /// The only regions to collect, without repeats; empty means every enabled one.
    pub regions: Vec<String>,
}

impl Config {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    /// When the file can't be read, is not JSON, or holds something wrong; then all of it is reported at once.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = json::read(path)?;
        Self::parse(path, &text)
    }

    /// Checks the text of a configuration file; the path is only for messages.
    ///
    /// # Errors
    /// When the text is not JSON, or holds something wrong; then all of it is reported at once.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let document = json::parse(path, text)?;
        validate::validate(path, &document)
    }

    /// The file this was read from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
