//! `find_admins`: who is an administrator, under which conditions, and by which statements.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::accounts::AccountArgs;
use super::can::words;
use super::{Exit, harmless};
use crate::iam::estate::Estate;
use crate::iam::formula::Formula;
use crate::iam::query::{Admin, DEFAULT_PRIVILEGES, admins, gaps};
use crate::model::visible;

/// Prints a line per administrator: account, `role` or `user`, name, and the condition if there is one.
#[derive(Debug, Args)]
pub(super) struct FindAdminsArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// The privileges that make an administrator, separated by commas, instead of the usual ones
    #[arg(long, value_delimiter = ',', value_name = "ACTIONS")]
    privs: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// One line of CSV each
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// List those too who have a privilege on some resources only
    #[arg(long = "include_restricted", alias = "include-restricted")]
    include_restricted: bool,
    /// Say by which statements, and who would be one but for a denial, a boundary or an SCP
    #[arg(long)]
    explain: bool,
}

/// The public form of an administrator.
#[derive(Serialize)]
struct V1<'a> {
    account: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    arn: &'a str,
    admin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    privilege: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    but_for: Vec<&'static str>,
    because: Vec<words::V1Because<'a>>,
}

pub(super) fn find_admins(args: &FindAdminsArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (chosen, all) = args.accounts.with_organization()?;
    let estate = Estate::read(&chosen, &all)?;
    let privileges: Vec<String> =
        if args.privs.is_empty() { DEFAULT_PRIVILEGES.iter().map(|name| (*name).to_owned()).collect() } else { args.privs.clone() };
    let mut found = admins(&estate, &privileges, args.include_restricted, &[])?;
    // Near misses are for those who ask why.
    found.retain(|admin| admin.when != Formula::Never || args.explain);
    match (args.csv, args.json) {
        (true, _) => csv(&found, out)?,
        (_, true) => found.iter().try_for_each(|admin| json(admin, out))?,
        _ => found.iter().try_for_each(|admin| text(admin, args.explain, out))?,
    }
    for gap in gaps(&estate) {
        writeln!(std::io::stderr(), "note: {}", visible(&gap))?;
    }
    Ok(if estate.accounts.iter().any(|account| account.unread) { Exit::Partial } else { Exit::Complete })
}

fn kind(admin: &Admin<'_>) -> &'static str {
    if admin.principal.is_role { "role" } else { "user" }
}

fn condition(admin: &Admin<'_>) -> Option<String> {
    (!matches!(admin.when, Formula::Always | Formula::Never)).then(|| admin.when.to_string())
}

fn text(admin: &Admin<'_>, explain: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let account = admin.account.name.to_string();
    write!(out, "{}\t{}\t{}", visible(&account), kind(admin), visible(&admin.principal.name))?;
    if let Some(condition) = condition(admin) {
        write!(out, "\tif {}", visible(&condition))?;
    }
    if admin.when == Formula::Never {
        write!(out, "\twould be")?;
    }
    writeln!(out)?;
    if explain {
        for reason in &admin.but_for {
            writeln!(out, "\t{}", words::taken_by(*reason))?;
        }
        for because in &admin.because {
            writeln!(out, "\t{}: {}", admin.action, words::line(because, admin.when == Formula::Never))?;
        }
    }
    Ok(())
}

fn word(admin: &Admin<'_>) -> &'static str {
    match admin.when {
        Formula::Always => "yes",
        Formula::Never => "no",
        _ => "conditional",
    }
}

fn csv(found: &[Admin<'_>], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["account", "type", "name", "arn", "admin", "condition", "privilege", "but_for", "statements"])?;
    for admin in found {
        let account = admin.account.name.to_string();
        let condition = condition(admin).unwrap_or_default();
        let but_for = admin.but_for.iter().map(|reason| words::code(*reason)).collect::<Vec<_>>().join(" ");
        let statements = admin.because.iter().map(|because| format!("{}#{}", because.policy, because.statement));
        let statements = statements.collect::<Vec<_>>().join(" ");
        let Admin { principal, action, .. } = admin;
        let fields = [&account, kind(admin), &principal.name, &principal.arn, word(admin), &condition, action, &but_for, &statements];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}

fn json(admin: &Admin<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
    let account = admin.account.name.to_string();
    let line = V1 {
        account: &account,
        name: &admin.principal.name,
        kind: kind(admin),
        arn: &admin.principal.arn,
        admin: word(admin),
        condition: condition(admin),
        privilege: &admin.action,
        but_for: admin.but_for.iter().map(|reason| words::code(*reason)).collect(),
        because: admin.because.iter().map(words::because).collect(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)?;
    Ok(())
}
