//! Checks that ask the principal graph.

use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::AuditError;
use crate::audit::check::{Check, Confidence};
use crate::audit::finding::{Finding, Verdict};
use crate::graph::analysis::{Of, analyse};
use crate::graph::{Graph, build};

pub(super) fn judge(work: &mut Work<'_>, checks: &[&Arc<Check>]) -> Result<(), AuditError> {
    let Some(estate) = work.estate()? else { return Ok(()) };
    let graph = build(estate, work.input.accounts)?;
    let (found, unknown) = analyse(&graph, estate, work.input.accounts)?;
    for check in checks.iter().filter(|check| !check.of.is_empty()) {
        for finding in found.iter().filter(|finding| check.of.iter().any(|own| own == finding.id)) {
            for of in &finding.of {
                tell(work, check, &graph, of);
            }
        }
    }
    // What the graph did not see may lead to an administrator: that is told once an account.
    for check in checks.iter().filter(|check| check.id == "PRIVILEGE_ESCALATION") {
        for account in &graph.accounts {
            let Some(subject) = work.subject(&account.name).cloned() else { continue };
            let own: Vec<Value> = unknown
                .iter()
                .filter(|note| note.starts_with(&format!("{}: ", account.name)))
                .map(|note| Value::from(note.as_str()))
                .collect();
            if !own.is_empty() {
                work.push(Finding::new(check, &subject, "", "", Verdict::Unknown).with("why", own));
            }
        }
    }
    work.audit.seen.graph = Some((graph, found));
    Ok(())
}

fn tell(work: &mut Work<'_>, check: &Arc<Check>, graph: &Graph, of: &Of) {
    let node = |at: usize| graph.nodes.get(at);
    // Of a way from outside, the account that it leads to.
    let account = of.nodes.iter().rev().chain(&of.nodes).filter_map(|at| node(*at)?.account).find_map(|at| graph.accounts.get(at));
    let Some(subject) = account.and_then(|account| work.subject(&account.name)).cloned() else { return };
    let resource = of.nodes.iter().filter_map(|at| node(*at)).find(|node| node.arn.starts_with("arn:")).map(|node| node.arn.clone());
    let mut finding = Finding::new(check, &subject, "", &resource.unwrap_or_default(), Verdict::Fail);
    if !of.certain {
        finding.confidence = Confidence::Likely;
    }
    let list = |texts: Vec<&str>| texts.into_iter().map(Value::from).collect::<Vec<_>>();
    let finding = finding
        .with("principals", list(of.principals.iter().map(String::as_str).collect()))
        .with("techniques", list(of.techniques.clone()))
        .with("note", of.note.clone().unwrap_or_default());
    work.push(finding);
}
