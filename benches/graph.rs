//! The principal graph of synthetic accounts: how long it takes to make, and how that grows.
//!
//! `cargo bench --bench graph` prints each figure with its bar.
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

use cloudmapper::graph::{Graph, build, techniques};
use cloudmapper::iam::estate::Estate;
use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use synthetic::Size;

const SEED: u64 = 1;

fn open(folder: &Path) -> Vec<Snapshot> {
    vec![Snapshot::open(folder, &AccountName::try_from("bench".to_owned()).unwrap()).unwrap()]
}

fn say(what: &str, figure: &str, bar: &str) {
    println!("{what:<64} {figure:>14}   bar {bar}");
}

fn made(size: &Size) -> (f64, f64, Graph) {
    let folder = tempfile::tempdir().unwrap();
    synthetic::write(folder.path(), "bench", size, SEED).unwrap();
    let snapshots = open(folder.path());
    let start = Instant::now();
    let estate = Estate::read(&snapshots, &[]).unwrap().with_resources(&snapshots).unwrap();
    let read = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let graph = build(&estate, &snapshots).unwrap();
    (read, start.elapsed().as_secs_f64(), graph)
}

fn main() {
    let sizes = std::env::var("ROLES").map_or_else(|_| vec![1_000, 2_000, 5_000, 10_000], |roles| vec![roles.parse().unwrap()]);
    for roles in sizes {
        let size = Size { roles, users: roles / 10, managed_policies: roles * 2 / 5, ..Size::LARGE };
        let (read, build, graph) = made(&size);
        let bar = if roles == 5_000 { "2 s, all of it" } else { "-" };
        say(
            &format!("{roles} roles, {} users, {} policies: {} edges", size.users, size.managed_policies, graph.edges.len()),
            &format!("{:.2}+{:.2} s", read, build),
            bar,
        );
        if std::env::var_os("TECHNIQUES").is_some() {
            let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
            for edge in &graph.edges {
                *counts.entry(edge.technique).or_default() += 1;
            }
            let techniques = techniques().unwrap();
            for (technique, count) in counts {
                println!("    {:<40} {count}", techniques[usize::from(technique)].id);
            }
        }
    }
}
