// What is drawn: cards for principals and groups, lines between them, arranged in columns. A scene has no positions yet.

import { oneLine, plural } from "../common/dom.js";
import { kindName } from "./graph.js";
import { byImportance, columnOf, group, LAST_COLUMN, split, splitAlike } from "./groups.js";
import { distances } from "./paths.js";
import { lineLabel, membersWords, shortList, standing, stepsWords, techniqueLabels } from "./words.js";

export const WHOLE_MOST = 200;
const SINGLE_MOST = 64;
const BUDGET = 56;
const PER_COLUMN = 16;
const SPLIT_MOST = 1000;
const ALONE_MOST = 18;

// Cards of one scene, and which card stands for a node.
class Board {
  constructor(filter) {
    this.filter = filter;
    this.graph = filter.graph;
    this.items = [];
    this.rep = new Int32Array(filter.graph.nodes.length).fill(-1);
  }

  node(at, withAccount) {
    const node = this.graph.nodes[at];
    const state = standing(this.filter, at);
    const where = withAccount && node.account !== -1 ? this.graph.accountName(node.account) : kindName(node.kind);
    this.rep[at] = this.items.length;
    const [title, sub] = node.kind === "admin" ? ["All rights", node.name] : [node.short, [where, state.words].filter(Boolean).join(" · ")];
    this.items.push({ at, key: `n${at}`, members: [at], title, sub, tone: state.tone, sign: state.sign, kind: node.kind, people: node.kind === "admin" ? 0 : 1 });
    return this.items.length - 1;
  }

  group({ key, members, title, sub }) {
    const state = standing(this.filter, [...members].sort(byImportance(this.filter)).find((at) => this.graph.nodes[at].kind !== "admin") ?? members[0]);
    const kinds = new Set(members.map((at) => this.graph.nodes[at].kind));
    for (const at of members) this.rep[at] = this.items.length;
    this.items.push({ at: -1, key, members, title, sub, tone: state.tone, sign: state.sign, kind: kinds.size === 1 ? [...kinds][0] : "group", rest: key.endsWith("/rest"), people: people(this.graph, members) });
    return this.items.length - 1;
  }

  all({ groups, single }, withAccount) {
    return [...single.map((at) => this.node(at, withAccount)), ...groups.map((one) => this.group(one))];
  }

  // One line from card to card, whatever number of edges it stands for.
  lines(keep) {
    const { graph, filter, rep } = this;
    const lines = new Map();
    for (let edge = 0; edge < graph.edgeCount; edge += 1) {
      if (!filter.edgeOn[edge]) continue;
      const [from, to] = [rep[graph.from[edge]], rep[graph.to[edge]]];
      if (from === -1 || to === -1 || from === to || !keep(edge)) continue;
      const key = from * this.items.length + to;
      let line = lines.get(key);
      if (!line) {
        line = { from, to, edges: [], certain: false };
        lines.set(key, line);
      }
      line.edges.push(edge);
      if (graph.certain[edge]) line.certain = true;
    }
    const result = [...lines.values()];
    for (const line of result) {
      line.bundle = this.items[line.from].at === -1 || this.items[line.to].at === -1;
      line.implied = line.edges.every((edge) => !filter.isStep(edge));
      line.label = line.implied ? "" : oneLine(lineLabel(graph, line)).slice(0, 48);
    }
    return result;
  }

  finish(bands, lines, extra) {
    return { items: this.items, rep: this.rep, lines, bands, note: "", ...extra };
  }
}

// "All rights" stands among the administrators, where a step leads to it: that an administrator has them needs no line.
function isDrawn(filter, at) {
  const { graph, edgeOn } = filter;
  return graph.nodes[at].kind !== "admin" || graph.incoming(at).some((edge) => edgeOn[edge] && filter.isStep(edge));
}

// Steps that bring one nearer to an administrator, those among the ones who cannot become one; or all.
function isTowards(filter, state, edge) {
  if (!filter.isStep(edge)) return false;
  if (state.allLines) return true;
  const [from, to] = [filter.steps[filter.graph.from[edge]], filter.steps[filter.graph.to[edge]]];
  return from < 0 || (to >= 0 && to < from);
}

function columnHeading(column) {
  if (column === 0) return "Administrators";
  return column === LAST_COLUMN ? `${column} or more steps` : stepsWords(column);
}

function byAccount(filter, nodes) {
  const accounts = new Map();
  for (const at of nodes) {
    const { account } = filter.graph.nodes[at];
    if (!accounts.has(account)) accounts.set(account, []);
    accounts.get(account).push(at);
  }
  return [...accounts].sort((a, b) => a[0] - b[0]);
}

function bandTitle(graph, account) {
  if (account === -1) return { title: "Outside of the accounts", sub: "" };
  const { name, id } = graph.accounts[account];
  return { title: name, sub: id === name ? "" : id };
}

// By steps to an administrator, farthest first.
function columnsOf(filter, members) {
  const columns = new Map();
  for (const at of members) {
    const column = columnOf(filter, at);
    if (!columns.has(column)) columns.set(column, []);
    columns.get(column).push(at);
  }
  return [...columns].sort((a, b) => b[0] - a[0]);
}

// Who is and who can become administrator, in groups. Opened groups, and as many of the others as there is room for, are taken apart.
export function overviewScene(filter, state) {
  const { graph } = filter;
  const board = new Board(filter);
  const known = (at) => filter.nodeOn[at] === 1 && filter.steps[at] >= 0 && isDrawn(filter, at);
  const visible = graph.nodes.filter((node) => filter.nodeOn[node.at]).map((node) => node.at);
  const accounts = byAccount(filter, visible);
  const bases = accounts.flatMap(([account, all]) => columnsOf(filter, all.filter(known)).map(([column, members]) => ({ account, column, members, key: `${account}/${column}` })));
  takeApart(filter, state, bases, known);
  const bands = accounts.map(([account, all]) => {
    const columns = bases.filter((base) => base.account === account).map((base) => {
      const sub = base.column === 0 ? "" : `by ${shortList(forwardLabels(filter, base.members))}`;
      const parts = base.parts ?? { single: [], groups: [group(base.key, base.members, base.column === 0 ? plural(people(graph, base.members), "administrator") : membersWords(graph, base.members), sub)] };
      return { slot: base.column, heading: columnHeading(base.column), key: base.parts && base.members.length > 2 ? base.key : "", items: board.all(parts) };
    });
    const cannot = all.filter((at) => filter.steps[at] < 0).length;
    const { title, sub } = bandTitle(graph, account);
    return { title, sub: [sub, cannot > 0 ? `${cannot.toLocaleString("en")} more cannot become administrator` : ""].filter(Boolean).join(" · "), parts: columns.length > 0 ? [{ columns }] : [] };
  });
  const shown = bands.filter((band) => band.parts.length > 0);
  const dropped = accounts.filter(([account], at) => account !== -1 && bands[at].parts.length === 0).length;
  return board.finish(shown, board.lines((edge) => isTowards(filter, state, edge)), { aligned: true, note: dropped > 0 ? `not drawn: ${plural(dropped, "account")} in which nobody is or can become administrator` : "" });
}

// The same in all accounts, so that they look alike: first administrators, then those who have far to go.
function takeApart(filter, state, bases, known) {
  let room = BUDGET - bases.length;
  for (const column of [0, LAST_COLUMN, 2, 1]) {
    const some = bases.filter((base) => base.column === column);
    const many = some.reduce((sum, base) => sum + base.members.length, 0) > SPLIT_MOST;
    const parts = some.map((base) => (many && !state.open.has(base.key) ? null : splitAlike(filter, base.key, base.members, state.open, known)));
    const sizes = parts.map((one) => (one ? one.groups.length + one.single.length : Infinity));
    const cost = sizes.reduce((sum, size) => sum + size - 1, 0);
    const fits = cost <= room && sizes.every((size) => size <= PER_COLUMN);
    if (fits) room -= cost;
    some.forEach((base, at) => {
      if (state.open.has(base.key) || base.members.length < 3 || (fits && !state.closed.has(base.key))) base.parts = parts[at] ?? { groups: [], single: base.members };
    });
  }
}

function forwardLabels(filter, members) {
  const { graph } = filter;
  const edges = [];
  for (const at of members.slice(0, 400)) for (const edge of graph.outgoing(at)) if (filter.edgeOn[edge] && filter.steps[graph.to[edge]] < filter.steps[at]) edges.push(edge);
  return techniqueLabels(graph, edges);
}

function people(graph, members) {
  return members.filter((at) => graph.nodes[at].kind !== "admin").length;
}

// Everything, where that can be read.
export function wholeScene(filter, state) {
  const { graph } = filter;
  const board = new Board(filter);
  const visible = graph.nodes.filter((node) => filter.nodeOn[node.at]).map((node) => node.at);
  const touched = new Uint8Array(graph.nodes.length);
  for (let edge = 0; edge < graph.edgeCount; edge += 1) if (filter.edgeOn[edge] && isTowards(filter, state, edge)) touched[graph.from[edge]] = touched[graph.to[edge]] = 1;
  const least = visible.length > SINGLE_MOST ? 4 : Infinity;
  const pieces = (key, members) => splitAlike(filter, key, members, state.open, () => true, least);
  const bands = byAccount(filter, visible).map(([account, all]) => {
    const parts = [];
    const columns = columnsOf(filter, all.filter((at) => filter.steps[at] >= 0 && isDrawn(filter, at))).map(([column, members]) => ({ heading: columnHeading(column), key: "", items: board.all(pieces(`${account}/${column}`, members)) }));
    if (columns.length > 0) parts.push({ columns });
    const other = all.filter((at) => filter.steps[at] < 0 && touched[at]);
    if (other.length > 0) parts.push({ heading: "Cannot become administrator: steps among them", columns: chains(filter, other).map((members, at) => ({ heading: "", key: "", items: board.all(pieces(`${account}/x${at}`, members)) })) });
    const alone = all.filter((at) => filter.steps[at] < 0 && !touched[at]).sort(byImportance(filter));
    const key = `${account}/alone`;
    if (alone.length > ALONE_MOST && !state.open.has(key)) parts.push({ heading: "Cannot become administrator", grid: [board.group(group(key, alone, membersWords(graph, alone), "click to see them"))] });
    else if (alone.length > 0) parts.push({ heading: "Cannot become administrator", key: alone.length > ALONE_MOST ? key : "", grid: alone.map((at) => board.node(at)) });
    return { ...bandTitle(graph, account), parts };
  });
  const joined = (band) => band.parts.some((part) => part.columns);
  return board.finish([...bands.filter(joined), ...bands.filter((band) => !joined(band))], board.lines((edge) => isTowards(filter, state, edge)), {});
}

// Columns for those that lead to no administrator: sources left, what they reach right.
function chains(filter, members) {
  const { graph } = filter;
  const inside = new Set(members);
  const sources = members.filter((at) => ![...graph.incoming(at)].some((edge) => filter.edgeOn[edge] && inside.has(graph.from[edge])));
  const steps = distances(graph, filter.edgeOn, sources, false);
  const columns = [];
  for (const at of members) {
    const column = Math.min(Math.max(steps[at], 0), 4);
    (columns[column] ??= []).push(at);
  }
  return columns.filter(Boolean);
}

// One principal, who can reach it, and what it can reach.
export function focusScene(filter, state) {
  const { graph } = filter;
  const board = new Board(filter);
  const forward = distances(graph, filter.edgeOn, [state.focus], false, state.reach);
  const backward = distances(graph, filter.edgeOn, [state.focus], true, state.reach);
  const level = new Int32Array(graph.nodes.length).fill(99);
  const columns = new Map();
  let count = 0;
  for (let at = 0; at < graph.nodes.length; at += 1) {
    if (forward[at] === -1 && backward[at] === -1) continue;
    level[at] = forward[at] !== -1 && (backward[at] === -1 || forward[at] <= backward[at]) ? forward[at] : -backward[at];
    if (!columns.has(level[at])) columns.set(level[at], []);
    columns.get(level[at]).push(at);
    count += 1;
  }
  const list = [...columns].sort((a, b) => a[0] - b[0]).map(([depth, members]) => {
    const heading = depth === 0 ? "" : depth < 0 ? `can reach it in ${stepsWords(-depth)}` : `it can reach in ${stepsWords(depth)}`;
    const parts = members.length <= PER_COLUMN / 2 ? { single: members.sort(byImportance(filter)), groups: [] } : splitFocus(filter, state, depth, members, level);
    return { heading, key: "", items: board.all(parts, graph.accounts.length > 1) };
  });
  const keep = (edge) => {
    const [from, to] = [level[graph.from[edge]], level[graph.to[edge]]];
    return to === from + 1 || graph.from[edge] === state.focus || graph.to[edge] === state.focus;
  };
  const left = board.items.filter((item) => item.rest).reduce((sum, item) => sum + item.members.length, 0);
  return board.finish([{ title: "", sub: "", parts: [{ columns: list }] }], board.lines(keep), { center: board.rep[state.focus], left, note: `${plural(count - 1, "principal")} within ${stepsWords(state.reach)}${left > 0 ? `, ${left.toLocaleString("en")} of them not drawn one by one` : ""}` });
}

// Alike in a focus: led to by the same techniques from one level nearer, and of the same standing.
function splitFocus(filter, state, depth, members, level) {
  const { graph, edgeOn } = filter;
  const inner = depth + (depth > 0 ? -1 : 1);
  const links = (at) => [...(depth > 0 ? graph.incoming(at) : graph.outgoing(at))].filter((edge) => edgeOn[edge] && level[depth > 0 ? graph.from[edge] : graph.to[edge]] === inner);
  const sign = (at) => {
    const node = graph.nodes[at];
    return `${node.kind}.${node.admin}.${Math.sign(filter.steps[at])}.${node.escalates}|${[...new Set(links(at).map((edge) => `${graph.technique[edge]}.${graph.certain[edge]}`))].sort().join()}`;
  };
  const describe = (some) => {
    const labels = shortList(techniqueLabels(graph, links(some[0])));
    return depth > 0 ? `${labels} leads to them` : `by ${labels}`;
  };
  return split(filter, `f${state.focus}/${depth}`, members, state.open, [sign], describe, { least: 3, most: PER_COLUMN - 3 });
}

// The shortest ways and nothing else.
export function waysScene(filter, ways) {
  const { graph } = filter;
  const board = new Board(filter);
  const columns = [];
  for (const [at, depth] of ways.nodes) (columns[depth] ??= []).push(at);
  const list = columns.map((members, depth) => {
    const sorted = members.sort(byImportance(filter));
    const parts = { single: sorted.slice(0, PER_COLUMN), groups: [] };
    const rest = sorted.slice(PER_COLUMN);
    if (rest.length > 0) parts.groups.push(group(`w${depth}/rest`, rest, `${rest.length.toLocaleString("en")} more`, "in the list only"));
    return { heading: depth === 0 ? "From" : `after ${stepsWords(depth)}`, key: "", items: board.all(parts, graph.accounts.length > 1) };
  });
  const on = new Set(ways.edges);
  return board.finish([{ title: "", sub: "", parts: [{ columns: list }] }], board.lines((edge) => on.has(edge)), {});
}
