//! The task `models`: AWS's API models as one small data file.
//!
//! Reads a botocore wheel and writes `data/aws-api.bin`, which the program embeds, and
//! `data/aws-api.txt`, which says what is in it. It is not the reader of that file.

mod container;
mod endpoints;
mod fold;
mod page;
mod paginators;
mod partitions;
mod regions;
mod rules;
mod service;
mod shapes;
mod wheel;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use self::container::Container;
use self::partitions::Partitions;
use self::regions::Offered;
use self::service::Service;
use self::wheel::Wheel;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data");

/// What the task was asked to do.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The botocore wheel to read; without it, pip downloads the newest one.
    #[arg(long, value_name = "FILE.whl")]
    wheel: Option<PathBuf>,
    /// Compare with what is there and write nothing; exit code 1 when it differs.
    #[arg(long)]
    check: bool,
    /// The folder of the two files.
    #[arg(long, value_name = "FOLDER", default_value = DATA)]
    data: PathBuf,
}

/// Makes the files, or compares them.
///
/// # Errors
/// When there is no wheel, or it holds something this task does not understand: a new kind of
/// rule or protocol should stop the person who updates, not end up as a hole in the data.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<ExitCode> {
    let download = tempfile::tempdir()?;
    let path = match &args.wheel {
        Some(path) => path.clone(),
        None => wheel::download(download.path())?,
    };
    let files = generate(&mut Wheel::open(&path)?)?;
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

/// Renamed into place, so that a killed run leaves the old file.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let what = || format!("cannot write `{}`", path.display());
    let new = path.with_extension("new");
    std::fs::File::create(&new).and_then(|mut file| file.write_all(bytes)).with_context(what)?;
    std::fs::rename(&new, path).with_context(what)
}

fn check(data: &Path, files: &[(&'static str, Vec<u8>)], out: &mut dyn Write) -> Result<ExitCode> {
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

fn generate(wheel: &mut Wheel) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let partitions = Partitions::parse(&wheel.required("partitions")?)?;
    let offered = Offered::parse(&wheel.required("endpoints")?)?;
    let services = services(wheel, &partitions, &offered)?;
    let mut container = Container::default();
    for (name, service) in &services {
        container.add(name, service)?;
    }
    let version = wheel.version()?;
    let bytes = container.finish(&version, &partitions.index(&offered))?;
    let text = page::render(&version, &services, bytes.len());
    Ok(vec![("aws-api.bin", bytes), ("aws-api.txt", text.into_bytes())])
}

fn services(wheel: &mut Wheel, partitions: &Partitions, offered: &Offered) -> Result<BTreeMap<String, Service>> {
    let mut services = BTreeMap::new();
    for (name, version) in wheel.services() {
        let source = service::Source {
            model: wheel.model(&name, &version, "service-2")?,
            paginators: wheel.model(&name, &version, "paginators-1")?,
            rules: wheel.model(&name, &version, "endpoint-rule-set-1")?,
            version,
        };
        let built = service::build(&source, partitions, offered);
        if let Some(service) = built.with_context(|| format!("service `{name}`"))? {
            services.insert(name, service);
        }
    }
    Ok(services)
}
