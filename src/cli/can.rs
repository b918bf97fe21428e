//! `can`: who can do what, on which resources, and why.

mod assert;
mod output;
pub(super) mod words;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use crate::iam::estate::Estate;
use crate::iam::policy::Policy;
use crate::iam::query::{Given, QueryError, Question, ask, check_key, gaps};
use crate::model::visible;

/// From this many answers on, reasons are given only when asked for.
const FEW: usize = 60;

/// Whatever is left out is enumerated: without --principal it says who can, without --action what they can do, without
/// --resource on which resources. Answers are yes, no, or yes under conditions, which are then given.
#[derive(Debug, Args)]
pub(super) struct CanArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Who: an ARN, `user/x`, `role/x`, a service such as `lambda.amazonaws.com`, or `anonymous`; `*` and `?` are wildcards
    #[arg(long, value_name = "WHO")]
    principal: Option<String>,
    /// What: `s3:GetObject`, `iam:*`
    #[arg(long)]
    action: Option<String>,
    /// To what: an ARN; `*` and `?` are wildcards
    #[arg(long, value_name = "ARN")]
    resource: Option<String>,
    /// A condition key of the request: `aws:SourceIp=203.0.113.7`, several values with commas, `key=` for an absent one;
    /// a JSON list, `aws:PrincipalTag/team=["a,b", ""]`, for values with commas and empty ones
    #[arg(long, value_name = "KEY=VALUE", num_args = 1..)]
    context: Vec<String>,
    /// A session policy that the principal's session is limited by
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<PathBuf>,
    /// Policies added, changed or removed, to see what would be
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// Check what must and must not be possible; exit code 1 when something is otherwise
    #[arg(long, value_name = "FILE", conflicts_with_all = ["principal", "action", "resource", "negatives", "explain"])]
    assert: Option<PathBuf>,
    /// Print the noes too, and what takes the permission away
    #[arg(long, short = 'n', alias = "all")]
    negatives: bool,
    /// Say why, however many answers there are
    #[arg(long)]
    explain: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Csv,
}

pub(super) fn can(args: &CanArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (snapshots, asked) = args.accounts.with_all()?;
    let mut estate = Estate::read(&snapshots, &[])?.with_resources(&snapshots)?;
    if let Some(path) = &args.overlay {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        estate.overlay(&text).with_context(|| format!("in `{}`", path.display()))?;
    }
    // Without a choice, everybody is asked.
    let accounts: Vec<String> = estate.accounts.iter().take(asked.unwrap_or(0)).map(|account| account.id.clone()).collect();
    let given = Given { session: args.session_policy.iter().map(|path| session(path, &estate)).collect::<anyhow::Result<_>>()? };
    let context = args.context.iter().map(|text| key(text)).collect::<anyhow::Result<Vec<_>>>()?;
    for (key, values) in &context {
        check_key(estate.store.catalog(), key, values).map_err(anyhow::Error::msg)?;
    }
    if let Some(path) = &args.assert {
        return assert::assert(path, &estate, &given, &accounts, &context, args.format, out);
    }
    let question = Question {
        principal: args.principal.clone(),
        action: args.action.clone(),
        resource: args.resource.clone(),
        context,
        accounts,
        negatives: args.negatives,
        reasons: args.explain,
    };
    let mut rows = ask(&estate, &question, &given).map_err(|error| with_unread(error, &estate))?;
    let mut question = question;
    if rows.rows.is_empty() && args.principal.is_some() && args.action.is_some() {
        // Of one principal and one action, a no is an answer.
        question.negatives = true;
        rows = ask(&estate, &question, &given)?;
    }
    if !question.reasons && rows.rows.len() <= FEW {
        rows = ask(&estate, &Question { reasons: true, ..question.clone() }, &given)?;
    }
    rows.notes.extend(gaps(&estate));
    match args.format {
        Format::Text => output::text(&question, &rows, estate.store.catalog(), out)?,
        Format::Json => output::json(args, &question, &rows, out)?,
        Format::Csv => output::csv(&rows, out)?,
    }
    Ok(if estate.accounts.iter().any(|account| account.unread) { Exit::Partial } else { Exit::Complete })
}

/// Whoever is not found may be in an account whose users and roles are not in the snapshot.
fn with_unread(error: QueryError, estate: &Estate) -> anyhow::Error {
    let unread: Vec<String> = estate.accounts.iter().filter(|account| account.unread).map(|account| account.name.to_string()).collect();
    let error = anyhow::Error::from(error);
    if unread.is_empty() {
        error
    } else {
        error.context(format!("the users and roles of {} were not collected", visible(&unread.join(", "))))
    }
}

/// One question, for the demo.
pub(super) fn example(accounts: &AccountArgs, out: &mut dyn Write) -> anyhow::Result<()> {
    let accounts = AccountArgs { accounts: vec!["prod".to_owned()], ..accounts.clone() };
    let args = CanArgs {
        accounts,
        principal: Some("user/carla.mendes".to_owned()),
        action: Some("iam:CreateAccessKey".to_owned()),
        resource: None,
        context: Vec::new(),
        session_policy: Vec::new(),
        overlay: None,
        assert: None,
        negatives: false,
        explain: true,
        format: Format::Text,
    };
    can(&args, out).map(|_| ())
}

/// `key=value,value`, or `key=["value"]`; `key=` for a key that the request does not have.
fn key(text: &str) -> anyhow::Result<(String, Vec<String>)> {
    let (key, values) = text
        .split_once('=')
        .filter(|(key, _)| key.contains(':'))
        .with_context(|| format!("`{}` is no condition key with a value: write `aws:SourceIp=203.0.113.7`", visible(text)))?;
    let values = match values.trim() {
        "" => Vec::new(),
        list if list.starts_with('[') => serde_json::from_str(list)
            .with_context(|| format!("`{}`: a value that starts with `[` is a JSON list of texts, such as [\"a,b\"]", visible(text)))?,
        list => list.split(',').map(|value| value.trim().to_owned()).collect(),
    };
    Ok((key.trim().to_owned(), values))
}

fn session(path: &Path, estate: &Estate) -> anyhow::Result<(String, Policy)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let document = serde_json::from_str(&text).with_context(|| format!("`{}` is not JSON", path.display()))?;
    let policy = Policy::read(&document, estate.store.catalog());
    let misplaced = policy.misplaced(false);
    if let Some(problem) = policy.problems.iter().chain(&misplaced).next() {
        let place = if problem.pointer.is_empty() { "the whole document" } else { &problem.pointer };
        anyhow::bail!("`{}`: {}: {}", path.display(), visible(place), problem.kind);
    }
    Ok((format!("session policy {}", path.display()), policy))
}
