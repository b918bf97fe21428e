//! `collect`: from arguments to targets, all accounts side by side, and a table of what is missing at the end.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::sync::Semaphore;

use super::accounts::{AccountArgs, Chosen};
use super::progress::Progress;
use super::{Exit, failures, history, plan};
use crate::collector::account::{self, CollectError, Collected, Shared, Target};
use crate::collector::api::Api;
use crate::collector::client::{Pace, Patience};
use crate::collector::credentials::{self, Origin};
use crate::collector::observe::Observer;
use crate::collector::table::{Selection, Table};
use crate::collector::{End, Secrets};
use crate::model::visible;

/// A table of this name in the working folder is used instead of the embedded one.
const LOCAL_TABLE: &str = "collect_commands.yaml";

/// Exit code 0: every call has an answer. 1: some calls were not collected, see the table at the end and manifest.json.
/// 2: nothing could be done (no credentials, a broken configuration, no place to write).
///
/// A run that was cut off is continued by the same command: only missing calls are made.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CollectArgs {
    #[command(flatten)]
    pub(super) accounts: AccountArgs,
    /// Profile of the AWS configuration to use
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Start over; the old snapshot is replaced when the new one is complete
    #[arg(long)]
    clean: bool,
    /// Start over, and keep the snapshot that was there as account-history/NAME/TIME.json.zst: the last N of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    keep: Option<u16>,
    /// Only these regions, separated by commas; the partition's default region is always among them
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = |name: &str| Ok::<_, String>(name.trim().to_lowercase()))]
    regions: Vec<String>,
    /// Collection table to use instead of the embedded one, or, with `Extend:` at its top, in addition to it
    #[arg(long, value_name = "FILE")]
    commands: Option<PathBuf>,
    /// Also make every other call of every AWS service that reads and needs no parameter
    #[arg(long)]
    all_reads: bool,
    /// Only what these analyses read: public, graph, wot, map, iam, audit, stats, unused
    #[arg(long = "for", value_name = "ANALYSES", value_delimiter = ',')]
    purposes: Vec<String>,
    /// Only these calls: `service` or `service:Operation`, separated by commas
    #[arg(long, value_name = "CALLS", value_delimiter = ',')]
    only: Vec<String>,
    /// Not these calls: `service` or `service:Operation`, separated by commas
    #[arg(long, value_name = "CALLS", value_delimiter = ',')]
    skip: Vec<String>,
    /// Print what would be called and the IAM policy that it needs, without calling
    #[arg(long)]
    plan: bool,
    /// HTTP requests per page of an answer, retries included
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    max_attempts: u32,
    /// No more than this many requests per second, over all accounts
    #[arg(long, value_name = "N", value_parser = rate)]
    max_rps: Option<f64>,
    /// Calls under way at once in an account
    #[arg(long, value_name = "N", default_value_t = 48, value_parser = clap::value_parser!(u16).range(1..=1000))]
    concurrency: u16,
    /// Calls under way at once in one service of one region
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    per_service: u16,
    /// Accounts collected at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=100))]
    parallel_accounts: u16,
    /// Seconds to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Send everything here instead of to AWS (AWS_ENDPOINT_URL does the same)
    #[arg(long, value_name = "URL", env = "AWS_ENDPOINT_URL", hide_env = true, value_parser = url)]
    endpoint_url: Option<String>,
    /// Store secrets that AWS returns in clear (environment variables, user data, …) instead of masking them
    #[arg(long)]
    with_secrets: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("must be a number above 0".to_owned()),
    }
}

/// The SDK passes over a URL that it cannot read, and asks AWS instead.
fn url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => Ok(text.to_owned()),
        _ => Err("must be of the form http://host:port or https://host".to_owned()),
    }
}

pub(super) fn collect(args: &CollectArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    for warning in args.accounts.warnings() {
        writeln!(std::io::stderr(), "warning: {}", visible(&warning))?;
    }
    let api = Api::embedded()?;
    let secrets = Arc::new(Secrets::embedded().map_err(anyhow::Error::msg)?);
    let table = table(args, &api, &secrets, out)?;
    if args.plan {
        return plan::print(&api, &table, &args.regions, out).map(|()| Exit::Complete);
    }
    check_regions(&api, &args.regions)?;
    let targets: Vec<Target> = args.accounts.choose()?.into_iter().map(|chosen| target(chosen, args)).collect();
    if let Some(most) = args.keep {
        targets.iter().try_for_each(|target| history::keep(target.name.as_ref(), most.into(), out))?;
    }
    let shared = Shared {
        api,
        table: Arc::new(table),
        secrets: (!args.with_secrets).then_some(secrets),
        http: credentials::http_client(),
        endpoint_url: args.endpoint_url.clone(),
        patience: Patience {
            max_attempts: args.max_attempts,
            read_timeout: Duration::from_secs(args.timeout),
            connect_timeout: Duration::from_secs(args.timeout.min(5).max(args.timeout / 12)),
        },
        pace: Arc::new(Pace::new(args.max_rps)),
        base: PathBuf::from("."),
        regions: args.regions.clone(),
        clean: args.clean || args.keep.is_some(),
        selection: selection(args),
        per_lane: args.per_service.into(),
        at_once: args.concurrency.into(),
        stop: Arc::new(AtomicBool::new(false)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    let progress = Arc::new(Progress::new(std::io::stderr().is_terminal()));
    let results = runtime.block_on(run_all(Arc::new(shared), targets, args.parallel_accounts.into(), &progress));
    progress.finish();
    conclude(&results, out)
}

fn table(args: &CollectArgs, api: &Api, secrets: &Secrets, out: &mut dyn Write) -> anyhow::Result<Table> {
    let local = Path::new(LOCAL_TABLE);
    let mut table = match &args.commands {
        Some(path) => Table::load(api, path)?,
        None if local.exists() => {
            writeln!(out, "using `{LOCAL_TABLE}` of this folder")?;
            Table::load(api, local)?
        }
        None => Table::embedded(api)?,
    };
    if args.all_reads {
        table.add_all_reads(api, secrets.minting())?;
    }
    table.select(&Selection { purposes: args.purposes.clone(), only: args.only.clone(), skip: args.skip.clone() })?;
    if table.rows.is_empty() {
        bail!("no call is left to make: `--skip` and the other options leave nothing over");
    }
    Ok(table)
}

fn check_regions(api: &Api, regions: &[String]) -> anyhow::Result<()> {
    let unknown: Vec<_> =
        regions.iter().filter(|region| api.partition_of(region).is_none()).map(|region| format!("`{}`", visible(region))).collect();
    if unknown.is_empty() { Ok(()) } else { bail!("--regions: no AWS region is called {}", unknown.join(", ")) }
}

fn target(chosen: Chosen, args: &CollectArgs) -> Target {
    let configured = chosen.configured;
    let of = |field: fn(&crate::config::Account) -> Option<String>| configured.as_ref().and_then(field);
    Target {
        name: chosen.name,
        id: configured.as_ref().map(|account| account.id),
        origin: Origin {
            profile: args.profile.clone().or_else(|| of(|account| account.profile.clone())),
            role_arn: of(|account| account.role_arn.clone()),
            external_id: of(|account| account.external_id.clone()),
        },
        role_name: of(|account| account.role_name.clone()),
        regions: configured.as_ref().map(|account| account.regions.clone()).unwrap_or_default(),
    }
}

/// The options that choose calls, as one would type them.
fn selection(args: &CollectArgs) -> String {
    let mut words = Vec::new();
    if let Some(path) = &args.commands {
        words.push(format!("--commands {}", path.display()));
    }
    if args.all_reads {
        words.push("--all-reads".to_owned());
    }
    for (option, values) in [("--for", &args.purposes), ("--only", &args.only), ("--skip", &args.skip), ("--regions", &args.regions)] {
        if !values.is_empty() {
            words.push(format!("{option} {}", values.join(",")));
        }
    }
    words.join(" ")
}

type Result1 = (String, Result<Collected, CollectError>);

async fn run_all(shared: Arc<Shared>, targets: Vec<Target>, at_once: usize, progress: &Arc<Progress>) -> Vec<Result1> {
    let stop = Arc::clone(&shared.stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
        }
        // The second time somebody is in a hurry; the journal has all that came.
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    let places = Arc::new(Semaphore::new(at_once));
    let mut running = Vec::new();
    for target in targets {
        let (shared, places, progress) = (Arc::clone(&shared), Arc::clone(&places), Arc::clone(progress));
        let name = target.name.to_string();
        let task = tokio::spawn(async move {
            let _place = places.acquire().await;
            let observer: &dyn Observer = progress.as_ref();
            account::announce(&shared, &target, observer);
            account::collect(&shared, &target, observer).await
        });
        running.push((name, task));
    }
    let mut results = Vec::new();
    for (name, task) in running {
        let result = task.await.unwrap_or_else(|error| Err(CollectError::Broken { problem: error.to_string() }));
        results.push((name, result));
    }
    results
}

/// Says what came of each account, and what is missing.
fn conclude(results: &[Result1], out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut manifests = Vec::new();
    let mut exit = Exit::Complete;
    for (name, result) in results {
        match result {
            Ok(collected) => {
                manifests.push(&collected.manifest);
                if describe(name, collected, out)? != Exit::Complete {
                    exit = Exit::Partial;
                }
            }
            Err(error) => {
                writeln!(out, "{}: {}", visible(name), visible(&error.to_string()))?;
                exit = Exit::Partial;
            }
        }
    }
    failures::print(&manifests, out)?;
    if manifests.is_empty() { Ok(Exit::Nothing) } else { Ok(exit) }
}

fn describe(name: &str, collected: &Collected, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let summary = failures::Summary::of(&collected.manifest);
    let name = visible(name);
    writeln!(out, "{name}: {summary} in {}", visible(&collected.folder.display().to_string()))?;
    match &collected.end {
        End::Complete if collected.lost > 0 => writeln!(
            out,
            "{name}: the old snapshot stays: it has {} answers that this run did not get; run `cloudmapper collect` with the same options to try these again, or remove the old folder to go without them",
            collected.lost
        )?,
        End::Complete => return Ok(if summary.missing == 0 { Exit::Complete } else { Exit::Partial }),
        End::Expired(failure) => writeln!(
            out,
            "{name}: the credentials expired ({}): get new ones and run the same command again; it makes only the calls that are missing",
            visible(&failure.code)
        )?,
        End::Stopped => writeln!(out, "{name}: stopped; run `cloudmapper collect` again to make the calls that are missing")?,
    }
    Ok(Exit::Partial)
}
