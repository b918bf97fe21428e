// What is shown and what is selected, and all that can be done with it. The parts of the page call this, and it calls them.

import { copyLink, showAddress } from "../common/address.js";
import { byId, el, oneLine, plural, say } from "../common/dom.js";
import { openDetails, setOutline, showTip } from "../common/page.js";
import { addressOf, readAddress } from "./address.js";
import { kindName } from "./graph.js";
import { shortestWays } from "./paths.js";
import { placeScene } from "./place.js";
import { focusScene, overviewScene, waysScene, WHOLE_MOST, wholeScene } from "./scenes.js";
import { stepsWords } from "./words.js";

export class App {
  constructor(graph, filter, resolve) {
    Object.assign(this, { graph, filter, resolve, stage: null, panel: null, choices: null, finders: {}, content: { kind: "summary" }, result: null });
    this.state = { view: "overview", first: "overview", focus: -1, reach: 2, from: -1, to: "any", selected: -1, open: new Set(), closed: new Set(), allLines: false, panelOff: false };
    this.state.first = this.state.view = this.canShowAll() ? "all" : "overview";
  }

  canShowAll() {
    let count = 0;
    for (const on of this.filter.nodeOn) count += on;
    return count <= WHOLE_MOST;
  }

  // Draws the picture that the state says. `hold`: a node that keeps its place on the screen; `step`: a new place to go back from.
  draw({ hold, step } = {}) {
    const { state, filter } = this;
    if (state.view === "all" && !this.canShowAll()) state.view = "overview";
    this.result = state.view === "ways" ? this.findWays() : null;
    this.content = state.selected !== -1 ? { kind: "node", at: state.selected } : state.view === "ways" ? { kind: "ways", ways: this.result } : { kind: "summary" };
    // Before the picture: it takes room from it.
    this.showPanel();
    const scene = { overview: overviewScene, all: wholeScene, focus: focusScene, ways: () => waysScene(filter, this.result) }[state.view](filter, state);
    const [width, height] = this.stage.size;
    placeScene(scene, Math.max(0.6, width / Math.max(1, height)));
    this.stage.show(scene, hold);
    const at = state.selected === -1 ? -1 : scene.rep[state.selected];
    if (at !== -1) {
      this.stage.select(at);
      this.stage.bring(at);
    }
    if (state.view === "ways" && this.content.kind === "ways" && this.result.length > 0) this.showWay(this.result.ways[0]);
    this.told(scene);
    this.choices?.sync();
    this.saveAddress(step);
  }

  saveAddress(step) {
    showAddress(addressOf(this), step);
  }

  // What the bar, the corner and screen readers say of the picture.
  told(scene) {
    const { state, graph } = this;
    const name = (at) => graph.nodes[at].short;
    const titles = {
      overview: () => "Administrators, and who can become one", all: () => "All principals",
      focus: () => `Around ${name(state.focus)}, ${stepsWords(state.reach)}`,
      ways: () => `${name(state.from)} → ${state.to === "any" ? "any administrator" : name(state.to)}`,
    };
    byId("crumb").textContent = titles[state.view]();
    byId("do-back").hidden = state.view === state.first;
    byId("do-reach").hidden = state.view !== "focus";
    [...byId("do-reach").children].forEach((button, at) => button.setAttribute("aria-pressed", String(state.reach === at + 1)));
    byId("do-fold").hidden = state.open.size === 0;
    const drawn = scene.items.length;
    byId("shown").textContent = [`${plural(drawn, "card")}, ${plural(scene.lines.length, "line")}`, scene.note].filter(Boolean).join(" · ");
    byId("nothing").hidden = drawn > 0;
    byId("status").textContent = `${titles[state.view]()}. ${scene.note}`;
    this.finders.from?.set(state.from === -1 ? "" : name(state.from));
    this.finders.to?.set(state.to === "any" ? "any administrator" : name(state.to));
  }

  showPanel() {
    if (openDetails(this.content.kind === "summary", this.state.panelOff)) this.panel?.show(this.content);
  }

  closePanel() {
    const { state } = this;
    if (this.content.kind === "summary" || this.content.kind === "ways") {
      state.panelOff = true;
      document.body.classList.add("no-details");
    } else this.clear();
    byId("canvas").focus();
  }

  findWays() {
    const { state, filter, graph } = this;
    const targets = state.to === "any" ? filter.administrators() : this.targetsOf(state.to);
    const started = performance.now();
    const ways = shortestWays(filter, state.from, targets);
    if (ways.length > 0 && ways.ways.some((way) => way.some((hop) => !graph.certain[hop.edges[0]])) && !ways.ways.some((way) => way.every((hop) => graph.certain[hop.edges[0]]))) ways.sure = this.sureLength(targets);
    ways.time = performance.now() - started;
    return ways;
  }

  // Who is an administrator of the account counts as its administrator.
  targetsOf(to) {
    const { graph, filter } = this;
    if (graph.nodes[to].kind !== "admin") return [to];
    return [to, ...[...graph.incoming(to)].filter((edge) => filter.edgeOn[edge] && !filter.isStep(edge)).map((edge) => graph.from[edge])];
  }

  sureLength(targets) {
    const { graph, filter, state } = this;
    const edgeOn = filter.edgeOn.map((on, edge) => on & graph.certain[edge]);
    return shortestWays({ graph, edgeOn, isStep: filter.isStep }, state.from, targets).length;
  }

  // A way ends at an administrator: that it is one is part of the story.
  withEnd(way) {
    const { graph, filter, state } = this;
    const { to } = way.at(-1);
    if (graph.nodes[to].kind === "admin" || (state.to !== "any" && graph.nodes[state.to].kind !== "admin")) return way;
    const edge = [...graph.outgoing(to)].find((one) => filter.edgeOn[one] && !filter.isStep(one));
    return edge === undefined ? way : [...way, { from: to, to: graph.to[edge], edges: [edge] }];
  }

  showWay(way) {
    this.stage.showWay(way === null ? null : { edges: new Set(this.withEnd(way).flatMap((hop) => hop.edges)) });
  }

  // Selects a principal; the picture changes if it is not in it.
  choose(at, quietly = false) {
    const { state } = this;
    this.allow(at);
    state.selected = at;
    state.panelOff = false;
    for (let tries = 0; tries < 4; tries += 1) {
      const { scene } = this.stage;
      const item = scene.items[scene.rep[at]];
      if (!item || item.rest) break;
      if (item.at === at) {
        this.draw({ hold: at });
        return;
      }
      state.open.add(item.key);
      state.closed.delete(item.key);
      this.draw({ hold: at });
    }
    const item = this.stage.scene.items[this.stage.scene.rep[at]];
    if (item?.at === at) return;
    this.focusOn(at, quietly);
  }

  // Filters must not hide what was asked for.
  allow(at) {
    const { filter, graph } = this;
    const { kind, account } = graph.nodes[at];
    if (filter.nodeOn[at]) return;
    if (filter.kindsOff.delete(kind)) say(`${kindName(kind, 2)} are shown now`);
    if (filter.accountsOff.delete(account)) say(`${graph.accountName(account)} is shown now`);
    filter.apply();
    this.draw();
  }

  // `quietly`: the way back does not lead here again.
  focusOn(at, quietly = false) {
    this.allow(at);
    Object.assign(this.state, { view: "focus", focus: at, selected: at, panelOff: false });
    this.draw({ step: !quietly });
  }

  ways(from, to) {
    this.allow(from);
    if (to !== "any") this.allow(to);
    Object.assign(this.state, { view: "ways", from, to, selected: -1, panelOff: false });
    this.draw({ step: true });
  }

  setEnd(end, at) {
    const { state } = this;
    state[end] = at;
    if (state.from !== -1) {
      this.ways(state.from, state.to);
      return;
    }
    this.told(this.stage.scene);
    this.saveAddress();
    setOutline(true);
    byId("from").focus();
  }

  swap() {
    const { state } = this;
    if (state.to === "any" || state.from === -1) return;
    this.ways(state.to, state.from);
  }

  setView(view) {
    const { state } = this;
    if (view === "ways" && state.from === -1) return;
    if (view === "focus" && state.focus === -1) return;
    state.view = view;
    if (view === "ways") state.selected = -1;
    this.draw({ step: true });
  }

  setReach(reach) {
    this.state.reach = reach;
    this.draw();
  }

  // Changes filters by `work`, then draws.
  setFilter(work) {
    work();
    this.filter.apply();
    const { state } = this;
    if (state.selected !== -1 && !this.filter.nodeOn[state.selected]) state.selected = -1;
    if (state.focus !== -1 && !this.filter.nodeOn[state.focus] && state.view === "focus") state.view = state.first;
    this.draw();
  }

  showEdges(edges) {
    const { graph, stage } = this;
    const [from, to] = [stage.scene.rep[graph.from[edges[0]]], stage.scene.rep[graph.to[edges[0]]]];
    const line = stage.scene.lines.findIndex((one) => one.from === from && one.to === to);
    this.content = { kind: "edges", edges };
    if (line !== -1) stage.select(-1, line);
    this.showPanel();
  }

  clickLine(line) {
    this.state.selected = -1;
    this.content = { kind: "edges", edges: line.edges };
    this.stage.select(-1, this.stage.scene.lines.indexOf(line));
    this.showPanel();
    this.saveAddress();
  }

  clickCard(item, byKey) {
    const { state, stage } = this;
    if (item.at !== -1) {
      state.selected = item.at;
      stage.select(stage.scene.items.indexOf(item));
      this.content = { kind: "node", at: item.at };
      this.showPanel();
      stage.bring(stage.scene.items.indexOf(item));
      this.saveAddress();
      return;
    }
    const whole = item.rest && (item.key.startsWith("w") || item.members.length > WHOLE_MOST || state.open.has(item.key));
    if (whole) stage.select(stage.scene.items.indexOf(item));
    else {
      state.open.add(item.key);
      state.closed.delete(item.key);
      state.selected = -1;
      this.draw({ hold: item.members[0] });
    }
    this.content = { kind: "group", item };
    this.showPanel();
    if (byKey) stage.focus();
  }

  fold({ key }) {
    const { state } = this;
    for (const open of [...state.open]) if (open === key || open.startsWith(`${key}/`)) state.open.delete(open);
    state.closed.add(key);
    state.selected = -1;
    this.draw();
  }

  foldAll() {
    this.state.open.clear();
    this.state.closed.clear();
    this.state.selected = -1;
    this.draw();
  }

  clear() {
    this.state.selected = -1;
    this.stage.select(-1);
    this.stage.showWay(null);
    this.content = this.state.view === "ways" ? { kind: "ways", ways: this.result } : { kind: "summary" };
    this.showPanel();
    this.saveAddress();
  }

  restore() {
    const missing = readAddress(this, location.hash, () => {
      this.filter.apply();
      return this.canShowAll();
    });
    for (const at of [this.state.focus, this.state.selected, this.state.from, this.state.to]) if (typeof at === "number" && at !== -1) this.filter.kindsOff.delete(this.graph.nodes[at].kind);
    this.filter.apply();
    const { selected } = this.state;
    this.draw();
    if (selected !== -1) this.choose(selected, true);
    if (missing.length > 0) say(`The link points at something that is not in this graph: ${oneLine(missing[0]).slice(0, 120)}`, true);
  }

  copyLink() {
    return copyLink(location.href);
  }

  tip(what, place) {
    const [width, height] = this.stage.size;
    showTip(what && place ? this.words(what) : [], { x: place?.[0], y: place?.[1] }, { width, height });
  }

  // What is said of a card or a line at the pointer.
  words(what) {
    const { graph } = this;
    if (what.edges) {
      const { items } = this.stage.scene;
      const certain = what.edges.filter((edge) => graph.certain[edge]).length;
      return [el("strong", {}, `${items[what.from].title.slice(0, 80)} → ${items[what.to].title.slice(0, 80)}`), el("span", {}, what.implied ? "is an administrator" : what.edges.length === 1 ? graph.techniques[graph.technique[what.edges[0]]].name : what.label), el("span", {}, what.edges.length === 1 ? (certain ? "certain" : "possible") : `${plural(what.edges.length, "step")}, ${certain.toLocaleString("en")} certain`)];
    }
    if (what.at === -1) return [el("strong", {}, what.title), el("span", {}, what.sub), el("span", {}, "click to open")];
    const node = graph.nodes[what.at];
    return [el("strong", {}, node.name.slice(0, 200)), el("span", {}, what.sub), el("code", {}, node.arn.slice(0, 160))];
  }
}
