// The box in which accounts are looked for.

import { Combobox } from "../common/combobox.js";
import { el } from "../common/dom.js";
import { accountKind } from "./words.js";

const FOUND_MOST = 14;

export class AccountFinder extends Combobox {
  constructor(input, app) {
    super(input);
    Object.assign(this, { app, network: app.network });
  }

  look(query) {
    if (query === "") return { rows: [] };
    const found = this.network.find(query);
    const more = found.length - FOUND_MOST;
    return { rows: found.slice(0, FOUND_MOST), count: found.length, note: found.length === 0 ? "Nothing matches. Names, ids, kinds and groups are searched." : more > 0 ? `and ${more.toLocaleString("en")} more: type more of the name` : "" };
  }

  option(at, attributes) {
    const node = this.network.nodes[at];
    return el("li", attributes, this.app.pictures.element(node, 20),
      el("div", {}, el("span", { class: "name" }, node.name), " ", el("span", { class: "soft" }, accountKind(node.kind)), el("div", { class: "where" }, [...this.network.path(node.group), node.name === node.shownId ? "" : node.shownId].filter(Boolean).join(" › "))));
  }

  choose(at) {
    this.input.blur();
    this.app.choose(at);
  }
}
