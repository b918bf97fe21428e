//! `amis` and `api_endpoints`: the real program on small accounts, its JSON and its text.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::Workspace;
use crate::support::stored::write;
use crate::unused_cases::same;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(rename = "id")]
    _id: String,
    command: String,
    args: Vec<String>,
    files: Map<String, Value>,
    /// Lists of public images, by Region.
    #[serde(default)]
    public_images: Map<String, Value>,
    /// Some fields of each entry.
    expect: Vec<Map<String, Value>>,
    text: String,
}

fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/others");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let read =
        |path: &Path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    names.iter().map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(path))).collect()
}

fn workspace(case: &Case) -> Workspace {
    let workspace = Workspace::new();
    let is_in = |prefix: &str| case.files.keys().any(|file| file.starts_with(prefix));
    let partition = match (is_in("cn-"), is_in("eusc-")) {
        (true, _) => "aws-cn",
        (_, true) => "aws-eusc",
        _ => "aws",
    };
    write(workspace.path(), "test", partition, &case.files, &[]);
    for (region, images) in &case.public_images {
        workspace.write(&format!("data/aws/{region}/ec2-describe-images.json"), &images.to_string());
    }
    workspace
}

fn is_as(own: &Value, expect: &Map<String, Value>) -> bool {
    let fits = expect.iter().all(|(name, value)| own.get(name).is_some_and(|own| same(own, value)));
    fits && (expect.contains_key("missing") || own.get("missing").is_none())
}

fn problem(case: &Case) -> Option<String> {
    let workspace = workspace(case);
    let own: Vec<&str> = case.args.iter().map(String::as_str).collect();
    let ran = workspace.run(&[&[case.command.as_str(), "--account", "test", "--format", "json"][..], &own].concat());
    if ran.code != Some(0) {
        return Some(format!("{ran:#?}"));
    }
    let entries: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let fits = entries.len() == case.expect.len() && entries.iter().zip(&case.expect).all(|(own, expect)| is_as(own, expect));
    if !fits {
        return Some(format!("expected {}\n but got {}", json!(case.expect), json!(entries)));
    }
    let ran = workspace.run(&[&[case.command.as_str(), "--account", "test"][..], &own].concat());
    (ran.out != case.text).then(|| format!("expected the text {:?}\n but got {:?}", case.text, ran.out))
}

#[test]
fn every_case_comes_out() {
    let wrong: Vec<String> = cases().iter().filter_map(|(name, case)| Some(format!("{name}: {}", problem(case)?))).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_filter_that_is_no_program() {
    let workspace = Workspace::new();
    let running = json!({"us-east-1/ec2-describe-instances.json": {"Reservations": [{"Instances": [
        {"InstanceId": "i-1", "ImageId": "ami-1", "State": {"Name": "running"}}]}]}});
    write(workspace.path(), "test", "aws", running.as_object().unwrap(), &[]);
    workspace.run(&["amis", "--account", "test", "--instance_filter", "select("]).says(2, &["`select(`"]);
    let ran = workspace.run(&["amis", "--account", "test", "--instance_filter", "error(\"odd\")"]);
    ran.says(0, &["i-1", "odd"]);
    assert!(!ran.out.contains("i-1"));
}

#[test]
fn what_was_not_collected_is_said() {
    let workspace = Workspace::new();
    let denied: Vec<String> = ["ec2-describe-instances", "apigateway-get-rest-apis", "lambda-list-functions"].map(str::to_owned).into();
    write(workspace.path(), "test", "aws", &Map::new(), &denied);
    workspace.run(&["amis", "--account", "test"]).says(0, &["ec2-describe-instances", "us-east-1", "AccessDenied"]);
    let ran = workspace.run(&["api_endpoints", "--account", "test"]);
    ran.says(0, &["apigateway-get-rest-apis", "lambda-list-functions", "apigatewayv2-get-apis", "us-east-1"]);
    assert_eq!(ran.out, "");
}

#[test]
fn many_gaps_are_one_note() {
    let workspace = Workspace::new();
    let functions: Vec<Value> = (10..50).map(|number| json!({"FunctionName": format!("f{number}")})).collect();
    let files = json!({"us-east-1/lambda-list-functions.json": {"Functions": functions}});
    write(workspace.path(), "test", "aws", files.as_object().unwrap(), &[]);
    let ran = workspace.run(&["api_endpoints", "--account", "test"]);
    ran.says(0, &["test: lambda-list-function-url-configs of 40 (f10, f11, f12 and 37 more) was not asked for in us-east-1"]);
    assert_eq!(ran.err.matches("lambda-list-function-url-configs").count(), 1, "{}", ran.err);
}

#[test]
fn a_filter_that_fails_everywhere_is_one_note() {
    let workspace = Workspace::new();
    let instances: Vec<Value> =
        (10..50).map(|number| json!({"InstanceId": format!("i-{number}"), "ImageId": "ami-1", "State": {"Name": "running"}})).collect();
    let files = json!({"us-east-1/ec2-describe-instances.json": {"Reservations": [{"Instances": instances}]}});
    write(workspace.path(), "test", "aws", files.as_object().unwrap(), &[]);
    let ran = workspace.run(&["amis", "--account", "test", "--instance_filter", "error(\"odd\")"]);
    ran.says(0, &["40 times: test, us-east-1, i-10; test, us-east-1, i-11", "and 37 more"]);
    assert_eq!(ran.err.matches("the filter fails").count(), 1, "{}", ran.err);
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let workspace = Workspace::new();
    let files = json!({"us-east-1/ec2-describe-security-groups.json": {"SecurityGroups": []}});
    write(workspace.path(), "test", "aws", files.as_object().unwrap(), &[]);
    workspace.run(&["api_endpoints", "--account", "test"]).says(0, &["no endpoint is known"]);
    workspace.run(&["sg_ips", "--account", "test"]).says(0, &["no group is known that lets in a network outside"]);
}

#[test]
fn csv_cells_are_no_formulas() {
    let workspace = Workspace::new();
    let files = json!({
        "us-east-1/ec2-describe-instances.json": {"Reservations": [{"Instances": [
            {"InstanceId": "i-1", "ImageId": "ami-1", "State": {"Name": "running"}, "Tags": [{"Key": "Name", "Value": "=cmd()"}]}]}]},
        "us-east-1/ec2-describe-images.json": {"Images": []},
        "us-east-1/lambda-list-functions.json": {"Functions": [{"FunctionName": "f"}]},
        "us-east-1/lambda-list-function-url-configs/f": {"FunctionUrlConfigs": [{"FunctionUrl": "https://x.lambda-url.us-east-1.on.aws/",
            "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f", "AuthType": "NONE"}]},
    });
    write(workspace.path(), "test", "aws", files.as_object().unwrap(), &[]);
    workspace
        .run(&["amis", "--account", "test", "--format", "csv"])
        .says(0, &["account,account_id,region,", ",'=cmd(),ami-1,unknown_image,"]);
    let ran = workspace.run(&["api_endpoints", "--account", "test", "--format", "csv"]);
    ran.says(0, &["account,region,type,", "test,us-east-1,FUNCTION_URL,f,f,,ANY,/,https://x.lambda-url.us-east-1.on.aws/,NONE,public"]);
}
