//! Statements of other forms than "these actions on these resources": passing and assuming roles, denials, exceptions,
//! variables, boundaries, administrators.

use serde_json::{Value, json};

use super::conditions::networks;
use super::documents::{granted, of};
use super::grants::GRANTS;
use super::names::{ACCOUNT, REGIONS, Subject, World};
use super::rng::Rng;

const DESCRIBING: &[&str] = &[
    "acm:List*",
    "autoscaling:Describe*",
    "cloudformation:Describe*",
    "cloudformation:List*",
    "cloudwatch:Describe*",
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "dynamodb:Describe*",
    "dynamodb:List*",
    "ec2:Describe*",
    "ec2:Get*",
    "ecr:Describe*",
    "ecr:List*",
    "ecs:Describe*",
    "ecs:List*",
    "eks:Describe*",
    "eks:List*",
    "elasticloadbalancing:Describe*",
    "events:List*",
    "iam:GetRole",
    "iam:List*",
    "kms:List*",
    "kms:Describe*",
    "lambda:Get*",
    "lambda:List*",
    "logs:Describe*",
    "rds:Describe*",
    "rds:List*",
    "route53:Get*",
    "route53:List*",
    "s3:GetBucket*",
    "s3:ListAllMyBuckets",
    "sns:List*",
    "sqs:List*",
    "ssm:Describe*",
    "states:List*",
    "tag:Get*",
];
const SERVICES: &[&str] = &[
    "ec2.amazonaws.com",
    "lambda.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "glue.amazonaws.com",
    "states.amazonaws.com",
    "cloudformation.amazonaws.com",
    "sagemaker.amazonaws.com",
    "codebuild.amazonaws.com",
];
const GLOBAL: &[&str] = &["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*", "budgets:*", "waf:*"];

/// A statement and a stem for its `Sid`.
pub(super) fn statement(world: &World, rng: &mut Rng, subject: Subject) -> (Value, &'static str) {
    match rng.below(1_000) {
        0..250 => (pass_role(world, rng, subject), "PassRole"),
        250..400 => (assume(world, rng, subject), "Assume"),
        400..600 => (describe(rng), "Describe"),
        600..700 => (deny(world, rng, subject), "Deny"),
        700..740 => (without_mfa(), "DenyWithoutMfa"),
        740..780 => (outside_regions(rng), "Regions"),
        780..820 => (outside_own(world, rng, subject), "OnlyOwnBuckets"),
        820..870 => (own_credentials(), "OwnCredentials"),
        870..910 => (home_folder(world, rng), "HomeFolder"),
        910..960 => (by_tag(), "OwnTeam"),
        960..985 => (all_but(rng), "AllBut"),
        985..990 => (json!({"Action": "iam:*", "Effect": "Allow", "Resource": "*"}), "Iam"),
        990..993 => (json!({"Action": "*", "Effect": "Allow", "Resource": "*"}), "All"),
        _ => (from_office(rng), "FromOffice"),
    }
}

/// A permission boundary: much is allowed, except to get out of it.
pub(super) fn boundary(rng: &mut Rng) -> Value {
    let mut allowed: Vec<String> = GRANTS.iter().filter(|_| rng.chance(55)).map(|grant| format!("{}:*", grant.service)).collect();
    allowed.sort_unstable();
    allowed.dedup();
    of(&json!([
        {"Action": allowed, "Effect": "Allow", "Resource": "*", "Sid": "Services"},
        {
            "Action": ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:CreatePolicyVersion"],
            "Effect": "Deny", "Resource": "*", "Sid": "KeepBoundary",
        },
        {
            "Action": ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"],
            "Condition": {"StringNotLike": {"iam:PermissionsBoundary": format!("arn:aws:iam::{ACCOUNT}:policy/boundaries/*")}},
            "Effect": "Deny", "Resource": "*", "Sid": "OnlyBoundedRoles",
        },
    ]))
}

fn pass_role(world: &World, rng: &mut Rng, subject: Subject) -> Value {
    let template =
        rng.pick(&["arn:aws:iam::{acct}:role/{app}-*", "arn:aws:iam::{acct}:role/{team}/*", "arn:aws:iam::{acct}:role/{app}-{env}-*"]);
    let mut statement = json!({"Action": "iam:PassRole", "Effect": "Allow", "Resource": world.fill(rng, subject, template)});
    let Some(members) = statement.as_object_mut() else { return Value::Null };
    if rng.chance(6) {
        members.insert("Resource".to_owned(), "*".into());
    }
    if rng.chance(70) {
        let services = rng.some(SERVICES, 2);
        members.insert("Condition".to_owned(), json!({"StringEquals": {"iam:PassedToService": services}}));
    }
    statement
}

fn assume(world: &World, rng: &mut Rng, subject: Subject) -> Value {
    let resources: Vec<String> = (0..rng.between(1, 4))
        .map(|_| {
            let account = if rng.chance(15) { "*".to_owned() } else { world.any_account(rng) };
            format!("arn:aws:iam::{account}:role/{}", rng.pick(&["deploy", "readonly", subject.app, "audit-*", "cdk-*"]))
        })
        .collect();
    let action = if rng.chance(20) { json!(["sts:AssumeRole", "sts:TagSession"]) } else { "sts:AssumeRole".into() };
    json!({"Action": action, "Effect": "Allow", "Resource": resources})
}

fn describe(rng: &mut Rng) -> Value {
    let most = rng.between(4, DESCRIBING.len());
    json!({"Action": rng.some(DESCRIBING, most), "Effect": "Allow", "Resource": "*"})
}

fn deny(world: &World, rng: &mut Rng, subject: Subject) -> Value {
    let Some(grant) = rng.one_of(&GRANTS) else { return Value::Null };
    let mut statement = granted(world, rng, subject, grant);
    if let Some(members) = statement.as_object_mut() {
        members.insert("Effect".to_owned(), "Deny".into());
    }
    statement
}

fn without_mfa() -> Value {
    json!({
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        "Effect": "Deny",
        "NotAction": ["iam:ListVirtualMFADevices", "iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:GetUser", "sts:GetSessionToken"],
        "Resource": "*",
    })
}

fn outside_regions(rng: &mut Rng) -> Value {
    let regions = rng.some(REGIONS, 3);
    json!({"Condition": {"StringNotEquals": {"aws:RequestedRegion": regions}}, "Effect": "Deny", "NotAction": GLOBAL, "Resource": "*"})
}

fn outside_own(world: &World, rng: &mut Rng, subject: Subject) -> Value {
    let own: Vec<String> = ["arn:aws:s3:::larkfield-{app}-*", "arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"]
        .iter()
        .map(|template| world.fill(rng, subject, template))
        .collect();
    json!({"Action": ["s3:PutObject*", "s3:DeleteObject*", "s3:DeleteBucket"], "Effect": "Deny", "NotResource": own})
}

fn own_credentials() -> Value {
    json!({
        "Action": [
            "iam:ChangePassword", "iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:GetUser", "iam:ListAccessKeys", "iam:UpdateAccessKey",
            "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice",
        ],
        "Effect": "Allow",
        "Resource": [format!("arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"), format!("arn:aws:iam::{ACCOUNT}:user/*/${{aws:username}}")],
    })
}

fn home_folder(world: &World, rng: &mut Rng) -> Value {
    json!({
        "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        "Effect": "Allow",
        "Resource": format!("arn:aws:s3:::{}/home/${{aws:username}}/*", world.any_bucket(rng)),
    })
}

fn by_tag() -> Value {
    json!({
        "Action": ["ec2:StartInstances", "ec2:StopInstances", "ec2:RebootInstances", "rds:StartDBInstance", "rds:StopDBInstance"],
        "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}, "Null": {"aws:PrincipalTag/team": "false"}},
        "Effect": "Allow",
        "Resource": "*",
    })
}

fn all_but(rng: &mut Rng) -> Value {
    let most = rng.between(2, GLOBAL.len());
    let mut excepted = vec!["iam:*", "organizations:*", "account:*"];
    excepted.extend(rng.some(&["kms:*", "cloudtrail:*", "ec2:*Vpc*", "support:*", "sso:*"], most));
    json!({"Effect": "Allow", "NotAction": excepted, "Resource": "*"})
}

fn from_office(rng: &mut Rng) -> Value {
    json!({
        "Condition": {"NotIpAddress": {"aws:SourceIp": networks(rng)}, "Bool": {"aws:ViaAWSService": "false"}},
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
    })
}
