//! All checks of `audit`, and the page of it, over one large synthetic account.
//!
//! `cargo bench --bench audit` prints each figure with its bar.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and may panic"
)]

mod synthetic;

use std::time::Instant;

use cloudmapper::audit::{Input, audit, checks};
use cloudmapper::model::AccountName;
use cloudmapper::report::audit as report;
use cloudmapper::snapshot::Snapshot;
use synthetic::Size;

const SEED: u64 = 1;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { roles: 5_000, users: 500, managed_policies: 2_000, ..Size::LARGE };
    synthetic::write(folder.path(), "bench", &size, SEED).unwrap();
    let accounts = [Snapshot::open(folder.path(), &AccountName::try_from("bench".to_owned()).unwrap()).unwrap()];
    let all = checks().unwrap();
    let start = Instant::now();
    let found = audit(&Input { accounts: &accounts, others: &[], config: None, vendors: &[], checks: all }).unwrap();
    let judged = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut page = Vec::new();
    report::write(&report::Input { audit: &found, snapshots: &accounts, checks: all.len(), pictures: Vec::new() }, &mut page).unwrap();
    let written = start.elapsed().as_secs_f64();
    let what =
        format!("{} checks of 5,500 principals: {} findings, a page of {:.1} MB", all.len(), found.findings.len(), page.len() as f64 / 1e6);
    println!("{what:<76} {:>14}   bar 2 s, both", format!("{judged:.2}+{written:.2} s"));
}
