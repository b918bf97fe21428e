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
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use self::container::Container;
use self::partitions::Partitions;
use self::regions::Offered;
use self::service::Service;
use self::wheel::Wheel;
use crate::output::{self, Args, Files};
use crate::package::Package;

/// Makes the files, or compares them.
///
/// # Errors
/// When there is no wheel, or it holds something this task does not understand: a new kind of
/// rule or protocol should stop the person who updates, not end up as a hole in the data.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<ExitCode> {
    output::run(args, "botocore", generate, out)
}

fn generate(package: &mut Package) -> Result<Files> {
    let wheel = &mut Wheel::new(package);
    let partitions = Partitions::parse(&wheel.required("partitions")?)?;
    let offered = Offered::parse(&wheel.required("endpoints")?)?;
    let services = services(wheel, &partitions, &offered)?;
    let mut container = Container::default();
    for (name, service) in &services {
        container.add(name, service)?;
    }
    let version = wheel.version();
    let bytes = container.finish(version, &partitions.index(&offered))?;
    let text = page::render(version, &services, bytes.len());
    Ok(vec![("aws-api.bin", bytes), ("aws-api.txt", text.into_bytes())])
}

fn services(wheel: &mut Wheel<'_>, partitions: &Partitions, offered: &Offered) -> Result<BTreeMap<String, Service>> {
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
