//! Where AWS makes exceptions.

use std::borrow::Cow;

use super::{Owner, Request};
use crate::iam::caller::CallerKind;
use crate::iam::policy::{Action, Target};

/// Services whose actions RCPs can limit, by the prefix of their actions.
///
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
const RCP_SERVICES: &[&str] = &[
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Actions that ask the policy of a role whether it may be taken on.
const ASSUMING: &[&str] =
    &["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:setsourceidentity", "sts:tagsession"];

/// What the owner's root user may always do with a bucket's policy, whatever that policy denies.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
const ROOT_OF_BUCKET: &[&str] = &["s3:deletebucketpolicy", "s3:getbucketpolicy", "s3:putbucketpolicy"];

/// What is settled before any policy is read.
///
/// `sts:GetCallerIdentity` needs no permission, and no policy can take it away:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub(super) fn settled(request: &Request<'_>) -> Option<bool> {
    match request.action.lower.as_str() {
        "sts:getcalleridentity" if request.caller.account.is_some() => Some(true),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html
        "sts:getsessiontoken" if matches!(request.caller.kind, CallerKind::User | CallerKind::Root) => Some(true),
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        "sts:assumerole" if request.caller.kind == CallerKind::Root => Some(false),
        _ => None,
    }
}

/// Whether RCPs limit an action.
#[must_use]
pub fn supports_rcps(action: &Action) -> bool {
    let service = action.lower.split(':').next().unwrap_or_default();
    // The owner of a grant may always retire it.
    RCP_SERVICES.binary_search(&service).is_ok() && action.lower != "kms:retiregrant"
}

/// Whether identity policies count only as far as the resource's policy hands over to the account.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
pub(super) fn needs_resource_policy(request: &Request<'_>) -> bool {
    if !request.action.lower.starts_with("kms:") && !ASSUMING.contains(&request.action.lower.as_str()) {
        return false;
    }
    let text = match request.target {
        Target::Arn(arn) => Cow::Borrowed(arn.as_str()),
        Target::Like(pattern) => Cow::Owned(pattern.to_string()),
    };
    let mut parts = text.splitn(6, ':').skip(2);
    let (service, resource) = (parts.next().unwrap_or_default(), parts.nth(2).unwrap_or_default());
    match service {
        "kms" => resource.starts_with("key/"),
        "iam" => resource.starts_with("role/"),
        _ => false,
    }
}

/// Whether the resource's own denials do not reach the caller.
pub(super) fn exempt_from_resource_denials(request: &Request<'_>) -> bool {
    let owner = match request.owner {
        Owner::Same => true,
        Owner::Account(owner) => request.caller.account.as_deref() == Some(owner),
        Owner::Unknown => false,
    };
    owner && request.caller.kind == CallerKind::Root && ROOT_OF_BUCKET.contains(&request.action.lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted() {
        assert!(RCP_SERVICES.is_sorted());
    }
}
