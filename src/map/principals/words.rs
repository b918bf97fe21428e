//! What a picture says: in its boxes, on its lines, above them and when they are pointed at.

use std::collections::{BTreeMap, BTreeSet};

use super::collapse::Group;
use super::picture::{Person, Picture, Status, Tie};
use crate::graph::Kind;

/// More names than these are not listed.
const NAMES: usize = 12;

/// What stands between the parts of what is above a picture.
pub(super) const BETWEEN: &str = "  ·  ";

/// `37 roles`.
pub(super) fn count(number: usize, one: &str, more: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { more })
}

/// `1,234`.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn of_kind(kind: Kind, number: usize) -> String {
    let (one, more) = match kind {
        Kind::User => ("user", "users"),
        Kind::Role => ("role", "roles"),
        Kind::Person => ("Identity Center user", "Identity Center users"),
        Kind::Provider => ("identity provider", "identity providers"),
        Kind::Account => ("outside account", "outside accounts"),
        Kind::Service => ("service", "services"),
        Kind::Host => ("host", "hosts"),
        Kind::Internet => ("way from the internet", "ways from the internet"),
        Kind::Admin => ("administrator", "administrators"),
    };
    count(number, one, more)
}

/// The name of a box: what it begins with, written quietly, and the rest.
pub(super) fn name(picture: &Picture, group: &Group) -> (String, String) {
    let Some(first) = group.members.first().and_then(|at| picture.people.get(*at)) else { return Default::default() };
    if group.members.len() == 1 {
        return match first.kind {
            Kind::User | Kind::Role | Kind::Person => first
                .name
                .split_once('/')
                .map_or_else(|| (String::new(), first.name.clone()), |(prefix, rest)| (format!("{prefix}/"), rest.to_owned())),
            _ => (String::new(), first.name.clone()),
        };
    }
    let what = of_kind(first.kind, group.members.len());
    let stem = common(names(picture, group));
    (String::new(), if stem.chars().count() > 2 { format!("{what}: {stem}…") } else { what })
}

/// What stands below the name of a box.
pub(super) fn below(picture: &Picture, group: &Group) -> Vec<String> {
    let mut below = Vec::new();
    if group.members.len() > 1 {
        below.push(names(picture, group).take(NAMES).collect::<Vec<_>>().join(", "));
    }
    if group.within > 0 {
        below.push(count(group.within, "way among them", "ways among them"));
    }
    let accounts: BTreeSet<&str> = people(picture, group).filter_map(|person| Some(person.account.as_ref()?.1.as_str())).collect();
    if picture.several && !accounts.is_empty() {
        let only = accounts.first().filter(|_| accounts.len() == 1);
        below.push(only.map_or_else(|| format!("in {}", count(accounts.len(), "account", "accounts")), |name| format!("in {name}")));
    }
    below
}

fn people<'a>(picture: &'a Picture, group: &'a Group) -> impl Iterator<Item = &'a Person> {
    group.members.iter().filter_map(|at| picture.people.get(*at))
}

/// Names of a box's members without `role/`.
fn names<'a>(picture: &'a Picture, group: &'a Group) -> impl Iterator<Item = &'a str> {
    people(picture, group).map(|person| match person.kind {
        Kind::User | Kind::Role | Kind::Person => person.name.split_once('/').map_or(person.name.as_str(), |(_, rest)| rest),
        _ => person.name.as_str(),
    })
}

/// What all begin with.
fn common<'a>(mut names: impl Iterator<Item = &'a str>) -> String {
    let mut stem: Vec<char> = names.next().unwrap_or_default().chars().collect();
    for name in names {
        let same = stem.iter().zip(name.chars()).take_while(|(one, other)| **one == *other).count();
        stem.truncate(same);
    }
    stem.into_iter().collect()
}

/// What pointing at a box tells.
pub(super) fn about_box(picture: &Picture, group: &Group) -> String {
    let mut lines = Vec::new();
    for person in people(picture, group).take(NAMES) {
        let account = person.account.as_ref().filter(|_| picture.several).map(|(_, name)| format!(" in {name}")).unwrap_or_default();
        lines.push(format!("{}{account}: {}", person.name, standing(person)));
        if group.members.len() == 1 && person.arn != person.name {
            lines.push(person.arn.clone());
        }
    }
    if group.members.len() > NAMES {
        lines.push(format!("and {} more", group.members.len() - NAMES));
    }
    lines.join("\n")
}

fn standing(person: &Person) -> String {
    let steps = || person.steps.map(|steps| count(steps, "step", "steps")).unwrap_or_default();
    match (person.status, &person.condition) {
        (Status::Pill, _) => "whoever gets here administers the account".to_owned(),
        (Status::Admin, _) => "administrator".to_owned(),
        (Status::AdminIf, None) => "administrator under a condition".to_owned(),
        (Status::AdminIf, Some(condition)) => format!("administrator, if {condition}"),
        (Status::Escalates, _) => format!("can become administrator, in {}", steps()),
        (Status::Other, _) => "no way to an administrator".to_owned(),
    }
}

/// What a line is called.
pub(super) fn label(picture: &Picture, link: &Tie) -> String {
    let labels = picture.labels_of(link);
    let shown = if labels.len() > 2 { count(labels.len(), "technique", "techniques") } else { labels.join(", ") };
    let times = if link.count > labels.len() { format!(" ×{}", thousands(link.count)) } else { String::new() };
    shown + &times
}

/// What pointing at a line tells.
pub(super) fn about_line(picture: &Picture, link: &Tie) -> String {
    let end = |at: usize| picture.groups.get(at).map(|group| name(picture, group)).map(|(prefix, rest)| prefix + &rest).unwrap_or_default();
    let sure = if link.certain { "" } else { ", possible" };
    let labels = picture.labels_of(link).join(", ");
    format!("{} → {}: {labels} ({}{sure})", end(link.from), end(link.to), count(link.count, "way", "ways"))
}

/// The title.
pub(super) fn title(picture: &Picture) -> String {
    if picture.only { format!("Ways to administrator: {}", picture.account) } else { format!("Who can act as whom: {}", picture.account) }
}

/// Dates, and how many there are of everything.
pub(super) fn about(picture: &Picture) -> String {
    let mut parts = Vec::new();
    match picture.collected.as_slice() {
        [] => {}
        [one] => parts.push(format!("Collected {}", moment(one))),
        [first, .., last] => parts.push(format!("Collected {} to {}", moment(first), moment(last))),
    }
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    let (mut admins, mut escalating) = (0, 0);
    for person in picture.people.iter().filter(|person| person.kind != Kind::Admin) {
        *kinds.entry(person.kind).or_default() += 1;
        let counts = matches!(person.kind, Kind::User | Kind::Role);
        admins += usize::from(counts && matches!(person.status, Status::Admin | Status::AdminIf));
        escalating += usize::from(counts && person.status == Status::Escalates);
    }
    parts.push(kinds.iter().map(|(kind, number)| of_kind(*kind, *number)).collect::<Vec<_>>().join(", "));
    parts.push(count(admins, "administrator", "administrators"));
    parts.push(format!("{} can become one", thousands(escalating)));
    let ways: usize = picture.ties.iter().map(|tie| tie.count).sum();
    parts.push(if picture.only { "of each the shortest way".to_owned() } else { count(ways, "way", "ways") });
    parts.retain(|part| !part.is_empty());
    parts.join(BETWEEN)
}

/// A time without its second: `2026-11-22 10:00`.
fn moment(time: &str) -> String {
    let is_time = time.len() >= 16 && time.is_ascii() && time.as_bytes().get(10) == Some(&b'T');
    time.get(..16).filter(|_| is_time).map_or_else(|| time.to_owned(), |short| short.replacen('T', " ", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators() {
        assert_eq!(count(1, "way", "ways"), "1 way");
        assert_eq!(count(800_000, "way", "ways"), "800,000 ways");
        assert_eq!(count(5_000, "way", "ways"), "5,000 ways");
        assert_eq!(count(123, "way", "ways"), "123 ways");
    }

    #[test]
    fn names_have_what_they_begin_with() {
        assert_eq!(common(["app-1", "app-2", "api"].into_iter()), "ap");
        assert_eq!(common(["é1", "é2"].into_iter()), "é");
        assert_eq!(common(std::iter::empty()), "");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(moment("2026-11-22T10:00:00Z"), "2026-11-22 10:00");
        assert_eq!(moment("some time ago, or so"), "some time ago, or so");
        assert_eq!(moment(""), "");
    }
}
