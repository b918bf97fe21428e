//! The answer of `iam:GetAccountAuthorizationDetails`, as far as it is read.

use serde::Deserialize;
use serde_json::Value;

/// The whole answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Details {
    pub(super) user_detail_list: Vec<UserDetail>,
    pub(super) group_detail_list: Vec<GroupDetail>,
    /// Absent from an answer that is none.
    pub(super) role_detail_list: Option<Vec<RoleDetail>>,
    pub(super) policies: Vec<ManagedDetail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct UserDetail {
    pub(super) arn: String,
    pub(super) path: String,
    pub(super) user_name: String,
    pub(super) user_id: String,
    pub(super) create_date: Option<String>,
    pub(super) group_list: Vec<String>,
    pub(super) user_policy_list: Vec<InlineDetail>,
    pub(super) attached_managed_policies: Vec<Attached>,
    pub(super) permissions_boundary: Option<Boundary>,
    pub(super) tags: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct GroupDetail {
    pub(super) arn: String,
    pub(super) group_name: String,
    pub(super) group_policy_list: Vec<InlineDetail>,
    pub(super) attached_managed_policies: Vec<Attached>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RoleDetail {
    pub(super) arn: String,
    pub(super) path: String,
    pub(super) role_name: String,
    pub(super) role_id: String,
    pub(super) create_date: Option<String>,
    pub(super) assume_role_policy_document: Option<Value>,
    pub(super) role_policy_list: Vec<InlineDetail>,
    pub(super) attached_managed_policies: Vec<Attached>,
    pub(super) permissions_boundary: Option<Boundary>,
    pub(super) role_last_used: Option<LastUsed>,
    pub(super) instance_profile_list: Vec<InstanceProfile>,
    pub(super) tags: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InlineDetail {
    pub(super) policy_name: String,
    pub(super) policy_document: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Attached {
    pub(super) policy_arn: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Boundary {
    pub(super) permissions_boundary_arn: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct LastUsed {
    pub(super) last_used_date: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InstanceProfile {
    pub(super) arn: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Tag {
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ManagedDetail {
    pub(super) arn: String,
    pub(super) default_version_id: String,
    pub(super) policy_version_list: Vec<Version>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Version {
    pub(super) version_id: String,
    pub(super) is_default_version: bool,
    pub(super) document: Value,
}

impl ManagedDetail {
    /// The document of the version that counts.
    pub(super) fn document(self) -> Option<Value> {
        let named = |version: &Version| version.is_default_version || version.version_id == self.default_version_id;
        let at = self.policy_version_list.iter().position(named)?;
        self.policy_version_list.into_iter().nth(at).map(|version| version.document)
    }
}

/// The answer of `iam:GetUser` and `iam:GetRole`: some emulators have the boundary only there.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct One {
    #[serde(alias = "Role")]
    pub(super) user: Bounded,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Bounded {
    pub(super) permissions_boundary: Option<Boundary>,
    pub(super) role_last_used: Option<LastUsed>,
    pub(super) password_last_used: Option<String>,
}
