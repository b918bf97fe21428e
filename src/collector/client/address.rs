//! Where a call goes, and whom it is signed for; S3's buckets and s3control's accounts are part of the host.

use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use super::{Call, Failure};
use crate::collector::api::Operation;
use crate::collector::protocol::{RESERVED, WireRequest};

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// An endpoint for one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Scheme and host.
    pub url: String,
    /// The service to sign for.
    pub signing_name: String,
    /// The region to sign for.
    pub signing_region: String,
    is_override: bool,
}

impl Address {
    pub(super) fn of(call: &Call<'_>, operation: &Operation, endpoint_url: Option<&str>) -> Result<Self, Failure> {
        let operation =
            if is_directory_bucket(call) { call.service.operations.get("ListDirectoryBuckets").unwrap_or(operation) } else { operation };
        let endpoint =
            call.service.endpoint(operation, call.partition, call.region).ok_or_else(|| Failure::no_endpoint(call.service, call.region))?;
        let mut url = endpoint_url.map_or(endpoint.url, str::to_owned);
        // An override is one host for everything; `111122223333.127.0.0.1` would not resolve.
        if let (Some(prefix), None) = (&operation.host_prefix, endpoint_url) {
            url = insert_prefix(&url, &fill(prefix, call)?);
        }
        Ok(Self { url, signing_name: endpoint.signing_name, signing_region: endpoint.signing_region, is_override: endpoint_url.is_some() })
    }

    /// Puts the bucket into the host where that is possible: AWS's own preference, and the only way in newer regions.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
    pub(super) fn place_bucket(&mut self, call: &Call<'_>, request: &mut WireRequest) {
        if call.service.name != "s3" || self.is_override || is_directory_bucket(call) {
            return;
        }
        let Some(bucket) = call.parameters.get("Bucket").and_then(Value::as_str) else { return };
        // With a dot in it, the name would not match the certificate.
        if !is_host_label(bucket) {
            return;
        }
        let in_path = format!("/{}", encode(bucket));
        if let Some(rest) = request.path.strip_prefix(&in_path) {
            request.path = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
            self.url = insert_prefix(&self.url, &format!("{bucket}."));
        }
    }
}

/// Policies of directory buckets are asked for at the control endpoint of S3 Express:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-Regions-and-Zones.html>.
fn is_directory_bucket(call: &Call<'_>) -> bool {
    call.service.name == "s3" && call.parameters.get("Bucket").and_then(Value::as_str).is_some_and(|bucket| bucket.ends_with("--x-s3"))
}

fn insert_prefix(url: &str, prefix: &str) -> String {
    match url.split_once("://") {
        Some((scheme, host)) => format!("{scheme}://{prefix}{host}"),
        None => url.to_owned(),
    }
}

/// `{AccountId}.` with the parameter filled in.
fn fill(prefix: &str, call: &Call<'_>) -> Result<String, Failure> {
    let Some((before, rest)) = prefix.split_once('{') else { return Ok(prefix.to_owned()) };
    let Some((name, after)) = rest.split_once('}') else { return Ok(prefix.to_owned()) };
    match call.parameters.get(name).and_then(Value::as_str).filter(|value| is_host_label(value)) {
        Some(value) => Ok(format!("{before}{value}{after}")),
        None => Err(Failure::parameter(name, "does not fit into a host name")),
    }
}

fn is_host_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}
