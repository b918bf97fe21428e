//! Runs the programs of the table over an account's answers.

use crate::snapshot::jq::Data;
use crate::snapshot::{Answer, Reason, Snapshot};

use super::ExposureError;
use super::entry::Entry;
use super::found::Found;
use super::table::{Row, rows};
use crate::snapshot::answers::{Calls, File, Standing};

/// Where no time is recorded, nothing has expired.
const LONG_AGO: &str = "2000-01-01T00:00:00Z";

/// Whose answers these are.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) partition: String,
}

/// What a program said.
pub(super) struct Pending {
    pub(super) row: &'static Row,
    pub(super) region: String,
    pub(super) found: Found,
}

/// What an account's answers say.
#[derive(Default)]
pub(super) struct Gathered {
    /// Of resources.
    pub(super) pending: Vec<Pending>,
    /// What is not known.
    pub(super) unknown: Vec<Entry>,
}

struct Reader<'a> {
    calls: Calls<'a>,
    account: &'a Account,
    now: Data,
    /// Global services answer in one Region.
    first: String,
    gathered: Gathered,
}

/// Reads an account.
pub(super) fn gather(snapshot: &Snapshot, account: &Account) -> Result<Gathered, ExposureError> {
    let now = snapshot.manifest().map(|manifest| manifest.header.started.to_string()).filter(|time| !time.is_empty());
    let calls = Calls::new(snapshot)?;
    let first = calls.home()?;
    let mut reader = Reader { calls, account, now: Data::text(now.as_deref().unwrap_or(LONG_AGO)), first, gathered: Gathered::default() };
    let rows = rows().map_err(ExposureError::Embedded)?;
    for region in reader.calls.regions.clone() {
        for row in rows {
            reader.row(row, &region)?;
        }
        reader.calls.forget();
    }
    Ok(reader.gathered)
}

impl Reader<'_> {
    fn row(&mut self, row: &'static Row, region: &str) -> Result<(), ExposureError> {
        self.lists(row, region)?;
        let files = self.calls.files(region, &row.file, row.single)?;
        if files.is_empty() && !row.single && !row.list.contains(&row.file) {
            self.none(row, region)?;
        }
        if row.program.is_none() {
            return Ok(());
        }
        for file in files {
            self.file(row, region, file)?;
        }
        Ok(())
    }

    fn entry(&self, row: &'static Row, region: &str) -> Entry {
        Entry::new(row, (&self.account.name, &self.account.id), region, String::new())
    }

    /// Where it is not known which such things there are, that is an entry.
    fn lists(&mut self, row: &'static Row, region: &str) -> Result<(), ExposureError> {
        let (mut missing, mut why, mut region_of) = (Vec::new(), Vec::new(), region);
        for call in &row.list {
            match self.calls.standing(region, call)? {
                Standing::Answered => {}
                Standing::NotCalled if region != self.first || self.calls.is_known(call)? => {}
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
            let entry = self.entry(row, region_of).unknown(missing, why.join("; "));
            self.gathered.unknown.push(entry);
        }
        Ok(())
    }

    /// There is no answer about any single resource: an entry, if there should be one.
    fn none(&mut self, row: &'static Row, region: &str) -> Result<(), ExposureError> {
        let why = match self.calls.standing(region, &row.file)? {
            Standing::Missing(reason) | Standing::Partial(reason) => in_words(&row.file, &reason),
            Standing::NotCalled if self.should_have(row, region)? => format!("{} was not asked for", row.file),
            Standing::NotCalled | Standing::Answered => return Ok(()),
        };
        let entry = self.entry(row, region).unknown([row.file.clone()], why);
        self.gathered.unknown.push(entry);
        Ok(())
    }

    /// Whether there is something to ask about, and nobody did in any Region.
    fn should_have(&self, row: &Row, region: &str) -> Result<bool, ExposureError> {
        if self.calls.is_known(&row.file)? {
            return Ok(false);
        }
        for (call, single) in row.list.iter().flat_map(|call| [(call, true), (call, false)]) {
            for file in self.calls.files(region, call, single)? {
                if let Answer::Value(data) | Answer::Partial(data, _) = file.answer
                    && data.has_items()
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn file(&mut self, row: &'static Row, region: &str, file: File) -> Result<(), ExposureError> {
        let key = file.parts.join("/");
        let unknown = |reader: &Self, why: String, missing: Option<String>| {
            let mut entry = reader.entry(row, region).unknown(missing, why);
            entry.name = Some(key.clone()).filter(|key| !key.is_empty());
            entry
        };
        let input = match file.answer {
            Answer::Value(data) => data,
            Answer::Empty => Data::empty(),
            Answer::Partial(data, reason) => {
                // For lists it was said.
                if !row.list.contains(&row.file) {
                    let entry = unknown(self, in_words(&row.file, &reason), Some(row.file.clone()));
                    self.gathered.unknown.push(entry);
                }
                data
            }
            Answer::NotCollected(reason) => {
                if !row.list.contains(&row.file) || !row.single {
                    let entry = unknown(self, in_words(&row.file, &reason), Some(row.file.clone()));
                    self.gathered.unknown.push(entry);
                }
                return Ok(());
            }
        };
        let Some(program) = &row.program else { return Ok(()) };
        let values = self.values(row, region, &file.parts, &key)?;
        match program.run_on(&input, values) {
            Ok(outputs) => {
                for output in outputs {
                    match serde_json::from_value::<Found>(output) {
                        Ok(found) => self.gathered.pending.push(Pending { row, region: region.to_owned(), found }),
                        Err(error) => {
                            let entry = unknown(self, format!("the answer of {} cannot be judged: {error}", row.file), None);
                            self.gathered.unknown.push(entry);
                        }
                    }
                }
            }
            Err(problem) => {
                let entry = unknown(self, format!("the answer of {} cannot be judged: {}", row.file, problem.cause()), None);
                self.gathered.unknown.push(entry);
            }
        }
        Ok(())
    }

    /// The variables, in the order of the table.
    fn values(&self, row: &Row, region: &str, parts: &[String], key: &str) -> Result<Vec<Data>, ExposureError> {
        let part = |at: usize| parts.get(at).map_or_else(Data::null, |part| Data::text(part));
        Ok(vec![
            self.calls.with(region, &row.with)?,
            part(0),
            part(1),
            Data::text(key),
            Data::text(&self.account.id),
            Data::text(&self.account.partition),
            Data::text(region),
            self.now.clone(),
        ])
    }
}

fn in_words(call: &str, reason: &Reason) -> String {
    format!("{call} was not collected: {}", reason.code)
}
