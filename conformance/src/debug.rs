//! Reads what `{:?}` prints of a typed answer: the only complete view of it, as it does not implement `Serialize`.

use std::iter::Peekable;
use std::str::Chars;

/// A value as `derive(Debug)` prints it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Printed {
    /// `"text"`.
    Text(String),
    /// Anything without quotes: a number, a moment, a unit variant, hexadecimal bytes.
    Bare(String),
    /// `[…]`.
    List(Vec<Printed>),
    /// `{"key": …}`.
    Map(Vec<(Printed, Printed)>),
    /// `Name(…)`.
    Tuple(String, Vec<Printed>),
    /// `Name { field: … }`.
    Structure(String, Vec<(String, Printed)>),
}

/// # Panics
/// When it is not what `derive(Debug)` prints.
pub(crate) fn parse(text: &str) -> Printed {
    let mut reader = Reader { rest: text.chars().peekable() };
    let value = reader.value();
    assert_eq!(reader.rest.next(), None, "all of it is read");
    value
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    fn value(&mut self) -> Printed {
        match self.rest.peek() {
            Some('"') => Printed::Text(self.text()),
            Some('[') => Printed::List(self.between('[', ']', Self::value)),
            Some('{') => Printed::Map(self.between('{', '}', |reader| {
                let key = if reader.rest.peek() == Some(&'"') { Printed::Text(reader.text()) } else { reader.named(&[':', '(']) };
                reader.eat(':');
                (key, reader.value())
            })),
            // A moment has colons in it.
            _ => self.named(&[',', ')', ']', '}', '(', ' ']),
        }
    }

    fn named(&mut self, ends: &[char]) -> Printed {
        let name = self.until(ends);
        if self.rest.peek() == Some(&'(') {
            return Printed::Tuple(name, self.between('(', ')', Self::value));
        }
        let mut ahead = self.rest.clone();
        if ahead.next() == Some(' ') && ahead.next() == Some('{') {
            return Printed::Structure(
                name,
                self.between('{', '}', |reader| {
                    let field = reader.until(&[':']);
                    reader.eat(':');
                    (field, reader.value())
                }),
            );
        }
        Printed::Bare(name)
    }

    fn between<T>(&mut self, open: char, close: char, item: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        self.eat(open);
        while self.rest.peek() != Some(&close) {
            items.push(item(self));
            self.skip_spaces();
            if self.rest.peek() == Some(&',') {
                self.eat(',');
            }
        }
        self.eat(close);
        items
    }

    fn skip_spaces(&mut self) {
        while self.rest.next_if_eq(&' ').is_some() {}
    }

    fn eat(&mut self, expected: char) {
        self.skip_spaces();
        assert_eq!(self.rest.next(), Some(expected));
        self.skip_spaces();
    }

    fn until(&mut self, ends: &[char]) -> String {
        let mut text = String::new();
        while let Some(c) = self.rest.next_if(|c| !ends.contains(c)) {
            text.push(c);
        }
        text
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        self.rest.next();
        loop {
            match self.rest.next().expect("a text ends") {
                '"' => return text,
                '\\' => text.push(self.escaped()),
                c => text.push(c),
            }
        }
    }

    fn escaped(&mut self) -> char {
        match self.rest.next().expect("an escape has a letter") {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            'u' => {
                let digits = self.until(&['}']).split_off(1);
                self.rest.next();
                u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).expect("a character")
            }
            c => c,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Printed, parse};

    #[derive(Debug)]
    #[allow(dead_code, reason = "only printed")]
    struct Sample {
        text: Option<String>,
        r#type: Option<Vec<Option<i32>>>,
        map: BTreeMap<&'static str, Result<f64, ()>>,
        variants: BTreeMap<std::cmp::Ordering, u8>,
        unit: (),
        empty: Vec<u8>,
    }

    #[test]
    fn what_derive_prints_is_read_back() {
        let text = "a\"b\\c\n\u{1b}é, }) \u{200b}";
        let sample = Sample {
            text: Some(text.to_owned()),
            r#type: Some(vec![None, Some(-1)]),
            map: [("k", Ok(1.5))].into(),
            variants: [(std::cmp::Ordering::Less, 1)].into(),
            unit: (),
            empty: vec![],
        };
        let some = |value| Printed::Tuple("Some".to_owned(), vec![value]);
        let bare = |text: &str| Printed::Bare(text.to_owned());
        let fields = vec![
            ("text".to_owned(), some(Printed::Text(text.to_owned()))),
            ("type".to_owned(), some(Printed::List(vec![bare("None"), some(bare("-1"))]))),
            ("map".to_owned(), Printed::Map(vec![(Printed::Text("k".to_owned()), Printed::Tuple("Ok".to_owned(), vec![bare("1.5")]))])),
            ("variants".to_owned(), Printed::Map(vec![(bare("Less"), bare("1"))])),
            ("unit".to_owned(), Printed::Tuple(String::new(), vec![])),
            ("empty".to_owned(), Printed::List(vec![])),
        ];
        assert_eq!(parse(&format!("{sample:?}")), Printed::Structure("Sample".to_owned(), fields));
    }
}
