// Finds nodes by name, id, type, tag, or anything in their details. It draws nothing.

import { asText } from "../common/dom.js";
import { typeName } from "./model.js";

const MOST = 5000;

export class Search {
  constructor(model) {
    this.model = model;
    this.main = null;
    this.deep = null;
  }

  prepare() {
    if (this.main) return;
    this.main = this.model.nodes.map((node) => {
      const tags = node.data.tags && typeof node.data.tags === "object" ? Object.entries(node.data.tags).map(([key, value]) => `${key}=${asText(value)}`) : [];
      return [node.name, node.localId, node.id, node.type, typeName(node.type), ...tags, node.isPublic ? "public" : "", node.isUnknown ? "unknown" : ""].join("\n").toLowerCase();
    });
  }

  prepareDeep() {
    if (!this.deep) this.deep = this.model.nodes.map((node) => (node.data.node_data ? JSON.stringify(node.data.node_data).toLowerCase() : ""));
  }

  // Indices of nodes that have all words, best first.
  find(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    this.prepare();
    const found = [];
    const rest = [];
    this.main.forEach((text, at) => {
      if (!words.every((word) => text.includes(word))) {
        rest.push(at);
        return;
      }
      const name = this.model.nodes[at].name.toLowerCase();
      const whole = words.join(" ");
      found.push([name === whole || this.model.nodes[at].localId.toLowerCase() === whole ? 0 : name.startsWith(whole) ? 1 : name.includes(whole) ? 2 : 3, at]);
    });
    if (words.some((word) => word.length >= 3)) {
      this.prepareDeep();
      for (const at of rest) if (words.every((word) => this.main[at].includes(word) || this.deep[at].includes(word))) found.push([4, at]);
    }
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, MOST).map(([, at]) => at);
  }
}
