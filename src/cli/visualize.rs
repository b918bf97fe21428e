//! `visualize`: the principal graph for the browser, as one file to be mailed, and as a picture.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use super::graph::opened::Opened;
use crate::graph::{Explainer, Ways, techniques};
use crate::map::principals::{Options, Picture, Principals, dot, first_hops, graphml, png, svg};
use crate::model::visible;
use crate::web::{Page, single_file};

/// Draws administrators, and who can become one, with the ways there. No Graphviz is needed.
#[derive(Debug, Args)]
pub(super) struct VisualizeArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// What to write
    #[arg(long, value_enum, default_value_t = Filetype::Svg)]
    filetype: Filetype,
    /// Only administrators, and the first step of everybody who can become one
    #[arg(long = "only-privesc", alias = "only_privesc")]
    only_privesc: bool,
    /// Services too, with the roles that they can act as
    #[arg(long = "with-services", alias = "with_services")]
    with_services: bool,
    /// Where to; without, a file named after the account in this folder, and web/principals.json for the browser
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Filetype {
    /// A picture
    Svg,
    /// A picture
    Png,
    /// For Graphviz
    Dot,
    /// For yEd, Gephi and others
    Graphml,
    /// One file that holds an interactive page and all of its data
    Html,
    /// For the page that `webserver` shows at /principals.html
    Json,
}

impl Filetype {
    fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Dot => "dot",
            Self::Graphml => "graphml",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

pub(super) fn visualize(args: &VisualizeArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let opened = Opened::of(&args.accounts)?;
    let bytes = match args.filetype {
        Filetype::Json => page_data(&opened)?.into_bytes(),
        Filetype::Html => single_file(Page::Principals, &page_data(&opened)?, &[])?.into_bytes(),
        _ => picture(args, &opened)?,
    };
    let path = args.output.clone().unwrap_or_else(|| path(args, &opened));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        crate::snapshot::make_private_folder(folder)?;
    }
    crate::snapshot::write_atomic(&path, &bytes)?;
    writeln!(out, "{}", visible(&path.display().to_string()))?;
    opened.say_gaps()?;
    Ok(if opened.is_partial() { Exit::Partial } else { Exit::Complete })
}

/// As PMapper names its files.
fn path(args: &VisualizeArgs, opened: &Opened) -> PathBuf {
    if args.filetype == Filetype::Json {
        return PathBuf::from("web/principals.json");
    }
    let name = match opened.graph.accounts.as_slice() {
        [only] => only.id.clone(),
        many => format!("{}-accounts", many.len()),
    };
    let risks = if args.only_privesc { "-privesc-risks" } else { "" };
    PathBuf::from(format!("{name}{risks}.{}", args.filetype.ending()))
}

fn page_data(opened: &Opened) -> anyhow::Result<String> {
    let explainer = Explainer::new(&opened.graph, &opened.estate, &opened.snapshots)?;
    Ok(serde_json::to_string(&Principals::new(&opened.graph, &explainer)?)?)
}

fn picture(args: &VisualizeArgs, opened: &Opened) -> anyhow::Result<Vec<u8>> {
    let ways = Ways::new(&opened.graph);
    let hops = first_hops(&ways);
    let names: Vec<String> = opened.graph.accounts.iter().map(|account| format!("{} ({})", account.name, account.id)).collect();
    let account_name = if names.len() > 3 { format!("{} accounts", names.len()) } else { names.join(", ") };
    let options = Options { only_escalations: args.only_privesc, services: args.with_services, account_name };
    let picture = Picture::new(&opened.graph, &techniques()?, &hops, &options);
    let mut bytes = Vec::new();
    match args.filetype {
        Filetype::Png => png(&picture, &mut bytes)?,
        Filetype::Dot => dot(&picture, &mut bytes)?,
        Filetype::Graphml => graphml(&picture, &mut bytes)?,
        _ => svg(&picture, &mut bytes)?,
    }
    Ok(bytes)
}
