// Action, Resource and Principal elements that cover a request, or just miss it.

import { ACTIONS, HOME, OTHER, SERVICES, THIRD, roleArn, userArn, userNames } from './world.mjs'

// Actions -----------------------------------------------------------------------------------------

function actionPattern(random, service, name) {
  const at = random.between(1, name.length - 1)
  return random.weighted([
    [8, () => `${service}:${name}`],
    [4, () => `${service}:*`],
    [3, () => `${service}:${name.slice(0, at)}*`],
    [1, () => `${service}:*${name.slice(at)}`],
    [1, () => `${service}:${name.slice(0, at)}?${name.slice(at + 1)}`],
    [1, () => `${service}:${name.slice(0, 1)}*${name.slice(-2)}`],
    [2, () => random.oddCase(`${service}:${name}`)],
  ])()
}

function missedAction(random, service, name) {
  const others = ACTIONS.filter((a) => a.service !== service || a.name !== name)
  const other = random.pick(others)
  return random.weighted([
    [4, () => `${other.service}:${other.name}`],
    [2, () => `${service}:${name}?`],
    [2, () => `${service}:${name}Tagging*`],
    [1, () => `${service}:${name.slice(0, -1)}`],
    [1, () => `${other.service === service ? 'ec2' : other.service}:*`],
  ])()
}

// {Action: …} or {NotAction: …} that covers the request's action, or does not. `options`: `star` allows
// a bare `*`, `not` allows NotAction, `only` keeps to the service's own actions.
export function actionElement(request, covers, options = {}) {
  const { random, action } = request
  const hit = () => (options.star && random.chance(0.15) ? '*' : actionPattern(random, action.service, action.name))
  const miss = () =>
    options.only
      ? `${action.service}:${random.pick(['TagSession', 'AssumeRoleWith*', 'SetSourceIdentity'])}`
      : missedAction(random, action.service, action.name)
  const negated = options.not && random.chance(0.09)
  const values = covers !== negated ? [hit()] : [miss()]
  while (values.length < 4 && random.chance(0.35)) values.push(miss())
  return { [negated ? 'NotAction' : 'Action']: random.oneOrList(random.shuffle(values)) }
}

// Resources ---------------------------------------------------------------------------------------

// A pattern may put a key of the request in place of its text. AWS takes variables only after the fifth
// colon of an ARN.
function nameWithVariable(request, name) {
  const { random } = request
  const texts = Object.entries(request.keys)
    .filter(([, about]) => about.type === 'string')
    .map(([key]) => key)
  const held = texts.filter((key) => {
    const value = request.context.get(key) ?? request.derived(key)
    return typeof value === 'string' && value.length >= 3 && name.includes(value)
  })
  if (held.length && random.chance(0.6)) {
    const key = random.pick(held)
    const value = request.value(key)
    return name.replace(value, () => `\${${key}}`)
  }
  const word = ['alice', 'bob', 'blue'].find((w) => name.includes(w))
  const key = word === 'blue' ? 'aws:PrincipalTag/team' : 'aws:SourceIdentity'
  if (!word) return name
  const value = request.value(key)
  const variable = value === undefined ? `\${${key}, '${word}'}` : `\${${key}}`
  return name.replace(word, () => variable)
}

const literal = (text) => text.replace(/[$*?]/g, (c) => `\${${c}}`)

// The length of the resource type in the last part of an ARN: `function:` of `function:worker`. AWS takes
// no wildcard there.
function typeLength({ service }, name) {
  return service === 's3' ? 0 : name.search(/[/:]/) + 1
}

// Wildcards stay inside one segment of the ARN.
function resourcePattern(request) {
  const { random, resource } = request
  if (resource === '*') return '*'
  const parts = resource.split(':')
  const head = parts.slice(0, 5)
  const full = parts.slice(5).join(':')
  const type = full.slice(0, typeLength(request.action, full))
  const name = full.slice(type.length)
  const at = random.between(0, name.length - 1)
  const join = (tail) => [...head, type + tail].join(':')
  return random.weighted([
    [6, () => join(literal(name))],
    [5, () => join(`${literal(name.slice(0, at))}*`)],
    [3, () => '*'],
    [2, () => [...head, '*'].join(':')],
    [2, () => join(`${literal(name.slice(0, at))}?${literal(name.slice(at + 1))}`)],
    [1, () => join(`*${literal(name.slice(at))}`)],
    [2, () => [...head.slice(0, 3), head[3] && '*', head[4] && '*', type + literal(name)].join(':')],
    // The simulator takes the colon of a variable for the end of a type where the ARN has none.
    [type || request.action.service === 's3' ? 3 : 0, () => join(nameWithVariable(request, literal(name)))],
  ])()
}

function missedResource(request) {
  const { random, resource } = request
  if (resource === '*') return `arn:aws:${request.action.service}:us-east-1:${HOME}:thing/*`
  const other = random.pick(request.action.resources).replace('{account}', request.account)
  return random.pick([
    () => `${literal(resource)}x`,
    () => `${literal(resource)}?`,
    () => `${literal(resource.slice(0, -1))}`,
    () => `${literal(resource.slice(0, -2))}\${*}`,
    () => (other === resource ? `${literal(resource)}/extra` : literal(other)),
    () => resource.replace(/\d{12}/, THIRD).replace('arn:aws:s3:::', 'arn:aws:s3:::my-'),
    () => `${literal(resource.slice(0, -3))}${literal(resource.slice(-3).toUpperCase())}Z`,
  ])()
}

// {Resource: …} or {NotResource: …}; `not` allows the latter.
export function resourceElement(request, covers, options = {}) {
  const { random } = request
  const negated = options.not && random.chance(0.09)
  const values = covers !== negated ? [resourcePattern(request)] : [missedResource(request)]
  while (values.length < 3 && random.chance(0.3)) values.push(missedResource(request))
  return { [negated ? 'NotResource' : 'Resource']: random.oneOrList(random.shuffle(values)) }
}

// Principals --------------------------------------------------------------------------------------

const strangers = (random) => [
  userArn(HOME, 'mallory'),
  userArn(OTHER, random.pick(userNames)),
  roleArn(HOME, 'ops'),
  THIRD,
  `arn:aws:iam::${THIRD}:root`,
]

function stranger(request) {
  const { random, principal } = request
  return random.pick(strangers(random).filter((s) => !principal.direct?.includes(s)))
}

// Ways to name the request's principal. `how`: 'direct' by its own ARN, 'account', 'any' for `*`.
function named(request, how) {
  const { random, principal } = request
  if (principal.kind === 'service') return how === 'any' ? '*' : { Service: random.oneOrList([principal.arn]) }
  if (principal.kind === 'anonymous' || how === 'any') return random.pick(['*', { AWS: '*' }])
  const own = how === 'account' ? random.pick([principal.account, principal.root]) : random.pick(principal.direct)
  const others = random.chance(0.35) ? [stranger(request)] : []
  const out = { AWS: random.oneOrList(random.shuffle([own, ...others])) }
  return random.chance(0.1) ? { ...out, Service: 'ec2.amazonaws.com' } : out
}

function somebodyElse(request) {
  const { random, principal } = request
  const services = SERVICES.filter((s) => s !== principal.arn)
  return random.chance(0.75) ? { AWS: random.oneOrList([stranger(request)]) } : { Service: random.pick(services) }
}

export function principalElement(request, covers, how) {
  return { Principal: covers ? named(request, how) : somebodyElse(request) }
}

// NotPrincipal: everybody but those named. For a session both its ARN and its role's are named.
export function notPrincipalElement(request, covers) {
  const { principal, random } = request
  if (covers || !principal.direct) return { NotPrincipal: somebodyElse(request) }
  return { NotPrincipal: { AWS: random.oneOrList([...principal.direct, principal.root]) } }
}
