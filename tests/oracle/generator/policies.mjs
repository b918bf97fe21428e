// Policies of every kind. A statement is built to decide the request (`hits`), or to look as if it did
// and miss it in one element.

import { condition } from './conditions.mjs'
import { actionElement, notPrincipalElement, principalElement, resourceElement } from './elements.mjs'

const document = (statements) => ({ Version: '2012-10-17', Statement: statements })
const policy = (name, statements) => ({ name, document: document(statements) })
const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' }

// What each kind may write.
const KINDS = {
  identity: { star: true, notAction: true, notResource: true, conditions: 0.5 },
  boundary: { star: true, notAction: true, notResource: true, conditions: 0.3 },
  session: { star: true, notAction: true, notResource: true, conditions: 0.3 },
  scp: { star: true, notAction: true, notResource: true, conditions: 0.35 },
  rcp: { everybody: true, notResource: true, conditions: 0.7 },
  endpoint: { star: true, everybody: true, conditions: 0.35 },
  resource: { principal: true, notPrincipal: true, notResource: true, conditions: 0.5 },
  trust: { principal: true, notPrincipal: true, noResource: true, only: true, conditions: 0.6 },
}

// The elements a near miss may miss in.
function missable(about) {
  const elements = ['action', 'condition', 'condition']
  if (!about.noResource) elements.push('resource')
  if (about.principal) elements.push('principal', 'principal')
  return elements
}

function principalPart(request, about, effect, covers, how) {
  if (about.everybody) return { Principal: '*' }
  if (!about.principal) return {}
  if (effect === 'Deny' && about.notPrincipal && request.random.chance(0.2)) return notPrincipalElement(request, covers)
  return principalElement(request, covers, how)
}

// One statement. `how` names the principal: 'direct', 'account' or 'any'.
export function statement(request, kind, effect, hits, how = 'any') {
  const { random } = request
  const about = KINDS[kind]
  const missed = hits ? undefined : random.pick(missable(about))
  const conditional = missed === 'condition' || random.chance(about.conditions)
  const parts = {
    ...(random.chance(0.1) ? { Sid: `${effect}${random.below(1000)}${kind}` } : {}),
    Effect: effect,
    ...principalPart(request, about, effect, missed !== 'principal', how),
    ...actionElement(request, missed !== 'action', { star: about.star, not: about.notAction, only: about.only }),
    ...(about.noResource ? {} : resourceElement(request, missed !== 'resource', { not: about.notResource })),
  }
  if (conditional) parts.Condition = condition(request, missed !== 'condition')
  return parts
}

// A policy that allows the request or does not, that denies it or does not, among near misses of both.
export function build(request, name, kind, { allows, denies, how }) {
  const { random } = request
  const statements = []
  const effect = kind === 'rcp' ? 'Deny' : undefined
  if (allows) statements.push(statement(request, kind, 'Allow', true, how))
  if (denies) statements.push(statement(request, kind, 'Deny', true, random.pick(['any', 'direct', 'account'])))
  const wanted = random.weighted([
    [50, 1],
    [35, 2],
    [15, 3],
  ])
  while (statements.length < wanted) {
    statements.push(statement(request, kind, effect ?? random.pick(['Allow', 'Allow', 'Deny']), false, how))
  }
  const list = random.shuffle(statements)
  return policy(name, list.length === 1 && random.chance(0.2) ? list[0] : list)
}

// Identity policies: one to three, of which one decides.
export function identity(request, intent) {
  const count = request.random.weighted([
    [55, 1],
    [30, 2],
    [15, 3],
  ])
  const allowing = request.random.below(count)
  const denying = request.random.below(count)
  return Array.from({ length: count }, (_, i) =>
    build(request, `P${i + 1}`, 'identity', {
      allows: intent.allows && i === allowing,
      denies: intent.denies && i === denying,
    }),
  )
}

const fullAccess = () => policy('FullAWSAccess', [EVERYTHING])

// Levels of service control policies: root, units, account. Every level has to allow.
export function scps(request, intent) {
  const { random } = request
  const count = random.between(1, 3)
  const deciding = random.below(count)
  return Array.from({ length: count }, (_, i) => {
    const decides = i === deciding
    const allows = intent.allows || !decides
    const level = allows && random.chance(0.6) ? [fullAccess()] : []
    const needed = level.length === 0 || (intent.denies && decides) || random.chance(0.4)
    const own = { allows: allows && level.length === 0, denies: intent.denies && decides }
    return needed ? [...level, build(request, `Scp${i + 1}`, 'scp', own)] : level
  })
}

const fullResourceAccess = () =>
  policy('RCPFullAWSAccess', [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }])

// Levels of resource control policies: AWS attaches its own everywhere, all others only deny.
export function rcps(request, intent) {
  const { random } = request
  const count = random.between(1, 2)
  const deciding = random.below(count)
  return Array.from({ length: count }, (_, i) => [
    fullResourceAccess(),
    ...(i === deciding || random.chance(0.5)
      ? [build(request, `Rcp${i + 1}`, 'rcp', { denies: intent.denies && i === deciding })]
      : []),
  ])
}
