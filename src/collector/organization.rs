//! The accounts of the organization, asked for outside a collection.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::account::call;
use super::api::{Api, ApiError};
use super::client::{Client, Failure, Pace, Patience};
use super::credentials::{self, Origin};
use super::paginate::next_tokens;

/// An account as Organizations lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: String,
    /// The name it was given there.
    pub name: String,
    /// `ACTIVE`, `SUSPENDED` or `PENDING_CLOSURE`.
    pub status: String,
}

/// Why the accounts cannot be listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OrganizationError {
    /// AWS or the SDK said no.
    #[error("cannot list the accounts of the organization: {0}; use credentials of the management account or of a delegated administrator")]
    Failed(#[from] Failure),
    /// The program is damaged.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// All accounts of the organization that the ambient credentials belong to, in Organizations' order.
///
/// # Errors
/// When they may not be listed.
pub async fn accounts() -> Result<Vec<Member>, OrganizationError> {
    let api = Api::embedded()?;
    let http = credentials::http_client();
    let config = credentials::base(&Origin::default(), &http, None, None).await;
    let region = config.region().map_or("us-east-1", |region| region.as_ref()).to_owned();
    let partition =
        api.partition_of(&region).cloned().ok_or_else(|| Failure::new("InvalidRegion", format!("`{region}` is no AWS region")))?;
    let url = config.endpoint_url().map(str::to_owned);
    let client = Client::new(config, http, url, Patience::default(), Arc::new(Pace::default()));
    let service = api.service("organizations")?.ok_or_else(|| Failure::new("InvalidCall", "no Organizations in the models"))?;
    let paginator = service.operations.get("ListAccounts").and_then(|operation| operation.paginator.clone());
    let mut parameters = Map::from_iter([("MaxResults".to_owned(), json!(20))]);
    let mut members = Vec::new();
    loop {
        let page = call(&api, &client, &partition, "organizations", "ListAccounts", parameters.clone()).await??;
        members.extend(page.get("Accounts").and_then(Value::as_array).into_iter().flatten().map(member));
        match paginator.as_ref().and_then(|paginator| next_tokens(paginator, &page)) {
            Some(tokens) => parameters.extend(tokens),
            None => return Ok(members),
        }
    }
}

fn member(account: &Value) -> Member {
    let text = |key: &str| account.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Member { id: text("Id"), name: text("Name"), status: text("Status") }
}
