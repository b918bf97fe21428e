// Starts the page of principals: loads, draws the first picture, and joins the parts.

import { byId, el, plural, say, svg } from "../common/dom.js";
import { listenToKeys } from "../common/keys.js";
import { firstPicture, isRoomy, setOutline, showHead, showNotes, showNotice, startPage, wirePage } from "../common/page.js";
import { focusDetails } from "../common/panel.js";
import { savePicture } from "../common/picture.js";
import { App } from "./app.js";
import { Choices } from "./choices.js";
import { signShape } from "./draw.js";
import { Finder } from "./finder.js";
import { Graph } from "./graph.js";
import { PrincipalPanel } from "./panel.js";
import { Filter } from "./paths.js";
import { drawPicture } from "./picture.js";
import { Stage } from "./stage.js";

const FORMAT = "cloudmapper-principals/1";
const VISUALIZE = "cloudmapper visualize --account NAME --filetype";
const DATA = {
  file: "principals.json", what: "graph of principals", make: `${VISUALIZE} json`, makeAlone: `${VISUALIZE} html`, needs: `of the format ${FORMAT}`,
  fits: (data) => data !== null && typeof data === "object" && data.format === FORMAT && Array.isArray(data.nodes),
};
const PAN = 60;
const HELP = [
  ["Arrow keys", "Go from card to card"], ["Enter", "Select a principal; open a group"], ["g", "Draw around what is selected"], ["a", "Ways from it to an administrator"], ["1 2 3", "How many steps around it"],
  ["Shift+arrows", "Move the picture"], ["− / +", "Zoom out / in"], ["f", "Fit to the window"], ["b", "Back to the first picture"], ["c", "Fold opened groups"],
  ["/", "Search"], ["p", "Ways from one to another"], ["o", "Choices on the left"], ["i", "Details"], ["Esc", "Clear the selection"], ["?", "This list"], ["Double click", "Draw around a principal"],
];

function showFacts(graph) {
  const names = graph.accounts.map((account) => account.name);
  const title = names.length === 1 ? names[0] : names.length === 0 ? "no account" : plural(names.length, "account");
  const people = graph.nodes.filter((node) => node.kind !== "admin" && node.kind !== "service").length;
  const collected = graph.collected.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");
  showHead(`Principals of ${title}`, [collected ? `Snapshot of ${collected}` : "", plural(people, "principal"), plural(graph.edgeCount, "step")]);
  const notes = graph.unseen.map((row) => `${row.account ? `${row.account}: ` : ""}${row.call} was not collected, so ${plural(row.techniques, "technique")} could not be looked for in full.`);
  if (graph.skipped > 0) notes.push(`${plural(graph.skipped, "row")} of the edges could not be used: an end or technique that is not there.`);
  showNotes("Not seen", "What could not be seen", notes);
}

function legend() {
  const sample = (tone, sign, text) => {
    const mark = signShape(sign);
    mark?.setAttribute("transform", "translate(15 10) scale(.8)");
    return el("li", {}, svg("svg", { "viewBox": "0 0 30 20", "class": "sample", "aria-hidden": "true" }, svg("g", { class: `card ${tone}${sign.endsWith("-if") ? " possible" : ""}` }, svg("rect", { class: "face", x: 1, y: 1, width: 28, height: 18, rx: tone === "service" ? 9 : 5 }), mark)), text);
  };
  const line = (kind, text) => el("li", {}, svg("svg", { "viewBox": "0 0 34 12", "class": "sample wide", "aria-hidden": "true" }, svg("g", { class: `line ${kind}` }, svg("path", { "class": "stroke", "d": "M1 6H26", "stroke-width": 2 }), svg("path", { class: "arrow", d: "M33 6l-9 -4.500v9Z" }))), text);
  const many = el("li", {}, svg("svg", { "viewBox": "0 0 34 24", "class": "sample", "aria-hidden": "true" }, svg("g", { class: "card plain many" }, svg("rect", { class: "back", x: 5, y: 5, width: 26, height: 16, rx: 4 }), svg("rect", { class: "face", x: 1, y: 1, width: 26, height: 16, rx: 4 }))), "group: click to open");
  byId("legend-content").replaceChildren(el("ul", { class: "marks" }, sample("admin", "star", "administrator"), sample("admin", "star-if", "administrator, if …"), sample("escalate", "up", "can become one"), sample("escalate", "up-if", "possibly can"), sample("plain", "", "cannot"), sample("service", "", "service"), many, line("certain", "certain"), line("possible", "possible")));
}

function buttons(app, assets) {
  const { stage } = app;
  const save = (name) => () => savePicture(name, () => drawPicture(stage, assets, document.title));
  return {
    "png": save("principals.png"), "svg": save("principals.svg"), "link": () => app.copyLink(),
    "zoom-in": () => stage.zoomBy(1.3), "zoom-out": () => stage.zoomBy(1 / 1.3), "fit": () => stage.fit(true), "back": () => app.setView(app.state.first), "fold": () => app.foldAll(),
    "swap": () => app.swap(), "ways": () => (app.state.from === -1 ? byId("from").focus() : app.ways(app.state.from, app.state.to)),
  };
}

function wireKeys(app, help) {
  const { stage, state } = app;
  const selected = (what) => () => (state.selected === -1 ? say("Select a principal first") : what(state.selected));
  const reach = (steps) => () => {
    if (state.view === "focus") app.setReach(steps);
  };
  const commands = {
    "ArrowLeft": () => stage.step(-1, 0), "ArrowRight": () => stage.step(1, 0), "ArrowUp": () => stage.step(0, -1), "ArrowDown": () => stage.step(0, 1),
    "-": () => stage.zoomBy(0.85), "_": () => stage.zoomBy(0.85), "=": () => stage.zoomBy(1.2), "+": () => stage.zoomBy(1.2), "f": () => stage.fit(true),
    "g": selected((at) => app.focusOn(at)), "a": selected((at) => app.ways(at, "any")), "b": () => app.setView(state.first), "c": () => app.foldAll(), "Escape": () => app.clear(),
    "1": reach(1), "2": reach(2), "3": reach(3), "?": help, "i": focusDetails, "/": () => byId("search").focus(),
    "p": () => {
      setOutline(true);
      byId("from").focus();
    },
    "o": () => {
      setOutline(true);
      byId("choices").querySelector("input")?.focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[event.key];
    if (!event.shiftKey || !by || !byId("canvas").contains(event.target)) return;
    stage.panBy(...by);
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  listenToKeys(commands);
}

function wireFinders(app) {
  const common = { graph: app.graph, filter: app.filter, resolve: app.resolve };
  const search = new Finder(byId("search"), { ...common, choose: (at) => {
    app.choose(at);
    byId("search").blur();
  } });
  const end = (name, extra) => new Finder(byId(name), { ...common, extra, choose: (at) => app.setEnd(name, at) });
  app.finders = { search, from: end("from", null), to: end("to", { text: "any administrator", value: "any" }) };
}

function start(raw, assets) {
  const graph = new Graph(raw);
  showFacts(graph);
  if (graph.nodes.length === 0) {
    showNotice("There are no principals.", "principals.json holds no users, roles or others. The snapshot may lack IAM’s answers. Collect it again with rights to read IAM:\n$ cloudmapper collect --account NAME --for graph");
    return;
  }
  const app = new App(graph, new Filter(graph), (path) => assets.resolve(path));
  setOutline(isRoomy());
  document.body.classList.toggle("no-details", !isRoomy());
  app.stage = new Stage(byId("picture"), app.resolve, {
    onCard: (item, byKey) => app.clickCard(item, byKey), onLine: (line) => app.clickLine(line), onFold: (mark) => app.fold(mark), onEnter: (item) => app.focusOn(item.at), onNothing: () => app.clear(), onHover: (what, place) => app.tip(what, place),
  });
  app.panel = new PrincipalPanel(byId("details"), app);
  app.choices = new Choices(byId("choices"), app);
  wireFinders(app);
  byId("do-reach").append(...[1, 2, 3].map((steps) => el("button", { type: "button", class: "tool", title: `Within ${plural(steps, "step")} (${steps})`, onclick: () => app.setReach(steps) }, String(steps))));
  app.restore();
  legend();
  byId("loading").hidden = true;
  requestAnimationFrame(firstPicture);
  wireKeys(app, wirePage(buttons(app, assets), HELP));
  globalThis.addEventListener("popstate", () => app.restore());
  document.documentElement.dataset.wired = "true";
  // For the console and for tests; nothing on the page uses it.
  globalThis.cloudmapper = Object.freeze({ app, graph, filter: app.filter, stage: app.stage });
}

startPage("principals.html", async (assets, theme) => {
  theme.follow(() => {});
  start(await assets.data(DATA), assets);
});
