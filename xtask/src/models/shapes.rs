//! The shapes that kept operations use, without what is of no use on the wire: documentation,
//! value lists, limits, patterns.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

const SHAPE_KEYS: &[&str] = &[
    "type",
    "required",
    "payload",
    "flattened",
    "locationName",
    "xmlNamespace",
    "timestampFormat",
    "document",
    "streaming",
    "jsonvalue",
    "sensitive",
    "union",
    "wrapper",
];

const MEMBER_KEYS: &[&str] = &[
    "shape",
    "location",
    "locationName",
    "queryName",
    "flattened",
    "xmlAttribute",
    "xmlNamespace",
    "streaming",
    "timestampFormat",
    "hostLabel",
    "idempotencyToken",
    "jsonvalue",
];

/// The shapes of one service's model.
pub(crate) struct Shapes<'a>(pub(crate) &'a Map<String, Value>);

impl Shapes<'_> {
    /// The names of all shapes that `roots` lead to, themselves included.
    ///
    /// # Errors
    /// When a shape is named but not defined.
    pub(crate) fn reachable<'r>(&self, roots: impl IntoIterator<Item = &'r str>) -> Result<BTreeSet<String>> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = roots.into_iter().collect();
        while let Some(name) = open.pop() {
            if seen.insert(name.to_owned()) {
                open.extend(references(self.get(name)?));
            }
        }
        Ok(seen)
    }

    /// Whether any of these shapes is an event stream, which no snapshot can hold.
    pub(crate) fn stream(&self, names: &BTreeSet<String>) -> bool {
        let streams = |name: &String| self.0.get(name).is_some_and(|shape| is_true(shape.get("eventstream")));
        names.iter().any(streams)
    }

    /// The shapes, reduced to the keys that the wire formats need.
    ///
    /// # Errors
    /// When a shape is named but not defined.
    pub(crate) fn reduced(&self, names: &BTreeSet<String>) -> Result<BTreeMap<String, Value>> {
        names.iter().map(|name| Ok((name.clone(), reduce(self.get(name)?)))).collect()
    }

    fn get(&self, name: &str) -> Result<&Value> {
        self.0.get(name).with_context(|| format!("the model names shape `{name}` but has none"))
    }
}

fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

fn references(shape: &Value) -> impl Iterator<Item = &str> {
    let members = shape.get("members").and_then(Value::as_object);
    let members = members.into_iter().flat_map(Map::values);
    let parts = ["member", "key", "value"].into_iter().filter_map(|part| shape.get(part));
    members.chain(parts).filter_map(|member| member.get("shape")).filter_map(Value::as_str)
}

fn reduce(shape: &Value) -> Value {
    let mut reduced = only(shape, SHAPE_KEYS);
    if let Some(members) = shape.get("members").and_then(Value::as_object) {
        let members = members.iter().map(|(name, member)| (name.clone(), Value::Object(only(member, MEMBER_KEYS))));
        reduced.insert("members".to_owned(), members.collect());
    }
    for part in ["member", "key", "value"] {
        if let Some(value) = shape.get(part) {
            reduced.insert(part.to_owned(), Value::Object(only(value, MEMBER_KEYS)));
        }
    }
    Value::Object(reduced)
}

fn only(value: &Value, keys: &[&str]) -> Map<String, Value> {
    let pick = |key: &&str| Some(((*key).to_owned(), value.get(*key)?.clone()));
    keys.iter().filter_map(pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn model() -> Value {
        json!({
            "In": {"type": "structure", "required": ["A"], "documentation": "x",
                   "members": {"A": {"shape": "Text", "location": "uri", "documentation": "x"}, "Self": {"shape": "In"}}},
            "Text": {"type": "string", "enum": ["a"], "min": 1, "pattern": "x"},
            "List": {"type": "list", "member": {"shape": "Map", "locationName": "item"}},
            "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "In"}},
            "Events": {"type": "structure", "eventstream": true, "members": {}},
            "Other": {"type": "string"},
        })
    }

    #[test]
    fn only_reachable_shapes_and_useful_keys_stay() {
        let model = model();
        let shapes = Shapes(model.as_object().unwrap());
        let names = shapes.reachable(["List"]).unwrap();
        assert_eq!(names, ["In", "List", "Map", "Text"].map(str::to_owned).into());
        assert!(!shapes.stream(&names));
        let reduced = shapes.reduced(&names).unwrap();
        assert_eq!(
            json!(reduced),
            json!({
                "In": {"type": "structure", "required": ["A"],
                       "members": {"A": {"shape": "Text", "location": "uri"}, "Self": {"shape": "In"}}},
                "List": {"type": "list", "member": {"shape": "Map", "locationName": "item"}},
                "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "In"}},
                "Text": {"type": "string"},
            })
        );
    }

    #[test]
    fn event_streams_and_missing_shapes_are_seen() {
        let model = model();
        let shapes = Shapes(model.as_object().unwrap());
        assert!(shapes.stream(&shapes.reachable(["Events"]).unwrap()));
        assert!(shapes.reachable(["Nothing"]).is_err());
    }
}
