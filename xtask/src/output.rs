//! What the tasks that make a data file from a wheel have in common: their arguments, and the
//! writing or comparing of the files made.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::package::{self, Package};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data");

/// The hardest that costs a reader nothing.
const LEVEL: i32 = 19;

/// What such a task was asked to do.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The wheel to read; without it, pip downloads the newest one.
    #[arg(long, value_name = "FILE.whl")]
    wheel: Option<PathBuf>,
    /// Compare with what is there and write nothing; exit code 1 when it differs.
    #[arg(long)]
    check: bool,
    /// The folder of the two files.
    #[arg(long, value_name = "FOLDER", default_value = DATA)]
    data: PathBuf,
}

/// The files of a task: names and contents.
pub(crate) type Files = Vec<(&'static str, Vec<u8>)>;

/// Reads the wheel of `package`, has `generate` make the files, and writes or compares them.
///
/// # Errors
/// When there is no wheel, `generate` does not understand it, or a file cannot be written.
pub(crate) fn run(args: &Args, package: &str, generate: fn(&mut Package) -> Result<Files>, out: &mut dyn Write) -> Result<ExitCode> {
    let download = tempfile::tempdir()?;
    let path = match &args.wheel {
        Some(path) => path.clone(),
        None => package::download(download.path(), package)?,
    };
    let files = generate(&mut Package::open(&path, package)?)?;
    if args.check {
        return check(&args.data, &files, out);
    }
    std::fs::create_dir_all(&args.data)?;
    for (name, bytes) in &files {
        write(&args.data.join(name), bytes)?;
        writeln!(out, "wrote {name}, {} bytes", bytes.len())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One compressed frame.
///
/// # Errors
/// When compression fails.
pub(crate) fn pack(text: &str) -> Result<Vec<u8>> {
    Ok(zstd::bulk::compress(text.as_bytes(), LEVEL)?)
}

/// Renamed into place, so that a killed run leaves the old file.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let what = || format!("cannot write `{}`", path.display());
    let new = path.with_extension("new");
    std::fs::File::create(&new).and_then(|mut file| file.write_all(bytes)).with_context(what)?;
    std::fs::rename(&new, path).with_context(what)
}

fn check(data: &Path, files: &Files, out: &mut dyn Write) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (name, bytes) in files {
        let fresh = std::fs::read(data.join(name)).is_ok_and(|found| found == *bytes);
        let word = if fresh { "up to date" } else { "stale, run the task without --check" };
        writeln!(out, "{name}: {word}")?;
        if !fresh {
            code = ExitCode::from(1);
        }
    }
    Ok(code)
}
