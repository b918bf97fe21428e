//! Requests in a form in which two of them can be compared: order, user agent and signature do not count.

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use cloudmapper::collector::protocol::WireRequest;
use percent_encoding::percent_decode_str;
use serde_json::Value;

type Pairs = BTreeSet<(String, String)>;

/// What AWS acts on.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    method: String,
    path: String,
    query: Pairs,
    headers: BTreeMap<String, String>,
    body: Body,
}

#[derive(Debug, PartialEq)]
enum Body {
    Form(Pairs),
    Json(Value),
    Bytes(Vec<u8>),
}

/// The client's own business: who it is, how it signs, how often it has tried.
const NOT_COMPARED: [&str; 8] = [
    "authorization",
    "user-agent",
    "x-amz-user-agent",
    "x-amz-date",
    "x-amz-content-sha256",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "content-length",
];

pub(crate) fn ours(request: &WireRequest) -> Request {
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    make(&request.method, &request.path, request.query.iter().cloned().collect(), headers, &request.body)
}

pub(crate) fn typed(request: &HttpRequest) -> Request {
    let (_, after) = request.uri().split_once("://").expect("an absolute URL");
    let (_, target) = after.split_once('/').unwrap_or((after, ""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let body = request.body().bytes().expect("a body in memory");
    // AWS's name for the operation, for its logs.
    let query = pairs(query).into_iter().filter(|(name, _)| name != "x-id").collect();
    // A bucket is `/bucket/` there and `/bucket` here and in boto3; S3 takes both for the same.
    let path = format!("/{}", path.trim_end_matches('/'));
    make(request.method(), &path, query, request.headers().iter(), body)
}

fn make<'h>(method: &str, path: &str, query: Pairs, headers: impl Iterator<Item = (&'h str, &'h str)>, body: &[u8]) -> Request {
    let mut compared = BTreeMap::<String, String>::new();
    for (name, value) in headers.map(|(name, value)| (name.to_ascii_lowercase(), value)) {
        // `; charset=utf-8` says nothing new.
        let value = value.split(';').next().unwrap_or(value);
        if !NOT_COMPARED.contains(&name.as_str()) {
            // Two fields of one name mean the same as one with a comma.
            compared.entry(name).and_modify(|known| *known = format!("{known},{value}")).or_insert_with(|| value.to_owned());
        }
    }
    let body = match compared.get("content-type").map(String::as_str) {
        Some("application/x-www-form-urlencoded") => Body::Form(pairs(std::str::from_utf8(body).expect("a form is text"))),
        Some(kind) if kind.contains("json") => Body::Json(serde_json::from_slice(body).expect("a JSON body")),
        _ => Body::Bytes(body.to_vec()),
    };
    Request { method: method.to_owned(), path: path.to_owned(), query, headers: compared, body }
}

fn pairs(text: &str) -> Pairs {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().expect("UTF-8").into_owned();
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('=').unwrap_or((part, ""))).map(|(name, value)| (decode(name), decode(value))).collect()
}
