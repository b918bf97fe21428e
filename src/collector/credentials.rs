//! Whose credentials a run uses: the SDK's own chain (environment, profiles, SSO, containers, instances), and a role
//! assumed from there when the configuration names one.

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// What shows up in CloudTrail for a session that we open.
const SESSION_NAME: &str = "cloudmapper";

/// Where an account's credentials come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// A profile of the AWS configuration; `None` = the default chain.
    pub profile: Option<String>,
    /// A role to assume, by ARN.
    pub role_arn: Option<String>,
    /// What the role's trust policy may ask for.
    pub external_id: Option<String>,
}

/// Connections for all calls of the program.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_with_connector_fn(|settings, _| {
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .proxy_config(ProxyConfig::from_env())
            .sleep_impl(TokioSleep::new());
        builder.set_connector_settings(settings.cloned());
        builder.build()
    })
}

/// The SDK's configuration for `origin`, before any role is assumed.
pub async fn base(origin: &Origin, http: &SharedHttpClient, region: Option<&str>, endpoint_url: Option<&str>) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    if let Some(profile) = &origin.profile {
        // A profile that is asked for by name wins over keys in the environment, as with boto3: these may be another account's.
        let settings = ProviderConfig::default().with_http_client(http.clone());
        let provider = ProfileFileCredentialsProvider::builder().configure(&settings).profile_name(profile).build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader.load().await
}

/// `base` with the role `arn` assumed, from `region`.
pub async fn assume(base: &SdkConfig, arn: &str, external_id: Option<&str>, region: &str) -> SdkConfig {
    let config = base.to_builder().region(Region::new(region.to_owned())).build();
    let mut builder = AssumeRoleProvider::builder(arn).session_name(SESSION_NAME).configure(&config);
    if let Some(id) = external_id {
        builder = builder.external_id(id);
    }
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(builder.build().await);
    // A cache of its own: the base's would answer with the base's credentials.
    config
        .to_builder()
        .credentials_provider(provider)
        .identity_cache(aws_smithy_runtime::client::identity::IdentityCache::lazy().build())
        .build()
}
