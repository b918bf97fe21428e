// Puts principals that act alike together: those of one account with the same number of steps to an administrator, and among
// these, those that the same techniques lead from and to.

import { membersWords, shortList, techniqueLabels } from "./words.js";

const ALIKE_LEAST = 4;
const SHOWN_MOST = 28;
const FEW = 8;
const OPEN_MOST = 120;
export const LAST_COLUMN = 3;

export function columnOf(filter, at) {
  return Math.min(filter.steps[at], LAST_COLUMN);
}

function place(filter, at) {
  return `${filter.graph.nodes[at].account}/${filter.steps[at] < 0 ? "x" : columnOf(filter, at)}`;
}

// Equal for those of one kind whose steps have the same techniques, and the same groups at their other ends.
function likeness(filter, at, counts) {
  const { graph, edgeOn } = filter;
  const node = graph.nodes[at];
  const parts = new Set();
  for (const edge of graph.outgoing(at)) if (edgeOn[edge]) parts.add(`o${graph.technique[edge]}.${graph.certain[edge]}.${place(filter, graph.to[edge])}`);
  for (const edge of graph.incoming(at)) if (edgeOn[edge] && counts(graph.from[edge])) parts.add(`i${graph.technique[edge]}.${graph.certain[edge]}.${place(filter, graph.from[edge])}`);
  return `${node.kind}.${node.admin}.${node.escalates}|${[...parts].sort().join()}`;
}

// What is common to a group, for its second line: where its techniques lead, or which lead there.
function commonTechniques(filter, members) {
  const { graph, edgeOn } = filter;
  const [at] = members;
  const forward = [...graph.outgoing(at)].filter((edge) => edgeOn[edge] && filter.isStep(edge) && filter.steps[graph.to[edge]] === filter.steps[at] - 1);
  if (forward.length > 0) return `by ${shortList(techniqueLabels(graph, forward))}`;
  const back = [...graph.incoming(at)].filter((edge) => edgeOn[edge] && filter.isStep(edge));
  if (back.length > 0) return `${shortList(techniqueLabels(graph, back))} leads to them`;
  return filter.steps[at] === 0 ? "nothing leads to them" : "no steps from or to them";
}

// Administrators and those near to them first, then by name.
export function byImportance(filter) {
  const { nodes } = filter.graph;
  const rank = (at) => (nodes[at].kind === "admin" ? -2 : nodes[at].admin === "yes" ? -1 : filter.steps[at] < 0 ? 99 : filter.steps[at]) + (nodes[at].escalates === "possible" ? 0.5 : 0);
  return (a, b) => rank(a) - rank(b) || (nodes[a].short < nodes[b].short ? -1 : nodes[a].short > nodes[b].short ? 1 : a - b);
}

export function group(key, members, title, sub) {
  return { key, members, title, sub };
}

// Splits members into groups of those alike and single ones. `signs` give what makes them alike: what the first leaves single, the next may join.
export function split(filter, key, members, open, signs, describe, { least = ALIKE_LEAST, most = SHOWN_MOST } = {}) {
  const groups = [];
  let single = members;
  for (const sign of signs) {
    if (single !== members && single.length <= FEW) break;
    const alike = new Map();
    for (const at of single) {
      const like = sign(at);
      if (alike.has(like)) alike.get(like).push(at);
      else alike.set(like, [at]);
    }
    single = [];
    for (const some of alike.values()) {
      // The first member names the group: its id stays the same when filters change who else is in it.
      const name = `${key}/${filter.graph.nodes[some[0]].id}`;
      if (some.length < least || open.has(name)) single.push(...some);
      else groups.push(group(name, some, membersWords(filter.graph, some), describe(some)));
    }
  }
  groups.sort((a, b) => b.members.length - a.members.length);
  return cut(filter, key, groups, single, open, most);
}

// Too many to draw: the rest is one group.
function cut(filter, key, groups, single, open, usual) {
  const rest = `${key}/rest`;
  const most = open.has(rest) ? OPEN_MOST : usual;
  const room = Math.max(FEW, most - groups.length);
  const shown = single.sort(byImportance(filter)).slice(0, single.length === room + 1 ? room + 1 : room);
  const kept = groups.slice(0, most);
  const left = [...single.slice(shown.length), ...groups.slice(most).flatMap((one) => one.members)];
  if (left.length > 0) kept.push(group(rest, left, `${left.length.toLocaleString("en")} more`, open.has(rest) ? "in the list only" : "not drawn one by one"));
  return { groups: kept, single: shown };
}

// Coarser: those of one kind that are brought nearer to an administrator by the same techniques.
function goal(filter, at) {
  const { graph, edgeOn } = filter;
  const node = graph.nodes[at];
  const labels = new Set();
  for (const edge of graph.outgoing(at)) if (edgeOn[edge] && filter.steps[graph.to[edge]] < filter.steps[at]) labels.add(graph.techniques[graph.technique[edge]].label);
  return `${node.kind}.${node.admin}.${node.escalates}|${[...labels].sort().join()}`;
}

export function splitAlike(filter, key, members, open, counts, least) {
  return split(filter, key, members, open, [(at) => likeness(filter, at, counts), (at) => goal(filter, at)], (some) => commonTechniques(filter, some), { least });
}
