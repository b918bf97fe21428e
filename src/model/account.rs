//! The two ways an account is called: its id at AWS and its name here, which is also the name of its folder
//! under `account-data/`. Values of these types are safe to join to a path; everything else about an account
//! (its profile, its tags) belongs to the configuration.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::visible;

/// The longest name in bytes: file systems stop at 255, and names of reports are made by adding to it.
const MAX_NAME_BYTES: usize = 128;

/// Characters that Windows refuses in file names; `C:x` would even leave the folder it is joined to.
const WINDOWS_CHARACTERS: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];

/// An AWS account id: exactly twelve ASCII digits, leading zeros included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId([u8; 12]);

/// Why a text is no account id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an account id: write the 12 digits, leading zeros included", visible(.written))]
pub struct AccountIdError {
    written: String,
}

/// Whether a text is an account's id: 12 digits.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl AccountId {
    /// The twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits get past the constructor, so the fallback is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match <[u8; 12]>::try_from(text.as_bytes()) {
            Ok(digits) if is_account_id(text) => Ok(Self(digits)),
            _ => Err(AccountIdError { written: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.as_str().to_owned()
    }
}

impl AsRef<str> for AccountId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({})", self.as_str())
    }
}

/// The name of an account, fit to be one folder on every file system: it can't climb out of `account-data/`,
/// hide, look like an option on a command line, or mean a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName(String);

/// Why a text can't name an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountNameError {
    /// Nothing was written.
    #[error("an account name must not be empty: it names the account's folder")]
    Empty,
    /// Longer than a folder name should be.
    #[error("an account name of {bytes} bytes is too long: use at most {MAX_NAME_BYTES}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// A path separator, an invisible character, or one that some file system refuses.
    #[error(
        "`{}` cannot name an account, because `{}` cannot be in a folder name: use letters, digits, `-` and `_`",
        visible(.name), visible(&.found.to_string())
    )]
    Character {
        /// The name as written.
        name: String,
        /// The first such character.
        found: char,
    },
    /// It starts with `.` (`.` and `..` included), `-` or a space.
    #[error("`{}` cannot name an account: start it with a letter or a digit", visible(.name))]
    Start {
        /// The name as written.
        name: String,
    },
    /// It ends with `.` or a space, which Windows drops.
    #[error("`{}` cannot name an account: end it with a letter or a digit", visible(.name))]
    End {
        /// The name as written.
        name: String,
    },
    /// Windows takes it for a device.
    #[error("`{}` cannot name an account: Windows reserves it for a device, choose another name", visible(.name))]
    Reserved {
        /// The name as written.
        name: String,
    },
}

impl AccountName {
    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names share when a file system that ignores case would give them the same folder.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for AccountName {
    type Err = AccountNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for AccountName {
    type Error = AccountNameError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        if name.is_empty() {
            return Err(AccountNameError::Empty);
        }
        if name.len() > MAX_NAME_BYTES {
            return Err(AccountNameError::TooLong { bytes: name.len() });
        }
        if let Some(found) = name.chars().find(|c| is_refused(*c)) {
            return Err(AccountNameError::Character { name, found });
        }
        if name.starts_with(|c: char| c == '.' || c == '-' || c.is_whitespace()) {
            return Err(AccountNameError::Start { name });
        }
        if name.ends_with(|c: char| c == '.' || c.is_whitespace()) {
            return Err(AccountNameError::End { name });
        }
        if is_device(&name) {
            return Err(AccountNameError::Reserved { name });
        }
        Ok(Self(name))
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> Self {
        name.0
    }
}

impl AsRef<str> for AccountName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Separators, control characters, and characters that make a name read as another one: line separators, the
/// byte order mark, and the marks that turn the direction of text.
fn is_refused(c: char) -> bool {
    c == '/'
        || c == '\\'
        || c.is_control()
        || WINDOWS_CHARACTERS.contains(&c)
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether Windows opens a device for this name; an extension or spaces before it do not help.
/// See <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|rest| {
        let mut digits = rest.chars();
        let first = digits.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'));
        first && digits.next().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_error(text: &str) -> AccountNameError {
        text.parse::<AccountName>().unwrap_err()
    }

    #[test]
    fn an_id_is_twelve_digits() {
        let id: AccountId = "001122223333".parse().unwrap();
        assert_eq!(id.as_str(), "001122223333");
        assert_eq!(id.to_string(), "001122223333");
        assert_eq!(format!("{id:>14}|{id:?}"), "  001122223333|AccountId(001122223333)");
        for bad in ["", "11112222333", "1111222233334", "11112222333x", " 11112222333", "١١١١٢٢", "1111-2222-33"] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_error_shows_what_was_written_without_control_characters() {
        let error = "12\u{1b}[31m".parse::<AccountId>().unwrap_err().to_string();
        assert_eq!(error, "`12⟨U+001B⟩[31m` is not an account id: write the 12 digits, leading zeros included");
    }

    #[test]
    fn ids_and_names_pass_through_json_checked() {
        let id: AccountId = serde_json::from_str("\"111122223333\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"111122223333\"");
        assert!(serde_json::from_str::<AccountId>("111122223333").is_err());
        assert!(serde_json::from_str::<AccountId>("\"1\"").is_err());
        let name: AccountName = serde_json::from_str("\"prod\"").unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"prod\"");
        assert!(serde_json::from_str::<AccountName>("\"../x\"").is_err());
    }

    #[test]
    fn ordinary_names_are_accepted() {
        for good in ["prod", "Prod EU", "a", "2", "prod_1-b", "données", "本番", "a.b", "x-", "com10", "console", "nul1", "a,b"] {
            let name: AccountName = good.parse().unwrap();
            assert_eq!(name.as_ref(), good);
            assert_eq!(String::from(name), good);
        }
        assert!("é".repeat(64).parse::<AccountName>().is_ok());
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        for bad in ["..", ".", "../x", "a/b", "/etc", "a\\b", "..\\x", "C:x", ".hidden", "a/../b", "x/..", "/"] {
            assert!(bad.parse::<AccountName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn every_refusal_says_why() {
        assert_eq!(name_error(""), AccountNameError::Empty);
        assert_eq!(name_error(&"é".repeat(65)), AccountNameError::TooLong { bytes: 130 });
        assert!(matches!(name_error("x\0"), AccountNameError::Character { found: '\0', .. }));
        assert!(matches!(name_error("x\ny"), AccountNameError::Character { found: '\n', .. }));
        assert!(matches!(name_error("x\u{202e}y"), AccountNameError::Character { .. }));
        assert!(matches!(name_error("a?"), AccountNameError::Character { found: '?', .. }));
        for start in ["..", ".a", "-rf", " a", "\u{a0}a", " "] {
            assert!(matches!(name_error(start), AccountNameError::Start { .. }), "{start}");
        }
        for end in ["a.", "a ", "a\u{3000}"] {
            assert!(matches!(name_error(end), AccountNameError::End { .. }), "{end}");
        }
        for device in ["CON", "con", "Nul", "aux.json", "COM1", "lpt9.x", "COM0", "com¹", "nul .txt", "CONIN$"] {
            assert!(matches!(name_error(device), AccountNameError::Reserved { .. }), "{device}");
        }
    }

    #[test]
    fn messages_escape_what_was_written() {
        let message = name_error("a\u{1b}/b").to_string();
        assert_eq!(
            message,
            "`a⟨U+001B⟩/b` cannot name an account, because `⟨U+001B⟩` cannot be in a folder name: \
             use letters, digits, `-` and `_`"
        );
    }

    #[test]
    fn folding_ignores_case() {
        let upper: AccountName = "PRÖD".parse().unwrap();
        let lower: AccountName = "pröd".parse().unwrap();
        assert_ne!(upper, lower);
        assert_eq!(upper.folded(), lower.folded());
    }
}
