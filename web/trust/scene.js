// What is to be drawn: cards of accounts and of folded groups, boxes around them, and the lines between. Places come later.

import { plural } from "../common/dom.js";
import { blastRadius } from "./blast.js";
import { ACCESSES, accountKind, capital, hopWords, isMutual, kindShort, OUTSIDE_KINDS } from "./words.js";

const FOLD_NODES = 140;
const FOLD_EDGES = 700;
const SECTION_MOST = 12;
const BUNDLE_LEAST = 3;
const BUNDLE_SHARE = 0.66;

export function groupKey(network, at) {
  return at === -1 ? "g-" : `g:${network.groups[at].id}`;
}

export function sectionKey(kind) {
  return `k:${kind}`;
}

// Groups that are folded before anybody says otherwise: those of large pictures that hold accounts themselves.
export function usualFolds({ network }) {
  const folds = new Set();
  if (network.nodes.length <= FOLD_NODES && network.edges.length <= FOLD_EDGES) return folds;
  for (const group of network.groups) if (group.members.length > 1) folds.add(groupKey(network, group.at));
  for (const kind of OUTSIDE_KINDS) if (network.nodes.filter((node) => node.kind === kind).length > SECTION_MOST) folds.add(sectionKey(kind));
  if (network.nodes.filter((node) => node.own && node.group === -1).length > SECTION_MOST * 2) folds.add(groupKey(network, -1));
  return folds;
}

function nodeItem(node) {
  return { at: node.at, key: "", kind: node.kind, title: node.name, sub: node.name === node.shownId ? "" : node.shownId, members: [node.at], folded: false, badge: node.own || node.kind === "unknown" ? "" : node.name, logo: node.logo, level: "", hops: -1 };
}

function foldedItem(key, title, members, kind) {
  return { at: -1, key, kind, title, sub: plural(members.length, "account"), members, folded: true, badge: "", logo: "", level: "", hops: -1 };
}

// Nodes whose rank is small first: those that get into many stand on top.
function byRank(sieve) {
  const { nodes, edges } = sieve.network;
  const rank = (node) => node.out.filter((edge) => sieve.edgeOn[edge] && nodes[edges[edge].to].own).length;
  const ranks = new Map(nodes.map((node) => [node.at, rank(node)]));
  return { rank: (at) => ranks.get(at), order: (a, b) => (nodes[a].name < nodes[b].name ? -1 : nodes[a].name > nodes[b].name ? 1 : a - b) };
}

// All of it, or only some accounts (`only`): boxes of groups with what is in them, and sections of outsiders.
export function wholeScene(sieve, { folds, only = null, always = -1 }) {
  const { network } = sieve;
  const { nodes, groups } = network;
  const shown = (at) => at === always || (sieve.nodeOn[at] === 1 && (only === null || only.has(at)));
  const scene = { items: [], lines: [], boxes: [], root: null, sections: [], rep: new Int32Array(nodes.length).fill(-1), columns: null };
  const { rank, order } = byRank(sieve);
  const put = (item) => {
    for (const at of item.members) scene.rep[at] = scene.items.length;
    scene.items.push(item);
    return scene.items.length - 1;
  };
  const box = (key, title, members, inner) => {
    const inside = [...inner.cards, ...inner.hubs, ...inner.boxes.flatMap((one) => one.inside)];
    const made = { key, title, count: members.length, cards: inner.cards, hubs: inner.hubs, boxes: inner.boxes, inside, scanned: members.filter((at) => nodes[at].kind === "scanned").length };
    scene.boxes.push(made);
    return made;
  };
  const cards = (members) => {
    const sorted = [...members].sort(order);
    // Hubs get into far more accounts of ours than the others do.
    const usual = members.map(rank).sort((a, b) => a - b)[members.length >> 1] ?? 0;
    const hubs = members.length < 3 ? [] : sorted.filter((at) => rank(at) >= Math.max(3, usual * 3 + 1)).sort((a, b) => rank(b) - rank(a));
    return { cards: sorted.filter((at) => !hubs.includes(at)).map((at) => put(nodeItem(nodes[at]))), hubs: hubs.slice(0, 6).map((at) => put(nodeItem(nodes[at]))), late: hubs.slice(6) };
  };
  const place = (at) => {
    const all = network.within(at).filter(shown);
    if (all.length === 0) return null;
    const key = groupKey(network, at);
    if (folds.has(key)) return { folded: put(foldedItem(key, groups[at].name, all, "group")) };
    const made = [...groups[at].children].sort((a, b) => (groups[a].name < groups[b].name ? -1 : 1)).map(place).filter(Boolean);
    const own = cards(groups[at].members.filter(shown));
    return box(key, groups[at].name, all, { cards: [...made.filter((one) => one.folded !== undefined).map((one) => one.folded), ...own.cards, ...own.late.map((one) => put(nodeItem(nodes[one])))], hubs: own.hubs, boxes: made.filter((one) => one.folded === undefined) });
  };
  const tops = groups.filter((group) => group.parent === -1).sort((a, b) => (a.name < b.name ? -1 : 1)).map((group) => place(group.at)).filter(Boolean);
  const loose = nodes.filter((node) => node.own && node.group === -1 && shown(node.at)).map((node) => node.at);
  const inner = { cards: tops.filter((one) => one.folded !== undefined).map((one) => one.folded), hubs: [], boxes: tops.filter((one) => one.folded === undefined) };
  if (loose.length > 0) {
    const key = groupKey(network, -1);
    if (tops.length === 0) {
      const own = cards(loose);
      Object.assign(inner, { cards: [...own.cards, ...own.late.map((one) => put(nodeItem(nodes[one])))], hubs: own.hubs });
    } else if (folds.has(key)) inner.cards.push(put(foldedItem(key, "In no group", loose, "group")));
    else {
      const own = cards(loose);
      inner.boxes.push(box(key, "In no group", loose, { ...own, cards: [...own.cards, ...own.late.map((one) => put(nodeItem(nodes[one])))], boxes: [] }));
    }
  }
  scene.root = { key: "", title: "", count: 0, ...inner };
  for (const kind of OUTSIDE_KINDS) {
    const members = nodes.filter((node) => node.kind === kind && shown(node.at)).map((node) => node.at).sort(order);
    if (members.length === 0) continue;
    const key = sectionKey(kind);
    const folded = members.length > 1 && folds.has(key);
    scene.sections.push({ key, kind, title: capital(accountKind(kind, members.length)), count: members.length, folded, cards: folded ? [put(foldedItem(key, kindShort(kind), members, kind))] : members.map((at) => put(nodeItem(nodes[at]))) });
  }
  join(scene, sieve, network.edges);
  bundle(scene);
  return scene;
}

// Edges of one access between the same two cards are one line.
function join(scene, sieve, edges) {
  const known = new Map();
  for (const edge of edges) {
    if (!sieve.edgeOn[edge.at]) continue;
    let [from, to] = [scene.rep[edge.from], scene.rep[edge.to]];
    if (from === -1 || to === -1 || from === to) continue;
    if (isMutual(edge.access) && from > to) [from, to] = [to, from];
    const key = `${from} ${to} ${edge.access}`;
    let line = known.get(key);
    if (!line) {
      line = { from, to, access: edge.access, edges: [], certain: false, inside: null, many: "", share: "" };
      known.set(key, line);
      scene.lines.push(line);
    }
    line.edges.push(edge);
    line.certain ||= edge.certain;
  }
  sortLines(scene);
}

// Strong ones are drawn last, over the others.
function sortLines(scene) {
  const strength = (line) => ACCESSES.indexOf(line.access);
  scene.lines.sort((a, b) => strength(b) - strength(a) || a.from - b.from || a.to - b.to);
}

// Who gets into all accounts of a box has one line to the box, and so has whom all of them get into. Outer boxes come first.
function bundle(scene) {
  const outer = scene.boxes.map((box, at) => ({ ...box, end: scene.items.length + at, set: new Set(box.inside), folded: box.inside.some((one) => scene.items[one].folded) })).sort((a, b) => b.inside.length - a.inside.length);
  for (const [single, many, ends] of [["from", "to", "to"], ["to", "from", "from"]]) {
    const fans = new Map();
    for (const line of scene.lines) {
      if (line.inside || isMutual(line.access)) continue;
      const key = `${line[single]} ${line.access}`;
      if (fans.has(key)) fans.get(key).push(line);
      else fans.set(key, [line]);
    }
    for (const fan of fans.values()) {
      let left = fan;
      for (const box of outer) {
        if (left.length < BUNDLE_LEAST) break;
        if (box.set.has(left[0][single])) continue;
        const some = left.filter((line) => box.set.has(line[many]));
        if (some.length < BUNDLE_LEAST) continue;
        const edges = some.flatMap((line) => line.edges);
        const accounts = new Set(edges.map((edge) => edge[ends])).size;
        // A line to a box of accounts means all of them that have a snapshot; of folded groups, that most are concerned.
        if (accounts < box.scanned && !(box.folded && some.length >= box.inside.length * BUNDLE_SHARE)) continue;
        const gone = new Set(some);
        left = left.filter((line) => !gone.has(line));
        scene.lines = scene.lines.filter((line) => !gone.has(line));
        scene.lines.push({ ...some[0], [many]: box.end, edges, certain: edges.some((edge) => edge.certain), inside: some.map((line) => line[many]), many, share: accounts >= box.scanned ? `all ${accounts.toLocaleString("en")}` : `${accounts.toLocaleString("en")} of ${box.scanned.toLocaleString("en")}` });
      }
    }
  }
  sortLines(scene);
}

export function focusScene(sieve, { focus }) {
  const { network } = sieve;
  const only = new Set([focus]);
  for (const side of ["in", "out", "mutual"]) for (const edge of sieve.on(network.edgesOf(focus, side))) only.add(edge.from).add(edge.to);
  const scene = wholeScene(sieve, { folds: new Set(), only, always: focus });
  // Lines between its neighbours are not asked for.
  const at = scene.rep[focus];
  scene.lines = scene.lines.filter((line) => line.from === at || line.to === at || line.inside?.includes(at));
  // Nothing is folded in so small a picture.
  for (const one of [...scene.boxes, ...scene.sections]) one.key = "";
  return scene;
}

// Columns by hops, strongest hold first.
export function blastScene(sieve, { start, overNetwork }) {
  const { nodes } = sieve.network;
  const reached = blastRadius(sieve, start, overNetwork);
  const scene = { items: [], lines: [], boxes: [], root: null, sections: [], rep: new Int32Array(nodes.length).fill(-1), columns: [], reached };
  const levels = ["whole", "part", "touched"];
  const sorted = [...reached].sort(([a, one], [b, other]) => one.hops - other.hops || levels.indexOf(one.level) - levels.indexOf(other.level) || (nodes[a].name < nodes[b].name ? -1 : 1));
  for (const [at, { level, hops }] of sorted) {
    const column = (scene.columns[hops] ??= { key: "", title: hops === 0 ? "From here" : hopWords(hops), count: 0, inside: [], scanned: 0 });
    column.count += 1;
    column.scanned += nodes[at].kind === "scanned" ? 1 : 0;
    scene.rep[at] = scene.items.length;
    column.inside.push(scene.items.length);
    scene.items.push({ ...nodeItem(nodes[at]), level: hops === 0 ? "" : level, hops });
  }
  scene.columns = scene.columns.filter(Boolean);
  scene.boxes = scene.columns.filter(({ count }) => count > 1);
  join(scene, sieve, [...new Set([...reached.values()].flatMap((one) => one.edges))]);
  bundle(scene);
  return scene;
}
