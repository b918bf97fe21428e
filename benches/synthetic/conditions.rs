//! Conditions of statements: the operators and keys that real policies use most.

use serde_json::{Map, Value, json};

use super::names::{self, REGIONS, Subject, TEAMS, World};
use super::rng::Rng;

/// A condition that makes sense for any service, or for `service`.
pub(super) fn any(world: &World, rng: &mut Rng, subject: Subject, service: &str) -> Value {
    if rng.chance(45)
        && let Some(own) = of_service(rng, subject, service)
    {
        return own;
    }
    match rng.below(14) {
        0 | 1 => json!({"StringEquals": {"aws:ResourceTag/team": subject.team}}),
        2 => json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
        3 => json!({"StringEquals": {"aws:RequestedRegion": rng.some(REGIONS, 3)}}),
        4 => json!({"StringEquals": {"aws:PrincipalOrgID": names::ORGANIZATION}}),
        5 => json!({"IpAddress": {"aws:SourceIp": networks(rng)}}),
        6 => json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        7 => json!({"Bool": {"aws:SecureTransport": "true"}}),
        8 => json!({"StringEquals": {"aws:SourceVpce": format!("vpce-{}", rng.hex(17))}}),
        9 => json!({"StringLike": {"aws:ResourceTag/app": [format!("{}-*", subject.app), subject.app]}}),
        10 => {
            json!({"StringEquals": {"aws:RequestTag/env": subject.env}, "ForAllValues:StringEquals": {"aws:TagKeys": ["env", "team", "app"]}})
        }
        11 => json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::*:role/{}-*", subject.app)}}),
        12 => json!({"DateLessThan": {"aws:CurrentTime": names::stamp(names::NOW + rng.below(40_000_000)).replace("+00:00", "Z")}}),
        _ => json!({"StringEquals": {"aws:PrincipalAccount": world.any_account(rng)}}),
    }
}

fn of_service(rng: &mut Rng, subject: Subject, service: &str) -> Option<Value> {
    let condition = match service {
        "s3" => match rng.below(4) {
            0 => json!({"StringLike": {"s3:prefix": ["${aws:username}/*", format!("{}/*", subject.app)]}}),
            1 => json!({"StringEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
            2 => json!({"StringEquals": {"s3:ExistingObjectTag/env": subject.env}}),
            _ => json!({"NumericLessThanEquals": {"s3:max-keys": "100"}}),
        },
        "kms" => match rng.below(3) {
            0 => json!({"StringEquals": {"kms:ViaService": format!("s3.{}.amazonaws.com", rng.pick(REGIONS))}}),
            1 => json!({"StringLike": {"kms:EncryptionContext:aws:s3:arn": format!("arn:aws:s3:::larkfield-{}-*", subject.app)}}),
            _ => json!({"Bool": {"kms:GrantIsForAWSResource": "true"}}),
        },
        "ec2" => match rng.below(4) {
            0 => json!({"StringEquals": {"ec2:ResourceTag/app": subject.app}}),
            1 => json!({"StringEquals": {"ec2:InstanceType": ["t3.micro", "t3.small", "m6i.large"]}}),
            2 => json!({"StringEquals": {"ec2:CreateAction": ["RunInstances", "CreateVolume"]}}),
            _ => json!({"ArnEquals": {"ec2:Vpc": format!("arn:aws:ec2:{}:{}:vpc/vpc-{}", rng.pick(REGIONS), names::ACCOUNT, rng.hex(17))}}),
        },
        "dynamodb" => json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:PrincipalTag/tenant, 'none'}"]}}),
        "secretsmanager" => json!({"StringEquals": {"secretsmanager:ResourceTag/team": rng.pick(TEAMS)}}),
        "sns" => json!({"StringEquals": {"sns:Protocol": ["https", "sqs"]}}),
        "iam" => json!({"StringLike": {"iam:PermissionsBoundary": format!("arn:aws:iam::{}:policy/boundaries/*", names::ACCOUNT)}}),
        _ => return None,
    };
    Some(condition)
}

/// The addresses of offices and partners.
pub(super) fn networks(rng: &mut Rng) -> Vec<String> {
    (0..rng.between(1, 4))
        .map(|_| {
            let (one, two) = (rng.below(255), rng.below(64) * 4);
            match rng.below(3) {
                0 => format!("203.0.113.{one}/32"),
                1 => format!("198.51.100.{two}/30"),
                _ => format!("10.{one}.{two}.0/22"),
            }
        })
        .collect()
}

/// Both conditions in one.
pub(super) fn both(one: Value, two: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (one, two) else { return Value::Object(Map::new()) };
    for (operator, keys) in more {
        match (all.get_mut(&operator), keys) {
            (Some(Value::Object(known)), Value::Object(keys)) => known.extend(keys),
            (_, keys) => drop(all.insert(operator, keys)),
        }
    }
    Value::Object(all)
}
