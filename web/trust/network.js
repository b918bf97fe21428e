// The web of trust of trust.json: accounts, groups and edges as objects, and who is joined to whom. It draws nothing.

import { oneLine, visibleText } from "../common/dom.js";
import { ACCESSES, accountKind, isMutual, nodeWords, OUTSIDE_KINDS, OWN_KINDS } from "./words.js";

const LOGO = /^icons\/logos\/[^/\\\p{C}]+$/u;
const KINDS_OF_TYPES = new Map([["weboftrust_account", "scanned"], ["known_account", "configured"], ["unknown_account", "unknown"], ["directconnect", "location"], ["aws", "aws"]]);
const DEEPEST = 40;

function text(value) {
  return value === undefined || value === null ? "" : oneLine(value);
}

function list(value) {
  return Array.isArray(value) ? value : [];
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function idOf(value) {
  return typeof value === "string" || Number.isFinite(value) ? String(value) : "";
}

// Only encrypted addresses without a user become links.
export function safeAddress(address) {
  if (typeof address !== "string" || !address.startsWith("https://")) return null;
  try {
    const url = new URL(address);
    return url.protocol === "https:" && url.username === "" && url.password === "" ? url : null;
  } catch {
    return null;
  }
}

function readReason(raw) {
  const given = isObject(raw) ? raw : {};
  return {
    service: text(given.service), resource: visibleText(given.resource ?? ""), access: text(given.access), why: text(given.why), certain: given.certain !== false, condition: text(given.condition),
    file: text(given.file), pointer: text(given.pointer), within: text(given.within), statement: given.statement ?? null, evidence: given.evidence ?? null,
  };
}

export class Network {
  constructor(raw) {
    const about = isObject(raw.about) ? raw.about : {};
    this.accounts = list(about.accounts).map(text).filter(Boolean);
    this.made = text(about.made);
    this.gaps = list(about.gaps).filter(isObject).map((gap) => ({ account: text(gap.account), what: text(gap.what), service: text(gap.service) }));
    this.dangling = list(about.dangling).filter(isObject).map((one) => ({ account: text(one.account), resource: text(one.resource), principal: text(one.principal) }));
    this.everybody = Object.entries(isObject(about.everybody) ? about.everybody : {}).flatMap(([account, resources]) => list(resources).map((resource) => ({ account: text(account), resource: text(resource) })));
    this.only = text(about.only);
    this.hidden = Number.isSafeInteger(about.hidden) && about.hidden > 0 ? about.hidden : 0;
    Object.assign(this, { nodes: [], groups: [], edges: [], index: new Map(), groupIndex: new Map(), edgeIndex: new Map(), skipped: 0 });
    const elements = list(raw.elements).map((element) => (isObject(element) && isObject(element.data) ? element : null));
    const isEdge = ({ data }) => data.type === "edge" || (data.source !== undefined && data.target !== undefined);
    this.skipped += elements.filter((element) => element === null).length;
    const usable = elements.filter(Boolean);
    const places = usable.filter((element) => !isEdge(element));
    for (const { data } of places) this.readPlace(data);
    for (const { data } of places) this.readParent(data);
    this.untangle();
    for (const element of usable) if (isEdge(element)) this.readEdge(element);
    this.services = this.countServices();
  }

  readPlace(data) {
    const id = idOf(data.id);
    if (id === "" || this.index.has(id) || this.groupIndex.has(id)) {
      this.skipped += 1;
      return;
    }
    const name = text(data.name) || oneLine(id);
    if (data.kind === "group" || (data.kind === undefined && data.type === "account_grouping")) {
      this.groupIndex.set(id, this.groups.length);
      this.groups.push({ at: this.groups.length, id, name, parent: -1, children: [], members: [] });
      return;
    }
    const kind = [...OWN_KINDS, ...OUTSIDE_KINDS].includes(data.kind) ? data.kind : (KINDS_OF_TYPES.get(data.type) ?? "unknown");
    const logo = typeof data.logo === "string" && LOGO.test(data.logo) && !data.logo.includes("..") ? data.logo : "";
    this.index.set(id, this.nodes.length);
    this.nodes.push({ at: this.nodes.length, id, shownId: oneLine(id), name, kind, own: OWN_KINDS.includes(kind), ours: data.ours === true, type: text(data.type), logo, source: Array.isArray(data.source) ? data.source.find((one) => safeAddress(one) !== null) : data.source, group: -1, out: [], in: [] });
  }

  readParent(data) {
    const parent = this.groupIndex.get(idOf(data.parent));
    if (parent === undefined) return;
    const id = idOf(data.id);
    if (this.groupIndex.has(id)) {
      const group = this.groups[this.groupIndex.get(id)];
      if (group.at !== parent && group.parent === -1) group.parent = parent;
    } else if (this.index.has(id)) {
      const node = this.nodes[this.index.get(id)];
      if (node.own && node.group === -1) node.group = parent;
    }
  }

  // Groups that would be in themselves stand alone.
  untangle() {
    for (const group of this.groups) {
      let [above, depth] = [group.parent, 0];
      while (above !== -1 && above !== group.at && depth <= DEEPEST) [above, depth] = [this.groups[above].parent, depth + 1];
      if (above !== -1) group.parent = -1;
    }
    for (const group of this.groups) if (group.parent !== -1) this.groups[group.parent].children.push(group.at);
    for (const node of this.nodes) if (node.group !== -1) this.groups[node.group].members.push(node.at);
  }

  readEdge({ data, classes }) {
    const [from, to] = [this.index.get(idOf(data.source)), this.index.get(idOf(data.target))];
    if (from === undefined || to === undefined || from === to) {
      this.skipped += 1;
      return;
    }
    const named = typeof classes === "string" ? classes.trim().split(/\s+/)[0] : "";
    const access = [named, data.access].find((one) => ACCESSES.includes(one)) ?? "use";
    const at = this.edges.length;
    const reasons = list(data.reasons).filter(isObject);
    const services = [...new Set([...list(data.services), ...(Array.isArray(data.services) ? [] : reasons.map((reason) => reason.service))].map(text).filter(Boolean))].sort();
    const given = idOf(data.id);
    const id = given !== "" && !this.edgeIndex.has(given) ? given : `#${at}`;
    this.edgeIndex.set(id, at);
    this.edges.push({ at, id, from, to, access, certain: data.certain !== false, services, raw: reasons });
    this.nodes[from].out.push(at);
    this.nodes[to].in.push(at);
  }

  countServices() {
    const counts = new Map();
    for (const edge of this.edges) for (const service of edge.services) counts.set(service, (counts.get(service) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  reasons(edge) {
    return edge.raw.map(readReason);
  }

  // What a gap is about: an account by its name and id, if it is here.
  gapAccount(gap) {
    const node = this.nodes[this.index.get(gap.account) ?? -1];
    return node ? nodeWords(node) : gap.account;
  }

  // Names of the groups around it, outermost first.
  path(at) {
    const names = [];
    for (let group = at; group !== -1; group = this.groups[group].parent) names.unshift(this.groups[group].name);
    return names;
  }

  // All accounts of a group and of those within.
  within(at) {
    const { members, children } = this.groups[at];
    return [...members, ...children.flatMap((child) => this.within(child))];
  }

  // What is at the other end, as seen from a node; mutual ones count in both directions.
  edgesOf(at, side) {
    const { out, in: into } = this.nodes[at];
    const mutual = (edge) => isMutual(this.edges[edge].access);
    if (side === "mutual") return [...out, ...into].filter(mutual).map((edge) => this.edges[edge]);
    return (side === "out" ? out : into).filter((edge) => !mutual(edge)).map((edge) => this.edges[edge]);
  }

  // Nodes that have all words in name, id, kind or groups; best first.
  find(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    this.texts ??= this.nodes.map((node) => [node.name, node.id, node.type, accountKind(node.kind), ...this.path(node.group)].join("\n").toLowerCase());
    const joined = words.join(" ");
    const found = [];
    this.texts.forEach((all, at) => {
      if (!words.every((word) => all.includes(word))) return;
      const best = [this.nodes[at].name.toLowerCase(), this.nodes[at].id.toLowerCase()];
      found.push([best.includes(joined) ? 0 : best.some((one) => one.startsWith(joined)) ? 1 : best[0].includes(joined) ? 2 : 3, at]);
    });
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, at]) => at);
  }
}
