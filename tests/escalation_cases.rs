//! Every row of `data/escalations.yaml` against small accounts: one in which it leads somewhere, one in which a policy holds
//! it to other resources, one in which something is in its way, one in which a fact is not known.

use std::collections::BTreeSet;

use cloudmapper::graph::{Graph, Kind, build, techniques};
use cloudmapper::iam::estate::Estate;
use cloudmapper::model::AccountName;
use cloudmapper::snapshot::Snapshot;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::stored;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    positive: Scenario,
    scoped: Scenario,
    negative: Scenario,
    possible: Option<Scenario>,
    others: Vec<Scenario>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    why: String,
    /// Answers; null where AWS says that there is none.
    files: Map<String, Value>,
    edges: BTreeSet<Expected>,
    /// Calls that the row could not see.
    #[serde(default)]
    unseen: Vec<String>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Expected {
    from: String,
    to: String,
    via: Option<String>,
    certain: bool,
}

fn made(files: &Map<String, Value>) -> Graph {
    let folder = tempfile::tempdir().unwrap();
    stored::write(folder.path(), "case", "aws", files, &[]);
    let snapshots = vec![Snapshot::open(folder.path(), &AccountName::try_from("case".to_owned()).unwrap()).unwrap()];
    let estate = Estate::read(&snapshots, &[]).unwrap().with_resources(&snapshots).unwrap();
    build(&estate, &snapshots).unwrap()
}

/// The ways that one technique makes.
fn edges(graph: &Graph, id: &str) -> BTreeSet<Expected> {
    let techniques = techniques().unwrap();
    let own = graph.edges.iter().filter(|edge| techniques[usize::from(edge.technique)].id == id);
    let name = |at: usize| match graph.nodes[at].kind {
        Kind::Admin => "admin".to_owned(),
        _ => graph.nodes[at].arn.clone(),
    };
    own.map(|edge| Expected { from: name(edge.from), to: name(edge.to), via: edge.via.map(name), certain: edge.certain }).collect()
}

fn check(id: &str, kind: &str, scenario: &Scenario, wrong: &mut Vec<String>) {
    let graph = made(&scenario.files);
    let found = edges(&graph, id);
    if found != scenario.edges {
        wrong.push(format!("{id} {kind}: {}\n    expected {:?}\n    found    {found:?}", scenario.why, scenario.edges));
    }
    let unseen = &graph.accounts[0].unseen;
    for call in &scenario.unseen {
        let call = call.trim_end_matches(".json");
        if !unseen.get(call).is_some_and(|rows| rows.iter().any(|row| row == id)) {
            wrong.push(format!("{id} {kind}: {}\n    does not say that {call} is unseen", scenario.why));
        }
    }
}

#[test]
fn every_technique_leads_where_it_should() {
    let cases: Vec<(String, Case)> = stored::cases("tests/escalations", "ESCALATION_CASES");
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = || {
        let mut wrong = Vec::new();
        while let Some((_, case)) = cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            let named = [("positive", &case.positive), ("scoped", &case.scoped), ("negative", &case.negative)];
            let possible = case.possible.iter().map(|scenario| ("possible", scenario));
            for (kind, scenario) in named.into_iter().chain(possible).chain(case.others.iter().map(|scenario| ("others", scenario))) {
                check(&case.id, kind, scenario, &mut wrong);
            }
        }
        wrong
    };
    let wrong = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..2).map(|_| scope.spawn(run)).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(wrong.is_empty(), "{} of the scenarios differ:\n{}", wrong.len(), wrong.join("\n"));
}
