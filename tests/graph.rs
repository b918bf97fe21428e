//! The principal graph by its commands, on PMapper's own playground and on small accounts of which each tells one thing.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::accounts::{PROD, all, organization, role, user, with, write};

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn trusts(principal: Value) -> Value {
    json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}])
}

fn root() -> Value {
    json!({"AWS": format!("arn:aws:iam::{PROD}:root")})
}

fn service(name: &str) -> Value {
    json!({"Service": format!("{name}.amazonaws.com")})
}

fn below(path: &str, principal: Value, kind: &str) -> Value {
    let name = principal[if kind == "user" { "UserName" } else { "RoleName" }].as_str().unwrap().to_owned();
    with(principal, json!({"Path": path, "Arn": format!("arn:aws:iam::{PROD}:{kind}{path}{name}")}))
}

/// PMapper's own test account: six edges, two administrators.
fn playground(workspace: &Workspace) {
    let s3 = || json!([allow("s3:*", "*")]);
    let jump = || json!([allow("sts:AssumeRole", "*")]);
    let roles = [
        role("ec2_ssm_role", trusts(service("ec2")), json!([allow("ssmmessages:*", "*")])),
        role("ec2_admin_role", trusts(service("ec2")), all()),
        role("s3_access_role", trusts(root()), s3()),
        role("s3_access_role_alt", trusts(json!({"AWS": PROD})), s3()),
        role("external_s3_access_role", trusts(json!({"AWS": "arn:aws:iam::999999999999:root"})), s3()),
        below("/somepath/", role("somerole", trusts(json!({"AWS": PROD})), s3()), "role"),
    ];
    let users = [user("admin", all()), user("jumpuser", jump()), below("/somepath/", user("some_other_jumpuser", jump()), "user")];
    write(workspace, "prod", &users, &roles, &[]);
}

/// What a command prints, where all went well.
fn says(workspace: &Workspace, args: &[&str]) -> String {
    let ran = workspace.run(args);
    assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
    ran.out
}

#[test]
fn playground_has_what_pmapper_finds() {
    let workspace = Workspace::new();
    playground(&workspace);
    let created = says(&workspace, &["graph", "create"]);
    assert!(created.contains(&format!("Graph Data for Account:  {PROD} (prod)")), "{created}");
    assert!(
        created.contains("# of Nodes:              9 (2 admins)") && created.contains("# of Edges:              6 certain, 0 possible"),
        "{created}"
    );
    let listed = says(&workspace, &["graph", "list"]);
    assert!(listed.starts_with(&format!("{PROD} (prod, cloudmapper ")), "{listed}");
    let displayed = says(&workspace, &["graph", "display", "--edges"]);
    for user in ["user/jumpuser", "user/some_other_jumpuser"] {
        for role in ["s3_access_role", "s3_access_role_alt", "somerole"] {
            assert!(displayed.contains(&format!("{user} can assume the role -> role/{role}  [sts-001]")), "{displayed}");
        }
    }
    assert!(!displayed.contains("-> role/external_s3_access_role  [sts-001]"), "{displayed}");
}

#[test]
fn questions_in_words() {
    let workspace = Workspace::new();
    playground(&workspace);
    let asked = |question: &str| says(&workspace, &["query", question]);
    let direct = asked("can role/s3_access_role do s3:ListAllMyBuckets");
    assert!(direct.contains("role/s3_access_role IS authorized to call action s3:ListAllMyBuckets for resource *"), "{direct}");
    let through = asked("can user/jumpuser do s3:ListAllMyBuckets");
    assert!(through.contains("user/jumpuser CAN call action s3:ListAllMyBuckets for resource * THRU role/s3_access_role"), "{through}");
    assert!(through.contains("   user/jumpuser can assume the role -> role/s3_access_role  [sts-001]"), "{through}");
    let no = says(&workspace, &["query", "-u", "can user/jumpuser do ec2:RunInstances with *"]);
    assert!(no.contains("user/jumpuser CANNOT call action ec2:RunInstances"), "{no}");
    let everybody = asked("who can do s3:ListAllMyBuckets");
    assert!(everybody.contains("user/admin IS authorized") && !everybody.contains("ec2_ssm_role"), "{everybody}");
    assert!(!says(&workspace, &["query", "-s", "who can do s3:ListAllMyBuckets"]).contains("user/admin IS"));
    let by_options = says(&workspace, &["argquery", "--principal", "user/jumpuser", "--action", "s3:ListAllMyBuckets"]);
    assert_eq!(by_options, through);
    let wrong = workspace.run(&["query", "can user/jumpuser please do"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("preset wrongadmin"), "{}", wrong.err);
    let nobody = workspace.run(&["query", "can user/jump do s3:GetObject"]);
    assert!(nobody.code == Some(2) && nobody.err.contains("user/jumpuser"), "{}", nobody.err);
}

#[test]
fn policies_that_come_with_a_question() {
    let workspace = Workspace::new();
    playground(&workspace);
    let session = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:List*","Resource":"*"}]}"#;
    let limited = says(
        &workspace,
        &[
            "argquery",
            "-u",
            "--principal",
            "role/s3_access_role",
            "--action",
            "s3:GetAccountPublicAccessBlock",
            "--session-policy",
            session,
        ],
    );
    assert!(limited.contains("CANNOT"), "{limited}");
    let bucket =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
    let denied = says(
        &workspace,
        &[
            "argquery",
            "-u",
            "--principal",
            "role/s3_access_role",
            "--action",
            "s3:GetObject",
            "--resource",
            "arn:aws:s3:::b/k",
            "--resource-policy-text",
            bucket,
        ],
    );
    assert!(denied.contains("CANNOT"), "{denied}");
}

/// `low` assumes `middle` with MFA, `middle` makes functions with `high`.
fn chain(workspace: &Workspace) {
    let with_mfa = json!([{"Effect": "Allow", "Principal": root(), "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]);
    let makes = json!([
        allow("lambda:CreateFunction", "*"),
        allow("lambda:InvokeFunction", "*"),
        allow("iam:PassRole", &format!("arn:aws:iam::{PROD}:role/high"))
    ]);
    let roles = [role("middle", with_mfa, makes), role("high", trusts(service("lambda")), all())];
    let users = [user("low", json!([allow("sts:AssumeRole", &format!("arn:aws:iam::{PROD}:role/middle"))]))];
    write(workspace, "prod", &users, &roles, &[]);
}

#[test]
fn a_way_tells_each_step_with_its_conditions_and_statements() {
    let workspace = Workspace::new();
    chain(&workspace);
    let told = says(&workspace, &["path", "--from", "user/low"]);
    assert!(told.contains("Way 1 of 1, possible, 2 steps"), "{told}");
    assert!(told.contains("user/low can assume the role -> role/middle  [sts-001, possible]"), "{told}");
    assert!(told.contains("aws:MultiFactorAuthPresent is true"), "{told}");
    assert!(
        told.contains(&format!(
            "iam:PassRole on arn:aws:iam::{PROD}:role/high: inline policy own of arn:aws:iam::{PROD}:role/middle, statement 2"
        )),
        "{told}"
    );
    let json: Value = serde_json::from_str(&says(&workspace, &["path", "--from", "user/low", "--format", "json"])).unwrap();
    assert_eq!((json["total"].as_u64(), json["ways"][0]["steps"][1]["technique"].as_str()), (Some(1), Some("lambda-001")));
    assert_eq!(json["ways"][0]["certain"], false);
    assert!(says(&workspace, &["path", "--from", "user/low", "--certain"]).contains("there is no way"));
    assert!(says(&workspace, &["path", "--from", "user/low", "--avoid", "role/middle"]).contains("there is no way"));
    assert_eq!(workspace.run(&["path", "--from", "user/low", "--fail-if-found"]).code, Some(1));
}

#[test]
fn the_cut_is_the_smallest_and_it_cuts() {
    let workspace = Workspace::new();
    chain(&workspace);
    let cut: Value = serde_json::from_str(&says(&workspace, &["cut", "--format", "json"])).unwrap();
    assert_eq!((cut["smallest"].as_bool(), cut["changes"].as_array().map(Vec::len)), (Some(true), Some(1)), "{cut}");
    let policy = cut["changes"][0]["statement"]["policy"].as_str().unwrap();
    assert!(policy.ends_with("role/middle"), "{cut}");
    // Without that statement, nobody can become an administrator.
    let removed = cut["changes"][0]["statement"]["statement"].as_u64().unwrap();
    let file = "account-data/prod/us-east-1/iam-get-account-authorization-details.json";
    let mut details: Value = serde_json::from_str(&workspace.read(file)).unwrap();
    let statements = details.pointer_mut("/RoleDetailList/0/RolePolicyList/0/PolicyDocument/Statement").unwrap().as_array_mut().unwrap();
    statements.remove(usize::try_from(removed).unwrap());
    workspace.write(file, &details.to_string());
    assert!(says(&workspace, &["cut"]).contains("nobody can become an administrator"));
}

/// A policy that the account manages, with one version.
fn managed(name: &str, statements: Value) -> Value {
    let version = json!({"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": statements}});
    json!({"Arn": format!("arn:aws:iam::{PROD}:policy/{name}"), "PolicyName": name, "DefaultVersionId": "v1", "PolicyVersionList": [version]})
}

fn attached(name: &str) -> Value {
    json!({"PolicyName": name, "PolicyArn": format!("arn:aws:iam::{PROD}:policy/{name}")})
}

#[test]
fn what_comes_back_by_another_policy_is_cut_too() {
    let workspace = Workspace::new();
    let rewrites = |name: &str| allow("iam:CreatePolicyVersion", &format!("arn:aws:iam::{PROD}:policy/{name}"));
    let both = user("low", json!([rewrites("one"), rewrites("two"), allow("s3:ListAllMyBuckets", "*")]));
    let both = with(both, json!({"AttachedManagedPolicies": [attached("one"), attached("two")]}));
    let policies = ["one", "two"].map(|name| managed(name, json!([allow("sqs:ListQueues", "*")])));
    write(&workspace, "prod", &[both], &[], &policies);
    let cut: Value = serde_json::from_str(&says(&workspace, &["cut", "--format", "json"])).unwrap();
    let changes = cut["changes"].as_array().unwrap();
    let mut statements: Vec<u64> = changes.iter().map(|change| change["statement"]["statement"].as_u64().unwrap()).collect();
    statements.sort_unstable();
    assert_eq!((statements, cut["smallest"].as_bool(), cut["edges"].as_u64()), (vec![0, 1], Some(true), Some(1)), "{cut}");
}

#[test]
fn each_door_of_the_internet_is_told() {
    let workspace = Workspace::new();
    let everybody = || trusts(json!("*"));
    let roles = [
        role("one", everybody(), all()),
        role("other", everybody(), all()),
        role("harmless", trusts(service("ec2")), json!([allow("s3:ListBucket", "*")])),
    ];
    write(&workspace, "prod", &[], &roles, &[]);
    let told: Value = serde_json::from_str(&says(&workspace, &["analysis", "--output-type", "json"])).unwrap();
    let text = told.to_string();
    let finding = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["id"] == "internet-to-admin")
        .unwrap_or_else(|| panic!("{text}"));
    let of = finding["of"].as_array().unwrap();
    let ends: Vec<&str> = of.iter().map(|of| of["principals"][1].as_str().unwrap()).collect();
    assert_eq!(ends, [format!("arn:aws:iam::{PROD}:role/one"), format!("arn:aws:iam::{PROD}:role/other")], "{finding}");
}

#[test]
fn presets() {
    let workspace = Workspace::new();
    chain(&workspace);
    let privesc = says(&workspace, &["query", "preset privesc *"]);
    assert!(privesc.contains("role/high is an administrative principal"), "{privesc}");
    assert!(
        privesc.contains("user/low can escalate privileges by accessing the administrative principal role/high (possible):"),
        "{privesc}"
    );
    let connected = says(&workspace, &["query", "preset connected role/middle role/high"]);
    assert!(connected.contains("role/middle is able to access role/high:"), "{connected}");
    let services = says(&workspace, &["query", "preset serviceaccess"]);
    assert!(services.contains("lambda.amazonaws.com\n    role/high\n"), "{services}");
    assert_eq!(says(&workspace, &["query", "preset wrongadmin"]), "every administrator has `*` on `*`\n");
    let reach = says(&workspace, &["query", "who can reach role/middle"]);
    assert!(reach.contains("user/low is able to access role/middle (possible):"), "{reach}");
}

#[test]
fn clusters_are_told_by_a_tag() {
    let workspace = Workspace::new();
    let tagged = |principal: Value, team: &str| with(principal, json!({"Tags": [{"Key": "team", "Value": team}]}));
    let users = [tagged(user("dev", json!([allow("sts:AssumeRole", "*")])), "dev")];
    write(&workspace, "prod", &users, &[tagged(role("ops", trusts(root()), json!([])), "ops")], &[]);
    let told = says(&workspace, &["query", "preset clusters team"]);
    assert!(told.contains("dev:\n   user/dev\nops:\n   role/ops\n"), "{told}");
    assert!(told.contains("user/dev can cross boundaries and access role/ops"), "{told}");
}

#[test]
fn an_scp_that_denies_takes_the_edge_away() {
    let workspace = Workspace::new();
    chain(&workspace);
    let deny = json!([{"Effect": "Deny", "Action": "lambda:CreateFunction", "Resource": "*"}]);
    organization(&workspace, "prod", &[("p-all", &format!("r-1 ou-1 {PROD}"), all()), ("p-none", "ou-1", deny)]);
    let out = workspace.run(&["path", "--accounts", "prod", "--from", "role/middle"]).out;
    assert!(out.contains("there is no way"), "{out}");
}

#[test]
fn analysis_names_what_is_wrong() {
    let workspace = Workspace::new();
    chain(&workspace);
    let found: Value = serde_json::from_str(&says(&workspace, &["analysis", "--output-type", "json"])).unwrap();
    let ids: Vec<&str> = found["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["privilege-escalation", "admin-lambda-role"], "{found}");
    assert_eq!(found["findings"][0]["of"].as_array().map(Vec::len), Some(2));
    assert_eq!(workspace.run(&["analysis", "--fail-on", "high"]).code, Some(1));
    let text = says(&workspace, &["analysis"]);
    assert!(text.contains("## IAM Principals Can Escalate Privileges (2)"), "{text}");
}

#[test]
fn pmapper_reads_what_is_exported() {
    let workspace = Workspace::new();
    chain(&workspace);
    says(&workspace, &["graph", "export", "--to", "pmapper"]);
    let read = |name: &str| -> Value { serde_json::from_str(&workspace.read(&format!("pmapper/{PROD}/{name}"))).unwrap() };
    assert_eq!(read("metadata.json"), json!({"account_id": PROD, "pmapper_version": "1.1.5"}));
    let edges = read("graph/edges.json");
    let lambda = edges.as_array().unwrap().iter().find(|edge| edge["technique"] == "lambda-001").unwrap();
    assert_eq!(
        (lambda["short_reason"].as_str(), lambda["source"].as_str()),
        (Some("Lambda"), Some(&*format!("arn:aws:iam::{PROD}:role/middle")))
    );
    let nodes = read("graph/nodes.json");
    let high = nodes.as_array().unwrap().iter().find(|node| node["arn"].as_str().unwrap().ends_with("role/high")).unwrap();
    assert_eq!((high["is_admin"].as_bool(), high["access_keys"].as_u64()), (Some(true), Some(0)));
}

#[test]
fn what_pmapper_stored_becomes_a_snapshot() {
    let workspace = Workspace::new();
    let deny = json!([{"Effect": "Deny", "Action": "lambda:CreateFunction", "Resource": "*"}]);
    chain(&workspace);
    organization(&workspace, "prod", &[("p-1", &format!("r-1 ou-1 {PROD}"), json!([allow("*", "*")])), ("p-2", "ou-1", deny)]);
    says(&workspace, &["graph", "export", "--to", "pmapper"]);
    // As PMapper tells of a function that it saw, and of what policies decide, which is judged again.
    let arn = |name: &str| format!("arn:aws:iam::{PROD}:{name}");
    let seen = |from: &str, to: &str, label: &str| json!({"source": arn(from), "destination": arn(to), "reason": "can use it", "short_reason": label});
    let edges =
        json!([seen("user/low", "role/high", "Lambda"), seen("role/high", "user/low", "Lambda"), seen("user/low", "role/high", "IAM")]);
    workspace.write(&format!("pmapper/{PROD}/graph/edges.json"), &edges.to_string());
    assert_eq!(says(&workspace, &["graph", "import", "pmapper", "--name", "old"]), "account-data/old\n");
    let told = says(&workspace, &["path", "--accounts", "old", "--from", "user/low", "--to", "role/high"]);
    assert!(told.contains("user/low can get at, as PMapper found, -> role/high  [imported, possible]"), "{told}");
    assert!(told.contains("PMapper found that it can use it (Lambda)"), "{told}");
    let edges = |account: &str| {
        let all = says(&workspace, &["graph", "display", "--edges", "--accounts", account]);
        all.lines()
            .filter(|line| line.ends_with(']') && !line.contains("imported"))
            .map(|line| line.replace("of old", "of prod"))
            .collect::<Vec<_>>()
    };
    assert_eq!(edges("old"), edges("prod"));
    assert!(!edges("old").iter().any(|line| line.contains("lambda-001")), "SCPs come along");
    assert!(workspace.run(&["snapshot", "verify", "account-data/old"]).code == Some(0));
    let again = workspace.run(&["graph", "import", "pmapper", "--name", "old"]);
    assert!(again.code == Some(2) && again.err.contains("`./account-data/old` is there already"), "{}", again.err);
    let nothing = workspace.run(&["graph", "import", "account-data"]);
    assert!(nothing.code == Some(2) && nothing.err.contains("holds no graph of PMapper"), "{}", nothing.err);
    workspace.write(&format!("pmapper/{PROD}/graph/nodes.json"), "[{}]");
    let odd = workspace.run(&["graph", "import", "pmapper", "--name", "odd"]);
    assert!(odd.code == Some(2) && odd.err.contains("nodes.json` is not what PMapper stores: missing field `arn`"), "{}", odd.err);
}

#[test]
fn a_changed_snapshot_gets_a_new_graph() {
    let workspace = Workspace::new();
    chain(&workspace);
    says(&workspace, &["graph", "create"]);
    write(&workspace, "prod", &[user("other", all())], &[], &[]);
    let told = says(&workspace, &["query", "preset privesc *"]);
    assert_eq!(told, "user/other is an administrative principal\n");
}

#[test]
fn names_are_shown_safely() {
    let workspace = Workspace::new();
    let name = "evil\u{1b}[31m\u{202e}";
    let evil = with(user("x", all()), json!({"UserName": name, "Arn": format!("arn:aws:iam::{PROD}:user/{name}")}));
    write(&workspace, "prod", &[evil], &[], &[]);
    for args in [vec!["query", "preset privesc *"], vec!["graph", "display", "--edges"], vec!["analysis"]] {
        let told = says(&workspace, &args);
        assert!(!told.contains('\u{1b}') && !told.contains('\u{202e}'), "{told}");
    }
}

#[test]
fn one_question_after_another() {
    let workspace = Workspace::new();
    chain(&workspace);
    let lines = "who can reach role/middle\nnonsense\nargquery --principal user/low --action iam:ListUsers\nquery -u \"can user/low do s3:GetObject\"\nexit\nnever read\n";
    let ran = workspace.run_with_input(&["repl"], lines);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("user/low is able to access role/middle") && ran.out.contains("`nonsense` begins no question"), "{}", ran.out);
    assert!(ran.out.contains("user/low CAN, possibly, call action iam:ListUsers"), "{}", ran.out);
    assert!(!ran.out.contains("never"), "{}", ran.out);
}

/// Roles with the same trust policy are asked about once, unless it looks at their tags.
#[test]
fn a_trust_policy_can_ask_for_the_tags_of_its_role() {
    let workspace = Workspace::new();
    let tagged = |principal: Value, team: &str| with(principal, json!({"Tags": [{"Key": "team", "Value": team}]}));
    let same_team = json!([{"Effect": "Allow", "Principal": root(), "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}}]);
    let users = [tagged(user("dev", json!([allow("sts:AssumeRole", "*")])), "one")];
    let roles = ["one", "two"].map(|team| tagged(role(&format!("of-{team}"), same_team.clone(), json!([])), team));
    write(&workspace, "prod", &users, &roles, &[]);
    let displayed = says(&workspace, &["graph", "display", "--edges"]);
    assert!(displayed.contains("user/dev can assume the role -> role/of-one  [sts-001]"), "{displayed}");
    assert!(!displayed.contains("-> role/of-two"), "{displayed}");
}
