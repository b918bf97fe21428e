//! OCSF 1.3, compliance findings: <https://schema.ocsf.io/1.3.0/classes/compliance_finding>. A list.

use std::io::Write;

use serde_json::{Value, json};

use super::{controls, fingerprint, message, region, time};
use crate::audit::{Audit, Finding, Severity, Verdict};
use crate::model::epoch_seconds;

pub(in crate::cli::audit) fn ocsf(audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    super::json(&Value::Array(audit.findings.iter().map(finding).collect()), out)
}

fn severity(severity: Severity) -> (u8, &'static str) {
    match severity {
        Severity::Critical => (5, "Critical"),
        Severity::High => (4, "High"),
        Severity::Medium => (3, "Medium"),
        Severity::Low => (2, "Low"),
        Severity::Info | Severity::Mute => (1, "Informational"),
    }
}

fn finding(one: &Finding) -> Value {
    let check = &one.check;
    let milliseconds = epoch_seconds(&time(one)).unwrap_or(0) * 1000;
    let (severity_id, severity) = severity(one.severity);
    let (status_id, status) = if one.suppressed.is_some() { (3, "Suppressed") } else { (1, "New") };
    let (judged_id, judged) = if one.verdict == Verdict::Unknown { (0, "Unknown") } else { (3, "Fail") };
    let (confidence_id, confidence) = if one.confidence.word() == "certain" { (3, "High") } else { (2, "Medium") };
    let uid = if one.resource.is_empty() { &one.account.id } else { &one.resource };
    let evidence: Vec<Value> = one
        .evidence
        .iter()
        .map(|one| json!({"data": {"file": one.file, "pointer": one.pointer, "time": one.time, "sha256": one.sha256}}))
        .collect();
    json!({
        "activity_id": 1, "activity_name": "Create",
        "category_uid": 2, "category_name": "Findings",
        "class_uid": 2003, "class_name": "Compliance Finding",
        "type_uid": 200_301, "type_name": "Compliance Finding: Create",
        "time": milliseconds, "time_dt": time(one),
        "severity_id": severity_id, "severity": severity,
        "status_id": status_id, "status": status,
        "confidence_id": confidence_id, "confidence": confidence,
        "message": message(one),
        "metadata": {
            "version": "1.3.0", "event_code": check.id, "profiles": ["cloud", "datetime"],
            "product": {"name": "cloudmapper", "vendor_name": "cloudmapper", "version": env!("CARGO_PKG_VERSION")},
        },
        "finding_info": {"uid": fingerprint(one), "title": check.title, "desc": check.description.trim(), "created_time": milliseconds, "types": [check.group]},
        "compliance": {"control": check.id, "requirements": controls(one).collect::<Vec<_>>(), "standards": check.compliance.keys().collect::<Vec<_>>(), "status": judged, "status_id": judged_id},
        "remediation": {"desc": check.remediation.trim(), "references": check.references},
        "cloud": {"provider": "AWS", "region": region(one), "account": {"uid": one.account.id, "name": one.account.name, "type": "AWS Account", "type_id": 10}},
        "resources": [{"uid": uid, "type": check.group, "region": region(one), "cloud_partition": one.account.partition, "data": one.details}],
        "evidences": evidence,
        "comment": one.suppressed.as_ref().map_or("", |said| said.reason.as_str()),
    })
}
