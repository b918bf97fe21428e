//! People of IAM Identity Center in the principal graph: who signs in as which role, directly and by groups.

use serde_json::{Value, json};

use crate::support::Workspace;
use crate::support::accounts::{PROD, all, answer, policy, role, user, with, write};

const HOME: &str = "222233334444";
const STORE: &str = "d-1234567890";
const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-1";
const ADMIN: &str = "arn:aws:sso:::permissionSet/ssoins-1/ps-admin";
const READER: &str = "arn:aws:sso:::permissionSet/ssoins-1/ps-reader";

/// A role that Identity Center made.
fn reserved(set: &str, statements: Value) -> Value {
    let name = format!("AWSReservedSSO_{set}_0123456789abcdef");
    let provider = format!("arn:aws:iam::{PROD}:saml-provider/AWSSSO_1_DO_NOT_DELETE");
    let trust = json!([{"Effect": "Allow", "Principal": {"Federated": provider}, "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}]);
    let arn = format!("arn:aws:iam::{PROD}:role/aws-reserved/sso.amazonaws.com/{name}");
    with(role(&name, trust, statements), json!({"Path": "/aws-reserved/sso.amazonaws.com/", "Arn": arn}))
}

fn asked(workspace: &Workspace, call: &str, parameters: &[&str], value: &Value) {
    let quoted: Vec<String> = parameters.iter().map(|one| one.replace(':', "%3A").replace('/', "%2F")).collect();
    answer(workspace, "home", &format!("{call}/{}", quoted.join("/")), value);
}

/// The account that holds Identity Center: ann is assigned directly, bob and carl by a group.
fn home(workspace: &Workspace) {
    let root = json!([{"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{HOME}:root")}, "Action": "sts:AssumeRole"}]);
    let own = with(role("own", root, json!([])), json!({"Arn": format!("arn:aws:iam::{HOME}:role/own")}));
    write(workspace, "home", &[], &[own], &[]);
    let instance = json!({"InstanceArn": INSTANCE, "IdentityStoreId": STORE, "OwnerAccountId": HOME, "Status": "ACTIVE"});
    answer(workspace, "home", "sso-admin-list-instances.json", &json!({"Instances": [instance]}));
    asked(workspace, "sso-admin-list-permission-sets", &[INSTANCE], &json!({"PermissionSets": [ADMIN, READER]}));
    for (arn, name) in [(ADMIN, "Full_Admin"), (READER, "Reader")] {
        let set = json!({"PermissionSet": {"Name": name, "PermissionSetArn": arn}});
        asked(workspace, "sso-admin-describe-permission-set", &[arn], &set);
        asked(workspace, "sso-admin-list-accounts-for-provisioned-permission-set", &[arn], &json!({"AccountIds": [PROD]}));
    }
    assign(workspace, ADMIN, PROD, &[("USER", "u-ann"), ("GROUP", "g-ops")]);
    assign(workspace, READER, PROD, &[("USER", "u-dora")]);
    let users = [
        json!({"UserId": "u-ann", "UserName": "ann", "DisplayName": "Ann Lee"}),
        json!({"UserId": "u-bob", "UserName": "bob@example.com"}),
        json!({"UserId": "u-carl", "UserName": "carl", "UserStatus": "DISABLED"}),
        json!({"UserId": "u-dora", "UserName": "dora", "UserArn": "arn:aws:identitystore:::user/u-dora"}),
    ];
    asked(workspace, "identitystore-list-users", &[STORE], &json!({"Users": users}));
    asked(workspace, "identitystore-list-groups", &[STORE], &json!({"Groups": [{"GroupId": "g-ops", "DisplayName": "Ops"}]}));
    let members: Vec<Value> = ["u-bob", "u-carl"].iter().map(|id| json!({"MemberId": {"UserId": id}})).collect();
    asked(workspace, "identitystore-list-group-memberships", &[STORE, "g-ops"], &json!({"GroupMemberships": members}));
}

fn assign(workspace: &Workspace, set: &str, account: &str, to: &[(&str, &str)]) {
    let one = |(kind, id): &(&str, &str)| json!({"AccountId": account, "PermissionSetArn": set, "PrincipalType": kind, "PrincipalId": id});
    let all: Vec<Value> = to.iter().map(one).collect();
    asked(workspace, "sso-admin-list-account-assignments", &[set, account], &json!({"AccountAssignments": all}));
}

fn prod(workspace: &Workspace) {
    let read = json!([{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]);
    write(workspace, "prod", &[user("iris", read.clone())], &[reserved("Full_Admin", all()), reserved("Reader", read)], &[]);
}

fn both() -> Workspace {
    let workspace = Workspace::new();
    home(&workspace);
    prod(&workspace);
    workspace
}

fn says(workspace: &Workspace, args: &[&str]) -> String {
    let ran = workspace.run(args);
    assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
    ran.out
}

const ROLE: &str = "prod:role/AWSReservedSSO_Full_Admin_0123456789abcdef";

#[test]
fn people_are_sources_and_have_reasons() {
    let workspace = both();
    let shown = says(&workspace, &["graph", "display", "--edges"]);
    for person in ["ann (Ann Lee)", "bob@example.com"] {
        let edge = format!("home:sso-user/{person} is assigned in IAM Identity Center to the role -> {ROLE}  [identity-center]\n");
        assert!(shown.contains(&edge), "{shown}");
    }
    // Who is switched off is no source.
    assert!(shown.contains("IAM Identity Center: 4 users\n") && !shown.contains("sso-user/carl is"), "{shown}");
    let ann = says(&workspace, &["path", "--from", "ann"]);
    assert!(ann.starts_with("Way 1 of 1, certain, 1 step\n"), "{ann}");
    assert!(ann.contains(&format!("with permission set Full_Admin ({ADMIN}), assigned in account {PROD} directly")), "{ann}");
    assert!(ann.contains("sts:AssumeRoleWithSAML on arn:aws:iam::"), "{ann}");
    let bob = says(&workspace, &["path", "--from", "home:sso-user/bob@example.com"]);
    assert!(bob.contains(&format!("assigned in account {PROD} by the group Ops (g-ops)")), "{bob}");
    let dora = says(&workspace, &["path", "--from", "arn:aws:identitystore:::user/u-dora"]);
    assert!(dora.contains("there is no way"), "{dora}");
}

#[test]
fn questions_are_about_people_too() {
    let workspace = both();
    let who = says(&workspace, &["query", "who can do s3:ListAllMyBuckets"]);
    assert!(
        who.contains("home:sso-user/dora CAN call action s3:ListAllMyBuckets for resource * THRU prod:role/AWSReservedSSO_Reader_"),
        "{who}"
    );
    assert!(who.contains("home:sso-user/ann (Ann Lee) CAN"), "{who}");
    let reach = says(&workspace, &["query", "who can reach admin"]);
    assert!(
        reach.contains("home:sso-user/ann (Ann Lee) can come to act as the administrative principal") && !reach.contains("dora"),
        "{reach}"
    );
    assert!(!says(&workspace, &["query", "preset privesc *"]).contains("sso-user"));
    let preset = says(&workspace, &["query", "preset privesc sso-user/ann"]);
    assert!(preset.contains("sso-user/ann (Ann Lee) can come to act as the administrative principal"), "{preset}");
}

#[test]
fn to_be_assigned_is_no_escalation() {
    let workspace = both();
    let found: Value = serde_json::from_str(&says(&workspace, &["analysis", "--output-type", "json"])).unwrap();
    assert_eq!(found["findings"], json!([]), "{found:#}");
    let cut = says(&workspace, &["cut"]);
    assert!(cut.contains("nobody can become an administrator who is none"), "{cut}");
}

#[test]
fn pictures_have_people_and_pmapper_has_none() {
    let workspace = both();
    says(&workspace, &["visualize", "--filetype", "json", "--output", "graph.json"]);
    let drawn = workspace.read("graph.json");
    assert!(drawn.contains("\"kind\":\"person\"") || drawn.contains("\"kind\": \"person\""), "{drawn}");
    for kind in ["svg", "dot", "graphml", "html"] {
        says(&workspace, &["visualize", "--filetype", kind, "--output", "graph.out"]);
        assert!(workspace.read("graph.out").contains("ann"), "{kind}");
    }
    says(&workspace, &["graph", "export", "--to", "pmapper"]);
    for file in ["nodes", "edges"] {
        for account in [HOME, PROD] {
            let text = workspace.read(&format!("pmapper/{account}/graph/{file}.json"));
            assert!(!text.contains("identitystore") && !text.contains("identity-center"), "{text}");
        }
    }
    assert_eq!(says(&workspace, &["graph", "create"]), says(&workspace, &["graph", "display"]));
}

#[test]
fn what_was_not_seen_is_said() {
    let workspace = both();
    std::fs::remove_dir_all(workspace.path().join("account-data/home/us-east-1/identitystore-list-group-memberships")).unwrap();
    assign(&workspace, ADMIN, "333344445555", &[("USER", "u-ann")]);
    asked(
        &workspace,
        "sso-admin-describe-permission-set",
        &[READER],
        &json!({"PermissionSet": {"Name": "Other", "PermissionSetArn": READER}}),
    );
    let ran = workspace.run(&["graph", "display", "--edges"]);
    assert!(!ran.out.contains("sso-user/bob@example.com is assigned"), "{}", ran.out);
    for note in [
        "not all members of the group Ops (g-ops) were collected",
        "people have roles in accounts that are not here: 333344445555",
        &format!("Other is assigned in account {PROD}, whose snapshot has no such role"),
        &format!("not all of it is known, for account {HOME} has no whole answer to identitystore-list-group-memberships"),
    ] {
        assert!(ran.err.contains(note), "{note}: {}", ran.err);
    }
    let analysis = workspace.run(&["analysis"]).out;
    assert!(analysis.contains("not all members of the group Ops"), "{analysis}");
    // Without the account that holds Identity Center, nobody knows who they are.
    let alone = workspace.run(&["graph", "display", "--accounts", "prod"]);
    assert!(alone.err.contains("who has its 2 roles here is not known"), "{}", alone.err);
}

#[test]
fn an_rcp_keeps_people_out() {
    let workspace = both();
    crate::support::accounts::organization(&workspace, "prod", &[("p-all", &format!("r-1 ou-1 {PROD}"), all())]);
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithSAML", "Resource": "*"});
    let content = policy(json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, deny])).to_string();
    answer(&workspace, "prod", "organizations-list-policies/RESOURCE_CONTROL_POLICY", &json!({"Policies": [{"Id": "p-rcp"}]}));
    answer(&workspace, "prod", "organizations-describe-policy/p-rcp", &json!({"Policy": {"Content": content}}));
    let targets: Vec<Value> = ["r-1", "ou-1", PROD].iter().map(|id| json!({"TargetId": id})).collect();
    answer(&workspace, "prod", "organizations-list-targets-for-policy/p-rcp", &json!({"Targets": targets}));
    assert!(says(&workspace, &["path", "--from", "ann"]).contains("there is no way"));
    let near = says(&workspace, &["graph", "near", "--from", "ann"]);
    assert!(
        near.starts_with("RCP p-rcp, statement 1, holds back 1 way; without it, administrators could become: home:sso-user/ann"),
        "{near}"
    );
}
