//! Which actions are dangerous, and for what. No rules: those ask here.

use std::sync::OnceLock;

use crate::iam::catalog::{ActionSet, Catalog};

/// A list of actions, looked up once.
pub(super) struct List {
    pub(super) names: &'static [&'static str],
    set: OnceLock<ActionSet>,
}

impl List {
    pub(super) const fn new(names: &'static [&'static str]) -> Self {
        Self { names, set: OnceLock::new() }
    }

    /// As a set. There is one catalogue only, so that the first answer stays right.
    pub(super) fn set(&self, catalog: &Catalog) -> &ActionSet {
        self.set.get_or_init(|| self.names.iter().filter_map(|name| catalog.action(name)).collect())
    }
}

/// Who may take one of these on itself, or on what is attached to it, gives itself any right.
pub(super) static OWN_RIGHTS: List = List::new(&[
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
]);

/// Those of [`OWN_RIGHTS`] that are about a user: `${aws:username}` in the resource does not make them harmless.
pub(super) static OWN_USER: List = List::new(&[
    "iam:AttachUserPolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachUserPolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
]);

/// A way to act as another principal.
pub(super) static OTHERS_IDENTITY: List = List::new(&[
    "eks:AssociateAccessPolicy",
    "eks:CreateAccessEntry",
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreateSAMLProvider",
    "iam:CreateServiceSpecificCredential",
    "iam:DeactivateMFADevice",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    "iam:UpdateSAMLProvider",
    "iam:UploadSigningCertificate",
    "rolesanywhere:CreateProfile",
    "rolesanywhere:CreateTrustAnchor",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:CreateAccountAssignment",
    "sso:PutInlinePolicyToPermissionSet",
]);

/// Limits that hold for whole accounts.
pub(super) static GUARDRAILS: List = List::new(&[
    "account:CloseAccount",
    "organizations:CloseAccount",
    "organizations:DeletePolicy",
    "organizations:DetachPolicy",
    "organizations:DisablePolicyType",
    "organizations:LeaveOrganization",
    "organizations:MoveAccount",
    "organizations:RemoveAccountFromOrganization",
    "organizations:UpdatePolicy",
]);

/// What would tell of an attack.
pub(super) static DETECTION: List = List::new(&[
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteEventDataStore",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopEventDataStoreIngestion",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:StopConfigurationRecorder",
    "detective:DeleteGraph",
    "ec2:DeleteFlowLogs",
    "guardduty:CreateFilter",
    "guardduty:DeleteDetector",
    "guardduty:DeletePublishingDestination",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:StopMonitoringMembers",
    "guardduty:UpdateDetector",
    "guardduty:UpdateIPSet",
    "guardduty:UpdateTrustedEntitySet",
    "inspector2:Disable",
    "logs:DeleteLogGroup",
    "logs:DeleteLogStream",
    "logs:DeleteSubscriptionFilter",
    "macie2:DisableMacie",
    "securityhub:BatchDisableStandards",
    "securityhub:DisableSecurityHub",
]);

/// Credentials and other secrets.
pub(super) static SECRETS: List = List::new(&[
    "lightsail:DownloadDefaultKeyPair",
    "lightsail:GetInstanceAccessDetails",
    "redshift-serverless:GetCredentials",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
]);

/// Contents of the stores that hold most data.
pub(super) static DATA: List = List::new(&[
    "codecommit:GitPull",
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "kinesis:GetRecords",
    "rds:DownloadCompleteDBLogFile",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "sqs:ReceiveMessage",
]);

/// The use of keys.
pub(super) static KEYS: List = List::new(&["kms:CreateGrant", "kms:Decrypt", "kms:ReEncryptFrom"]);

/// Opens resources to other accounts, or to everybody.
pub(super) static SHARING: List = List::new(&[
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ecr:SetRepositoryPolicy",
    "kms:PutKeyPolicy",
    "lambda:AddPermission",
    "lambda:CreateFunctionUrlConfig",
    "ram:CreateResourceShare",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutObjectAcl",
    "secretsmanager:PutResourcePolicy",
    "sns:AddPermission",
    "sqs:AddPermission",
]);

/// Data that does not come back, and the copies of it.
pub(super) static DESTRUCTION: List = List::new(&[
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "dynamodb:DeleteTable",
    "ec2:DeleteSnapshot",
    "ec2:DeleteVolume",
    "elasticfilesystem:DeleteFileSystem",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "rds:DeleteDBCluster",
    "rds:DeleteDBClusterSnapshot",
    "rds:DeleteDBInstance",
    "rds:DeleteDBSnapshot",
    "route53:DeleteHostedZone",
    "s3:DeleteBucket",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutLifecycleConfiguration",
    "secretsmanager:DeleteSecret",
]);

/// Commands or code for something that has a role already.
pub(super) static EXISTING_ROLES: List = List::new(&[
    "apprunner:UpdateService",
    "batch:SubmitJob",
    "bedrock-agentcore:InvokeAgentRuntimeCommand",
    "bedrock-agentcore:InvokeCodeInterpreter",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:UpdateStack",
    "codebuild:StartBuild",
    "codebuild:StartBuildBatch",
    "codedeploy:CreateDeployment",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:ModifyInstanceAttribute",
    "ecs:ExecuteCommand",
    "glue:UpdateDevEndpoint",
    "glue:UpdateJob",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "sagemaker:CreatePresignedDomainUrl",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "sagemaker:UpdateNotebookInstance",
    "ssm:SendCommand",
    "ssm:StartSession",
    "states:UpdateStateMachine",
]);

/// The control of who may do what.
pub(super) static IDENTITY_SERVICES: &[&str] = &["iam", "identitystore", "organizations", "sso", "sso-directory"];

/// Which resource type makes an action dangerous, where it has several.
pub(super) static ABOUT: &[(&str, &str)] =
    &[("s3:GetObject", "object"), ("s3:GetObjectVersion", "object"), ("ssm:SendCommand", "instance"), ("ssm:StartSession", "instance")];

/// A service that works with a role that it is passed.
pub(super) struct Runner {
    /// As it appears in `iam:PassedToService`.
    pub(super) service: &'static str,
    /// All of these are needed.
    pub(super) actions: &'static [&'static str],
}

const fn runner(service: &'static str, actions: &'static [&'static str]) -> Runner {
    Runner { service, actions }
}

/// Ways to make a service act with a role of the caller's choice, sorted by the first action.
pub(super) static RUNNERS: &[Runner] = &[
    runner("amplify.amazonaws.com", &["amplify:CreateApp", "amplify:CreateBranch", "amplify:StartJob"]),
    runner("tasks.apprunner.amazonaws.com", &["apprunner:CreateService"]),
    runner("ec2.amazonaws.com", &["autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"]),
    runner("ecs-tasks.amazonaws.com", &["batch:RegisterJobDefinition", "batch:SubmitJob"]),
    runner("bedrock-agentcore.amazonaws.com", &["bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommand"]),
    runner("bedrock-agentcore.amazonaws.com", &["bedrock-agentcore:CreateBrowser", "bedrock-agentcore:StartBrowserSession"]),
    runner("bedrock-agentcore.amazonaws.com", &["bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:InvokeCodeInterpreter"]),
    runner("braket.amazonaws.com", &["braket:CreateJob"]),
    runner("cloudformation.amazonaws.com", &["cloudformation:CreateStack"]),
    runner("cloudformation.amazonaws.com", &["cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"]),
    runner("cloudformation.amazonaws.com", &["cloudformation:UpdateStack"]),
    runner("cloudformation.amazonaws.com", &["cloudformation:UpdateStackSet"]),
    runner("codebuild.amazonaws.com", &["codebuild:CreateProject", "codebuild:StartBuild"]),
    runner("codebuild.amazonaws.com", &["codebuild:CreateProject", "codebuild:StartBuildBatch"]),
    runner("codebuild.amazonaws.com", &["codebuild:UpdateProject", "codebuild:StartBuild"]),
    runner("cognito-identity.amazonaws.com", &["cognito-identity:SetIdentityPoolRoles"]),
    runner("datapipeline.amazonaws.com", &["datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"]),
    runner("ec2.amazonaws.com", &["ec2:AssociateIamInstanceProfile"]),
    runner("ec2.amazonaws.com", &["ec2:CreateFleet"]),
    runner("ec2.amazonaws.com", &["ec2:ReplaceIamInstanceProfileAssociation"]),
    runner("ec2.amazonaws.com", &["ec2:RequestSpotInstances"]),
    runner("ec2.amazonaws.com", &["ec2:RunInstances"]),
    runner("ecs-tasks.amazonaws.com", &["ecs:RegisterTaskDefinition", "ecs:CreateService"]),
    runner("ecs-tasks.amazonaws.com", &["ecs:RunTask"]),
    runner("ecs-tasks.amazonaws.com", &["ecs:StartTask"]),
    runner("pods.eks.amazonaws.com", &["eks:CreatePodIdentityAssociation"]),
    runner("ec2.amazonaws.com", &["elasticmapreduce:RunJobFlow"]),
    runner("emr-serverless.amazonaws.com", &["emr-serverless:StartJobRun"]),
    runner("events.amazonaws.com", &["events:PutRule", "events:PutTargets"]),
    runner("gamelift.amazonaws.com", &["gamelift:CreateBuild", "gamelift:CreateFleet"]),
    runner("glue.amazonaws.com", &["glue:CreateDevEndpoint"]),
    runner("glue.amazonaws.com", &["glue:CreateJob", "glue:CreateTrigger"]),
    runner("glue.amazonaws.com", &["glue:CreateJob", "glue:StartJobRun"]),
    runner("glue.amazonaws.com", &["glue:CreateSession", "glue:RunStatement"]),
    runner("glue.amazonaws.com", &["glue:UpdateJob", "glue:CreateTrigger"]),
    runner("glue.amazonaws.com", &["glue:UpdateJob", "glue:StartJobRun"]),
    runner("ec2.amazonaws.com", &["imagebuilder:CreateInfrastructureConfiguration", "imagebuilder:CreateImage"]),
    runner("kinesisanalytics.amazonaws.com", &["kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"]),
    runner("lambda.amazonaws.com", &["lambda:CreateFunction"]),
    runner("lambda.amazonaws.com", &["lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionCode"]),
    runner("omics.amazonaws.com", &["omics:CreateWorkflow", "omics:StartRun"]),
    runner("sagemaker.amazonaws.com", &["sagemaker:CreateDomain", "sagemaker:CreatePresignedDomainUrl"]),
    runner("sagemaker.amazonaws.com", &["sagemaker:CreateNotebookInstance"]),
    runner("sagemaker.amazonaws.com", &["sagemaker:CreateProcessingJob"]),
    runner("sagemaker.amazonaws.com", &["sagemaker:CreateTrainingJob"]),
    runner("scheduler.amazonaws.com", &["scheduler:CreateSchedule"]),
    runner("ssm.amazonaws.com", &["ssm:StartAutomationExecution"]),
    runner("states.amazonaws.com", &["states:CreateStateMachine", "states:StartExecution"]),
];
