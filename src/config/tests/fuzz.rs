//! Broken input of every kind: there is always an answer, and never a panic.

use super::super::ConfigError;
use super::parse;

/// Cuts, swaps and repeats pieces of a good file: whatever comes out, there is an answer and no panic.
#[test]
fn no_text_makes_it_panic() {
    const PIECES: [&str; 14] =
        ["null", "-1", "1e400", "{}", "[]", "\"\"", "\"..\"", "true", "\u{0}", "\\u0000", "é", "[[[[", ",", "\"x\":"];
    let seed_text = include_str!("../../../config.json.example");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    let mut answered = 0;
    for _ in 0..3000 {
        let mut text: Vec<char> = seed_text.chars().collect();
        for _ in 0..=next(4) {
            let start = next(text.len());
            let end = (start + next(12)).min(text.len());
            let piece = PIECES[next(PIECES.len())];
            text.splice(start..end, piece.chars());
        }
        let text: String = text.into_iter().collect();
        match parse(&text) {
            Ok(config) => {
                let _ = config.select(&["all".to_owned()]);
                answered += 1;
            }
            Err(error) => answered += usize::from(!error.to_string().is_empty()),
        }
    }
    assert_eq!(answered, 3000);
}

/// The same for values of the wrong type in every place, which get past the JSON parser.
#[test]
fn no_value_makes_it_panic() {
    fn replaced(value: &serde_json::Value, with: &serde_json::Value, out: &mut Vec<serde_json::Value>) {
        out.push(with.clone());
        match value {
            serde_json::Value::Array(list) => {
                for (index, element) in list.iter().enumerate() {
                    let mut inner = Vec::new();
                    replaced(element, with, &mut inner);
                    out.extend(inner.into_iter().map(|new| {
                        let mut list = list.clone();
                        list[index] = new;
                        list.into()
                    }));
                }
            }
            serde_json::Value::Object(object) => {
                for (key, member) in object {
                    let mut inner = Vec::new();
                    replaced(member, with, &mut inner);
                    out.extend(inner.into_iter().map(|new| {
                        let mut object = object.clone();
                        object.insert(key.clone(), new);
                        object.into()
                    }));
                }
            }
            _ => {}
        }
    }
    let example: serde_json::Value = serde_json::from_str(include_str!("../../../config.json.example")).unwrap();
    let mut variants = Vec::new();
    for with in
        [serde_json::json!(null), true.into(), 7.into(), (-1.5).into(), "".into(), "x".into(), serde_json::json!([]), serde_json::json!({})]
    {
        replaced(&example, &with, &mut variants);
    }
    assert!(variants.len() > 200);
    for variant in variants {
        match parse(&variant.to_string()) {
            Ok(config) => assert!(config.accounts.len() <= 3),
            Err(ConfigError::Invalid { problems, .. }) => assert!(!problems.is_empty()),
            Err(other) => panic!("{other}"),
        }
    }
}
