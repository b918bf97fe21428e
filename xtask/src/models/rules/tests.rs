//! Tests of `rules`, on small models made up for them.

use super::*;
use crate::models::partitions::tests::sample;
use serde_json::json;

/// Region set → partition → global, FIPS or plain endpoint, as most services have it.
fn rules() -> RuleSet {
    RuleSet::parse(&json!({
        "version": "1.0",
        "parameters": {
            "Region": {"type": "string", "builtIn": "AWS::Region"},
            "UseFIPS": {"type": "boolean", "required": true, "default": false},
        },
        "rules": [{
            "type": "tree",
            "conditions": [
                {"fn": "isSet", "argv": [{"ref": "Region"}]},
                {"fn": "aws.partition", "argv": [{"ref": "Region"}], "assign": "P"},
            ],
            "rules": [
                {
                    "type": "endpoint",
                    "conditions": [{"fn": "stringEquals",
                        "argv": [{"fn": "getAttr", "argv": [{"ref": "P"}, "name"]}, "aws-cn"]}],
                    "endpoint": {"url": "https://x.cn", "headers": {}, "properties": {"authSchemes": [
                        {"name": "sigv4a", "signingRegionSet": ["*"]},
                        {"name": "sigv4", "signingName": "y", "signingRegion": "cn-{P#name}"}]}},
                },
                {
                    "type": "error",
                    "conditions": [{"fn": "booleanEquals", "argv": [{"ref": "UseFIPS"}, true]}],
                    "error": "no FIPS in {Region}",
                },
                {"type": "endpoint", "conditions": [], "endpoint": {"url": "https://x.{Region}.{P#dnsSuffix}"}},
            ],
        }],
    }))
    .unwrap()
}

fn resolve(parameters: Value) -> Resolution {
    let parameters = Parameters::deserialize(parameters).unwrap();
    rules().resolve(&parameters, &sample()).unwrap()
}

#[test]
fn plain_endpoint() {
    let url = "https://x.eu-west-1.amazonaws.com".to_owned();
    let expected = Endpoint { url, signing_name: None, signing_region: None };
    assert_eq!(resolve(json!({"Region": "eu-west-1"})), Resolution::Endpoint(expected));
}

#[test]
fn only_sigv4_schemes_count() {
    let expected =
        Endpoint { url: "https://x.cn".to_owned(), signing_name: Some("y".to_owned()), signing_region: Some("cn-aws-cn".to_owned()) };
    assert_eq!(resolve(json!({"Region": "cn-north-1"})), Resolution::Endpoint(expected));
}

#[test]
fn error_rules_refuse() {
    let refused = Resolution::Refused("no FIPS in eu-west-1".to_owned());
    assert_eq!(resolve(json!({"Region": "eu-west-1", "UseFIPS": true})), refused);
}

#[test]
fn nothing_matches() {
    assert_eq!(resolve(json!({})), Resolution::Refused("no rule matches".to_owned()));
}

#[test]
fn required_parameters_without_a_default() {
    let rules = json!({"parameters": {"ApiType": {"type": "string", "required": true}}, "rules": []});
    let found = RuleSet::parse(&rules).unwrap().resolve(&Parameters::new(), &sample()).unwrap();
    assert_eq!(found, Resolution::Refused("parameter `ApiType` is missing".to_owned()));
}

#[test]
fn assignments_end_with_their_rule() {
    let rules = json!({
        "parameters": {},
        "rules": [
            {"type": "tree", "conditions": [{"fn": "substring", "argv": ["abc", 0, 1, false], "assign": "A"}],
             "rules": [{"type": "endpoint", "conditions": [{"fn": "isSet", "argv": [{"ref": "B"}]}],
                        "endpoint": {"url": "https://wrong"}}]},
            {"type": "error", "conditions": [{"fn": "isSet", "argv": [{"ref": "A"}]}], "error": "leaked"},
            {"type": "error", "conditions": [], "error": "clean"},
        ],
    });
    let found = RuleSet::parse(&rules).unwrap().resolve(&Parameters::new(), &sample()).unwrap();
    assert_eq!(found, Resolution::Refused("clean".to_owned()));
}
