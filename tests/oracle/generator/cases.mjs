// Cases of every shape: which policies there are, which of them are meant to take the access away.

import { build, identity, rcps, scps } from './policies.mjs'
import { Request } from './request.mjs'
import { ACTIONS, HOME, OTHER, principal } from './world.mjs'

const IAM_PRINCIPALS = [
  [40, 'user'],
  [15, 'role'],
  [35, 'session'],
  [10, 'root'],
]
const withPolicy = (a) => a.policy && !a.trust && !a.key

// `policies`: the kinds beside identity policies; `who`: principals; `where`: actions.
const SHAPES = {
  identity: { weight: 20, who: IAM_PRINCIPALS, where: (a) => !a.policy || withPolicy(a) },
  boundary: {
    weight: 9,
    who: [
      [1, 'user'],
      [1, 'role'],
      [1, 'session'],
    ],
    policies: ['boundary'],
    where: (a) => !a.key && !a.trust,
  },
  session: {
    weight: 8,
    who: [
      [7, 'session'],
      [3, 'federated'],
    ],
    policies: ['session'],
    where: (a) => !a.key && !a.trust && a.service !== 'iam',
  },
  resource: { weight: 12, who: IAM_PRINCIPALS, policies: ['resource'], where: withPolicy },
  'resource and boundary': {
    weight: 4,
    who: [
      [1, 'user'],
      [1, 'role'],
      [1, 'session'],
    ],
    policies: ['resource', 'boundary'],
    where: withPolicy,
  },
  'resource and session': {
    weight: 4,
    who: [
      [7, 'session'],
      [3, 'federated'],
    ],
    policies: ['resource', 'session'],
    where: withPolicy,
  },
  'cross-account': { weight: 12, who: IAM_PRINCIPALS, cross: true, policies: ['resource'], where: withPolicy },
  scp: { weight: 8, who: IAM_PRINCIPALS, policies: ['scps'], where: (a) => !a.key && !a.trust },
  rcp: { weight: 5, who: IAM_PRINCIPALS, policies: ['rcps'], where: (a) => a.rcp && !a.key && !a.trust },
  endpoint: { weight: 5, who: IAM_PRINCIPALS, policies: ['endpoint'], where: (a) => !a.key && !a.trust },
  trust: {
    weight: 8,
    who: [
      [4, 'user'],
      [2, 'role'],
      [3, 'session'],
      [1, 'service'],
    ],
    cross: 0.5,
    policies: ['resource'],
    where: (a) => a.trust,
  },
  key: {
    weight: 7,
    who: [
      [5, 'user'],
      [4, 'session'],
      [1, 'root'],
    ],
    cross: 0.4,
    policies: ['resource'],
    where: (a) => a.key,
  },
  service: { weight: 4, who: [[1, 'service']], policies: ['resource'], where: withPolicy },
  anonymous: { weight: 3, who: [[1, 'anonymous']], policies: ['resource'], where: withPolicy },
  everything: {
    weight: 8,
    who: [
      [1, 'user'],
      [1, 'role'],
    ],
    cross: 0.5,
    policies: ['resource', 'boundary', 'scps', 'rcps', 'endpoint'],
    where: (a) => withPolicy(a) && a.rcp,
  },
}

const hasIdentity = (kind) => !['root', 'service', 'anonymous'].includes(kind)

// How a resource policy names the principal. A session policy limits what the role is given, so there
// the role or its account is named: whether it limits grants to the session itself, tools disagree on.
function naming(random, shape, who) {
  if (!(shape.policies ?? []).includes('session'))
    return random.weighted([
      [5, 'direct'],
      [3, 'account'],
      [2, 'any'],
    ])
  return who.kind === 'session' ? random.pick(['role', 'account']) : 'account'
}

// Where the resource's policy and the identity's can each do alone, one of them is enough.
function enough(random, own, how) {
  if (own === 'resource only')
    return how === 'account'
      ? ['identity', 'resource']
      : random.pick([['resource'], ['resource'], ['identity', 'resource']])
  return random.chance(0.5) ? ['identity'] : enough(random, 'resource only', how)
}

// Which policies have to allow for the request to pass.
function needed(random, { who, kinds, cross, action, how }) {
  const gates = kinds.filter((k) => ['boundary', 'session', 'scps', 'endpoint'].includes(k))
  const resource = kinds.includes('resource')
  const alone = action.key || action.trust
  if (who.kind === 'root') return resource && (cross || alone) ? [...gates, 'resource'] : gates
  if (!hasIdentity(who.kind)) return [...gates, 'resource']
  if (!resource) return [...gates, 'identity']
  if (cross) return [...gates, 'identity', 'resource']
  return [...gates, ...enough(random, alone ? 'resource only' : 'either', how)]
}

// What every policy is to do: `allowed`, `denied` by one Deny, or `implicit`: one needed Allow is missing.
function intents(random, target, present, must) {
  const out = Object.fromEntries(
    present.map((k) => [
      k,
      { allows: must.includes(k) || (target !== 'implicit' && random.chance(0.3)), denies: false },
    ]),
  )
  if (target === 'denied' && present.length) out[random.pick(present)].denies = true
  if (target === 'implicit') {
    for (const kind of random.sample(must, 1)) out[kind].allows = false
  }
  return out
}

const NAMES = { boundary: 'Boundary', session: 'SessionPolicy', endpoint: 'EndpointPolicy' }

function policiesFor(request, present, plan, how) {
  const out = {}
  const trust = request.action.trust
  for (const kind of present) {
    const intent = { ...plan[kind], how: kind === 'resource' ? how : 'any' }
    if (kind === 'identity') out.identity = identity(request, intent)
    else if (kind === 'scps') out.scps = scps(request, intent)
    else if (kind === 'rcps') out.rcps = rcps(request, intent)
    else if (kind === 'resource')
      out.resource = trust
        ? build(request, 'TrustPolicy', 'trust', intent)
        : build(request, 'ResourcePolicy', 'resource', intent)
    else out[kind] = build(request, NAMES[kind], kind, intent)
  }
  return out
}

function sentence(shapeName, request, cross, target) {
  const where = cross ? 'cross-account' : 'same account'
  return `${shapeName}: ${request.principal.kind} and ${request.actionName}, ${where}, meant ${target}`
}

// The case number `index`.
export function randomCase(random, index) {
  const shapeName = random.weighted(Object.entries(SHAPES).map(([name, s]) => [s.weight, name]))
  const shape = SHAPES[shapeName]
  const who = principal(random.weighted(shape.who), random)
  const action = random.pick(ACTIONS.filter(shape.where))
  const cross = who.account !== undefined && (shape.cross === true || random.chance(shape.cross || 0))
  const request = new Request(random, who, action, cross ? OTHER : HOME)
  let how = naming(random, shape, who)
  const kinds = shape.policies ?? []
  const present = [...(hasIdentity(who.kind) ? ['identity'] : []), ...kinds]
  const must = needed(random, { who, kinds, cross, action, how })
  const target = random.weighted([
    [44, 'allowed'],
    [28, 'implicit'],
    [28, 'denied'],
  ])
  if (how === 'role') {
    request.principal.direct = [who.role]
    how = 'direct'
  }
  const policies = policiesFor(request, present, intents(random, target, present, must), how)
  request.addNoise()
  return { name: `${index}: ${sentence(shapeName, request, cross, target)}`, request: request.toJson(), policies }
}
