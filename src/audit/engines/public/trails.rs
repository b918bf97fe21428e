//! Buckets that trails write to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::{details, thing};
use crate::audit::AuditError;
use crate::audit::check::Check;
use crate::audit::engines::Work;
use crate::audit::finding::{Finding, Verdict};
use crate::exposure::{self, Entry};
use crate::snapshot::{Answer, Snapshot};

/// The kinds of entries by which a bucket is open.
const DOORS: [&str; 3] = ["s3-bucket-policy", "s3-bucket-acl", "s3-access-point"];

const TRAILS: &str = "cloudtrail-describe-trails";

pub(super) fn judge(work: &mut Work<'_>, check: &Arc<Check>, entries: &[Entry]) -> Result<(), AuditError> {
    for snapshot in work.input.accounts {
        let Some(account) = work.subject(snapshot.name().as_str()) else { continue };
        let mut missing = BTreeSet::new();
        let buckets = buckets(snapshot, &mut missing)?;
        let own: Vec<&Entry> =
            entries.iter().filter(|entry| entry.account == account.name && DOORS.contains(&entry.row.id.as_str())).collect();
        for (bucket, trail) in &buckets {
            let arn = format!("arn:{}:s3:::{bucket}", account.partition);
            let about = |entry: &&&Entry| entry.arn == arn || entry.through.as_ref() == Some(bucket) || !entry.is_one();
            let worst = own.iter().filter(about).max_by_key(|entry| rank(entry.verdict));
            let verdict = worst.map_or(Verdict::Pass, |entry| verdict(entry.verdict));
            work.say(check, account, verdict, || {
                let finding = Finding::new(check, account, "", &arn, verdict).with("trail", trail.as_str());
                worst.map_or_else(|| finding.clone(), |entry| details(finding.clone(), entry).with("by", thing(entry)))
            });
        }
        if !missing.is_empty() {
            let missing: Vec<Value> = missing.into_iter().map(Value::from).collect();
            work.push(Finding::new(check, account, "", "", Verdict::Unknown).with("missing", missing));
        } else if buckets.is_empty() {
            work.audit.pass(check, account);
        }
    }
    Ok(())
}

fn rank(verdict: exposure::Verdict) -> u8 {
    match verdict {
        exposure::Verdict::Public => 2,
        exposure::Verdict::Unknown => 1,
        exposure::Verdict::Shared | exposure::Verdict::Blocked | exposure::Verdict::No => 0,
    }
}

fn verdict(of: exposure::Verdict) -> Verdict {
    match rank(of) {
        2 => Verdict::Fail,
        1 => Verdict::Unknown,
        _ => Verdict::Pass,
    }
}

/// The account's own buckets that trails write to, with the trail.
fn buckets(snapshot: &Snapshot, missing: &mut BTreeSet<&'static str>) -> Result<BTreeMap<String, String>, AuditError> {
    let mut read = |region: &str, call: &'static str| -> Result<Value, AuditError> {
        let answer: Answer<Value> = snapshot.answer(region, call)?;
        if answer.gap().is_some() {
            missing.insert(call);
        }
        Ok(answer.value().unwrap_or_default())
    };
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut trails = BTreeMap::new();
    for region in snapshot.regions()? {
        for trail in list(&read(&region, TRAILS)?, "trailList") {
            trails.extend(text(&trail, "S3BucketName").map(|bucket| (bucket, text(&trail, "TrailARN").unwrap_or_default())));
        }
    }
    if !trails.is_empty() {
        let listed = list(&read(snapshot.default_region()?, "s3-list-buckets")?, "Buckets");
        let own: BTreeSet<String> = listed.iter().filter_map(|bucket| text(bucket, "Name")).collect();
        trails.retain(|bucket, _| own.contains(bucket));
    }
    Ok(trails)
}
