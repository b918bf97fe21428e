// The search box, the legend, the path of boxes one is in, and the small label under the pointer.

import { byId, el, oneLine, plural } from "./dom.js";
import { nameParts } from "./labels.js";
import { className, typeName } from "./model.js";
import { edgeFace } from "./stylesheet.js";

const FOUND_MOST = 12;

// A combobox: what is found is listed while typing.
export class SearchBox {
  constructor(input, list, search, view, actions) {
    Object.assign(this, { input, list, search, view, actions, found: [], active: -1 });
    input.addEventListener("input", () => this.update());
    input.addEventListener("focus", () => this.update());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.take([...list.children].indexOf(option));
    });
  }

  update() {
    const query = this.input.value.trim();
    this.found = query ? this.search.find(query) : [];
    this.active = this.found.length > 0 ? 0 : -1;
    this.list.replaceChildren(...this.found.slice(0, FOUND_MOST).map((at, row) => this.option(at, row)));
    if (this.found.length > 1) this.list.append(el("li", { role: "option", id: `found-${this.list.childElementCount}`, class: "all", "aria-selected": "false" }, `Select all ${this.found.length.toLocaleString("en")} found`));
    if (query && this.found.length === 0) this.list.append(el("li", { class: "none", role: "presentation" }, "Nothing on this map matches. Names, ids, types, tags and recorded data are searched."));
    this.list.hidden = query === "";
    this.input.setAttribute("aria-expanded", String(query !== ""));
    byId("search-status").textContent = query ? `${plural(this.found.length, "match", "matches")}` : "";
    this.point();
  }

  option(at, row) {
    const node = this.view.model.nodes[at];
    const where = this.view.model.ancestors(at).map((up) => nameParts(this.view.model.nodes[up])[0]).join(" › ");
    return el("li", { role: "option", id: `found-${row}`, "aria-selected": "false" },
      node.box ? el("span", { class: "twist none" }) : el("img", { src: this.view.iconOf(node.type), alt: "", width: 20, height: 20 }),
      el("div", {}, el("span", { class: "name" }, oneLine(node.name)), " ", el("span", { class: "soft" }, typeName(node.type)), el("div", { class: "where" }, where || oneLine(node.id))));
  }

  point() {
    [...this.list.children].forEach((option, row) => option.setAttribute("aria-selected", String(row === this.active)));
    const option = this.list.children[this.active];
    if (option && this.active >= 0) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  take(row) {
    const shown = Math.min(this.found.length, FOUND_MOST);
    if (row < 0 || row > shown) return;
    if (row === shown) this.actions.selectMany(this.found);
    else this.actions.choose(this.found[row]);
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = this.list.querySelectorAll("[role=option]").length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (options > 0) this.active = (this.active + (event.key === "ArrowDown" ? 1 : options - 1)) % options;
      this.point();
    } else if (event.key === "Enter") this.take(this.active);
    else if (event.key === "Escape") {
      if (this.input.value === "") this.input.blur();
      this.input.value = "";
      this.update();
    } else return;
    event.preventDefault();
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

export function showTip(tip, { view, overlay }, target, place) {
  if (!target || !place) {
    tip.hidden = true;
    return;
  }
  const { model } = view;
  if (target.at !== null) {
    const node = model.nodes[target.at];
    if (node.box && !model.collapsed[target.at] && overlay.named.has(target.at)) {
      tip.hidden = true;
      return;
    }
    tip.replaceChildren(el("strong", {}, oneLine(node.name).slice(0, 200)), el("span", {}, `${typeName(node.type)}${node.children.length > 0 ? ` · ${plural(node.leaves, "resource")}` : ""}${node.isPublic ? " · public" : ""}${node.isUnknown ? " · not fully known" : ""}`), el("code", {}, oneLine(node.localId || node.id).slice(0, 120)));
  } else if (target.edge) {
    const { edge } = target;
    tip.replaceChildren(el("strong", {}, `${oneLine(model.nodes[edge.source].name).slice(0, 80)} ${view.arrowOf(edge.cls)} ${oneLine(model.nodes[edge.target].name).slice(0, 80)}`), el("span", {}, [className(edge.cls), view.edgeLabel(edge)].filter(Boolean).join(" · ")));
  }
  tip.hidden = false;
  const [width, height] = [view.cy.width(), view.cy.height()];
  tip.style.left = `${Math.max(4, Math.min(place.x + 14, width - tip.offsetWidth - 6))}px`;
  tip.style.top = `${Math.max(4, place.y + 18 + tip.offsetHeight > height ? place.y - tip.offsetHeight - 12 : place.y + 18)}px`;
}
