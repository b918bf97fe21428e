//! awsQuery.

use aws_sdk_iam::types::{AccessAdvisorUsageGranularityType, AssignmentStatusType, EntityType};
use conformance::{Case, same, typed, wait};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// A policy document as the typed client has it, under the escapes.
fn document(text: &str) -> Value {
    serde_json::from_str(&percent_decode_str(text).decode_utf8().unwrap()).unwrap()
}

#[test]
fn get_account_authorization_details() {
    let parameters = json!({"Filter": ["User", "LocalManagedPolicy"], "Marker": "a+/=b", "MaxItems": 1000});
    let case = Case::new(
        "iam",
        "GetAccountAuthorizationDetails",
        parameters,
        include_str!("../answers/iam/get-account-authorization-details.xml"),
    );
    let call =
        typed!(aws_sdk_iam, case).get_account_authorization_details().filter(EntityType::User).filter(EntityType::LocalManagedPolicy);
    let output = wait(call.marker("a+/=b").max_items(1000).send()).unwrap();
    let ours = case.judge(&output);
    let [alice, bob] = output.user_detail_list() else { panic!("two users") };
    let role = &output.role_detail_list()[0];
    let policy = &output.policies()[0];
    same!(ours,
        "/IsTruncated" => output.is_truncated(),
        "/Marker" => output.marker(),
        "/UserDetailList/0/PermissionsBoundary/PermissionsBoundaryArn" => alice.permissions_boundary().unwrap().permissions_boundary_arn(),
        "/UserDetailList/0/Tags/0/Value" => alice.tags()[0].value(),
        "/UserDetailList/1/UserPolicyList/0/PolicyDocument" => document(bob.user_policy_list()[0].policy_document().unwrap()),
        "/UserDetailList/1/UserPolicyList/1/PolicyDocument" => document(bob.user_policy_list()[1].policy_document().unwrap()),
        "/UserDetailList/1/UserPolicyList/1/PolicyDocument/Statement/0/Resource" => "arn:aws:s3:::b/a+b%é/*",
        "/UserDetailList/1/CreateDate" => "2013-10-14T18:32:25.250000+00:00",
        "/GroupDetailList/0/AttachedManagedPolicies/0/PolicyArn" => output.group_detail_list()[0].attached_managed_policies()[0].policy_arn(),
        "/RoleDetailList/0/AssumeRolePolicyDocument" => document(role.assume_role_policy_document().unwrap()),
        "/RoleDetailList/0/InstanceProfileList/0/Roles/0/AssumeRolePolicyDocument" =>
            document(role.instance_profile_list()[0].roles()[0].assume_role_policy_document().unwrap()),
        "/RoleDetailList/0/RoleLastUsed/Region" => role.role_last_used().unwrap().region(),
        "/Policies/0/PolicyVersionList/0/Document" => document(policy.policy_version_list()[0].document().unwrap()),
        "/Policies/0/PolicyVersionList/1/IsDefaultVersion" => policy.policy_version_list()[1].is_default_version(),
        "/Policies/0/AttachmentCount" => policy.attachment_count(),
    );
}

#[test]
fn list_roles() {
    let parameters = json!({"PathPrefix": "/application_abc/", "Marker": "m", "MaxItems": 2});
    let case = Case::new("iam", "ListRoles", parameters, include_str!("../answers/iam/list-roles.xml"));
    let call = typed!(aws_sdk_iam, case).list_roles().path_prefix("/application_abc/").marker("m").max_items(2);
    let output = wait(call.send()).unwrap();
    let ours = case.judge(&output);
    let roles = output.roles();
    same!(ours,
        "/Marker" => output.marker(),
        "/Roles/0/MaxSessionDuration" => roles[0].max_session_duration(),
        "/Roles/1/Description" => roles[1].description(),
        "/Roles/1/AssumeRolePolicyDocument" => document(roles[1].assume_role_policy_document().unwrap()),
    );
}

#[test]
fn list_roles_where_there_are_none() {
    let case = Case::new("iam", "ListRoles", json!({}), include_str!("../answers/iam/list-roles-empty.xml"));
    let output = wait(typed!(aws_sdk_iam, case).list_roles().send()).unwrap();
    assert_eq!(case.judge(&output), json!({"Roles": [], "IsTruncated": output.is_truncated()}));
}

#[test]
fn get_credential_report() {
    let case = Case::new("iam", "GetCredentialReport", json!({}), include_str!("../answers/iam/get-credential-report.xml"));
    let output = wait(typed!(aws_sdk_iam, case).get_credential_report().send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/Content" => std::str::from_utf8(output.content().unwrap().as_ref()).unwrap(),
        "/ReportFormat" => output.report_format().unwrap().as_str(),
        "/GeneratedTime" => "2015-04-09T12:00:01.500000+00:00",
    );
}

#[test]
fn get_role() {
    let case = Case::new("iam", "GetRole", json!({"RoleName": "S3Access"}), include_str!("../answers/iam/get-role.xml"));
    let output = wait(typed!(aws_sdk_iam, case).get_role().role_name("S3Access").send()).unwrap();
    let ours = case.judge(&output);
    let role = output.role().unwrap();
    same!(ours,
        "/Role/AssumeRolePolicyDocument" => document(role.assume_role_policy_document().unwrap()),
        "/Role/AssumeRolePolicyDocument/Statement/0/Condition/StringEquals" => json!({"sts:ExternalId": "a+b c"}),
        "/Role/PermissionsBoundary/PermissionsBoundaryType" => "PermissionsBoundaryPolicy",
        "/Role/RoleLastUsed" => json!({"LastUsedDate": "2019-11-20T17:09:20+00:00", "Region": role.role_last_used().unwrap().region()}),
        "/Role/Tags/1" => json!({"Key": role.tags()[1].key(), "Value": role.tags()[1].value()}),
        "/Role/Description" => role.description(),
    );
}

#[test]
fn get_role_that_nobody_used() {
    let case = Case::new("iam", "GetRole", json!({"RoleName": "r"}), include_str!("../answers/iam/get-role-never-used.xml"));
    let output = wait(typed!(aws_sdk_iam, case).get_role().role_name("r").send()).unwrap();
    same!(case.judge(&output), "/Role/RoleLastUsed" => json!({}));
}

#[test]
fn get_account_summary() {
    let case = Case::new("iam", "GetAccountSummary", json!({}), include_str!("../answers/iam/get-account-summary.xml"));
    let output = wait(typed!(aws_sdk_iam, case).get_account_summary().send()).unwrap();
    let ours = case.judge(&output);
    let typed: serde_json::Map<_, _> =
        output.summary_map().unwrap().iter().map(|(key, value)| (key.as_str().to_owned(), json!(value))).collect();
    assert_eq!(ours, json!({"SummaryMap": typed}));
    assert_eq!(typed.len(), 5);
}

#[test]
fn get_service_last_accessed_details() {
    let parameters = json!({"JobId": "98a765b4-3cde-2101-2345-example678f9", "MaxItems": 1});
    let case =
        Case::new("iam", "GetServiceLastAccessedDetails", parameters, include_str!("../answers/iam/get-service-last-accessed-details.xml"));
    let call = typed!(aws_sdk_iam, case).get_service_last_accessed_details().job_id("98a765b4-3cde-2101-2345-example678f9").max_items(1);
    let output = wait(call.send()).unwrap();
    let ours = case.judge(&output);
    let s3 = &output.services_last_accessed()[1];
    same!(ours,
        "/JobStatus" => output.job_status().as_str(),
        "/ServicesLastAccessed/1/TrackedActionsLastAccessed/0/ActionName" => s3.tracked_actions_last_accessed()[0].action_name(),
        "/ServicesLastAccessed/1/TotalAuthenticatedEntities" => s3.total_authenticated_entities(),
        "/JobCompletionDate" => "2018-10-24T19:47:35.241000+00:00",
        "/Error/Code" => output.error().unwrap().code(),
    );
}

#[test]
fn generate_service_last_accessed_details() {
    let parameters = json!({"Arn": "arn:aws:iam::123456789012:user/a+b", "Granularity": "ACTION_LEVEL"});
    let body = include_str!("../answers/iam/generate-service-last-accessed-details.xml");
    let case = Case::new("iam", "GenerateServiceLastAccessedDetails", parameters, body);
    let call = typed!(aws_sdk_iam, case).generate_service_last_accessed_details().arn("arn:aws:iam::123456789012:user/a+b");
    let output = wait(call.granularity(AccessAdvisorUsageGranularityType::ActionLevel).send()).unwrap();
    same!(case.judge(&output), "/JobId" => output.job_id());
}

#[test]
fn get_account_password_policy() {
    let case = Case::new("iam", "GetAccountPasswordPolicy", json!({}), include_str!("../answers/iam/get-account-password-policy.xml"));
    let output = wait(typed!(aws_sdk_iam, case).get_account_password_policy().send()).unwrap();
    let ours = case.judge(&output);
    let policy = output.password_policy().unwrap();
    same!(ours,
        "/PasswordPolicy/RequireSymbols" => policy.require_symbols(),
        "/PasswordPolicy/MaxPasswordAge" => policy.max_password_age(),
        "/PasswordPolicy/HardExpiry" => policy.hard_expiry(),
    );
}

#[test]
fn list_virtual_mfa_devices() {
    let case = Case::new(
        "iam",
        "ListVirtualMFADevices",
        json!({"AssignmentStatus": "Any"}),
        include_str!("../answers/iam/list-virtual-mfa-devices.xml"),
    );
    let output = wait(typed!(aws_sdk_iam, case).list_virtual_mfa_devices().assignment_status(AssignmentStatusType::Any).send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/VirtualMFADevices/1/User/Arn" => output.virtual_mfa_devices()[1].user().unwrap().arn(),
        "/VirtualMFADevices/1/User/PasswordLastUsed" => "2019-10-13T22:00:36+00:00",
    );
}

#[test]
fn lists_of_texts() {
    let policies = ["{\"a\": \"&=+ %\"}", "é\n"];
    let case = Case::new(
        "iam",
        "GetContextKeysForCustomPolicy",
        json!({"PolicyInputList": policies}),
        include_str!("../answers/iam/get-context-keys.xml"),
    );
    let call = typed!(aws_sdk_iam, case).get_context_keys_for_custom_policy().policy_input_list(policies[0]).policy_input_list(policies[1]);
    let output = wait(call.send()).unwrap();
    same!(case.judge(&output), "/ContextKeyNames" => output.context_key_names());
}

#[test]
fn an_error() {
    let case =
        Case::new("iam", "GetRole", json!({"RoleName": "S3Access"}), include_str!("../answers/iam/error-no-such-entity.xml")).status(404);
    let error = wait(typed!(aws_sdk_iam, case).get_role().role_name("S3Access").send()).unwrap_err();
    assert!(error.as_service_error().unwrap().is_no_such_entity_exception());
    assert_eq!(case.judge_error(&error).code, "NoSuchEntity");
}
