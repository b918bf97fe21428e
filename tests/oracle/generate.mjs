// Writes random but realistic IAM cases, one JSON object a line, without the expected answer.
// The same count and seed give the same cases.
//
// Left out on purpose is what the simulator gets wrong, or where AWS documents no answer: variables in
// policies of version 2008-10-17; variables and wildcards in an ARN's type of resource or before it;
// `${*}` outside the Like operators; networks of /0, and bare IPv4 addresses against IPv6 ones;
// ForAnyValue with IfExists on an absent key; plain operators on keys of many values; sessions named by a
// resource policy beside a session policy; control policies over service-linked roles and services.
//
//   node generate.mjs [COUNT] [SEED] [--operators]
//
// --operators: cases with one identity policy and one condition operator instead of all kinds.

import { once } from 'node:events'
import { randomCase } from './generator/cases.mjs'
import { Random } from './generator/random.mjs'
import { operatorCase } from './generator/single.mjs'

const words = process.argv.slice(2)
const one = words.includes('--operators') ? operatorCase : randomCase
const [count, seed] = words.filter((w) => !w.startsWith('--')).map(Number)

const random = new Random(seed ?? 1)
for (let i = 0; i < (count ?? 1000); i++) {
  const line = `${JSON.stringify(one(random, i))}\n`
  if (!process.stdout.write(line)) await once(process.stdout, 'drain')
}
