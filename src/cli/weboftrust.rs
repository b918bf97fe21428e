//! `weboftrust`: which accounts, organizations, vendors and identity providers get into which accounts.

mod output;
mod ways;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use super::Exit;
use super::accounts::AccountArgs;
use crate::config::Config;
use crate::model::visible;
use crate::trust::{Input, Kind, Shown, Web, cloudmapper_data, page_data, read, weave};
use crate::web::{LOGOS, Logo, Logos, Page, single_file};

/// Reads nothing but snapshots. Who gets in is asked of the trust policies of roles, of the policies of resources, and of
/// whatever else ties accounts: shares, peerings, delegations. See docs/trust.md.
#[derive(Debug, Args)]
pub(super) struct WeboftrustArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Only networks: VPC peering, Direct Connect, transit gateways and the like
    #[arg(long = "network_only", alias = "network-only", conflicts_with = "admin_only")]
    network_only: bool,
    /// Only who can become administrator
    #[arg(long = "admin_only", alias = "admin-only")]
    admin_only: bool,
    /// The accounts too from which AWS's own services act
    #[arg(long = "show_aws_owned_accounts", alias = "show-aws-owned-accounts")]
    show_aws_owned_accounts: bool,
    /// How to print; `json` is what web/trust.json holds
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write one HTML file that holds the page and its data
    #[arg(long, value_name = "FILE", conflicts_with = "way")]
    html: Option<PathBuf>,
    /// How trust leads from one to another, by name or id, in as few steps as can be
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], group = "way")]
    path: Option<Vec<String>>,
    /// Whom trust leads to from one, by name or id, in however many steps
    #[arg(long = "blast-radius", alias = "blast_radius", value_name = "ID", group = "way")]
    blast_radius: Option<String>,
    /// With --path and --blast-radius: only what nothing unknown stands in the way of
    #[arg(long, requires = "way")]
    certain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

pub(super) fn weboftrust(args: &WeboftrustArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (chosen, others) = args.accounts.with_organization()?;
    let config = if args.accounts.config.exists() { Some(Config::load(&args.accounts.config)?) } else { None };
    let vendors = super::vendors::own()?;
    let input = Input { accounts: &chosen, others: &others, config: config.as_ref(), vendors: &vendors };
    let estate = read(&input)?;
    let mut web = weave(&estate, &input)?;
    let shown = Shown { network_only: args.network_only, admin_only: args.admin_only, aws: args.show_aws_owned_accounts };
    shown.keep(&mut web);
    let asked = args.path.is_some() || args.blast_radius.is_some();
    if asked {
        ways::answer(args, &web, &estate, (&chosen, &others), out)?;
    } else {
        let logos = logos(&mut web)?;
        let data = page_data(&web);
        let page = serde_json::to_string(&data)?;
        store(Path::new("web/data.json"), &pretty(&cloudmapper_data(&web))?)?;
        store(Path::new("web/trust.json"), page.as_bytes())?;
        if let Some(path) = &args.html {
            store(path, single_file(Page::Trust, &page, &logos)?.as_bytes())?;
        }
        match args.format {
            Format::Text => output::text(&web, args.html.as_deref(), out)?,
            Format::Json => {
                out.write_all(&pretty(&data)?)?;
                writeln!(out)?;
            }
            Format::Csv => output::csv(&web, out)?,
        }
    }
    output::notes(&web)?;
    Ok(if is_partial(&estate) { Exit::Partial } else { Exit::Complete })
}

/// Gives the user's logos to those who are called like them; accounts of the user's own are drawn as such.
fn logos(web: &mut Web) -> anyhow::Result<Vec<Logo>> {
    let folder = Path::new("web");
    let known = Logos::read(folder).with_context(|| format!("cannot read web/{LOGOS}"))?;
    let mut used: BTreeMap<&str, &Logo> = BTreeMap::new();
    for node in web.nodes.iter_mut().filter(|node| !matches!(node.kind, Kind::Scanned | Kind::Configured)) {
        if let Some(logo) = known.find(&node.name) {
            node.logo = Some(logo.path.clone());
            used.insert(&logo.path, logo);
        }
    }
    let mut to = std::io::stderr().lock();
    for problem in &known.refused {
        writeln!(to, "note: {}", visible(problem))?;
    }
    Ok(used.into_values().cloned().collect())
}

/// Whether users and roles of some account are not known.
fn is_partial(estate: &crate::iam::estate::Estate) -> bool {
    estate.accounts.iter().any(|account| account.unread)
}

fn pretty(value: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    ")))?;
    Ok(bytes)
}

fn store(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        crate::snapshot::make_private_folder(folder)?;
    }
    Ok(crate::snapshot::write_atomic(path, bytes)?)
}

/// A node by its name or id.
fn find<'a>(web: &'a Web, name: &str) -> anyhow::Result<&'a crate::trust::Node> {
    let by_id = web.nodes.iter().find(|node| node.id == name);
    let mut by_name = web.nodes.iter().filter(|node| node.name.eq_ignore_ascii_case(name));
    match (by_id, by_name.next(), by_name.next()) {
        (Some(node), ..) | (None, Some(node), None) => Ok(node),
        (None, Some(_), Some(_)) => anyhow::bail!("`{}` is the name of several: write the id", visible(name)),
        (None, None, _) => anyhow::bail!(
            "nobody in the web of trust is called `{}`: write an account's name or id, or what web/trust.json calls somebody",
            visible(name)
        ),
    }
}
