//! The authorization details as a whole, and in them the managed policies with their versions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::documents::{MANAGED, document};
use super::identities;
use super::managed::{LINKED, POLICIES};
use super::names::{NOW, World, before, stamp, unique_id};
use super::rng::Rng;
use super::special;

/// How often each policy is attached, and how often it is a boundary: by ARN.
#[derive(Default)]
pub(super) struct Usage(BTreeMap<String, (u64, u64)>);

impl Usage {
    /// Attaches an AWS-managed policy.
    pub(super) fn attach_aws(&mut self, path: &str) -> Value {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.attach(aws_arn(path), name)
    }

    /// Attaches up to `count` policies of the account, each once.
    pub(super) fn attach_some(&mut self, world: &World, rng: &mut Rng, count: usize) -> Vec<Value> {
        let first = world.boundaries();
        let ordinary = world.size.managed_policies - first;
        let mut places: Vec<usize> = (0..count.min(ordinary)).map(|_| first + rng.skewed(ordinary)).collect();
        places.sort_unstable();
        places.dedup();
        places
            .into_iter()
            .map(|place| {
                let (named, _) = world.policy(place);
                self.attach(named.arn("policy"), &named.name)
            })
            .collect()
    }

    /// Makes some policy somebody's boundary, and gives its ARN.
    pub(super) fn bound(&mut self, world: &World, rng: &mut Rng) -> String {
        let arn = match world.boundaries() {
            0 => aws_arn("PowerUserAccess"),
            count => world.policy(rng.index(count)).0.arn("policy"),
        };
        self.0.entry(arn.clone()).or_default().1 += 1;
        arn
    }

    fn attach(&mut self, arn: String, name: &str) -> Value {
        let attached = json!({"PolicyArn": arn, "PolicyName": name});
        self.0.entry(arn).or_default().0 += 1;
        attached
    }

    fn of(&self, arn: &str) -> (u64, u64) {
        self.0.get(arn).copied().unwrap_or_default()
    }
}

/// The answer of `iam:GetAccountAuthorizationDetails`.
pub(super) fn details(world: &World) -> Value {
    let mut usage = Usage::default();
    let users = identities::users(world, &mut usage);
    let groups = identities::groups(world, &mut usage);
    let roles = identities::roles(world, &mut usage);
    let mut policies: Vec<Value> = (0..world.size.managed_policies).map(|index| own_policy(world, &usage, index)).collect();
    policies.extend(aws_policies(&usage));
    let lists = [("GroupDetailList", groups), ("Policies", policies), ("RoleDetailList", roles), ("UserDetailList", users)];
    // Not `json!`, which would copy tens of megabytes.
    Value::Object(lists.into_iter().map(|(name, list)| (name.to_owned(), Value::Array(list))).collect())
}

fn own_policy(world: &World, usage: &Usage, index: usize) -> Value {
    let (named, subject) = world.policy(index);
    let mut rng = world.rng("policy", index);
    let is_boundary = index < world.boundaries();
    let count = rng.weighted(&[(58, 1), (20, 2), (9, 3), (5, 4), (8, 5)], 1);
    // Versions are numbered for good, and five are kept.
    let newest = count + if count == 5 { rng.index(20) } else { 0 };
    let default = if rng.chance(6) { newest + 1 - rng.between(1, count) } else { newest };
    let made = before(&mut rng, 1_500);
    let versions: Vec<Value> = (0..count)
        .map(|age| {
            let number = newest - age;
            let document = if is_boundary { special::boundary(&mut rng) } else { document(world, &mut rng, subject, MANAGED) };
            json!({
                "CreateDate": stamp(written(made, number)),
                "Document": document,
                "IsDefaultVersion": number == default,
                "VersionId": format!("v{number}"),
            })
        })
        .collect();
    let arn = named.arn("policy");
    let (attached, bounds) = usage.of(&arn);
    json!({
        "Arn": arn,
        "AttachmentCount": attached,
        "CreateDate": stamp(made),
        "DefaultVersionId": format!("v{default}"),
        "IsAttachable": true,
        "Path": named.path,
        "PermissionsBoundaryUsageCount": bounds,
        "PolicyId": unique_id(&mut rng, "ANPA"),
        "PolicyName": named.name,
        "PolicyVersionList": versions,
        "UpdateDate": stamp(written(made, newest)),
    })
}

/// When a version was written: some days after the one before it.
fn written(made: u64, number: usize) -> u64 {
    (made + (number as u64).saturating_sub(1) * 200_000).min(NOW)
}

/// AWS's policies, those that are attached to something.
fn aws_policies(usage: &Usage) -> Vec<Value> {
    let usual = POLICIES.iter().map(|policy| (policy.path.to_owned(), policy.version, policy.created, policy.updated, policy.document()));
    let day = "2019-04-17T20:11:02+00:00";
    let linked = LINKED.iter().map(|linked| (linked.policy(), "v1", day, day, linked.document()));
    let mut policies = Vec::new();
    for (place, (path, version, created, updated, document)) in usual.chain(linked).enumerate() {
        let arn = aws_arn(&path);
        let (attached, bounds) = usage.of(&arn);
        if attached + bounds == 0 {
            continue;
        }
        let (folder, name) = path.rsplit_once('/').map_or((String::new(), path.as_str()), |(folder, name)| (format!("{folder}/"), name));
        policies.push(json!({
            "Arn": arn,
            "AttachmentCount": attached,
            "CreateDate": created,
            "DefaultVersionId": version,
            "IsAttachable": true,
            "Path": format!("/{folder}"),
            "PermissionsBoundaryUsageCount": bounds,
            // The same in every account.
            "PolicyId": unique_id(&mut Rng::of(0, "aws", place), "ANPA"),
            "PolicyName": name,
            "PolicyVersionList": [{"CreateDate": updated, "Document": document, "IsDefaultVersion": true, "VersionId": version}],
            "UpdateDate": updated,
        }));
    }
    policies
}

fn aws_arn(path: &str) -> String {
    format!("arn:aws:iam::aws:policy/{path}")
}
