//! `orgs`: the organization's tree, from the snapshot.

use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use crate::graph::GRAPHS;
use crate::graph::organizations::{Tree, Unit, organizations};
use crate::graph::pmapper::export_organization;
use crate::iam::estate::Estate;
use crate::model::visible;

/// Units, accounts, and the service and resource control policies that hang on each.
#[derive(Debug, Args)]
pub(super) struct OrgsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Store the tree below graphs/, as PMapper does
    Create(Chosen),
    /// Show the tree
    Display(DisplayArgs),
    /// List the organizations that the snapshots tell of
    List(Chosen),
}

#[derive(Debug, Args)]
struct Chosen {
    #[command(flatten)]
    accounts: AccountArgs,
}

#[derive(Debug, Args)]
struct DisplayArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Only this one
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn orgs(args: &OrgsArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Create(args) => create(args, out),
        Command::Display(args) => display(args, out),
        Command::List(args) => {
            for tree in trees(&args.accounts)?.1 {
                writeln!(out, "{} (management account {}, {} accounts)", visible(&tree.id), visible(&tree.management), count(&tree))?;
            }
            Ok(Exit::Complete)
        }
    }
}

fn trees(accounts: &AccountArgs) -> anyhow::Result<(Estate, Vec<Tree>)> {
    let (snapshots, _) = accounts.with_all()?;
    let estate = Estate::read(&snapshots, &[])?;
    let trees = organizations(&estate, &snapshots)?;
    anyhow::ensure!(
        !trees.is_empty(),
        "no snapshot here lists an organization: collect its management account, or a delegated administrator, with `cloudmapper collect --for graph`"
    );
    Ok((estate, trees))
}

fn count(tree: &Tree) -> usize {
    fn accounts(unit: &Unit) -> usize {
        usize::from(unit.is_account) + unit.children.iter().map(accounts).sum::<usize>()
    }
    tree.roots.iter().map(accounts).sum::<usize>() + tree.elsewhere.len()
}

fn create(args: &Chosen, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (estate, trees) = trees(&args.accounts)?;
    for tree in &trees {
        let path = export_organization(tree, &estate, Path::new(GRAPHS))?;
        writeln!(out, "{}: {} accounts, in {}", visible(&tree.id), count(tree), path.display())?;
        say_gaps(tree)?;
    }
    Ok(exit(&trees))
}

fn exit(trees: &[Tree]) -> Exit {
    if trees.iter().any(|tree| !tree.gaps.is_empty()) { Exit::Partial } else { Exit::Complete }
}

fn say_gaps(tree: &Tree) -> std::io::Result<()> {
    let mut to = std::io::stderr().lock();
    for gap in &tree.gaps {
        writeln!(to, "note: {}", visible(gap))?;
    }
    Ok(())
}

fn display(args: &DisplayArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (_, mut trees) = trees(&args.accounts)?;
    if let Some(org) = &args.org {
        trees.retain(|tree| tree.id == *org);
        anyhow::ensure!(!trees.is_empty(), "no snapshot here lists an organization `{}`: `orgs list` says which there are", visible(org));
    }
    if args.format == Format::Json {
        serde_json::to_writer_pretty(&mut *out, &trees)?;
        writeln!(out)?;
        return Ok(exit(&trees));
    }
    for tree in &trees {
        writeln!(out, "Organization {} (management account {})", visible(&tree.id), visible(&tree.management))?;
        for root in &tree.roots {
            unit(root, 1, &tree.management, out)?;
        }
        for account in &tree.elsewhere {
            writeln!(out, "    {}: where it stands was not collected", visible(account))?;
        }
        say_gaps(tree)?;
    }
    Ok(exit(&trees))
}

fn unit(of: &Unit, depth: usize, management: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let indent = "    ".repeat(depth);
    let names = |names: &[String]| {
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.iter().map(|name| visible(name).into_owned()).collect::<Vec<_>>().join(", ")
        }
    };
    writeln!(out, "{indent}\"{}\" ({}){}", visible(&of.name), visible(&of.id), if of.is_account { "" } else { ":" })?;
    if of.is_account && of.id == management {
        writeln!(out, "{indent}  no SCP or RCP limits the management account")?;
        return Ok(());
    }
    writeln!(out, "{indent}  SCPs: {}; inherited: {}", names(&of.scps), names(&of.inherited_scps))?;
    if !of.rcps.is_empty() || !of.inherited_rcps.is_empty() {
        writeln!(out, "{indent}  RCPs: {}; inherited: {}", names(&of.rcps), names(&of.inherited_rcps))?;
    }
    for child in &of.children {
        unit(child, depth + 1, management, out)?;
    }
    Ok(())
}
