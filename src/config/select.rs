//! Choosing accounts by what was typed: names, ids, `all`, or nothing for the default.

use super::error::{ConfigError, UnknownAccount};
use super::{Account, Config};
use crate::model::AccountName;

/// The word for every account.
pub(super) const ALL: &str = "all";

/// Longer texts are no misspelt names, and comparing them takes time.
const MAX_COMPARED: usize = 128;

impl Config {
    /// The accounts that are meant, in the order asked for, none twice. Each item is a name, an id, `all`, or a
    /// list of these with commas between; no item at all means the default account.
    ///
    /// # Errors
    /// When no account is the default, when an item is not in the file (then all such items), or when `all`
    /// is nothing.
    pub fn select(&self, wanted: &[String]) -> Result<Vec<&Account>, ConfigError> {
        if wanted.is_empty() {
            return self.default_account().map(|account| vec![account]);
        }
        let mut chosen: Vec<&Account> = Vec::new();
        let mut unknown = Vec::new();
        for item in wanted.iter().flat_map(|item| self.items(item)) {
            let found: Vec<&Account> = match item {
                ALL => self.accounts.iter().collect(),
                _ => self.find(item).into_iter().collect(),
            };
            if found.is_empty() && item != ALL {
                unknown.push(UnknownAccount { wanted: item.to_owned(), suggestion: self.closest(item) });
            }
            for account in found {
                if !chosen.iter().any(|other| other.id == account.id) {
                    chosen.push(account);
                }
            }
        }
        if !unknown.is_empty() {
            return Err(ConfigError::Unknown { path: self.path.clone(), unknown, names: self.names() });
        }
        if chosen.is_empty() {
            return Err(ConfigError::NoAccounts { path: self.path.clone() });
        }
        Ok(chosen)
    }

    fn default_account(&self) -> Result<&Account, ConfigError> {
        let account = self.accounts.iter().find(|account| account.default);
        account.ok_or_else(|| ConfigError::NoDefault { path: self.path.clone(), names: self.names() })
    }

    /// A name may hold a comma, so the whole is tried before its parts; an empty item is kept to be refused,
    /// since it is most likely a variable that was not set.
    fn items<'a>(&self, item: &'a str) -> Vec<&'a str> {
        if self.find(item).is_some() || item.trim().is_empty() {
            return vec![item];
        }
        let parts: Vec<&str> = item.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { vec![item] } else { parts }
    }

    fn find(&self, item: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name.as_str() == item || account.id.as_str() == item)
    }

    fn names(&self) -> Vec<AccountName> {
        self.accounts.iter().map(|account| account.name.clone()).collect()
    }

    /// The name a misspelt one is near to, or the name of the account with an id near to it.
    fn closest(&self, item: &str) -> Option<AccountName> {
        if item.len() > MAX_COMPARED {
            return None;
        }
        let item = item.to_lowercase();
        let allowed = (item.chars().count() / 3).max(1);
        let distance = |account: &&Account| distance(&item, &account.name.folded()).min(distance(&item, account.id.as_str()));
        let nearest = self.accounts.iter().min_by_key(distance)?;
        // Anything is near to a very short text.
        (distance(&nearest) <= allowed && distance(&nearest) < item.chars().count()).then(|| nearest.name.clone())
    }
}

/// How many characters must be added, removed or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut last = i.saturating_add(1);
        let mut next = vec![last];
        for (right, above) in b.iter().zip(row.iter().skip(1)) {
            let changed = diagonal.saturating_add(usize::from(left != *right));
            last = changed.min(above.saturating_add(1)).min(last.saturating_add(1));
            diagonal = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("prod", "prod", 0),
            ("prdo", "prod", 2),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("été", "ete", 2),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }
}
