//! One address: what it leads to, and from where.

use serde::Serialize;

/// What answers there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Kind {
    /// A REST API.
    Rest,
    /// An HTTP API.
    Http,
    /// A WebSocket API.
    Websocket,
    /// A function, or one of its aliases.
    FunctionUrl,
}

impl Kind {
    /// As it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Rest => "REST",
            Self::Http => "HTTP",
            Self::Websocket => "WEBSOCKET",
            Self::FunctionUrl => "FUNCTION_URL",
        }
    }
}

/// From where it can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reachable {
    /// The internet.
    Public,
    /// VPCs with an endpoint.
    Private,
    /// Nowhere: only custom domains lead there.
    Disabled,
}

impl Reachable {
    /// As it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Disabled => "disabled",
        }
    }
}

/// The public form of an endpoint.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Endpoint {
    pub(super) account: String,
    pub(super) account_id: String,
    pub(super) region: String,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    pub(super) api: String,
    pub(super) name: Option<String>,
    pub(super) stage: Option<String>,
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
    /// `None`: the address that AWS gave it.
    pub(super) domain: Option<String>,
    /// `None`: not known, for want of `missing`.
    pub(super) url: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) reachable: Reachable,
    /// `$default`, where that is the route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) route: Option<String>,
    /// Whether what is said here is what is deployed, and not a later edit.
    pub(super) as_deployed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) missing: Vec<String>,
}

/// By Region, type, API, stage, path and domain; AWS's address before the others.
pub(super) fn sort(endpoints: &mut [Endpoint]) {
    endpoints.sort_by(|one, other| {
        let place = |of: &Endpoint| (of.region.clone(), of.kind, of.api.clone(), of.stage.clone(), of.path.clone(), of.domain.clone());
        place(one).cmp(&place(other)).then_with(|| (&one.url, &one.method).cmp(&(&other.url, &other.method)))
    });
}
