//! `graph`: makes the principal graph, shows what it has, and hands it to PMapper's readers.

mod near;
pub(super) mod opened;
pub(super) mod words;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Exit;
use super::accounts::AccountArgs;
use crate::graph::organizations::organizations;
use crate::graph::pmapper::export_organization;
use crate::graph::{Admin, Graph, GraphAccount, Kind, list};
use crate::model::{AccountName, visible};
use crate::snapshot::layout::ACCOUNT_DATA;
use opened::Opened;

/// Who can come to act as whom: users and roles, and the techniques that lead from one to another.
#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the graph of some accounts, or of all that are here, and store it below graphs/
    Create(CreateArgs),
    /// Say what the graph has
    Display(DisplayArgs),
    /// What guardrails hold back: ways that would be there without an SCP, an RCP, a boundary or a denial
    Near(near::NearArgs),
    /// List the stored graphs
    List,
    /// Write the graph as PMapper stores its own
    Export(ExportArgs),
    /// Make snapshots of what PMapper stored
    Import(ImportArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Do not look for the organization, so that no SCP counts; the graph is shown, and not stored
    #[arg(long = "ignore-orgs", alias = "ignore_orgs")]
    ignore_orgs: bool,
}

#[derive(Debug, Args)]
struct DisplayArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// A line for each edge
    #[arg(long)]
    edges: bool,
}

#[derive(Debug, Args)]
struct ExportArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// The folder: what PMapper calls its storage
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// What PMapper calls its storage, or the folder of one account in it
    #[arg(value_name = "FOLDER")]
    from: PathBuf,
    /// What to call the snapshot of a single account: its id otherwise
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn graph(args: &GraphArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Create(args) => create(args, out),
        Command::Display(args) => display(args, out),
        Command::Near(args) => near::near(args, out),
        Command::List => stored(out),
        Command::Import(args) => {
            let name = args.name.clone().map(AccountName::try_from).transpose()?;
            for name in crate::graph::pmapper::import(&args.from, Path::new("."), name.as_ref())? {
                writeln!(out, "{}", visible(&Path::new(ACCOUNT_DATA).join(name.as_str()).display().to_string()))?;
            }
            Ok(Exit::Complete)
        }
        Command::Export(args) => {
            let opened = Opened::of(&args.accounts)?;
            crate::graph::pmapper::export(&opened.graph, &opened.estate, &opened.snapshots, &args.to)?;
            for tree in organizations(&opened.estate, &opened.snapshots)? {
                writeln!(out, "{}", visible(&export_organization(&tree, &opened.estate, &args.to)?.display().to_string()))?;
            }
            for account in &opened.graph.accounts {
                writeln!(out, "{}", visible(&args.to.join(&account.id).display().to_string()))?;
            }
            Ok(Exit::Complete)
        }
    }
}

fn create(args: &CreateArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let opened = Opened::create(&args.accounts, !args.ignore_orgs)?;
    summary(&opened, out)?;
    opened.say_gaps()?;
    Ok(if opened.is_partial() { Exit::Partial } else { Exit::Complete })
}

fn display(args: &DisplayArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let opened = Opened::of(&args.accounts)?;
    summary(&opened, out)?;
    if args.edges {
        let techniques = crate::graph::techniques()?;
        for edge in &opened.graph.edges {
            let Some(technique) = techniques.get(usize::from(edge.technique)) else { continue };
            let possible = if edge.certain { "" } else { ", possible" };
            let through = edge.via.map(|via| format!(" by {}", opened.name(via))).unwrap_or_default();
            writeln!(
                out,
                "{} {}{through} -> {}  [{}{possible}]",
                opened.name(edge.from),
                technique.name,
                opened.name(edge.to),
                technique.id
            )?;
        }
    }
    opened.say_gaps()?;
    Ok(if opened.is_partial() { Exit::Partial } else { Exit::Complete })
}

/// Per account, what there is.
fn summary(opened: &Opened, out: &mut dyn Write) -> anyhow::Result<()> {
    for (at, account) in opened.graph.accounts.iter().enumerate() {
        of_account(opened, at, account, out)?;
    }
    let cross = opened.graph.edges.iter().filter(|edge| {
        let account = |at: usize| opened.graph.nodes.get(at).and_then(|node| node.account);
        account(edge.from).zip(account(edge.to)).is_some_and(|(from, to)| from != to)
    });
    if opened.graph.accounts.len() > 1 {
        writeln!(out, "Between accounts: {} edges", cross.count())?;
    }
    let outside = |kind: Kind| opened.graph.nodes.iter().filter(|node| node.kind == kind).count();
    writeln!(
        out,
        "Trusted from outside: {} accounts and principals, {} identity providers, {} services",
        outside(Kind::Account) + outside(Kind::Internet),
        outside(Kind::Provider),
        outside(Kind::Service)
    )?;
    if outside(Kind::Person) > 0 {
        writeln!(out, "IAM Identity Center: {} users", outside(Kind::Person))?;
    }
    Ok(())
}

fn of_account(opened: &Opened, at: usize, account: &GraphAccount, out: &mut dyn Write) -> anyhow::Result<()> {
    let graph = &opened.graph;
    let own = |node: &&crate::graph::Node| node.account == Some(at) && matches!(node.kind, Kind::User | Kind::Role);
    let nodes = graph.nodes.iter().filter(own);
    let admins = |wanted: fn(&Admin) -> bool| graph.nodes.iter().filter(own).filter(|node| wanted(&node.admin)).count();
    let conditional = admins(|admin| matches!(admin, Admin::If(_)));
    let edges = graph
        .edges
        .iter()
        .filter(|edge| graph.is_principal(edge.from) && graph.nodes.get(edge.from).is_some_and(|node| node.account == Some(at)));
    let (certain, possible): (Vec<&crate::graph::Edge>, Vec<_>) = edges.filter(|edge| !is_fact(graph, edge)).partition(|edge| edge.certain);
    let known = opened.estate.account(&account.id);
    writeln!(out, "Graph Data for Account:  {} ({})", visible(&account.id), visible(&account.name))?;
    if let Some(organization) = opened.estate.organization_of(&account.id) {
        writeln!(out, "  Organization: {}", visible(&organization.id))?;
        writeln!(out, "  OU Path:      {}", visible(&organization.path(&account.id).unwrap_or_default()))?;
    }
    let more = if conditional > 0 { format!(" and {conditional} under conditions") } else { String::new() };
    writeln!(out, "  # of Nodes:              {} ({} admins{more})", nodes.count(), admins(|admin| *admin == Admin::Yes))?;
    writeln!(out, "  # of Edges:              {} certain, {} possible", certain.len(), possible.len())?;
    writeln!(out, "  # of Groups:             {}", known.map_or(0, |known| known.groups.len()))?;
    writeln!(out, "  # of (tracked) Policies: {}", known.map_or(0, |known| policies(opened, known)))?;
    Ok(())
}

fn is_fact(graph: &Graph, edge: &crate::graph::Edge) -> bool {
    graph.nodes.get(edge.from).is_some_and(|node| node.admin != Admin::No)
        && graph.nodes.get(edge.to).is_some_and(|node| node.kind == Kind::Admin)
}

/// The policies that speak for somebody of the account.
fn policies(opened: &Opened, account: &crate::iam::estate::Account) -> usize {
    let own = account.principals.iter().flat_map(|principal| principal.attached.iter().chain(&principal.inline).chain(&principal.boundary));
    let of_groups = account.groups.iter().flat_map(|group| group.attached.iter().chain(&group.inline));
    let names: std::collections::BTreeSet<&str> =
        own.chain(of_groups).filter_map(|id| opened.estate.store.get(*id)).map(|stored| stored.name.as_str()).collect();
    names.len()
}

fn stored(out: &mut dyn Write) -> anyhow::Result<Exit> {
    let found = list(Path::new("."))?;
    if found.is_empty() {
        writeln!(out, "there is no stored graph: `cloudmapper graph create` makes one")?;
    }
    for (name, head) in found {
        for account in &head.accounts {
            writeln!(out, "{} ({}, {})  {}", visible(&account.id), visible(&account.name), visible(&head.tool), visible(&name))?;
        }
    }
    Ok(Exit::Complete)
}
