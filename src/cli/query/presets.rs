//! The ready-made questions.

use std::io::Write;

use serde_json::json;

use super::run::{arn, asked};
use super::{Common, Format};
use crate::cli::graph::opened::Opened;
use crate::cli::graph::words::{Teller, Told};
use crate::graph::query::{Preset, Source, changeable, clusters, public_services, services, wrong_admins};
use crate::graph::{Admin, Filter, Hop, Kind, Nearest, Ways};
use crate::model::visible;

const ESCALATES: &str = "can escalate privileges by accessing the administrative principal";
/// Of people of Identity Center, which is there for that.
const ADMINISTERS: &str = "can come to act as the administrative principal";

/// One line of the answer: a heading, perhaps a way.
struct Line {
    from: usize,
    to: Option<usize>,
    way: Vec<Hop>,
}

pub(super) fn preset(opened: &Opened, preset: &Preset, common: &Common, filter: &Filter, out: &mut dyn Write) -> anyhow::Result<()> {
    let ways = Ways::new(&opened.graph);
    let source = Source { graph: &opened.graph, ways: &ways, estate: &opened.estate };
    match preset {
        Preset::Privesc(who) => privesc(opened, &ways, asked(opened, who.as_deref(), common.skip_admin)?, common, filter, out),
        Preset::Connected(from, to) => {
            let (from, to) = (asked(opened, from.as_deref(), common.skip_admin)?, asked(opened, to.as_deref(), false)?);
            let lines = connected(&ways, &from, &to, filter);
            print(opened, &ways, &lines, "is able to access", common, out)
        }
        Preset::Clusters(key) => by_tag(opened, &source, key, common, filter, out),
        Preset::Endgame(service) => endgame(opened, &source, service.as_deref(), common, out),
        Preset::ServiceAccess => service_access(opened, &source, common, out),
        Preset::WrongAdmin => {
            let wrong = wrong_admins(&source);
            if wrong.is_empty() && common.format == Format::Text {
                writeln!(out, "every administrator has `*` on `*`")?;
            }
            for (at, because) in wrong {
                if common.format == Format::Json {
                    writeln!(out, "{}", json!({"principal": arn(opened, at), "because": because}))?;
                    continue;
                }
                writeln!(out, "{}", opened.name(at))?;
                for reason in because {
                    writeln!(out, "    * {reason}")?;
                }
                writeln!(out)?;
            }
            Ok(())
        }
    }
}

/// Who can come to act as one, or as an administrator.
pub(super) fn reach(opened: &Opened, whom: Option<&str>, common: &Common, filter: &Filter, out: &mut dyn Write) -> anyhow::Result<()> {
    let ways = Ways::new(&opened.graph);
    let Some(whom) = whom else {
        let skipped = |at: &usize| common.skip_admin && opened.graph.nodes.get(*at).is_some_and(|node| node.admin != Admin::No);
        let everybody = (0..opened.graph.nodes.len())
            .filter(|at| opened.graph.nodes.get(*at).is_some_and(|node| !matches!(node.kind, Kind::Service | Kind::Admin)));
        return privesc(opened, &ways, everybody.filter(|at| !skipped(at)).collect(), common, filter, out);
    };
    let goals = opened.nodes(whom)?;
    let everybody = |at: &usize| opened.graph.nodes.get(*at).is_some_and(|node| node.kind != Kind::Service && node.kind != Kind::Admin);
    let skipped = |at: &usize| common.skip_admin && opened.graph.nodes.get(*at).is_some_and(|node| node.admin != Admin::No);
    let from: Vec<usize> = (0..opened.graph.nodes.len()).filter(everybody).filter(|at| !goals.contains(at) && !skipped(at)).collect();
    let nearest = Nearest::new(&ways, |_| goals.iter().copied(), filter);
    let lines: Vec<Line> = from.into_iter().filter_map(|from| line(&ways, from, &nearest)).collect();
    print(opened, &ways, &lines, "is able to access", common, out)
}

fn line(ways: &Ways<'_>, from: usize, nearest: &Nearest) -> Option<Line> {
    let way = ways.follow(from, nearest.of(from));
    let to = way.last().map(|hop| ways.ends(*hop).1)?;
    Some(Line { from, to: Some(to), way })
}

fn privesc(
    opened: &Opened,
    ways: &Ways<'_>,
    asked: Vec<usize>,
    common: &Common,
    filter: &Filter,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let admin = |at: usize| opened.graph.nodes.get(at).map_or(Admin::No, |node| node.admin.clone());
    let nearest = Nearest::administrators(ways, filter);
    let mut lines = Vec::new();
    for at in asked {
        if admin(at) != Admin::No {
            lines.push(Line { from: at, to: None, way: Vec::new() });
        } else {
            lines.extend(line(ways, at, &nearest));
        }
    }
    print(opened, ways, &lines, ESCALATES, common, out)
}

fn connected(ways: &Ways<'_>, from: &[usize], to: &[usize], filter: &Filter) -> Vec<Line> {
    let mut lines = Vec::new();
    let sure = Filter { certain: true, ..filter.clone() };
    // The side with fewer principals is searched from.
    if from.len() <= to.len() {
        for start in from {
            let (certain, possible) = (ways.from(*start, &sure), ways.from(*start, filter));
            for end in to.iter().filter(|end| *end != start) {
                let distances = if certain.has(*end) { &certain } else { &possible };
                if distances.has(*end) {
                    lines.push(Line { from: *start, to: Some(*end), way: distances.back(ways, *end) });
                }
            }
        }
    } else {
        for end in to {
            let nearest = Nearest::new(ways, |_| [*end], filter);
            lines.extend(from.iter().filter(|start| *start != end).filter_map(|start| line(ways, *start, &nearest)));
        }
    }
    lines
}

fn print(opened: &Opened, ways: &Ways<'_>, lines: &[Line], verb: &str, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
    let to_admin = verb == ESCALATES;
    let teller = Teller::new(opened)?;
    let hops: Vec<Vec<Hop>> = lines.iter().map(|line| line.way.clone()).filter(|way| !way.is_empty()).collect();
    let mut told = teller.tell(ways, &hops)?.into_iter();
    for line in lines {
        let way: Option<Told> = if line.way.is_empty() { None } else { told.next() };
        if common.format == Format::Json {
            let to = line.to.map(|to| arn(opened, to));
            let when = match opened.graph.nodes.get(line.from).map(|node| &node.admin) {
                Some(Admin::If(when)) if line.to.is_none() => Some(when.clone()),
                _ => None,
            };
            writeln!(
                out,
                "{}",
                json!({"principal": arn(opened, line.from), "admin": line.to.is_none(), "condition": when, "to": to, "way": way})
            )?;
            continue;
        }
        let name = opened.name(line.from);
        let person = opened.graph.nodes.get(line.from).is_some_and(|node| node.kind == Kind::Person);
        let verb = if to_admin && person { ADMINISTERS } else { verb };
        match (line.to, &way) {
            (Some(to), Some(way)) => {
                let possible = if way.certain && (!to_admin || way.administrator_if.is_none()) { "" } else { " (possible)" };
                writeln!(out, "{name} {verb} {}{possible}:", opened.name(to))?;
                way.print(common.explain, out)?;
                writeln!(out)?;
            }
            _ => match opened.graph.nodes.get(line.from).map(|node| &node.admin) {
                Some(Admin::If(when)) => writeln!(out, "{name} is an administrative principal if {}", visible(when))?,
                _ => writeln!(out, "{name} is an administrative principal")?,
            },
        }
    }
    if lines.is_empty() && common.format == Format::Text {
        writeln!(out, "nobody who was asked about")?;
    }
    Ok(())
}

fn by_tag(opened: &Opened, source: &Source<'_>, key: &str, common: &Common, filter: &Filter, out: &mut dyn Write) -> anyhow::Result<()> {
    let clusters = clusters(source, key);
    let mut lines = Vec::new();
    for (value, members) in &clusters {
        let others: Vec<usize> = clusters.iter().filter(|(other, _)| *other != value).flat_map(|(_, members)| members.clone()).collect();
        lines.extend(connected(source.ways, members, &others, filter));
    }
    if common.format == Format::Text {
        writeln!(out, "# Clusters identified on key {}", visible(key))?;
        for (value, members) in &clusters {
            writeln!(out, "{}:", visible(value))?;
            for member in members {
                writeln!(out, "   {}", opened.name(*member))?;
            }
        }
        writeln!(out, "# Boundaries crossed on key {}", visible(key))?;
    }
    print(opened, source.ways, &lines, "can cross boundaries and access", common, out)
}

fn endgame(opened: &Opened, source: &Source<'_>, service: Option<&str>, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
    let is_admin = |at: usize| opened.graph.nodes.get(at).is_some_and(|node| node.admin != Admin::No);
    if let Some(service) = service.filter(|service| public_services().all(|known| known != *service)) {
        anyhow::bail!(
            "`{}` has no resources that this preset knows: {} have",
            visible(service),
            public_services().collect::<Vec<_>>().join(", ")
        );
    }
    for resource in changeable(source, service)? {
        let by = resource.by.iter().filter(|(at, _)| !common.skip_admin || !is_admin(**at));
        if common.format == Format::Json {
            let by: Vec<_> =
                by.map(|(at, (action, when))| json!({"principal": arn(opened, *at), "action": action, "condition": when})).collect();
            writeln!(out, "{}", json!({"resource": resource.arn, "by": by}))?;
            continue;
        }
        writeln!(out, "{}", visible(&resource.arn))?;
        let mut by = by.peekable();
        if by.peek().is_none() {
            writeln!(out, "  nobody")?;
        }
        for (at, (action, when)) in by {
            let when = when.as_ref().map(|when| format!(" if {}", visible(when))).unwrap_or_default();
            writeln!(out, "  {} by {action}{when}", opened.name(*at))?;
        }
    }
    Ok(())
}

fn service_access(opened: &Opened, source: &Source<'_>, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
    let found = services(source);
    if found.is_empty() && common.format == Format::Text {
        writeln!(out, "no service can take on a role")?;
    }
    for (service, roles) in found {
        if common.format == Format::Json {
            let roles: Vec<_> = roles.iter().map(|(at, certain)| json!({"role": arn(opened, *at), "certain": certain})).collect();
            writeln!(out, "{}", json!({"service": service, "roles": roles}))?;
            continue;
        }
        writeln!(out, "{}", visible(&service))?;
        for (role, certain) in roles {
            writeln!(out, "    {}{}", opened.name(role), if certain { "" } else { " (under conditions)" })?;
        }
    }
    Ok(())
}
