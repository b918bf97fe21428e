//! The user's own `vendor_accounts.yaml`: whose accounts are, beside those that the program knows.

use std::path::Path;

use anyhow::Context as _;

use crate::cli::yaml_problem;
use crate::model::{is_account_id, visible};
use crate::trust::Vendor;

/// In the folder where the user works.
const FILE: &str = "vendor_accounts.yaml";

/// The vendors of the file; none without one.
pub(super) fn own() -> anyhow::Result<Vec<Vendor>> {
    let text = match std::fs::read_to_string(Path::new(FILE)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.with_context(|| format!("cannot read `{FILE}`, which has to be UTF-8 text"))?,
    };
    if text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
        return Ok(Vec::new());
    }
    let vendors: Vec<Vendor> = serde_saphyr::from_str(&text).map_err(|problem| {
        let problem = yaml_problem(&problem);
        anyhow::anyhow!("`{FILE}`: {problem}; write each vendor as `- name: Acme`, with `source`, a page, and `accounts`, a list of ids")
    })?;
    for (vendor, number) in vendors.iter().zip(1..) {
        let place = format!("`{FILE}`: vendor {number} (`{}`)", visible(&vendor.name));
        anyhow::ensure!(!vendor.name.trim().is_empty(), "{place} has an empty name: write one");
        let wrong = vendor.accounts.iter().zip(1..).find(|(id, _)| !is_account_id(id));
        if let Some((id, at)) = wrong {
            anyhow::bail!("{place}: account {at} is `{}`, which is no account id: write twelve digits in quotes", visible(id));
        }
    }
    Ok(vendors)
}
