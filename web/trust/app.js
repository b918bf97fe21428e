// What is shown and what is selected, and all that can be done with it. The parts of the page call this, and it calls them.

import { copyLink, showAddress } from "../common/address.js";
import { byId, el, oneLine, plural, say } from "../common/dom.js";
import { openDetails, showTip } from "../common/page.js";
import { readTrustAddress, trustAddress } from "./address.js";
import { lineWords, pictureTitle } from "./panel.js";
import { placeScene } from "./place.js";
import { blastScene, focusScene, groupKey, sectionKey, usualFolds, wholeScene } from "./scene.js";
import { accountKind, countedKind, OUTSIDE_KINDS } from "./words.js";

export class TrustApp {
  constructor(network, sieve, pictures) {
    Object.assign(this, { network, sieve, pictures, stage: null, panel: null, choices: null, table: null, content: { kind: "summary" } });
    this.keys = new Set(["g-", ...network.groups.map((group) => groupKey(network, group.at)), ...OUTSIDE_KINDS.map(sectionKey)]);
    this.isKey = (key) => this.keys.has(key);
    this.usual = usualFolds(sieve);
    this.state = { view: "all", focus: -1, start: -1, overNetwork: false, selected: -1, edge: -1, group: "", folds: new Set(this.usual), table: false, panelOff: false };
  }

  // Draws the picture that the state says. `keep`: the place on the screen stays; `step`: a new place to go back from.
  draw({ keep = false, step = false, place = null } = {}) {
    const { state, sieve } = this;
    const scene = placeScene({ all: wholeScene, focus: focusScene, blast: blastScene }[state.view](sieve, state));
    this.content = this.contentOf(scene);
    // Before the picture: it takes room from it.
    this.stage.scene = scene;
    this.showPanel();
    this.stage.show(scene, { keep });
    if (place) this.stage.place = place;
    this.mark();
    this.told(scene);
    this.choices?.sync();
    byId("table").hidden = !state.table;
    byId("canvas").hidden = state.table;
    byId("do-table").setAttribute("aria-pressed", String(state.table));
    if (state.table) this.table.show();
    this.saveAddress(step);
  }

  contentOf(scene) {
    const { state, network } = this;
    if (state.selected !== -1) return { kind: "node", at: state.selected };
    if (state.edge !== -1) {
      const edge = network.edges[state.edge];
      const line = this.lineOf(scene, edge);
      return { kind: "edges", edges: line === -1 ? [edge] : scene.lines[line].edges };
    }
    if (state.group !== "") {
      const item = scene.items.find((one) => one.key === state.group);
      if (item) return { kind: "group", item };
      state.group = "";
    }
    return { kind: state.view === "blast" ? "blast" : "summary" };
  }

  lineOf(scene, edge) {
    return scene.lines.findIndex((line) => line.access === edge.access && line.edges.includes(edge));
  }

  // Shows on the picture what is selected.
  mark() {
    const { state, stage } = this;
    const { scene } = stage;
    const item = state.selected !== -1 ? scene.rep[state.selected] : state.group !== "" ? scene.items.findIndex((one) => one.key === state.group) : -1;
    stage.select(item, state.edge === -1 ? -1 : this.lineOf(scene, this.network.edges[state.edge]));
  }

  saveAddress(step) {
    showAddress(trustAddress(this), step);
  }

  // What the bar, the foot and screen readers say of the picture.
  told(scene) {
    const { state, sieve, network } = this;
    const title = pictureTitle(this);
    byId("crumb").textContent = state.table ? `${title}, as a table` : title;
    byId("do-back").hidden = state.view === "all";
    byId("do-fold").hidden = state.view !== "all" || state.table || this.foldable().length === 0;
    byId("do-unfold").hidden = state.view !== "all" || state.table || state.folds.size === 0;
    const accounts = scene.items.reduce((sum, item) => sum + item.members.length, 0);
    const hidden = network.edges.length - sieve.edgesOn;
    byId("shown").textContent = [plural(accounts, "account"), plural(scene.lines.length, "line"), hidden > 0 ? `${plural(hidden, "edge")} filtered out` : ""].filter(Boolean).join(" · ");
    byId("nothing").hidden = scene.items.length > 0;
    byId("do-clear").hidden = sieve.isPlain;
    byId("status").textContent = `${title}. ${byId("shown").textContent}`;
  }

  // Of the table only what the picture is about.
  inView(edge) {
    const { state, stage } = this;
    if (state.view === "all") return true;
    if (state.view === "focus") return edge.from === state.focus || edge.to === state.focus;
    return stage.scene.lines.some((line) => line.edges.includes(edge));
  }

  showPanel() {
    if (openDetails(this.content.kind === "summary", this.state.panelOff)) this.panel?.show(this.content);
  }

  closePanel() {
    const { state } = this;
    if (this.content.kind === "summary" || this.content.kind === "blast") {
      state.panelOff = true;
      document.body.classList.add("no-details");
    } else this.clear();
    byId("picture").focus();
  }

  // Only the panel, the marks and the address change.
  refresh() {
    this.content = this.contentOf(this.stage.scene);
    this.showPanel();
    this.mark();
    this.saveAddress();
  }

  // Selects an account; the picture changes if it is not in it, and groups open. `plainly`: the table stays.
  choose(at, plainly = false) {
    const { state, sieve, network, stage } = this;
    if (sieve.allow(at)) say("Filters are changed so that it is shown");
    Object.assign(state, { selected: at, edge: -1, group: "", panelOff: false });
    if (state.table && !plainly) state.table = false;
    const item = stage.scene.items[stage.scene.rep[at]];
    if (!item && state.view !== "all") state.view = "all";
    if (state.view === "all") {
      state.folds.delete(sectionKey(network.nodes[at].kind));
      if (network.nodes[at].own) for (let group = network.nodes[at].group; ; group = network.groups[group].parent) {
        state.folds.delete(groupKey(network, group));
        if (group === -1) break;
      }
    }
    this.draw({ keep: Boolean(item) && !item.folded });
    if (!state.table) stage.bring(stage.scene.rep[at]);
    this.saveAddress();
  }

  chooseEdge(edge) {
    const { state, stage } = this;
    Object.assign(state, { selected: -1, edge: edge.at, group: "", panelOff: false });
    this.content = { kind: "edges", edges: [edge] };
    this.showPanel();
    stage.select(-1, this.lineOf(stage.scene, edge));
    this.saveAddress();
  }

  clickItem(item) {
    Object.assign(this.state, { selected: item.folded ? -1 : item.at, group: item.folded ? item.key : "", edge: -1, panelOff: false });
    this.refresh();
    this.stage.bring(this.stage.scene.items.indexOf(item));
  }

  clickLine(line) {
    Object.assign(this.state, { selected: -1, group: "", edge: line.edges[0].at, panelOff: false });
    this.refresh();
  }

  enter(item) {
    if (item.folded) this.fold(item.key);
    else this.focusOn(item.at);
  }

  // Folds what is open, opens what is folded.
  fold(key) {
    const { folds } = this.state;
    if (!folds.delete(key)) folds.add(key);
    Object.assign(this.state, { selected: -1, edge: -1, group: "" });
    this.draw();
  }

  // Groups and sections that are open and could be folded.
  foldable() {
    const { network, state } = this;
    const groups = network.groups.filter((group) => group.members.length > 0).map((group) => groupKey(network, group.at));
    const sections = this.stage.scene.sections.filter((section) => section.count > 1).map((section) => section.key);
    return [...groups, ...sections].filter((key) => !state.folds.has(key));
  }

  foldAll() {
    for (const key of this.foldable()) this.state.folds.add(key);
    Object.assign(this.state, { selected: -1, edge: -1, group: "" });
    this.draw();
  }

  unfoldAll() {
    this.state.folds.clear();
    this.state.group = "";
    this.draw();
  }

  focusOn(at) {
    Object.assign(this.state, { view: "focus", focus: at, selected: at, edge: -1, group: "", panelOff: false, table: false });
    this.sieve.allow(at);
    this.draw({ step: true });
  }

  blastFrom(at) {
    Object.assign(this.state, { view: "blast", start: at, selected: -1, edge: -1, group: "", panelOff: false, table: false });
    this.draw({ step: true });
  }

  setOverNetwork(on) {
    this.state.overNetwork = on;
    this.draw();
  }

  back() {
    const { state } = this;
    if (state.view === "all") return;
    Object.assign(state, { view: "all", edge: -1 });
    this.draw({ step: true });
  }

  setTable(on) {
    this.state.table = on;
    this.draw({ keep: true });
    if (on) this.table.focus();
    else byId("picture").focus();
  }

  // Changes filters by `work`, then draws.
  setFilter(work) {
    work();
    this.sieve.apply();
    const { state, network } = this;
    const { nodeOn, edgeOn } = this.sieve;
    if (state.selected !== -1 && !nodeOn[state.selected]) state.selected = -1;
    if (state.edge !== -1 && !edgeOn[network.edges[state.edge].at]) state.edge = -1;
    this.draw({ keep: this.stage.touched });
  }

  clearFilters() {
    this.setFilter(() => this.sieve.clear());
  }

  clear() {
    Object.assign(this.state, { selected: -1, edge: -1, group: "" });
    this.refresh();
  }

  // What the arrow keys came to, for those who hear it.
  tell(item) {
    if (!item) return;
    const lines = this.stage.emphasis(this.stage.current, -1).lines.size;
    byId("status").textContent = oneLine(`${item.title}, ${item.folded ? `group of ${plural(item.members.length, "account")}` : accountKind(item.kind)}${item.sub && !item.folded ? `, ${item.sub}` : ""}, ${plural(lines, "line")}`);
  }

  selectCurrent() {
    const item = this.stage.scene.items[this.stage.current];
    if (item) this.clickItem(item);
  }

  restore() {
    const { missing, place } = readTrustAddress(this, location.hash);
    const { state, sieve } = this;
    sieve.apply();
    for (const at of [state.selected, state.focus, state.start]) if (at !== -1) sieve.allow(at);
    this.draw({ place });
    // A selection inside of something that is folded.
    if (state.selected !== -1 && this.stage.scene.items[this.stage.scene.rep[state.selected]]?.at !== state.selected) this.choose(state.selected, true);
    if (missing.length > 0) say(`The link points at something that is not in these data: ${oneLine(missing[0]).slice(0, 120)}`, true);
  }

  copyLink() {
    copyLink(location.href);
  }

  tip(what, place) {
    showTip(what && place ? this.tipOf(what) : [], { x: place?.[0] ?? 0, y: place?.[1] ?? 0 }, this.stage);
  }

  tipOf(what) {
    if (what.edges) {
      const { ends, about } = lineWords(what, this.stage.scene.ends);
      return [el("strong", {}, ends), el("span", {}, about)];
    }
    if (what.folded) return [el("strong", {}, what.title.slice(0, 200)), el("span", {}, `${plural(what.members.length, "account")}: double click opens`)];
    return [el("strong", {}, what.title.slice(0, 200)), el("span", {}, `${accountKind(what.kind)}${what.sub ? ` ${what.sub}` : ""}`.slice(0, 200))];
  }
}

// "3 scanned accounts, 2 vendors": what is in the data.
export function countsOf(network) {
  const counts = new Map();
  for (const { kind } of network.nodes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return ["scanned", "configured", ...OUTSIDE_KINDS].filter((kind) => counts.has(kind)).map((kind) => countedKind(kind, counts.get(kind)));
}
