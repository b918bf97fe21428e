//! `can --assert`: what must and what must not be possible, for CI.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::Format;
use crate::cli::{Exit, harmless, yaml_problem};
use crate::iam::estate::Estate;
use crate::iam::query::{Given, Question, Row, Verdict, ask, check_key};
use crate::model::visible;

/// One line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Assertion {
    /// What to call it.
    #[serde(default)]
    name: String,
    /// Everybody meant has to be able to.
    must: Option<Asked>,
    /// Nobody meant may be able to, under whatever conditions.
    must_not: Option<Asked>,
    /// Principals that this is not about, written as in `principal`.
    #[serde(default)]
    except: Vec<String>,
}

#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Asked {
    principal: Option<String>,
    action: String,
    resource: Option<String>,
    #[serde(default)]
    context: std::collections::BTreeMap<String, OneOrMany>,
}

#[derive(Debug, Deserialize, Clone)]
#[serde(untagged)]
enum OneOrMany {
    One(Scalar),
    Many(Vec<Scalar>),
}

/// What YAML takes for a flag or a number is a text to AWS.
#[derive(Debug, Deserialize, Clone)]
#[serde(untagged)]
enum Scalar {
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
}

impl Scalar {
    /// As it was written. Of numbers, YAML keeps neither the zero that an account id may begin with nor that of `1.10`.
    fn text(&self) -> anyhow::Result<String> {
        match self {
            Self::Flag(flag) => Ok(flag.to_string()),
            Self::Whole(number) if number.unsigned_abs() < 1_000_000_000 => Ok(number.to_string()),
            Self::Whole(number) => anyhow::bail!("write `{number}` in quotes: to YAML it is a number"),
            Self::Number(number) => anyhow::bail!("write `{number}` in quotes: to YAML it is a number"),
            Self::Text(text) => Ok(text.clone()),
        }
    }
}

/// What came of one assertion.
#[derive(Debug)]
struct Checked {
    name: String,
    holds: bool,
    asked: usize,
    violations: Vec<Violation>,
}

#[derive(Debug)]
struct Violation {
    principal: Arc<str>,
    action: Arc<str>,
    resource: Arc<str>,
    answer: &'static str,
    condition: Option<Arc<str>>,
}

#[derive(Serialize)]
struct V1<'a> {
    format: &'static str,
    holds: bool,
    notes: &'a [String],
    assertions: Vec<V1Checked<'a>>,
}

#[derive(Serialize)]
struct V1Checked<'a> {
    name: &'a str,
    holds: bool,
    asked: usize,
    violations: Vec<V1Violation<'a>>,
}

#[derive(Serialize)]
struct V1Violation<'a> {
    principal: &'a str,
    action: &'a str,
    resource: &'a str,
    answer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a str>,
}

fn v1(checked: &Checked) -> V1Checked<'_> {
    V1Checked {
        name: &checked.name,
        holds: checked.holds,
        asked: checked.asked,
        violations: checked.violations.iter().map(v1_violation).collect(),
    }
}

fn v1_violation(wrong: &Violation) -> V1Violation<'_> {
    let Violation { principal, action, resource, answer, condition } = wrong;
    V1Violation { principal, action, resource, answer, condition: condition.as_deref() }
}

type Keys = [(String, Vec<String>)];

pub(super) fn assert(
    path: &Path,
    estate: &Estate,
    given: &Given,
    accounts: &[String],
    context: &Keys,
    format: Format,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let assertions: Vec<Assertion> =
        serde_saphyr::from_str(&text).map_err(|problem| anyhow::anyhow!("`{}`: {}", path.display(), yaml_problem(&problem)))?;
    anyhow::ensure!(!assertions.is_empty(), "`{}` asserts nothing", path.display());
    let mut checked = Vec::new();
    for (index, assertion) in assertions.iter().enumerate() {
        let place = || format!("`{}`, assertion {}", path.display(), index + 1);
        checked.push(check(assertion, index, estate, given, accounts, context).with_context(place)?);
    }
    let holds = checked.iter().all(|checked| checked.holds);
    let notes = crate::iam::query::gaps(estate);
    match format {
        Format::Text => print(&checked, &notes, out)?,
        Format::Json => {
            serde_json::to_writer_pretty(
                &mut *out,
                &V1 { format: "cloudmapper-can-assert/1", holds, notes: &notes, assertions: checked.iter().map(v1).collect() },
            )?;
            writeln!(out)?;
        }
        Format::Csv => csv(&checked, out)?,
    }
    // What could not be asked does not hold.
    let unread = estate.accounts.iter().any(|account| account.unread && (accounts.is_empty() || accounts.contains(&account.id)));
    Ok(if holds && !unread { Exit::Complete } else { Exit::Partial })
}

fn check(
    assertion: &Assertion,
    index: usize,
    estate: &Estate,
    given: &Given,
    accounts: &[String],
    context: &Keys,
) -> anyhow::Result<Checked> {
    let (asked, must) = match (&assertion.must, &assertion.must_not) {
        (Some(asked), None) => (asked, true),
        (None, Some(asked)) => (asked, false),
        _ => anyhow::bail!("write either `must` or `must_not`"),
    };
    let question = question(asked, accounts, context)?;
    for (key, values) in &question.context {
        check_key(estate.store.catalog(), key, values).map_err(anyhow::Error::msg)?;
    }
    let rows = ask(estate, &question, given)?;
    let exempt = exempt(assertion, estate, accounts)?;
    let meant: Vec<&Row> = rows.rows.iter().filter(|row| !exempt.contains(&*row.principal)).collect();
    let wrong = |row: &&&Row| (row.verdict == Verdict::Yes) != must || (!must && row.verdict != Verdict::No);
    let violations: Vec<Violation> = meant.iter().filter(wrong).map(|row| violation(row)).collect();
    anyhow::ensure!(!rows.truncated, "too much is asked at once: name a principal, an action or a resource");
    anyhow::ensure!(
        !rows.rows.is_empty(),
        "nothing is asked: no action of `{}` is about such a resource, or there is no principal",
        visible(&asked.action)
    );
    let name = if assertion.name.is_empty() { format!("assertion {}", index + 1) } else { assertion.name.clone() };
    Ok(Checked { name, holds: violations.is_empty(), asked: meant.len(), violations })
}

fn question(asked: &Asked, accounts: &[String], context: &Keys) -> anyhow::Result<Question> {
    let mut keys = context.to_vec();
    for (key, values) in &asked.context {
        let values = match values {
            OneOrMany::One(Scalar::Text(none)) if none.is_empty() => Vec::new(),
            OneOrMany::One(value) => vec![value.text()?],
            OneOrMany::Many(values) => values.iter().map(Scalar::text).collect::<anyhow::Result<_>>()?,
        };
        keys.push((key.clone(), values));
    }
    Ok(Question {
        principal: asked.principal.clone(),
        action: Some(asked.action.clone()),
        resource: asked.resource.clone(),
        context: keys,
        accounts: accounts.to_vec(),
        negatives: true,
        reasons: false,
    })
}

/// An exception that means nobody is a mistake, as a stale one is.
fn exempt(assertion: &Assertion, estate: &Estate, accounts: &[String]) -> anyhow::Result<std::collections::BTreeSet<String>> {
    let mut exempt = std::collections::BTreeSet::new();
    for name in &assertion.except {
        let found = crate::iam::estate::askers(estate, Some(name), accounts).context("in `except`")?;
        exempt.extend(found.into_iter().map(|asker| asker.caller.arn));
    }
    Ok(exempt)
}

fn violation(row: &Row) -> Violation {
    let (answer, condition) = match &row.verdict {
        Verdict::Yes => ("yes", None),
        Verdict::If(condition) => ("conditional", Some(condition.clone())),
        Verdict::No => ("no", None),
    };
    Violation { principal: row.principal.clone(), action: row.action.clone(), resource: row.resource.clone(), answer, condition }
}

fn print(checked: &[Checked], notes: &[String], out: &mut dyn Write) -> std::io::Result<()> {
    for checked in checked {
        let word = if checked.holds { "ok  " } else { "FAIL" };
        writeln!(out, "{word} {} ({} asked)", visible(&checked.name), checked.asked)?;
        for wrong in &checked.violations {
            let can = match wrong.answer {
                "no" => "cannot",
                "yes" => "can",
                _ => "can under conditions",
            };
            writeln!(out, "       {} {can} {} on {}", visible(&wrong.principal), wrong.action, visible(&wrong.resource))?;
            if let Some(condition) = &wrong.condition {
                writeln!(out, "         where {}", visible(condition))?;
            }
        }
    }
    let failed = checked.iter().filter(|checked| !checked.holds).count();
    for note in notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    writeln!(out, "{} assertions, {failed} failed", checked.len())
}

fn csv(checked: &[Checked], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["assertion", "holds", "principal", "action", "resource", "answer", "condition"])?;
    for checked in checked {
        if checked.holds {
            writer.write_record([&harmless(&checked.name), "yes", "", "", "", "", ""])?;
        }
        for wrong in &checked.violations {
            let condition = wrong.condition.as_deref().unwrap_or_default();
            let fields = [&checked.name, "no", &wrong.principal, &wrong.action, &wrong.resource, wrong.answer, condition];
            writer.write_record(fields.map(harmless))?;
        }
    }
    writer.flush()?;
    Ok(())
}
