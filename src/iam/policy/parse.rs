//! JSON to policy. Accepts what AWS accepts and much that it does not; each liberty taken is noted as a problem.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::document::{Actions, Effect, Policy, ResourcePattern, Resources, Statement};
use super::principal::{PrincipalClause, PrincipalName};
use super::problem::{Problem, ProblemKind};
use super::template::Template;
use crate::iam::catalog::Catalog;
use crate::iam::condition::Condition;
use crate::iam::formula::Atom;

const DOCUMENT: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT: &[&str] = &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

pub(super) fn policy(document: &Value, catalog: &Catalog) -> Policy {
    let mut reader = Reader { problems: Vec::new(), variables: true, catalog };
    let decoded = decoded(document);
    let document = decoded.as_ref().unwrap_or(document);
    let statements = reader.document(document);
    if !document.is_object() {
        let mut unknown = Policy::unknown("the policy", catalog);
        unknown.problems = reader.problems;
        return unknown;
    }
    Policy::new(statements, reader.problems)
}

/// Some have the document as text, and IAM's own answers have that percent-encoded.
fn decoded(document: &Value) -> Option<Value> {
    let text = document.as_str()?;
    let plain = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&plain)).ok()
}

/// Where an item of a list is, or what stands for a list of one.
fn pointer_to(pointer: &str, place: Option<usize>) -> String {
    place.map_or_else(|| pointer.to_owned(), |place| format!("{pointer}/{place}"))
}

struct Reader<'c> {
    problems: Vec<Problem>,
    /// Whether the version has policy variables.
    variables: bool,
    catalog: &'c Catalog,
}

impl Reader<'_> {
    fn note(&mut self, pointer: &str, kind: ProblemKind) {
        self.problems.push(Problem { pointer: pointer.to_owned(), kind });
    }

    fn document(&mut self, document: &Value) -> Vec<Statement> {
        let Some(elements) = self.elements(document, "", DOCUMENT) else { return Vec::new() };
        self.variables = match elements.get("Version") {
            // Without a version, AWS reads a policy as one of 2008.
            None => false,
            Some((_, Value::String(version))) if version == "2012-10-17" => true,
            Some((_, Value::String(version))) if version == "2008-10-17" => false,
            Some((pointer, other)) => {
                let written = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
                self.note(pointer, ProblemKind::UnknownVersion(written));
                true
            }
        };
        let statements: Vec<Statement> = match elements.get("Statement") {
            None => {
                self.note("", ProblemKind::Missing("Statement"));
                return Vec::new();
            }
            Some((pointer, Value::Array(statements))) => statements
                .iter()
                .enumerate()
                .filter_map(|(index, value)| self.statement(index, value, format!("{pointer}/{index}")))
                .collect(),
            Some((pointer, single)) => self.statement(0, single, pointer.clone()).into_iter().collect(),
        };
        self.sids(&statements);
        statements
    }

    fn sids(&mut self, statements: &[Statement]) {
        let mut seen = BTreeSet::new();
        for statement in statements {
            if let Some(sid) = statement.sid.as_ref().filter(|sid| !sid.is_empty())
                && !seen.insert(sid)
            {
                self.note(&statement.pointer, ProblemKind::SameSid(sid.clone()));
            }
        }
    }

    /// The elements of an object by AWS's spelling, with their pointers.
    fn elements<'a>(&mut self, value: &'a Value, pointer: &str, known: &[&'static str]) -> Option<Elements<'a>> {
        let Some(object) = value.as_object() else {
            self.note(pointer, ProblemKind::NotAnObject);
            return None;
        };
        let mut elements = Elements::default();
        for (name, value) in object {
            match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                None => self.note(&format!("{pointer}/{}", escape(name)), ProblemKind::UnknownElement(name.clone())),
                Some(known) => {
                    let pointer = format!("{pointer}/{name}");
                    if known != name {
                        self.note(&pointer, ProblemKind::OddCase((*known).to_owned()));
                    }
                    elements.0.push((known, pointer, value));
                }
            }
        }
        Some(elements)
    }

    fn statement(&mut self, index: usize, value: &Value, pointer: String) -> Option<Statement> {
        let elements = self.elements(value, &pointer, STATEMENT)?;
        let effect = self.effect(&elements, &pointer)?;
        let actions = self.actions(&elements, &pointer)?;
        let resources = self.pair(&elements, "Resource", "NotResource").map(|(at, value, negated)| {
            let patterns = self.texts(&at, value).into_iter().map(|(_, text)| ResourcePattern::new(Template::new(&text, self.variables)));
            Resources { negated, patterns: patterns.collect() }
        });
        let principal = self
            .pair(&elements, "Principal", "NotPrincipal")
            .map(|(at, value, negated)| PrincipalClause { negated, names: self.principals(&at, value) });
        // Policies of identities have to say on what; policies of resources may leave it out.
        if resources.is_none() && principal.is_none() {
            self.note(&pointer, ProblemKind::Missing("Resource"));
            return None;
        }
        let (conditions, unreadable) = match elements.get("Condition") {
            None => (Vec::new(), None),
            Some((at, value)) => self.conditions(at, value),
        };
        let sid = elements.get("Sid").and_then(|(_, sid)| sid.as_str()).map(str::to_owned);
        Some(Statement { index, pointer, sid, effect, principal, actions, resources, conditions, unreadable })
    }

    fn effect(&mut self, elements: &Elements<'_>, pointer: &str) -> Option<Effect> {
        let Some((at, value)) = elements.get("Effect") else {
            self.note(pointer, ProblemKind::Missing("Effect"));
            return None;
        };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (effect, name) = match text.to_ascii_lowercase().as_str() {
            "allow" => (Effect::Allow, "Allow"),
            "deny" => (Effect::Deny, "Deny"),
            _ => {
                self.note(at, ProblemKind::BadEffect(text));
                return None;
            }
        };
        if text != name {
            self.note(at, ProblemKind::OddCase(name.to_owned()));
        }
        Some(effect)
    }

    fn actions(&mut self, elements: &Elements<'_>, pointer: &str) -> Option<Actions> {
        let Some((at, value, negated)) = self.pair(elements, "Action", "NotAction") else {
            self.note(pointer, ProblemKind::Missing("Action"));
            return None;
        };
        let mut sets = Vec::new();
        let mut written = Vec::new();
        for (place, text) in self.texts(&at, value) {
            let named = self.catalog.expand(&text);
            if named.is_empty() {
                self.note(&pointer_to(&at, place), ProblemKind::UnknownAction(text.clone().into_owned()));
            }
            sets.push(named);
            written.push(text.into_owned());
        }
        let set = sets.iter().collect();
        let set = if negated { self.catalog.complement(&set) } else { set };
        Some(Actions::new(written, negated, set))
    }

    /// The element or its opposite: its pointer, its value, and whether it is the opposite.
    fn pair<'a>(&mut self, elements: &Elements<'a>, name: &'static str, opposite: &'static str) -> Option<(String, &'a Value, bool)> {
        match (elements.get(name), elements.get(opposite)) {
            (Some((at, value)), other) => {
                if let Some((second, _)) = other {
                    self.note(second, ProblemKind::Both(name, opposite));
                }
                Some((at.clone(), value, false))
            }
            (None, Some((at, value))) => Some((at.clone(), value, true)),
            (None, None) => None,
        }
    }

    /// A text or a list of texts, with their places in it.
    fn texts<'v>(&mut self, pointer: &str, value: &'v Value) -> Vec<(Option<usize>, Cow<'v, str>)> {
        let Value::Array(items) = value else { return self.text(pointer, None, value).into_iter().collect() };
        items.iter().enumerate().filter_map(|(place, item)| self.text(pointer, Some(place), item)).collect()
    }

    fn text<'v>(&mut self, pointer: &str, place: Option<usize>, value: &'v Value) -> Option<(Option<usize>, Cow<'v, str>)> {
        match value {
            Value::String(text) => Some((place, Cow::Borrowed(text))),
            // AWS takes numbers and flags for texts.
            Value::Number(_) | Value::Bool(_) => Some((place, Cow::Owned(value.to_string()))),
            Value::Array(_) | Value::Object(_) | Value::Null => {
                self.note(&pointer_to(pointer, place), ProblemKind::NotAText);
                None
            }
        }
    }

    fn principals(&mut self, pointer: &str, value: &Value) -> Vec<PrincipalName> {
        const KINDS: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];
        if !value.is_object() {
            return self.texts(pointer, value).into_iter().map(|(_, text)| PrincipalName::aws(&text)).collect();
        }
        let mut names = Vec::new();
        for (kind, at, value) in self.elements(value, pointer, KINDS).unwrap_or_default().0 {
            let name = match kind {
                "Service" => PrincipalName::Service,
                "Federated" => PrincipalName::Federated,
                "CanonicalUser" => PrincipalName::Canonical,
                _ => |text: String| PrincipalName::aws(&text),
            };
            names.extend(self.texts(&at, value).into_iter().map(|(_, text)| name(text.into_owned())));
        }
        names
    }

    fn conditions(&mut self, pointer: &str, value: &Value) -> (Vec<Arc<Condition>>, Option<Atom>) {
        let mut conditions = Vec::new();
        let mut unreadable = None;
        let cannot = |what: &str| Some(Atom::other(&format!("the condition `{what}`, which AWS does not know,"), "holds", "does not hold"));
        let nothing = Map::new();
        let blocks = value.as_object().unwrap_or_else(|| {
            self.note(pointer, ProblemKind::NotAnObject);
            unreadable = cannot(pointer);
            &nothing
        });
        for (operator, keys) in blocks {
            let at = format!("{pointer}/{}", escape(operator));
            let Some(keys) = keys.as_object() else {
                self.note(&at, ProblemKind::NotAnObject);
                unreadable = cannot(operator);
                continue;
            };
            for (key, values) in keys {
                match self.condition(&format!("{at}/{}", escape(key)), operator, key, values) {
                    Some(condition) => conditions.push(Arc::new(condition.sorted())),
                    None => unreadable = cannot(operator),
                }
            }
        }
        (conditions, unreadable)
    }

    fn condition(&mut self, pointer: &str, operator: &str, key: &str, values: &Value) -> Option<Condition> {
        let values = self.texts(pointer, values);
        let texts: Vec<&str> = values.iter().map(|(_, text)| text.as_ref()).collect();
        let Some(condition) = Condition::new(operator, key, &texts, self.variables) else {
            self.note(pointer, ProblemKind::UnknownOperator(operator.to_owned()));
            return None;
        };
        for at in condition.unsound() {
            if let Some((place, text)) = values.get(at) {
                self.note(&pointer_to(pointer, *place), ProblemKind::BadValue(text.clone().into_owned()));
            }
        }
        Some(condition)
    }
}

/// Name, pointer and value of each element.
#[derive(Default)]
struct Elements<'a>(Vec<(&'static str, String, &'a Value)>);

impl<'a> Elements<'a> {
    fn get(&self, name: &str) -> Option<(&String, &'a Value)> {
        self.0.iter().find(|(known, ..)| *known == name).map(|(_, pointer, value)| (pointer, *value))
    }
}

/// A name as a part of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
