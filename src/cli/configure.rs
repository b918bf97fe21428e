//! `cloudmapper configure`: changes `config.json` from the command line, one line of output per change.
//! It never asks AWS itself: who can list an organization's accounts is passed in.

use std::convert::Infallible;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args, Subcommand};

use crate::config::{AddedAccount, ConfigFile, DiscoveredAccount, DiscoveryReport};
use crate::model::{AccountId, AccountName, visible};

/// Add accounts and known address ranges to the configuration file, or remove them
#[derive(Debug, Args)]
pub struct ConfigureArgs {
    /// The configuration file; it is made if there is none
    #[arg(long, visible_alias = "config", value_name = "FILE", default_value = "config.json", global = true)]
    pub config_file: PathBuf,
    /// What to change
    #[command(subcommand)]
    pub action: ConfigureAction,
}

/// What to change in the configuration file.
#[derive(Debug, Subcommand)]
pub enum ConfigureAction {
    /// Add an account
    AddAccount(AddAccountArgs),
    /// Remove the accounts with this id, this name, or both
    RemoveAccount(RemoveAccountArgs),
    /// Add a known address range
    AddCidr(AddCidrArgs),
    /// Remove the address ranges that are this one, have this name, or both
    RemoveCidr(RemoveCidrArgs),
    /// Add the active accounts of the organization that your AWS credentials can list
    DiscoverOrganizationAccounts,
}

/// Options of `add-account`.
#[derive(Debug, Args)]
pub struct AddAccountArgs {
    /// What to call the account; its folder has this name, too
    #[arg(long)]
    pub name: AccountName,
    /// The 12 digits of the account's id
    #[arg(long)]
    pub id: AccountId,
    /// Use this account when none is named; a text other than `true` means no
    #[arg(
        long,
        value_name = "TRUE|FALSE",
        action = ArgAction::Set,
        num_args = 0..=1,
        default_value = "false",
        default_missing_value = "true",
        hide_default_value = true,
        value_parser = is_true
    )]
    pub default: bool,
}

/// Options of `remove-account`: at least one.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct RemoveAccountArgs {
    /// The name of the account
    #[arg(long)]
    pub name: Option<String>,
    /// The id of the account
    #[arg(long)]
    pub id: Option<String>,
}

/// Options of `add-cidr`.
#[derive(Debug, Args)]
pub struct AddCidrArgs {
    /// The range, such as 198.51.100.0/24 or 2001:db8::/32
    #[arg(long)]
    pub cidr: String,
    /// What the range is known as
    #[arg(long)]
    pub name: String,
}

/// Options of `remove-cidr`: at least one.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct RemoveCidrArgs {
    /// The range
    #[arg(long)]
    pub cidr: Option<String>,
    /// The name of the range
    #[arg(long)]
    pub name: Option<String>,
}

/// Makes the change, saves the file, and then says on `out` what was done; `discover` asks the organization.
///
/// # Errors
/// When the change is refused, the file can't be read or written, or the organization can't be asked. The file
/// is then as it was. An error of `out` comes after the change is saved.
pub fn configure(
    args: &ConfigureArgs,
    discover: &dyn Fn() -> anyhow::Result<Vec<DiscoveredAccount>>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let path = &args.config_file;
    let mut file = ConfigFile::open_or_new(path)?;
    let lines = match &args.action {
        ConfigureAction::AddAccount(account) => add_account(&mut file, account)?,
        ConfigureAction::RemoveAccount(RemoveAccountArgs { name, id }) => {
            let removed = file.remove_account(id.as_deref(), name.as_deref())?;
            vec![format!("removed {}", count(removed, "account", "accounts"))]
        }
        ConfigureAction::AddCidr(AddCidrArgs { cidr, name }) => {
            let net = file.add_cidr(cidr, name)?;
            vec![format!("added the address range `{net}` ({})", visible(name))]
        }
        ConfigureAction::RemoveCidr(RemoveCidrArgs { cidr, name }) => {
            let removed = file.remove_cidr(cidr.as_deref(), name.as_deref())?;
            vec![format!("removed {}", count(removed, "address range", "address ranges"))]
        }
        ConfigureAction::DiscoverOrganizationAccounts => discovered(&file.add_discovered(&discover()?)),
    };
    file.save()?;
    say(path, file.is_new(), &lines, out)
}

fn add_account(file: &mut ConfigFile, args: &AddAccountArgs) -> anyhow::Result<Vec<String>> {
    let AddAccountArgs { name, id, default } = args;
    let AddedAccount { other_default } = file.add_account(id, name, *default)?;
    let mut lines = vec![format!("added the account `{name}` ({id})")];
    if let Some(other) = other_default {
        let other = visible(&other);
        lines.push(format!("the default is still `{other}`, because it comes first: set its `default` to false"));
    }
    Ok(lines)
}

fn discovered(report: &DiscoveryReport) -> Vec<String> {
    let DiscoveryReport { added, already, skipped } = report;
    let added = added.iter().map(|(id, name)| format!("added the account `{name}` ({id})"));
    let already = already.iter().map(|id| format!("the account `{id}` is there already"));
    let skipped = skipped.iter().map(|(id, status)| format!("left out the account `{id}`: it is `{}`", visible(status)));
    let lines: Vec<String> = added.chain(already).chain(skipped).collect();
    if lines.is_empty() { vec!["the organization has no accounts".to_owned()] } else { lines }
}

fn say(path: &Path, is_new: bool, lines: &[String], out: &mut dyn Write) -> anyhow::Result<()> {
    if is_new {
        writeln!(out, "made `{}`", path.display())?;
    }
    for line in lines {
        writeln!(out, "`{}`: {line}", path.display())?;
    }
    Ok(())
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// CloudMapper's reading of `--default`: any text is allowed, and only `true` means yes. It can't fail, but
/// clap wants a result.
fn is_true(text: &str) -> Result<bool, Infallible> {
    Ok(text.trim().eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests;
