//! What a policy of a principal gives.

use super::lists::{self, IDENTITY_SERVICES, RUNNERS};
use super::narrow::{narrows, refuses};
use super::view::{Found, Reach, View, is_all, some_of};
use super::{Role, Rule, Severity};
use crate::iam::catalog::{AccessLevel, ActionId, ActionSet};

const IDENTITY: &[Role] = &[Role::Identity];

const fn row(id: &'static str, severity: Severity, title: &'static str, text: &'static str, test: fn(&View<'_>) -> Vec<Found>) -> Rule {
    Rule { id, severity, title, text, roles: IDENTITY, test }
}

/// Sorted by id.
pub(super) static RULES: &[Rule] = &[
    row(
        "grant-admin",
        Severity::High,
        "Allows everything",
        "Whoever has this policy can do anything in the account. Keep it for a few principals that people use with MFA, and give others \
         the actions that they need.",
        admin,
    ),
    row(
        "grant-any-role-assumed",
        Severity::High,
        "May assume any role",
        "It reaches every role that trusts this account, in this account and in others. Name the roles in `Resource`.",
        |view| view.granted(&ASSUME_ROLE, Reach::All),
    ),
    row(
        "grant-data",
        Severity::Medium,
        "Reads the data of everything",
        "It reads what is stored in every resource of the type, also in those that are made later. Name the buckets, tables or queues in \
         `Resource`.",
        |view| view.granted(&lists::DATA, Reach::All),
    ),
    row(
        "grant-decryption",
        Severity::Medium,
        "Decrypts with every key",
        "With this the keys protect nothing from the principal, as long as their own policies leave it to IAM. Name the keys, or add \
         `kms:ViaService`.",
        |view| view.granted(&lists::KEYS, Reach::All),
    ),
    row(
        "grant-destruction",
        Severity::Medium,
        "Deletes data of everything",
        "One stolen credential is enough to destroy data, keys or backups for good. Name the resources, and leave the deletion of backups \
         and keys to a role of its own.",
        |view| view.granted(&lists::DESTRUCTION, Reach::All),
    ),
    row(
        "grant-detection-off",
        Severity::High,
        "Can blind logs and detection",
        "An intruder begins with switching off what would tell of the intrusion. Leave these actions to the security team's role, and \
         deny them by an SCP.",
        |view| view.granted(&lists::DETECTION, Reach::All),
    ),
    row(
        "grant-existing-role",
        Severity::Medium,
        "Runs code in everything that has a role",
        "A command or new code for a function, instance, build or stack works with the role that it has. Name the resources whose roles \
         are no stronger than this principal.",
        |view| view.granted(&lists::EXISTING_ROLES, Reach::All),
    ),
    row(
        "grant-guardrails-off",
        Severity::High,
        "Can lift the limits of the organization",
        "SCPs stop to hold once they are detached or the account has left. Leave these actions to the management account's own \
         administrators.",
        |view| view.granted(&lists::GUARDRAILS, Reach::All),
    ),
    row(
        "grant-identity-service",
        Severity::High,
        "Full control of a service that controls access",
        "Who controls identities or the organization can get every other right from them. List the actions that are needed, mostly those \
         that read.",
        |view| services(view, true),
    ),
    row(
        "grant-mixed-wildcard",
        Severity::Low,
        "A wildcard catches actions that give permissions",
        "Besides what its name says it stands for actions that change policies or share resources. Write out the actions that are meant.",
        mixed_wildcard,
    ),
    row(
        "grant-not-action",
        Severity::Medium,
        "Allows all actions but some",
        "`NotAction` with Allow gives every other action, those of new services too. List in `Action` what is meant.",
        |view| not_action(view, false),
    ),
    row(
        "grant-not-action-escalation",
        Severity::High,
        "Allows all actions but some, and IAM is not among those",
        "What is left over lets the principal give itself every right, so this is as good as allowing everything. List in `Action` what \
         is meant.",
        |view| not_action(view, true),
    ),
    row(
        "grant-not-resource",
        Severity::Medium,
        "Allows on all resources but some",
        "`NotResource` with Allow covers every other resource, those of other accounts and of the future too. Name the resources, and \
         protect the exceptions by a Deny.",
        not_resource,
    ),
    row(
        "grant-others-identity",
        Severity::High,
        "Can act as any other principal",
        "New keys, passwords, trust policies or identity providers let it become somebody with more rights. Limit `Resource` to the \
         caller by `${aws:username}`, or name the principals.",
        |view| except_identity_services(view, view.granted(&lists::OTHERS_IDENTITY, Reach::All)),
    ),
    row(
        "grant-own-rights",
        Severity::High,
        "Can give itself any right",
        "Taken on the principal itself, its group or a policy that it has, these actions make it an administrator. Name in `Resource` \
         what it may change, or demand a boundary by `iam:PermissionsBoundary`.",
        own_rights,
    ),
    row(
        "grant-pass-any-role",
        Severity::High,
        "May pass every role to any service",
        "It can start something with the strongest role of the account. Name the roles in `Resource`, and the service by \
         `iam:PassedToService`.",
        pass_any_role,
    ),
    row(
        "grant-pass-role-and-run",
        Severity::High,
        "Can run code with any role of a service",
        "It may pass every role to a service, and may have that service work with it. Name the roles in `Resource` of `iam:PassRole`.",
        |view| pass_and_run(view, true),
    ),
    row(
        "grant-pass-some-role-and-run",
        Severity::Low,
        "Can run code with the roles that it may pass",
        "Whoever has this policy has what those roles may do. That is how deployments work; see that the roles are no stronger than the \
         principal should be.",
        |view| pass_and_run(view, false),
    ),
    row(
        "grant-secrets",
        Severity::High,
        "Reads every secret",
        "Secrets and parameters hold the credentials of other systems and principals. Name those that are needed in `Resource`.",
        |view| view.granted(&lists::SECRETS, Reach::All),
    ),
    row(
        "grant-service",
        Severity::Medium,
        "Everything in a service",
        "It covers deletion, sharing and what AWS adds later, on every resource. List the actions that are used: the last-accessed data \
         of the principal tells them.",
        |view| services(view, false),
    ),
    row(
        "grant-sharing",
        Severity::Medium,
        "Can open every resource to others",
        "These actions publish buckets, snapshots, keys or functions, or share them with other accounts. Name the resources, and block \
         public access for the account.",
        |view| view.granted(&lists::SHARING, Reach::All),
    ),
];

static ASSUME_ROLE: lists::List = lists::List::new(&["sts:AssumeRole"]);
static PASS_ROLE: lists::List = lists::List::new(&["iam:PassRole"]);

fn admin(view: &View<'_>) -> Vec<Found> {
    if !view.is_admin() {
        return Vec::new();
    }
    let at = view.statement.actions.written.iter().position(|text| is_all(text)).unwrap_or_default();
    let detail = if view.whole.denied.is_empty() { "*".to_owned() } else { format!("* but {}", view.names(&view.whole.denied)) };
    vec![view.found(view.action(at), detail)]
}

/// The services that are given as a whole: those that control access, or the others.
fn services(view: &View<'_>, identity: bool) -> Vec<Found> {
    let actions = &view.statement.actions;
    if !view.allows() || actions.negated || view.is_admin() || view.is_confined() || !view.on_everything() {
        return Vec::new();
    }
    let wanted = |service: &str| view.whole.catalog.has_service(service) && is_identity_service(service) == identity;
    let named = actions.written.iter().enumerate().filter(|(_, text)| whole_service(text).is_some_and(wanted));
    named.map(|(at, text)| view.found(view.action(at), text.clone())).collect()
}

fn whole_service(text: &str) -> Option<&str> {
    text.split_once(':').filter(|(_, action)| is_all(action)).map(|(service, _)| service)
}

fn is_identity_service(service: &str) -> bool {
    IDENTITY_SERVICES.iter().any(|known| known.eq_ignore_ascii_case(service))
}

/// What is not said already by the rule about services that control access.
fn except_identity_services(view: &View<'_>, mut found: Vec<Found>) -> Vec<Found> {
    let said = services(view, true);
    found.retain(|one| !said.iter().any(|other| other.pointer == one.pointer));
    found
}

fn own_rights(view: &View<'_>) -> Vec<Found> {
    let mut found = view.granted(&lists::OWN_RIGHTS, Reach::All);
    for own in view.granted(&lists::OWN_USER, Reach::AllOrSelf) {
        if !found.iter().any(|other| other.pointer == own.pointer) {
            found.push(own);
        }
    }
    except_identity_services(view, found)
}

fn not_action(view: &View<'_>, escalation: bool) -> Vec<Found> {
    let actions = &view.statement.actions;
    if !view.allows() || !actions.negated || view.is_confined() {
        return Vec::new();
    }
    let catalog = view.whole.catalog;
    let wanted = lists::OWN_RIGHTS.set(catalog).union(lists::OTHERS_IDENTITY.set(catalog)).intersection(&catalog.expand("iam:*"));
    let left = view.given(&wanted, Reach::All);
    match (left.is_empty(), escalation) {
        (false, true) => vec![view.found(view.actions(), view.names(&left))],
        (true, false) => vec![view.found(view.actions(), format!("all but {}", some_of(&actions.written)))],
        _ => Vec::new(),
    }
}

fn not_resource(view: &View<'_>) -> Vec<Found> {
    let Some(resources) = view.statement.resources.as_ref().filter(|resources| resources.negated && view.allows()) else {
        return Vec::new();
    };
    let but: Vec<String> = resources.patterns.iter().map(|pattern| pattern.template.to_string()).collect();
    vec![view.found(view.resources(), format!("all but {}", some_of(&but)))]
}

/// Patterns that name some actions of a service, and catch those that give permissions.
fn mixed_wildcard(view: &View<'_>) -> Vec<Found> {
    let actions = &view.statement.actions;
    if !view.allows() || actions.negated || view.is_admin() {
        return Vec::new();
    }
    let catalog = view.whole.catalog;
    // Some actions that only read are documented as giving permissions.
    let reads = |id: ActionId| {
        let name = catalog.name(id).split_once(':').map_or("", |(_, name)| name);
        ["BatchGet", "Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb))
    };
    let gives_permissions = |id: &ActionId| catalog.access_level(*id) == Some(AccessLevel::PermissionsManagement) && !reads(*id);
    let caught = |text: &String| -> ActionSet {
        let expanded = catalog.expand(text);
        let permissions: ActionSet = expanded.iter().filter(gives_permissions).collect();
        // All of them give permissions: then that is what was meant.
        if permissions.len() == expanded.len() { ActionSet::default() } else { view.given(&permissions, Reach::Some) }
    };
    let partial = |text: &String| text.contains(['*', '?']) && !is_all(text) && whole_service(text).is_none();
    let written = actions.written.iter().enumerate().filter(|(_, text)| partial(text));
    let caught = written.map(|(at, text)| (at, caught(text))).filter(|(_, caught)| !caught.is_empty());
    caught.map(|(at, caught)| view.found(view.action(at), view.names(&caught))).collect()
}

/// Whether conditions leave it to the principal to which service it passes a role.
fn passes_anywhere(view: &View<'_>) -> bool {
    let names_service = |key: &str| key == "iam:passedtoservice" || key == "iam:associatedresourcearn";
    !view.conditions().any(|condition| names_service(condition.key.lower()) && narrows(condition))
}

fn pass_any_role(view: &View<'_>) -> Vec<Found> {
    if !passes_anywhere(view) {
        return Vec::new();
    }
    except_identity_services(view, view.granted(&PASS_ROLE, Reach::All))
}

/// Ways to run something with a role that the statement lets pass; the policy has to give all of each.
fn pass_and_run(view: &View<'_>, any_role: bool) -> Vec<Found> {
    let wide = !view.granted(&PASS_ROLE, Reach::All).is_empty();
    let mut found = if wide == any_role { view.granted(&PASS_ROLE, Reach::Some) } else { Vec::new() };
    if found.is_empty() {
        return found;
    }
    let whole = view.whole;
    let allowed = |name: &str| whole.catalog.action(name).is_some_and(|id| whole.allowed.contains(id));
    let passes =
        |service: &str| !view.conditions().any(|condition| condition.key.lower() == "iam:passedtoservice" && refuses(condition, service));
    let ways = RUNNERS.iter().filter(|runner| passes(runner.service) && runner.actions.iter().all(|name| allowed(name)));
    let mut ways: Vec<&str> = ways.filter_map(|runner| runner.actions.first().copied()).collect();
    ways.dedup();
    if ways.is_empty() {
        return Vec::new();
    }
    for one in &mut found {
        one.detail = format!("{} with {}", one.detail, some_of(&ways));
    }
    except_identity_services(view, found)
}
