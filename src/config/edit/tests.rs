//! Changing the file: what is added, removed and refused, and what stays as it was.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::super::{Config, DiscoveredAccount};
use super::*;

/// A folder of its own, and the path of a file in it with this text.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    put(&path, text);
    (folder, path)
}

fn put(path: &Path, text: &str) {
    std::fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn get(path: &Path) -> String {
    String::from_utf8(std::fs::read(path).unwrap()).unwrap()
}

/// What the file holds after a change, as one line.
fn after(text: &str, change: impl FnOnce(&mut ConfigFile)) -> String {
    let (_folder, path) = file(text);
    let mut file = ConfigFile::open_or_new(&path).unwrap();
    change(&mut file);
    file.save().unwrap();
    serde_json::from_str::<Value>(&get(&path)).unwrap().to_string()
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn name(text: &str) -> AccountName {
    text.parse().unwrap()
}

fn open(text: &str) -> Result<ConfigFile, EditError> {
    let (_folder, path) = file(text);
    ConfigFile::open_or_new(&path)
}

const TWO: &str = r#"{"accounts": [{"id": "111122223333", "name": "prod", "default": true},
    {"id": "444455556666", "name": "Staging"}], "cidrs": {"198.51.100.0/24": {"name": "HQ"}}}"#;

#[test]
fn a_missing_file_is_begun_and_only_written_when_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let mut file = ConfigFile::open_or_new(&path).unwrap();
    assert!(file.is_new() && !path.exists());
    file.save().unwrap();
    assert_eq!(get(&path), "{\n    \"accounts\": [],\n    \"cidrs\": {}\n}");
    let added = file.add_account(&id("111122223333"), &name("données"), true).unwrap();
    assert_eq!(added.other_default, None);
    file.save().unwrap();
    assert_eq!(
        get(&path),
        "{\n    \"accounts\": [\n        {\n            \"default\": true,\n            \"id\": \"111122223333\",\n            \
         \"name\": \"donn\\u00e9es\"\n        }\n    ],\n    \"cidrs\": {}\n}"
    );
    assert!(!ConfigFile::open_or_new(&path).unwrap().is_new());
    assert_eq!(Config::load(&path).unwrap().select(&[]).unwrap()[0].name, name("données"));
}

#[test]
fn unknown_keys_stay() {
    let text = r#"{"accounts": [{"id": "111122223333", "name": "prod", "owner": {"b": [1, 2.5, null], "a": "😀\u007f\n\""}}],
        "cidrs": {"192.0.2.0/24": {"name": "x", "ticket": 7}}, "zz": true, "aa": -3}"#;
    let before: Value = serde_json::from_str(text).unwrap();
    let (_folder, path) = file(text);
    let mut file = ConfigFile::open_or_new(&path).unwrap();
    file.add_cidr("203.0.113.0/24", "y").unwrap();
    file.save().unwrap();
    let written = get(&path);
    assert!(written.is_ascii() && written.contains(r#""a": "\ud83d\ude00\u007f\n\"""#), "{written}");
    assert_eq!(ConfigFile::open_or_new(&path).unwrap().remove_cidr(None, Some("y")).unwrap(), 1);
    let mut again = ConfigFile::open_or_new(&path).unwrap();
    again.remove_cidr(Some("203.0.113.0/24"), None).unwrap();
    again.save().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&get(&path)).unwrap(), before);
}

#[test]
fn an_account_is_added_once() {
    let mut file = open(TWO).unwrap();
    let error = file.add_account(&id("444455556666"), &name("new"), false).unwrap_err();
    assert!(matches!(&error, EditError::IdExists { name, .. } if name == "Staging"), "{error}");
    for taken in ["prod", "PROD", "staging"] {
        let error = file.add_account(&id("777788889999"), &name(taken), false).unwrap_err();
        assert!(matches!(error, EditError::NameExists { .. }), "{error}");
    }
    let error = file.add_account(&id("777788889999"), &name("444455556666"), false).unwrap_err();
    assert!(matches!(error, EditError::NameIsOtherId { .. }), "{error}");
    let _ = file.add_account(&id("777788889999"), &name("000000000001"), false).unwrap();
    let error = file.add_account(&id("000000000001"), &name("x"), false).unwrap_err();
    assert!(matches!(error, EditError::NameIsOtherId { .. }), "{error}");
    let added = file.add_account(&id("000000000002"), &name("second"), true).unwrap();
    assert_eq!(added.other_default.as_deref(), Some("prod"));
}

#[test]
fn all_matching_accounts_are_removed() {
    let text = r#"{"accounts": [{"id": "1", "name": "x"}, {"id": "1", "name": "x"}, {"id": "1", "name": "y"},
        {"id": 2, "name": "x"}, 5, {"id": "000000000002"}]}"#;
    let rest = |id, name, expected| {
        let left = after(text, |file| assert_eq!(file.remove_account(id, name).unwrap(), expected));
        left.matches("name").count()
    };
    assert_eq!(rest(Some("1"), Some("x"), 2), 2);
    assert_eq!(rest(Some("1"), None, 3), 1);
    assert_eq!(rest(None, Some("x"), 3), 1);
    assert_eq!(rest(Some("000000000002"), None, 2), 3);
}

#[test]
fn removing_nothing_is_an_error() {
    let mut file = open(TWO).unwrap();
    let none = file.remove_account(None, None).unwrap_err();
    assert_eq!(none.to_string(), "nothing says what to remove: give `--id` or `--name`, or both");
    let error = file.remove_account(Some("111122223333"), Some("Staging")).unwrap_err().to_string();
    assert!(
        error.ends_with("config.json` has no account with the id `111122223333` and the name `Staging`, so nothing was removed"),
        "{error}"
    );
    assert!(matches!(file.remove_cidr(None, None), Err(EditError::NothingWanted { .. })));
    for wrong in ["198.51.100.0/25", "hq", "", "\u{1b}"] {
        let error = file.remove_cidr(Some(wrong), None).unwrap_err();
        assert!(matches!(&error, EditError::NoMatch { .. }) && !error.to_string().contains('\u{1b}'));
    }
    assert!(matches!(file.remove_cidr(Some("198.51.100.0/24"), Some("other")), Err(EditError::NoMatch { .. })));
}

#[test]
fn a_range_is_added_in_network_form_and_once() {
    let left = after(r#"{"cidrs": null}"#, |file| {
        assert_eq!(file.add_cidr("192.0.2.9/24", "a").unwrap().to_string(), "192.0.2.0/24");
        assert_eq!(file.add_cidr("2001:DB8::", "b").unwrap().to_string(), "2001:db8::/128");
        let error = file.add_cidr("192.0.2.77/24", "c").unwrap_err();
        assert!(matches!(error, EditError::CidrExists { .. }), "{error}");
        assert!(matches!(file.add_cidr("192.0.2.0", " "), Err(EditError::EmptyName)));
        assert!(matches!(file.add_cidr("192.0.2.0/33", "c"), Err(EditError::Cidr { .. })));
    });
    assert_eq!(left, r#"{"accounts":[],"cidrs":{"192.0.2.0/24":{"name":"a"},"2001:db8::/128":{"name":"b"}}}"#);
}

#[test]
fn ranges_are_removed_in_any_form() {
    let text = r#"{"accounts": [], "cidrs": {"192.0.2.1/24": {"name": "a"}, "192.0.2.0/24": {"name": "b"},
        "nonsense": {"name": "b"}, "198.51.100.0/24": 3}}"#;
    let left =
        |cidr, name, expected| after(text, |file| assert_eq!(file.remove_cidr(cidr, name).unwrap(), expected)).matches("name").count();
    assert_eq!(left(Some("192.0.2.5/24"), None, 2), 1);
    assert_eq!(left(Some("192.0.2.5/24"), Some("b"), 1), 2);
    assert_eq!(left(None, Some("b"), 2), 1);
    assert_eq!(left(Some("nonsense"), None, 1), 2);
    assert_eq!(left(Some("198.51.100.0/24"), None, 1), 3);
}

#[test]
fn files_that_would_lose_something_are_not_opened() {
    assert!(matches!(open("{"), Err(EditError::Open(ConfigError::Syntax { .. }))));
    for text in ["[]", r#"{"accounts": {}}"#, r#"{"cidrs": []}"#, "3"] {
        assert!(matches!(open(text), Err(EditError::Shape { .. })), "{text}");
    }
    let error = open(r#"{"accounts": [{"id": "1", "id": "2"}]}"#).unwrap_err();
    assert!(matches!(&error, EditError::RepeatedKey { place, .. } if place.to_string() == "/accounts/0/id"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(ConfigFile::open_or_new(folder.path()), Err(EditError::Open(ConfigError::Read { .. }))));
}

fn found(id_text: &str, name: &str, status: &str) -> DiscoveredAccount {
    DiscoveredAccount { id: id(id_text), name: name.to_owned(), status: status.to_owned() }
}

#[test]
fn discovered_accounts_get_names_fit_for_folders() {
    let (_folder, path) = file(TWO);
    let mut file = ConfigFile::open_or_new(&path).unwrap();
    let report = file.add_discovered(&[
        found("111122223333", "renamed", "SUSPENDED"),
        found("000000000001", "Prod", "ACTIVE"),
        found("000000000002", "Log Archive", "ACTIVE"),
        found("000000000003", "old", "SUSPENDED"),
        found("000000000002", "twice", "ACTIVE"),
        found("000000010001", "prod", "ACTIVE"),
        found("000000000004", "../..", "ACTIVE"),
        found("000000000005", "CON", "ACTIVE"),
        found("000000000006", "all", "ACTIVE"),
        found("000000000007", "000000000001", "ACTIVE"),
        found("000000000008", "000000000008", "ACTIVE"),
        found("000000000009", "gone", "NEW\u{1b}STATUS"),
    ]);
    let added: Vec<String> = report.added.iter().map(|(id, name)| format!("{id} {name}")).collect();
    assert_eq!(
        added,
        [
            "000000000001 prod-0001",
            "000000000002 log-archive",
            "000000010001 prod-000000010001",
            "000000000004 account",
            "000000000005 con-0005",
            "000000000006 all-0006",
            "000000000007 000000000001-0007",
            "000000000008 000000000008",
        ]
    );
    assert_eq!(report.already, [id("111122223333"), id("000000000002")]);
    assert_eq!(report.skipped[0], (id("000000000003"), "SUSPENDED".to_owned()));
    file.save().unwrap();
    let config = Config::load(&path).unwrap();
    assert_eq!(config.accounts.len(), 10);
    assert_eq!(config.warnings, Vec::<String>::new());
    let entry = &ConfigFile::open_or_new(&path).unwrap().accounts[3];
    assert_eq!(entry.to_string(), r#"{"id":"000000000002","name":"log-archive"}"#);
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn saving_leaves_nothing_else_in_the_folder() {
    let (folder, path) = file(TWO);
    let file = ConfigFile::open_or_new(&path).unwrap();
    file.save().unwrap();
    file.save().unwrap();
    assert_eq!(entries(folder.path()), ["config.json"]);
    assert_eq!(Config::load(&path).unwrap().accounts.len(), 2);
}

#[test]
fn a_failed_save_leaves_nothing_behind() {
    let (folder, path) = file(TWO);
    let file = ConfigFile::open_or_new(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    // A folder in the way can't be replaced by a file.
    std::fs::create_dir_all(path.join("inside")).unwrap();
    let error = file.save().unwrap_err();
    assert!(matches!(error, EditError::Write { .. }), "{error}");
    assert_eq!(entries(folder.path()), ["config.json"]);
    let nowhere = ConfigFile::open_or_new(&folder.path().join("no/config.json")).unwrap();
    assert!(matches!(nowhere.save(), Err(EditError::Write { .. })));
}

#[test]
fn a_left_over_of_a_killed_run_is_not_in_the_way() {
    let (folder, path) = file(TWO);
    put(&folder.path().join(format!(".config.json.{}-0.tmp", std::process::id())), "half");
    ConfigFile::open_or_new(&path).unwrap().save().unwrap();
    assert_eq!(entries(folder.path()).len(), 2);
    assert_eq!(Config::load(&path).unwrap().accounts.len(), 2);
}

#[cfg(unix)]
#[test]
fn the_mode_of_the_file_stays() {
    use std::os::unix::fs::PermissionsExt;
    for mode in [0o600, 0o640, 0o664] {
        let (_folder, path) = file(TWO);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        ConfigFile::open_or_new(&path).unwrap().save().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_the_file_stays() {
    let (folder, path) = file(TWO);
    let link = folder.path().join("link.json");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let mut file = ConfigFile::open_or_new(&link).unwrap();
    file.remove_account(None, Some("prod")).unwrap();
    file.save().unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(Config::load(&path).unwrap().accounts.len(), 1);
}
