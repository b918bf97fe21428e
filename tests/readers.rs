//! Reading what others wrote: CloudMapper's folders without a manifest, packed files; and packing loses nothing.

use crate::support::Workspace;
use crate::support::fake_aws::{FakeAws, TABLE};

#[test]
fn cloudmappers_own_folder() {
    let workspace = Workspace::new();
    let write = |name: &str, text: &str| workspace.write(&format!("account-data/old/{name}"), text);
    write("describe-regions.json", r#"{"Regions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}], "ResponseMetadata": {}}"#);
    write("us-east-1/sqs-list-queues.json", r#"{"QueueUrls": ["a", "b"], "NextToken": "of the first page"}"#);
    write("eu-west-1/sqs-list-queues.json", "{}");
    write("us-east-1/sns-list-topics.json", r#"{"Topics": [{"TopicArn": "t"}]}"#);
    write("us-east-1/s3-list-buckets.json", r#"{"Buckets": [{"Name": "one"}, {"Name": "two"}, {"Name": "three"}]}"#);
    write("us-east-1/s3-get-bucket-location/one", r#"{"LocationConstraint": null}"#);
    write("us-east-1/s3-get-bucket-location/two", r#"{"LocationConstraint": "EU"}"#);
    let ran = workspace.run(&["stats", "--account", "old", "--format", "csv", "--no_output_image"]);
    ran.says(
        0,
        &[
            "old,SQS queues,us-east-1,2,collected,",
            "old,SQS queues,eu-west-1,0,collected,",
            "old,SNS topics,us-east-1,1,collected,",
            "old,SNS topics,eu-west-1,,not_collected,sns list-topics: NoManifest",
            "old,S3 buckets,us-east-1,1,collected,",
            "old,S3 buckets,eu-west-1,1,collected,",
            "old,S3 buckets,unknown,1,collected,",
        ],
    );
    workspace.run(&["report", "--account", "old", "--output", "r.html"]).says(0, &["r.html"]);
    workspace.run(&["snapshot", "verify", "--account", "old"]).says(1, &["no manifest"]);
}

#[test]
fn a_packed_snapshot_is_read_like_its_folder_and_unpacks_to_the_same_bytes() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.run(&["collect", "--account", "prod", "--commands", "table.yaml"]).says(0, &[]);
    // What this program would not have written that way must survive too.
    workspace.write("account-data/prod/us-east-1/hand-made.json", "{\"b\":1,   \"a\":2}\n");
    std::fs::write(workspace.path().join("account-data/prod/us-east-1/bytes"), [0xff, 0xfe, 0]).unwrap();
    let (folder, stats) =
        (workspace.files("account-data/prod"), workspace.run(&["stats", "--account", "prod", "--stats_all_resources"]).out);
    workspace.run(&["report", "--account", "prod", "--output", "folder.html"]).says(0, &[]);
    for kind in ["json", "json.zst"] {
        let file = format!("account-data/prod.{kind}");
        let zst: &[&str] = if kind == "json" { &[] } else { &["--zst"] };
        workspace.run(&[&["snapshot", "pack", "--account", "prod"], zst].concat()).says(0, &[&file]);
        std::fs::rename(workspace.path().join("account-data/prod"), workspace.path().join("aside")).unwrap();
        assert_eq!(workspace.run(&["stats", "--account", "prod", "--stats_all_resources"]).out, stats, "{kind}");
        workspace.run(&["report", "--account", "prod", "--output", "packed.html"]).says(0, &[]);
        assert_eq!(workspace.read("packed.html"), workspace.read("folder.html"));
        workspace.run(&["snapshot", "verify", "--account", "prod"]).says(1, &["not recorded: us-east-1/hand-made.json"]);
        workspace.run(&["snapshot", "unpack", &file]).says(0, &[]);
        assert_eq!(workspace.files("account-data/prod"), folder, "{kind}");
        std::fs::remove_file(workspace.path().join(&file)).unwrap();
        std::fs::remove_dir_all(workspace.path().join("account-data/prod")).unwrap();
        std::fs::rename(workspace.path().join("aside"), workspace.path().join("account-data/prod")).unwrap();
    }
}

#[test]
fn the_demo_runs_without_an_account() {
    let workspace = Workspace::new();
    workspace.run(&["demo"]).says(
        0,
        &[
            "account-data/prod",
            "EC2 instances",
            "web/account-data/report.html",
            "Public (",
            "map written to web/data.json",
            "dev:user/gus.tan can",
            "web/principals.json",
            "web/trust.json",
        ],
    );
    workspace.run(&["snapshot", "verify", "--accounts", "all"]).says(0, &["account-data/security"]);
    let page = workspace.read("web/account-data/report.html");
    assert!(page.contains("4 accounts") && page.contains("AccessDeniedException"));
    workspace.run(&["demo"]).says(0, &["is there already", "config.demo.json"]);
}

#[test]
fn verify_sees_every_change() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.run(&["collect", "--account", "prod", "--commands", "table.yaml"]).says(0, &[]);
    workspace.write("account-data/prod/us-east-1/ec2-describe-vpcs.json", "{\"Vpcs\": []}");
    std::fs::remove_file(workspace.path().join("account-data/prod/eu-west-1/ec2-describe-vpcs.json")).unwrap();
    let ran = workspace.run(&["snapshot", "verify", "--account", "prod"]);
    ran.says(1, &["changed: us-east-1/ec2-describe-vpcs.json", "missing: eu-west-1/ec2-describe-vpcs.json"]);
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    let aws = FakeAws::start();
    let workspace = Workspace::with_endpoint(&aws.url);
    workspace.write("table.yaml", TABLE);
    workspace.run(&["collect", "--account", "prod", "--commands", "table.yaml"]).says(0, &[]);
    for name in ["one.html", "two.html"] {
        workspace.run(&["report", "--account", "prod", "--output", name]).says(0, &[]);
    }
    assert_eq!(workspace.read("one.html"), workspace.read("two.html"));
}
