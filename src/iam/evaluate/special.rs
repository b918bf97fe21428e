//! Where AWS makes exceptions.

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

/// An answer that no policy changes: yes, or no and why.
pub(super) type Settled = Result<(), &'static str>;

/// What is settled before any policy is read.
///
/// `sts:GetCallerIdentity` needs no permission, and no policy can take it away:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub(super) fn settled(request: &Request<'_>) -> Option<Settled> {
    match request.action.lower.as_str() {
        "sts:getcalleridentity" if request.caller.account.is_some() => Some(Ok(())),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html
        "sts:getsessiontoken" if matches!(request.caller.kind, CallerKind::User | CallerKind::Root) => Some(Ok(())),
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        "sts:assumerole" if request.caller.kind == CallerKind::Root => {
            Some(Err("the root user cannot take on roles; ask about a user or role of the account"))
        }
        // Elsewhere, AWS takes no unsigned calls.
        action if request.caller.kind == CallerKind::Anonymous && !takes_unsigned(action) => {
            Some(Err("this service takes no unsigned calls"))
        }
        action if request.caller.kind == CallerKind::Provider && !is_login(action, &request.caller.arn) => {
            Some(Err("identity providers vouch for nobody in this call"))
        }
        _ if crosses_partitions(request) => Some(Err("principals of one partition have no access to another")),
        action if is_elsewhere(request) && stays_at_home(action) => Some(Err("AWS has no such access for other accounts")),
        action if is_immutable(action, request.target) => Some(Err("only AWS changes this policy or role")),
        _ => None,
    }
}

/// Whether a provider's users can make a call, and then of which kind.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
fn is_login(action: &str, provider: &str) -> bool {
    let saml = provider.contains(":saml-provider/");
    match action {
        "sts:assumerolewithsaml" => saml,
        "sts:assumerolewithwebidentity" => !saml,
        action => matches!(action, "sts:tagsession" | "sts:setsourceidentity"),
    }
}

/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
fn crosses_partitions(request: &Request<'_>) -> bool {
    let (Target::Arn(target), CallerKind::User | CallerKind::Role | CallerKind::Session | CallerKind::Root) =
        (request.target, request.caller.kind)
    else {
        return false;
    };
    let partition = |arn: &str| arn.strip_prefix("arn:").and_then(|rest| rest.split(':').next()).map(str::to_owned);
    matches!((partition(&request.caller.arn), partition(target)), (Some(own), Some(other)) if own != other && own != "*")
}

/// Whether a resource is known to be of another account.
fn is_elsewhere(request: &Request<'_>) -> bool {
    match (request.owner, &request.caller.account) {
        (Owner::Account(owner), Some(account)) => owner != account,
        _ => false,
    }
}

/// Whether an action is for the resource's own account, whatever its policy says.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-limitations-of-custom-policies.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
pub fn stays_at_home(action: &str) -> bool {
    const KEYS: &[&str] = &[
        "kms:creategrant",
        "kms:decrypt",
        "kms:derivesharedsecret",
        "kms:describekey",
        "kms:encrypt",
        "kms:generatedatakey",
        "kms:generatedatakeypair",
        "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext",
        "kms:generatemac",
        "kms:getkeyrotationstatus",
        "kms:getpublickey",
        "kms:listgrants",
        "kms:reencryptfrom",
        "kms:reencryptto",
        "kms:retiregrant",
        "kms:revokegrant",
        "kms:sign",
        "kms:verify",
        "kms:verifymac",
    ];
    const QUEUES: &[&str] = &[
        "sqs:addpermission",
        "sqs:cancelmessagemovetask",
        "sqs:createqueue",
        "sqs:deletequeue",
        "sqs:listmessagemovetasks",
        "sqs:listqueues",
        "sqs:listqueuetags",
        "sqs:removepermission",
        "sqs:setqueueattributes",
        "sqs:startmessagemovetask",
        "sqs:tagqueue",
        "sqs:untagqueue",
    ];
    match action.split(':').next().unwrap_or_default() {
        "kms" => KEYS.binary_search(&action).is_err(),
        "sqs" => QUEUES.binary_search(&action).is_ok(),
        "s3" => ROOT_OF_BUCKET.contains(&action),
        _ => false,
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>: who is anonymous, and where.
fn takes_unsigned(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    matches!(service, "s3" | "sns" | "sqs" | "execute-api" | "mediastore")
        || action == "lambda:invokefunctionurl"
        || action.starts_with("es:eshttp")
}

/// What nobody in an account can change: policies that AWS manages, roles of services, roles of the Identity Center.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-edit.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html>
fn is_immutable(action: &str, target: &Target) -> bool {
    let Target::Arn(arn) = target else { return false };
    match action {
        "iam:createpolicyversion"
        | "iam:deletepolicyversion"
        | "iam:setdefaultpolicyversion"
        | "iam:deletepolicy"
        | "iam:tagpolicy"
        | "iam:untagpolicy" => arn.contains(":iam::aws:policy/"),
        "iam:addroletoinstanceprofile"
        | "iam:attachrolepolicy"
        | "iam:deleterole"
        | "iam:deleterolepermissionsboundary"
        | "iam:deleterolepolicy"
        | "iam:detachrolepolicy"
        | "iam:putrolepermissionsboundary"
        | "iam:putrolepolicy"
        | "iam:updateassumerolepolicy"
        | "iam:updaterole" => arn.contains(":role/aws-service-role/") || arn.contains(":role/aws-reserved/sso.amazonaws.com/"),
        _ => false,
    }
}

/// Whether RCPs limit an action on a resource: not where it is about none, and not on the trust of service-linked roles.
#[must_use]
pub fn supports_rcps(action: &Action, target: &Target) -> bool {
    if matches!(target, Target::Arn(arn) if arn == "*" || arn.contains(":role/aws-service-role/")) {
        return false;
    }
    let service = action.lower.split(':').next().unwrap_or_default();
    // The owner of a grant may always retire it.
    RCP_SERVICES.binary_search(&service).is_ok() && action.lower != "kms:retiregrant"
}

/// Whether an action asks the policy of a role.
#[must_use]
pub fn is_assuming(action: &Action) -> bool {
    ASSUMING.contains(&action.lower.as_str())
}

/// Whether the policy of the resource always has to allow an action, be it by handing over to its account.
#[must_use]
pub fn needs_policy(action: &Action) -> bool {
    is_assuming(action) || action.lower.starts_with("kms:")
}

/// Whether identity policies count only as far as the resource's policy hands over to the account.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
pub(super) fn needs_resource_policy(request: &Request<'_>) -> bool {
    if !needs_policy(request.action) || is_assuming(request.action) {
        return is_assuming(request.action);
    }
    match request.target {
        Target::Arn(arn) => arn.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with("key/")),
        // Some key: that of an alias has a policy too.
        Target::Like(_) => true,
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
