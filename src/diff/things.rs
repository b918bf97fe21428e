//! The resources of a snapshot: what lists of stored answers name, and a number for what is said of each.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::DiffError;
use crate::snapshot::{Answer, Snapshot};

/// Region, call, thing.
pub(super) type Place = (String, String, String);

/// The resources of one account.
#[derive(Default)]
pub(super) struct Things {
    pub(super) items: BTreeMap<Place, u64>,
    /// Region and call of whole answers.
    known: BTreeSet<(String, String)>,
}

impl Things {
    /// Whether a thing that is not there is gone.
    pub(super) fn is_known(&self, (region, call, _): &Place) -> bool {
        self.known.contains(&(region.clone(), call.clone()))
    }
}

/// Calls whose answers change without anybody changing anything.
const RESTLESS: [&str; 12] = [
    "sts-",
    "cloudwatch-",
    "health-",
    "support-",
    "ce-",
    "iam-get-credential-report",
    "iam-generate-",
    "iam-get-service-last-accessed",
    "iam-get-account-summary",
    "securityhub-get-findings",
    "guardduty-get-findings",
    "inspector2-",
];

/// Members of things that do the same.
const MOVING: [&str; 9] = [
    "lastused",
    "lastaccessed",
    "passwordlastused",
    "lastactivity",
    "lastmodifieddate",
    "approximatenumberofmessages",
    "itemcount",
    "tablesizebytes",
    "storedbytes",
];

/// The lists of single-answer calls.
pub(super) fn of(snapshot: &Snapshot) -> Result<Things, DiffError> {
    let mut things = Things::default();
    for region in snapshot.regions()? {
        for call in calls(snapshot, &region) {
            // What cannot be read is told by the audit, and says nothing of what is gone.
            let Ok(answer) = snapshot.answer::<Value>(&region, &call) else { continue };
            let (value, whole) = match answer {
                Answer::Value(value) => (value, true),
                Answer::Partial(value, _) => (value, false),
                Answer::Empty => (Value::Null, true),
                Answer::NotCollected(_) => continue,
            };
            if whole {
                things.known.insert((region.clone(), call.clone()));
            }
            for list in value.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_array) {
                list.iter().for_each(|item| things.add(&region, &call, item));
            }
        }
    }
    Ok(things)
}

/// The calls with one answer a Region, as far as the manifest knows them.
fn calls(snapshot: &Snapshot, region: &str) -> Vec<String> {
    let beginning = format!("{region}/");
    let files = snapshot.manifest().into_iter().flat_map(|manifest| manifest.calls.range(beginning.clone()..).map(|(file, _)| file));
    let own = files.take_while(|file| file.starts_with(&beginning)).filter_map(|file| file.strip_prefix(&beginning)?.strip_suffix(".json"));
    own.filter(|call| !call.contains('/') && !RESTLESS.iter().any(|other| call.starts_with(other))).map(str::to_owned).collect()
}

impl Things {
    fn add(&mut self, region: &str, call: &str, item: &Value) {
        // Instances stand in reservations, which nobody asks for.
        if let Some(instances) = item.get("Instances").and_then(Value::as_array).filter(|_| item.get("ReservationId").is_some()) {
            instances.iter().for_each(|instance| self.add(region, call, instance));
            return;
        }
        let Some(name) = name(item) else { return };
        let mut hasher = DefaultHasher::new();
        still(item).to_string().hash(&mut hasher);
        self.items.insert((region.to_owned(), call.to_owned(), name), hasher.finish());
    }
}

/// What tells a thing from others: its ARN, else its id, else its name; a text is its own.
fn name(item: &Value) -> Option<String> {
    let members = match item {
        Value::String(text) => return Some(text.clone()),
        Value::Object(members) => members,
        _ => return None,
    };
    let text = |name: &String| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let ending = |ending: &str| {
        let mut names: Vec<&String> = members.keys().filter(|name| name.to_lowercase().ends_with(ending)).collect();
        names.sort_by_key(|name| name.len());
        names.into_iter().find_map(text)
    };
    members
        .keys()
        .find(|name| name.eq_ignore_ascii_case("arn"))
        .and_then(text)
        .or_else(|| ending("id"))
        .or_else(|| ending("arn"))
        .or_else(|| ending("name"))
}

/// A thing without what moves by itself.
fn still(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let quiet = members.iter().filter(|(name, _)| !MOVING.iter().any(|moving| name.to_lowercase().contains(moving)));
            Value::Object(quiet.map(|(name, value)| (name.clone(), still(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(still).collect()),
        other => other.clone(),
    }
}
