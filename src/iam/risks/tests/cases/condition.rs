//! Of conditions and boundaries.

use super::{Case, case};
use crate::iam::risks::Role;

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
];
