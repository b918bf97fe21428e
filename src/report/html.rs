//! Writes the report as one HTML file that asks nobody for anything: style and script are inside, and a content
//! security policy in the page allows exactly these two, by hash. Templates escape every value. What the report
//! says is decided in the view; here it is only arranged.

use std::io::{self, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::chart::{Bar, Meter, StackedBars};
use super::filters;
use super::filters::thousands;
use super::table::{self, CountTable};
use super::view::{AccountView, Count, RegionRow, ReportView, Totals};

const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");
/// Accounts with gaps that the summary names one by one.
const NAMED_GAPS: usize = 8;

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(view: &ReportView, out: &mut dyn Write) -> io::Result<()> {
    Page::new(view).write_into(out)?;
    out.write_all(b"\n")
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    policy: String,
    view: &'a ReportView,
    sections: Vec<Section>,
    facts: Vec<Fact>,
    limits: Vec<Limit<'a>>,
    more_limits: usize,
    by_account: StackedBars,
    by_region: StackedBars,
    resources: CountTable,
    regions: CountTable,
    account_meters: Vec<(&'a AccountView, Totals, Meter)>,
    service_meters: Vec<(&'a str, Totals, Meter)>,
    total: Totals,
    total_meter: Meter,
}

/// An entry of the table of contents. The order of the list is the order of the page.
struct Section {
    id: &'static str,
    title: &'static str,
    /// Shown beside the title; may be empty.
    badge: String,
}

/// A number at the top of the page.
struct Fact {
    label: &'static str,
    value: String,
    detail: String,
    /// Whether it deserves attention.
    warn: bool,
}

/// What the report cannot say about an account.
struct Limit<'a> {
    account: &'a str,
    text: String,
}

impl<'a> Page<'a> {
    fn new(view: &'a ReportView) -> Self {
        let names: Vec<String> = view.accounts.iter().map(|account| account.name.clone()).collect();
        let total = sum(view.coverage.accounts.iter());
        let mut limits = limits(view);
        let more_limits = limits.len().saturating_sub(NAMED_GAPS);
        limits.truncate(NAMED_GAPS);
        Self {
            policy: content_policy(trimmed(STYLE), trimmed(SCRIPT)),
            view,
            sections: sections(view),
            facts: facts(view, &total),
            limits,
            more_limits,
            by_account: StackedBars::new("Resources by account and service", &account_bars(view)),
            by_region: StackedBars::new("Resources by region and service", &region_bars(&view.regions)),
            resources: table::resources(&names, &view.resources),
            regions: table::regions(&names, &view.regions),
            account_meters: view
                .accounts
                .iter()
                .zip(&view.coverage.accounts)
                .map(|(account, totals)| (account, *totals, Meter::new(totals)))
                .collect(),
            service_meters: view
                .coverage
                .services
                .iter()
                .map(|(service, totals)| (service.as_str(), *totals, Meter::new(totals)))
                .collect(),
            total,
            total_meter: Meter::new(&total),
        }
    }
}

/// Allows this style and this script, images inside the page, and nothing else.
pub(super) fn content_policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        source_hash(style),
        source_hash(script)
    )
}

/// An embedded file as a browser sees it: the template engine drops the last newline.
pub(super) fn trimmed(file: &str) -> &str {
    file.strip_suffix('\n').unwrap_or(file)
}

fn source_hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

fn sections(view: &ReportView) -> Vec<Section> {
    let section = |id, title, badge| Section { id, title, badge };
    let count = |length: usize| thousands(length as u64);
    vec![
        section("summary", "Summary", String::new()),
        section("accounts", "Accounts", count(view.accounts.len())),
        section("resources", "Resources", count(view.resources.len())),
        section("regions", "Regions", count(view.regions.len())),
        section("coverage", "Coverage", String::new()),
        section("missing", "Missing answers", count(view.coverage.missing.len())),
        section("about", "About this report", String::new()),
    ]
}

fn facts(view: &ReportView, total: &Totals) -> Vec<Fact> {
    let open = view.accounts.iter().filter(|account| !is_complete(account)).count();
    let used = view.regions.iter().filter(|row| row.counts.iter().any(|count| count.seen() > 0)).count();
    let asked = view.regions.iter().filter(|row| row.counts.iter().any(|count| !matches!(count, Count::NotAsked(_)))).count();
    let rows = || view.resources.iter().filter(|row| !row.verbose);
    let seen = rows().flat_map(|row| &row.counts).fold(0_u64, |sum, count| sum.saturating_add(count.seen()));
    let partly = rows().flat_map(|row| &row.counts).filter(|count| !count.gaps().is_empty()).count();
    let lost = total.unanswered().saturating_add(total.partial);
    vec![
        Fact {
            label: "Accounts",
            value: thousands(view.accounts.len() as u64),
            detail: if open == 0 { "all snapshots complete".into() } else { format!("{open} not complete") },
            warn: open > 0,
        },
        Fact {
            label: "Resources counted",
            value: if partly == 0 { thousands(seen) } else { format!("≥ {}", thousands(seen)) },
            detail: if partly == 0 { "no gaps".into() } else { format!("{} counts have gaps", thousands(partly as u64)) },
            warn: partly > 0,
        },
        Fact {
            label: "Regions in use",
            value: thousands(used as u64),
            detail: format!("of {} looked at", thousands(asked as u64)),
            warn: false,
        },
        Fact {
            label: "Calls answered",
            value: share(total.answered(), total.made()),
            detail: format!("{} without a full answer", thousands(lost)),
            warn: lost > 0,
        },
    ]
}

fn is_complete(account: &AccountView) -> bool {
    account.collection.as_ref().is_some_and(|collection| collection.complete)
}

/// A share in percent with one decimal, rounded down: 100 % means all.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = u128::from(part) * 1000 / u128::from(whole);
    if tenths == 1000 { "100 %".to_owned() } else { format!("{}.{} %", tenths / 10, tenths % 10) }
}

fn limits(view: &ReportView) -> Vec<Limit<'_>> {
    view.accounts
        .iter()
        .zip(&view.coverage.accounts)
        .filter_map(|(account, totals)| {
            let text = limit(account, totals);
            (!text.is_empty()).then_some(Limit { account: &account.name, text })
        })
        .collect()
}

/// What is missing from one account; empty when nothing is.
fn limit(account: &AccountView, totals: &Totals) -> String {
    let mut texts = Vec::new();
    match &account.collection {
        None => texts.push("there is no manifest, so nobody knows which calls got no answer".to_owned()),
        Some(collection) if !collection.complete => texts.push("the collection did not end".to_owned()),
        Some(_) => {}
    }
    let words: Vec<String> = totals
        .parts()
        .into_iter()
        .filter(|(outcome, calls)| outcome.is_gap() && *calls > 0)
        .map(|(outcome, calls)| format!("{} {}", thousands(calls), outcome.word().to_lowercase()))
        .collect();
    if !words.is_empty() {
        let lost = totals.unanswered().saturating_add(totals.partial);
        let made = thousands(totals.made());
        texts.push(format!("{} of {made} calls got no full answer ({})", thousands(lost), words.join(", ")));
    }
    texts.join("; ")
}

fn account_bars(view: &ReportView) -> Vec<Bar> {
    let bar = |(index, account): (usize, &AccountView)| {
        let counts =
            || view.resources.iter().filter(|row| !row.verbose).filter_map(move |row| row.counts.get(index).map(|count| (row, count)));
        Bar {
            label: account.name.clone(),
            parts: counts().map(|(row, count)| (row.service.clone(), count.seen())).collect(),
            gap: gap_text(counts().map(|(_, count)| count), "kinds of resources"),
        }
    };
    view.accounts.iter().enumerate().map(bar).collect()
}

/// Regions with the most resources first; those that are known to be empty are left to the table.
fn region_bars(rows: &[RegionRow]) -> Vec<Bar> {
    let mut bars: Vec<(u64, Bar)> = rows
        .iter()
        .map(|row| {
            let seen = row.counts.iter().fold(0_u64, |sum, count| sum.saturating_add(count.seen()));
            let gap = gap_text(row.counts.iter(), "accounts");
            (seen, Bar { label: row.region.clone(), parts: row.services.clone(), gap })
        })
        .filter(|(seen, bar)| *seen > 0 || bar.gap.is_some())
        .collect();
    bars.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.label.cmp(&b.1.label)));
    bars.into_iter().map(|(_, bar)| bar).collect()
}

fn gap_text<'a>(counts: impl Iterator<Item = &'a Count>, what: &str) -> Option<String> {
    let gaps = counts.filter(|count| !count.gaps().is_empty()).count();
    (gaps > 0).then(|| format!("not complete: {gaps} {what} with gaps"))
}

fn sum<'a>(all: impl Iterator<Item = &'a Totals>) -> Totals {
    let mut sum = Totals::default();
    for (outcome, calls) in all.flat_map(Totals::parts) {
        sum.add(outcome, calls);
    }
    sum
}

#[cfg(test)]
mod tests;
