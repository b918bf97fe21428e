// Which nodes and edges count under the filters, how far it is to an administrator, and the shortest ways. Typed arrays, no drawing.

const LISTED = 25;

export class Filter {
  constructor(graph) {
    this.graph = graph;
    this.certainOnly = false;
    this.withAdmins = false;
    this.kindsOff = new Set(["service"]);
    this.accountsOff = new Set();
    this.techniquesOff = new Set();
    this.apply();
  }

  // After a change: masks of nodes and edges, and the steps to an administrator.
  apply() {
    const { graph } = this;
    this.nodeOn = Uint8Array.from(graph.nodes, (node) => (this.kindsOff.has(node.kind) || this.accountsOff.has(node.account) ? 0 : 1));
    const own = Uint8Array.from(graph.nodes, (node) => (node.admin === "yes" && !this.withAdmins ? 1 : 0));
    const off = Uint8Array.from(graph.techniques, (_, at) => (this.techniquesOff.has(at) ? 1 : 0));
    this.edgeOn = new Uint8Array(graph.edgeCount);
    this.edgesOn = 0;
    for (let edge = 0; edge < graph.edgeCount; edge += 1) {
      const [from, technique] = [graph.from[edge], graph.technique[edge]];
      if (!this.nodeOn[from] || !this.nodeOn[graph.to[edge]] || off[technique] || (this.certainOnly && !graph.certain[edge])) continue;
      if (own[from] && technique !== graph.administrator) continue;
      this.edgeOn[edge] = 1;
      this.edgesOn += 1;
    }
    this.steps = distances(graph, this.edgeOn, this.administrators(), true);
  }

  isAdministrator(at) {
    const { kind, admin } = this.graph.nodes[at];
    return kind === "admin" || admin === "yes" || (admin === "if" && !this.certainOnly);
  }

  administrators() {
    return this.graph.nodes.filter((node) => this.nodeOn[node.at] && this.isAdministrator(node.at)).map((node) => node.at);
  }

  // Without edges that say "is an administrator": these are no steps.
  isStep(edge) {
    return this.graph.technique[edge] !== this.graph.administrator;
  }
}

// Steps from each node to the nearest of `seeds`, or from the nearest of them; -1: none.
export function distances(graph, edgeOn, seeds, backwards, most = Infinity) {
  const steps = new Int32Array(graph.nodes.length).fill(-1);
  const queue = new Int32Array(graph.nodes.length);
  let count = 0;
  for (const seed of seeds) {
    if (steps[seed] !== -1) continue;
    steps[seed] = 0;
    queue[count] = seed;
    count += 1;
  }
  const [start, edges, ends] = backwards ? [graph.inStart, graph.inEdge, graph.from] : [graph.outStart, graph.outEdge, graph.to];
  for (let head = 0; head < count; head += 1) {
    const at = queue[head];
    if (steps[at] >= most) continue;
    for (let place = start[at]; place < start[at + 1]; place += 1) {
      const next = ends[edges[place]];
      if (steps[next] !== -1 || !edgeOn[edges[place]]) continue;
      steps[next] = steps[at] + 1;
      queue[count] = next;
      count += 1;
    }
  }
  return steps;
}

// All shortest ways from a node to any of `targets`: their length, the edges that are part of one, how many there are, and the first of them.
// A way is a list of hops {from, to, edges}: the edges of a hop are alternatives, certain ones first.
export function shortestWays(filter, from, targets) {
  const { graph, edgeOn } = filter;
  const steps = distances(graph, edgeOn, [from], false);
  let length = Infinity;
  for (const at of targets) if (steps[at] !== -1) length = Math.min(length, steps[at]);
  const result = { length, edges: [], nodes: new Map(), count: 0, ways: [] };
  if (length === Infinity) return { ...result, length: -1 };
  const ends = targets.filter((at) => steps[at] === length);
  const hops = hopsBack(graph, edgeOn, steps, ends, result);
  result.count = hops.total;
  listWays(graph, hops.next, from, new Set(ends), result);
  return result;
}

// From the ends backwards: hops by the node they leave, and the number of ways.
function hopsBack(graph, edgeOn, steps, ends, result) {
  const next = new Map();
  let layer = [...new Set(ends)];
  for (const at of layer) result.nodes.set(at, steps[at]);
  const order = [[...layer]];
  while (layer.length > 0) {
    const before = new Set();
    for (const to of layer) {
      for (const edge of graph.incoming(to)) {
        const from = graph.from[edge];
        if (!edgeOn[edge] || steps[from] !== steps[to] - 1 || steps[from] === -1) continue;
        result.edges.push(edge);
        if (!next.has(from)) next.set(from, new Map());
        const hop = next.get(from).get(to);
        if (hop) hop.edges.push(edge);
        else next.get(from).set(to, { from, to, edges: [edge] });
        before.add(from);
        result.nodes.set(from, steps[from]);
      }
    }
    layer = [...before];
    order.push(layer);
  }
  const ways = new Map(ends.map((at) => [at, 1]));
  for (const some of order.slice(1)) for (const at of some) ways.set(at, [...next.get(at).keys()].reduce((sum, to) => sum + ways.get(to), 0));
  return { next, total: ways.get(order.at(-2)?.[0]) ?? 1 };
}

// How many hops of a way are only possible; ways that are certain are listed first.
function sortHops(graph, hops) {
  const list = [...hops.values()];
  for (const hop of list) hop.edges.sort((a, b) => graph.certain[b] - graph.certain[a]);
  return list.sort((a, b) => graph.certain[b.edges[0]] - graph.certain[a.edges[0]] || a.to - b.to);
}

function listWays(graph, next, from, ends, result) {
  const walk = (at, way) => {
    if (result.ways.length >= LISTED) return;
    if (ends.has(at)) {
      result.ways.push(way);
      return;
    }
    for (const hop of sortHops(graph, next.get(at) ?? new Map())) walk(hop.to, [...way, hop]);
  };
  walk(from, []);
  result.ways.sort((a, b) => unsure(graph, a) - unsure(graph, b));
}

function unsure(graph, way) {
  return way.filter((hop) => !graph.certain[hop.edges[0]]).length;
}
