// The small world the cases play in: accounts, principals, services with their actions, resources and
// condition keys. Pools are small on purpose, so that near misses and accidental matches are common.

export const HOME = '111122223333'
export const OTHER = '444455556666'
export const THIRD = '777788889999'
const REGION = 'us-east-1'

const TEAMS = ['blue', 'red', 'green', 'Blue', 'b*', 'b?ue', 'blue$']
const NAMES = ['alice', 'bob', 'carol']

const text = (...pool) => ({ type: 'string', pool })
const list = (...pool) => ({ type: 'list', pool })
const truth = { type: 'bool', pool: ['true', 'false'] }
const number = (...pool) => ({ type: 'number', pool })
const arn = (...pool) => ({ type: 'arn', pool })
const date = { type: 'date', pool: ['2026-03-01T12:00:00Z', '2026-06-30T23:59:59Z', '2026-11-22T00:00:00Z'] }

// Condition keys any request may carry.
export const GLOBAL_KEYS = {
  'aws:SourceIp': {
    type: 'ip',
    pool: ['203.0.113.7', '198.51.100.200', '10.1.2.3', '192.0.2.129', '2001:db8::1', '2001:db8:85a3::8a2e'],
  },
  'aws:SecureTransport': truth,
  'aws:CurrentTime': date,
  'aws:EpochTime': { type: 'epoch', pool: ['1772366400', '1782863999', '1795305600'] },
  'aws:TokenIssueTime': date,
  'aws:UserAgent': text('aws-cli/2.15', 'Boto3/1.44', 'console.amazonaws.com'),
  'aws:Referer': text('https://www.example.com/a', 'https://example.org/'),
  'aws:SourceVpce': text('vpce-0a1b2c3d', 'vpce-11112222'),
  'aws:SourceVpc': text('vpc-0a1b2c3d', 'vpc-11112222'),
  'aws:RequestedRegion': text('us-east-1', 'us-west-2', 'eu-central-1'),
  'aws:PrincipalTag/team': text(...TEAMS),
  'aws:PrincipalTag/env': text('prod', 'dev', 'Prod', ''),
  'aws:PrincipalTag/blob': { type: 'binary', pool: ['QmluYXJ5', 'AAECAw==', 'aGVsbG8='] },
  'aws:PrincipalOrgID': text('o-a1b2c3d4e5', 'o-zzzzzzzzzz'),
  'aws:PrincipalOrgPaths': list('o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/', 'o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/'),
  'aws:MultiFactorAuthPresent': truth,
  'aws:MultiFactorAuthAge': number('0', '300', '3600', '86400'),
  'aws:SourceArn': arn(
    `arn:aws:s3:::logs-bucket`,
    `arn:aws:sns:${REGION}:${HOME}:alerts`,
    `arn:aws:lambda:${REGION}:${OTHER}:function:worker:v1`,
  ),
  'aws:SourceAccount': text(HOME, OTHER, THIRD),
  'aws:CalledVia': list('athena.amazonaws.com', 'cloudformation.amazonaws.com', 'dynamodb.amazonaws.com'),
  'aws:ViaAWSService': truth,
  'aws:TagKeys': list('team', 'env', 'cost-center', 'Owner'),
  'aws:SourceIdentity': text(...NAMES),
}

// Keys AWS fills in from the request itself; their values are computed, never drawn.
export const DERIVED_KEYS = {
  'aws:PrincipalArn': { type: 'arn' },
  'aws:PrincipalAccount': { type: 'string' },
  'aws:PrincipalType': { type: 'string' },
  'aws:userid': { type: 'string' },
  'aws:username': { type: 'string' },
  'aws:ResourceAccount': { type: 'string' },
}

const s3Object = {
  's3:signatureversion': text('AWS4-HMAC-SHA256', 'AWS'),
  's3:authType': text('REST-HEADER', 'REST-QUERY-STRING'),
  's3:signatureAge': number('1000', '600000', '900000'),
  's3:TlsVersion': number('1.2', '1.3', '1.1'),
}
const s3Put = {
  's3:x-amz-acl': text('private', 'public-read', 'bucket-owner-full-control'),
  's3:x-amz-server-side-encryption': text('aws:kms', 'AES256'),
  's3:x-amz-storage-class': text('STANDARD', 'GLACIER'),
  's3:RequestObjectTag/team': text(...TEAMS),
  's3:RequestObjectTagKeys': list('team', 'env', 'cost-center'),
}
const s3List = {
  's3:prefix': text('', 'home/', 'home/alice/', 'logs/2026'),
  's3:delimiter': text('/', '|'),
  's3:max-keys': number('1', '100', '1000'),
}
const resourceTag = { 'aws:ResourceTag/team': text(...TEAMS), 'aws:ResourceTag/env': text('prod', 'dev') }
const kms = {
  ...resourceTag,
  'kms:ViaService': text(`s3.${REGION}.amazonaws.com`, `ec2.${REGION}.amazonaws.com`),
  'kms:CallerAccount': text(HOME, OTHER),
}
const assume = {
  'sts:ExternalId': text('12345-abc', '12345-ABC', 'partner'),
  'sts:RoleSessionName': text('deploy', ...NAMES),
  'sts:SourceIdentity': text(...NAMES),
  'aws:RequestTag/team': text(...TEAMS),
  'sts:TransitiveTagKeys': list('team', 'env'),
}

const objects = [
  'arn:aws:s3:::data-bucket/home/alice/report.csv',
  'arn:aws:s3:::data-bucket/home/bob/report.csv',
  'arn:aws:s3:::data-bucket/blue/plan.txt',
  'arn:aws:s3:::logs-bucket/2026/11/22/log.gz',
  'arn:aws:s3:::data-bucket/price?$.txt',
  'arn:aws:s3:::data-bucket/a:b/c',
]
const buckets = ['arn:aws:s3:::data-bucket', 'arn:aws:s3:::logs-bucket']
const local = (service, ...names) => names.map((n) => `arn:aws:${service}:${REGION}:{account}:${n}`)
const roles = [
  'arn:aws:iam::{account}:role/deploy',
  'arn:aws:iam::{account}:role/team/blue',
  'arn:aws:iam::{account}:role/deploy-prod',
]

function service(prefix, options, actions) {
  return Object.entries(actions).map(([name, [resources, keys]]) => ({
    service: prefix,
    name,
    resources,
    keys,
    ...options,
  }))
}

// `policy`: resources of the service can carry a policy; `rcp`: resource control policies reach it.
export const ACTIONS = [
  ...service(
    's3',
    { policy: true, rcp: true },
    {
      GetObject: [objects, { ...s3Object, 's3:ExistingObjectTag/team': text(...TEAMS) }],
      PutObject: [objects, { ...s3Object, ...s3Put }],
      DeleteObject: [objects, s3Object],
      ListBucket: [buckets, { ...s3Object, ...s3List }],
      GetBucketPolicy: [buckets, s3Object],
    },
  ),
  ...service(
    'sqs',
    { policy: true, rcp: true },
    {
      SendMessage: [local('sqs', 'jobs', 'jobs-dlq', 'alice'), resourceTag],
      ReceiveMessage: [local('sqs', 'jobs', 'jobs-dlq'), resourceTag],
    },
  ),
  ...service(
    'sns',
    { policy: true },
    {
      Publish: [local('sns', 'alerts', 'alerts-blue'), resourceTag],
      Subscribe: [
        local('sns', 'alerts', 'alerts-blue'),
        {
          ...resourceTag,
          'sns:Protocol': text('https', 'email', 'sqs'),
          'sns:Endpoint': text('ops@example.com', 'https://example.org/hook'),
        },
      ],
    },
  ),
  ...service(
    'kms',
    { policy: true, rcp: true, key: true },
    {
      Decrypt: [
        local('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab', 'key/0987dcba-09fe-87dc-65ba-ab0987654321'),
        kms,
      ],
      GenerateDataKey: [local('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab'), kms],
      CreateGrant: [
        local('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab'),
        {
          ...kms,
          'kms:GrantIsForAWSResource': truth,
          'kms:GrantOperations': list('Decrypt', 'Encrypt', 'GenerateDataKey'),
        },
      ],
    },
  ),
  ...service(
    'secretsmanager',
    { policy: true, rcp: true },
    {
      GetSecretValue: [
        local('secretsmanager', 'secret:db/blue-AbCdEf', 'secret:db/red-GhIjKl'),
        { ...resourceTag, 'secretsmanager:VersionStage': text('AWSCURRENT', 'AWSPREVIOUS') },
      ],
      DescribeSecret: [local('secretsmanager', 'secret:db/blue-AbCdEf'), resourceTag],
    },
  ),
  ...service(
    'lambda',
    { policy: true },
    {
      InvokeFunction: [local('lambda', 'function:worker', 'function:worker-blue', 'function:alice'), resourceTag],
    },
  ),
  ...service(
    'dynamodb',
    { policy: true, rcp: true },
    {
      GetItem: [
        local('dynamodb', 'table/Orders', 'table/alice'),
        { ...resourceTag, 'dynamodb:LeadingKeys': list(...NAMES), 'dynamodb:Attributes': list('id', 'total', 'card') },
      ],
    },
  ),
  ...service('sts', { policy: true, rcp: true, trust: true }, { AssumeRole: [roles, assume] }),
  ...service(
    'ec2',
    {},
    {
      StartInstances: [
        local('ec2', 'instance/i-0123456789abcdef0', 'instance/i-0fedcba9876543210'),
        {
          ...resourceTag,
          'ec2:InstanceType': text('t3.micro', 'm5.large'),
          'ec2:EbsOptimized': truth,
          'ec2:MetadataHttpPutResponseHopLimit': number('1', '2', '64'),
        },
      ],
      TerminateInstances: [
        local('ec2', 'instance/i-0123456789abcdef0'),
        { ...resourceTag, 'ec2:Tenancy': text('default', 'dedicated') },
      ],
      DescribeInstances: [['*'], { 'ec2:Region': text('us-east-1', 'us-west-2') }],
    },
  ),
  ...service(
    'iam',
    {},
    {
      GetRole: [roles, resourceTag],
      PassRole: [roles, { ...resourceTag, 'iam:PassedToService': text('ec2.amazonaws.com', 'lambda.amazonaws.com') }],
      CreateUser: [
        NAMES.map((n) => `arn:aws:iam::{account}:user/${n}`),
        {
          'aws:RequestTag/team': text(...TEAMS),
          'iam:PermissionsBoundary': arn(
            `arn:aws:iam::${HOME}:policy/boundary`,
            `arn:aws:iam::${HOME}:policy/Boundary`,
          ),
        },
      ],
      ListUsers: [['*'], {}],
    },
  ),
]

const userArn = (account, name) => `arn:aws:iam::${account}:user/${name}`
const roleArn = (account, name) => `arn:aws:iam::${account}:role/${name}`

// A principal: `arn` as requests name it, `direct` as a resource policy may name it, and the derived keys.
export function principal(kind, random, account = HOME) {
  const name = random.pick(NAMES)
  const common = { kind, name, account, root: `arn:aws:iam::${account}:root` }
  const keys = (arnValue, type, userid) => ({
    'aws:PrincipalArn': arnValue,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': type,
    'aws:userid': userid,
  })
  switch (kind) {
    case 'user': {
      const self = userArn(account, name)
      return {
        ...common,
        arn: self,
        direct: [self],
        derived: { ...keys(self, 'User', `AIDA${name.toUpperCase()}`), 'aws:username': name },
      }
    }
    case 'role':
    case 'session': {
      const role = random.pick(['app', 'deploy'])
      const self = roleArn(account, role)
      const session = `arn:aws:sts::${account}:assumed-role/${role}/${name}`
      const derived = keys(self, 'AssumedRole', `AROA${role.toUpperCase()}:${name}`)
      return kind === 'role'
        ? { ...common, arn: self, direct: [self], derived }
        : { ...common, arn: session, role: self, direct: [session, self], derived }
    }
    case 'root':
      return { ...common, arn: common.root, direct: [common.root], derived: keys(common.root, 'Account', account) }
    case 'federated': {
      const self = `arn:aws:sts::${account}:federated-user/${name}`
      return { ...common, arn: self, direct: [self], derived: keys(self, 'FederatedUser', `${account}:${name}`) }
    }
    case 'service':
      return {
        kind,
        name,
        arn: random.pick(['lambda.amazonaws.com', 'sns.amazonaws.com', 'cloudtrail.amazonaws.com']),
        derived: {},
      }
    default:
      return { kind: 'anonymous', name, arn: '*', derived: {} }
  }
}

export const SERVICES = ['lambda.amazonaws.com', 'sns.amazonaws.com', 'cloudtrail.amazonaws.com', 'ec2.amazonaws.com']
export const userNames = NAMES
export { userArn, roleArn }
