//! The wide tables of counts (resource × account, region × account): cells, footnotes, and the narrow slices
//! that a sheet of paper gets instead. The numbers come from the view; nothing is counted here but totals.

use std::collections::HashMap;

use super::filters::thousands;
use super::view::{Count, Gap, RegionRow, ResourceRow};

/// Accounts beside each other on a sheet of A4.
const PER_SHEET: usize = 7;
/// Reasons spelled out in one footnote.
const REASONS: usize = 4;
/// Regions a footnote names; the list of missing answers has them all.
const REGIONS: usize = 4;

/// A table of counts with one column per account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountTable {
    /// Prefix of the ids in the page.
    pub id: &'static str,
    /// What the rows are.
    pub head: &'static str,
    /// What the table is, for those who cannot see it.
    pub label: &'static str,
    /// The whole table.
    pub screen: Grid,
    /// Slices for paper; empty when the whole table fits.
    pub sheets: Vec<Grid>,
    /// Why cells are not complete; cells refer to them by position.
    pub notes: Vec<String>,
}

/// Rows below one line of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    /// Names of the accounts.
    pub accounts: Vec<String>,
    /// Whether there is a column with sums.
    pub with_total: bool,
    /// Blocks of rows.
    pub groups: Vec<Group>,
}

impl Grid {
    /// Columns in all.
    #[must_use]
    pub(super) fn columns(&self) -> usize {
        1 + usize::from(self.with_total) + self.accounts.len()
    }
}

/// Rows below one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Empty for the first block.
    pub title: &'static str,
    /// The rows.
    pub lines: Vec<Line>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The kind of resource, or the region.
    pub name: String,
    /// Its service; may be empty.
    pub detail: String,
    /// The sum over all accounts.
    pub total: Cell,
    /// One per account.
    pub cells: Vec<Cell>,
}

/// One number, or what stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// `known`, `zero`, `least`, `gap` or `unasked`.
    pub class: &'static str,
    /// What is printed.
    pub text: String,
    /// What sorting compares.
    pub sort: u64,
    /// Why the number is not complete; may be empty.
    pub why: String,
    /// Number of the footnote.
    pub note: Option<usize>,
}

/// Footnotes, each reason once.
#[derive(Default)]
struct Notes {
    texts: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Notes {
    fn number(&mut self, text: &str) -> usize {
        let next = self.texts.len() + 1;
        let number = *self.numbers.entry(text.to_owned()).or_insert(next);
        if number == next {
            self.texts.push(text.to_owned());
        }
        number
    }
}

/// Resources by account; verbose kinds come in a block of their own.
#[must_use]
pub(super) fn resources(accounts: &[String], rows: &[ResourceRow]) -> CountTable {
    let mut notes = Notes::default();
    let mut block = |verbose: bool| -> Vec<Line> {
        rows.iter().filter(|row| row.verbose == verbose).map(|row| line(&row.name, &row.service, &row.counts, true, &mut notes)).collect()
    };
    let groups =
        vec![Group { title: "", lines: block(false) }, Group { title: "More kinds, not in the charts and totals", lines: block(true) }];
    table(("resources", "Resource", "Number of resources by kind and account"), accounts, groups, notes)
}

/// Regions by account.
#[must_use]
pub(super) fn regions(accounts: &[String], rows: &[RegionRow]) -> CountTable {
    let mut notes = Notes::default();
    let lines = rows.iter().map(|row| line(&row.region, "", &row.counts, false, &mut notes)).collect();
    let groups = vec![Group { title: "", lines }];
    table(("regions", "Region", "Number of resources by region and account"), accounts, groups, notes)
}

fn table(
    (id, head, label): (&'static str, &'static str, &'static str),
    accounts: &[String],
    mut groups: Vec<Group>,
    notes: Notes,
) -> CountTable {
    groups.retain(|group| !group.lines.is_empty());
    let screen = Grid { accounts: accounts.to_vec(), with_total: accounts.len() > 1, groups };
    let sheets = if accounts.len() > PER_SHEET { sheets(&screen) } else { Vec::new() };
    CountTable { id, head, label, screen, sheets, notes: notes.texts }
}

fn sheets(whole: &Grid) -> Vec<Grid> {
    let slice = |from: usize, accounts: &[String]| Grid {
        accounts: accounts.to_vec(),
        with_total: from == 0,
        groups: whole.groups.iter().map(|group| cut(group, from, accounts.len())).collect(),
    };
    whole.accounts.chunks(PER_SHEET).enumerate().map(|(index, names)| slice(index * PER_SHEET, names)).collect()
}

fn cut(group: &Group, from: usize, length: usize) -> Group {
    let line = |line: &Line| Line { cells: line.cells.iter().skip(from).take(length).cloned().collect(), ..line.clone() };
    Group { title: group.title, lines: group.lines.iter().map(line).collect() }
}

fn line(name: &str, detail: &str, counts: &[Count], with_regions: bool, notes: &mut Notes) -> Line {
    Line {
        name: name.to_owned(),
        detail: detail.to_owned(),
        total: total(counts),
        cells: counts.iter().map(|count| cell(count, with_regions, notes)).collect(),
    }
}

/// The sum of a row. It has no footnote: the cells of the accounts have them.
fn total(counts: &[Count]) -> Cell {
    let sum = counts.iter().cloned().reduce(Count::plus).unwrap_or(Count::Known(0));
    let why = if sum.gaps().is_empty() { String::new() } else { "not complete in every account".to_owned() };
    Cell { why, ..plain(&sum) }
}

fn cell(count: &Count, with_regions: bool, notes: &mut Notes) -> Cell {
    let cell = plain(count);
    if count.gaps().is_empty() {
        return cell;
    }
    let why = reasons(count.gaps(), with_regions);
    Cell { note: Some(notes.number(&why)), why, ..cell }
}

fn plain(count: &Count) -> Cell {
    let (class, text, why) = match count {
        Count::Known(0) => ("zero", "0".to_owned(), ""),
        Count::Known(seen) => ("known", thousands(*seen), ""),
        Count::AtLeast(seen, _) => ("least", format!("≥ {}", thousands(*seen)), ""),
        Count::NotCollected(_) => ("gap", "not collected".to_owned(), ""),
        Count::NotAsked(why) => ("unasked", "–".to_owned(), why.as_str()),
    };
    Cell { class, text, sort: count.seen(), why: why.to_owned(), note: None }
}

/// The text of a footnote.
fn reasons(gaps: &[Gap], with_regions: bool) -> String {
    let one = |gap: &Gap| match gap.regions.len() {
        0 => gap.why.clone(),
        _ if !with_regions => gap.why.clone(),
        1..=REGIONS => format!("{} (in {})", gap.why, gap.regions.join(", ")),
        many => format!("{} (in {many} regions)", gap.why),
    };
    let mut texts: Vec<String> = gaps.iter().take(REASONS).map(one).collect();
    if gaps.len() > REASONS {
        texts.push(format!("and {} more, see the list of missing answers", gaps.len() - REASONS));
    }
    texts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(counts: Vec<Count>) -> ResourceRow {
        ResourceRow { name: "Functions".into(), service: "lambda".into(), verbose: false, counts }
    }

    #[test]
    fn zero_and_not_collected_differ_and_share_footnotes() {
        let gap = vec![Gap { why: "lambda list-functions: AccessDenied".into(), regions: vec!["us-east-1".into()] }];
        let counts = vec![
            Count::Known(0),
            Count::NotCollected(gap.clone()),
            Count::AtLeast(1200, gap),
            Count::NotAsked("region not enabled".into()),
        ];
        let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let table = resources(&names, &[row(counts)]);
        let line = &table.screen.groups[0].lines[0];
        let texts: Vec<&str> = line.cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["0", "not collected", "≥ 1,200", "–"]);
        assert_eq!(line.total.text, "≥ 1,200");
        assert_eq!(table.notes, ["lambda list-functions: AccessDenied (in us-east-1)"]);
        assert_eq!((line.cells[1].note, line.cells[2].note, line.cells[0].note), (Some(1), Some(1), None));
    }

    #[test]
    fn sheets_hold_every_column_once() {
        let names: Vec<String> = (0..35).map(|n| format!("account-{n}")).collect();
        let table = resources(&names, &[row((0..35).map(Count::Known).collect())]);
        let columns: Vec<&String> = table.sheets.iter().flat_map(|sheet| &sheet.accounts).collect();
        assert_eq!(columns.len(), 35);
        let cells: usize = table.sheets.iter().map(|sheet| sheet.groups[0].lines[0].cells.len()).sum();
        assert_eq!(cells, 35);
        assert!(table.sheets.iter().skip(1).all(|sheet| !sheet.with_total));
    }
}
