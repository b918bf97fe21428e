//! Kinds of roles: who may assume them, what they are called and where they are.

use serde_json::{Value, json};

use super::documents::of;
use super::managed::{LINKED, ServiceLinked};
use super::names::{ACCOUNT, MANAGEMENT, Named, ORGANIZATION, REGIONS, Subject, World, unique_id, upper};
use super::rng::Rng;

/// What a role is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the organization makes in each account.
    Organization,
    ServiceLinked,
    IdentityCenter,
    Lambda,
    Ec2,
    EcsTask,
    /// Another service of AWS.
    Service(&'static str),
    /// An outsider with an external id.
    Partner,
    /// Another account of the organization, or all.
    Sibling,
    Saml,
    GitHub,
    /// Service accounts of a Kubernetes cluster.
    Kubernetes,
    /// Users of the account.
    Users,
    /// Other roles of the account.
    Roles,
}

const KINDS: &[(u64, Kind)] = &[
    (4, Kind::IdentityCenter),
    (30, Kind::Lambda),
    (10, Kind::Ec2),
    (16, Kind::EcsTask),
    (3, Kind::Service("codebuild.amazonaws.com")),
    (2, Kind::Service("codepipeline.amazonaws.com")),
    (2, Kind::Service("cloudformation.amazonaws.com")),
    (2, Kind::Service("states.amazonaws.com")),
    (2, Kind::Service("events.amazonaws.com")),
    (1, Kind::Service("scheduler.amazonaws.com")),
    (1, Kind::Service("firehose.amazonaws.com")),
    (1, Kind::Service("glue.amazonaws.com")),
    (1, Kind::Service("sagemaker.amazonaws.com")),
    (1, Kind::Service("apigateway.amazonaws.com")),
    (1, Kind::Service("backup.amazonaws.com")),
    (4, Kind::Partner),
    (4, Kind::Sibling),
    (2, Kind::Saml),
    (6, Kind::GitHub),
    (4, Kind::Kubernetes),
    (2, Kind::Users),
    (3, Kind::Roles),
];
const GITHUB: &str = "token.actions.githubusercontent.com";
const CLUSTERS: &[&str] = &["6F1C0D2B9A8E47538C1D5E0F7A9B3C24", "A07B64E2D1394C5F8E6A1B2C3D4E5F60", "3D9E8C7B6A5F4E3D2C1B0A9F8E7D6C5B"];
const PERMISSION_SETS: &[&str] =
    &["AdministratorAccess", "PowerUser", "ReadOnly", "Billing", "Developer", "DataAnalyst", "Support", "Auditor"];

/// A role's name, kind and subject.
pub(super) struct Role {
    pub(super) named: Named,
    pub(super) kind: Kind,
    pub(super) subject: Subject,
    pub(super) linked: Option<&'static ServiceLinked>,
}

/// The `index`th role.
pub(super) fn role(world: &World, index: usize) -> Role {
    let mut rng = world.rng("role-name", index);
    let subject = Subject::any(&mut rng);
    if index == 0 {
        let named = Named { name: "OrganizationAccountAccessRole".to_owned(), path: "/".to_owned() };
        return Role { named, kind: Kind::Organization, subject, linked: None };
    }
    // No more than a tenth of a small account.
    let linked = LINKED.get(index - 1).filter(|_| index * 10 <= world.size.roles);
    if let Some(linked) = linked {
        let named = Named { name: linked.role(), path: format!("/aws-service-role/{}/", linked.service()) };
        return Role { named, kind: Kind::ServiceLinked, subject, linked: Some(linked) };
    }
    let kind = rng.weighted(KINDS, Kind::Lambda);
    Role { named: named(&mut rng, index, kind, subject), kind, subject, linked: None }
}

fn named(rng: &mut Rng, index: usize, kind: Kind, subject: Subject) -> Named {
    let Subject { app, env, team } = subject;
    if kind == Kind::IdentityCenter {
        let region = if rng.chance(50) { "" } else { "eu-west-1/" };
        let name = format!("AWSReservedSSO_{}{index}_{}", rng.pick(PERMISSION_SETS), rng.hex(16));
        return Named { name, path: format!("/aws-reserved/sso.amazonaws.com/{region}") };
    }
    let of_service = matches!(kind, Kind::Lambda | Kind::Service(_) | Kind::Ec2 | Kind::EcsTask);
    let purpose = purpose(rng, kind);
    let (name, path) = match rng.below(10) {
        0..2 if of_service => (format!("{app}-{env}-{purpose}-role-{}{index}", rng.hex(4)), "/service-role/".to_owned()),
        2..5 if of_service => {
            (format!("{app}-{env}-{}Role{}-{}", capital(purpose), rng.hex(8).to_uppercase(), upper(rng, 12)), "/".to_owned())
        }
        5 => (format!("{app}-{env}-{purpose}-{index}"), format!("/{team}/")),
        _ => (format!("{app}-{env}-{purpose}-{index}"), "/".to_owned()),
    };
    Named { name, path }
}

fn purpose(rng: &mut Rng, kind: Kind) -> &'static str {
    match kind {
        Kind::Lambda => rng.pick(&["handler", "worker", "api", "stream", "cron", "authorizer"]),
        Kind::Ec2 => rng.pick(&["instance", "web", "node", "bastion"]),
        Kind::EcsTask => rng.pick(&["task", "task-execution", "service"]),
        Kind::GitHub => rng.pick(&["github-deploy", "github-plan", "ci"]),
        Kind::Kubernetes => rng.pick(&["irsa", "pod", "controller"]),
        Kind::Partner => rng.pick(&["partner", "vendor", "monitoring-vendor"]),
        Kind::Sibling => rng.pick(&["deploy", "audit", "readonly", "cdk-deploy"]),
        Kind::Saml => rng.pick(&["sso-developer", "sso-admin", "sso-analyst"]),
        Kind::Users => rng.pick(&["breakglass", "operator", "elevated"]),
        Kind::Roles => rng.pick(&["chained", "writer", "batch"]),
        _ => rng.pick(&["service", "pipeline", "runner", "delivery"]),
    }
}

fn capital(word: &str) -> String {
    word.split('-')
        .flat_map(|part| part.chars().enumerate().map(|(place, c)| if place == 0 { c.to_ascii_uppercase() } else { c }))
        .collect()
}

/// Who may assume the role.
pub(super) fn policy(world: &World, rng: &mut Rng, role: &Role) -> Value {
    let statement = match role.kind {
        Kind::Organization => allow(json!({"AWS": root(MANAGEMENT)})),
        Kind::ServiceLinked => service(role.linked.map(ServiceLinked::service).unwrap_or_default().as_str()),
        Kind::IdentityCenter => identity_center(),
        Kind::Lambda => service(if rng.chance(3) { "edgelambda.amazonaws.com" } else { "lambda.amazonaws.com" }),
        Kind::Ec2 => service("ec2.amazonaws.com"),
        Kind::EcsTask => sourced(rng, "ecs-tasks.amazonaws.com", "ecs"),
        Kind::Service("states.amazonaws.com") => sourced(rng, "states.amazonaws.com", "states"),
        Kind::Service(name) => service(name),
        Kind::Partner => partner(world, rng),
        Kind::Sibling => sibling(world, rng, role.subject),
        Kind::Saml => saml(rng),
        Kind::GitHub => github(rng, role.subject),
        Kind::Kubernetes => kubernetes(rng, role.subject),
        Kind::Users => users(world, rng),
        Kind::Roles => roles(world, rng),
    };
    let mut statements = vec![statement];
    // A service role that someone may also assume to debug it.
    if matches!(role.kind, Kind::Lambda | Kind::EcsTask | Kind::Ec2) && rng.chance(4) {
        statements.push(sibling(world, rng, role.subject));
    }
    of(&json!(statements))
}

fn allow(principal: Value) -> Value {
    let members = [("Action", "sts:AssumeRole".into()), ("Effect", "Allow".into()), ("Principal", principal)];
    Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn allow_if(principal: Value, condition: Value) -> Value {
    let mut statement = allow(principal);
    if let Some(members) = statement.as_object_mut() {
        members.insert("Condition".to_owned(), condition);
    }
    statement
}

fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

fn service(name: &str) -> Value {
    allow(json!({"Service": name}))
}

/// A service that says on whose behalf it comes.
fn sourced(rng: &mut Rng, name: &str, prefix: &str) -> Value {
    if rng.chance(60) {
        return service(name);
    }
    let region = rng.pick(REGIONS);
    allow_if(
        json!({"Service": [name]}),
        json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:{prefix}:{region}:{ACCOUNT}:*")}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    )
}

fn identity_center() -> Value {
    json!({
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_6b1f0c9d2e7a4835_DO_NOT_DELETE")},
    })
}

fn partner(world: &World, rng: &mut Rng) -> Value {
    let principal = json!({"AWS": root(&world.outsider(rng))});
    // Some forget the external id.
    if rng.chance(12) { allow(principal) } else { allow_if(principal, json!({"StringEquals": {"sts:ExternalId": rng.uuid()}})) }
}

fn sibling(world: &World, rng: &mut Rng, subject: Subject) -> Value {
    let account = world.any_account(rng);
    match rng.below(5) {
        0 => allow_if(json!({"AWS": "*"}), json!({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}})),
        1 => allow_if(
            json!({"AWS": "*"}),
            json!({
                "ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{account}:role/{}-*", subject.app)},
                "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": format!("{ORGANIZATION}/*")},
            }),
        ),
        2 => allow(json!({"AWS": [root(&account), root(&world.any_account(rng))]})),
        3 => allow(json!({"AWS": format!("arn:aws:iam::{account}:role/{}-deploy", subject.team)})),
        _ => allow(json!({"AWS": root(&account)})),
    }
}

fn saml(rng: &mut Rng) -> Value {
    let provider = rng.pick(&["Okta", "EntraID"]);
    json!({
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:saml-provider/{provider}")},
    })
}

fn web_identity(provider: &str, condition: &Value) -> Value {
    json!({
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}")},
    })
}

fn github(rng: &mut Rng, subject: Subject) -> Value {
    let (audience, sub) = (format!("{GITHUB}:aud"), format!("{GITHUB}:sub"));
    let repository = format!("repo:larkfield/{}", subject.app);
    let condition = match rng.below(10) {
        0..4 => json!({"StringEquals": {audience: "sts.amazonaws.com", sub: format!("{repository}:ref:refs/heads/main")}}),
        4..6 => json!({"StringEquals": {audience: "sts.amazonaws.com", sub: format!("{repository}:environment:{}", subject.env)}}),
        6..9 => {
            json!({"StringEquals": {audience: "sts.amazonaws.com"}, "StringLike": {sub: [format!("{repository}:*"), format!("{repository}-infra:*")]}})
        }
        // Any repository of the organization.
        _ => json!({"StringLike": {sub: "repo:larkfield/*"}}),
    };
    web_identity(GITHUB, &condition)
}

fn cluster(id: &str) -> String {
    format!("oidc.eks.eu-west-1.amazonaws.com/id/{id}")
}

fn kubernetes(rng: &mut Rng, subject: Subject) -> Value {
    let provider = cluster(rng.pick(CLUSTERS));
    let account = format!("system:serviceaccount:{}:{}", subject.team, subject.app);
    let condition = if rng.chance(80) {
        json!({"StringEquals": {format!("{provider}:aud"): "sts.amazonaws.com", format!("{provider}:sub"): account}})
    } else {
        json!({"StringLike": {format!("{provider}:sub"): format!("{account}-*")}})
    };
    web_identity(&provider, &condition)
}

fn users(world: &World, rng: &mut Rng) -> Value {
    if world.size.users == 0 || rng.chance(30) {
        return allow_if(json!({"AWS": root(ACCOUNT)}), json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}));
    }
    let mut trusted: Vec<String> = (0..rng.between(1, 5)).map(|_| world.user(rng.index(world.size.users)).arn("user")).collect();
    // What remains of a user that was deleted.
    if rng.chance(10) {
        trusted.push(unique_id(rng, "AIDA"));
    }
    let principal = json!({"AWS": trusted});
    match rng.below(3) {
        0 => allow(principal),
        1 => allow_if(principal, json!({"StringLike": {"sts:RoleSessionName": "${aws:username}"}})),
        _ => allow_if(
            principal,
            json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
        ),
    }
}

fn roles(world: &World, rng: &mut Rng) -> Value {
    let trusted: Vec<String> = (0..rng.between(1, 3)).map(|_| role(world, rng.index(world.size.roles)).named.arn("role")).collect();
    if rng.chance(15) {
        return json!({"Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], "Effect": "Allow", "Principal": {"AWS": trusted}});
    }
    allow(json!({"AWS": trusted}))
}

/// The identity providers that roles trust, as `iam:ListSAMLProviders` has them.
pub(super) fn saml_providers() -> Value {
    let providers: Vec<Value> = ["AWSSSO_6b1f0c9d2e7a4835_DO_NOT_DELETE", "Okta", "EntraID"]
        .iter()
        .map(|name| {
            json!({
                "Arn": format!("arn:aws:iam::{ACCOUNT}:saml-provider/{name}"),
                "CreateDate": "2021-03-02T09:12:44+00:00",
                "ValidUntil": "2121-03-02T09:12:44+00:00",
            })
        })
        .collect();
    json!({"SAMLProviderList": providers})
}

/// The same for `iam:ListOpenIDConnectProviders`.
pub(super) fn open_id_providers() -> Value {
    let names = CLUSTERS.iter().map(|id| cluster(id)).chain([GITHUB.to_owned()]);
    let providers: Vec<Value> = names.map(|name| json!({"Arn": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{name}")})).collect();
    json!({"OpenIDConnectProviderList": providers})
}
