//! What `public` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use crate::cli::harmless;
use crate::exposure::{Assessment, Class, Entry, Verdict, public_ports};
use crate::model::visible;

/// The public form of an entry: CloudMapper's fields, and ours. Keys in order, as CloudMapper has them.
#[derive(Serialize)]
struct V1<'a> {
    account: &'a str,
    account_id: &'a str,
    arn: &'a str,
    /// What would keep it from being exposed.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    blocked_by: &'a [String],
    class: Class,
    confidence: crate::model::Confidence,
    /// What does.
    #[serde(skip_serializing_if = "Option::is_none")]
    guardrail: Option<&'a str>,
    hostname: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    hostnames: &'a [String],
    id: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    interfaces: &'a [String],
    kind: &'a str,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    missing: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    path: &'a [String],
    /// `80,443-445`
    ports: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    public_sgs: BTreeMap<String, V1Group>,
    region: &'a str,
    /// `tcp/443`
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    services: &'a [String],
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    to: &'a [String],
    #[serde(rename = "type")]
    service: &'a str,
    verdict: Verdict,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    why: &'a [String],
}

#[derive(Serialize)]
struct V1Group {
    #[serde(rename = "GroupId")]
    id: String,
    #[serde(rename = "GroupName")]
    name: String,
    public_ports: String,
}

pub(super) fn json(assessment: &Assessment, out: &mut dyn Write) -> anyhow::Result<()> {
    let entries: Vec<V1<'_>> = assessment.entries.iter().map(|entry| v1(entry, assessment)).collect();
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, PrettyFormatter::with_indent(b"    "));
    entries.serialize(&mut serializer)?;
    writeln!(out)?;
    Ok(())
}

fn v1<'a>(entry: &'a Entry, assessment: &Assessment) -> V1<'a> {
    let group = |group: crate::exposure::GroupPorts| {
        let public_ports = numbers(&group.services.words());
        (group.id.clone(), V1Group { id: group.id, name: group.name, public_ports })
    };
    V1 {
        account: &entry.account,
        account_id: &entry.account_id,
        arn: &entry.arn,
        blocked_by: &entry.row.guardrails,
        class: entry.row.class,
        confidence: entry.confidence,
        guardrail: entry.guardrail.as_deref(),
        hostname: entry.hosts.first().map_or("", String::as_str),
        hostnames: &entry.hosts,
        id: &entry.row.id,
        interfaces: &entry.interfaces,
        kind: &entry.row.kind,
        missing: &entry.missing,
        name: entry.name.as_deref(),
        path: &entry.path,
        ports: numbers(&entry.ports),
        public_sgs: public_ports(&assessment.network, &entry.groups).into_iter().map(group).collect(),
        region: &entry.region,
        services: &entry.ports,
        source: &entry.row.source,
        through: entry.through.as_deref(),
        to: &entry.to,
        service: &entry.row.service,
        verdict: entry.verdict,
        why: &entry.why,
    }
}

/// Ports as CloudMapper prints them: those of TCP and UDP together, `80,443-445`.
fn numbers(services: &[String]) -> String {
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for word in services {
        match word.split_once('/') {
            Some(("tcp" | "udp", ports)) => {
                let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
                ranges.extend(first.parse().ok().zip(last.parse().ok()));
            }
            None if matches!(word.as_str(), "all" | "tcp" | "udp") => ranges.push((0, u16::MAX)),
            _ => {}
        }
    }
    ranges.sort_unstable();
    let mut merged: Vec<(u16, u16)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    let word = |(first, last): &(u16, u16)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    merged.iter().map(word).collect::<Vec<_>>().join(",")
}

pub(super) fn csv(assessment: &Assessment, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let header = [
        "account",
        "account_id",
        "region",
        "verdict",
        "confidence",
        "type",
        "kind",
        "class",
        "arn",
        "name",
        "hostnames",
        "services",
        "to",
        "through",
        "guardrail",
        "blocked_by",
        "missing",
        "why",
        "path",
    ];
    writer.write_record(header)?;
    for entry in &assessment.entries {
        let confidence = entry.confidence.word();
        let class = serde_json::to_value(entry.row.class)?;
        let missing = entry.missing.iter().cloned().collect::<Vec<_>>().join(" ");
        let fields: [&str; 19] = [
            &entry.account,
            &entry.account_id,
            &entry.region,
            entry.verdict.word(),
            confidence,
            &entry.row.service,
            &entry.row.kind,
            class.as_str().unwrap_or_default(),
            &entry.arn,
            entry.name.as_deref().unwrap_or_default(),
            &entry.hosts.join(" "),
            &entry.ports.join(" "),
            &entry.to.join(" "),
            entry.through.as_deref().unwrap_or_default(),
            entry.guardrail.as_deref().unwrap_or_default(),
            &entry.row.guardrails.join("; "),
            &missing,
            &entry.why.join("; "),
            &entry.path.join(" > "),
        ];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}

pub(super) fn text(assessment: &Assessment, out: &mut dyn Write) -> std::io::Result<()> {
    for verdict in [Verdict::Public, Verdict::Shared, Verdict::Blocked, Verdict::No] {
        let (settings, things): (Vec<&Entry>, Vec<&Entry>) =
            assessment.entries.iter().filter(|entry| entry.verdict == verdict).partition(|entry| entry.is_setting());
        block(heading(verdict, false), &things, out)?;
        block(heading(verdict, true), &settings, out)?;
    }
    let unknown = || assessment.entries.iter().filter(|entry| entry.verdict == Verdict::Unknown);
    let things: Vec<&Entry> = unknown().filter(|entry| entry.is_one()).collect();
    block("Not known", &things, out)?;
    kinds(unknown().filter(|entry| !entry.is_one()), out)?;
    if assessment.entries.is_empty() {
        writeln!(out, "nothing is public, and nothing is shared")?;
    }
    Ok(())
}

fn heading(verdict: Verdict, setting: bool) -> &'static str {
    match (verdict, setting) {
        (Verdict::Public, false) => "Public",
        (Verdict::Public, true) => "Settings that make things public",
        (Verdict::Shared, false) => "Shared outside of the organization",
        (Verdict::Shared, true) => "Settings that share things",
        (Verdict::Blocked, false) => "Blocked by a guardrail",
        (Verdict::Blocked, true) => "Settings that a guardrail blocks",
        (_, false) => "Not exposed",
        (_, true) => "Settings that expose nothing",
    }
}

/// A line of what for each entry, and one of why.
fn block(heading: &str, entries: &[&Entry], out: &mut dyn Write) -> std::io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "{heading} ({})", entries.len())?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for entry in entries {
        let cells = [entry.account.clone(), entry.row.kind.clone(), which(entry), entry.region.clone(), doors(entry)];
        table.add_row(cells.map(|cell| visible(&cell).into_owned()));
    }
    for (line, entry) in table.lines().zip(entries) {
        writeln!(out, " {}", line.trim_end())?;
        for why in why(entry) {
            writeln!(out, "      {}", visible(&why))?;
        }
    }
    writeln!(out)
}

/// Its name, and what of the ARN tells it.
fn which(entry: &Entry) -> String {
    let own = entry.arn.splitn(6, ':').last().unwrap_or_default().trim_start_matches('/');
    let id = own.rsplit(['/', ':']).next().unwrap_or(own);
    match &entry.name {
        Some(name) if id.is_empty() || name.ends_with(id) => short(name),
        Some(name) => format!("{} ({})", short(name), short(id)),
        None => short(own.split_once(['/', ':']).map_or(own, |(_, rest)| rest)),
    }
}

/// One long name must not widen all rows.
fn short(name: &str) -> String {
    const LONGEST: usize = 64;
    if name.chars().count() <= LONGEST { name.to_owned() } else { name.chars().take(LONGEST - 1).chain(['…']).collect() }
}

/// The first few words.
fn some(words: &[String]) -> String {
    const SHOWN: usize = 6;
    let more = words.len().checked_sub(SHOWN).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
    words.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ") + &more
}

fn doors(entry: &Entry) -> String {
    match (entry.ports.is_empty(), entry.to.is_empty()) {
        (false, false) => format!("{} to {}", some(&entry.ports), some(&entry.to)),
        (false, true) => some(&entry.ports),
        (true, false) => format!("to {}", some(&entry.to)),
        (true, true) => String::new(),
    }
}

fn why(entry: &Entry) -> Vec<String> {
    let mut words: Vec<String> = entry.hosts.first().map(|host| format!("at {host}")).into_iter().collect();
    words.extend(entry.why.iter().cloned());
    words.extend(entry.through.as_ref().map(|through| format!("through {through}")));
    words.extend(entry.guardrail.as_ref().map(|guardrail| format!("blocked by {guardrail}")));
    if !entry.missing.is_empty() {
        words.push(format!("not collected: {}", entry.missing.iter().cloned().collect::<Vec<_>>().join(", ")));
    }
    if entry.confidence == crate::model::Confidence::Likely {
        words.push("likely, not certain".to_owned());
    }
    let mut lines = vec![words.join("; ")];
    if !entry.path.is_empty() {
        lines.push(format!("internet > {}", entry.path.join(" > ")));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Kinds of things of which it is not known which there are: a line for each reason.
fn kinds<'a>(entries: impl Iterator<Item = &'a Entry>, out: &mut dyn Write) -> std::io::Result<()> {
    type KindsAndRegions<'a> = (BTreeSet<&'a str>, BTreeSet<&'a str>);
    let mut by_reason: BTreeMap<(&str, String), KindsAndRegions<'_>> = BTreeMap::new();
    for entry in entries {
        let (kinds, regions) = by_reason.entry((&entry.account, entry.why.join("; "))).or_default();
        kinds.insert(&entry.row.kind);
        regions.insert(&entry.region);
    }
    if by_reason.is_empty() {
        return Ok(());
    }
    let (asked, not_asked): (Vec<_>, Vec<_>) = by_reason.into_iter().partition(|((_, why), _)| !why.ends_with("was not asked for"));
    if !asked.is_empty() {
        writeln!(out, "Not known, for AWS did not answer")?;
        for ((account, why), (kinds, regions)) in asked {
            let (kinds, regions) = (joined(&kinds), joined(&regions));
            writeln!(out, "  {}: {}: {} ({})", visible(account), visible(&kinds), visible(&why), visible(&regions))?;
        }
        writeln!(out)?;
    }
    let mut by_account: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ((account, _), (kinds, _)) in not_asked {
        by_account.entry(account).or_default().extend(kinds);
    }
    for (account, kinds) in by_account {
        writeln!(out, "Not known in {}, for nobody asked AWS ({} kinds)", visible(account), kinds.len())?;
        writeln!(out, "  {}\n", visible(&joined(&kinds)))?;
    }
    Ok(())
}

fn joined(words: &BTreeSet<&str>) -> String {
    words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(", ")
}
