//! The command line of `configure`, and what it says.

use clap::{CommandFactory, Parser};

use super::*;
use crate::config::Config;

#[derive(Debug, Parser)]
struct Tool {
    #[command(flatten)]
    args: ConfigureArgs,
}

struct Setup {
    folder: tempfile::TempDir,
}

impl Setup {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("config.json")
    }

    /// Runs with the file named before the action, and hides where it is.
    fn run(&self, words: &[&str]) -> Result<String, String> {
        let path = self.path().display().to_string();
        let args = ["tool", "--config-file", &path].into_iter().chain(words.iter().copied());
        let tool = Tool::try_parse_from(args).map_err(|error| error.to_string())?;
        let discover = || {
            Ok(vec![
                DiscoveredAccount { id: "000000000009".parse()?, name: "Log Archive".to_owned(), status: "ACTIVE".to_owned() },
                DiscoveredAccount { id: "000000000008".parse()?, name: "x".to_owned(), status: "SUSPENDED\u{1b}".to_owned() },
            ])
        };
        let mut out = Vec::new();
        configure(&tool.args, &discover, &mut out).map_err(|error| format!("{error:#}"))?;
        Ok(String::from_utf8(out).unwrap().replace(&path, "config.json"))
    }
}

fn file_of(words: &[&str]) -> PathBuf {
    Tool::try_parse_from(words).unwrap().args.config_file
}

fn default_of(words: &[&str]) -> bool {
    let start = ["tool", "add-account", "--id", "111122223333", "--name", "a"];
    match Tool::try_parse_from(start.iter().chain(words)).unwrap().args.action {
        ConfigureAction::AddAccount(args) => args.default,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_command_line_is_sound() {
    Tool::command().debug_assert();
}

#[test]
fn the_file_may_be_named_before_or_after_the_action() {
    let action = ["remove-cidr", "--name", "x"];
    assert_eq!(file_of(&[&["tool"][..], &action].concat()), Path::new("config.json"));
    for option in ["--config-file", "--config"] {
        assert_eq!(file_of(&[&["tool", option, "a"][..], &action].concat()), Path::new("a"));
        assert_eq!(file_of(&[&["tool"][..], &action, &[option, "a"]].concat()), Path::new("a"));
    }
}

#[test]
fn default_is_a_flag_or_a_text() {
    assert!(!default_of(&[]));
    for yes in [&["--default"][..], &["--default", "true"], &["--default=TRUE"], &["--default", "True"]] {
        assert!(default_of(yes), "{yes:?}");
    }
    for no in [&["--default", "false"][..], &["--default=no"], &["--default", "1"], &["--default="]] {
        assert!(!default_of(no), "{no:?}");
    }
    let words = ["tool", "add-account", "--default", "--id", "111122223333", "--name", "a"];
    assert!(Tool::try_parse_from(words).is_ok());
}

#[test]
fn wrong_words_are_refused_before_anything_is_done() {
    let setup = Setup::new();
    let error = setup.run(&["add-account", "--id", "12", "--name", "a"]).unwrap_err();
    assert!(error.contains("`12` is not an account id"), "{error}");
    let error = setup.run(&["add-account", "--id", "111122223333", "--name", "../x"]).unwrap_err();
    assert!(error.contains("`../x` cannot name an account"), "{error}");
    for words in [&[][..], &["frobnicate"], &["remove-account"], &["remove-cidr"], &["add-cidr", "--cidr", "::/0"]] {
        assert!(setup.run(words).is_err(), "{words:?}");
    }
    assert!(!setup.path().exists());
}

#[test]
fn every_change_is_one_line() {
    let setup = Setup::new();
    let add = |id, name| ["add-account", "--id", id, "--name", name, "--default"];
    assert_eq!(
        setup.run(&add("111122223333", "prod")).unwrap(),
        "made `config.json`\n`config.json`: added the account `prod` (111122223333)\n"
    );
    assert_eq!(
        setup.run(&add("444455556666", "dev")).unwrap(),
        "`config.json`: added the account `dev` (444455556666)\n\
         `config.json`: the default is still `prod`, because it comes first: set its `default` to false\n"
    );
    assert_eq!(
        setup.run(&["add-cidr", "--cidr", "192.0.2.1/24", "--name", "HQ"]).unwrap(),
        "`config.json`: added the address range `192.0.2.0/24` (HQ)\n"
    );
    assert_eq!(
        setup.run(&["discover-organization-accounts"]).unwrap(),
        "`config.json`: added the account `log-archive` (000000000009)\n\
         `config.json`: left out the account `000000000008`: it is `SUSPENDED⟨U+001B⟩`\n"
    );
    assert_eq!(
        setup.run(&["discover-organization-accounts"]).unwrap().lines().next().unwrap(),
        "`config.json`: the account `000000000009` is there already"
    );
    assert_eq!(setup.run(&["remove-cidr", "--name", "HQ"]).unwrap(), "`config.json`: removed 1 address range\n");
    assert_eq!(setup.run(&["remove-account", "--id", "111122223333"]).unwrap(), "`config.json`: removed 1 account\n");
    let config = Config::load(&setup.path()).unwrap();
    assert_eq!(config.accounts.len(), 2);
    assert!(config.cidrs.is_empty());
}

#[test]
fn a_refused_change_leaves_the_file_alone() {
    let setup = Setup::new();
    setup.run(&["add-cidr", "--cidr", "192.0.2.0/24", "--name", "HQ"]).unwrap();
    let before = std::fs::read(setup.path()).unwrap();
    assert!(setup.run(&["add-cidr", "--cidr", "192.0.2.7/24", "--name", "x"]).unwrap_err().contains("already"));
    assert!(setup.run(&["add-cidr", "--cidr", "x", "--name", "x"]).unwrap_err().contains("not an address range"));
    assert!(setup.run(&["remove-account", "--name", "x"]).unwrap_err().contains("no account with the name `x`"));
    assert_eq!(std::fs::read(setup.path()).unwrap(), before);
}

#[test]
fn an_organization_that_cannot_be_asked_is_an_error() {
    let setup = Setup::new();
    let path = setup.path().display().to_string();
    let words = ["tool", "discover-organization-accounts", "--config-file", &path];
    let tool = Tool::try_parse_from(words).unwrap();
    let refused = || anyhow::bail!("access denied");
    assert!(configure(&tool.args, &refused, &mut Vec::new()).is_err());
    assert!(!setup.path().exists());
}
