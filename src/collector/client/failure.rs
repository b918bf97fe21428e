//! Why a call gave nothing, in one code and one sentence.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::collector::api::Service;
use crate::collector::protocol::{AwsError, RequestError};

/// The credentials were good once: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html>.
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "CredentialsExpired"];

/// Codes of our own, for what never got an answer from AWS.
pub(super) const NO_CREDENTIALS: &str = "NoCredentials";
const TIMEOUT: &str = "Timeout";
const UNREACHABLE: &str = "EndpointUnreachable";
const CONNECTION: &str = "ConnectionBroken";
const INVALID: &str = "InvalidCall";

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Failure {
    /// AWS's code or ours.
    pub code: String,
    /// In words.
    pub message: String,
    /// Where S3 says that the bucket is.
    pub bucket_region: Option<String>,
}

impl Failure {
    /// A failure with a code and a message.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), bucket_region: None }
    }

    pub(super) fn unknown_operation(service: &Service, name: &str) -> Self {
        Self::new(INVALID, format!("`{}` has no read operation `{name}`", service.name))
    }

    pub(super) fn no_endpoint(service: &Service, region: &str) -> Self {
        Self::new(UNREACHABLE, format!("`{}` has no endpoint for `{region}`", service.name))
    }

    pub(super) fn parameter(name: &str, problem: &str) -> Self {
        Self::new(INVALID, format!("parameter `{name}` {problem}"))
    }

    /// Whether going on makes no sense: every further call would fail the same way.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        // Credentials that worked at the start and cannot be had now: a session that could not be renewed.
        EXPIRED.contains(&self.code.as_str()) || self.code == NO_CREDENTIALS
    }

    /// Whether the name of the endpoint could not be looked up.
    #[must_use]
    pub fn is_unknown_host(&self) -> bool {
        self.code == UNREACHABLE && self.message.contains("dns error")
    }

    pub(super) fn from_sdk(error: SdkError<AwsError, HttpResponse>, url: &str) -> Self {
        match error {
            SdkError::ServiceError(context) => {
                let error = context.into_err();
                Self { code: error.code, message: error.message, bucket_region: error.bucket_region }
            }
            SdkError::TimeoutError(context) => Self::new(TIMEOUT, chain(&SdkError::<AwsError, HttpResponse>::TimeoutError(context))),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::new(TIMEOUT, format!("no answer from `{url}` in time")),
            SdkError::DispatchFailure(failure) => {
                let words = failure.as_connector_error().map(|error| chain(error)).unwrap_or_default();
                // The SDK looks for credentials at the same stage at which it connects.
                if words.contains("credential") {
                    return Self::new(NO_CREDENTIALS, words);
                }
                let never_connected = words.contains("(Connect)");
                Self::new(if never_connected { UNREACHABLE } else { CONNECTION }, format!("`{url}`: {words}"))
            }
            other => Self::from_construction(&other),
        }
    }

    fn from_construction(error: &SdkError<AwsError, HttpResponse>) -> Self {
        let mut source: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(current) = source {
            if current.downcast_ref::<CredentialsError>().is_some() {
                return Self::new(NO_CREDENTIALS, chain(current));
            }
            source = current.source();
        }
        let words = chain(error);
        // The identity cache wraps the provider's error in a text.
        let code = if words.contains("credential") || words.contains("identity") { NO_CREDENTIALS } else { INVALID };
        Self::new(code, words)
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::new(INVALID, error.to_string())
    }
}

/// An error with all that caused it, in one line.
fn chain(error: &dyn StdError) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words.push_str(": ");
            words.push_str(&cause_words);
        }
        source = cause.source();
    }
    // Some errors are drawn as trees over several lines.
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
