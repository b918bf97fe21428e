// A box in which a principal is looked for.

import { Combobox } from "../common/combobox.js";
import { el, oneLine } from "../common/dom.js";
import { iconPath } from "./draw.js";
import { kindName } from "./graph.js";
import { standing } from "./words.js";

const FOUND_MOST = 14;

export class Finder extends Combobox {
  // `extra`: {text, value} offered first, as "any administrator". `choose(at or value)` is called with what was chosen.
  constructor(input, { graph, filter, resolve, choose, extra = null }) {
    super(input);
    Object.assign(this, { graph, filter, resolve, choose: (one) => choose(typeof one === "number" ? one : one.value), extra });
  }

  look(query) {
    const first = this.extra ? [this.extra] : [];
    if (query === "" || query === this.shown) return { rows: first };
    const found = this.graph.find(query);
    const rows = [...first.filter(({ text }) => found.length === 0 || text.includes(query.toLowerCase())), ...found.slice(0, FOUND_MOST)];
    const more = found.length - FOUND_MOST;
    const none = rows.length === 0 ? "No principal matches. Names, ARNs, kinds, accounts and tags are searched." : "";
    return { rows, count: found.length, note: more > 0 ? `and ${more.toLocaleString("en")} more: type more of the name` : none };
  }

  option(one, attributes) {
    if (typeof one !== "number") return el("li", attributes, el("div", {}, el("span", { class: "name" }, one.text)));
    const node = this.graph.nodes[one];
    return el("li", attributes, el("img", { src: this.resolve(iconPath(node.kind)), alt: "", width: 20, height: 20 }),
      el("div", {}, el("span", { class: "name" }, node.short), " ", el("span", { class: "soft" }, [kindName(node.kind), standing(this.filter, one).words].filter(Boolean).join(" · ")), el("div", { class: "where" }, node.account === -1 ? node.arn : `${this.graph.accountName(node.account)} › ${oneLine(node.name)}`)));
  }
}
