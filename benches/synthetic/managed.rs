//! The policies that AWS manages, as far as the account uses them, and the roles that AWS makes for its services.

use serde_json::{Value, json};

/// A policy that AWS manages.
pub(crate) struct AwsPolicy {
    /// Path and name, without the first slash.
    pub(super) path: &'static str,
    pub(super) version: &'static str,
    pub(super) created: &'static str,
    pub(super) updated: &'static str,
    /// Its statements, as JSON; nothing for those that are put together here.
    statements: &'static str,
}

impl AwsPolicy {
    pub(crate) fn document(&self) -> Value {
        let statements = match self.path {
            "ReadOnlyAccess" => read_only("GLDBS"),
            "SecurityAudit" => read_only("LD"),
            _ => serde_json::from_str(self.statements).unwrap_or_default(),
        };
        json!({"Statement": statements, "Version": "2012-10-17"})
    }
}

const fn aws(
    path: &'static str,
    version: &'static str,
    created: &'static str,
    updated: &'static str,
    statements: &'static str,
) -> AwsPolicy {
    AwsPolicy { path, version, created, updated, statements }
}

/// A role that AWS made for a service, and its policy. The statements are fewer than AWS's.
pub(super) struct ServiceLinked {
    service: &'static str,
    role: &'static str,
    policy: &'static str,
    actions: &'static str,
}

impl ServiceLinked {
    pub(super) fn service(&self) -> String {
        format!("{}.amazonaws.com", self.service)
    }
    pub(super) fn role(&self) -> String {
        format!("AWSServiceRoleFor{}", self.role)
    }
    /// As in [`AwsPolicy::path`].
    pub(super) fn policy(&self) -> String {
        format!("aws-service-role/{}", self.policy)
    }
    pub(crate) fn document(&self) -> Value {
        let actions: Vec<&str> = self.actions.split(' ').collect();
        json!({"Statement": [{"Action": actions, "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"})
    }
}

const fn linked(service: &'static str, role: &'static str, policy: &'static str, actions: &'static str) -> ServiceLinked {
    ServiceLinked { service, role, policy, actions }
}

fn read_only(verbs: &str) -> Value {
    let mut actions = Vec::new();
    for (service, has) in READ_ONLY.split_whitespace().filter_map(|entry| entry.split_once(':')) {
        for verb in has.chars().filter(|verb| verbs.contains(*verb)) {
            let word = match verb {
                'G' => "Get",
                'L' => "List",
                'D' => "Describe",
                'B' => "BatchGet",
                _ => "Search",
            };
            actions.push(format!("{service}:{word}*"));
        }
    }
    json!([{"Action": actions, "Effect": "Allow", "Resource": "*", "Sid": "ReadOnlyActions"}])
}

pub(super) static LINKED: &[ServiceLinked] = &[
    linked(
        "autoscaling",
        "AutoScaling",
        "AutoScalingServiceRolePolicy",
        "ec2:Describe* ec2:RunInstances ec2:TerminateInstances ec2:CreateTags elasticloadbalancing:RegisterTargets sns:Publish",
    ),
    linked(
        "elasticloadbalancing",
        "ElasticLoadBalancing",
        "AWSElasticLoadBalancingServiceRolePolicy",
        "ec2:DescribeSubnets ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:CreateSecurityGroup",
    ),
    linked(
        "ecs",
        "ECS",
        "AmazonECSServiceRolePolicy",
        "ec2:CreateNetworkInterface elasticloadbalancing:RegisterTargets route53:ChangeResourceRecordSets servicediscovery:RegisterInstance",
    ),
    linked(
        "rds",
        "RDS",
        "AmazonRDSServiceRolePolicy",
        "ec2:CreateNetworkInterface ec2:DescribeSubnets ec2:CreateSecurityGroup sns:Publish cloudwatch:PutMetricData",
    ),
    linked("organizations", "Organizations", "AWSOrganizationsServiceTrustPolicy", "iam:CreateServiceLinkedRole iam:DeleteRole"),
    linked(
        "support",
        "Support",
        "AWSSupportServiceRolePolicy",
        "ec2:Describe* s3:GetBucketLocation s3:ListBucket rds:Describe* lambda:GetFunctionConfiguration iam:GetRole",
    ),
    linked(
        "trustedadvisor",
        "TrustedAdvisor",
        "AWSTrustedAdvisorServiceRolePolicy",
        "ec2:Describe* s3:GetBucketAcl s3:GetBucketPolicy iam:GetAccountPasswordPolicy rds:DescribeDBInstances",
    ),
    linked(
        "cloudtrail",
        "CloudTrail",
        "CloudTrailServiceRolePolicy",
        "cloudtrail:* organizations:DescribeOrganization organizations:ListAccounts",
    ),
    linked(
        "config",
        "Config",
        "AWSConfigServiceRolePolicy",
        "config:Put* ec2:Describe* iam:GetRole iam:List* s3:GetBucket* lambda:GetFunction kms:GetKeyPolicy",
    ),
    linked(
        "guardduty",
        "AmazonGuardDuty",
        "AmazonGuardDutyServiceRolePolicy",
        "ec2:DescribeInstances ec2:DescribeVpcEndpoints organizations:ListAccounts s3:GetBucketPolicy",
    ),
    linked(
        "securityhub",
        "SecurityHub",
        "AWSSecurityHubServiceRolePolicy",
        "cloudtrail:DescribeTrails config:PutEvaluations iam:GenerateCredentialReport",
    ),
    linked(
        "sso",
        "SSO",
        "AWSSSOServiceRolePolicy",
        "iam:AttachRolePolicy iam:CreateRole iam:DeleteRole iam:PutRolePolicy iam:CreateSAMLProvider",
    ),
    linked(
        "eks",
        "AmazonEKS",
        "AmazonEKSServiceRolePolicy",
        "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:CreateTags route53:AssociateVPCWithHostedZone",
    ),
    linked(
        "access-analyzer",
        "AccessAnalyzer",
        "AccessAnalyzerServiceRolePolicy",
        "iam:GetRole iam:List* s3:GetBucketPolicy s3:ListAllMyBuckets kms:GetKeyPolicy lambda:GetPolicy",
    ),
    linked(
        "backup",
        "Backup",
        "AWSBackupServiceLinkedRolePolicyForBackup",
        "ec2:CreateTags ec2:DeleteSnapshot elasticfilesystem:Backup rds:DescribeDBSnapshots",
    ),
    linked(
        "ssm",
        "AmazonSSM",
        "AmazonSSMServiceRolePolicy",
        "ssm:SendCommand ssm:ListCommands ec2:DescribeInstances lambda:InvokeFunction",
    ),
];

/// Short ones are AWS's own, as of October 2026.
pub(crate) static POLICIES: &[AwsPolicy] = &[
    aws("ReadOnlyAccess", "v100", "2015-02-06T18:39:48+00:00", "2023-01-12T19:04:33+00:00", ""),
    aws("SecurityAudit", "v40", "2015-02-06T18:41:01+00:00", "2023-01-12T19:04:33+00:00", ""),
    aws(
        "AdministratorAccess",
        "v1",
        "2015-02-06T18:39:46+00:00",
        "2015-02-06T18:39:46+00:00",
        r#"[{"Action":"*","Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "PowerUserAccess",
        "v12",
        "2015-02-06T18:39:47+00:00",
        "2026-02-12T17:59:14+00:00",
        r#"[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},
        {"Action":["account:GetAccountInformation","account:GetGovCloudAccountInformation","account:GetPrimaryEmail",
        "account:ListRegions","iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles",
        "organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Effect":"Allow",
        "Resource":"*"}]"#,
    ),
    aws(
        "IAMFullAccess",
        "v2",
        "2015-02-06T18:40:38+00:00",
        "2019-06-21T19:40:00+00:00",
        r#"[{"Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization",
        "organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren",
        "organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots",
        "organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "AmazonS3FullAccess",
        "v2",
        "2015-02-06T18:40:58+00:00",
        "2021-09-27T20:16:37+00:00",
        r#"[{"Action":["s3:*","s3-object-lambda:*"],"Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "AmazonS3ReadOnlyAccess",
        "v3",
        "2015-02-06T18:40:59+00:00",
        "2023-08-10T21:31:39+00:00",
        r#"[{"Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],
        "Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "AmazonEC2FullAccess",
        "v5",
        "2015-02-06T18:40:15+00:00",
        "2018-11-27T02:16:56+00:00",
        r#"[{"Action":"ec2:*","Effect":"Allow","Resource":"*"},{"Action":"elasticloadbalancing:*","Effect":"Allow",
        "Resource":"*"},{"Action":"cloudwatch:*","Effect":"Allow","Resource":"*"},{"Action":"autoscaling:*",
        "Effect":"Allow","Resource":"*"},{"Action":"iam:CreateServiceLinkedRole",
        "Condition":{"StringEquals":{"iam:AWSServiceName":["autoscaling.amazonaws.com","ec2scheduled.amazonaws.com",
        "elasticloadbalancing.amazonaws.com","spot.amazonaws.com","spotfleet.amazonaws.com",
        "transitgateway.amazonaws.com"]}},"Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "AmazonSQSFullAccess",
        "v1",
        "2015-02-06T18:41:07+00:00",
        "2015-02-06T18:41:07+00:00",
        r#"[{"Action":["sqs:*"],"Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "CloudWatchLogsFullAccess",
        "v8",
        "2015-02-06T18:40:02+00:00",
        "2026-02-12T18:00:33+00:00",
        r#"[{"Action":["logs:*","cloudwatch:GenerateQuery","cloudwatch:GenerateQueryResultsSummary",
        "observabilityadmin:GetS3TableIntegration","observabilityadmin:ListS3TableIntegrations",
        "observabilityadmin:ListTelemetryPipelines"],"Effect":"Allow","Resource":"*",
        "Sid":"CloudWatchLogsFullAccess"}]"#,
    ),
    aws(
        "CloudWatchAgentServerPolicy",
        "v3",
        "2018-03-07T01:06:44+00:00",
        "2024-02-06T16:37:37+00:00",
        r#"[{"Action":["cloudwatch:PutMetricData","ec2:DescribeVolumes","ec2:DescribeTags","logs:PutLogEvents",
        "logs:PutRetentionPolicy","logs:DescribeLogStreams","logs:DescribeLogGroups","logs:CreateLogStream",
        "logs:CreateLogGroup","xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules",
        "xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Effect":"Allow","Resource":"*",
        "Sid":"CWACloudWatchServerPermissions"},{"Action":["ssm:GetParameter"],"Effect":"Allow",
        "Resource":"arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*","Sid":"CWASSMServerPermissions"}]"#,
    ),
    aws(
        "AmazonSSMManagedInstanceCore",
        "v2",
        "2019-03-15T17:22:12+00:00",
        "2019-05-23T16:54:21+00:00",
        r#"[{"Action":["ssm:DescribeAssociation","ssm:GetDeployablePatchSnapshotForInstance","ssm:GetDocument",
        "ssm:DescribeDocument","ssm:GetManifest","ssm:GetParameter","ssm:GetParameters","ssm:ListAssociations",
        "ssm:ListInstanceAssociations","ssm:PutInventory","ssm:PutComplianceItems","ssm:PutConfigurePackageResult",
        "ssm:UpdateAssociationStatus","ssm:UpdateInstanceAssociationStatus","ssm:UpdateInstanceInformation"],
        "Effect":"Allow","Resource":"*"},{"Action":["ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],
        "Effect":"Allow","Resource":"*"},{"Action":["ec2messages:AcknowledgeMessage","ec2messages:DeleteMessage",
        "ec2messages:FailMessage","ec2messages:GetEndpoint","ec2messages:GetMessages","ec2messages:SendReply"],
        "Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "AWSXRayDaemonWriteAccess",
        "v2",
        "2018-08-28T23:00:33+00:00",
        "2024-02-13T21:58:30+00:00",
        r#"[{"Action":["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules",
        "xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Effect":"Allow","Resource":["*"],
        "Sid":"AWSXRayDaemonWriteAccess"}]"#,
    ),
    aws(
        "AmazonEC2ContainerRegistryReadOnly",
        "v3",
        "2015-12-21T17:04:15+00:00",
        "2019-12-10T20:56:32+00:00",
        r#"[{"Action":["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer",
        "ecr:GetRepositoryPolicy","ecr:DescribeRepositories","ecr:ListImages","ecr:DescribeImages",
        "ecr:BatchGetImage","ecr:GetLifecyclePolicy","ecr:GetLifecyclePolicyPreview","ecr:ListTagsForResource",
        "ecr:DescribeImageScanFindings"],"Effect":"Allow","Resource":"*"}]"#,
    ),
    aws(
        "AmazonEKSWorkerNodePolicy",
        "v3",
        "2018-05-27T21:09:01+00:00",
        "2023-11-27T00:06:13+00:00",
        r#"[{"Action":["ec2:DescribeInstances","ec2:DescribeInstanceTypes","ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVolumes","ec2:DescribeVolumesModifications",
        "ec2:DescribeVpcs","eks:DescribeCluster","eks-auth:AssumeRoleForPodIdentity"],"Effect":"Allow","Resource":"*",
        "Sid":"WorkerNodePermissions"}]"#,
    ),
    aws(
        "AmazonEKS_CNI_Policy",
        "v6",
        "2018-05-27T21:07:42+00:00",
        "2026-03-04T19:12:14+00:00",
        r#"[{"Action":["ec2:AssignPrivateIpAddresses","ec2:AttachNetworkInterface","ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface","ec2:DescribeInstances","ec2:DescribeTags","ec2:DescribeNetworkInterfaces",
        "ec2:DescribeInstanceTypes","ec2:DescribeSubnets","ec2:DescribeSecurityGroups","ec2:DetachNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute","ec2:UnassignPrivateIpAddresses"],"Effect":"Allow","Resource":"*",
        "Sid":"AmazonEKSCNIPolicy"},{"Action":["ec2:CreateTags"],"Effect":"Allow",
        "Resource":["arn:aws:ec2:*:*:network-interface/*"],"Sid":"AmazonEKSCNIPolicyENITag"}]"#,
    ),
    aws(
        "IAMUserChangePassword",
        "v5",
        "2016-11-15T00:25:16+00:00",
        "2026-02-12T17:58:57+00:00",
        r#"[{"Action":["iam:ChangePassword"],"Effect":"Allow","Resource":["arn:aws:iam::*:user/${aws:username}",
        "arn:aws:iam::*:user/*/${aws:username}"]},{"Action":["iam:GetAccountPasswordPolicy"],"Effect":"Allow",
        "Resource":"*"}]"#,
    ),
    aws(
        "service-role/AWSLambdaBasicExecutionRole",
        "v1",
        "2015-04-09T15:03:43+00:00",
        "2015-04-09T15:03:43+00:00",
        r#"[{"Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Effect":"Allow",
        "Resource":"*"}]"#,
    ),
    aws(
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "v3",
        "2016-02-11T23:15:26+00:00",
        "2024-01-05T22:38:26+00:00",
        r#"[{"Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces","ec2:DescribeSubnets","ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses","ec2:UnassignPrivateIpAddresses"],"Effect":"Allow","Resource":"*",
        "Sid":"AWSLambdaVPCAccessExecutionPermissions"}]"#,
    ),
    aws(
        "service-role/AmazonECSTaskExecutionRolePolicy",
        "v1",
        "2017-11-16T18:48:22+00:00",
        "2017-11-16T18:48:22+00:00",
        r#"[{"Action":["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"],"Effect":"Allow","Resource":"*"}]"#,
    ),
];

/// Services and the reading actions they have: Get, List, Describe, BatchGet, Search.
const READ_ONLY: &str = "\
a4b:GLS access-analyzer:GL account:GL acm-pca:GLD acm:GLDS aco-automation:GL agent-registry:GLS agentaccess-mcp:G aidevops:GLDS \
aiops:GL airflow-serverless:GL amplify:GL amplifybackend:GL amplifyuibuilder:GL aoss:GLB apigateway:GL app-integrations:GL \
appconfig:GL appfabric:GLB application-autoscaling:GLD application-signals:GLB application-transformation:G appmesh-preview:GLD \
appmesh:GLD appstream:GLD appsync:GL apptest:GL aps:GLD arc-region-switch:GL arc-zonal-shift:GL artifact:GL assurance:GLB \
athena:GLB auditmanager:GL autoscaling:GD aws-external-anthropic:GL aws-marketplace:GLDS b2bi:GL backup-gateway:GL \
backup-storage:GLD backup:GLDS batch:GLD bcm-dashboards:GL bcm-pricing-calculator:GL bedrock-agentcore:GLS bedrock-mantle:GL \
bedrock:GL billing:GL billingconductor:GL braket:GLS bugbust:GL cases:GLBS cassandra:GL ce:GLD chatbot:GLD chime:GLDS \
cleanrooms-ml:GL cleanrooms:GLB cloud9:GLD clouddirectory:GL cloudformation:GLD cloudfront:GLD cloudhsm:GLD cloudtrail:GLDS \
cloudwatch:GLDBS codeartifact:GLD codebuild:GLDB codecatalyst:GL codecommit:GLDB codeconnections:GL codedeploy:GLB \
codeguru-profiler:GLDB codeguru-reviewer:GLD codeguru-security:GLB codepipeline:GL codestar-connections:GL codewhisperer:GL \
cognito-idp:GLD cognito-sync:GLD compute-optimizer:GD config:GLDB connect-campaigns:GLD connect:GLDBS continuum:GL \
controltower:GLD dataexchange:GL datapipeline:GLD datazone:GLBS dax:GLDB deadline:GLBS detective:GLDBS devicefarm:GL \
devops-guru:GLDS directconnect:GLD discovery:GLD dms:GLD docdb-elastic:GL drs:GLD ds:GLD dsql:GL dynamodb:GLDBS ec2:GLDS \
ecr-public:GLD ecr:GLDB ecs:GLD elasticloadbalancing:GD elasticmapreduce:GLD elemental-appliances-software:GL \
elemental-inference:GL elemental-support-cases:GL emr-containers:GLD emr-serverless:GL end-user-messaging:GL \
entityresolution:GL es:GLD events:GLD evs:GL finops-agent:GL finspace:GL fis:GL fms:GL forecast:GLD frauddetector:GLDB \
freertos:GLD fsx:GLD gamelift:GLDS gameliftstreams:GL geo:GLDBS glacier:GLD glue:GLDBS greengrass:GLD groundstation:GLD \
groundtruthlabeling:GLD guardduty:GLD health-agent:GL healthlake:GLDS honeycode:GLD iam:GL identitystore:GLD imagebuilder:GL \
inspector:GLD inspector2:GLDBS internetmonitor:GL invoicing:GLB iot:GLDS iotanalytics:GLD iotdeviceadvisor:GL iotfleetwise:GL \
iotmanagedintegrations:GL iotsitewise:GLDB iottwinmaker:GL iotwireless:GL iq:GL ivs:GLB ivschat:GL kafka:GLD kendra:GLDB \
kinesis:GLD kinesisanalytics:GLD kinesisvideo:GLD kms:GLD lakeformation:GLDS lambda:GL launchwizard:GLD lex:GLDS \
license-manager:GL lightsail:G logs:GLD lookoutmetrics:GLD m2:GL machinelearning:GD macie2:GLDBS managedblockchain:GL \
mechanicalturk:GL mediaconnect:GLD mediaconvert:GLDS medialive:GLD mediapackagev2:GL mediastore:GLD mediatailor:GLD \
medical-imaging:GLS mgh:GLD mgn:GLD migrationhub-orchestrator:GL migrationhub-strategy:GL mobiletargeting:GL monitron:GL mpa:GL \
neptune-db:GL neptune-graph:GL network-firewall:GLD network-security-manager:GL networkflowmonitor:GL networkmanager:GLD \
nimble:GL notifications:GL nova-act:GL oam:GL observabilityadmin:GL odb:GL omics:GL one:GL opsworks:GLD osis:GL outposts:GL \
panorama:GLD partnercentral:GLS payment-cryptography:GL payments:GL pca-connector-ad:GL pcs:GL personalize:GLD pi:GLD \
private-networks:GL profile:GLBS proton:GL purchase-orders:GL q:GLB qapps:GLD qbusiness:GLS qldb:GLD quicksight:GLDBS ram:GL \
rds:LD redshift-serverless:GLD redshift:GLD refactor-spaces:GL rekognition:GLDS repostspace:GL resiliencehub:GLD \
resource-explorer-2:GLBS resource-groups:GLS robomaker:GLD rolesanywhere:GL route53-recovery-control-config:GLD \
route53-recovery-readiness:GL route53:GL route53domains:GL route53globalresolver:GL route53profiles:GL route53resolver:GL \
rtbfabric:GL rum:GLB s3-object-lambda:GL s3-outposts:GL s3:GLD s3express:GL s3files:GL s3tables:GL s3vectors:GL \
sagemaker-geospatial:GLS sagemaker-mlflow:GLS sagemaker:GLDBS schemas:GLDS scn:GLD security-ir:GLB securityagent:GLDB \
securityhub:GLDB securitylake:GL serverlessrepo:GLS servicecatalog:GLDS servicediscovery:GL servicequotas:GL ses:GLDB \
shield:GLD signer:GLD sms-voice:GLD sms:GL snowball:GLD sns:GL social-messaging:GL sqlworkbench:GLB sqs:GL ssm-contacts:GLD \
ssm-incidents:GLB ssm-quicksetup:GL ssm-sap:GL ssm:GLD sso-directory:GLDS sso:GLDS states:GLD support:GLDS swf:GLD \
synthetics:GLD tax:GL textract:GL thinclient:GL timestream-influxdb:GL timestream:GLD tnb:GL transcribe:GLD transform-custom:GL \
transform:GL translate:GLD trustedadvisor:GLD user-subscriptions:GL vendor-insights:GL verifiedpermissions:GL vpc-lattice:GL \
waf-regional:GL waf:GL wafv2:GLD wellarchitected:GL wickr:GL wisdom:GLS workdocs:GDS workmail:GLDS workspaces-instances:GL \
workspaces-web:GL workspaces:GLD xray:GLB";
