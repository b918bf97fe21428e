//! `--path` and `--blast-radius`: where trust leads in several steps.

use std::io::Write;

use serde_json::{Value, json};

use super::output::{called, count};
use super::{Format, WeboftrustArgs, find};
use crate::cli::harmless;
use crate::iam::estate::Estate;
use crate::model::visible;
use crate::snapshot::Snapshot;
use crate::trust::{Edge, Route, Web, blast, route};

pub(super) fn answer(
    args: &WeboftrustArgs,
    web: &Web,
    _estate: &Estate,
    _snapshots: &[Snapshot],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let routes = match (args.path.as_deref(), &args.blast_radius) {
        (Some([from, to]), _) => route(web, &find(web, from)?.id, &find(web, to)?.id, args.network_only).into_iter().collect(),
        (_, Some(from)) => blast(web, &find(web, from)?.id, args.network_only),
        _ => Vec::new(),
    };
    let routes: Vec<Route> = routes.into_iter().filter(|route| route.certain || !args.certain).collect();
    match args.format {
        Format::Text => text(args, web, &routes, out),
        Format::Json => {
            let all: Vec<Value> = routes.iter().map(|route| value(web, route)).collect();
            serde_json::to_writer_pretty(&mut *out, &all)?;
            Ok(writeln!(out)?)
        }
        Format::Csv => csv(web, &routes, out),
    }
}

fn edges<'a>(web: &'a Web, route: &'a Route) -> impl Iterator<Item = &'a Edge> {
    route.hops.iter().filter_map(|hop| web.edges.get(hop.edge))
}

fn text(args: &WeboftrustArgs, web: &Web, routes: &[Route], out: &mut dyn Write) -> anyhow::Result<()> {
    if routes.is_empty() {
        return Ok(writeln!(out, "Trust leads nowhere from there.")?);
    }
    if args.blast_radius.is_some() {
        writeln!(out, "Trust leads to {}:", count(routes.len(), "other", "others"))?;
    }
    for route in routes {
        let doubt = if route.certain { "" } else { ", possible" };
        writeln!(out, "{} ({}{doubt})", called(web, &route.to), count(route.hops.len(), "step", "steps"))?;
        for edge in edges(web, route) {
            let reason = edge.reasons.iter().find(|reason| reason.certain).or_else(|| edge.reasons.first());
            let why = reason.map(|reason| format!(": {} {}", visible(&reason.resource), visible(&reason.why))).unwrap_or_default();
            let condition = reason
                .and_then(|reason| reason.condition.as_deref())
                .map(|condition| format!(", {}", visible(condition)))
                .unwrap_or_default();
            writeln!(out, "    {} -> {} {}{why}{condition}", called(web, &edge.from), called(web, &edge.to), edge.access.word())?;
        }
    }
    Ok(())
}

fn value(web: &Web, route: &Route) -> Value {
    let steps: Vec<Value> = edges(web, route)
        .map(|edge| json!({"from": edge.from, "to": edge.to, "access": edge.access, "certain": edge.is_certain(), "reasons": edge.reasons}))
        .collect();
    json!({"to": route.to, "name": web.node(&route.to).map(|node| &node.name), "certain": route.certain, "steps": steps})
}

fn csv(web: &Web, routes: &[Route], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["to", "name", "steps", "certain", "way"])?;
    for route in routes {
        let way: Vec<&str> = edges(web, route).map(|edge| edge.from.as_str()).chain([route.to.as_str()]).collect();
        let name = web.node(&route.to).map(|node| node.name.clone()).unwrap_or_default();
        let certain = if route.certain { "certain" } else { "possible" };
        let fields = [route.to.clone(), name, route.hops.len().to_string(), certain.to_owned(), way.join(" ")];
        writer.write_record(fields.map(|field| harmless(&field)))?;
    }
    writer.flush()?;
    Ok(())
}
