//! Answers one question.

use std::io::Write;

use anyhow::Context as _;
use serde_json::Value;

use super::output::{self, Answered};
use super::{Common, Format, presets};
use crate::cli::graph::opened::Opened;
use crate::cli::graph::words::{Teller, Told};
use crate::graph::query::{How, Query, Request, Source, authorized};
use crate::graph::{Admin, Filter, Hop, Kind, Ways};
use crate::iam::estate::{PolicyKind, ResourcePolicy};
use crate::iam::policy::Policy;
use crate::iam::query::{Given, check_key};
use crate::model::{is_account_id, visible};

/// A pattern may stand for so many actions: all of them are asked for.
const MOST_ACTIONS: usize = 1_000;

/// Answers a question.
pub(in crate::cli) fn run(opened: &mut Opened, query: &Query, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
    let filter = opened.filter(common.certain, &common.avoid)?;
    match query {
        Query::Can(request) => {
            with_policy(opened, request, common)?;
            can(opened, request, common, &filter, out)
        }
        Query::Preset(preset) => presets::preset(opened, preset, common, &filter, out),
        Query::Reach(whom) => presets::reach(opened, whom.as_deref(), common, &filter, out),
        Query::Path(from, to) => path(opened, (from, to.as_deref()), &filter, 10, common.format, out).map(|_| ()),
    }
}

/// Gives the resource the policy that came with the question.
fn with_policy(opened: &mut Opened, request: &Request, common: &Common) -> anyhow::Result<()> {
    let given = common.resource_owner.as_deref().map(|owner| owner_id(opened, owner)).transpose()?;
    let Some(text) = &common.resource_policy_text else { return Ok(()) };
    let resource = request.resource.as_deref().context("a policy of the resource needs a resource: `with arn:…`, or --resource")?;
    let document: Value = serde_json::from_str(text).context("--resource-policy-text is not JSON")?;
    anyhow::ensure!(!resource.contains(":role/"), "for another trust policy, use `can --overlay`");
    let service = resource.split(':').nth(2).unwrap_or_default();
    // Objects have the policy of their bucket.
    let arn = if service == "s3" { resource.split('/').next().unwrap_or(resource) } else { resource };
    let told = arn.split(':').nth(4).filter(|account| !account.is_empty());
    let known = opened.estate.resources.find(arn).map(|(_, known)| known.account.clone());
    let only = match opened.estate.accounts.as_slice() {
        [only] => Some(only.id.clone()),
        _ => None,
    };
    let known = told.map(str::to_owned).or(known);
    if let (Some(known), Some(given)) = (&known, &given)
        && known != given
    {
        writeln!(std::io::stderr(), "note: {} is of account {known}: --resource-owner is left aside", visible(arn))?;
    }
    let owner = known.or(given).or(only);
    let owner = owner.with_context(|| format!("whose `{}` is cannot be told: give --resource-owner", visible(arn)))?;
    let problems = Policy::read(&document, opened.estate.store.catalog());
    if let Some(problem) = problems.problems.first() {
        anyhow::bail!("--resource-policy-text: {}: {}", visible(&problem.pointer), problem.kind);
    }
    let id = opened.estate.store.add(format!("the given policy of {arn}"), PolicyKind::Resource, document);
    opened.estate.resources.set(arn, &owner, ResourcePolicy::Known(id));
    Ok(())
}

/// The id of an account: of one that is here, by its name too, or of any other.
fn owner_id(opened: &Opened, owner: &str) -> anyhow::Result<String> {
    let known = opened.graph.accounts.iter().find(|account| account.name == owner).map(|account| account.id.clone());
    let other = is_account_id(owner).then(|| owner.to_owned());
    known
        .or(other)
        .with_context(|| format!("--resource-owner `{}` is no account: write its id, or the name of one that is here", visible(owner)))
}

fn given(opened: &Opened, common: &Common) -> anyhow::Result<Given> {
    let Some(text) = &common.session_policy else { return Ok(Given::default()) };
    let document: Value = serde_json::from_str(text).context("--session-policy is not JSON")?;
    let policy = Policy::read(&document, opened.estate.store.catalog());
    if let Some(problem) = policy.problems.first() {
        anyhow::bail!("--session-policy: {}: {}", visible(&problem.pointer), problem.kind);
    }
    Ok(Given { session: vec![("the session policy".to_owned(), policy)] })
}

/// Users and roles, without administrators if these are not asked about.
pub(super) fn asked(opened: &Opened, name: Option<&str>, skip_admin: bool) -> anyhow::Result<Vec<usize>> {
    let all = match name {
        Some(name) => opened.nodes(name)?,
        None => (0..opened.graph.nodes.len()).filter(|at| opened.graph.is_principal(*at)).collect(),
    };
    let is_admin = |at: usize| opened.graph.nodes.get(at).is_some_and(|node| node.admin != Admin::No);
    Ok(all.into_iter().filter(|at| !skip_admin || !is_admin(*at)).collect())
}

fn can(opened: &Opened, request: &Request, common: &Common, filter: &Filter, out: &mut dyn Write) -> anyhow::Result<()> {
    for (key, value) in &request.conditions {
        check_key(opened.estate.store.catalog(), key, std::slice::from_ref(value)).map_err(anyhow::Error::msg)?;
    }
    let many = opened.estate.store.catalog().expand(&request.action).len();
    anyhow::ensure!(
        many <= MOST_ACTIONS,
        "`{}` stands for {many} actions: ask for one, for those of a service, or `preset privesc` for administrators",
        visible(&request.action)
    );
    let mut asked = asked(opened, request.principal.as_deref(), common.skip_admin)?;
    if request.principal.is_none() {
        let person = |at: &usize| opened.graph.nodes.get(*at).is_some_and(|node| node.kind == Kind::Person);
        asked.extend((0..opened.graph.nodes.len()).filter(person));
    }
    let ways = Ways::new(&opened.graph);
    let source = Source { graph: &opened.graph, ways: &ways, estate: &opened.estate };
    let answers = authorized(&source, request, &asked, &given(opened, common)?, filter)?;
    let teller = Teller::new(opened)?;
    let hops: Vec<Vec<Hop>> = answers
        .iter()
        .filter_map(|answer| match &answer.how {
            How::Through(way, _) => Some(way.clone()),
            _ => None,
        })
        .collect();
    let mut told = teller.tell(&ways, &hops)?.into_iter();
    let mut answered = Vec::new();
    for answer in answers {
        let way: Option<Told> = if matches!(answer.how, How::Through(..)) { told.next() } else { None };
        if answer.how != How::No || common.include_unauthorized {
            answered.push(Answered { name: opened.name(answer.node), arn: arn(opened, answer.node), answer, way });
        }
    }
    match common.format {
        Format::Text => output::text(request, &answered, common.explain, out)?,
        Format::Json => output::json(request, &answered, out)?,
    }
    Ok(())
}

pub(super) fn arn(opened: &Opened, at: usize) -> String {
    opened.graph.nodes.get(at).map(|node| node.arn.clone()).unwrap_or_default()
}

/// Prints the shortest ways; whether there is one.
pub(super) fn path(
    opened: &Opened,
    (from, to): (&str, Option<&str>),
    filter: &Filter,
    most: usize,
    format: Format,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let ways = Ways::new(&opened.graph);
    let starts = match from {
        "internet" => {
            opened.graph.nodes.iter().position(|node| node.kind == Kind::Internet && node.arn == "internet").into_iter().collect()
        }
        _ => vec![opened.node(from)?],
    };
    let end = to.map(|to| opened.node(to)).transpose()?;
    let mut found = Vec::new();
    let mut total = 0;
    for start in &starts {
        // Who starts is on no way through somebody.
        let mut filter = filter.clone();
        filter.avoid.remove(start);
        let (hops, count) = shortest(&ways, *start, end, &filter, most);
        found.extend(hops);
        total += count;
    }
    let told = Teller::new(opened)?.tell(&ways, &found)?;
    let start = starts.first().and_then(|at| opened.graph.nodes.get(*at));
    let rank = start.filter(|_| to.is_none()).map_or(&Admin::No, |start| &start.admin);
    match format {
        Format::Json => output::ways_json(&told, total, rank, out)?,
        Format::Text if told.is_empty() && *rank != Admin::No => {
            let when = if let Admin::If(when) = rank { format!(" if {}", visible(when)) } else { String::new() };
            writeln!(out, "{} is an administrator{when}", visible(from))?;
        }
        Format::Text if told.is_empty() && end.is_some() && starts.first() == end.as_ref() => {
            writeln!(out, "{} and {} are the same", visible(from), visible(to.unwrap_or_default()))?;
        }
        Format::Text if told.is_empty() => {
            writeln!(out, "there is no way from {} to {}", visible(from), visible(to.unwrap_or("an administrator")))?
        }
        Format::Text => {
            for (at, way) in told.iter().enumerate() {
                let certain = if way.certain && (to.is_some() || way.administrator_if.is_none()) { "certain" } else { "possible" };
                let steps = if way.steps.len() == 1 { "1 step".to_owned() } else { format!("{} steps", way.steps.len()) };
                writeln!(out, "Way {} of {total}, {certain}, {steps}", at + 1)?;
                way.print(true, out)?;
                writeln!(out)?;
            }
        }
    }
    Ok(total > 0 || *rank != Admin::No)
}

/// The shortest ways to one, or to any administrator: certain ones first, then possible ones that are as short or shorter.
fn shortest(ways: &Ways<'_>, start: usize, to: Option<usize>, filter: &Filter, most: usize) -> (Vec<Vec<Hop>>, u64) {
    if let Some(to) = to {
        return ways.shortest(start, to, filter, most);
    }
    let (mut all, total, steps) = to_administrators(ways, start, &Filter { certain: true, ..filter.clone() }, most);
    if filter.certain {
        return (all, total);
    }
    let (possible, among, fewest) = to_administrators(ways, start, filter, most);
    // Of those that are as short, the certain ones are among the possible ones.
    let total = if steps == fewest { among } else { total.saturating_add(among) };
    let others: Vec<Vec<Hop>> = possible.into_iter().filter(|way| !all.contains(way)).collect();
    all.extend(others);
    all.truncate(most);
    (all, total)
}

/// The shortest ways to the nearest administrators, how many there are, and of how many steps.
fn to_administrators(ways: &Ways<'_>, start: usize, filter: &Filter, most: usize) -> (Vec<Vec<Hop>>, u64, u32) {
    let goals = ways.administrators(filter.certain);
    let nearest = ways.toward(goals.iter().copied(), filter);
    let Some(steps) = nearest.steps.get(start).copied().flatten().filter(|steps| *steps > 0) else { return (Vec::new(), 0, 0) };
    let from = ways.from(start, filter);
    let (mut all, mut total) = (Vec::new(), 0_u64);
    for goal in goals.into_iter().filter(|goal| from.steps.get(*goal).copied().flatten() == Some(steps)) {
        let (found, count) = ways.shortest(start, goal, filter, most.saturating_sub(all.len()).max(1));
        all.extend(found);
        total = total.saturating_add(count);
    }
    all.truncate(most);
    (all, total, steps)
}
