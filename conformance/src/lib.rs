//! Judges the client that is driven by models by AWS's own typed clients: the same recorded answer goes through both, and
//! what the typed client sees must be in our JSON, with the same value, and nothing else. The requests that both write
//! for the same parameters must be the same too. Not for connections, signing and retries: those are the SDK's in both.
//!
//! Run it with `tests/run --conformance`: the typed clients take a quarter of an hour to compile.

mod case;
mod compare;
mod debug;
mod request;
mod sample;

pub use case::{Case, wait};
pub use sample::Fill;

/// Something to sign with.
#[must_use]
pub fn credentials() -> aws_credential_types::Credentials {
    aws_credential_types::Credentials::from_keys("AKIDEXAMPLE", "secret", None)
}

/// A typed client that gets the recorded answer of a [`Case`] to whatever it asks.
#[macro_export]
macro_rules! typed {
    ($sdk:ident, $case:expr) => {
        $sdk::Client::from_conf($crate::typed!(@config $sdk, $case).build())
    };
    (@config $sdk:ident, $case:expr) => {
        $sdk::Config::builder()
            .region($sdk::config::Region::new("eu-west-1"))
            .credentials_provider($crate::credentials())
            .retry_config($sdk::config::retry::RetryConfig::disabled())
            .http_client($case.http_client())
    };
}

/// What an accessor of the typed answer returns is what our answer has at that place.
#[macro_export]
macro_rules! same {
    ($ours:expr, $($pointer:literal => $typed:expr),+ $(,)?) => {
        $(assert_eq!($ours.pointer($pointer), Some(&serde_json::json!($typed)), "{}", $pointer);)+
    };
}
