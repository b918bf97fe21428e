//! Of the embedded tables as a whole.

use std::collections::HashSet;

use super::*;

const PAGE: &str = include_str!("../../../data/iam-reference.txt");

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn names(set: &ActionSet) -> Vec<&'static str> {
    set.iter().map(|id| catalog().name(id)).collect()
}

fn id(name: &str) -> ActionId {
    catalog().action(name).unwrap()
}

fn keys(name: &str) -> Vec<&str> {
    catalog().condition_keys(id(name)).iter().map(|key| key.name).collect()
}

#[test]
fn the_page_is_about_this_file() {
    let value = |name: &str| PAGE.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
    let tables = &catalog().tables;
    assert_eq!(value("source "), catalog().version());
    assert_eq!(value("services "), tables.services.len().to_string());
    assert_eq!(value("actions "), tables.actions.len().to_string());
    assert_eq!(value("resource types "), tables.types.len().to_string());
    assert_eq!(value("condition keys "), tables.keys.len().to_string());
    assert_eq!(value("global keys "), tables.keys.iter().filter(|key| key.global).count().to_string());
    assert_eq!(value("size "), format!("{} bytes", EMBEDDED.len()));
}

#[test]
fn damaged_data_is_an_error() {
    let Err(CatalogError::Unpack(_)) = Catalog::unpack(b"no frame") else { panic!("read") };
    let empty = zstd::bulk::compress(b"", 1).unwrap();
    assert_eq!(Catalog::unpack(&empty).unwrap_err(), CatalogError::Format { line: 1 });
}

#[test]
fn every_action_is_found_by_its_name_in_any_case() {
    for number in 0..catalog().count() {
        let id = ActionId(number);
        let name = catalog().name(id);
        assert_eq!(catalog().action(name), Some(id), "{name}");
        assert_eq!(catalog().action(&name.to_uppercase()), Some(id), "{name}");
        assert!(catalog().has_service(catalog().service_of(id)), "{name}");
    }
    for name in ["s3:NoSuchAction", "s3", "s3:", "", ":", "s3:Get*"] {
        assert_eq!(catalog().action(name), None, "{name}");
    }
}

#[test]
fn what_an_action_is() {
    let get = id("S3:getobject");
    assert_eq!(catalog().name(get), "s3:GetObject");
    assert_eq!(catalog().service_of(get), "s3");
    assert_eq!(catalog().access_level(get), Some(AccessLevel::Read));
    assert!(catalog().resource_arns_for(get).any(|arn| arn == "arn:${Partition}:s3:::${BucketName}/${ObjectName}"));
    let found: Vec<_> = catalog().resource_types(id("s3:PutBucketPolicy")).map(|used| (used.kind.name, used.required)).collect();
    assert_eq!(found, [("bucket", true)]);
    assert_eq!(catalog().access_level(id("s3:PutBucketPolicy")), Some(AccessLevel::PermissionsManagement));
    assert_eq!(catalog().access_level(id("ec2:CreateTags")), Some(AccessLevel::Tagging));
    assert_eq!(catalog().resource_types(id("s3:ListAllMyBuckets")).count(), 0);
    assert!(keys("iam:PassRole").contains(&"iam:PassedToService"));
    let another = ActionId(u32::MAX);
    assert_eq!((catalog().name(another), catalog().access_level(another)), ("", None));
    assert!(catalog().condition_keys(another).is_empty());
}

#[test]
fn the_keys_of_an_action_are_also_those_of_its_resource_types() {
    let found = keys("s3:GetObject");
    // Of the action, and of the type `accesspoint object`.
    assert!(found.contains(&"s3:ExistingObjectTag/<key>") && found.contains(&"s3:DataAccessPointArn"));
    assert!(found.is_sorted_by_key(|name| name.to_lowercase()));
}

#[test]
fn types_of_keys() {
    let kind = |value, multivalued| Some(KeyType { value, multivalued });
    for (name, expected) in [
        ("aws:SourceIp", kind(ValueType::IpAddress, false)),
        ("AWS:sourceip", kind(ValueType::IpAddress, false)),
        ("aws:TagKeys", kind(ValueType::String, true)),
        ("aws:PrincipalTag/team", kind(ValueType::String, false)),
        ("aws:PrincipalTag/a/b c", kind(ValueType::String, false)),
        ("aws:PrincipalTag/${TagKey}", kind(ValueType::String, false)),
        ("aws:PrincipalTag/", None),
        ("aws:PrincipalTag", None),
        ("s3:ExistingObjectTag/x", kind(ValueType::String, false)),
        ("kms:EncryptionContext:department", kind(ValueType::String, false)),
        ("codebuild:environment.environmentVariables/PATH.value", kind(ValueType::String, false)),
        ("aws:PrincipalOrgPaths", kind(ValueType::String, true)),
        ("aws:SourceArn", kind(ValueType::Arn, false)),
        ("aws:MultiFactorAuthPresent", kind(ValueType::Bool, false)),
        ("aws:MultiFactorAuthAge", kind(ValueType::Numeric, false)),
        ("aws:CurrentTime", kind(ValueType::Date, false)),
        ("aws:EpochTime", kind(ValueType::Epoch, false)),
        ("ec2:SourceInstanceARN", kind(ValueType::Arn, false)),
        ("aws:NoSuchKey", None),
        ("", None),
    ] {
        assert_eq!(catalog().key_type(name), expected, "{name}");
    }
    assert!(catalog().key("aws:RequestTag/x").unwrap().global);
    assert!(!catalog().key("s3:prefix").unwrap().global);
}

#[test]
fn every_key_is_found_by_its_name() {
    for key in &catalog().tables.keys {
        assert_eq!(catalog().key(&key.name.to_uppercase()).unwrap().name, key.name);
    }
}

#[test]
fn services_by_prefix() {
    assert!(catalog().has_service("s3") && catalog().has_service("IAM"));
    assert!(!catalog().has_service("s") && !catalog().has_service(""));
    assert_eq!(catalog().service_name("s3"), Some("Amazon S3"));
}

/// What a pattern means by looking at every name.
fn naive(pattern: &str) -> Vec<&'static str> {
    let everything = pattern::is_everything(pattern);
    let pattern = pattern.to_lowercase();
    let actions = catalog().tables.actions.iter().map(|action| action.name);
    let wanted = |name: &&str| everything || (pattern.contains(':') && Pattern::new(&pattern).matches(name));
    actions.filter(wanted).collect()
}

#[test]
fn patterns_mean_the_same_as_a_look_at_every_name() {
    let patterns = [
        "*",
        "**",
        "*:*",
        "s3:*",
        "S3:get*",
        "s3:Get*",
        "s3:GetObject",
        "s3:*Object",
        "s3:Get?bject",
        "s3:Get*Acl",
        "*:Get*",
        "s3*:Get*",
        "s?:*",
        "?am:*",
        "*:*Tag*",
        "s3:",
        "s3",
        "s3*",
        ":",
        "*:",
        ":*",
        "",
        "ec2:Describe*Instance*",
        "s3:**",
        "s3:G**",
        "s3:?*",
        "a:b:c",
        "*:a:*",
        "s3:get*:*",
        "iam:PassRole",
        "nosuch:*",
        "s3:ZZZ*",
        "s3:*z*q*",
        "ü:*",
        "s3:ü*",
    ];
    for pattern in patterns {
        assert_eq!(names(&catalog().expand(pattern)), naive(pattern), "`{pattern}`");
    }
    assert_eq!(catalog().expand("*"), catalog().all());
    assert_eq!(catalog().expand("*:*"), catalog().all());
    assert!(catalog().complement(&catalog().all()).is_empty());
}

#[test]
fn a_pattern_of_a_prefix_is_that_service_only() {
    let services: HashSet<_> = catalog().expand("s3:*").iter().map(|id| catalog().service_of(id)).collect();
    assert_eq!(services, HashSet::from(["s3"]));
    assert!(catalog().expand("s3:*").len() > 150);
    assert!(catalog().expand("nosuch:*").is_empty());
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Patterns that are names with parts replaced, so that most of them mean something.
        #[test]
        fn expansion_is_what_matches(number in 0..catalog().count(), cuts in proptest::collection::vec((0..60_usize, 0..10_usize, "[*?]"), 1..4)) {
            let mut pattern = catalog().name(ActionId(number)).to_owned();
            for (at, length, wild) in cuts {
                let at = at.min(pattern.len());
                let end = (at + length).min(pattern.len());
                pattern.replace_range(at..end, &wild);
            }
            prop_assert_eq!(names(&catalog().expand(&pattern)), naive(&pattern), "`{}`", pattern);
        }
    }
}
