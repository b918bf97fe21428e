//! Simplified formulas mean what they meant before, and read well.

use super::*;
use crate::iam::condition::Condition;
use proptest::prelude::*;

fn condition(operator: &str, key: &str, values: &[&str]) -> Formula {
    Formula::atom(Atom::Condition(Arc::new(Condition::new(operator, key, values, true).unwrap())))
}

/// A formula as written, before any simplification.
#[derive(Debug, Clone)]
enum Plain {
    Key(usize),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Settled(bool),
}

impl Plain {
    fn holds(&self, set: u8) -> bool {
        match self {
            Self::Key(key) => set & (1 << key) != 0,
            Self::Not(inner) => !inner.holds(set),
            Self::All(parts) => parts.iter().all(|part| part.holds(set)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(set)),
            Self::Settled(holds) => *holds,
        }
    }

    fn formula(&self) -> Formula {
        match self {
            Self::Key(key) => condition("Bool", &format!("k{key}"), &["true"]),
            Self::Not(inner) => inner.formula().negate(),
            Self::All(parts) => Formula::all(parts.iter().map(Self::formula)),
            Self::Any(parts) => Formula::any(parts.iter().map(Self::formula)),
            Self::Settled(true) => Formula::Always,
            Self::Settled(false) => Formula::Never,
        }
    }
}

fn plain() -> impl Strategy<Value = Plain> {
    let leaf = prop_oneof![4 => (0_usize..4).prop_map(Plain::Key), 1 => any::<bool>().prop_map(Plain::Settled)];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Plain::Not(Box::new(one))),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Plain::All),
            prop::collection::vec(inner, 0..4).prop_map(Plain::Any),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn simplified_is_the_same(plain in plain()) {
        let formula = plain.formula();
        for set in 0..16 {
            let mut context = Context::absent();
            for key in 0..4 {
                context.set(&format!("k{key}"), [if set & (1 << key) == 0 { "false" } else { "true" }]);
            }
            prop_assert_eq!(formula.truth(&context), Truth::from(plain.holds(set)), "{}", formula);
        }
    }
}

#[test]
fn less_is_said() {
    let (a, b) = (condition("Bool", "a", &["true"]), condition("StringEquals", "b", &["x"]));
    assert_eq!(Formula::all([a.clone(), Formula::any([a.clone(), b.clone()])]), a);
    assert_eq!(Formula::any([a.clone(), Formula::all([a.clone(), b.clone()])]), a);
    assert_eq!(Formula::all([a.clone(), Formula::any([a.clone().negate(), b.clone()])]), Formula::all([a.clone(), b]));
    assert_eq!(Formula::any([a.clone(), a.clone().negate()]), Formula::Always);
    assert_eq!(Formula::all([a.clone(), a.negate()]), Formula::Never);
}

#[test]
fn in_words() {
    for (operator, values, words, opposite) in [
        ("IpAddress", &["192.0.2.0/24", "10.0.0.0/8"][..], "k is in 192.0.2.0/24 or 10.0.0.0/8", "k is not in 192.0.2.0/24 nor 10.0.0.0/8"),
        ("NotIpAddress", &["10.0.0.0/8"], "k is not in 10.0.0.0/8", "k is in 10.0.0.0/8"),
        ("Bool", &["true"], "k is true", "k is not true"),
        ("BoolIfExists", &["true"], "k is true or is absent", "k is not true and is present"),
        ("BoolIfExists", &["false"], "k is false or is absent", "k is not false and is present"),
        ("Null", &["true"], "k is absent", "k is present"),
        ("Null", &["false"], "k is present", "k is absent"),
        ("NumericLessThan", &["3600"], "k < 3600", "k ≥ 3600 or is absent"),
        ("StringNotEqualsIfExists", &["x"], "k is not x", "k is x"),
        ("ForAllValues:StringLike", &["x*"], "every value of k is like x*", "some value of k is not like x*"),
        ("ForAnyValue:StringEquals", &["x"], "some value of k is x", "every value of k is not x"),
    ] {
        let formula = condition(operator, "k", values);
        assert_eq!(formula.to_string(), words, "{operator}");
        assert_eq!(formula.negate().to_string(), opposite, "not {operator}");
    }
    let both = Formula::all([
        condition("Bool", "a", &["true"]),
        Formula::any([condition("Null", "b", &["true"]), condition("Bool", "c", &["true"])]),
    ]);
    assert_eq!(both.to_string(), "a is true and (b is absent or c is true)");
}

/// Conditions on one key that has one value, and on another.
fn literal() -> impl Strategy<Value = Formula> {
    let region = (0_usize..7, prop::sample::subsequence(vec!["a", "b", "ab", "a*"], 1..3)).prop_map(|(at, values)| {
        let operators =
            ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"];
        match operators.get(at) {
            Some(operator) => condition(operator, "aws:RequestedRegion", &values),
            None => condition("Null", "aws:RequestedRegion", &["true"]),
        }
    });
    let mfa = (prop::sample::select(vec!["Bool", "BoolIfExists", "Null", "StringEquals"]), any::<bool>())
        .prop_map(|(operator, value)| condition(operator, "aws:MultiFactorAuthPresent", &[if value { "true" } else { "false" }]));
    (prop_oneof![2 => region, 1 => mfa], any::<bool>()).prop_map(|(formula, negated)| if negated { formula.negate() } else { formula })
}

fn any_formula() -> impl Strategy<Value = Formula> {
    literal().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Formula::all),
            prop::collection::vec(inner, 1..4).prop_map(Formula::any),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn condensed_is_the_same(formula in any_formula()) {
        let condensed = formula.clone().condensed();
        for region in [None, Some("a"), Some("b"), Some("ab"), Some("A"), Some("c"), Some("a*")] {
            for mfa in [None, Some("true"), Some("false")] {
                let mut context = Context::absent();
                for (key, value) in [("aws:RequestedRegion", region), ("aws:MultiFactorAuthPresent", mfa)] {
                    if let Some(value) = value {
                        context.set(key, [value]);
                    }
                }
                prop_assert_eq!(condensed.truth(&context), formula.truth(&context), "{} became {} in {:?}", formula, condensed, context);
            }
        }
    }
}

#[test]
fn conditions_on_one_key_become_one() {
    let region = |operator: &str, values: &[&str]| condition(operator, "aws:RequestedRegion", values);
    let mfa = |operator: &str, value: &str| condition(operator, "aws:MultiFactorAuthPresent", &[value]);
    let other = condition("Bool", "aws:SecureTransport", &["true"]);
    for (formula, words) in [
        (Formula::all([region("StringEquals", &["a"]), region("StringEquals", &["b"])]), "never"),
        (Formula::all([region("StringEquals", &["a", "b"]), region("StringNotEquals", &["b"])]), "aws:RequestedRegion is a"),
        (Formula::all([region("StringEquals", &["a", "b"]), region("StringLike", &["a*"])]), "aws:RequestedRegion is a"),
        (Formula::all([region("StringNotEquals", &["a"]), region("StringNotEquals", &["b"])]), "aws:RequestedRegion is not a nor b"),
        (Formula::any([region("StringEquals", &["a"]), region("StringEquals", &["b"])]), "aws:RequestedRegion is a or b"),
        (Formula::any([region("StringEquals", &["a"]), region("StringNotEquals", &["a", "b"])]), "aws:RequestedRegion is not b"),
        (
            Formula::all([mfa("Bool", "true"), mfa("BoolIfExists", "false").negate(), mfa("Null", "false")]),
            "aws:MultiFactorAuthPresent is true",
        ),
        (Formula::any([mfa("Bool", "true"), mfa("Bool", "false"), mfa("Null", "true")]), "always"),
        (
            Formula::all([region("StringEquals", &["a"]), Formula::any([region("StringEquals", &["b"]), other.clone()])]),
            "aws:RequestedRegion is a and aws:SecureTransport is true",
        ),
        (
            // Of keys with several values, one may be this and another that.
            Formula::all([condition("StringEquals", "aws:TagKeys", &["a"]), condition("StringEquals", "aws:TagKeys", &["b"])]),
            "aws:TagKeys is a and aws:TagKeys is b",
        ),
    ] {
        assert_eq!(formula.condensed().to_string(), words);
    }
}
