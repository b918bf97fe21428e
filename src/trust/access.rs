//! What trust is for: the classes of edges.

use serde::Serialize;

use crate::iam::catalog::{AccessLevel, ActionId, ActionSet, Catalog};

/// What somebody gets, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Administrator.
    Admin,
    /// A role that is none.
    Iam,
    /// Changes what is in S3.
    S3,
    /// Reads from S3.
    S3Read,
    /// Changes other things, or runs there.
    Write,
    /// Reads other things.
    Read,
    /// Uses other things: keys, functions, APIs.
    Use,
    /// Connected by other networks.
    Network,
    /// Connected by VPC peering.
    Vpc,
    /// Connected by Direct Connect.
    Directconnect,
}

/// Actions by which things are used, not changed, whatever AWS counts them as.
const USES: [&str; 12] = [
    "execute-api:invoke",
    "lambda:invokeasync",
    "lambda:invokefunction",
    "lambda:invokefunctionurl",
    "lambda:invokewebfunctionendpoint",
    "lambda:getlayerversion",
    "signin:authenticate",
    "states:startexecution",
    "vpc-lattice-svcs:invoke",
    "vpc-lattice-svcs:connect",
    "bedrock-agentcore:invokeagentruntime",
    "bedrock-agentcore:invokegateway",
];

/// What is done with a key of the service, by what its actions begin with: others change the key.
const CRYPTOGRAPHY: [&str; 9] = [
    "payment-cryptography:decrypt",
    "payment-cryptography:encrypt",
    "payment-cryptography:generatecard",
    "payment-cryptography:generatemac",
    "payment-cryptography:generatepin",
    "payment-cryptography:generateas2805",
    "payment-cryptography:reencrypt",
    "payment-cryptography:translate",
    "payment-cryptography:verify",
];

/// Actions by which somebody takes a copy with them; no more than reading, whatever AWS counts them as.
const COPIES: [&str; 9] = [
    "backup:copyfrombackupvault",
    "bedrock:createmodelcopyjob",
    "cloudhsm:copybackuptoregion",
    "cloudhsm:createcluster",
    "comprehend:importmodel",
    "lookoutequipment:importmodelversion",
    "mediatailor:getmanifest",
    "redshift-serverless:restorefromsnapshot",
    "rekognition:copyprojectversion",
];

/// Actions that join networks.
const JOINS: [&str; 4] = [
    "kafka:createvpcconnection",
    "networkmanager:createvpcattachment",
    "osis:createpipelineendpoint",
    "vpc-lattice:createservicenetworkserviceassociation",
];

/// Actions by which somebody rules over the accounts of an organization.
const RULES: [&str; 7] = [
    "organizations:attachpolicy",
    "organizations:createpolicy",
    "organizations:deletepolicy",
    "organizations:detachpolicy",
    "organizations:disablepolicytype",
    "organizations:enablepolicytype",
    "organizations:updatepolicy",
];

impl Access {
    /// The class of its edges.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Iam => "iam",
            Self::S3 => "s3",
            Self::S3Read => "s3_read",
            Self::Write => "write",
            Self::Read => "read",
            Self::Use => "use",
            Self::Network => "network",
            Self::Vpc => "vpc",
            Self::Directconnect => "directconnect",
        }
    }

    /// Whether only packets pass.
    #[must_use]
    pub fn is_network(self) -> bool {
        matches!(self, Self::Network | Self::Vpc | Self::Directconnect)
    }

    /// What a policy of a resource of a service gives that allows these actions; `written` counts where AWS's list has none of
    /// them.
    pub(super) fn of(service: &str, set: &ActionSet, written: &[String], catalog: &Catalog) -> Self {
        let is_read = |id: ActionId| matches!(catalog.access_level(id), Some(AccessLevel::Read | AccessLevel::List));
        let listed = || set.iter().map(|id| (catalog.name(id).to_lowercase(), is_read(id))).collect();
        // An action that is not on the list may be anything.
        let actions: Vec<(String, bool)> =
            if set.is_empty() { written.iter().map(|name| (name.to_lowercase(), false)).collect() } else { listed() };
        if actions.iter().any(|(name, _)| RULES.contains(&name.as_str())) {
            return Self::Admin;
        }
        if service.starts_with("s3") {
            return if !actions.is_empty() && actions.iter().all(|(_, reads)| *reads) { Self::S3Read } else { Self::S3 };
        }
        // Grants are how services use keys; a key policy is how others are let in.
        if service == "kms" && !actions.iter().any(|(name, _)| name == "kms:putkeypolicy") {
            return Self::Use;
        }
        let classes = actions.iter().filter_map(|(name, reads)| match name.as_str() {
            name if USES.contains(&name) || CRYPTOGRAPHY.iter().any(|head| name.starts_with(head)) => Some(Self::Use),
            name if COPIES.contains(&name) => Some(Self::Read),
            name if JOINS.contains(&name) => Some(Self::Network),
            // Looking belongs to whatever else it is for.
            _ if *reads => None,
            _ => Some(Self::Write),
        });
        let nothing_else = if actions.is_empty() { Self::Write } else { Self::Read };
        classes.min().unwrap_or(nothing_else)
    }
}
