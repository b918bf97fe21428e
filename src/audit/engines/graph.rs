//! Checks that ask the principal graph.

mod clusters;
mod compute;

use std::sync::Arc;

use serde_json::Value;

use super::Work;
use crate::audit::check::Check;
use crate::audit::finding::{Finding, Verdict};
use crate::audit::{Audit, AuditError};
use crate::graph::analysis::{Analysis, Of, analyse, steps};
use crate::graph::{Graph, Ways, build};
use crate::iam::estate::Estate;
use crate::model::Confidence;

/// Checks of ways: whatever the graph lacks may be a way.
const OF_WAYS: [&str; 4] = ["PRIVILEGE_ESCALATION", "CROSS_ACCOUNT_ESCALATION", "INTERNET_TO_ADMIN", "OUTSIDER_TO_ADMIN"];

/// Checks of what single users have, with the calls that tell it.
const OF_USERS: [(&str, &str); 2] = [("ADMIN_WITHOUT_MFA", "iam-list-mfa-devices"), ("ADMIN_KEYS_WITHOUT_MFA", "iam-list-access-keys")];

/// Calls that a finding names.
const NAMED: usize = 20;

pub(super) fn judge(work: &mut Work<'_>, checks: &[&Arc<Check>]) -> Result<(), AuditError> {
    let mut told = Audit::default();
    if let Some(estate) = work.estate()? {
        let graph = build(estate, work.input.accounts)?;
        let found = analyse(&graph, estate, work.input.accounts)?;
        let ways = Ways::new(&graph);
        for check in checks {
            let before = told.findings.len();
            match check.id.as_str() {
                "EKS_ADMIN_BY_OUTSIDER" => clusters::judge(work, check, estate, &graph, &mut told)?,
                "PUBLIC_COMPUTE_READS_DATA" => compute::judge(work, check, estate, &graph, &mut told)?,
                _ => {
                    for finding in found.findings.iter().filter(|finding| check.of.iter().any(|own| own == finding.id)) {
                        told.findings.extend(finding.of.iter().filter_map(|of| finding_of(work, check, &ways, of)));
                    }
                    let fails = told.findings.split_off(before);
                    conclude(work, check, &Ground { estate, graph: &graph, found: &found }, fails, &mut told);
                }
            }
        }
        told.seen.graph = Some((graph, found.findings));
    }
    work.audit.add(told);
    Ok(())
}

/// What checks are told by.
struct Ground<'a> {
    estate: &'a Estate,
    graph: &'a Graph,
    found: &'a Analysis,
}

/// Tells what fails, and what is not known; an account of which neither is told passes.
fn conclude(work: &Work<'_>, check: &Arc<Check>, ground: &Ground<'_>, fails: Vec<Finding>, told: &mut Audit) {
    for (account, known) in ground.estate.accounts.iter().zip(&ground.graph.accounts).filter(|(account, _)| !account.superseded) {
        let Some(subject) = work.subject(account.name.as_str()) else { continue };
        let unknown = |resource: &str| Finding::new(check, subject, "", resource, Verdict::Unknown);
        let mut open = Vec::new();
        if account.unread {
            open.push(unknown("").with("missing", vec![Value::from("iam-get-account-authorization-details")]));
        } else if OF_WAYS.contains(&check.id.as_str()) && !(known.gaps.is_empty() && known.unseen.is_empty()) {
            let missing: Vec<Value> = known.unseen.keys().take(NAMED).map(|call| Value::from(call.as_str())).collect();
            let why: Vec<Value> = known.gaps.iter().take(NAMED).map(|gap| Value::from(gap.as_str())).collect();
            open.push(unknown("").with("missing", missing).with("why", why).with("count", known.unseen.len() + known.gaps.len()));
        }
        let own = |arn: &str| ground.estate.principal(arn).is_some_and(|(own, _)| own.name == account.name);
        for (arn, call) in ground.found.unseen.iter().filter(|(arn, call)| OF_USERS.contains(&(check.id.as_str(), call)) && own(arn)) {
            open.push(unknown(arn).with("missing", vec![Value::from(*call)]));
        }
        if open.is_empty() && fails.iter().all(|finding| finding.account != *subject) {
            told.pass(check, subject);
        }
        told.findings.extend(open);
    }
    told.findings.extend(fails);
}

fn finding_of(work: &Work<'_>, check: &Arc<Check>, ways: &Ways<'_>, of: &Of) -> Option<Finding> {
    let graph = ways.graph();
    let node = |at: usize| graph.nodes.get(at);
    // Of a way from outside, the account that it leads to.
    let account = of.nodes.iter().rev().chain(&of.nodes).filter_map(|at| node(*at)?.account).find_map(|at| graph.accounts.get(at));
    let subject = account.and_then(|account| work.subject(&account.name))?;
    let resource = of.nodes.iter().filter_map(|at| node(*at)).find(|node| node.arn.starts_with("arn:")).map(|node| node.arn.clone());
    let mut finding = Finding::new(check, subject, "", &resource.unwrap_or_default(), Verdict::Fail);
    if !of.certain {
        finding.confidence = Confidence::Likely;
    }
    let list = |texts: Vec<&str>| texts.into_iter().map(Value::from).collect::<Vec<_>>();
    let finding = finding
        .with("principals", list(of.principals.iter().map(String::as_str).collect()))
        .with("way", steps(ways, &of.way))
        .with("techniques", list(of.techniques.clone()))
        .with("note", of.note.clone().unwrap_or_default());
    Some(finding)
}
