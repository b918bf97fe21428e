//! Which calls may be made when. Pure bookkeeping: rows wait for those that they read, calls for a place in their lane.

use std::collections::{BTreeMap, VecDeque};

use super::table::{Expanded, Table};

/// A row in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unit {
    /// Index of the row.
    pub row: usize,
    /// Index of the region.
    pub region: usize,
}

/// What AWS throttles by.
pub(super) type LaneKey = (String, usize);

#[derive(Debug, Default)]
struct Progress {
    /// Units it still waits for.
    waiting: usize,
    /// Calls of its own that are not done.
    open: usize,
    readers: Vec<usize>,
}

#[derive(Debug, Default)]
struct Queue {
    calls: VecDeque<(usize, Expanded)>,
    in_flight: usize,
}

/// The state of one account's run.
#[derive(Debug)]
pub(super) struct Schedule {
    units: Vec<Unit>,
    progress: Vec<Progress>,
    lanes: BTreeMap<LaneKey, Queue>,
    /// Units that nothing holds back, not expanded yet.
    ready: VecDeque<usize>,
    in_flight: usize,
    per_lane: usize,
    at_once: usize,
    turn: usize,
}

impl Schedule {
    /// A schedule for `units`, in the order of the table. At most `at_once` calls are under way, `per_lane` of them in one lane.
    #[must_use]
    pub(super) fn new(table: &Table, units: Vec<Unit>, per_lane: usize, at_once: usize) -> Self {
        let mut writers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut progress: Vec<Progress> = units.iter().map(|_| Progress::default()).collect();
        for (index, unit) in units.iter().enumerate() {
            let Some(row) = table.rows.get(unit.row) else { continue };
            if let Some(source) = row.source() {
                let before = writers.get(source.stem.as_str()).map(Vec::as_slice).unwrap_or_default();
                for &writer in before {
                    let same_region = units.get(writer).is_some_and(|other| other.region == unit.region);
                    if same_region || source.any_region {
                        if let Some(progress) = progress.get_mut(writer) {
                            progress.readers.push(index);
                        }
                        if let Some(progress) = progress.get_mut(index) {
                            progress.waiting += 1;
                        }
                    }
                }
            }
            writers.entry(&row.stem).or_default().push(index);
        }
        let ready = progress.iter().enumerate().filter(|(_, progress)| progress.waiting == 0).map(|(index, _)| index).collect();
        Self { units, progress, lanes: BTreeMap::new(), ready, in_flight: 0, per_lane: per_lane.max(1), at_once: at_once.max(1), turn: 0 }
    }

    /// A unit to expand, if one is ready.
    pub(super) fn next_unit(&mut self) -> Option<(usize, Unit)> {
        let index = self.ready.pop_front()?;
        self.units.get(index).map(|unit| (index, *unit))
    }

    /// Takes the calls of an expanded unit; none means that it is done.
    pub(super) fn add(&mut self, index: usize, lane: LaneKey, calls: Vec<Expanded>) {
        if calls.is_empty() {
            return self.unit_done(index);
        }
        if let Some(progress) = self.progress.get_mut(index) {
            progress.open = calls.len();
        }
        self.lanes.entry(lane).or_default().calls.extend(calls.into_iter().map(|call| (index, call)));
    }

    /// A call to start now, if its lane and the whole have room. Lanes take turns.
    pub(super) fn next_call(&mut self) -> Option<(LaneKey, usize, Expanded)> {
        if self.in_flight >= self.at_once {
            return None;
        }
        let has_room = |queue: &Queue| queue.in_flight < self.per_lane && !queue.calls.is_empty();
        let free: Vec<&LaneKey> = self.lanes.iter().filter(|(_, queue)| has_room(queue)).map(|(key, _)| key).collect();
        let key = (*free.get(self.turn.checked_rem(free.len())?)?).clone();
        self.turn = self.turn.wrapping_add(1);
        let queue = self.lanes.get_mut(&key)?;
        let (index, call) = queue.calls.pop_front()?;
        queue.in_flight += 1;
        self.in_flight += 1;
        Some((key, index, call))
    }

    /// Takes note that a call is done.
    pub(super) fn call_done(&mut self, lane: &LaneKey, index: usize) {
        self.in_flight -= 1;
        if let Some(queue) = self.lanes.get_mut(lane) {
            queue.in_flight -= 1;
            // There may be thousands of lanes, and each start looks at all of them.
            if queue.in_flight == 0 && queue.calls.is_empty() {
                self.lanes.remove(lane);
            }
        }
        let Some(progress) = self.progress.get_mut(index) else { return };
        progress.open -= 1;
        if progress.open == 0 {
            self.unit_done(index);
        }
    }

    fn unit_done(&mut self, index: usize) {
        let readers = self.progress.get_mut(index).map(|progress| std::mem::take(&mut progress.readers)).unwrap_or_default();
        for reader in readers {
            if let Some(progress) = self.progress.get_mut(reader) {
                progress.waiting -= 1;
                if progress.waiting == 0 {
                    self.ready.push_back(reader);
                }
            }
        }
    }

    /// The unit of that index.
    #[must_use]
    pub(super) fn unit(&self, index: usize) -> Option<Unit> {
        self.units.get(index).copied()
    }
}
