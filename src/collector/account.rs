//! Collecting one account from beginning to end: who are we, which regions are there, then the table; into a folder
//! that is either continued or, with `--clean`, replaced when the new snapshot is complete.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::{Map, Value};

use super::api::{Api, ApiError, Partition};
use super::client::{Client, Failure, Lane, Pace, Patience};
use super::credentials::{self, Origin};
use super::folders::Folders;
use super::gather::{BucketRegions, Gatherer};
use super::observe::{Event, Observer};
use super::redact::Secrets;
use super::run::{End, Job, Run};
use super::table::Table;
use crate::model::{AccountId, AccountName, Timestamp};
use crate::snapshot::layout::DESCRIBE_REGIONS;
use crate::snapshot::manifest::{CallRecord, FORMAT, Header, Identity, Manifest, ManifestAccount, Outcome, RegionRecord};
use crate::snapshot::{Store, StoreError};

/// What all accounts of a run share.
#[derive(Debug)]
pub struct Shared {
    /// The models.
    pub api: Api,
    /// What to call.
    pub table: Arc<Table>,
    /// What to hide; `None` = nothing.
    pub secrets: Option<Arc<Secrets>>,
    /// Connections.
    pub http: SharedHttpClient,
    /// Instead of AWS.
    pub endpoint_url: Option<String>,
    /// Retries and timeouts.
    pub patience: Patience,
    /// `--max-rps`.
    pub pace: Arc<Pace>,
    /// The folder that holds `account-data/`.
    pub base: PathBuf,
    /// Only these regions (and the default one); empty = all that are enabled.
    pub regions: Vec<String>,
    /// Start over, and replace the old snapshot when the new one is complete.
    pub clean: bool,
    /// Calls under way at once in one service and region.
    pub per_lane: usize,
    /// Calls under way at once per account.
    pub at_once: usize,
    /// The options that chose the calls, for the record.
    pub selection: String,
    /// Set to end all runs early.
    pub stop: Arc<AtomicBool>,
}

/// One account to collect.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name.
    pub name: AccountName,
    /// The id that the configuration has, if it does.
    pub id: Option<AccountId>,
    /// Whose credentials.
    pub origin: Origin,
    /// A role to assume by name, in the account itself.
    pub role_name: Option<String>,
    /// Only these regions.
    pub regions: Vec<String>,
}

/// Why an account could not be collected at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// There is no way in.
    #[error("no usable credentials for `{name}`: {failure}; {}", remedy(failure))]
    Credentials {
        /// The account.
        name: String,
        /// What AWS or the SDK said.
        failure: Failure,
    },
    /// These are another account's credentials.
    #[error(
        "`{name}` is account {expected} in the configuration, but the credentials are for {found}: choose another profile, or set `role_arn`"
    )]
    WrongAccount {
        /// The account.
        name: String,
        /// What the configuration says.
        expected: String,
        /// What STS says.
        found: String,
    },
    /// The folder is another account's.
    #[error("`{}` holds account {held}, not {found}: choose another name, or move the folder away", folder.display())]
    WrongFolder {
        /// The folder.
        folder: PathBuf,
        /// Whose it is.
        held: String,
        /// Whose credentials these are.
        found: String,
    },
    /// An interrupted run is in the way.
    #[error(
        "`{}` is an interrupted --clean run with {}: repeat those options to end it, or start over with --clean",
        folder.display(),
        if began_with.is_empty() { "no options that choose calls".to_owned() } else { format!("`{began_with}`") }
    )]
    OtherOptions {
        /// Its folder.
        folder: PathBuf,
        /// Its options.
        began_with: String,
    },
    /// The region is in no partition that we know.
    #[error("`{0}` is no AWS region: set AWS_REGION, or the profile's region, to one that exists")]
    Region(String),
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program is damaged.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The run itself broke off.
    #[error("the run broke off: {problem}; run the same command again, and report this")]
    Broken {
        /// What is known of it.
        problem: String,
    },
}

fn remedy(failure: &Failure) -> &'static str {
    match failure.code.as_str() {
        "InvalidClientTokenId" | "UnrecognizedClientException" => "the key does not exist or is switched off: create another one",
        "SignatureDoesNotMatch" => "the secret key is not that of the access key: copy both again",
        code if code.contains("Expired") => "log in again (`aws sso login`, or new session credentials)",
        "AccessDenied" => "check the role's trust policy, and `external_id`",
        "EndpointUnreachable" | "Timeout" | "ConnectionBroken" => "check the network, the proxy, and `--endpoint-url`",
        _ => "set AWS_PROFILE or AWS_ACCESS_KEY_ID, pass `--profile`, or log in with `aws sso login`",
    }
}

/// How an account's run ended.
#[derive(Debug)]
pub struct Collected {
    /// Why it ended.
    pub end: End,
    /// The record of everything.
    pub manifest: Manifest,
    /// Where it is. A run with `--clean` that did not get to its end leaves the old snapshot in place and its own beside it.
    pub folder: PathBuf,
    /// Answers that the old snapshot has and the new one lacks: the reason for not replacing it.
    pub lost: usize,
}

/// Collects one account.
///
/// # Errors
/// When nothing could be done: no credentials, the wrong account, no place to write.
pub async fn collect(shared: &Shared, target: &Target, observer: &dyn Observer) -> Result<Collected, CollectError> {
    let (client, partition, caller) = sign_in(shared, target).await?;
    let folders = Folders::choose(&shared.base, target.name.as_ref(), shared.clean)?;
    folders.check(&caller.id, &shared.selection)?;
    let (regions, records, listed) = find_regions(shared, target, &client, &partition).await;
    let header = Header {
        format: FORMAT.to_owned(),
        tool: concat!("cloudmapper ", env!("CARGO_PKG_VERSION")).to_owned(),
        api_models: format!("botocore {}", shared.api.botocore()),
        account: ManifestAccount { name: target.name.to_string(), id: caller.id.clone(), partition: partition.id.clone() },
        identity: Identity { arn: caller.arn, user_id: caller.user_id },
        started: Timestamp::now(),
        finished: None,
        complete: false,
        with_secrets: shared.secrets.is_none(),
        selection: shared.selection.clone(),
        regions: records,
    };
    let mut store = Store::open(&folders.writing, header)?;
    record_regions(&mut store, &partition, listed)?;
    for region in &regions {
        store.make_folder(region)?;
    }
    let job = Job {
        name: target.name.to_string(),
        account: caller.id,
        partition: partition.clone(),
        regions,
        table: Arc::clone(&shared.table),
        per_lane: shared.per_lane,
        at_once: shared.at_once,
    };
    let gatherer =
        Gatherer { client, partition: partition.id, secrets: shared.secrets.clone(), buckets: Arc::new(BucketRegions::default()) };
    let end = Run::new(&job, gatherer, &mut store, observer, Arc::clone(&shared.stop)).finish().await?;
    let manifest = store.finish(end == End::Complete, Timestamp::now())?;
    let (folder, lost) = folders.settle(end == End::Complete, &manifest)?;
    Ok(Collected { end, manifest, folder, lost })
}

struct Caller {
    id: String,
    arn: String,
    user_id: String,
}

/// Credentials that work, and for the right account.
async fn sign_in(shared: &Shared, target: &Target) -> Result<(Client, Partition, Caller), CollectError> {
    let base = credentials::base(&target.origin, &shared.http, None, shared.endpoint_url.as_deref()).await;
    let wanted = base.region().map_or("us-east-1", |region| region.as_ref()).to_owned();
    let partition = shared.api.partition_of(&wanted).cloned().ok_or(CollectError::Region(wanted))?;
    let client = |config| {
        // `AWS_ENDPOINT_URL` and the profile's `endpoint_url` are the SDK's to find.
        let url = shared.endpoint_url.clone().or_else(|| base.endpoint_url().map(str::to_owned));
        Client::new(config, shared.http.clone(), url, shared.patience.clone(), Arc::clone(&shared.pace))
    };
    let external_id = target.origin.external_id.as_deref();
    let region = &partition.default_region;
    let client = match (&target.origin.role_arn, &target.role_name, &target.id) {
        (Some(arn), _, _) => client(credentials::assume(&base, arn, external_id, region).await),
        (None, Some(role), Some(id)) => {
            let own = client(base.clone());
            let caller = caller(shared, target, &own, &partition).await?;
            // A management account has no role of that name in itself.
            if caller.id == id.as_str() {
                own
            } else {
                let arn = format!("arn:{}:iam::{id}:role/{}", partition.id, role.trim_start_matches('/'));
                client(credentials::assume(&base, &arn, external_id, region).await)
            }
        }
        _ => client(base.clone()),
    };
    let caller = caller(shared, target, &client, &partition).await?;
    match &target.id {
        Some(id) if caller.id != id.as_str() => {
            Err(CollectError::WrongAccount { name: target.name.to_string(), expected: id.to_string(), found: caller.id })
        }
        _ => Ok((client, partition, caller)),
    }
}

async fn caller(shared: &Shared, target: &Target, client: &Client, partition: &Partition) -> Result<Caller, CollectError> {
    let answer = call(&shared.api, client, partition, "sts", "GetCallerIdentity", Map::new()).await?;
    let answer = answer.map_err(|failure| CollectError::Credentials { name: target.name.to_string(), failure })?;
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let caller = Caller { id: text("Account"), arn: text("Arn"), user_id: text("UserId") };
    if caller.id.parse::<AccountId>().is_err() {
        let failure = Failure::new("UnreadableAnswer", "the answer to GetCallerIdentity names no account: is this really AWS?");
        return Err(CollectError::Credentials { name: target.name.to_string(), failure });
    }
    Ok(caller)
}

/// One call outside the table, from the default region.
pub(super) async fn call(
    api: &Api,
    client: &Client,
    partition: &Partition,
    service: &str,
    name: &str,
    parameters: Map<String, Value>,
) -> Result<Result<Map<String, Value>, Failure>, ApiError> {
    let Some(service) = api.service(service)? else { return Ok(Err(Failure::new("InvalidCall", format!("no service `{service}`")))) };
    let call = super::client::Call {
        service: &service,
        name,
        partition: &partition.id,
        region: &partition.default_region,
        parameters: &parameters,
    };
    Ok(client.call(&call, &Arc::new(Lane::default())).await.result)
}

/// Parameters and answer.
type Listed = (Map<String, Value>, Result<Map<String, Value>, Failure>);

/// The regions to call, the account's regions with their status, and EC2's own answer.
async fn find_regions(
    shared: &Shared,
    target: &Target,
    client: &Client,
    partition: &Partition,
) -> (Vec<String>, Vec<RegionRecord>, Listed) {
    let ask = |parameters| call(&shared.api, client, partition, "ec2", "DescribeRegions", parameters);
    let no_models = |error: ApiError| Failure::new("InvalidCall", error.to_string());
    let listed = ask(Map::new()).await.map_err(no_models).and_then(|result| result);
    let every = ask(Map::from_iter([("AllRegions".to_owned(), Value::Bool(true))])).await.map_err(no_models).and_then(|result| result);
    let asked = if shared.regions.is_empty() { &target.regions } else { &shared.regions };
    let enabled = match &listed {
        Ok(answer) => names(answer),
        // Not allowed to ask: only what was asked for by name. The gap is on record, and the next run asks again.
        Err(_) => asked.clone(),
    };
    let is_wanted = |name: &String| asked.is_empty() || asked.contains(name) || *name == partition.default_region;
    let mut regions: Vec<String> = enabled.iter().filter(|name| is_wanted(name)).cloned().collect();
    if !regions.contains(&partition.default_region) {
        regions.push(partition.default_region.clone());
    }
    regions.sort();
    // CloudMapper's readers go by this file: it has the regions that are collected, as EC2 lists them.
    let listed = if regions == {
        let mut all = enabled.clone();
        all.sort();
        all
    } || listed.is_err()
    {
        (Map::new(), listed)
    } else {
        let names = Map::from_iter([("RegionNames".to_owned(), Value::from(regions.clone()))]);
        let answer = ask(names.clone()).await.map_err(no_models).and_then(|result| result);
        (names, answer)
    };
    let status = |region: &Value| region.get("OptInStatus").and_then(Value::as_str).unwrap_or("unknown").to_owned();
    let known = every.as_ref().or(listed.1.as_ref()).ok().and_then(|answer| answer.get("Regions")).and_then(Value::as_array);
    let mut records: Vec<RegionRecord> = known
        .into_iter()
        .flatten()
        .filter_map(|region| {
            let name = region.get("RegionName")?.as_str()?.to_owned();
            let status = if enabled.contains(&name) && !regions.contains(&name) { "not-selected".to_owned() } else { status(region) };
            Some(RegionRecord { name, status })
        })
        .collect();
    records.sort_by(|a, b| a.name.cmp(&b.name));
    (regions, records, listed)
}

fn names(answer: &Map<String, Value>) -> Vec<String> {
    let regions = answer.get("Regions").and_then(Value::as_array).into_iter().flatten();
    // They become names of folders and parts of host names.
    let is_name =
        |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    regions.filter_map(|region| region.get("RegionName")?.as_str()).filter(is_name).map(str::to_owned).collect()
}

/// CloudMapper keeps the regions in a file beside the regions' folders.
fn record_regions(store: &mut Store, partition: &Partition, (parameters, listed): Listed) -> Result<(), StoreError> {
    let failure = listed.as_ref().err().cloned();
    let record = CallRecord {
        service: "ec2".to_owned(),
        request: "describe-regions".to_owned(),
        operation: "DescribeRegions".to_owned(),
        region: partition.default_region.clone(),
        parameters,
        file: DESCRIBE_REGIONS.to_owned(),
        outcome: if failure.is_none() { Outcome::Value } else { Outcome::NotCollected },
        code: failure.as_ref().map(|failure| failure.code.clone()),
        message: failure.map(|failure| failure.message),
        time: Timestamp::now(),
        attempts: 1,
        pages: 1,
        bytes: 0,
        sha256: None,
        redacted: 0,
    };
    store.record(record, listed.ok().map(Value::Object).as_ref())
}

/// A notice for the observer: what was left of an interrupted run is continued.
pub fn announce(shared: &Shared, target: &Target, observer: &dyn Observer) {
    if !shared.clean && Folders::is_interrupted(&shared.base, target.name.as_ref()) {
        observer.event(target.name.as_ref(), &Event::Notice("continuing the interrupted --clean run"));
    }
}
