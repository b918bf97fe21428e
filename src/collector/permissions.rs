//! Which IAM actions the calls of a table need, for `--plan` and for the policy that it prints.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::table::{Row, Table};

static EMBEDDED: &str = include_str!("../../data/iam_actions.yaml");

/// AWS's limit for a managed policy, in characters without white space:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
const POLICY_MAX: usize = 6144;

/// From calls to actions, where the two differ in name.
#[derive(Debug, Deserialize)]
pub struct Permissions {
    prefixes: BTreeMap<String, String>,
    actions: BTreeMap<String, Vec<String>>,
}

impl Permissions {
    /// The facts inside this program.
    ///
    /// # Errors
    /// Only when the program is damaged: a test parses it.
    pub fn embedded() -> Result<Self, String> {
        serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/iam_actions.yaml: {error}"))
    }

    /// The actions that a row's calls need.
    #[must_use]
    pub fn of(&self, row: &Row) -> Vec<String> {
        let service = &row.service.name;
        let exact = self.actions.get(&format!("{service}:{}", row.operation));
        if let Some(actions) = exact.or_else(|| self.actions.get(&format!("{service}:*"))) {
            return actions.clone();
        }
        let prefix = self.prefixes.get(service).unwrap_or(&row.service.metadata.signing_name);
        vec![format!("{prefix}:{}", row.operation)]
    }

    /// Policies that allow a table's calls and nothing else; as many as AWS's size limit makes necessary.
    #[must_use]
    pub fn policies(&self, table: &Table) -> Vec<Value> {
        let mut actions: BTreeSet<String> = table.rows.iter().flat_map(|row| self.of(row)).collect();
        // Every run begins with these two.
        actions.extend(["sts:GetCallerIdentity".to_owned(), "ec2:DescribeRegions".to_owned()]);
        let mut policies = Vec::new();
        let mut chunk = Vec::new();
        for action in actions {
            chunk.push(action);
            if policy(&chunk).to_string().len() > POLICY_MAX {
                let last = chunk.pop();
                policies.push(policy(&chunk));
                chunk = last.into_iter().collect();
            }
        }
        policies.push(policy(&chunk));
        policies
    }
}

fn policy(actions: &[String]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "CloudmapperCollect", "Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collector::api::Api;
    use crate::collector::table::Selection;

    fn table(only: &[&str]) -> Table {
        let mut table = Table::embedded(&Api::embedded().unwrap()).unwrap();
        let only = only.iter().map(|word| (*word).to_owned()).collect();
        table.select(&Selection { only, ..Selection::default() }).unwrap();
        table
    }

    #[test]
    fn actions_have_iams_names() {
        let permissions = Permissions::embedded().unwrap();
        let of = |call: &str| table(&[call]).rows.last().map(|row| permissions.of(row).remove(0)).unwrap();
        assert_eq!(of("s3:ListBuckets"), "s3:ListAllMyBuckets");
        assert_eq!(of("elbv2:DescribeLoadBalancers"), "elasticloadbalancing:DescribeLoadBalancers");
        assert_eq!(of("apigateway:GetRestApis"), "apigateway:GET");
        assert_eq!(of("ec2:DescribeVpcs"), "ec2:DescribeVpcs");
    }

    #[test]
    fn each_policy_fits_into_aws() {
        let all = Table::embedded(&Api::embedded().unwrap()).unwrap();
        let policies = Permissions::embedded().unwrap().policies(&all);
        assert!(policies.len() > 1);
        assert!(policies.iter().all(|policy| policy.to_string().len() <= POLICY_MAX));
    }
}
