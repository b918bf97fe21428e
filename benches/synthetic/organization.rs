//! The organization: units up to five deep, accounts, and the control policies at each of them. The account is one of its
//! members, not the one that manages it, so that the policies hold for it.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Value, json};

use super::json::Folder;
use super::names::{ACCOUNT, MANAGEMENT, ORGANIZATION, REGIONS, ROOT, TEAMS, World, before, stamp};
use super::rng::Rng;

const DEEPEST: usize = 5;
const TYPES: [&str; 2] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];

/// A unit, or the root.
struct Unit {
    id: String,
    name: String,
    /// The root has none.
    parent: Option<usize>,
    depth: usize,
}

/// A control policy.
struct Control {
    id: String,
    name: String,
    kind: &'static str,
    content: Value,
    targets: Vec<Value>,
}

/// Writes what Organizations says.
pub(super) fn write(world: &World, global: &Folder) -> io::Result<()> {
    let units = units(world);
    let accounts = accounts(world, units.len());
    global.write("organizations-describe-organization.json", &organization())?;
    global.write("organizations-list-roots.json", &json!({"Roots": [root()]}))?;
    let all: Vec<&Value> = accounts.iter().map(|(_, account)| account).collect();
    global.write("organizations-list-accounts.json", &json!({ "Accounts": all }))?;
    write_units(global, &units)?;
    write_accounts(global, &units, &accounts)?;
    write_policies(global, &controls(world, &units, &accounts))
}

fn units(world: &World) -> Vec<Unit> {
    let mut units = vec![Unit { id: ROOT.to_owned(), name: "Root".to_owned(), parent: None, depth: 0 }];
    for index in 0..world.size.organizational_units {
        let mut rng = world.rng("unit", index);
        // The first ones are a chain, so that every depth is there.
        let drawn = if index < DEEPEST - 1 { index } else { rng.skewed(units.len()) };
        let parent = if units.get(drawn).is_some_and(|unit| unit.depth < DEEPEST) { drawn } else { 0 };
        let depth = units.get(parent).map_or(0, |unit| unit.depth) + 1;
        let name = format!("{}-{index}", rng.pick(TEAMS));
        let id = format!("ou-{}-{}", ROOT.replace("r-", ""), rng.text("abcdefghijklmnopqrstuvwxyz0123456789", 8));
        units.push(Unit { id, name, parent: Some(parent), depth });
    }
    units
}

/// Each with the place of its unit.
fn accounts(world: &World, units: usize) -> Vec<(usize, Value)> {
    // Our own hangs as deep as the chain of the first units goes without its last.
    let mut accounts =
        vec![(0, account(world, 0, MANAGEMENT, "management")), (units.saturating_sub(1).min(3), account(world, 1, ACCOUNT, "main"))];
    for index in 0..world.size.accounts {
        let unit = world.rng("account-unit", index).index(units);
        accounts.push((unit, account(world, index + 2, &world.other_account(index), &format!("account-{index}"))));
    }
    accounts
}

fn account(world: &World, index: usize, id: &str, name: &str) -> Value {
    json!({
        "Arn": format!("arn:aws:organizations::{MANAGEMENT}:account/{ORGANIZATION}/{id}"),
        "Email": format!("aws+{name}@larkfield.example"),
        "Id": id,
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": stamp(before(&mut world.rng("joined", index), 2_000)),
        "Name": name,
        "State": "ACTIVE",
        "Status": "ACTIVE",
    })
}

fn organization() -> Value {
    json!({
        "Organization": {
            "Arn": format!("arn:aws:organizations::{MANAGEMENT}:organization/{ORGANIZATION}"),
            "AvailablePolicyTypes": [{"Status": "ENABLED", "Type": "SERVICE_CONTROL_POLICY"}],
            "FeatureSet": "ALL",
            "Id": ORGANIZATION,
            "MasterAccountArn": format!("arn:aws:organizations::{MANAGEMENT}:account/{ORGANIZATION}/{MANAGEMENT}"),
            "MasterAccountEmail": "aws+management@larkfield.example",
            "MasterAccountId": MANAGEMENT,
        },
    })
}

fn root() -> Value {
    let types = TYPES.map(|kind| json!({"Status": "ENABLED", "Type": kind}));
    json!({"Arn": unit_arn(ROOT, "root"), "Id": ROOT, "Name": "Root", "PolicyTypes": types})
}

fn unit_arn(id: &str, kind: &str) -> String {
    format!("arn:aws:organizations::{MANAGEMENT}:{kind}/{ORGANIZATION}/{id}")
}

fn write_units(global: &Folder, units: &[Unit]) -> io::Result<()> {
    let folder = global.folder("organizations-list-organizational-units-for-parent")?;
    for (place, parent) in units.iter().enumerate().filter(|(_, unit)| unit.depth < DEEPEST) {
        let below: Vec<Value> = units
            .iter()
            .filter(|unit| unit.parent == Some(place))
            .map(|unit| json!({"Arn": unit_arn(&unit.id, "ou"), "Id": unit.id, "Name": unit.name}))
            .collect();
        folder.folder(&(parent.depth + 1).to_string())?.write(&parent.id, &json!({ "OrganizationalUnits": below }))?;
    }
    Ok(())
}

fn write_accounts(global: &Folder, units: &[Unit], accounts: &[(usize, Value)]) -> io::Result<()> {
    let folder = global.folder("organizations-list-accounts-for-parent")?;
    for (place, unit) in units.iter().enumerate() {
        let here: Vec<&Value> = accounts.iter().filter(|(parent, _)| *parent == place).map(|(_, account)| account).collect();
        folder.write(&unit.id, &json!({ "Accounts": here }))?;
    }
    Ok(())
}

fn write_policies(global: &Folder, controls: &[Control]) -> io::Result<()> {
    let (lists, details) = (global.folder("organizations-list-policies")?, global.folder("organizations-describe-policy")?);
    let (targets, own) =
        (global.folder("organizations-list-targets-for-policy")?, global.folder("organizations-list-policies-for-target")?);
    let own = own.folder(ACCOUNT)?;
    for kind in TYPES {
        let of_kind = || controls.iter().filter(|control| control.kind == kind);
        let here = |control: &&Control| control.targets.iter().any(|target| target.get("TargetId").is_some_and(|id| id == ACCOUNT));
        lists.write(kind, &json!({"Policies": of_kind().map(summary).collect::<Vec<_>>()}))?;
        own.write(kind, &json!({"Policies": of_kind().filter(here).map(summary).collect::<Vec<_>>()}))?;
    }
    for control in controls {
        let policy = json!({"Content": control.content.to_string(), "PolicySummary": summary(control)});
        details.write(&control.id, &json!({ "Policy": policy }))?;
        targets.write(&control.id, &json!({"Targets": control.targets}))?;
    }
    Ok(())
}

fn summary(control: &Control) -> Value {
    let aws_managed = control.id.ends_with("FullAWSAccess");
    let holder = if aws_managed { "aws" } else { MANAGEMENT };
    let organization = if aws_managed { String::new() } else { format!("{ORGANIZATION}/") };
    json!({
        "Arn": format!("arn:aws:organizations::{holder}:policy/{organization}{}/{}", control.kind.to_lowercase(), control.id),
        "AwsManaged": aws_managed,
        "Description": "",
        "Id": control.id,
        "Name": control.name,
        "Type": control.kind,
    })
}

/// The control policies with what they are attached to.
fn controls(world: &World, units: &[Unit], accounts: &[(usize, Value)]) -> Vec<Control> {
    let mut everything: Vec<Value> = units.iter().map(target).collect();
    everything.extend(accounts.iter().map(
        |(_, account)| json!({"Arn": account.get("Arn"), "Name": account.get("Name"), "TargetId": account.get("Id"), "Type": "ACCOUNT"}),
    ));
    let [service, resource] = TYPES;
    let full = |id: &str, name: &str, kind, content| Control {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        content,
        targets: everything.clone(),
    };
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let any = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    let mut controls =
        vec![full("p-FullAWSAccess", "FullAWSAccess", service, all), full("p-RCPFullAWSAccess", "RCPFullAWSAccess", resource, any)];
    // AWS allows five policies of a type at each target; one of them is the one above.
    let mut taken: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for (place, (name, kind, statement)) in templates(world, units.len()).into_iter().enumerate() {
        let mut rng = world.rng("control", place);
        let mut targets = Vec::new();
        // The first ones hold for all, or for the units that our account is in.
        let at = if place < 4 || kind == resource { place % 2 } else { rng.index(units.len()) };
        for wanted in [at, rng.index(units.len())] {
            let count = taken.entry((wanted, kind)).or_default();
            let unit = units.get(wanted).map(target).filter(|unit| *count < 4 && !targets.contains(unit));
            if let Some(unit) = unit {
                *count += 1;
                targets.push(unit);
            }
        }
        let content = json!({"Version": "2012-10-17", "Statement": [statement]});
        controls.push(Control { id: format!("p-{}", rng.text("abcdefghijklmnopqrstuvwxyz0123456789", 10)), name, kind, content, targets });
    }
    controls
}

fn target(unit: &Unit) -> Value {
    let (arn, kind) = if unit.parent.is_none() { ("root", "ROOT") } else { ("ou", "ORGANIZATIONAL_UNIT") };
    json!({"Arn": unit_arn(&unit.id, arn), "Name": unit.name, "TargetId": unit.id, "Type": kind})
}

/// Names, types and statements: those that most organizations have, and one more for every other unit.
fn templates(world: &World, units: usize) -> Vec<(String, &'static str, Value)> {
    let [service, resource] = TYPES;
    let mut all: Vec<(String, &'static str, Value)> = usual_services()
        .into_iter()
        .map(|(name, statement)| (name.to_owned(), service, statement))
        .chain(usual_resources().into_iter().map(|(name, statement)| (name.to_owned(), resource, statement)))
        .collect();
    for index in 0..units / 2 {
        let mut rng = world.rng("unit-control", index);
        all.push((format!("deny-services-{index}"), service, deny_services(&mut rng)));
    }
    all
}

fn deny_services(rng: &mut Rng) -> Value {
    let services = rng.some(
        &["lightsail:*", "gamelift:*", "workspaces:*", "robomaker:*", "braket:*", "groundstation:*", "iam:CreateUser", "ec2:*Vpn*"],
        5,
    );
    json!({"Effect": "Deny", "Action": services, "Resource": "*"})
}

fn usual_services() -> Vec<(&'static str, Value)> {
    vec![
        (
            "protect-organization",
            json!({"Effect": "Deny", "Action": ["organizations:LeaveOrganization", "account:CloseAccount"], "Resource": "*"}),
        ),
        (
            "regions",
            json!({
                "Effect": "Deny", "NotAction": ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*", "s3:ListAllMyBuckets"],
                "Resource": "*",
                "Condition": {
                    "StringNotEquals": {"aws:RequestedRegion": REGIONS},
                    "ArnNotLike": {"aws:PrincipalARN": "arn:aws:iam::*:role/OrganizationAccountAccessRole"},
                },
            }),
        ),
        (
            "protect-trail",
            json!({
                "Effect": "Deny", "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "config:DeleteConfigurationRecorder", "guardduty:Delete*"],
                "Resource": "*",
            }),
        ),
        (
            "no-root-user",
            json!({
                "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}},
            }),
        ),
        (
            "instance-metadata",
            json!({
                "Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*",
                "Condition": {"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
            }),
        ),
        (
            "keep-buckets-private",
            json!({
                "Effect": "Deny", "Action": ["s3:PutAccountPublicAccessBlock", "s3:PutBucketPublicAccessBlock"], "Resource": "*",
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/security/*"}},
            }),
        ),
        (
            "tags",
            json!({
                "Effect": "Deny", "Action": ["ec2:RunInstances", "ec2:CreateVolume"],
                "Resource": ["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*:*:volume/*"], "Condition": {"Null": {"aws:RequestTag/team": "true"}},
            }),
        ),
        ("no-access-keys", json!({"Effect": "Deny", "Action": ["iam:CreateUser", "iam:CreateAccessKey"], "Resource": "*"})),
    ]
}

fn usual_resources() -> Vec<(&'static str, Value)> {
    vec![
        (
            "only-our-identities",
            json!({
                "Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sqs:*", "kms:*", "secretsmanager:*"], "Resource": "*",
                "Condition": {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            }),
        ),
        (
            "tls-only",
            json!({
                "Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sqs:*"], "Resource": "*",
                "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}},
            }),
        ),
        (
            "no-confused-deputy",
            json!({
                "Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sqs:*", "kms:*", "secretsmanager:*", "sts:AssumeRole"], "Resource": "*",
                "Condition": {
                    "StringNotEqualsIfExists": {"aws:SourceOrgID": ORGANIZATION}, "Null": {"aws:SourceAccount": "false"},
                    "Bool": {"aws:PrincipalIsAWSService": "true"},
                },
            }),
        ),
    ]
}
