//! Whom a role lets in.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>

use super::narrow::{keeps_strangers_out, narrows, refuses, values};
use super::resource::{at_principals, foreign, is_public, names};
use super::view::{Found, View};
use super::{Role, Rule, Severity};
use crate::iam::condition::Condition;
use crate::iam::policy::PrincipalName;

const TRUST: &[Role] = &[Role::Trust];

const fn row(id: &'static str, severity: Severity, title: &'static str, text: &'static str, test: fn(&View<'_>) -> Vec<Found>) -> Rule {
    Rule { id, severity, title, text, roles: TRUST, test }
}

/// Sorted by id.
pub(super) static RULES: &[Rule] = &[
    row(
        "trust-any-app",
        Severity::High,
        "Users of any app may assume the role",
        "Everybody can register an app or identity pool with this provider and come with its users. Name yours by the provider's `aud` or \
         `app_id` key.",
        any_app,
    ),
    row(
        "trust-any-audience",
        Severity::Low,
        "Tokens for any audience are taken",
        "A token that was made for another application of the provider is taken as well. Ask for the audience by the provider's `aud` \
         key, for SAML by `SAML:aud`.",
        any_audience,
    ),
    row(
        "trust-any-certificate",
        Severity::Medium,
        "Every certificate of a trust anchor will do",
        "Whoever has any certificate from a trusted authority may assume the role. Name the certificate by \
         `aws:PrincipalTag/x509Subject/CN`, and the anchor by `aws:SourceArn`.",
        any_certificate,
    ),
    row(
        "trust-any-repository",
        Severity::High,
        "Any project of a shared provider may assume the role",
        "The provider signs tokens for everybody who has an account with it. Name organization and project by its `sub` key, with no star \
         before the slash.",
        any_repository,
    ),
    row(
        "trust-any-subject",
        Severity::Medium,
        "Every identity of a provider may assume the role",
        "Without a condition on the subject each user, job or service account that the provider knows has the role. Ask for the subject \
         by its `sub` key.",
        any_subject,
    ),
    row(
        "trust-confused-deputy",
        Severity::Low,
        "The service may come on behalf of another account",
        "This service acts for all its customers, and can be made to use your role for one of them. Add `aws:SourceAccount` or \
         `aws:SourceArn`.",
        confused_deputy,
    ),
    row(
        "trust-everyone",
        Severity::High,
        "Everybody may assume the role",
        "Every principal of every AWS account is trusted; an external id is no secret. Name the principals, or limit them by \
         `aws:PrincipalOrgID`.",
        |view| if is_public(view) && assumes(view, "sts:AssumeRole") { at_principals(view, &["*".to_owned()]) } else { Vec::new() },
    ),
    row(
        "trust-guests",
        Severity::Medium,
        "Guests of the identity pool may assume the role",
        "Whoever knows the id of the pool, which is in the app, gets credentials without a login. Give guests next to nothing, or ask for \
         `authenticated` in `amr`.",
        guests,
    ),
    row(
        "trust-other-account",
        Severity::Medium,
        "A whole other account is trusted",
        "Its administrators decide who assumes the role, and a vendor can be tricked into it for others. Name a role, and ask for \
         `sts:ExternalId` or your `aws:PrincipalOrgID`.",
        |view| other_account(view, true),
    ),
    row(
        "trust-other-account-principal",
        Severity::Low,
        "A principal of another account is trusted",
        "The role is as safe as that account is. See that the account is known; for a vendor, ask for `sts:ExternalId`.",
        |view| other_account(view, false),
    ),
    row(
        "trust-own-account",
        Severity::Low,
        "The own account is trusted as a whole",
        "Each of its principals that may call `sts:AssumeRole` on every role has this one too. Name the principals, or ask for MFA or a \
         tag of theirs.",
        own_account,
    ),
];

/// Providers that AWS knows, open to everybody's apps: the key that names the app.
const APPS: &[(&str, &str)] = &[
    ("accounts.google.com", "aud"),
    ("cognito-identity.amazonaws.com", "aud"),
    ("graph.facebook.com", "app_id"),
    ("www.amazon.com", "app_id"),
];

/// Providers that sign for everybody: how the subject of a stranger looks.
const SHARED: &[(&str, &str)] = &[
    ("agent.buildkite.com", "organization:zz9:pipeline:zz9:ref:refs/heads/main:commit:HEAD:step:zz9"),
    ("app.terraform.io", "organization:zz9:project:zz9:workspace:zz9:run_phase:apply"),
    ("gitlab.com", "project_path:zz9/zz9:ref_type:branch:ref:main"),
    ("token.actions.githubusercontent.com", "repo:zz9/zz9:ref:refs/heads/main"),
];

/// Subjects that nobody named.
const SUBJECTS: &[&str] = &["zz9", "system:serviceaccount:zz9:zz9"];

/// Services that act on the resources of many accounts, and say on whose behalf.
const DEPUTIES: &[&str] = &[
    "apigateway.amazonaws.com",
    "backup.amazonaws.com",
    "bedrock-agentcore.amazonaws.com",
    "bedrock.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "codebuild.amazonaws.com",
    "datasync.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "export.rds.amazonaws.com",
    "firehose.amazonaws.com",
    "iot.amazonaws.com",
    "kinesisanalytics.amazonaws.com",
    "pipes.amazonaws.com",
    "sagemaker.amazonaws.com",
    "scheduler.amazonaws.com",
    "ssm.amazonaws.com",
    "states.amazonaws.com",
    "transfer.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
];

fn assumes(view: &View<'_>, action: &str) -> bool {
    view.whole.catalog.action(action).is_some_and(|id| view.statement.actions.set.contains(id))
}

/// The principals that the test finds.
fn those(view: &View<'_>, test: impl Fn(&PrincipalName) -> bool) -> Vec<Found> {
    let found: Vec<String> = names(view).iter().filter(|name| test(name)).map(ToString::to_string).collect();
    at_principals(view, &found)
}

/// The address of the OIDC provider, where one is meant.
fn provider(name: &PrincipalName) -> Option<String> {
    let PrincipalName::Federated(name) = name else { return None };
    if APPS.iter().any(|(known, _)| known == name) {
        return Some(name.clone());
    }
    name.split_once(":oidc-provider/").map(|(_, address)| address.to_lowercase())
}

fn app_key(provider: &str) -> Option<&'static str> {
    APPS.iter().find(|(known, _)| *known == provider).map(|(_, key)| *key)
}

/// The conditions on what the provider says in one of these claims.
fn claims<'a>(view: &View<'a>, provider: &str, wanted: impl Fn(&str) -> bool) -> Vec<&'a Condition> {
    let claim = |condition: &Condition| condition.key.lower().strip_prefix(provider)?.strip_prefix(':').map(&wanted);
    view.conditions().filter(|condition| claim(condition) == Some(true)).collect()
}

/// Principals of a web identity provider for which the test holds.
fn of_provider(view: &View<'_>, test: impl Fn(&str) -> bool) -> Vec<Found> {
    if !assumes(view, "sts:AssumeRoleWithWebIdentity") {
        return Vec::new();
    }
    those(view, |name| provider(name).is_some_and(|provider| test(&provider)))
}

fn any_app(view: &View<'_>) -> Vec<Found> {
    of_provider(view, |provider| {
        app_key(provider).is_some_and(|key| !claims(view, provider, |claim| claim == key).into_iter().any(narrows))
    })
}

fn guests(view: &View<'_>) -> Vec<Found> {
    of_provider(view, |provider| {
        let let_in = |condition: &&Condition| !refuses(condition, "unauthenticated");
        provider == "cognito-identity.amazonaws.com" && claims(view, provider, |claim| claim == "amr").iter().all(let_in)
    })
}

fn any_audience(view: &View<'_>) -> Vec<Found> {
    let saml = |name: &PrincipalName| matches!(name, PrincipalName::Federated(arn) if arn.contains(":saml-provider/"));
    let asked = |condition: &Condition| matches!(condition.key.lower(), "saml:aud" | "saml:recipient") && narrows(condition);
    if assumes(view, "sts:AssumeRoleWithSAML") && !view.conditions().any(asked) {
        let found = those(view, saml);
        if !found.is_empty() {
            return found;
        }
    }
    of_provider(view, |provider| app_key(provider).is_none() && !claims(view, provider, |claim| claim == "aud").into_iter().any(narrows))
}

/// Whether a stranger's subject passes, and no other claim keeps strangers out.
fn lets_in(view: &View<'_>, provider: &str, subject: &str) -> bool {
    let other = claims(view, provider, |claim| claim != "sub" && claim != "aud");
    let passes = |condition: &&Condition| !refuses(condition, subject) || open_name(condition);
    claims(view, provider, |claim| claim == "sub").iter().all(passes) && !other.into_iter().any(narrows)
}

/// A star in the name of the organization, which a stranger can choose to fit.
fn open_name(condition: &Condition) -> bool {
    let open = |value: &String| {
        let name = value.strip_prefix("repo:").or_else(|| value.strip_prefix("project_path:"));
        name.is_some_and(|name| name.split('/').next().is_some_and(|owner| owner.contains('*')))
    };
    condition.operator.name == "StringLike" && values(condition).iter().any(open)
}

fn any_repository(view: &View<'_>) -> Vec<Found> {
    of_provider(view, |provider| {
        let host = provider.split('/').next().unwrap_or_default();
        SHARED.iter().any(|(known, subject)| *known == host && lets_in(view, provider, subject))
    })
}

fn any_subject(view: &View<'_>) -> Vec<Found> {
    of_provider(view, |provider| {
        let host = provider.split('/').next().unwrap_or_default();
        let said = app_key(provider).is_some() || SHARED.iter().any(|(known, _)| *known == host);
        !said && SUBJECTS.iter().any(|subject| lets_in(view, provider, subject))
    })
}

fn any_certificate(view: &View<'_>) -> Vec<Found> {
    let asked = |condition: &Condition| {
        let key = condition.key.lower();
        (key.starts_with("aws:principaltag/x509") || key == "aws:sourcearn" || key == "sts:sourceidentity") && narrows(condition)
    };
    if view.conditions().any(asked) {
        return Vec::new();
    }
    those(view, |name| matches!(name, PrincipalName::Service(service) if service == "rolesanywhere.amazonaws.com"))
}

fn confused_deputy(view: &View<'_>) -> Vec<Found> {
    let asked = |condition: &Condition| condition.key.lower().starts_with("aws:source") && narrows(condition);
    if !assumes(view, "sts:AssumeRole") || view.conditions().any(asked) {
        return Vec::new();
    }
    those(view, |name| matches!(name, PrincipalName::Service(service) if DEPUTIES.binary_search(&service.as_str()).is_ok()))
}

fn other_account(view: &View<'_>, whole: bool) -> Vec<Found> {
    let key = |condition: &Condition| condition.key.lower() == "sts:externalid" || keeps_strangers_out(condition);
    let limited = view.conditions().any(|condition| key(condition) && narrows(condition));
    if limited || !assumes(view, "sts:AssumeRole") {
        return Vec::new();
    }
    those(view, |name| foreign(view, name).is_some() && matches!(name, PrincipalName::Account(_)) == whole)
}

fn own_account(view: &View<'_>) -> Vec<Found> {
    let about_caller = |key: &str| {
        key.starts_with("aws:principal")
            || matches!(key, "aws:multifactorauthpresent" | "aws:multifactorauthage" | "aws:userid" | "sts:externalid")
    };
    let limited = view.conditions().any(|condition| about_caller(condition.key.lower()) && narrows(condition));
    if limited || !assumes(view, "sts:AssumeRole") {
        return Vec::new();
    }
    those(view, |name| matches!(name, PrincipalName::Account(account) if account == view.whole.account))
}

#[cfg(test)]
mod tests {
    #[test]
    fn deputies_are_sorted() {
        assert!(super::DEPUTIES.is_sorted());
    }
}
