//! What `weboftrust` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use crate::cli::harmless;
use crate::model::visible;
use crate::trust::{Access, Edge, Gap, Kind, Node, Web};

/// Of so many gaps of an account, each is said on a line.
const FEW: usize = 3;

/// "Datadog (464622532012)", or the id alone.
pub(super) fn called(web: &Web, id: &str) -> String {
    let node = web.node(id).filter(|node| node.name != node.id);
    node.map_or_else(|| visible(id).into_owned(), |node| format!("{} ({})", visible(&node.name), visible(id)))
}

pub(super) fn text(web: &Web, html: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut edges: BTreeMap<&str, Vec<&Edge>> = BTreeMap::new();
    for edge in &web.edges {
        edges.entry(&edge.from).or_default().push(edge);
        edges.entry(&edge.to).or_default().push(edge);
    }
    for node in web.nodes.iter().filter(|node| node.kind == Kind::Unknown) {
        let own = edges.get(node.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        writeln!(out, "Unknown account: {}{}", visible(&node.id), ties(web, node, own))?;
    }
    for node in web.nodes.iter().filter(|node| node.kind == Kind::Vendor && node.source.is_empty()) {
        writeln!(out, "Unconfirmed: {} is said to be of {}", visible(&node.id), visible(&node.name))?;
    }
    for dangling in &web.dangling {
        let (resource, principal) = (visible(&dangling.resource), visible(&dangling.principal));
        writeln!(out, "Deleted principal: {resource} still names {principal}")?;
    }
    let everybody: usize = web.everybody.values().map(BTreeSet::len).sum();
    if everybody > 0 {
        let who = if everybody == 1 { "1 policy lets".to_owned() } else { format!("{everybody} policies let") };
        writeln!(out, "Everybody: {who} everybody in; `cloudmapper public` lists them")?;
    }
    if web.hidden > 0 {
        let accounts = count(web.hidden, "account of AWS's services is", "accounts of AWS's services are");
        writeln!(out, "{accounts} not shown; --show_aws_owned_accounts shows them")?;
    }
    let mut classes: BTreeMap<Access, usize> = BTreeMap::new();
    for edge in web.visible() {
        *classes.entry(edge.access).or_default() += 1;
    }
    let each: Vec<String> = classes.iter().map(|(access, count)| format!("{count} {}", access.word())).collect();
    let connections: usize = classes.values().sum();
    let nodes = count(web.nodes.len(), "node", "nodes");
    let groups = if web.groups.is_empty() { String::new() } else { format!(" in {}", count(web.groups.len(), "group", "groups")) };
    let by_class = if each.is_empty() { String::new() } else { format!(": {}", each.join(", ")) };
    let weaker = web.edges.len() - connections;
    let hidden = if weaker > 0 { format!("; {} beside a stronger one", count(weaker, "more stands", "more stand")) } else { String::new() };
    writeln!(out, "{nodes}{groups}, {}{by_class}{hidden}", count(connections, "connection", "connections"))?;
    writeln!(out, "web/trust.json and web/data.json written; `cloudmapper webserver` shows them at /trust.html")?;
    if let Some(path) = html {
        writeln!(out, "{}", visible(&path.display().to_string()))?;
    }
    Ok(())
}

/// What an unknown account has to do with ours.
fn ties(web: &Web, node: &Node, edges: &[&Edge]) -> String {
    let mut words: Vec<String> = Vec::new();
    for edge in edges {
        let way = if edge.from == node.id { "into" } else { "from" };
        let other = if edge.from == node.id { &edge.to } else { &edge.from };
        words.push(format!("{} {way} {}", edge.access.word(), called(web, other)));
    }
    let more = if words.len() > FEW { format!(" and {} more", words.len() - FEW) } else { String::new() };
    words.truncate(FEW);
    if words.is_empty() { String::new() } else { format!(", {}{more}", words.join(", ")) }
}

pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A line for each reason.
pub(super) fn csv(web: &Web, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "from",
        "from_name",
        "from_kind",
        "to",
        "to_name",
        "to_kind",
        "access",
        "certain",
        "service",
        "resource",
        "why",
        "condition",
        "file",
        "pointer",
        "within",
    ])?;
    for edge in &web.edges {
        rows(web, edge).try_for_each(|row| writer.write_record(row.map(|field| harmless(&field))))?;
    }
    writer.flush()?;
    Ok(())
}

fn rows<'a>(web: &'a Web, edge: &'a Edge) -> impl Iterator<Item = [String; 15]> + 'a {
    let (from, to) = (end(web, &edge.from), end(web, &edge.to));
    edge.reasons.iter().map(move |reason| {
        let certain = if reason.certain { "certain" } else { "possible" };
        let condition = reason.condition.clone().unwrap_or_default();
        let [id, name, kind] = from.clone();
        let [to_id, to_name, to_kind] = to.clone();
        let access = reason.access.word().to_owned();
        let (service, resource, why) = (reason.service.clone(), reason.resource.clone(), reason.why.clone());
        let (file, pointer, within) = (reason.file.clone(), reason.pointer.clone(), reason.within.clone());
        let certain = certain.to_owned();
        [id, name, kind, to_id, to_name, to_kind, access, certain, service, resource, why, condition, file, pointer, within]
    })
}

fn end(web: &Web, id: &str) -> [String; 3] {
    let node = web.node(id);
    let kind = node.and_then(|node| serde_json::to_value(node.kind).ok());
    let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    [id.to_owned(), node.map_or_else(String::new, |node| node.name.clone()), kind.to_owned()]
}

/// What was not collected, on stderr: of each account the first few, and how many more.
pub(super) fn notes(web: &Web) -> anyhow::Result<()> {
    let mut by_account: BTreeMap<&str, Vec<&Gap>> = BTreeMap::new();
    for gap in &web.gaps {
        by_account.entry(&gap.account).or_default().push(gap);
    }
    let mut to = std::io::stderr().lock();
    for (account, gaps) in by_account {
        let who = called(web, account);
        // What of users and roles is not known hides most; of the others, what was asked for and refused.
        let (iam, others): (Vec<&&Gap>, Vec<&&Gap>) = gaps.iter().partition(|gap| gap.service == "iam");
        let (not_asked, refused): (Vec<&&Gap>, Vec<&&Gap>) = others.into_iter().partition(|gap| gap.what.ends_with("was not asked for"));
        for gap in iam.iter().chain(refused.iter().take(FEW)) {
            writeln!(to, "note: {who}: {}", visible(&gap.what))?;
        }
        if refused.len() > FEW {
            writeln!(to, "note: {who}: {} more answers are missing; web/trust.json lists them", refused.len() - FEW)?;
        }
        let services: BTreeSet<&str> = not_asked.iter().map(|gap| gap.service.as_str()).collect();
        if !services.is_empty() {
            let first = services.iter().take(FEW).copied().collect::<Vec<_>>().join(", ");
            let more = if services.len() > FEW { format!(" and {} more", services.len() - FEW) } else { String::new() };
            writeln!(
                to,
                "note: {who}: not all trust by {first}{more} is known, for it was not asked for; `cloudmapper collect --for wot` does"
            )?;
        }
    }
    Ok(())
}
