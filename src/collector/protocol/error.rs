//! Errors of AWS, in every form that its services give them, and answers that are no answers.

use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use serde_json::Value;

use super::{WireResponse, cbor, text, xml};
use crate::collector::api::Protocol;

/// The code of an answer that makes no sense: HTML from a proxy, half a document.
pub const UNREADABLE: &str = "UnreadableAnswer";

/// The longest message worth keeping, in characters.
const MESSAGE_MAX: usize = 500;

/// An answer that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsError {
    /// HTTP status; 0 where there was no answer.
    pub status: u16,
    /// AWS's code, or [`UNREADABLE`], or the status where there is neither.
    pub code: String,
    /// AWS's message.
    pub message: String,
    /// `x-amz-bucket-region` of S3, which tells where a bucket really is.
    pub bucket_region: Option<String>,
    /// In a box: most calls succeed, and every `Result` would be as large as this.
    metadata: Box<ErrorMetadata>,
}

impl std::fmt::Display for AwsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for AwsError {}

/// What the SDK's retry classifiers look at.
impl ProvideErrorMetadata for AwsError {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

impl AwsError {
    /// An error with a code and a message of our own.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), clip(&message.into()));
        let metadata = Box::new(ErrorMetadata::builder().code(&code).message(&message).build());
        Self { status, code, message, bucket_region: None, metadata }
    }

    pub(super) fn unreadable(wire: &WireResponse<'_>, problem: &str) -> Self {
        Self::new(wire.status, UNREADABLE, format!("HTTP status {}, {problem}: {}", wire.status, excerpt(wire.body)))
    }
}

fn clip(message: &str) -> String {
    if message.chars().count() <= MESSAGE_MAX { message.to_owned() } else { message.chars().take(MESSAGE_MAX).chain(['…']).collect() }
}

fn excerpt(body: &[u8]) -> String {
    let start: String = text::lossless(body).chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if start.trim().is_empty() { "nothing".to_owned() } else { format!("`{}`", start.trim()) }
}

/// What an answer with an error status says.
pub(super) fn parse(protocol: Protocol, wire: &WireResponse<'_>) -> AwsError {
    let found = match protocol {
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => from_xml(wire),
        Protocol::SmithyRpcV2Cbor => cbor::body(wire).ok().and_then(|body| from_json(&body, wire)),
        Protocol::Json | Protocol::RestJson => {
            from_json(&serde_json::from_slice(wire.body).unwrap_or_default(), wire).or_else(|| from_xml(wire))
        }
    };
    let mut error = match found {
        Some((code, message)) => AwsError::new(wire.status, code, message),
        None if wire.body.is_empty() || wire.status == 404 => AwsError::new(wire.status, wire.status.to_string(), excerpt(wire.body)),
        None => AwsError::unreadable(wire, "no error of AWS's form"),
    };
    error.bucket_region = wire.header("x-amz-bucket-region").filter(|name| is_region(name)).map(str::to_owned);
    error
}

/// It becomes part of a host name.
fn is_region(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// `ErrorResponse/Error` (query), `Response/Errors/Error` (ec2), `Error` (S3).
fn from_xml(wire: &WireResponse<'_>) -> Option<(String, String)> {
    let root = xml::parse(&text::lossless(wire.body)).ok()?;
    let error = if root.name == "Error" { &root } else { root.find("Error").unwrap_or(&root) };
    let code = error.child("Code").map(|node| node.text.trim().to_owned()).filter(|code| !code.is_empty())?;
    let message = error.child("Message").or_else(|| error.child("message")).map(|node| node.text.clone()).unwrap_or_default();
    Some((code, message))
}

/// The code may be in `x-amzn-query-error`, `x-amzn-errortype`, `__type` or `code`, with decorations.
fn from_json(body: &Value, wire: &WireResponse<'_>) -> Option<(String, String)> {
    let field = |names: &[&str]| names.iter().find_map(|name| body.get(name).and_then(Value::as_str));
    let compatible = wire.header("x-amzn-query-error").and_then(|value| value.split(';').next());
    let code = compatible.or_else(|| wire.header("x-amzn-errortype")).or_else(|| field(&["__type", "code", "Code"]))?;
    let code = code.split(':').next().unwrap_or(code);
    let code = code.rsplit('#').next().unwrap_or(code);
    let message = field(&["message", "Message", "errorMessage"]).unwrap_or_default();
    (!code.is_empty()).then(|| (code.to_owned(), message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(protocol: Protocol, headers: &[(&str, &str)], body: &str) -> String {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        parse(protocol, &WireResponse { status: 400, headers: &headers, body: body.as_bytes() }).code
    }

    #[test]
    fn each_protocol_has_its_own_form() {
        let query = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>m</Message></Error></ErrorResponse>";
        assert_eq!(code(Protocol::Query, &[], query), "NoSuchEntity");
        let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>";
        assert_eq!(code(Protocol::Ec2, &[], ec2), "UnauthorizedOperation");
        assert_eq!(code(Protocol::RestXml, &[], "<Error><Code>NoSuchBucketPolicy</Code></Error>"), "NoSuchBucketPolicy");
        assert_eq!(code(Protocol::Json, &[], r#"{"__type":"com.amazonaws#AccessDeniedException"}"#), "AccessDeniedException");
        assert_eq!(code(Protocol::RestJson, &[("x-amzn-errortype", "NotFound:http://x/")], "{}"), "NotFound");
        assert_eq!(
            code(Protocol::Json, &[("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")], "{}"),
            "AWS.SimpleQueueService.NonExistentQueue"
        );
    }

    #[test]
    fn html_is_named_as_what_it_is() {
        assert_eq!(code(Protocol::Json, &[], "<html><body>Bad gateway</body></html>"), UNREADABLE);
        assert_eq!(code(Protocol::Query, &[], ""), "400");
    }
}
