//! The configuration as written: every value of the JSON type it must have, and the place it stands at.
//! What the values mean is `validate`'s business. Keys that are not known here are ignored.

use serde_json::{Map, Value};

use super::error::{Fault, Problem};
use super::place::Place;

/// The file as written.
#[derive(Debug, Default)]
pub(super) struct RawConfig {
    pub(super) accounts: Vec<RawAccount>,
    pub(super) cidrs: Vec<RawCidr>,
}

/// One element of `accounts`; a value of the wrong type is a problem and left out.
#[derive(Debug)]
pub(super) struct RawAccount {
    pub(super) place: Place,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) default: bool,
    pub(super) tags: Vec<Vec<String>>,
    pub(super) profile: Option<String>,
    pub(super) role_arn: Option<String>,
    pub(super) role_name: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) regions: Option<Vec<(Place, String)>>,
}

/// One member of `cidrs`.
#[derive(Debug)]
pub(super) struct RawCidr {
    pub(super) place: Place,
    pub(super) written: String,
    pub(super) name: Option<String>,
}

const TEXT: &str = "text in double quotes";
const ROOT: &str = "an object such as `{\"accounts\": [], \"cidrs\": {}}`";
const ACCOUNTS: &str = "a list such as `[{\"id\": \"111122223333\", \"name\": \"prod\"}]`";
const ACCOUNT: &str = "an object such as `{\"id\": \"111122223333\", \"name\": \"prod\"}`";
const CIDRS: &str = "an object such as `{\"198.51.100.0/24\": {\"name\": \"office\"}}`";
const CIDR: &str = "an object such as `{\"name\": \"office\"}`";
const FLAG: &str = "`true` or `false` without quotes";
const TAGS: &str = "a list of texts such as `[\"production\"]`";
const TAG: &str = "text in double quotes, or a list of texts";
const REGIONS: &str = "a list of texts such as `[\"us-east-1\"]`";

impl RawConfig {
    /// Takes what has the right type out of the root value, and notes the rest.
    pub(super) fn read(root: &Value, problems: &mut Vec<Problem>) -> Self {
        let place = Place::default();
        let Some(root) = root.as_object() else {
            wrong(problems, place, ROOT, root);
            return Self::default();
        };
        Self { accounts: accounts(root, &place, problems), cidrs: cidrs(root, &place, problems) }
    }
}

fn accounts(root: &Map<String, Value>, place: &Place, problems: &mut Vec<Problem>) -> Vec<RawAccount> {
    let at = place.key("accounts");
    let Some(value) = present(root, "accounts") else {
        missing(problems, place, "accounts", "\"accounts\": []");
        return Vec::new();
    };
    let Some(list) = value.as_array() else {
        wrong(problems, at, ACCOUNTS, value);
        return Vec::new();
    };
    let mut accounts = Vec::new();
    for (index, value) in list.iter().enumerate() {
        match value.as_object() {
            Some(object) => accounts.push(Reader { object, place: at.index(index), problems }.account()),
            None => wrong(problems, at.index(index), ACCOUNT, value),
        }
    }
    accounts
}

fn cidrs(root: &Map<String, Value>, place: &Place, problems: &mut Vec<Problem>) -> Vec<RawCidr> {
    let at = place.key("cidrs");
    let Some(value) = present(root, "cidrs") else {
        return Vec::new();
    };
    let Some(object) = value.as_object() else {
        wrong(problems, at, CIDRS, value);
        return Vec::new();
    };
    let mut cidrs = Vec::new();
    for (written, value) in object {
        let place = at.key(written);
        let name = match value.as_object() {
            Some(object) => Reader { object, place: place.clone(), problems }.required("name", "\"name\": \"office\""),
            None => {
                wrong(problems, place.clone(), CIDR, value);
                None
            }
        };
        cidrs.push(RawCidr { place, written: written.clone(), name });
    }
    cidrs
}

/// Reads the members of one object.
struct Reader<'a> {
    object: &'a Map<String, Value>,
    place: Place,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn account(mut self) -> RawAccount {
        RawAccount {
            id: self.id(),
            name: self.required("name", "\"name\": \"prod\""),
            default: self.flag("default"),
            tags: self.tags(),
            profile: self.text("profile"),
            role_arn: self.text("role_arn"),
            role_name: self.text("role_name"),
            external_id: self.text("external_id"),
            regions: self.regions(),
            place: self.place,
        }
    }

    fn id(&mut self) -> Option<String> {
        if let Some(Value::Number(number)) = self.object.get("id") {
            let fault = match number.as_u64() {
                Some(number) if number < 1_000_000_000_000 => Fault::NumericId { padded: format!("{number:012}") },
                _ => Fault::Type { expected: "the 12 digits in double quotes", found: "a number" },
            };
            self.problems.push(Problem { place: self.place.key("id"), fault });
            return None;
        }
        self.required("id", "\"id\": \"111122223333\"")
    }

    fn required(&mut self, key: &'static str, example: &'static str) -> Option<String> {
        if present(self.object, key).is_none() {
            missing(self.problems, &self.place, key, example);
        }
        self.text(key)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let value = present(self.object, key)?;
        text(value, self.place.key(key), TEXT, self.problems)
    }

    fn flag(&mut self, key: &str) -> bool {
        let Some(value) = present(self.object, key) else {
            return false;
        };
        value.as_bool().unwrap_or_else(|| {
            wrong(self.problems, self.place.key(key), FLAG, value);
            false
        })
    }

    /// A list of texts or of lists of texts; a single text stands for a list of one.
    fn tags(&mut self) -> Vec<Vec<String>> {
        let at = self.place.key("tags");
        match present(self.object, "tags") {
            None => Vec::new(),
            Some(Value::String(tag)) => vec![vec![tag.clone()]],
            Some(Value::Array(list)) => list.iter().enumerate().map(|(index, value)| self.tag(value, &at.index(index))).collect(),
            Some(other) => {
                wrong(self.problems, at, TAGS, other);
                Vec::new()
            }
        }
    }

    fn tag(&mut self, value: &Value, at: &Place) -> Vec<String> {
        match value {
            Value::Array(words) => {
                let words = words.iter().enumerate();
                words.filter_map(|(index, word)| text(word, at.index(index), TEXT, self.problems)).collect()
            }
            other => text(other, at.clone(), TAG, self.problems).into_iter().collect(),
        }
    }

    fn regions(&mut self) -> Option<Vec<(Place, String)>> {
        let at = self.place.key("regions");
        let value = present(self.object, "regions")?;
        let Some(list) = value.as_array() else {
            wrong(self.problems, at, REGIONS, value);
            return None;
        };
        let regions = list.iter().enumerate().filter_map(|(index, value)| {
            let place = at.index(index);
            text(value, place.clone(), TEXT, self.problems).map(|region| (place, region))
        });
        Some(regions.collect())
    }
}

/// A member that says something: `null` is as good as absent.
fn present<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

fn text(value: &Value, place: Place, expected: &'static str, problems: &mut Vec<Problem>) -> Option<String> {
    let text = value.as_str().map(str::to_owned);
    if text.is_none() {
        wrong(problems, place, expected, value);
    }
    text
}

fn wrong(problems: &mut Vec<Problem>, place: Place, expected: &'static str, value: &Value) {
    problems.push(Problem { place, fault: Fault::Type { expected, found: kind(value) } });
}

fn missing(problems: &mut Vec<Problem>, place: &Place, key: &'static str, example: &'static str) {
    problems.push(Problem { place: place.clone(), fault: Fault::MissingKey { key, example } });
}

/// The JSON type of a value, for messages.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(_) => "`true` or `false`",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
