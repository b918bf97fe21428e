//! Of what policies of identities give.

use super::{Case, case};
use crate::iam::risks::Role;

pub(super) const CASES: &[Case] = &[
    case(
        "grant-admin",
        Role::Identity,
        r#"[{"Effect": "Allow", "Action": ["s3:Get*", "*"], "Resource": "*"}]"#,
        "/Statement/0/Action/1",
        &[
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b"}"#,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-admin",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "*:*", "Resource": ["arn:aws:s3:::b", "*"]}"#,
        "/Statement/Action",
        &[],
    ),
    case(
        "grant-any-role-assumed",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/x"}"#,
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/x"}"#,
            r#"{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-any-role-assumed",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["sts:*"], "Resource": "arn:aws:iam::111122223333:role/*"}"#,
        "/Statement/Action",
        &[r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/app-*"}"#],
    ),
    case(
        "grant-data",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["s3:List*", "s3:GetObject"], "Resource": "arn:aws:s3:::*"}"#,
        "/Statement/Action/1",
        &[
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"s3:ExistingObjectTag/a": "b"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}}"#,
        ],
    ),
    case(
        "grant-data",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/*"}"#,
        "/Statement/Action",
        &[r#"{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "arn:aws:dynamodb:eu-west-1:999988887777:table/*"}"#],
    ),
    case(
        "grant-decryption",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}"#,
            r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/x"}"#,
        ],
    ),
    case(
        "grant-destruction",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "rds:Delete*", "Resource": "*"}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "rds:Describe*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::b/*"}"#,
        ],
    ),
    case(
        "grant-detection-off",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["cloudtrail:StopLogging"], "Resource": "*"}"#,
        "/Statement/Action",
        &[r#"{"Effect": "Allow", "Action": "cloudtrail:GetTrail", "Resource": "*"}"#],
    ),
    case(
        "grant-existing-role",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "arn:aws:lambda:*:*:function:*"}"#,
        "/Statement/Action",
        &[r#"{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "arn:aws:lambda:*:*:function:app-*"}"#],
    ),
    case(
        "grant-existing-role",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": ["arn:aws:ssm:*:*:document/x", "arn:aws:ec2:*:*:instance/*"]}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": ["arn:aws:ssm:*:*:document/*", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"]}"#,
        ],
    ),
    case(
        "grant-guardrails-off",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "organizations:Leave*", "Resource": "*"}"#,
        "/Statement/Action",
        &[r#"{"Effect": "Allow", "Action": "organizations:Describe*", "Resource": "*"}"#],
    ),
    case(
        "grant-identity-service",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["s3:*", "IAM:*"], "Resource": "*"}"#,
        "/Statement/Action/1",
        &[
            r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::111122223333:role/x"}"#,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-mixed-wildcard",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["s3:PutBucket*"], "Resource": "arn:aws:s3:::b"}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:Put*Acl", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-not-action",
        Role::Identity,
        r#"{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}"#,
        "/Statement/NotAction",
        &[r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#, r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#],
    ),
    case(
        "grant-not-action-escalation",
        Role::Identity,
        r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#,
        "/Statement/NotAction",
        &[
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
            r#"[{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]"#,
            r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-not-resource",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}"#,
        "/Statement/NotResource",
        &[r#"{"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}"#],
    ),
    case(
        "grant-others-identity",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["iam:Get*", "iam:CreateAccessKey"], "Resource": ["arn:aws:iam::*:user/*"]}"#,
        "/Statement/Action/1",
        &[
            r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#,
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "iam:UpdateAssumeRolePolicy", "Resource": "arn:aws:iam::111122223333:role/x"}"#,
        ],
    ),
    case(
        "grant-own-rights",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "arn:aws:iam::111122223333:policy/*"}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "arn:aws:iam::111122223333:policy/app/*"}"#,
            r#"{"Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*", "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}}"#,
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-own-rights",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#,
        "/Statement/Action",
        &[r#"{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#],
    ),
    case(
        "grant-pass-any-role",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x"}"#,
            r#"{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-pass-any-role",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "arn:aws:iam::111122223333:role/*", "Condition": {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": "ecs*.amazonaws.com"}}}"#,
        ],
    ),
    case(
        "grant-pass-role-and-run",
        Role::Identity,
        r#"[{"Effect": "Allow", "Action": "lambda:Create*", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}]"#,
        "/Statement/1/Action",
        &[
            r#"[{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}]"#,
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}"#,
            r#"[{"Effect": "Allow", "Action": "lambda:Create*", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x"}]"#,
            r#"[{"Effect": "Allow", "Action": "lambda:Create*", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}, {"Effect": "Deny", "Action": "lambda:CreateFunction", "Resource": "*"}]"#,
        ],
    ),
    case(
        "grant-pass-some-role-and-run",
        Role::Identity,
        r#"[{"Effect": "Allow", "Action": "glue:*Job*", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x"}]"#,
        "/Statement/1/Action",
        &[
            r#"[{"Effect": "Allow", "Action": "glue:CreateJob", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x"}]"#,
            r#"[{"Effect": "Allow", "Action": "glue:*", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]"#,
        ],
    ),
    case(
        "grant-secrets",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "ssm:GetParameter*", "Resource": "arn:aws:ssm:eu-west-1:111122223333:parameter/*"}"#,
        "/Statement/Action",
        &[
            r#"{"Effect": "Allow", "Action": "ssm:GetParameter*", "Resource": "arn:aws:ssm:eu-west-1:111122223333:parameter/app/*"}"#,
            r#"{"Effect": "Allow", "Action": "ssm:DescribeParameters", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-service",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["s3:*", "ec2:Describe*"], "Resource": "*"}"#,
        "/Statement/Action/0",
        &[
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b"}"#,
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "nosuch:*", "Resource": "*"}"#,
        ],
    ),
    case(
        "grant-sharing",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["s3:PutBucketPolicy"], "Resource": "*"}"#,
        "/Statement/Action",
        &[r#"{"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::b"}"#],
    ),
];
