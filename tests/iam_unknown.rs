//! The conditions of an answer are exactly the contexts in which a strict evaluation allows.

use cloudmapper::iam::catalog::{Catalog, ValueType};
use cloudmapper::iam::context::Context;
use cloudmapper::iam::query::check_key;
use cloudmapper::iam::truth::Truth;

use crate::iam_scenarios::files;
use crate::support::iam_case::Case;

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// A value that matches one of the policy's, nearly does, or does not.
fn value(numbers: &mut Numbers, key: &str, candidates: &[String]) -> Option<Vec<String>> {
    let kind = Catalog::embedded().unwrap().key_type(key);
    let shape = numbers.below(6);
    // AWS gives such keys no other values.
    if shape > 0 && kind.is_some_and(|kind| kind.value == ValueType::Bool) {
        return Some(vec![if numbers.below(2) == 0 { "true" } else { "false" }.to_owned()]);
    }
    let measured = kind.is_some_and(|kind| !matches!(kind.value, ValueType::String | ValueType::Arn));
    let typed: Vec<&String> =
        candidates.iter().filter(|candidate| check_key(Catalog::embedded().unwrap(), key, &[(*candidate).clone()]).is_ok()).collect();
    if shape > 0 && measured {
        // Numbers, times and addresses are always such.
        let one = typed.get(numbers.below(typed.len())).map(|value| value.split('/').next().unwrap_or_default().to_owned());
        return one.filter(|value| !value.is_empty()).map(|value| vec![value]);
    }
    let mut one = || match numbers.below(8) {
        0 => "other".to_owned(),
        1 => "true".to_owned(),
        2 => "false".to_owned(),
        _ if candidates.is_empty() => "alice".to_owned(),
        _ => {
            let written = candidates[numbers.below(candidates.len())].replace('*', "x").replace('?', "y");
            written.split_once('/').filter(|(head, _)| head.contains('.')).map_or(written.clone(), |(address, _)| address.to_owned())
        }
    };
    match shape {
        0 => None,
        1 if kind.is_none_or(|kind| kind.multivalued) => Some(vec![one(), one()]),
        _ => Some(vec![one()]),
    }
}

fn check(case: &Case, numbers: &mut Numbers) -> usize {
    let keys = case.keys();
    let mut partial = case.context();
    let unknown: Vec<_> = keys.iter().filter(|_| numbers.below(3) > 0).collect();
    for (key, _) in &unknown {
        partial.set_unknown(key);
    }
    let answer = case.decide(&partial);
    for _ in 0..40 {
        let mut full: Context = partial.clone();
        for (key, candidates) in &unknown {
            match value(numbers, key, candidates) {
                Some(values) => full.set(key, values),
                None => full.set_absent(key),
            }
        }
        let strict = case.decide(&full).decision == "allowed";
        let expected = match &answer.condition {
            Some(formula) => formula.truth(&full),
            None => Truth::from(answer.decision == "allowed"),
        };
        assert_eq!(Truth::from(strict), expected, "{}: {:?} in {full:?}", case.name, answer.condition.as_ref().map(ToString::to_string));
    }
    usize::from(answer.condition.is_some())
}

#[test]
fn conditions_are_exact() {
    let mut numbers = Numbers(7);
    let mut conditional = 0;
    for (_, file) in files() {
        for case in file.cases.iter().filter(|case| case.request.unknown.is_empty()) {
            for _ in 0..3 {
                conditional += check(case, &mut numbers);
            }
        }
    }
    assert!(conditional > 300, "only {conditional} answers with conditions were checked");
}

#[test]
fn denials_override_and_allows_only_add() {
    for (_, file) in files() {
        for case in &file.cases {
            let before = case.decide(&case.context());
            let allowed = case.with_identity(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#).decide(&case.context());
            assert!(before.decision != "allowed" || allowed.decision == "allowed", "{}: an Allow took it away", case.name);
            // No policy takes away what needs no permission.
            if !matches!(case.request.action.as_str(), "sts:GetCallerIdentity" | "sts:GetSessionToken") && case.has_identity_policies() {
                let denied = case.with_identity(r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#).decide(&case.context());
                assert_eq!(denied.decision, "denied", "{}: a Deny did not count", case.name);
            }
        }
    }
}
