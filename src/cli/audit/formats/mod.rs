//! Findings in the forms of others: one file each.

mod asff;
mod junit;
mod ocsf;
mod sarif;

use std::io::Write;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

use crate::audit::{Audit, Finding, Severity, Verdict};
use crate::model::visible;
use crate::snapshot::layout::{ACCOUNT_DATA, sha256};

pub(super) use asff::asff;
pub(super) use junit::junit;
pub(super) use ocsf::ocsf;
pub(super) use sarif::sarif;

/// What stands for itself in the path of an address.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The same for the same finding of another snapshot.
fn fingerprint(finding: &Finding) -> String {
    let (check, account, region, resource) = finding.key();
    sha256(format!("{check}\0{account}\0{region}\0{resource}").as_bytes())
}

/// What it says, in a line.
fn message(finding: &Finding) -> String {
    let of = if finding.resource.is_empty() { String::new() } else { format!(": {}", visible(&finding.resource)) };
    let known = if finding.verdict == Verdict::Unknown { " (not known)" } else { "" };
    format!("{}{of}{known}", visible(&finding.check.title))
}

/// The stored file that shows it, from the folder where the user works; the manifest where none does.
fn file(finding: &Finding) -> String {
    let file = finding.evidence.first().map_or("manifest.json", |one| one.file.as_str());
    format!("{ACCOUNT_DATA}/{}/{file}", finding.account.name)
}

fn address(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// The first so many characters.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

/// When it was seen, as AWS writes times.
fn time(finding: &Finding) -> String {
    let answered = finding.evidence.first().and_then(|one| one.time.clone());
    let time = answered.unwrap_or_else(|| finding.account.collected.clone());
    if time.is_empty() { "1970-01-01T00:00:00Z".to_owned() } else { time }
}

fn region(finding: &Finding) -> &str {
    if finding.region.is_empty() { "global" } else { &finding.region }
}

/// 0 to 10, as GitHub sorts by.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info | Severity::Mute => "0.0",
    }
}

fn json(value: &Value, out: &mut dyn Write) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
}

/// `cis-aws-5.0 1.4`, for every control that a check is about.
fn controls(finding: &Finding) -> impl Iterator<Item = String> {
    finding.check.compliance.iter().flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework} {id}")))
}

/// The checks of an audit's findings, each once, by id.
fn checks(audit: &Audit) -> Vec<&crate::audit::Check> {
    let mut checks: Vec<&crate::audit::Check> = audit.findings.iter().map(|finding| &*finding.check).collect();
    checks.sort_by(|one, other| one.id.cmp(&other.id));
    checks.dedup_by(|one, other| one.id == other.id);
    checks
}
