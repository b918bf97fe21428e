//! `find_unused` for people: by kind, with what is the same said once. What programs read is in `output`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::output::dollars;
use crate::model::{Confidence, visible};
use crate::unused::{Entry, Unused};

/// Columns of a line; a word that is longer stands as it is.
const WIDTH: usize = 100;

/// Of the things of which nothing is known, so many are named for each reason.
const NAMED: usize = 10;

pub(super) fn text(accounts: &[Unused], out: &mut dyn Write) -> std::io::Result<()> {
    for account in accounts {
        of_account(account, out)?;
    }
    if accounts.len() > 1 {
        let entries: Vec<&Entry> = accounts.iter().flat_map(listed).collect();
        let sum: f64 = accounts.iter().map(Unused::monthly_usd).sum();
        writeln!(out, "{} accounts ({} unused)", accounts.len(), entries.len())?;
        costs(sum, &entries, out)?;
    }
    Ok(())
}

fn of_account(account: &Unused, out: &mut dyn Write) -> std::io::Result<()> {
    let entries: Vec<&Entry> = listed(account).collect();
    writeln!(out, "{} ({} unused)", visible(&account.owner.name), entries.len())?;
    let mut kinds: BTreeMap<usize, Vec<&Entry>> = BTreeMap::new();
    for entry in &entries {
        kinds.entry(entry.row.order).or_default().push(entry);
    }
    for kind in kinds.values() {
        of_kind(kind, out)?;
    }
    let fixed = account.found().filter(|entry| is_fixed(entry)).count();
    if fixed > 0 {
        let groups = if fixed == 1 { "default security group is" } else { "default security groups are" };
        wrapped(&format!("{fixed} {groups} unused too, and cannot be deleted: `--format csv` lists all"), 2, 4, out)?;
    }
    if entries.is_empty() {
        writeln!(out, "  nothing{} that is known to be unused", if fixed > 0 { " else" } else { "" })?;
    } else {
        costs(account.monthly_usd(), &entries, out)?;
        footnote(&entries, out)?;
    }
    writeln!(out)?;
    let (things, kinds): (Vec<&Entry>, Vec<&Entry>) = account.unknown().partition(|entry| entry.is_one());
    not_known(&things, out)?;
    not_known_kinds(&kinds, out)
}

/// What is worth a line.
fn listed(account: &Unused) -> impl Iterator<Item = &Entry> {
    account.found().filter(|entry| !is_fixed(entry))
}

/// Whether it comes with something else, and nobody can delete it.
fn is_fixed(entry: &Entry) -> bool {
    entry.facts.get("deletable").and_then(serde_json::Value::as_bool) == Some(false)
}

/// A kind, with the reason where it is the same for all, and a line for each thing.
fn of_kind(entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    let Some(first) = entries.first() else { return Ok(()) };
    let same = entries.iter().all(|entry| entry.why == first.why);
    let why = if same { format!(": {}", first.why) } else { String::new() };
    wrapped(&format!("{} ({}){why}", first.row.kind, entries.len()), 2, 4, out)?;
    let width = width_of(entries);
    for entry in entries {
        wrapped(&line(entry, width, !same), 4, 8, out)?;
    }
    Ok(())
}

fn width_of(entries: &[&Entry]) -> usize {
    entries.iter().map(|entry| entry.region.chars().count()).max().unwrap_or_default()
}

fn line(entry: &Entry, width: usize, with_why: bool) -> String {
    let mark = if entry.confidence == Confidence::Likely { " *" } else { "" };
    let mut facts = Vec::new();
    if with_why {
        facts.push(entry.why.clone());
    }
    if let Some(since) = &entry.since {
        let day: String = since.chars().take_while(|character| *character != 'T').collect();
        if !entry.why.contains(&day) {
            facts.push(format!("since {day}"));
        }
    }
    if let Some(cost) = entry.monthly_usd {
        facts.push(format!("{} USD", dollars(cost)));
    }
    let colon = if facts.is_empty() { "" } else { ": " };
    format!("{:width$}  {}{mark}{colon}{}", entry.region, which(entry), facts.join(", "))
}

/// Its name, and what AWS calls it.
fn which(entry: &Entry) -> String {
    let own = entry.arn.splitn(6, ':').last().unwrap_or_default();
    let id = entry.id.as_deref().unwrap_or(own);
    match &entry.name {
        Some(name) if name != id => format!("{name} ({id})"),
        _ => id.to_owned(),
    }
}

fn costs(sum: f64, entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    let priced = entries.iter().filter(|entry| entry.monthly_usd.is_some()).count();
    let words = "list prices in US dollars, without taxes, discounts, free tiers and traffic";
    let line = match (priced, entries.len() - priced) {
        (0, _) => "no price is known of any of these".to_owned(),
        (_, 0) => format!("together {} a month ({words})", dollars(sum)),
        (_, rest) => format!("together at least {} a month ({words}); no price is known of {rest}", dollars(sum)),
    };
    wrapped(&line, 2, 4, out)
}

/// What `*` means in this account.
fn footnote(entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    if entries.iter().all(|entry| entry.confidence == Confidence::Certain) {
        return Ok(());
    }
    // Of other Regions, a call is named with its Region.
    let bare = |call: &str| call.rsplit_once('/').map_or_else(|| call.to_owned(), |(_, call)| call.to_owned());
    let calls: BTreeSet<String> = entries.iter().flat_map(|entry| &entry.unseen).map(|call| bare(call)).collect();
    let mut words = "* likely, not certain: it may have a use that no answer shows".to_owned();
    if !calls.is_empty() {
        let calls = calls.into_iter().collect::<Vec<_>>().join(", ");
        words = format!("{words}. Not collected, or only in part: {calls}. `--format csv` tells which of them matter to what");
    }
    wrapped(&words, 2, 4, out)
}

/// Things of which it is not known: by kind and reason.
fn not_known(entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "  Not known whether something uses these ({})", entries.len())?;
    let mut reasons: BTreeMap<(usize, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        reasons.entry((entry.row.order, entry.why.as_str())).or_default().push(entry);
    }
    for ((_, why), things) in reasons {
        let key = things.first().map(|entry| words(&entry.row.key)).unwrap_or_default();
        wrapped(&format!("{key} ({}): {why}", things.len()), 4, 6, out)?;
        let width = width_of(&things);
        for entry in things.iter().take(NAMED) {
            wrapped(&format!("{:width$}  {}", entry.region, which(entry)), 6, 8, out)?;
        }
        if things.len() > NAMED {
            writeln!(out, "      and {} more: `--format csv` lists all", things.len() - NAMED)?;
        }
    }
    writeln!(out)
}

/// Kinds of things of which nothing is known: a line for each reason.
fn not_known_kinds(entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    let mut by_reason: BTreeMap<&str, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    let mut not_asked: BTreeSet<String> = BTreeSet::new();
    for entry in entries {
        if entry.region.is_empty() {
            not_asked.insert(words(&entry.row.key));
            continue;
        }
        let (kinds, regions) = by_reason.entry(&entry.why).or_default();
        kinds.insert(words(&entry.row.key));
        regions.insert(entry.region.clone());
    }
    if !by_reason.is_empty() {
        writeln!(out, "  Not known, for want of an answer")?;
        for (why, (kinds, regions)) in by_reason {
            wrapped(&format!("{}: {why} ({})", joined(&kinds), joined(&regions)), 4, 6, out)?;
        }
        writeln!(out)?;
    }
    if !not_asked.is_empty() {
        writeln!(out, "  Not known, for nobody asked AWS ({} kinds)", not_asked.len())?;
        wrapped(&joined(&not_asked), 4, 4, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// A key of the JSON as words.
fn words(key: &str) -> String {
    key.replace('_', " ")
}

fn joined(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Writes a line, broken between words: so many blanks before its beginning, and before what follows.
fn wrapped(line: &str, first: usize, later: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let shown = visible(line);
    let mut row = " ".repeat(first);
    let (mut used, mut begun) = (first, false);
    for word in shown.split(' ') {
        let length = word.chars().count();
        if begun && used + 1 + length > WIDTH {
            writeln!(out, "{}", row.trim_end())?;
            row = " ".repeat(later);
            (used, begun) = (later, false);
        }
        if begun {
            row.push(' ');
            used += 1;
        }
        row.push_str(word);
        used += length;
        begun = true;
    }
    writeln!(out, "{}", row.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        let broken = |line: &str| {
            let mut out = Vec::new();
            wrapped(line, 2, 4, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(broken("eu-west-1  a\nb"), "  eu-west-1  a⟨U+000A⟩b\n");
        let long = "x".repeat(120);
        assert_eq!(broken(&format!("a {long} b")), format!("  a\n    {long}\n    b\n"));
        assert!(broken(&"word ".repeat(60)).lines().all(|line| line.len() <= WIDTH));
    }
}
