//! Secrets that AWS returns in clear: environment variables, user data, passwords in definitions. They are replaced
//! before anything is written, unless the user wants them. Which shapes hold them is data: `data/secrets.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::api::{Kind, Operation, Service, Shape};
use crate::snapshot::manifest::REDACTED;

static EMBEDDED: &str = include_str!("../../data/secrets.yaml");

#[derive(Debug, Deserialize)]
struct Raw {
    secrets: Vec<Rule>,
    minting: Vec<Minting>,
}

/// What to hide in one shape; `data/secrets.yaml` explains the fields.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    service: String,
    shape: String,
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    only: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    unless: BTreeMap<String, Vec<String>>,
    redact: How,
    #[expect(dead_code, reason = "says to the reader of the file why; must be there")]
    why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum How {
    Values,
    All,
    Url,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Minting {
    service: String,
    operations: Vec<String>,
}

/// Which shapes hold secrets, and which operations hand out credentials.
#[derive(Debug)]
pub struct Secrets {
    /// Service → shape → rules.
    rules: BTreeMap<String, BTreeMap<String, Vec<Rule>>>,
    minting: BTreeSet<String>,
}

impl Secrets {
    /// The list inside this program.
    ///
    /// # Errors
    /// Only when the program is damaged: a test parses it.
    pub fn embedded() -> Result<Self, String> {
        let raw: Raw = serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/secrets.yaml: {error}"))?;
        let mut rules: BTreeMap<String, BTreeMap<String, Vec<Rule>>> = BTreeMap::new();
        for rule in raw.secrets {
            rules.entry(rule.service.clone()).or_default().entry(rule.shape.clone()).or_default().push(rule);
        }
        let named = |row: &Minting| row.operations.iter().map(|operation| format!("{}:{operation}", row.service)).collect::<Vec<_>>();
        Ok(Self { rules, minting: raw.minting.iter().flat_map(named).collect() })
    }

    /// `service:Operation` of everything that hands out credentials or contents, and is never called unasked.
    #[must_use]
    pub fn minting(&self) -> &BTreeSet<String> {
        &self.minting
    }

    /// Replaces the secrets in an answer; returns how many there were.
    pub fn redact(&self, service: &Service, operation: &Operation, answer: &mut Map<String, Value>) -> u32 {
        let Some(rules) = self.rules.get(&service.name) else { return 0 };
        let Some(output) = operation.output.as_deref() else { return 0 };
        let mut walk = Walk { service, rules, count: 0 };
        walk.fields(output, answer);
        walk.count
    }
}

struct Walk<'w> {
    service: &'w Service,
    rules: &'w BTreeMap<String, Vec<Rule>>,
    count: u32,
}

impl Walk<'_> {
    fn fields(&mut self, name: &str, fields: &mut Map<String, Value>) {
        let Some(shape) = self.service.shape(name) else { return };
        for rule in self.rules.get(name).into_iter().flatten() {
            self.apply(rule, fields);
        }
        for (field, value) in fields {
            if let Some(inner) = inner(shape, field) {
                self.value(inner, value);
            }
        }
    }

    fn value(&mut self, name: &str, value: &mut Value) {
        match value {
            Value::Object(fields) => self.fields(name, fields),
            Value::Array(items) => {
                for rule in self.rules.get(name).into_iter().flatten() {
                    items.iter_mut().filter_map(Value::as_object_mut).for_each(|fields| self.apply(rule, fields));
                }
                let Some(item) = self.service.shape(name).and_then(|shape| shape.member.as_ref()) else { return };
                items.iter_mut().for_each(|value| self.value(&item.shape, value));
            }
            _ => {
                for rule in self.rules.get(name).into_iter().flatten() {
                    self.hide(rule.redact, value);
                }
            }
        }
    }

    /// Hides members of a structure, or values of a map.
    fn apply(&mut self, rule: &Rule, fields: &mut Map<String, Value>) {
        let has = |(name, values): (&String, &Vec<String>)| {
            fields.get(name).and_then(Value::as_str).is_some_and(|text| values.iter().any(|value| value == text))
        };
        if (!rule.only.is_empty() && !rule.only.iter().any(has)) || rule.unless.iter().any(has) {
            return;
        }
        for (name, value) in fields {
            let named =
                if rule.members.is_empty() { rule.keys.is_empty() || rule.keys.contains(name) } else { rule.members.contains(name) };
            if named {
                self.hide(rule.redact, value);
            }
        }
    }

    /// Names stay, values go: that a function has a variable `DB_PASSWORD` is worth knowing.
    fn hide(&mut self, how: How, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|value| self.hide(how, value)),
            Value::Array(items) => items.iter_mut().for_each(|value| self.hide(how, value)),
            Value::String(text) if !text.is_empty() && text != REDACTED => {
                let hidden = if how == How::Url { without_path(text) } else { Some(REDACTED.to_owned()) };
                if let Some(hidden) = hidden.filter(|hidden| hidden != text) {
                    *text = hidden;
                    self.count += 1;
                }
            }
            _ => {}
        }
    }
}

/// `https://host/**REDACTED**`; `None` when the text is no web address, or has nothing behind the host.
fn without_path(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let (host, path) = rest.split_once(['/', '?'])?;
    let host = host.rsplit('@').next().unwrap_or(host);
    (!path.is_empty()).then(|| format!("{scheme}://{host}/{REDACTED}"))
}

/// The shape of a field.
fn inner<'s>(shape: &'s Shape, field: &str) -> Option<&'s str> {
    match shape.kind {
        Kind::Map => shape.value.as_ref().map(|member| member.shape.as_str()),
        _ => shape.members.get(field).map(|member| member.shape.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::collector::api::Api;

    #[expect(clippy::needless_pass_by_value, reason = "reads better with `json!` in place")]
    fn redacted(service: &str, operation: &str, answer: Value) -> (Value, u32) {
        let service = Api::embedded().unwrap().service(service).unwrap().unwrap();
        let mut answer = answer.as_object().cloned().unwrap();
        let count = Secrets::embedded().unwrap().redact(&service, &service.operations[operation], &mut answer);
        (Value::Object(answer), count)
    }

    #[test]
    fn variables_keep_their_names() {
        let answer = json!({"Functions": [{"FunctionName": "f", "Environment": {"Variables": {"DB_PASSWORD": "hunter2", "EMPTY": ""}}}]});
        let hidden = json!({"Functions": [{"FunctionName": "f", "Environment": {"Variables": {"DB_PASSWORD": REDACTED, "EMPTY": ""}}}]});
        assert_eq!(redacted("lambda", "ListFunctions", answer), (hidden, 1));
    }

    #[test]
    fn names_of_secrets_are_no_secrets() {
        let project = |kind: &str, value: &str| json!({"projects": [{"environment": {"environmentVariables": [{"name": "A", "type": kind, "value": value}]}}]});
        assert_eq!(redacted("codebuild", "BatchGetProjects", project("PLAINTEXT", "x")), (project("PLAINTEXT", REDACTED), 1));
        assert_eq!(redacted("codebuild", "BatchGetProjects", project("SECRETS_MANAGER", "x")), (project("SECRETS_MANAGER", "x"), 0));
    }

    #[test]
    fn task_definitions_and_user_data() {
        let task = json!({"taskDefinition": {"containerDefinitions": [{"name": "c", "environment": [{"name": "K", "value": "v"}]}]}});
        assert_eq!(redacted("ecs", "DescribeTaskDefinition", task).1, 1);
        let (answer, count) = redacted("ec2", "DescribeInstanceAttribute", json!({"InstanceId": "i-1", "UserData": {"Value": "c2VjcmV0"}}));
        assert_eq!((answer, count), (json!({"InstanceId": "i-1", "UserData": {"Value": REDACTED}}), 1));
    }

    #[test]
    fn every_rule_names_a_shape_that_exists() {
        let api = Api::embedded().unwrap();
        for (service, shapes) in &Secrets::embedded().unwrap().rules {
            let service = api.service(service).unwrap().unwrap();
            for (name, rules) in shapes {
                let shape = service.shape(name).unwrap_or_else(|| panic!("{} has no shape {name}", service.name));
                for member in rules.iter().flat_map(|rule| &rule.members) {
                    let of = shape.member.as_ref().and_then(|item| service.shape(&item.shape)).unwrap_or(shape);
                    assert!(of.members.contains_key(member), "{} {name} has no member {member}", service.name);
                }
            }
        }
    }
}
