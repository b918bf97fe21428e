//! What the template prints: all that reads without a script.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::bars::{Chart, Counts, SEVERITIES};
use super::data::Tables;
use super::{super::filters::thousands, Input};
use crate::audit::{Audit, Check, Finding, Severity, Verdict};
use crate::exposure;
use crate::snapshot::Snapshot;
use crate::snapshot::layout::{ACCOUNT_DATA, MANIFEST, sha256};
use crate::snapshot::manifest::Outcome;

/// Groups of findings that the summary names.
const FIRST: usize = 10;

/// Services that the chart shows.
const GROUPS: usize = 12;

pub(super) struct View {
    pub(super) view: Head,
    pub(super) sections: Vec<Section>,
    pub(super) verdict: Judgement,
    pub(super) facts: Vec<Fact>,
    pub(super) tiles: Vec<Tile>,
    pub(super) first: Vec<Line>,
    pub(super) severities: Vec<Key>,
    pub(super) bars: Vec<Chart>,
    pub(super) lines: Vec<Line>,
    pub(super) accounts: Vec<Account>,
    pub(super) unknown: u64,
    pub(super) pictures: bool,
}

pub(super) struct Head {
    pub(super) title: String,
    pub(super) generated: String,
    pub(super) tool: String,
}

pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) badge: String,
}

pub(super) struct Judgement {
    pub(super) class: &'static str,
    pub(super) headline: String,
    pub(super) text: String,
}

pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) detail: String,
    pub(super) warn: bool,
}

pub(super) struct Tile {
    pub(super) name: &'static str,
    pub(super) class: String,
    pub(super) href: String,
    pub(super) count: u64,
    pub(super) detail: String,
}

pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) class: String,
    pub(super) count: u64,
}

/// A check, and of how many things it speaks.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) title: String,
    pub(super) severity: &'static str,
    pub(super) class: String,
    pub(super) why: String,
    pub(super) resources: String,
    pub(super) in_accounts: String,
    pub(super) fail: u64,
    pub(super) accounts: u64,
    pub(super) unknown: u64,
    pub(super) suppressed: u64,
}

pub(super) struct Account {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) collected: String,
    pub(super) complete: bool,
    pub(super) calls: u64,
    pub(super) answered: u64,
    pub(super) open: u64,
    pub(super) manifest_sha256: String,
    pub(super) path: String,
}

/// What one check says.
struct Tally<'a> {
    check: &'a Check,
    severity: Severity,
    fail: u64,
    unknown: u64,
    suppressed: u64,
    accounts: BTreeSet<&'a str>,
}

fn plural(count: u64, word: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {word}{ending}", thousands(count))
}

/// The end of an address that the script understands.
fn link(name: &str, value: &str) -> String {
    format!("#{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC).to_string().replace("%5F", "_"))
}

impl View {
    pub(super) fn new(input: &Input<'_>, tables: &Tables) -> Self {
        let audit = input.audit;
        let tallies = tallies(audit);
        let lines: Vec<Line> = tallies.iter().map(Line::of).collect();
        let accounts: Vec<Account> = input.snapshots.iter().map(Account::of).collect();
        let unknown = tallies.iter().map(|tally| tally.unknown).sum();
        let urgent = tallies.iter().filter(|tally| tally.fail > 0 && tally.severity < Severity::Info && tally.check.group != "ERROR");
        let collected: Vec<&str> = audit.accounts.iter().map(|one| one.collected.as_str()).filter(|time| !time.is_empty()).collect();
        Self {
            view: Head {
                title: format!("Audit of {}", plural(count(audit.accounts.len()), "account")),
                generated: collected.iter().max().map_or_else(|| "unknown".to_owned(), |time| (*time).to_owned()),
                tool: format!("cloudmapper {}", env!("CARGO_PKG_VERSION")),
            },
            sections: sections(&tallies, tables, !input.pictures.is_empty()),
            verdict: Judgement::of(input, &tallies, unknown),
            facts: facts(input, &tallies, &accounts, &collected),
            tiles: tiles(&tallies, unknown),
            first: urgent.take(FIRST).map(Line::of).collect(),
            severities: SEVERITIES
                .into_iter()
                .map(|severity| Key { name: severity.word(), class: severity.word().to_lowercase(), count: of(&tallies, severity) })
                .collect(),
            bars: charts(audit),
            lines,
            accounts,
            unknown,
            pictures: !input.pictures.is_empty(),
        }
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The worst first, then what is most.
fn tallies(audit: &Audit) -> Vec<Tally<'_>> {
    let mut all: BTreeMap<&str, Tally<'_>> = BTreeMap::new();
    for finding in &audit.findings {
        let new =
            || Tally { check: &finding.check, severity: finding.severity, fail: 0, unknown: 0, suppressed: 0, accounts: BTreeSet::new() };
        let tally = all.entry(&finding.check.id).or_insert_with(new);
        match (finding.verdict, &finding.suppressed) {
            (_, Some(_)) => tally.suppressed += 1,
            (Verdict::Unknown, None) => tally.unknown += 1,
            (Verdict::Fail | Verdict::Pass, None) => {
                tally.fail += 1;
                tally.accounts.insert(&finding.account.id);
            }
        }
    }
    let mut all: Vec<Tally<'_>> = all.into_values().collect();
    all.sort_by_key(|one| (one.severity, std::cmp::Reverse(one.fail), std::cmp::Reverse(one.unknown), one.check.title.clone()));
    all
}

fn of(tallies: &[Tally<'_>], severity: Severity) -> u64 {
    tallies.iter().filter(|tally| tally.severity == severity).map(|tally| tally.fail).sum()
}

fn failed(tallies: &[Tally<'_>]) -> u64 {
    count(tallies.iter().filter(|tally| tally.fail > 0).count())
}

impl Line {
    fn of(tally: &Tally<'_>) -> Self {
        let accounts = count(tally.accounts.len());
        Self {
            id: tally.check.id.clone(),
            href: link("check", &tally.check.id),
            title: tally.check.title.clone(),
            severity: tally.severity.word(),
            class: tally.severity.word().to_lowercase(),
            why: first_sentence(&tally.check.description),
            resources: plural(tally.fail, "resource"),
            in_accounts: plural(accounts, "account"),
            fail: tally.fail,
            accounts,
            unknown: tally.unknown,
            suppressed: tally.suppressed,
        }
    }
}

fn first_sentence(text: &str) -> String {
    const MOST: usize = 220;
    let words = text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = words.split_once(". ").map_or(words.as_str(), |(first, _)| first);
    let short: String = sentence.chars().take(MOST).collect();
    if short.len() < sentence.len() { format!("{short}…") } else { format!("{}.", short.trim_end_matches('.')) }
}

fn sections(tallies: &[Tally<'_>], tables: &Tables, pictures: bool) -> Vec<Section> {
    let section = |id, title, badge| Section { id, title, badge };
    let rows = |table| thousands(count(Tables::rows(table)));
    let mut all = vec![
        section("summary", "Summary", String::new()),
        section("findings", "Findings", thousands(tallies.iter().map(|tally| tally.fail).sum())),
        section("public", "Public resources", rows(&tables.public)),
        section("principals", "Administrators", rows(&tables.principals)),
        section("trust", "Trust", rows(&tables.trust)),
    ];
    all.extend(pictures.then(|| section("network", "Network", String::new())));
    all.extend([section("coverage", "Coverage", String::new()), section("verify", "Verify this report", String::new())]);
    all
}

impl Judgement {
    fn of(input: &Input<'_>, tallies: &[Tally<'_>], unknown: u64) -> Self {
        let (critical, high) = (of(tallies, Severity::Critical), of(tallies, Severity::High));
        let open = input.audit.seen.exposed.iter().filter(|entry| entry.verdict == exposure::Verdict::Public && !entry.is_setting());
        let headline = if critical + high > 0 {
            format!("{} critical and {} high findings need work now", thousands(critical), thousands(high))
        } else {
            "Nothing critical or high was found".to_owned()
        };
        let text = format!(
            "{} of {} checks fail on at least one resource. {} can be reached or read by everybody. {} could not be made, because answers of AWS are missing: that is not a pass.",
            thousands(failed(tallies)),
            thousands(count(input.checks)),
            plural(count(open.count()), "resource"),
            plural(unknown, "judgement"),
        );
        let class = if critical > 0 {
            "bad"
        } else if high > 0 {
            "warn"
        } else {
            "good"
        };
        Self { class, headline, text }
    }
}

fn facts(input: &Input<'_>, tallies: &[Tally<'_>], accounts: &[Account], collected: &[&str]) -> Vec<Fact> {
    let partly = count(accounts.iter().filter(|account| !account.complete).count());
    let (answered, calls) = accounts.iter().fold((0, 0), |(answered, calls), one| (answered + one.answered, calls + one.calls));
    let open: u64 = accounts.iter().map(|account| account.open).sum();
    let day = |time: Option<&&str>| time.map_or("unknown", |time| time.get(..10).unwrap_or(time)).to_owned();
    let (first, last) = (day(collected.iter().min()), day(collected.iter().max()));
    #[expect(clippy::cast_precision_loss, reason = "per cent")]
    let share = if calls == 0 { "unknown".to_owned() } else { format!("{:.1} %", answered as f64 * 100.0 / calls as f64) };
    let failing = failed(tallies);
    vec![
        Fact {
            label: "Accounts",
            value: thousands(count(input.audit.accounts.len())),
            detail: if partly == 0 { "all snapshots complete".to_owned() } else { format!("{} not complete", plural(partly, "snapshot")) },
            warn: partly > 0,
        },
        Fact {
            label: "Collected",
            value: last.clone(),
            detail: if first == last { String::new() } else { format!("since {first}") },
            warn: false,
        },
        Fact { label: "Calls answered", value: share, detail: format!("{} without a full answer", thousands(open)), warn: open > 0 },
        Fact { label: "Checks", value: thousands(count(input.checks)), detail: format!("{} fail", thousands(failing)), warn: false },
    ]
}

fn tiles(tallies: &[Tally<'_>], unknown: u64) -> Vec<Tile> {
    let checks = |is: &dyn Fn(&Tally<'_>) -> bool| plural(count(tallies.iter().filter(|tally| is(tally)).count()), "check");
    let mut all: Vec<Tile> = SEVERITIES
        .into_iter()
        .map(|severity| Tile {
            name: severity.word(),
            class: severity.word().to_lowercase(),
            href: link("severity", severity.word()),
            count: of(tallies, severity),
            detail: checks(&|tally| tally.severity == severity && tally.fail > 0),
        })
        .collect();
    all.push(Tile {
        name: "Not known",
        class: "unknown".to_owned(),
        href: "#state=unknown".to_owned(),
        count: unknown,
        detail: checks(&|tally| tally.unknown > 0),
    });
    all
}

/// Failing things by what `name` says of them, the most first.
fn spread(audit: &Audit, name: impl Fn(&Finding) -> String) -> Vec<(String, Counts)> {
    let mut rows: BTreeMap<String, Counts> = BTreeMap::new();
    for finding in audit.findings.iter().filter(|finding| finding.is_open()) {
        let counts = rows.entry(name(finding)).or_default();
        let at = SEVERITIES.iter().position(|severity| *severity == finding.severity);
        if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    rows.into_iter().collect()
}

fn charts(audit: &Audit) -> Vec<Chart> {
    let mut accounts = spread(audit, |finding| finding.account.name.clone());
    accounts.sort_by_key(|(_, counts)| std::cmp::Reverse(*counts));
    let mut groups = spread(audit, |finding| finding.check.group.clone());
    groups.sort_by_key(|(name, counts)| (std::cmp::Reverse(counts.iter().sum::<u64>()), name.clone()));
    let rest: u64 = groups.iter().skip(GROUPS).flat_map(|(_, counts)| counts).sum();
    let left = count(groups.len().saturating_sub(GROUPS));
    let note =
        if rest > 0 { format!("{}: {} not shown", plural(left, "more service"), plural(rest, "failing resource")) } else { String::new() };
    groups.truncate(GROUPS);
    vec![Chart::new("Failing resources by account", &accounts, String::new()), Chart::new("Failing resources by service", &groups, note)]
}

impl Account {
    fn of(snapshot: &Snapshot) -> Self {
        let name = snapshot.name().to_string();
        let manifest = snapshot.manifest();
        let calls = || manifest.into_iter().flat_map(|manifest| manifest.calls.values()).filter(|call| call.outcome != Outcome::Skipped);
        let answered = calls().filter(|call| matches!(call.outcome, Outcome::Value | Outcome::Empty)).count();
        let bytes = snapshot.bytes(MANIFEST).ok().flatten();
        Self {
            id: snapshot.identity().map(|(id, _)| id).unwrap_or_default(),
            collected: manifest.map(|manifest| manifest.header.started.to_string()).unwrap_or_default(),
            complete: manifest.is_some_and(|manifest| manifest.header.complete),
            calls: count(calls().count()),
            answered: count(answered),
            open: count(calls().count() - answered),
            manifest_sha256: bytes.map_or_else(|| "(packed)".to_owned(), |bytes| sha256(&bytes)),
            path: format!("{ACCOUNT_DATA}/{name}/{MANIFEST}"),
            name,
        }
    }
}
