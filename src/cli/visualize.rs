//! `visualize`: the principal graph for the browser, as one file to be mailed, and as a picture.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use super::graph::opened::Opened;
use super::prepare::save;
use crate::graph::Explainer;
use crate::map::Principals;
use crate::model::visible;
use crate::web::{Page, single_file};

/// Writes web/principals.json, which `webserver` shows at /principals.html; with --filetype something else.
#[derive(Debug, Args)]
pub(super) struct VisualizeArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// What to write
    #[arg(long, value_enum, default_value_t = Filetype::Json)]
    filetype: Filetype,
    /// Where to; named after the account without
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Filetype {
    /// For the page that `webserver` shows
    Json,
    /// One file that holds the page and all of its data
    Html,
}

pub(super) fn visualize(args: &VisualizeArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let opened = Opened::of(&args.accounts)?;
    let explainer = Explainer::new(&opened.graph, &opened.estate, &opened.snapshots)?;
    let named = |ending: &str| {
        let name = match opened.graph.accounts.as_slice() {
            [only] => only.id.clone(),
            many => format!("{}-accounts", many.len()),
        };
        PathBuf::from(format!("{name}.{ending}"))
    };
    let data = || anyhow::Ok(serde_json::to_string(&Principals::new(&opened.graph, &explainer)?)?);
    let (path, text) = match args.filetype {
        Filetype::Json => (PathBuf::from("web/principals.json"), data()?),
        Filetype::Html => (named("html"), single_file(Page::Principals, &data()?)?),
    };
    let path = args.output.clone().unwrap_or(path);
    save(&path, &text)?;
    writeln!(out, "{}", visible(&path.display().to_string()))?;
    opened.say_gaps()?;
    Ok(if opened.is_partial() { Exit::Partial } else { Exit::Complete })
}
