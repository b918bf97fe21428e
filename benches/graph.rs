//! The principal graph of synthetic accounts: how long it takes to make, and how that grows.
//!
//! `cargo bench --bench graph` prints each figure with its bar. `ROLES=5000` in the environment: one account of so many
//! roles only; `TECHNIQUES=1`: edges by technique.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and may panic"
)]

mod synthetic;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use cloudmapper::graph::query::{How, Request, Source, authorized};
use cloudmapper::graph::{Filter, Graph, Kind, Ways, build, techniques};
use cloudmapper::iam::estate::Estate;
use cloudmapper::iam::query::Given;
use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use synthetic::Size;

const SEED: u64 = 1;

/// Accounts of the organization, and principals in each.
const ACCOUNTS: usize = 200;
const EACH: Size = Size { users: 30, roles: 270, groups: 10, managed_policies: 80, accounts: ACCOUNTS, ..Size::SMALL };

fn open(folder: &Path, name: &str) -> Snapshot {
    Snapshot::open(folder, &AccountName::try_from(name.to_owned()).unwrap()).unwrap()
}

fn say(what: &str, figure: &str, bar: &str) {
    println!("{what:<76} {figure:>14}   bar {bar}");
}

/// Seconds for reading, and for the graph.
fn make(snapshots: &[Snapshot]) -> (f64, f64, Estate, Graph) {
    let start = Instant::now();
    let estate = Estate::read(snapshots, &[]).unwrap().with_resources(snapshots).unwrap();
    let read = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let graph = build(&estate, snapshots).unwrap();
    (read, start.elapsed().as_secs_f64(), estate, graph)
}

fn one(size: &Size, bar: &str) {
    let folder = tempfile::tempdir().unwrap();
    synthetic::write(folder.path(), "bench", size, SEED).unwrap();
    let (read, build, estate, graph) = make(&[open(folder.path(), "bench")]);
    let what = format!("{} roles, {} users, {} policies: {} edges", size.roles, size.users, size.managed_policies, graph.edges.len());
    say(&what, &format!("{read:.2}+{build:.2} s"), bar);
    if std::env::var_os("TECHNIQUES").is_some() {
        by_technique(&graph);
    }
    questions(&estate, &graph);
}

fn by_technique(graph: &Graph) {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for edge in &graph.edges {
        *counts.entry(edge.technique).or_default() += 1;
    }
    let techniques = techniques().unwrap();
    for (technique, count) in counts {
        println!("    {:<40} {count}", techniques[usize::from(technique)].id);
    }
}

/// Who can do something, through whomever: each question of everybody.
fn questions(estate: &Estate, graph: &Graph) {
    let start = Instant::now();
    let ways = Ways::new(graph);
    say("    the graph made ready for questions", &format!("{:.0} ms", start.elapsed().as_secs_f64() * 1e3), "-");
    let everybody: Vec<usize> = (0..graph.nodes.len()).filter(|at| matches!(graph.nodes[*at].kind, Kind::User | Kind::Role)).collect();
    let source = Source { graph, ways: &ways, estate };
    for (action, resource) in [("iam:CreateUser", None), ("s3:GetObject", Some("arn:aws:s3:::larkfield-web-prod/x")), ("kms:Decrypt", None)]
    {
        let request = Request { principal: None, action: action.to_owned(), resource: resource.map(str::to_owned), conditions: Vec::new() };
        let start = Instant::now();
        let answers = authorized(&source, &request, &everybody, &Given::default(), &Filter::default()).unwrap();
        let can = answers.iter().filter(|answer| answer.how != How::No).count();
        say(&format!("    who can do {action}: {can}"), &format!("{:.0} ms", start.elapsed().as_secs_f64() * 1e3), "100 ms");
    }
}

/// The same number for an account in whatever account it is named.
fn id(account: usize) -> String {
    synthetic::other_account(&EACH, SEED, account)
}

/// One account of the organization; the others that it trusts are the others there.
fn member(folder: &Path, at: usize, ids: &[String]) -> String {
    let (name, seed) = (format!("account-{at:03}"), SEED + at as u64);
    let mut details = synthetic::authorization_details(&EACH, seed).to_string().replace(synthetic::account_id(), &ids[at]);
    for (other, known) in ids.iter().enumerate() {
        details = details.replace(&synthetic::other_account(&EACH, seed, other), known);
    }
    let top = folder.join("account-data").join(&name);
    std::fs::create_dir_all(top.join("us-east-1")).unwrap();
    std::fs::write(top.join("describe-regions.json"), r#"{"Regions": [{"RegionName": "us-east-1"}]}"#).unwrap();
    std::fs::write(top.join("us-east-1/iam-get-account-authorization-details.json"), details).unwrap();
    std::fs::write(top.join("us-east-1/sts-get-caller-identity.json"), format!(r#"{{"Account": "{}"}}"#, ids[at])).unwrap();
    name
}

fn organization() {
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<String> = (0..ACCOUNTS).map(id).collect();
    let snapshots: Vec<Snapshot> = (0..ACCOUNTS).map(|at| open(folder.path(), &member(folder.path(), at, &ids))).collect();
    let (read, build, _, graph) = make(&snapshots);
    let account = |at: usize| graph.nodes[at].account;
    let between = graph.edges.iter().filter(|edge| account(edge.from).is_some() && account(edge.from) != account(edge.to)).count();
    let what = format!("{ACCOUNTS} accounts of 300 principals: {} edges, {between} between accounts", graph.edges.len());
    say(&what, &format!("{read:.2}+{build:.2} s"), "60 s, all of it");
}

fn main() {
    if let Ok(roles) = std::env::var("ROLES") {
        return one(&sized(roles.parse().unwrap()), "-");
    }
    // What took PMapper 152.7 s.
    one(&Size { roles: 30, users: 26, groups: 4, managed_policies: 12, ..Size::SMALL }, "0.2 s, all of it");
    for roles in [1_000, 2_000, 5_000, 10_000] {
        one(&sized(roles), if roles == 5_000 { "2 s, all of it" } else { "-" });
    }
    organization();
}

fn sized(roles: usize) -> Size {
    Size { roles, users: roles / 10, managed_policies: roles * 2 / 5, ..Size::LARGE }
}
