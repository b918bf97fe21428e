//! One row, checked: service and operation exist, parameters are the model's, jq compiles.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::raw::{RawEmpty, RawPair, RawRegions, RawRow};
use crate::collector::api::{Api, ApiError, Partition, Service, hyphenated, operation_named};
use crate::snapshot::jq::Program;

/// Variables that a row's jq program may use.
pub(super) const VARIABLES: &[&str] = &["$region", "$account", "$partition", "$call"];

type Compile = fn(&str) -> Result<Program, crate::snapshot::jq::JqError>;

/// Where a row's answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// As the endpoints are: once for a global service, else in every region.
    Endpoints,
    /// The default region only.
    Global,
    /// Every region.
    All,
    /// These, where the account has them.
    These(Vec<String>),
}

/// An answer that a row reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `s3-list-buckets`: what earlier rows write.
    pub stem: String,
    /// Path components below the region's folder, `*` for any.
    pub pattern: Vec<String>,
    /// Whether other regions' files are read too.
    pub any_region: bool,
}

/// How outputs of a row's program become parameters.
#[derive(Debug)]
pub(super) enum Form {
    /// CloudMapper's: a scalar, `[value, file name]` or `[[value]]` for this parameter.
    One(String),
    /// Ours: an object of parameters.
    Many,
}

#[derive(Debug)]
pub(super) struct Expansion {
    /// None: the program runs once, on null.
    pub(super) source: Option<Source>,
    pub(super) program: Program,
    pub(super) form: Form,
}

/// One kind of call.
#[derive(Debug)]
pub struct Row {
    /// The service.
    pub service: Arc<Service>,
    /// `DescribeVpcs`.
    pub operation: String,
    /// `describe-vpcs`.
    pub request: String,
    /// `ec2-describe-vpcs`: name of the file or folder.
    pub stem: String,
    /// Parameters that are always the same.
    pub constants: Map<String, Value>,
    /// Where to call.
    pub regions: Regions,
    /// The analyses that read it.
    pub purposes: Vec<String>,
    /// Polled until the answer has these values.
    pub check: Vec<(String, Value)>,
    pub(super) expansion: Option<Expansion>,
    pub(super) file: Option<Program>,
    empty: Vec<(String, Option<String>)>,
}

impl Row {
    /// A row without parameters.
    #[must_use]
    pub fn plain(service: &Arc<Service>, operation: &str) -> Self {
        let request = hyphenated(operation);
        Self {
            service: Arc::clone(service),
            operation: operation.to_owned(),
            stem: format!("{}-{request}", service.name),
            request,
            constants: Map::new(),
            regions: Regions::Endpoints,
            purposes: Vec::new(),
            check: Vec::new(),
            expansion: None,
            file: None,
            empty: Vec::new(),
        }
    }

    pub(super) fn from_raw(api: &Api, raw: RawRow, is_trusted: bool) -> Result<Result<Self, Vec<String>>, ApiError> {
        let Some(service) = api.service(&raw.service)? else {
            return Ok(Err(vec![format!("there is no service `{}`{}", raw.service, nearest(&raw.service, api.services()))]));
        };
        let Some(operation) = operation_named(&service, &raw.request).map(str::to_owned) else {
            let known: Vec<String> = service.operations.keys().map(|name| hyphenated(name)).collect();
            let hint = nearest(&raw.request, known.iter().map(String::as_str));
            return Ok(Err(vec![format!("`{}` has no read operation `{}`{hint}", raw.service, raw.request)]));
        };
        Ok(Self::checked(&service, &operation, raw, is_trusted))
    }

    fn checked(service: &Arc<Service>, operation: &str, raw: RawRow, is_trusted: bool) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let compile: Compile =
            if is_trusted { |text| Ok(Program::trusted(text, VARIABLES)) } else { |text| Program::compile(text, VARIABLES) };
        let mut row = Self::plain(service, operation);
        row.purposes = raw.purposes;
        row.empty = raw.empty.into_iter().map(empty_code).collect();
        row.check = raw.check.unwrap_or_default().into_iter().map(|pair| (pair.name, pair.value)).collect();
        row.regions = regions(raw.regions).unwrap_or_else(|problem| {
            problems.push(problem);
            Regions::Endpoints
        });
        for pair in raw.parameters.unwrap_or_default() {
            row.parameter(pair, compile, &mut problems);
        }
        if let Some(text) = &raw.for_each {
            row.for_each(text, Form::Many, compile, &mut problems);
        } else if raw.custom {
            problems.push("its custom collector is not known: say with `ForEach` where its parameters come from".to_owned());
        }
        if let Some(text) = &raw.file {
            keep(compile(text), &mut row.file, &mut problems);
        }
        row.check_names(&mut problems);
        if problems.is_empty() { Ok(row) } else { Err(problems) }
    }

    fn parameter(&mut self, pair: RawPair, compile: Compile, problems: &mut Vec<String>) {
        match &pair.value {
            Value::String(text) if text.contains('|') => self.for_each(text, Form::One(pair.name), compile, problems),
            _ => drop(self.constants.insert(pair.name, pair.value)),
        }
    }

    /// `path|program`.
    fn for_each(&mut self, text: &str, form: Form, compile: Compile, problems: &mut Vec<String>) {
        if self.expansion.is_some() {
            problems.push("several parameters read other answers: write one `ForEach` that gives an object".to_owned());
            return;
        }
        let (path, program) = text.split_once('|').unwrap_or((text, "."));
        let mut compiled = None;
        keep(compile(program.trim()), &mut compiled, problems);
        let source = Source::parse(path.trim());
        if let Some(program) = compiled {
            self.expansion = Some(Expansion { source, program, form });
        }
    }

    /// Names that the program will give are only known when it runs; those that are written are checked here.
    fn check_names(&self, problems: &mut Vec<String>) {
        let Some(operation) = self.service.operations.get(&self.operation) else { return };
        let shape = operation.input.as_deref().and_then(|name| self.service.shape(name));
        let known = |name: &str| shape.is_some_and(|shape| shape.members.contains_key(name));
        let one = self.expansion.as_ref().and_then(|expansion| match &expansion.form {
            Form::One(name) => Some(name),
            Form::Many => None,
        });
        for name in self.constants.keys().chain(one).filter(|name| !known(name)) {
            problems.push(format!("`{}` has no parameter `{name}`", self.operation));
        }
        if matches!(self.expansion, Some(Expansion { form: Form::Many, .. })) {
            return;
        }
        for name in self.service.required(operation) {
            if !self.constants.contains_key(name) && one != Some(name) && !quirks_give(&self.service.name, name) {
                problems.push(format!("its parameter `{name}` is missing"));
            }
        }
    }

    /// The answer it reads, if any.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.expansion.as_ref()?.source.as_ref()
    }

    /// Whether its calls have parameters that differ, and so a folder for their answers.
    #[must_use]
    pub fn has_folder(&self) -> bool {
        self.expansion.is_some()
    }

    /// Whether an error says "there is none".
    #[must_use]
    pub fn is_empty_code(&self, code: &str, message: &str) -> bool {
        self.empty.iter().any(|(known, part)| known == code && part.as_ref().is_none_or(|part| message.contains(part.as_str())))
    }

    /// Whether it is called in the default region only.
    #[must_use]
    pub fn is_global(&self, partition: &Partition) -> bool {
        match &self.regions {
            Regions::Global => true,
            Regions::Endpoints => self.service.is_global(partition),
            Regions::All | Regions::These(_) => false,
        }
    }
}

impl Source {
    fn parse(path: &str) -> Option<Self> {
        if path.is_empty() {
            return None;
        }
        let mut pattern: Vec<String> = path.split('/').map(str::to_owned).collect();
        let any_region = path.starts_with("../");
        if any_region {
            pattern.drain(..2.min(pattern.len()));
        }
        let first = pattern.first().map(String::as_str).unwrap_or_default();
        let stem = first.strip_suffix(".json").unwrap_or(first).to_owned();
        Some(Self { stem, pattern, any_region })
    }
}

/// Glacier's account id is `-`, "my own", unless said otherwise; boto3 fills it in too.
fn quirks_give(service: &str, parameter: &str) -> bool {
    service == "glacier" && parameter == "accountId"
}

fn keep(compiled: Result<Program, crate::snapshot::jq::JqError>, slot: &mut Option<Program>, problems: &mut Vec<String>) {
    match compiled {
        Ok(program) => *slot = Some(program),
        Err(error) => problems.push(error.to_string()),
    }
}

fn empty_code(raw: RawEmpty) -> (String, Option<String>) {
    match raw {
        RawEmpty::Code(code) => (code, None),
        RawEmpty::WithMessage { code, message } => (code, Some(message)),
    }
}

fn regions(raw: Option<RawRegions>) -> Result<Regions, String> {
    match raw {
        None => Ok(Regions::Endpoints),
        Some(RawRegions::List(names)) => Ok(Regions::These(names)),
        Some(RawRegions::Word(word)) => match word.as_str() {
            "global" => Ok(Regions::Global),
            "all" => Ok(Regions::All),
            _ => Err(format!("`Regions: {word}` is neither `global`, `all` nor a list")),
        },
    }
}

/// A hint for a name that was mistyped.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let close = known.map(|candidate| (distance(name, candidate), candidate)).min().filter(|(distance, _)| *distance <= 3);
    close.map(|(_, candidate)| format!(", did you mean `{candidate}`?")).unwrap_or_default()
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b.chars()) {
            let cost = diagonal + usize::from(left != right);
            diagonal = *cell;
            *cell = cost.min(diagonal + 1).min(before + 1);
            before = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
