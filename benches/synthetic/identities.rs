//! Users, groups and roles in the form of the authorization details.

use serde_json::{Map, Value, json};

use super::csv::user_made;
use super::documents::{self, INLINE_OF_GROUP, INLINE_OF_ROLE, INLINE_OF_USER, document};
use super::names::{ACCOUNT, Named, REGIONS, Subject, World, before, stamp, unique_id, upper};
use super::policies::Usage;
use super::rng::Rng;
use super::trust::{self, Kind, Role};

const SHARE_WITH_BOUNDARY: u64 = 10;
const SHARE_WITH_TAGS: u64 = 60;

/// `RoleDetailList`.
pub(super) fn roles(world: &World, usage: &mut Usage) -> Vec<Value> {
    (0..world.size.roles).map(|index| role(world, usage, index)).collect()
}

fn role(world: &World, usage: &mut Usage, index: usize) -> Value {
    let role = trust::role(world, index);
    let mut rng = world.rng("role", index);
    let trust_policy = trust::policy(world, &mut rng, &role);
    let made = stamp(before(&mut rng, 1_800));
    let (arn, id) = (role.named.arn("role"), unique_id(&mut rng, "AROA"));
    let mut detail = json!({
        "Arn": arn,
        "AttachedManagedPolicies": attached_to_role(world, &mut rng, usage, &role),
        "CreateDate": made,
        "InstanceProfileList": [],
        "Path": role.named.path,
        "RoleId": id,
        "RoleLastUsed": last_used(&mut rng),
        "RoleName": role.named.name,
        "RolePolicyList": inline_of_role(world, &mut rng, &role),
        "Tags": tags(&mut rng, role.subject),
    });
    let Some(members) = detail.as_object_mut() else { return Value::Null };
    if role.kind == Kind::Ec2 {
        members.insert("InstanceProfileList".to_owned(), json!([instance_profile(&mut rng, &role.named, &id, &made, &trust_policy)]));
    }
    let aws_made = matches!(role.kind, Kind::Organization | Kind::ServiceLinked | Kind::IdentityCenter);
    if !aws_made && rng.chance(SHARE_WITH_BOUNDARY) {
        members.insert("PermissionsBoundary".to_owned(), boundary(world, &mut rng, usage));
    }
    members.insert("AssumeRolePolicyDocument".to_owned(), trust_policy);
    detail
}

fn attached_to_role(world: &World, rng: &mut Rng, usage: &mut Usage, role: &Role) -> Value {
    if let Some(linked) = role.linked {
        return json!([usage.attach_aws(&linked.policy())]);
    }
    let mut attached: Vec<Value> = aws_policies(rng, role).into_iter().map(|path| usage.attach_aws(path)).collect();
    let own = match role.kind {
        Kind::Organization => 0,
        Kind::IdentityCenter => rng.between(0, 1),
        _ => rng.between(0, 3),
    };
    attached.extend(usage.attach_some(world, rng, own));
    attached.into()
}

/// What AWS's policies a role of this kind usually has.
fn aws_policies(rng: &mut Rng, role: &Role) -> Vec<&'static str> {
    let mut paths = match role.kind {
        Kind::Organization => vec!["AdministratorAccess"],
        Kind::IdentityCenter | Kind::Saml => vec![person_policy(rng)],
        Kind::Lambda => vec![rng.weighted(&[(70, "service-role/AWSLambdaBasicExecutionRole")], "")],
        Kind::Ec2 => vec!["AmazonSSMManagedInstanceCore"],
        Kind::EcsTask if rng.chance(45) => vec!["service-role/AmazonECSTaskExecutionRolePolicy"],
        Kind::GitHub | Kind::Sibling => {
            vec![rng.weighted(&[(2, "AdministratorAccess"), (8, "PowerUserAccess"), (15, "ReadOnlyAccess"), (75, "")], "")]
        }
        Kind::Partner => vec![rng.weighted(&[(40, "SecurityAudit"), (25, "ReadOnlyAccess"), (35, "")], "")],
        Kind::Users => vec![rng.weighted(&[(20, "AdministratorAccess"), (40, "PowerUserAccess"), (40, "")], "")],
        _ => Vec::new(),
    };
    for (percent, path) in [
        (if role.kind == Kind::Lambda { 30 } else { 0 }, "service-role/AWSLambdaVPCAccessExecutionRole"),
        (if role.kind == Kind::Ec2 { 55 } else { 4 }, "CloudWatchAgentServerPolicy"),
        (if role.kind == Kind::Ec2 { 15 } else { 0 }, "AmazonEKSWorkerNodePolicy"),
        (if role.kind == Kind::Ec2 { 15 } else { 0 }, "AmazonEKS_CNI_Policy"),
        (10, "AWSXRayDaemonWriteAccess"),
        (5, "AmazonEC2ContainerRegistryReadOnly"),
        (4, "AmazonS3ReadOnlyAccess"),
        (3, "AmazonS3FullAccess"),
        (2, "AmazonSQSFullAccess"),
        (2, "CloudWatchLogsFullAccess"),
        (1, "AmazonEC2FullAccess"),
    ] {
        if role.kind != Kind::Organization && rng.chance(percent) {
            paths.push(path);
        }
    }
    paths.retain(|path| !path.is_empty());
    paths
}

fn person_policy(rng: &mut Rng) -> &'static str {
    let choices =
        [(12, "AdministratorAccess"), (28, "PowerUserAccess"), (40, "ReadOnlyAccess"), (15, "SecurityAudit"), (5, "IAMFullAccess")];
    rng.weighted(&choices, "ReadOnlyAccess")
}

fn inline_of_role(world: &World, rng: &mut Rng, role: &Role) -> Value {
    let most = match role.kind {
        Kind::Organization | Kind::ServiceLinked => 0,
        Kind::IdentityCenter => return inline(world, rng, role.subject, INLINE_OF_ROLE, &["AwsSSOInlinePolicy"]).into(),
        _ => 3,
    };
    let names = ["permissions", "access", "runtime"];
    let wanted = if rng.chance(70) { rng.between(0, most) } else { 0 };
    let names: Vec<&str> = names.into_iter().take(wanted).collect();
    inline(world, rng, role.subject, INLINE_OF_ROLE, &names).into()
}

fn inline(world: &World, rng: &mut Rng, subject: Subject, kind: documents::Kind, names: &[&str]) -> Vec<Value> {
    names
        .iter()
        .map(|name| {
            let name = if rng.chance(30) { format!("{}{}", name.to_uppercase(), upper(rng, 8)) } else { (*name).to_owned() };
            json!({"PolicyDocument": document(world, rng, subject, kind), "PolicyName": name})
        })
        .collect()
}

fn instance_profile(rng: &mut Rng, named: &Named, id: &str, made: &str, trust_policy: &Value) -> Value {
    json!({
        "Arn": named.arn("instance-profile"),
        "CreateDate": made,
        "InstanceProfileId": unique_id(rng, "AIPA"),
        "InstanceProfileName": named.name,
        "Path": named.path,
        "Roles": [{
            "Arn": named.arn("role"), "AssumeRolePolicyDocument": trust_policy, "CreateDate": made, "Path": named.path, "RoleId": id,
            "RoleName": named.name,
        }],
    })
}

/// What `iam:ListInstanceProfiles` answers, taken from the authorization details.
pub(super) fn instance_profiles(details: &Value) -> Value {
    let roles = details.get("RoleDetailList").and_then(Value::as_array).into_iter().flatten();
    let profiles: Vec<&Value> = roles.filter_map(|role| role.get("InstanceProfileList")?.as_array()).flatten().collect();
    json!({ "InstanceProfiles": profiles })
}

fn last_used(rng: &mut Rng) -> Value {
    if rng.chance(28) {
        return json!({});
    }
    let days = rng.weighted(&[(60, 20), (25, 120), (15, 400)], 20);
    json!({"LastUsedDate": stamp(before(rng, days)), "Region": rng.pick(REGIONS)})
}

fn boundary(world: &World, rng: &mut Rng, usage: &mut Usage) -> Value {
    json!({"PermissionsBoundaryArn": usage.bound(world, rng), "PermissionsBoundaryType": "PermissionsBoundaryPolicy"})
}

fn tags(rng: &mut Rng, subject: Subject) -> Value {
    if !rng.chance(SHARE_WITH_TAGS) {
        return json!([]);
    }
    let mut tags = Map::from_iter([("team".to_owned(), Value::from(subject.team)), ("env".to_owned(), subject.env.into())]);
    for (percent, key, value) in [
        (70, "app", subject.app.to_owned()),
        (45, "managed-by", rng.pick(&["terraform", "cdk", "cloudformation"]).to_owned()),
        (30, "cost-center", format!("cc-{}", 1_000 + rng.below(400))),
        (20, "owner", format!("{}@larkfield.example", subject.team)),
        (10, "data-classification", rng.pick(&["public", "internal", "confidential"]).to_owned()),
    ] {
        if rng.chance(percent) {
            tags.insert(key.to_owned(), value.into());
        }
    }
    tags.into_iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

/// `UserDetailList`.
pub(super) fn users(world: &World, usage: &mut Usage) -> Vec<Value> {
    (0..world.size.users).map(|index| user(world, usage, index)).collect()
}

fn user(world: &World, usage: &mut Usage, index: usize) -> Value {
    let named = world.user(index);
    let mut rng = world.rng("user", index);
    let subject = Subject::any(&mut rng);
    let machine = index % 3 == 2;
    let mut groups: Vec<String> = Vec::new();
    if !machine && world.size.groups > 0 {
        groups = (0..rng.between(0, 4)).map(|_| world.group(rng.index(world.size.groups)).name).collect();
        groups.sort_unstable();
        groups.dedup();
    }
    let mut attached = Vec::new();
    if !machine && rng.chance(50) {
        attached.push(usage.attach_aws("IAMUserChangePassword"));
    }
    if rng.chance(8) {
        attached.push(usage.attach_aws(person_policy(&mut rng)));
    }
    let own = if machine { rng.between(0, 2) } else { usize::from(rng.chance(15)) };
    attached.extend(usage.attach_some(world, &mut rng, own));
    let mut detail = json!({
        "Arn": named.arn("user"),
        "AttachedManagedPolicies": attached,
        "CreateDate": stamp(user_made(world, index)),
        "GroupList": groups,
        "Path": named.path,
        "Tags": tags(&mut rng, subject),
        "UserId": unique_id(&mut rng, "AIDA"),
        "UserName": named.name,
    });
    let Some(members) = detail.as_object_mut() else { return Value::Null };
    // IAM leaves the list out where there is nothing in it.
    if rng.chance(if machine { 60 } else { 12 }) {
        members.insert("UserPolicyList".to_owned(), inline(world, &mut rng, subject, INLINE_OF_USER, &["access"]).into());
    }
    if rng.chance(SHARE_WITH_BOUNDARY) {
        members.insert("PermissionsBoundary".to_owned(), boundary(world, &mut rng, usage));
    }
    detail
}

/// `GroupDetailList`.
pub(super) fn groups(world: &World, usage: &mut Usage) -> Vec<Value> {
    (0..world.size.groups).map(|index| group(world, usage, index)).collect()
}

fn group(world: &World, usage: &mut Usage, index: usize) -> Value {
    let named = world.group(index);
    let mut rng = world.rng("group", index);
    let subject = Subject::any(&mut rng);
    let mut attached = vec![usage.attach_aws(person_policy(&mut rng))];
    let own = rng.between(0, 4);
    attached.extend(usage.attach_some(world, &mut rng, own));
    let names: &[&str] = if rng.chance(50) { &["extra"] } else { &[] };
    json!({
        "Arn": format!("arn:aws:iam::{ACCOUNT}:group{}{}", named.path, named.name),
        "AttachedManagedPolicies": attached,
        "CreateDate": stamp(before(&mut rng, 1_800)),
        "GroupId": unique_id(&mut rng, "AGPA"),
        "GroupName": named.name,
        "GroupPolicyList": inline(world, &mut rng, subject, INLINE_OF_GROUP, names),
        "Path": named.path,
    })
}
