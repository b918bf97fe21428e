//! The graph that a command is about: the stored one where it is still that of the snapshots, else one that is made for it.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use crate::cli::accounts::AccountArgs;
use crate::graph::{Filter, Graph, GraphError, Kind, build, load, path, save};
use crate::iam::estate::Estate;
use crate::iam::query::gaps;
use crate::model::visible;
use crate::snapshot::Snapshot;

/// A graph, and what it was made of.
#[derive(Debug)]
pub(in crate::cli) struct Opened {
    pub(in crate::cli) snapshots: Vec<Snapshot>,
    pub(in crate::cli) estate: Estate,
    pub(in crate::cli) graph: Graph,
}

/// Reads the accounts.
fn read(accounts: &AccountArgs, with_organization: bool) -> anyhow::Result<(Vec<Snapshot>, Vec<Snapshot>, Estate)> {
    let (mut snapshots, asked) = accounts.with_all()?;
    let others = asked.map(|asked| snapshots.split_off(asked)).unwrap_or_default();
    let all = if with_organization { others.as_slice() } else { &[] };
    let estate = Estate::read(&snapshots, all)?.with_resources(&snapshots)?;
    Ok((snapshots, others, estate))
}

/// The stored graph of these snapshots, or a new one where they have changed since.
pub(in crate::cli) fn graph_of(estate: &Estate, (snapshots, others): (&[Snapshot], &[Snapshot])) -> anyhow::Result<Graph> {
    match load(&path(Path::new("."), snapshots), (snapshots, others)) {
        Ok(Some(graph)) => Ok(graph),
        // What cannot be read is made anew.
        Ok(None) | Err(GraphError::Stored { .. }) => Ok(build(estate, snapshots)?),
        Err(error) => Err(error.into()),
    }
}

impl Opened {
    /// The graph of some accounts.
    pub(in crate::cli) fn of(accounts: &AccountArgs) -> anyhow::Result<Self> {
        let (snapshots, others, estate) = read(accounts, true)?;
        let graph = graph_of(&estate, (&snapshots, &others))?;
        Ok(Self { snapshots, estate, graph })
    }

    /// Makes a new one, and stores it.
    pub(in crate::cli) fn create(accounts: &AccountArgs, with_organization: bool) -> anyhow::Result<Self> {
        let (snapshots, others, estate) = read(accounts, with_organization)?;
        let graph = build(&estate, &snapshots)?;
        if with_organization {
            save(&graph, (&snapshots, &others), &path(Path::new("."), &snapshots))?;
        }
        Ok(Self { snapshots, estate, graph })
    }

    /// Says what the graph could not see, on stderr.
    pub(in crate::cli) fn say_gaps(&self) -> anyhow::Result<()> {
        let mut to = std::io::stderr().lock();
        for gap in gaps(&self.estate) {
            writeln!(to, "note: {}", visible(&gap))?;
        }
        for note in &self.graph.notes {
            writeln!(to, "note: {}", visible(note))?;
        }
        for account in &self.graph.accounts {
            if account.unseen.is_empty() {
                continue;
            }
            let techniques: std::collections::BTreeSet<&String> = account.unseen.values().flatten().collect();
            let calls: Vec<&str> = account.unseen.keys().map(String::as_str).collect();
            let first = calls.iter().take(4).copied().collect::<Vec<_>>().join(", ");
            let more = if calls.len() > 4 { format!(" and {} more", calls.len() - 4) } else { String::new() };
            writeln!(
                to,
                "note: {}: {} of {} techniques could not be seen whole, for these calls were not collected: {first}{more}; `cloudmapper collect --for graph --account {}` asks for them",
                visible(&account.name),
                techniques.len(),
                crate::graph::table::rows().map_or(0, <[_]>::len),
                visible(&account.name),
            )?;
        }
        Ok(())
    }

    /// Whether users and roles of some account are not known.
    pub(in crate::cli) fn is_partial(&self) -> bool {
        self.estate.accounts.iter().any(|account| account.unread)
    }

    fn is_account(&self, name: &str) -> bool {
        self.graph.accounts.iter().any(|account| account.name == name || account.id == name)
    }

    /// Everybody whom a name means: an ARN, `role/x`, `prod:role/x`, `internet`; `*` and `?` are wildcards.
    pub(in crate::cli) fn nodes(&self, name: &str) -> anyhow::Result<Vec<usize>> {
        use crate::iam::policy::pattern::Pattern;
        let (account, bare) = match name.split_once(':').filter(|_| !name.starts_with("arn:")) {
            Some((account, bare)) if !bare.is_empty() && self.is_account(account) => (Some(account), bare),
            _ => (None, name),
        };
        // Policies call an account by its root user too.
        let root = bare.strip_suffix(":root").and_then(|arn| arn.split(':').nth(4)).filter(|_| bare.starts_with("arn:"));
        let pattern = Pattern::new(root.unwrap_or(bare));
        let of_account = |at: Option<usize>| {
            let known = at.and_then(|at| self.graph.accounts.get(at));
            account.is_none_or(|account| known.is_some_and(|known| known.name == account || known.id == account))
        };
        let means = |node: &crate::graph::Node| {
            // Some have another name behind it: `sso-user/ann (Ann Lee)`, `instance/i-1 (web)`.
            let short = node.name.split_once(" (").map_or(node.name.as_str(), |(short, _)| short);
            let named = |name: &str| pattern.matches(name) || name.split_once('/').is_some_and(|(_, name)| bare == name);
            pattern.matches(&node.arn) || named(&node.name) || named(short)
        };
        let own = |kind: Kind| kind != Kind::Admin || bare.starts_with("administrator");
        let all = self.graph.nodes.iter().enumerate();
        let found: Vec<usize> =
            all.filter(|(_, node)| own(node.kind) && of_account(node.account) && means(node)).map(|(at, _)| at).collect();
        if found.is_empty() {
            let last = bare.rsplit('/').next().unwrap_or(bare).to_lowercase();
            let near = self.graph.nodes.iter().filter(|node| node.name.to_lowercase().contains(&last)).take(3);
            let near: Vec<String> = near.map(|node| visible(&node.arn).into_owned()).collect();
            let hint = if near.is_empty() {
                ": write `user/name`, `role/name`, `account:role/name` or an ARN; `*` and `?` are wildcards".to_owned()
            } else {
                format!("; there is {}", near.join(", "))
            };
            anyhow::bail!("nobody is called `{}`{hint}", visible(name));
        }
        Ok(found)
    }

    /// The one whom a name means.
    pub(in crate::cli) fn node(&self, name: &str) -> anyhow::Result<usize> {
        let found = self.nodes(name)?;
        let arn = |at: &usize| self.graph.nodes.get(*at).map(|node| visible(&node.arn).into_owned()).unwrap_or_default();
        match found.as_slice() {
            [only] => Ok(*only),
            many => anyhow::bail!(
                "`{}` means {} principals, among them {}: write the ARN, or the account before the name, `account:role/name`",
                visible(name),
                many.len(),
                many.iter().take(3).map(arn).collect::<Vec<_>>().join(", ")
            ),
        }
    }

    /// The name of a node, with its account where there are several.
    pub(in crate::cli) fn name(&self, at: usize) -> String {
        let Some(node) = self.graph.nodes.get(at) else { return String::new() };
        let account = node.account.filter(|_| self.graph.accounts.len() > 1 && node.kind != Kind::Admin);
        match account.and_then(|account| self.graph.accounts.get(account)) {
            Some(account) => format!("{}:{}", visible(&account.name), visible(&node.name)),
            None => visible(&node.name).into_owned(),
        }
    }

    /// The filter of the options that all queries have.
    pub(in crate::cli) fn filter(&self, certain: bool, avoid: &[String]) -> anyhow::Result<Filter> {
        let mut filter = Filter { certain, ..Filter::default() };
        for name in avoid {
            filter.avoid.extend(self.nodes(name).with_context(|| format!("--avoid {}", visible(name)))?);
        }
        Ok(filter)
    }
}
