//! `graph near`: what guardrails hold back.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use super::opened::Opened;
use crate::cli::Exit;
use crate::cli::accounts::AccountArgs;
use crate::cli::query::Format;
use crate::graph::{Ends, Held, Miss, Technique, near as held_back, techniques};
use crate::iam::estate::{Guard, Guardrail};
use crate::model::visible;

/// So many of those who would become administrators are named.
const MOST_NAMES: usize = 8;

#[derive(Debug, Args)]
pub(super) struct NearArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Only ways that start at these
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
    /// Only ways that lead to these; `admin` for administrators
    #[arg(long, value_name = "WHO")]
    to: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn near(args: &NearArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut opened = Opened::of(&args.accounts)?;
    let named = |name: &String| opened.nodes(name).map(|places| places.into_iter().collect());
    let ends = Ends {
        from: args.from.as_ref().map(named).transpose()?,
        to: match args.to.as_deref() {
            Some("admin") => Some(crate::graph::Ways::new(&opened.graph).administrators(false).into_iter().collect()),
            _ => args.to.as_ref().map(named).transpose()?,
        },
    };
    let found = held_back(&opened.graph, &opened.estate, &opened.snapshots, &ends)?;
    opened.graph = found.graph;
    match args.format {
        Format::Text => text(&opened, &found.held, out)?,
        Format::Json => {
            let told: Vec<Value> = found.held.iter().map(|held| document(&opened, held)).collect::<anyhow::Result<_>>()?;
            serde_json::to_writer_pretty(&mut *out, &told)?;
            writeln!(out)?;
        }
    }
    if found.left_out > 0 {
        let few = "these are too many: of each kind, those to administrators were looked at first";
        writeln!(std::io::stderr(), "note: {} ways more are held back, and {few}; choose with --from and --to", found.left_out)?;
    }
    opened.say_gaps()?;
    Ok(if opened.is_partial() { Exit::Partial } else { Exit::Complete })
}

/// Ways between the same two, by place of technique.
fn by_ends(misses: &[Miss]) -> BTreeMap<(usize, usize), Vec<&Miss>> {
    let mut all: BTreeMap<(usize, usize), Vec<&Miss>> = BTreeMap::new();
    for miss in misses {
        all.entry((miss.edge.from, miss.edge.to)).or_default().push(miss);
    }
    all
}

fn text(opened: &Opened, all: &[Held], out: &mut dyn Write) -> anyhow::Result<()> {
    if all.is_empty() {
        writeln!(out, "no guardrail holds back a way that would be there without it")?;
    }
    let techniques = techniques()?;
    for held in all {
        let ways = by_ends(&held.misses);
        let guardrails: Vec<String> = held.guardrails.iter().map(|guardrail| words(opened, guardrail)).collect();
        let holds = if guardrails.len() > 1 { "together hold back" } else { "holds back" };
        let count = if ways.len() == 1 { "1 way".to_owned() } else { format!("{} ways", ways.len()) };
        let alone = if guardrails.len() > 1 { ", which none of them opens if it goes alone" } else { "" };
        writeln!(out, "{} {holds} {count}{alone}{}", guardrails.join(" and "), opens(opened, held))?;
        for misses in ways.values() {
            way(opened, &techniques, misses, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Who would become an administrator.
fn opens(opened: &Opened, held: &Held) -> String {
    let names: Vec<String> = held.administrators.iter().take(MOST_NAMES).map(|at| opened.name(*at)).collect();
    let more = held.administrators.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let without = if held.guardrails.len() > 1 { "without all of them" } else { "without it" };
    if names.is_empty() { String::new() } else { format!("; {without}, administrators could become: {}{more}", names.join(", ")) }
}

fn way(opened: &Opened, techniques: &[Technique], misses: &[&Miss], out: &mut dyn Write) -> anyhow::Result<()> {
    let Some((first, technique)) = misses.first().and_then(|miss| Some((*miss, techniques.get(usize::from(miss.edge.technique))?))) else {
        return Ok(());
    };
    let mut ids: Vec<&str> =
        misses.iter().filter_map(|miss| techniques.get(usize::from(miss.edge.technique))).map(|known| known.id).collect();
    ids.dedup();
    let through = first.edge.via.map(|via| format!(" by {}", opened.name(via))).unwrap_or_default();
    let possible = if misses.iter().any(|miss| miss.edge.certain) { "" } else { ", possible" };
    writeln!(
        out,
        "   {} {}{through} -> {}  [{}{possible}]",
        opened.name(first.edge.from),
        technique.name,
        opened.name(first.edge.to),
        ids.join(", ")
    )?;
    for (who, action, resource) in &first.denied {
        let from = opened.graph.nodes.get(first.edge.from).map(|node| node.arn.as_str());
        let by = if from == Some(who.as_str()) { String::new() } else { format!(" by {}", visible(who)) };
        writeln!(out, "      {} on {}{by}", visible(action), visible(resource))?;
    }
    Ok(())
}

fn kind(guard: Guard) -> &'static str {
    match guard {
        Guard::Scp => "SCP",
        Guard::Rcp => "RCP",
        Guard::Boundary => "the boundary",
        Guard::Identity | Guard::Resource => "",
    }
}

fn words(opened: &Opened, guardrail: &Guardrail) -> String {
    let names = guardrail.policies.iter().map(|name| visible(name).into_owned()).collect::<Vec<_>>().join(" or ");
    if names.is_empty() {
        return match guardrail.guard {
            Guard::Scp => "the SCPs together",
            Guard::Rcp => "the RCPs together",
            Guard::Boundary => "the boundaries together",
            Guard::Identity => "denials of identity policies together",
            Guard::Resource => "denials of resource policies together",
        }
        .to_owned();
    }
    let said = match guardrail.statement {
        None => ", which does not allow it,".to_owned(),
        Some(statement) => {
            let sid = sid(opened, guardrail).map(|sid| format!(" ({})", visible(&sid))).unwrap_or_default();
            format!(", statement {statement}{sid},")
        }
    };
    format!("{} {names}{said}", kind(guardrail.guard)).trim_start().to_owned()
}

fn sid(opened: &Opened, guardrail: &Guardrail) -> Option<String> {
    let store = &opened.estate.store;
    let stored = store.get(store.find(guardrail.policies.first()?)?)?;
    stored.policy.statements.iter().find(|known| Some(known.index) == guardrail.statement)?.sid.clone()
}

fn document(opened: &Opened, held: &Held) -> anyhow::Result<Value> {
    let techniques = techniques()?;
    let arn = |at: usize| opened.graph.nodes.get(at).map(|node| node.arn.as_str()).unwrap_or_default();
    let guardrails: Vec<Value> = held
        .guardrails
        .iter()
        .map(|one| json!({"kind": one.guard, "policies": one.policies, "statement": one.statement, "sid": sid(opened, one)}))
        .collect();
    let ways: Vec<Value> = held
        .misses
        .iter()
        .map(|miss| {
            let technique = techniques.get(usize::from(miss.edge.technique));
            let denied: Vec<Value> =
                miss.denied.iter().map(|(who, action, resource)| json!({"who": who, "action": action, "resource": resource})).collect();
            json!({
                "from": arn(miss.edge.from), "to": arn(miss.edge.to), "through": miss.edge.via.map(arn), "certain": miss.edge.certain,
                "technique": technique.map(|known| known.id), "name": technique.map(|known| known.name), "denied": denied,
            })
        })
        .collect();
    let administrators: Vec<&str> = held.administrators.iter().map(|at| arn(*at)).collect();
    Ok(json!({"guardrails": guardrails, "ways": ways, "new_administrators": administrators}))
}
