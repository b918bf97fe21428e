// A small seeded generator of random numbers and the choices made with it: the same seed gives the
// same cases on every machine. Not for anything that must be unpredictable.

export class Random {
  constructor(seed) {
    this.state = (Number(seed) * 2654435761) >>> 0
    for (let i = 0; i < 8; i++) this.next()
  }

  // Mulberry32: 32 bits of state are plenty for test data.
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  chance(probability) {
    return this.next() < probability
  }

  below(n) {
    return Math.floor(this.next() * n)
  }

  between(low, high) {
    return low + this.below(high - low + 1)
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  // [[weight, value], …]
  weighted(choices) {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of choices) {
      left -= weight
      if (left < 0) return value
    }
    return choices[choices.length - 1][1]
  }

  shuffle(list) {
    const out = [...list]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      ;[out[i], out[j]] = [out[j], out[i]]
    }
    return out
  }

  sample(list, n) {
    return this.shuffle(list).slice(0, n)
  }

  // Policies may write one value bare or as a list of one.
  oneOrList(list) {
    return list.length === 1 && this.chance(0.6) ? list[0] : list
  }

  // Upper and lower case at random, for names that AWS compares without case.
  oddCase(text) {
    return this.pick([
      (t) => t.toLowerCase(),
      (t) => t.toUpperCase(),
      (t) => [...t].map((c) => (this.chance(0.5) ? c.toUpperCase() : c.toLowerCase())).join(''),
    ])(text)
  }
}
