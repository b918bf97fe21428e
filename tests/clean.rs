//! `--clean`: the old snapshot is there until the new one is complete; and who may read what.

use crate::support::Workspace;
use crate::support::fake_aws::{FakeAws, Fault, TABLE};

const COLLECT: &[&str] = &["collect", "--account", "prod", "--commands", "table.yaml", "--max-attempts", "1"];
const CLEAN: &[&str] = &["collect", "--account", "prod", "--commands", "table.yaml", "--max-attempts", "1", "--clean"];

#[test]
fn the_old_snapshot_is_replaced_only_by_a_complete_one() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.run(COLLECT).says(0, &[]);
    workspace.write("account-data/prod/us-east-1/old-file.json", "{}");
    aws.misbehave(Some(Box::new(|number, _| (number > 20).then_some(Fault::Expired))));
    workspace.run(CLEAN).says(1, &["expired"]);
    assert_eq!(workspace.read("account-data/prod/us-east-1/old-file.json"), "{}", "the old snapshot is untouched");
    aws.misbehave(None);
    aws.take_seen();
    workspace.run(COLLECT).says(0, &["continuing the interrupted --clean run"]);
    assert!(!workspace.path().join("account-data/prod/us-east-1/old-file.json").exists(), "replaced");
    assert!(aws.take_seen().values().sum::<usize>() < 40, "continued, not started over");
    let left: Vec<_> = std::fs::read_dir(workspace.path().join("account-data")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["prod"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.run(COLLECT).says(0, &[]);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let data = workspace.path().join("account-data");
    assert_eq!(mode(&data), 0o700);
    for name in workspace.files("account-data").into_keys() {
        let file = data.join(name);
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        assert_eq!(mode(file.parent().unwrap()), 0o700, "{}", file.display());
    }
}

#[test]
fn former_snapshots_are_kept() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    let keep = [COLLECT, &["--keep", "2"]].concat();
    workspace.run(&keep).says(0, &[]);
    assert!(!workspace.path().join("account-history").exists(), "there was none before");
    for day in ["2020-01-01T000000Z", "2020-01-02T000000Z"] {
        workspace.write(&format!("account-history/prod/{day}.json.zst"), "old");
    }
    workspace.run(&keep).says(0, &["kept the snapshot of prod"]);
    let kept: Vec<String> = workspace.files("account-history/prod").into_keys().collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!(kept[0], "2020-01-02T000000Z.json.zst", "the oldest is gone");
    let same = workspace.run(&["diff", &format!("account-history/prod/{}", kept[1]), "account-data/prod"]);
    assert_eq!((same.code, same.out.as_str()), (Some(0), "nothing changed\n"), "{}", same.err);
}
