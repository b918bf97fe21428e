//! What trust is for: the classes of edges.

use serde::Serialize;

use crate::iam::catalog::{AccessLevel, ActionSet, Catalog};

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
const USES: [&str; 8] = [
    "execute-api:invoke",
    "lambda:invokefunction",
    "lambda:invokefunctionurl",
    "lambda:getlayerversion",
    "states:startexecution",
    "vpc-lattice-svcs:invoke",
    "vpc-lattice-svcs:connect",
    "bedrock-agentcore:invokeagentruntime",
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

    /// What a policy of a resource of a service gives that allows these actions.
    pub(super) fn of(service: &str, set: &ActionSet, catalog: &Catalog) -> Self {
        let level = |level: AccessLevel| matches!(level, AccessLevel::Read | AccessLevel::List);
        // An action that is not on the list may be anything.
        let reads = !set.is_empty() && set.iter().all(|id| catalog.access_level(id).is_some_and(level));
        if service.starts_with("s3") {
            return if reads { Self::S3Read } else { Self::S3 };
        }
        let uses = |name: &str| USES.contains(&name) || (service == "kms" && name.starts_with("kms:"));
        let rules = set.iter().any(|id| catalog.access_level(id) == Some(AccessLevel::PermissionsManagement));
        let used = !set.is_empty() && set.iter().all(|id| uses(&catalog.name(id).to_lowercase()));
        match (used, rules, reads) {
            // Grants are how services use keys; a key policy is how others are let in.
            (true, false, _) => Self::Use,
            (_, _, true) => Self::Read,
            _ if service == "kms" && !set.iter().any(|id| catalog.name(id) == "kms:PutKeyPolicy") => Self::Use,
            _ => Self::Write,
        }
    }
}
