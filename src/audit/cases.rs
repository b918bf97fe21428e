//! Cases of checks: answers, and what the check has to say of them. For the program's own checks and the user's.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::check::Check;
use super::finding::Verdict;
use super::programs::{Output, run};
use crate::snapshot::jq::Data;

/// The account of cases.
const ACCOUNT: &str = "111122223333";

/// 2026-11-22T10:00:00Z.
const NOW: i64 = 1_795_341_600;

/// Answers, and what comes of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What is so.
    pub name: String,
    /// What of the three the case is for.
    pub verdict: Verdict,
    /// The Region that is looked at.
    #[serde(default = "first_region")]
    pub region: String,
    /// By what the check reads; null where it was not collected, `{}` where AWS says that there is none.
    pub answers: Map<String, Value>,
    /// What has to come out: all of it, in any order.
    pub findings: Vec<Expected>,
}

/// What has to come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Of which thing; none for a whole kind.
    #[serde(default)]
    pub resource: Option<String>,
    /// What is said of it.
    pub verdict: Verdict,
    /// Some of the details.
    #[serde(default)]
    pub details: Map<String, Value>,
}

fn first_region() -> String {
    "us-east-1".to_owned()
}

/// A case that comes out otherwise.
#[derive(Debug, Clone)]
pub struct Wrong {
    /// Its name.
    pub case: String,
    /// In words.
    pub problem: String,
}

/// Reads cases.
///
/// # Errors
/// In words, when the text holds none.
pub fn cases(text: &str) -> Result<Vec<Case>, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

/// The cases that come out otherwise.
#[must_use]
pub fn wrong(check: &Check, cases: &[Case]) -> Vec<Wrong> {
    let problem = |case: &Case| Some(Wrong { case: case.name.clone(), problem: problem(check, case)? });
    cases.iter().filter_map(problem).collect()
}

fn problem(check: &Check, case: &Case) -> Option<String> {
    let given = match Data::of(&Value::Object(given(check, &case.answers))) {
        Ok(given) => given,
        Err(error) => return Some(error.to_string()),
    };
    let outputs = match run(check, &given, (ACCOUNT, "aws"), &case.region, NOW) {
        Ok(outputs) => outputs,
        Err(problem) => return Some(problem),
    };
    let mut left = outputs.clone();
    for expected in &case.findings {
        let Some(at) = left.iter().position(|output| is_as(output, expected)) else {
            return Some(format!("no {} among {}", shown_expected(expected), shown(&outputs)));
        };
        left.remove(at);
    }
    (!left.is_empty()).then(|| format!("more than expected: {}", shown(&left)))
}

fn is_as(output: &Output, expected: &Expected) -> bool {
    let details = |(name, value): (&String, &Value)| output.details.as_ref().and_then(|own| own.get(name)) == Some(value);
    output.resource == expected.resource && output.verdict == Some(expected.verdict) && expected.details.iter().all(details)
}

fn words(verdict: Verdict, resource: Option<&str>, details: &Map<String, Value>) -> String {
    let details = if details.is_empty() { String::new() } else { format!(" {}", Value::Object(details.clone())) };
    format!("{} of {}{details}", verdict.word(), resource.unwrap_or("the whole kind"))
}

fn shown_expected(one: &Expected) -> String {
    words(one.verdict, one.resource.as_deref(), &one.details)
}

fn shown(all: &[Output]) -> String {
    let one =
        |one: &Output| words(one.verdict.unwrap_or(Verdict::Unknown), one.resource.as_deref(), &one.details.clone().unwrap_or_default());
    if all.is_empty() { "nothing".to_owned() } else { all.iter().map(one).collect::<Vec<_>>().join(", ") }
}

/// What the program is given: all that it reads, and null for what the case does not have.
fn given(check: &Check, answers: &Map<String, Value>) -> Map<String, Value> {
    let mut given: Map<String, Value> = check.calls().map(|call| (call.to_owned(), Value::Null)).collect();
    for (key, value) in answers {
        match key.split_once('/').filter(|(call, _)| *call != "*") {
            None => {
                given.insert(key.clone(), value.clone());
            }
            Some((call, name)) => {
                let folder = given.entry(call.to_owned()).or_insert(Value::Null);
                if folder.is_null() {
                    *folder = Value::Object(Map::new());
                }
                if let Value::Object(folder) = folder {
                    folder.insert(name.to_owned(), value.clone());
                }
            }
        }
    }
    given
}
