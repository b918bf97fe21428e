// The search box, the legend, the path of boxes one is in, and the small label under the pointer.

import { Combobox } from "../common/combobox.js";
import { el, oneLine, plural } from "../common/dom.js";
import { nameParts } from "./labels.js";
import { className, typeName } from "./model.js";
import { edgeFace } from "./stylesheet.js";

const FOUND_MOST = 12;
const ALL = "all";

export class SearchBox extends Combobox {
  constructor(input, search, view, actions) {
    super(input);
    Object.assign(this, { search, view, actions, found: [] });
  }

  look(query) {
    this.found = query ? this.search.find(query) : [];
    const rows = [...this.found.slice(0, FOUND_MOST), ...(this.found.length > 1 ? [ALL] : [])];
    return { rows, count: this.found.length, note: query && rows.length === 0 ? "Nothing on this map matches. Names, ids, types, tags and recorded data are searched." : "" };
  }

  option(row, attributes) {
    if (row === ALL) return el("li", { ...attributes, class: "all" }, `Select all ${this.found.length.toLocaleString("en")} found`);
    const node = this.view.model.nodes[row];
    const where = this.view.model.ancestors(row).map((up) => nameParts(this.view.model.nodes[up])[0]).join(" › ");
    return el("li", attributes,
      node.box ? el("span", { class: "twist none" }) : el("img", { src: this.view.iconOf(node.type), alt: "", width: 20, height: 20 }),
      el("div", {}, el("span", { class: "name" }, oneLine(node.name)), " ", el("span", { class: "soft" }, typeName(node.type)), el("div", { class: "where" }, where || oneLine(node.id))));
  }

  choose(row) {
    if (row === ALL) this.actions.selectMany(this.found);
    else this.actions.choose(row);
  }
}

function lineSample(face) {
  const canvas = el("canvas", { width: 60, height: 24, "aria-hidden": "true" });
  const pen = canvas.getContext("2d");
  pen.strokeStyle = pen.fillStyle = face.colour;
  pen.lineWidth = Math.min(face.width + 1.5, 6);
  pen.setLineDash(face.line === "dashed" ? [10, 7] : face.line === "dotted" ? [4, 5] : []);
  pen.beginPath();
  pen.moveTo(2, 12);
  pen.lineTo(face.arrow === "none" ? 58 : 46, 12);
  pen.stroke();
  if (face.arrow !== "none") {
    pen.beginPath();
    pen.moveTo(58, 12);
    pen.lineTo(43, 5);
    pen.lineTo(43, 19);
    pen.fill();
  }
  return canvas;
}

export function drawLegend(place, view, actions) {
  const { model } = view;
  const counts = new Map();
  for (const edge of model.edges) counts.set(edge.cls, (counts.get(edge.cls) ?? 0) + edge.count);
  const rows = model.classes.map((name) => {
    const box = el("input", { type: "checkbox", checked: !model.hiddenClasses.has(name), onchange: (event) => actions.setClass(name, event.target.checked) });
    return el("li", {}, el("label", {}, box, lineSample(edgeFace(view.facts, name, view.dark)), el("span", {}, className(name)), el("span", { class: "count" }, counts.get(name).toLocaleString("en"))));
  });
  const marks = [];
  if (model.nodes.some((node) => node.isPublic)) marks.push(el("li", {}, el("img", { src: view.resolve("icons/aws/badge-public.svg"), alt: "", width: 16, height: 16 }), "public"));
  if (model.nodes.some((node) => node.isUnknown)) marks.push(el("li", {}, el("img", { src: view.resolve("icons/aws/badge-unknown.svg"), alt: "", width: 16, height: 16 }), "not fully known"));
  const given = Array.isArray(model.meta.legend) ? model.meta.legend.slice(0, 20).map((entry) => el("li", {}, oneLine(typeof entry === "string" ? entry : (entry?.label ?? "")))) : [];
  const bundle = el("label", { class: "option" }, el("input", { type: "checkbox", checked: model.bundling, onchange: (event) => actions.setBundling(event.target.checked) }), "Bundle lines");
  place.replaceChildren(...[rows.length > 0 ? el("ul", {}, rows) : el("p", { class: "soft" }, "No connections."), marks.length > 0 ? el("ul", { class: "marks" }, marks) : null, given.length > 0 ? el("ul", {}, given) : null, rows.length > 0 ? bundle : null].filter(Boolean));
}

// The boxes that fill the window now, outermost first.
export class Path {
  constructor(place, view) {
    this.place = place;
    this.view = view;
    this.shown = "";
  }

  update() {
    const { model, cy, shown } = this.view;
    const seen = cy.extent();
    const middle = { x: (seen.x1 + seen.x2) / 2, y: (seen.y1 + seen.y2) / 2 };
    const path = shown.nodes.filter((at) => {
      const node = model.nodes[at];
      if (!node.box || Math.abs(node.x - middle.x) > node.w / 2 || Math.abs(node.y - middle.y) > node.h / 2) return false;
      return node.w > seen.w * 0.7 || node.h > seen.h * 0.7;
    });
    if (path.join() === this.shown) return;
    this.shown = path.join();
    this.place.replaceChildren(...path.map((at) => el("li", {}, el("button", { type: "button", title: `Show all of ${oneLine(model.nodes[at].name)}`, onclick: () => this.view.fit([at], true) }, nameParts(model.nodes[at])[0]))));
  }
}

// Gives what is said of a node or a line at the pointer; nothing where the picture says it.
export function tipOf({ view, overlay }, target) {
  const { model } = view;
  if (target.at === null) {
    const { edge } = target;
    if (!edge) return [];
    return [el("strong", {}, `${oneLine(model.nodes[edge.source].name).slice(0, 80)} ${view.arrowOf(edge.cls)} ${oneLine(model.nodes[edge.target].name).slice(0, 80)}`), el("span", {}, [className(edge.cls), view.edgeLabel(edge)].filter(Boolean).join(" · "))];
  }
  const node = model.nodes[target.at];
  if (node.box && !model.collapsed[target.at] && overlay.named.has(target.at)) return [];
  return [el("strong", {}, oneLine(node.name).slice(0, 200)), el("span", {}, `${typeName(node.type)}${node.children.length > 0 ? ` · ${plural(node.leaves, "resource")}` : ""}${node.isPublic ? " · public" : ""}${node.isUnknown ? " · not fully known" : ""}`), el("code", {}, oneLine(node.localId || node.id).slice(0, 120))];
}
