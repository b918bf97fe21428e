//! `--path` and `--blast-radius`: where trust leads in several steps, and which users and roles can walk there.

use std::io::Write;

use serde_json::{Value, json};

use super::output::{called, count};
use super::{Format, WeboftrustArgs, find};
use crate::cli::graph::opened::graph_of;
use crate::cli::harmless;
use crate::iam::estate::Estate;
use crate::model::visible;
use crate::snapshot::Snapshot;
use crate::trust::{Edge, Principals, Reason, Route, Walk, Web, blast, route};

/// A way, and who can walk it.
type Walked = (Route, Walk);

pub(super) fn answer(
    args: &WeboftrustArgs,
    web: &Web,
    estate: &Estate,
    (snapshots, others): (&[Snapshot], &[Snapshot]),
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let (from, routes) = match (args.path.as_deref(), &args.blast_radius) {
        (Some([from, to]), _) => {
            let (from, to) = (&find(web, from)?.id, &find(web, to)?.id);
            (from, route(web, from, to, args.network_only).into_iter().collect())
        }
        (_, Some(from)) => {
            let from = &find(web, from)?.id;
            (from, blast(web, from, args.network_only))
        }
        _ => return Ok(()),
    };
    let routes: Vec<Route> = routes.into_iter().filter(|route| route.certain || !args.certain).collect();
    let walks = Principals::new(graph_of(estate, (snapshots, others))?, estate, snapshots)?.walk(web, from, &routes, args.certain);
    let all: Vec<Walked> = routes.into_iter().zip(walks).filter(|(_, walk)| !args.certain || *walk != Walk::Nobody).collect();
    match args.format {
        Format::Text => text(args, web, &all, out),
        Format::Json => {
            let all: Vec<Value> = all.iter().map(|walked| value(web, walked)).collect();
            serde_json::to_writer_pretty(&mut *out, &all)?;
            Ok(writeln!(out)?)
        }
        Format::Csv => csv(web, &all, out),
    }
}

fn edges<'a>(web: &'a Web, route: &'a Route) -> impl Iterator<Item = &'a Edge> {
    route.hops.iter().filter_map(|hop| web.edges.get(hop.edge))
}

fn text(args: &WeboftrustArgs, web: &Web, all: &[Walked], out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some([from, to]) = args.path.as_deref()
        && find(web, from)?.id == find(web, to)?.id
    {
        return Ok(writeln!(out, "Both are the same: what may be done within it, `cloudmapper graph` tells.")?);
    }
    if all.is_empty() {
        return Ok(writeln!(out, "Trust leads nowhere from there.")?);
    }
    if args.blast_radius.is_some() {
        writeln!(out, "Trust leads to {}:", count(all.len(), "other", "others"))?;
    }
    for (route, walk) in all {
        let doubt = if route.certain { "" } else { ", possible" };
        writeln!(out, "{} ({}{doubt})", called(web, &route.to), count(route.hops.len(), "step", "steps"))?;
        for edge in edges(web, route) {
            let reason = edge.reasons.iter().find(|reason| reason.certain).or_else(|| edge.reasons.first());
            let why = reason.map(|reason| format!(": {} {}", visible(&reason.resource), visible(&reason.why))).unwrap_or_default();
            let condition = reason.and_then(|reason| reason.condition.as_deref());
            let condition = condition.map(|condition| format!(", {}", visible(condition))).unwrap_or_default();
            writeln!(out, "    {} -> {} {}{why}{condition}", called(web, &edge.from), called(web, &edge.to), edge.access.word())?;
            if let Some(place) = reason.and_then(place) {
                writeln!(out, "      by {}", visible(&place))?;
            }
        }
        match walk {
            Walk::Found(steps) => {
                for step in steps {
                    let doubt = if step.certain { "" } else { ", possible" };
                    writeln!(out, "      as {} -> {} ({}{doubt})", visible(&step.from), visible(&step.to), step.technique)?;
                }
            }
            Walk::Nobody => writeln!(out, "      no user or role found that can walk all of it")?,
            Walk::Unknown => {}
        }
    }
    Ok(())
}

/// "us-east-1/s3-get-bucket-policy/logs, /Policy, in it /Statement/0"
fn place(reason: &Reason) -> Option<String> {
    let mut place = reason.file.clone();
    for (words, pointer) in [(", ", &reason.pointer), (", in it ", &reason.within)] {
        if !pointer.is_empty() {
            place.push_str(words);
            place.push_str(pointer);
        }
    }
    (!reason.file.is_empty()).then_some(place)
}

fn value(web: &Web, (route, walk): &Walked) -> Value {
    let steps: Vec<Value> = edges(web, route)
        .map(|edge| json!({"from": edge.from, "to": edge.to, "access": edge.access, "certain": edge.is_certain(), "reasons": edge.reasons}))
        .collect();
    let (walked, principals) = match walk {
        Walk::Found(steps) => ("found", steps.as_slice()),
        Walk::Nobody => ("nobody", [].as_slice()),
        Walk::Unknown => ("unknown", [].as_slice()),
    };
    let name = web.node(&route.to).map(|node| &node.name);
    json!({"to": route.to, "name": name, "certain": route.certain, "steps": steps, "walk": walked, "principals": principals})
}

fn csv(web: &Web, all: &[Walked], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["to", "name", "steps", "certain", "way", "walk"])?;
    for (route, walk) in all {
        let way: Vec<&str> = edges(web, route).map(|edge| edge.from.as_str()).chain([route.to.as_str()]).collect();
        let name = web.node(&route.to).map(|node| node.name.clone()).unwrap_or_default();
        let certain = if route.certain { "certain" } else { "possible" };
        let walk = match walk {
            Walk::Found(steps) => {
                let first = steps.first().map(|step| step.from.as_str());
                first.into_iter().chain(steps.iter().map(|step| step.to.as_str())).collect::<Vec<_>>().join(" -> ")
            }
            Walk::Nobody => "nobody".to_owned(),
            Walk::Unknown => "unknown".to_owned(),
        };
        let fields = [route.to.clone(), name, route.hops.len().to_string(), certain.to_owned(), way.join(" "), walk];
        writer.write_record(fields.map(|field| harmless(&field)))?;
    }
    writer.flush()?;
    Ok(())
}
