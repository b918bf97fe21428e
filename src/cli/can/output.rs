//! Answers as text, JSON and CSV.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::CanArgs;
use super::words::{V1Because, because, code, line, taken_by};
use crate::cli::harmless;
use crate::iam::catalog::Catalog;
use crate::iam::evaluate::TakenBy;
use crate::iam::query::{Question, Row, Rows, Verdict};
use crate::model::visible;

/// How many actions a line of text names before it only counts them.
const NAMED: usize = 12;

/// The format of the JSON output.
const FORMAT: &str = "cloudmapper-can/1";

pub(super) fn text(question: &Question, rows: &Rows, catalog: &Catalog, out: &mut dyn Write) -> std::io::Result<()> {
    if rows.rows.iter().any(|row| !row.because.is_empty() || !row.taken_by.is_empty()) || rows.rows.len() == 1 {
        for row in &rows.rows {
            explained(row, out)?;
        }
    } else {
        grouped(&rows.rows, catalog, out)?;
    }
    let count = |verdict: fn(&Verdict) -> bool| rows.rows.iter().filter(|row| verdict(&row.verdict)).count();
    let (yes, under) = (count(|verdict| *verdict == Verdict::Yes), count(|verdict| matches!(verdict, Verdict::If(_))));
    if rows.rows.is_empty() {
        let who = question.principal.as_deref().unwrap_or("nobody");
        let none = if question.principal.is_some() { "can do nothing of that" } else { "can" };
        writeln!(out, "{} {none}", visible(who))?;
    } else if rows.rows.len() > 1 {
        writeln!(out, "{} answers: {yes} yes, {under} under conditions, {} no", rows.rows.len(), rows.rows.len() - yes - under)?;
    }
    for note in &rows.notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    Ok(())
}

fn explained(row: &Row, out: &mut dyn Write) -> std::io::Result<()> {
    let (word, condition) = word(&row.verdict);
    let account = if row.account.is_empty() { String::new() } else { format!("{}: ", visible(&row.account)) };
    writeln!(out, "{word:<3} {account}{} {} on {}", visible(&row.principal), row.action, visible(&row.resource))?;
    if let Some(condition) = condition {
        writeln!(out, "      where {}", visible(condition))?;
    }
    for reason in &row.taken_by {
        writeln!(out, "      {}", taken_by(*reason))?;
    }
    let near = row.verdict == Verdict::No && row.taken_by.first() != Some(&TakenBy::ExplicitDeny);
    for because in &row.because {
        writeln!(out, "      {}", line(because, near))?;
    }
    Ok(())
}

/// Account, principal, resource, answer.
type Group<'a> = (&'a str, &'a str, &'a str, &'a Verdict);

/// The same answers of one principal in one line.
fn grouped(rows: &[Row], catalog: &Catalog, out: &mut dyn Write) -> std::io::Result<()> {
    let mut groups: Vec<(Group<'_>, Vec<&str>)> = Vec::new();
    let mut places = BTreeMap::new();
    for row in rows {
        let key = (&*row.account, &*row.principal, &*row.resource, &row.verdict);
        let at = *places.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, actions)) = groups.get_mut(at) {
            actions.push(&row.action);
        }
    }
    for ((account, principal, resource, verdict), actions) in groups {
        let (word, condition) = word(verdict);
        let account = if account.is_empty() { String::new() } else { format!("{}: ", visible(account)) };
        writeln!(out, "{word:<3} {account}{} {} on {}", visible(principal), shortened(&actions, catalog), visible(resource))?;
        if let Some(condition) = condition {
            writeln!(out, "      where {}", visible(condition))?;
        }
    }
    Ok(())
}

/// Whole services as `s3:*`, the rest by name, and of many only how many.
fn shortened(actions: &[&str], catalog: &Catalog) -> String {
    let mut services: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in actions {
        services.entry(action.split(':').next().unwrap_or_default()).or_default().push(action);
    }
    let mut words = Vec::new();
    let mut left = 0;
    for (service, actions) in services {
        let all = catalog.expand(&format!("{service}:*")).len();
        if actions.len() >= all && all > 1 {
            words.push(format!("{service}:*"));
        } else if words.len() + actions.len() <= NAMED {
            words.extend(actions.into_iter().map(str::to_owned));
        } else {
            left += actions.len();
        }
    }
    if left > 0 {
        words.push(if words.is_empty() { format!("{left} actions") } else { format!("{left} more actions") });
    }
    words.join(", ")
}

fn word(verdict: &Verdict) -> (&'static str, Option<&str>) {
    match verdict {
        Verdict::Yes => ("yes", None),
        Verdict::If(condition) => ("if", Some(condition)),
        Verdict::No => ("no", None),
    }
}

/// The public form of an answer.
#[derive(Serialize)]
struct V1<'a> {
    format: &'static str,
    question: V1Question<'a>,
    notes: &'a [String],
    answers: Vec<V1Answer<'a>>,
}

#[derive(Serialize)]
struct V1Question<'a> {
    principal: Option<&'a str>,
    action: Option<&'a str>,
    resource: Option<&'a str>,
    context: BTreeMap<&'a str, &'a [String]>,
    accounts: &'a [String],
    /// Files that were laid over the snapshot, and that limit the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    overlay: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    session_policies: Vec<String>,
}

#[derive(Serialize)]
struct V1Answer<'a> {
    account: &'a str,
    principal: &'a str,
    action: &'a str,
    resource: &'a str,
    answer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taken_by: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<V1Because<'a>>,
}

fn answer(row: &Row) -> V1Answer<'_> {
    let (_, condition) = word(&row.verdict);
    V1Answer {
        account: &row.account,
        principal: &row.principal,
        action: &row.action,
        resource: &row.resource,
        answer: long_word(&row.verdict),
        condition,
        taken_by: row.taken_by.iter().map(|reason| code(*reason)).collect(),
        because: row.because.iter().map(because).collect(),
    }
}

fn long_word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::If(_) => "conditional",
        Verdict::No => "no",
    }
}

pub(super) fn json(args: &CanArgs, question: &Question, rows: &Rows, out: &mut dyn Write) -> anyhow::Result<()> {
    let path = |path: &std::path::PathBuf| path.display().to_string();
    let document = V1 {
        format: FORMAT,
        question: V1Question {
            principal: question.principal.as_deref(),
            action: question.action.as_deref(),
            resource: question.resource.as_deref(),
            context: question.context.iter().map(|(key, values)| (key.as_str(), values.as_slice())).collect(),
            accounts: &question.accounts,
            overlay: args.overlay.as_ref().map(path),
            session_policies: args.session_policy.iter().map(path).collect(),
        },
        notes: &rows.notes,
        answers: rows.rows.iter().map(answer).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

pub(super) fn csv(rows: &Rows, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["account", "principal", "action", "resource", "answer", "condition", "taken_by", "statements"])?;
    for row in &rows.rows {
        let (_, condition) = word(&row.verdict);
        let taken_by = row.taken_by.iter().map(|reason| code(*reason)).collect::<Vec<_>>().join(" ");
        let statements =
            row.because.iter().map(|because| format!("{}#{}", because.policy, because.statement)).collect::<Vec<_>>().join(" ");
        let fields = [
            &row.account,
            &row.principal,
            &row.action,
            &row.resource,
            long_word(&row.verdict),
            condition.unwrap_or_default(),
            &taken_by,
            &statements,
        ];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}
