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
