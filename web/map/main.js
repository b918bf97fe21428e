// Starts the page: loads, draws the first picture, and joins the parts.

import { showAddress } from "../common/address.js";
import { LoadError } from "../common/assets.js";
import { byId, oneLine, plural, say } from "../common/dom.js";
import { listenToKeys } from "../common/keys.js";
import { firstPicture, isRoomy, setOutline, showHead, showNotes, showNotice, showTip, startPage, wirePage } from "../common/page.js";
import { focusDetails } from "../common/panel.js";
import { Actions, DRAWN_MOST } from "./actions.js";
import { KEYS, mapKeys } from "./commands.js";
import { drawLegend, Path, SearchBox, tipOf } from "./controls.js";
import { linkTo, readLink } from "./files.js";
import { History } from "./history.js";
import { extentOfAll, layOut, needsLayout } from "./layout.js";
import { Model } from "./model.js";
import { Overlay } from "./overlay.js";
import { Panel } from "./panel.js";
import { Search } from "./search.js";
import { readStyle } from "./stylesheet.js";
import { Tree } from "./tree.js";
import { View } from "./view.js";

const SMALLEST_ICON = 15;
const SMALLEST_BOX = 56;
const PREPARE = "cloudmapper prepare --account NAME";
const DATA = { file: "data.json", what: "network map", make: PREPARE, makeAlone: `${PREPARE} --html map.html`, needs: "an array of elements", fits: Array.isArray };

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

function showFacts(model) {
  const { meta } = model;
  const text = (value) => (typeof value === "string" ? oneLine(value) : "");
  showHead(text(meta.title) || "Network map", [text(meta.snapshot) && `Snapshot of ${text(meta.snapshot)}`, plural(model.leafCount, "resource")]);
  const notes = (Array.isArray(meta.notes) ? meta.notes : []).filter((note) => typeof note === "string").map(oneLine);
  if (model.skipped > 0) notes.push(`${plural(model.skipped, "element")} of data.json could not be used: no id or type, an end that is not there, or twice the same id.`);
  showNotes("Notes", "What to know about this map", notes);
}

function buttons(actions, view) {
  return {
    "undo": () => actions.undo(), "redo": () => actions.redo(), "hide": () => actions.hide(), "show": () => actions.showAll(), "highlight": () => actions.toggleHighlight(),
    "collapse-all": () => actions.collapseAll(), "expand-all": () => actions.expandAll(), "collapse": () => actions.collapse(), "expand": () => actions.expand(),
    "reset": () => actions.resetLayout(), "arrange": () => actions.setArranging(!view.arranging), "save": () => actions.save(), "load": () => actions.load(), "link": () => actions.copyLink(),
    "png": () => actions.savePicture("CloudMapper.png"), "svg": () => actions.savePicture("cloudmapper.svg"), "zoom-in": () => view.zoomBy(1.3), "zoom-out": () => view.zoomBy(1 / 1.3), "fit": () => view.fit(null, true),
  };
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
      showAddress(linkTo(model, parts.view.selection));
      const names = [...parts.view.selection].map((at) => oneLine(model.nodes[at].name));
      byId("status").textContent = names.length === 0 ? "Nothing selected" : names.length === 1 ? `${names[0]} selected` : `${names.length} selected`;
    },
    onHover: (target, place) => showTip(target && place ? tipOf(parts, target) : [], place, { width: parts.view.cy.width(), height: parts.view.cy.height() }),
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
    showNotice("This map is empty.", `data.json holds no resources. Filters such as --regions, --vpc-names or --tags may have left nothing, or the account has nothing in a VPC. Run it with fewer filters:\n$ ${PREPARE}`);
    return;
  }
  const placed = !needsLayout(model);
  if (!placed) layOut(model);
  const original = placed ? Float64Array.from(model.nodes.flatMap((node) => [node.x, node.y, node.w, node.h])) : null;
  setOutline(isRoomy());
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
    firstPicture();
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
  const box = new SearchBox(byId("search"), new Search(model), view, actions);
  wireOverview(overlay, view);
  autoPan(view, byId("cy"));
  const help = wirePage(buttons(actions, view), KEYS);
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

startPage("index.html", async (assets, theme) => {
  const [elements, rules] = await Promise.all([assets.data(DATA), assets.own("style.json", "cloudmapper-style")]);
  if (typeof globalThis.cytoscape !== "function") throw new LoadError("The drawing library could not be loaded.", "vendor/cytoscape/cytoscape.min.js belongs beside this page.");
  start(elements, rules, assets, theme);
});
