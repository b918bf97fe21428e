//! The context of a request: condition keys and their values, as far as they are known.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::catalog::{ActionId, Catalog};
use super::policy::pattern::Pattern;

/// The name of a condition key. AWS compares them without regard to case, the part after the `/` too.
#[derive(Clone)]
pub struct Key {
    written: Box<str>,
    lower: Box<str>,
}

impl Key {
    /// A key by its name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { written: name.into(), lower: name.to_lowercase().into() }
    }

    /// The name in lower case.
    #[must_use]
    pub fn lower(&self) -> &str {
        &self.lower
    }
}

impl fmt::Display for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.written)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.written)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.lower == other.lower
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.lower.cmp(&other.lower)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.lower.hash(state);
    }
}

/// What is known of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known<'a> {
    /// The request has it, with these values.
    Values(&'a [String]),
    /// The request does not have it.
    Absent,
    /// It has it, with one value like this.
    Like(&'a Pattern),
    /// It may have it or not, and with any value.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Values(Vec<String>),
    Absent,
    Like(Pattern),
    Unknown,
}

/// All keys of a request.
#[derive(Debug, Clone)]
pub struct Context {
    /// What holds where nothing is said here.
    base: Option<Arc<Self>>,
    entries: BTreeMap<Box<str>, Entry>,
    others_unknown: bool,
    /// Beginnings of keys that are absent unless they are set.
    absent: Vec<Box<str>>,
    /// What is asked about: requests do not have the keys of other actions.
    action: Option<(&'static Catalog, ActionId)>,
}

impl Context {
    /// A request that has no key but those that are set.
    #[must_use]
    pub fn absent() -> Self {
        Self { base: None, entries: BTreeMap::new(), others_unknown: false, absent: Vec::new(), action: None }
    }

    /// A request of which nothing is known but what is set.
    #[must_use]
    pub fn unknown() -> Self {
        Self { others_unknown: true, ..Self::absent() }
    }

    /// A request like another one, to which more can be said.
    #[must_use]
    pub fn over(base: &Arc<Self>) -> Self {
        Self { base: Some(base.clone()), others_unknown: base.others_unknown, action: base.action, ..Self::absent() }
    }

    fn entry(&self, lower: &str) -> Option<&Entry> {
        self.entries.get(lower).or_else(|| self.base.as_ref()?.entry(lower))
    }

    fn is_ruled_out(&self, lower: &str) -> bool {
        self.absent.iter().any(|beginning| lower.starts_with(&**beginning))
            || self.base.as_ref().is_some_and(|base| base.is_ruled_out(lower))
    }

    /// The request has the key, with these values.
    pub fn set<T: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        self.entries.insert(key.to_lowercase().into(), Entry::Values(values.into_iter().map(Into::into).collect()));
    }

    /// The request has the key, with one value like this pattern.
    pub fn set_like(&mut self, key: &str, pattern: &str) {
        self.entries.insert(key.to_lowercase().into(), Entry::Like(Pattern::new(pattern)));
    }

    /// The request does not have the key.
    pub fn set_absent(&mut self, key: &str) {
        self.entries.insert(key.to_lowercase().into(), Entry::Absent);
    }

    /// It may have the key.
    pub fn set_unknown(&mut self, key: &str) {
        self.entries.insert(key.to_lowercase().into(), Entry::Unknown);
    }

    /// The request has no key that begins like this, but those that are set.
    pub fn others_absent(&mut self, beginning: &str) {
        self.absent.push(beginning.to_lowercase().into());
    }

    /// The request is for this action: of the keys that are not set, those that AWS documents for the service, and not for
    /// the action, are absent.
    pub fn set_action(&mut self, catalog: &'static Catalog, action: Option<ActionId>) {
        self.action = action.map(|action| (catalog, action));
    }

    fn applies(&self, key: &str) -> bool {
        if self.is_ruled_out(key) {
            return false;
        }
        let Some((catalog, action)) = self.action else { return true };
        // Only keys of the action's own service are listed with its actions.
        match catalog.key(key) {
            Some(known) if !known.global && key.split(':').next() == Some(catalog.service_of(action)) => {
                catalog.condition_keys(action).iter().any(|listed| std::ptr::eq(*listed, known) || listed.means(key))
            }
            _ => true,
        }
    }

    /// Whether something was said about the key.
    #[must_use]
    pub fn says(&self, key: &str) -> bool {
        self.entry(key.to_lowercase().as_str()).is_some()
    }

    /// What is known of a key.
    #[must_use]
    pub fn get(&self, key: &Key) -> Known<'_> {
        match self.entry(key.lower()) {
            Some(Entry::Values(values)) => Known::Values(values),
            Some(Entry::Absent) => Known::Absent,
            Some(Entry::Like(pattern)) => Known::Like(pattern),
            Some(Entry::Unknown) => Known::Unknown,
            None if self.others_unknown && self.applies(key.lower()) => Known::Unknown,
            None => Known::Absent,
        }
    }
}
