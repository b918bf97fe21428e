//! What statements grant: actions of one service that go together, and the resources they are for.

use std::sync::LazyLock;

/// A piece of work in one service.
pub(super) struct Grant {
    pub(super) service: &'static str,
    /// A stem for the `Sid`.
    pub(super) sid: &'static str,
    /// Names of actions, without the service.
    pub(super) actions: Vec<&'static str>,
    /// Shorter forms of them.
    pub(super) patterns: Vec<&'static str>,
    /// Templates of ARNs; none where the actions have no resource.
    pub(super) resources: Vec<&'static str>,
}

/// All of them; those that real policies have most come twice.
pub(super) static GRANTS: LazyLock<Vec<Grant>> = LazyLock::new(|| TABLE.lines().filter_map(grant).collect());

fn grant(line: &'static str) -> Option<Grant> {
    let mut fields = line.split('|');
    let (service, sid) = (fields.next()?, fields.next()?);
    let mut words = || fields.next().map(|words| words.split_whitespace().collect());
    Some(Grant { service, sid, actions: words()?, patterns: words()?, resources: words()? })
}

/// Service, stem, actions, patterns, resources. In ARNs `@` stands for region and account.
const TABLE: &str = r"s3|ReadObjects|GetObject GetObjectVersion GetObjectTagging GetObjectAcl GetObjectAttributes|GetObject* Get*|arn:aws:s3:::{bucket}/* arn:aws:s3:::{bucket}/{app}/* arn:aws:s3:::{bucket}/{env}/{app}/*
s3|ReadObjects|GetObject GetObjectVersion GetObjectTagging GetObjectAcl GetObjectAttributes|GetObject* Get*|arn:aws:s3:::{bucket}/* arn:aws:s3:::{bucket}/{app}/* arn:aws:s3:::{bucket}/{env}/{app}/*
s3|WriteObjects|PutObject PutObjectTagging PutObjectAcl AbortMultipartUpload ListMultipartUploadParts|PutObject* Put*|arn:aws:s3:::{bucket}/* arn:aws:s3:::{bucket}/{app}/* arn:aws:s3:::{bucket}/uploads/*
s3|WriteObjects|PutObject PutObjectTagging PutObjectAcl AbortMultipartUpload ListMultipartUploadParts|PutObject* Put*|arn:aws:s3:::{bucket}/* arn:aws:s3:::{bucket}/{app}/* arn:aws:s3:::{bucket}/uploads/*
s3|ReadWrite|GetObject PutObject DeleteObject DeleteObjectVersion GetObjectVersion RestoreObject|*Object *Object*|arn:aws:s3:::{bucket}/* arn:aws:s3:::{bucket}/{team}/*
s3|ReadWrite|GetObject PutObject DeleteObject DeleteObjectVersion GetObjectVersion RestoreObject|*Object *Object*|arn:aws:s3:::{bucket}/* arn:aws:s3:::{bucket}/{team}/*
s3|ListBuckets|ListBucket GetBucketLocation ListBucketVersions ListBucketMultipartUploads GetBucketVersioning|ListBucket* List*|arn:aws:s3:::{bucket} arn:aws:s3:::larkfield-{app}-*
s3|ListBuckets|ListBucket GetBucketLocation ListBucketVersions ListBucketMultipartUploads GetBucketVersioning|ListBucket* List*|arn:aws:s3:::{bucket} arn:aws:s3:::larkfield-{app}-*
s3|AllBuckets|ListAllMyBuckets GetBucketLocation GetBucketTagging GetBucketPolicy GetEncryptionConfiguration|List* GetBucket*|
s3|ManageBuckets|CreateBucket PutBucketPolicy PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration PutBucketPublicAccessBlock|PutBucket* *Bucket*|arn:aws:s3:::larkfield-{app}-* arn:aws:s3:::{bucket}
s3|Mixed|GetObject ListBucket PutObject GetBucketLocation|Get* List*|arn:aws:s3:::{bucket} arn:aws:s3:::{bucket}/*
s3|Mixed|GetObject ListBucket PutObject GetBucketLocation|Get* List*|arn:aws:s3:::{bucket} arn:aws:s3:::{bucket}/*
dynamodb|ReadItems|GetItem BatchGetItem Query Scan DescribeTable ConditionCheckItem|Get* BatchGet* Describe*|arn:aws:dynamodb:@:table/{app}-{env}-* arn:aws:dynamodb:@:table/{app}-{env} arn:aws:dynamodb:@:table/{app}-{env}/index/*
dynamodb|ReadItems|GetItem BatchGetItem Query Scan DescribeTable ConditionCheckItem|Get* BatchGet* Describe*|arn:aws:dynamodb:@:table/{app}-{env}-* arn:aws:dynamodb:@:table/{app}-{env} arn:aws:dynamodb:@:table/{app}-{env}/index/*
dynamodb|WriteItems|PutItem UpdateItem DeleteItem BatchWriteItem GetItem Query|*Item Put*|arn:aws:dynamodb:@:table/{app}-{env}-* arn:aws:dynamodb:@:table/{app}
dynamodb|WriteItems|PutItem UpdateItem DeleteItem BatchWriteItem GetItem Query|*Item Put*|arn:aws:dynamodb:@:table/{app}-{env}-* arn:aws:dynamodb:@:table/{app}
dynamodb|Streams|DescribeStream GetRecords GetShardIterator ListStreams|*Stream* Get*|arn:aws:dynamodb:@:table/{app}-{env}/stream/*
sqs|Consume|ReceiveMessage DeleteMessage GetQueueAttributes GetQueueUrl ChangeMessageVisibility|*Message* Get*|arn:aws:sqs:@:{app}-{env}-* arn:aws:sqs:@:{app}-events arn:aws:sqs:@:{app}-{env}-dlq
sqs|Send|SendMessage GetQueueUrl GetQueueAttributes|Send* SendMessage*|arn:aws:sqs:@:{app}-{env}-* arn:aws:sqs:@:{team}-*
sns|Publish|Publish GetTopicAttributes ListSubscriptionsByTopic|Publish* Get*|arn:aws:sns:@:{app}-{env}-* arn:aws:sns:@:alerts-{team}
sns|Manage|CreateTopic DeleteTopic SetTopicAttributes Subscribe Unsubscribe TagResource|*Topic* Set*|arn:aws:sns:@:{app}-*
logs|WriteLogs|CreateLogGroup CreateLogStream PutLogEvents DescribeLogStreams|Create* Put*|arn:aws:logs:@:log-group:/aws/lambda/{app}-{env}-*:* arn:aws:logs:@:log-group:/ecs/{app}-{env}:* arn:aws:logs:*:*:*
logs|WriteLogs|CreateLogGroup CreateLogStream PutLogEvents DescribeLogStreams|Create* Put*|arn:aws:logs:@:log-group:/aws/lambda/{app}-{env}-*:* arn:aws:logs:@:log-group:/ecs/{app}-{env}:* arn:aws:logs:*:*:*
logs|ReadLogs|GetLogEvents FilterLogEvents DescribeLogGroups StartQuery GetQueryResults StopQuery|Get* Describe* Filter*|arn:aws:logs:@:log-group:/aws/lambda/{app}-* arn:aws:logs:@:log-group:*
cloudwatch|Metrics|PutMetricData GetMetricData GetMetricStatistics ListMetrics|Get* List* PutMetric*|
cloudwatch|Alarms|PutMetricAlarm DeleteAlarms DescribeAlarms SetAlarmState EnableAlarmActions|*Alarm* Describe*|arn:aws:cloudwatch:@:alarm:{app}-*
kms|Decrypt|Decrypt DescribeKey GenerateDataKey|Decrypt Describe* GenerateDataKey*|arn:aws:kms:@:key/{uuid} arn:aws:kms:@:key/{uuid} arn:aws:kms:@:key/*
kms|Decrypt|Decrypt DescribeKey GenerateDataKey|Decrypt Describe* GenerateDataKey*|arn:aws:kms:@:key/{uuid} arn:aws:kms:@:key/{uuid} arn:aws:kms:@:key/*
kms|Encrypt|Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyWithoutPlaintext DescribeKey|Encrypt ReEncrypt* GenerateDataKey*|arn:aws:kms:@:key/{uuid}
kms|Grants|CreateGrant ListGrants RevokeGrant|*Grant*|arn:aws:kms:@:key/{uuid}
secretsmanager|ReadSecrets|GetSecretValue DescribeSecret ListSecretVersionIds|Get* Describe*|arn:aws:secretsmanager:@:secret:{app}/{env}/* arn:aws:secretsmanager:@:secret:{app}-{env}-?????? arn:aws:secretsmanager:@:secret:{team}/*
secretsmanager|ReadSecrets|GetSecretValue DescribeSecret ListSecretVersionIds|Get* Describe*|arn:aws:secretsmanager:@:secret:{app}/{env}/* arn:aws:secretsmanager:@:secret:{app}-{env}-?????? arn:aws:secretsmanager:@:secret:{team}/*
secretsmanager|ManageSecrets|CreateSecret PutSecretValue UpdateSecret DeleteSecret TagResource RotateSecret|*Secret* Put*|arn:aws:secretsmanager:@:secret:{app}/*
ssm|Parameters|GetParameter GetParameters GetParametersByPath DescribeParameters|GetParameter* Get*|arn:aws:ssm:@:parameter/{app}/{env}/* arn:aws:ssm:@:parameter/{team}/* arn:aws:ssm:@:parameter/common/*
ssm|WriteParameters|PutParameter DeleteParameter AddTagsToResource|*Parameter*|arn:aws:ssm:@:parameter/{app}/{env}/*
ssm|Sessions|StartSession TerminateSession ResumeSession DescribeSessions SendCommand|*Session Send*|arn:aws:ec2:@:instance/* arn:aws:ssm:{region}::document/AWS-RunShellScript
lambda|Invoke|InvokeFunction InvokeAsync GetFunction|Invoke* Get*|arn:aws:lambda:@:function:{app}-{env}-* arn:aws:lambda:@:function:{app}-*
lambda|DeployFunctions|CreateFunction UpdateFunctionCode UpdateFunctionConfiguration PublishVersion UpdateAlias AddPermission GetFunction TagResource|*Function* Update* Publish*|arn:aws:lambda:@:function:{app}-{env}-*
ec2|Network|CreateNetworkInterface DescribeNetworkInterfaces DeleteNetworkInterface AssignPrivateIpAddresses UnassignPrivateIpAddresses|*NetworkInterface* Describe*|
ec2|Describe|DescribeInstances DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeImages DescribeTags DescribeVolumes|Describe*|
ec2|Instances|StartInstances StopInstances RebootInstances TerminateInstances ModifyInstanceAttribute|*Instances|arn:aws:ec2:@:instance/* arn:aws:ec2:@:instance/i-{id}
ec2|Launch|RunInstances CreateTags CreateVolume AttachVolume|RunInstances Create*|arn:aws:ec2:@:instance/* arn:aws:ec2:@:volume/* arn:aws:ec2:{region}::image/* arn:aws:ec2:@:subnet/subnet-{id} arn:aws:ec2:@:security-group/* arn:aws:ec2:@:network-interface/*
ec2|SecurityGroups|AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress AuthorizeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup|*SecurityGroup*|arn:aws:ec2:@:security-group/sg-{id} arn:aws:ec2:@:security-group/*
ec2|Snapshots|CreateSnapshot DeleteSnapshot CopySnapshot ModifySnapshotAttribute CreateImage|*Snapshot*|arn:aws:ec2:{region}::snapshot/* arn:aws:ec2:@:volume/*
ecr|Token|GetAuthorizationToken|GetAuthorizationToken|
ecr|Pull|BatchGetImage GetDownloadUrlForLayer BatchCheckLayerAvailability DescribeImages|BatchGet* Get*|arn:aws:ecr:@:repository/{app} arn:aws:ecr:@:repository/{team}/*
ecr|Push|PutImage InitiateLayerUpload UploadLayerPart CompleteLayerUpload BatchCheckLayerAvailability BatchGetImage|*Layer* Put*|arn:aws:ecr:@:repository/{app} arn:aws:ecr:@:repository/{team}/{app}
ecs|Deploy|UpdateService DescribeServices RegisterTaskDefinition DescribeTaskDefinition RunTask StopTask|*Service* *Task*|arn:aws:ecs:@:service/{app}-{env}/* arn:aws:ecs:@:task-definition/{app}-{env}:* arn:aws:ecs:@:cluster/{env}
ecs|Exec|ExecuteCommand DescribeTasks ListTasks|Describe* List*|arn:aws:ecs:@:task/{env}/* arn:aws:ecs:@:cluster/{env}
eks|Clusters|DescribeCluster ListClusters AccessKubernetesApi DescribeNodegroup|Describe* List*|arn:aws:eks:@:cluster/{env} arn:aws:eks:@:cluster/*
rds|Databases|DescribeDBInstances DescribeDBClusters ModifyDBInstance CreateDBSnapshot RebootDBInstance|Describe* *DBSnapshot|arn:aws:rds:@:db:{app}-{env} arn:aws:rds:@:cluster:{app}-*
rds-db|Login|connect|connect|arn:aws:rds-db:@:dbuser:*/{app} arn:aws:rds-db:@:dbuser:*/{user}
iam|ReadIam|GetRole GetPolicy GetPolicyVersion ListRoles ListAttachedRolePolicies ListRolePolicies GetUser|Get* List*|
iam|ManageRoles|CreateRole DeleteRole PutRolePolicy AttachRolePolicy DetachRolePolicy TagRole UpdateAssumeRolePolicy|*Role *RolePolicy|arn:aws:iam::{acct}:role/{app}-* arn:aws:iam::{acct}:role/{team}/*
iam|ManagePolicies|CreatePolicy CreatePolicyVersion DeletePolicyVersion SetDefaultPolicyVersion|*Policy*|arn:aws:iam::{acct}:policy/{app}-* arn:aws:iam::{acct}:policy/{team}/*
iam|ServiceLinked|CreateServiceLinkedRole|CreateServiceLinkedRole|arn:aws:iam::{acct}:role/aws-service-role/*
cloudformation|Stacks|CreateStack UpdateStack DeleteStack DescribeStacks DescribeStackEvents CreateChangeSet ExecuteChangeSet GetTemplate|*Stack* *ChangeSet Describe*|arn:aws:cloudformation:@:stack/{app}-{env}-*/* arn:aws:cloudformation:@:stack/{team}-*/*
cloudformation|Validate|ValidateTemplate ListStacks DescribeStacks|List* Validate*|
codebuild|Build|StartBuild BatchGetBuilds StopBuild CreateReportGroup CreateReport UpdateReport BatchPutTestCases|*Build* *Report*|arn:aws:codebuild:@:project/{app}-* arn:aws:codebuild:@:report-group/{app}-*
codepipeline|Pipelines|StartPipelineExecution GetPipelineState GetPipeline ListPipelines PutJobSuccessResult|Get* *Pipeline*|arn:aws:codepipeline:@:{app}-{env}
codeartifact|Packages|GetRepositoryEndpoint ReadFromRepository GetPackageVersionReadme PublishPackageVersion|Get* Read*|arn:aws:codeartifact:@:repository/larkfield/* arn:aws:codeartifact:@:package/larkfield/*
states|Workflows|StartExecution StopExecution DescribeExecution SendTaskSuccess SendTaskFailure GetExecutionHistory|*Execution SendTask*|arn:aws:states:@:stateMachine:{app}-{env}-* arn:aws:states:@:execution:{app}-{env}-*:*
events|Events|PutEvents PutRule PutTargets DescribeRule DeleteRule RemoveTargets|Put* *Rule|arn:aws:events:@:event-bus/{app}-* arn:aws:events:@:rule/{app}-*
kinesis|Streams|GetRecords GetShardIterator DescribeStream ListShards PutRecord PutRecords SubscribeToShard|Get* Put* Describe*|arn:aws:kinesis:@:stream/{app}-{env} arn:aws:kinesis:@:stream/{team}-*
firehose|Delivery|PutRecord PutRecordBatch DescribeDeliveryStream|Put*|arn:aws:firehose:@:deliverystream/{app}-{env}
glue|Catalog|GetDatabase GetTable GetTables GetPartitions BatchCreatePartition CreateTable UpdateTable|Get* BatchGet*|arn:aws:glue:@:catalog arn:aws:glue:@:database/{team} arn:aws:glue:@:table/{team}/*
glue|Jobs|StartJobRun GetJobRun GetJobRuns BatchStopJobRun|*JobRun*|arn:aws:glue:@:job/{app}-*
athena|Queries|StartQueryExecution GetQueryExecution GetQueryResults StopQueryExecution GetWorkGroup|*QueryExecution Get*|arn:aws:athena:@:workgroup/{team} arn:aws:athena:@:workgroup/primary
sagemaker|Models|CreateTrainingJob DescribeTrainingJob CreateModel CreateEndpoint InvokeEndpoint UpdateEndpoint AddTags|*TrainingJob* *Endpoint*|arn:aws:sagemaker:@:training-job/{app}-* arn:aws:sagemaker:@:endpoint/{app}-{env}
bedrock|Models|InvokeModel InvokeModelWithResponseStream GetFoundationModel ListFoundationModels|Invoke* List*|arn:aws:bedrock:{region}::foundation-model/anthropic.* arn:aws:bedrock:{region}::foundation-model/amazon.titan-*
es|Search|ESHttpGet ESHttpPost ESHttpPut ESHttpHead ESHttpDelete|ESHttp*|arn:aws:es:@:domain/{app}-{env}/* arn:aws:es:@:domain/{team}/*
elasticache|Connect|Connect DescribeReplicationGroups DescribeCacheClusters|Describe*|arn:aws:elasticache:@:replicationgroup:{app}-{env} arn:aws:elasticache:@:user:{app}
elasticloadbalancing|LoadBalancers|DescribeLoadBalancers DescribeTargetHealth RegisterTargets DeregisterTargets ModifyListener|Describe* *Targets|arn:aws:elasticloadbalancing:@:targetgroup/{app}-{env}/* arn:aws:elasticloadbalancing:@:loadbalancer/app/{env}/*
autoscaling|Groups|DescribeAutoScalingGroups SetDesiredCapacity UpdateAutoScalingGroup TerminateInstanceInAutoScalingGroup|*AutoScalingGroup* Describe*|arn:aws:autoscaling:@:autoScalingGroup:*:autoScalingGroupName/{app}-{env}-*
route53|Records|ChangeResourceRecordSets ListResourceRecordSets GetHostedZone|*ResourceRecordSets|arn:aws:route53:::hostedzone/Z0{id}
route53|Zones|ListHostedZones GetChange ListHostedZonesByName|List* Get*|
acm|Certificates|DescribeCertificate ListCertificates RequestCertificate AddTagsToCertificate|*Certificate* List*|arn:aws:acm:@:certificate/{uuid}
cloudfront|Invalidate|CreateInvalidation GetInvalidation GetDistribution UpdateDistribution|*Invalidation Get*|arn:aws:cloudfront::{acct}:distribution/E{id}
execute-api|CallApi|Invoke ManageConnections|Invoke|arn:aws:execute-api:@:{id}/{env}/GET/* arn:aws:execute-api:@:*/{env}/*
appconfig|Config|GetLatestConfiguration StartConfigurationSession|Get*|arn:aws:appconfig:@:application/{app}/environment/{env}/configuration/*
xray|Traces|PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets|Put* GetSampling*|
cognito-idp|Users|AdminGetUser AdminCreateUser AdminUpdateUserAttributes ListUsers|Admin* List*|arn:aws:cognito-idp:@:userpool/eu-west-1_{id}
elasticfilesystem|Mount|ClientMount ClientWrite ClientRootAccess|Client*|arn:aws:elasticfilesystem:@:file-system/fs-{id}
backup|Backups|StartBackupJob DescribeBackupJob ListRecoveryPointsByBackupVault StartRestoreJob|*Job List*|arn:aws:backup:@:backup-vault:{team}
ses|Mail|SendEmail SendRawEmail SendTemplatedEmail|Send*|arn:aws:ses:@:identity/larkfield.example
sts|Whoami|GetCallerIdentity DecodeAuthorizationMessage|Get*|
tag|Tags|GetResources TagResources UntagResources GetTagKeys|Get* *Resources|
";
