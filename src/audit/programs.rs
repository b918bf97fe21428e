//! Runs the checks that are programs over stored answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::check::{Check, Engine, Scope};
use super::finding::{Evidence, Finding, Subject, Verdict};
use super::{Audit, AuditError, checks};
use crate::model::epoch_seconds;
use crate::snapshot::Snapshot;
use crate::snapshot::answers::{Calls, Owner};
use crate::snapshot::joined::Joiner;
use crate::snapshot::jq::Data;
use crate::snapshot::layout::unquote;
use crate::snapshot::sources::Named;

/// One output of a program.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Output {
    pub(super) resource: Option<String>,
    pub(super) verdict: Option<Verdict>,
    pub(super) details: Option<Map<String, Value>>,
    pointer: Option<String>,
    file: Option<String>,
}

/// Runs a program on what it reads.
pub(super) fn run(check: &Check, given: &Data, owner: (&str, &str), region: &str, now: i64) -> Result<Vec<Output>, String> {
    let Some(program) = &check.program else { return Ok(Vec::new()) };
    let now = Data::parse(now.to_string().as_bytes()).unwrap_or_else(|_| Data::null());
    let (account, partition) = owner;
    let values = vec![Data::text(account), Data::text(region), Data::text(partition), now];
    let outputs = program.run_on(given, values).map_err(|error| error.cause().to_owned())?;
    outputs.iter().map(output).collect()
}

fn output(value: &Value) -> Result<Output, String> {
    let wrong = |problem: String| format!("the program gave {value}, which is no verdict: {problem}");
    let output = Output::deserialize(value).map_err(|error| wrong(error.to_string()))?;
    if output.verdict.is_none() { Err(wrong("`verdict` is missing".to_owned())) } else { Ok(output) }
}

/// What the programs say of one account.
pub(super) fn of_account(snapshot: &Snapshot, own: &[Arc<Check>], all: &[Arc<Check>]) -> Result<Audit, AuditError> {
    let owner = Owner::of(snapshot)?;
    let calls = Calls::new(snapshot)?;
    let named = Named::new(&calls, &owner).map_err(AuditError::Embedded)?;
    let collected = snapshot.manifest().map(|manifest| manifest.header.started.to_string()).unwrap_or_default();
    let account = Arc::new(Subject { name: owner.name.clone(), id: owner.id.clone(), partition: owner.partition.clone(), collected });
    let home = calls.home()?;
    let mut reader = Reader {
        snapshot,
        joiner: Joiner::new(&calls, &named).with_refused(),
        account: &account,
        now: made(snapshot)?,
        all,
        files: BTreeMap::new(),
        audit: Audit { accounts: vec![account.clone()], ..Audit::default() },
    };
    let programs = || own.iter().filter(|check| check.engine == Engine::Jq);
    for region in &calls.regions {
        for check in programs().filter(|check| check.scope == Scope::Region || *region == home) {
            reader.check(check, region)?;
        }
        reader.joiner.forget();
        reader.files.clear();
        calls.forget();
    }
    Ok(reader.audit)
}

/// When the snapshot was made, in seconds; long ago where nothing tells.
fn made(snapshot: &Snapshot) -> Result<i64, AuditError> {
    if let Some(manifest) = snapshot.manifest() {
        return Ok(epoch_seconds(&manifest.header.started.to_string()).unwrap_or(0));
    }
    let report: Option<Value> = snapshot.answer(snapshot.default_region()?, "iam-get-credential-report")?.value();
    Ok(report.and_then(|report| epoch_seconds(report.get("GeneratedTime")?.as_str()?)).unwrap_or(0))
}

struct Reader<'a> {
    snapshot: &'a Snapshot,
    joiner: Joiner<'a>,
    account: &'a Arc<Subject>,
    now: i64,
    /// The checks as the user has them.
    all: &'a [Arc<Check>],
    /// By Region and call.
    files: BTreeMap<(String, String), BTreeMap<String, String>>,
    audit: Audit,
}

impl Reader<'_> {
    fn check(&mut self, check: &Arc<Check>, region: &str) -> Result<(), AuditError> {
        let names: Vec<String> = check.calls().map(str::to_owned).collect();
        let place = if check.scope == Scope::Account { "" } else { region };
        let given = match self.joiner.with(region, &names) {
            Ok(with) => with.data,
            // A file that cannot be read hides nothing that others say.
            Err(error) => return self.exception(check, place, &error.to_string()),
        };
        let outputs = match run(check, &given, (&self.account.id, &self.account.partition), region, self.now) {
            Ok(outputs) => outputs,
            Err(problem) => return self.exception(check, place, &problem),
        };
        for output in outputs {
            self.output(check, (region, place), output);
        }
        Ok(())
    }

    fn exception(&mut self, check: &Check, region: &str, message: &str) -> Result<(), AuditError> {
        self.audit.findings.extend(exception(self.all, self.account, region, &check.id, message)?);
        Ok(())
    }

    fn output(&mut self, check: &Arc<Check>, (region, place): (&str, &str), output: Output) {
        let verdict = output.verdict.unwrap_or(Verdict::Unknown);
        let mut details = output.details.unwrap_or_default();
        details.retain(|_, value| !value.is_null() && value.as_str() != Some("") && value.as_array().is_none_or(|items| !items.is_empty()));
        match (verdict, output.resource) {
            (Verdict::Pass, _) => self.audit.pass(check, self.account),
            (_, resource) => {
                let mut finding = Finding::new(check, self.account, place, &resource.unwrap_or_default(), verdict);
                finding.evidence =
                    output.file.and_then(|file| self.evidence(region, &file, output.pointer, &details)).into_iter().collect();
                finding.details = details;
                self.audit.findings.push(finding);
            }
        }
    }

    /// The stored file that a program names: `service-request`, or `service-request/<what it is about>`.
    fn evidence(&mut self, region: &str, file: &str, pointer: Option<String>, details: &Map<String, Value>) -> Option<Evidence> {
        let region = details.get("region").and_then(Value::as_str).unwrap_or(region);
        let (call, key) = file.trim_start_matches("*/").split_once('/').map_or((file, None), |(call, key)| (call, Some(key)));
        let call = call.trim_start_matches("*/");
        let name = match key {
            None => format!("{region}/{call}.json"),
            Some(key) => {
                let place = (region.to_owned(), call.to_owned());
                self.files.entry(place).or_insert_with(|| files(self.snapshot, region, call)).get(key)?.clone()
            }
        };
        Some(evidence(self.snapshot, name, pointer.unwrap_or_default()))
    }
}

/// The files of a call by what each is about.
fn files(snapshot: &Snapshot, region: &str, call: &str) -> BTreeMap<String, String> {
    let about = |file: &str| file.split('/').skip(2).map(unquote).collect::<Vec<_>>().join("/");
    snapshot.files_asked_for(region, call).unwrap_or_default().into_iter().map(|file| (about(&file), file)).collect()
}

/// That something could not be judged for another reason than what was not collected.
/// `all` are the checks as the user has them.
pub(super) fn exception(
    all: &[Arc<Check>],
    account: &Arc<Subject>,
    region: &str,
    what: &str,
    message: &str,
) -> Result<Option<Finding>, AuditError> {
    let known = all.iter().chain(checks().map_err(AuditError::Embedded)?).find(|known| known.id == "EXCEPTION");
    Ok(known.map(|known| Finding::new(known, account, region, what, Verdict::Fail).with("check", what).with("message", message)))
}

/// A stored file, with what the manifest says of it.
pub(super) fn evidence(snapshot: &Snapshot, file: String, pointer: String) -> Evidence {
    let record = snapshot.manifest().and_then(|manifest| manifest.calls.get(&file));
    Evidence { time: record.map(|record| record.time.to_string()), sha256: record.and_then(|record| record.sha256.clone()), file, pointer }
}
