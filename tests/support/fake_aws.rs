//! A small HTTP server that answers like AWS, and misbehaves like AWS: throttles, fails, cuts bodies off, hangs, denies,
//! says that the token has expired. It is a judge of robustness only; what answers look like, moto and the typed SDK judge.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub const ACCOUNT: &str = "111122223333";
const ROLES: usize = 23;
const PAGE: usize = 10;
const BUCKETS: usize = 12;

/// A way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Throttle,
    ServerError,
    Html,
    CutBody,
    Hang,
    Deny,
    Expired,
}

pub const PASSING: &[Fault] = &[Fault::Throttle, Fault::ServerError, Fault::Html, Fault::CutBody, Fault::Hang, Fault::Deny];

/// Decides on a fault for the request of that number.
pub type Schedule = Box<dyn Fn(usize, &str) -> Option<Fault> + Send>;

#[derive(Default)]
struct Shared {
    schedule: Mutex<Option<Schedule>>,
    latency: Mutex<Duration>,
    seen: Mutex<BTreeMap<String, usize>>,
    requests: Mutex<usize>,
}

/// A running stand-in.
pub struct FakeAws {
    pub url: String,
    shared: Arc<Shared>,
    _runtime: tokio::runtime::Runtime,
}

impl FakeAws {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let shared = Arc::new(Shared::default());
        let listener = runtime.block_on(tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        runtime.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, _runtime: runtime }
    }

    /// Misbehaves from now on as `schedule` says, or not at all.
    pub fn misbehave(&self, schedule: Option<Schedule>) {
        *self.shared.requests.lock().unwrap() = 0;
        *self.shared.schedule.lock().unwrap() = schedule;
    }

    /// Takes its time.
    pub fn slow(&self, latency: Duration) {
        *self.shared.latency.lock().unwrap() = latency;
    }

    /// Requests since the last call of this, by operation.
    pub fn take_seen(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }
}

/// The same numbers each time: the tests' only source of chance.
pub fn chance(seed: u64, number: usize) -> u64 {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (number as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 29)
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let operation = operation(&uri, &headers, &body);
    *shared.seen.lock().unwrap().entry(operation.clone()).or_default() += 1;
    let latency = *shared.latency.lock().unwrap();
    tokio::time::sleep(latency).await;
    let number = {
        let mut requests = shared.requests.lock().unwrap();
        *requests += 1;
        *requests
    };
    let fault = shared.schedule.lock().unwrap().as_ref().and_then(|schedule| schedule(number, &operation));
    let good = match elsewhere(&uri, &headers) {
        Some(redirect) => redirect,
        None => good(&operation, &uri, &body, number),
    };
    match fault {
        None => good,
        Some(fault) => misbehave(fault, &operation, good).await,
    }
}

/// `service:Operation`, and what it is about.
fn operation(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    if let Some(target) = target {
        return format!("json:{}", target.rsplit('.').next().unwrap());
    }
    let form = String::from_utf8_lossy(body);
    if let Some(action) = form.split('&').find_map(|pair| pair.strip_prefix("Action=")) {
        return format!("query:{action}");
    }
    format!("rest:{}?{}", uri.path(), uri.query().unwrap_or_default())
}

async fn misbehave(fault: Fault, operation: &str, good: Response) -> Response {
    let error = |status: StatusCode, code: &str| {
        let body = if operation.starts_with("json:") {
            json!({"__type": code, "message": "as scheduled"}).to_string()
        } else {
            format!("<Response><Errors><Error><Code>{code}</Code><Message>as scheduled</Message></Error></Errors></Response>")
        };
        (status, body).into_response()
    };
    match fault {
        Fault::Throttle => error(StatusCode::BAD_REQUEST, "ThrottlingException"),
        Fault::ServerError => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        Fault::Html => {
            (StatusCode::INTERNAL_SERVER_ERROR, "<!doctype html><html><body>Internal Server Error</body></html>").into_response()
        }
        Fault::Deny => error(StatusCode::FORBIDDEN, "AccessDenied"),
        Fault::Expired => error(StatusCode::FORBIDDEN, "ExpiredToken"),
        Fault::Hang => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            good
        }
        Fault::CutBody => {
            let bytes = axum::body::to_bytes(good.into_body(), usize::MAX).await.unwrap();
            let half = bytes.slice(..bytes.len() / 2);
            let parts = [Ok(half), Err(std::io::Error::other("cut"))];
            Response::builder().header("content-length", bytes.len()).body(Body::from_stream(stream(parts))).unwrap()
        }
    }
}

fn stream(parts: [std::io::Result<Bytes>; 2]) -> impl futures_core::Stream<Item = std::io::Result<Bytes>> {
    tokio_stream::iter(parts)
}

/// `bucket-05` is in eu-west-1, and only answers to requests that are signed for there.
fn elsewhere(uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let signed_for = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !uri.path().starts_with("/bucket-05") || signed_for.contains("/eu-west-1/s3/") {
        return None;
    }
    let body = "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>";
    Some((StatusCode::MOVED_PERMANENTLY, [("x-amz-bucket-region", "eu-west-1")], body).into_response())
}

fn good(operation: &str, uri: &Uri, body: &[u8], number: usize) -> Response {
    let form = String::from_utf8_lossy(body).into_owned();
    let field = |name: &str| form.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned));
    match operation {
        "query:GetCallerIdentity" => format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/u</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
        .into_response(),
        "query:DescribeRegions" => {
            let item = |name: &str, status: &str| format!("<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>");
            let mut items = item("us-east-1", "opt-in-not-required") + &item("eu-west-1", "opt-in-not-required");
            if form.contains("AllRegions=true") {
                items += &item("ap-east-1", "not-opted-in");
            }
            format!("<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>").into_response()
        }
        // Not ready at first, as the real one.
        "query:GenerateCredentialReport" => {
            let state = if number < 5 { "STARTED" } else { "COMPLETE" };
            format!("<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>{state}</State></GenerateCredentialReportResult></GenerateCredentialReportResponse>").into_response()
        }
        "query:ListRoles" => roles(field("Marker").and_then(|marker| marker.parse().ok()).unwrap_or(0)).into_response(),
        "query:GetRole" => {
            let name = field("RoleName").unwrap_or_default();
            format!("<GetRoleResponse><GetRoleResult><Role><RoleName>{name}</RoleName><Path>/</Path></Role></GetRoleResult></GetRoleResponse>").into_response()
        }
        "query:DescribeVpcs" => "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>".into_response(),
        "json:ListTables" => json!({"TableNames": ["orders", "users"]}).to_string().into_response(),
        "json:DescribeTable" => json!({"Table": {"TableStatus": "ACTIVE", "CreationDateTime": 1_557_243_622.0}}).to_string().into_response(),
        _ => rest(uri),
    }
}

fn roles(start: usize) -> String {
    let end = (start + PAGE).min(ROLES);
    let members: String = (start..end).map(|number| format!("<member><RoleName>role-{number:02}</RoleName></member>")).collect();
    let more = if end < ROLES {
        format!("<IsTruncated>true</IsTruncated><Marker>{end}</Marker>")
    } else {
        "<IsTruncated>false</IsTruncated>".into()
    };
    format!("<ListRolesResponse><ListRolesResult><Roles>{members}</Roles>{more}</ListRolesResult></ListRolesResponse>")
}

fn rest(uri: &Uri) -> Response {
    let (path, query) = (uri.path().trim_matches('/'), uri.query().unwrap_or_default());
    if path.is_empty() {
        let buckets: String = (0..BUCKETS).map(|number| format!("<Bucket><Name>bucket-{number:02}</Name></Bucket>")).collect();
        return format!("<ListAllMyBucketsResult><Buckets>{buckets}</Buckets></ListAllMyBucketsResult>").into_response();
    }
    // Every third bucket has no policy.
    let number: usize = path.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    if query.contains("policy") && number.is_multiple_of(3) {
        return (StatusCode::NOT_FOUND, "<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message></Error>").into_response();
    }
    json!({"Version": "2012-10-17", "Statement": [], "Id": path}).to_string().into_response()
}

/// A collection table that this server can answer, in every protocol family.
pub const TABLE: &str = "
- {Service: iam, Request: list-roles, For: [iam]}
- Service: iam
  Request: get-role
  Parameters: [{Name: RoleName, Value: 'iam-list-roles.json|.Roles[].RoleName'}]
- {Service: s3, Request: list-buckets}
- Service: s3
  Request: get-bucket-policy
  Parameters: [{Name: Bucket, Value: 's3-list-buckets.json|.Buckets[].Name'}]
  Empty: [NoSuchBucketPolicy]
- {Service: ec2, Request: describe-vpcs}
- {Service: dynamodb, Request: list-tables}
- Service: dynamodb
  Request: describe-table
  Parameters: [{Name: TableName, Value: 'dynamodb-list-tables.json|.TableNames[]'}]
";

/// Calls that a run of [`TABLE`] makes, each once: roles by page, both regions.
pub const CALLS: usize = 1 + ROLES + 1 + BUCKETS + 2 + 2 + 4;
