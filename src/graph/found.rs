//! What programs say of the things that techniques need.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::answers::Bits;
use crate::model::Many;

/// One output; the head of `data/escalations.yaml` says what each part means.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    /// The resource; of an inline policy, what the estate calls it.
    pub(super) arn: String,
    /// The role that it runs as; given and null: none.
    #[serde(deserialize_with = "given")]
    pub(super) role: Option<Option<Many>>,
    /// An instance profile in its place.
    #[serde(deserialize_with = "given")]
    pub(super) profile: Option<Option<String>>,
    /// Given and null: nobody knows.
    #[serde(deserialize_with = "given")]
    pub(super) ready: Option<Option<bool>>,
    /// The reason for either.
    pub(super) why: Option<String>,
    /// Its tags, where they are known.
    pub(super) tags: Option<BTreeMap<String, String>>,
    /// The internet must reach it there.
    pub(super) reach: Option<String>,
    /// For templates.
    #[serde(flatten)]
    pub(super) fields: serde_json::Map<String, Value>,
}

/// Tells what is null from what is not there.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Found {
    /// Whether it can be used; unknown where nobody knows.
    fn readiness(&self) -> Option<bool> {
        self.ready.unwrap_or(Some(true))
    }
}

/// A thing, and where it is.
#[derive(Debug)]
pub(super) struct Located {
    /// Tells it from all others of the account.
    pub(super) id: u32,
    pub(super) found: Found,
    /// Its Region; none for what is global, or stands for what was not collected.
    pub(super) region: Option<String>,
    /// It stands for what was not collected.
    pub(super) supposed: bool,
    /// The principals that it runs as, or that have it; none where any will do.
    pub(super) roles: Option<Bits>,
}

impl Located {
    /// Whether it can be used; unknown where nobody knows.
    pub(super) fn readiness(&self) -> Option<bool> {
        if self.supposed { None } else { self.found.readiness() }
    }

    /// What a program said of a field, beside those that have a meaning of their own. Of what was not collected, `*`.
    pub(super) fn field(&self, name: &str) -> Value {
        match self.found.fields.get(name) {
            Some(value) => value.clone(),
            None if self.supposed => Value::String("*".to_owned()),
            None => Value::Null,
        }
    }
}
