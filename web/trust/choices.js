// The left side and the legend: which kinds of accounts, services and accesses are shown.

import { byId, el, svg } from "../common/dom.js";
import { ACCESSES, accessLong, accessName, accountKind, capital, isMutual, kindShort, OUTSIDE_KINDS, OWN_KINDS } from "./words.js";

function lineSample(access, hollow) {
  const parts = [svg("path", { class: `stroke ${access}`, d: isMutual(access) ? "M1 6H33" : "M1 6H25" })];
  if (!isMutual(access)) parts.push(svg("path", { class: `arrow ${access}${hollow ? " hollow" : ""}`, d: "M33 6l-9 -4.500v9Z" }));
  return svg("svg", { "viewBox": "0 0 34 12", "class": "sample wide", "aria-hidden": "true" }, ...parts);
}

export class TrustChoices {
  constructor(root, app) {
    Object.assign(this, { root, app, network: app.network, sieve: app.sieve, syncs: [] });
    root.replaceChildren(...[this.sure(), this.kinds(), this.services()].filter(Boolean));
    this.legend();
    this.sync();
  }

  // Boxes as the filters are.
  sync() {
    for (const work of this.syncs) work();
  }

  fold(title, open, ...children) {
    return el("details", { class: "choices", open }, el("summary", {}, title), ...children);
  }

  check({ sample, text, count, get, set, title }) {
    const box = el("input", { type: "checkbox", onchange: () => this.app.setFilter(() => set(box.checked)) });
    this.syncs.push(() => {
      box.checked = get();
    });
    return el("label", { class: "check", title: title ?? false }, box, sample ?? null, el("span", {}, text), count === undefined ? null : el("span", { class: "count" }, count.toLocaleString("en")));
  }

  // A box that takes something out of a set of what is off.
  member(off, value, rest) {
    return this.check({ ...rest, get: () => !off.has(value), set: (on) => (on ? off.delete(value) : off.add(value)) });
  }

  sure() {
    const { sieve, network } = this;
    const possible = network.edges.filter((edge) => !edge.certain).length;
    if (possible === 0) return null;
    return this.fold("Certainty", true, this.check({ text: "Possible edges too", count: possible, get: () => !sieve.certainOnly, set: (on) => (sieve.certainOnly = !on), title: "Edges that hang on conditions, or on what the snapshots do not tell" }));
  }

  kinds() {
    const counts = new Map();
    for (const { kind } of this.network.nodes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return this.fold("Accounts", true, [...OWN_KINDS, ...OUTSIDE_KINDS].filter((kind) => counts.has(kind)).map((kind) => this.member(this.sieve.kindsOff, kind, { sample: this.app.pictures.sample(kind, 17), text: kindShort(kind), title: capital(accountKind(kind, 2)), count: counts.get(kind) })));
  }

  services() {
    const { services } = this.network;
    if (services.length === 0) return null;
    const all = (on) => this.app.setFilter(() => {
      this.sieve.servicesOff.clear();
      if (!on) for (const [service] of services) this.sieve.servicesOff.add(service);
    });
    return this.fold("Services", true, services.length < 3 ? null : el("p", { class: "sub" }, el("button", { type: "button", class: "quiet", onclick: () => all(true) }, "All"), " ", el("button", { type: "button", class: "quiet", onclick: () => all(false) }, "None")),
      el("div", {}, services.map(([service, count]) => this.member(this.sieve.servicesOff, service, { text: service, count }))));
  }

  legend() {
    const counts = new Map();
    for (const { access } of this.network.edges) counts.set(access, (counts.get(access) ?? 0) + 1);
    const rows = ACCESSES.filter((access) => counts.has(access)).map((access) => this.member(this.sieve.accessOff, access, { sample: lineSample(access, false), text: accessName(access), count: counts.get(access), title: `Who is trusted ${accessLong(access)}` }));
    const marks = this.network.edges.some((edge) => !edge.certain) ? el("ul", { class: "marks" }, el("li", {}, lineSample("iam", true), "hollow: possible")) : null;
    byId("legend-content").replaceChildren(...[...rows, marks].filter(Boolean));
  }
}
