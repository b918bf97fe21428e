//! Asks a service's endpoint rules about every region of every partition.

use anyhow::Result;
use serde_json::{Map, Value};

use super::fold::{Place, Row, Target, fold};
use super::partitions::Partitions;
use super::rules::{Endpoint, Parameters, Resolution, RuleSet};

/// Values that stand in for what a caller will name: they pass the rules' checks, and what they
/// add to a URL is taken out again. Without a bucket, S3's rules would take calls about ordinary
/// buckets for calls about directory buckets.
pub(crate) const STAND_INS: &[(&str, &str)] = &[("AccountId", ACCOUNT), ("Bucket", BUCKET)];
const ACCOUNT: &str = "111111111111";
const BUCKET: &str = "an-ordinary-bucket";

/// The rules of one service with what its model says about signing.
pub(crate) struct Endpoints<'a> {
    /// Its rule set.
    pub(crate) rules: RuleSet,
    /// The service name to sign with where the rules do not say.
    pub(crate) signing_name: &'a str,
    /// Every partition.
    pub(crate) partitions: &'a Partitions,
}

impl Endpoints<'_> {
    /// The rows for operations with these parameters of their own. FIPS, dual stack, global S3 and
    /// STS endpoints, buckets in host names and endpoints by account are all off.
    ///
    /// # Errors
    /// When the rules cannot be evaluated. A region that they refuse is just left out.
    pub(crate) fn rows(&self, context: &Map<String, Value>) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for partition in self.partitions.iter() {
            let mut places = Vec::new();
            for region in &partition.regions {
                if let Resolution::Endpoint(endpoint) = self.resolve(region, context)? {
                    places.push(self.place(region, endpoint));
                }
            }
            let complete = places.len() == partition.regions.len();
            rows.extend(fold(&partition.id, &places, complete));
        }
        Ok(rows)
    }

    fn resolve(&self, region: &str, context: &Map<String, Value>) -> Result<Resolution> {
        let mut parameters = Parameters::from_iter(context.clone());
        parameters.insert("Region".to_owned(), Value::from(region));
        parameters.insert("UseGlobalEndpoint".to_owned(), Value::from(false));
        parameters.insert("ForcePathStyle".to_owned(), Value::from(true));
        parameters.insert("AccountIdEndpointMode".to_owned(), Value::from("disabled"));
        self.rules.resolve(&parameters, self.partitions)
    }

    /// Account and bucket go: operations carry them themselves, in their host prefix and path.
    fn place(&self, region: &str, endpoint: Endpoint) -> Place {
        let url = endpoint.url.replace(&format!("//{ACCOUNT}."), "//");
        let target = Target {
            url: url.strip_suffix(BUCKET).and_then(|url| url.strip_suffix('/')).unwrap_or(&url).to_owned(),
            signing_name: endpoint.signing_name.unwrap_or_else(|| self.signing_name.to_owned()),
            signing_region: endpoint.signing_region.unwrap_or_else(|| region.to_owned()),
        };
        Place { region: region.to_owned(), target }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::partitions::tests::sample;
    use serde_json::json;

    #[test]
    fn stand_ins_leave_no_trace_and_refused_partitions_have_no_row() {
        let rules = json!({
            "parameters": {
                "Region": {"type": "string"},
                "AccountId": {"type": "string"},
                "Bucket": {"type": "string"},
            },
            "rules": [
                {"type": "error", "error": "not in {Region}",
                 "conditions": [{"fn": "stringEquals", "argv": [{"fn": "substring", "argv": [{"ref": "Region"}, 0, 2, false]}, "cn"]}]},
                {"type": "endpoint", "conditions": [{"fn": "isSet", "argv": [{"ref": "AccountId"}]}],
                 "endpoint": {"url": "https://{AccountId}.x.{Region}.com"}},
                {"type": "endpoint", "conditions": [{"fn": "isSet", "argv": [{"ref": "Bucket"}]}],
                 "endpoint": {"url": "https://x.{Region}.com/{Bucket}"}},
                {"type": "endpoint", "conditions": [], "endpoint": {"url": "https://x.{Region}.com"}},
            ],
        });
        let partitions = sample();
        let rules = RuleSet::parse(&rules).unwrap();
        let endpoints = Endpoints { rules, signing_name: "s3", partitions: &partitions };
        let general = endpoints.rows(&Map::new()).unwrap();
        for (name, value) in STAND_INS {
            let parameters = Map::from_iter([((*name).to_owned(), Value::from(*value))]);
            assert_eq!(endpoints.rows(&parameters).unwrap(), general, "{name}");
        }
        let stored: Vec<Value> = general.iter().map(Row::to_json).collect();
        assert_eq!(
            json!(stored),
            json!([{"partition": "aws", "url": "https://x.{region}.com", "signing_name": "s3",
                    "signing_region": "{region}", "scope": "regional", "regions": null}])
        );
    }
}
