//! The program: arguments in, exit code out.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use cloudmapper::cli::{Cli, Exit, describe, is_broken_pipe, run};

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    match run(Cli::parse(), &mut out).and_then(|exit| Ok(out.flush().map(|()| exit)?)) {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // `eprintln!` would panic on a closed stderr.
            let _ = writeln!(std::io::stderr(), "error: {}", describe(&error));
            Exit::Nothing.into()
        }
    }
}
