//! Which services each principal was last seen at, as AWS's access reports have it.
//!
//! Those with wide policies have over a hundred services, most of them never used.

use std::io;

use serde_json::{Value, json};

use super::json::Folder;
use super::names::{World, before, stamp};

const SERVICES: &[&str] = &[
    "a4b",
    "acm",
    "apigateway",
    "athena",
    "autoscaling",
    "backup",
    "batch",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codecommit",
    "config",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "eks",
    "elasticache",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elasticmapreduce",
    "es",
    "events",
    "firehose",
    "glue",
    "guardduty",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "organizations",
    "rds",
    "redshift",
    "route53",
    "s3",
    "sagemaker",
    "secretsmanager",
    "ses",
    "sns",
    "sqs",
    "ssm",
    "states",
    "sts",
    "support",
    "transfer",
    "waf",
    "xray",
];

/// Writes the two answers of each principal.
pub(super) fn write(world: &World, details: &Value, global: &Folder) -> io::Result<()> {
    let jobs = global.folder("iam-generate-service-last-accessed-details")?;
    let reports = global.folder("iam-get-service-last-accessed-details")?;
    let principals = ["UserDetailList", "RoleDetailList"].into_iter().filter_map(|list| details[list].as_array()).flatten();
    for (index, principal) in principals.enumerate() {
        let mut rng = world.rng("accessed", index);
        let job = rng.uuid();
        let most = if rng.chance(8) { SERVICES.len() } else { 12 };
        let services: Vec<Value> = rng
            .some(SERVICES, most)
            .into_iter()
            .map(|service| {
                let named = json!({"ServiceName": service, "ServiceNamespace": service, "TotalAuthenticatedEntities": 0});
                let Value::Object(mut named) = named else { return Value::Null };
                if rng.chance(40) {
                    named.insert("LastAuthenticated".to_owned(), stamp(before(&mut rng, 400)).into());
                }
                Value::Object(named)
            })
            .collect();
        let arn = principal["Arn"].as_str().unwrap_or_default();
        jobs.write(&arn.replace(':', "%3A").replace('/', "%2F"), &json!({"JobId": job}))?;
        reports.write(&job, &json!({"JobStatus": "COMPLETED", "JobType": "SERVICE_LEVEL", "ServicesLastAccessed": services}))?;
    }
    Ok(())
}
