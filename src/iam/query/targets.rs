//! What an action can be taken on, as far as a question says.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use crate::iam::catalog::Catalog;
use crate::iam::estate::{Account, Estate, ResourcePolicy, Resources};
use crate::iam::evaluate::{Named, OfResource, Owner, is_assuming};
use crate::iam::policy::callers::tells_apart;
use crate::iam::policy::pattern::Pattern;
use crate::iam::policy::{Action, Target, arn};
use crate::model::is_account_id;

/// AWS's pattern of buckets.
const BUCKET: &str = "arn:${Partition}:s3:::${BucketName}";

/// A target with what belongs to it.
#[derive(Debug)]
pub(super) struct Aim<'a> {
    pub(super) target: Target,
    /// The target as text.
    pub(super) name: Arc<str>,
    /// The account it is in, if that is known.
    pub(super) owner: Option<String>,
    /// Nobody knows whose it is.
    pub(super) owner_unknown: bool,
    pub(super) policy: OfResource<'a>,
    /// Its ACL, its grants.
    pub(super) grants: Vec<Named<'a>>,
    /// Blocked for other accounts.
    pub(super) restricted: bool,
    /// Perhaps blocked.
    pub(super) perhaps_restricted: bool,
    /// What belongs to it says the same to all of an account for whom the same speaks.
    pub(super) impartial: bool,
}

/// Whether the question of a resource concerns an action: it can be about a resource like that.
pub(super) fn concerns(catalog: &Catalog, action: &Action, resource: &Target) -> bool {
    let Some(id) = action.id else { return true };
    let asked = match resource {
        Target::Arn(arn) => Pattern::new(arn),
        Target::Like(pattern) => pattern.clone(),
    };
    if asked.is_any() {
        return true;
    }
    // What has a slash in it is no bucket.
    let object = asked.to_string().splitn(6, ':').nth(5).is_some_and(|name| name.contains('/'));
    let mut templates = catalog.resource_arns_for(id).filter(|template| !(object && *template == BUCKET));
    templates.any(|template| arn::overlap_by_parts(&placeholders(template), &asked))
}

/// `arn:${Partition}:s3:::${BucketName}` as a pattern.
fn placeholders(template: &str) -> Pattern {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push('*');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    Pattern::new(&text)
}

/// Whether an action is about no resource.
pub(super) fn takes_none(catalog: &Catalog, action: &Action) -> bool {
    action.id.is_some_and(|id| catalog.resource_types(id).next().is_none())
}

/// The target that a question names, for one action.
pub(super) fn aim<'a>(estate: &'a Estate, action: &Action, resource: Option<&Target>) -> Aim<'a> {
    if takes_none(estate.store.catalog(), action) {
        return Aim::new(Target::Arn("*".to_owned()), None, OfResource::None);
    }
    let Some(resource) = resource else { return general(estate, action) };
    let target = resource.clone();
    let text = target.to_string();
    if is_assuming(action) {
        return role(estate, target, &text);
    }
    if let Some((_, resource)) = estate.resources.find(&text) {
        let policy = match resource.policy {
            ResourcePolicy::None => OfResource::None,
            ResourcePolicy::Known(id) => estate.store.named(id).map_or(OfResource::None, OfResource::Policy),
            ResourcePolicy::Unknown => OfResource::Unknown,
        };
        let grants = resource.grants.iter().filter_map(|id| estate.store.named(*id)).collect();
        let owner = Some(resource.account.clone());
        let (restricted, perhaps_restricted) = (resource.restricted, resource.perhaps_restricted);
        return Aim { grants, restricted, perhaps_restricted, ..Aim::new(target, owner, policy) };
    }
    let owner = owner(&text);
    let some_key = action.lower.starts_with("kms:") && matches!(target, Target::Like(_));
    let service = of_arn(&text);
    let region = text.split(':').nth(3).unwrap_or_default();
    // Access points have policies of their own, in another form than buckets.
    let access_point = service == "s3" && owner.is_some();
    let policy = match &owner {
        _ if access_point => OfResource::NotRead,
        _ if some_key => OfResource::Unknown,
        Some(owner) if !Resources::reads(service) || estate.account(owner).is_none() => of_unread(service),
        Some(owner) if estate.resources.lacks(owner, service, region) => OfResource::Unknown,
        // An alias leads to a key whose policy decides.
        Some(_) if service == "kms" && text.contains(":alias/") => OfResource::Unknown,
        _ => OfResource::None,
    };
    // Buckets carry no account in their ARN.
    let owner_unknown = owner.is_none() && text.starts_with("arn:") && of_arn(&text) == "s3" && !text.contains(":::*");
    let policy = if owner_unknown { OfResource::Unknown } else { policy };
    Aim { owner_unknown, ..Aim::new(target, owner, policy) }
}

/// Anything that an action can be about.
fn general<'a>(estate: &'a Estate, action: &Action) -> Aim<'a> {
    let any = Target::Like(Pattern::new("*"));
    if is_assuming(action) {
        return role(estate, any, "*");
    }
    let policy = if action.lower.starts_with("kms:") { OfResource::Unknown } else { OfResource::None };
    let name: Arc<str> = any.to_string().into();
    let target = kinds(estate, action).map_or(any, |pattern| Target::Like(Pattern::new(&pattern)));
    Aim { name, ..Aim::new(target, None, policy) }
}

/// The ARNs of what an action can be about, as one pattern: of its resource type, or of the service they are all of.
fn kinds(estate: &Estate, action: &Action) -> Option<String> {
    let templates: Vec<&str> = action.id.into_iter().flat_map(|id| estate.store.catalog().resource_arns_for(id)).collect();
    let first = templates.first()?;
    let mut partitions = estate.accounts.iter().map(|account| account.partition.as_str());
    let partition = partitions.next().filter(|first| partitions.all(|other| other == *first)).unwrap_or("*");
    if templates.iter().all(|template| template == first) {
        return Some(placeholders(&first.replace("${Partition}", partition)).to_string());
    }
    let service = of_arn(first);
    let same = !service.contains('$') && templates.iter().all(|template| of_arn(template) == service);
    same.then(|| format!("arn:{partition}:{service}:*"))
}

fn of_arn(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

fn owner(arn: &str) -> Option<String> {
    let account = arn.split(':').nth(4)?;
    is_account_id(account).then(|| account.to_owned())
}

/// Of resources whose policies were not read, it is not known whom they let in from elsewhere; those of one account mostly
/// leave its own principals alone.
fn of_unread(service: &str) -> OfResource<'static> {
    /// Services that have policies of resources.
    const WITH_POLICIES: &str = "acm-pca aiops aoss apigateway aps backup bedrock bedrock-agentcore billing cassandra cloudfront cloudhsm cloudtrail \
        codeartifact codebuild codeguru-profiler comprehend dsql dynamodb ecr ecr-public elasticfilesystem entityresolution es events execute-api \
        glacier glue imagebuilder iot iottwinmaker kafka kinesis kms lambda lex logs mediapackagev2 mediastore mediatailor network-firewall \
        networkmanager oam omics organizations osis payment-cryptography qbusiness ram redshift redshift-serverless refactor-spaces rekognition \
        resource-explorer-2 rolesanywhere route53resolver rum s3 s3-object-lambda s3-outposts s3express s3tables s3vectors sagemaker schemas \
        secretsmanager serverlessrepo servicecatalog ses signer sms-voice sns sqs ssm ssm-contacts ssm-incidents vpc-lattice wafv2 wellarchitected xray";
    static KNOWN: OnceLock<BTreeSet<&str>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| WITH_POLICIES.split_whitespace().collect());
    if known.contains(service) { OfResource::NotRead } else { OfResource::None }
}

/// For taking on a role, its trust policy decides.
fn role<'a>(estate: &'a Estate, target: Target, arn: &str) -> Aim<'a> {
    let owner = owner(arn);
    let policy = match (estate.principal(arn), &owner) {
        (Some((_, role)), _) => role.trust.and_then(|id| estate.store.named(id)).map_or(OfResource::None, OfResource::Policy),
        // A pattern of roles: each has a trust policy of its own, and is asked about below.
        (None, _) if matches!(target, Target::Like(_)) => OfResource::Unknown,
        (None, Some(account)) if estate.account(account).is_some() => OfResource::None,
        (None, _) => OfResource::Unknown,
    };
    Aim::new(target, owner, policy)
}

/// All that an action can be about in one account: `arn:aws:iam::111122223333:user/*`.
pub(super) fn whole<'a>(estate: &'a Estate, action: &Action, account: &Account) -> Aim<'a> {
    let catalog = estate.store.catalog();
    let templates = action.id.into_iter().flat_map(|id| catalog.resource_arns_for(id));
    // Of several types, the first is as good as any: a privilege on one of them is enough.
    match templates.into_iter().next() {
        None => aim(estate, action, None),
        Some(template) => {
            let text = template.replace("${Partition}", &account.partition).replace("${Account}", &account.id);
            let mut aim = aim(estate, action, Some(&Target::Like(placeholders(&text))));
            aim.owner = Some(account.id.clone());
            aim
        }
    }
}

/// The resources below a pattern that have, or may have, policies of their own.
pub(super) fn parts<'a>(estate: &'a Estate, action: &Action, resource: Option<&Target>) -> Vec<Aim<'a>> {
    let asked = match resource {
        None => Pattern::new("*"),
        Some(Target::Arn(arn)) => Pattern::new(arn),
        Some(Target::Like(pattern)) => pattern.clone(),
    };
    let service = action.lower.split(':').next().unwrap_or_default();
    if is_assuming(action) {
        let principals = estate.accounts.iter().flat_map(|account| &account.principals);
        let roles = principals.filter(|principal| principal.is_role && arn::overlap(&asked, &Pattern::new(&principal.arn)));
        return roles.map(|role_| role(estate, Target::Arn(role_.arn.clone()), &role_.arn)).collect();
    }
    let of_service = estate.resources.of_service(service);
    let whole = of_service.filter(|(_, resource)| resource.policy != ResourcePolicy::None || !resource.grants.is_empty());
    let aims = whole.filter_map(|(arn, _)| {
        // The bucket, or the objects in it: whichever the action is about.
        let inside = Target::Like(Pattern::new(&format!("{arn}/*")));
        let targets = [Target::Arn(arn.to_owned()), inside];
        let target = targets.into_iter().find(|target| concerns(estate.store.catalog(), action, target))?;
        arn::overlap(&asked, &Pattern::new(&target.to_string())).then(|| aim(estate, action, Some(&target)))
    });
    aims.filter(|aim| resource != Some(&aim.target)).collect()
}

impl<'a> Aim<'a> {
    fn new(target: Target, owner: Option<String>, policy: OfResource<'a>) -> Self {
        let name = target.to_string().into();
        Self {
            target,
            name,
            owner,
            owner_unknown: false,
            policy,
            grants: Vec::new(),
            restricted: false,
            perhaps_restricted: false,
            impartial: false,
        }
    }

    /// Whether what belongs to it says the same of an action to all of an account for whom the same speaks.
    pub(super) fn is_impartial(&self, estate: &Estate, action: &Action) -> bool {
        let own = match self.policy {
            OfResource::Policy(named) => Some(named),
            OfResource::None | OfResource::Unknown | OfResource::NotRead => None,
        };
        let limits = self.owner.as_deref().and_then(|owner| estate.rcps(owner)).unwrap_or_default();
        let policies = own.iter().chain(&self.grants).chain(limits.iter().flatten()).map(|named| named.policy);
        let mut concerned = policies.flat_map(|policy| &policy.statements).filter(|statement| statement.actions.contains(action));
        !concerned.any(tells_apart)
    }

    /// Whose the target is, to the engine.
    pub(super) fn owner(&self) -> Owner<'_> {
        match &self.owner {
            Some(owner) => Owner::Account(owner),
            None if self.owner_unknown => Owner::Unknown,
            None => Owner::Same,
        }
    }
}
