//! `query`, `argquery` and `path`: questions to the principal graph.

mod output;
mod presets;
pub(super) mod run;

use std::io::Write;

use clap::{Args, ValueEnum};

use super::Exit;
use super::accounts::AccountArgs;
use super::graph::opened::Opened;
use crate::graph::query::{Preset, Query, Request, parse};

/// What all questions have.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Common {
    /// Leave administrators out of those asked about; they can still be who is reached
    #[arg(short = 's', long = "skip-admin", alias = "skip_admin")]
    pub(super) skip_admin: bool,
    /// Print those too who cannot
    #[arg(short = 'u', long = "include-unauthorized", alias = "include_unauthorized")]
    pub(super) include_unauthorized: bool,
    /// Accepted for PMapper's users: policies of resources always count
    #[arg(long = "with-resource-policy", alias = "with_resource_policy", conflicts_with = "resource_policy_text", hide = true)]
    with_resource_policy: bool,
    /// As if the resource had this policy: JSON
    #[arg(long = "resource-policy-text", alias = "resource_policy_text", value_name = "JSON")]
    pub(super) resource_policy_text: Option<String>,
    /// The account of the resource, where its ARN does not tell
    #[arg(long = "resource-owner", alias = "resource_owner", value_name = "ACCOUNT")]
    pub(super) resource_owner: Option<String>,
    /// A session policy of the principal that is asked about: JSON
    #[arg(long = "session-policy", alias = "session_policy", value_name = "JSON")]
    pub(super) session_policy: Option<String>,
    /// Accepted for PMapper's users: SCPs and RCPs always count
    #[arg(long, hide = true)]
    scps: bool,
    /// Only by steps that nothing stands in the way of
    #[arg(long)]
    pub(super) certain: bool,
    /// Not through these principals
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    pub(super) avoid: Vec<String>,
    /// The statements that make each step
    #[arg(long)]
    pub(super) explain: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

/// Asks in PMapper's language: `can user/x do s3:GetObject with arn:aws:s3:::bucket/*`, `who can do iam:CreateUser`, `preset
/// privesc *`, and beyond it `who can reach role/x`, `path user/x admin`.
#[derive(Debug, Args)]
pub(super) struct QueryArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    #[command(flatten)]
    common: Common,
    /// The question
    #[arg(required = true)]
    question: Vec<String>,
}

/// Asks by options.
#[derive(Debug, Clone, Args)]
pub(super) struct ArgqueryArgs {
    #[command(flatten)]
    pub(super) common: Common,
    /// Who, `*` for everybody; of `connected`, who starts
    #[arg(long, default_value = "*", value_name = "WHO")]
    principal: String,
    /// What
    #[arg(long)]
    action: Option<String>,
    /// To what; of `connected` the other principal, of `clusters` the tag key, of `endgame` the service
    #[arg(long, default_value = "*")]
    resource: String,
    /// A condition key of the request, `key=value`; given again, more of them
    #[arg(long, value_name = "KEY=VALUE")]
    condition: Vec<String>,
    /// A ready-made question
    #[arg(long, value_enum)]
    preset: Option<PresetName>,
}

#[derive(Debug, Args)]
pub(super) struct ArgqueryCommand {
    #[command(flatten)]
    accounts: AccountArgs,
    #[command(flatten)]
    question: ArgqueryArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PresetName {
    Privesc,
    Connected,
    Clusters,
    Endgame,
    Serviceaccess,
    Wrongadmin,
}

/// Finds all shortest ways from one principal to another: which techniques lead there, and by which statements.
#[derive(Debug, Args)]
pub(super) struct PathArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Who starts: `user/x`, `account:role/x`, an ARN, or `internet`: everybody who reaches a host that has a role
    #[arg(long, value_name = "WHO")]
    from: String,
    /// Who is to be reached: the same, or `admin` for any administrator
    #[arg(long, value_name = "WHO", default_value = "admin")]
    to: String,
    /// Not through these principals
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    avoid: Vec<String>,
    /// Only by steps that nothing stands in the way of
    #[arg(long)]
    certain: bool,
    /// So many ways at most
    #[arg(long, default_value_t = 10, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    most: usize,
    /// Exit with 1 when there is a way
    #[arg(long = "fail-if-found", alias = "fail_if_found")]
    fail_if_found: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn query(args: &QueryArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let query = parse(&args.question.join(" "))?;
    let mut opened = Opened::of(&args.accounts)?;
    run::run(&mut opened, &query, &args.common, out)?;
    finish(&opened)
}

pub(super) fn argquery(args: &ArgqueryCommand, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let query = args.question.query()?;
    let mut opened = Opened::of(&args.accounts)?;
    run::run(&mut opened, &query, &args.question.common, out)?;
    finish(&opened)
}

pub(super) fn path(args: &PathArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let opened = Opened::of(&args.accounts)?;
    let filter = opened.filter(args.certain, &args.avoid)?;
    let to = (args.to != "admin").then_some(args.to.as_str());
    let found = run::path(&opened, (&args.from, to), &filter, args.most, args.format, out)?;
    let exit = finish(&opened)?;
    Ok(if found && args.fail_if_found { Exit::Partial } else { exit })
}

fn finish(opened: &Opened) -> anyhow::Result<Exit> {
    opened.say_gaps()?;
    Ok(if opened.is_partial() { Exit::Partial } else { Exit::Complete })
}

impl ArgqueryArgs {
    /// The same question in words.
    pub(super) fn query(&self) -> anyhow::Result<Query> {
        let some = |text: &str| (text != "*").then(|| text.to_owned());
        if let Some(preset) = self.preset {
            anyhow::ensure!(self.action.is_none(), "a preset asks for no action: leave out --action");
            return Ok(Query::Preset(match preset {
                PresetName::Privesc => Preset::Privesc(some(&self.principal)),
                PresetName::Connected => Preset::Connected(some(&self.principal), some(&self.resource)),
                PresetName::Clusters => Preset::Clusters(
                    some(&self.resource).ok_or_else(|| anyhow::anyhow!("`--preset clusters` needs a tag: --resource TAG"))?,
                ),
                PresetName::Endgame => Preset::Endgame(some(&self.resource)),
                PresetName::Serviceaccess => Preset::ServiceAccess,
                PresetName::Wrongadmin => Preset::WrongAdmin,
            }));
        }
        let Some(action) = &self.action else { anyhow::bail!("nothing was asked: give --action, or --preset") };
        let condition = |text: &String| {
            let (key, value) = text
                .split_once('=')
                .ok_or_else(|| anyhow::anyhow!("`{}` is no condition: write key=value", crate::model::visible(text)))?;
            Ok((key.to_owned(), value.to_owned()))
        };
        Ok(Query::Can(Request {
            principal: some(&self.principal),
            action: action.clone(),
            resource: some(&self.resource),
            conditions: self.condition.iter().map(condition).collect::<anyhow::Result<_>>()?,
        }))
    }
}
