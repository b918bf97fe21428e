//! `snapshot pack|unpack|verify`: a snapshot as one file, and whether it is still what was collected.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Exit;
use super::accounts::AccountArgs;
use crate::model::{AccountName, visible};
use crate::snapshot::layout::ACCOUNT_DATA;
use crate::snapshot::{Verification, pack, unpack, verify};

/// `pack` writes account-data/NAME.json, which every analysis reads in place of the folder account-data/NAME/.
#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Put each account's folder into one file beside it
    Pack {
        #[command(flatten)]
        accounts: AccountArgs,
        /// Compress: NAME.json.zst
        #[arg(long)]
        zst: bool,
        /// Write here instead (for one account); a name ending in .zst is compressed
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Make the folder of an account from a packed file
    Unpack {
        /// The packed file
        file: PathBuf,
        /// Name of the account's folder; the file's name without its endings when not given
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Compare every file with the hash that was recorded when it was collected; exit code 1 when anything differs
    Verify {
        #[command(flatten)]
        accounts: AccountArgs,
        /// Packed files or account folders to check instead
        files: Vec<PathBuf>,
    },
}

pub(super) fn snapshot(args: &SnapshotArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.action {
        Action::Pack { accounts, zst, output } => pack_accounts(accounts, *zst, output.as_deref(), out),
        Action::Unpack { file, account } => unpack_file(file, account.as_deref(), out),
        Action::Verify { accounts, files } => verify_all(accounts, files, out),
    }
}

fn pack_accounts(accounts: &AccountArgs, zst: bool, output: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let chosen = accounts.choose()?;
    anyhow::ensure!(output.is_none() || chosen.len() == 1, "--output is for one account; leave it out to pack {}", chosen.len());
    for account in chosen {
        let folder = Path::new(ACCOUNT_DATA).join(account.name.as_ref());
        anyhow::ensure!(folder.is_dir(), "`{}` is no folder: run `cloudmapper collect --account {}` first", folder.display(), account.name);
        let default = Path::new(ACCOUNT_DATA).join(format!("{}.json{}", account.name, if zst { ".zst" } else { "" }));
        let target = output.unwrap_or(&default);
        let files = pack(&folder, target)?;
        writeln!(out, "{}: {files} files", visible(&target.display().to_string()))?;
    }
    Ok(Exit::Complete)
}

fn unpack_file(file: &Path, account: Option<&str>, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let name = account.map_or_else(|| stem(file), str::to_owned);
    let name = AccountName::try_from(name.clone())
        .map_err(|error| anyhow::anyhow!("`{}` cannot name an account: {error}; give one with --account", visible(&name)))?;
    let folder = Path::new(ACCOUNT_DATA).join(name.as_ref());
    let files = unpack(file, &folder)?;
    writeln!(out, "{}: {files} files", visible(&folder.display().to_string()))?;
    Ok(Exit::Complete)
}

fn stem(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".zst").unwrap_or(&name);
    name.strip_suffix(".json").unwrap_or(name).to_owned()
}

fn verify_all(accounts: &AccountArgs, files: &[PathBuf], out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut paths = files.to_vec();
    if paths.is_empty() {
        for account in accounts.choose()? {
            let data = Path::new(ACCOUNT_DATA);
            let candidates = ["", ".json", ".json.zst"].map(|suffix| data.join(format!("{}{suffix}", account.name)));
            let found = candidates.into_iter().find(|path| path.exists());
            paths.push(found.ok_or_else(|| anyhow::anyhow!("no snapshot of `{}` in `{ACCOUNT_DATA}`", account.name))?);
        }
    }
    let mut exit = Exit::Complete;
    for path in paths {
        let found = verify(&path)?;
        describe(&path, &found, out)?;
        if !found.is_sound() {
            exit = Exit::Partial;
        }
    }
    Ok(exit)
}

fn describe(path: &Path, found: &Verification, out: &mut dyn Write) -> anyhow::Result<()> {
    let shown = path.display().to_string();
    let shown = visible(&shown);
    if !found.has_manifest {
        writeln!(out, "{shown}: no manifest, so nothing to compare with: it was not made by cloudmapper")?;
        return Ok(());
    }
    let state = if found.complete { "" } else { "; the last run did not get to its end" };
    writeln!(out, "{shown}: {} files as they were collected{state}", found.intact)?;
    for (what, names) in [("changed", &found.changed), ("missing", &found.missing), ("not recorded", &found.unrecorded)] {
        for name in names {
            writeln!(out, "  {what}: {}", visible(name))?;
        }
    }
    Ok(())
}
