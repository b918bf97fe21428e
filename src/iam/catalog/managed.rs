//! The policies that AWS manages: the default version of each, by ARN.
//!
//! A snapshot has the documents of those that are attached to something; this is for the others.

use std::sync::OnceLock;

use super::{CatalogError, unpack};

/// Made by the developer task `managed-policies`.
static EMBEDDED: &[u8] = include_bytes!("../../../data/managed-policies.bin");

const FORMAT: &str = "cloudmapper-managed-policies/1";

/// A policy that AWS manages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Path and name, as in `job-function/Billing`.
    pub path: &'static str,
    /// Its default version, as in `v3`.
    pub version: &'static str,
    /// The day on which that version was made, as in `2026-09-30`.
    pub updated: &'static str,
    /// The document, as JSON. ARNs in it are those of the partition `aws`, whatever the partition asked for.
    pub document: &'static str,
}

struct Policies {
    version: &'static str,
    /// By path and name.
    policies: Vec<ManagedPolicy>,
}

/// The policy with this ARN, in any partition; `None` where AWS manages no such policy.
///
/// # Errors
/// When the data was damaged after it was made.
pub fn managed_policy(arn: &str) -> Result<Option<&'static ManagedPolicy>, CatalogError> {
    let Some(path) = path(arn) else { return Ok(None) };
    let policies = &embedded()?.policies;
    let found = policies.binary_search_by(|policy| policy.path.cmp(path));
    Ok(found.ok().and_then(|place| policies.get(place)))
}

/// Where the policies are from: package and version.
///
/// # Errors
/// When the data was damaged after it was made.
pub fn managed_policies_version() -> Result<&'static str, CatalogError> {
    Ok(embedded()?.version)
}

/// Path and name in an ARN such as `arn:aws-cn:iam::aws:policy/job-function/Billing`.
fn path(arn: &str) -> Option<&str> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    let path = rest.strip_prefix("iam::aws:policy/")?;
    (!partition.is_empty()).then_some(path)
}

/// Unpacked at the first call: few reports need them.
fn embedded() -> Result<&'static Policies, CatalogError> {
    static POLICIES: OnceLock<Result<Policies, CatalogError>> = OnceLock::new();
    POLICIES.get_or_init(|| parse(unpack(EMBEDDED)?)).as_ref().map_err(Clone::clone)
}

fn parse(text: &'static str) -> Result<Policies, CatalogError> {
    let mut lines = text.lines();
    if lines.next() != Some(FORMAT) {
        return Err(CatalogError::Format { line: 1 });
    }
    let version = lines.next().ok_or(CatalogError::Format { line: 2 })?;
    let policies = (3..).zip(lines).map(|(line, text)| policy(text).ok_or(CatalogError::Format { line }));
    Ok(Policies { version, policies: policies.collect::<Result<_, _>>()? })
}

fn policy(line: &'static str) -> Option<ManagedPolicy> {
    let mut fields = line.splitn(4, '\t');
    let mut next = || fields.next();
    Some(ManagedPolicy { path: next()?, version: next()?, updated: next()?, document: next()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const PAGE: &str = include_str!("../../../data/managed-policies.txt");

    #[test]
    fn policies_are_found_in_every_partition() {
        let admin = managed_policy("arn:aws:iam::aws:policy/AdministratorAccess").unwrap().unwrap();
        let document: Value = serde_json::from_str(admin.document).unwrap();
        assert_eq!(document["Statement"][0]["Action"], "*");
        assert_eq!(admin.version, "v1");
        for partition in ["aws-us-gov", "aws-cn", "aws-iso"] {
            let arn = format!("arn:{partition}:iam::aws:policy/AdministratorAccess");
            assert_eq!(managed_policy(&arn).unwrap(), Some(admin));
        }
        assert!(managed_policy("arn:aws:iam::aws:policy/job-function/Billing").unwrap().is_some());
        assert!(managed_policy("arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy").unwrap().is_some());
    }

    #[test]
    fn other_policies_are_not_found() {
        for arn in [
            "arn:aws:iam::aws:policy/NoSuchPolicy",
            "arn:aws:iam::aws:policy/administratoraccess",
            "arn:aws:iam::111122223333:policy/AdministratorAccess",
            "arn:aws:iam::aws:policy/Billing",
            "arn::iam::aws:policy/AdministratorAccess",
            "AdministratorAccess",
            "",
        ] {
            assert_eq!(managed_policy(arn).unwrap(), None, "{arn}");
        }
    }

    #[test]
    fn every_document_is_a_policy_and_the_page_is_about_this_file() {
        let policies = &embedded().unwrap().policies;
        assert!(policies.is_sorted_by(|one, two| one.path < two.path));
        for policy in policies {
            let document: Value = serde_json::from_str(policy.document).unwrap();
            assert!(document["Statement"].is_array() || document["Statement"].is_object(), "{}", policy.path);
            assert!(policy.version.starts_with('v') && policy.updated.len() == 10, "{}", policy.path);
        }
        let value = |name: &str| PAGE.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        assert_eq!(value("policies "), policies.len().to_string());
        assert_eq!(value("source "), managed_policies_version().unwrap());
        assert_eq!(value("newest "), policies.iter().map(|policy| policy.updated).max().unwrap());
        assert_eq!(value("size "), format!("{} bytes", EMBEDDED.len()));
    }

    #[test]
    fn another_form_is_an_error_with_its_line() {
        for (line, text) in [(1, ""), (2, "cloudmapper-managed-policies/1\n"), (3, "cloudmapper-managed-policies/1\nmoto 1\nA\tv1\n")] {
            assert_eq!(parse(text).err(), Some(CatalogError::Format { line }));
        }
    }
}
