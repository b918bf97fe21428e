// The principal graph of principals.json: nodes as objects, edges as columns of numbers, and who is joined to whom. It draws nothing.

import { oneLine, visibleText } from "../common/dom.js";

export const KINDS = ["user", "role", "person", "provider", "identity", "account", "service", "host", "internet", "admin"];
const KIND_NAMES = { user: "user", role: "role", person: "Identity Center user", provider: "identity provider", identity: "identity", account: "account", service: "service", host: "host", internet: "internet", admin: "administrator" };
const KINDS_MANY = { user: "users", role: "roles", person: "Identity Center users", provider: "identity providers", identity: "identities", account: "accounts", service: "services", host: "hosts", internet: "internet", admin: "administrators" };
const CATEGORY_NAMES = {
  "new-passrole": "Pass a role to something new", "existing-passrole": "Take over what has a role", "principal-access": "Become another principal",
  "self-escalation": "Raise its own rights", "guardrail-removal": "Remove what limits it", "credential-access": "Read credentials",
};

export function kindName(kind, count = 1) {
  return (count === 1 ? KIND_NAMES : KINDS_MANY)[kind] ?? kind;
}

export function categoryName(category) {
  if (Object.hasOwn(CATEGORY_NAMES, category)) return CATEGORY_NAMES[category];
  const text = category.replaceAll("-", " ");
  return text === "" ? "Other" : text[0].toUpperCase() + text.slice(1);
}

function text(value) {
  return value === undefined || value === null ? "" : oneLine(value);
}

function list(value) {
  return Array.isArray(value) ? value : [];
}

function whole(value, count) {
  return Number.isInteger(value) && value >= 0 && value < count;
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

// What a name ends in: the kind is shown by the icon, the path in the details.
function shortName(node) {
  if (node.kind === "admin" || node.kind === "service" || node.kind === "internet") return node.name;
  const cut = node.name.replace(/^[\w-]+\//, "");
  return node.kind === "provider" || node.kind === "person" ? cut || node.name : cut.slice(cut.lastIndexOf("/") + 1) || node.name;
}

function readNode(raw, at, accounts) {
  const given = isObject(raw) ? raw : {};
  const id = typeof given.arn === "string" && given.arn ? given.arn : `#${at}`;
  const node = {
    at, id, arn: visibleText(id), name: text(given.name) || oneLine(id), kind: typeof given.kind === "string" && KINDS.includes(given.kind) ? given.kind : "identity",
    account: whole(given.account, accounts) ? given.account : -1, admin: given.admin === "yes" || given.admin === "if" ? given.admin : "no", when: text(given.when),
    escalates: given.escalates === "certain" || given.escalates === "possible" ? given.escalates : "no", steps: Number.isInteger(given.steps) ? given.steps : null,
    tags: isObject(given.tags) ? Object.entries(given.tags).map(([key, value]) => [oneLine(key), text(value)]) : [],
  };
  node.short = shortName(node);
  return node;
}

function readTechnique(raw) {
  const given = isObject(raw) ? raw : {};
  const id = text(given.id);
  return { id, label: text(given.label) || id || "?", name: text(given.name) || id, category: text(given.category), fix: text(given.fix), source: typeof given.source === "string" ? given.source : "" };
}

function readDetail(raw) {
  const given = isObject(raw) ? raw : {};
  return {
    steps: list(given.steps).filter(isObject).map((step) => ({ who: text(step.who), action: text(step.action), resource: text(step.resource), verdict: text(step.verdict), because: list(step.because).map(text).filter(Boolean) })),
    conditions: list(given.conditions).map(text).filter(Boolean), doubts: list(given.doubts).map(text).filter(Boolean),
  };
}

export class Graph {
  constructor(raw) {
    this.collected = text(raw.collected);
    this.accounts = list(raw.accounts).map((account) => ({ id: text(account?.id), name: text(account?.name) || text(account?.id) || "?" }));
    this.techniques = list(raw.techniques).map(readTechnique);
    this.administrator = this.techniques.findIndex((technique) => technique.id === "administrator");
    this.nodes = list(raw.nodes).map((node, at) => readNode(node, at, this.accounts.length));
    this.index = new Map();
    this.nodes.forEach((node) => {
      if (!this.index.has(node.id)) this.index.set(node.id, node.at);
    });
    this.rawDetails = list(raw.details);
    this.unseen = list(raw.unseen).filter(isObject).map((row) => ({ account: this.accountName(whole(row.account, this.accounts.length) ? row.account : -1), call: text(row.call), techniques: Number.isInteger(row.techniques) ? row.techniques : 0 }));
    this.readEdges(list(raw.edges));
    this.join();
  }

  readEdges(rows) {
    const columns = ["from", "to", "technique", "via", "detail"];
    for (const name of columns) this[name] = new Int32Array(rows.length);
    this.certain = new Uint8Array(rows.length);
    let count = 0;
    this.skipped = 0;
    for (const row of rows) {
      const [from, to, technique, certain, via, detail] = Array.isArray(row) ? row : [];
      if (!whole(from, this.nodes.length) || !whole(to, this.nodes.length) || !whole(technique, this.techniques.length) || from === to) {
        this.skipped += 1;
        continue;
      }
      this.from[count] = from;
      this.to[count] = to;
      this.technique[count] = technique;
      this.certain[count] = certain === 1 || certain === true ? 1 : 0;
      this.via[count] = whole(via, this.nodes.length) ? via : -1;
      this.detail[count] = whole(detail, this.rawDetails.length) ? detail : -1;
      count += 1;
    }
    for (const name of [...columns, "certain"]) this[name] = this[name].subarray(0, count);
    this.edgeCount = count;
  }

  // Edges by their end: those of node n are outEdge[outStart[n]] up to outStart[n + 1].
  join() {
    for (const [name, ends] of [["out", this.from], ["in", this.to]]) {
      const start = new Int32Array(this.nodes.length + 1);
      for (let edge = 0; edge < this.edgeCount; edge += 1) start[ends[edge] + 1] += 1;
      for (let at = 0; at < this.nodes.length; at += 1) start[at + 1] += start[at];
      const next = start.slice();
      const edges = new Int32Array(this.edgeCount);
      for (let edge = 0; edge < this.edgeCount; edge += 1) {
        edges[next[ends[edge]]] = edge;
        next[ends[edge]] += 1;
      }
      this[`${name}Start`] = start;
      this[`${name}Edge`] = edges;
    }
  }

  outgoing(at) {
    return this.outEdge.subarray(this.outStart[at], this.outStart[at + 1]);
  }

  incoming(at) {
    return this.inEdge.subarray(this.inStart[at], this.inStart[at + 1]);
  }

  details(edge) {
    return this.detail[edge] === -1 ? null : readDetail(this.rawDetails[this.detail[edge]]);
  }

  accountName(at) {
    return at === -1 || !this.accounts[at] ? "" : this.accounts[at].name;
  }

  // Indices of nodes that have all words in name, ARN, kind, account or tags; best first.
  find(query, test = () => true) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    this.texts ??= this.nodes.map((node) => [node.name, node.arn, KIND_NAMES[node.kind], this.accountName(node.account), this.accounts[node.account]?.id ?? "", node.admin === "no" ? "" : "admin", ...node.tags.map(([key, value]) => `${key}=${value}`)].join("\n").toLowerCase());
    const joined = words.join(" ");
    const found = [];
    this.texts.forEach((all, at) => {
      if (!words.every((word) => all.includes(word)) || !test(at)) return;
      const { short, name, arn } = this.nodes[at];
      const best = [short, name, arn].map((one) => one.toLowerCase());
      found.push([best.includes(joined) ? 0 : best.some((one) => one.startsWith(joined)) ? 1 : best[1].includes(joined) ? 2 : 3, at]);
    });
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, at]) => at);
  }
}
