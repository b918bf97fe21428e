//! An evaluator for AWS's endpoint rule sets (`endpoint-rule-set-1.json`).
//!
//! It resolves one set of parameters to one endpoint. What the parameters are, and what becomes of
//! the many results, is not its business: see `endpoints` and `fold`.

mod functions;
mod template;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::partitions::Partitions;

/// Parameters of one evaluation, by name.
pub(crate) type Parameters = BTreeMap<String, Value>;

/// A parsed rule set.
#[derive(Deserialize)]
pub(crate) struct RuleSet {
    parameters: BTreeMap<String, Parameter>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Parameter {
    default: Option<Value>,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Rule {
    Tree { conditions: Vec<Call>, rules: Vec<Self> },
    Endpoint { conditions: Vec<Call>, endpoint: Target },
    Error { conditions: Vec<Call>, error: Expression },
}

#[derive(Deserialize)]
struct Target {
    url: Expression,
    #[serde(default)]
    properties: Properties,
}

#[derive(Deserialize, Default)]
struct Properties {
    #[serde(default, rename = "authSchemes")]
    auth_schemes: Vec<AuthScheme>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthScheme {
    name: String,
    signing_name: Option<String>,
    signing_region: Option<String>,
}

#[derive(Deserialize)]
struct Call {
    #[serde(rename = "fn")]
    function: String,
    argv: Vec<Expression>,
    assign: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expression {
    Call(Call),
    Reference {
        #[serde(rename = "ref")]
        name: String,
    },
    Text(String),
    Constant(Value),
}

/// What a rule set says about one set of parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// Calls go here.
    Endpoint(Endpoint),
    /// The rules refuse, with this message.
    Refused(String),
}

/// A resolved endpoint. The signing fields are set only where its `sigv4` scheme overrides them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The base URL.
    pub(crate) url: String,
    /// The service name to sign with.
    pub(crate) signing_name: Option<String>,
    /// The region to sign for.
    pub(crate) signing_region: Option<String>,
}

/// Parameters and assigned values; the last one of a name counts.
type Scope = Vec<(String, Value)>;

impl RuleSet {
    /// # Errors
    /// When the rule set has another form than the one known.
    pub(crate) fn parse(value: &Value) -> Result<Self> {
        Self::deserialize(value).context("the endpoint rule set has an unknown form")
    }

    /// Evaluates the rules. Parameters that the rule set does not declare are ignored.
    ///
    /// # Errors
    /// When the rules themselves are at fault: an unknown function, an argument of a wrong type.
    pub(crate) fn resolve(&self, parameters: &Parameters, partitions: &Partitions) -> Result<Resolution> {
        let mut scope = Scope::new();
        for (name, parameter) in &self.parameters {
            match parameters.get(name).or(parameter.default.as_ref()) {
                Some(value) => scope.push((name.clone(), value.clone())),
                None if parameter.required => {
                    return Ok(Resolution::Refused(format!("parameter `{name}` is missing")));
                }
                None => {}
            }
        }
        let found = Evaluation { partitions, scope }.first(&self.rules)?;
        Ok(found.unwrap_or_else(|| Resolution::Refused("no rule matches".to_owned())))
    }
}

struct Evaluation<'a> {
    partitions: &'a Partitions,
    scope: Scope,
}

impl Evaluation<'_> {
    /// The answer of the first rule that has one.
    fn first(&mut self, rules: &[Rule]) -> Result<Option<Resolution>> {
        for rule in rules {
            // What a rule assigns is seen by its conditions and sub-rules only.
            let mark = self.scope.len();
            let answer = self.rule(rule)?;
            self.scope.truncate(mark);
            if answer.is_some() {
                return Ok(answer);
            }
        }
        Ok(None)
    }

    fn rule(&mut self, rule: &Rule) -> Result<Option<Resolution>> {
        let (Rule::Tree { conditions, .. } | Rule::Endpoint { conditions, .. } | Rule::Error { conditions, .. }) = rule;
        for condition in conditions {
            if matches!(self.call(condition)?, Value::Null | Value::Bool(false)) {
                return Ok(None);
            }
        }
        match rule {
            Rule::Tree { rules, .. } => self.first(rules),
            Rule::Endpoint { endpoint, .. } => self.endpoint(endpoint).map(Resolution::Endpoint).map(Some),
            Rule::Error { error, .. } => self.text(error).map(Resolution::Refused).map(Some),
        }
    }

    fn call(&mut self, call: &Call) -> Result<Value> {
        let mut arguments = Vec::new();
        for argument in &call.argv {
            arguments.push(self.value(argument)?);
        }
        let value = functions::call(&call.function, &arguments, self.partitions)?;
        if let Some(name) = &call.assign {
            self.scope.push((name.clone(), value.clone()));
        }
        Ok(value)
    }

    fn value(&mut self, expression: &Expression) -> Result<Value> {
        Ok(match expression {
            Expression::Call(call) => self.call(call)?,
            Expression::Reference { name } => self.lookup(name).cloned().unwrap_or(Value::Null),
            Expression::Text(text) => Value::from(self.fill(text)?),
            Expression::Constant(value) => value.clone(),
        })
    }

    fn text(&mut self, expression: &Expression) -> Result<String> {
        match self.value(expression)? {
            Value::String(text) => Ok(text),
            other => bail!("expected text in the endpoint rules, found `{other}`"),
        }
    }

    fn endpoint(&mut self, target: &Target) -> Result<Endpoint> {
        let url = self.text(&target.url)?;
        let schemes = &target.properties.auth_schemes;
        let scheme = schemes.iter().find(|scheme| scheme.name == "sigv4");
        let fill = |text: Option<&String>| text.map(|text| self.fill(text)).transpose();
        Ok(Endpoint {
            url,
            signing_name: fill(scheme.and_then(|scheme| scheme.signing_name.as_ref()))?,
            signing_region: fill(scheme.and_then(|scheme| scheme.signing_region.as_ref()))?,
        })
    }

    fn fill(&self, text: &str) -> Result<String> {
        template::fill(text, |name| self.lookup(name))
    }

    fn lookup(&self, name: &str) -> Option<&Value> {
        self.scope.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests;
