// What data.json says, as arrays: the tree of nodes, the edges, and which of them are collapsed or hidden.
// It draws nothing. Nodes and edges are known by their index here.

const BOX_TYPES = new Set(["account", "account_grouping", "group_box", "region", "vpc", "az", "subnet"]);
const EDGES_WANTED = 70;
// From how many edges on, and out to which depth of boxes.
const BUNDLING = [[9, 3], [5, 2], [5, 1], [3, 0]];
const VPC_DEPTH = 2;
// Above this even what is open gets bundled: a picture of that many lines says nothing.
const EDGES_MOST = 260;
const INSIDE_FROM = 60;
const MAX_DEPTH = 40;

export const TYPE_NAMES = new Map(Object.entries({
  account: "account", region: "region", vpc: "VPC", az: "availability zone", subnet: "subnet", ec2: "EC2 instance", autoscaling: "Auto Scaling group",
  grouped_ec2: "EC2 group", elb: "classic load balancer", elbv2: "load balancer", rds: "RDS instance", rds_rr: "RDS read replica", ecs: "ECS task",
  lambda: "Lambda function", redshift: "Redshift cluster", elasticsearch: "OpenSearch domain", ip: "address range", cloud: "internet",
  vpc_endpoint: "VPC endpoint", internet_gateway: "internet gateway", nat_gateway: "NAT gateway", transit_gateway: "transit gateway",
  vpn_gateway: "VPN gateway", egress_only_internet_gateway: "egress-only internet gateway", elasticache: "ElastiCache cluster", eks: "EKS cluster", on_premises: "on premises", vpn_connection: "VPN connection", customer_gateway: "customer gateway", directconnect: "Direct Connect", direct_connect: "Direct Connect", direct_connect_gateway: "Direct Connect gateway",
  network_interface: "network interface", weboftrust_account: "account", known_account: "known account", unknown_account: "unknown account",
}));

// In the order in which the legend has them.
const CLASS_NAMES = new Map(Object.entries({
  "public": "from the internet", "allowed": "allowed inside", "target": "load balancing", "endpoint": "to an endpoint", "peering": "VPC peering", "vpc": "VPC peering",
  "transit": "transit gateway", "vpn": "VPN", "direct-connect": "Direct Connect", "directconnect": "Direct Connect", "direct_connect": "Direct Connect", "unknown": "not fully known",
  "admin": "admin trust", "iam": "trust", "s3_read": "S3 read", "s3": "S3 access",
}));
const CLASS_ORDER = [...CLASS_NAMES.keys()];

export function className(cls) {
  return CLASS_NAMES.get(cls) ?? cls.replaceAll(/[_-]/g, " ");
}

// What stands for addresses and not for something of an account.
const ADDRESSES = new Set(["cloud", "internet", "ip", "on_premises", "customer_gateway"]);

export function typeName(type) {
  return TYPE_NAMES.get(type) ?? type.replaceAll("_", " ");
}

const text = (value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : Number.NaN);

export class Model {
  constructor(elements) {
    if (!Array.isArray(elements)) throw new TypeError("data.json is not an array of elements");
    this.meta = {};
    this.nodes = [];
    this.edges = [];
    this.index = new Map();
    this.skipped = 0;
    const edges = [];
    for (const element of elements) this.sort(element, edges);
    this.connect();
    for (const [element, data] of edges) this.addEdge(element, data);
    this.count();
    this.collapsed = new Uint8Array(this.nodes.length);
    this.hidden = new Uint8Array(this.nodes.length);
    this.hiddenClasses = new Set();
    this.bundling = true;
  }

  sort(element, edges) {
    const data = element?.data;
    if (data === null || typeof data !== "object") this.skipped += 1;
    else if (data.type === "meta") this.meta = data;
    else if (data.type === "edge" || (data.source !== undefined && data.target !== undefined)) edges.push([element, data]);
    else this.addNode(element, data);
  }

  addNode(element, data) {
    const id = text(data.id);
    if (id === "" || typeof data.type !== "string" || this.index.has(id)) {
      this.skipped += 1;
      return;
    }
    this.index.set(id, this.nodes.length);
    this.nodes.push({
      id, type: data.type, name: text(data.name) || text(data.local_id) || id, localId: text(data.local_id), parentId: text(data.parent), data,
      parent: -1, children: [], depth: 0, box: false, leaves: 0, publics: 0, unknowns: 0,
      isPublic: data.public === true || data.exposure === "public", isUnknown: data.unknown === true || data.exposure === "unknown", count: Number.isInteger(data.count) && data.count > 1 ? data.count : 1,
      x: number(element.position?.x), y: number(element.position?.y), w: number(data.w), h: number(data.h), moved: false, edges: [],
    });
  }

  connect() {
    this.nodes.forEach((node) => {
      const parent = this.index.get(node.parentId);
      if (parent !== undefined) node.parent = parent;
    });
    this.nodes.forEach((node, at) => {
      let steps = 0;
      for (let up = node.parent; up !== -1; up = this.nodes[up].parent) {
        steps += 1;
        if (up === at || steps > MAX_DEPTH) {
          node.parent = -1;
          this.skipped += 1;
          break;
        }
      }
      if (node.parent !== -1) this.nodes[node.parent].children.push(at);
    });
    this.roots = [];
    this.order = [];
    this.nodes.forEach((node, at) => {
      node.box = node.children.length > 0 || BOX_TYPES.has(node.type);
      if (node.parent === -1) this.roots.push(at);
    });
    const walk = (at, depth) => {
      this.nodes[at].depth = depth;
      this.order.push(at);
      for (const child of this.nodes[at].children) walk(child, depth + 1);
    };
    for (const root of this.roots) walk(root, 0);
    this.deepest = this.nodes.reduce((most, node) => Math.max(most, node.depth), 0);
  }

  addEdge(element, data) {
    const source = this.index.get(text(data.source));
    const target = this.index.get(text(data.target));
    if (source === undefined || target === undefined || source === target) {
      this.skipped += 1;
      return;
    }
    const given = text(data.class) || text(element.classes).split(" ")[0];
    const at = this.edges.length;
    this.edges.push({
      id: text(data.id) || `${data.source} → ${data.target}`, source, target, data, cls: /^[a-z][a-z0-9_-]*$/i.test(given) ? given : "allowed", classNo: 0,
      label: text(data.label), summary: data.level === "box", count: Number.isInteger(data.count) && data.count > 1 ? data.count : 1,
    });
    this.nodes[source].edges.push(at);
    this.nodes[target].edges.push(at);
  }

  count() {
    const rank = (cls) => (CLASS_NAMES.has(cls) ? CLASS_ORDER.indexOf(cls) : CLASS_ORDER.length);
    this.classes = [...new Set(this.edges.map((edge) => edge.cls))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const numbers = new Map(this.classes.map((name, at) => [name, at]));
    for (const edge of this.edges) edge.classNo = numbers.get(edge.cls);
    for (const at of this.order.toReversed()) {
      const node = this.nodes[at];
      if (!node.box) {
        node.leaves = 1;
        node.publics = node.isPublic ? 1 : 0;
        node.unknowns = node.isUnknown ? 1 : 0;
      }
      if (node.parent === -1) continue;
      const parent = this.nodes[node.parent];
      parent.leaves += node.leaves;
      parent.publics += node.publics;
      parent.unknowns += node.unknowns;
    }
    this.leafCount = this.nodes.filter((node) => !node.box && !ADDRESSES.has(node.type)).length;
  }

  // How many of each type are in a box, most first.
  typesIn(at) {
    const node = this.nodes[at];
    if (!node.types) {
      const counts = new Map();
      for (const inner of this.descendants(at)) {
        const { box, type } = this.nodes[inner];
        if (!box) counts.set(type, (counts.get(type) ?? 0) + 1);
      }
      node.types = [...counts].sort((a, b) => b[1] - a[1]);
    }
    return node.types;
  }

  descendants(at, into = []) {
    for (const child of this.nodes[at].children) {
      into.push(child);
      this.descendants(child, into);
    }
    return into;
  }

  ancestors(at) {
    const path = [];
    for (let up = this.nodes[at].parent; up !== -1; up = this.nodes[up].parent) path.unshift(up);
    return path;
  }

  ancestorAt(at, depth) {
    let up = at;
    while (this.nodes[up].depth > depth) up = this.nodes[up].parent;
    return up;
  }

  // For every node: itself when it is drawn, the collapsed box that stands for it, or -1 when it is hidden.
  representatives() {
    const rep = new Int32Array(this.nodes.length);
    for (const at of this.order) {
      const up = this.nodes[at].parent;
      if (this.hidden[at]) rep[at] = -1;
      else if (up === -1) rep[at] = at;
      else if (rep[up] !== up) rep[at] = rep[up];
      else rep[at] = this.collapsed[up] ? up : at;
    }
    return rep;
  }

  // What is drawn now: the nodes, the edges between them, and which nodes have a neighbour that is hidden.
  visible() {
    const rep = this.representatives();
    const nodes = this.order.filter((at) => rep[at] === at);
    const lifted = this.lift(rep);
    return { rep, nodes, lifted, edges: this.bundling ? this.bundle(lifted) : lifted, lostNeighbours: this.lostNeighbours(rep) };
  }

  // The edges with each end moved to what stands for it; those that then join the same two in the same way are one.
  lift(rep) {
    const size = this.nodes.length;
    const found = new Map();
    const pass = (summaries) => {
      for (let at = 0; at < this.edges.length; at += 1) {
        const edge = this.edges[at];
        if (edge.summary !== summaries || this.hiddenClasses.has(edge.cls)) continue;
        const source = rep[edge.source];
        const target = rep[edge.target];
        if (source === -1 || target === -1 || source === target) continue;
        const key = (edge.classNo * size + source) * size + target;
        const known = found.get(key);
        if (summaries) {
          if (known || !this.standsFor(source) || !this.standsFor(target)) continue;
        }
        if (known) {
          known.members.push(at);
          known.count += edge.count;
        } else found.set(key, { source, target, cls: edge.cls, classNo: edge.classNo, members: [at], count: edge.count, bundled: false });
      }
    };
    pass(false);
    pass(true);
    return [...found.values()];
  }

  // A summary of edges is not drawn on a box whose inside can be seen.
  standsFor(at) {
    return !this.nodes[at].box || this.collapsed[at] === 1;
  }

  // Where many edges go from one box to another, one edge between the boxes: first subnets, then zones, then VPCs.
  // A picture with very many edges is bundled harder.
  bundle(lifted) {
    const deepest = lifted.reduce((most, edge) => Math.max(most, this.nodes[edge.source].depth, this.nodes[edge.target].depth), 0);
    let edges = lifted;
    for (const [from, least] of BUNDLING) {
      for (let depth = deepest - 1; depth >= least; depth -= 1) edges = this.bundleAt(edges, depth, depth === deepest - 1, from);
      if (edges.length <= EDGES_WANTED) break;
    }
    for (let depth = VPC_DEPTH - 1; depth >= 0 && edges.length > EDGES_MOST; depth -= 1) edges = this.bundleAt(edges, depth, false, 3, true);
    return edges;
  }

  bundleAt(edges, depth, innermost, from, open) {
    const size = this.nodes.length;
    const groups = new Map();
    const result = [];
    for (const edge of edges) {
      // What somebody opened is not hidden again behind a line to its account.
      if (!open && depth < VPC_DEPTH && (this.isOpened(edge.source) || this.isOpened(edge.target))) {
        result.push(edge);
        continue;
      }
      const source = this.ancestorAt(edge.source, depth);
      const target = this.ancestorAt(edge.target, depth);
      const key = (edge.classNo * size + source) * size + target;
      const group = groups.get(key);
      if (group) group.edges.push(edge);
      else groups.set(key, { source, target, edges: [edge] });
    }
    for (const { source, target, edges: members } of groups.values()) {
      const inside = source === target;
      if (inside ? !innermost || members.length < INSIDE_FROM : members.length < from) result.push(...members);
      else if (!inside) {
        const count = members.reduce((sum, edge) => sum + edge.count, 0);
        result.push({ source, target, cls: members[0].cls, classNo: members[0].classNo, members: members.flatMap((edge) => edge.members), count, bundled: true });
      }
    }
    return result;
  }

  isOpened(at) {
    const { depth, box } = this.nodes[at];
    return depth > VPC_DEPTH || (depth === VPC_DEPTH && box && !this.collapsed[at]);
  }

  lostNeighbours(rep) {
    const lost = new Set();
    if (!this.hidden.includes(1)) return lost;
    for (const edge of this.edges) {
      const source = rep[edge.source];
      const target = rep[edge.target];
      if (source === -1 && target !== -1) lost.add(target);
      if (target === -1 && source !== -1) lost.add(source);
    }
    return lost;
  }

  neighbours(at) {
    const found = new Set();
    const add = (one) => {
      for (const edge of this.nodes[one].edges) found.add(this.edges[edge].source === one ? this.edges[edge].target : this.edges[edge].source);
    };
    add(at);
    if (this.nodes[at].box) {
      const inside = new Set(this.descendants(at));
      for (const inner of inside) add(inner);
      for (const inner of inside) found.delete(inner);
    }
    found.delete(at);
    return [...found];
  }

  siblings(at) {
    const { parent, box } = this.nodes[at];
    const all = parent === -1 ? this.roots : this.nodes[parent].children;
    return all.filter((other) => other !== at && this.nodes[other].box === box);
  }

  collapseFrom(depth) {
    this.nodes.forEach((node, at) => {
      this.collapsed[at] = node.box && node.depth >= depth && node.children.length > 0 ? 1 : 0;
    });
  }

  drawnCount() {
    const rep = this.representatives();
    return rep.reduce((sum, stands, at) => sum + (stands === at ? 1 : 0), 0);
  }

  // Opens a box, and as many levels below it as the budget has room for.
  expand(at, budget) {
    this.collapsed[at] = 0;
    let level = this.nodes[at].children;
    let room = budget - level.length;
    while (level.length > 0) {
      const boxes = level.filter((inner) => this.collapsed[inner]);
      const next = level.flatMap((inner) => this.nodes[inner].children);
      room -= next.length;
      if (room < 0) return;
      for (const box of boxes) this.collapsed[box] = 0;
      level = next;
    }
  }

  collapse(at, inside) {
    if (this.nodes[at].children.length === 0) return;
    this.collapsed[at] = 1;
    if (inside) for (const inner of this.descendants(at)) if (this.nodes[inner].children.length > 0) this.collapsed[inner] = 1;
  }

  // Makes a node drawn: nothing above it collapsed, nothing hidden.
  reveal(at) {
    let changed = false;
    for (const up of [...this.ancestors(at), at]) {
      if ((up !== at && this.collapsed[up]) || this.hidden[up]) changed = true;
      if (up !== at) this.collapsed[up] = 0;
      this.hidden[up] = 0;
    }
    return changed;
  }

  hide(at) {
    this.hidden[at] = 1;
  }
}
