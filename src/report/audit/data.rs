//! What the script of the page reads.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Input;
use crate::audit::{Check, Evidence, Finding, Verdict};
use crate::exposure;
use crate::graph::analysis::{Of, steps};
use crate::graph::{Admin, Graph, Kind, Ways};

/// The analyses that tell of ways to an administrator.
const WAYS: [&str; 4] = ["internet-to-admin", "outsider-to-admin", "cross-account-escalation", "privilege-escalation"];

/// Accounts, Regions, checks and files by their places, and all findings.
pub(super) fn findings(input: &Input<'_>) -> Value {
    let audit = input.audit;
    let checks: BTreeMap<&str, &Check> = audit.findings.iter().map(|one| (one.check.id.as_str(), &*one.check)).collect();
    let regions: BTreeSet<&str> = audit.findings.iter().map(|one| one.region.as_str()).filter(|region| !region.is_empty()).collect();
    let files: BTreeMap<(usize, &str), &Evidence> = audit
        .findings
        .iter()
        .flat_map(|one| one.evidence.iter().map(move |evidence| ((place(input, one), evidence.file.as_str()), evidence)))
        .collect();
    let check_places: BTreeMap<&str, usize> = checks.keys().copied().zip(0..).collect();
    let region_places: BTreeMap<&str, usize> = regions.iter().copied().zip(0..).collect();
    let file_places: BTreeMap<(usize, &str), usize> = files.keys().copied().zip(0..).collect();
    let at = |found: Option<&usize>| found.map_or(json!(-1), |at| json!(at));
    let row = |one: &Finding| {
        let account = place(input, one);
        let evidence: Vec<Value> = one
            .evidence
            .iter()
            .map(|evidence| json!([at(file_places.get(&(account, evidence.file.as_str()))), evidence.pointer]))
            .collect();
        let state = match (one.verdict, &one.suppressed) {
            (_, Some(_)) => 2,
            (Verdict::Unknown, None) => 1,
            (Verdict::Fail | Verdict::Pass, None) => 0,
        };
        let details = if one.details.is_empty() { Value::Null } else { Value::Object(one.details.clone()) };
        let check = at(check_places.get(one.check.id.as_str()));
        let region = at(region_places.get(one.region.as_str()));
        json!([check, account, region, one.resource, state, details, evidence, one.suppressed.as_ref().map(|said| said.reason.clone())])
    };
    json!({
        "accounts": audit.accounts.iter().map(|one| json!({"name": one.name, "id": one.id, "collected": one.collected})).collect::<Vec<_>>(),
        "regions": regions,
        "checks": checks.values().map(|check| described(check)).collect::<Vec<_>>(),
        "files": files.iter().map(|((account, file), one)| json!({"account": account, "file": file, "time": one.time, "sha256": one.sha256})).collect::<Vec<_>>(),
        "findings": audit.findings.iter().map(row).collect::<Vec<_>>(),
    })
}

fn described(check: &Check) -> Value {
    json!({"id": check.id, "title": check.title, "severity": check.severity, "confidence": check.confidence, "group": check.group, "description": check.description.trim(),
        "remediation": check.remediation.trim(), "references": check.references, "compliance": check.compliance})
}

fn place(input: &Input<'_>, finding: &Finding) -> usize {
    input.audit.accounts.iter().position(|one| *one == finding.account).unwrap_or(0)
}

/// The tables below the findings.
pub(super) struct Tables {
    pub(super) public: Value,
    pub(super) principals: Value,
    pub(super) trust: Value,
}

impl Tables {
    pub(super) fn of(input: &Input<'_>) -> Self {
        Self { public: public(input), principals: principals(input), trust: trust(input) }
    }

    pub(super) fn rows(table: &Value) -> usize {
        table.get("rows").and_then(Value::as_array).map_or(0, Vec::len)
    }
}

/// Columns by id, title and kind.
fn table(columns: &[(&str, &str, &str)], rows: Vec<Value>) -> Value {
    let column = |(id, title, kind): &(&str, &str, &str)| json!({"id": id, "title": title, "kind": kind});
    let mut table = json!({"columns": columns.iter().map(column).collect::<Vec<_>>()});
    if let Some(members) = table.as_object_mut() {
        members.insert("rows".to_owned(), Value::Array(rows));
    }
    table
}

fn account(input: &Input<'_>, id: &str) -> Option<usize> {
    input.audit.accounts.iter().position(|one| one.id == id || one.name == id)
}

fn public(input: &Input<'_>) -> Value {
    let told = |entry: &&exposure::Entry| {
        let open = matches!(entry.verdict, exposure::Verdict::Public | exposure::Verdict::Shared | exposure::Verdict::Unknown);
        open && entry.is_one() && !entry.is_setting()
    };
    let row = |entry: &exposure::Entry| {
        let name = if entry.arn.is_empty() { entry.name.clone().unwrap_or_default() } else { entry.arn.clone() };
        let doors = if entry.ports.is_empty() { &entry.to } else { &entry.ports };
        json!([account(input, &entry.account), entry.verdict.word(), entry.row.kind, name, entry.region, doors, entry.why.join("; ")])
    };
    let columns = [
        ("account", "Account", "account"),
        ("verdict", "Verdict", "verdict"),
        ("kind", "Kind", "text"),
        ("name", "Name", "mono"),
        ("region", "Region", "text"),
        ("ports", "Ports or access", "list"),
        ("why", "Why", "text"),
    ];
    table(&columns, input.audit.seen.exposed.iter().filter(told).map(row).collect())
}

fn principals(input: &Input<'_>) -> Value {
    let columns = [
        ("account", "Account", "account"),
        ("standing", "Standing", "verdict"),
        ("name", "Principal", "mono"),
        ("kind", "Kind", "text"),
        ("because", "Why", "text"),
        ("steps", "Steps", "steps"),
    ];
    let Some((graph, found)) = &input.audit.seen.graph else { return table(&columns, Vec::new()) };
    let mut rows = Vec::new();
    for node in &graph.nodes {
        let standing = match &node.admin {
            Admin::No => continue,
            Admin::Yes => ("administrator", node.because.join("; ")),
            Admin::If(when) => ("conditional", format!("if {when}")),
        };
        let kind = match node.kind {
            Kind::User => "user",
            Kind::Role => "role",
            _ => continue,
        };
        let own = node.account.and_then(|at| graph.accounts.get(at)).and_then(|own| account(input, &own.name));
        rows.push(json!([own, standing.0, node.arn, kind, standing.1, null]));
    }
    let ways = Ways::new(graph);
    for of in found.iter().filter(|finding| WAYS.contains(&finding.id)).flat_map(|finding| &finding.of) {
        rows.extend(way(input, graph, &ways, of));
    }
    table(&columns, rows)
}

fn way(input: &Input<'_>, graph: &Graph, ways: &Ways<'_>, of: &Of) -> Option<Value> {
    let node = |at: usize| graph.nodes.get(at);
    let from = node(*of.nodes.first()?)?;
    let own = of.nodes.iter().rev().filter_map(|at| node(*at)?.account).find_map(|at| account(input, &graph.accounts.get(at)?.name));
    let steps = steps(ways, &of.way);
    let kind = format!("{:?}", from.kind).to_lowercase();
    (!steps.is_empty())
        .then(|| json!([own, if of.certain { "certain" } else { "possible" }, from.arn, kind, of.note.clone().unwrap_or_default(), steps]))
}

fn trust(input: &Input<'_>) -> Value {
    let columns = [
        ("outside", "Outside account", "mono"),
        ("name", "Name", "text"),
        ("kind", "Kind", "text"),
        ("account", "Into", "account"),
        ("access", "Access", "text"),
        ("how", "How", "list"),
        ("condition", "Condition", "text"),
    ];
    let Some(web) = &input.audit.seen.web else { return table(&columns, Vec::new()) };
    let mut rows = Vec::new();
    for edge in &web.edges {
        let (Some(from), Some(to)) = (web.node(&edge.from), account(input, &edge.to)) else { continue };
        let how: BTreeSet<&str> = edge.reasons.iter().map(|reason| reason.resource.as_str()).collect();
        let conditions: BTreeSet<&str> = edge.reasons.iter().filter_map(|reason| reason.condition.as_deref()).collect();
        rows.push(json!([
            from.id,
            from.name,
            format!("{:?}", from.kind).to_lowercase(),
            to,
            edge.access.word(),
            how,
            conditions.into_iter().collect::<Vec<_>>().join("; ")
        ]));
    }
    table(&columns, rows)
}
