//! The rules of the configuration, each by what a user would write and read.

mod fuzz;
mod select;

use std::path::Path;

use super::{Account, Config, ConfigError, Fault, Problem};

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("config.json"), text)
}

fn good(text: &str) -> Config {
    parse(text).unwrap()
}

fn problems(text: &str) -> Vec<Problem> {
    match parse(text).unwrap_err() {
        ConfigError::Invalid { problems, .. } => problems,
        other => panic!("{other}"),
    }
}

/// The problems of a file with one account that has these members, without the place of the account.
fn of_account(members: &str) -> Vec<String> {
    let text = format!(r#"{{"accounts": [{{{members}}}]}}"#);
    problems(&text).iter().map(|problem| problem.to_string().replacen("/accounts/0", "", 1)).collect()
}

fn with_account(members: &str) -> Account {
    let text = format!(r#"{{"accounts": [{{"id": "111122223333", "name": "prod", {members}}}]}}"#);
    good(&text).accounts.remove(0)
}

fn with_bad(members: &str) -> Vec<String> {
    of_account(&format!(r#""id": "111122223333", "name": "prod", {members}"#))
}

#[test]
fn cloudmappers_own_form_is_accepted() {
    let config = good(
        r#"{"accounts": [{"id": "111122223333", "name": "demo", "default": true, "tags": ["Core"]}],
            "cidrs": {"203.0.113.1/32": {"name": "Office"}, "198.51.100.18/28": {"name": "Branch"}}}"#,
    );
    let account = &config.accounts[0];
    assert_eq!((account.id.as_str(), account.name.as_str(), account.default), ("111122223333", "demo", true));
    assert_eq!(account.tags, [["Core"]]);
    let cidrs: Vec<String> = config.cidrs.iter().map(|(net, name)| format!("{net} {name}")).collect();
    assert_eq!(cidrs, ["198.51.100.16/28 Branch", "203.0.113.1/32 Office"]);
    assert_eq!(
        config.warnings,
        ["`config.json`: /cidrs/198.51.100.18~128: this has bits beyond its prefix, \
          read as `198.51.100.16/28`: write it so"]
    );
}

#[test]
fn the_example_is_accepted_and_is_in_the_form_we_write() {
    let text = include_str!("../../config.json.example");
    let config = Config::parse(Path::new("config.json.example"), text).unwrap();
    assert_eq!(config.warnings, Vec::<String>::new());
    assert_eq!(config.accounts.len(), 3);
    assert_eq!(config.cidrs.len(), 3);
    let first = &config.accounts[0];
    assert!(first.default && first.profile.is_some() && first.role_arn.is_some() && first.external_id.is_some());
    assert_eq!(first.regions, ["us-east-1", "eu-west-1"]);
    assert_eq!(config.accounts[1].role_name.as_deref(), Some("OrganizationAccountAccessRole"));
    let document = super::json::parse(Path::new("x"), text).unwrap();
    assert_eq!(super::json::text(&document.root).unwrap(), text.trim_end());
}

#[test]
fn everything_but_the_accounts_may_be_missing() {
    let config = good(r#"{"accounts": []}"#);
    assert!(config.accounts.is_empty() && config.cidrs.is_empty() && config.warnings.is_empty());
    let config = good("\u{feff}{\"accounts\": [], \"cidrs\": null, \"other\": [1, {\"x\": 2.5}]}");
    assert!(config.cidrs.is_empty());
    let account = with_account(r#""tags": null, "profile": null, "unknown": {"a": -1}"#);
    assert!(account.tags.is_empty() && account.profile.is_none() && account.regions.is_empty() && !account.default);
}

#[test]
fn a_syntax_error_has_line_and_column() {
    let error = parse("{\"accounts\": [\n  {\"id\": \"1\",}\n]}").unwrap_err();
    assert!(matches!(error, ConfigError::Syntax { line: 2, column: 14, .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "`config.json` is not valid JSON at line 2, column 14: trailing comma; \
         JSON has no comments and no trailing commas, and quotes with `\"`"
    );
    for text in ["", "{", "{} x", "{'a': 1}", "// x\n{}", "[1e999]", "\"\\ud800\"", &"[".repeat(100_000)] {
        assert!(matches!(parse(text), Err(ConfigError::Syntax { .. })), "{text:.40}");
    }
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Config::load(&folder.path().join("config.json")).unwrap_err();
    assert!(missing.to_string().contains("cloudmapper configure add-account"), "{missing}");
    let error = Config::load(folder.path()).unwrap_err();
    assert!(matches!(error, ConfigError::Read { .. }), "{error:?}");
    let path = folder.path().join("latin1.json");
    std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), b"{\"a\": \"\xe9\"}").unwrap();
    assert!(matches!(Config::load(&path).unwrap_err(), ConfigError::NotUtf8 { offset: 7, .. }));
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_file() {
    let error = parse(
        r#"{"accounts": [
            {"id": "123", "name": "../x", "role_arn": "x", "role_name": "y z"},
            "prod",
            {"name": "a/b", "tags": 7, "regions": ["nowhere"]},
            {"id": 1122223333, "name": "ok"}],
            "cidrs": {"10.0.0.0/33": {"name": 1}, "10.0.0.0/8": "office"}}"#,
    )
    .unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "`config.json` has 14 problems:");
    let places: Vec<&str> = lines[1..].iter().map(|line| line.trim().split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        [
            "/accounts/0",
            "/accounts/0/id",
            "/accounts/0/name",
            "/accounts/0/role_arn",
            "/accounts/0/role_name",
            "/accounts/1",
            "/accounts/2",
            "/accounts/2/name",
            "/accounts/2/regions/0",
            "/accounts/2/tags",
            "/accounts/3/id",
            "/cidrs/10.0.0.0~133",
            "/cidrs/10.0.0.0~133/name",
            "/cidrs/10.0.0.0~18",
        ]
    );
}

#[test]
fn the_whole_must_be_an_object_with_a_list_of_accounts() {
    assert_eq!(problems("[]")[0].to_string(), "/: this is a list, write an object such as `{\"accounts\": [], \"cidrs\": {}}`");
    assert_eq!(problems("{}")[0].to_string(), "/: the key `accounts` is missing: add `\"accounts\": []`");
    assert!(problems(r#"{"accounts": {}}"#)[0].to_string().starts_with("/accounts: this is an object, write a list"));
    assert!(problems(r#"{"accounts": [], "cidrs": []}"#)[0].to_string().starts_with("/cidrs: this is a list, write"));
}

#[test]
fn ids_and_names_are_required_and_checked() {
    assert_eq!(
        of_account(""),
        [": the key `id` is missing: add `\"id\": \"111122223333\"`", ": the key `name` is missing: add `\"name\": \"prod\"`"]
    );
    assert_eq!(
        of_account(r#""id": 12345678901, "name": "x""#),
        ["/id: an account id is text, because a number loses its leading zeros: write `\"012345678901\"`"]
    );
    for number in ["1234567890123", "-1", "1.5", "12345678901234567890123"] {
        let found = of_account(&format!(r#""id": {number}, "name": "x""#));
        assert_eq!(found, ["/id: this is a number, write the 12 digits in double quotes"]);
    }
    assert_eq!(
        of_account(r#""id": "12", "name": 5"#),
        [
            "/id: `12` is not an account id: write the 12 digits, leading zeros included",
            "/name: this is a number, write text in double quotes"
        ]
    );
    for name in ["../x", "a/b", "..", "", "CON", "x\\u0000", ".git", "-x", "a\\\\b", "x."] {
        let found = of_account(&format!(r#""id": "111122223333", "name": "{name}""#));
        assert!(found.len() == 1 && found[0].starts_with("/name: "), "{name}: {found:?}");
    }
}

#[test]
fn an_account_or_folder_cannot_be_there_twice() {
    let found = problems(
        r#"{"accounts": [{"id": "111122223333", "name": "prod"}, {"id": "111122223333", "name": "PROD"},
            {"id": "444455556666", "name": "prod"}]}"#,
    );
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "/accounts/1/id: the account `111122223333` is listed at /accounts/0/id already: delete one of the two",
            "/accounts/1/name: the name `PROD` and `prod` at /accounts/0/name are one folder on some file systems: \
             give one of the two accounts another name",
            "/accounts/2/name: the name `prod` and `prod` at /accounts/0/name are one folder on some file systems: \
             give one of the two accounts another name",
        ]
    );
}

#[test]
fn a_name_cannot_be_another_accounts_id() {
    let found = problems(r#"{"accounts": [{"id": "111122223333", "name": "444455556666"}, {"id": "444455556666", "name": "x"}]}"#);
    assert!(matches!(found[0].fault, Fault::NameIsOtherId { .. }));
    assert_eq!(found[0].place.to_string(), "/accounts/0/name");
    good(r#"{"accounts": [{"id": "111122223333", "name": "111122223333"}]}"#);
}

#[test]
fn the_first_default_counts() {
    let config = good(
        r#"{"accounts": [{"id": "000000000001", "name": "a"}, {"id": "000000000002", "name": "b", "default": true},
            {"id": "000000000003", "name": "c", "default": true}, {"id": "000000000004", "name": "all"}]}"#,
    );
    assert_eq!(
        config.warnings,
        [
            "`config.json`: /accounts/2/default: `b` is the default, so `c` is not: delete this key",
            "`config.json`: /accounts/3/name: `all` means every account, so this account can only be chosen by its \
             id: rename it"
        ]
    );
    assert_eq!(config.select(&[]).unwrap()[0].name.as_str(), "b");
    let by_id = config.select(&["000000000004".to_owned()]).unwrap();
    assert_eq!(by_id[0].name.as_str(), "all");
    assert_eq!(with_bad(r#""default": "true""#), ["/default: this is text, write `true` or `false` without quotes"]);
}

#[test]
fn tags_come_in_several_forms() {
    assert_eq!(with_account(r#""tags": []"#).tags, Vec::<Vec<String>>::new());
    assert_eq!(with_account(r#""tags": "Core""#).tags, [["Core"]]);
    assert_eq!(with_account(r#""tags": ["Core", "pci"]"#).tags, [["Core"], ["pci"]]);
    assert_eq!(with_account(r#""tags": [["Core", "eu"], "pci"]"#).tags, [vec!["Core", "eu"], vec!["pci"]]);
    assert_eq!(with_bad(r#""tags": {"a": "b"}"#), ["/tags: this is an object, write a list of texts such as `[\"production\"]`"]);
    assert_eq!(
        with_bad(r#""tags": ["a", 1, ["b", ["c"], null]]"#),
        [
            "/tags/1: this is a number, write text in double quotes, or a list of texts",
            "/tags/2/1: this is a list, write text in double quotes",
            "/tags/2/2: this is `null`, write text in double quotes"
        ]
    );
}

#[test]
fn roles_belong_to_the_account() {
    for arn in [
        "arn:aws:iam::111122223333:role/Reader",
        "arn:aws-us-gov:iam::111122223333:role/a/b/Reader+x=y,z.w@v-u",
        "arn:aws-cn:iam::111122223333:role/r",
    ] {
        let account = with_account(&format!(r#""role_arn": "{arn}", "external_id": "a-b:c/d""#));
        assert_eq!(account.role_arn.as_deref(), Some(arn));
    }
    for arn in [
        "",
        "Reader",
        "arn:aws:iam::111122223333:user/x",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:role/a b",
        "arn:aws:iam:us-east-1:111122223333:role/x",
        "arn:aws:sts::111122223333:assumed-role/x/y",
        "arn:azure:iam::111122223333:role/x",
        "arn:aws-:iam::111122223333:role/x",
        "arn:aws:iam::1:role/x",
    ] {
        let found = with_bad(&format!(r#""role_arn": "{arn}""#));
        assert!(found.len() == 1 && found[0].contains("is not the ARN of a role"), "{arn}: {found:?}");
    }
    assert_eq!(
        with_bad(r#""role_arn": "arn:aws:iam::444455556666:role/x""#),
        ["/role_arn: the role is in the account `444455556666`, but this account is `111122223333`: \
          correct the id or the ARN"]
    );
    assert_eq!(
        with_bad(r#""role_arn": "arn:aws:iam::111122223333:role/x", "role_name": "x""#),
        [": `role_arn` and `role_name` both say which role to assume: delete one of the two"]
    );
    assert_eq!(with_account(r#""role_name": "path/Reader""#).role_name.as_deref(), Some("path/Reader"));
    for role in ["", "a b", "x/", "/x", "a//b", &"x".repeat(65), "é"] {
        assert!(with_bad(&format!(r#""role_name": "{role}""#))[0].starts_with("/role_name: "), "{role}");
    }
}

#[test]
fn external_ids_profiles_and_regions_are_checked() {
    for id in ["", "x", "a b", &"x".repeat(1225)] {
        let found = with_bad(&format!(r#""role_name": "r", "external_id": "{id}""#));
        assert!(found[0].starts_with("/external_id: "), "{id}");
    }
    let config = good(r#"{"accounts": [{"id": "000000000001", "name": "a", "external_id": "xy"}]}"#);
    assert!(config.warnings[0].contains("/accounts/0/external_id: an external id does nothing without a role"));
    for profile in ["", " ", "a\\nb", "[x]"] {
        assert!(with_bad(&format!(r#""profile": "{profile}""#))[0].starts_with("/profile: "), "{profile}");
    }
    assert_eq!(with_account(r#""profile": "my profile""#).profile.as_deref(), Some("my profile"));
    let regions = with_account(r#""regions": ["us-gov-west-1", "eu-west-1", "eu-west-1"]"#).regions;
    assert_eq!(regions, ["us-gov-west-1", "eu-west-1"]);
    for region in ["", "..", "us-east", "us-east-1/x", "US-EAST-1", "-1", "us--1", "all", "us-east-1a"] {
        let found = with_bad(&format!(r#""regions": ["{region}"]"#));
        assert!(found[0].starts_with("/regions/0: "), "{region}: {found:?}");
    }
    assert_eq!(with_bad(r#""regions": []"#), ["/regions: this is empty: write at least one region, or delete the key"]);
    assert!(with_bad(r#""regions": "us-east-1""#)[0].starts_with("/regions: this is text, write a list"));
}

#[test]
fn ranges_are_read_in_network_form() {
    let config = good(
        r#"{"accounts": [], "cidrs": {
            "2001:db8::1/32": {"name": "six"}, "2001:db8::1": {"name": "one"}, "192.0.2.1": {"name": "host"},
            "10.0.0.0/8": {"name": "ten", "note": "x"}, "10.1.0.0/8": {"name": "again"}, "0.0.0.0/0": {"name": ""}}}"#,
    );
    let cidrs: Vec<String> = config.cidrs.iter().map(|(net, name)| format!("{net} {name}")).collect();
    assert_eq!(cidrs, ["0.0.0.0/0 ", "10.0.0.0/8 ten", "192.0.2.1/32 host", "2001:db8::/32 six", "2001:db8::1/128 one"]);
    let warned: Vec<&str> = config.warnings.iter().map(|text| text.split(": ").nth(1).unwrap()).collect();
    assert_eq!(
        warned,
        [
            "/cidrs/0.0.0.0~10/name",
            "/cidrs/10.1.0.0~18",
            "/cidrs/10.1.0.0~18",
            "/cidrs/192.0.2.1",
            "/cidrs/2001:db8::1",
            "/cidrs/2001:db8::1~132"
        ]
    );
    assert!(config.warnings.iter().any(|text| text.contains("the same range as `10.0.0.0/8`, whose name counts")));
}

#[test]
fn what_is_no_range_is_refused() {
    for cidr in ["", "office", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/-1", "2001:db8::/129", " 10.0.0.0/8"] {
        let found = problems(&format!(r#"{{"accounts": [], "cidrs": {{"{cidr}": {{"name": "x"}}}}}}"#));
        assert_eq!(found[0].fault, Fault::Cidr { written: cidr.to_owned() });
    }
    let found = problems(r#"{"accounts": [], "cidrs": {"10.0.0.0/8": {}}}"#);
    assert_eq!(found[0].to_string(), "/cidrs/10.0.0.0~18: the key `name` is missing: add `\"name\": \"office\"`");
}

#[test]
fn a_repeated_key_is_a_warning() {
    let config = good(r#"{"accounts": [], "cidrs": {"10.0.0.0/8": {"name": "a"}, "10.0.0.0/8": {"name": "b"}}}"#);
    assert_eq!(config.cidrs[0].1, "b");
    assert_eq!(
        config.warnings,
        ["`config.json`: /cidrs/10.0.0.0~18: this key is there twice, and only the last one counts: \
          delete one of the two"]
    );
}
