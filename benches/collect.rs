//! How close a collection comes to what the rate limit allows: 5,000 calls against a loopback server that takes 50 ms for
//! each answer and throttles above a rate, as AWS does.
//!
//! `cargo bench --bench collect` prints wall time, the ideal, and the peak of resident memory.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and may panic"
)]

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

const CALLS: usize = 5_000;
const LATENCY: Duration = Duration::from_millis(50);
/// Calls under way at once.
const CONCURRENCY: usize = 48;

/// A token bucket: what AWS documents of its own throttling,
/// <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>.
struct Bucket {
    per_second: f64,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn take(&mut self) -> bool {
        let now = Instant::now();
        let more = now.duration_since(self.filled).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + more).min(self.per_second);
        self.filled = now;
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }
}

type Shared = Arc<Mutex<(Option<Bucket>, usize)>>;

async fn answer(State(shared): State<Shared>, body: Bytes) -> Response {
    let form = String::from_utf8_lossy(&body).into_owned();
    tokio::time::sleep(LATENCY).await;
    let is_get = form.contains("Action=GetRole");
    if is_get {
        let mut shared = shared.lock().unwrap();
        if shared.0.as_mut().is_some_and(|bucket| !bucket.take()) {
            shared.1 += 1;
            let error = "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";
            return (StatusCode::BAD_REQUEST, error).into_response();
        }
    }
    reply(&form).into_response()
}

fn reply(form: &str) -> String {
    if form.contains("Action=GetCallerIdentity") {
        return "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/u</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>".into();
    }
    if form.contains("Action=DescribeRegions") {
        return "<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName></item></regionInfo></DescribeRegionsResponse>".into();
    }
    if form.contains("Action=ListRoles") {
        let members: String = (0..CALLS).map(|number| format!("<member><RoleName>role-{number:05}</RoleName></member>")).collect();
        return format!("<ListRolesResponse><ListRolesResult><Roles>{members}</Roles></ListRolesResult></ListRolesResponse>");
    }
    let name = form.split("RoleName=").nth(1).unwrap_or_default();
    // About what a role weighs.
    let policy = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    format!(
        "<GetRoleResponse><GetRoleResult><Role><RoleName>{name}</RoleName><AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"
    )
}

const TABLE: &str = "
- {Service: iam, Request: list-roles}
- {Service: iam, Request: get-role, Parameters: [{Name: RoleName, Value: 'iam-list-roles.json|.Roles[].RoleName'}]}
";

fn serve(per_second: Option<f64>) -> (String, Shared, tokio::runtime::Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let bucket = per_second.map(|per_second| Bucket { per_second, tokens: per_second, filled: Instant::now() });
    let shared: Shared = Arc::new(Mutex::new((bucket, 0)));
    let listener = runtime.block_on(tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
    runtime.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, shared, runtime)
}

fn run(name: &str, server_rate: Option<f64>, max_rps: Option<f64>) {
    let (url, shared, _runtime) = serve(server_rate);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("table.yaml"), TABLE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloudmapper"));
    let concurrency = CONCURRENCY.to_string();
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.args([
        "collect",
        "--account",
        "bench",
        "--commands",
        "table.yaml",
        "--concurrency",
        &concurrency,
        "--per-service",
        &concurrency,
    ]);
    if let Some(rate) = max_rps {
        command.args(["--max-rps", &rate.to_string()]);
    }
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder.path()).env("AWS_ENDPOINT_URL", url);
    command.env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b").env("AWS_REGION", "us-east-1").current_dir(folder.path());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(resident_peak(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let wall = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (calls, by_latency) = (CALLS as f64, CALLS as f64 / CONCURRENCY as f64 * LATENCY.as_secs_f64());
    let cap = server_rate.into_iter().chain(max_rps).fold(f64::INFINITY, f64::min);
    let ideal = by_latency.max(calls / cap);
    println!(
        "{name:<34} {wall:>7.1} s  ideal {ideal:>6.1} s  ratio {:>4.2}  throttled {:>4}  peak {:>4} MB  {status}",
        wall / ideal,
        shared.lock().unwrap().1,
        peak / 1024
    );
}

/// Largest resident size of a process so far, kB; 0 where the kernel does not say.
fn resident_peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn main() {
    run("no limit but concurrency", None, None);
    run("--max-rps 200", None, Some(200.0));
    run("the server throttles above 200/s", Some(200.0), None);
    run("the server throttles above 50/s", Some(50.0), None);
}
