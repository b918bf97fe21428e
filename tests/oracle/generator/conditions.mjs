// Condition blocks that are meant to match a request, or meant not to. Meant: what they really do is
// for the judge to say, an accidental match does no harm.

import { OPERATORS } from './operators.mjs'

// What a key that is absent does to an operator.
function whenAbsent(operator, qualifier, ifExists) {
  if (qualifier === 'ForAllValues:') return true
  if (qualifier === 'ForAnyValue:') return false
  return operator.negated || ifExists
}

// Policy values for a request's values: some of them matched, the others not.
function valuesFor(request, operator, pool, matched, present) {
  const { random } = request
  const values = matched.map((v) => operator.match(request, v))
  const misses = matched.length ? random.between(0, 2) : random.between(1, 3)
  for (let i = 0; i < misses; i++) values.push(operator.miss(request, random.pick(present), pool ?? present))
  return random.shuffle(values)
}

// Which of the request's values the policy values must match for the wanted answer.
function toMatch(request, operator, qualifier, values, wanted) {
  const { random } = request
  const matches = operator.negated ? !wanted : wanted
  const some = random.sample(values, 1)
  if (qualifier === 'ForAllValues:' && !operator.negated) return matches ? values : values.slice(1)
  if (qualifier === 'ForAnyValue:' && operator.negated) return matches ? values : values.slice(1)
  return matches ? some : []
}

function absentValues(request, operator, about) {
  const pool = about.pool ?? ['x']
  return request.random.sample(pool, request.random.between(1, 2)).map((v) => operator.match(request, v))
}

function nullTest(request, key, wanted) {
  const absent = request.value(key) === undefined
  const say = absent === wanted
  return { operator: 'Null', key, values: [request.random.chance(0.7) ? String(say) : say] }
}

function qualifierFor(random, about) {
  if (about.type === 'list') return random.pick(['ForAllValues:', 'ForAnyValue:'])
  return random.chance(0.05) ? random.pick(['ForAllValues:', 'ForAnyValue:']) : ''
}

// One operator on one key, or undefined where the wanted answer cannot be had.
export function test(request, key, operator, qualifier, ifExists, wanted) {
  const about = request.keys[key]
  const value = request.value(key)
  const suffix = ifExists ? 'IfExists' : ''
  const shape = (values) => ({ operator: `${qualifier}${operator.name}${suffix}`, key, values })
  if (value === undefined) {
    // Whether IfExists rescues ForAnyValue is read differently by different tools.
    if (qualifier === 'ForAnyValue:' && ifExists) return undefined
    return whenAbsent(operator, qualifier, ifExists) === wanted
      ? shape(absentValues(request, operator, about))
      : undefined
  }
  const present = [value].flat()
  const matched = toMatch(request, operator, qualifier, present, wanted)
  return shape(valuesFor(request, operator, about.pool, matched, present))
}

function randomTest(request, keys, wanted) {
  const { random } = request
  for (let tries = 0; tries < 20; tries++) {
    const key = random.pick(keys)
    const about = request.keys[key]
    if (random.chance(0.08)) return nullTest(request, key, wanted)
    const found = test(
      request,
      key,
      random.pick(OPERATORS[about.type]),
      qualifierFor(random, about),
      random.chance(0.25),
      wanted,
    )
    if (found) return found
  }
  return nullTest(request, keys[0], wanted)
}

// Tests on one operator share its block; a second test of the same key under it would replace the first.
export function block(random, tests) {
  const condition = {}
  for (const { operator, key, values } of tests) {
    condition[operator] ??= {}
    const shown = random.chance(0.06) ? random.oddCase(key) : key
    condition[operator][shown] = random.oneOrList(values)
  }
  return condition
}

// A condition of one to three tests, all meant to match, or all but one.
export function condition(request, wanted) {
  const { random } = request
  const own = Object.keys(request.action.keys)
  const all = Object.keys(request.keys)
  const count = random.weighted([
    [70, 1],
    [22, 2],
    [8, 3],
  ])
  const failing = wanted ? -1 : random.below(count)
  const used = new Set()
  const tests = []
  for (let i = 0; i < count; i++) {
    const keys = own.length && random.chance(0.4) ? own : all
    const one = randomTest(request, keys, i !== failing)
    const place = `${one.operator} ${one.key}`.toLowerCase()
    if (!used.has(place)) tests.push(one)
    used.add(place)
  }
  return block(random, tests)
}
