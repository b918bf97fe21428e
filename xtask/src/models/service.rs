//! One service's entry of the data file, from its botocore models.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use super::endpoints::{Endpoints, STAND_INS};
use super::fold::Row;
use super::paginators::paginator;
use super::partitions::Partitions;
use super::regions::{Names, Offered};
use super::rules::RuleSet;
use super::shapes::Shapes;

/// What read operations are called.
const PREFIXES: &[&str] = &["List", "Describe", "Get", "BatchGet", "BatchDescribe", "Search", "Lookup"];

/// Operations of other names that a snapshot needs, by endpoint prefix: two that have AWS write a
/// report which is then read, and the one that changes identity.
const EXTRA: &[(&str, &str)] = &[("iam", "GenerateCredentialReport"), ("iam", "GenerateServiceLastAccessedDetails"), ("sts", "AssumeRole")];

/// Wire protocols, the preferred ones first.
const PROTOCOLS: &[&str] = &["json", "rest-json", "rest-xml", "query", "ec2", "smithy-rpc-v2-cbor"];

/// The models of one service as they are in the wheel.
pub(crate) struct Source {
    /// The API version, a date.
    pub(crate) version: String,
    /// `service-2.json`.
    pub(crate) model: Value,
    /// `paginators-1.json`.
    pub(crate) paginators: Value,
    /// `endpoint-rule-set-1.json`.
    pub(crate) rules: Value,
}

/// A finished entry.
pub(crate) struct Service {
    /// The API version, a date.
    pub(crate) version: String,
    /// How many operations it has.
    pub(crate) operations: usize,
    /// What is stored.
    pub(crate) json: Value,
}

/// An operation that is kept.
struct Operation<'a> {
    model: &'a Value,
    /// The shapes it reaches.
    shapes: BTreeSet<String>,
    /// What it tells the endpoint rules, always the same.
    context: Map<String, Value>,
    /// What its callers tell them: stand-ins.
    named: Map<String, Value>,
}

impl Operation<'_> {
    fn parameters(&self) -> Map<String, Value> {
        self.context.clone().into_iter().chain(self.named.clone()).collect()
    }
}

/// Makes the entry; `None` when the service has no read operation.
///
/// # Errors
/// When the models are of a form that is not known.
pub(crate) fn build(source: &Source, partitions: &Partitions, offered: &Offered) -> Result<Option<Service>> {
    let part = |key: &str| object(&source.model, key);
    let (metadata, shapes) = (part("metadata")?, Shapes(part("shapes")?));
    let endpoint_prefix = text(metadata, "endpointPrefix")?;
    let kept = operations(part("operations")?, endpoint_prefix, &shapes)?;
    if kept.is_empty() {
        return Ok(None);
    }
    let signing_name = metadata.get("signingName").and_then(Value::as_str).unwrap_or(endpoint_prefix);
    let endpoints = Endpoints { rules: RuleSet::parse(&source.rules)?, signing_name, partitions };
    let general = general_rows(&endpoints, &kept)?;
    let mut operations = BTreeMap::new();
    for (name, operation) in &kept {
        let stored = stored(name, operation, &source.paginators).with_context(|| format!("operation `{name}`"));
        let mut stored = stored?;
        if !operation.parameters().is_empty() {
            let rows = endpoints.rows(&operation.parameters())?;
            if rows != general {
                stored.insert("endpoints".to_owned(), table(&rows));
            }
        }
        operations.insert(*name, stored);
    }
    let reached = kept.values().flat_map(|operation| operation.shapes.iter().cloned()).collect();
    let names = Names { endpoint_prefix, signing_name };
    let json = json!({
        "metadata": stored_metadata(metadata, endpoint_prefix, signing_name)?,
        "endpoints": table(&general),
        "regions": offered.of(&names, &general, partitions),
        "operations": operations,
        "shapes": shapes.reduced(&reached)?,
    });
    Ok(Some(Service { version: source.version.clone(), operations: kept.len(), json }))
}

fn operations<'a>(all: &'a Map<String, Value>, prefix: &str, shapes: &Shapes<'_>) -> Result<BTreeMap<&'a str, Operation<'a>>> {
    let mut kept = BTreeMap::new();
    for (name, model) in all {
        if !PREFIXES.iter().any(|start| name.starts_with(start)) && !EXTRA.contains(&(prefix, name)) {
            continue;
        }
        let roots = ["input", "output"].into_iter().filter_map(|side| shape_of(model, side));
        let reached = shapes.reachable(roots)?;
        if !shapes.stream(&reached) {
            kept.insert(name.as_str(), Operation { model, shapes: reached, context: context(model), named: named(model, shapes) });
        }
    }
    Ok(kept)
}

/// The rows of an operation without static context parameters. A few rule sets refuse without one,
/// and then all operations have one: the one that is known in most places counts.
fn general_rows(endpoints: &Endpoints<'_>, kept: &BTreeMap<&str, Operation<'_>>) -> Result<Vec<Row>> {
    let mut widest = endpoints.rows(&Map::new())?;
    if widest.is_empty() {
        for operation in kept.values() {
            let rows = endpoints.rows(&operation.parameters())?;
            if rows.len() > widest.len() {
                widest = rows;
            }
        }
    }
    Ok(widest)
}

fn stored(name: &str, operation: &Operation<'_>, paginators: &Value) -> Result<Map<String, Value>> {
    let Operation { model, context, .. } = operation;
    let http = object(model, "http")?;
    let mut stored = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            stored.insert(key.to_owned(), value);
        }
    };
    put("method", Some(text(http, "method")?.into()));
    put("uri", Some(text(http, "requestUri")?.into()));
    put("input", Some(shape_of(model, "input").into()));
    put("output", Some(shape_of(model, "output").into()));
    put("input_name", model.pointer("/input/locationName").cloned());
    put("input_namespace", model.pointer("/input/xmlNamespace").cloned());
    put("result_wrapper", model.pointer("/output/resultWrapper").cloned());
    put("host_prefix", model.pointer("/endpoint/hostPrefix").cloned());
    put("unsigned", (model.get("authtype") == Some(&json!("none"))).then_some(Value::Bool(true)));
    put("paginator", paginator(paginators, name)?);
    put("context", (!context.is_empty()).then(|| Value::Object(context.clone())));
    Ok(stored)
}

/// The operation's static context parameters, by name.
fn context(model: &Value) -> Map<String, Value> {
    let parameters = model.get("staticContextParams").and_then(Value::as_object);
    let value = |(name, parameter): (&String, &Value)| Some((name.clone(), parameter.get("value")?.clone()));
    parameters.into_iter().flatten().filter_map(value).collect()
}

/// Stand-ins for the endpoint parameters that the operation takes from its input.
fn named(model: &Value, shapes: &Shapes<'_>) -> Map<String, Value> {
    let input = shape_of(model, "input").and_then(|input| shapes.0.get(input));
    let members = input.and_then(|input| input.get("members")).and_then(Value::as_object);
    let parameters = members.into_iter().flat_map(Map::values).filter_map(|member| member.pointer("/contextParam/name"));
    let stand_in = |name: &Value| STAND_INS.iter().find(|(known, _)| name == known);
    parameters.filter_map(stand_in).map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
}

fn stored_metadata(metadata: &Map<String, Value>, endpoint_prefix: &str, signing_name: &str) -> Result<Value> {
    let optional = |key: &str| metadata.get(key).and_then(Value::as_str);
    let mut stored = json!({
        "endpoint_prefix": endpoint_prefix,
        "protocol": protocol(metadata)?,
        "json_version": optional("jsonVersion"),
        "target_prefix": optional("targetPrefix"),
        "api_version": text(metadata, "apiVersion")?,
        "service_id": text(metadata, "serviceId")?,
        "signing_name": signing_name,
        "signature_version": text(metadata, "signatureVersion")?,
        "xml_namespace": optional("xmlNamespace"),
    });
    // Such a service answers JSON but names its errors as it did in the query protocol.
    if let (true, Some(stored)) = (metadata.contains_key("awsQueryCompatible"), stored.as_object_mut()) {
        stored.insert("query_compatible".to_owned(), Value::Bool(true));
    }
    Ok(stored)
}

fn protocol(metadata: &Map<String, Value>) -> Result<&'static str> {
    let main = text(metadata, "protocol")?;
    let listed = metadata.get("protocols").and_then(Value::as_array);
    let listed: Vec<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
    let known = |protocol: &&&str| if listed.is_empty() { **protocol == main } else { listed.contains(*protocol) };
    match PROTOCOLS.iter().find(known) {
        Some(protocol) => Ok(protocol),
        None => bail!("no known protocol among `{main}`, `{}`", listed.join("`, `")),
    }
}

fn table(rows: &[Row]) -> Value {
    rows.iter().map(Row::to_json).collect()
}

fn shape_of<'a>(model: &'a Value, side: &str) -> Option<&'a str> {
    model.get(side)?.get("shape")?.as_str()
}

fn object<'a>(value: &'a Value, key: &str) -> Result<&'a Map<String, Value>> {
    value.get(key).and_then(Value::as_object).with_context(|| format!("no object `{key}`"))
}

fn text<'a>(map: &'a Map<String, Value>, key: &str) -> Result<&'a str> {
    map.get(key).and_then(Value::as_str).with_context(|| format!("no text `{key}`"))
}

#[cfg(test)]
mod tests;
