//! What the policies of its organization keep an account's administrators from: a made-up one is asked.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Say, Scene, settled, some, verdict};
use crate::audit::AuditError;
use crate::audit::finding::Verdict;
use crate::iam::caller::Caller;
use crate::iam::estate::{Asker, PolicyKind, Principal};
use crate::iam::evaluate::Named;
use crate::iam::formula::Formula;
use crate::iam::outside::{Asked, Outside};
use crate::iam::policy::{Action, Policy, Target};
use crate::iam::query::{KeyFact, Probe, Prober, ResourceSide, Rights};
use crate::iam::truth::Truth;

/// The name of an administrator, a bucket and a Region that nobody has: no exception of a policy means them.
const NOBODY: &str = "zz9-nobody";

/// An account, and an organization, of which no other is a part.
const ELSEWHERE: (&str, &str) = ("000000000000", "o-0000000000");

/// `GUARDRAIL_LEAVE_ORGANIZATION`.
pub(super) fn leaving(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    any_of(scene, say, &["organizations:LeaveOrganization"])
}

/// `GUARDRAIL_LOGGING`.
pub(super) fn logging(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    let actions = [
        "cloudtrail:StopLogging",
        "cloudtrail:DeleteTrail",
        "config:StopConfigurationRecorder",
        "guardduty:DeleteDetector",
        "guardduty:DisassociateFromAdministratorAccount",
    ];
    any_of(scene, say, &actions)
}

/// `GUARDRAIL_PUBLIC_ACCESS`.
pub(super) fn public_access(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    const BLOCKS: [(&str, &str, &str); 3] = [
        ("s3:PutAccountPublicAccessBlock", "S3_POLICY", "/s3_attributes/public_access_block_configuration"),
        ("ec2:DisableSnapshotBlockPublicAccess", "DECLARATIVE_POLICY_EC2", "/ec2_attributes/snapshot_block_public_access"),
        ("ec2:DisableImageBlockPublicAccess", "DECLARATIVE_POLICY_EC2", "/ec2_attributes/image_block_public_access"),
    ];
    if !is_member(scene, say, PolicyKind::Scp)? {
        return Ok(());
    }
    let mut all = Vec::new();
    let mut missing = "organizations-list-policies";
    for (action, kind, place) in BLOCKS {
        let effective = scene.global("organizations-describe-effective-policy", &[kind])?;
        let content = |effective: &Value| effective.pointer("/EffectivePolicy/PolicyContent")?.as_str().map(str::to_owned);
        let sets = |text: String| serde_json::from_str::<Value>(&text).is_ok_and(|content| content.pointer(place).is_some());
        let free = match effective.as_ref() {
            None => Truth::Unknown,
            Some(effective) => Truth::from(!content(effective).is_some_and(sets)),
        };
        let allowed = settled(&asked(scene, action));
        if free == Truth::Unknown && allowed == Truth::Yes {
            missing = "organizations-describe-effective-policy";
        }
        all.push((action, allowed.and(free)));
    }
    conclude_any(scene, say, &all, missing);
    Ok(())
}

/// `GUARDRAIL_IAM_USERS`.
pub(super) fn users(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    if !is_member(scene, say, PolicyKind::Scp)? {
        return Ok(());
    }
    let by_center = match has_identity_center(scene)? {
        Truth::No if scene.account.unread => Truth::Unknown,
        known => known,
    };
    let allowed = Truth::all(["iam:CreateUser", "iam:CreateAccessKey"].map(|action| settled(&asked(scene, action))));
    let is_so = allowed.and(by_center);
    let calls: &[&str] = if allowed == Truth::Unknown { &["organizations-list-policies"] } else { &["sso-admin-list-instances"] };
    conclude(scene, say, is_so, Vec::new(), calls);
    Ok(())
}

/// Whether people log in by Identity Center.
fn has_identity_center(scene: &Scene<'_>) -> Result<Truth, AuditError> {
    if scene.account.principals.iter().any(|role| role.path.starts_with("/aws-reserved/sso.amazonaws.com/")) {
        return Ok(Truth::Yes);
    }
    let mut known = Truth::No;
    for region in scene.snapshot.regions()? {
        let answer: crate::snapshot::Answer<Value> = scene.snapshot.answer(&region, "sso-admin-list-instances")?;
        let instances = answer.value().and_then(|found| Some(!found.get("Instances")?.as_array()?.is_empty()));
        known = known.or(Truth::from(instances == Some(true)));
    }
    Ok(known)
}

/// `GUARDRAIL_REGIONS`.
pub(super) fn regions(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    if !is_member(scene, say, PolicyKind::Scp)? {
        return Ok(());
    }
    let listed = scene.snapshot.manifest().into_iter().flat_map(|manifest| &manifest.header.regions).map(|region| region.name.clone());
    let all: BTreeSet<String> = listed.chain(scene.snapshot.regions()?).chain([NOBODY.to_owned()]).collect();
    let action = Action::new("ec2:RunInstances", scene.estate.store.catalog());
    let mut everywhere = Truth::Yes;
    for region in all {
        let (partition, id) = (&scene.account.partition, &scene.account.id);
        let target = Target::new(&format!("arn:{partition}:ec2:{region}:{id}:instance/*"));
        let keys = [("aws:RequestedRegion".to_owned(), KeyFact::Values(vec![region]))];
        let probe = Probe { action: &action, target: &target, keys: &keys, side: ResourceSide::New };
        let formula = with_administrator(scene, |prober| prober.explain(&probe).when.of_any_resource());
        everywhere = everywhere.and(settled(&formula));
    }
    conclude(scene, say, everywhere, Vec::new(), &["organizations-list-policies"]);
    Ok(())
}

/// `GUARDRAIL_ROOT`.
pub(super) fn root(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    if !is_member(scene, say, PolicyKind::Scp)? {
        return Ok(());
    }
    let root = Asker::new(Caller::new(&format!("arn:{}:iam::{}:root", scene.account.partition, scene.account.id)), None);
    let prober = Prober::new(scene.estate, &root);
    let any = Target::new("*");
    let may = |action: &&str| {
        let action = Action::new(action, scene.estate.store.catalog());
        let probe = Probe { action: &action, target: &any, keys: &[], side: ResourceSide::New };
        settled(&prober.explain(&probe).when.of_any_resource())
    };
    let allowed = Truth::all(["iam:CreateAccessKey", "s3:GetObject"].iter().map(may));
    let summary = scene.global("iam-get-account-summary", &[])?;
    let count = |name: &str| summary.as_ref()?.get("SummaryMap")?.get(name)?.as_u64();
    let has_any = match (count("AccountPasswordPresent"), count("AccountAccessKeysPresent")) {
        (Some(0), Some(0)) => Truth::No,
        (None, None | Some(0)) | (Some(0), None) => Truth::Unknown,
        _ => Truth::Yes,
    };
    let calls: &[&str] = if allowed == Truth::Unknown { &["organizations-list-policies"] } else { &["iam-get-account-summary"] };
    conclude(scene, say, allowed.and(has_any), Vec::new(), calls);
    Ok(())
}

/// `GUARDRAIL_IDENTITY_PERIMETER`.
pub(super) fn perimeter(scene: &Scene<'_>, say: &mut Say<'_>) -> Result<(), AuditError> {
    if !is_member(scene, say, PolicyKind::Rcp)? {
        return Ok(());
    }
    let (account, organization) = ELSEWHERE;
    let partition = &scene.account.partition;
    let stranger = format!("arn:{partition}:iam::{account}:role/{NOBODY}");
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": stranger}, "Action": "*", "Resource": "*"}]});
    let outside = Outside::new(scene.estate).map_err(|error| AuditError::Embedded(error.to_string()))?;
    let policy = outside.read(&document);
    let values = [
        ("aws:PrincipalOrgID", organization.to_owned()),
        ("aws:PrincipalOrgPaths", format!("{organization}/")),
        ("aws:PrincipalAccount", account.to_owned()),
        ("aws:PrincipalIsAWSService", "false".to_owned()),
    ];
    let context: Vec<(String, Vec<String>)> = values.into_iter().map(|(key, value)| (key.to_owned(), vec![value])).collect();
    let (arn, objects) = (format!("arn:{partition}:s3:::{NOBODY}"), format!("arn:{partition}:s3:::{NOBODY}/{NOBODY}"));
    let only = Some(("s3:GetObject", objects.as_str()));
    let asked = Asked { arn: &arn, account: &scene.account.id, only, context: &context, trust: false, providers: false };
    let doors = outside.doors(Named { name: NOBODY, policy: &policy }, &asked);
    let open = Truth::any(doors.iter().map(|door| settled(&door.formula)));
    conclude(scene, say, open, Vec::new(), &["organizations-list-policies"]);
    Ok(())
}

/// Fails where one of the actions is allowed.
fn any_of(scene: &Scene<'_>, say: &mut Say<'_>, actions: &[&'static str]) -> Result<(), AuditError> {
    if !is_member(scene, say, PolicyKind::Scp)? {
        return Ok(());
    }
    let all: Vec<(&'static str, Truth)> = actions.iter().map(|action| (*action, settled(&asked(scene, action)))).collect();
    conclude_any(scene, say, &all, "organizations-list-policies");
    Ok(())
}

fn conclude_any(scene: &Scene<'_>, say: &mut Say<'_>, all: &[(&'static str, Truth)], missing: &str) {
    let is_so = Truth::any(all.iter().map(|(_, allowed)| *allowed));
    let allowed = all.iter().filter(|(_, allowed)| *allowed == Truth::Yes).map(|(action, _)| *action);
    conclude(scene, say, is_so, some(allowed), &[missing]);
}

fn conclude(scene: &Scene<'_>, say: &mut Say<'_>, is_so: Truth, allowed: Vec<Value>, missing: &[&str]) {
    let mut finding = say.about(&scene.account.id, verdict(is_so)).with("allowed", allowed);
    if finding.verdict == Verdict::Unknown {
        finding = finding.with("missing", some(missing.iter().copied())).with("why", some(scene.account.gaps.iter().map(String::as_str)));
    }
    say.tell(finding);
}

/// Whether policies of its organization of a kind may limit the account. What is not known of that is told.
fn is_member(scene: &Scene<'_>, say: &mut Say<'_>, kind: PolicyKind) -> Result<bool, AuditError> {
    let id = scene.account.id.as_str();
    let (member, missing) = match scene.estate.organization_of(id) {
        Some(organization) if organization.management == id => (false, None),
        Some(organization) if organization.counts(kind) => (true, None),
        Some(_) => (false, Some("organizations-list-policies")),
        None if scene.account.alone || scene.management()?.as_deref() == Some(id) => (false, None),
        None if scene.account.organization.is_some() => (false, Some("organizations-list-policies")),
        None => (false, Some("organizations-describe-organization")),
    };
    if let Some(call) = missing {
        say.missing(id, &[call]);
    }
    Ok(member)
}

/// Under which conditions an administrator whom no exception means may take an action.
fn asked(scene: &Scene<'_>, action: &str) -> Formula {
    let action = Action::new(action, scene.estate.store.catalog());
    with_administrator(scene, |prober| prober.on_everything(&action))
}

fn with_administrator(scene: &Scene<'_>, ask: impl FnOnce(&Prober<'_>) -> Formula) -> Formula {
    let arn = format!("arn:{}:iam::{}:role/{NOBODY}", scene.account.partition, scene.account.id);
    let role = Principal { arn, is_role: true, name: NOBODY.to_owned(), path: "/".to_owned(), ..Principal::default() };
    let everything = Policy::everything(scene.estate.store.catalog());
    let rights = Rights { version: Some((NOBODY.to_owned(), everything)), ..Rights::default() };
    Asker::of(&scene.home, &role).map_or(Formula::Never, |asker| ask(&Prober::with(scene.estate, &asker, &rights)))
}
