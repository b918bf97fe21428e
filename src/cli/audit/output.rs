//! How findings are printed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::{Value, json};

use super::{Format, counts, formats};
use crate::audit::{Audit, Check, Finding, Severity, Verdict};
use crate::cli::harmless;
use crate::model::visible;

pub(super) fn write(format: Format, audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    match format {
        Format::Text => text(audit, out),
        Format::Json => audit.findings.iter().try_for_each(|finding| json_line(finding, out)),
        Format::Markdown => audit.findings.iter().try_for_each(|finding| markdown(finding, out)),
        Format::Summary => summary(audit, out),
        Format::Csv => csv(audit, out),
        Format::Sarif => formats::sarif(audit, out),
        Format::Ocsf => formats::ocsf(audit, out),
        Format::Asff => formats::asff(audit, out),
        Format::Junit => formats::junit(audit, out),
    }
}

/// `LOW - demo (us-east-1) - title: resource`
fn text(audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    for finding in &audit.findings {
        writeln!(out, "{}", line(finding))?;
    }
    let (counts, unknown) = counts(audit);
    let words: Vec<String> = counts.iter().map(|(severity, count)| format!("{count} {}", severity.word().to_lowercase())).collect();
    let found = if words.is_empty() { "no findings".to_owned() } else { words.join(", ") };
    let checks: BTreeSet<&str> = audit.findings.iter().filter(|one| one.is_open()).map(|one| one.check.id.as_str()).collect();
    writeln!(std::io::stderr(), "{found}, of {} checks; {unknown} not known", checks.len())?;
    Ok(())
}

/// A check a line, the worst first, and of how many things in how many accounts it speaks.
fn summary(audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut groups: BTreeMap<(Severity, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in audit.findings.iter().filter(|finding| finding.is_open()) {
        groups.entry((finding.severity, &finding.check.id)).or_default().push(finding);
    }
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(comfy_table::ContentArrangement::Disabled)
        .set_header(["severity", "check", "things", "accounts", "title", "such as"]);
    for ((severity, id), findings) in &groups {
        let accounts: BTreeSet<&str> = findings.iter().map(|finding| finding.account.id.as_str()).collect();
        let first = findings.first().copied();
        let title = first.map(|finding| visible(&finding.check.title).into_owned()).unwrap_or_default();
        let such = first.map(|finding| visible(&finding.resource).into_owned()).unwrap_or_default();
        let (things, accounts) = (findings.len().to_string(), accounts.len().to_string());
        table.add_row([severity.word().to_uppercase(), (*id).to_owned(), things, accounts, title, such]);
    }
    table.lines().try_for_each(|line| writeln!(out, "{}", line.trim()))?;
    Ok(())
}

fn line(finding: &Finding) -> String {
    let mut words = format!("{} - {}", finding.severity.word().to_uppercase(), visible(&finding.account.name));
    if !finding.region.is_empty() {
        words.push_str(&format!(" ({})", visible(&finding.region)));
    }
    words.push_str(&format!(" - {}", visible(&finding.check.title)));
    if !finding.resource.is_empty() {
        words.push_str(&format!(": {}", visible(&finding.resource)));
    }
    words.push_str(&format!(" [{}]", finding.check.id));
    match (finding.verdict, &finding.suppressed) {
        (_, Some(said)) => words.push_str(&format!(" (suppressed: {})", visible(&said.reason))),
        (Verdict::Unknown, None) => words.push_str(&format!(" (not known{})", missing(finding))),
        _ if finding.confidence.word() == "likely" => words.push_str(" (likely)"),
        _ => {}
    }
    words
}

/// The calls that would tell.
fn missing(finding: &Finding) -> String {
    let calls = finding.details.get("missing").or_else(|| finding.details.get("why"));
    let names: Vec<String> = match calls {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(|name| visible(name).into_owned()).collect(),
        Some(Value::String(why)) => vec![visible(why).into_owned()],
        _ => Vec::new(),
    };
    if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) }
}

/// CloudMapper's fields, with more of ours.
fn json_line(finding: &Finding, out: &mut dyn Write) -> anyhow::Result<()> {
    let check = &finding.check;
    let evidence: Vec<Value> = finding
        .evidence
        .iter()
        .map(|one| json!({"file": one.file, "pointer": one.pointer, "time": one.time, "sha256": one.sha256}))
        .collect();
    let suppressed = finding.suppressed.as_ref().map(|said| json!({"reason": said.reason, "owner": said.owner, "until": said.until}));
    let region = if finding.region.is_empty() { "global" } else { &finding.region };
    let value = json!({
        "account_id": finding.account.id,
        "account_name": finding.account.name,
        "confidence": finding.confidence,
        "details": finding.details,
        "evidence": evidence,
        "finding_type_metadata": {
            "title": check.title, "description": check.description, "severity": finding.severity, "group": check.group,
            "is_global": check.scope == crate::audit::Scope::Account, "remediation": check.remediation, "references": check.references,
            "compliance": check.compliance,
        },
        "issue": check.id,
        "region": region,
        "resource": if finding.resource.is_empty() { Value::Null } else { finding.resource.as_str().into() },
        "suppressed": suppressed,
        "verdict": finding.verdict.word(),
    });
    writeln!(out, "{value}")?;
    Ok(())
}

/// Slack's own form, in one line: breaks are written as `\n`.
fn markdown(finding: &Finding, out: &mut dyn Write) -> anyhow::Result<()> {
    let safe = |text: &str| visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "'");
    let region = if finding.region.is_empty() { "global" } else { &finding.region };
    let mut parts = vec![
        format!("*Audit Finding: [{}] - {}*", finding.severity.word().to_uppercase(), safe(&finding.check.title)),
        format!("Account: {} ({}) - {}", safe(&finding.account.name), safe(&finding.account.id), safe(region)),
        format!("Description: {}", safe(finding.check.description.trim()).replace('\n', " ")),
        format!("Resource: `{}`", safe(&finding.resource)),
    ];
    if !finding.details.is_empty() {
        parts.push(format!("Details:\\n```{}```", safe(&Value::Object(finding.details.clone()).to_string())));
    }
    writeln!(out, "{}", parts.join("\\n"))?;
    Ok(())
}

fn csv(audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "severity",
        "check",
        "title",
        "account",
        "account_id",
        "region",
        "resource",
        "verdict",
        "confidence",
        "suppressed",
        "details",
        "file",
        "pointer",
    ])?;
    for finding in &audit.findings {
        let evidence = finding.evidence.first();
        let fields = [
            finding.severity.word(),
            &finding.check.id,
            &finding.check.title,
            &finding.account.name,
            &finding.account.id,
            &finding.region,
            &finding.resource,
            finding.verdict.word(),
            finding.confidence.word(),
            finding.suppressed.as_ref().map_or("", |said| said.reason.as_str()),
            &Value::Object(finding.details.clone()).to_string(),
            evidence.map_or("", |one| one.file.as_str()),
            evidence.map_or("", |one| one.pointer.as_str()),
        ];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}

/// A check in full.
pub(super) fn explain(check: &Check, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "{} ({}): {}\n", check.id, check.severity.word(), visible(&check.title))?;
    let block = |text: &str| text.trim().lines().map(|line| visible(line).into_owned()).collect::<Vec<_>>().join("\n");
    writeln!(out, "{}\n", block(&check.description))?;
    if !check.remediation.is_empty() {
        writeln!(out, "What to do:\n{}\n", block(&check.remediation))?;
    }
    if !check.reads.is_empty() {
        let reads: Vec<String> = check.reads.iter().map(|read| visible(read).into_owned()).collect();
        writeln!(out, "It reads: {}\n", reads.join(", "))?;
    }
    for (framework, ids) in &check.compliance {
        writeln!(out, "{}: {}", visible(framework), visible(&ids.join(", ")))?;
    }
    for reference in &check.references {
        writeln!(out, "{}", visible(reference))?;
    }
    Ok(())
}
