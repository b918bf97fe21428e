//! The context keys that a snapshot can answer.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use super::{Account, Estate, Principal};
use crate::iam::context::Context;

/// Keys that only requests of AWS services have.
const OF_SERVICES: [&str; 6] = [
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Keys that only sessions have.
const OF_SESSIONS: [&str; 2] = ["aws:FederatedProvider", "aws:SourceIdentity"];

impl Estate {
    /// What is known of a principal's requests, whatever they are about.
    #[must_use]
    pub fn context(&self, account: &Account, principal: &Principal) -> Context {
        let mut context = Context::unknown();
        context.set("aws:PrincipalArn", [&principal.arn]);
        context.set("aws:PrincipalAccount", [&account.id]);
        context.set("aws:PrincipalIsAWSService", ["false"]);
        // Whoever calls can use TLS.
        context.set("aws:SecureTransport", ["true"]);
        if let Some(collected) = &account.collected {
            context.set("aws:CurrentTime", [collected]);
            if let Some(seconds) = crate::model::epoch_seconds(collected) {
                context.set("aws:EpochTime", [seconds.to_string()]);
            }
        }
        for key in OF_SERVICES {
            context.set_absent(key);
        }
        if principal.is_role {
            context.set("aws:PrincipalType", ["AssumedRole"]);
            context.set_absent("aws:username");
        } else {
            context.set("aws:PrincipalType", ["User"]);
            context.set("aws:username", [&principal.name]);
            context.set("aws:userid", [&principal.id]);
            for key in OF_SESSIONS {
                context.set_absent(key);
            }
        }
        // A session may carry tags of its own; a user has just these.
        for (key, value) in &principal.tags {
            context.set(&format!("aws:PrincipalTag/{key}"), [value]);
        }
        if !principal.is_role {
            context.others_absent("aws:PrincipalTag/");
        }
        self.organization_keys(&mut context, &account.id, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths");
        context
    }

    /// Adds what is known of a request to a service about a resource.
    pub fn add_resource(&self, context: &mut Context, service: &str, resource: &str, owner: Option<&str>) {
        if let Some(owner) = owner {
            fill(context, "aws:ResourceAccount", owner);
            self.organization_keys(context, owner, "aws:ResourceOrgID", "aws:ResourceOrgPaths");
        }
        let region = resource.split(':').nth(3).filter(|region| !region.is_empty() && !region.contains(['*', '?']));
        if let Some(region) = region.or_else(|| self.global_region(service)) {
            fill(context, "aws:RequestedRegion", region);
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
    fn global_region(&self, service: &str) -> Option<&'static str> {
        const GLOBAL: [&str; 8] = ["account", "budgets", "ce", "cloudfront", "iam", "organizations", "route53", "support"];
        GLOBAL.contains(&service).then(|| self.accounts.first().map_or("us-east-1", |account| account.region))
    }

    fn organization_keys(&self, context: &mut Context, account: &str, id: &str, paths: &str) {
        let Some(organization) = self.organization.as_ref().filter(|organization| organization.has(account)) else { return };
        fill(context, id, &organization.id);
        if let Some(path) = organization.path(account) {
            fill(context, paths, &path);
        }
    }
}

/// What the user said of a key counts more than what follows from the snapshot.
fn fill(context: &mut Context, key: &str, value: &str) {
    if !context.says(key) {
        context.set(key, [value]);
    }
}
