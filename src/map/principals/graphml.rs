//! The graph as GraphML, for programs that work with graphs: everybody and every way, also where a picture joins them.

use std::io::{self, BufWriter, Write};

use super::Picture;
use super::picture::Status;
use super::svg::Xml;
use crate::graph::Kind;

const HEAD: &str = r#"<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
<key id="d0" for="node" attr.name="color" attr.type="string"><default>white</default></key>
<key id="d1" for="node" attr.name="label" attr.type="string"/>
<key id="d2" for="edge" attr.name="label" attr.type="string"/>
<graph id="G" edgedefault="directed">
"#;

/// Writes the graph of a picture as GraphML.
///
/// # Errors
/// When `out` cannot be written.
pub fn graphml(picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- cloudmapper {} -->", env!("CARGO_PKG_VERSION"))?;
    out.write_all(HEAD.as_bytes())?;
    // Services after all others.
    let (services, others): (Vec<_>, Vec<_>) = picture.people.iter().enumerate().partition(|(_, person)| person.kind == Kind::Service);
    let mut numbers = vec![0; picture.people.len()];
    for (number, (at, person)) in others.into_iter().chain(services).enumerate() {
        if let Some(place) = numbers.get_mut(at) {
            *place = number;
        }
        let colour = match (person.kind, person.status) {
            (Kind::Service, _) => "green",
            (_, Status::Pill | Status::Admin | Status::AdminIf) => "blue",
            (_, Status::Escalates) => "red",
            (_, Status::Other) => "white",
        };
        let several = person.account.as_ref().filter(|_| picture.several).map(|(_, name)| format!(" ({name})")).unwrap_or_default();
        writeln!(
            out,
            "<node id=\"n{number}\"><data key=\"d0\">{colour}</data><data key=\"d1\">{}{}</data></node>",
            Xml(&person.name),
            Xml(&several)
        )?;
    }
    let number = |at: usize| numbers.get(at).copied().unwrap_or_default();
    for (at, tie) in picture.ties.iter().enumerate() {
        let mut label = picture.labels_of(tie).join(", ");
        if picture.people.get(tie.from).is_some_and(|person| person.kind == Kind::Service) {
            "SERVICE_ACCESS".clone_into(&mut label);
        }
        write!(out, "<edge id=\"e{at}\" source=\"n{}\" target=\"n{}\">", number(tie.from), number(tie.to))?;
        writeln!(out, "<data key=\"d2\">{}</data></edge>", Xml(&label))?;
    }
    writeln!(out, "</graph>\n</graphml>")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{hostile, playground};
    use super::*;

    #[test]
    fn has_everybody_and_every_way() {
        for (picture, nodes, edges) in [(playground(false), 9, 6), (hostile(), 5, 4)] {
            let mut out = Vec::new();
            graphml(&picture, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!((text.matches("<node ").count(), text.matches("<edge ").count()), (nodes, edges), "{text}");
            super::super::tests::well_formed(&text);
        }
    }
}
