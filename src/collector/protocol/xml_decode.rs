//! XML answers by their shape: awsQuery, ec2Query and the bodies of restXml.

use serde_json::{Map, Value};

use super::text::{lossless, typed};
use super::xml::{self, Node};
use super::{AwsError, WireResponse};
use crate::collector::api::{Kind, Member, Operation, Service, Shape};

/// The answer to a query or ec2 operation.
pub(super) fn response(
    service: &Service,
    operation: &Operation,
    output: &Shape,
    wire: &WireResponse<'_>,
) -> Result<Map<String, Value>, AwsError> {
    let root = root(wire)?;
    // A proxy's page is XML too, and has none of our members: it must not look like an empty answer.
    if !root.name.ends_with("Response") && operation.result_wrapper.as_ref() != Some(&root.name) {
        return Err(AwsError::unreadable(wire, &format!("`{}` is no answer to a call", root.name)));
    }
    let result = match &operation.result_wrapper {
        Some(wrapper) if root.name != *wrapper => root.child(wrapper),
        _ => Some(&root),
    };
    match result {
        Some(node) => Ok(structure(service, output, node)),
        None => Err(AwsError::unreadable(wire, "the result is missing from it")),
    }
}

/// The root element of a body.
pub(super) fn root(wire: &WireResponse<'_>) -> Result<Node, AwsError> {
    let root = xml::parse(&lossless(wire.body)).map_err(|problem| AwsError::unreadable(wire, &format!("not XML: {problem}")))?;
    if root.name.eq_ignore_ascii_case("html") { Err(AwsError::unreadable(wire, "a web page")) } else { Ok(root) }
}

/// The body of a restXml answer. Its root's name is in no model, so what tells an answer from a stranger's page is that
/// the shape knows at least one of its elements.
pub(super) fn body(service: &Service, shape: &Shape, wire: &WireResponse<'_>) -> Result<Map<String, Value>, AwsError> {
    let root = root(wire)?;
    let fields = structure(service, shape, &root);
    if fields.is_empty() && !root.children.is_empty() {
        return Err(AwsError::unreadable(wire, &format!("nothing in `{}` belongs to the answer", root.name)));
    }
    Ok(fields)
}

/// The members of a structure that are in the body.
pub(super) fn structure(service: &Service, shape: &Shape, node: &Node) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, member) in shape.members.iter().filter(|(_, member)| member.location.is_none()) {
        let Some(target) = service.shape(&member.shape) else { continue };
        let value = if member.xml_attribute {
            attribute(node, member.location_name.as_deref().unwrap_or(name)).map(Value::String)
        } else {
            element(service, name, member, target, node)
        };
        if let Some(value) = value {
            fields.insert(name.clone(), value);
        }
    }
    fields
}

/// `xsi:type`, whatever prefix the document binds to that namespace.
fn attribute(node: &Node, name: &str) -> Option<String> {
    let local = |name: &str| name.rsplit(':').next().map(str::to_owned);
    node.attributes.iter().find(|(key, _)| local(key) == local(name)).map(|(_, value)| value.clone())
}

fn element(service: &Service, name: &str, member: &Member, target: &Shape, parent: &Node) -> Option<Value> {
    let flattened = member.flattened || target.flattened;
    let tag = tag_of(name, member, target, flattened);
    let mut nodes = parent.children.iter().filter(|child| child.name == tag);
    if !flattened {
        return nodes.next().and_then(|node| value(service, target, node));
    }
    let nodes: Vec<&Node> = nodes.collect();
    if nodes.is_empty() {
        return None;
    }
    match target.kind {
        Kind::List => Some(items(service, target, nodes.into_iter())),
        Kind::Map => Some(entries(service, target, nodes.into_iter())),
        _ => nodes.first().and_then(|node| value(service, target, node)),
    }
}

/// A flattened list goes by its items' name.
fn tag_of<'a>(name: &'a str, member: &'a Member, target: &'a Shape, flattened: bool) -> &'a str {
    let of_items = target.member.as_ref().and_then(|item| item.location_name.as_deref());
    match of_items {
        Some(item) if flattened && target.kind == Kind::List => item,
        _ => member.location_name.as_deref().or(target.location_name.as_deref()).unwrap_or(name),
    }
}

fn value(service: &Service, shape: &Shape, node: &Node) -> Option<Value> {
    match shape.kind {
        Kind::Structure => Some(Value::Object(structure(service, shape, node))),
        Kind::List => Some(items(service, shape, node.children.iter())),
        Kind::Map => Some(entries(service, shape, node.children.iter())),
        kind => typed(kind, &node.text),
    }
}

fn items<'n>(service: &Service, shape: &Shape, nodes: impl Iterator<Item = &'n Node>) -> Value {
    let item = shape.member.as_ref().and_then(|item| service.shape(&item.shape));
    Value::Array(item.map_or_else(Vec::new, |item| nodes.filter_map(|node| value(service, item, node)).collect()))
}

fn entries<'n>(service: &Service, shape: &Shape, nodes: impl Iterator<Item = &'n Node>) -> Value {
    let tag = |member: &Option<Member>, default: &str| {
        member.as_ref().and_then(|member| member.location_name.clone()).unwrap_or_else(|| default.to_owned())
    };
    let (key_tag, value_tag) = (tag(&shape.key, "key"), tag(&shape.value, "value"));
    let target = shape.value.as_ref().and_then(|member| service.shape(&member.shape));
    let entry = |node: &Node| {
        let key = node.child(&key_tag)?.text.clone();
        let found = target.zip(node.child(&value_tag)).and_then(|(target, node)| value(service, target, node));
        Some((key, found.unwrap_or(Value::Null)))
    };
    Value::Object(nodes.filter_map(entry).collect())
}
