//! AWS Security Finding Format, for `aws securityhub batch-import-findings --findings file://…` (at most 100 at once):
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html>. A list.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::{controls, fingerprint, message, short, time};
use crate::audit::{Audit, Finding, Severity, Verdict};
use crate::snapshot::layout::home_region;

/// Pairs that AWS takes in `Details.Other`, and the characters of each value.
const OTHER: (usize, usize) = (50, 1_024);

pub(in crate::cli::audit) fn asff(audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    super::json(&Value::Array(audit.findings.iter().map(finding).collect()), out)
}

fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low => "LOW",
        Severity::Info | Severity::Mute => "INFORMATIONAL",
    }
}

fn finding(one: &Finding) -> Value {
    let (check, account) = (&one.check, &one.account);
    // Of things without a Region, the one in which global services answer.
    let region = if one.region.is_empty() { home_region(&account.partition).unwrap_or("us-east-1") } else { &one.region };
    let product = format!("arn:{}:securityhub:{region}:{}:product/{}/default", account.partition, account.id, account.id);
    let status = if one.verdict == Verdict::Unknown { "NOT_AVAILABLE" } else { "FAILED" };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let other: Map<String, Value> =
        one.details.iter().take(OTHER.0).map(|(name, value)| (short(name, 128), short(&text(value), OTHER.1).into())).collect();
    let resource = if one.resource.is_empty() { format!("AWS::::Account:{}", account.id) } else { one.resource.clone() };
    let mut finding = json!({
        "SchemaVersion": "2018-10-08",
        "Id": format!("cloudmapper/{}", fingerprint(one)),
        "ProductArn": product,
        "ProductFields": {"ProviderName": "cloudmapper", "ProviderVersion": env!("CARGO_PKG_VERSION")},
        "GeneratorId": format!("cloudmapper/{}", check.id),
        "AwsAccountId": account.id,
        "Types": ["Software and Configuration Checks/AWS Security Best Practices"],
        "CreatedAt": time(one), "UpdatedAt": time(one),
        "Severity": {"Label": label(one.severity), "Original": one.severity.word()},
        "Confidence": if one.confidence.word() == "certain" { 95 } else { 60 },
        "Title": short(&message(one), 256),
        "Description": short(check.description.trim(), 1_024),
        "Remediation": {"Recommendation": {"Text": short(check.remediation.trim(), 512), "Url": check.references.first()}},
        "Resources": [{
            "Type": if one.resource.is_empty() { "AwsAccount" } else { "Other" },
            "Id": short(&resource, 512), "Partition": account.partition, "Region": region,
            "Details": {"Other": other},
        }],
        "Compliance": {"Status": status, "RelatedRequirements": controls(one).take(32).collect::<Vec<_>>()},
        "Workflow": {"Status": if one.suppressed.is_some() { "SUPPRESSED" } else { "NEW" }},
        "RecordState": "ACTIVE",
    });
    if let (Some(said), Some(members)) = (&one.suppressed, finding.as_object_mut()) {
        let by = said.owner.as_deref().filter(|owner| !owner.is_empty()).unwrap_or("cloudmapper");
        members.insert("Note".to_owned(), json!({"Text": short(&said.reason, 512), "UpdatedBy": short(by, 512), "UpdatedAt": time(one)}));
    }
    finding
}
