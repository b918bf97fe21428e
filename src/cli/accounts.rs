//! `--account` and `--accounts`: which accounts a command is about.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::config::{Account, Config};
use crate::model::AccountName;
use crate::snapshot::Snapshot;
use crate::snapshot::layout::ACCOUNT_DATA;

/// Where the configuration is unless it is said.
pub(super) const USUAL_CONFIG: &str = "config.json";

/// The options that choose accounts, shared by all commands.
#[derive(Debug, Clone, Args)]
pub(super) struct AccountArgs {
    /// The configuration file
    #[arg(long, default_value = USUAL_CONFIG, value_name = "FILE")]
    pub(super) config: PathBuf,
    /// Accounts by name or id, separated by commas; `all` for every account of the configuration
    #[arg(long, visible_alias = "account", value_name = "NAMES", value_delimiter = ',')]
    pub(super) accounts: Vec<String>,
}

/// An account that was asked for, with what the configuration knows of it.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) name: AccountName,
    pub(super) configured: Option<Account>,
}

impl AccountArgs {
    /// The accounts asked for; the default one when none is. A name that the configuration does not have stands for its
    /// snapshot; without a configuration, any name will do, as CloudMapper's users are used to.
    pub(super) fn choose(&self) -> anyhow::Result<Vec<Chosen>> {
        let all = self.accounts.iter().any(|name| name == "all");
        if !self.config.exists() && all && !snapshots().is_empty() {
            return Ok(once(snapshots().into_iter().map(|name| Chosen { name, configured: None }).collect()));
        }
        if !self.config.exists() && !self.accounts.is_empty() {
            return Ok(once(self.accounts.iter().map(|name| bare(name)).collect::<anyhow::Result<_>>()?));
        }
        let config = Config::load(&self.config)?;
        if self.accounts.is_empty() {
            return Ok(config.select(&[])?.into_iter().map(known).collect());
        }
        let mut chosen: Vec<Chosen> = Vec::new();
        for name in &self.accounts {
            if !is_known(&config, name) && has_snapshot(&bare(name)?.name) {
                chosen.push(bare(name)?);
            } else {
                chosen.extend(config.select(std::slice::from_ref(name))?.into_iter().map(known));
            }
        }
        Ok(once(chosen))
    }

    /// The snapshots asked for, and the others, in which their organization may be.
    pub(super) fn with_organization(&self) -> anyhow::Result<(Vec<Snapshot>, Vec<Snapshot>)> {
        let open = |name: &AccountName| Ok(Snapshot::open(Path::new("."), name)?);
        if self.accounts.is_empty() && !self.config.exists() {
            return Ok((self.with_all()?.0, Vec::new()));
        }
        let chosen = self.choose()?.iter().map(|chosen| open(&chosen.name)).collect::<anyhow::Result<Vec<_>>>()?;
        let others = snapshots().into_iter().filter(|name| chosen.iter().all(|snapshot| snapshot.name() != name));
        let others = others.map(|name| open(&name)).collect::<anyhow::Result<_>>()?;
        Ok((chosen, others))
    }

    /// The snapshots that are here, those asked for first, and how many those are; none without `--accounts`.
    pub(super) fn with_all(&self) -> anyhow::Result<(Vec<Snapshot>, Option<usize>)> {
        let mut chosen: Vec<Snapshot> = Vec::new();
        if !self.accounts.is_empty() {
            chosen =
                self.choose()?.iter().map(|chosen| Ok(Snapshot::open(Path::new("."), &chosen.name)?)).collect::<anyhow::Result<_>>()?;
        }
        let asked = chosen.len();
        let ids: Vec<String> = chosen.iter().filter_map(id).collect();
        for name in snapshots() {
            if chosen.iter().all(|snapshot| *snapshot.name() != name) {
                let snapshot = Snapshot::open(Path::new("."), &name)?;
                // Whoever chooses an older snapshot means that one.
                if !id(&snapshot).is_some_and(|id| ids.contains(&id)) {
                    chosen.push(snapshot);
                }
            }
        }
        anyhow::ensure!(!chosen.is_empty(), "there is no snapshot in `{ACCOUNT_DATA}`: run `cloudmapper collect` first");
        Ok((chosen, (asked > 0).then_some(asked)))
    }

    /// What is odd about the configuration, if there is one.
    pub(super) fn warnings(&self) -> Vec<String> {
        Config::load(&self.config).map(|config| config.warnings).unwrap_or_default()
    }
}

/// The names of the snapshots in this folder.
pub(super) fn snapshots() -> Vec<AccountName> {
    snapshots_in(Path::new(ACCOUNT_DATA))
}

/// The names of the snapshots in some folder.
pub(super) fn snapshots_in(folder: &Path) -> Vec<AccountName> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let bare = name.strip_suffix(".json.zst").or_else(|| name.strip_suffix(".json"));
        // A folder holds a snapshot; a file is a packed one.
        let name = if entry.path().is_dir() { Some(name.as_str()).filter(|name| !name.starts_with('.')) } else { bare };
        AccountName::try_from(name?.to_owned()).ok()
    });
    let mut names: Vec<AccountName> = names.collect();
    names.sort();
    names.dedup();
    names
}

/// The id of a snapshot's account, if it is known.
fn id(snapshot: &Snapshot) -> Option<String> {
    snapshot.identity().ok().map(|(id, _)| id).filter(|id| !id.is_empty())
}

/// Each account once, where it first stands.
fn once(mut chosen: Vec<Chosen>) -> Vec<Chosen> {
    let mut seen = std::collections::BTreeSet::new();
    chosen.retain(|account| seen.insert(account.name.folded()));
    chosen
}

fn is_known(config: &Config, name: &str) -> bool {
    name == "all" || config.accounts.iter().any(|account| account.name.as_ref() == name || account.id.as_str() == name)
}

/// Whether there is anything of that name to read, or to go on with.
fn has_snapshot(name: &AccountName) -> bool {
    let data = Path::new(ACCOUNT_DATA);
    ["", ".json", ".json.zst"].iter().any(|ending| data.join(format!("{name}{ending}")).exists())
}

fn known(account: &Account) -> Chosen {
    Chosen { name: account.name.clone(), configured: Some(account.clone()) }
}

fn bare(name: &str) -> anyhow::Result<Chosen> {
    let name =
        AccountName::try_from(name.to_owned()).with_context(|| format!("`{}` cannot name an account", crate::model::visible(name)))?;
    Ok(Chosen { name, configured: None })
}
