//! How many resources of each kind an account has, by region: jq programs over stored answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::inventory::{Kind, Tally};
use super::view::{Count, Gap};
use crate::snapshot::jq::Program;
use crate::snapshot::{Answer, Reason, Snapshot, SnapshotError};

static EMBEDDED: &str = include_str!("../../data/stats_config.yaml");

/// The one source that lists resources of all regions in one answer.
const BUCKETS: &str = "s3-list-buckets";
const BUCKET_LOCATION: &str = "s3-get-bucket-location";

/// Why the rows to count cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{}` cannot be used: {problem}", path.display())]
pub struct StatsError {
    path: PathBuf,
    problem: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    name: String,
    query: String,
    source: String,
    #[serde(default)]
    verbose: bool,
    #[serde(default)]
    region: Option<String>,
}

#[derive(Debug)]
struct Row {
    program: Program,
    source: String,
    only_default_region: bool,
}

/// What to count.
#[derive(Debug)]
pub struct Stats {
    /// The rows' names, in order.
    pub kinds: Vec<Kind>,
    rows: Vec<Row>,
}

impl Stats {
    /// The rows inside this program.
    ///
    /// # Errors
    /// Only when the program is damaged: a test parses them.
    pub fn embedded() -> Result<Self, StatsError> {
        Self::from_text(Path::new("stats_config.yaml (embedded)"), EMBEDDED)
    }

    /// The rows in `text`, in CloudMapper's form; `path` is for messages.
    ///
    /// # Errors
    /// When it is not of that form, or a query is not jq.
    pub fn from_text(path: &Path, text: &str) -> Result<Self, StatsError> {
        let error = |problem: String| StatsError { path: path.to_owned(), problem };
        let raw: Vec<RawRow> = serde_saphyr::from_str(text).map_err(|problem| error(problem.to_string()))?;
        let (mut kinds, mut rows) = (Vec::new(), Vec::new());
        for row in raw {
            let program = Program::compile(&row.query, &[]).map_err(|problem| error(format!("row `{}`: {problem}", row.name)))?;
            let service = row.source.split('-').next().unwrap_or_default().to_owned();
            kinds.push(Kind { name: row.name, service, verbose: row.verbose });
            rows.push(Row { program, source: row.source, only_default_region: row.region.is_some() });
        }
        Ok(Self { kinds, rows })
    }

    /// Counts everything in the snapshot of the account number `account`.
    ///
    /// # Errors
    /// When the snapshot's regions cannot be read. A file that cannot be read is a gap in its own row.
    pub fn count(&self, account: usize, snapshot: &Snapshot) -> Result<Vec<Tally>, SnapshotError> {
        let (regions, home) = (snapshot.regions()?, snapshot.default_region()?);
        let mut tallies = Vec::new();
        for (kind, row) in self.rows.iter().enumerate() {
            let mut found: Vec<(String, Count)> = Vec::new();
            for region in regions.iter().filter(|region| !row.only_default_region || *region == home) {
                let count = row.count(snapshot, region);
                if row.source == BUCKETS {
                    found.extend(spread(snapshot, region, count));
                } else {
                    found.push((region.clone(), count));
                }
            }
            let never_asked = found.iter().all(|(_, count)| matches!(count, Count::NotAsked(_)));
            tallies.extend(found.into_iter().map(|(region, count)| {
                let count = match count {
                    Count::NotAsked(why) if never_asked => Count::NotCollected(vec![Gap { why, regions: vec![region.clone()] }]),
                    count => count,
                };
                Tally { kind, account, region, count }
            }));
        }
        Ok(tallies)
    }
}

impl Row {
    fn count(&self, snapshot: &Snapshot, region: &str) -> Count {
        match snapshot.answer_bytes(region, &self.source) {
            Ok(Answer::Value(bytes)) => self.number(&bytes, region),
            Ok(Answer::Partial(bytes, reason)) => Count::AtLeast(self.number(&bytes, region).seen(), vec![self.gap(&reason, region)]),
            Ok(Answer::Empty) => Count::Known(0),
            Ok(Answer::NotCollected(reason)) if reason.code == "NotCalled" => Count::NotAsked(reason.message),
            Ok(Answer::NotCollected(reason)) => Count::NotCollected(vec![self.gap(&reason, region)]),
            Err(error) => self.broken(&error.to_string(), region),
        }
    }

    fn number(&self, bytes: &[u8], region: &str) -> Count {
        match self.program.run(bytes, &[]) {
            Ok(outputs) => match outputs.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>() {
                Some(counts) => Count::Known(counts.into_iter().fold(0, u64::saturating_add)),
                None => self.broken("the query gives something else than whole numbers", region),
            },
            Err(error) => self.broken(&error.to_string(), region),
        }
    }

    fn gap(&self, reason: &Reason, region: &str) -> Gap {
        let (service, request) = self.source.split_once('-').unwrap_or((&self.source, ""));
        Gap { why: format!("{service} {request}: {}", reason.code), regions: vec![region.to_owned()] }
    }

    fn broken(&self, problem: &str, region: &str) -> Count {
        Count::NotCollected(vec![Gap { why: format!("{}: {problem}", self.source), regions: vec![region.to_owned()] }])
    }
}

#[derive(Deserialize)]
struct Location {
    #[serde(rename = "LocationConstraint")]
    region: Option<String>,
}

#[derive(Deserialize)]
struct Buckets {
    #[serde(rename = "Buckets", default)]
    buckets: Vec<Bucket>,
}

#[derive(Deserialize)]
struct Bucket {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "BucketRegion")]
    region: Option<String>,
}

/// Buckets by the region that they are in; `unknown` for those that do not say.
fn spread(snapshot: &Snapshot, region: &str, whole: Count) -> Vec<(String, Count)> {
    let listed = snapshot.answer::<Buckets>(region, BUCKETS).ok().and_then(Answer::value);
    let (Some(listed), Count::Known(_) | Count::AtLeast(..)) = (listed, &whole) else { return vec![(region.to_owned(), whole)] };
    let mut by_region: BTreeMap<String, u64> = BTreeMap::new();
    for bucket in listed.buckets {
        let asked = snapshot.answer_for::<Location>(region, BUCKET_LOCATION, &[&bucket.name]).ok().and_then(Answer::value);
        let home = match asked {
            Some(Location { region: None }) => "us-east-1".to_owned(),
            // What buckets of eu-west-1 said before 2014.
            Some(Location { region: Some(name) }) if name == "EU" => "eu-west-1".to_owned(),
            Some(Location { region: Some(name) }) => name,
            None => bucket.region.unwrap_or_else(|| "unknown".to_owned()),
        };
        *by_region.entry(home).or_default() += 1;
    }
    if by_region.is_empty() {
        return vec![(region.to_owned(), whole)];
    }
    let gaps = whole.gaps().to_vec();
    let count = |seen| if gaps.is_empty() { Count::Known(seen) } else { Count::AtLeast(seen, gaps.clone()) };
    by_region.into_iter().map(|(region, seen)| (region, count(seen))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_rows_are_cloudmappers() {
        let stats = Stats::embedded().unwrap();
        assert_eq!(stats.kinds.len(), 39);
        assert_eq!(stats.kinds.iter().filter(|kind| kind.verbose).count(), 20);
    }

    #[test]
    fn a_wrong_query_names_its_row() {
        let text = "- {name: Things, source: x-y, query: '.A['}";
        let message = Stats::from_text(Path::new("s.yaml"), text).unwrap_err().to_string();
        assert!(message.contains("`s.yaml`") && message.contains("Things"), "{message}");
    }
}
