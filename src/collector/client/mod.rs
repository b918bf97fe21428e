//! Calls to AWS: the SDK's own runtime for credentials, signing, retries and connections, with requests and answers
//! written and read by the models.

mod address;
mod connector;
mod failure;
mod pace;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::{Operation as SdkOperation, OperationBuilder};
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use serde_json::{Map, Value};

pub use address::Address;
pub use failure::Failure;
pub use pace::{Lane, Pace};

use super::api::{Operation, Service};
use super::protocol::{self, AwsError, WireRequest, WireResponse};
use connector::Polite;

/// How patient to be.
#[derive(Debug, Clone)]
pub struct Patience {
    /// HTTP requests per page, retries included.
    pub max_attempts: u32,
    /// To a connection.
    pub connect_timeout: Duration,
    /// To the whole answer, once connected.
    pub read_timeout: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { max_attempts: 8, connect_timeout: Duration::from_secs(5), read_timeout: Duration::from_mins(1) }
    }
}

/// One set of credentials, and the connections to use them on.
#[derive(Debug, Clone)]
pub struct Client {
    config: SdkConfig,
    cache: SharedIdentityCache,
    http: SharedHttpClient,
    endpoint_url: Option<String>,
    patience: Patience,
    /// One pace for all accounts: `--max-rps`.
    overall: Arc<Pace>,
}

/// One call, as the client needs it.
#[derive(Debug, Clone)]
pub struct Call<'c> {
    /// The service.
    pub service: &'c Arc<Service>,
    /// Name of the operation.
    pub name: &'c str,
    /// Partition of the region.
    pub partition: &'c str,
    /// The region to call.
    pub region: &'c str,
    /// The parameters.
    pub parameters: &'c Map<String, Value>,
}

/// What a call came to, and how many requests it took.
#[derive(Debug)]
pub struct Reply {
    /// The answer, or why there is none.
    pub result: Result<Map<String, Value>, Failure>,
    /// HTTP requests sent.
    pub attempts: u32,
}

type Decoded = SdkOperation<WireRequest, Map<String, Value>, AwsError>;

impl Client {
    /// A client with the credentials of `config`. `endpoint_url` overrides every service's own.
    #[must_use]
    pub fn new(config: SdkConfig, http: SharedHttpClient, endpoint_url: Option<String>, patience: Patience, overall: Arc<Pace>) -> Self {
        let cache = config.identity_cache().unwrap_or_else(|| IdentityCache::lazy().build());
        let endpoint_url = endpoint_url.map(|url| url.trim_end_matches('/').to_owned());
        Self { config, cache, http, endpoint_url, patience, overall }
    }

    /// Whether requests go somewhere else than to AWS.
    #[must_use]
    pub fn endpoint_url(&self) -> Option<&str> {
        self.endpoint_url.as_deref()
    }

    /// Calls one page of an operation, in the pace of `lane`.
    pub async fn call(&self, call: &Call<'_>, lane: &Arc<Lane>) -> Reply {
        let attempts = Arc::new(AtomicU32::new(0));
        let result = self.attempt(call, lane, &attempts).await;
        Reply { result, attempts: attempts.load(Ordering::Relaxed) }
    }

    async fn attempt(&self, call: &Call<'_>, lane: &Arc<Lane>, attempts: &Arc<AtomicU32>) -> Result<Map<String, Value>, Failure> {
        let operation = call.service.operations.get(call.name).ok_or_else(|| Failure::unknown_operation(call.service, call.name))?;
        let mut request = protocol::request(call.service, call.name, operation, call.parameters).map_err(Failure::from)?;
        let mut address = Address::of(call, operation, self.endpoint_url.as_deref())?;
        address.place_bucket(call, &mut request);
        let sdk_operation = self.operation(call, operation, &address, lane, attempts);
        sdk_operation.invoke(request).await.map_err(|error| Failure::from_sdk(error, &address.url))
    }

    fn operation(&self, call: &Call<'_>, operation: &Operation, address: &Address, lane: &Arc<Lane>, attempts: &Arc<AtomicU32>) -> Decoded {
        let polite = Polite {
            inner: self.http.clone(),
            lane: Arc::clone(lane),
            overall: Arc::clone(&self.overall),
            attempts: Arc::clone(attempts),
            timeout: self.patience.read_timeout,
        };
        let retry = RetryConfig::standard().with_max_attempts(self.patience.max_attempts.max(1)).with_max_backoff(Duration::from_secs(20));
        let timeouts =
            TimeoutConfig::builder().connect_timeout(self.patience.connect_timeout).read_timeout(self.patience.read_timeout).build();
        let builder = SdkOperation::builder()
            // The name is that of the retry quota too: one per service and region, as AWS throttles.
            .service_name(format!("{}/{}", call.service.name, call.region))
            .operation_name(call.name.to_owned())
            .http_client(polite)
            .endpoint_url(&address.url)
            .standard_retry(&retry)
            .retry_classifier(TransientErrorClassifier::<AwsError>::new())
            .retry_classifier(AwsErrorCodeClassifier::<AwsError>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .timeout_config(timeouts)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new());
        let builder = if operation.unsigned { builder.no_auth() } else { self.signed(builder, address) };
        let (service, name) = (Arc::clone(call.service), call.name.to_owned());
        builder
            .serializer(move |request: WireRequest| to_http(request).map_err(Into::into))
            .deserializer(move |response: &HttpResponse| decode(&service, &name, response).map_err(OrchestratorError::operation))
            .build()
    }

    fn signed(&self, builder: OperationBuilder, address: &Address) -> OperationBuilder {
        // S3 signs the path as it is sent, and the body's hash goes into a header:
        // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
        let is_s3 = matches!(address.signing_name.as_str(), "s3" | "s3express" | "s3-outposts" | "s3-object-lambda");
        let mut options = SigningOptions::default();
        options.double_uri_encode = !is_s3;
        options.normalize_uri_path = !is_s3;
        options.content_sha256_header = is_s3;
        let mut layer = Layer::new("signing");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(aws_types::region::Region::new(address.signing_region.clone()))),
            name: Some(SigningName::from(address.signing_name.clone())),
            signing_options: options,
            ..SigV4OperationSigningConfig::default()
        });
        let mut components = RuntimeComponentsBuilder::new("signing")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(StaticAuthSchemeOptionResolver::new(vec![
                SCHEME_ID,
            ]))))
            .with_identity_cache(Some(self.cache.clone()));
        if let Some(provider) = self.config.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, provider);
        }
        builder.runtime_plugin(StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components))
    }
}

fn to_http(request: WireRequest) -> Result<HttpRequest, aws_smithy_runtime_api::http::HttpError> {
    let mut uri = request.path;
    for (number, (key, value)) in request.query.iter().enumerate() {
        uri.push(if number == 0 { '?' } else { '&' });
        uri.push_str(&address::encode(key));
        // `?policy`, not `?policy=`: some implementations tell them apart.
        if !value.is_empty() {
            uri.push('=');
            uri.push_str(&address::encode(value));
        }
    }
    let length = request.body.len();
    let mut http = HttpRequest::new(SdkBody::from(request.body));
    http.set_method(&request.method)?;
    http.set_uri(uri)?;
    for (name, value) in request.headers {
        http.headers_mut().try_insert(name, value)?;
    }
    if length > 0 {
        http.headers_mut().try_insert("content-length", length.to_string())?;
    }
    Ok(http)
}

fn decode(service: &Service, name: &str, response: &HttpResponse) -> Result<Map<String, Value>, AwsError> {
    let headers: Vec<(String, String)> =
        response.headers().iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let wire = WireResponse { status: response.status().as_u16(), headers: &headers, body: response.body().bytes().unwrap_or_default() };
    match service.operations.get(name) {
        Some(operation) => protocol::response(service, name, operation, &wire),
        None => Ok(Map::new()),
    }
}
