// One request in the making. Context keys are decided the first time a policy asks about them, and
// stay decided: so a request carries the keys its policies read, and a few they do not.

import { DERIVED_KEYS, GLOBAL_KEYS } from './world.mjs'

export class Request {
  constructor(random, principal, action, account) {
    this.random = random
    this.principal = principal
    this.action = action
    this.account = account
    this.resource = random.pick(action.resources).replace('{account}', account)
    this.context = new Map()
    this.absent = new Set()
    this.keys = { ...GLOBAL_KEYS, ...action.keys }
    for (const key of Object.keys(DERIVED_KEYS)) {
      if (this.derived(key) !== undefined) this.keys[key] = DERIVED_KEYS[key]
    }
  }

  get actionName() {
    return `${this.action.service}:${this.action.name}`
  }

  derived(key) {
    return key === 'aws:ResourceAccount' ? this.account : this.principal.derived[key]
  }

  // The value of a key in this request, undefined if it is absent.
  value(key) {
    if (this.context.has(key)) return this.context.get(key)
    if (this.absent.has(key)) return undefined
    const drawn = this.derived(key) ?? this.draw(this.keys[key])
    if (drawn === undefined) this.absent.add(key)
    else this.context.set(key, drawn)
    return drawn
  }

  draw(about) {
    const { random } = this
    if (!about?.pool || random.chance(0.22)) return undefined
    if (about.type === 'list') return random.sample(about.pool, random.between(1, about.pool.length))
    return random.pick(about.pool)
  }

  // Keys that no policy reads must not matter.
  addNoise() {
    for (const key of this.random.sample(Object.keys(this.keys), 2)) this.value(key)
  }

  toJson() {
    const { random } = this
    const context = {}
    for (const [key, value] of this.context) context[random.chance(0.06) ? random.oddCase(key) : key] = value
    return {
      principal: this.principal.arn,
      action: this.actionName,
      resource: this.resource,
      resource_account: this.account,
      context,
    }
  }
}
