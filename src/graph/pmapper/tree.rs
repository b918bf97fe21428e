//! PMapper's tree of an organization as AWS Organizations answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::form::{Organization, Policy, Unit};
use super::import::{Answer, answer};

/// What tells which organization an account is in.
pub(super) fn membership(organization: &Organization) -> Answer {
    let value = json!({"Organization": {"Id": organization.org_id, "MasterAccountId": organization.management_account_id}});
    answer("organizations", "describe-organization", &[], value)
}

/// The tree with its SCPs.
pub(super) fn answers(organization: &Organization, scps: &[Policy]) -> Vec<Answer> {
    let mut tree = Tree::default();
    let roots: Vec<Value> = organization.root_ous.iter().map(|root| json!({"Id": root.ou_id, "Name": root.ou_name})).collect();
    tree.answers.push(answer("organizations", "list-roots", &[], json!({"Roots": roots})));
    for root in &organization.root_ous {
        tree.unit(root, 1);
    }
    let listed: Vec<Value> = scps.iter().map(|scp| json!({"Id": id(&scp.reference.arn), "Name": scp.reference.name})).collect();
    tree.answers.push(answer("organizations", "list-policies", &["SERVICE_CONTROL_POLICY"], json!({"Policies": listed})));
    for scp in scps {
        let id = id(&scp.reference.arn);
        let summary = json!({"Id": id, "Arn": scp.reference.arn, "Name": scp.reference.name, "Type": "SERVICE_CONTROL_POLICY"});
        let policy = json!({"Policy": {"PolicySummary": summary, "Content": scp.policy_doc.to_string()}});
        tree.answers.push(answer("organizations", "describe-policy", &[id], policy));
        let of = tree.targets.get(&scp.reference.arn).into_iter().flatten();
        let targets: Vec<Value> = of.map(|target| json!({"TargetId": target})).collect();
        tree.answers.push(answer("organizations", "list-targets-for-policy", &[id], json!({"Targets": targets})));
    }
    tree.answers
}

#[derive(Default)]
struct Tree {
    answers: Vec<Answer>,
    /// By the ARN of the SCP.
    targets: BTreeMap<String, Vec<String>>,
}

impl Tree {
    fn unit(&mut self, unit: &Unit, depth: usize) {
        self.attach(&unit.scps, &unit.ou_id);
        for member in &unit.accounts {
            self.attach(&member.scps, &member.account_id);
        }
        let accounts: Vec<Value> = unit.accounts.iter().map(|member| json!({"Id": member.account_id})).collect();
        self.answers.push(answer("organizations", "list-accounts-for-parent", &[&unit.ou_id], json!({"Accounts": accounts})));
        let below: Vec<Value> = unit.child_nodes.iter().map(|child| json!({"Id": child.ou_id, "Name": child.ou_name})).collect();
        let depth_of = depth.to_string();
        let parts = [depth_of.as_str(), unit.ou_id.as_str()];
        self.answers.push(answer("organizations", "list-organizational-units-for-parent", &parts, json!({"OrganizationalUnits": below})));
        for child in &unit.child_nodes {
            self.unit(child, depth + 1);
        }
    }

    fn attach(&mut self, scps: &[String], target: &str) {
        for scp in scps {
            self.targets.entry(scp.clone()).or_default().push(target.to_owned());
        }
    }
}

/// `arn:aws:organizations::…:policy/o-x/service_control_policy/p-x`
fn id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
