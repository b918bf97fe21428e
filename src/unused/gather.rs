//! Runs the programs of the table over an account's answers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::UnusedError;
use super::entry::{Entry, Found, State, text};
use super::table::{Row, rows};
use crate::model::{Confidence, Timestamp, epoch_seconds, iso_utc};
use crate::snapshot::answers::{Calls, CallsError, File, Owner, Standing};
use crate::snapshot::joined::{Joiner, With};
use crate::snapshot::jq::Data;
use crate::snapshot::sources::Named;
use crate::snapshot::{Answer, Reason, Snapshot, SnapshotError};

/// Where no time is recorded, nothing has expired.
const LONG_AGO: &str = "2000-01-01T00:00:00Z";

/// Seconds of a day.
const DAY: i64 = 86_400;

struct Reader<'a> {
    snapshot: &'a Snapshot,
    calls: &'a Calls<'a>,
    named: &'a Named<'a>,
    joiner: Joiner<'a>,
    owner: &'a Owner,
    days: u32,
    /// When the snapshot was made, where answers do not say when they came.
    made: Option<String>,
    /// Global services answer in one Region.
    first: String,
    entries: Vec<Entry>,
}

/// Where an answer is from.
struct Place<'a> {
    row: &'static Row,
    region: &'a str,
    with: &'a With,
}

/// Reads an account.
pub(super) fn gather(snapshot: &Snapshot, owner: &Owner, days: u32) -> Result<(Vec<String>, Vec<Entry>), UnusedError> {
    let calls = Calls::new(snapshot)?;
    let named = Named::new(&calls, owner).map_err(UnusedError::Embedded)?;
    let first = calls.home()?;
    let mut reader = Reader {
        snapshot,
        calls: &calls,
        named: &named,
        joiner: Joiner::new(&calls, &named),
        owner,
        days,
        made: made(snapshot, snapshot.default_region()?)?,
        first,
        entries: Vec::new(),
    };
    let rows = rows().map_err(UnusedError::Embedded)?;
    for region in &calls.regions {
        for row in rows {
            reader.row(row, region)?;
        }
        reader.joiner.forget();
        calls.forget();
    }
    let entries = tidy(reader.entries);
    Ok((calls.regions.clone(), entries))
}

/// When the snapshot was made; of CloudMapper's own, only the credential report says.
fn made(snapshot: &Snapshot, region: &str) -> Result<Option<String>, SnapshotError> {
    if let Some(manifest) = snapshot.manifest() {
        return Ok(Some(manifest.header.started.to_string()));
    }
    let report: Option<Value> = snapshot.answer(region, "iam-get-credential-report")?.value();
    let time = report.and_then(|report| report.get("GeneratedTime")?.as_str()?.parse::<Timestamp>().ok());
    Ok(time.map(|time| time.to_string()))
}

impl Reader<'_> {
    fn row(&mut self, row: &'static Row, region: &str) -> Result<(), CallsError> {
        self.lists(row, region)?;
        let files = self.calls.files(region, &row.file, row.single)?;
        if !row.single && !row.list.contains(&row.file) {
            self.gaps(row, region, files.is_empty())?;
        }
        if files.is_empty() {
            return Ok(());
        }
        let with = self.joiner.with(region, &row.with)?;
        let place = Place { row, region, with: &with };
        for file in files {
            self.file(&place, file);
        }
        Ok(())
    }

    fn unknown(&mut self, row: &'static Row, region: &str, missing: Vec<String>, why: String) {
        self.entries.push(Entry::unknown(row, region, missing, why));
    }

    /// Where it is not known which such things there are, that is an entry.
    fn lists(&mut self, row: &'static Row, region: &str) -> Result<(), CallsError> {
        let (mut missing, mut why, mut region_of) = (Vec::new(), Vec::new(), region);
        for call in &row.list {
            match self.calls.standing(region, call)? {
                Standing::Answered => {}
                Standing::NotCalled if region != self.first || self.calls.is_known(call)? => {}
                Standing::NotCalled if self.named.nothing(region, call)? => {}
                Standing::NotCalled => {
                    region_of = "";
                    why.push(format!("{call} was not asked for"));
                    missing.push(call.clone());
                }
                Standing::Partial(reason) | Standing::Missing(reason) => {
                    why.push(in_words(call, &reason));
                    missing.push(call.clone());
                }
            }
        }
        if !missing.is_empty() {
            self.unknown(row, region_of, missing, why.join("; "));
        }
        Ok(())
    }

    /// Where answers about single things should be and are not, that is an entry.
    fn gaps(&mut self, row: &'static Row, region: &str, none: bool) -> Result<(), CallsError> {
        let why = match self.calls.standing(region, &row.file)? {
            Standing::Missing(reason) => in_words(&row.file, &reason),
            Standing::Partial(reason) if none => in_words(&row.file, &reason),
            Standing::NotCalled if none && self.is_listed(row, region)? && !self.named.nothing(region, &row.file)? => {
                format!("{} was not asked for", row.file)
            }
            Standing::NotCalled | Standing::Answered | Standing::Partial(_) => return Ok(()),
        };
        self.unknown(row, region, vec![row.file.clone()], why);
        Ok(())
    }

    fn is_listed(&self, row: &Row, region: &str) -> Result<bool, CallsError> {
        for call in &row.list {
            if matches!(self.calls.standing(region, call)?, Standing::Answered | Standing::Partial(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn file(&mut self, place: &Place<'_>, file: File) {
        let row = place.row;
        let key = file.parts.join("/");
        let input = match file.answer {
            Answer::Value(data) => data,
            Answer::Empty => Data::empty(),
            Answer::Partial(data, reason) => {
                // For lists it was said.
                if !row.list.contains(&row.file) {
                    self.unread(place, &key, in_words(&row.file, &reason), true);
                }
                data
            }
            Answer::NotCollected(reason) => {
                if !row.list.contains(&row.file) || !row.single {
                    self.unread(place, &key, in_words(&row.file, &reason), true);
                }
                return;
            }
        };
        let now = self.time_of(&file.name);
        let part = |at: usize| file.parts.get(at).map_or_else(Data::null, |part| Data::text(part));
        let values = vec![
            place.with.data.clone(),
            part(0),
            part(1),
            Data::text(&key),
            Data::text(&self.owner.id),
            Data::text(&self.owner.partition),
            Data::text(place.region),
            Data::text(now.as_deref().unwrap_or(LONG_AGO)),
        ];
        let judged = |problem: &str| format!("the answer of {} cannot be judged: {problem}", row.file);
        match row.program.run_on(&input, values) {
            Ok(outputs) => {
                for output in outputs {
                    match serde_json::from_value::<Found>(output) {
                        Ok(found) => self.found(place, found, now.as_deref()),
                        Err(error) => self.unread(place, &key, judged(&error.to_string()), false),
                    }
                }
            }
            Err(problem) => self.unread(place, &key, judged(problem.cause()), false),
        }
    }

    /// An answer that is not there, or makes no sense.
    fn unread(&mut self, place: &Place<'_>, key: &str, why: String, is_missing: bool) {
        let missing = if is_missing { vec![place.row.file.clone()] } else { Vec::new() };
        let mut entry = Entry::unknown(place.row, place.region, missing, why);
        entry.id = Some(key.to_owned()).filter(|key| !key.is_empty());
        self.entries.push(entry);
    }

    fn time_of(&self, file: &str) -> Option<String> {
        let call = self.snapshot.manifest().and_then(|manifest| manifest.calls.get(file));
        call.map(|call| call.time.to_string()).or_else(|| self.made.clone())
    }

    fn found(&mut self, place: &Place<'_>, found: Found, now: Option<&str>) {
        let row = place.row;
        let since = found.since.filter(|since| !since.is_empty());
        let age = age(since.as_deref(), now);
        if row.days && age.is_some_and(|age| age < i64::from(self.days) * DAY) {
            return;
        }
        let missing = calls(found.missing);
        let mut unseen = calls(found.unseen);
        unseen.extend(place.with.gaps.iter().filter(|call| missing.is_empty() && !unseen.contains(call)).cloned().collect::<Vec<_>>());
        let mut why = found.why.unwrap_or_default();
        let mut confidence = if unseen.is_empty() { found.confidence.unwrap_or_default() } else { Confidence::Likely };
        if row.days && since.is_some() && age.is_none() {
            confidence = Confidence::Likely;
            why.push_str("; for how long is not known");
        }
        if !missing.is_empty() && why.is_empty() {
            why = format!("{} was not collected", missing.join(", "));
        }
        let mut facts = found.facts;
        facts.retain(|_, fact| !fact.is_null() && !fact.as_array().is_some_and(Vec::is_empty));
        let cost = found.units.as_ref().and_then(|units| row.cost(units, &self.owner.partition, place.region));
        self.entries.push(Entry {
            row,
            region: place.region.to_owned(),
            state: if missing.is_empty() { State::Unused } else { State::Unknown },
            confidence,
            arn: found.arn.unwrap_or_default(),
            id: text(found.id.as_ref()),
            name: text(found.name.as_ref()),
            why,
            since,
            unseen,
            monthly_usd: cost.filter(|_| missing.is_empty()),
            missing,
            facts,
        });
    }
}

/// Seconds from one time to another; `None` where one of them is not known.
fn age(since: Option<&str>, now: Option<&str>) -> Option<i64> {
    let seconds = |text: &str| epoch_seconds(&iso_utc(text)?);
    Some(seconds(now?)? - seconds(since?)?)
}

fn calls(named: Option<Vec<String>>) -> Vec<String> {
    let mut calls: Vec<String> = named.unwrap_or_default().into_iter().map(|call| call.trim_start_matches("*/").to_owned()).collect();
    calls.sort();
    calls.dedup();
    calls
}

fn in_words(call: &str, reason: &Reason) -> String {
    match reason.code.as_str() {
        "NotCalled" | "NoManifest" => format!("{call} was not asked for"),
        "FileMissing" => format!("{call} was collected, but its file is gone"),
        code => format!("{call} was not collected: {code}"),
    }
}

/// By Region, kind and ARN; the same thing in several answers is one.
fn tidy(mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen = BTreeSet::new();
    entries.retain(|entry| seen.insert(entry.identity()));
    entries.sort_by_cached_key(|entry| (entry.region.clone(), entry.row.order, entry.arn.clone(), entry.id.clone()));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_counted_to_the_answer() {
        let now = Some("2026-11-22T10:00:00Z");
        assert_eq!(age(Some("2026-11-21T10:00:00+00:00"), now), Some(DAY));
        assert_eq!(age(Some("2026-11-21T12:00:00+02:00"), now), Some(DAY));
        assert_eq!(age(Some("long ago"), now), None);
        assert_eq!(age(None, now), None);
        assert_eq!(age(Some("2026-11-21T10:00:00+00:00"), None), None);
    }
}
