//! `amis`: which images the running instances were made of, and whose those are.

mod images;

use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;

use self::images::{IMAGES, Images, Wanted};
use super::accounts::AccountArgs;
use super::notes::Notes;
use super::{Exit, harmless};
use crate::model::visible;
use crate::snapshot::answers::Owner;
use crate::snapshot::jq::{Data, JqError, Program};
use crate::snapshot::{Answer, Snapshot};

const INSTANCES: &str = "ec2-describe-instances";

/// Images are looked up in the account, in the other accounts of the snapshot, and in
/// data/aws/REGION/ec2-describe-images.json, if there is such a list of public images.
#[derive(Debug, Args)]
pub(super) struct AmisArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Only the running instances that this program gives: `select(.Platform == "windows")`
    #[arg(long = "instance_filter", alias = "instance-filter", value_name = "JQ")]
    instance_filter: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// A running instance.
struct Running {
    /// Its account's place.
    account: usize,
    region: String,
    id: String,
    name: Option<String>,
    image: String,
}

/// The public form of an instance.
#[derive(Serialize)]
struct V1 {
    account: String,
    account_id: String,
    region: String,
    instance_id: String,
    instance_name: Option<String>,
    image_id: String,
    /// CloudMapper's words.
    is_public: &'static str,
    description: Option<String>,
    owner: Option<String>,
    owner_alias: Option<String>,
    created: Option<String>,
    deprecated: Option<String>,
    shared_by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<&'static str>,
}

pub(super) fn amis(args: &AmisArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let filter = args.instance_filter.as_deref().map(|text| Program::compile(text, &[])).transpose()?;
    let (chosen, others) = args.accounts.with_organization()?;
    let mut notes = Notes::default();
    let mut running = Vec::new();
    for (place, snapshot) in chosen.iter().enumerate() {
        running.extend(running_in(snapshot, place, filter.as_ref(), &mut notes)?);
    }
    let mut wanted = Wanted::new();
    for instance in &running {
        wanted.entry(instance.region.clone()).or_default().insert(instance.image.clone());
    }
    let images = Images::read(chosen.iter().chain(&others), &wanted)?;
    let rows = rows(&chosen, running, &images, &mut notes)?;
    match args.format {
        Format::Text => text(&rows, out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &rows)?;
            writeln!(out)?;
        }
        Format::Csv => csv(&rows, out)?,
    }
    notes.print()?;
    Ok(Exit::Complete)
}

/// By Region and id.
fn running_in(snapshot: &Snapshot, place: usize, filter: Option<&Program>, notes: &mut Notes) -> anyhow::Result<Vec<Running>> {
    let account = snapshot.name().to_string();
    let mut running = Vec::new();
    for region in snapshot.regions()? {
        let answer: Answer<Value> = snapshot.answer(&region, INSTANCES)?;
        if let Some(reason) = answer.gap() {
            notes.gap(&account, &region, INSTANCES, reason);
        }
        let answer = answer.value().unwrap_or_default();
        for instance in list(&answer, "Reservations").flat_map(|reservation| list(reservation, "Instances")) {
            if instance.pointer("/State/Name").and_then(Value::as_str) != Some("running") {
                continue;
            }
            match filtered(instance, filter) {
                Ok(given) => running.extend(given.iter().map(|instance| described(instance, place, &region))),
                Err(problem) => {
                    let id = text_of(instance, "InstanceId").unwrap_or_default();
                    let what = format!("the filter fails: {}", problem.cause());
                    notes.odd("failures of the filter", &what, format!("{account}, {region}, {id}"));
                }
            }
        }
    }
    running.sort_by(|one: &Running, other| (&one.region, &one.id).cmp(&(&other.region, &other.id)));
    Ok(running)
}

fn filtered(instance: &Value, filter: Option<&Program>) -> Result<Vec<Value>, JqError> {
    match filter {
        None => Ok(vec![instance.clone()]),
        Some(program) => program.run_on(&Data::of(instance)?, Vec::new()),
    }
}

fn described(instance: &Value, account: usize, region: &str) -> Running {
    let tag = list(instance, "Tags").find(|tag| tag.get("Key").and_then(Value::as_str) == Some("Name"));
    Running {
        account,
        region: region.to_owned(),
        id: text_of(instance, "InstanceId").unwrap_or_default(),
        name: tag.and_then(|tag| text_of(tag, "Value")),
        image: text_of(instance, "ImageId").unwrap_or_default(),
    }
}

fn list<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}

fn text_of(value: &Value, member: &str) -> Option<String> {
    value.get(member)?.as_str().map(str::to_owned)
}

fn rows(chosen: &[Snapshot], running: Vec<Running>, images: &Images, notes: &mut Notes) -> anyhow::Result<Vec<V1>> {
    let owners = chosen.iter().map(Owner::of).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    let mut unknown = Wanted::new();
    for instance in running {
        let Some(owner) = owners.get(instance.account) else { continue };
        let known = images.of(instance.account, &instance.region, &instance.image);
        if known.image.is_none() {
            unknown.entry(instance.region.clone()).or_default().insert(instance.image.clone());
        }
        if let Some(reason) = known.gap {
            notes.gap(&owner.name, &instance.region, IMAGES, reason);
        }
        rows.push(V1 {
            account: owner.name.clone(),
            account_id: owner.id.clone(),
            region: instance.region,
            instance_id: instance.id,
            instance_name: instance.name,
            image_id: instance.image,
            is_public: match (known.image, known.is_public) {
                (None, _) => "unknown_image",
                (Some(_), true) => "public",
                (Some(_), false) => "private",
            },
            description: known.image.and_then(|image| image.in_words()),
            owner: known.image.and_then(|image| image.owner_id.clone()),
            owner_alias: known.image.and_then(|image| image.image_owner_alias.clone()),
            created: known.image.and_then(|image| image.creation_date.clone()),
            deprecated: known.image.and_then(|image| image.deprecation_time.clone()),
            shared_by: known.shared_by.map(str::to_owned),
            missing: known.gap.map(|_| IMAGES).into_iter().collect(),
        });
    }
    images.lacks(&unknown, notes);
    Ok(rows)
}

/// CloudMapper's table.
fn text(rows: &[V1], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "Account Name\tRegion Name\tInstance Id\tInstance Name\tAMI ID\tIs Public\tAMI Description\tAMI Owner")?;
    for row in rows {
        let fields: [&str; 8] = [
            &row.account,
            &row.region,
            &row.instance_id,
            row.instance_name.as_deref().unwrap_or("None"),
            &row.image_id,
            row.is_public,
            row.description.as_deref().unwrap_or_default(),
            row.owner.as_deref().unwrap_or_default(),
        ];
        writeln!(out, "{}", fields.map(cell).join("\t"))?;
    }
    Ok(())
}

/// A tab would begin another cell, a newline another row.
fn cell(text: &str) -> String {
    visible(&text.replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")).into_owned()
}

fn csv(rows: &[V1], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let header = [
        "account",
        "account_id",
        "region",
        "instance_id",
        "instance_name",
        "image_id",
        "is_public",
        "description",
        "owner",
        "owner_alias",
        "created",
        "deprecated",
        "shared_by",
    ];
    writer.write_record(header)?;
    for row in rows {
        let fields: [&str; 13] = [
            &row.account,
            &row.account_id,
            &row.region,
            &row.instance_id,
            row.instance_name.as_deref().unwrap_or_default(),
            &row.image_id,
            row.is_public,
            row.description.as_deref().unwrap_or_default(),
            row.owner.as_deref().unwrap_or_default(),
            row.owner_alias.as_deref().unwrap_or_default(),
            row.created.as_deref().unwrap_or_default(),
            row.deprecated.as_deref().unwrap_or_default(),
            row.shared_by.as_deref().unwrap_or_default(),
        ];
        writer.write_record(fields.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}
