// Asks an independent simulator for its answer to each case: JSONL cases on standard input, the same
// cases with an added "oracle" member on standard output. It only calls the simulator's public
// functions, and it does not judge who is right when that answer differs from the engine's.
//
//   node judge.mjs <generated.jsonl >cases.jsonl

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

// AWS attaches this policy everywhere and the simulator adds it by itself (and rejects an Allow in an RCP).
const DEFAULT_RCP = 'RCPFullAWSAccess'

// The root user may do everything without a policy that says so; the simulator wants one.
const ROOT_USER = {
  name: 'RootUser',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
}

const listed = (policies) => (policies ?? []).map((p) => ({ name: p.name, policy: p.document }))

function levels(list, kind, leaveOut) {
  return (list ?? []).map((level, i) => ({
    orgIdentifier: `${kind}-level-${i}`,
    policies: listed(level.filter((p) => p.name !== leaveOut)),
  }))
}

// Our case format in the simulator's words.
function simulation({ request, policies }) {
  const input = {
    request: {
      principal: request.principal === '*' ? anonymousPrincipal : request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.resource_account },
      contextVariables: request.context ?? {},
    },
    identityPolicies: listed(request.principal.endsWith(':root') ? [ROOT_USER] : policies.identity),
    serviceControlPolicies: levels(policies.scps, 'scp'),
    resourceControlPolicies: levels(policies.rcps, 'rcp', DEFAULT_RCP),
  }
  if (policies.resource) input.resourcePolicy = policies.resource.document
  if (policies.session) input.sessionPolicy = policies.session.document
  if (policies.boundary) input.permissionBoundaryPolicies = listed([policies.boundary])
  if (policies.endpoint) input.vpcEndpointPolicies = listed([policies.endpoint])
  return input
}

// The simulator counts statements from 1 and names them by Sid where there is one.
function place(match, document, policy) {
  const id = match.explain?.identifier
  const statements = [document?.Statement ?? []].flat()
  const bySid = statements.findIndex((s) => s.Sid !== undefined && s.Sid === id)
  return { policy, statement: bySid >= 0 ? bySid : Number(id) - 1 }
}

// Finds a policy of the case by the name the simulator gives back; policies it takes without a name
// are found by the analysis they were part of.
function named(policies, kind, policyId) {
  const single = { resourceAnalysis: policies.resource, sessionAnalysis: policies.session }[kind]
  if (single) return single
  const all = [policies.identity, policies.scps, policies.rcps, policies.boundary, policies.endpoint]
  return all.flat(2).find((p) => p && p.name === policyId)
}

function statementsOf(part, key) {
  const own = part[key] ?? []
  const below = (part.ouAnalysis ?? []).flatMap((level) => statementsOf(level, key))
  return [...own, ...below]
}

// What each kind of policy said, and the statements that matched; members without content are left out.
function compact(analysis, policies) {
  const detail = { same_account: analysis.sameAccount, parts: {} }
  if (analysis.blockedBy?.length) detail.blocked_by = analysis.blockedBy
  for (const [kind, part] of Object.entries(analysis)) {
    if (!kind.endsWith('Analysis') || !part || typeof part !== 'object') continue
    detail.parts[kind.slice(0, -'Analysis'.length)] = part.result
    for (const [key, to] of [
      ['allowStatements', 'allow'],
      ['denyStatements', 'deny'],
    ]) {
      const found = statementsOf(part, key).map((m) => {
        const policy = named(policies, kind, m.policyId)
        return place(m, policy?.document, policy?.name ?? m.policyId)
      })
      if (found.length) detail[to] = [...(detail[to] ?? []), ...found]
    }
  }
  return detail
}

function answer(response, policies) {
  if (response.resultType === 'error') return { result: 'error', detail: response.errors }
  if (response.resultType === 'wildcard') {
    const patterns = response.results.map((r) => ({ pattern: r.resourcePattern, result: r.analysis?.result }))
    return { result: response.overallResult, detail: { patterns } }
  }
  const detail = compact(response.result.analysis, policies)
  if (response.result.ignoredContextKeys?.length) detail.ignored_keys = response.result.ignoredContextKeys
  return { result: response.overallResult, detail }
}

async function judge(testCase) {
  try {
    return answer(await runSimulation(simulation(testCase), {}), testCase.policies)
  } catch (error) {
    return { result: 'error', detail: { message: String(error?.message ?? error) } }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue
  const testCase = JSON.parse(line)
  const judged = { ...testCase, oracle: await judge(testCase) }
  if (!process.stdout.write(`${JSON.stringify(judged)}\n`)) await once(process.stdout, 'drain')
}
