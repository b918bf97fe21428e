// The left side: what is shown, and which steps and principals count.

import { el, plural } from "../common/dom.js";
import { categoryName, KINDS, kindName } from "./graph.js";
import { stepsWords } from "./words.js";

export class Choices {
  constructor(root, app) {
    Object.assign(this, { root, app, graph: app.graph, filter: app.filter, syncs: [] });
    root.replaceChildren(this.view(), this.steps(), this.kinds(), ...[this.accounts(), this.techniques()].filter(Boolean));
    this.sync();
  }

  // Boxes as the state says.
  sync() {
    for (const work of this.syncs) work();
  }

  fold(title, open, ...children) {
    return el("details", { class: "choices", open }, el("summary", {}, title), ...children);
  }

  check(text, count, get, set, title) {
    const box = el("input", { type: "checkbox", onchange: () => this.app.setFilter(() => set(box.checked)) });
    this.syncs.push(() => {
      box.checked = get();
    });
    return el("label", { class: "check", title: title ?? false }, box, el("span", {}, text), count === null ? null : el("span", { class: "count" }, count.toLocaleString("en")));
  }

  view() {
    const { app } = this;
    const radio = (value, text, enabled) => {
      const box = el("input", { type: "radio", name: "view", value, onchange: () => app.setView(value) });
      this.syncs.push(() => {
        box.checked = app.state.view === value;
        box.disabled = !enabled();
        label.classList.toggle("off", box.disabled);
      });
      const label = el("label", { class: "check" }, box, el("span", {}, text()));
      this.syncs.push(() => {
        label.lastChild.textContent = text();
      });
      return label;
    };
    const reach = el("select", { "aria-label": "How far", "onchange": () => app.setReach(Number(reach.value)) }, [1, 2, 3].map((steps) => el("option", { value: steps }, `within ${stepsWords(steps)}`)));
    this.syncs.push(() => {
      reach.value = String(app.state.reach);
      reach.disabled = app.state.view !== "focus";
    });
    return this.fold("Picture", true,
      radio("overview", () => "Administrators, and who can become one", () => true),
      radio("all", () => (app.canShowAll() ? "All principals" : "All principals (too many to draw)"), () => app.canShowAll()),
      radio("focus", () => (app.state.focus === -1 ? "Around one principal" : `Around ${this.graph.nodes[app.state.focus].short}`), () => app.state.focus !== -1),
      el("div", { class: "sub" }, reach),
      radio("ways", () => "Shortest ways", () => app.state.from !== -1));
  }

  steps() {
    const { filter, app } = this;
    return this.fold("Steps", true,
      this.check("Certain only", null, () => filter.certainOnly, (on) => (filter.certainOnly = on), "Leave out what holds under conditions or cannot be known"),
      this.check("Hide administrators’ own", null, () => !filter.withAdmins, (on) => (filter.withAdmins = !on), "An administrator can do all of it anyway"),
      this.check("Only towards administrators", null, () => !app.state.allLines, (on) => (app.state.allLines = !on), "In the first two pictures: lines that bring one nearer to an administrator"));
  }

  kinds() {
    const counts = new Map();
    for (const { kind } of this.graph.nodes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const off = this.filter.kindsOff;
    return this.fold("Kinds", true, KINDS.filter((kind) => counts.has(kind) && kind !== "admin").map((kind) => this.check(capital(kindName(kind, 2)), counts.get(kind), () => !off.has(kind), (on) => (on ? off.delete(kind) : off.add(kind)))));
  }

  accounts() {
    const { accounts, nodes } = this.graph;
    if (accounts.length < 2) return null;
    const counts = new Map();
    for (const { account } of nodes) counts.set(account, (counts.get(account) ?? 0) + 1);
    const off = this.filter.accountsOff;
    const all = (on) => this.app.setFilter(() => {
      off.clear();
      if (!on) accounts.forEach((_, at) => off.add(at));
    });
    return this.fold("Accounts", accounts.length <= 12, el("p", { class: "sub" }, el("button", { type: "button", class: "quiet", onclick: () => all(true) }, "All"), " ", el("button", { type: "button", class: "quiet", onclick: () => all(false) }, "None")), el("div", { class: "scroll" }, accounts.map((account, at) => this.check(account.name, counts.get(at) ?? 0, () => !off.has(at), (on) => (on ? off.delete(at) : off.add(at)), account.id))));
  }

  techniques() {
    const { techniques, technique, administrator } = this.graph;
    const counts = new Map();
    for (const at of technique) counts.set(at, (counts.get(at) ?? 0) + 1);
    const categories = new Map();
    for (const at of [...counts.keys()].filter((one) => one !== administrator).sort((a, b) => counts.get(b) - counts.get(a))) {
      const { category } = techniques[at];
      if (!categories.has(category)) categories.set(category, []);
      categories.get(category).push(at);
    }
    if (categories.size === 0) return null;
    return this.fold(`Techniques (${plural(counts.size - (counts.has(administrator) ? 1 : 0), "kind")})`, true, [...categories].map(([category, members]) => this.category(category, members, counts)));
  }

  category(category, members, counts) {
    const off = this.filter.techniquesOff;
    const box = el("input", { "type": "checkbox", "aria-label": categoryName(category), "onclick": (event) => event.stopPropagation(), "onchange": () => this.app.setFilter(() => members.forEach((at) => (box.checked ? off.delete(at) : off.add(at)))) });
    this.syncs.push(() => {
      const count = members.filter((at) => off.has(at)).length;
      box.checked = count < members.length;
      box.indeterminate = count > 0 && count < members.length;
    });
    const sum = members.reduce((all, at) => all + counts.get(at), 0);
    return el("details", { class: "category" }, el("summary", {}, box, el("span", {}, categoryName(category)), el("span", { class: "count" }, sum.toLocaleString("en"))), el("div", { class: "sub" }, members.map((at) => {
      const { label, id, name } = this.graph.techniques[at];
      return this.check([el("strong", {}, label), " ", el("span", { class: "soft" }, id)], counts.get(at), () => !off.has(at), (on) => (on ? off.delete(at) : off.add(at)), name);
    })));
  }
}

function capital(text) {
  return text === "" ? text : text[0].toUpperCase() + text.slice(1);
}
