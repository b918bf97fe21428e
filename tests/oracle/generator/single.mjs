// Cases with one feature each: one identity policy, one statement, one condition operator.

import { block, test } from './conditions.mjs'
import { OPERATORS } from './operators.mjs'
import { Request } from './request.mjs'
import { ACTIONS, HOME, principal } from './world.mjs'

// Every operator once for every form it can be written in.
function forms() {
  const out = []
  for (const [type, operators] of Object.entries(OPERATORS)) {
    for (const operator of new Set(operators)) {
      const qualifiers = type === 'list' ? ['ForAllValues:', 'ForAnyValue:'] : ['']
      for (const qualifier of qualifiers)
        for (const ifExists of [false, true]) out.push({ type, operator, qualifier, ifExists })
    }
  }
  return [...out, { type: 'null' }, { type: 'null' }]
}

function keyOfType(request, type) {
  const keys = Object.keys(request.keys).filter((k) => type === 'null' || request.keys[k].type === type)
  return keys.length ? request.random.pick(keys) : undefined
}

function oneTest(request, form, wanted) {
  const key = keyOfType(request, form.type)
  if (!key) return undefined
  if (form.type === 'null')
    return { operator: 'Null', key, values: [String((request.value(key) === undefined) === wanted)] }
  return test(request, key, form.operator, form.qualifier, form.ifExists, wanted)
}

// The case number `index`; the forms are gone through in turn.
export function operatorCase(random, index) {
  const all = forms()
  const form = all[index % all.length]
  const wanted = random.chance(0.5)
  for (;;) {
    const who = principal(random.pick(['user', 'session']), random)
    const request = new Request(random, who, random.pick(ACTIONS.filter((a) => !a.key && !a.trust)), HOME)
    const found = oneTest(request, form, wanted)
    // An absent key leaves some forms only one answer: take the other then.
    const settled = found ?? oneTest(request, form, !wanted)
    if (!settled) continue
    const statement = {
      Effect: 'Allow',
      Action: request.actionName,
      Resource: '*',
      Condition: block(random, [settled]),
    }
    const document = { Version: '2012-10-17', Statement: [statement] }
    return {
      name: `${index}: ${settled.operator} on ${settled.key}`,
      request: request.toJson(),
      policies: { identity: [{ name: 'P1', document }] },
    }
  }
}
