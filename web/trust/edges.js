// The table of all edges: for screen readers, and for data that no picture can hold. Rows are made as they come into sight.

import { byId, el, plural } from "../common/dom.js";
import { accessTag, possibleTag } from "./facts.js";
import { ACCESSES, accountKind, isMutual } from "./words.js";

const PART = 80;

export class EdgeTable {
  constructor(root, app) {
    Object.assign(this, { root, app, network: app.network, sort: "access", down: false, query: "" });
    const { nodes } = this.network;
    const name = (at) => nodes[at].name.toLowerCase();
    this.columns = [
      ["from", "Who gets in", (edge) => name(edge.from)], ["kind", "Kind", (edge) => accountKind(nodes[edge.from].kind)], ["to", "Into", (edge) => name(edge.to)], ["access", "Access", (edge) => ACCESSES.indexOf(edge.access)],
      ["certain", "Certain", (edge) => (edge.certain ? 0 : 1)], ["services", "Services", (edge) => edge.services.join(", ")], ["reasons", "Reasons", (edge) => -edge.raw.length],
    ];
  }

  show() {
    if (!this.body) this.build();
    this.fill();
  }

  build() {
    this.body = el("tbody");
    this.heads = this.columns.map(([id, title]) => el("th", { scope: "col" }, el("button", { type: "button", class: "heading", onclick: () => this.sortBy(id) }, title)));
    this.input = el("input", { "type": "search", "class": "filter", "aria-label": "Filter the table", "placeholder": "Filter: account, id, service…", "spellcheck": "false", "autocomplete": "off", "oninput": () => this.fill() });
    this.end = el("p", { class: "soft", role: "status" });
    this.more = el("button", { type: "button", class: "quiet", onclick: () => this.add() }, "Show more");
    this.root.replaceChildren(el("div", { class: "tablehead" }, this.input, this.end), el("table", { "aria-label": "Edges" }, el("thead", {}, el("tr", {}, this.heads)), this.body), this.more);
    new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting) && !this.more.hidden) this.add();
    }, { root: this.root, rootMargin: "400px" }).observe(this.more);
  }

  sortBy(id) {
    this.down = this.sort === id && !this.down;
    this.sort = id;
    this.fill();
  }

  fill() {
    const { network, app } = this;
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (edge) => [edge.from, edge.to].map((at) => `${network.nodes[at].name} ${network.nodes[at].id} ${accountKind(network.nodes[at].kind)}`).concat(edge.services, edge.access, edge.certain ? "certain" : "possible").join(" ").toLowerCase();
    const on = app.sieve.on(network.edges).filter((edge) => app.inView(edge));
    this.rows = words.length === 0 ? [...on] : on.filter((edge) => words.every((word) => text(edge).includes(word)));
    const value = this.columns.find(([id]) => id === this.sort)[2];
    const keys = new Map(this.rows.map((edge) => [edge, value(edge)]));
    const sign = this.down ? -1 : 1;
    this.rows.sort((a, b) => (keys.get(a) < keys.get(b) ? -sign : keys.get(a) > keys.get(b) ? sign : a.at - b.at));
    this.columns.forEach(([id], at) => this.heads[at].setAttribute("aria-sort", id !== this.sort ? "none" : this.down ? "descending" : "ascending"));
    this.shown = 0;
    this.body.replaceChildren();
    this.root.scrollTop = 0;
    const all = network.edges.length;
    this.end.textContent = this.rows.length === all ? plural(all, "edge") : `${this.rows.length.toLocaleString("en")} of ${plural(all, "edge")}`;
    this.add();
  }

  add() {
    const { nodes } = this.network;
    const link = (at) => el("button", { type: "button", class: "link", onclick: () => this.app.choose(at, true) }, this.app.pictures.element(nodes[at]), el("span", {}, nodes[at].name));
    this.body.append(...this.rows.slice(this.shown, this.shown + PART).map((edge) => el("tr", {},
      el("td", {}, link(edge.from)), el("td", {}, accountKind(nodes[edge.from].kind).replace(/ account$/, "")), el("td", {}, link(edge.to), isMutual(edge.access) ? el("span", { class: "soft" }, " both ways") : null), el("td", {}, accessTag(edge.access)),
      el("td", {}, edge.certain ? "certain" : possibleTag(false)), el("td", {}, edge.services.join(", ")),
      el("td", {}, el("button", { "type": "button", "class": "link", "aria-label": `Reasons: ${nodes[edge.from].name} to ${nodes[edge.to].name}`, "onclick": () => this.app.chooseEdge(edge) }, edge.raw.length === 0 ? "show" : plural(edge.raw.length, "reason"))))));
    this.shown = Math.min(this.rows.length, this.shown + PART);
    this.more.hidden = this.shown >= this.rows.length;
  }

  focus() {
    byId("table").focus();
  }
}
