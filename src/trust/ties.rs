//! Runs the programs of `data/trust_sources.yaml` over an account's answers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::evidence::{pieces, shown};
use super::table::{Row, rows};
use super::{Access, TrustError};
use crate::iam::estate::{PolicyCalls, Resources};
use crate::snapshot::answers::{Calls, File, Owner, Standing};
use crate::snapshot::jq::Data;
use crate::snapshot::{Answer, Reason, Snapshot};

/// Why most of what is missing is.
pub(super) const NOT_ASKED: &str = "was not asked for";

/// The other side of a tie, as the answer names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It gets in.
    From(String),
    /// It lets in.
    To(String),
}

/// One tie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The row that found it.
    pub row: &'static Row,
    /// What makes it.
    pub resource: String,
    /// Who is at the other end.
    pub other: Side,
    /// What for, in the table's word.
    pub access: String,
    /// In words.
    pub why: String,
    /// The file that tells it.
    pub file: String,
    /// Where in it.
    pub pointer: String,
    /// What counts of what stands there.
    pub evidence: Option<Value>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Row {}

impl Tie {
    /// The class of its edge.
    #[must_use]
    pub fn class(&self) -> Access {
        match (self.row.id.as_str(), self.access.as_str(), self.row.service.as_str()) {
            ("vpc-peering", ..) => Access::Vpc,
            ("direct-connect-connection", ..) => Access::Directconnect,
            (_, "network", _) => Access::Network,
            (_, "admin", _) => Access::Admin,
            (_, "read", "s3") => Access::S3Read,
            (_, "read", _) => Access::Read,
            (_, _, "s3") => Access::S3,
            _ => Access::Write,
        }
    }
}

/// All ties of an account, and what is not known of them.
#[derive(Debug, Default)]
pub struct Ties {
    /// What there is.
    pub found: Vec<Tie>,
    /// Row, call and why: in which Regions.
    pub unknown: BTreeMap<(String, String, String), BTreeSet<String>>,
}

/// One output of a program.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Output {
    #[serde(default)]
    arn: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    access: String,
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    missing: Vec<String>,
}

struct Reader<'a> {
    calls: Calls<'a>,
    owner: &'a Owner,
    /// Global services answer in one Region.
    first: String,
    /// Calls that somebody made in some Region.
    known: BTreeMap<&'static str, bool>,
    ties: Ties,
}

/// Reads the ties of an account.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn ties(snapshot: &Snapshot, owner: &Owner) -> Result<Ties, TrustError> {
    let calls = Calls::new(snapshot)?;
    let first = calls.home()?;
    let mut reader = Reader { calls, owner, first, known: BTreeMap::new(), ties: Ties::default() };
    let rows = rows().map_err(TrustError::Embedded)?;
    for region in reader.calls.regions.clone() {
        for row in rows {
            reader.row(row, &region)?;
        }
        for calls in Resources::calls()? {
            reader.policies(&calls, &region)?;
        }
        reader.calls.forget();
    }
    Ok(reader.ties)
}

impl Reader<'_> {
    fn row(&mut self, row: &'static Row, region: &str) -> Result<(), TrustError> {
        self.lists(row, region)?;
        let files = self.calls.files(region, &row.file, row.single)?;
        if files.is_empty() && !row.single && !row.list.contains(&row.file) {
            self.none((&row.service, &row.file, &row.list), region)?;
        }
        for file in files {
            self.file(row, region, &file)?;
        }
        Ok(())
    }

    fn unknown(&mut self, service: &str, region: &str, call: &str, why: &str) {
        let place = (service.to_owned(), call.to_owned(), why.to_owned());
        self.ties.unknown.entry(place).or_default().insert(region.to_owned());
    }

    fn is_known(&mut self, call: &'static str) -> Result<bool, TrustError> {
        if let Some(known) = self.known.get(call) {
            return Ok(*known);
        }
        let known = self.calls.is_known(call)?;
        self.known.insert(call, known);
        Ok(known)
    }

    /// Where it is not known which such things there are, that is said.
    fn lists(&mut self, row: &'static Row, region: &str) -> Result<(), TrustError> {
        row.list.iter().try_for_each(|call| self.list(&row.service, region, call))
    }

    fn list(&mut self, service: &str, region: &str, call: &'static str) -> Result<(), TrustError> {
        match self.calls.standing(region, call)? {
            Standing::Answered => {}
            Standing::NotCalled if region != self.first || self.is_known(call)? => {}
            Standing::NotCalled => self.unknown(service, "", call, NOT_ASKED),
            Standing::Partial(reason) | Standing::Missing(reason) => self.unknown(service, region, call, &reason.code),
        }
        Ok(())
    }

    /// Where it is not known which resources there are, or which policies they have, that is said. Single policies that were
    /// refused are told with their resources.
    fn policies(&mut self, calls: &PolicyCalls, region: &str) -> Result<(), TrustError> {
        calls.lists.iter().try_for_each(|call| self.list(calls.service, region, call))?;
        match calls.policy {
            Some(call) if self.calls.lacks_all(region, call)? => self.none((calls.service, call, calls.lists), region),
            _ => Ok(()),
        }
    }

    /// There is no answer about any single thing, where there should be one.
    fn none(&mut self, (service, call, lists): (&str, &'static str, &[String]), region: &str) -> Result<(), TrustError> {
        match self.calls.standing(region, call)? {
            Standing::Missing(reason) | Standing::Partial(reason) => self.unknown(service, region, call, &reason.code),
            Standing::NotCalled if !self.is_known(call)? && self.lists_something(lists, region)? => {
                self.unknown(service, region, call, NOT_ASKED);
            }
            Standing::NotCalled | Standing::Answered => {}
        }
        Ok(())
    }

    fn lists_something(&self, lists: &[String], region: &str) -> Result<bool, TrustError> {
        for (call, single) in lists.iter().flat_map(|call| [(call, true), (call, false)]) {
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

    fn file(&mut self, row: &'static Row, region: &str, file: &File) -> Result<(), TrustError> {
        let said = |reader: &mut Self, reason: &Reason| {
            // For lists it was said.
            if !row.list.contains(&row.file) || !row.single {
                reader.unknown(&row.service, region, &row.file, &reason.code);
            }
        };
        let input = match &file.answer {
            Answer::Value(data) => data,
            Answer::Empty => return Ok(()),
            Answer::Partial(data, reason) => {
                said(self, reason);
                data
            }
            Answer::NotCollected(reason) => {
                said(self, reason);
                return Ok(());
            }
        };
        let values = self.values(row, region, &file.parts)?;
        match row.program.run_on(input, values.clone()) {
            Ok(outputs) => {
                let mut found: Vec<Output> = Vec::new();
                for output in outputs {
                    match serde_json::from_value::<Output>(output) {
                        Ok(output) => self.missing(row, region, output, &mut found),
                        Err(error) => self.unknown(&row.service, region, &row.file, &format!("cannot be judged: {error}")),
                    }
                }
                self.found(row, (&file.name, input), &values, found);
            }
            Err(problem) => self.unknown(&row.service, region, &row.file, &format!("cannot be judged: {}", problem.cause())),
        }
        Ok(())
    }

    /// Tells which calls are missing, and keeps what is a tie, once.
    fn missing(&mut self, row: &'static Row, region: &str, output: Output, found: &mut Vec<Output>) {
        for call in &output.missing {
            self.unknown(&row.service, region, call, "was not collected");
        }
        let is_tie = output.from.is_some() || output.to.is_some();
        if is_tie && !found.contains(&output) {
            found.push(output);
        }
    }

    /// Takes in ties with what in the answer says them.
    fn found(&mut self, row: &'static Row, (file, input): (&str, &Data), values: &[Data], found: Vec<Output>) {
        if found.is_empty() {
            return;
        }
        let run = |answer: &Value| -> Vec<Output> {
            let outputs = Data::of(answer).and_then(|answer| row.program.run_on(&answer, values.to_vec()));
            outputs.unwrap_or_default().into_iter().filter_map(|output| serde_json::from_value(output).ok()).collect()
        };
        for (output, pointer, piece) in pieces(&input.value(), found, &run) {
            self.output(row, file, output, (pointer, piece));
        }
    }

    fn output(&mut self, row: &'static Row, file: &str, output: Output, (pointer, piece): (String, Value)) {
        let other = match (output.from, output.to) {
            (Some(from), _) => Side::From(from),
            (None, Some(to)) => Side::To(to),
            (None, None) => return,
        };
        let tie = Tie {
            row,
            resource: output.arn.unwrap_or_default(),
            other,
            access: output.access,
            why: output.why.unwrap_or_else(|| row.kind.clone()),
            file: file.to_owned(),
            pointer,
            evidence: shown(piece),
        };
        self.ties.found.push(tie);
    }

    /// The variables, in the order of the table.
    fn values(&self, row: &Row, region: &str, parts: &[String]) -> Result<Vec<Data>, TrustError> {
        let part = |at: usize| parts.get(at).map_or_else(Data::null, |part| Data::text(part));
        Ok(vec![
            self.calls.with(region, &row.with)?,
            part(0),
            part(1),
            Data::text(&parts.join("/")),
            Data::text(&self.owner.id),
            Data::text(&self.owner.partition),
            Data::text(region),
        ])
    }
}
