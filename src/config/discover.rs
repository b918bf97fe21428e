//! Adding the accounts that an organization says it has. Asking the organization is not done here; its answer
//! is foreign text, and only what is fit to name a folder gets into the file.

use serde_json::json;

use super::edit::ConfigFile;
use super::select;
use crate::model::{AccountId, AccountName};

/// Leaves room for what is added to make a name unique.
const MAX_SLUG: usize = 100;

/// An account of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name there: any text.
    pub name: String,
    /// `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, or whatever AWS adds to these.
    pub status: String,
}

/// What became of the accounts that were discovered, each list in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct DiscoveryReport {
    /// New in the file, under these names.
    pub added: Vec<(AccountId, AccountName)>,
    /// In the file before.
    pub already: Vec<AccountId>,
    /// Left out, because their status is not `ACTIVE`.
    pub skipped: Vec<(AccountId, String)>,
}

impl ConfigFile {
    /// Adds the active accounts that are not in the file, under names made from theirs.
    pub fn add_discovered(&mut self, discovered: &[DiscoveredAccount]) -> DiscoveryReport {
        let mut report = DiscoveryReport::default();
        for DiscoveredAccount { id, name, status } in discovered {
            if self.with_id(id).is_some() {
                report.already.push(*id);
            } else if status != "ACTIVE" {
                report.skipped.push((*id, status.clone()));
            } else if let Some(name) = self.free_name(&slug(name), *id) {
                self.accounts.push(json!({ "id": id.as_str(), "name": name.as_str() }));
                report.added.push((*id, name));
            }
        }
        report
    }

    /// The slug itself, or the slug with enough added to be nobody else's name.
    fn free_name(&self, slug: &str, id: AccountId) -> Option<AccountName> {
        let last_four: String = id.as_str().chars().skip(8).collect();
        let numbered = (2u64..).map(|number| format!("{slug}-{id}-{number}"));
        [slug.to_owned(), format!("{slug}-{last_four}"), format!("{slug}-{id}")]
            .into_iter()
            .chain(numbered)
            .filter_map(|name| name.parse::<AccountName>().ok())
            .find(|name| self.is_free(name.as_str(), id))
    }

    fn is_free(&self, name: &str, id: AccountId) -> bool {
        let reads_as_other = name == select::ALL || name.parse().is_ok_and(|other: AccountId| other != id);
        !reads_as_other && self.with_name(name).is_none()
    }
}

/// Letters and digits of ASCII, `-` and `_`, in lower case, at most [`MAX_SLUG`] of them; never empty.
fn slug(name: &str) -> String {
    let slug: String = name
        .trim()
        .chars()
        .take(MAX_SLUG)
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "account".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs() {
        for (name, expected) in [
            ("Prod", "prod"),
            ("  Prod (EU) ", "prod--eu"),
            ("a_b-c", "a_b-c"),
            ("../../etc/passwd", "etc-passwd"),
            ("-rf", "rf"),
            ("Données", "donn-es"),
            ("本番", "account"),
            ("", "account"),
            ("\u{1b}[31mred", "31mred"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
        assert_eq!(slug(&"x".repeat(4000)).len(), 100);
    }
}
