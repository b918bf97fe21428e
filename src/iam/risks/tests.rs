//! Of every rule: a statement in which it finds something, and one in which it does not.

mod cases;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::iam::catalog::managed_policy;
use cases::all;

const ACCOUNT: &str = "111122223333";

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

/// Statements in short: a policy of 2012, unless a whole one is given.
fn document(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    if value.get("Statement").is_some() { value } else { json!({"Version": "2012-10-17", "Statement": value}) }
}

fn risks_of(text: &str, role: Role) -> Vec<Risk> {
    risks(&Policy::read(&document(text), catalog()), role, ACCOUNT, catalog())
}

fn ids(risks: &[Risk]) -> Vec<&'static str> {
    risks.iter().map(|risk| risk.rule.id).collect()
}

#[test]
fn rules_are_sorted_and_complete() {
    let rules: Vec<_> = rules().collect();
    assert!(rules.is_sorted_by(|one, next| one.id < next.id), "{:?}", rules.iter().map(|rule| rule.id).collect::<Vec<_>>());
    for rule in rules {
        assert!(!rule.roles.is_empty() && rule.text.ends_with('.') && !rule.title.ends_with('.'), "{}", rule.id);
        assert!(rule.title.len() < 80 && rule.text.len() < 260, "{} {}", rule.id, rule.text.len());
    }
}

#[test]
fn every_rule_has_a_case() {
    let tested: BTreeSet<_> = all().map(|case| case.rule).collect();
    let all: BTreeSet<_> = rules().map(|rule| rule.id).collect();
    assert_eq!(tested, all);
}

#[test]
fn cases_are_found() {
    for case in all() {
        let risks = risks_of(case.bad, case.role);
        let found: Vec<_> = risks.iter().filter(|risk| risk.rule.id == case.rule).collect();
        let pointers: Vec<_> = found.iter().map(|risk| risk.pointer.as_str()).collect();
        assert_eq!(pointers, [case.pointer], "{}: {} {:?}", case.rule, case.bad, ids(&risks));
        assert!(found.iter().all(|risk| !risk.detail.is_empty()), "{}", case.rule);
        for risk in &risks {
            assert!(document(case.bad).pointer(&risk.pointer).is_some(), "{} {}", case.bad, risk.pointer);
        }
    }
}

#[test]
fn others_are_not() {
    for case in all() {
        for good in case.good {
            assert!(!ids(&risks_of(good, case.role)).contains(&case.rule), "{}: {good}", case.rule);
        }
    }
}

#[test]
fn what_is_fine_is_left_alone() {
    for (role, text) in [
        (Role::Scp, r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#),
        (Role::Rcp, r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#),
        (
            Role::Resource,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}"#,
        ),
        (Role::Trust, r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#),
        (Role::Trust, r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"}, "Action": "sts:AssumeRole"}"#),
        (Role::Identity, r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::app/*"}"#),
        (Role::Identity, r#"{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}"#),
        (Role::Identity, r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#),
    ] {
        assert_eq!(ids(&risks_of(text, role)), [""; 0], "{text}");
    }
}

#[test]
fn the_worst_first_statement_by_statement() {
    let risks = risks_of(
        r#"[{"Effect": "Allow", "Action": ["ec2:*", "iam:*", "sts:AssumeRole"], "Resource": "*"},
            {"Effect": "Allow", "Action": "*", "Resource": "*"}]"#,
        Role::Identity,
    );
    assert!(risks.is_sorted_by_key(|risk| (risk.statement, risk.rule.severity)));
    let admin = risks.last().unwrap();
    assert_eq!((admin.rule.id, admin.statement, admin.pointer.as_str()), ("grant-admin", 1, "/Statement/1/Action"));
}

#[test]
fn what_the_policy_denies_is_not_given() {
    let allow = r#"{"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"}"#;
    let found = |deny: &str| !risks_of(&format!("[{allow}, {deny}]"), Role::Identity).is_empty();
    assert!(!found(r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#));
    assert!(found(r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::111122223333:user/x"}"#));
    assert!(found(r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#));
}

#[test]
fn conditions_are_told_of() {
    let detail = |condition: &str| {
        let text = format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
        risks_of(&text, Role::Identity).remove(0).detail
    };
    assert_eq!(detail(r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#), "under conditions: *");
    assert_eq!(detail(r#"{"StringNotEquals": {"aws:RequestedRegion": "x"}}"#), "*");
}

#[test]
fn pointers_count_what_is_no_text_and_follow_odd_case() {
    let text = r#"{"statement": {"effect": "Allow", "action": [{}, "s3:x", null, "iam:PutUserPolicy"], "Resource": "*"}}"#;
    let policy = Policy::read(&serde_json::from_str(text).unwrap(), catalog());
    let risks = risks(&policy, Role::Identity, ACCOUNT, catalog());
    let found = risks.iter().find(|risk| risk.rule.id == "grant-own-rights").unwrap();
    assert_eq!(found.pointer, "/statement/action/3");
}

#[test]
fn details_show_what_is_hidden() {
    let risks = risks_of(r#"{"Effect": "Allow", "Action": "s3:\u202eGet", "Resource": "*"}"#, Role::Identity);
    assert_eq!(risks[0].detail, "s3:⟨U+202E⟩Get");
}

#[test]
fn lists_name_actions_of_aws() {
    use super::lists::*;
    let lists = [
        &OWN_RIGHTS,
        &OWN_USER,
        &OTHERS_IDENTITY,
        &GUARDRAILS,
        &DETECTION,
        &SECRETS,
        &DATA,
        &KEYS,
        &SHARING,
        &DESTRUCTION,
        &EXISTING_ROLES,
    ];
    let runners = RUNNERS.iter().flat_map(|runner| runner.actions);
    let unknown: Vec<_> = lists.iter().flat_map(|list| list.names).chain(runners).filter(|name| catalog().action(name).is_none()).collect();
    assert_eq!(unknown, [&""; 0]);
    for list in lists {
        assert!(list.names.is_sorted(), "{:?}", list.names);
    }
    assert!(RUNNERS.is_sorted_by_key(|runner| runner.actions[0]));
    for service in IDENTITY_SERVICES {
        assert!(catalog().has_service(service), "{service}");
    }
    for (action, kind) in ABOUT {
        let id = catalog().action(action).unwrap();
        assert!(catalog().resource_types(id).any(|used| used.kind.name == *kind), "{action} {kind}");
    }
}

#[test]
fn policies_of_aws() {
    let of = |path: &str| {
        let policy = managed_policy(&format!("arn:aws:iam::aws:policy/{path}")).unwrap().unwrap();
        ids(&risks(&Policy::read(&serde_json::from_str(policy.document).unwrap(), catalog()), Role::Identity, "", catalog()))
    };
    assert_eq!(of("AdministratorAccess"), ["grant-admin"]);
    assert_eq!(of("IAMFullAccess"), ["grant-identity-service"]);
    assert!(of("SecurityAudit").iter().all(|id| id.starts_with("statement-")), "{:?}", of("SecurityAudit"));
    assert!(of("PowerUserAccess").contains(&"grant-not-action"));
}

proptest! {
    /// Whatever a document is, nothing breaks, and what is found has a place in it.
    #[test]
    fn any_document(action in "[a-z*:?]{0,9}", resource in "[a-z*:?$\\{\\}/]{0,20}", key in "[a-zA-Z:/~.]{0,9}", value in "\\PC{0,8}",
                    operator in prop::sample::select(vec!["StringLike", "ForAllValues:StringEquals", "IpAddress", "BoolIfExists", "Null"]),
                    effect in prop::sample::select(vec!["Allow", "Deny"]), principal in "[a-z*:0-9]{0,16}") {
        let document = json!({"Statement": [{"Effect": effect, "Principal": {"AWS": principal, "Federated": key}, "Action": [action, "*"],
            "Resource": resource, "Condition": {operator: {key: value}}}]});
        let policy = Policy::read(&document, catalog());
        for role in ANY {
            for risk in risks(&policy, *role, ACCOUNT, catalog()) {
                prop_assert!(document.pointer(&risk.pointer).is_some(), "{} {}", risk.rule.id, risk.pointer);
            }
        }
    }
}
