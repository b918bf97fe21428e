//! PMapper's ready-made questions, as far as they are more than ways.

use std::collections::BTreeMap;

use super::authorized::Source;
use crate::graph::model::{Admin, Kind, techniques};
use crate::iam::estate::{Principal, ResourcePolicy};
use crate::iam::query::{Given, QueryError, Question, Verdict, ask};

/// Actions that can make a resource public, by the service and the beginning of the resource's part of the ARN.
const MAKES_PUBLIC: [(&str, &[&str]); 18] = [
    ("s3", &["s3:PutBucketPolicy"]),
    ("sns", &["sns:AddPermission", "sns:SetTopicAttributes"]),
    ("sqs", &["sqs:AddPermission", "sqs:SetQueueAttributes"]),
    ("kms", &["kms:PutKeyPolicy", "kms:CreateGrant"]),
    ("secretsmanager", &["secretsmanager:PutResourcePolicy"]),
    ("lambda", &["lambda:AddPermission"]),
    ("ecr", &["ecr:SetRepositoryPolicy"]),
    ("dynamodb", &["dynamodb:PutResourcePolicy"]),
    ("events", &["events:PutPermission"]),
    ("backup", &["backup:PutBackupVaultAccessPolicy"]),
    ("es", &["es:UpdateDomainConfig"]),
    ("glue", &["glue:PutResourcePolicy"]),
    ("kinesis", &["kinesis:PutResourcePolicy"]),
    ("elasticfilesystem", &["elasticfilesystem:PutFileSystemPolicy"]),
    ("codeartifact", &["codeartifact:PutDomainPermissionsPolicy", "codeartifact:PutRepositoryPermissionsPolicy"]),
    ("ses", &["ses:PutIdentityPolicy"]),
    ("glacier", &["glacier:SetVaultAccessPolicy"]),
    ("apigateway", &["apigateway:UpdateRestApiPolicy"]),
];

/// The services whose resources can be made public by their policies.
pub fn public_services() -> impl Iterator<Item = &'static str> {
    MAKES_PUBLIC.iter().map(|(service, _)| *service)
}

/// A resource that somebody can make public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changeable {
    /// The resource.
    pub arn: String,
    /// The principals by place, with what they would do; those who may only under conditions have them.
    pub by: BTreeMap<usize, (String, Option<String>)>,
}

/// Who can make which resources public: those that have a policy, or may have one.
///
/// # Errors
/// When the engine does not know an action.
pub fn changeable(source: &Source<'_>, service: Option<&str>) -> Result<Vec<Changeable>, QueryError> {
    let places = source.graph.by_arn();
    let mut found = Vec::new();
    for (arn, resource) in source.estate.resources.iter() {
        let of = arn.split(':').nth(2).unwrap_or_default();
        let Some((_, actions)) = MAKES_PUBLIC.iter().find(|(known, _)| *known == of && service.is_none_or(|service| service == of)) else {
            continue;
        };
        if of == "iam" || resource.policy == ResourcePolicy::Unknown && service.is_none() && actions.is_empty() {
            continue;
        }
        let mut by: BTreeMap<usize, (String, Option<String>)> = BTreeMap::new();
        for action in *actions {
            let question = Question { action: Some((*action).to_owned()), resource: Some(arn.to_owned()), ..Question::default() };
            for row in ask(source.estate, &question, &Given::default())?.rows {
                let Some(at) = places.get(&*row.principal).filter(|at| source.graph.is_principal(**at)) else { continue };
                let when = match row.verdict {
                    Verdict::If(when) => Some(when.to_string()),
                    _ => None,
                };
                let known = by.entry(*at).or_insert_with(|| ((*action).to_owned(), when.clone()));
                if known.1.is_some() && when.is_none() {
                    *known = ((*action).to_owned(), None);
                }
            }
        }
        found.push(Changeable { arn: arn.to_owned(), by });
    }
    Ok(found)
}

/// Principals by the value of a tag.
#[must_use]
pub fn clusters(source: &Source<'_>, key: &str) -> BTreeMap<String, Vec<usize>> {
    let mut clusters: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, node) in source.graph.nodes.iter().enumerate() {
        if let Some(value) = node.tags.get(key) {
            clusters.entry(value.clone()).or_default().push(at);
        }
    }
    clusters
}

/// The roles that each service can act as; `false` where a condition has to hold.
#[must_use]
pub fn services(source: &Source<'_>) -> BTreeMap<String, Vec<(usize, bool)>> {
    let technique = techniques().ok().and_then(|all| all.iter().position(|technique| technique.id == "trusted-service"));
    let mut services: BTreeMap<String, Vec<(usize, bool)>> = BTreeMap::new();
    for edge in source.graph.edges.iter().filter(|edge| Some(usize::from(edge.technique)) == technique) {
        if let Some(service) = source.graph.nodes.get(edge.from).filter(|node| node.kind == Kind::Service) {
            services.entry(service.arn.clone()).or_default().push((edge.to, edge.certain));
        }
    }
    services
}

/// Administrators that have neither AdministratorAccess nor a statement that allows everything, with what makes them ones.
#[must_use]
pub fn wrong_admins(source: &Source<'_>) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for (at, node) in source.graph.nodes.iter().enumerate().filter(|(_, node)| node.admin == Admin::Yes) {
        let Some((account, principal)) = source.estate.principal(&node.arn) else { continue };
        if !looks_like_one(source, account, principal) {
            found.push((at, node.because.clone()));
        }
    }
    found
}

fn looks_like_one(source: &Source<'_>, account: &crate::iam::estate::Account, principal: &Principal) -> bool {
    let everything = |id| {
        source.estate.store.get(id).is_some_and(|stored| {
            stored.policy.statements.iter().any(|statement| {
                statement.effect == crate::iam::policy::Effect::Allow
                    && statement.is_absolute()
                    && !statement.actions.negated
                    && statement.actions.written.iter().any(|action| action == "*" || action == "*:*")
            })
        })
    };
    account.identity(principal).any(everything)
}
