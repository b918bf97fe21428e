// Values for condition operators: for an operator and the value a request has, a policy value that
// matches it and one that (nearly always) does not.

// Text --------------------------------------------------------------------------------------------

const escape = (text) => text.replace(/[$*?]/g, (c) => `\${${c}}`)

// `${key}` of another key of the request that happens to hold the same text, or a default.
function variableFor(request, value) {
  const { random } = request
  if (/[$*?{}',]/.test(value) || value === '') return undefined
  const same = [...request.context].find(([, v]) => v === value)
  if (same && random.chance(0.5)) return `\${${same[0]}}`
  const other = random.pick(['aws:PrincipalTag/team', 'aws:SourceIdentity', 'aws:PrincipalTag/env'])
  return request.value(other) === undefined ? `\${${other}, '${value}'}` : undefined
}

function swapLetters(text) {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}

function wildcarded(random, value) {
  if (value === '') return '*'
  const at = random.between(1, value.length)
  return random.pick([
    () => escape(value),
    () => `${escape(value.slice(0, at))}*`,
    () => `*${escape(value.slice(-at))}`,
    () => `${escape(value.slice(0, at - 1))}?${escape(value.slice(at))}`,
    () => `*${escape(value.slice(at - 1, at))}*`,
  ])()
}

function nearText(random, value) {
  return random.pick([`${value}x`, value.slice(0, -1), swapLetters(value), `x${value}`, `${value} `])
}

function stringMatch(request, value) {
  const variable = request.random.chance(0.2) ? variableFor(request, value) : undefined
  return variable ?? value
}

const text = {
  match: (request, value) => stringMatch(request, value),
  miss: ({ random }, value, pool) =>
    random.chance(0.5) ? random.pick(pool) : random.pick([nearText(random, value), `${value.slice(0, 2)}*`]),
}
const anyCase = {
  match: (request, value) => (request.random.chance(0.5) ? request.random.oddCase(value) : value),
  miss: ({ random }, value, pool) => (random.chance(0.6) ? random.pick(pool) : `${value}x`),
}
const like = {
  match: (request, value) =>
    request.random.chance(0.2) ? stringMatch(request, escape(value)) : wildcarded(request.random, value),
  miss: ({ random }, value, pool) =>
    random.pick([
      escape(random.pick(pool)),
      escape(nearText(random, value)),
      `${escape(value)}?`,
      `${escape(value.slice(0, 1))}\${*}`,
      `x*`,
    ]),
}

// Numbers and dates -------------------------------------------------------------------------------

const SIGN = {
  Equals: [0],
  NotEquals: [0],
  LessThan: [1],
  LessThanEquals: [0, 1],
  GreaterThan: [-1],
  GreaterThanEquals: [-1, 0],
}

function ordered(name, shift) {
  const good = SIGN[name]
  const bad = [-1, 0, 1].filter((s) => !good.includes(s))
  return {
    match: (request, value) => shift(request.random, value, request.random.pick(good)),
    miss: (request, value) => shift(request.random, value, request.random.pick(bad)),
  }
}

function shiftNumber(random, value, by) {
  const n = Number(value) + by * random.pick([1, 5, 100])
  return random.pick([String(n), String(n), n, Number.isInteger(n) ? `${n}.0` : String(n)])
}

const shiftEpoch = (random, value, by) => String(Number(value) + by * random.pick([1, 60, 86400]))

function shiftDate(random, value, by) {
  const shifted = new Date(Date.parse(value) + by * 1000 * random.pick([1, 3600, 86400 * 30]))
  const zulu = shifted.toISOString().replace('.000Z', 'Z')
  const ahead = new Date(shifted.getTime() + 7200_000).toISOString().replace('.000Z', '+02:00')
  return random.pick([zulu, zulu, shifted.toISOString(), ahead])
}

// The rest ----------------------------------------------------------------------------------------

const bool = {
  match: ({ random }, value) => random.pick([value, value, value === 'true', random.oddCase(value)]),
  miss: ({ random }, value) => random.pick([String(value !== 'true'), value !== 'true']),
}

const NETWORKS = [
  '203.0.113.0/24',
  '198.51.100.128/25',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.0.2.128/31',
  '2001:db8:85a3::/48',
  '2001:db9::/32',
  '203.0.113.6/32',
]

function ipMatch({ random }, value) {
  if (value.includes(':')) return random.pick([value, '2001:db8::/32', '2001:DB8::/31', `${value}/128`])
  const octets = value.split('.').map(Number)
  const bits = random.pick([8, 13, 16, 20, 24, 25, 30, 32])
  const address = octets.reduce((sum, o) => sum * 256 + o, 0)
  const size = 2 ** (32 - bits)
  const start = random.chance(0.85) ? Math.floor(address / size) * size : address
  const dotted = [24, 16, 8, 0].map((s) => Math.floor(start / 2 ** s) % 256).join('.')
  return random.chance(0.2) ? value : `${dotted}/${bits}`
}

const ip = {
  match: ipMatch,
  miss: ({ random }, value) =>
    random.chance(0.3) && !value.includes(':')
      ? value.replace(/\d+$/, (d) => String((Number(d) + 2) % 250))
      : random.pick(NETWORKS),
}

// Wildcards stay inside a segment of the ARN.
function arnMatch({ random }, value) {
  const parts = value.split(':')
  const head = parts.slice(0, 5)
  let tail = parts.slice(5).join(':')
  for (let i = 3; i < 5; i++) if (random.chance(0.3)) head[i] = '*'
  if (random.chance(0.3)) tail = random.pick(['*', `${tail.slice(0, 3)}*`, `?${tail.slice(1)}`])
  return [...head, tail].join(':')
}

function arnMiss({ random }, value, pool) {
  const parts = value.split(':')
  return random.pick([
    random.pick(pool ?? [`${value}x`]),
    `${value}x`,
    value.slice(0, -1),
    value.replace(/\d{12}/, '999999999999'),
    [...parts.slice(0, 2), 'ec2', ...parts.slice(3)].join(':'),
    `${value}?`,
  ])
}
const arn = { match: arnMatch, miss: arnMiss }
const binary = { match: (_, value) => value, miss: ({ random }, _, pool) => random.pick([...pool, 'bm9wZQ==']) }

const make = (family, names, values) =>
  names.map(([name, negated]) => ({ name: `${family}${name}`, negated: Boolean(negated), ...values(name) }))
const pairs = (names) => names.map((n) => [n, n.startsWith('Not')])

const STRINGS = [
  ...make('String', pairs(['Equals', 'NotEquals']), () => text),
  ...make('String', pairs(['EqualsIgnoreCase', 'NotEqualsIgnoreCase']), () => anyCase),
  ...make('String', pairs(['Like', 'NotLike']), () => like),
]
const ORDER = pairs(Object.keys(SIGN))
const NUMBERS = make('Numeric', ORDER, (n) => ordered(n, shiftNumber))
const EPOCHS = [
  ...make('Numeric', ORDER, (n) => ordered(n, shiftEpoch)),
  ...make('Date', ORDER, (n) => ordered(n, shiftEpoch)),
]
const ARNS = make('Arn', pairs(['Equals', 'NotEquals', 'Like', 'NotLike']), () => arn)

// The operators that suit a key's type.
export const OPERATORS = {
  string: STRINGS,
  list: STRINGS,
  number: NUMBERS,
  date: make('Date', ORDER, (n) => ordered(n, shiftDate)),
  epoch: EPOCHS,
  bool: [{ name: 'Bool', negated: false, ...bool }],
  ip: [
    { name: 'IpAddress', negated: false, ...ip },
    { name: 'NotIpAddress', negated: true, ...ip },
  ],
  arn: [...ARNS, ...ARNS, ...STRINGS.filter((o) => /Equals$|Like$/.test(o.name))],
  binary: [{ name: 'BinaryEquals', negated: false, ...binary }],
}
