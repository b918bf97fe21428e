//! The accounts of an organization, for `configure discover-organization-accounts`.

use crate::collector::organization;
use crate::config::DiscoveredAccount;

pub(super) fn organization_accounts() -> anyhow::Result<Vec<DiscoveredAccount>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let accounts = runtime.block_on(organization::accounts())?;
    accounts
        .into_iter()
        .map(|account| Ok(DiscoveredAccount { id: account.id.parse()?, name: account.name, status: account.status }))
        .collect()
}
