//! The context keys that a snapshot can answer.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::sync::Arc;

use super::{Account, Estate, Principal};
use crate::iam::caller::{Caller, CallerKind};
use crate::iam::context::Context;
use crate::iam::policy::{Action, Effect, PrincipalName, Target};

/// Keys that only requests of AWS services have.
const OF_SERVICES: [&str; 6] = [
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Whether a service is asked in one Region, whatever its resources, by the prefix of its actions.
#[must_use]
pub fn is_global(service: &str) -> bool {
    const GLOBAL: [&str; 8] = ["account", "budgets", "ce", "cloudfront", "iam", "organizations", "route53", "support"];
    GLOBAL.contains(&service)
}

/// Keys that only sessions have.
const OF_SESSIONS: [&str; 2] = ["aws:FederatedProvider", "aws:SourceIdentity"];

impl Estate {
    /// What is known of the requests of all principals of an account, whatever they are about.
    pub(super) fn context_at_home(&self, account: &Account) -> Context {
        let mut context = Context::unknown();
        context.set("aws:PrincipalAccount", [&account.id]);
        context.set("kms:CallerAccount", [&account.id]);
        context.set("aws:PrincipalIsAWSService", ["false"]);
        // Whoever calls can use TLS.
        context.set("aws:SecureTransport", ["true"]);
        at_the_time(&mut context, account);
        for key in OF_SERVICES {
            context.set_absent(key);
        }
        self.organization_keys(&mut context, &account.id, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths");
        context
    }

    /// What is known of a principal's requests beside that.
    pub(super) fn context(&self, at_home: &Arc<Context>, principal: &Principal) -> Context {
        let mut context = Context::over(at_home);
        context.set("aws:PrincipalArn", [&principal.arn]);
        if principal.is_role {
            context.set("aws:PrincipalType", ["AssumedRole"]);
            self.instances.add_source(&mut context, None, self.runs_on_instances(principal));
            context.set_absent("aws:username");
            // The name of the session is anything.
            context.set_like("aws:userid", &format!("{}:*", principal.id));
        } else {
            context.set("aws:PrincipalType", ["User"]);
            context.set("aws:username", [&principal.name]);
            context.set("aws:userid", [&principal.id]);
            self.instances.add_source(&mut context, None, false);
            for key in OF_SESSIONS {
                context.set_absent(key);
            }
        }
        // A session may carry tags of its own, which then count; a user has just these.
        let may_differ = principal.is_role && self.takes_session_tags(principal);
        for (key, value) in principal.tags.iter().filter(|_| !may_differ) {
            context.set(&format!("aws:PrincipalTag/{key}"), [value]);
        }
        if !may_differ {
            context.others_absent("aws:PrincipalTag/");
        }
        context
    }

    /// The same for one session, whose name is known.
    pub(super) fn context_of_session(&self, at_home: &Arc<Context>, role: &Principal, session: &str) -> Context {
        let mut context = self.context(at_home, role);
        context.set("aws:userid", [format!("{}:{session}", role.id)]);
        self.instances.add_source(&mut context, Some(session), self.runs_on_instances(role));
        context
    }

    /// Whether EC2 may take on the role for its instances.
    fn runs_on_instances(&self, role: &Principal) -> bool {
        let trust = role.trust.and_then(|id| self.store.get(id));
        trust.is_none_or(|trust| {
            let clauses = trust.policy.statements.iter().map(|statement| &statement.principal);
            clauses.flatten().any(|clause| {
                let ec2 = |name: &PrincipalName| matches!(name, PrincipalName::Service(service) if service.starts_with("ec2."));
                clause.negated || clause.names.iter().any(|name| ec2(name) || *name == PrincipalName::Everyone)
            })
        })
    }

    /// Whether somebody who takes on the role may set tags.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    fn takes_session_tags(&self, role: &Principal) -> bool {
        let trust = role.trust.and_then(|id| self.store.get(id));
        let action = Action::new("sts:TagSession", self.store.catalog());
        trust.is_none_or(|trust| trust.policy.concerns(Effect::Allow, &action))
    }

    /// What is known of the requests of one who is no user or role of the estate.
    #[must_use]
    pub fn context_of(&self, caller: &Caller) -> Context {
        let mut context = Context::unknown();
        context.set("aws:SecureTransport", ["true"]);
        match caller.kind {
            CallerKind::Anonymous => anonymous(&mut context),
            CallerKind::Service => service(&mut context, &caller.arn),
            CallerKind::Provider => provider(&mut context),
            _ => self.foreign(&mut context, caller),
        }
        context
    }

    fn foreign(&self, context: &mut Context, caller: &Caller) {
        context.set("aws:PrincipalIsAWSService", ["false"]);
        for key in OF_SERVICES {
            context.set_absent(key);
        }
        if !caller.arn.starts_with("arn:") {
            return;
        }
        context.set("aws:PrincipalArn", [caller.lender.as_ref().unwrap_or(&caller.arn)]);
        if caller.kind == CallerKind::Root {
            context.set("aws:PrincipalType", ["Account"]);
            context.set("aws:userid", caller.account.iter());
            context.set_absent("aws:username");
        }
        if let Some(account) = &caller.account {
            context.set("aws:PrincipalAccount", [account]);
            context.set("kms:CallerAccount", [account]);
            self.organization_keys(context, account, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths");
        }
    }

    /// Adds what is known of a request to a service about a resource.
    pub fn add_resource(&self, context: &mut Context, service: &str, target: &Target, owner: Option<&str>) {
        if let Some(owner) = owner {
            self.add_owner(context, owner);
        }
        self.add_target(context, service, target, owner);
    }

    /// What is known of a request because of whose the resource is.
    pub fn add_owner(&self, context: &mut Context, owner: &str) {
        fill(context, "aws:ResourceAccount", owner);
        // Who comes from elsewhere asks at the same time.
        if let Some(account) = self.account(owner) {
            at_the_time(context, account);
        }
        self.organization_keys(context, owner, "aws:ResourceOrgID", "aws:ResourceOrgPaths");
    }

    /// What is known of it because of the resource itself.
    pub fn add_target(&self, context: &mut Context, service: &str, target: &Target, owner: Option<&str>) {
        let (resource, exact) = (&*target.to_string(), matches!(target, Target::Arn(_)));
        let region = resource.split(':').nth(3).filter(|region| !region.is_empty() && !region.contains(['*', '?']));
        let of_bucket = self.resources.find(resource).and_then(|(_, bucket)| bucket.region.as_deref());
        if let Some(region) = region.or(of_bucket).or_else(|| self.global_region(service, owner)) {
            fill(context, "aws:RequestedRegion", region);
        }
        // What is about no resource has no tags of one.
        if resource == "*" && exact {
            context.others_absent("aws:ResourceTag/");
            context.others_absent(&format!("{service}:ResourceTag/"));
        }
        if let Some(tags) = self.instances.tags(resource) {
            for (key, value) in tags {
                fill(context, &format!("aws:ResourceTag/{key}"), value);
                fill(context, &format!("{service}:ResourceTag/{key}"), value);
            }
            context.others_absent("aws:ResourceTag/");
            context.others_absent(&format!("{service}:ResourceTag/"));
        }
        // IAM's resources carry their tags in the same file.
        if let Some((_, principal)) = self.principal(resource) {
            for (key, value) in &principal.tags {
                fill(context, &format!("aws:ResourceTag/{key}"), value);
                fill(context, &format!("iam:ResourceTag/{key}"), value);
            }
            context.others_absent("aws:ResourceTag/");
            context.others_absent("iam:ResourceTag/");
        }
    }

    /// The region that a global service answers from.
    fn global_region(&self, service: &str, account: Option<&str>) -> Option<&'static str> {
        is_global(service).then(|| account.and_then(|id| self.account(id)).map_or("us-east-1", |account| account.region))
    }

    fn organization_keys(&self, context: &mut Context, account: &str, id: &str, paths: &str) {
        let Some(organization) = self.organization_of(account) else {
            if let Some(own) = self.account(account).and_then(|account| account.organization.as_ref()) {
                fill(context, id, own);
            }
            return;
        };
        fill(context, id, &organization.id);
        if let Some(path) = organization.path(account) {
            fill(context, paths, &path);
        }
    }
}

fn anonymous(context: &mut Context) {
    context.set("aws:PrincipalAccount", ["anonymous"]);
    context.set("aws:PrincipalType", ["Anonymous"]);
    context.set("aws:userid", ["anonymous"]);
    for key in ["aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:username"] {
        context.set_absent(key);
    }
    for key in OF_SERVICES {
        context.set_absent(key);
    }
    context.others_absent("aws:PrincipalTag/");
}

/// Nobody has credentials of AWS yet: what tells of whoever signs is not there, and no service is asking.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
fn provider(context: &mut Context) {
    context.set_absent("aws:PrincipalIsAWSService");
    for key in OF_SERVICES {
        context.set_absent(key);
    }
    context.others_absent("aws:PrincipalTag/");
}

fn service(context: &mut Context, name: &str) {
    context.set("aws:PrincipalIsAWSService", ["true"]);
    context.set("aws:PrincipalServiceName", [name]);
    for key in ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:username"] {
        context.set_absent(key);
    }
    // IAM Roles Anywhere makes tags of what is in a certificate:
    // https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    if !name.starts_with("rolesanywhere.") {
        context.others_absent("aws:PrincipalTag/");
    }
}

/// A snapshot is judged as of when it was made.
fn at_the_time(context: &mut Context, account: &Account) {
    let Some(collected) = &account.collected else { return };
    fill(context, "aws:CurrentTime", collected);
    if let Some(seconds) = crate::model::epoch_seconds(collected) {
        fill(context, "aws:EpochTime", &seconds.to_string());
    }
}

/// What the user said of a key counts more than what follows from the snapshot.
fn fill(context: &mut Context, key: &str, value: &str) {
    if !context.says(key) {
        context.set(key, [value]);
    }
}
