//! XML as a tree: elements, attributes, text. Namespaces are dropped, as botocore does.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// AWS nests a dozen levels; what is deeper is no answer of AWS, and would exhaust the stack.
const MAX_DEPTH: usize = 200;

/// One element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
    pub(super) text: String,
}

impl Node {
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element of that name at any depth.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }
}

/// The root element of `text`.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                if open.len() > MAX_DEPTH {
                    return Err(format!("more than {MAX_DEPTH} levels deep"));
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                let node = element(&start)?;
                close(&mut open, node);
            }
            Event::End(_) => {
                let node = open.pop().unwrap_or_default();
                close(&mut open, node);
            }
            Event::Text(text) => push_text(&mut open, &text.xml10_content()),
            Event::CData(text) => push_text(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => push_text(&mut open, &resolve(&reference)?),
            Event::Eof => break,
            _ => {}
        }
    }
    if open.len() > 1 {
        return Err("it ends in the middle".to_owned());
    }
    open.pop().and_then(|document| document.children.into_iter().next()).ok_or_else(|| "no element in it".to_owned())
}

fn close(open: &mut [Node], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn push_text(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(c) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(c.to_string());
    }
    let name: &str = reference;
    resolve_predefined_entity(name).map(str::to_owned).ok_or_else(|| format!("unknown entity `{name}`"))
}

fn element(start: &BytesStart<'_>) -> Result<Node, String> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.as_ref().to_owned();
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| error.to_string())?.into_owned();
        attributes.push((key, value));
    }
    Ok(Node { name, attributes, children: Vec::new(), text: String::new() })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn text_is_joined_and_unescaped() {
        let root = parse("<?xml version=\"1.0\"?><n:a xmlns:n=\"u\"><b>x &lt;&#233;<![CDATA[<&>]]></b><c/></n:a>").unwrap();
        assert_eq!(root.name, "a");
        assert_eq!(root.child("b").unwrap().text, "x <é<&>");
        assert_eq!(root.child("c").unwrap().text, "");
    }

    #[test]
    fn what_is_no_xml_is_an_error() {
        for text in ["", "plain", "<a><b></a>", "<a>", "<a>&nbsp;</a>"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"<a>".repeat(5000)).is_err());
    }
}
