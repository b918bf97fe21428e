//! What AWS documents of its actions, resource types and condition keys, and the policies it
//! manages, as tables in memory.
//!
//! It answers questions about names. It knows nothing of statements, principals or decisions, and
//! nothing of a snapshot.

mod actions;
mod managed;
mod pattern;
mod reference;

use std::cmp::Ordering;
use std::sync::OnceLock;

pub use self::actions::{ActionId, ActionSet};
pub use self::managed::{ManagedPolicy, managed_policies_version, managed_policy};
pub use self::reference::{AccessLevel, Key, KeyType, ResourceType, ValueType};

use self::pattern::Pattern;
use self::reference::{Action, Service, Tables};

/// Made by the developer task `iam-reference`.
static EMBEDDED: &[u8] = include_bytes!("../../../data/iam-reference.bin");

/// Of the text that is unpacked, in bytes: many times what is needed.
const LARGEST: usize = 64 << 20;

/// Why the tables cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The compressed data is damaged.
    #[error("cannot unpack the embedded IAM data: {0}; build the program again from unchanged sources")]
    Unpack(String),
    /// The text is not what this version of the program reads.
    #[error("the embedded IAM data has another form than expected in line {line}; build the program again from unchanged sources")]
    Format {
        /// Counted from 1.
        line: usize,
    },
}

/// Everything that AWS documents of its actions.
#[derive(Debug)]
pub struct Catalog {
    tables: Tables,
}

/// A resource type that an action works on.
#[derive(Clone, Copy, Debug)]
pub struct ResourceUse<'a> {
    /// The type, with its ARN pattern.
    pub kind: &'a ResourceType,
    /// The action needs a resource of this type; otherwise it is one of several choices, or an extra.
    pub required: bool,
}

impl Catalog {
    /// The tables that the program carries, unpacked at the first call.
    ///
    /// # Errors
    /// When the data was damaged after it was made.
    pub fn embedded() -> Result<&'static Self, CatalogError> {
        static CATALOG: OnceLock<Result<Catalog, CatalogError>> = OnceLock::new();
        CATALOG.get_or_init(|| Self::unpack(EMBEDDED)).as_ref().map_err(Clone::clone)
    }

    fn unpack(bytes: &[u8]) -> Result<Self, CatalogError> {
        Ok(Self { tables: Tables::parse(unpack(bytes)?)? })
    }

    /// Where the facts are from: package and version.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.tables.version
    }

    /// Every action.
    #[must_use]
    pub fn all(&self) -> ActionSet {
        ActionSet::range(0, self.count())
    }

    /// Every action that is not in the set.
    #[must_use]
    pub fn complement(&self, set: &ActionSet) -> ActionSet {
        set.complement(self.count())
    }

    /// The action with this name, upper and lower case being the same.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<ActionId> {
        let found = self.tables.actions.binary_search_by(|action| pattern::compare(action.name, name));
        found.ok().and_then(|place| u32::try_from(place).ok()).map(ActionId)
    }

    /// Every action that the pattern of a policy means: `*` is any text and `?` any character, and
    /// upper and lower case are the same. A pattern without a colon means nothing, save for `*`.
    #[must_use]
    pub fn expand(&self, pattern: &str) -> ActionSet {
        let Some((services, names)) = pattern.split_once(':') else {
            return if pattern::is_everything(pattern) { self.all() } else { ActionSet::default() };
        };
        let (services, names) = (Pattern::new(services), Pattern::new(names));
        let mut set = ActionSet::default();
        for service in self.services_like(services) {
            self.expand_in(service, names, &mut set);
        }
        set
    }

    fn services_like(&self, pattern: Pattern<'_>) -> impl Iterator<Item = &Service> {
        let services = match pattern.literal() {
            Some(prefix) => self.service(prefix).map_or(&[][..], std::slice::from_ref),
            None => &self.tables.services,
        };
        services.iter().filter(move |service| pattern.matches(service.prefix))
    }

    fn service(&self, prefix: &[u8]) -> Option<&Service> {
        let services = &self.tables.services;
        let found = services.binary_search_by(|service| pattern::compare_services(service.prefix.as_bytes(), prefix));
        services.get(found.ok()?)
    }

    fn expand_in(&self, service: &Service, pattern: Pattern<'_>, set: &mut ActionSet) {
        let actions = self.tables.actions.get(service.actions.0 as usize..service.actions.1 as usize).unwrap_or_default();
        let local = |action: &Action| action.name.get(service.prefix.len() + 1..).unwrap_or_default();
        let start = actions.partition_point(|action| pattern.compare_head(local(action)) == Ordering::Less);
        let end = actions.partition_point(|action| pattern.compare_head(local(action)) != Ordering::Greater);
        let ids = service.actions.0..;
        if pattern.is_prefix() {
            let id = |place: usize| service.actions.0.saturating_add(u32::try_from(place).unwrap_or(u32::MAX));
            set.append(id(start), id(end));
            return;
        }
        for (id, action) in ids.zip(actions).skip(start).take(end.saturating_sub(start)) {
            if pattern.matches(local(action)) {
                set.append(id, id.saturating_add(1));
            }
        }
    }

    /// How AWS writes the action, with its service; empty for an id of another catalogue.
    #[must_use]
    pub fn name(&self, id: ActionId) -> &'static str {
        self.get(id).map_or("", |action| action.name)
    }

    /// The prefix of the action's service, as in `s3`; empty for an id of another catalogue.
    #[must_use]
    pub fn service_of(&self, id: ActionId) -> &'static str {
        self.name(id).split_once(':').map_or("", |(service, _)| service)
    }

    /// What kind of access the action gives; `None` for an id of another catalogue.
    #[must_use]
    pub fn access_level(&self, id: ActionId) -> Option<AccessLevel> {
        self.get(id).map(|action| action.level)
    }

    /// The resource types that the action works on; none where it takes only `*`.
    pub fn resource_types(&self, id: ActionId) -> impl Iterator<Item = ResourceUse<'_>> {
        self.get(id).into_iter().flat_map(|action| self.tables.uses_of(action)).filter_map(|used| {
            let kind = self.tables.types.get(used.kind as usize)?;
            Some(ResourceUse { kind, required: used.required })
        })
    }

    /// The ARN patterns of the resource types that the action works on.
    pub fn resource_arns_for(&self, id: ActionId) -> impl Iterator<Item = &'static str> {
        self.resource_types(id).map(|used| used.kind.arn)
    }

    /// The condition keys that AWS lists for the action or one of its resource types, by name.
    /// Global keys are only among them where AWS lists them: see [`Key::global`].
    #[must_use]
    pub fn condition_keys(&self, id: ActionId) -> Vec<&Key> {
        let Some(action) = self.get(id) else { return Vec::new() };
        let mut numbers = self.tables.list(action.keys).to_vec();
        for used in self.tables.uses_of(action) {
            numbers.extend_from_slice(self.tables.list(used.keys));
            let kind = self.tables.types.get(used.kind as usize);
            numbers.extend_from_slice(kind.map_or(&[], |kind| self.tables.list(kind.keys)));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| self.tables.keys.get(usize::from(number))).collect()
    }

    /// Whether AWS has a service with this prefix, upper and lower case being the same.
    #[must_use]
    pub fn has_service(&self, prefix: &str) -> bool {
        self.service_name(prefix).is_some()
    }

    /// What AWS calls the service with this prefix.
    #[must_use]
    pub fn service_name(&self, prefix: &str) -> Option<&'static str> {
        self.service(prefix.as_bytes()).map(|service| service.name)
    }

    /// What AWS documents of a condition key, upper and lower case being the same. Where AWS has a
    /// placeholder, as in `aws:PrincipalTag/${TagKey}`, any text may stand.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Key> {
        let place = match self.tables.keys.binary_search_by(|key| pattern::compare(key.name, name)) {
            Ok(place) => place,
            Err(_) => self.tables.templates.iter().find(|(template, _)| Pattern::new(template).matches(name))?.1,
        };
        self.tables.keys.get(place)
    }

    /// The type of a condition key: see [`Self::key`].
    #[must_use]
    pub fn key_type(&self, name: &str) -> Option<KeyType> {
        self.key(name).map(|key| key.kind)
    }

    fn get(&self, id: ActionId) -> Option<&Action> {
        self.tables.actions.get(id.0 as usize)
    }

    fn count(&self) -> u32 {
        u32::try_from(self.tables.actions.len()).unwrap_or(u32::MAX)
    }
}

/// Unpacked text stays for as long as the program runs, so that names can be handed out freely.
fn unpack(bytes: &[u8]) -> Result<&'static str, CatalogError> {
    let damaged = |what: &str| CatalogError::Unpack(what.to_owned());
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten();
    let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= LARGEST);
    let size = size.ok_or_else(|| damaged("no size in its first bytes"))?;
    let text = zstd::bulk::decompress(bytes, size).map_err(|error| damaged(&error.to_string()))?;
    let text = String::from_utf8(text).map_err(|error| damaged(&error.to_string()))?;
    Ok(text.leak())
}

#[cfg(test)]
mod tests;
