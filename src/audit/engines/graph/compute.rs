//! What everybody can reach or call, and what private data its role may read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::audit::check::Check;
use crate::audit::engines::Work;
use crate::audit::finding::{Finding, Verdict};
use crate::audit::{Audit, AuditError};
use crate::exposure::{self, Entry};
use crate::graph::{Administrators, Graph, Kind};
use crate::iam::estate::{Account, Asker, Estate, Home, Principal};
use crate::iam::formula::Formula;
use crate::iam::policy::{Action, Target};
use crate::iam::query::{Probe, Prober, ResourceSide};
use crate::model::Confidence;
use crate::snapshot::{Answer, Snapshot};

/// Reads of everything of a kind.
const READS: [&str; 3] = ["secretsmanager:GetSecretValue", "dynamodb:Scan", "kms:Decrypt"];

/// What a finding names of it.
const NAMED: usize = 10;

const OBJECTS: &str = "s3:GetObject";

/// Things by role, with whether that is certain.
type Ways = BTreeMap<String, BTreeMap<String, bool>>;

/// `PUBLIC_COMPUTE_READS_DATA`.
pub(super) fn judge(work: &Work<'_>, check: &Arc<Check>, estate: &Estate, graph: &Graph, told: &mut Audit) -> Result<(), AuditError> {
    let exposed = work.exposed()?;
    let hosts = hosts(graph);
    for (account, snapshot) in estate.accounts.iter().zip(work.input.accounts).filter(|(account, _)| !account.superseded) {
        let Some(subject) = work.subject(account.name.as_str()) else { continue };
        let mut missing = BTreeSet::new();
        let own: Vec<&Entry> = exposed.iter().filter(|entry| entry.account == subject.name).collect();
        let mut ways = callable(snapshot, &own, &mut missing)?;
        for (role, things) in &hosts {
            ways.entry(role.clone()).or_default().extend(things.clone());
        }
        if account.unread {
            missing.insert("iam-get-account-authorization-details".to_owned());
        }
        let buckets = private_buckets(snapshot, &own)?;
        let standing = Administrators::new(estate, account);
        for role in account.principals.iter().filter(|role| role.is_role) {
            let Some(things) = ways.get(&role.arn) else { continue };
            let data = if standing.of(role) == Formula::Never { readable(estate, account, role, &buckets) } else { Vec::new() };
            if data.is_empty() {
                told.pass(check, subject);
                continue;
            }
            let mut finding = Finding::new(check, subject, "", &role.arn, Verdict::Fail);
            if !things.values().any(|certain| *certain) {
                finding.confidence = Confidence::Likely;
            }
            let names: Vec<Value> = things.keys().map(|thing| Value::from(thing.as_str())).collect();
            let count = data.len();
            let data: Vec<Value> = data.into_iter().take(NAMED).collect();
            told.findings.push(finding.with("through", names).with("count", count).with("reads", data));
        }
        if missing.is_empty() {
            told.pass(check, subject);
        } else {
            let missing: Vec<Value> = missing.into_iter().map(Value::from).collect();
            told.findings.push(Finding::new(check, subject, "", "", Verdict::Unknown).with("missing", missing));
        }
    }
    Ok(())
}

/// Hosts that the internet reaches, by their roles.
fn hosts(graph: &Graph) -> Ways {
    let node = |at: usize| graph.nodes.get(at);
    let is = |at: usize, kind: Kind| node(at).is_some_and(|node| node.kind == kind);
    let mut ways = Ways::new();
    for reach in graph.edges.iter().filter(|edge| is(edge.from, Kind::Internet) && is(edge.to, Kind::Host)) {
        for edge in graph.edges.iter().filter(|edge| edge.from == reach.to) {
            if let (Some(host), Some(role)) = (node(edge.from), node(edge.to)) {
                ways.entry(role.arn.clone()).or_default().insert(host.arn.clone(), reach.certain && edge.certain);
            }
        }
    }
    ways
}

/// Functions that everybody can call, and services that everybody can reach, by their roles.
fn callable(snapshot: &Snapshot, own: &[&Entry], missing: &mut BTreeSet<String>) -> Result<Ways, AuditError> {
    const KINDS: [&str; 3] = ["lambda-function-url", "apprunner-service", "ecs-service"];
    let mut roles: BTreeMap<String, String> = BTreeMap::new();
    for region in snapshot.regions()? {
        roles.extend(roles_of(snapshot, &region)?);
    }
    let mut ways = Ways::new();
    for entry in own.iter().filter(|entry| KINDS.contains(&entry.row.id.as_str())) {
        match entry.verdict {
            exposure::Verdict::Public => {
                // A URL may be of an alias.
                let function: String = entry.arn.splitn(8, ':').take(7).collect::<Vec<_>>().join(":");
                if let Some(role) = roles.get(&entry.arn).or_else(|| roles.get(&function)) {
                    let certain = entry.confidence == Confidence::Certain;
                    ways.entry(role.clone()).or_default().insert(entry.arn.clone(), certain);
                }
            }
            exposure::Verdict::Unknown => missing.extend(entry.missing.iter().cloned()),
            exposure::Verdict::Shared | exposure::Verdict::Blocked | exposure::Verdict::No => {}
        }
    }
    Ok(ways)
}

/// The roles of functions, App Runner services and ECS services in a Region, by ARN.
fn roles_of(snapshot: &Snapshot, region: &str) -> Result<Vec<(String, String)>, AuditError> {
    let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let all = |call: &str| -> Result<Vec<Value>, AuditError> {
        let mut answers = Vec::new();
        for file in snapshot.files_of(region, call)? {
            answers.extend(snapshot.bytes(&file)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()));
        }
        Ok(answers)
    };
    let functions: Answer<Value> = snapshot.answer(region, "lambda-list-functions")?;
    let functions = list(&functions.value().unwrap_or_default(), "Functions");
    let mut found: Vec<(String, String)> =
        functions.iter().filter_map(|function| Some((text(function, "/FunctionArn")?, text(function, "/Role")?))).collect();
    for answer in all("apprunner-describe-service")? {
        found.extend(text(&answer, "/Service/ServiceArn").zip(text(&answer, "/Service/InstanceConfiguration/InstanceRoleArn")));
    }
    let definitions = all("ecs-describe-task-definition")?;
    let role = |definition: &str| {
        let own = definitions.iter().find(|own| text(own, "/taskDefinition/taskDefinitionArn").as_deref() == Some(definition))?;
        text(own, "/taskDefinition/taskRoleArn")
    };
    for service in all("ecs-describe-services")?.iter().flat_map(|answer| list(answer, "services")) {
        let of = text(&service, "/taskDefinition").and_then(|definition| role(&definition));
        found.extend(text(&service, "/serviceArn").zip(of));
    }
    Ok(found)
}

/// The account's buckets that are not public, by ARN.
fn private_buckets(snapshot: &Snapshot, own: &[&Entry]) -> Result<Vec<String>, AuditError> {
    let answer: Answer<Value> = snapshot.answer(snapshot.default_region()?, "s3-list-buckets")?;
    let (_, partition) = snapshot.identity()?;
    let partition = if partition.is_empty() { "aws".to_owned() } else { partition };
    let listed = answer.value().unwrap_or_default();
    let names = listed.get("Buckets").and_then(Value::as_array).into_iter().flatten().filter_map(|bucket| bucket.get("Name")?.as_str());
    let is_public = |arn: &String| own.iter().any(|entry| entry.arn == *arn && entry.verdict == exposure::Verdict::Public);
    Ok(names.map(|name| format!("arn:{partition}:s3:::{name}")).filter(|arn| !is_public(arn)).collect())
}

/// What a role may read: all of a kind, or all objects of some buckets.
fn readable(estate: &Estate, account: &Account, role: &Principal, buckets: &[String]) -> Vec<Value> {
    let home = Home::of(estate, account);
    let Some(asker) = Asker::of(&home, role) else { return Vec::new() };
    let prober = Prober::new(estate, &asker);
    let action = |name: &str| Action::new(name, estate.store.catalog());
    let mut found: Vec<Value> =
        READS.iter().filter(|name| prober.on_everything(&action(name)) == Formula::Always).map(|name| Value::from(*name)).collect();
    let objects = action(OBJECTS);
    if prober.on_everything(&objects) == Formula::Always {
        found.push(Value::from(OBJECTS));
        return found;
    }
    let whole = |bucket: &&String| {
        let target = Target::new(&format!("{bucket}/*"));
        let probe = Probe { action: &objects, target: &target, keys: &[], side: ResourceSide::Own };
        prober.explain(&probe).when == Formula::Always
    };
    found.extend(buckets.iter().filter(whole).map(|bucket| Value::from(format!("{OBJECTS} on {bucket}/*"))));
    found
}
