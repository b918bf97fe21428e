//! The cases: statements, or whole policies, for each rule.

use crate::iam::risks::Role;

/// One case of a rule.
pub(super) struct Case {
    pub(super) rule: &'static str,
    pub(super) role: Role,
    /// In this it finds something, once,
    pub(super) bad: &'static str,
    /// here;
    pub(super) pointer: &'static str,
    /// in these it does not.
    pub(super) good: &'static [&'static str],
}

const fn case(rule: &'static str, role: Role, bad: &'static str, pointer: &'static str, good: &'static [&'static str]) -> Case {
    Case { rule, role, bad, pointer, good }
}

/// By rule.
pub(super) const CASES: &[Case] = &[
    case(
        "boundary-can-be-lifted",
        Role::Boundary,
        r#"{"Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*"}"#,
        "/Statement/Action/1",
        &[
            r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*PermissionsBoundary", "Resource": "*"}]"#,
            r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}"#,
        ],
    ),
    case(
        "boundary-can-be-lifted",
        Role::Boundary,
        r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#,
        "/Statement/NotAction",
        &[],
    ),
    case(
        "boundary-is-open",
        Role::Boundary,
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        "/Statement/Action",
        &[
            r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]"#,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
        ],
    ),
    case(
        "condition-any-address",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}"#,
        "/Statement/Condition/IpAddress/aws:SourceIp",
        &[
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#,
        ],
    ),
    case(
        "condition-any-address",
        Role::Identity,
        r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}}"#,
        "/Statement/Condition/NotIpAddress/aws:SourceIp",
        &[r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}}"#],
    ),
    case(
        "condition-any-value",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": ["*"]}}}"#,
        "/Statement/Condition/StringLike/s3:prefix",
        &[
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "a*"}}}"#,
            r#"{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "*"}}}"#,
            r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringLike": {"aws:RequestTag/team": "*"}}}"#,
        ],
    ),
    case(
        "condition-deny-misses-mfa",
        Role::Identity,
        r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#,
        "/Statement/Condition/Bool/aws:MultiFactorAuthPresent",
        &[
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#,
        ],
    ),
    case(
        "condition-deny-misses-mfa",
        Role::Identity,
        r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}}"#,
        "/Statement/Condition/NumericGreaterThan/aws:MultiFactorAuthAge",
        &[
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}}"#,
        ],
    ),
    case(
        "condition-exempt-by-name",
        Role::Scp,
        r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin*"}}}"#,
        "/Statement/Condition/ArnNotLike/aws:PrincipalArn",
        &[
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}}"#,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*"}}}"#,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/dev-*"}}}"#,
        ],
    ),
    case(
        "condition-for-all-values",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalServiceNamesList": "a"}}, "Resource": "*"}"#,
        "/Statement/Condition/ForAllValues:StringEquals/aws:PrincipalServiceNamesList",
        &[
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalServiceNamesList": "a"}, "Null": {"aws:PrincipalServiceNamesList": "false"}}, "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "team"}}}"#,
        ],
    ),
    case(
        "condition-if-exists",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:RequestTag/team": "a"}}}"#,
        "/Statement/Condition/StringEqualsIfExists/aws:RequestTag~1team",
        &[
            r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/team": "a"}}}"#,
        ],
    ),
    case(
        "condition-if-exists",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole", "Condition": {"StringEqualsIfExists": {"sts:ExternalId": "x"}}}"#,
        "/Statement/Condition/StringEqualsIfExists/sts:ExternalId",
        &[
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}"#,
            r#"{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEqualsIfExists": {"ec2:InstanceType": "t3.nano"}}}"#,
        ],
    ),
    case(
        "condition-literal-wildcard",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": ["a", "home/*"]}}}"#,
        "/Statement/Condition/StringEquals/s3:prefix",
        &[
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "home/*"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a*"}}}"#,
        ],
    ),
    case(
        "condition-mfa-exempts-iam",
        Role::Identity,
        r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#,
        "/Statement/NotAction",
        &[
            r#"{"Effect": "Deny", "NotAction": ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:GetUser", "sts:GetSessionToken"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#,
            r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}"#,
        ],
    ),
    case(
        "condition-mfa-exempts-iam",
        Role::Identity,
        r#"{"Effect": "Deny", "NotAction": ["iam:DeactivateMFADevice"], "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}"#,
        "/Statement/NotAction",
        &[r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}"#],
    ),
    case(
        "condition-mfa-optional",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}}"#,
        "/Statement/Condition/BoolIfExists/aws:MultiFactorAuthPresent",
        &[
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#,
        ],
    ),
    case(
        "condition-private-address",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}}}"#,
        "/Statement/Condition/IpAddress/aws:SourceIp",
        &[
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}}"#,
        ],
    ),
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
    case(
        "resource-deleted-principal",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"AWS": ["AROAEXAMPLEID", "111122223333"]}, "Action": "sts:AssumeRole"}"#,
        "/Statement/Principal",
        &[r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#],
    ),
    case(
        "resource-not-principal",
        Role::Resource,
        r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "999988887777"}, "Action": "s3:GetObject", "Resource": "*"}"#,
        "/Statement/NotPrincipal",
        &[r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "999988887777"}, "Action": "s3:GetObject", "Resource": "*"}"#],
    ),
    case(
        "resource-other-account",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:role/x"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/x"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "s3:GetObject", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, "Resource": "arn:aws:s3:::b/*"}"#,
        ],
    ),
    case(
        "resource-other-account-control",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}"#,
        "/Statement/Principal",
        &[r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#],
    ),
    case(
        "resource-public-by-header",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Condition": {"StringLike": {"aws:Referer": "https://example.org/*"}}, "Resource": "arn:aws:s3:::b/*"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Condition": {"StringLike": {"aws:Referer": "x"}, "StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, "Resource": "arn:aws:s3:::b/*"}"#,
        ],
    ),
    case(
        "resource-public-objects",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "Resource": "arn:aws:s3:::b/*"}"#,
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b/*"}"#,
        ],
    ),
    case(
        "resource-public-read",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}"#,
        ],
    ),
    case(
        "resource-public-write",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Condition": {"Bool": {"aws:SecureTransport": "true"}}, "Resource": "*"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t"}}, "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}"#,
        ],
    ),
    case(
        "resource-public-write",
        Role::Resource,
        r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}, "Resource": "arn:aws:s3:::b/*"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/deploy"}}, "Resource": "arn:aws:s3:::b/*"}"#,
        ],
    ),
    case(
        "statement-unknown-action",
        Role::Identity,
        r#"[{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}, {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetObjekt"], "Resource": "*"}]"#,
        "/Statement/1/Action/1",
        &[r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#],
    ),
    case(
        "statement-unknown-key",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgIdentity": "o"}}}"#,
        "/Statement/Condition/StringEquals/aws:PrincipalOrgIdentity",
        &[
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"AWS:principalTag/a": "o"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"oidc.example.org/x:sub": "o"}}}"#,
        ],
    ),
    case(
        "statement-unmatched-resource",
        Role::Identity,
        r#"{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "arn:aws:s3:::b"}"#,
        "/Statement/Resource",
        &[
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}"#,
            r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/*"}"#,
        ],
    ),
    case(
        "statement-variable-as-text",
        Role::Identity,
        r#"{"Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::${aws:username}"]}]}"#,
        "/Statement/0/Resource/1",
        &[r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::${aws:username}"}"#],
    ),
    case(
        "statement-variable-as-text",
        Role::Identity,
        r#"{"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}}]}"#,
        "/Statement/0/Condition/StringLike/s3:prefix",
        &[
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "${aws:username, 'x'}"}}}"#,
        ],
    ),
    case(
        "trust-any-app",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:aud": "app"}}}"#,
        ],
    ),
    case(
        "trust-any-audience",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/x:*"}}}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#,
        ],
    ),
    case(
        "trust-any-audience",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}, "Action": "sts:AssumeRoleWithSAML"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}, "Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}"#,
        ],
    ),
    case(
        "trust-any-certificate",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "host"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/x"}}}"#,
        ],
    ),
    case(
        "trust-any-repository",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/*"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:repository_owner_id": "1"}}}"#,
        ],
    ),
    case(
        "trust-any-repository",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": ["repo:me/x:*", "repo:me*"]}}}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/x*"}}}"#,
        ],
    ),
    case(
        "trust-any-repository",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*:ref:refs/heads/main"}}}"#,
        "/Statement/Principal",
        &[],
    ),
    case(
        "trust-any-subject",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com"}}}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:ns:sa"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#,
        ],
    ),
    case(
        "trust-any-subject",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:*"}}}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:ns:*"}}}"#,
        ],
    ),
    case(
        "trust-confused-deputy",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "scheduler.amazonaws.com"]}, "Action": "sts:AssumeRole"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
            r#"{"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}"#,
        ],
    ),
    case(
        "trust-everyone",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#,
        ],
    ),
    case(
        "trust-everyone",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}"#,
        "/Statement/Principal",
        &[],
    ),
    case(
        "trust-guests",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}}}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}"#,
        ],
    ),
    case(
        "trust-other-account",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:TagSession"}"#,
        ],
    ),
    case(
        "trust-other-account-principal",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:role/x"}, "Action": "sts:AssumeRole"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/x"}, "Action": "sts:AssumeRole"}"#,
        ],
    ),
    case(
        "trust-own-account",
        Role::Trust,
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}"#,
        "/Statement/Principal",
        &[
            r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/x"}, "Action": "sts:AssumeRole"}"#,
        ],
    ),
];
