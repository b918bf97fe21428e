//! One recorded answer and the call it is the answer to.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use cloudmapper::collector::api::{Api, Service};
use cloudmapper::collector::protocol::{self, AwsError, WireRequest, WireResponse};
use serde_json::Value;

use crate::sample::{self, Fill};
use crate::{compare, request};

/// A call with its parameters under boto3's names, and what AWS answers.
pub struct Case {
    service: Arc<Service>,
    operation: &'static str,
    parameters: Value,
    recorded: Recorded,
    /// Whether the typed client must know every member of ours. Where answers are made up from our models, it need not know
    /// what these have had since it was made.
    strict: bool,
}

/// Stands where the network is: answers, and remembers what it was asked.
#[derive(Debug, Clone)]
struct Recorded {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    asked: Arc<Mutex<Vec<HttpRequest>>>,
}

impl HttpConnector for Recorded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.asked.lock().unwrap().push(request);
        let mut response = HttpResponse::new(self.status.try_into().unwrap(), SdkBody::from(self.body.clone()));
        for (name, value) in &self.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl Case {
    /// A call that AWS answers with status 200 and that body.
    #[must_use]
    pub fn new(service: &str, operation: &'static str, parameters: Value, body: impl AsRef<[u8]>) -> Self {
        static API: OnceLock<Api> = OnceLock::new();
        let service = API.get_or_init(|| Api::embedded().unwrap()).service(service).unwrap().unwrap();
        let recorded = Recorded { status: 200, headers: Vec::new(), body: body.as_ref().to_vec(), asked: Arc::default() };
        Self { service, operation, parameters, recorded, strict: true }
    }

    /// A call that AWS answers with every member there is. `root`: the outermost element, where the protocol does not say.
    #[must_use]
    pub fn sampled(service: &str, operation: &'static str, parameters: Value, root: &str, fill: Fill) -> Self {
        let mut case = Self::new(service, operation, parameters, "");
        (case.recorded.headers, case.recorded.body) =
            sample::answer(&case.service, operation, &case.service.operations[operation], root, fill);
        case.strict = false;
        case
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.recorded.status = status;
        self
    }

    /// A header of the answer; the name in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.recorded.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a typed client takes for its network.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.recorded.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    /// Compares requests and answers of both clients, and returns our answer.
    ///
    /// # Panics
    /// When they differ.
    pub fn judge(&self, typed: &dyn Debug) -> Value {
        self.judge_request();
        let ours = Value::Object(self.answer().unwrap());
        let differences = compare::differences(&format!("{typed:?}"), &ours, self.strict);
        assert!(
            differences.is_empty(),
            "{} of {}:\n{}\nours: {ours:#}\ntyped: {typed:?}",
            self.operation,
            self.service.name,
            differences.join("\n")
        );
        ours
    }

    /// Compares requests and errors of both clients, and returns our error.
    ///
    /// # Panics
    /// When they differ.
    pub fn judge_error(&self, typed: &impl ProvideErrorMetadata) -> AwsError {
        self.judge_request();
        let ours = self.answer().unwrap_err();
        assert_eq!((typed.code(), typed.message()), (Some(ours.code.as_str()), Some(ours.message.as_str())));
        assert_eq!(ours.status, self.recorded.status);
        ours
    }

    /// Our answer alone.
    ///
    /// # Errors
    /// When the recorded answer is an error.
    pub fn answer(&self) -> Result<serde_json::Map<String, Value>, AwsError> {
        let wire = WireResponse { status: self.recorded.status, headers: &self.recorded.headers, body: &self.recorded.body };
        protocol::response(&self.service, self.operation, &self.service.operations[self.operation], &wire)
    }

    fn judge_request(&self) {
        let asked = self.recorded.asked.lock().unwrap();
        assert_eq!(asked.len(), 1, "one request is recorded for one call");
        assert_eq!(request::ours(&self.request()), request::typed(&asked[0]), "request of {}", self.operation);
    }

    fn request(&self) -> WireRequest {
        let parameters = self.parameters.as_object().expect("parameters are an object");
        protocol::request(&self.service, self.operation, &self.service.operations[self.operation], parameters).unwrap()
    }
}

/// Runs a call of a typed client to its end.
///
/// # Panics
/// When there is no runtime to be had.
pub fn wait<T>(call: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(call)
}
