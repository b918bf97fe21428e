// The map as an SVG picture: what is drawn now, all of it, not only what is on the screen.

import { oneLine, svg } from "../common/dom.js";
import { sheet } from "../common/picture.js";
import { boxSteps, labelSteps, leafSteps } from "./labels.js";
import { extentOfAll, iconSize } from "./layout.js";
import { colours } from "./overlay.js";
import { edgeFace } from "./stylesheet.js";

const SCREEN = 1700;
const MARGIN = 40;
const SHAPES = new Set(["svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"]);
const ATTRIBUTES = new Set(["d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "fill", "fill-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "opacity", "transform", "viewBox"]);

// Only shapes of an icon file get into the picture.
function shapesOf(source) {
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
  const copy = (from) => {
    const to = svg(from.localName === "svg" ? "g" : from.localName);
    for (const { name, value } of from.attributes) if (ATTRIBUTES.has(name) && from.localName !== "svg") to.setAttribute(name, value);
    for (const child of from.children) if (SHAPES.has(child.localName)) to.append(copy(child));
    return to;
  };
  const box = parsed.localName === "svg" ? parsed.getAttribute("viewBox") : null;
  const symbol = svg("symbol", { viewBox: box && /^[\d. -]+$/.test(box) ? box : "0 0 48 48" });
  if (parsed.localName === "svg") symbol.append(...copy(parsed).childNodes);
  return symbol;
}

class Drawing {
  constructor(view, assets, zoom, title) {
    this.view = view;
    this.model = view.model;
    this.assets = assets;
    this.zoom = zoom;
    this.tones = colours();
    const [left, top, right, bottom] = extentOfAll(this.model, view.shown.nodes);
    const margin = MARGIN / zoom;
    this.left = left - margin;
    this.top = top - margin;
    this.width = (right - left + 2 * margin) * zoom;
    this.height = (bottom - top + 2 * margin) * zoom;
    this.root = sheet(Math.ceil(this.width), Math.ceil(this.height), title, this.tones.panel);
    this.symbols = new Map();
    this.defs = svg("defs", {});
  }

  x(value) {
    return (value - this.left) * this.zoom;
  }

  y(value) {
    return (value - this.top) * this.zoom;
  }

  // Icons have to be read first: everything else is done at once.
  async readIcons() {
    const types = new Set(this.view.shown.nodes.flatMap((at) => (this.model.nodes[at].box ? this.model.typesIn(at).map(([type]) => type) : [this.model.nodes[at].type])));
    const addresses = new Set([...types].map((type) => this.view.iconOf(type)));
    for (const which of ["public", "unknown"]) addresses.add(this.assets.resolve(`icons/aws/badge-${which}.svg`));
    await Promise.all([...addresses].map(async (address) => {
      const symbol = shapesOf(await this.assets.text(address).catch(() => ""));
      symbol.setAttribute("id", `icon-${this.symbols.size}`);
      this.symbols.set(address, symbol.id);
      this.defs.append(symbol);
    }));
  }

  use(address, x, y, size) {
    return svg("use", { href: `#${this.symbols.get(address)}`, x, y, width: size, height: size });
  }

  draw() {
    this.root.append(this.defs);
    const boxes = this.view.shown.nodes.filter((at) => this.model.nodes[at].box).sort((a, b) => this.model.nodes[a].depth - this.model.nodes[b].depth);
    for (const at of boxes) this.box(at);
    this.view.cy.edges().not(".revealed").forEach((edge) => this.edge(edge));
    for (const at of this.view.shown.nodes) if (!this.model.nodes[at].box) this.leaf(at);
    this.titles();
    return this.root;
  }

  box(at) {
    const node = this.model.nodes[at];
    const { fill } = this.view.boxFace(at);
    this.root.append(svg("rect", { x: this.x(node.x - node.w / 2), y: this.y(node.y - node.h / 2), width: node.w * this.zoom, height: node.h * this.zoom, fill }));
  }

  edge(edge) {
    const facts = this.view.edgeFacts.get(edge.id());
    const curve = this.view.curveOf(edge);
    if (!facts || curve === null) return;
    const face = edgeFace(this.view.facts, facts.cls, this.view.dark);
    const width = edge.data("base") * Math.max(this.zoom, 0.5);
    const points = curve.map((point) => [this.x(point.x), this.y(point.y)]);
    const path = svg("path", { "d": `M${points[0].map((v) => v.toFixed(1)).join(" ")}Q${points[1].map((v) => v.toFixed(1)).join(" ")} ${points[2].map((v) => v.toFixed(1)).join(" ")}`, "fill": "none", "stroke": face.colour, "stroke-width": width, "stroke-opacity": 0.85 });
    if (face.line !== "solid") path.setAttribute("stroke-dasharray", face.line === "dotted" ? `${width} ${width * 1.6}` : `${width * 3} ${width * 2}`);
    this.root.append(path);
    if (face.arrow !== "none") this.arrow(points[1], points[2], 4 + width * 1.8, face.colour);
  }

  arrow([fromX, fromY], [x, y], size, fill) {
    const angle = Math.atan2(y - fromY, x - fromX);
    const corner = (turn, length) => `${(x + Math.cos(angle + turn) * length).toFixed(1)},${(y + Math.sin(angle + turn) * length).toFixed(1)}`;
    this.root.append(svg("polygon", { points: `${corner(0, 0)} ${corner(Math.PI - 0.42, size)} ${corner(Math.PI + 0.42, size)}`, fill }));
  }

  text(x, y, text, size, fill, anchor, weight) {
    return svg("text", { x, y, "font-size": size, fill, "text-anchor": anchor, "dominant-baseline": "central", ...(weight ? { "font-weight": weight } : {}) }, oneLine(text));
  }

  // Keeps lines away from text.
  halo(text, colour) {
    for (const [key, value] of [["stroke", colour], ["stroke-width", "3"], ["stroke-linejoin", "round"], ["paint-order", "stroke"]]) text.setAttribute(key, value);
  }

  leaf(at) {
    const node = this.model.nodes[at];
    const size = iconSize(node) * this.zoom;
    const [x, y] = [this.x(node.x), this.y(node.y)];
    this.root.append(this.use(this.view.iconOf(node.type), x - size / 2, y - size / 2, size));
    const badge = node.isPublic ? "public" : node.isUnknown ? "unknown" : null;
    if (badge) this.root.append(this.use(this.assets.resolve(`icons/aws/badge-${badge}.svg`), x + size * 0.13, y - size * 0.69, size * 0.56));
    let name = oneLine(node.name);
    if (name.length > 20) name = `${name.slice(0, 19)}…`;
    const label = this.text(x, y + size / 2 + size * 0.26, node.count > 1 ? `${name} ×${node.count}` : name, size / 4, this.tones.ink, "middle");
    this.halo(label, node.parent === -1 ? this.tones.panel : this.view.boxFace(node.parent).fill);
    label.append(svg("title", {}, oneLine(`${node.name} (${node.type}) ${node.id}`)));
    this.root.append(label);
  }

  titles() {
    const whole = { zoom: this.zoom, x: -this.left * this.zoom, y: -this.top * this.zoom, width: this.width, height: this.height, selected: new Set(), marked: new Set(), still: true };
    const board = boxSteps(this.model, this.view.shown.nodes, whole);
    const labels = labelSteps(this.view, this.view.shown.nodes, whole, board, leafSteps(this.model, this.view.shown.nodes, whole));
    const faces = new Map();
    const face = (at) => {
      if (!faces.has(at)) faces.set(at, this.view.boxFace(at));
      return faces.get(at);
    };
    for (const step of board.steps) {
      if (step.kind === "outline") this.root.append(svg("rect", { "x": step.x, "y": step.y, "width": step.w, "height": step.h, "fill": "none", "stroke": face(step.at).line, "stroke-width": face(step.at).width, ...(face(step.at).dashed ? { "stroke-dasharray": "5 4" } : {}) }));
      if (step.kind === "pill") this.root.append(svg("rect", { "x": step.x, "y": step.y, "width": step.w, "height": step.h, "rx": 4, "fill": face(step.at).fill, "fill-opacity": 0.86 }));
      if (step.kind === "icon") this.root.append(this.use(this.view.iconOf(step.type), step.x, step.y, step.size));
      if (step.kind === "text") {
        const [, weight, size] = /^(\d+) ([\d.]+)px/.exec(step.font);
        const text = this.text(step.x, step.y, step.text, Number(size), this.tones[step.tone], "start", weight);
        if (step.at !== undefined) this.halo(text, face(step.at).fill);
        this.root.append(text);
      }
    }
    for (const { x, y, w, h, text, colour } of labels) this.root.append(svg("rect", { x, y, width: w, height: h, rx: 4, fill: this.tones.panel, stroke: colour }), this.text(x + w / 2, y + h / 2, text, 11, this.tones.ink, "middle", "500"));
  }
}

// The scale of the picture: text has one size in it, so the whole has to be as large as a screen; or larger, for names of icons.
function scaleOf(view) {
  const [left, , right] = extentOfAll(view.model, view.shown.nodes);
  const leaves = view.shown.nodes.filter((at) => !view.model.nodes[at].box).length;
  return Math.min(1, Math.max(SCREEN / (right - left), leaves > view.shown.nodes.length / 2 ? 0.4 : 0));
}

export async function drawPicture(view, assets, title) {
  const drawing = new Drawing(view, assets, scaleOf(view), title);
  await drawing.readIcons();
  return drawing.draw();
}
