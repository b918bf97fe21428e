//! The one test binary: promises of the whole program, with the real binary wherever it can be the judge.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests may panic too")]
#![allow(unreachable_pub, clippy::needless_pass_by_value, reason = "a test binary has no other readers")]
#![allow(clippy::disallowed_methods, reason = "tests make files of their own")]

mod audit;
mod audit_engines;
mod bad_input;
mod can;
mod can_corners;
mod can_facts;
mod checks;
mod clean;
mod diff;
mod escalation_cases;
mod faults;
mod find_admins;
mod graph;
mod graph_words;
mod iam_report;
mod iam_scenarios;
mod iam_unknown;
mod layering;
mod map_edges;
mod near;
mod network;
mod others_cases;
mod people;
mod prepare;
mod public;
mod public_cases;
mod reach_words;
mod readers;
mod regenerated;
mod sg_ips;
mod support;
#[path = "../benches/synthetic/mod.rs"]
mod synthetic;
mod synthetic_account;
mod trust_policies;
mod unused_cases;
mod web;
mod weboftrust;
