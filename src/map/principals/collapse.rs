//! Joins alike principals to one box where there are too many for a picture. First those with the same ways in and out, of
//! whom the picture then says nothing less; then, only as far as it is needed, those of the same name, account or standing.

use std::collections::BTreeMap;

use super::picture::{Person, Status, Tie, merge};
use crate::graph::Kind;

/// Up to so many people, and ways between them, everybody has a box.
const SINGLE: (usize, usize) = (60, 240);
/// More boxes, and ways between them, than these cannot be read.
const READABLE: (usize, usize) = (150, 200);

/// Up to so many ways can be followed however few boxes there are.
const SPARSE: usize = 60;

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Who is in it.
    pub(super) members: Vec<usize>,
    /// Ways between its members.
    pub(super) within: usize,
}

/// What makes two boxes alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    status: Status,
    kind: Kind,
    steps: Option<usize>,
    account: Option<usize>,
    stem: String,
    labels: u128,
    out: Vec<(usize, bool)>,
    into: Vec<(usize, bool)>,
}

/// How much alike is enough.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// The same ways.
    Ways,
    /// The same ways, those between the two apart.
    Twins,
    /// The same beginning of the name, and techniques.
    Stem,
    /// The same account.
    Account,
    /// The same standing.
    Standing,
}

struct Boxes<'a> {
    people: &'a [Person],
    /// The box of each.
    of: Vec<usize>,
    count: usize,
    /// Ways per two boxes that can be followed: fewer where everybody has one at most to begin with.
    busy: usize,
    /// Between boxes.
    ties: Vec<Tie>,
}

/// The boxes, and the ways between them.
pub(super) fn collapse(people: &[Person], ties: &[Tie]) -> (Vec<Group>, Vec<Tie>) {
    let mut boxes = Boxes {
        people,
        of: (0..people.len()).collect(),
        count: people.len(),
        busy: if ties.len() > people.len() { 5 } else { 3 },
        ties: ties.to_vec(),
    };
    if people.len() > SINGLE.0 || ties.len() > SINGLE.1 {
        boxes.join_twins();
        boxes.join_further();
    }
    boxes.finish()
}

impl Boxes<'_> {
    /// Joining some makes others alike, hence more than once.
    fn join_twins(&mut self) {
        for _ in 0..4 {
            let before = self.count;
            self.join(Level::Ways, |_| true);
            self.join(Level::Twins, |_| true);
            if self.count == before {
                break;
            }
        }
    }

    /// Those of least interest first: administrators, and who is near, are told apart as long as possible.
    fn join_further(&mut self) {
        const TURNS: [fn(&Person) -> bool; 4] = [
            |person| person.status == Status::Other,
            |person| person.status == Status::Escalates && person.steps.is_some_and(|steps| steps > 1),
            |person| person.status == Status::Escalates,
            |_| true,
        ];
        for level in [Level::Stem, Level::Account, Level::Standing] {
            for turn in TURNS {
                if self.is_readable() {
                    return;
                }
                self.join(level, turn);
            }
        }
    }

    fn is_readable(&self) -> bool {
        let ties = self.ties.iter().filter(|tie| tie.from != tie.to).count();
        self.count <= READABLE.0 && ties <= READABLE.1 && (ties <= SPARSE || ties * 2 <= self.count * self.busy)
    }

    fn join(&mut self, level: Level, turn: impl Fn(&Person) -> bool) {
        let sides = Sides::new(self, level);
        let mut first: Vec<Option<&Person>> = vec![None; self.count];
        for (person, own) in self.people.iter().zip(&self.of) {
            if let Some(place) = first.get_mut(*own).filter(|place| place.is_none()) {
                *place = Some(person);
            }
        }
        let mut numbers: BTreeMap<Likeness, usize> = BTreeMap::new();
        let (mut next, mut new) = (0, Vec::with_capacity(self.count));
        for (own, person) in first.into_iter().enumerate() {
            let Some(person) = person else { continue };
            let number = if turn(person) { *numbers.entry(sides.likeness(person, own, level)).or_insert(next) } else { next };
            next = next.max(number + 1);
            new.push(number);
        }
        let renumbered = |old: usize| new.get(old).copied().unwrap_or_default();
        for own in &mut self.of {
            *own = renumbered(*own);
        }
        let ties = std::mem::take(&mut self.ties);
        self.ties = merge(ties.into_iter().map(|tie| Tie { from: renumbered(tie.from), to: renumbered(tie.to), ..tie }).collect());
        self.count = next;
    }

    fn finish(self) -> (Vec<Group>, Vec<Tie>) {
        let mut groups = vec![Group { members: Vec::new(), within: 0 }; self.count];
        for (person, own) in self.of.iter().enumerate() {
            if let Some(group) = groups.get_mut(*own) {
                group.members.push(person);
            }
        }
        let mut ties = self.ties;
        ties.retain(|tie| {
            if let Some(group) = groups.get_mut(tie.from).filter(|_| tie.from == tie.to) {
                group.within = tie.count;
            }
            tie.from != tie.to
        });
        (groups, ties)
    }
}

/// The ways from and to each box.
struct Sides {
    out: Vec<Vec<(usize, bool)>>,
    into: Vec<Vec<(usize, bool)>>,
    labels: Vec<u128>,
}

impl Sides {
    fn new(boxes: &Boxes<'_>, level: Level) -> Self {
        let mut sides = Self { out: vec![Vec::new(); boxes.count], into: vec![Vec::new(); boxes.count], labels: vec![0; boxes.count] };
        for tie in &boxes.ties {
            if level <= Level::Twins {
                if let Some(out) = sides.out.get_mut(tie.from) {
                    out.push((tie.to, tie.certain));
                }
                if let Some(into) = sides.into.get_mut(tie.to) {
                    into.push((tie.from, tie.certain));
                }
            } else if let Some(labels) = sides.labels.get_mut(tie.from) {
                *labels |= tie.labels;
            }
        }
        sides
    }

    fn likeness(&self, person: &Person, own: usize, level: Level) -> Likeness {
        let side = |of: &[Vec<(usize, bool)>]| {
            let mut side = of.get(own).cloned().unwrap_or_default();
            if level == Level::Twins && !side.is_empty() {
                side.retain(|(other, _)| *other != own);
                side.push((own, true));
            }
            side.sort_unstable();
            side
        };
        let coarse = level == Level::Standing;
        Likeness {
            status: person.status,
            kind: person.kind,
            // Beyond some steps the exact number says little.
            steps: person.steps.map(|steps| if level >= Level::Account { steps.min(6) } else { steps }),
            account: person.account.as_ref().map(|(at, _)| *at).filter(|_| !coarse),
            stem: if level == Level::Stem { stem(&person.name) } else { String::new() },
            labels: if level == Level::Stem { self.labels.get(own).copied().unwrap_or_default() } else { 0 },
            out: side(&self.out),
            into: side(&self.into),
        }
    }
}

/// The beginning of a name, up to the second separator: `role/app-`.
fn stem(name: &str) -> String {
    name.split_inclusive(['-', '_', '.', '/', '@']).take(2).filter(|part| part.ends_with(['-', '_', '.', '/', '@'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(count: usize, status: Status) -> Vec<Person> {
        let person = |at: usize| Person {
            name: format!("role/{}-{at}", if at.is_multiple_of(2) { "app" } else { "db" }),
            arn: format!("arn:{at}"),
            kind: Kind::Role,
            account: None,
            status,
            condition: None,
            steps: None,
        };
        (0..count).map(person).collect()
    }

    fn tie(from: usize, to: usize) -> Tie {
        Tie { from, to, labels: 1, count: 1, certain: true, first: false }
    }

    #[test]
    fn few_stay_apart() {
        let (groups, links) = collapse(&people(60, Status::Other), &[tie(0, 1), tie(2, 1)]);
        assert_eq!((groups.len(), links.len()), (60, 2));
    }

    #[test]
    fn those_with_the_same_ways_are_one() {
        let ties: Vec<Tie> = (1..50).map(|from| tie(from, 0)).collect();
        let (groups, links) = collapse(&people(100, Status::Other), &ties);
        let sizes: Vec<usize> = groups.iter().map(|group| group.members.len()).collect();
        assert_eq!(sizes, [1, 49, 50]);
        assert_eq!(links, [Tie { count: 49, ..tie(1, 0) }]);
    }

    #[test]
    fn those_who_may_all_become_one_another_are_one() {
        let ties: Vec<Tie> = (0..30).flat_map(|from| (0..30).filter(move |to| *to != from).map(move |to| tie(from, to))).collect();
        let (groups, links) = collapse(&people(30, Status::Other), &ties);
        assert_eq!(groups.iter().map(|group| (group.members.len(), group.within)).collect::<Vec<_>>(), [(30, 870)]);
        assert!(links.is_empty());
    }

    #[test]
    fn the_picture_stays_readable_whatever_the_ways_are() {
        let mut people = people(3_000, Status::Other);
        for (at, person) in people.iter_mut().enumerate() {
            person.account = Some((at % 400, "a".to_owned()));
            person.steps = Some(at % 50);
            person.status = if at.is_multiple_of(3) { Status::Escalates } else { Status::Other };
        }
        let ties: Vec<Tie> = (0..30_000).map(|at| tie(at * 7_919 % 3_000, at * 104_729 / 7 % 3_000)).collect();
        let (groups, links) = collapse(&people, &ties);
        assert!(groups.len() <= READABLE.0 && links.len() <= READABLE.1, "{} {}", groups.len(), links.len());
        assert_eq!(groups.iter().map(|group| group.members.len()).sum::<usize>(), 3_000);
        let within: usize = groups.iter().map(|group| group.within).sum();
        assert_eq!(within + links.iter().map(|link| link.count).sum::<usize>(), 30_000);
    }

    #[test]
    fn stems_end_with_a_separator() {
        assert_eq!(stem("role/app-x-1"), "role/app-");
        assert_eq!(stem("role/app"), "role/");
        assert_eq!(stem(""), "");
    }
}
