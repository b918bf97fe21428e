//! Why a change of the configuration file is refused, and how it is said.

use std::io;
use std::path::PathBuf;

use ipnet::IpNet;

use super::super::error::ConfigError;
use super::super::place::Place;
use crate::model::{AccountId, visible};

/// Why the file was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// It can't be read, or is not JSON.
    #[error(transparent)]
    Open(#[from] ConfigError),
    /// A part that we would have to add to has another JSON type.
    #[error("`{}` cannot be changed: {place} is {found}, write {expected}", .path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The part.
        place: Place,
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// Rewriting would keep only the last of two members with the same key.
    #[error("`{}` cannot be changed: {place} is there twice, and one would be lost; delete one of the two", .path.display())]
    RepeatedKey {
        /// The file.
        path: PathBuf,
        /// The later of the two.
        place: Place,
    },
    /// The id to add is there.
    #[error("the account `{id}` is in `{}` already, as `{}`: remove it first", .path.display(), visible(.name))]
    IdExists {
        /// The file.
        path: PathBuf,
        /// The id.
        id: AccountId,
        /// What it is called there.
        name: String,
    },
    /// The name to add is there, perhaps in other case.
    #[error("the name `{}` is in `{}` already: choose another name, or remove it first", visible(.name), .path.display())]
    NameExists {
        /// The file.
        path: PathBuf,
        /// The name as it stands there.
        name: String,
    },
    /// The name to add is the id of another account, or the other way round.
    #[error("`{text}` would be the name of one account and the id of another: choose another name")]
    NameIsOtherId {
        /// The text that is both.
        text: String,
    },
    /// Not an address range.
    #[error("`{}` is not an address range: write it as `198.51.100.0/24` or `2001:db8::/32`", visible(.written))]
    Cidr {
        /// What was written.
        written: String,
    },
    /// The range to add is there.
    #[error("the range `{net}` is in `{}` already, as `{}`: remove it first", .path.display(), visible(.name))]
    CidrExists {
        /// The file.
        path: PathBuf,
        /// The range.
        net: IpNet,
        /// What it is called there.
        name: String,
    },
    /// A range without a name says nothing.
    #[error("the name of an address range must not be empty: say what it is known as")]
    EmptyName,
    /// Neither of two things to look for was given.
    #[error("nothing says what to remove: give {either}, or both")]
    NothingWanted {
        /// The two.
        either: &'static str,
    },
    /// Nothing is as described.
    #[error("`{}` has no {what} with {}, so nothing was removed", .path.display(), visible(.wanted))]
    NoMatch {
        /// The file.
        path: PathBuf,
        /// Account or address range.
        what: &'static str,
        /// What was looked for.
        wanted: String,
    },
    /// The new text can't be put in place; the old one is still there.
    #[error("cannot write the configuration file `{}`, it is as it was", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
