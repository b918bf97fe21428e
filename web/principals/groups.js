// Puts principals that act alike together: those of one account with the same number of steps to an administrator, and among
// these, those that the same techniques lead from and to.

import { membersWords, shortList, techniqueLabels } from "./words.js";

const ALIKE_LEAST = 4;
const SHOWN_MOST = 40;
const OPEN_MOST = 120;
export const LAST_COLUMN = 4;

export function columnOf(filter, at) {
  if (filter.graph.nodes[at].kind === "admin") return -1;
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

// Splits members into groups of those alike and single ones. `sign` gives what makes them alike.
export function split(filter, key, members, open, sign, describe, least = ALIKE_LEAST) {
  const alike = new Map();
  for (const at of members) {
    const like = sign(at);
    if (alike.has(like)) alike.get(like).push(at);
    else alike.set(like, [at]);
  }
  const groups = [];
  const single = [];
  for (const some of alike.values()) {
    // The first member names the group: an index stays the same when filters change who else is in it.
    const name = `${key}/${filter.graph.nodes[some[0]].id}`;
    if (some.length < least || open.has(name)) single.push(...some);
    else groups.push(group(name, some, membersWords(filter.graph, some), describe(some)));
  }
  groups.sort((a, b) => b.members.length - a.members.length);
  return cut(filter, key, groups, single, open);
}

// Too many to draw: the rest is one group.
function cut(filter, key, groups, single, open) {
  const rest = `${key}/rest`;
  const most = open.has(rest) ? OPEN_MOST : SHOWN_MOST;
  const shown = single.sort(byImportance(filter)).slice(0, Math.max(8, most - groups.length));
  const kept = groups.slice(0, most);
  const left = [...single.slice(shown.length), ...groups.slice(most).flatMap((one) => one.members)];
  if (left.length > 0) kept.push(group(rest, left, `${left.length.toLocaleString("en")} more`, open.has(rest) ? "in the list only" : "not drawn one by one"));
  return { groups: kept, single: shown };
}

export function splitAlike(filter, key, members, open, counts, least) {
  return split(filter, key, members, open, (at) => likeness(filter, at, counts), (some) => commonTechniques(filter, some), least);
}
