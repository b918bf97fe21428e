//! Charts as SVG, laid out here and written by templates, so that every text is escaped. Widths are percentages:
//! a chart fits a telephone and a sheet of paper alike. Colours are classes; each segment also carries a letter,
//! so the chart is readable without colour. No numbers are made here: the caller counts.

use std::collections::BTreeMap;
use std::io::{self, Write};

use askama::Template;

use super::filters;
use super::view::{Outcome, Totals};

/// Names that get a colour and a letter of their own; the rest is *other*.
const NAMED: usize = 11;
const LETTERS: [char; NAMED] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K'];
const OTHER: char = '+';
/// Bars per panel: a panel is never cut by the end of a page.
const PER_PANEL: usize = 20;
const ROW_HEIGHT: usize = 34;
/// Thousandths of a percent that the longest bar takes; the rest is for the mark of an incomplete one.
const FULL: u64 = 97_000;
/// Width from which a segment shows its letter: about ten pixels on a telephone.
const LETTER_FROM: u64 = 3_400;
const LABEL_LENGTH: usize = 34;

/// One bar to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What the bar is about: an account, a region.
    pub label: String,
    /// Name and number of each segment; a name may come several times.
    pub parts: Vec<(String, u64)>,
    /// Why the bar is not the whole truth.
    pub gap: Option<String>,
}

/// Horizontal stacked bars, laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackedBars {
    /// The name of the chart, for those who cannot see it.
    pub title: String,
    /// The legend, in the order of the segments.
    pub keys: Vec<Key>,
    /// The bars, in groups that fit a page.
    pub panels: Vec<Panel>,
    /// Whether any bar is incomplete.
    pub has_gap: bool,
}

/// One entry of the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Number of the colour, 0 to 11.
    pub slot: usize,
    /// What its segments carry.
    pub letter: char,
    /// The service, or *other*.
    pub name: String,
    /// Over all bars.
    pub total: u64,
}

/// Bars that stay together on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// In pixels.
    pub height: usize,
    /// The bars.
    pub rows: Vec<Row>,
}

/// One bar, laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Top of the bar's text line in pixels.
    pub y: usize,
    /// The label, cut to a length that fits.
    pub label: String,
    /// The label in full.
    pub full: String,
    /// The sum of the segments.
    pub total: u64,
    /// Width of the whole bar.
    pub width: String,
    /// Segments without the empty ones.
    pub segments: Vec<Segment>,
    /// Why the bar is incomplete.
    pub gap: Option<String>,
    /// Where the mark of an incomplete bar begins.
    pub gap_x: String,
}

/// One segment of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Left edge.
    pub x: String,
    /// Its width.
    pub width: String,
    /// Its middle.
    pub middle: String,
    /// Number of the colour.
    pub slot: usize,
    /// The letter, where there is room for it.
    pub letter: Option<char>,
    /// What it stands for.
    pub name: String,
    /// Its number.
    pub count: u64,
}

impl StackedBars {
    /// Lays out bars on one scale. The most frequent names get a colour, in order of their totals.
    #[must_use]
    pub fn new(title: &str, bars: &[Bar]) -> Self {
        let keys = legend(bars);
        let slots: BTreeMap<&str, usize> = keys.iter().map(|key| (key.name.as_str(), key.slot)).collect();
        let sums: Vec<Vec<u64>> = bars.iter().map(|bar| sums_of(bar, &slots)).collect();
        let longest = sums.iter().map(|sums| total(sums)).max().unwrap_or(0);
        let rows: Vec<Row> = bars.iter().zip(&sums).map(|(bar, sums)| row(bar, sums, &keys, longest)).collect();
        Self {
            title: title.to_owned(),
            has_gap: bars.iter().any(|bar| bar.gap.is_some()),
            panels: rows.chunks(PER_PANEL).map(panel).collect(),
            keys,
        }
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.panels.is_empty()
    }
}

/// Writes a chart as a stand-alone SVG file.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_svg(chart: &StackedBars, out: &mut dyn Write) -> io::Result<()> {
    const MARGIN: usize = 24;
    const LEGEND_LINE: usize = 22;
    const COLUMNS: usize = 4;
    let mut y = 56;
    let mut panels = Vec::with_capacity(chart.panels.len());
    for panel in &chart.panels {
        panels.push((y, panel));
        y += panel.height;
    }
    let place = |(index, key)| (MARGIN + index % COLUMNS * 228, y + 28 + index / COLUMNS * LEGEND_LINE, key);
    let legend: Vec<(usize, usize, &Key)> = chart.keys.iter().enumerate().map(place).collect();
    let height = y + 28 + chart.keys.len().div_ceil(COLUMNS) * LEGEND_LINE + MARGIN;
    ChartFile { chart, panels, legend, height }.write_into(out)?;
    out.write_all(b"\n")
}

#[derive(Template)]
#[template(path = "chart.svg", escape = "html")]
struct ChartFile<'a> {
    chart: &'a StackedBars,
    panels: Vec<(usize, &'a Panel)>,
    legend: Vec<(usize, usize, &'a Key)>,
    height: usize,
}

fn legend(bars: &[Bar]) -> Vec<Key> {
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, count) in bars.iter().flat_map(|bar| &bar.parts).filter(|(_, count)| *count > 0) {
        let sum = totals.entry(name).or_default();
        *sum = sum.saturating_add(*count);
    }
    let mut totals: Vec<(&str, u64)> = totals.into_iter().collect();
    totals.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    // One name alone never becomes "other": its own name takes no more room.
    let named = if totals.len() == NAMED + 1 { NAMED + 1 } else { NAMED };
    let rest = totals.split_off(named.min(totals.len()));
    let mut keys: Vec<Key> = totals
        .into_iter()
        .zip(LETTERS.into_iter().chain([OTHER]))
        .enumerate()
        .map(|(slot, ((name, total), letter))| Key { slot, letter, name: name.to_owned(), total })
        .collect();
    if !rest.is_empty() {
        let name = format!("other ({} services)", rest.len());
        let total = rest.iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
        keys.push(Key { slot: NAMED, letter: OTHER, name, total });
    }
    keys
}

/// The numbers of one bar by colour.
fn sums_of(bar: &Bar, slots: &BTreeMap<&str, usize>) -> Vec<u64> {
    let mut sums = vec![0_u64; NAMED + 1];
    for (name, count) in &bar.parts {
        let slot = slots.get(name.as_str()).copied().unwrap_or(NAMED);
        if let Some(sum) = sums.get_mut(slot) {
            *sum = sum.saturating_add(*count);
        }
    }
    sums
}

fn total(sums: &[u64]) -> u64 {
    sums.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

fn row(bar: &Bar, sums: &[u64], keys: &[Key], longest: u64) -> Row {
    let at = |sum: u64| scale(sum, longest);
    let mut before = 0_u64;
    let mut segments = Vec::new();
    for (key, count) in keys.iter().zip(sums).filter(|(_, count)| **count > 0) {
        let (left, right) = (at(before), at(before.saturating_add(*count)));
        before = before.saturating_add(*count);
        segments.push(Segment {
            x: percent(left),
            width: percent(right - left),
            middle: percent(left.midpoint(right)),
            slot: key.slot,
            letter: (right - left >= LETTER_FROM).then_some(key.letter),
            name: key.name.clone(),
            count: *count,
        });
    }
    Row {
        y: 0,
        label: shorten(&bar.label, LABEL_LENGTH),
        full: bar.label.clone(),
        total: before,
        width: percent(at(before)),
        segments,
        gap: bar.gap.clone(),
        gap_x: percent(at(before) + 300),
    }
}

fn panel(rows: &[Row]) -> Panel {
    let rows: Vec<Row> = rows.iter().enumerate().map(|(index, row)| Row { y: index * ROW_HEIGHT, ..row.clone() }).collect();
    Panel { height: rows.len() * ROW_HEIGHT, rows }
}

/// The position of a sum, in thousandths of a percent; integers, so that every machine draws the same.
fn scale(sum: u64, longest: u64) -> u64 {
    let position = u128::from(sum) * u128::from(FULL) / u128::from(longest.max(1));
    u64::try_from(position).unwrap_or(FULL)
}

fn percent(thousandths: u64) -> String {
    format!("{}.{:03}%", thousandths / 1000, thousandths % 1000)
}

/// Cuts a text to a number of columns, wide characters counted as two.
fn shorten(text: &str, columns: usize) -> String {
    let text = crate::model::visible(text);
    let width = |character: char| if u32::from(character) >= 0x1100 { 2 } else { 1 };
    if text.chars().map(width).sum::<usize>() <= columns {
        return text.into_owned();
    }
    let mut used = 1;
    let mut short: String = text
        .chars()
        .take_while(|character| {
            used += width(*character);
            used <= columns
        })
        .collect();
    short.push('…');
    short
}

/// A bar that shows how many calls got an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// The whole in words, for those who cannot see it.
    pub label: String,
    /// Its parts, the good ones first.
    pub parts: Vec<MeterPart>,
}

/// One part of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterPart {
    /// Left edge.
    pub x: String,
    /// Its width.
    pub width: String,
    /// What became of the calls.
    pub outcome: Outcome,
    /// How many calls.
    pub count: u64,
}

impl Meter {
    /// Draws calls that were made; the skipped ones are left out. A part that would be too thin to see is
    /// widened, so that three denied calls among three thousand do not vanish.
    #[must_use]
    pub fn new(totals: &Totals) -> Self {
        const WHOLE: u64 = 100_000;
        const THIN: u64 = 2_000;
        let parts: Vec<(Outcome, u64)> =
            totals.parts().into_iter().filter(|(outcome, count)| *outcome != Outcome::Skipped && *count > 0).collect();
        let sum = parts.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        let spare = WHOLE - THIN * parts.len() as u64;
        let words: Vec<String> = parts.iter().map(|(outcome, count)| format!("{count} {}", outcome.word().to_lowercase())).collect();
        let mut left = 0;
        let mut before = 0_u64;
        let mut drawn = Vec::with_capacity(parts.len());
        for (index, (outcome, count)) in (1_u64..).zip(parts) {
            before = before.saturating_add(count);
            let share = u128::from(before) * u128::from(spare) / u128::from(sum.max(1));
            let right = u64::try_from(share).unwrap_or(spare) + THIN * index;
            drawn.push(MeterPart { x: percent(left), width: percent(right - left), outcome, count });
            left = right;
        }
        Self { label: words.join(", "), parts: drawn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(accounts: u64, services: u64) -> Vec<Bar> {
        let parts = |account| (0..services).map(|s| (format!("service-{s:02}"), (s * 7 + account) % 50)).collect();
        (0..accounts).map(|a| Bar { label: format!("account-{a}"), parts: parts(a), gap: None }).collect()
    }

    fn thousandths(percent: &str) -> u64 {
        percent.trim_end_matches('%').replace('.', "").parse().unwrap()
    }

    #[test]
    fn segments_and_legend_sum_to_the_totals() {
        for services in [1, 11, 12, 13, 40] {
            let input = bars(40, services);
            let chart = StackedBars::new("t", &input);
            let want: u64 = input.iter().flat_map(|bar| &bar.parts).map(|(_, count)| count).sum();
            assert_eq!(chart.keys.iter().map(|key| key.total).sum::<u64>(), want);
            assert!(chart.keys.len() <= NAMED + 1);
            let rows: Vec<&Row> = chart.panels.iter().flat_map(|panel| &panel.rows).collect();
            assert_eq!(rows.len(), 40);
            for (row, bar) in rows.iter().zip(&input) {
                assert_eq!(row.total, bar.parts.iter().map(|(_, count)| count).sum::<u64>());
                assert_eq!(row.total, row.segments.iter().map(|segment| segment.count).sum::<u64>());
                let drawn: u64 = row.segments.iter().map(|segment| thousandths(&segment.width)).sum();
                assert_eq!(drawn, thousandths(&row.width));
            }
        }
    }

    #[test]
    fn huge_numbers_and_none_at_all_are_drawn() {
        let bar = |count| Bar { label: "x".into(), parts: vec![("a".into(), count)], gap: None };
        let chart = StackedBars::new("t", &[bar(u64::MAX), bar(u64::MAX), bar(0)]);
        assert_eq!(chart.panels[0].rows[0].width, "97.000%");
        assert!(chart.panels[0].rows[2].segments.is_empty());
        assert!(StackedBars::new("t", &[]).is_empty());
    }

    #[test]
    fn a_meter_fills_its_bar_and_hides_nothing() {
        let totals = Totals { value: 30_000, empty: 5, denied: 3, ..Totals::default() };
        let meter = Meter::new(&totals);
        assert_eq!(meter.parts.iter().map(|part| thousandths(&part.width)).sum::<u64>(), 100_000);
        assert!(thousandths(&meter.parts[2].width) >= 2_000);
        assert_eq!(meter.label, "30000 answered, 5 empty, 3 denied");
        assert!(Meter::new(&Totals::default()).parts.is_empty());
    }

    #[test]
    fn a_file_is_escaped_and_repeatable() {
        let mut input = bars(3, 14);
        input[0].label = "<script>alert(1)</script>\u{202E} and a tail that is much too long".into();
        input[1].gap = Some("\"><img src=x>".into());
        let render = || {
            let mut out = Vec::new();
            write_svg(&StackedBars::new("Resources & more", &input), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let svg = render();
        assert_eq!(svg, render());
        assert!(!svg.contains("<script") && !svg.contains("<img") && !svg.contains('\u{202E}'));
        assert!(svg.contains("⟨U+202E⟩") && svg.contains("Resources &#38; more"));
    }
}
