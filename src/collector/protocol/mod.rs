//! Between a call's parameters and bytes on the wire, for every protocol that AWS speaks. Pure: no network here.
//!
//! Answers come out in the shape that boto3 gives them (`data/aws-api.bin` has botocore's own keys), ready to be stored.

mod cbor;
mod error;
mod form;
mod json;
mod quirks;
mod rest;
mod text;
mod xml;
mod xml_decode;

use serde_json::{Map, Value};

pub use error::{AwsError, UNREADABLE};
pub use form::RESERVED;

use super::api::{Operation, Protocol, Service};

/// A request without its host and its signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WireRequest {
    /// HTTP method.
    pub method: String,
    /// Path, percent-encoded, with a leading slash.
    pub path: String,
    /// Query, not encoded yet.
    pub query: Vec<(String, String)>,
    /// Headers of the protocol and of the parameters.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// An answer, whole.
#[derive(Debug, Clone, Copy)]
pub struct WireResponse<'a> {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a [u8],
}

impl<'a> WireResponse<'a> {
    /// The value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why parameters do not make a request: a mistake in the collection table.
#[derive(Debug, Clone, thiserror::Error)]
#[error("parameter `{parameter}` {problem}")]
pub struct RequestError {
    /// The parameter.
    pub parameter: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Writes the request for an operation.
///
/// # Errors
/// When a parameter does not exist, is missing, or is of another type than the model says.
pub fn request(service: &Service, name: &str, operation: &Operation, parameters: &Map<String, Value>) -> Result<WireRequest, RequestError> {
    let parameters = quirks::parameters(service, parameters);
    check_parameters(service, operation, &parameters)?;
    let mut request = match service.protocol() {
        Protocol::Json => json::request(service, name, operation, &parameters)?,
        Protocol::Query | Protocol::Ec2 => form::request(service, name, operation, &parameters)?,
        Protocol::RestJson | Protocol::RestXml => rest::request(service, operation, &parameters)?,
        Protocol::SmithyRpcV2Cbor => cbor::request(service, name, operation, &parameters)?,
    };
    quirks::headers(service, &mut request);
    Ok(request)
}

fn check_parameters(service: &Service, operation: &Operation, parameters: &Map<String, Value>) -> Result<(), RequestError> {
    let members = operation.input.as_deref().and_then(|name| service.shape(name)).map(|shape| &shape.members);
    let error = |parameter: &str, problem: &str| RequestError { parameter: parameter.to_owned(), problem: problem.to_owned() };
    for (name, value) in parameters {
        if !members.is_some_and(|members| members.contains_key(name)) {
            return Err(error(name, "does not exist"));
        }
        if value.is_null() {
            return Err(error(name, "is null"));
        }
    }
    match service.required(operation).iter().find(|name| !parameters.contains_key(*name)) {
        Some(missing) => Err(error(missing, "is missing")),
        None => Ok(()),
    }
}

/// Reads an answer: what boto3 would return, without `ResponseMetadata`.
///
/// # Errors
/// AWS's error, or one of ours when the answer makes no sense.
pub fn response(service: &Service, name: &str, operation: &Operation, wire: &WireResponse<'_>) -> Result<Map<String, Value>, AwsError> {
    if wire.status >= 300 || quirks::is_error_with_status_200(service, wire) {
        return Err(error::parse(service.protocol(), wire));
    }
    let output = operation.output.as_deref().and_then(|shape| service.shape(shape));
    let mut answer = match (output, service.protocol()) {
        (None, _) => Map::new(),
        (Some(output), Protocol::Json) => json::response(service, output, wire)?,
        (Some(output), Protocol::RestJson | Protocol::RestXml) => rest::response(service, output, wire)?,
        (Some(output), Protocol::Query | Protocol::Ec2) => xml_decode::response(service, operation, output, wire)?,
        (Some(output), Protocol::SmithyRpcV2Cbor) => cbor::response(service, output, wire)?,
    };
    quirks::answer(service, name, operation, wire, &mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests;
