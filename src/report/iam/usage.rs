//! Who was used when: the credential report, access keys, and the services that were last accessed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::view::IamKey;
use crate::model::epoch_seconds;
use crate::snapshot::{Answer, Snapshot, SnapshotError};

const DAY: i64 = 86_400;

/// A user's line of the credential report.
#[derive(Debug, Default, Clone)]
pub(super) struct Credentials {
    columns: BTreeMap<String, String>,
}

impl Credentials {
    fn get(&self, column: &str) -> Option<&str> {
        let value = self.columns.get(column)?.as_str();
        (!matches!(value, "" | "N/A" | "no_information" | "not_supported")).then_some(value)
    }

    pub(super) fn flag(&self, column: &str) -> Option<bool> {
        match self.get(column)?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    pub(super) fn last_used(&self) -> Option<&str> {
        let uses = ["password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date"];
        uses.iter().filter_map(|column| self.get(column)).max()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct CredentialReport {
    content: String,
}

/// The credential report by ARN; `None` when it was not collected.
pub(super) fn credentials(snapshot: &Snapshot, region: &str) -> Result<Option<BTreeMap<String, Credentials>>, SnapshotError> {
    let answer: Answer<CredentialReport> = snapshot.answer(region, "iam-get-credential-report")?;
    let Some(report) = answer.value() else { return Ok(None) };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(report.content.as_bytes());
    let Ok(header) = reader.headers().cloned() else { return Ok(None) };
    let mut users = BTreeMap::new();
    for record in reader.records().filter_map(Result::ok) {
        let columns: BTreeMap<String, String> = header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
        if let Some(arn) = columns.get("arn").cloned() {
            users.insert(arn, Credentials { columns });
        }
    }
    Ok(Some(users))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Keys {
    access_key_metadata: Vec<Key>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Key {
    access_key_id: String,
    status: String,
    create_date: Option<String>,
}

/// The access keys of a user, or `None` when nothing tells of them: with their ids where they were listed, else as the credential report has them.
pub(super) fn keys(
    snapshot: &Snapshot,
    region: &str,
    user: &str,
    report: Option<&Credentials>,
    now: Option<i64>,
) -> Result<Option<Vec<IamKey>>, SnapshotError> {
    let listed: Answer<Keys> = snapshot.answer_for(region, "iam-list-access-keys", &[user])?;
    let reported = |slot: u8| {
        let report = report?;
        let column = |what: &str| report.get(&format!("access_key_{slot}_{what}")).map(str::to_owned);
        Some((column("last_rotated")?, report.flag(&format!("access_key_{slot}_active")).unwrap_or(false), column("last_used_date")))
    };
    let reported: Vec<_> = [1, 2].into_iter().filter_map(reported).collect();
    let age = |created: Option<&str>| Some((now? - epoch_seconds(created?)?) / DAY);
    Ok(match listed {
        Answer::Value(keys) | Answer::Partial(keys, _) => {
            let key = |key: Key| IamKey {
                // The report has no ids: the moment of creation tells which key it is.
                last_used: reported
                    .iter()
                    .find(|(created, ..)| Some(created) == key.create_date.as_ref())
                    .and_then(|(.., used)| used.clone()),
                active: key.status == "Active",
                age_days: age(key.create_date.as_deref()),
                created: key.create_date,
                id: key.access_key_id,
            };
            Some(keys.access_key_metadata.into_iter().map(key).collect())
        }
        Answer::Empty => Some(Vec::new()),
        Answer::NotCollected(_) if report.is_none() => None,
        Answer::NotCollected(_) => {
            let key = |(created, active, last_used): (String, bool, Option<String>)| IamKey {
                id: String::new(),
                active,
                age_days: age(Some(&created)),
                created: Some(created),
                last_used,
            };
            Some(reported.into_iter().map(key).collect())
        }
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Job {
    job_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Accessed {
    job_status: String,
    services_last_accessed: Vec<Service>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Service {
    pub(super) service_namespace: String,
    pub(super) last_authenticated: Option<String>,
}

/// The services that a principal may use, with their last use; `None` when that was not collected.
pub(super) fn services(snapshot: &Snapshot, region: &str, arn: &str) -> Result<Option<Vec<Service>>, SnapshotError> {
    let job: Answer<Job> = snapshot.answer_for(region, "iam-generate-service-last-accessed-details", &[arn])?;
    let Some(job) = job.value() else { return Ok(None) };
    let accessed: Answer<Accessed> = snapshot.answer_for(region, "iam-get-service-last-accessed-details", &[&job.job_id])?;
    Ok(accessed.value().filter(|accessed| accessed.job_status == "COMPLETED").map(|accessed| accessed.services_last_accessed))
}

/// Whether a moment is at most so many days before another.
pub(super) fn recent(moment: &str, now: i64, days: u32) -> Option<bool> {
    Some(now - epoch_seconds(moment)? <= i64::from(days) * DAY)
}
