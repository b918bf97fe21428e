//! Choosing accounts, by what a user would type.

use super::super::{Account, Config, ConfigError};
use super::good;

fn names(accounts: &[&Account]) -> Vec<String> {
    accounts.iter().map(|account| account.name.to_string()).collect()
}

fn select(config: &Config, wanted: &[&str]) -> Result<Vec<String>, ConfigError> {
    let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    config.select(&wanted).map(|accounts| names(&accounts))
}

const THREE: &str = r#"{"accounts": [
    {"id": "111122223333", "name": "prod", "default": true},
    {"id": "444455556666", "name": "staging"},
    {"id": "000000000001", "name": "Dev, old"}]}"#;

#[test]
fn select_takes_names_ids_lists_and_all() {
    let config = good(THREE);
    assert_eq!(select(&config, &[]).unwrap(), ["prod"]);
    assert_eq!(select(&config, &["staging", "prod", "444455556666"]).unwrap(), ["staging", "prod"]);
    assert_eq!(select(&config, &["staging, 111122223333,"]).unwrap(), ["staging", "prod"]);
    assert_eq!(select(&config, &["Dev, old"]).unwrap(), ["Dev, old"]);
    assert_eq!(select(&config, &["all"]).unwrap(), ["prod", "staging", "Dev, old"]);
    assert_eq!(select(&config, &["staging,all"]).unwrap(), ["staging", "prod", "Dev, old"]);
}

#[test]
fn select_says_what_it_did_not_find() {
    let config = good(THREE);
    assert_eq!(
        select(&config, &["prdo,staging", "222222222222", "PROD"]).unwrap_err().to_string(),
        "`prdo` is not in `config.json`; `222222222222` is not in `config.json`; \
         `PROD` is not in `config.json`, did you mean `prod`?; \
         its accounts are `prod`, `staging`, `Dev, old`"
    );
    let ConfigError::Unknown { unknown, .. } = select(&config, &["stagin", "111122223334", "", "x"]).unwrap_err() else {
        panic!("another error");
    };
    let found: Vec<_> = unknown.iter().map(|one| one.suggestion.as_ref().map(AsRef::as_ref)).collect();
    assert_eq!(found, [Some("staging"), Some("prod"), None, None]);
    for odd in ["", ",", "../x", "pro\u{1b}d", &"x".repeat(100_000)] {
        let text = select(&config, &[odd]).unwrap_err().to_string();
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn select_without_accounts_or_default_says_which() {
    let none = good(r#"{"accounts": []}"#);
    assert!(matches!(select(&none, &["all"]), Err(ConfigError::NoAccounts { .. })));
    assert!(select(&none, &["x"]).unwrap_err().to_string().contains("it has no accounts, add one with"));
    let accounts: Vec<String> =
        (1..=22).map(|number| format!(r#"{{"id": "{number:012}", "name": "a{number}", "default": false}}"#)).collect();
    let many = good(&format!(r#"{{"accounts": [{}]}}"#, accounts.join(",")));
    let text = select(&many, &[]).unwrap_err().to_string();
    assert!(text.starts_with("no account in `config.json` is marked as default: name one with `--account`"), "{text}");
    assert!(text.ends_with("`a20` and 2 more"), "{text}");
}
