//! The principal graph for `web/principals.html`: nodes, edges as columns of numbers, and why the edges are there that lead to
//! administrators.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::graph::{Admin, Edge, Explainer, Filter, Graph, GraphError, Kind, Nearest, Proof, Ways, techniques};

/// The reasons of at most so many edges are told: those on the way to administrators first.
const TOLD: usize = 5_000;

/// What the page reads.
#[derive(Debug, Serialize)]
pub struct Principals<'a> {
    format: &'static str,
    collected: &'a str,
    accounts: Vec<BTreeMap<&'static str, &'a str>>,
    techniques: Vec<TechniqueOf>,
    nodes: Vec<NodeOf<'a>>,
    /// From, to, technique, certain, through, detail; -1 for none.
    edges: Vec<[i64; 6]>,
    details: Vec<Detail>,
    unseen: Vec<Unseen<'a>>,
}

#[derive(Debug, Serialize)]
struct TechniqueOf {
    id: &'static str,
    label: &'static str,
    name: &'static str,
    category: crate::graph::table::Category,
    fix: &'static str,
    source: &'static str,
}

#[derive(Debug, Serialize)]
struct NodeOf<'a> {
    arn: &'a str,
    name: &'a str,
    kind: Kind,
    account: Option<usize>,
    admin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'a str>,
    escalates: &'static str,
    steps: Option<u32>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: &'a BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct Detail {
    steps: Vec<DetailStep>,
    conditions: Vec<String>,
    doubts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct DetailStep {
    who: String,
    action: String,
    resource: String,
    verdict: String,
    because: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Unseen<'a> {
    account: usize,
    call: &'a str,
    techniques: usize,
}

/// Of each node the first hop of its shortest way to an administrator: to whom, by which technique, whether it is certain, and
/// how many hops there are.
#[must_use]
pub fn first_hops(ways: &Ways<'_>) -> Vec<Option<(usize, u16, bool, usize)>> {
    let nearest = Nearest::administrators(ways, &Filter::default());
    let hop = |at: usize| {
        let distances = nearest.of(at);
        let edge = ways.edge(distances.next.get(at).copied().flatten()?)?;
        let steps = distances.steps.get(at).copied().flatten()?;
        Some((edge.to, edge.technique, edge.certain, steps as usize))
    };
    (0..ways.graph().nodes.len()).map(hop).collect()
}

impl<'a> Principals<'a> {
    /// Puts a graph into the page's form.
    ///
    /// # Errors
    /// When an answer cannot be read.
    pub fn new(graph: &'a Graph, explainer: &Explainer<'_>) -> Result<Self, GraphError> {
        let ways = Ways::new(graph);
        let to_admin = Nearest::administrators(&ways, &Filter::default());
        let explained: Vec<Edge> = told(graph, &to_admin);
        let proofs = explainer.proofs(&explained)?;
        let places: HashMap<Edge, i64> = explained.iter().copied().zip(0..).collect();
        let account =
            |account: &'a crate::graph::GraphAccount| BTreeMap::from([("id", account.id.as_str()), ("name", account.name.as_str())]);
        let number = |at: usize| i64::try_from(at).unwrap_or(-1);
        let edge = |edge: &Edge| {
            let via = edge.via.map_or(-1, number);
            [
                number(edge.from),
                number(edge.to),
                i64::from(edge.technique),
                i64::from(edge.certain),
                via,
                places.get(edge).copied().unwrap_or(-1),
            ]
        };
        let unseen =
            graph.accounts.iter().enumerate().flat_map(|(at, account)| {
                account.unseen.iter().map(move |(call, rows)| Unseen { account: at, call, techniques: rows.len() })
            });
        Ok(Self {
            format: "cloudmapper-principals/1",
            collected: graph.accounts.iter().filter_map(|account| account.collected.as_deref()).max().unwrap_or_default(),
            accounts: graph.accounts.iter().map(account).collect(),
            techniques: techniques()?
                .into_iter()
                .map(|one| TechniqueOf {
                    id: one.id,
                    label: one.label,
                    name: one.name,
                    category: one.category,
                    fix: one.fix,
                    source: one.source,
                })
                .collect(),
            nodes: (0..graph.nodes.len()).filter_map(|at| node(graph, &to_admin, at)).collect(),
            edges: graph.edges.iter().map(edge).collect(),
            details: proofs.into_iter().map(Detail::from).collect(),
            unseen: unseen.collect(),
        })
    }
}

fn node<'a>(graph: &'a Graph, to_admin: &Nearest, at: usize) -> Option<NodeOf<'a>> {
    let node = graph.nodes.get(at)?;
    let (admin, when) = match &node.admin {
        Admin::No => ("no", None),
        Admin::If(when) => ("if", Some(when.as_str())),
        Admin::Yes => ("yes", None),
    };
    let is_admin = node.admin != Admin::No;
    let escalates = match (is_admin, to_admin.certain.has(at), to_admin.possible.has(at)) {
        (false, true, _) => "certain",
        (false, false, true) => "possible",
        _ => "no",
    };
    let steps = to_admin.of(at).steps.get(at).copied().flatten();
    Some(NodeOf {
        arn: &node.arn,
        name: &node.name,
        kind: node.kind,
        account: node.account,
        admin,
        when,
        escalates,
        steps,
        tags: &node.tags,
    })
}

/// The edges whose reasons are told: those that bring somebody nearer to an administrator, then others.
fn told(graph: &Graph, to_admin: &Nearest) -> Vec<Edge> {
    let steps = |at: usize| to_admin.possible.steps.get(at).copied().flatten();
    let nearer = |edge: &&Edge| steps(edge.from).zip(steps(edge.to)).is_some_and(|(from, to)| to < from);
    let (first, rest): (Vec<&Edge>, Vec<&Edge>) = graph.edges.iter().partition(|edge| nearer(edge));
    first.into_iter().chain(rest).take(TOLD).copied().collect()
}

impl From<Proof> for Detail {
    fn from(proof: Proof) -> Self {
        let step = |step: crate::graph::ProofStep| DetailStep {
            who: step.who,
            action: step.action,
            resource: step.resource,
            verdict: step.when.map_or_else(|| "allowed".to_owned(), |when| format!("if {when}")),
            because: step.because.into_iter().map(|because| because.text).collect(),
        };
        Self { steps: proof.steps.into_iter().map(step).collect(), conditions: proof.conditions, doubts: proof.doubts }
    }
}
