//! One call of the table, whole: all its pages, from the right region, polled until it is ready.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use super::client::{Call, Client, Failure, Lane};
use super::paginate::{append, drop_tokens, next_tokens};
use super::redact::Secrets;
use super::table::Row;
use crate::snapshot::manifest::Outcome;

/// How often an answer that is not ready yet is asked for again, and how long to wait in between.
const POLLS: u32 = 10;
const POLL_PAUSE: Duration = Duration::from_secs(2);

/// What a call came to.
#[derive(Debug)]
pub struct Gathered {
    /// The kind of result.
    pub outcome: Outcome,
    /// The answer, whole or in part.
    pub answer: Option<Value>,
    /// Why there is not more.
    pub failure: Option<Failure>,
    /// HTTP requests sent.
    pub attempts: u32,
    /// Pages in the answer.
    pub pages: u32,
    /// Secrets replaced.
    pub redacted: u32,
}

/// Where each bucket turned out to be; S3 answers for a bucket only from its own region.
#[derive(Debug, Default)]
pub(super) struct BucketRegions(Mutex<BTreeMap<String, String>>);

impl BucketRegions {
    fn get(&self, bucket: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(bucket).cloned()
    }

    fn learn(&self, bucket: &str, region: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(bucket.to_owned(), region.to_owned());
    }
}

/// What a call needs besides its row.
#[derive(Debug, Clone)]
pub(super) struct Gatherer {
    /// The account's credentials and connections.
    pub client: Client,
    /// The account's partition.
    pub partition: String,
    /// What to hide; `None` = store secrets as they come.
    pub secrets: Option<Arc<Secrets>>,
    /// Where the account's buckets are.
    pub buckets: Arc<BucketRegions>,
}

/// Pages so far, and why there are no more.
struct Pages {
    whole: Option<Map<String, Value>>,
    failure: Option<Failure>,
    attempts: u32,
    pages: u32,
}

impl Gatherer {
    /// Makes one call of `row`.
    pub(super) async fn gather(&self, row: &Row, region: &str, parameters: &Map<String, Value>, lane: &Arc<Lane>) -> Gathered {
        let mut pages = self.pages(row, region, parameters, lane).await;
        for _ in 1..POLLS {
            if row.check.is_empty() || pages.failure.is_some() || is_ready(row, pages.whole.as_ref()) {
                break;
            }
            tokio::time::sleep(POLL_PAUSE).await;
            let attempts = pages.attempts;
            pages = self.pages(row, region, parameters, lane).await;
            pages.attempts += attempts;
        }
        if pages.failure.is_none() && !is_ready(row, pages.whole.as_ref()) {
            pages.failure = Some(Failure::new("NotReady", format!("`{}` was still not ready after {POLLS} calls", row.operation)));
        }
        self.conclude(row, pages)
    }

    fn conclude(&self, row: &Row, pages: Pages) -> Gathered {
        let Pages { whole, failure, attempts, pages, .. } = pages;
        let mut redacted = 0;
        let operation = row.service.operations.get(&row.operation);
        let answer = whole.map(|mut whole| {
            drop_tokens(operation.and_then(|operation| operation.paginator.as_ref()), &mut whole);
            if let (Some(secrets), Some(operation)) = (&self.secrets, operation) {
                redacted = secrets.redact(&row.service, operation, &mut whole);
            }
            Value::Object(whole)
        });
        let outcome = match (&answer, &failure) {
            (Some(_), None) => Outcome::Value,
            (Some(_), Some(_)) => Outcome::Partial,
            (None, Some(failure)) if row.is_empty_code(&failure.code, &failure.message) => Outcome::Empty,
            // botocore does not know where these are offered: a host that does not exist says that it is not here.
            (None, Some(failure)) if failure.is_unknown_host() && row.service.regions.is_none() => Outcome::Skipped,
            (None, _) => Outcome::NotCollected,
        };
        Gathered { outcome, answer, failure, attempts, pages, redacted }
    }

    async fn pages(&self, row: &Row, region: &str, parameters: &Map<String, Value>, lane: &Arc<Lane>) -> Pages {
        let mut state = Pages { whole: None, failure: None, attempts: 0, pages: 0 };
        let paginator = row.service.operations.get(&row.operation).and_then(|operation| operation.paginator.as_ref());
        let mut parameters = parameters.clone();
        let mut previous: Option<Map<String, Value>> = None;
        loop {
            let page = match self.page(row, region, &parameters, lane, &mut state.attempts).await {
                Ok(page) => page,
                Err(failure) => {
                    state.failure = Some(failure);
                    return state;
                }
            };
            state.pages += 1;
            let tokens = paginator.and_then(|paginator| next_tokens(paginator, &page));
            match (&mut state.whole, paginator) {
                (Some(whole), Some(paginator)) => append(paginator, whole, page),
                _ => state.whole = Some(page),
            }
            let Some(tokens) = tokens else { return state };
            if previous.as_ref() == Some(&tokens) {
                state.failure = Some(Failure::new("PaginationLoop", "the same page token came twice"));
                return state;
            }
            // A token of the last page that this one does not have must not be sent again.
            for key in paginator.into_iter().flat_map(|paginator| &paginator.input) {
                parameters.remove(key);
            }
            parameters.extend(tokens.clone());
            previous = Some(tokens);
        }
    }

    /// One page; from where the bucket really is, once S3 has said so.
    async fn page(
        &self,
        row: &Row,
        region: &str,
        parameters: &Map<String, Value>,
        lane: &Arc<Lane>,
        attempts: &mut u32,
    ) -> Result<Map<String, Value>, Failure> {
        let bucket = parameters.get("Bucket").and_then(Value::as_str).filter(|_| row.service.name == "s3");
        let home = bucket.and_then(|bucket| self.buckets.get(bucket)).unwrap_or_else(|| region.to_owned());
        let call = Call { service: &row.service, name: &row.operation, partition: &self.partition, region: &home, parameters };
        let reply = self.client.call(&call, lane).await;
        *attempts += reply.attempts;
        let elsewhere = reply.result.as_ref().err().and_then(|failure| failure.bucket_region.clone()).filter(|other| *other != home);
        let (Some(bucket), Some(elsewhere)) = (bucket, elsewhere) else { return reply.result };
        self.buckets.learn(bucket, &elsewhere);
        let reply = self.client.call(&Call { region: &elsewhere, ..call }, lane).await;
        *attempts += reply.attempts;
        reply.result
    }
}

fn is_ready(row: &Row, answer: Option<&Map<String, Value>>) -> bool {
    row.check.iter().all(|(name, value)| answer.and_then(|answer| answer.get(name)) == Some(value))
}
