//! From a row and the answers that it reads to calls: their parameters and file names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::row::{Form, Row};
use crate::snapshot::jq::JqError;
use crate::snapshot::layout::{distinct, quote};

/// What a row's program may know besides its input.
#[derive(Debug, Clone)]
pub struct Context<'c> {
    /// The account's id.
    pub account: &'c str,
    /// Its partition.
    pub partition: &'c str,
    /// The region called.
    pub region: &'c str,
}

/// A stored answer that a row reads.
#[derive(Debug)]
pub struct SourceFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The region whose folder it is in.
    pub region: String,
    /// The parameters of the call that gave it.
    pub parameters: Value,
}

/// One call to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Expanded {
    /// All its parameters.
    pub parameters: Map<String, Value>,
    /// Its file, relative to the account's folder.
    pub file: String,
}

/// Why a row gives no calls.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExpandError {
    /// Its program failed.
    #[error(transparent)]
    Jq(#[from] JqError),
    /// Its program gave something that is no parameter.
    #[error("`{program}` gave `{output}`, which is no {expected}")]
    Output {
        /// The program.
        program: String,
        /// What it gave.
        output: String,
        /// What it should have given.
        expected: &'static str,
    },
}

impl Row {
    /// The calls of this row in a region. `sources` are the files that it reads; a row that reads none ignores them.
    ///
    /// # Errors
    /// When a program fails, or gives something that is no parameter.
    pub fn expand(&self, context: &Context<'_>, sources: &[SourceFile]) -> Result<Vec<Expanded>, ExpandError> {
        let Some(expansion) = &self.expansion else {
            return Ok(vec![Expanded { parameters: self.constants.clone(), file: format!("{}/{}.json", context.region, self.stem) }]);
        };
        let mut calls = Vec::new();
        if expansion.source.is_none() {
            self.expand_one(context, context.region, b"null", &Value::Null, &mut calls)?;
        }
        for source in sources.iter().filter(|_| expansion.source.is_some()) {
            self.expand_one(context, &source.region, &source.bytes, &source.parameters, &mut calls)?;
        }
        Ok(with_own_names(calls))
    }

    fn expand_one(
        &self,
        context: &Context<'_>,
        region: &str,
        input: &[u8],
        call: &Value,
        calls: &mut Vec<Expanded>,
    ) -> Result<(), ExpandError> {
        let Some(expansion) = &self.expansion else { return Ok(()) };
        let variables = [region.into(), context.account.into(), context.partition.into(), call.clone()];
        for output in expansion.program.run(input, &variables)? {
            let (given, parts) = match &expansion.form {
                Form::One(name) => {
                    one(name, output.clone()).ok_or_else(|| self.bad_output(&output, "scalar, `[value, name]` or `[[value]]`"))?
                }
                Form::Many => self.many(&output, &variables)?,
            };
            let names: Vec<String> = parts.iter().map(|part| quote(part)).collect();
            let mut parameters = self.constants.clone();
            parameters.extend(given);
            calls.push(Expanded { parameters, file: format!("{}/{}/{}", context.region, self.stem, names.join("/")) });
        }
        Ok(())
    }

    fn many(&self, output: &Value, variables: &[Value]) -> Result<(Map<String, Value>, Vec<String>), ExpandError> {
        let Value::Object(parameters) = output else { return Err(self.bad_output(output, "object of parameters")) };
        let parts = match &self.file {
            None => parameters.values().map(component).collect(),
            Some(program) => {
                let named = program.run(output.to_string().as_bytes(), variables)?.into_iter().next();
                match named {
                    Some(Value::Array(parts)) => parts.iter().map(component).collect(),
                    Some(part @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => vec![component(&part)],
                    other => return Err(self.bad_output(&other.unwrap_or_default(), "file name")),
                }
            }
        };
        let parts = if parts.is_empty() { vec!["{}".to_owned()] } else { parts };
        Ok((parameters.clone(), parts))
    }

    fn bad_output(&self, output: &Value, expected: &'static str) -> ExpandError {
        let program = self.expansion.as_ref().map(|expansion| expansion.program.text().to_owned()).unwrap_or_default();
        ExpandError::Output { program, output: output.to_string().chars().take(120).collect(), expected }
    }
}

/// CloudMapper's outputs: `value`, `[value, file name]`, `[[value]]` = a list parameter with that file name.
fn one(name: &str, output: Value) -> Option<(Map<String, Value>, Vec<String>)> {
    let (value, file) = match output {
        Value::Array(items) => match items.as_slice() {
            [list @ Value::Array(_)] => (list.clone(), component(list)),
            [value, file] => (value.clone(), component(file)),
            _ => return None,
        },
        Value::Null | Value::Object(_) => return None,
        scalar => (scalar.clone(), component(&scalar)),
    };
    Some((Map::from_iter([(name.to_owned(), value)]), vec![file]))
}

/// A value as a path component: a text as it is, a list of one as that one, the rest as JSON.
fn component(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => match items.as_slice() {
            [only] => component(only),
            _ => value.to_string(),
        },
        _ => value.to_string(),
    }
}

/// Calls that differ keep apart even when their names do not (a public and a private zone `example.com.`): the first
/// has the name, as in CloudMapper, the others add the rest of their parameters. Equal calls are made once.
fn with_own_names(calls: Vec<Expanded>) -> Vec<Expanded> {
    let mut named: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut kept = Vec::with_capacity(calls.len());
    for mut call in calls {
        if let Some(taken) = named.get(&call.file) {
            if *taken == call.parameters {
                continue;
            }
            let values: Vec<String> = call.parameters.values().map(component).collect();
            let (folder, name) = call.file.rsplit_once('/').unwrap_or(("", &call.file));
            call.file = format!("{folder}/{}", distinct(name, &values.join(",")));
            if named.get(&call.file) == Some(&call.parameters) {
                continue;
            }
        }
        named.insert(call.file.clone(), call.parameters.clone());
        kept.push(call);
    }
    kept
}
