// The details of what is selected: where it is, what it is, what it is joined to, and the recorded data.

import { el, oneLine, plural, visibleText } from "../common/dom.js";
import { closeButton, factList, panelSection, panelTitle } from "../common/panel.js";
import { className, typeName } from "./model.js";

const LIST_FIRST = 30;
const JSON_FIRST = 60000;
const EDGES_FIRST = 60;
const RULES_FIRST = 100;

export class Panel {
  // `actions` has select(list), choose(at) and close().
  constructor(root, view, actions) {
    this.root = root;
    this.view = view;
    this.model = view.model;
    this.actions = actions;
  }

  // Gives whether it was closed before.
  show() {
    const { selection, selectedEdge } = this.view;
    const edge = selectedEdge ? this.view.edgeFacts.get(selectedEdge) : null;
    const open = selection.size > 0 || Boolean(edge);
    const opened = open && document.body.classList.contains("no-details");
    document.body.classList.toggle("no-details", !open);
    this.root.replaceChildren();
    if (open) this.add(closeButton(() => this.actions.close()));
    if (edge) this.edge(edge);
    else if (selection.size === 1) this.node([...selection][0]);
    else if (selection.size > 1) this.many([...selection]);
    this.root.scrollTop = 0;
    return opened;
  }

  add(...children) {
    this.root.append(...children.flat().filter(Boolean));
  }

  icon(at) {
    return el("img", { src: this.view.iconOf(this.model.nodes[at].type), alt: "", width: 18, height: 18 });
  }

  link(at) {
    const node = this.model.nodes[at];
    return el("button", { type: "button", class: "link", title: visibleText(node.id), onclick: () => this.actions.choose(at) }, node.box ? null : this.icon(at), el("span", {}, oneLine(node.name)), node.isPublic ? el("span", { class: "tag public" }, "public") : null);
  }

  list(title, nodes) {
    if (nodes.length === 0) return null;
    const list = el("ul", { class: "links" });
    const fill = (from, to) => list.append(...nodes.slice(from, to).map((at) => el("li", {}, this.link(at))));
    fill(0, LIST_FIRST);
    const more = nodes.length > LIST_FIRST
      ? el("button", { type: "button", class: "quiet", onclick: (event) => {
        event.currentTarget.remove();
        fill(LIST_FIRST, Infinity);
      } }, `Show all ${nodes.length.toLocaleString("en")}`)
      : null;
    const head = el("button", { type: "button", class: "heading", title: `Select all ${nodes.length}`, onclick: () => this.actions.select(nodes) }, `${title} `, el("span", { class: "count" }, nodes.length.toLocaleString("en")));
    return el("section", {}, el("h3", {}, head), list, more);
  }

  path(at) {
    const path = this.model.ancestors(at);
    if (path.length === 0) return null;
    return el("nav", { "aria-label": "Where it is" }, el("ol", { class: "path" }, path.map((up) => el("li", {}, this.link(up)))));
  }

  node(at) {
    const node = this.model.nodes[at];
    const kind = typeName(node.type);
    this.add(panelTitle(oneLine(node.name), [kind, node.isPublic ? el("span", { class: "tag public" }, "public") : null, node.isUnknown ? el("span", { class: "tag unknown" }, "not fully known") : null].filter(Boolean).flatMap((part) => [part, " "]), node.box ? null : el("img", { src: this.view.iconOf(node.type), alt: "", width: 36, height: 36 })));
    this.add(this.path(at));
    this.add(factList([
      ["Type", kind], ["Name", visibleText(node.name)], ["ID", el("code", {}, visibleText(node.localId || node.id))], ["ARN", node.localId && node.localId !== node.id ? el("code", {}, visibleText(node.id)) : ""],
      ["Stands for", node.count > 1 ? plural(node.count, "resource") : ""],
      ["Inside", node.children.length > 0 ? `${plural(node.leaves, "resource")}${node.publics > 0 ? `, ${node.publics} public` : ""}${node.unknowns > 0 ? `, ${node.unknowns} not fully known` : ""}` : ""],
    ]));
    this.add(this.tags(node));
    this.add(this.connections(at));
    this.add(this.list("Neighbours", this.model.neighbours(at)));
    this.add(this.list("Children", node.children));
    this.add(this.list("Siblings", this.model.siblings(at)));
    this.add(this.json("Recorded data", node.data.node_data));
  }

  tags(node) {
    const { tags } = node.data;
    if (tags === null || typeof tags !== "object" || Array.isArray(tags) || Object.keys(tags).length === 0) return null;
    return panelSection("Tags", null, factList(Object.entries(tags).slice(0, 60).map(([key, value]) => [oneLine(key), visibleText(value)])));
  }

  connections(at) {
    const inside = new Set([at, ...this.model.descendants(at)]);
    const seen = new Set();
    for (const one of inside) for (const edge of this.model.nodes[one].edges) seen.add(edge);
    const edges = [...seen].filter((edge) => !this.model.edges[edge].summary);
    const out = edges.filter((edge) => !inside.has(this.model.edges[edge].source) || !inside.has(this.model.edges[edge].target));
    const far = (edge) => (inside.has(this.model.edges[edge].source) ? "target" : "source");
    const directed = out.filter((edge) => this.view.hasDirection(this.model.edges[edge].cls));
    const links = out.filter((edge) => !this.view.hasDirection(this.model.edges[edge].cls));
    const source = () => "source";
    const target = () => "target";
    return [this.table("Linked with", links, far), this.table("Comes in", directed.filter((edge) => far(edge) === "source"), source), this.table("Goes out", directed.filter((edge) => far(edge) === "target"), target)];
  }

  // `side`: which end of an edge to name.
  table(title, edges, side) {
    if (edges.length === 0) return null;
    const alike = new Map();
    for (const at of edges) {
      const edge = this.model.edges[at];
      const key = `${edge[side(at)]} ${edge.cls} ${JSON.stringify(edge.data.ports ?? edge.label)}`;
      if (alike.has(key)) alike.get(key).push(at);
      else alike.set(key, [at]);
    }
    const rows = [...alike.values()].slice(0, EDGES_FIRST).map((members) => this.row(members, side));
    return panelSection(title, edges.length, el("table", {}, el("tbody", {}, rows)), alike.size > EDGES_FIRST ? el("p", { class: "soft" }, `The first ${EDGES_FIRST} are listed.`) : null);
  }

  // One row for lines from the same to several things in this box.
  row(members, side) {
    const edge = this.model.edges[members[0]];
    return el("tr", {}, el("td", {}, this.link(edge[side(members[0])])), el("td", {}, this.ports(edge)), el("td", { class: edge.cls.length < 17 ? "port soft" : "soft", title: className(edge.cls) }, `${edge.cls.replaceAll("_", " ")}${members.length > 1 ? ` ×${members.length}` : ""}`));
  }

  // Ports are not broken where a line ends, unless they are longer than any port.
  ports(edge) {
    const list = Array.isArray(edge.data.ports) && edge.data.ports.length > 0 ? edge.data.ports.map(oneLine) : [oneLine(edge.label)];
    const spans = list.map((port, at) => el("span", { class: port.length < 22 ? "port" : "" }, at < list.length - 1 ? `${port},` : port)).flatMap((port, at) => (at > 0 ? [" ", port] : [port]));
    return list.join(", ").length < 18 ? el("span", { class: "pair" }, spans) : spans;
  }

  edge(edge) {
    const [from, to] = [this.model.nodes[edge.source], this.model.nodes[edge.target]];
    const single = edge.members.length === 1 ? this.model.edges[edge.members[0]] : null;
    const directed = this.view.hasDirection(edge.cls);
    const title = `${oneLine(from.name)} ${this.view.arrowOf(edge.cls)} ${oneLine(to.name)}`;
    const kind = directed ? "connection" : "link";
    this.add(panelTitle(title, `${single ? kind : plural(edge.members.length, kind)} · ${className(edge.cls)}`));
    const ports = [...new Set(edge.members.flatMap((at) => (Array.isArray(this.model.edges[at].data.ports) ? this.model.edges[at].data.ports : [])).map(oneLine))];
    this.add(factList([[directed ? "Source" : "One end", this.link(edge.source)], [directed ? "Target" : "Other end", this.link(edge.target)], ["Ports", ports.length > 0 ? ports.slice(0, 40).join(", ") : ""], ["Label", single && single.label !== ports.join(", ") ? visibleText(single.label) : ""]]));
    this.add(this.rules(edge.members));
    if (single) this.add(this.json("Recorded data", single.data.node_data));
    else this.add(this.members(edge.members));
  }

  rules(members) {
    const seen = new Map();
    const names = new Map();
    for (const at of members) {
      const { rules, node_data: groups } = this.model.edges[at].data;
      for (const group of Array.isArray(groups) ? groups : []) if (typeof group?.GroupId === "string" && typeof group.GroupName === "string") names.set(group.GroupId, oneLine(group.GroupName));
      for (const rule of Array.isArray(rules) ? rules : []) {
        const cells = [rule?.group, rule?.direction, rule?.rule].map((value) => (value === undefined || value === null ? "" : oneLine(value)));
        if (seen.size < RULES_FIRST) seen.set(cells.join("\n"), cells);
      }
    }
    if (seen.size === 0) return null;
    // Load balancers and route tables have rules as well.
    const place = [...seen.values()].every(([group]) => group.startsWith("sg-")) ? "Group" : "Set in";
    const rows = [...seen.values()].map(([group, direction, rule]) => el("tr", {}, el("td", {}, el("span", { class: group.length < 22 ? "port id" : "id" }, group), names.has(group) ? el("div", { class: "soft" }, names.get(group)) : null), el("td", {}, direction ? el("span", { class: "soft" }, `${direction} `) : null, rule)));
    return panelSection("Rules that allow it", rows.length, el("table", { class: "rules" }, el("thead", {}, el("tr", {}, [place, "Rule"].map((name) => el("th", { scope: "col" }, name)))), el("tbody", {}, rows)), seen.size === RULES_FIRST ? el("p", { class: "soft" }, `The first ${RULES_FIRST} are listed.`) : null);
  }

  members(members) {
    const rows = members.slice(0, 100).map((at) => el("tr", {}, el("td", {}, this.link(this.model.edges[at].source)), el("td", {}, this.link(this.model.edges[at].target)), el("td", {}, this.ports(this.model.edges[at]))));
    return panelSection("Connections", members.length, el("table", {}, el("thead", {}, el("tr", {}, ["From", "To", "Ports"].map((name) => el("th", { scope: "col" }, name)))), el("tbody", {}, rows)), members.length > 100 ? el("p", { class: "soft" }, "The first 100 are listed.") : null);
  }

  many(list) {
    this.add(panelTitle(`${plural(list.length, "thing")} selected`, "hide, collapse or highlight them together"));
    this.add(this.list("Selected", list));
  }

  json(title, value) {
    if (value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)) return null;
    const full = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    const shown = visibleText(full.slice(0, JSON_FIRST).replaceAll("\r", ""));
    const pre = el("pre", { tabindex: "0", "aria-label": title }, shown);
    const more = full.length > JSON_FIRST
      ? el("button", { type: "button", class: "quiet", onclick: (event) => {
        event.currentTarget.remove();
        pre.textContent = visibleText(full);
      } }, `Show all ${Math.round(full.length / 1024)} KB`)
      : null;
    return panelSection(title, null, pre, more);
  }
}
