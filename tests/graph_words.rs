//! What the commands of the principal graph say, and what they take: corner cases, each on a small account.

use serde_json::{Value, json};

use crate::support::accounts::{PROD, all, answer, organization, role, user, with, write};
use crate::support::{Ran, Workspace};

fn allow(action: &str) -> Value {
    json!([{"Effect": "Allow", "Action": action, "Resource": "*"}])
}

fn root() -> String {
    format!("arn:aws:iam::{PROD}:root")
}

fn lets_in(who: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"})
}

fn under(statement: Value, condition: Value) -> Value {
    with(statement, json!({"Condition": condition}))
}

fn mfa() -> Value {
    json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})
}

fn account(users: &[Value], roles: &[Value]) -> Workspace {
    let workspace = Workspace::new();
    write(&workspace, "prod", users, roles, &[]);
    workspace
}

fn ran(workspace: &Workspace, args: &[&str]) -> Ran {
    let ran = workspace.run(args);
    assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
    ran
}

fn collected_at(workspace: &Workspace, time: &str) {
    let manifest = json!({"format": "cloudmapper-manifest/1", "tool": "cloudmapper 0.1.0", "api_models": "botocore", "with_secrets": false,
        "account": {"name": "prod", "id": PROD, "partition": "aws"}, "started": time, "finished": time, "complete": true,
        "identity": {"arn": root(), "user_id": PROD},
        "regions": [{"name": "us-east-1", "status": "opt-in-not-required"}], "calls": [
            {"service": "iam", "request": "get-account-authorization-details", "operation": "GetAccountAuthorizationDetails",
             "region": "us-east-1", "parameters": {}, "file": "us-east-1/iam-get-account-authorization-details.json", "outcome": "value",
             "time": time, "attempts": 1, "pages": 1, "sha256": "", "bytes": 0}]});
    workspace.write("account-data/prod/manifest.json", &manifest.to_string());
}

#[test]
fn who_is_spared_by_not_principal_needs_its_session_there_too() {
    let role_arn = |name: &str| format!("arn:aws:iam::{PROD}:role/{name}");
    let spares = |who: Value| json!({"Effect": "Deny", "NotPrincipal": {"AWS": who}, "Action": "sts:AssumeRole"});
    let own = || allow("sts:AssumeRole");
    let roles = [
        role("chain", json!([lets_in("arn:aws:iam::999999999999:root")]), own()),
        role("guarded", json!([lets_in(&root()), spares(json!([role_arn("chain"), user_arn("ann"), root()]))]), json!([])),
    ];
    let workspace = account(&[user("ann", own())], &roles);
    let way = |from: &str| ran(&workspace, &["path", "--from", from, "--to", "role/guarded"]).out;
    let chain = way("role/chain");
    assert!(chain.starts_with("Way 1 of 1, possible, 1 step\n") && chain.contains("NotPrincipal"), "{chain}");
    assert!(way("user/ann").starts_with("Way 1 of 1, certain, 1 step\n"));
}

fn user_arn(name: &str) -> String {
    format!("arn:aws:iam::{PROD}:user/{name}")
}

#[test]
fn what_has_expired_when_the_snapshot_was_made_is_no_way() {
    let until = json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}});
    let outsider = role("vendor", json!([under(lets_in("arn:aws:iam::999999999999:root"), until.clone())]), json!([]));
    let expired = user("late", json!([under(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}), until)]));
    let workspace = account(&[expired], &[outsider]);
    let shown = || ran(&workspace, &["graph", "display", "--edges"]).out;
    let open = shown();
    assert!(open.contains("(0 admins and 1 under conditions)") && open.contains("-> role/vendor  [trusted-principal, possible]"), "{open}");
    collected_at(&workspace, "2026-11-22T10:00:00Z");
    let closed = shown();
    assert!(closed.contains("(0 admins)") && !closed.contains("trusted-principal"), "{closed}");
    collected_at(&workspace, "2019-11-22T10:00:00Z");
    let then = shown();
    assert!(then.contains("(1 admins)") && then.contains("-> role/vendor  [trusted-principal]"), "{then}");
}

#[test]
fn possible_ways_stand_behind_certain_ones() {
    let ways = json!([lets_in(&root())]);
    let roles = [
        role("sure", ways.clone(), all()),
        role("asks", json!([under(lets_in(&root()), mfa())]), all()),
        role("asks-too", json!([under(lets_in(&root()), mfa())]), all()),
    ];
    let workspace = account(&[user("ann", allow("sts:AssumeRole"))], &roles);
    let told = ran(&workspace, &["path", "--from", "user/ann"]).out;
    let heads: Vec<&str> = told.lines().filter(|line| line.starts_with("Way")).collect();
    assert_eq!(heads, ["Way 1 of 3, certain, 1 step", "Way 2 of 3, possible, 1 step", "Way 3 of 3, possible, 1 step"]);
    let certain = ran(&workspace, &["path", "--from", "user/ann", "--certain"]).out;
    assert!(certain.starts_with("Way 1 of 1, certain") && !certain.contains("possible"), "{certain}");
    assert!(ran(&workspace, &["path", "--from", "user/ann", "--most", "1"]).out.starts_with("Way 1 of 3, certain"));
}

#[test]
fn shorter_possible_ways_are_told_too() {
    let roles = [
        role("boss", json!([lets_in(&format!("arn:aws:iam::{PROD}:role/step"))]), all()),
        role("step", json!([lets_in(&root())]), allow("sts:AssumeRole")),
        role("asks", json!([under(lets_in(&root()), mfa())]), all()),
    ];
    let workspace = account(&[user("ann", allow("sts:AssumeRole"))], &roles);
    let told = ran(&workspace, &["path", "--from", "user/ann"]).out;
    let heads: Vec<&str> = told.lines().filter(|line| line.starts_with("Way")).collect();
    assert_eq!(heads, ["Way 1 of 2, certain, 2 steps", "Way 2 of 2, possible, 1 step"]);
}

#[test]
fn who_is_an_administrator_is_told_so() {
    let conditional = user("careful", json!([under(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}), mfa())]));
    let workspace = account(&[user("boss", all()), conditional], &[]);
    let told = |from: &str| ran(&workspace, &["path", "--from", from]).out;
    assert_eq!(told("user/boss"), "user/boss is an administrator\n");
    assert_eq!(told("user/careful"), "user/careful is an administrator if aws:MultiFactorAuthPresent is true\n");
    let json: Value = serde_json::from_str(&ran(&workspace, &["path", "--from", "user/careful", "--format", "json"]).out).unwrap();
    assert_eq!(json, json!({"total": 0, "ways": [], "admin": true, "condition": "aws:MultiFactorAuthPresent is true"}));
    let same = ran(&workspace, &["path", "--from", "boss", "--to", "user/boss"]).out;
    assert_eq!(same, "boss and user/boss are the same\n");
}

#[test]
fn whose_a_resource_is_must_be_an_account() {
    let workspace = account(&[user("ann", allow("s3:GetObject"))], &[]);
    let policy =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let asked = |policy: &str, owner: &str| {
        let question = ["--resource-policy-text", policy, "--resource-owner", owner, "can user/ann do s3:GetObject with arn:aws:s3:::b/x"];
        workspace.run(&[&["query"], &question[..]].concat())
    };
    for owner in ["prod", PROD, "999999999999"] {
        assert!(asked(policy, owner).out.contains("IS authorized"), "{owner}");
    }
    let wrong = asked(policy, "zzz");
    assert!(wrong.code == Some(2) && wrong.err.contains("--resource-owner `zzz` is no account"), "{}", wrong.err);
    for bad in ["[]", r#"{"Statement": "x"}"#] {
        let ran = asked(bad, "prod");
        assert!(ran.code == Some(2) && ran.err.contains("--resource-policy-text: "), "{bad}: {}", ran.err);
    }
    // What a snapshot knows counts.
    answer(&workspace, "prod", "s3-list-buckets.json", &json!({"Buckets": [{"Name": "b"}]}));
    answer(&workspace, "prod", "s3-get-bucket-policy/b", &json!({"Policy": policy}));
    let known = asked(policy, "999999999999");
    assert!(known.code == Some(0) && known.err.contains(&format!("note: arn:aws:s3:::b is of account {PROD}")), "{}", known.err);
    assert!(!asked(policy, "prod").err.contains("is of account"));
}

#[test]
fn where_nothing_is_found_that_is_said() {
    let workspace = account(&[user("ann", json!([]))], &[]);
    let asked = |question: &str| ran(&workspace, &["query", question]).out;
    assert_eq!(asked("preset serviceaccess"), "no service can take on a role\n");
    assert_eq!(asked("preset wrongadmin"), "every administrator has `*` on `*`\n");
    answer(&workspace, "prod", "s3-list-buckets.json", &json!({"Buckets": [{"Name": "b"}]}));
    answer(&workspace, "prod", "s3-get-bucket-policy/b", &json!({"Policy": "{\"Statement\": []}"}));
    assert_eq!(asked("preset endgame s3"), "arn:aws:s3:::b\n  nobody\n");
    let clusters = workspace.run(&["argquery", "--preset", "clusters"]);
    assert!(clusters.code == Some(2) && clusters.err.contains("--resource"), "{}", clusters.err);
    let other = workspace.run(&["query", "preset connected user/ann"]);
    assert!(
        other.code == Some(2) && other.err.contains("`preset connected` has two arguments: <principal>|* <principal>|*"),
        "{}",
        other.err
    );
}

#[test]
fn one_is_one() {
    let boss = role("boss", json!([lets_in(&root())]), all());
    let workspace = account(&[user("ann", allow("sts:AssumeRole"))], &[boss]);
    let cut = ran(&workspace, &["cut"]).out;
    assert!(cut.starts_with("1 statement to change, and 1 way to become an administrator is gone; "), "{cut}");
}

#[test]
fn who_starts_is_not_avoided() {
    let boss = role("boss", json!([lets_in(&root())]), all());
    let workspace = account(&[user("ann", allow("sts:AssumeRole"))], &[boss]);
    let told = ran(&workspace, &["path", "--from", "user/ann", "--avoid", "user/*"]).out;
    assert!(told.starts_with("Way 1 of 1"), "{told}");
    let none = workspace.run(&["path", "--from", "user/ann", "--most", "0"]);
    assert!(none.code == Some(2) && none.err.contains("--most"), "{}", none.err);
    let many = workspace.run(&["path", "--from", "*ann*", "--to", "*"]);
    assert!(many.code == Some(2) && many.err.contains("write the ARN"), "{}", many.err);
    assert!(!many.err.contains("account:*"), "{}", many.err);
}

#[test]
fn outsiders_have_the_names_that_policies_give_them() {
    let bob = "arn:aws:iam::999999999999:user/bob";
    let roles = [role("one", json!([lets_in("arn:aws:iam::999999999999:root")]), all()), role("two", json!([lets_in(bob)]), all())];
    let workspace = account(&[], &roles);
    let told = |from: &str| ran(&workspace, &["path", "--from", from]).out;
    let account = told("999999999999");
    assert!(account.contains("   account 999999999999 is let in by the role's trust policy -> role/one"), "{account}");
    assert_eq!(told("arn:aws:iam::999999999999:root"), account);
    assert!(told(bob).contains(&format!("   {bob} is let in by the role's trust policy -> role/two")), "{}", told(bob));
}

#[test]
fn policies_that_hang_nobody_knows_where_are_told_plainly() {
    let workspace = account(&[user("boss", all())], &[]);
    let asked = |some: Value| {
        organization(&workspace, "prod", &[("p-all", &format!("r-1 ou-1 {PROD}"), all()), ("p-some", "ou-1", some)]);
        let file = workspace.path().join("account-data/prod/us-east-1/organizations-list-targets-for-policy/p-some");
        std::fs::remove_file(file).unwrap();
        workspace.run(&["query", "can user/boss do sqs:ListQueues"])
    };
    let harmless = asked(all());
    assert!(harmless.out.starts_with("user/boss IS authorized to call action sqs:ListQueues for resource *\n"), "{}", harmless.out);
    assert!(harmless.err.contains("where policy p-some is attached was not collected"), "{}", harmless.err);
    let denies = asked(json!([{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}])).out;
    assert!(
        denies.contains("IS authorized") && denies.contains(" if policy p-some, attached nobody knows where, does not limit the account\n"),
        "{denies}"
    );
}

#[test]
fn principals_without_an_arn_are_missed() {
    let workspace = account(&[user("ann", all()), with(user("lost", all()), json!({"Arn": ""}))], &[]);
    let shown = workspace.run(&["graph", "display"]);
    assert!(shown.err.contains("1 user or role has no ARN"), "{}", shown.err);
    assert!(shown.out.contains("# of Nodes:              1 (1 admins)"), "{}", shown.out);
}
