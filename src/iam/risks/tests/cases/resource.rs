//! Of policies of resources, and of statements as such.

use super::{Case, case};
use crate::iam::risks::Role;

pub(super) const CASES: &[Case] = &[
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
];
