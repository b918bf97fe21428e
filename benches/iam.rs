//! The IAM engine on a synthetic account of 10,000 roles: loading, decisions a second, and who-can over everything.
//!
//! `cargo bench --bench iam` prints each figure with its bar.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and may panic"
)]

mod synthetic;

use std::path::Path;
use std::time::{Duration, Instant};

use cloudmapper::iam::catalog::Catalog;
use cloudmapper::iam::estate::{Asker, Estate, Home};
use cloudmapper::iam::evaluate::{Named, OfResource, Owner, Policies, Request, decide};
use cloudmapper::iam::policy::{Action, Target};
use cloudmapper::iam::query::{DEFAULT_PRIVILEGES, Given, Question, admins, ask};
use cloudmapper::iam::truth::Truth;
use cloudmapper::model::AccountName;
use cloudmapper::report::iam::{build, write};
use cloudmapper::snapshot::Snapshot;
use synthetic::Size;

const SEED: u64 = 1;

/// Actions that a role of an application would be asked about.
const ASKED: [&str; 8] = [
    "s3:GetObject",
    "s3:PutObject",
    "ec2:RunInstances",
    "iam:PassRole",
    "kms:Decrypt",
    "sqs:SendMessage",
    "dynamodb:Query",
    "secretsmanager:GetSecretValue",
];

fn best(times: usize, mut run: impl FnMut()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..times).map(once).min().unwrap()
}

fn open(folder: &Path) -> Vec<Snapshot> {
    vec![Snapshot::open(folder, &AccountName::try_from("bench".to_owned()).unwrap()).unwrap()]
}

fn say(what: &str, figure: &str, bar: &str) {
    println!("{what:<64} {figure:>14}   bar {bar}");
}

fn main() {
    let _ = Catalog::embedded().unwrap();
    let folder = tempfile::tempdir().unwrap();
    synthetic::write(folder.path(), "bench", &Size::LARGE, SEED).unwrap();
    let snapshots = open(folder.path());
    let time = best(5, || drop(Estate::read(&snapshots, &[]).unwrap()));
    say("load 5,000 roles, 500 users, 2,000 policies", &format!("{:.0} ms", time.as_secs_f64() * 1e3), "1 s");
    report(&snapshots);
    drop(folder);

    let folder = tempfile::tempdir().unwrap();
    synthetic::write(folder.path(), "bench", &Size::HUGE, SEED).unwrap();
    let snapshots = open(folder.path());
    let estate = Estate::read(&snapshots, &[]).unwrap().with_resources(&snapshots).unwrap();
    decisions(&estate);
    who_can(&estate);
    let privileges: Vec<String> = DEFAULT_PRIVILEGES.iter().map(|name| (*name).to_owned()).collect();
    let time = best(3, || drop(admins(&estate, &privileges, false, &[]).unwrap()));
    say("find_admins over 10,000 roles and 500 users", &format!("{:.0} ms", time.as_secs_f64() * 1e3), "2 s");
}

/// The report as a page, with the services that each principal was last seen at.
fn report(snapshots: &[Snapshot]) {
    let estate = Estate::read(snapshots, &[]).unwrap();
    let mut page = Vec::new();
    let time = best(1, || {
        page.clear();
        write(&build(&estate, snapshots, 90).unwrap(), &mut page).unwrap();
    });
    let megabytes = format!("{:.1} s, {:.1} MB", time.as_secs_f64(), page.len() as f64 / 1e6);
    say("iam_report of 5,500 principals", &megabytes, "15 MB");
}

/// One thread, every principal, eight actions on a resource each: identity policies, boundary, SCPs.
fn decisions(estate: &Estate) {
    let catalog = estate.store.catalog();
    let account = &estate.accounts[0];
    let actions: Vec<Action> = ASKED.iter().map(|name| Action::new(name, catalog)).collect();
    let targets: Vec<Target> =
        (0..4).map(|index| Target::Arn(format!("arn:aws:s3:::{}/key", synthetic::bucket_name(&Size::HUGE, SEED, index)))).collect();
    let scps = estate.scps(&account.id);
    let home = Home::of(estate, account);
    let prepared: Vec<_> = account
        .principals
        .iter()
        .map(|principal| {
            let identity: Vec<Named<'_>> = account.identity(principal).filter_map(|id| estate.store.named(id)).collect();
            let boundary = principal.boundary.and_then(|id| estate.store.named(id));
            (principal.caller(account), identity, boundary, Asker::of(&home, principal).unwrap().context(estate).clone())
        })
        .collect();
    let mut count = 0_u64;
    let mut allowed = 0_u64;
    let time = best(3, || {
        (count, allowed) = (0, 0);
        for (caller, identity, boundary, context) in &prepared {
            let scps = scps.as_deref();
            let policies = Policies { identity, boundary: *boundary, scps, resource: OfResource::None, ..Policies::default() };
            for action in &actions {
                for target in &targets {
                    let request = Request { caller, action, target, owner: Owner::Same, context };
                    allowed += u64::from(decide::<Truth>(&request, &policies) != Truth::No);
                    count += 1;
                }
            }
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "millions are exact")]
    let rate = count as f64 / time.as_secs_f64();
    say(&format!("decisions on one core ({count} of them, {allowed} not denied)"), &format!("{:.2} M/s", rate / 1e6), "1 M/s");
}

/// A bucket that is open to the whole organization, so that everybody is an answer, and one that is not.
fn who_can(estate: &Estate) {
    for index in [0, 1] {
        let bucket = synthetic::bucket_name(&Size::HUGE, SEED, index);
        let question =
            Question { action: Some("s3:*".to_owned()), resource: Some(format!("arn:aws:s3:::{bucket}")), ..Question::default() };
        let mut found = 0;
        let time = best(3, || found = ask(estate, &question, &Given::default()).unwrap().rows.len());
        say(
            &format!("who can s3:* on a bucket, 10,500 principals ({found} answers)"),
            &format!("{:.0} ms", time.as_secs_f64() * 1e3),
            "1 s",
        );
    }
}
