// The outline: everything on the map as a tree for keyboards and screen readers. Levels are built when they are opened.

import { el, oneLine, plural } from "../common/dom.js";
import { typeName } from "./model.js";

const PAGE = 200;

export class Tree {
  constructor(root, view, onChoose) {
    this.root = root;
    this.view = view;
    this.model = view.model;
    this.onChoose = onChoose;
    this.items = new Map();
    this.current = null;
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event));
    this.fill(root, this.model.roots, 0);
    root.firstElementChild?.setAttribute("tabindex", "0");
    let level = this.model.roots.filter((at) => this.model.nodes[at].box);
    while (level.length === 1) {
      this.open(level[0]);
      level = this.model.nodes[level[0]].children.filter((at) => this.model.nodes[at].box);
    }
  }

  fill(list, nodes, from) {
    for (const at of nodes.slice(from, from + PAGE)) list.append(this.item(at));
    if (nodes.length <= from + PAGE) return;
    const more = el("li", { role: "treeitem", tabindex: "-1", class: "more", "aria-selected": "false" }, el("div", { class: "row" }, `${plural(nodes.length - from - PAGE, "more", "more")}…`));
    more.fillMore = () => {
      const before = more.previousElementSibling;
      more.remove();
      this.fill(list, nodes, from + PAGE);
      this.focus(before.nextElementSibling);
    };
    list.append(more);
  }

  item(at) {
    const node = this.model.nodes[at];
    const inside = node.children.length > 0;
    const name = oneLine(node.name);
    const about = [typeName(node.type), inside ? plural(node.leaves, "resource") : null, node.isPublic ? "public" : node.publics > 0 && inside ? `${node.publics} public` : null, node.isUnknown ? "not fully known" : node.unknowns > 0 && inside ? `${node.unknowns} not fully known` : null].filter(Boolean).join(", ");
    const item = el("li", { role: "treeitem", tabindex: "-1", "aria-selected": "false", "aria-label": `${name}, ${about}`, ...(inside ? { "aria-expanded": "false" } : {}) },
      el("div", { class: "row", title: `${name}\n${about}` },
        el("span", { class: inside ? "twist" : "twist none", "aria-hidden": "true" }),
        node.box ? null : el("img", { src: this.view.iconOf(node.type), alt: "", width: 16, height: 16, loading: "lazy" }),
        el("span", { class: node.box ? "name box" : "name" }, name),
        node.unknowns > 0 ? el("span", { class: "query", "aria-hidden": "true" }, "?") : null,
        node.publics > 0 ? el("span", { class: "dot", "aria-hidden": "true" }) : null,
        inside ? el("span", { class: "count" }, node.leaves.toLocaleString("en")) : null));
    item.at = at;
    this.items.set(at, item);
    if (this.view.selection.has(at)) item.setAttribute("aria-selected", "true");
    return item;
  }

  open(at) {
    const item = this.items.get(at);
    if (!item || item.getAttribute("aria-expanded") !== "false") return;
    item.setAttribute("aria-expanded", "true");
    let group = item.querySelector(":scope > ul");
    if (!group) {
      group = el("ul", { role: "group" });
      this.fill(group, this.model.nodes[at].children, 0);
      item.append(group);
    }
    group.hidden = false;
  }

  close(at) {
    const item = this.items.get(at);
    if (item?.getAttribute("aria-expanded") !== "true") return;
    item.setAttribute("aria-expanded", "false");
    item.querySelector(":scope > ul").hidden = true;
  }

  // Shows what is selected on the map.
  mark(selection) {
    for (const item of this.root.querySelectorAll("[aria-selected=true]")) item.setAttribute("aria-selected", "false");
    let first = null;
    for (const at of selection) {
      if (first === null) {
        for (const up of this.model.ancestors(at)) this.open(up);
        first = this.items.get(at) ?? null;
      }
      this.items.get(at)?.setAttribute("aria-selected", "true");
    }
    if (first && first !== this.current) {
      this.setCurrent(first);
      if (!this.root.contains(document.activeElement)) first.querySelector(".row").scrollIntoView({ block: "nearest" });
    }
  }

  setCurrent(item) {
    for (const old of this.root.querySelectorAll("[tabindex='0']")) old.setAttribute("tabindex", "-1");
    item.setAttribute("tabindex", "0");
    this.current = item;
  }

  focus(item) {
    if (!item) return;
    this.setCurrent(item);
    item.focus({ preventScroll: true });
    item.querySelector(".row").scrollIntoView({ block: "nearest" });
  }

  click(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item) return;
    if (item.fillMore) item.fillMore();
    else if (event.target.classList.contains("twist") && item.hasAttribute("aria-expanded")) this[item.getAttribute("aria-expanded") === "true" ? "close" : "open"](item.at);
    else {
      this.setCurrent(item);
      this.onChoose(item.at, event.shiftKey || event.ctrlKey || event.metaKey);
    }
  }

  // The items that can be seen, in order.
  rows() {
    return [...this.root.querySelectorAll("[role=treeitem]")].filter((item) => !item.parentElement.closest("ul[hidden]") && !item.closest("ul[hidden]"));
  }

  key(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const expanded = item.getAttribute("aria-expanded");
    const moves = {
      ArrowDown: () => this.step(item, 1), ArrowUp: () => this.step(item, -1),
      Home: () => this.focus(this.rows()[0]), End: () => this.focus(this.rows().at(-1)),
      ArrowRight: () => (expanded === "false" ? this.open(item.at) : expanded === "true" ? this.step(item, 1) : null),
      ArrowLeft: () => (expanded === "true" ? this.close(item.at) : this.focus(item.parentElement.closest("[role=treeitem]"))),
      Enter: () => (item.fillMore ? item.fillMore() : this.onChoose(item.at, event.shiftKey)),
      " ": () => (item.fillMore ? item.fillMore() : this.onChoose(item.at, event.shiftKey)),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  step(item, by) {
    const rows = this.rows();
    this.focus(rows[rows.indexOf(item) + by]);
  }
}
