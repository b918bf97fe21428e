//! Small accounts for questions about IAM, in CloudMapper's layout.

use serde_json::{Value, json};

use super::Workspace;

pub const PROD: &str = "111122223333";

/// A user or role with inline policies, by name.
pub fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

pub fn user(name: &str, statements: Value) -> Value {
    json!({
        "Arn": format!("arn:aws:iam::{PROD}:user/{name}"), "UserName": name, "UserId": format!("AIDA{name}"), "Path": "/", "GroupList": [],
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": policy(statements)}], "AttachedManagedPolicies": [],
    })
}

pub fn role(name: &str, trust: Value, statements: Value) -> Value {
    json!({
        "Arn": format!("arn:aws:iam::{PROD}:role/{name}"), "RoleName": name, "RoleId": format!("AROA{name}"), "Path": "/",
        "AssumeRolePolicyDocument": policy(trust), "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": policy(statements)}], "AttachedManagedPolicies": [],
    })
}

/// Adds members to an object.
pub fn with(mut value: Value, more: Value) -> Value {
    let (Value::Object(object), Value::Object(more)) = (&mut value, more) else { panic!("no objects") };
    object.extend(more);
    value
}

/// Everything on everything.
pub fn all() -> Value {
    json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
}

/// Writes an account: its users, roles and customer-managed policies.
pub fn write(workspace: &Workspace, name: &str, users: &[Value], roles: &[Value], policies: &[Value]) {
    let details = json!({"UserDetailList": users, "RoleDetailList": roles, "GroupDetailList": [], "Policies": policies});
    answer(workspace, name, "iam-get-account-authorization-details.json", &details);
    workspace.write(&format!("account-data/{name}/describe-regions.json"), r#"{"Regions": [{"RegionName": "us-east-1"}]}"#);
}

/// Writes the answer to a call.
pub fn answer(workspace: &Workspace, name: &str, file: &str, value: &Value) {
    workspace.write(&format!("account-data/{name}/us-east-1/{file}"), &value.to_string());
}

/// An organization with the account in a unit, and SCPs by what they are attached to.
pub fn organization(workspace: &Workspace, name: &str, scps: &[(&str, &str, Value)]) {
    let organization = json!({"Organization": {"Id": "o-test", "MasterAccountId": "999999999999"}});
    answer(workspace, name, "organizations-describe-organization.json", &organization);
    answer(workspace, name, "organizations-list-roots.json", &json!({"Roots": [{"Id": "r-1"}]}));
    answer(workspace, name, "organizations-list-organizational-units-for-parent/1/r-1", &json!({"OrganizationalUnits": [{"Id": "ou-1"}]}));
    answer(workspace, name, "organizations-list-accounts-for-parent/ou-1", &json!({"Accounts": [{"Id": PROD}]}));
    let ids: Vec<Value> = scps.iter().map(|(id, ..)| json!({"Id": id})).collect();
    answer(workspace, name, "organizations-list-policies/SERVICE_CONTROL_POLICY", &json!({"Policies": ids}));
    for (id, targets, statements) in scps {
        let content = policy(statements.clone()).to_string();
        answer(workspace, name, &format!("organizations-describe-policy/{id}"), &json!({"Policy": {"Content": content}}));
        let targets: Vec<Value> = targets.split(' ').map(|target| json!({"TargetId": target})).collect();
        answer(workspace, name, &format!("organizations-list-targets-for-policy/{id}"), &json!({"Targets": targets}));
    }
}
