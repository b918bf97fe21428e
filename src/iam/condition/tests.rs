//! Keys with several values, absent keys, unknown keys.

use super::*;

fn says(operator: &str, policy: &[&str], request: Option<&[&str]>) -> Truth {
    let mut context = Context::absent();
    if let Some(values) = request {
        context.set("k", values.iter().copied());
    }
    Condition::new(operator, "k", policy, true).unwrap().truth(&context)
}

#[test]
fn several_values() {
    for (operator, policy, request, expected) in [
        ("ForAllValues:StringEquals", &["a", "b"][..], Some(&["a", "b"][..]), true),
        ("ForAllValues:StringEquals", &["a", "b"], Some(&["a", "c"]), false),
        ("ForAllValues:StringEquals", &["a"], None, true),
        ("ForAllValues:StringEquals", &["a"], Some(&[]), true),
        ("ForAnyValue:StringEquals", &["a"], Some(&["c", "a"]), true),
        ("ForAnyValue:StringEquals", &["a"], Some(&["c"]), false),
        ("ForAnyValue:StringEquals", &["a"], None, false),
        ("ForAnyValue:StringEqualsIfExists", &["a"], None, true),
        ("ForAnyValue:StringNotEquals", &["a"], Some(&["a", "b"]), true),
        ("ForAnyValue:StringNotEquals", &["a", "b"], Some(&["a", "b"]), false),
        ("ForAllValues:StringNotEquals", &["a", "b"], Some(&["c"]), true),
        ("ForAllValues:StringNotEquals", &["a", "b"], Some(&["c", "b"]), false),
        ("forallvalues:stringlike", &["a*"], Some(&["ab", "ac"]), true),
        ("StringNotEquals", &["a", "b"], Some(&["b"]), false),
        ("StringNotEquals", &["a", "b"], Some(&["c"]), true),
        ("StringEquals", &["a", "b"], Some(&["b"]), true),
        ("ForAllValues:StringEquals", &["a"], Some(&[""]), true),
        ("ForAnyValue:StringNotEquals", &["a"], Some(&[""]), false),
        ("ForAnyValue:StringNotEqualsIfExists", &["a"], Some(&[""]), false),
        ("StringNotEquals", &["a"], Some(&[""]), true),
        ("Null", &["true"], Some(&[""]), false),
        ("Null", &["true"], Some(&[]), true),
    ] {
        assert_eq!(says(operator, policy, request), Truth::from(expected), "{operator} {policy:?} {request:?}");
    }
}

#[test]
fn unknown_stays_unknown() {
    let mut context = Context::absent();
    context.set_unknown("k");
    context.set("known", ["x"]);
    for operator in OPERATORS {
        assert_eq!(Condition::new(operator.name, "k", &["true"], true).unwrap().truth(&context), Truth::Unknown);
    }
    let dependent = Condition::new("StringEquals", "known", &["${k}"], true).unwrap();
    assert_eq!(dependent.truth(&context), Truth::Unknown);
    let settled = Condition::new("StringEquals", "known", &["${k}", "x"], true).unwrap();
    assert_eq!(settled.truth(&context), Truth::Yes);
}

#[test]
fn a_variable_without_value_matches_nothing() {
    assert_eq!(says("StringEquals", &["${aws:username}"], Some(&["x"])), Truth::No);
    assert_eq!(says("StringNotEquals", &["${aws:username}"], Some(&["x"])), Truth::Yes);
}

#[test]
fn no_such_operator() {
    for name in ["StringEqual", "NullIfExists", "ForAllValue:StringEquals", "ForSomeValues:StringLike", "", "IfExists"] {
        assert!(Condition::new(name, "k", &["x"], true).is_none(), "{name}");
    }
}

#[test]
fn values_of_another_kind_are_told() {
    for (operator, value) in
        [("NumericEquals", "ten"), ("Bool", "yes"), ("IpAddress", "300.1.1.1"), ("DateLessThan", "soon"), ("BinaryEquals", "%")]
    {
        let condition = Condition::new(operator, "k", &["true", value], true).unwrap();
        assert!(condition.unsound().any(|at| at == 1), "{operator}");
    }
}
