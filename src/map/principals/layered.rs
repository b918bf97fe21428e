//! Which box stands in which column, and in which order: ways lead from left to right where they can, and cross each other
//! little. A way that passes columns has a place of its own in each. Coordinates are up to `place`.

/// How columns are found.
#[derive(Debug, Clone)]
pub(super) enum Ranking {
    /// By the ways alone; whoever can come back stands in the same column.
    Flow,
    /// As given, from the right; those without are left of all others.
    Given(Vec<Option<usize>>),
}

/// The columns, from left to right.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// From top to bottom: boxes by their number, beyond these the places of ways.
    pub(super) columns: Vec<Vec<usize>>,
    /// The rank that a column is of.
    pub(super) ranks: Vec<usize>,
    /// The places of each link from left to right, with its boxes at the ends.
    pub(super) chains: Vec<Vec<usize>>,
    /// How many boxes there are.
    pub(super) boxes: usize,
    /// How many places there are in all.
    pub(super) places: usize,
}

/// A column with more boxes is cut.
const TALL: usize = 28;
/// Columns of those who have no rank.
const UNRANKED: usize = 3;

/// Orders boxes. Those in `lone` are left out.
pub(super) fn arrange(boxes: usize, links: &[(usize, usize)], lone: &[bool], ranking: &Ranking) -> Columns {
    let ranks = match ranking {
        Ranking::Flow => flow(boxes, links),
        Ranking::Given(given) => given_ranks(given, links),
    };
    let mut by_rank: Vec<Vec<usize>> = vec![Vec::new(); ranks.iter().max().map_or(0, |most| most + 1)];
    for (at, rank) in ranks.iter().enumerate().filter(|(at, _)| lone.get(*at) != Some(&true)) {
        if let Some(column) = by_rank.get_mut(*rank) {
            column.push(at);
        }
    }
    let mut columns = Columns { boxes, places: boxes, ..Columns::default() };
    for (rank, column) in by_rank.into_iter().enumerate().rev().filter(|(_, column)| !column.is_empty()) {
        let parts = column.len().div_ceil(TALL);
        for part in column.chunks(column.len().div_ceil(parts)) {
            columns.columns.push(part.to_vec());
            columns.ranks.push(rank);
        }
    }
    columns.join(links);
    columns.order();
    columns
}

/// Ranks by the longest way to somebody whom no way leaves.
fn flow(boxes: usize, links: &[(usize, usize)]) -> Vec<usize> {
    let mut reach = vec![vec![false; boxes]; boxes];
    for (from, to) in links {
        if let Some(cell) = reach.get_mut(*from).and_then(|row| row.get_mut(*to)) {
            *cell = true;
        }
    }
    for via in 0..boxes {
        let Some(beyond) = reach.get(via).cloned() else { continue };
        for row in reach.iter_mut().filter(|row| row.get(via) == Some(&true)) {
            row.iter_mut().zip(&beyond).for_each(|(cell, more)| *cell |= *more);
        }
    }
    let reaches = |from: usize, to: usize| reach.get(from).and_then(|row| row.get(to)) == Some(&true);
    // Whoever is reached reaches less, save for those who reach back.
    let mut order: Vec<usize> = (0..boxes).collect();
    order.sort_by_key(|at| reach.get(*at).map_or(0, |row| row.iter().filter(|cell| **cell).count()));
    let mut ranks = vec![0; boxes];
    for at in order {
        let next = (0..boxes).filter(|other| reaches(at, *other) && !reaches(*other, at));
        let rank = next.filter_map(|other| ranks.get(other)).max().map_or(0, |rank| rank + 1);
        if let Some(place) = ranks.get_mut(at) {
            *place = rank;
        }
    }
    ranks
}

/// Those who have a rank keep it.
fn given_ranks(given: &[Option<usize>], links: &[(usize, usize)]) -> Vec<usize> {
    let most = given.iter().flatten().max().map_or(0, |most| most + 1);
    let rankless = |at: &usize| given.get(*at) == Some(&None);
    let among: Vec<(usize, usize)> = links.iter().filter(|(from, to)| rankless(from) && rankless(to)).copied().collect();
    let flow = flow(given.len(), &among);
    given.iter().zip(flow).map(|(rank, flow)| rank.unwrap_or(most + flow.min(UNRANKED - 1))).collect()
}

impl Columns {
    /// Gives every link its places.
    fn join(&mut self, links: &[(usize, usize)]) {
        let mut column_of = vec![None; self.boxes];
        for (number, column) in self.columns.iter().enumerate() {
            for at in column {
                if let Some(place) = column_of.get_mut(*at) {
                    *place = Some(number);
                }
            }
        }
        let column = |at: usize| column_of.get(at).copied().flatten();
        for (from, to) in links {
            let mut chain = Vec::new();
            if let (Some(one), Some(other)) = (column(*from), column(*to)) {
                let (left, right) = if one <= other { (*from, *to) } else { (*to, *from) };
                chain.push(left);
                for between in one.min(other) + 1..one.max(other) {
                    chain.push(self.places);
                    if let Some(column) = self.columns.get_mut(between) {
                        column.push(self.places);
                    }
                    self.places += 1;
                }
                chain.push(right);
            }
            self.chains.push(chain);
        }
    }

    /// What of the column to the left, and to the right, each place is joined with.
    pub(super) fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let (mut left, mut right) = (vec![Vec::new(); self.places], vec![Vec::new(); self.places]);
        let mut column_of = vec![0; self.places];
        for (number, at) in self.columns.iter().enumerate().flat_map(|(number, column)| column.iter().map(move |at| (number, *at))) {
            if let Some(place) = column_of.get_mut(at) {
                *place = number;
            }
        }
        for pair in self.chains.iter().flat_map(|chain| chain.windows(2)) {
            let [one, other] = pair else { continue };
            if column_of.get(*one) == column_of.get(*other) {
                continue;
            }
            if let (Some(right), Some(left)) = (right.get_mut(*one), left.get_mut(*other)) {
                right.push(*other);
                left.push(*one);
            }
        }
        (left, right)
    }

    /// What of its own column each place is joined with.
    pub(super) fn beside(&self) -> Vec<Vec<usize>> {
        let mut beside = vec![Vec::new(); self.places];
        for column in &self.columns {
            for chain in &self.chains {
                let [one, other] = chain.as_slice() else { continue };
                if column.contains(one) && column.contains(other) {
                    for (at, end) in [(*one, *other), (*other, *one)] {
                        if let Some(beside) = beside.get_mut(at) {
                            beside.push(end);
                        }
                    }
                }
            }
        }
        beside
    }

    /// Puts every place near the middle of those it is joined with, to and fro, and keeps the order with the fewest crossings.
    fn order(&mut self) {
        let ((left, right), beside) = (self.neighbours(), self.beside());
        let mut positions = self.positions();
        let mut best = (self.crossings(&right, &positions), self.columns.clone());
        for sweep in 0..30 {
            let forth = sweep % 2 == 0;
            let numbers: Vec<usize> = if forth { (0..self.columns.len()).collect() } else { (0..self.columns.len()).rev().collect() };
            for number in numbers {
                let Some(column) = self.columns.get_mut(number) else { continue };
                sort(column, if forth { &left } else { &right }, &beside, &positions, sweep % 4 < 2);
                note(column, &mut positions);
            }
            let crossings = self.crossings(&right, &positions);
            if crossings < best.0 {
                best = (crossings, self.columns.clone());
            }
        }
        self.columns = best.1;
        self.swap(&left, &right);
    }

    fn positions(&self) -> Vec<f64> {
        let mut positions = vec![0.0; self.places];
        for column in &self.columns {
            note(column, &mut positions);
        }
        positions
    }

    fn crossings(&self, right: &[Vec<usize>], positions: &[f64]) -> usize {
        let position = |at: usize| positions.get(at).copied().unwrap_or_default();
        let mut crossings = 0;
        for column in &self.columns {
            let mut ends: Vec<f64> = Vec::new();
            for at in column {
                let mut own: Vec<f64> = right.get(*at).into_iter().flatten().map(|other| position(*other)).collect();
                own.sort_by(f64::total_cmp);
                // `ends` is in order: those below an end of ours belong to somebody above us.
                crossings += own.iter().map(|end| ends.len() - ends.partition_point(|other| other <= end)).sum::<usize>();
                ends.extend(own);
                ends.sort_by(f64::total_cmp);
            }
        }
        crossings
    }

    /// Exchanges those who stand next to each other where that saves crossings.
    fn swap(&mut self, left: &[Vec<usize>], right: &[Vec<usize>]) {
        let mut positions = self.positions();
        for _ in 0..6 {
            let mut better = false;
            for column in &mut self.columns {
                for upper in 1..column.len() {
                    let (Some(one), Some(other)) = (column.get(upper - 1).copied(), column.get(upper).copied()) else { continue };
                    let cost = |one: usize, other: usize| between(one, other, left, &positions) + between(one, other, right, &positions);
                    if cost(other, one) < cost(one, other) {
                        column.swap(upper - 1, upper);
                        better = true;
                        note(column, &mut positions);
                    }
                }
            }
            if !better {
                break;
            }
        }
    }
}

/// Crossings of the lines of two places if the first is above.
fn between(one: usize, other: usize, side: &[Vec<usize>], positions: &[f64]) -> usize {
    let ends = |at: usize| side.get(at).into_iter().flatten().filter_map(|end| positions.get(*end));
    ends(one).map(|upper| ends(other).filter(|lower| *lower < upper).count()).sum()
}

fn note(column: &[usize], positions: &mut [f64]) {
    for (position, at) in (0_u32..).zip(column) {
        if let Some(place) = positions.get_mut(*at) {
            *place = f64::from(position);
        }
    }
}

fn sort(column: &mut [usize], side: &[Vec<usize>], beside: &[Vec<usize>], positions: &[f64], median: bool) {
    let position = |at: usize| positions.get(at).copied().unwrap_or_default();
    let wish = |at: usize| {
        let ends = side.get(at).filter(|ends| !ends.is_empty()).or_else(|| beside.get(at));
        let mut ends: Vec<f64> = ends.into_iter().flatten().map(|end| position(*end)).collect();
        ends.sort_by(f64::total_cmp);
        match ends.len() {
            0 => position(at),
            count if median => {
                (ends.get((count - 1) / 2).copied().unwrap_or_default() + ends.get(count / 2).copied().unwrap_or_default()) / 2.0
            }
            count => ends.iter().sum::<f64>() / super::scene::length(count),
        }
    };
    column.sort_by(|one, other| wish(*one).total_cmp(&wish(*other)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_lead_to_the_right() {
        let columns = arrange(4, &[(0, 1), (1, 2), (0, 2)], &[false, false, false, true], &Ranking::Flow);
        assert_eq!(columns.columns.len(), 3);
        assert_eq!((columns.columns[0].clone(), columns.columns[2].clone()), (vec![0], vec![2]));
        assert_eq!(columns.chains, [vec![0, 1], vec![1, 2], vec![0, 4, 2]]);
    }

    #[test]
    fn whoever_can_come_back_stands_in_the_same_column() {
        let columns = arrange(3, &[(0, 1), (1, 0), (1, 2)], &[false; 3], &Ranking::Flow);
        assert_eq!(columns.columns, [vec![0, 1], vec![2]]);
    }

    #[test]
    fn given_ranks_count_from_the_right() {
        let given = vec![Some(1), Some(0), None, None];
        let columns = arrange(4, &[(0, 1), (2, 3), (0, 3)], &[false; 4], &Ranking::Given(given));
        assert_eq!(columns.columns.iter().map(|column| column[0]).collect::<Vec<_>>(), [2, 3, 0, 1]);
        assert_eq!(columns.ranks, [3, 2, 1, 0]);
    }

    #[test]
    fn crossings_that_need_not_be_are_gone() {
        let links: Vec<(usize, usize)> = (0..10).map(|at| (at, 19 - at)).collect();
        let columns = arrange(20, &links, &[false; 20], &Ranking::Flow);
        let (_, right) = columns.neighbours();
        assert_eq!(columns.crossings(&right, &columns.positions()), 0);
    }

    #[test]
    fn tall_columns_are_cut() {
        let links: Vec<(usize, usize)> = (1..100).map(|at| (at, 0)).collect();
        let columns = arrange(100, &links, &[false; 100], &Ranking::Flow);
        assert!(columns.columns.len() == 5 && columns.ranks == [1, 1, 1, 1, 0]);
    }
}
