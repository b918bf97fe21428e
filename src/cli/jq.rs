//! `jq`: a program over stored answers, whatever account and Region they are of.

use std::io::Write;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::Exit;
use super::accounts::AccountArgs;
use crate::model::visible;
use crate::snapshot::answers::{Calls, Owner, Standing};
use crate::snapshot::jq::{Data, Program};
use crate::snapshot::{Answer, Snapshot};

/// What programs are told beside the answer.
const VARIABLES: &[&str] = &["$account", "$name", "$region", "$partition", "$file"];

/// Each result is a line of JSON with the account and Region that it is of. One answer at a time is read.
#[derive(Debug, Args)]
pub(super) struct JqArgs {
    /// The program; it is told $account, $name, $region, $partition and $file
    program: String,
    /// The calls whose answers it reads, separated by commas: `ec2-describe-vpcs`
    #[arg(value_delimiter = ',', required = true)]
    calls: Vec<String>,
    #[command(flatten)]
    accounts: AccountArgs,
    /// Only these Regions, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    regions: Vec<String>,
    /// Print the results alone, texts without quotes
    #[arg(long, short)]
    raw: bool,
}

pub(super) fn jq(args: &JqArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let program = Program::compile(&args.program, VARIABLES).map_err(|error| anyhow::anyhow!("{}", visible(&error.to_string())))?;
    let (chosen, _) = args.accounts.with_organization()?;
    let mut run = Run { args, program, read: 0, gaps: 0 };
    for snapshot in &chosen {
        run.account(snapshot, out)?;
    }
    if run.read == 0 && run.gaps == 0 {
        let calls = args.calls.iter().map(|call| format!("`{}`", visible(call))).collect::<Vec<_>>().join(", ");
        anyhow::bail!("no snapshot has an answer of {calls} in these Regions: names are those of the files, such as `ec2-describe-vpcs`");
    }
    Ok(if run.gaps > 0 { Exit::Partial } else { Exit::Complete })
}

struct Run<'a> {
    args: &'a JqArgs,
    program: Program,
    /// Answers read.
    read: usize,
    /// Answers that were not collected.
    gaps: usize,
}

impl Run<'_> {
    fn account(&mut self, snapshot: &Snapshot, out: &mut dyn Write) -> anyhow::Result<()> {
        let owner = Owner::of(snapshot)?;
        let calls = Calls::new(snapshot)?;
        for region in calls.regions.iter().filter(|region| self.args.regions.is_empty() || self.args.regions.contains(region)) {
            for call in &self.args.calls {
                self.call(&calls, &owner, (region, call.trim_end_matches(".json")), out)?;
            }
            calls.forget();
        }
        Ok(())
    }

    fn call(&mut self, calls: &Calls<'_>, owner: &Owner, (region, call): (&str, &str), out: &mut dyn Write) -> anyhow::Result<()> {
        if let Standing::Missing(reason) = calls.standing(region, call)? {
            self.gap(&format!("{}: {region}/{call} was not collected: {}", owner.name, reason.code))?;
        }
        for single in [true, false] {
            for file in calls.files(region, call, single)? {
                match file.answer {
                    Answer::Value(data) => self.answer(&data, owner, (region, &file.name), out)?,
                    Answer::Partial(data, reason) => {
                        self.gap(&format!("{}: {} is not whole: {}", owner.name, file.name, reason.code))?;
                        self.answer(&data, owner, (region, &file.name), out)?;
                    }
                    Answer::NotCollected(reason) if !single => {
                        self.gap(&format!("{}: {} was not collected: {}", owner.name, file.name, reason.code))?
                    }
                    Answer::Empty | Answer::NotCollected(_) => self.read += usize::from(matches!(file.answer, Answer::Empty)),
                }
            }
        }
        Ok(())
    }

    fn gap(&mut self, words: &str) -> anyhow::Result<()> {
        self.gaps += 1;
        writeln!(std::io::stderr(), "note: {}", visible(words))?;
        Ok(())
    }

    fn answer(&mut self, data: &Data, owner: &Owner, (region, file): (&str, &str), out: &mut dyn Write) -> anyhow::Result<()> {
        self.read += 1;
        let values = [&owner.id, &owner.name, region, &owner.partition, file].map(Data::text);
        let results = self.program.run_on(data, values.to_vec());
        let results = results
            .map_err(|error| anyhow::anyhow!("{}", visible(error.cause())))
            .with_context(|| format!("account-data/{}/{file}", owner.name))?;
        for result in results {
            match result.as_str().filter(|_| self.args.raw) {
                Some(text) => writeln!(out, "{}", visible(text))?,
                None if self.args.raw => writeln!(out, "{result}")?,
                None => {
                    writeln!(out, "{}", json!({"account": owner.id, "name": owner.name, "region": region, "file": file, "result": result}))?
                }
            }
        }
        Ok(())
    }
}
