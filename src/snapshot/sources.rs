//! Whether there was anything to call: a call with parameters that nothing named has no answers, and lacks none.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::Answer;
use super::answers::{Calls, CallsError, File, Owner, Standing};
use super::jq::{Data, Program};

static EMBEDDED: &str = include_str!("../../data/collect_commands.yaml");

/// What programs of the collection table are told, in this order.
const VARIABLES: &[&str] = &["$region", "$account", "$partition", "$call"];

/// Sources of sources; no table has more.
const DEEPEST: usize = 8;

/// Where the parameters of a call come from.
#[derive(Debug)]
struct Source {
    /// The call that is read; empty where none is needed.
    call: String,
    /// It has one answer a Region.
    single: bool,
    /// Which of its files.
    parts: Vec<String>,
    /// In every Region.
    any_region: bool,
    /// Makes parameters of an answer.
    program: Program,
}

/// Of every call with parameters that are not always the same.
type Sources = BTreeMap<String, Vec<Source>>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    service: String,
    request: String,
    #[serde(default)]
    parameters: Option<Vec<Parameter>>,
    #[serde(default)]
    for_each: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: Value,
}

fn sources() -> Result<&'static Sources, String> {
    static SOURCES: OnceLock<Result<Sources, String>> = OnceLock::new();
    let read = || -> Result<Sources, String> {
        let raw: Vec<Raw> = serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/collect_commands.yaml: {error}"))?;
        let mut sources = Sources::new();
        let mut always = Vec::new();
        for row in raw {
            let call = format!("{}-{}", row.service, row.request);
            match source(&row) {
                Some(source) => sources.entry(call).or_default().push(source),
                None => always.push(call),
            }
        }
        // Where a call is made without parameters as well, it is always made.
        for call in always {
            sources.remove(&call);
        }
        Ok(sources)
    };
    SOURCES.get_or_init(read).as_ref().map_err(Clone::clone)
}

fn source(row: &Raw) -> Option<Source> {
    let parameters = || row.parameters.iter().flatten().filter_map(|parameter| parameter.value.as_str());
    let text = row.for_each.as_deref().or_else(|| parameters().find(|text| text.contains('|')))?;
    let (path, program) = text.split_once('|')?;
    let (any_region, path) = match path.trim().strip_prefix("../*/") {
        Some(path) => (true, path),
        None => (false, path.trim()),
    };
    let mut parts = path.split('/').map(str::to_owned);
    let first = parts.next().unwrap_or_default();
    let single = first.ends_with(".json");
    let call = first.trim_end_matches(".json").to_owned();
    Some(Source { call, single, parts: parts.collect(), any_region, program: Program::trusted(program, VARIABLES) })
}

/// Knows what the collection table makes calls of.
pub(crate) struct Named<'a> {
    calls: &'a Calls<'a>,
    owner: &'a Owner,
    sources: &'static Sources,
    /// Whether an answer is silent, by its file and the program that would name something of it.
    silent: RefCell<BTreeMap<(String, usize), bool>>,
}

impl<'a> Named<'a> {
    pub(crate) fn new(calls: &'a Calls<'a>, owner: &'a Owner) -> Result<Self, String> {
        Ok(Self { calls, owner, sources: sources()?, silent: RefCell::default() })
    }

    /// Whether everything that names parameters of a call was collected, and named nothing.
    pub(crate) fn nothing(&self, region: &str, call: &str) -> Result<bool, CallsError> {
        self.nothing_within(region, call, DEEPEST)
    }

    fn nothing_within(&self, region: &str, call: &str, depth: usize) -> Result<bool, CallsError> {
        let Some(rows) = self.sources.get(call) else { return Ok(false) };
        let Some(depth) = depth.checked_sub(1) else { return Ok(false) };
        for source in rows {
            if source.call.is_empty() {
                return Ok(false);
            }
            let own = [region.to_owned()];
            for region in if source.any_region { self.calls.regions.as_slice() } else { &own } {
                if !self.names_nothing(source, region, depth)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn names_nothing(&self, source: &Source, region: &str, depth: usize) -> Result<bool, CallsError> {
        let mut files = self.calls.files(region, &source.call, source.single)?;
        files.retain(|file| is_like(&source.parts, &file.parts));
        if files.is_empty() {
            return match self.calls.standing(region, &source.call)? {
                // A service that is not offered there.
                Standing::Answered => Ok(source.parts.iter().all(|part| part == "*")),
                Standing::NotCalled if !source.single => self.nothing_within(region, &source.call, depth),
                Standing::NotCalled | Standing::Partial(_) | Standing::Missing(_) => Ok(false),
            };
        }
        Ok(files.into_iter().all(|file| self.is_silent(source, region, file)))
    }

    /// Whether an answer is whole, and names nothing.
    fn is_silent(&self, source: &Source, region: &str, file: File) -> bool {
        // Programs are the table's: each has its place in memory.
        let key = (file.name.clone(), std::ptr::from_ref(&source.program).addr());
        if let Some(known) = self.silent.borrow().get(&key) {
            return *known;
        }
        let silent = self.says_nothing(source, region, file);
        self.silent.borrow_mut().insert(key, silent);
        silent
    }

    fn says_nothing(&self, source: &Source, region: &str, file: File) -> bool {
        match file.answer {
            Answer::Empty => true,
            Answer::Partial(..) | Answer::NotCollected(_) => false,
            Answer::Value(data) => {
                let values = vec![Data::text(region), Data::text(&self.owner.id), Data::text(&self.owner.partition), Data::empty()];
                // What cannot be read names who knows what.
                source.program.run_on(&data, values).is_ok_and(|outputs| outputs.iter().all(Value::is_null))
            }
        }
    }
}

/// Whether a file's name fits: `*` stands for any part.
fn is_like(pattern: &[String], parts: &[String]) -> bool {
    let fits = |pattern: &str, part: &str| match pattern.split_once('*') {
        Some((before, after)) => part.strip_prefix(before).is_some_and(|rest| rest.ends_with(after)),
        None => pattern == part,
    };
    pattern.len() == parts.len() && pattern.iter().zip(parts).all(|(pattern, part)| fits(pattern, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_parameters_come_from() {
        let sources = sources().unwrap();
        let of = |call: &str| sources[call].iter().map(|source| source.call.as_str()).collect::<Vec<_>>();
        assert_eq!(of("elbv2-describe-target-health"), ["elbv2-describe-target-groups"]);
        assert_eq!(of("events-list-targets-by-rule"), ["events-list-rules", "events-list-rules"]);
        assert_eq!(of("wafv2-list-web-acls"), [""]);
        assert!(!sources.contains_key("ec2-describe-vpcs"));
        let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_like(&parts("*"), &parts("x")) && is_like(&parts("a*z/b"), &parts("a-z/b")));
        assert!(!is_like(&parts("*"), &parts("x/y")) && !is_like(&parts("REGIONAL"), &parts("CLOUDFRONT")));
    }
}
