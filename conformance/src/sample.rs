//! Makes up answers that have every member an operation may answer with, as the model says they are written. What the model
//! says and what AWS's typed clients were made from must come to the same.

use std::fmt::Write as _;

use cloudmapper::collector::api::{Kind, Member, Operation, Protocol, Service, Shape};
use serde_json::{Map, Value};

/// Header fields and body.
pub(crate) type Sample = (Vec<(String, String)>, Vec<u8>);

/// What is in the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Values, and two items in every list.
    Full,
    /// Empty texts, lists and maps; no numbers and moments.
    Empty,
}

/// Structures of which AWS sends one member only. The model does not say so.
const ONE_OF: [&str; 2] = ["AnalyticsFilter", "MetricsFilter"];

/// `root`: the outermost element, where restXml's models do not name it.
///
/// # Panics
/// When the model is not one.
pub(crate) fn answer(service: &Service, name: &str, operation: &Operation, root: &str, fill: Fill) -> Sample {
    let mut sampler = Sampler { service, fill, count: 0, open: Vec::new() };
    let Some(output) = operation.output.as_deref() else { return Sample::default() };
    let shape = &service.shapes[output];
    let headers = sampler.headers(shape);
    if let Some(payload) = &shape.payload {
        let member = &shape.members[payload];
        let target = &service.shapes[&member.shape];
        if target.kind == Kind::Structure {
            let tag = member.location_name.as_deref().unwrap_or(payload);
            return (headers, sampler.element(tag, &member.shape, member).into_bytes());
        }
        return (headers, sampler.text(target, &Member::default()).unwrap_or_default().into_bytes());
    }
    let body = match service.protocol() {
        Protocol::Json => sampler.json(output).to_string(),
        Protocol::Query => {
            let wrapper = operation.result_wrapper.as_deref().expect("query answers have a wrapper");
            let result = sampler.element(wrapper, output, &Member::default());
            format!("<{name}Response>{result}<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{name}Response>")
        }
        Protocol::Ec2 => sampler.element(&format!("{name}Response"), output, &Member::default()),
        Protocol::RestXml => {
            let named = shape.location_name.as_deref().unwrap_or(output);
            sampler.element(if root.is_empty() { named } else { root }, output, &Member::default())
        }
        other => unreachable!("no typed client speaks {other:?} here"),
    };
    (headers, body.into_bytes())
}

struct Sampler<'s> {
    service: &'s Service,
    fill: Fill,
    /// Tells values apart: a value in the wrong place is found.
    count: u32,
    /// Shapes that are being written: a shape inside itself is left out.
    open: Vec<String>,
}

impl<'s> Sampler<'s> {
    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    fn moment(&mut self) -> (u32, String) {
        // From the year 2017 on, one day after the other; 28 days of one month are enough to tell neighbours apart.
        let day = self.next() % 28;
        (1_509_494_400 + day * 86_400, format!("2017-11-{:02}T00:00:00Z", day + 1))
    }

    /// `None`: there is no empty form of it.
    fn text(&mut self, shape: &Shape, member: &Member) -> Option<String> {
        if self.fill == Fill::Empty {
            return matches!(shape.kind, Kind::String | Kind::Blob).then(String::new);
        }
        Some(match shape.kind {
            Kind::Boolean => self.next().is_multiple_of(2).to_string(),
            Kind::Integer | Kind::Long | Kind::BigInteger => self.next().to_string(),
            Kind::Float | Kind::Double | Kind::BigDecimal => format!("{}.5", self.next()),
            Kind::Blob => aws_smithy_types::base64::encode(format!("bytes {}", self.next())),
            Kind::Timestamp => {
                let (seconds, iso) = self.moment();
                let rfc822 = || {
                    aws_smithy_types::DateTime::from_secs(seconds.into())
                        .fmt(aws_smithy_types::date_time::Format::HttpDate)
                        .expect("a date")
                };
                match member.timestamp_format.as_deref().or(shape.timestamp_format.as_deref()) {
                    Some("unixTimestamp") => seconds.to_string(),
                    Some("rfc822") => rfc822(),
                    None if member.location.as_deref() == Some("header") => rfc822(),
                    _ => iso,
                }
            }
            _ => format!("text {} é“&<'>\"\\", self.next()),
        })
    }

    fn headers(&mut self, shape: &Shape) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        if self.fill == Fill::Empty {
            return headers;
        }
        for (name, member) in &shape.members {
            let key = member.location_name.as_deref().unwrap_or(name).to_ascii_lowercase();
            let target = &self.service.shapes[&member.shape];
            match (member.location.as_deref(), target.kind) {
                // A header is ASCII.
                (Some("header"), Kind::String) => headers.push((key, format!("text-{}", self.next()))),
                (Some("header"), _) => headers.extend(self.text(target, member).map(|text| (key, text))),
                (Some("headers"), _) => headers.push((format!("{key}name"), format!("text-{}", self.next()))),
                _ => {}
            }
        }
        headers
    }

    fn element(&mut self, tag: &str, name: &str, member: &Member) -> String {
        let shape = &self.service.shapes[name];
        if self.open.iter().any(|open| open == name) {
            return String::new();
        }
        let mut attributes = String::new();
        self.open.push(name.to_owned());
        let content = match shape.kind {
            Kind::Structure => self.members(shape, &mut attributes),
            Kind::List => {
                let item = shape.member.as_ref().expect("a list has items");
                self.items(item.location_name.as_deref().unwrap_or("member"), shape, item)
            }
            Kind::Map => (0..self.length(shape)).map(|_| format!("<entry>{}</entry>", self.entry(shape))).collect(),
            _ => match self.text(shape, member) {
                Some(text) => escape(&text),
                None => {
                    self.open.pop();
                    return String::new();
                }
            },
        };
        self.open.pop();
        if content.is_empty() { format!("<{tag}{attributes}/>") } else { format!("<{tag}{attributes}>{content}</{tag}>\n") }
    }

    fn members(&mut self, shape: &'s Shape, attributes: &mut String) -> String {
        let mut content = String::new();
        let one_of = self.open.last().is_some_and(|name| ONE_OF.contains(&name.as_str()));
        let count = if one_of { 1 } else { usize::MAX };
        for (name, member) in shape.members.iter().filter(|(_, member)| member.location.is_none()).take(count) {
            let target = &self.service.shapes[&member.shape];
            let tag = member.location_name.as_deref().unwrap_or(name);
            if member.xml_attribute {
                let value = escape(&self.text(target, member).unwrap_or_default());
                write!(attributes, " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" {tag}=\"{value}\"").expect("a string");
            } else if !(member.flattened || target.flattened) {
                content.push_str(&self.element(tag, &member.shape, member));
            } else if target.kind == Kind::List {
                let item = target.member.as_ref().expect("a list has items");
                content.push_str(&self.items(item.location_name.as_deref().unwrap_or(tag), target, item));
            } else {
                content.extend((0..self.length(target)).map(|_| format!("<{tag}>{}</{tag}>", self.entry(target))));
            }
        }
        content
    }

    /// How many items or entries there are. Where all is empty, there is one structure to see it in.
    fn length(&self, container: &Shape) -> usize {
        let inner = container.member.as_ref().or(container.value.as_ref()).expect("it holds something");
        match self.fill {
            Fill::Full => 2,
            Fill::Empty => usize::from(container.kind == Kind::List && self.service.shapes[&inner.shape].kind == Kind::Structure),
        }
    }

    fn items(&mut self, tag: &str, list: &Shape, item: &Member) -> String {
        (0..self.length(list)).map(|_| self.element(tag, &item.shape, item)).collect()
    }

    fn entry(&mut self, shape: &Shape) -> String {
        let (key, value) = (shape.key.as_ref().expect("a map has keys"), shape.value.as_ref().expect("a map has values"));
        let key = self.element(key.location_name.as_deref().unwrap_or("key"), &key.shape, key);
        key + &self.element(value.location_name.as_deref().unwrap_or("value"), &value.shape, value)
    }

    fn json(&mut self, name: &str) -> Value {
        let shape = &self.service.shapes[name];
        if self.open.iter().any(|open| open == name) {
            return Value::Null;
        }
        self.open.push(name.to_owned());
        let value = match shape.kind {
            Kind::Structure => {
                let member =
                    |(name, member): (&String, &Member)| (member.location_name.as_ref().unwrap_or(name).clone(), self.json(&member.shape));
                Value::Object(shape.members.iter().map(member).collect())
            }
            Kind::List => {
                let item = shape.member.as_ref().expect("a list has items");
                Value::Array((0..self.length(shape)).map(|_| self.json(&item.shape)).collect())
            }
            Kind::Map => {
                let value = shape.value.as_ref().expect("a map has values");
                Value::Object(
                    (0..self.length(shape)).map(|_| (format!("key {}", self.next()), self.json(&value.shape))).collect::<Map<_, _>>(),
                )
            }
            _ => match (self.text(shape, &Member::default()), shape.kind) {
                (None, _) => Value::Null,
                (Some(_), Kind::Timestamp) => Value::from(self.moment().0),
                (Some(text), Kind::String | Kind::Blob) => Value::from(text),
                (Some(text), _) => text.parse().expect("a JSON scalar"),
            },
        };
        self.open.pop();
        value
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
