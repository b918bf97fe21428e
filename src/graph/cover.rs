//! The fewest things of which each of some demands is met: every demand has alternatives, each a set of things.

use std::collections::BTreeSet;

/// With at most so many demands that hang together, the best choice is looked for; with more, a good one.
const EXACT: usize = 24;

/// Things, all of them.
pub(super) type Choice = BTreeSet<usize>;

/// Demands with the same alternatives are one.
fn distinct(options: &[Vec<Choice>]) -> Vec<Vec<Choice>> {
    let mut found: Vec<Vec<Choice>> = options.to_vec();
    found.sort();
    found.dedup();
    // One that is met whenever another is met needs no thought.
    let implied =
        |own: &Vec<Choice>, other: &Vec<Choice>| own != other && other.iter().all(|choice| own.iter().any(|mine| mine.is_subset(choice)));
    found
        .clone()
        .into_iter()
        .filter(|own| !found.iter().any(|other| implied(own, other) && !(implied(other, own) && other > own)))
        .collect()
}

/// What to take, and whether that is surely the least. Demands that share nothing have nothing to do with each other.
pub(super) fn choose(options: &[Vec<Choice>]) -> (Choice, bool) {
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

/// Again and again what is cheapest for the demands it meets; then what turned out to be needless is taken back.
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
            // Demands per thing, without fractions.
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
    // The one with the fewest alternatives first.
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
