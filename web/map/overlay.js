// Draws box outlines and titles over Cytoscape's picture, and the small overview map.

import { boxSteps, labelSteps, leafSteps, widthOf } from "./labels.js";
import { extentOfAll } from "./layout.js";

function context(canvas, width, height) {
  const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

export function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return { ink: of("ink"), soft: of("muted"), public: of("public"), unknown: of("warn-ink"), ring: of("ring"), line: of("line"), canvas: of("canvas"), panel: of("bg") };
}

export class Overlay {
  constructor(canvas, overview, view) {
    this.canvas = canvas;
    this.overview = overview;
    this.view = view;
    this.toggles = [];
    this.named = new Set();
    this.labels = [];
    this.images = new Map();
    this.backdrop = document.createElement("canvas");
    this.recolour();
    this.holdOverview();
  }

  recolour() {
    this.tones = colours();
    this.faces = new Map();
  }

  image(type) {
    const address = this.view.iconOf(type);
    let image = this.images.get(address);
    if (!image) {
      image = new Image();
      image.addEventListener("load", () => this.draw());
      image.src = address;
      this.images.set(address, image);
    }
    return image.complete && image.naturalWidth > 0 ? image : null;
  }

  face(at) {
    const node = this.view.model.nodes[at];
    // What is selected or marked has another line than its like.
    if (this.view.selection.has(at) || this.view.shown.lostNeighbours.has(at)) return this.view.boxFace(at);
    const key = `${node.type}\n${node.isPublic}`;
    if (!this.faces.has(key)) this.faces.set(key, this.view.boxFace(at));
    return this.faces.get(key);
  }

  draw() {
    const { model, cy, shown } = this.view;
    const [width, height] = [cy.width(), cy.height()];
    const pen = context(this.canvas, width, height);
    const pan = cy.pan();
    const seen = { zoom: cy.zoom(), x: pan.x, y: pan.y, width, height, selected: this.view.selection, marked: shown.lostNeighbours };
    const board = boxSteps(model, shown.nodes, seen);
    this.toggles = board.toggles;
    this.named = board.named;
    pen.textBaseline = "middle";
    const names = leafSteps(model, shown.nodes, seen);
    for (const step of names) this.text(pen, step);
    for (const step of board.steps) this[step.kind](pen, step);
    this.labels = labelSteps(this.view, shown.nodes, seen, board, names);
    for (const step of this.labels) this.label(pen, step);
    this.drawOverview();
  }

  outline(pen, step) {
    const face = this.face(step.at);
    const dimmed = this.view.isDimmed(step.at);
    pen.globalAlpha = dimmed ? 0.25 : 1;
    pen.strokeStyle = step.selected ? this.tones.ring : step.marked ? this.tones.ink : face.line;
    pen.lineWidth = step.selected || step.marked ? 3 : Math.min(step.w, step.h) < 14 ? 0.6 : face.width;
    pen.setLineDash(face.dashed && !step.selected && !step.marked ? [5, 4] : []);
    pen.strokeRect(step.x, step.y, step.w, step.h);
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  pill(pen, step) {
    pen.globalAlpha = 0.86;
    pen.fillStyle = this.face(step.at).fill;
    pen.beginPath();
    pen.roundRect(step.x, step.y, step.w, step.h, 4);
    pen.fill();
    pen.globalAlpha = 1;
  }

  toggle(pen, step) {
    pen.strokeStyle = this.tones.soft;
    pen.lineWidth = 1.3;
    pen.beginPath();
    pen.roundRect(step.x + 0.5, step.y + 0.5, step.size - 1, step.size - 1, 3);
    const [middle, inner] = [step.size / 2, step.size * 0.27];
    pen.moveTo(step.x + inner, step.y + middle);
    pen.lineTo(step.x + step.size - inner, step.y + middle);
    if (!step.open) {
      pen.moveTo(step.x + middle, step.y + inner);
      pen.lineTo(step.x + middle, step.y + step.size - inner);
    }
    pen.stroke();
  }

  text(pen, step) {
    pen.font = step.font;
    pen.textAlign = step.centred ? "center" : "left";
    pen.globalAlpha = step.centred && this.view.isDimmed(step.at) ? 0.2 : 1;
    if (step.at !== undefined) {
      pen.strokeStyle = step.centred ? this.behind(step.at) : this.face(step.at).fill;
      pen.lineWidth = 4;
      pen.lineJoin = "round";
      pen.strokeText(step.text, step.x, step.y + 0.5);
      // Lines do not show between words.
      const width = widthOf(step.text, step.font);
      pen.fillStyle = pen.strokeStyle;
      pen.fillRect(step.centred ? step.x - width / 2 : step.x, step.y - 5, width, 10);
    }
    pen.fillStyle = this.tones[step.tone];
    pen.fillText(step.text, step.x, step.y + 0.5);
    pen.globalAlpha = 1;
  }

  // What is written on a line, framed in its colour.
  label(pen, step) {
    pen.fillStyle = this.tones.panel;
    pen.strokeStyle = step.colour;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.roundRect(step.x, step.y, step.w, step.h, 4);
    pen.fill();
    pen.stroke();
    pen.font = step.font;
    pen.textAlign = "center";
    pen.fillStyle = this.tones.ink;
    pen.fillText(step.text, step.x + step.w / 2, step.y + step.h / 2 + 0.5);
  }

  behind(at) {
    const { parent } = this.view.model.nodes[at];
    return parent === -1 ? this.tones.canvas : this.face(parent).fill;
  }

  icon(pen, step) {
    const image = this.image(step.type);
    if (image) pen.drawImage(image, step.x, step.y, step.size, step.size);
  }

  // The box whose + or - is at this place on the screen.
  toggleAt(x, y) {
    return this.toggles.find((one) => x >= one.x && x <= one.x + one.w && y >= one.y && y <= one.y + one.h)?.at;
  }

  // The overview's picture only changes with what is shown; panning moves the frame on it.
  holdOverview() {
    const { model, shown } = this.view;
    const [width, height] = [this.overview.clientWidth || 170, this.overview.clientHeight || 120];
    const [left, top, right, bottom] = extentOfAll(model, shown.nodes);
    const scale = Math.min((width - 8) / Math.max(1, right - left), (height - 8) / Math.max(1, bottom - top));
    this.whole = [left, top, right, bottom];
    this.scale = { scale, x: (width - scale * (left + right)) / 2, y: (height - scale * (top + bottom)) / 2, width, height };
    const pen = context(this.backdrop, width, height);
    for (const at of shown.nodes) {
      const node = model.nodes[at];
      if (node.box ? node.depth > 3 : node.parent !== -1) continue;
      const [w, h] = [Math.max(2, (node.w || 48) * scale), Math.max(2, (node.h || 48) * scale)];
      const face = node.box ? this.face(at) : { fill: this.tones.soft, line: this.tones.soft };
      pen.fillStyle = face.fill;
      pen.strokeStyle = face.line;
      pen.lineWidth = 0.7;
      pen.fillRect(node.x * scale + this.scale.x - w / 2, node.y * scale + this.scale.y - h / 2, w, h);
      pen.strokeRect(node.x * scale + this.scale.x - w / 2, node.y * scale + this.scale.y - h / 2, w, h);
    }
  }

  drawOverview() {
    if (!this.scale) return;
    const { scale, x, y, width, height } = this.scale;
    const seen = this.view.cy.extent();
    const [wholeLeft, wholeTop, wholeRight, wholeBottom] = this.whole;
    this.overview.hidden = seen.x1 <= wholeLeft && seen.y1 <= wholeTop && seen.x2 >= wholeRight && seen.y2 >= wholeBottom;
    if (this.overview.hidden) return;
    const pen = context(this.overview, width, height);
    pen.drawImage(this.backdrop, 0, 0, width, height);
    pen.strokeStyle = this.tones.ring;
    pen.lineWidth = 1.5;
    const [left, top] = [Math.max(1, seen.x1 * scale + x), Math.max(1, seen.y1 * scale + y)];
    pen.strokeRect(left, top, Math.min(width - 1, seen.x2 * scale + x) - left, Math.min(height - 1, seen.y2 * scale + y) - top);
  }

  // Where a place on the overview is on the map.
  fromOverview(x, y) {
    return { x: (x - this.scale.x) / this.scale.scale, y: (y - this.scale.y) / this.scale.scale };
  }
}
