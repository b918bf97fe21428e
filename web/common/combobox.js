// A box in which something is looked for: what is found is listed while typing, and chosen by keys or mouse.

import { byId, el, plural } from "./dom.js";

// What extends it has look(query), which gives {rows, note, count}: what is listed, a last line that cannot be chosen, and how many match;
// option(row, attributes), which gives a row's list item; and choose(row).
export class Combobox {
  constructor(input) {
    const id = input.getAttribute("aria-controls");
    const list = el("ul", { id, "class": "found", "role": "listbox", "aria-label": input.getAttribute("aria-label") ?? input.labels[0]?.textContent, "hidden": true });
    Object.assign(this, { input, list, rows: [], active: -1 });
    for (const [name, value] of Object.entries({ "role": "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "autocomplete": "off", "spellcheck": "false" })) input.setAttribute(name, value);
    input.after(list);
    input.addEventListener("input", () => this.update());
    input.addEventListener("focus", () => {
      input.select();
      this.update();
    });
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
    const { rows, note, count } = this.look(query);
    this.rows = rows;
    this.active = rows.length > 0 ? 0 : -1;
    this.list.replaceChildren(...rows.map((row, at) => this.option(row, { "role": "option", "id": `${this.list.id}-${at}`, "aria-selected": "false" })));
    if (note) this.list.append(el("li", { class: "none", role: "presentation" }, note));
    this.setOpen(this.list.childElementCount > 0);
    byId("search-status").textContent = query && count !== undefined ? plural(count, "match", "matches") : "";
    this.point();
  }

  point() {
    [...this.list.querySelectorAll("[role=option]")].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.active)));
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

  take(at) {
    const row = this.rows[at];
    if (row === undefined) return;
    this.close();
    this.choose(row);
  }

  close() {
    this.setOpen(false);
    this.input.removeAttribute("aria-activedescendant");
    if (this.shown !== undefined && document.activeElement !== this.input) this.input.value = this.shown;
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) this.update();
      const count = this.rows.length;
      if (count > 0) this.active = (this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.point();
    } else if (event.key === "Enter") {
      if (this.list.hidden) this.update();
      this.take(this.active);
    } else if (event.key === "Escape") {
      if (this.list.hidden) {
        if (this.shown === undefined) this.input.value = "";
        this.input.blur();
      }
      this.close();
    } else return;
    event.preventDefault();
  }
}
