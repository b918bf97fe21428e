// What can be done with the map, whatever asked for it: a button, a key, or a link. Each change can be undone.

import { copyLink } from "../common/address.js";
import { byId, el, plural, say } from "../common/dom.js";
import { savePicture } from "../common/picture.js";
import { drawPicture } from "./export.js";
import { applyLayout, linkTo, saveLayout } from "./files.js";
import { layOut } from "./layout.js";

export const DRAWN_MOST = 1500;
const OPEN_MOST = 400;

export class Actions {
  constructor(model, view, history, assets, original) {
    Object.assign(this, { model, view, history, assets, original });
  }

  change(name, work, selection) {
    this.history.keep(name, selection);
    work();
    this.view.sync();
  }

  // Runs it on what is selected, or says that something has to be.
  onSelected(name, work, selection) {
    const list = [...this.view.selection];
    if (list.length === 0) say("Select something first.");
    else this.change(name, () => list.forEach(work), selection);
    return list.length;
  }

  hide() {
    const list = [...this.view.selection];
    const count = this.onSelected("hide", (at) => this.model.hide(at), list);
    if (count > 0) say(`${plural(count, "thing")} hidden. Thick borders mark what they were joined to.`);
  }

  showAll() {
    if (!this.model.hidden.includes(1)) say("Nothing is hidden.");
    else this.change("show all", () => this.model.hidden.fill(0));
  }

  showNeighbours(at) {
    const hidden = this.model.neighbours(at).filter((other) => [...this.model.ancestors(other), other].some((up) => this.model.hidden[up]));
    if (hidden.length === 0) return false;
    this.change("show neighbours", () => hidden.forEach((other) => {
      for (const up of [...this.model.ancestors(other), other]) this.model.hidden[up] = 0;
    }));
    return true;
  }

  toggleHighlight() {
    if (!this.view.highlight && this.view.selection.size === 0) {
      say("Select something first.");
      return;
    }
    this.view.highlight = !this.view.highlight;
    byId("do-highlight").setAttribute("aria-pressed", String(this.view.highlight));
    this.view.emphasise();
    this.view.hooks.onDraw();
  }

  collapse() {
    this.onSelected("collapse", (at) => {
      const box = this.model.nodes[at].children.length > 0 ? at : this.model.nodes[at].parent;
      if (box !== -1) this.model.collapse(box, true);
    });
    const large = [...this.view.selection].filter((at) => this.view.isLarge(at));
    if (large.length > 0) this.view.fit(large, true);
  }

  expand() {
    this.onSelected("expand", (at) => this.model.expand(at, DRAWN_MOST));
  }

  collapseAll() {
    this.change("collapse all", () => this.model.collapseFrom(0));
    this.view.fit(null, true);
  }

  // As deep as can be drawn smoothly; the rest opens on its own.
  expandAll() {
    this.change("expand all", () => {
      const { deepest } = this.model;
      let depth = deepest + 1;
      do {
        this.model.collapseFrom(depth);
        depth -= 1;
      } while (depth > 0 && this.model.drawnCount() > DRAWN_MOST);
      if (depth < deepest) say(`Expanded as far as ${DRAWN_MOST.toLocaleString("en")} elements allow. Open single boxes to see what is in them.`);
    });
  }

  toggle(at) {
    const collapsed = this.model.collapsed[at] === 1;
    this.change(collapsed ? "expand" : "collapse", () => (collapsed ? this.model.expand(at, OPEN_MOST) : this.model.collapse(at, true)));
  }

  // Double click: into a box, or back out of it; a resource brings its hidden neighbours back.
  enter(at) {
    if (this.model.nodes[at].children.length === 0) {
      if (!this.showNeighbours(at)) this.view.bring([at]);
      return;
    }
    if (this.model.collapsed[at]) this.toggle(at);
    this.view.fit([at], true);
  }

  choose(at, add) {
    if (this.model.ancestors(at).some((up) => this.model.collapsed[up]) || [...this.model.ancestors(at), at].some((up) => this.model.hidden[up])) this.change("show", () => this.model.reveal(at));
    this.view.select(add ? [...this.view.selection, at] : [at]);
    this.view.bring([at]);
  }

  selectMany(list) {
    const closed = list.filter((at) => this.view.shown.rep[at] !== at);
    if (closed.length > 0 && closed.length <= OPEN_MOST) this.change("show", () => closed.forEach((at) => this.model.reveal(at)));
    this.view.select(list);
    this.view.bring(list);
    if (closed.length > OPEN_MOST) say("Some of them are in collapsed boxes; the boxes are selected.");
  }

  resetLayout() {
    this.change("reset the layout", () => {
      if (this.original === null) layOut(this.model);
      else {
        this.model.nodes.forEach((node, at) => {
          [node.x, node.y, node.w, node.h] = this.original.subarray(at * 4, at * 4 + 4);
        });
      }
      for (const node of this.model.nodes) node.moved = false;
    });
    this.view.fit(null, true);
  }

  setBundling(on) {
    this.model.bundling = on;
    this.view.sync();
  }

  setClass(name, on) {
    if (on) this.model.hiddenClasses.delete(name);
    else this.model.hiddenClasses.add(name);
    this.view.sync();
  }

  setArranging(on) {
    this.view.setArranging(on);
    byId("do-arrange").setAttribute("aria-pressed", String(on));
    if (on) say("Boxes can be dragged now, with what is in them.");
  }

  undo() {
    const entry = this.history.undo();
    if (entry) this.view.sync();
    if (entry?.selection && this.view.selection.size === 0) this.view.select(entry.selection);
    say(entry ? `Undone: ${entry.name}.` : "Nothing to undo.");
  }

  redo() {
    const entry = this.history.redo();
    if (entry) this.view.sync();
    say(entry ? `Done again: ${entry.name}.` : "Nothing to do again.");
  }

  get title() {
    return typeof this.model.meta.title === "string" && this.model.meta.title ? this.model.meta.title : "CloudMapper";
  }

  savePicture(name) {
    return savePicture(name, () => drawPicture(this.view, this.assets, this.title));
  }

  save() {
    saveLayout(this.model, this.view.cy);
    say("Layout saved as layout.json.");
  }

  load() {
    const input = el("input", { type: "file", accept: ".json,application/json", "aria-label": "Layout file", class: "hidden-input", id: "layout-file" });
    input.addEventListener("change", async () => {
      const file = input.files[0];
      input.remove();
      if (file) this.loadText(await file.text());
    });
    byId("layout-file")?.remove();
    document.body.append(input);
    input.click();
  }

  loadText(text) {
    this.history.keep("load a layout");
    try {
      const result = applyLayout(this.model, text);
      this.view.sync();
      if (result.viewport) this.view.go(result.viewport, false);
      say(`Layout loaded${result.unknown > 0 ? `; ${plural(result.unknown, "entry", "entries")} of it are not on this map` : ""}.`);
    } catch (error) {
      this.history.drop();
      say(`The layout was not loaded: ${error.message}.`, true);
    }
  }

  copyLink() {
    const { cy } = this.view;
    const extent = cy.extent();
    return copyLink(location.href.split("#")[0] + linkTo(this.model, this.view.selection, { x: (extent.x1 + extent.x2) / 2, y: (extent.y1 + extent.y2) / 2, zoom: cy.zoom() }));
  }
}
