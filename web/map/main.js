// Starts the page: loads, draws the first picture, and joins the parts.

import { Actions, DRAWN_MOST } from "./actions.js";
import { Assets, LoadError } from "./assets.js";
import { drawLegend, Path, SearchBox, showTip } from "./controls.js";
import { byId, el, oneLine, plural, say, visibleText } from "./dom.js";
import { linkTo, readLink, showLink } from "./files.js";
import { History } from "./history.js";
import { KEYS, listenToKeys, mapKeys } from "./keys.js";
import { extentOfAll, layOut, needsLayout } from "./layout.js";
import { Model } from "./model.js";
import { Overlay } from "./overlay.js";
import { focusDetails, Panel } from "./panel.js";
import { Search } from "./search.js";
import { readStyle } from "./stylesheet.js";
import { Theme } from "./theme.js";
import { setOutline, Tree } from "./tree.js";
import { View } from "./view.js";

const SMALLEST_ICON = 15;
const SMALLEST_BOX = 56;

// How deep the first picture goes: as deep as it can be drawn smoothly and read.
function firstDepth(model, width, height) {
  const [left, top, right, bottom] = extentOfAll(model, model.roots);
  const zoom = Math.min(width / (right - left), height / (bottom - top));
  for (let depth = model.deepest + 1; depth > 0; depth -= 1) {
    model.collapseFrom(depth);
    if (model.drawnCount() > DRAWN_MOST) continue;
    const sizes = model.nodes.filter((node, at) => node.depth === depth && model.collapsed[at]).map((node) => Math.min(node.w, node.h)).sort((a, b) => a - b);
    const big = sizes.length === 0 ? 48 * zoom >= SMALLEST_ICON : sizes[Math.floor(sizes.length / 2)] * zoom >= SMALLEST_BOX;
    if (big || depth === 1) return;
  }
}

function showNotice(title, hint, detail) {
  document.body.classList.add("no-map", "no-outline", "no-details");
  byId("notice").hidden = false;
  byId("notice").replaceChildren(...[el("h2", {}, title), el("p", {}, hint), detail ? el("pre", {}, visibleText(detail).slice(0, 500)) : null].filter(Boolean));
  byId("loading").hidden = true;
  document.documentElement.dataset.state = "notice";
}

function showFacts(model) {
  const { meta } = model;
  const title = typeof meta.title === "string" && meta.title ? oneLine(meta.title) : "Network map";
  byId("title").textContent = title;
  document.title = `${title} · cloudmapper`;
  const snapshot = typeof meta.snapshot === "string" && meta.snapshot ? `Snapshot of ${oneLine(meta.snapshot)}` : "";
  byId("subtitle").textContent = [snapshot, plural(model.leafCount, "resource")].filter(Boolean).join(" · ");
  const notes = (Array.isArray(meta.notes) ? meta.notes : []).filter((note) => typeof note === "string").map(oneLine);
  if (model.skipped > 0) notes.push(`${plural(model.skipped, "element")} of data.json could not be used: no id or type, an end that is not there, or twice the same id.`);
  byId("notes").hidden = notes.length === 0;
  byId("notes-count").textContent = String(notes.length);
  byId("notes-list").replaceChildren(...notes.slice(0, 100).map((note) => el("li", {}, note)));
}

function wireButtons(actions, view) {
  const all = {
    "undo": () => actions.undo(), "redo": () => actions.redo(), "hide": () => actions.hide(), "show": () => actions.showAll(), "highlight": () => actions.toggleHighlight(),
    "collapse-all": () => actions.collapseAll(), "expand-all": () => actions.expandAll(), "collapse": () => actions.collapse(), "expand": () => actions.expand(),
    "reset": () => actions.resetLayout(), "arrange": () => actions.setArranging(!view.arranging), "png": () => actions.png(), "svg": () => actions.svg(), "save": () => actions.save(), "load": () => actions.load(), "link": () => actions.copyLink(),
    "zoom-in": () => view.zoomBy(1.3), "zoom-out": () => view.zoomBy(1 / 1.3), "fit": () => view.fit(null, true),
  };
  for (const [name, work] of Object.entries(all)) {
    byId(`do-${name}`).addEventListener("click", (event) => {
      event.currentTarget.closest("details")?.removeAttribute("open");
      work();
    });
  }
  for (const menu of document.querySelectorAll("details.menu")) {
    document.addEventListener("pointerdown", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    });
  }
}

function wireOverview(overlay, view) {
  const move = (event) => {
    if (event.buttons !== 1) return;
    const frame = overlay.overview.getBoundingClientRect();
    const place = overlay.fromOverview(event.clientX - frame.left, event.clientY - frame.top);
    const zoom = view.cy.zoom();
    view.go({ zoom, pan: { x: view.cy.width() / 2 - place.x * zoom, y: view.cy.height() / 2 - place.y * zoom } }, false);
  };
  overlay.overview.addEventListener("pointerdown", move);
  overlay.overview.addEventListener("pointermove", move);
}

function wireHelp() {
  const dialog = byId("help");
  byId("keys").replaceChildren(...KEYS.flatMap(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)]));
  byId("do-help").addEventListener("click", () => dialog.showModal());
  byId("close-help").addEventListener("click", () => dialog.close());
  return () => dialog.showModal();
}

// Near the edge of the window, dragging moves the map.
function autoPan(view, stage) {
  let timer = 0;
  let push = { x: 0, y: 0 };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
  };
  view.cy.on("drag", "node", (event) => {
    const place = event.renderedPosition ?? { x: 0, y: 0 };
    const side = (value, size) => (value < 24 ? 12 : value > size - 24 ? -12 : 0);
    push = { x: side(place.x, stage.clientWidth), y: side(place.y, stage.clientHeight) };
    if (push.x === 0 && push.y === 0) stop();
    else if (!timer) timer = setInterval(() => view.cy.panBy(push), 16);
  });
  view.cy.on("free", "node", stop);
}

function followLink(model, view, actions, box) {
  const link = readLink(model);
  if (link.found.length > 0) {
    link.found.forEach((at) => model.reveal(at));
    view.sync();
    view.select(link.found);
    view.bring(link.found);
  }
  if (link.view) {
    const { x, y, zoom } = link.view;
    view.go({ zoom, pan: { x: view.cy.width() / 2 - x * zoom, y: view.cy.height() / 2 - y * zoom } }, false);
  }
  if (link.query) {
    box.input.value = link.query;
    box.input.focus();
  }
  if (link.missing.length > 0) say(`The link points at something that is not on this map: ${oneLine(link.missing[0]).slice(0, 120)}`, true);
}

function build(model, facts, assets) {
  const stage = byId("cy");
  const parts = {};
  const hooks = {
    onDraw: () => {
      parts.overlay?.draw();
      parts.path?.update();
    },
    onSync: () => {
      parts.overlay?.recolour();
      parts.overlay?.holdOverview();
      parts.panel?.show();
      const { nodes, edges } = parts.view.shown;
      byId("shown").textContent = `${plural(nodes.length, "element")}, ${plural(edges.length, "line")} drawn`;
      byId("nothing").hidden = nodes.length > 0;
    },
    onSelect: () => {
      if (!parts.tree) return;
      if (parts.panel.show()) parts.view.keepInSight();
      parts.tree.mark(parts.view.selection);
      parts.overlay.draw();
      showLink(linkTo(model, parts.view.selection));
      const names = [...parts.view.selection].map((at) => oneLine(model.nodes[at].name));
      byId("status").textContent = names.length === 0 ? "Nothing selected" : names.length === 1 ? `${names[0]} selected` : `${names.length} selected`;
    },
    onHover: (target, place) => showTip(byId("tip"), parts, target, place),
    onToggle: (at) => parts.actions.toggle(at), onOpen: (at) => parts.actions.enter(at),
    onGrab: () => {
      parts.before = parts.history.shot();
    },
    onMoved: () => {
      parts.history.past.push({ name: "move", shot: parts.before });
      parts.history.future = [];
      parts.history.onChange();
      parts.overlay.holdOverview();
    },
    toggleAt: (x, y) => parts.overlay?.toggleAt(x, y),
  };
  const resolve = (path) => assets.resolve(path);
  const view = new View(globalThis.cytoscape, stage, model, facts, resolve, hooks);
  parts.view = view;
  parts.history = new History(model, () => {
    byId("do-undo").disabled = parts.history.past.length === 0;
    byId("do-redo").disabled = parts.history.future.length === 0;
  });
  return parts;
}

function start(elements, rules, assets, theme) {
  const model = new Model(elements);
  showFacts(model);
  if (model.nodes.length === 0) {
    showNotice("This map is empty.", "data.json holds no resources. Filters such as --regions, --vpc-names or --tags may have left nothing, or the account has nothing in a VPC. Run “cloudmapper prepare” with fewer filters.");
    return;
  }
  const placed = !needsLayout(model);
  if (!placed) layOut(model);
  const original = placed ? Float64Array.from(model.nodes.flatMap((node) => [node.x, node.y, node.w, node.h])) : null;
  document.body.classList.toggle("no-outline", globalThis.innerWidth < 1100);
  setOutline(globalThis.innerWidth >= 1100);
  firstDepth(model, byId("cy").clientWidth, byId("cy").clientHeight - 40);
  const parts = build(model, readStyle(rules, (path) => assets.resolve(path)), assets);
  const { view, history } = parts;
  const actions = new Actions(model, view, history, assets, original);
  parts.actions = actions;
  theme.follow((dark) => {
    view.restyle(dark);
    if (!parts.overlay) return;
    view.sync();
    drawLegend(byId("legend-content"), view, actions);
  });
  view.sync();
  drawLegend(byId("legend-content"), view, actions);
  view.cy.resize();
  view.fit();
  parts.overlay = new Overlay(byId("overlay"), byId("overview"), view);
  parts.overlay.draw();
  history.onChange();
  byId("loading").hidden = true;
  view.cy.one("render", () => requestAnimationFrame(() => {
    performance.mark("cloudmapper:first-picture");
    document.documentElement.dataset.state = "ready";
    setTimeout(() => finish(parts, model, actions, theme), 0);
  }));
}

// What the first picture does not need.
function finish(parts, model, actions, theme) {
  const { view, overlay } = parts;
  parts.panel = new Panel(byId("details"), view, { choose: (at) => actions.choose(at), select: (list) => actions.selectMany(list), close: () => {
    view.select([]);
    byId("canvas").focus();
  } });
  parts.tree = new Tree(byId("tree"), view, (at, add) => actions.choose(at, add));
  parts.path = new Path(byId("path"), view);
  parts.path.update();
  const box = new SearchBox(byId("search"), byId("found"), new Search(model), view, actions);
  wireButtons(actions, view);
  wireOverview(overlay, view);
  autoPan(view, byId("cy"));
  const help = wireHelp();
  const outline = byId("toggle-outline");
  outline.addEventListener("click", () => setOutline(document.body.classList.contains("no-outline")));
  listenToKeys(mapKeys(actions, view, {
    "/": () => byId("search").focus(), "?": help, "i": focusDetails,
    "o": () => {
      setOutline(true);
      byId("tree").querySelector("[tabindex='0']")?.focus();
    },
  }));
  new ResizeObserver(() => {
    view.cy.resize();
    overlay.holdOverview();
    overlay.draw();
  }).observe(byId("cy"));
  followLink(model, view, actions, box);
  globalThis.addEventListener("hashchange", () => followLink(model, view, actions, box));
  document.documentElement.dataset.wired = "true";
  // For the console and for tests; nothing on the page uses it.
  globalThis.cloudmapper = Object.freeze({ model, view, actions, theme, overlay });
}

async function load() {
  const assets = new Assets();
  const theme = new Theme(byId("do-theme"));
  document.documentElement.dataset.state = "loading";
  if (assets.alone) byId("reports").hidden = true;
  try {
    const [elements, rules] = await Promise.all([assets.data(), assets.style()]);
    if (typeof globalThis.cytoscape !== "function") throw new LoadError("The drawing library could not be loaded.", "vendor/cytoscape/cytoscape.min.js belongs beside this page.");
    start(elements, rules, assets, theme);
  } catch (error) {
    if (error instanceof LoadError) showNotice(error.message, error.hint, error.detail);
    else showNotice("The map could not be drawn.", "This is a fault of the page. Please report it with the text below.", String(error?.stack ?? error));
  }
}

load();
