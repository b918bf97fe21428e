// Which accounts and edges count: filters by access, service, kind and certainty.

export class Sieve {
  constructor(network) {
    Object.assign(this, { network, accessOff: new Set(), servicesOff: new Set(), kindsOff: new Set(), certainOnly: false });
    this.nodeOn = new Uint8Array(network.nodes.length);
    this.edgeOn = new Uint8Array(network.edges.length);
    this.apply();
  }

  get isPlain() {
    return this.accessOff.size + this.servicesOff.size + this.kindsOff.size === 0 && !this.certainOnly;
  }

  passes(edge) {
    const { nodes } = this.network;
    if (this.certainOnly && !edge.certain) return false;
    if (this.accessOff.has(edge.access) || this.kindsOff.has(nodes[edge.from].kind) || this.kindsOff.has(nodes[edge.to].kind)) return false;
    return edge.services.length === 0 || edge.services.some((service) => !this.servicesOff.has(service));
  }

  // Outsiders are shown for their edges alone.
  apply() {
    const { nodes, edges } = this.network;
    for (const node of nodes) this.nodeOn[node.at] = node.own && !this.kindsOff.has(node.kind) ? 1 : 0;
    this.edgesOn = 0;
    for (const edge of edges) {
      const on = this.passes(edge) ? 1 : 0;
      this.edgeOn[edge.at] = on;
      this.edgesOn += on;
      if (on) this.nodeOn[edge.from] = this.nodeOn[edge.to] = 1;
    }
  }

  clear() {
    for (const off of [this.accessOff, this.servicesOff, this.kindsOff]) off.clear();
    this.certainOnly = false;
    this.apply();
  }

  // Shows what was asked for, whatever the filters are.
  allow(at) {
    if (this.nodeOn[at]) return false;
    this.kindsOff.delete(this.network.nodes[at].kind);
    this.apply();
    if (!this.nodeOn[at]) this.clear();
    return true;
  }

  on(edges) {
    return edges.filter((edge) => this.edgeOn[edge.at]);
  }
}
