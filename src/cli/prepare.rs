//! `prepare`: the network map of some accounts, for `webserver` and for others.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::Exit;
use super::accounts::AccountArgs;
use crate::config::Config;
use crate::map::{Elements, Map, Options, build, svg};
use crate::model::visible;
use crate::network::model::Network;
use crate::web::{Page, icons, single_file};

/// Writes web/data.json, in CloudMapper's form and with more in it. `webserver` shows it.
#[derive(Debug, Args)]
pub(super) struct PrepareArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Only Regions whose names contain one of these
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    regions: Vec<String>,
    /// Only VPCs whose ids contain one of these
    #[arg(long = "vpc-ids", value_delimiter = ',', value_name = "IDS")]
    vpc_ids: Vec<String>,
    /// Only VPCs whose names contain one of these
    #[arg(long = "vpc-names", value_delimiter = ',', value_name = "NAMES")]
    vpc_names: Vec<String>,
    /// Only what has all of these tags, `Name=web,Env=prod`; given again, what has the others counts too
    #[arg(long, value_name = "KEY=VALUE,…")]
    tags: Vec<String>,
    /// Leave out connections within and between VPCs, save where a private resource lets everybody in
    #[arg(long = "no-internal-edges", overrides_with = "internal_edges")]
    no_internal_edges: bool,
    #[arg(long = "internal-edges", hide = true)]
    internal_edges: bool,
    /// Show connections between databases
    #[arg(long = "inter-rds-edges")]
    inter_rds_edges: bool,
    #[arg(long = "no-inter-rds-edges", hide = true)]
    no_inter_rds_edges: bool,
    /// Leave out read replicas of databases
    #[arg(long = "no-read-replicas", overrides_with = "read_replicas")]
    no_read_replicas: bool,
    #[arg(long = "read-replicas", hide = true)]
    read_replicas: bool,
    /// Leave out the boxes of Availability Zones
    #[arg(long = "no-azs", overrides_with = "azs")]
    no_azs: bool,
    #[arg(long, hide = true)]
    azs: bool,
    /// Instances with this tag are one node for each of its values
    #[arg(long = "collapse-by-tag", value_name = "KEY")]
    collapse_by_tag: Option<String>,
    /// Show each instance of an Auto Scaling group
    #[arg(long = "no-collapse-asgs", overrides_with = "collapse_asgs")]
    no_collapse_asgs: bool,
    #[arg(long = "collapse-asgs", hide = true)]
    collapse_asgs: bool,
    /// Leave out what AWS says of each node: a smaller file
    #[arg(long = "no-node-data")]
    no_node_data: bool,
    /// Where to write it
    #[arg(long, value_name = "FILE", default_value = "web/data.json")]
    output: PathBuf,
    /// Also write one HTML file that holds all of it, opens from a disk, and can be mailed
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also draw it as a picture, without a browser
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

pub(super) fn prepare(args: &PrepareArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (snapshots, _) = args.accounts.with_organization()?;
    let mut network = Network::read(&snapshots)?;
    let map = build(&snapshots, &mut network, &options(args)?)?;
    anything(args, &map)?;
    let names: Vec<String> = snapshots.iter().map(|snapshot| snapshot.name().to_string()).collect();
    let collected = snapshots
        .iter()
        .filter_map(|snapshot| snapshot.manifest())
        .map(|manifest| manifest.header.finished.unwrap_or(manifest.header.started).to_string());
    write(args, &map, &names, &moment(&collected.max().unwrap_or_default()))?;
    summary(&map, args, out)?;
    Ok(Exit::Complete)
}

/// Filters that fit nothing are most likely mistyped: the map that was there stays.
fn anything(args: &PrepareArgs, map: &Map) -> anyhow::Result<()> {
    let given = [("--regions", &args.regions), ("--vpc-ids", &args.vpc_ids), ("--vpc-names", &args.vpc_names), ("--tags", &args.tags)];
    let given: Vec<&str> = given.iter().filter(|(_, values)| !values.is_empty()).map(|(name, _)| *name).collect();
    let drawn = map.nodes.iter().any(|node| !node.is_box && node.parent.is_some());
    anyhow::ensure!(drawn || given.is_empty(), "nothing in the snapshot fits {}: no map was written", given.join(" and "));
    Ok(())
}

fn options(args: &PrepareArgs) -> anyhow::Result<Options> {
    let tags = args.tags.iter().map(|set| tag_set(set)).collect::<anyhow::Result<_>>()?;
    let cidrs = if args.accounts.config.exists() { Config::load(&args.accounts.config)?.cidrs } else { Vec::new() };
    Ok(Options {
        regions: args.regions.clone(),
        vpc_ids: args.vpc_ids.clone(),
        vpc_names: args.vpc_names.clone(),
        tags,
        internal_edges: !args.no_internal_edges,
        inter_rds_edges: args.inter_rds_edges,
        read_replicas: !args.no_read_replicas,
        azs: !args.no_azs,
        collapse_by_tag: args.collapse_by_tag.clone(),
        collapse_asgs: !args.no_collapse_asgs,
        node_data: !args.no_node_data,
        cidrs,
    })
}

fn tag_set(text: &str) -> anyhow::Result<Vec<(String, String)>> {
    let tag = |part: &str| {
        let (key, value) = part.split_once('=').with_context(|| format!("`{}` is no tag: write `Name=web`", visible(part)))?;
        Ok((key.to_owned(), value.to_owned()))
    };
    text.split(',').map(tag).collect()
}

fn write(args: &PrepareArgs, map: &Map, names: &[String], collected: &str) -> anyhow::Result<()> {
    let title = if let [name] = names { name.clone() } else { format!("{} accounts", names.len()) };
    let meta = json!({"data": {"id": "cloudmapper:meta", "type": "meta", "title": title, "snapshot": collected, "accounts": names, "notes": map.notes}});
    let data = serde_json::to_string(&Elements { meta: &meta, map })?;
    if let Some(html) = &args.html {
        save(html, &single_file(Page::Map, &data, &[])?)?;
    }
    if let Some(file) = &args.svg {
        const NAMED: usize = 6;
        let about = if collected.is_empty() { String::new() } else { format!("Snapshot of {collected}") };
        let title = if names.len() <= NAMED { visible(&names.join(", ")).into_owned() } else { title };
        save(file, &svg(map, &icons()?, &title, &about)?)?;
    }
    save(&args.output, &data)
}

fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        crate::snapshot::make_private_folder(folder)?;
    }
    Ok(crate::snapshot::write_atomic(path, text.as_bytes())?)
}

/// `2026-01-31T10:00:00Z` for people.
fn moment(text: &str) -> String {
    let whole = text.split('.').next().unwrap_or(text).trim_end_matches('Z');
    if whole.is_empty() { String::new() } else { format!("{} UTC", whole.replace('T', " ")) }
}

fn summary(map: &Map, args: &PrepareArgs, out: &mut dyn Write) -> std::io::Result<()> {
    let count = |kind: &str| map.nodes.iter().filter(|node| node.kind == kind).count();
    let things = map.nodes.iter().filter(|node| !node.is_box && node.parent.is_some()).count();
    let public = map.nodes.iter().filter(|node| node.public && !node.is_box).count();
    writeln!(
        out,
        "{} accounts, {} Regions, {} VPCs, {} subnets, {things} resources of which the internet reaches {public}, {} connections",
        count("account"),
        count("region"),
        count("vpc"),
        count("subnet"),
        map.edges.iter().map(|edge| edge.count).sum::<usize>()
    )?;
    for note in &map.notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    if let Some(file) = &args.svg {
        writeln!(out, "picture written to {}", visible(&file.display().to_string()))?;
    }
    if let Some(html) = &args.html {
        writeln!(out, "single page written to {}", visible(&html.display().to_string()))?;
    }
    writeln!(out, "map written to {}: `cloudmapper webserver` shows it", visible(&args.output.display().to_string()))
}
