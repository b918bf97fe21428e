//! What can be wrong with a configuration and with a choice of accounts, and how it is said.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::place::Place;
use crate::model::{AccountId, AccountIdError, AccountName, AccountNameError, visible};

/// How many account names a message lists before it counts the rest.
const LISTED_NAMES: usize = 20;

/// Why there is no configuration, or no account was chosen from it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no such file.
    #[error(
        "there is no configuration file `{}`: make one with `cloudmapper configure add-account --name NAME --id ID`, \
         or name another file with `--config`",
        .path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is there but can't be read.
    #[error("cannot read the configuration file `{}`", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not text.
    #[error("the configuration file `{}` is not UTF-8 text, from byte {offset} on: save it as UTF-8", .path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// How many bytes are good.
        offset: usize,
    },
    /// The text is not JSON.
    #[error(
        "`{}` is not valid JSON at line {line}, column {column}: {message}; \
         JSON has no comments and no trailing commas, and quotes with `\"`",
        .path.display()
    )]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1; 0 at the very start of a line.
        column: usize,
        /// What was expected there.
        message: String,
    },
    /// The text is JSON, but means nothing.
    #[error("{}", list_problems(.path, .problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All that is wrong, in the order of the file.
        problems: Vec<Problem>,
    },
    /// Nothing was asked for, and nothing is the default.
    #[error(
        "no account in `{}` is marked as default: name one with `--account`, or add `\"default\": true` to it; {}",
        .path.display(), list_names(.names)
    )]
    NoDefault {
        /// The file.
        path: PathBuf,
        /// The names there are.
        names: Vec<AccountName>,
    },
    /// Some of the accounts asked for are not there.
    #[error("{}", list_unknown(.path, .unknown, .names))]
    Unknown {
        /// The file.
        path: PathBuf,
        /// All that was not found, in the order asked for.
        unknown: Vec<UnknownAccount>,
        /// The names there are.
        names: Vec<AccountName>,
    },
    /// All accounts were asked for, and there is none.
    #[error("`{}` has no accounts: add one with `cloudmapper configure add-account --name NAME --id ID`", .path.display())]
    NoAccounts {
        /// The file.
        path: PathBuf,
    },
}

/// An account that was asked for and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownAccount {
    /// What was asked for.
    pub wanted: String,
    /// The name that is meant, if one is close.
    pub suggestion: Option<AccountName>,
}

/// Something wrong at one place of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, and what to do about it.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

/// What is wrong with a value, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A value of the wrong JSON type.
    #[error("this is {found}, write {expected}")]
    Type {
        /// What belongs there, with an example.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A required key is not there.
    #[error("the key `{key}` is missing: add `{example}`")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// The key with a value.
        example: &'static str,
    },
    /// An account id without quotes.
    #[error("an account id is text, because a number loses its leading zeros: write `\"{padded}\"`")]
    NumericId {
        /// The number, with its zeros.
        padded: String,
    },
    /// Not twelve digits.
    #[error(transparent)]
    Id(#[from] AccountIdError),
    /// Not fit to be a folder.
    #[error(transparent)]
    Name(#[from] AccountNameError),
    /// The same account twice.
    #[error("the account `{id}` is listed at {first} already: delete one of the two")]
    DuplicateId {
        /// The id.
        id: AccountId,
        /// The earlier place.
        first: Place,
    },
    /// Two accounts with one name, or with names that share a folder where case is ignored.
    #[error(
        "the name `{name}` and `{first_name}` at {first} are one folder on some file systems: \
         give one of the two accounts another name"
    )]
    DuplicateName {
        /// The later name.
        name: AccountName,
        /// The earlier name.
        first_name: AccountName,
        /// The earlier place.
        first: Place,
    },
    /// A name that reads as another account's id.
    #[error("the name is the id of the account at {other}, so neither could be chosen: give this account another name")]
    NameIsOtherId {
        /// The account with that id.
        other: Place,
    },
    /// Not an address range.
    #[error("`{}` is not an address range: write it as `198.51.100.0/24` or `2001:db8::/32`", visible(.written))]
    Cidr {
        /// What is there.
        written: String,
    },
    /// Text that must say something is empty.
    #[error("this is empty: write {expected}, or delete the key")]
    Empty {
        /// What belongs there.
        expected: &'static str,
    },
    /// Two ways to say which role.
    #[error("`role_arn` and `role_name` both say which role to assume: delete one of the two")]
    TwoRoles,
    /// Not the ARN of a role.
    #[error("`{}` is not the ARN of a role: write it as `arn:aws:iam::111122223333:role/NAME`", visible(.written))]
    RoleArn {
        /// What is there.
        written: String,
    },
    /// A role elsewhere: what is collected would be filed under the wrong name.
    #[error("the role is in the account `{role}`, but this account is `{account}`: correct the id or the ARN")]
    RoleOfOtherAccount {
        /// The account in the ARN.
        role: AccountId,
        /// The account it is written for.
        account: AccountId,
    },
    /// Not the name of a role.
    #[error("`{}` is not the name of a role: use letters, digits and `_+=,.@-`, at most 64", visible(.written))]
    RoleName {
        /// What is there.
        written: String,
    },
    /// Not an external id.
    #[error("`{}` is not an external id: use 2 to 1224 letters, digits and `_+=,.@:/-`", visible(.written))]
    ExternalId {
        /// What is there.
        written: String,
    },
    /// Not the name of a profile.
    #[error("`{}` is not the name of a profile: write it as it stands in your AWS configuration", visible(.written))]
    Profile {
        /// What is there.
        written: String,
    },
    /// Not the name of a region.
    #[error("`{}` is not the name of a region: write it as `us-east-1`", visible(.written))]
    Region {
        /// What is there.
        written: String,
    },
}

fn list_problems(path: &std::path::Path, problems: &[Problem]) -> String {
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        more => format!("{more} problems"),
    };
    let lines: String = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    format!("`{}` has {count}:{lines}", path.display())
}

fn list_unknown(path: &std::path::Path, unknown: &[UnknownAccount], names: &[AccountName]) -> String {
    let lines: Vec<String> = unknown
        .iter()
        .map(|UnknownAccount { wanted, suggestion }| {
            let hint = suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default();
            format!("`{}` is not in `{}`{hint}", visible(wanted), path.display())
        })
        .collect();
    format!("{}; {}", lines.join("; "), list_names(names))
}

fn list_names(names: &[AccountName]) -> String {
    if names.is_empty() {
        return "it has no accounts, add one with `cloudmapper configure add-account --name NAME --id ID`".to_owned();
    }
    let listed: Vec<String> = names.iter().take(LISTED_NAMES).map(|name| format!("`{name}`")).collect();
    let more = match names.len().saturating_sub(LISTED_NAMES) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("its accounts are {}{more}", listed.join(", "))
}
