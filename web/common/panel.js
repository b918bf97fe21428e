// Pieces of the details on the right side.

import { byId, el } from "./dom.js";

export function closeButton(close) {
  return el("button", { "type": "button", "class": "tool close", "aria-label": "Close the details", "title": "Close (Esc)", "onclick": close }, "×");
}

export function panelTitle(text, about, image) {
  return el("header", {}, image, el("div", {}, el("h2", { tabindex: "-1", id: "details-title" }, text), el("p", {}, about)));
}

// `count`: null where there is none.
export function panelSection(name, count, ...children) {
  return el("section", {}, el("h3", {}, ...(count === null ? [name] : [`${name} `, el("span", { class: "count" }, count.toLocaleString("en"))])), ...children);
}

// Names and values; rows without a value are left out.
export function factList(rows) {
  return el("dl", {}, rows.filter(([, value]) => value !== "" && value !== null && value !== undefined).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

export function focusDetails() {
  byId("details-title")?.focus();
}

// The details of what is chosen; `app` closes them.
export class Details {
  constructor(root, app) {
    Object.assign(this, { root, app });
  }

  clear() {
    this.root.replaceChildren(closeButton(() => this.app.closePanel()));
    this.root.scrollTop = 0;
  }

  add(...children) {
    this.root.append(...children.flat().filter(Boolean));
  }

  button(text, work, first) {
    return el("button", { type: "button", class: first ? "primary small" : "second small", onclick: work }, text);
  }
}
