//! The fewest statements to change so that nobody becomes an administrator who is none.
//!
//! Every way to an administrator ends with an edge from one who is none. Each of these edges needs several things to be
//! allowed, and each of them is allowed by some statements: without these, the edge is gone. So for each edge one of its
//! needs has to be chosen, such that few statements do for all edges.

use std::collections::{BTreeMap, BTreeSet};

use super::GraphError;
use super::explain::{Explainer, Proof, Role, Statement};
use super::model::{Admin, Edge, Graph, Kind};
use crate::iam::query::GRANT;

/// With at most so many edges, the best choice is looked for; with more, a good one.
const EXACT: usize = 24;

/// A statement to change, and what that takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The statement.
    pub statement: Statement,
    /// AWS's own policies cannot be changed, only taken off: from this principal.
    pub detach_from: Option<String>,
    /// What it should no longer allow, by whom and on what.
    pub actions: BTreeSet<String>,
    /// The edges that are gone with it, perhaps together with others.
    pub edges: Vec<Edge>,
}

/// What to change.
#[derive(Debug, Clone, Default)]
pub struct Cut {
    /// Statements, the ones that do most first.
    pub changes: Vec<Change>,
    /// Edges that no statement makes.
    pub left: Vec<Edge>,
    /// All edges that had to go.
    pub edges: usize,
    /// There is no smaller one.
    pub smallest: bool,
}

/// One way to be rid of an edge: these statements, all of them.
type Choice = BTreeSet<usize>;

/// Finds it; possible edges count too, unless only certain ones are meant.
///
/// # Errors
/// When an answer cannot be read.
pub fn cut(graph: &Graph, explainer: &Explainer<'_>, certain: bool) -> Result<Cut, GraphError> {
    let admin = |at: usize| {
        graph
            .nodes
            .get(at)
            .is_some_and(|node| node.kind == Kind::Admin || node.admin == Admin::Yes || (!certain && node.admin != Admin::No))
    };
    let counted = |at: usize| graph.nodes.get(at).is_some_and(|node| node.admin == Admin::No && node.kind != Kind::Service);
    let edges: Vec<Edge> =
        graph.edges.iter().filter(|edge| admin(edge.to) && counted(edge.from) && (edge.certain || !certain)).copied().collect();
    let proofs = explainer.proofs(&edges)?;
    let mut known = Statements::default();
    let mut choices: Vec<(Edge, Vec<Choice>)> = Vec::new();
    let mut left = Vec::new();
    for (edge, proof) in edges.iter().zip(proofs) {
        let source = graph.nodes.get(edge.from).map(|node| node.arn.as_str()).unwrap_or_default();
        let own = known.choices(&proof, source);
        if own.is_empty() {
            left.push(*edge);
        } else {
            choices.push((*edge, own));
        }
    }
    let options: Vec<Vec<Choice>> = choices.iter().map(|(_, own)| own.clone()).collect();
    let (chosen, smallest) = choose(&options);
    let mut changes: Vec<Change> = Vec::new();
    for at in &chosen {
        let uses = |own: &[Choice]| own.iter().any(|choice| choice.contains(at) && choice.is_subset(&chosen));
        let edges: Vec<Edge> = choices.iter().filter(|(_, own)| uses(own)).map(|(edge, _)| *edge).collect();
        changes.extend(known.change(*at, edges));
    }
    changes.sort_by(|one, other| other.edges.len().cmp(&one.edges.len()).then_with(|| one.statement.cmp(&other.statement)));
    Ok(Cut { changes, left, edges: edges.len(), smallest })
}

/// Statements that can be changed. Those of AWS's own policies can only be taken away from one principal at a time.
#[derive(Default)]
struct Statements {
    all: Vec<(Statement, Option<String>)>,
    places: BTreeMap<(String, usize, Option<String>), usize>,
    actions: BTreeMap<usize, BTreeSet<String>>,
}

impl Statements {
    /// The ways to be rid of an edge: what its source is allowed, need by need.
    fn choices(&mut self, proof: &Proof, source: &str) -> Vec<Choice> {
        let mut own: Vec<Choice> = Vec::new();
        // What a technique makes, its source makes again.
        let there = |statement: &&Statement| statement.effect == "Allow" && statement.policy != GRANT;
        for step in proof.steps.iter().filter(|step| step.who == source) {
            let mut by_role: BTreeMap<Role, Choice> = BTreeMap::new();
            for statement in step.because.iter().filter(there) {
                let at = self.place(statement, source);
                self.actions.entry(at).or_default().insert(step.action.clone());
                by_role.entry(statement.role).or_default().insert(at);
            }
            let mut take = |role: Role| by_role.remove(&role).unwrap_or_default();
            let (speaking, naming, handing) = (take(Role::Own), take(Role::Names), take(Role::HandsOver));
            let elsewhere = account(source) != account(&step.resource);
            // Between accounts both sides have to allow; within one, who is named needs nothing else.
            let choices = if elsewhere {
                vec![speaking, naming.union(&handing).copied().collect()]
            } else {
                let with = |others: &Choice| naming.union(others).copied().collect::<Choice>();
                let both =
                    [speaking, handing].into_iter().filter(|others| !others.is_empty()).map(|others| with(&others)).collect::<Vec<_>>();
                if both.is_empty() { vec![naming] } else { both }
            };
            own.extend(choices.into_iter().filter(|choice| !choice.is_empty()));
        }
        own.sort();
        own.dedup();
        own
    }

    fn place(&mut self, statement: &Statement, source: &str) -> usize {
        let of = statement.policy.contains(":iam::aws:policy/").then(|| source.to_owned());
        let key = (statement.policy.clone(), statement.statement, of.clone());
        *self.places.entry(key).or_insert_with(|| {
            self.all.push((statement.clone(), of));
            self.all.len() - 1
        })
    }

    fn change(&self, at: usize, edges: Vec<Edge>) -> Option<Change> {
        let (statement, detach_from) = self.all.get(at)?.clone();
        Some(Change { statement, detach_from, actions: self.actions.get(&at).cloned().unwrap_or_default(), edges })
    }
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// Edges that can be got rid of in the same ways are one.
fn distinct(options: &[Vec<Choice>]) -> Vec<Vec<Choice>> {
    let mut found: Vec<Vec<Choice>> = options.to_vec();
    found.sort();
    found.dedup();
    // One that goes whenever another goes needs no thought.
    let implied =
        |own: &Vec<Choice>, other: &Vec<Choice>| own != other && other.iter().all(|choice| own.iter().any(|mine| mine.is_subset(choice)));
    found
        .clone()
        .into_iter()
        .filter(|own| !found.iter().any(|other| implied(own, other) && !(implied(other, own) && other > own)))
        .collect()
}

/// What to change, and whether that is surely the least. Edges that share no statement have nothing to do with each other.
fn choose(options: &[Vec<Choice>]) -> (Choice, bool) {
    let mut groups: Vec<(Choice, Vec<Vec<Choice>>)> = Vec::new();
    for own in distinct(options) {
        let mut all: Choice = own.iter().flatten().copied().collect();
        let mut members = vec![own];
        let (with, without): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(statements, _)| !statements.is_disjoint(&all));
        groups = without;
        for (statements, others) in with {
            all.extend(statements);
            members.extend(others);
        }
        groups.push((all, members));
    }
    let (mut chosen, mut smallest) = (Choice::new(), true);
    for (_, members) in &groups {
        let (own, sure) = if members.len() <= EXACT { exact(members) } else { (greedy(members), false) };
        chosen.extend(own);
        smallest &= sure;
    }
    (chosen, smallest)
}

/// Again and again what is cheapest for the edges it takes away; then what turned out to be needless is taken back.
fn greedy(options: &[Vec<Choice>]) -> Choice {
    let mut chosen = Choice::new();
    let mut open: Vec<&Vec<Choice>> = options.iter().collect();
    while !open.is_empty() {
        let mut best: Option<(usize, usize, Choice)> = None;
        let mut tried = BTreeSet::new();
        for choice in open.iter().copied().flatten() {
            if !tried.insert(choice) {
                continue;
            }
            let with: Choice = chosen.union(choice).copied().collect();
            let cost = with.len() - chosen.len();
            let gone = open.iter().filter(|own| own.iter().any(|choice| choice.is_subset(&with))).count();
            // Edges per statement, without fractions.
            let better = best.as_ref().is_none_or(|(known_cost, known_gone, _)| gone * known_cost > known_gone * cost);
            if better {
                best = Some((cost.max(1), gone, with));
            }
        }
        let Some((_, _, with)) = best else { break };
        chosen = with;
        open.retain(|own| !own.iter().any(|choice| choice.is_subset(&chosen)));
    }
    for at in chosen.clone() {
        let without: Choice = chosen.iter().copied().filter(|other| *other != at).collect();
        if options.iter().all(|own| own.iter().any(|choice| choice.is_subset(&without))) {
            chosen = without;
        }
    }
    chosen
}

/// The smallest choice, by trying, and whether all were tried; never more than what the greedy one takes.
fn exact(options: &[Vec<Choice>]) -> (Choice, bool) {
    let (mut best, mut left) = (greedy(options), 200_000);
    search(options, Choice::new(), &mut best, &mut left);
    (best, left > 0)
}

fn search(options: &[Vec<Choice>], chosen: Choice, best: &mut Choice, left: &mut u32) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    let open = options.iter().filter(|own| !own.iter().any(|choice| choice.is_subset(&chosen)));
    // The edge with the fewest ways to be rid of it first.
    let Some(own) = open.min_by_key(|own| own.len()) else {
        if chosen.len() < best.len() {
            *best = chosen;
        }
        return;
    };
    for choice in own {
        let with: Choice = chosen.union(choice).copied().collect();
        if with.len() < best.len() {
            search(options, with, best, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &[&[&[usize]]]) -> Vec<Vec<Choice>> {
        text.iter().map(|own| own.iter().map(|choice| choice.iter().copied().collect()).collect()).collect()
    }

    #[test]
    fn one_statement_can_do_for_all() {
        let options = options(&[&[&[1], &[2, 3]], &[&[2], &[1]], &[&[4], &[1]]]);
        assert_eq!(exact(&distinct(&options)), (Choice::from([1]), true));
        assert_eq!(greedy(&options), Choice::from([1]));
    }

    #[test]
    fn the_smallest_is_found_where_greed_is_not_enough() {
        // Greed takes 1, which does for four edges, and then needs 2 and 3 all the same.
        let options = options(&[&[&[1], &[2]], &[&[1], &[2]], &[&[1], &[3]], &[&[1], &[3]], &[&[2]], &[&[3]]]);
        assert_eq!(exact(&distinct(&options)), (Choice::from([2, 3]), true));
    }

    #[test]
    fn a_need_that_two_statements_meet_takes_both() {
        let options = options(&[&[&[1, 2]]]);
        assert_eq!(exact(&distinct(&options)), (Choice::from([1, 2]), true));
    }
}
