//! Where each HTTP request passes, retries included: it waits for its turn, is counted, and its answer is read whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use super::pace::{Lane, Pace};

/// An HTTP client that keeps a lane's pace.
#[derive(Debug, Clone)]
pub(super) struct Polite {
    pub(super) inner: SharedHttpClient,
    pub(super) lane: Arc<Lane>,
    pub(super) overall: Arc<Pace>,
    pub(super) attempts: Arc<AtomicU32>,
    pub(super) timeout: Duration,
}

impl HttpClient for Polite {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(PoliteConnector { inner: self.inner.http_connector(settings, components), polite: self.clone() })
    }
}

#[derive(Debug)]
struct PoliteConnector {
    inner: SharedHttpConnector,
    polite: Polite,
}

impl HttpConnector for PoliteConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, polite) = (self.inner.clone(), self.polite.clone());
        HttpConnectorFuture::new(async move {
            polite.lane.wait().await;
            polite.overall.wait().await;
            polite.attempts.fetch_add(1, Ordering::Relaxed);
            let answer = tokio::time::timeout(polite.timeout, whole(&inner, request)).await;
            let answer = answer.unwrap_or_else(|elapsed| Err(ConnectorError::timeout(elapsed.into())));
            if let Ok(response) = &answer {
                polite.lane.learn(is_throttling(response));
            }
            answer
        })
    }
}

/// The answer with its body in memory: a body that breaks off is a broken connection, and is tried again.
async fn whole(inner: &SharedHttpConnector, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let mut response = inner.call(request).await?;
    let body = aws_smithy_types::byte_stream::ByteStream::new(response.take_body()).collect().await;
    let bytes = body.map_err(|error| ConnectorError::io(error.into()))?.into_bytes();
    *response.body_mut() = SdkBody::from(bytes);
    Ok(response)
}

/// Codes beyond the SDK's list that mean "slow down".
const MORE_THROTTLING: &[&str] = &["Rate exceeded", "TooManyRequests", "ServiceUnavailable", "RequestThrottled"];

fn is_throttling(response: &HttpResponse) -> bool {
    match response.status().as_u16() {
        429 => true,
        400 | 503 => {
            let body = response.body().bytes().unwrap_or_default();
            let start = String::from_utf8_lossy(body.get(..body.len().min(2048)).unwrap_or_default());
            THROTTLING_ERRORS.iter().chain(MORE_THROTTLING).any(|code| *code != "LimitExceededException" && start.contains(code))
        }
        _ => false,
    }
}
