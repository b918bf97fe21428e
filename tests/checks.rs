//! The checks of `audit`: each with its documentation and, if it is a program, with cases that it passes, fails and cannot
//! judge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cloudmapper::audit::{Case, Check, Engine, Verdict, cases, checks, wrong};

fn own_cases(check: &Check) -> Vec<Case> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks").join(format!("{}.yaml", check.id));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    cases(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn programs() -> impl Iterator<Item = &'static Check> {
    checks().unwrap().iter().map(AsRef::as_ref).filter(|check| check.engine == Engine::Jq)
}

#[test]
fn every_case_comes_out() {
    let mut problems = Vec::new();
    for check in programs() {
        problems.extend(wrong(check, &own_cases(check)).into_iter().map(|one| format!("{}, {}: {}", check.id, one.case, one.problem)));
    }
    assert!(problems.is_empty(), "{} cases:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_program_has_a_case_of_each_kind() {
    for check in programs() {
        let kinds: BTreeSet<Verdict> = own_cases(check).iter().map(|case| case.verdict).collect();
        assert_eq!(kinds.len(), 3, "{} has {kinds:?}", check.id);
    }
}

#[test]
fn every_check_is_documented() {
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for check in checks().unwrap() {
        let id = check.id.as_str();
        assert!(id.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'), "{id}");
        assert!(check.description.len() > 40 && !check.remediation.trim().is_empty(), "{id} says too little");
        assert!(!check.title.ends_with('.') && check.title.len() < 110, "{id}: {}", check.title);
        assert!(!check.references.is_empty() && check.references.iter().all(|page| page.starts_with("https://")), "{id}");
        assert!(["cloudmapper", "ours"].contains(&check.since.as_str()), "{id}");
        assert_eq!(titles.insert(&check.title, id), None, "{id} has the title of another");
    }
}

/// The ids of CloudMapper's own audit_config.yaml, which its users have overrides for.
const CLOUDMAPPERS: [&str; 60] = [
    "EXCEPTION",
    "S3_PUBLIC_POLICY_GETOBJECT_ONLY",
    "S3_PUBLIC_POLICY",
    "S3_PUBLIC_ACL",
    "S3_ACCESS_BLOCK_OFF",
    "S3_ACCESS_BLOCK_ALL_ACCESS_TYPES",
    "GUARDDUTY_OFF",
    "CLOUDTRAIL_OFF",
    "CLOUDTRAIL_NOT_MULTIREGION",
    "PASSWORD_POLICY_NOT_SET",
    "PASSWORD_POLICY_CHARACTER_MINIMUM",
    "PASSWORD_POLICY_CHARACTER_SET_REQUIREMENTS",
    "ROOT_USER_HAS_ACCESS_KEYS",
    "ROOT_USER_HAS_NO_MFA",
    "USER_WITH_PASSWORD_LOGIN_BUT_NO_MFA",
    "USER_HAS_NEVER_LOGGED_IN",
    "USER_HAS_NOT_LOGGED_IN_FOR_OVER_MAX_DAYS",
    "USER_HAS_TWO_ACCESS_KEYS",
    "USER_HAS_UNUSED_ACCESS_KEY",
    "USER_HAS_NOT_USED_ACCESS_KEY_FOR_MAX_DAYS",
    "IAM_BAD_MFA_POLICY",
    "IAM_KNOWN_BAD_POLICY",
    "IAM_NOTACTION_ALLOW",
    "IAM_ROLE_ALLOWS_ASSUMPTION_FROM_ANYWHERE",
    "IAM_MANAGED_POLICY_UNINTENTIONALLY_ALLOWING_ADMIN",
    "IAM_CUSTOM_POLICY_ALLOWS_ADMIN",
    "IAM_UNEXPECTED_FORMAT",
    "IAM_UNEXPECTED_ADMIN_PRINCIPAL",
    "IAM_UNEXPECTED_S3_EXFIL_PRINCIPAL",
    "IAM_LINTER",
    "IAM_NAME_DOES_NOT_INDICATE_ADMIN",
    "DOMAIN_NOT_SET_TO_RENEW",
    "DOMAIN_HAS_NO_TRANSFER_LOCK",
    "FOREIGN_HOSTED_ZONE",
    "EBS_SNAPSHOT_PUBLIC",
    "AMI_PUBLIC",
    "EC2_SOURCE_DEST_CHECK_OFF",
    "EC2_CLASSIC",
    "EC2_OLD",
    "EC2_IMDSV2_NOT_ENFORCED",
    "RDS_PUBLIC_SNAPSHOT",
    "RDS_PUBLIC_IP",
    "RDS_VPC_CLASSIC",
    "ECR_PUBLIC",
    "REDSHIFT_PUBLIC_IP",
    "ES_PUBLIC",
    "CLOUDFRONT_MINIMUM_PROTOCOL_SUPPORT",
    "LAMBDA_PUBLIC",
    "GLACIER_PUBLIC",
    "KMS_PUBLIC",
    "SQS_PUBLIC",
    "SNS_PUBLIC",
    "SG_CIDR_OVERLAPS",
    "SG_CIDR_UNNEEDED",
    "SG_CIDR_UNEXPECTED",
    "SG_LARGE_CIDR",
    "LIGHTSAIL_IN_USE",
    "ACCESSANALYZER_OFF",
    "REQUEST_SMUGGLING",
    "ELBV1_DESYNC_MITIGATION",
];

#[test]
fn all_ids_of_cloudmapper_are_there() {
    let own: BTreeSet<&str> =
        checks().unwrap().iter().filter(|check| check.since == "cloudmapper").map(|check| check.id.as_str()).collect();
    assert_eq!(own, BTreeSet::from(CLOUDMAPPERS));
}

#[test]
fn cases_are_of_checks() {
    let known: BTreeSet<String> = programs().map(|check| format!("{}.yaml", check.id)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name} is of no check");
    }
}

#[test]
fn broken_checks_are_told() {
    let mut check = programs().find(|check| check.id == "ACM_EXPIRING").unwrap().clone();
    check.program = Some("{verdict: \"perhaps\"}".to_owned().into());
    assert!(!wrong(&check, &own_cases(&check)).is_empty());
    check.program = Some("error(\"no\")".to_owned().into());
    assert!(wrong(&check, &own_cases(&check)).iter().all(|one| one.problem.contains("no")));
}
