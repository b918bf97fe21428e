//! Collecting one account: rows become calls, calls become files and lines of the journal, until nothing is left, the
//! credentials expire, or somebody asks to stop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Map;
use tokio::task::JoinSet;

use super::api::Partition;
use super::client::{Failure, Lane};
use super::gather::{Gathered, Gatherer};
use super::observe::{Event, Observer};
use super::schedule::{LaneKey, Schedule, Unit};
use super::sources;
use super::table::{Context, Expanded, Regions, Row, Table};
use crate::model::Timestamp;
use crate::snapshot::manifest::{CallRecord, Outcome};
use crate::snapshot::{Store, StoreError};

/// What a run needs to know of its account.
#[derive(Debug)]
pub(super) struct Job {
    /// The account's name, for the observer.
    pub name: String,
    /// Its id.
    pub account: String,
    /// Its partition.
    pub partition: Partition,
    /// Regions to call, the default region among them.
    pub regions: Vec<String>,
    /// What to call.
    pub table: Arc<Table>,
    /// Calls under way at once in one service and region.
    pub per_lane: usize,
    /// Calls under way at once.
    pub at_once: usize,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Every call has an outcome.
    Complete,
    /// The credentials are no longer good.
    Expired(Failure),
    /// Somebody asked to stop.
    Stopped,
}

/// One run.
pub(super) struct Run<'r> {
    job: &'r Job,
    gatherer: Gatherer,
    store: &'r mut Store,
    observer: &'r dyn Observer,
    stop: Arc<AtomicBool>,
    lanes: BTreeMap<LaneKey, Arc<Lane>>,
}

type Finished = (LaneKey, usize, Expanded, Gathered);

impl<'r> Run<'r> {
    /// A run that writes to `store`. Setting `stop` ends it after the calls that are under way.
    pub(super) fn new(job: &'r Job, gatherer: Gatherer, store: &'r mut Store, observer: &'r dyn Observer, stop: Arc<AtomicBool>) -> Self {
        Self { job, gatherer, store, observer, stop, lanes: BTreeMap::new() }
    }

    /// Makes all calls that earlier runs have not settled.
    ///
    /// # Errors
    /// When the disk refuses; what was stored until then stays.
    pub(super) async fn finish(mut self) -> Result<End, StoreError> {
        let units = self.units()?;
        let mut schedule = Schedule::new(&self.job.table, units, self.job.per_lane, self.job.at_once);
        let mut under_way: JoinSet<Finished> = JoinSet::new();
        let mut expired = None;
        loop {
            if expired.is_none() && !self.stop.load(Ordering::Relaxed) {
                while let Some((index, unit)) = schedule.next_unit() {
                    self.expand(&mut schedule, index, unit)?;
                }
                while let Some((lane, index, call)) = schedule.next_call() {
                    self.start(&mut under_way, &schedule, lane, index, call);
                }
            }
            let Some(finished) = under_way.join_next().await else { break };
            // A call that broke off leaves its place taken: what it was about stays to be made by the next run.
            let Ok((lane, index, call, gathered)) = finished else {
                self.stop.store(true, Ordering::Relaxed);
                continue;
            };
            if let Some(failure) = gathered.failure.as_ref().filter(|failure| failure.is_expired()) {
                expired = Some(failure.clone());
            } else if let Some(unit) = schedule.unit(index) {
                self.record(unit, call, &gathered)?;
            }
            schedule.call_done(&lane, index);
        }
        Ok(match expired {
            Some(failure) => End::Expired(failure),
            None if self.stop.load(Ordering::Relaxed) => End::Stopped,
            None => End::Complete,
        })
    }

    /// Rows and regions, less those that are skipped; for these the reason is recorded.
    fn units(&mut self) -> Result<Vec<Unit>, StoreError> {
        let mut units = Vec::new();
        let job = self.job;
        for (row_index, row) in job.table.rows.iter().enumerate() {
            for (region_index, region) in job.regions.iter().enumerate().filter(|(_, region)| is_called(row, &job.partition, region)) {
                if !row.is_global(&job.partition) && row.service.is_absent_from(&job.partition, region) {
                    self.skip(row, region)?;
                } else {
                    units.push(Unit { row: row_index, region: region_index });
                }
            }
        }
        Ok(units)
    }

    fn skip(&mut self, row: &Row, region: &str) -> Result<(), StoreError> {
        let file = row_file(row, region);
        if self.store.is_settled(&file) {
            return Ok(());
        }
        let failure = Failure::new("NotOffered", format!("`{}` is not offered in `{region}`", row.service.name));
        self.store.record(self.call_record(row, region, &file, Outcome::Skipped, Some(&failure)), None)
    }

    fn expand(&mut self, schedule: &mut Schedule, index: usize, unit: Unit) -> Result<(), StoreError> {
        let job = self.job;
        let (Some(row), Some(region)) = (job.table.rows.get(unit.row), job.regions.get(unit.region)) else { return Ok(()) };
        let lane = (row.service.name.clone(), unit.region);
        let mut calls = match self.calls(row, region)? {
            Ok(calls) => calls,
            Err(failure) => {
                self.note_row(row, region, &failure)?;
                Vec::new()
            }
        };
        let known = calls.len();
        calls.retain(|call| !self.store.is_settled(&call.file));
        self.observer.event(&job.name, &Event::Planned { calls: calls.len(), kept: known - calls.len() });
        schedule.add(index, lane, calls);
        Ok(())
    }

    fn calls(&mut self, row: &Row, region: &str) -> Result<Result<Vec<Expanded>, Failure>, StoreError> {
        let job = self.job;
        if row.has_folder() {
            self.store.make_folder(&format!("{region}/{}", row.stem))?;
        }
        let context = Context { account: &job.account, partition: &job.partition.id, region };
        let Some(source) = row.source() else { return Ok(row.expand(&context, &[]).map_err(|error| no_parameters(&error))) };
        let found = match sources::find(self.store.folder(), self.store.manifest(), source, region, &job.regions) {
            Ok(found) => found,
            Err(error) => return Ok(Err(Failure::new("SourceUnreadable", format!("`{}`: {error}", source.stem)))),
        };
        match found.gap {
            Some(gap) => {
                let code = gap.code.as_deref().unwrap_or("unknown");
                let failure = Failure::new(
                    "SourceNotCollected",
                    format!("its parameters come from `{}`, which is not (wholly) collected: {code}", gap.file),
                );
                self.note_row(row, region, &failure)?;
            }
            None => self.store.forget(&row_file(row, region)),
        }
        Ok(row.expand(&context, &found.files).map_err(|error| no_parameters(&error)))
    }

    /// Records that a row as a whole, or some of its calls, could not be made.
    fn note_row(&mut self, row: &Row, region: &str, failure: &Failure) -> Result<(), StoreError> {
        let file = row_file(row, region);
        let record = self.call_record(row, region, &file, Outcome::NotCollected, Some(failure));
        self.observer.event(&self.job.name, &Event::Done(&record));
        self.store.record(record, None)
    }

    fn start(&mut self, under_way: &mut JoinSet<Finished>, schedule: &Schedule, lane: LaneKey, index: usize, call: Expanded) {
        let job = self.job;
        let Some(unit) = schedule.unit(index) else { return };
        let Some(region) = job.regions.get(unit.region).cloned() else { return };
        let pace = Arc::clone(self.lanes.entry(lane.clone()).or_default());
        let (gatherer, table) = (self.gatherer.clone(), Arc::clone(&job.table));
        under_way.spawn(async move {
            let gathered = match table.rows.get(unit.row) {
                Some(row) => gatherer.gather(row, &region, &call.parameters, &pace).await,
                None => Gathered { outcome: Outcome::NotCollected, answer: None, failure: None, attempts: 0, pages: 0, redacted: 0 },
            };
            (lane, index, call, gathered)
        });
    }

    fn record(&mut self, unit: Unit, call: Expanded, gathered: &Gathered) -> Result<(), StoreError> {
        let job = self.job;
        let (Some(row), Some(region)) = (job.table.rows.get(unit.row), job.regions.get(unit.region)) else { return Ok(()) };
        let mut record = self.call_record(row, region, &call.file, gathered.outcome, gathered.failure.as_ref());
        record.parameters = call.parameters;
        record.attempts = gathered.attempts;
        record.pages = gathered.pages;
        record.redacted = gathered.redacted;
        self.observer.event(&job.name, &Event::Done(&record));
        self.store.record(record, gathered.answer.as_ref())
    }

    fn call_record(&self, row: &Row, region: &str, file: &str, outcome: Outcome, failure: Option<&Failure>) -> CallRecord {
        CallRecord {
            service: row.service.name.clone(),
            request: row.request.clone(),
            operation: row.operation.clone(),
            region: region.to_owned(),
            parameters: Map::new(),
            file: file.to_owned(),
            outcome,
            code: failure.map(|failure| failure.code.clone()),
            message: failure.map(|failure| failure.message.clone()),
            time: Timestamp::now(),
            attempts: 0,
            pages: 0,
            bytes: 0,
            sha256: None,
            redacted: 0,
        }
    }
}

fn no_parameters(error: &super::table::ExpandError) -> Failure {
    Failure::new("NoParameters", error.to_string())
}

/// Where a row's answer is, or the folder of its answers.
fn row_file(row: &Row, region: &str) -> String {
    if row.has_folder() { format!("{region}/{}", row.stem) } else { format!("{region}/{}.json", row.stem) }
}

/// Whether a row is called from `region` at all.
pub(super) fn is_called(row: &Row, partition: &Partition, region: &str) -> bool {
    match &row.regions {
        Regions::These(named) => named.iter().any(|known| known == region),
        _ if row.is_global(partition) => region == partition.default_region,
        _ => true,
    }
}
