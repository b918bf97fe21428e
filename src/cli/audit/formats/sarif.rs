//! SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::io::Write;

use serde_json::{Value, json};

use super::{address, checks, controls, file, fingerprint, message, region, score};
use crate::audit::{Audit, Check, Finding, Severity, Verdict};

pub(in crate::cli::audit) fn sarif(audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    let checks = checks(audit);
    let place = |finding: &Finding| checks.binary_search_by(|check| check.id.as_str().cmp(&finding.check.id)).unwrap_or(0);
    let results: Vec<Value> = audit.findings.iter().map(|finding| result(finding, place(finding))).collect();
    let rules: Vec<Value> = checks.iter().map(|check| rule(check)).collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "cloudmapper", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    super::json(&document, out)
}

/// GitHub refuses files with more: <https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads>. All
/// controls are with the results.
const TAGS: usize = 20;

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info | Severity::Mute => "note",
    }
}

fn rule(check: &Check) -> Value {
    let mut tags = vec!["security".to_owned(), check.group.clone()];
    tags.extend(check.compliance.iter().flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework} {id}"))));
    tags.truncate(TAGS);
    let mut rule = json!({
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.description.trim()},
        "help": {"text": format!("{}\n\n{}", check.remediation.trim(), check.references.join("\n"))},
        "defaultConfiguration": {"level": level(check.severity)},
        "properties": {"tags": tags, "security-severity": score(check.severity), "precision": if check.confidence.word() == "certain" { "very-high" } else { "medium" }},
    });
    if let (Some(page), Some(members)) = (check.references.first(), rule.as_object_mut()) {
        members.insert("helpUri".to_owned(), Value::from(page.as_str()));
    }
    rule
}

fn result(finding: &Finding, place: usize) -> Value {
    // What lacks answers is open, and has no level: 3.27.9 and 3.27.10.
    let (kind, level) = if finding.verdict == Verdict::Unknown { ("open", "none") } else { ("fail", level(finding.severity)) };
    let mut properties = json!({
        "account": finding.account.id, "accountName": finding.account.name, "region": region(finding), "severity": finding.severity,
        "confidence": finding.confidence, "details": finding.details, "controls": controls(finding).collect::<Vec<_>>(),
    });
    let evidence: Vec<Value> = finding
        .evidence
        .iter()
        .map(|one| json!({"file": one.file, "pointer": one.pointer, "time": one.time, "sha256": one.sha256}))
        .collect();
    if let Some(members) = properties.as_object_mut() {
        members.insert("evidence".to_owned(), evidence.into());
    }
    let name = if finding.resource.is_empty() { &finding.account.id } else { &finding.resource };
    let mut result = json!({
        "ruleId": finding.check.id,
        "ruleIndex": place,
        "kind": kind,
        "level": level,
        "message": {"text": message(finding)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": address(&file(finding))}},
            "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
        }],
        "partialFingerprints": {"cloudmapper/v1": fingerprint(finding)},
        "properties": properties,
    });
    if let (Some(said), Some(members)) = (&finding.suppressed, result.as_object_mut()) {
        members.insert("suppressions".to_owned(), json!([{"kind": "external", "status": "accepted", "justification": said.reason}]));
    }
    result
}
