//! Developer tasks of this repository, run as `cargo run -p xtask -- TASK`.
//!
//! Not part of the product: nothing here is shipped, and the product never calls it.

mod models;

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
    Models(models::Args),
}

fn main() -> ExitCode {
    let Task::Models(args) = Cli::parse().task;
    match models::run(&args, &mut std::io::stdout()) {
        Ok(code) => code,
        Err(error) => {
            // When even the error stream is closed there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}
