//! The task `managed-policies`: the policies that AWS manages, as one small data file.
//!
//! Reads a wheel of moto, which has the default version of each, and writes
//! `data/managed-policies.bin`, which the program embeds, and `data/managed-policies.txt`, which
//! says what is in it. It is not the reader of that file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::output::{self, Args, Files};
use crate::package::Package;

const FORMAT: &str = "cloudmapper-managed-policies/1";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    create_date: String,
    update_date: Option<String>,
    default_version_id: String,
    path: String,
    document: Value,
}

impl Policy {
    fn date(&self) -> &str {
        let date = self.update_date.as_deref().unwrap_or(&self.create_date);
        date.split_once('T').map_or(date, |(day, _)| day)
    }
}

/// Makes the files, or compares them.
///
/// # Errors
/// When there is no wheel, or it holds something this task does not understand.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<ExitCode> {
    output::run(args, "moto", generate, out)
}

fn generate(package: &mut Package) -> Result<Files> {
    let policies = policies(&package.text("moto/iam/aws_managed_policies.py")?)?;
    let bytes = output::pack(&render(&format!("moto {}", package.version()), &policies)?)?;
    let page = page(package.version(), &policies, bytes.len());
    Ok(vec![("managed-policies.bin", bytes), ("managed-policies.txt", page.into_bytes())])
}

/// The policies by their path and name.
fn policies(python: &str) -> Result<BTreeMap<String, Policy>> {
    // The module is one assignment of JSON in a string; an escape in it would be Python's or JSON's.
    let (_, rest) = python.split_once("\"\"\"").context("the module has no long string")?;
    let (json, _) = rest.split_once("\"\"\"").context("the module's string has no end")?;
    ensure!(!json.contains('\\'), "the policies have escapes now: tell Python's from JSON's");
    let policies: BTreeMap<String, Policy> = serde_json::from_str(json).context("the policies have another form than expected")?;
    let located = |(name, policy): (String, Policy)| {
        let path = policy.path.strip_prefix('/').unwrap_or(&policy.path);
        (format!("{path}{name}"), policy)
    };
    Ok(policies.into_iter().map(located).collect())
}

/// One policy a line, by path and name: path and name, version, day of the version, document.
fn render(source: &str, policies: &BTreeMap<String, Policy>) -> Result<String> {
    let mut text = format!("{FORMAT}\n{source}\n");
    for (name, policy) in policies {
        let mut document = policy.document.clone();
        // Another crate of the workspace may switch on `serde_json/preserve_order`.
        document.sort_all_objects();
        let fields = [name, &policy.default_version_id, policy.date()];
        ensure!(!fields.iter().any(|field| field.contains(char::is_control)), "`{name}` has a control character");
        writeln!(text, "{}\t{document}", fields.join("\t"))?;
    }
    Ok(text)
}

fn page(version: &str, policies: &BTreeMap<String, Policy>, size: usize) -> String {
    let newest = policies.values().map(Policy::date).max().unwrap_or("none");
    format!(
        "managed-policies.bin: the policies that AWS manages, as data\n\
         \n\
         source    moto {version}\n\
         policies  {}\n\
         newest    {newest}\n\
         size      {size} bytes\n\
         \n\
         It holds the default version of each policy that AWS manages, in the partition aws. The\n\
         documents are AWS's; they come from moto, which collects them with IAM's own API and is\n\
         licensed under the Apache License, Version 2.0. Their keys have been put in order.\n\
         \n\
         Made by `cargo run -p xtask -- managed-policies`; `--check` tells whether it is up to date.\n\
         Do not edit.\n",
        policies.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = r#"# made by a tool
data = """
{"B": {"CreateDate": "2020-01-02T03:04:05+00:00", "DefaultVersionId": "v1", "Path": "/", "Document": {"Version": "2012-10-17", "Statement": []}},
 "A": {"CreateDate": "2020-01-02T03:04:05+00:00", "UpdateDate": "2021-02-03T00:00:00+00:00", "DefaultVersionId": "v2", "Path": "/job-function/", "Document": {}}}
""""#;

    #[test]
    fn one_policy_a_line() {
        let policies = policies(MODULE).unwrap();
        let expected = "cloudmapper-managed-policies/1\nmoto 1\nB\tv1\t2020-01-02\t{\"Statement\":[],\"Version\":\"2012-10-17\"}\n\
                        job-function/A\tv2\t2021-02-03\t{}\n";
        assert_eq!(render("moto 1", &policies).unwrap(), expected);
    }

    #[test]
    fn an_escape_stops_the_task() {
        assert!(policies(&MODULE.replace("2012", "\\n")).is_err());
        assert!(policies("nothing here").is_err());
    }
}
