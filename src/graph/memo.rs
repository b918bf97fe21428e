//! What has been found, by what it was found for.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::hash::Hash;

use foldhash::HashMap;

/// Answers that are found once.
#[derive(Debug)]
pub(super) struct Memo<K, V>(RefCell<HashMap<K, V>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// The answer for a key. Whoever looks for it may ask for others.
    pub(super) fn of<Q>(&self, key: &Q, find: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(known) = self.0.borrow().get(key) {
            return known.clone();
        }
        let found = find();
        self.0.borrow_mut().insert(key.to_owned(), found.clone());
        found
    }
}
