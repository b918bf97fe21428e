//! The answers of one account, as jq programs want them: parsed once, joined by file name. Judges nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::jq::{Data, JqError};
use super::layout::unquote;
use super::{Answer, Reason, Snapshot, SnapshotError};

/// What became of a call in a Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody made it there.
    NotCalled,
    /// It was answered.
    Answered,
    /// It was answered in part.
    Partial(Reason),
    /// It was made, and not answered.
    Missing(Reason),
}

/// One answer of a call.
#[derive(Debug)]
pub struct File {
    /// Its name, relative to the account's folder: the key of its record in the manifest.
    pub name: String,
    /// The parts of its name below the call's folder.
    pub parts: Vec<String>,
    /// What it says.
    pub answer: Answer<Data>,
}

/// Reads the answers of an account.
#[derive(Debug)]
pub struct Calls<'a> {
    snapshot: &'a Snapshot,
    /// The Regions that have some.
    pub regions: Vec<String>,
    /// Of the Region that is being read.
    cache: RefCell<BTreeMap<(String, String), Rc<Data>>>,
    /// Answers of calls without parameters, which many programs read.
    single: RefCell<BTreeMap<(String, String), Answer<Data>>>,
}

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallsError {
    /// The snapshot cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A file is not JSON.
    #[error("`{file}` of the snapshot `{account}`: {problem}; collect it again, or remove it to have it reported as not collected")]
    Json {
        /// The account's name.
        account: String,
        /// The file.
        file: String,
        /// What is wrong.
        problem: JqError,
    },
}

/// Whose answers these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The account's name.
    pub name: String,
    /// Its id; empty where nothing tells.
    pub id: String,
    /// Its partition.
    pub partition: String,
}

impl Owner {
    /// As the snapshot tells.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn of(snapshot: &Snapshot) -> Result<Self, SnapshotError> {
        let (id, partition) = snapshot.identity()?;
        Ok(Self { name: snapshot.name().to_string(), id, partition })
    }
}

impl<'a> Calls<'a> {
    /// Of a snapshot.
    ///
    /// # Errors
    /// When the file of Regions cannot be read.
    pub fn new(snapshot: &'a Snapshot) -> Result<Self, SnapshotError> {
        Ok(Self { snapshot, regions: snapshot.regions()?, cache: RefCell::default(), single: RefCell::default() })
    }

    /// The Region in which global things are told: the default one, or the first, where that was not collected; empty without any.
    ///
    /// # Errors
    /// When the file of Regions cannot be read.
    pub fn home(&self) -> Result<String, SnapshotError> {
        let default = self.snapshot.default_region()?;
        let found = self.regions.iter().find(|region| *region == default).or_else(|| self.regions.first());
        Ok(found.cloned().unwrap_or_default())
    }

    /// Forgets the answers of the Regions read so far.
    pub fn forget(&self) {
        self.cache.borrow_mut().clear();
        self.single.borrow_mut().clear();
    }

    /// What became of a call in a Region.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn standing(&self, region: &str, call: &str) -> Result<Standing, SnapshotError> {
        match self.snapshot.standing(region, call)? {
            Answer::NotCollected(reason) if is_not_called(&reason) => {}
            Answer::NotCollected(reason) => return Ok(Standing::Missing(reason)),
            Answer::Partial((), reason) => return Ok(Standing::Partial(reason)),
            Answer::Value(()) | Answer::Empty => return Ok(Standing::Answered),
        }
        let files = self.snapshot.files_asked_for(region, call)?;
        let mut standing = if files.is_empty() { Standing::NotCalled } else { Standing::Answered };
        for file in files {
            if let Some(reason) = self.snapshot.gap(&file)
                && !is_not_called(&reason)
            {
                standing = Standing::Partial(reason);
            }
        }
        Ok(standing)
    }

    /// Whether no single answer of a call with parameters is known of, not even a refused one.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn lacks_all(&self, region: &str, call: &str) -> Result<bool, SnapshotError> {
        Ok(self.snapshot.files_asked_for(region, call)?.is_empty())
    }

    /// Whether somebody made the call in some Region.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn is_known(&self, call: &str) -> Result<bool, SnapshotError> {
        for region in &self.regions {
            if self.standing(region, call)? != Standing::NotCalled {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The answers of a call in a Region: the one of a call without parameters (`single`), or those with parameters.
    ///
    /// # Errors
    /// When a file is there and cannot be read, or is not JSON.
    pub fn files(&self, region: &str, call: &str, single: bool) -> Result<Vec<File>, CallsError> {
        if single {
            let answer = self.single(region, call)?;
            return Ok(match &answer {
                Answer::NotCollected(reason) if is_not_called(reason) => Vec::new(),
                _ => vec![File { parts: Vec::new(), answer, name: format!("{region}/{call}.json") }],
            });
        }
        let mut files = Vec::new();
        for file in self.snapshot.files_asked_for(region, call)? {
            let parts: Vec<String> = file.split('/').skip(2).map(unquote).collect();
            let values: Vec<&str> = parts.iter().map(String::as_str).collect();
            let answer = self.data(self.snapshot.answer_bytes_for(region, call, &values)?, &file)?;
            files.push(File { name: file, parts, answer });
        }
        Ok(files)
    }

    fn single(&self, region: &str, call: &str) -> Result<Answer<Data>, CallsError> {
        let place = (region.to_owned(), call.to_owned());
        if let Some(known) = self.single.borrow().get(&place) {
            return Ok(known.clone());
        }
        let answer = self.data(self.snapshot.answer_bytes(region, call)?, &format!("{region}/{call}.json"))?;
        self.single.borrow_mut().insert(place, answer.clone());
        Ok(answer)
    }

    /// `$with`: for each of the calls its answer, or its answers by name.
    ///
    /// # Errors
    /// When a file is there and cannot be read, or is not JSON.
    pub fn with(&self, region: &str, calls: &[String]) -> Result<Data, CallsError> {
        let mut object = Vec::new();
        for call in calls {
            object.push((call.clone(), (*self.joined(region, call)?).clone()));
        }
        Ok(Data::object(object))
    }

    fn joined(&self, region: &str, call: &str) -> Result<Rc<Data>, CallsError> {
        let place = (region.to_owned(), call.to_owned());
        if let Some(known) = self.cache.borrow().get(&place) {
            return Ok(known.clone());
        }
        let read = match call.strip_prefix("*/") {
            None => self.of_region(region, call)?,
            Some(call) => {
                let mut regions = Vec::new();
                for region in &self.regions {
                    regions.push((region.clone(), (*self.joined_here(region, call)?).clone()));
                }
                Data::object(regions)
            }
        };
        let read = Rc::new(read);
        self.cache.borrow_mut().insert(place, read.clone());
        Ok(read)
    }

    /// From the Region itself; from the only one that has the call, where this has not.
    fn of_region(&self, region: &str, call: &str) -> Result<Data, CallsError> {
        if self.standing(region, call)? == Standing::NotCalled {
            let mut others = Vec::new();
            for other in &self.regions {
                if self.standing(other, call)? != Standing::NotCalled {
                    others.push(other.as_str());
                }
            }
            if let [only] = others.as_slice() {
                return Ok((*self.joined_here(only, call)?).clone());
            }
        }
        Ok((*self.joined_here(region, call)?).clone())
    }

    fn joined_here(&self, region: &str, call: &str) -> Result<Rc<Data>, CallsError> {
        let answer = self.single(region, call)?;
        if !matches!(&answer, Answer::NotCollected(reason) if is_not_called(reason)) {
            return Ok(Rc::new(value(call, answer)));
        }
        let files = self.files(region, call, false)?;
        if files.is_empty() {
            return Ok(Rc::new(Data::null()));
        }
        Ok(Rc::new(Data::object(files.into_iter().map(|file| (file.parts.join("/"), value(call, file.answer))))))
    }

    fn data(&self, answer: Answer<Vec<u8>>, file: &str) -> Result<Answer<Data>, CallsError> {
        let parse = |bytes: Vec<u8>| {
            Data::parse(&bytes).map_err(|problem| CallsError::Json {
                account: self.snapshot.name().to_string(),
                file: file.to_owned(),
                problem,
            })
        };
        Ok(match answer {
            Answer::Value(bytes) => Answer::Value(parse(bytes)?),
            Answer::Partial(bytes, reason) => Answer::Partial(parse(bytes)?, reason),
            Answer::Empty => Answer::Empty,
            Answer::NotCollected(reason) => Answer::NotCollected(reason),
        })
    }
}

fn value(call: &str, answer: Answer<Data>) -> Data {
    match answer {
        Answer::NotCollected(reason) if call.contains("block-public-access") && reason.leaves_guardrail_off() => Data::empty(),
        Answer::Value(data) | Answer::Partial(data, _) => data,
        Answer::Empty => Data::empty(),
        Answer::NotCollected(_) => Data::null(),
    }
}

/// Nobody asked, as opposed to: somebody asked and got no answer.
fn is_not_called(reason: &Reason) -> bool {
    matches!(reason.code.as_str(), "NotCalled" | "NoManifest")
}
