//! What lets somebody at a resource beside its policy: the ACLs of buckets and the grants of keys, put as statements; and
//! what takes public policies away; and where buckets are.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::EstateError;
use super::store::{Origin, PolicyId, PolicyKind, Store};
use crate::snapshot::layout::quote;
use crate::snapshot::{Answer, Snapshot};

/// Whoever signs requests.
const SIGNED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
/// Everybody.
const ANYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

/// The settings of S3 Block Public Access that decide about requests.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Block {
    ignore_public_acls: bool,
    pub(super) restrict_public_buckets: bool,
    /// AWS refused to tell.
    #[serde(skip)]
    pub(super) unknown: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct BlockAnswer {
    public_access_block_configuration: Block,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Acl {
    owner: Owner,
    grants: Vec<AclGrant>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Owned {
    owner: Owner,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Owner {
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct AclGrant {
    grantee: Grantee,
    permission: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Grantee {
    #[serde(rename = "URI")]
    uri: String,
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Ownership {
    ownership_controls: Rules,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rules {
    rules: Vec<Rule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rule {
    object_ownership: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct KeyGrants {
    grants: Vec<KeyGrant>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct KeyGrant {
    grantee_principal: String,
    retiring_principal: String,
    operations: Vec<String>,
    constraints: Constraints,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Constraints {
    encryption_context_equals: Map<String, Value>,
    encryption_context_subset: Map<String, Value>,
}

/// The id by which S3 knows the account.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html>
pub(super) fn canonical_id(snapshot: &Snapshot, region: &str) -> Result<Option<String>, EstateError> {
    let answer: Answer<Owned> = snapshot.answer(region, "s3-list-buckets")?;
    Ok(Some(answer.value().unwrap_or_default().owner.id).filter(|id| !id.is_empty()))
}

/// The account's own settings.
pub(super) fn account_block(snapshot: &Snapshot, region: &str, account: &str) -> Result<Block, EstateError> {
    let answer: Answer<BlockAnswer> = snapshot.answer_for(region, "s3control-get-public-access-block", &[account])?;
    Ok(settings(answer))
}

fn settings(answer: Answer<BlockAnswer>) -> Block {
    let unknown = answer.gap().is_some_and(|gap| !matches!(gap.code.as_str(), "NotCalled" | "NoManifest"));
    Block { unknown, ..answer.value().unwrap_or_default().public_access_block_configuration }
}

/// A bucket's settings together with the account's.
pub(super) fn block(snapshot: &Snapshot, region: &str, bucket: &str, account: Block) -> Result<Block, EstateError> {
    let answer: Answer<BlockAnswer> = snapshot.answer_for(region, "s3-get-public-access-block", &[bucket])?;
    let own = settings(answer);
    Ok(Block {
        unknown: own.unknown || account.unknown,
        ignore_public_acls: own.ignore_public_acls || account.ignore_public_acls,
        restrict_public_buckets: own.restrict_public_buckets || account.restrict_public_buckets,
    })
}

/// The region of a bucket. AWS calls the first one nothing, and an old one `EU`:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>
pub(super) fn region(snapshot: &Snapshot, region: &str, bucket: &str) -> Result<Option<String>, EstateError> {
    let answer: Answer<Value> = snapshot.answer_for(region, "s3-get-bucket-location", &[bucket])?;
    Ok(answer.value().map(|location| match location.get("LocationConstraint").and_then(Value::as_str) {
        None | Some("") => "us-east-1".to_owned(),
        Some("EU") => "eu-west-1".to_owned(),
        Some(region) => region.to_owned(),
    }))
}

/// What the ACL of a bucket grants to others than its owner.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions>
pub(super) fn acl(
    snapshot: &Snapshot,
    region: &str,
    bucket: &str,
    arn: &str,
    block: Block,
    store: &mut Store,
) -> Result<Option<PolicyId>, EstateError> {
    let ownership: Answer<Ownership> = snapshot.answer_for(region, "s3-get-bucket-ownership-controls", &[bucket])?;
    let enforced =
        ownership.value().unwrap_or_default().ownership_controls.rules.iter().any(|rule| rule.object_ownership == "BucketOwnerEnforced");
    if enforced {
        return Ok(None);
    }
    let acl: Answer<Acl> = snapshot.answer_for(region, "s3-get-bucket-acl", &[bucket])?;
    if let Some(unknown) = unknown(&acl, &format!("the ACL of {arn}"), store) {
        return Ok(Some(unknown));
    }
    let Acl { owner, grants } = acl.value().unwrap_or_default();
    let others = grants.iter().enumerate().filter(|(_, grant)| grant.grantee.id.is_empty() || grant.grantee.id != owner.id);
    let counted = others.filter(|(_, grant)| grant.grantee.uri.is_empty() || !block.ignore_public_acls);
    let (made_of, statements): (Vec<String>, Vec<Value>) =
        counted.filter_map(|(at, grant)| Some((format!("/Grants/{at}"), statement(grant, arn)?))).unzip();
    if statements.is_empty() {
        return Ok(None);
    }
    let file = format!("{region}/s3-get-bucket-acl/{}", quote(bucket));
    Ok(Some(store.add_of_resource(format!("the ACL of {arn}"), allowing(&statements), Origin { file, made_of, place: None })))
}

fn statement(grant: &AclGrant, arn: &str) -> Option<Value> {
    let anybody = json!("*");
    let (principal, condition) = match (grant.grantee.uri.as_str(), grant.grantee.id.as_str()) {
        (ANYBODY, _) => (anybody, json!({})),
        (SIGNED, _) => (anybody, json!({"StringNotEquals": {"aws:PrincipalAccount": "anonymous"}})),
        ("", id) if !id.is_empty() => (json!({"CanonicalUser": id}), json!({})),
        _ => return None,
    };
    let actions: &[&str] = match grant.permission.as_str() {
        "READ" => &["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"],
        "WRITE" => &["s3:PutObject"],
        "READ_ACP" => &["s3:GetBucketAcl"],
        "WRITE_ACP" => &["s3:PutBucketAcl"],
        "FULL_CONTROL" => &[
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "s3:PutObject",
            "s3:GetBucketAcl",
            "s3:PutBucketAcl",
        ],
        _ => return None,
    };
    Some(
        json!({"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": [arn, format!("{arn}/*")], "Condition": condition}),
    )
}

/// What the grants of a key allow.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>
pub(super) fn of_key(snapshot: &Snapshot, region: &str, key: &str, arn: &str, store: &mut Store) -> Result<Option<PolicyId>, EstateError> {
    let grants: Answer<KeyGrants> = snapshot.answer_for(region, "kms-list-grants", &[key])?;
    let statement = |grant: &KeyGrant| {
        let actions: Vec<String> = grant.operations.iter().map(|operation| format!("kms:{operation}")).collect();
        let pairs = grant.constraints.encryption_context_equals.iter().chain(&grant.constraints.encryption_context_subset);
        let equals: Map<String, Value> = pairs.map(|(key, value)| (format!("kms:EncryptionContext:{key}"), value.clone())).collect();
        let condition = if equals.is_empty() { json!({}) } else { json!({"StringEquals": equals}) };
        let kind = if grant.grantee_principal.starts_with("arn:") { "AWS" } else { "Service" };
        json!({"Effect": "Allow", "Principal": {kind: grant.grantee_principal}, "Action": actions, "Resource": "*", "Condition": condition})
    };
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
    let retiring = |grant: &KeyGrant| {
        let principal = json!({"AWS": grant.retiring_principal});
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "kms:RetireGrant", "Resource": "*"});
        (!grant.retiring_principal.is_empty()).then_some(statement)
    };
    if let Some(unknown) = unknown(&grants, &format!("the grants of {arn}"), store) {
        return Ok(Some(unknown));
    }
    let grants = grants.value().unwrap_or_default().grants;
    let statements: Vec<Value> = grants.iter().map(statement).chain(grants.iter().filter_map(retiring)).collect();
    let name = format!("the grants of {arn}");
    Ok((!statements.is_empty()).then(|| store.add(name, PolicyKind::Resource, allowing(&statements))))
}

/// What AWS refused to tell may allow anything. Where nobody asked, it is as if there were nothing.
fn unknown<T>(answer: &Answer<T>, name: &str, store: &mut Store) -> Option<PolicyId> {
    let refused = answer.gap().filter(|gap| !matches!(gap.code.as_str(), "NotCalled" | "NoManifest"));
    refused.map(|_| store.add_unknown_grants(name.to_owned()))
}

fn allowing(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}
