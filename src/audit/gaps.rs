//! What nobody knows of a whole kind of things: a check says that once an account, however many Regions and calls it is about.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::finding::{Finding, Verdict};

/// Joins what checks do not know of whole kinds.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let mut joined: BTreeMap<(String, String), Joined> = BTreeMap::new();
    let mut all = Vec::new();
    for finding in findings {
        if finding.verdict == Verdict::Unknown && finding.resource.is_empty() {
            let key = (finding.check.id.clone(), finding.account.name.clone());
            joined.entry(key).or_insert_with(|| Joined::new(&finding)).add(finding);
        } else {
            all.push(finding);
        }
    }
    all.extend(joined.into_values().map(Joined::finding));
    all
}

/// Makes one of findings of the same check about the same thing: `also` has what the others say of it. They come in order.
pub(super) fn unite(findings: Vec<Finding>) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    for finding in findings {
        match all.last_mut().filter(|last| last.key() == finding.key() && last.verdict == finding.verdict) {
            None => all.push(finding),
            Some(last) => {
                last.confidence = last.confidence.min(finding.confidence);
                last.evidence.extend(finding.evidence.into_iter().filter(|one| !last.evidence.contains(one)).collect::<Vec<_>>());
                let also = last.details.entry("also").or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(also) = also {
                    also.push(Value::Object(finding.details));
                }
            }
        }
    }
    all
}

struct Joined {
    first: Finding,
    regions: BTreeSet<String>,
    /// Lists of the details.
    lists: BTreeMap<String, BTreeSet<String>>,
}

impl Joined {
    fn new(finding: &Finding) -> Self {
        let first = Finding::new(&finding.check, &finding.account, "", "", Verdict::Unknown);
        Self { first, regions: BTreeSet::new(), lists: BTreeMap::new() }
    }

    fn add(&mut self, finding: Finding) {
        self.regions.extend((!finding.region.is_empty()).then_some(finding.region));
        for (name, value) in finding.details {
            let texts = match value {
                Value::Array(items) => items,
                one => vec![one],
            };
            let texts = texts.into_iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            // Whether it was missing in one Region or in all makes no difference.
            self.lists.entry(name).or_default().extend(texts.map(|text| text.trim_start_matches("*/").to_owned()));
        }
    }

    fn finding(self) -> Finding {
        let list = |names: BTreeSet<String>| names.into_iter().map(Value::from).collect::<Vec<_>>();
        let mut finding = self.first;
        for (name, texts) in self.lists {
            finding = finding.with(&name, list(texts));
        }
        match self.regions.first() {
            Some(only) if self.regions.len() == 1 => finding.region.clone_from(only),
            _ => finding = finding.with("regions", list(self.regions)),
        }
        finding
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::audit::checks;
    use crate::audit::finding::Subject;
    use crate::model::Confidence;

    fn finding(resource: &str, region: &str, verdict: Verdict, detail: &str) -> Finding {
        let account = Arc::new(Subject { name: "a".to_owned(), id: "1".to_owned(), partition: "aws".to_owned(), collected: String::new() });
        Finding::new(&checks().unwrap()[0], &account, region, resource, verdict).with("missing", vec![Value::from(detail)])
    }

    #[test]
    fn gaps_of_a_kind_are_one() {
        let all = join(vec![
            finding("", "eu-west-1", Verdict::Unknown, "x"),
            finding("", "us-east-1", Verdict::Unknown, "*/y"),
            finding("r", "", Verdict::Unknown, "z"),
        ]);
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].details["missing"], serde_json::json!(["x", "y"]));
        assert_eq!(all[1].details["regions"], serde_json::json!(["eu-west-1", "us-east-1"]));
    }

    #[test]
    fn one_thing_is_one_finding() {
        let likely = Finding { confidence: Confidence::Likely, ..finding("r", "", Verdict::Fail, "x") };
        let all = unite(vec![
            likely,
            finding("r", "", Verdict::Fail, "y"),
            finding("r", "", Verdict::Unknown, "y"),
            finding("s", "", Verdict::Fail, "y"),
        ]);
        assert_eq!(all.len(), 3);
        assert_eq!((all[0].confidence, &all[0].details["also"]), (Confidence::Certain, &serde_json::json!([{"missing": ["y"]}])));
    }
}
