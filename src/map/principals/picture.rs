//! What of a graph is drawn: whom, and which ways between them, with all ways from one to another as one. Where that is
//! too much for one picture, `collapse` joins alike principals; where everything stands is up to `layout`.

use std::collections::{BTreeMap, BTreeSet};

use super::Options;
use super::collapse::{Group, collapse};
use crate::graph::{Admin, Graph, Kind, Node, Technique};
use crate::model::visible;

/// What is to be drawn.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Only ways to administrators.
    pub(super) only: bool,
    /// Whose principals they are.
    pub(super) account: String,
    /// When the accounts were collected, without repetition.
    pub(super) collected: Vec<String>,
    /// There is more than one account.
    pub(super) several: bool,
    /// Everybody that is drawn.
    pub(super) people: Vec<Person>,
    /// The ways between them.
    pub(super) ties: Vec<Tie>,
    /// What the bits of `Tie::labels` mean.
    pub(super) labels: Vec<String>,
    /// Boxes: the people, where they are alike together.
    pub(super) groups: Vec<Group>,
    /// The ways between the boxes.
    pub(super) links: Vec<Tie>,
}

/// How near somebody is to the administration of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// Whatever becomes an administrator without a principal that is one.
    Pill,
    /// Is there.
    Admin,
    /// Is there under a condition.
    AdminIf,
    /// Has a way.
    Escalates,
    /// Has none.
    Other,
}

/// Somebody.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) kind: Kind,
    /// The place of the account, and its name.
    pub(super) account: Option<(usize, String)>,
    pub(super) status: Status,
    /// What has to hold of an administrator.
    pub(super) condition: Option<String>,
    /// How many ways lead to an administrator one after the other.
    pub(super) steps: Option<usize>,
}

/// All ways from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tie {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The labels of the techniques, as bits.
    pub(super) labels: u128,
    pub(super) count: usize,
    /// One of them is certain.
    pub(super) certain: bool,
    /// One of them is the first of the shortest way to an administrator.
    pub(super) first: bool,
}

/// The next node, the technique, whether it is certain, and how many steps there are to an administrator.
pub(super) type Way = (usize, u16, bool, usize);

/// Joins the ways with the same ends.
pub(super) fn merge(mut ties: Vec<Tie>) -> Vec<Tie> {
    ties.sort_unstable_by_key(|tie| (tie.from, tie.to));
    ties.dedup_by(|next, kept| {
        let same = (next.from, next.to) == (kept.from, kept.to);
        if same {
            kept.labels |= next.labels;
            kept.count += next.count;
            kept.certain |= next.certain;
            kept.first |= next.first;
        }
        same
    });
    ties
}

impl Picture {
    /// Chooses what is drawn. `ways` has for every node the first hop of its shortest way to an administrator.
    #[must_use]
    pub fn new(graph: &Graph, techniques: &[Technique], ways: &[Option<Way>], options: &Options) -> Self {
        let chosen = chosen(graph, ways, options);
        let steps = steps(graph, ways);
        let mut places: Vec<Option<usize>> = vec![None; graph.nodes.len()];
        let mut people = Vec::new();
        for (at, node) in graph.nodes.iter().enumerate().filter(|(at, _)| chosen.get(*at) == Some(&true)) {
            if let Some(place) = places.get_mut(at) {
                *place = Some(people.len());
            }
            people.push(person(graph, node, steps.get(at).copied().flatten()));
        }
        let (labels, bits) = labels(techniques);
        let mut ties = ties(graph, techniques, ways, options.only_escalations);
        // Whoever administers an account is one node, and only where somebody becomes it.
        let pill = people.len();
        let is_pill = |at: usize| graph.nodes.get(at).is_some_and(|node| node.kind == Kind::Admin);
        ties.retain_mut(|tie| {
            let to = if is_pill(tie.to) { Some(pill) } else { places.get(tie.to).copied().flatten() };
            let (Some(from), Some(to)) = (places.get(tie.from).copied().flatten(), to) else { return false };
            tie.labels = bits.get(usize::try_from(tie.labels).unwrap_or(usize::MAX)).copied().unwrap_or_default();
            (tie.from, tie.to) = (from, to);
            true
        });
        if ties.iter().any(|tie| tie.to == pill) {
            people.push(administrator());
        }
        let ties = merge(ties);
        let (groups, links) = collapse(&people, &ties);
        let collected: BTreeSet<String> = graph.accounts.iter().filter_map(|account| account.collected.clone()).collect();
        Self {
            only: options.only_escalations,
            account: visible(&options.account_name).into_owned(),
            collected: collected.iter().map(|date| visible(date).into_owned()).collect(),
            several: graph.accounts.len() > 1,
            people,
            ties,
            labels,
            groups,
            links,
        }
    }

    /// The labels of a tie.
    pub(super) fn labels_of(&self, tie: &Tie) -> Vec<&str> {
        let set = self.labels.iter().enumerate().filter(|(bit, _)| tie.labels >> bit & 1 == 1);
        set.map(|(_, label)| label.as_str()).collect()
    }
}

/// Which nodes are drawn. Whoever administers an account is none of them.
fn chosen(graph: &Graph, ways: &[Option<Way>], options: &Options) -> Vec<bool> {
    let way = |at: usize| ways.get(at).copied().flatten();
    let wanted = |(at, node): (usize, &Node)| match node.kind {
        Kind::Admin => false,
        Kind::Service => options.services && !options.only_escalations,
        _ => !options.only_escalations || node.admin != Admin::No || way(at).is_some(),
    };
    let mut chosen: Vec<bool> = graph.nodes.iter().enumerate().map(wanted).collect();
    if options.only_escalations {
        // A way may lead through a service: then it is drawn, or the way would end nowhere.
        for start in 0..chosen.len() {
            let mut at = start;
            while chosen.get(at) == Some(&true) && !is_admin(graph, at) {
                let Some((next, ..)) = way(at) else { break };
                let Some(place) = chosen.get_mut(next).filter(|_| graph.nodes.get(next).is_some_and(|node| node.kind != Kind::Admin))
                else {
                    break;
                };
                if std::mem::replace(place, true) {
                    break;
                }
                at = next;
            }
        }
    }
    chosen
}

fn is_admin(graph: &Graph, at: usize) -> bool {
    graph.nodes.get(at).is_some_and(|node| node.kind == Kind::Admin || node.admin != Admin::No)
}

/// How many ways there are from each node to an administrator. They are counted here, so that the ranks of a picture are
/// those of the ways that it shows.
fn steps(graph: &Graph, ways: &[Option<Way>]) -> Vec<Option<usize>> {
    let one = |start: usize| {
        let (mut at, mut count) = (start, 0);
        while !is_admin(graph, at) {
            let (next, _, _, said) = ways.get(at).copied().flatten()?;
            count += 1;
            if count > graph.nodes.len() {
                return Some(said.max(1));
            }
            at = next;
        }
        Some(count)
    };
    (0..graph.nodes.len()).map(one).collect()
}

fn person(graph: &Graph, node: &Node, steps: Option<usize>) -> Person {
    let condition = match &node.admin {
        Admin::If(condition) => Some(visible(condition).into_owned()),
        _ => None,
    };
    let status = match (&node.admin, steps) {
        (Admin::Yes, _) => Status::Admin,
        (Admin::If(_), _) => Status::AdminIf,
        (Admin::No, Some(_)) => Status::Escalates,
        (Admin::No, None) => Status::Other,
    };
    let account = node.account.and_then(|at| Some((at, visible(&graph.accounts.get(at)?.name).into_owned())));
    let (name, arn) = (visible(&node.name).into_owned(), visible(&node.arn).into_owned());
    Person { name, arn, kind: node.kind, account, status, condition, steps }
}

fn administrator() -> Person {
    Person {
        name: "administrator".to_owned(),
        arn: "becomes an administrator".to_owned(),
        kind: Kind::Admin,
        account: None,
        status: Status::Pill,
        condition: None,
        steps: Some(0),
    }
}

/// The labels of all techniques, and for each technique the bit of its own.
fn labels(techniques: &[Technique]) -> (Vec<String>, Vec<u128>) {
    let names: BTreeSet<&str> = techniques.iter().map(|technique| technique.label).collect();
    // There are some forty; more than there are bits would share the last.
    let places: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (*name, at.min(127))).collect();
    let bits = techniques.iter().map(|technique| 1 << places.get(technique.label).copied().unwrap_or_default());
    (names.iter().map(|name| (*name).to_owned()).collect(), bits.collect())
}

/// The ways of a picture between nodes of the graph, with the technique's place for a label.
fn ties(graph: &Graph, techniques: &[Technique], ways: &[Option<Way>], only: bool) -> Vec<Tie> {
    let way = |at: usize| ways.get(at).copied().flatten();
    if only {
        let first = (0..graph.nodes.len()).filter(|at| !is_admin(graph, *at)).filter_map(|from| {
            let (to, technique, certain, _) = way(from)?;
            Some(Tie { from, to, labels: technique.into(), count: 1, certain, first: true })
        });
        return first.collect();
    }
    let is = techniques.iter().position(|technique| technique.id == "administrator");
    let edges = graph.edges.iter().filter(|edge| Some(usize::from(edge.technique)) != is);
    let tie = |edge: &crate::graph::Edge| Tie {
        from: edge.from,
        to: edge.to,
        labels: edge.technique.into(),
        count: 1,
        certain: edge.certain,
        first: !is_admin(graph, edge.from)
            && way(edge.from).is_some_and(|(to, technique, ..)| (to, technique) == (edge.to, edge.technique)),
    };
    edges.map(tie).collect()
}
