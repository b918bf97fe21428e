//! The words for reasons, in text and in JSON.

use serde::Serialize;

use crate::iam::evaluate::{Layer, TakenBy};
use crate::iam::policy::Effect;
use crate::iam::query::Because;
use crate::model::visible;

/// A statement that decided; `near`: it would have.
pub(in crate::cli) fn line(because: &Because, near: bool) -> String {
    let verb = match (because.effect, near) {
        (Effect::Allow, false) => "allowed by",
        (Effect::Allow, true) => "would be allowed by",
        (Effect::Deny, _) => "denied by",
    };
    let sid = because.sid.as_deref().filter(|sid| !sid.is_empty()).map(|sid| format!(" \"{}\"", visible(sid))).unwrap_or_default();
    let when = because.when.as_deref().map(|when| format!(", where {}", visible(when))).unwrap_or_default();
    let pointer = if because.pointer.is_empty() { String::new() } else { format!(": {}", visible(&because.pointer)) };
    format!("{verb} {}{pointer}{sid} ({}){when}", visible(&because.policy), layer(because.layer))
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "identity policy",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policy",
        Layer::Resource => "resource policy",
        Layer::Scp => "SCP",
        Layer::Rcp => "RCP",
        Layer::Endpoint => "VPC endpoint policy",
    }
}

/// What took a permission away.
pub(in crate::cli) fn taken_by(reason: TakenBy) -> &'static str {
    match reason {
        TakenBy::ExplicitDeny => "a statement denies it",
        TakenBy::NoAllow | TakenBy::Layer(Layer::Identity) => "nothing allows it",
        TakenBy::Layer(Layer::Boundary) => "but for the permissions boundary, which does not allow it",
        TakenBy::Layer(Layer::Session) => "but for the session policy, which does not allow it",
        TakenBy::Layer(Layer::Resource) => "the resource's policy does not allow it",
        TakenBy::Layer(Layer::Scp) => "but for the SCPs, which do not allow it on every level",
        TakenBy::Layer(Layer::Rcp) => "but for the RCPs, which do not allow it on every level",
        TakenBy::Layer(Layer::Endpoint) => "but for the VPC endpoint policy, which does not allow it",
        TakenBy::PublicAccessBlock => "but for S3 Block Public Access, which keeps other accounts out while the bucket's policy is public",
        TakenBy::Special(why) => why,
    }
}

/// The public form of a statement that decided.
#[derive(Serialize)]
pub(in crate::cli) struct V1Because<'a> {
    effect: &'static str,
    kind: &'static str,
    policy: &'a str,
    statement: usize,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a str>,
}

/// A statement that decided, in its public form.
pub(in crate::cli) fn because(because: &Because) -> V1Because<'_> {
    V1Because {
        effect: if because.effect == Effect::Allow { "Allow" } else { "Deny" },
        kind: code(TakenBy::Layer(because.layer)),
        policy: &because.policy,
        statement: because.statement,
        pointer: &because.pointer,
        sid: because.sid.as_deref(),
        condition: because.when.as_deref(),
    }
}

/// The public word for a reason.
pub(in crate::cli) fn code(reason: TakenBy) -> &'static str {
    match reason {
        TakenBy::ExplicitDeny => "explicit-deny",
        TakenBy::NoAllow => "no-allow",
        TakenBy::Layer(Layer::Identity) => "identity-policy",
        TakenBy::Layer(Layer::Boundary) => "permissions-boundary",
        TakenBy::Layer(Layer::Session) => "session-policy",
        TakenBy::Layer(Layer::Resource) => "resource-policy",
        TakenBy::Layer(Layer::Scp) => "scp",
        TakenBy::Layer(Layer::Rcp) => "rcp",
        TakenBy::Layer(Layer::Endpoint) => "vpc-endpoint-policy",
        TakenBy::PublicAccessBlock => "public-access-block",
        TakenBy::Special(_) => "not-in-aws",
    }
}
