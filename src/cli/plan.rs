//! `collect --plan`: what would be called, and the IAM policy that allows it, without calling.

use std::io::Write;

use crate::collector::api::Api;
use crate::collector::permissions::Permissions;
use crate::collector::table::Table;

pub(super) fn print(api: &Api, table: &Table, regions: &[String], out: &mut dyn Write) -> anyhow::Result<()> {
    let permissions = Permissions::embedded().map_err(anyhow::Error::msg)?;
    let Some(partition) = regions.first().map_or_else(|| api.partition("aws"), |region| api.partition_of(region)) else {
        anyhow::bail!("--regions: `{}` is no AWS region", crate::model::visible(regions.first().map_or("", String::as_str)));
    };
    writeln!(out, "{} calls, each once per set of parameters; `*` = in every region that is enabled", table.rows.len())?;
    for row in &table.rows {
        let scope = if row.is_global(partition) { partition.default_region.as_str() } else { "*" };
        let parameters = match row.source() {
            Some(source) => format!("for each of {}", source.stem),
            None if row.has_folder() => "with fixed parameters".to_owned(),
            None => String::new(),
        };
        let line = format!("  {scope:<14} {:<24} {:<48} {:<48} {parameters}", row.service.name, row.request, permissions.of(row).join(","));
        writeln!(out, "{}", line.trim_end())?;
    }
    let policies = permissions.policies(table);
    writeln!(
        out,
        "\nThe IAM policy that allows exactly this{}:",
        if policies.len() > 1 { ", in as many parts as AWS's size limit needs" } else { "" }
    )?;
    for policy in policies {
        writeln!(out, "{policy:#}")?;
    }
    Ok(())
}
