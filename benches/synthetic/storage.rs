//! Buckets: their list, policies, access control lists and public access blocks.

use std::io;

use serde_json::{Value, json};

use super::json::Folder;
use super::names::{ACCOUNT, ORGANIZATION, World, before, stamp};
use super::rng::Rng;
use super::trust;

const OWNER: &str = "7a1c6e0d94b35f28e17d0c9ab86f43521e0d7c8b9a6f5e4d3c2b1a0f9e8d7c6b";
const SHARE_WITH_POLICY: u64 = 60;
const SHARE_WITH_BLOCK: u64 = 85;

/// Writes what S3 says about buckets.
pub(super) fn write(world: &World, global: &Folder) -> io::Result<()> {
    let names: Vec<String> = (0..world.size.buckets).map(|index| world.bucket(index)).collect();
    let buckets: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(index, name)| json!({"CreationDate": stamp(before(&mut world.rng("bucket-made", index), 2_500)), "Name": name}))
        .collect();
    global.write("s3-list-buckets.json", &json!({"Buckets": buckets, "Owner": {"ID": OWNER}}))?;
    let (policies, lists, blocks) =
        (global.folder("s3-get-bucket-policy")?, global.folder("s3-get-bucket-acl")?, global.folder("s3-get-public-access-block")?);
    for (index, name) in names.iter().enumerate() {
        let mut rng = world.rng("bucket", index);
        lists.write(name, &acl(&mut rng))?;
        if rng.chance(SHARE_WITH_BLOCK) {
            blocks.write(name, &block(rng.chance(95)))?;
        }
        if rng.chance(SHARE_WITH_POLICY) {
            policies.write(name, &json!({"Policy": policy(world, &mut rng, name).to_string()}))?;
        }
    }
    Ok(())
}

fn block(on: bool) -> Value {
    json!({
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true, "BlockPublicPolicy": on, "IgnorePublicAcls": true, "RestrictPublicBuckets": on,
        },
    })
}

fn acl(rng: &mut Rng) -> Value {
    let mut grants = vec![json!({"Grantee": {"ID": OWNER, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"})];
    let everyone = "http://acs.amazonaws.com/groups/global/AllUsers";
    let delivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";
    match rng.below(100) {
        0 => grants.push(json!({"Grantee": {"Type": "Group", "URI": everyone}, "Permission": "READ"})),
        1..5 => grants.push(json!({"Grantee": {"Type": "Group", "URI": delivery}, "Permission": "WRITE"})),
        _ => {}
    }
    json!({"Grants": grants, "Owner": {"ID": OWNER}})
}

fn policy(world: &World, rng: &mut Rng, name: &str) -> Value {
    let (bucket, objects) = (format!("arn:aws:s3:::{name}"), format!("arn:aws:s3:::{name}/*"));
    let mut statements = Vec::new();
    if rng.chance(70) {
        statements.push(json!({
            "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [bucket, objects],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }));
    }
    for _ in 0..rng.between(usize::from(statements.is_empty()), 3) {
        statements.push(if rng.chance(80) { grant(world, rng, &bucket, &objects) } else { denial(world, rng, &bucket, &objects) });
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn grant(world: &World, rng: &mut Rng, bucket: &str, objects: &str) -> Value {
    match rng.below(100) {
        0..30 => {
            let principals: Vec<String> = (0..rng.between(1, 4)).map(|_| own_role(world, rng)).collect();
            json!({
                "Effect": "Allow", "Principal": {"AWS": principals}, "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
                "Resource": [bucket, objects],
            })
        }
        30..50 => json!({
            "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", world.any_account(rng))},
            "Action": ["s3:GetObject", "s3:GetObjectTagging"], "Resource": objects,
        }),
        50..65 => json!({
            "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [bucket, objects],
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        }),
        65..80 => json!({
            "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": objects,
            "Condition": {"StringEquals": {"AWS:SourceArn": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/E{}", rng.hex(13).to_uppercase())}},
        }),
        80..92 => json!({
            "Effect": "Allow", "Principal": {"Service": ["delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"]},
            "Action": "s3:PutObject", "Resource": format!("{bucket}/AWSLogs/{ACCOUNT}/*"),
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }),
        92..97 => json!({
            "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", world.outsider(rng))},
            "Action": "s3:PutObject", "Resource": objects, "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        }),
        _ => json!({"Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": objects}),
    }
}

fn denial(world: &World, rng: &mut Rng, bucket: &str, objects: &str) -> Value {
    match rng.below(4) {
        0 => json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": objects,
            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        }),
        1 => json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [bucket, objects],
            "Condition": {
                "StringNotEqualsIfExists": {"aws:SourceVpce": format!("vpce-{}", rng.hex(17))}, "BoolIfExists": {"aws:ViaAWSService": "false"},
                "ArnNotLike": {"aws:PrincipalArn": [format!("arn:aws:iam::{ACCOUNT}:role/aws-service-role/*"), own_role(world, rng)]},
            },
        }),
        2 => json!({
            "Effect": "Deny", "NotPrincipal": {"AWS": [format!("arn:aws:iam::{ACCOUNT}:root"), own_role(world, rng)]},
            "Action": ["s3:DeleteObject*", "s3:DeleteBucket"], "Resource": [bucket, objects],
        }),
        _ => json!({
            "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:DeleteBucket", "s3:PutBucketPolicy"], "Resource": bucket,
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": own_role(world, rng)}},
        }),
    }
}

fn own_role(world: &World, rng: &mut Rng) -> String {
    match world.size.roles {
        0 => format!("arn:aws:iam::{ACCOUNT}:root"),
        count => trust::role(world, rng.index(count)).named.arn("role"),
    }
}
