//! Where in the file a value stands: kept as steps, so that places sort as they stand in the file
//! (element 2 before element 10), and shown as a JSON pointer (RFC 6901).

use std::fmt;

use crate::model::visible;

/// A path from the root of a JSON document to one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Index(usize),
    Key(String),
}

impl Place {
    /// The place of a member of the object that stands here.
    pub(super) fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    /// The place of an element of the list that stands here.
    pub(super) fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The place of what holds this value.
    pub(super) fn parent(&self) -> Self {
        Self(self.0.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default())
    }

    fn step(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            // The pointer to the whole document is the empty text, which nobody would see in a message.
            return f.write_str("/");
        }
        for step in &self.0 {
            match step {
                Step::Index(index) => write!(f, "/{index}")?,
                Step::Key(key) => write!(f, "/{}", visible(&key.replace('~', "~0").replace('/', "~1")))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_json_pointer() {
        let root = Place::default();
        assert_eq!(root.to_string(), "/");
        assert_eq!(root.key("accounts").index(2).key("id").to_string(), "/accounts/2/id");
        assert_eq!(root.key("cidrs").key("10.0.0.0/8").to_string(), "/cidrs/10.0.0.0~18");
        assert_eq!(root.key("a~b\n").to_string(), "/a~0b⟨U+000A⟩");
    }

    #[test]
    fn places_sort_as_numbers() {
        let list = Place::default().key("accounts");
        assert!(list.index(2) < list.index(10));
        assert!(list.index(2) < list.index(2).key("id"));
        assert!(list.index(2).key("id") < list.index(3));
    }
}
