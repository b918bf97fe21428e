//! Pictures as a whole: of the small account that PMapper tests with, of hostile names, and of large accounts.

use std::collections::BTreeMap;

use super::font::Fonts;
use super::layout::scene;
use super::picture::Way;
use super::scene::{Frame, Scene, Shape};
use super::{Options, Picture, dot, graphml, png, svg};
use crate::graph::{Admin, Edge, Graph, GraphAccount, Kind, Node, Technique};

fn node(name: &str, kind: Kind, admin: Admin) -> Node {
    let arn = format!("arn:aws:iam::000000000000:{name}");
    Node { arn, name: name.to_owned(), kind, account: Some(0), admin, because: Vec::new(), tags: BTreeMap::new() }
}

fn edge(from: usize, to: usize, technique: u16, certain: bool) -> Edge {
    Edge { from, to, technique, certain, via: None }
}

fn techniques() -> Vec<Technique> {
    let one = |id, label| Technique { id, name: "", label, category: crate::graph::table::Category::PrincipalAccess, fix: "", source: "" };
    vec![one("sts-001", "AssumeRole"), one("iam-001", "IAM"), one("lambda-001", "Lambda"), one("administrator", "Admin")]
}

/// First hops of shortest ways, from the administrators back.
fn ways(graph: &Graph) -> Vec<Option<Way>> {
    let mut steps: Vec<Option<usize>> =
        graph.nodes.iter().map(|node| (node.kind == Kind::Admin || node.admin != Admin::No).then_some(0)).collect();
    let mut ways = vec![None; graph.nodes.len()];
    for round in 0..50 {
        for edge in &graph.edges {
            if steps[edge.to] == Some(round) && steps[edge.from].is_none() {
                steps[edge.from] = Some(round + 1);
                ways[edge.from] = Some((edge.to, edge.technique, edge.certain, round + 1));
            }
        }
    }
    ways
}

fn picture(graph: &Graph, only_escalations: bool) -> Picture {
    let options = Options { only_escalations, services: true, account_name: "prod".to_owned() };
    Picture::new(graph, &techniques(), &ways(graph), &options)
}

fn graph(nodes: Vec<Node>, edges: Vec<Edge>) -> Graph {
    let account = GraphAccount {
        name: "prod".to_owned(),
        id: "000000000000".to_owned(),
        partition: "aws".to_owned(),
        collected: Some("2026-11-22T10:00:00Z".to_owned()),
        gaps: Vec::new(),
        unseen: BTreeMap::new(),
    };
    Graph { accounts: vec![account], nodes, edges, notes: Vec::new() }
}

/// The account that PMapper's own tests use.
pub(super) fn playground(only: bool) -> Picture {
    let role = |name| node(name, Kind::Role, Admin::No);
    let nodes = vec![
        node("user/admin", Kind::User, Admin::Yes),
        role("role/ec2_ssm_role"),
        node("role/ec2_admin_role", Kind::Role, Admin::Yes),
        role("role/s3_access_role"),
        role("role/s3_access_role_alt"),
        role("role/external_s3_access_role"),
        node("user/jumpuser", Kind::User, Admin::No),
        node("user/some_other_jumpuser", Kind::User, Admin::No),
        role("role/somerole"),
    ];
    let edges = [6, 7].into_iter().flat_map(|from| [3, 4, 8].into_iter().map(move |to| edge(from, to, 0, true)));
    picture(&graph(nodes, edges.collect()), only)
}

/// Names that would like to be more.
pub(super) fn hostile() -> Picture {
    let nodes = vec![
        node("user/\"<&>\u{202e}", Kind::User, Admin::No),
        node("role/]]></text><script>alert(1)</script>", Kind::Role, Admin::If("\"<mfa>\u{0}".to_owned())),
        node("role/\\\"; a -> b [label=\"", Kind::Role, Admin::No),
        node(&"漢字".repeat(5_000), Kind::Account, Admin::No),
        node("administrator of x", Kind::Admin, Admin::Yes),
    ];
    let edges = vec![
        edge(0, 1, 0, true),
        edge(0, 1, 1, false),
        edge(2, 1, 0, false),
        edge(3, 2, 2, true),
        edge(2, 4, 1, true),
        edge(1, 4, 3, true),
    ];
    picture(&graph(nodes, edges), false)
}

/// A made-up account of some size.
fn large(principals: usize, edges: usize) -> Graph {
    let teams = ["app", "data", "ci", "ops", "web"];
    let mut nodes = Vec::new();
    for at in 0..principals {
        let team = teams[at / 3 % teams.len()];
        let admin = if at % 97 == 5 { Admin::Yes } else { Admin::No };
        nodes.push(if at % 4 == 0 {
            node(&format!("user/{team}.person-{at}"), Kind::User, admin)
        } else {
            node(&format!("role/{team}-service-{at}"), Kind::Role, admin)
        });
    }
    let one = |at: usize| {
        let from = at * 7_919 % principals;
        let to = (at * 31 + at / principals * 17 + 1) % principals;
        let technique = if at.is_multiple_of(7) { 2 } else { u16::from(at.is_multiple_of(11)) };
        edge(from, to, technique, !at.is_multiple_of(5))
    };
    let mut edges: Vec<Edge> = (0..edges).map(one).filter(|edge| edge.from != edge.to).collect();
    edges.sort_unstable();
    edges.dedup();
    graph(nodes, edges)
}

pub(super) fn well_formed(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut depth = 0_usize;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(start) => {
                assert!(start.attributes().all(|attribute| attribute.is_ok()));
                depth += 1;
            }
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}'));
}

type Writer = fn(&Picture, &mut dyn std::io::Write) -> std::io::Result<()>;

fn written(picture: &Picture, writer: Writer) -> Vec<u8> {
    let mut out = Vec::new();
    writer(picture, &mut out).unwrap();
    out
}

fn string(picture: &Picture, writer: Writer) -> String {
    String::from_utf8(written(picture, writer)).unwrap()
}

/// The boxes of a scene: what has a tip to point at and begins with an outline.
fn boxes(scene: &Scene) -> Vec<Frame> {
    let items = scene.items.iter().filter(|item| item.about.is_some());
    let frame = |item: &super::scene::Item| match item.shapes.first() {
        Some(Shape::Rect { frame, .. } | Shape::Ellipse { frame, .. }) => Some(*frame),
        _ => None,
    };
    items.filter_map(frame).collect()
}

fn sound(picture: &Picture) {
    let scene = scene(picture, &Fonts::new());
    let boxes = boxes(&scene);
    assert_eq!(boxes.len(), picture.groups.len());
    for (at, one) in boxes.iter().enumerate() {
        assert!(one.x >= 0.0 && one.y >= 0.0 && one.x + one.w <= scene.width && one.y + one.h <= scene.height, "{one:?}");
        assert!(boxes[at + 1..].iter().all(|other| !one.meets(other)), "{one:?}");
    }
    for shape in scene.items.iter().flat_map(|item| &item.shapes) {
        if let Shape::Curve { from, bends, .. } = shape {
            let points = bends.iter().flatten().chain([from]);
            assert!(points.clone().all(|point| (0.0..=scene.width).contains(&point.x) && (0.0..=scene.height).contains(&point.y)));
        }
    }
    well_formed(&string(picture, svg));
}

#[test]
fn the_small_account_is_drawn_as_it_is() {
    let all = playground(false);
    sound(&all);
    let text = string(&all, svg);
    assert_eq!(text.matches("<path d=").count(), 2 * 6 + 2);
    assert_eq!(text.matches(">AssumeRole<").count(), 6);
    assert!(text.contains("#BFEFFF") && !text.contains("#FADBD8") && !text.contains("dasharray"));
    assert!(text.contains("2026-11-22 10:00") && text.contains("Who can act as whom: prod"));
    let only = playground(true);
    sound(&only);
    assert!(string(&only, svg).contains("Nobody else has a way"));
    assert_eq!(only.people.len(), 2);
}

#[test]
fn becoming_an_administrator_is_a_way_to_one_pill() {
    let hostile = hostile();
    sound(&hostile);
    assert_eq!(hostile.people.iter().filter(|person| person.kind == Kind::Admin).count(), 1);
    let text = string(&hostile, svg);
    assert!(text.contains("#FADBD8") && text.contains("dasharray"));
    assert!(text.contains("&quot;&lt;&amp;&gt;") && text.contains("202E") && !text.contains("<script"));
    assert!(text.len() < 200_000);
}

#[test]
fn only_escalations_have_the_first_hop_and_ranks() {
    let role = |name, admin| node(name, Kind::Role, admin);
    let nodes = vec![role("role/a", Admin::No), role("role/b", Admin::No), role("role/admin", Admin::Yes), role("role/none", Admin::No)];
    let edges = vec![edge(0, 1, 0, true), edge(0, 3, 0, true), edge(1, 2, 2, false), edge(2, 3, 0, true)];
    let only = picture(&graph(nodes, edges), true);
    sound(&only);
    assert_eq!(only.people.iter().map(|person| person.steps).collect::<Vec<_>>(), [Some(2), Some(1), Some(0)]);
    assert_eq!(only.ties.len(), 2);
    let text = string(&only, svg);
    let order = ["2 steps away", "1 step away", "administrators"].map(|words| text.find(&format!(">{words}<")).unwrap());
    assert!(order.is_sorted() && text.contains(">Lambda<"));
    assert!(string(&only, dot).contains("rank=same; n2;"));
}

#[test]
fn ways_in_a_circle_end() {
    let nodes = vec![node("role/a", Kind::Role, Admin::No), node("role/b", Kind::Role, Admin::No)];
    let graph = graph(nodes, vec![edge(0, 1, 0, true), edge(1, 0, 0, true), edge(0, 9, 0, true)]);
    let ways = [Some((1, 0, true, 1)), Some((0, 77, true, 0)), Some((5, 0, true, 1))];
    for only_escalations in [false, true] {
        let options = Options { only_escalations, ..Options::default() };
        sound(&Picture::new(&graph, &techniques(), &ways, &options));
    }
}

#[test]
fn many_principals_stay_readable() {
    for (principals, edges) in [(50, 60), (60, 240), (500, 3_000), (3_000, 20_000)] {
        let graph = large(principals, edges);
        for only in [false, true] {
            let picture = picture(&graph, only);
            sound(&picture);
            let text = string(&picture, svg);
            assert!(text.len() < 3_000_000, "{}", text.len());
            assert_eq!(text, string(&picture, svg));
        }
    }
}

#[test]
fn all_forms_are_the_same_each_time() {
    for picture in [playground(false), hostile()] {
        for writer in [svg as Writer, png, dot, graphml] {
            assert_eq!(written(&picture, writer), written(&picture.clone(), writer));
        }
        assert!(written(&picture, png).starts_with(b"\x89PNG\r\n\x1a\n"));
    }
}

#[test]
fn dot_has_only_statements_of_ours() {
    // What is left without strings: names that are not ours would show.
    let text = string(&hostile(), dot);
    let (mut bare, mut quoted, mut escaped) = (String::new(), false, false);
    for letter in text.chars() {
        if quoted {
            (quoted, escaped) = (letter != '"' || escaped, letter == '\\' && !escaped);
        } else if letter == '"' {
            quoted = true;
        } else {
            bare.push(letter);
        }
    }
    assert!(!quoted);
    let known = [
        "digraph",
        "label",
        "rankdir",
        "LR",
        "node",
        "edge",
        "style",
        "filled",
        "dashed",
        "fillcolor",
        "shape",
        "box",
        "ellipse",
        "tooltip",
        "peripheries",
        "penwidth",
    ];
    let words = bare.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let is_number = word.trim_start_matches('n').chars().all(|letter| letter.is_ascii_digit());
        assert!(known.contains(&word) || is_number, "{word}");
    }
    assert_eq!(bare.matches("->").count(), 4);
}
