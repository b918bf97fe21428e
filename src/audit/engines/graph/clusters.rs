//! Who rules EKS clusters and is no one of the organization.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::audit::check::Check;
use crate::audit::engines::Work;
use crate::audit::finding::{Finding, Subject, Verdict};
use crate::audit::{Audit, AuditError};
use crate::graph::{Distances, Filter, Graph, Kind, Ways};
use crate::iam::estate::{Account, Estate};
use crate::iam::outside::is_open_to_all;
use crate::snapshot::{Answer, Snapshot};

const ADMINISTRATORS: [&str; 2] = ["/AmazonEKSClusterAdminPolicy", "/AmazonEKSAdminPolicy"];

const ENTRIES: &str = "eks-list-access-entries";
const POLICIES: &str = "eks-list-associated-access-policies";

/// `EKS_ADMIN_BY_OUTSIDER`.
pub(super) fn judge(work: &Work<'_>, check: &Arc<Check>, estate: &Estate, graph: &Graph, told: &mut Audit) -> Result<(), AuditError> {
    let ways = Ways::new(graph);
    let outsiders = graph.nodes.iter().enumerate().filter(|(_, node)| match node.kind {
        Kind::Account | Kind::Internet => true,
        Kind::Provider => is_open_to_all(&node.arn),
        _ => false,
    });
    let from = ways.from_all(outsiders.map(|(at, _)| at), &Filter { certain: true, ..Filter::default() });
    for (account, snapshot) in estate.accounts.iter().zip(work.input.accounts).filter(|(account, _)| !account.superseded) {
        let Some(subject) = work.subject(account.name.as_str()) else { continue };
        for region in snapshot.regions()? {
            Region { check, subject, estate, account, graph, from: &from, snapshot, region: &region }.judge(told)?;
        }
    }
    Ok(())
}

struct Region<'a> {
    check: &'a Arc<Check>,
    subject: &'a Arc<Subject>,
    estate: &'a Estate,
    account: &'a Account,
    graph: &'a Graph,
    /// How far everybody is from outsiders.
    from: &'a Distances,
    snapshot: &'a Snapshot,
    region: &'a str,
}

impl Region<'_> {
    fn judge(&self, told: &mut Audit) -> Result<(), AuditError> {
        let mut missing = BTreeSet::new();
        let clusters = self.list("eks-list-clusters", &[], "clusters", &mut missing)?;
        for cluster in clusters {
            let mut rulers: BTreeMap<String, &str> = BTreeMap::new();
            let before = missing.len();
            for principal in self.list(ENTRIES, &[&cluster], "accessEntries", &mut missing)? {
                if self.is_administrator(&cluster, &principal, &mut missing)? {
                    rulers.extend(self.why(&principal).map(|why| (principal, why)));
                }
            }
            let arn = format!("arn:{}:eks:{}:{}:cluster/{cluster}", self.account.partition, self.region, self.account.id);
            if !rulers.is_empty() {
                let finding = Finding::new(self.check, self.subject, self.region, &arn, Verdict::Fail);
                let why: BTreeSet<&str> = rulers.values().copied().collect();
                let names: Vec<Value> = rulers.into_keys().map(Value::from).collect();
                told.findings.push(finding.with("principals", names).with("why", why.into_iter().map(Value::from).collect::<Vec<_>>()));
            } else if missing.len() == before {
                told.pass(self.check, self.subject);
            }
        }
        if !missing.is_empty() {
            let finding = Finding::new(self.check, self.subject, self.region, "", Verdict::Unknown);
            told.findings.push(finding.with("missing", missing.into_iter().map(Value::from).collect::<Vec<_>>()));
        }
        Ok(())
    }

    fn answer(&self, call: &'static str, values: &[&str], missing: &mut BTreeSet<&'static str>) -> Result<Value, AuditError> {
        let answer: Answer<Value> = if values.is_empty() {
            self.snapshot.answer(self.region, call)?
        } else {
            self.snapshot.answer_for(self.region, call, values)?
        };
        if answer.gap().is_some() {
            missing.insert(call);
        }
        Ok(answer.value().unwrap_or_default())
    }

    fn list(
        &self,
        call: &'static str,
        values: &[&str],
        key: &str,
        missing: &mut BTreeSet<&'static str>,
    ) -> Result<Vec<String>, AuditError> {
        let answer = self.answer(call, values, missing)?;
        let texts = answer.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        Ok(texts.map(str::to_owned).collect())
    }

    fn is_administrator(&self, cluster: &str, principal: &str, missing: &mut BTreeSet<&'static str>) -> Result<bool, AuditError> {
        let answer = self.answer(POLICIES, &[cluster, principal], missing)?;
        let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut policies = answer.get("associatedAccessPolicies").and_then(Value::as_array).into_iter().flatten();
        Ok(policies.any(|policy| {
            let arn = text(policy, "/policyArn");
            ADMINISTRATORS.iter().any(|name| arn.ends_with(name)) && text(policy, "/accessScope/type") == "cluster"
        }))
    }

    /// Why a principal is an outsider.
    fn why(&self, principal: &str) -> Option<&'static str> {
        let owner = principal.split(':').nth(4).unwrap_or_default();
        if principal.contains(":role/aws-service-role/") {
            return None;
        }
        if owner != self.account.id && !self.estate.organization_of(&self.account.id).is_some_and(|own| own.has(owner)) {
            return Some("of another account");
        }
        let at = self.graph.nodes.iter().position(|node| node.arn == principal)?;
        self.from.has(at).then_some("outsiders can come to act as it")
    }
}
