// The picture: keeps Cytoscape's elements equal to what of the model is drawn. Cytoscape never gets the rest.
// Boxes are plain rectangles in Cytoscape: their sizes come with the data, and nothing has to be measured.

import { extentOfAll, growAround, iconSize, moveBy } from "./layout.js";
import { buildStyle, edgeFace } from "./stylesheet.js";
import { oneLine } from "../common/dom.js";

const REVEAL_MOST = 150;
const LABEL_ALL_BELOW = 60;
const MARGIN = 28;
const CLOSE = 60;
const SETTLED = 90;

const quiet = () => globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;

export class View {
  // `make` is Cytoscape; `hooks` has onSelect(), onHover(target, place), onToggle(at), onMoved(), onDraw(), toggleAt(x, y).
  constructor(make, container, model, facts, resolve, hooks) {
    this.model = model;
    this.facts = facts;
    this.resolve = resolve;
    this.hooks = hooks;
    this.types = [...new Set(model.nodes.map((node) => node.type))];
    this.selection = new Set();
    this.selectedEdge = null;
    this.highlight = false;
    this.hovered = null;
    this.near = null;
    this.step = 0;
    this.drawn = new Map();
    this.edgeFacts = new Map();
    this.shown = { nodes: [], edges: [], lifted: [], rep: new Int32Array(0), lostNeighbours: new Set() };
    this.cy = make({
      container, elements: [], style: [], layout: { name: "preset" }, minZoom: 0.01, maxZoom: 3, selectionType: "single", boxSelectionEnabled: true, pixelRatio: "auto",
    });
    this.listen();
  }

  listen() {
    const { cy } = this;
    cy.on("select unselect", () => {
      if (this.syncing || this.selectTimer) return;
      this.selectTimer = setTimeout(() => this.readSelection(), 0);
    });
    cy.on("zoom", () => {
      clearTimeout(this.scaleTimer);
      this.scaleTimer = setTimeout(() => this.scaleLines(), SETTLED);
    });
    cy.on("render", () => this.hooks.onDraw());
    cy.on("mouseover", "node, edge", (event) => this.hover(event.target, event.renderedPosition));
    cy.on("mouseout", "node, edge", () => this.hover(null));
    cy.on("tap", "node", (event) => {
      const box = this.hooks.toggleAt(event.renderedPosition.x, event.renderedPosition.y);
      if (box !== undefined) this.hooks.onToggle(box);
    });
    cy.on("dbltap", "node", (event) => {
      if (this.hooks.toggleAt(event.renderedPosition.x, event.renderedPosition.y) === undefined) this.hooks.onOpen(event.target.data("at"));
    });
    cy.on("grab", "node", () => this.hooks.onGrab());
    cy.on("drag", "node", (event) => this.follow(event.target));
    cy.on("free", "node", () => this.settle());
  }

  restyle(dark) {
    this.dark = dark;
    this.cy.style(buildStyle(this.facts, this.types, dark, this.resolve));
  }

  iconOf(type) {
    return this.facts.icons.get(type) ?? this.facts.fallback;
  }

  boxFace(at) {
    const node = this.cy.getElementById(`n${at}`);
    const style = (name) => (node.nonempty() ? node.style(name) : "");
    const fill = Number(style("background-opacity")) < 1 ? getComputedStyle(document.documentElement).getPropertyValue("--bg") : style("background-color");
    return { line: style("border-color") || "#888", fill: fill || "#fff", dashed: style("border-style") === "dashed", width: node.nonempty() && this.model.nodes[at].depth < 3 ? 1.6 : 1 };
  }

  nodeElement(at) {
    const node = this.model.nodes[at];
    const size = iconSize(node);
    return {
      group: "nodes", position: { x: node.x, y: node.y }, pannable: node.box && !this.arranging,
      data: { id: `n${at}`, at, type: node.type, box: node.box, depth: node.depth, w: node.w, h: node.h, size, public: node.isPublic, unknown: node.isUnknown },
    };
  }

  edgeId(edge) {
    return `e${edge.source}-${edge.target}-${edge.classNo}`;
  }

  edgeElement(edge) {
    const [from, to] = [this.model.nodes[edge.source], this.model.nodes[edge.target]];
    const length = Math.hypot(from.x - to.x, from.y - to.y);
    const base = edgeFace(this.facts, edge.cls, this.dark).width * (1 + Math.log2(edge.count) * 0.16);
    const element = { group: "edges", classes: `${edge.cls}${this.isClose(from, to) ? " straight" : ""}`, data: { id: this.edgeId(edge), source: `n${edge.source}`, target: `n${edge.target}`, bend: Math.min(Math.max(length * 0.1, 10), 260), base, label: this.edgeLabel(edge) } };
    Object.assign(element.data, this.lineSize(base));
    return element;
  }

  isCloseEdge(element) {
    const edge = this.edgeFacts.get(element.id());
    return this.isClose(this.model.nodes[edge.source], this.model.nodes[edge.target]);
  }

  // Too close for a curve: a box near the other end.
  isClose(from, to) {
    if (!from.box && !to.box) return false;
    const half = (node, side) => (node.box ? node[side] : iconSize(node)) / 2;
    const gap = Math.max(Math.abs(from.x - to.x) - half(from, "w") - half(to, "w"), Math.abs(from.y - to.y) - half(from, "h") - half(to, "h"));
    return gap < CLOSE * (1.35 ** this.step);
  }

  edgeLabel(edge) {
    const first = this.model.edges[edge.members[0]];
    const ports = new Set();
    for (const at of edge.members) {
      const { data } = this.model.edges[at];
      for (const port of Array.isArray(data.ports) && data.ports.length > 0 ? data.ports : [this.model.edges[at].label]) if (port) ports.add(oneLine(port));
      if (ports.size > 3) break;
    }
    let label = edge.members.length === 1 && first.label ? first.label : ports.size > 3 ? `${[...ports].slice(0, 2).join(", ")}, …` : [...ports].join(", ");
    label = oneLine(label).slice(0, 48);
    return edge.count > 1 ? `${label}${label ? " " : ""}×${edge.count.toLocaleString("en")}` : label;
  }

  // Makes the picture what the model says.
  sync() {
    const { cy, model } = this;
    this.scaleLines();
    this.syncing = true;
    this.shown = model.visible();
    const { rep } = this.shown;
    const selected = [...this.selection].join();
    this.selection = new Set([...this.selection].map((at) => rep[at]).filter((at) => at !== -1));
    const wanted = new Set(this.shown.nodes);
    this.near = null;
    cy.batch(() => {
      cy.edges().remove();
      this.edgeFacts.clear();
      const gone = cy.collection(this.drawnNodes(([at]) => !wanted.has(at)));
      gone.forEach((element) => this.drawn.delete(element.data("at")));
      gone.remove();
      this.update();
      const fresh = this.shown.nodes.filter((at) => !this.drawn.has(at));
      cy.add(fresh.map((at) => this.nodeElement(at))).forEach((element) => this.drawn.set(element.data("at"), element));
      this.addEdges(this.shown.edges);
      if (this.shown.edges.length < LABEL_ALL_BELOW) cy.edges().addClass("labelled");
      this.markSelection();
    });
    this.syncing = false;
    this.emphasise();
    this.hooks.onSync();
    if ([...this.selection].join() !== selected) this.hooks.onSelect();
  }

  drawnNodes(test) {
    return [...this.drawn].filter(test).map(([, element]) => element);
  }

  // Positions, sizes and marks of nodes that are drawn already.
  update() {
    for (const [at, element] of this.drawn) {
      const node = this.model.nodes[at];
      const place = element.position();
      if (place.x !== node.x || place.y !== node.y) element.position({ x: node.x, y: node.y });
      if (node.box && (element.data("w") !== node.w || element.data("h") !== node.h)) element.data({ w: node.w, h: node.h });
    }
    this.cy.nodes(".hiddenNeighbors").removeClass("hiddenNeighbors");
    for (const at of this.shown.lostNeighbours) this.drawn.get(at)?.addClass("hiddenNeighbors");
  }

  addEdges(edges) {
    const added = [];
    for (const edge of edges) {
      const id = this.edgeId(edge);
      if (this.edgeFacts.has(id) || this.isNested(edge.source, edge.target)) continue;
      this.edgeFacts.set(id, edge);
      added.push(this.edgeElement(edge));
    }
    return this.cy.add(added);
  }

  isNested(one, other) {
    const [outer, inner] = this.model.nodes[one].depth < this.model.nodes[other].depth ? [one, other] : [other, one];
    return this.model.ancestorAt(inner, this.model.nodes[outer].depth) === outer;
  }

  markSelection() {
    this.cy.$(":selected").unselect();
    for (const at of this.selection) this.drawn.get(at)?.select();
    if (this.selectedEdge) {
      const edge = this.cy.getElementById(this.selectedEdge);
      if (edge.empty()) this.selectedEdge = null;
      else edge.select();
    }
  }

  readSelection() {
    this.selectTimer = 0;
    const chosen = this.cy.$(":selected");
    this.selection = new Set(chosen.nodes().map((node) => node.data("at")));
    this.selectedEdge = this.selection.size === 0 && chosen.edges().nonempty() ? chosen.edges()[0].id() : null;
    this.emphasise();
    this.hooks.onSelect();
  }

  select(list) {
    this.selection = new Set(list.map((at) => this.shown.rep[at]).filter((at) => at !== -1));
    this.selectedEdge = null;
    this.syncing = true;
    this.cy.batch(() => this.markSelection());
    this.syncing = false;
    this.emphasise();
    this.hooks.onSelect();
  }

  // Edges of what is selected or pointed at stand out; those that were bundled are shown one by one.
  emphasise() {
    const { cy } = this;
    const focus = new Set(this.selection);
    if (this.hovered !== null && focus.size === 0) focus.add(this.hovered);
    const key = [...focus].join() + this.selectedEdge + this.highlight;
    if (key === this.near) return;
    this.near = key;
    this.written = null;
    cy.batch(() => {
      cy.edges(".revealed").forEach((edge) => {
        this.edgeFacts.delete(edge.id());
      }).remove();
      cy.elements(".hot, .faint, .dim").removeClass("hot faint dim");
      if (focus.size > 0) this.emphasiseNodes(focus);
      if (this.selectedEdge) {
        const chosen = cy.getElementById(this.selectedEdge).addClass("hot");
        cy.edges().difference(chosen).addClass("faint");
      }
    });
  }

  emphasiseNodes(focus) {
    const { cy } = this;
    const touching = this.shown.lifted.filter((edge) => focus.has(edge.source) || focus.has(edge.target));
    const single = touching.filter((edge) => !this.edgeFacts.has(this.edgeId(edge))).slice(0, REVEAL_MOST);
    this.addEdges(single).addClass("revealed");
    const hot = cy.collection([...focus].map((at) => this.drawn.get(at)).filter(Boolean)).connectedEdges();
    hot.addClass("hot");
    if (this.selection.size > 0 || this.highlight) cy.edges().difference(hot).addClass("faint");
    if (!this.highlight || this.selection.size === 0) return;
    const keep = new Set();
    const add = (at) => {
      for (let up = at; up !== -1; up = this.model.nodes[up].parent) keep.add(up);
    };
    for (const at of focus) for (const one of [at, ...this.model.descendants(at)]) add(one);
    for (const edge of touching) for (const at of [edge.source, edge.target]) add(at);
    this.kept = keep;
    for (const [at, element] of this.drawn) if (!keep.has(at)) element.addClass("dim");
  }

  isDimmed(at) {
    return this.highlight && this.selection.size > 0 && this.kept !== undefined && !this.kept.has(at);
  }

  hover(element, place) {
    const at = element?.isNode() ? element.data("at") : null;
    this.hooks.onHover(element ? { at, edge: element.isEdge() ? this.edgeFacts.get(element.id()) : null } : null, place);
    this.hovered = at !== null && !(this.model.nodes[at].box && !this.model.collapsed[at]) ? at : null;
    this.emphasise();
  }

  // Lines keep their width on the screen when zoomed out; they are only touched when zooming rests and that has changed by a third.
  scaleLines() {
    const step = Math.max(0, Math.round(Math.log(1 / this.cy.zoom()) / Math.log(1.35)));
    if (step === this.step) return;
    this.step = step;
    this.cy.batch(() => this.cy.edges().forEach((edge) => edge.data(this.lineSize(edge.data("base"))).toggleClass("straight", this.isCloseEdge(edge))));
  }

  lineSize(base) {
    const factor = 1.35 ** this.step;
    return { width: base * Math.max(1, 0.5 * factor) };
  }

  // Links such as peering have no direction.
  hasDirection(cls) {
    return edgeFace(this.facts, cls, this.dark).arrow !== "none";
  }

  arrowOf(cls) {
    return this.hasDirection(cls) ? "→" : "↔";
  }

  // Where a line runs: its start, the point that bends it, and its end.
  curveOf(edge) {
    const [from, to] = [edge.sourceEndpoint(), edge.targetEndpoint()];
    if (!Number.isFinite(from?.x + from?.y + to?.x + to?.y)) return null;
    return [from, edge.controlPoints()?.[0] ?? { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, to];
  }

  // The lines on which something is written now; those that stand out come first.
  writtenLines() {
    if (!this.written) {
      const edges = this.cy.edges(".hot, .labelled").not(".faint").filter((edge) => edge.data("label") !== "").toArray();
      const lines = edges.map((edge) => ({ edge, text: edge.data("label"), hot: edge.hasClass("hot"), colour: edgeFace(this.facts, this.edgeFacts.get(edge.id()).cls, this.dark).colour }));
      this.written = lines.sort((a, b) => b.hot - a.hot || a.text.length - b.text.length);
    }
    return this.written;
  }

  // Whether a box does not fit into the window at this zoom.
  isLarge(at) {
    const { box, w, h } = this.model.nodes[at];
    return box && (w * this.cy.zoom() > this.cy.width() || h * this.cy.zoom() > this.cy.height());
  }

  // The window of the map became smaller: what is selected stays in it.
  keepInSight() {
    this.cy.resize();
    const [at] = this.selection;
    if (this.selection.size !== 1 || this.model.nodes[at].box) return;
    const node = this.model.nodes[at];
    const [zoom, pan] = [this.cy.zoom(), this.cy.pan()];
    const margin = (iconSize(node) * zoom) / 2 + MARGIN;
    const push = (place, size) => Math.min(0, size - margin - place) || Math.max(0, margin - place);
    const by = { x: push(node.x * zoom + pan.x, this.cy.width()), y: push(node.y * zoom + pan.y, this.cy.height()) };
    if (by.x !== 0 || by.y !== 0) this.cy.panBy(by);
  }

  setArranging(on) {
    this.arranging = on;
    this.cy.nodes("[?box]").forEach((node) => (on ? node.unpanify() : node.panify()));
  }

  // What is in a box moves with it.
  follow(element) {
    const at = element.data("at");
    const node = this.model.nodes[at];
    const place = element.position();
    const [dx, dy] = [place.x - node.x, place.y - node.y];
    if (dx === 0 && dy === 0) return;
    moveBy(this.model, at, dx, dy);
    if (node.box) {
      this.cy.batch(() => {
        for (const inner of this.model.descendants(at)) this.drawn.get(inner)?.position({ x: this.model.nodes[inner].x, y: this.model.nodes[inner].y });
      });
    }
    this.moving = at;
  }

  settle() {
    if (this.moving === undefined) return;
    growAround(this.model, this.moving);
    this.moving = undefined;
    this.cy.batch(() => this.update());
    this.hooks.onMoved();
  }

  fit(list, animate) {
    const targets = list ?? this.shown.nodes;
    if (targets.length === 0) return;
    this.cy.resize();
    const [left, top, right, bottom] = extentOfAll(this.model, targets);
    const [width, height] = [this.cy.width(), this.cy.height()];
    const room = Math.min(MARGIN, width / 10);
    const zoom = Math.min((width - 2 * room) / Math.max(right - left, 1), (height - 2 * room - 18) / Math.max(bottom - top, 1), list ? 1.4 : 1.2);
    this.go({ zoom, pan: { x: width / 2 - (zoom * (left + right)) / 2, y: height / 2 - (zoom * (top + bottom)) / 2 } }, animate);
  }

  go(viewport, animate) {
    this.cy.stop(true);
    if (animate && !quiet()) this.cy.animate({ ...viewport, duration: 260, easing: "ease-out" });
    else {
      this.cy.viewport(viewport);
      this.scaleLines();
    }
  }

  // Brings nodes on the screen, with some of what is around them.
  bring(list) {
    const nodes = list.map((at) => this.shown.rep[at]).filter((at) => at !== -1);
    if (nodes.length === 0) return;
    if (nodes.length > 1 || this.model.nodes[nodes[0]].box) {
      this.fit(nodes, true);
      return;
    }
    this.cy.resize();
    const zoom = Math.max(this.cy.zoom(), 0.9);
    const node = this.model.nodes[nodes[0]];
    this.go({ zoom, pan: { x: this.cy.width() / 2 - node.x * zoom, y: this.cy.height() / 2 - node.y * zoom } }, true);
  }

  zoomBy(factor) {
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: this.cy.width() / 2, y: this.cy.height() / 2 } });
  }
}
