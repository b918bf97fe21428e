// A box in which a principal is looked for: what is found is listed while typing.

import { byId, el, oneLine, plural } from "../map/dom.js";
import { iconPath } from "./draw.js";
import { kindName } from "./graph.js";
import { standing } from "./words.js";

const FOUND_MOST = 14;

export class Finder {
  // `extra`: {text, value} offered first, as "any administrator". `take(at or value)` is called with what was chosen.
  constructor(input, list, { graph, filter, resolve, take, extra = null }) {
    Object.assign(this, { input, list, graph, filter, resolve, take, extra, found: [], active: -1 });
    input.addEventListener("input", () => this.update());
    input.addEventListener("focus", () => {
      input.select();
      if (extra) this.update();
    });
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...list.children].indexOf(option));
    });
  }

  update() {
    const query = this.input.value.trim();
    const all = query === "" || query === this.shown ? [] : this.graph.find(query);
    this.found = [...(this.extra && (all.length === 0 || this.extra.text.includes(query.toLowerCase())) ? [this.extra] : []), ...all.slice(0, FOUND_MOST)];
    this.active = this.found.length > 0 ? 0 : -1;
    this.list.replaceChildren(...this.found.map((one, row) => this.option(one, row)));
    if (all.length > FOUND_MOST) this.list.append(el("li", { class: "none", role: "presentation" }, `and ${(all.length - FOUND_MOST).toLocaleString("en")} more: type more of the name`));
    if (query && this.found.length === 0) this.list.append(el("li", { class: "none", role: "presentation" }, "No principal matches. Names, ARNs, kinds, accounts and tags are searched."));
    this.setOpen(this.list.childElementCount > 0);
    byId("search-status").textContent = query ? plural(all.length, "match", "matches") : "";
    this.point();
  }

  option(one, row) {
    const attributes = { "role": "option", "id": `${this.list.id}-${row}`, "aria-selected": "false" };
    if (typeof one !== "number") return el("li", attributes, el("div", {}, el("span", { class: "name" }, one.text)));
    const node = this.graph.nodes[one];
    return el("li", attributes, el("img", { src: this.resolve(iconPath(node.kind)), alt: "", width: 20, height: 20 }),
      el("div", {}, el("span", { class: "name" }, node.short), " ", el("span", { class: "soft" }, [kindName(node.kind), standing(this.filter, one).words].filter(Boolean).join(" · ")), el("div", { class: "where" }, node.account === -1 ? node.arn : `${this.graph.accountName(node.account)} › ${oneLine(node.name)}`)));
  }

  point() {
    [...this.list.querySelectorAll("[role=option]")].forEach((option, row) => option.setAttribute("aria-selected", String(row === this.active)));
    const option = this.list.children[this.active];
    if (option && this.active >= 0) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  setOpen(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }

  // The choice that the box shows.
  set(text) {
    this.shown = text;
    this.input.value = text;
  }

  choose(row) {
    const one = this.found[row];
    if (one === undefined) return;
    this.close();
    this.take(typeof one === "number" ? one : one.value);
  }

  close() {
    this.setOpen(false);
    this.input.removeAttribute("aria-activedescendant");
    if (this.shown !== undefined && document.activeElement !== this.input) this.input.value = this.shown;
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) this.update();
      const count = this.found.length;
      if (count > 0) this.active = (this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.point();
    } else if (event.key === "Enter") {
      if (this.list.hidden) this.update();
      this.choose(this.active);
    } else if (event.key === "Escape") {
      if (this.list.hidden && this.shown === undefined) this.input.value = "";
      if (this.list.hidden) this.input.blur();
      this.setOpen(false);
    } else return;
    event.preventDefault();
  }
}
