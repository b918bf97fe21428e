//! jq programs over stored answers: in the collection table, the statistics and custom checks. A thin layer over jaq.

use std::sync::OnceLock;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde_json::Value;

type Filter = jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>;

/// A program, compiled when it is first needed: the collection table has hundreds, of which a run may use few.
pub struct Program {
    text: String,
    variables: &'static [&'static str],
    filter: OnceLock<Filter>,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Program").field(&self.text).finish()
    }
}

/// JSON that programs read: cheap to hand on.
#[derive(Debug, Clone)]
pub struct Data(Val);

impl Data {
    /// Reads JSON.
    ///
    /// # Errors
    /// When it is not JSON, or nested deeper than any answer.
    pub fn parse(json: &[u8]) -> Result<Self, JqError> {
        parse(json).map(Self)
    }

    /// What serde has read.
    ///
    /// # Errors
    /// When it is nested deeper than any answer.
    pub fn of(value: &Value) -> Result<Self, JqError> {
        Self::parse(value.to_string().as_bytes())
    }

    /// For those who read it otherwise; `null` where that cannot be.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0.to_string()).unwrap_or_default()
    }

    /// Where a text stands, as a JSON pointer, if it stands there once.
    #[must_use]
    pub fn place_of(&self, text: &str) -> Option<String> {
        let mut found = Vec::new();
        places(&self.0, text.as_bytes(), &mut Vec::new(), &mut found);
        if let [only] = found.as_mut_slice() { Some(std::mem::take(only)) } else { None }
    }

    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(Val::from(text.to_owned()))
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.0, Val::Null)
    }

    /// `null`
    #[must_use]
    pub fn null() -> Self {
        Self(Val::Null)
    }

    /// `{}`
    #[must_use]
    pub fn empty() -> Self {
        Self::object([])
    }

    /// Whether it lists something.
    #[must_use]
    pub fn has_items(&self) -> bool {
        match &self.0 {
            Val::Arr(items) => !items.is_empty(),
            Val::Obj(members) => members.values().any(|value| Self(value.clone()).has_items()),
            _ => false,
        }
    }

    /// An object of these members.
    #[must_use]
    pub fn object(members: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self(Val::obj(members.into_iter().map(|(name, value)| (Val::from(name), value.0)).collect()))
    }
}

/// What would end this program, or tell it the user's environment. A table from elsewhere must be able to do neither.
const FORBIDDEN: &[&str] = &["halt", "halt_error", "env", "input", "inputs"];

/// As deep as serde_json goes; jaq's parser would exhaust the stack.
const MAX_DEPTH: usize = 128;

/// Why a jq program gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JqError {
    /// It is not jq.
    #[error("`{program}` is not a jq program: {problem}")]
    Syntax {
        /// The program.
        program: String,
        /// What stands in its way.
        problem: String,
    },
    /// It stopped while running.
    #[error("jq program `{program}` failed: {problem}")]
    Runtime {
        /// The program.
        program: String,
        /// jq's own message.
        problem: String,
    },
    /// Its input is not JSON.
    #[error("not JSON: {0}")]
    Input(String),
}

impl JqError {
    /// What is wrong, without the program, which may be long.
    #[must_use]
    pub fn cause(&self) -> &str {
        match self {
            Self::Syntax { problem, .. } | Self::Runtime { problem, .. } | Self::Input(problem) => problem,
        }
    }
}

impl Program {
    /// Compiles `text`, which may use the named `variables` (with their `$`).
    ///
    /// # Errors
    /// When it is not a jq program, or uses a name that does not exist.
    pub fn compile(text: &str, variables: &'static [&'static str]) -> Result<Self, JqError> {
        let program = Self::trusted(text, variables);
        program.filter()?;
        Ok(program)
    }

    /// A program that is known to compile, or that says so when it is run.
    #[must_use]
    pub fn trusted(text: &str, variables: &'static [&'static str]) -> Self {
        Self { text: text.to_owned(), variables, filter: OnceLock::new() }
    }

    fn filter(&self) -> Result<&Filter, JqError> {
        if let Some(filter) = self.filter.get() {
            return Ok(filter);
        }
        let compiled = Self::compiled(&self.text, self.variables)?;
        Ok(self.filter.get_or_init(|| compiled))
    }

    fn compiled(text: &str, variables: &[&str]) -> Result<Filter, JqError> {
        let syntax = |problem: String| JqError::Syntax { program: text.to_owned(), problem };
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).filter(|def| !FORBIDDEN.contains(&def.name));
        let natives = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs()).filter(|(name, ..)| !FORBIDDEN.contains(name));
        let arena = Arena::default();
        let modules =
            Loader::new(definitions).load(&arena, File { code: text, path: () }).map_err(|errors| syntax(describe_load(&errors)))?;
        Compiler::default()
            .with_funs(natives)
            .with_global_vars(variables.iter().copied())
            .compile(modules)
            .map_err(|errors| syntax(describe_names(&errors)))
    }

    /// Everything the program gives for the JSON text `input`. `values` are those of the variables, in their order.
    ///
    /// # Errors
    /// When the input is not JSON, or the program fails.
    pub fn run(&self, input: &[u8], values: &[Value]) -> Result<Vec<Value>, JqError> {
        let values = values.iter().map(Data::of).collect::<Result<Vec<_>, _>>()?;
        self.run_on(&Data::parse(input)?, values)
    }

    /// The same for what was read before.
    ///
    /// # Errors
    /// When the program fails.
    pub fn run_on(&self, input: &Data, values: Vec<Data>) -> Result<Vec<Value>, JqError> {
        debug_assert_eq!(values.len(), self.variables.len());
        let filter = self.filter()?;
        let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new(values.into_iter().map(|value| value.0)));
        let failed = |problem: String| JqError::Runtime { program: self.text.clone(), problem };
        filter
            .id
            .run((context, input.0.clone()))
            .map(unwrap_valr)
            .map(|output| {
                let output = output.map_err(|error| failed(error.to_string()))?;
                serde_json::from_str(&output.to_string()).map_err(|error| failed(error.to_string()))
            })
            .collect()
    }

    /// The program as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A step into a value.
enum Step<'a> {
    Item(usize),
    Member(&'a [u8]),
}

fn places<'a>(value: &'a Val, text: &[u8], way: &mut Vec<Step<'a>>, found: &mut Vec<String>) {
    let mut below = |step: Step<'a>, value: &'a Val| {
        way.push(step);
        places(value, text, way, found);
        way.pop();
    };
    match value {
        Val::TStr(own) if ***own == *text => found.push(way.iter().map(pointer).collect()),
        Val::Arr(items) => items.iter().enumerate().for_each(|(at, item)| below(Step::Item(at), item)),
        Val::Obj(members) => {
            for (name, value) in members.iter() {
                if let Val::TStr(name) = name {
                    below(Step::Member(name), value);
                }
            }
        }
        _ => {}
    }
}

fn pointer(step: &Step<'_>) -> String {
    match step {
        Step::Item(at) => format!("/{at}"),
        Step::Member(name) => format!("/{}", String::from_utf8_lossy(name).replace('~', "~0").replace('/', "~1")),
    }
}

fn parse(json: &[u8]) -> Result<Val, JqError> {
    if is_deep(json) {
        return Err(JqError::Input(format!("more than {MAX_DEPTH} levels deep")));
    }
    jaq_json::read::parse_single(json).map_err(|error| JqError::Input(error.to_string()))
}

/// Whether brackets are nested deeper than any answer of AWS; those within texts count for nothing.
fn is_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    json.iter().any(|byte| {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

fn describe_load(errors: &jaq_core::load::Errors<&str, ()>) -> String {
    use jaq_core::load::Error;
    let mut problems = Vec::new();
    for (_, error) in errors {
        match error {
            Error::Io(errors) => problems.extend(errors.iter().map(|(path, problem)| format!("cannot load `{path}`: {problem}"))),
            Error::Lex(errors) => {
                problems.extend(errors.iter().map(|(expected, found)| format!("expected {} at `{found}`", expected.as_str())));
            }
            Error::Parse(errors) => problems.extend(errors.iter().map(|(expected, found)| {
                let place = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
                format!("expected {} at {place}", expected.as_str())
            })),
        }
    }
    problems.join("; ")
}

fn describe_names(errors: &jaq_core::compile::Errors<&str, ()>) -> String {
    let unknown = errors.iter().flat_map(|(_, errors)| errors).map(|(name, kind)| format!("undefined {} `{name}`", kind.as_str()));
    unknown.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(program: &str, input: &Value) -> Result<Vec<Value>, JqError> {
        Program::compile(program, &["$region"])?.run(input.to_string().as_bytes(), &[json!("eu-west-1")])
    }

    #[test]
    fn outputs_come_in_order_and_keep_their_types() {
        let zones = json!({"HostedZones": [{"Id": "/z/1", "Name": "a."}, {"Id": "/z/2", "Name": "b."}]});
        assert_eq!(run(".HostedZones[]|[.Id, .Name]", &zones).unwrap(), [json!(["/z/1", "a."]), json!(["/z/2", "b."])]);
        assert_eq!(run("{VPCRegion: $region, A: 1}", &json!(null)).unwrap()[0].to_string(), r#"{"A":1,"VPCRegion":"eu-west-1"}"#);
    }

    #[test]
    fn texts_have_places() {
        let data = Data::of(&json!({"a/b": [{"c": "x"}, "y"], "d": "y"})).unwrap();
        assert_eq!((data.place_of("x").as_deref(), data.place_of("y"), data.place_of("z")), (Some("/a~1b/0/c"), None, None));
        assert_eq!(data.value(), json!({"a/b": [{"c": "x"}, "y"], "d": "y"}));
    }

    #[test]
    fn problems_say_what_and_where() {
        assert!(run(".Vpcs[", &json!(null)).unwrap_err().to_string().contains(".Vpcs["));
        let unknown = run("nonsense", &json!(null)).unwrap_err().to_string();
        assert!(unknown.contains("undefined") && unknown.contains("`nonsense"), "{unknown}");
        assert!(matches!(run(".a.b", &json!("text")), Err(JqError::Runtime { .. })));
        for forbidden in ["halt", "env", "\"x\"|halt_error"] {
            assert!(run(forbidden, &json!(null)).is_err(), "{forbidden}");
        }
        assert!(run(".", &json!(null)).is_ok());
        assert!(matches!(Program::compile(".", &[]).unwrap().run("[".repeat(20000).as_bytes(), &[]), Err(JqError::Input(_))));
        assert!(matches!(Program::compile(".", &[]).unwrap().run(b"<html>", &[]), Err(JqError::Input(_))));
    }
}
